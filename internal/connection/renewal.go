package connection

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// RenewalDays are the days before the end at which both sides are reminded of it, the earliest first.
func RenewalDays() []int { return []int{60, 30, 7} }

// Renew registers a draft that continues a connection: its need, from the day after its last one and for as long again, at
// most as long as the rules let it. There is one renewal of a connection at a time.
func (s *Service) Renew(ctx context.Context, id ID) (*Request, error) {
	who, err := access.Require(ctx, access.ConnectionDraft)
	if err != nil {
		return nil, err
	}
	old, err := findRequest(ctx, s.db, id)
	switch {
	case err != nil:
		return nil, err
	case old.hiddenFrom(who):
		return nil, fault.New(fault.NotFound, "connection.request_not_found", id)
	case old.Agency != who.Agency:
		return nil, fault.New(fault.Denied, "access.other_agency", old.Agency)
	case !old.Operating():
		return nil, fault.New(fault.Conflict, "connection.nothing_to_renew", old.State)
	}
	open, found, err := findRenewal(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	if found {
		return nil, fault.New(fault.Conflict, "connection.renewal_open", firstOf(open.Number, string(open.ID)))
	}
	d, err := known(ctx, s.supplied, old.Need.Dataset)
	if err != nil {
		return nil, fmt.Errorf("read dataset %s: %w", old.Need.Dataset, err)
	}
	need := old.Need
	need.SchemaVersion = 0 // of today
	need.From, need.To = old.Approved.after(d)
	return s.create(ctx, who, need, id)
}

// after is the stretch that follows on the scope's own.
func (s Scope) after(d Dataset) (from, to Day) {
	began, _ := s.From.Start()
	ended, _ := s.To.End()
	until := ended.Add(ended.Sub(began))
	if latest := ended.AddDate(0, s.months(d), 0); until.After(latest) {
		until = latest
	}
	return DayOf(ended), DayOf(until.Add(-time.Second))
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// RemindRenewal tells both sides 60, 30 and 7 days before the end, once each, however often it runs and whatever restarts
// lie between. What is already being renewed is left in peace. A job calls it.
func (s *Service) RemindRenewal(ctx context.Context) error {
	who, err := access.Require(ctx, access.ConnectionEnd)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	var all []error
	after := now
	for _, days := range slices.Backward(RenewalDays()) { // the nearest first: who is told 7 days before needs no word of 30
		until := now.AddDate(0, 0, days)
		due, err := listEnding(ctx, s.db, days, after, until)
		if err != nil {
			return errors.Join(append(all, err)...)
		}
		for _, r := range due {
			all = append(all, s.remind(ctx, who, r, days, now))
		}
		after = until
	}
	return errors.Join(all...)
}

func (s *Service) remind(ctx context.Context, who access.Actor, r *Request, days int, now time.Time) error {
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		first, err := noteReminder(ctx, q, r.ID, days, now)
		if err != nil || !first {
			return err
		}
		if _, renewing, err := findRenewal(ctx, q, r.ID); err != nil || renewing {
			return err
		}
		if s.sources.Expiring != nil {
			if err := s.sources.Expiring(ctx, q, r, days); err != nil {
				return fmt.Errorf("remind of the end of %s: %w", r.ID, err)
			}
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Channel: audit.ChannelJob, Event: "connection.remind", Subject: "connection.request/" + string(r.ID), Agency: r.Agency, Dataset: r.Need.Dataset,
			Connection: string(r.ID), RequestNo: r.Number, Detail: map[string]string{"days": fmt.Sprint(days), "valid_to": string(r.Approved.To)},
		})
	})
}

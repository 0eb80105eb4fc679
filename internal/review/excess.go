package review

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Quota is one that is far above the use.
type Quota struct {
	Name    string `json:"name" enum:"calls_per_day,records_per_day,persons_per_day"`
	Granted int64  `json:"granted"`
	Peak    int64  `json:"peak" doc:"Highest use of one day"`
	Propose int64  `json:"propose" doc:"Quota that would do"`
}

// Excess is a grant that holds more than is used (Điều 21.2c), as the last calculation found it.
type Excess struct {
	Grant    string    `json:"grant" doc:"Id of the grant"`
	Number   string    `json:"number"`
	Agency   string    `json:"agency" doc:"Agency that holds the grant"`
	Owner    string    `json:"owner" doc:"Agency that owns the data"`
	Dataset  string    `json:"dataset"`
	Since    time.Time `json:"since" doc:"Use is counted from then on"`
	LastUse  string    `json:"last_use,omitempty" doc:"Day of the last use; empty when there was none"`
	Unused   bool      `json:"unused" doc:"Nothing of the grant was used"`
	Fields   []string  `json:"fields,omitempty" doc:"Fields that were not used"`
	Quotas   []Quota   `json:"quotas,omitempty" doc:"Quotas far above the use"`
	FoundAt  time.Time `json:"found_at"`
	Kept     *Kept     `json:"kept,omitempty" doc:"Somebody decided to leave the grant as it is"`
	AskState string    `json:"ask,omitempty" doc:"open while a request about the grant waits for the operator"`
}

// Kept is the decision to leave a grant as it is, with its reason.
type Kept struct {
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	ByName string    `json:"by_name"`
	At     time.Time `json:"at"`
	Until  time.Time `json:"until"`
}

// keptMonths is how long a decision to leave a grant as it is keeps it off the report.
const keptMonths = 6

// Proposal is the narrowing that the finding calls for. A grant that nobody used is to be ended rather.
func (e Excess) Proposal() access.Narrowing {
	n := access.Narrowing{Drop: e.Fields}
	for _, q := range e.Quotas {
		switch q.Name {
		case "calls_per_day":
			n.CallsPerDay = q.Propose
		case "records_per_day":
			n.RecordsPerDay = q.Propose
		case "persons_per_day":
			n.PersonsPerDay = q.Propose
		}
	}
	return n
}

// Calculate finds the grants that hold more than is used, grant by grant. A job calls it; what it found before and is no
// longer so goes away.
func (s *Service) Calculate(ctx context.Context) error {
	if _, err := access.Require(ctx, access.ReviewOpen); err != nil {
		return err
	}
	set, err := s.ensureSettings(ctx)
	if err != nil {
		return err
	}
	began := s.Clock.Now().UTC().Truncate(time.Microsecond)
	var all []error
	for after := ""; ; {
		page, err := s.Access.LiveGrants(ctx, s.DB, access.LiveFilter{After: after, Limit: collectBatch})
		if err != nil {
			return errors.Join(append(all, err)...)
		}
		if len(page) > 0 {
			after = page[len(page)-1].Number
			if err := s.judge(ctx, set, page, began); err != nil {
				all = append(all, err)
			}
		}
		if len(page) < collectBatch {
			break
		}
	}
	if err := errors.Join(all...); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error { return removeExcessBefore(ctx, q, began) })
}

// judge writes the findings of one page of grants.
func (s *Service) judge(ctx context.Context, set Settings, page []access.Grant, began time.Time) error {
	ids := make([]string, len(page))
	for i, g := range page {
		ids[i] = g.ID
	}
	since := began.AddDate(0, 0, -int(set.UnusedDays))
	uses, err := listUses(ctx, s.DB, ids)
	if err != nil {
		return err
	}
	peaks, err := s.Access.PeakUse(ctx, s.DB, ids, since)
	if err != nil {
		return err
	}
	var found []Excess
	for _, g := range page {
		if g.ValidFrom.After(since) || g.Level == access.LevelShare { // too young to judge; sharing on is no reading
			continue
		}
		e := excessOf(g, uses[g.ID], peaks[g.ID], set, dayOf(since))
		if !e.Unused && len(e.Fields) == 0 && len(e.Quotas) == 0 {
			continue
		}
		d, err := s.World.Dataset(ctx, g.Dataset)
		if err != nil {
			return fmt.Errorf("read dataset %s: %w", g.Dataset, err)
		}
		if d != nil {
			e.Owner = d.Owner
		}
		e.Since, e.FoundAt = since, began
		found = append(found, e)
	}
	if len(found) == 0 {
		return nil
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		for i := range found {
			if err := saveExcess(ctx, q, &found[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// leastQuota: a quota below it is never called too high.
const leastQuota = 100

// excessOf compares one grant with its use.
func excessOf(g access.Grant, used map[string]string, peak access.Peak, set Settings, since string) Excess {
	e := Excess{Grant: g.ID, Number: g.Number, Agency: g.Agency, Dataset: g.Dataset, LastUse: used[""]}
	if e.Unused = e.LastUse < since; e.Unused {
		return e
	}
	for _, c := range g.Columns {
		if used[c.Out()] < since && len(g.Columns) > 1 {
			e.Fields = append(e.Fields, c.Name)
		}
	}
	for _, q := range []Quota{
		{Name: "calls_per_day", Granted: g.Conditions.CallsPerDay, Peak: peak.Calls}, {Name: "records_per_day", Granted: g.Conditions.RecordsPerDay, Peak: peak.Records},
		{Name: "persons_per_day", Granted: g.Conditions.PersonsPerDay, Peak: peak.Persons},
	} {
		if q.Granted > leastQuota && q.Granted >= set.QuotaFactor*max(q.Peak, 1) {
			if q.Propose = max(3*q.Peak, leastQuota); q.Propose < q.Granted {
				e.Quotas = append(e.Quotas, q)
			}
		}
	}
	return e
}

// ListExcess lists the grants that hold more than is used, by number, as far as the reader is concerned.
func (s *Service) ListExcess(ctx context.Context, f ExcessFilter) ([]Excess, error) {
	who, err := access.Require(ctx, access.AccessRead)
	if err != nil {
		return nil, err
	}
	if !who.Operates() {
		f.concerned = who.Agency
	}
	return listExcess(ctx, s.DB, f, s.Clock.Now())
}

// FindExcess shows the finding about one grant.
func (s *Service) FindExcess(ctx context.Context, grant string) (Excess, error) {
	all, err := s.ListExcess(ctx, ExcessFilter{Grant: grant, WithKept: true, Limit: 1})
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "review.excess_not_found", grant)
	}
	if err != nil {
		return Excess{}, err
	}
	return all[0], nil
}

// AskByExcess asks the operator to take away what a finding says is not used: fields and quotas, or the whole grant when
// nothing of it was used.
func (s *Service) AskByExcess(ctx context.Context, grant, reason string) (Ask, error) {
	e, err := s.FindExcess(ctx, grant)
	if err != nil {
		return Ask{}, err
	}
	if e.Unused {
		return s.Ask(ctx, Asking{Grant: grant, Kind: AskEnd, Reason: reason})
	}
	return s.Ask(ctx, Asking{Grant: grant, Kind: AskNarrow, Reason: reason, Narrow: e.Proposal()})
}

// KeepExcess leaves a grant as it is for half a year, with the reason.
func (s *Service) KeepExcess(ctx context.Context, grant, reason string) (Excess, error) {
	who, err := access.Require(ctx, access.ReviewAnswer)
	if err != nil {
		return Excess{}, err
	}
	e, err := s.FindExcess(ctx, grant)
	if err != nil {
		return e, err
	}
	if !who.CanFor(access.ReviewAnswer, e.Owner) {
		return e, fault.New(fault.Denied, "review.not_owner", e.Number)
	}
	if f := reasoned(reason, "reason"); f != nil {
		return e, f
	}
	now := s.Clock.Now().UTC().Truncate(time.Microsecond)
	e.Kept = &Kept{Reason: strings.TrimSpace(reason), By: who.ID, ByName: who.Name, At: now, Until: now.AddDate(0, keptMonths, 0)}
	return e, s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := keepExcess(ctx, q, grant, *e.Kept); err != nil {
			return err
		}
		return s.Log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: "review.excess_keep", Subject: "review.excess/" + e.Number, Agency: e.Owner, Dataset: e.Dataset, Grant: grant, Reason: e.Kept.Reason,
			Detail: map[string]string{"fields": strings.Join(e.Fields, ","), "unused": fmt.Sprint(e.Unused), "quotas": quotaNames(e.Quotas)},
		})
	})
}

func quotaNames(all []Quota) string {
	names := make([]string, len(all))
	for i, q := range all {
		names[i] = q.Name
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

package review

import (
	"context"
	"errors"
	"fmt"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Sweep does what time brings: it opens the reviews that are due, goes on with listing, and suspends what was not answered.
// A job calls it, after every start too.
func (s *Service) Sweep(ctx context.Context) error {
	who, err := access.Require(ctx, access.ReviewOpen)
	if err != nil {
		return err
	}
	all := []error{s.schedule(ctx, who, CauseProtected), s.schedule(ctx, who, CauseRegular)}
	for _, state := range []CampaignState{Collecting, Running} {
		open, err := listCampaigns(ctx, s.DB, CampaignFilter{State: state, Limit: 500})
		if err != nil {
			return errors.Join(append(all, err)...)
		}
		for _, c := range open {
			if c.State == Collecting {
				if c, err = s.collect(ctx, c); err != nil {
					all = append(all, err)
					continue
				}
			}
			if !s.Clock.Now().Before(c.DueAt) && c.State == Running {
				all = append(all, s.close(ctx, c))
			}
		}
	}
	return errors.Join(all...)
}

// schedule opens the review that comes with time, when its time has come.
func (s *Service) schedule(ctx context.Context, who access.Actor, cause Cause) error {
	set, err := s.ensureSettings(ctx)
	if err != nil {
		return err
	}
	last, err := lastOf(ctx, s.DB, cause)
	if err != nil {
		return err
	}
	if last.IsZero() {
		last = set.Since
	}
	if s.Clock.Now().Before(last.In(i18n.Zone).AddDate(0, set.months(cause), 0)) {
		return nil
	}
	c := Campaign{Cause: cause, Scope: Scope{Class: "other"}, record: fmt.Sprintf("%s/%d", cause, last.UnixMicro())}
	if cause == CauseProtected {
		c.Scope.Class = "protected"
	}
	if err := s.begin(ctx, who, &c, 0); err != nil {
		return err
	}
	_, err = s.collect(ctx, c)
	return err
}

// ensureSettings gives a platform its first settings: from then on the times of reviews count.
func (s *Service) ensureSettings(ctx context.Context) (Settings, error) {
	set, err := findSettings(ctx, s.DB)
	if err == nil || !fault.Is(err, "review.no_settings") {
		return set, err
	}
	set = defaults(s.Clock.Now())
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		if old, err := findSettings(ctx, q); err == nil {
			set = old
			return nil
		}
		if err := saveSettings(ctx, q, set); err != nil {
			return err
		}
		return s.Log.Change(ctx, q, audit.Entry{Actor: jobActor().ForAudit(), Channel: audit.ChannelJob, Event: "review.settings", Subject: "review.settings/platform"})
	})
	return set, err
}

package connection

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// SetLimits are the limits in force, with the revision that a change must name.
type SetLimits struct {
	Limits
	Revision int64 `json:"revision"`
}

// Limits of the phases in either process (parameters D1 and D2); every user of the platform may see them.
func (s *Service) Limits(ctx context.Context) (SetLimits, error) {
	if _, err := access.Require(ctx, access.ConnectionRead); err != nil {
		return SetLimits{}, err
	}
	l, revision, err := findSetLimits(ctx, s.db)
	return SetLimits{l, revision}, err
}

// ChangeLimits sets the limits with a reason. A phase that runs keeps the limit with which it began.
func (s *Service) ChangeLimits(ctx context.Context, l Limits, revision int64, reason string) (SetLimits, error) {
	who, err := access.Require(ctx, access.SettingsChange)
	if err != nil {
		return SetLimits{}, err
	}
	var p problems
	p.when(blank(reason) || plain(reason, "reason") != nil, "reason", "connection.reason_missing")
	l.check(&p)
	if err := fault.Collect(p...); err != nil {
		return SetLimits{}, err
	}
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		if err := saveLimits(ctx, q, l, revision, s.clock.Now()); err != nil {
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: "config.connection_limits", Subject: "connection.limits/" + LimitsID, Reason: reason, State: l})
	})
	return SetLimits{l, revision + 1}, err
}

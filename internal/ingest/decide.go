package ingest

import (
	"context"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

const minReason = 10

// Release lets a held delivery pass with its warnings, in the name of the officer who answers for it. It is checked again
// and its passing rows are published.
func (s *Service) Release(ctx context.Context, id ID, reason string) (*Delivery, error) {
	d, _, err := s.find(ctx, id, access.IngestRelease)
	if err != nil {
		return nil, err
	}
	newest, err := s.Warehouse.Current(ctx, string(d.Dataset))
	if err != nil && !fault.Is(err, "warehouse.no_version") {
		return nil, err
	}
	if err == nil && newest.Provenance.SourceTime.After(d.DataTime) {
		return nil, fault.New(fault.Conflict, "ingest.superseded", newest.Number)
	}
	d, err = s.decide(ctx, d, "ingest.release", reason, func(d *Delivery) { d.State, d.Release, d.Attempts = Received, true, 0 })
	if err == nil {
		s.wakeUp()
	}
	return d, err
}

// Withdraw ends a held delivery without publishing it: the owner will deliver again.
func (s *Service) Withdraw(ctx context.Context, id ID, reason string) (*Delivery, error) {
	d, _, err := s.find(ctx, id, access.IngestDeliver)
	if fault.Is(err, "access.permission_missing") {
		d, _, err = s.find(ctx, id, access.IngestRelease)
	}
	if err != nil {
		return nil, err
	}
	return s.decide(ctx, d, "ingest.withdraw", reason, func(d *Delivery) {
		d.State, d.Refusal = Rejected, &Refusal{Code: "ingest.withdrawn"}
	})
}

func (s *Service) decide(ctx context.Context, d *Delivery, event, reason string, rule func(*Delivery)) (*Delivery, error) {
	if len([]rune(strings.TrimSpace(reason))) < minReason {
		return nil, fault.New(fault.Invalid, "ingest.reason_missing", minReason).At("reason")
	}
	if d.State != Held {
		return nil, fault.New(fault.Conflict, "ingest.wrong_state", d.State)
	}
	d.DecidedBy, d.Reason = access.ActorOf(ctx).ID, reason
	rule(d)
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := changeDelivery(ctx, q, d, Held, s.Clock.Now()); err != nil {
			return err
		}
		return s.note(ctx, q, d, event, reason)
	})
	return d, err
}

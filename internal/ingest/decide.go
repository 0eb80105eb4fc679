package ingest

import (
	"context"
	"errors"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

const minReason = 10

// Release lets a held delivery pass with its warnings, in the name of the officer who answers for it. It is checked again
// and its passing rows are published. What is held for its age alone may also be released by the owner's steward: whoever
// releases it has been told which version it replaces; when a still newer one came, it is held again.
func (s *Service) Release(ctx context.Context, id ID, reason string) (*Delivery, error) {
	d, _, err := s.find(ctx, id, access.IngestRelease)
	quality := err == nil
	if fault.Is(err, "access.permission_missing") {
		d, err = s.findOlder(ctx, id, err)
	}
	if err != nil {
		return nil, err
	}
	d, err = s.decide(ctx, d, "ingest.release", reason, func(d *Delivery) {
		d.State, d.Release, d.Attempts = Received, d.Release || quality && !d.OnlyOlder, 0
		d.Over, d.Newer, d.OnlyOlder = max(d.Over, d.Newer), 0, false
		d.Refusal = nil
	})
	if err == nil {
		s.wakeUp()
	}
	return d, err
}

// findOlder finds a delivery that is held for its age alone, for the steward of its owner; otherwise it answers denied.
func (s *Service) findOlder(ctx context.Context, id ID, denied error) (*Delivery, error) {
	d, _, err := s.find(ctx, id, access.IngestRows)
	switch {
	case err != nil:
		return nil, err
	case !d.OnlyOlder || !access.ActorOf(ctx).Has(access.Steward):
		return nil, denied
	}
	return d, nil
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

// Purge removes the content of a delivery that should never have come in, such as a state secret without its stamp
// (Điều 1.4): raw file, quarantine and published version. Who delivered it, when, and its hash stay.
func (s *Service) Purge(ctx context.Context, id ID, reason string) (*Delivery, error) {
	if _, err := access.Require(ctx, access.IncidentHandle); err != nil {
		return nil, err
	}
	if len([]rune(strings.TrimSpace(reason))) < minReason {
		return nil, fault.New(fault.Invalid, "ingest.reason_missing", minReason).At("reason")
	}
	d, err := findDelivery(ctx, s.DB, id)
	if err != nil {
		return nil, err
	}
	if !d.State.Final() {
		return nil, fault.New(fault.Conflict, "ingest.wrong_state", d.State)
	}
	before, version := d.State, d.VersionID
	if before != Purged {
		d.State, d.DecidedBy, d.Reason = Purged, access.ActorOf(ctx).ID, reason
		d.FileName, d.Form, d.Rules, d.Fixes, d.Refusal = "", Form{}, nil, nil, nil
		err = s.DB.InTx(ctx, func(q controldb.Querier) error {
			if err := changeDelivery(ctx, q, d, before, s.Clock.Now()); err != nil {
				return err
			}
			if version != "" {
				if err := s.Warehouse.PurgeIn(ctx, q, version, reason); err != nil {
					return err
				}
			}
			return s.note(ctx, q, d, "ingest.purge", reason)
		})
		if err != nil {
			return nil, err
		}
	}
	// The files go after the commit; a purge cut off here is completed by the next one, or by Recover.
	if version != "" {
		if err := s.Warehouse.RemovePurged(string(d.Dataset), version); err != nil {
			return nil, err
		}
	}
	return d, errors.Join(s.Files.Remove(d.rawName()), s.Files.Remove(d.quarantineName()))
}

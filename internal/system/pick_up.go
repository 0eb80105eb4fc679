package system

import (
	"context"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/secret"
)

// overlap is how long the old secret still opens after a rotation, so that a system changes over without a gap.
const overlap = 7 * 24 * time.Hour

// Issued is a credential with its secret, which exists in clear here only.
type Issued struct {
	Credential *Credential
	Secret     secret.Redacted
}

// OnCredential is called inside the transaction in which a credential begins to wait for its pick-up, and in which it waits
// no more: picked up, or revoked.
func (s *Service) OnCredential(f func(ctx context.Context, q controldb.Querier, sys *System, c *Credential) error) {
	s.onCredential = f
}

func (s *Service) told(ctx context.Context, q controldb.Querier, sys *System, c *Credential) error {
	if s.onCredential == nil {
		return nil
	}
	return s.onCredential(ctx, q, sys, c)
}

// PickUp makes the secret of a credential and shows it, once, to somebody of the system's own agency. Invariant 5: the
// secret does not exist before, so nobody of the operator can have seen it.
func (s *Service) PickUp(ctx context.Context, system, id string) (Issued, error) {
	var out Issued
	err := s.withOwn(ctx, system, id, func(q controldb.Querier, who access.Actor, sys *System, c *Credential) error {
		if c.Method != BySecret {
			return fault.New(fault.Conflict, "system.no_secret")
		}
		if !c.Waiting() {
			return fault.New(fault.Conflict, "system.secret_taken")
		}
		value := secret.NewToken(32)
		c.hash, c.PickedUpAt, c.PickedUpBy = secret.HashToken(value), s.clock.Now(), who.Name
		first, err := pickUpCredential(ctx, q, c)
		if err != nil {
			return err
		}
		if !first { // somebody was quicker
			return fault.New(fault.Conflict, "system.secret_taken")
		}
		out = Issued{c, secret.Redacted(value)}
		return s.handed(ctx, q, who, sys, c, "system.credential_pick_up", nil)
	})
	return out, err
}

// Rotate gives the system's own agency a new secret in place of one that it holds. The old one opens for seven days more.
func (s *Service) Rotate(ctx context.Context, system, id string) (Issued, error) {
	var out Issued
	err := s.withOwn(ctx, system, id, func(q controldb.Querier, who access.Actor, sys *System, old *Credential) error {
		if old.Method != BySecret {
			return fault.New(fault.Conflict, "system.no_secret")
		}
		if old.Waiting() {
			return fault.New(fault.Conflict, "system.secret_waiting")
		}
		now, value := s.clock.Now(), secret.NewToken(32)
		c := &Credential{
			ID: ids.New(), System: system, ClientID: newClientID(system), Connection: old.Connection, Label: old.Label, CreatedAt: now, CreatedBy: who.ID,
			ValidTo: old.ValidTo, Method: BySecret, PickedUpAt: now, PickedUpBy: who.Name, hash: secret.HashToken(value),
		}
		if err := insertCredential(ctx, q, c); err != nil {
			return err
		}
		if end := now.Add(overlap); end.Before(old.ValidTo) {
			old.ValidTo = end
			if err := shortenCredential(ctx, q, old); err != nil {
				return err
			}
		}
		out = Issued{c, secret.Redacted(value)}
		return s.handed(ctx, q, who, sys, c, "system.credential_rotate", map[string]string{"before": old.ClientID, "before_valid_to": old.ValidTo.Format(time.RFC3339)})
	})
	return out, err
}

// withOwn finds a credential in force, in a transaction, for somebody of the system's own agency and nobody else.
func (s *Service) withOwn(ctx context.Context, system, id string, do func(q controldb.Querier, who access.Actor, sys *System, c *Credential) error) error {
	who, err := access.Require(ctx, access.SystemSecret)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		sys, err := findSystem(ctx, q, system)
		if err != nil {
			return err
		}
		if who.Agency != sys.Owner { // the operator too: its work spans agencies, their secrets are their own
			return fault.New(fault.Denied, "system.secret_own", sys.Owner)
		}
		c, ok, err := findCredential(ctx, q, "id", id)
		if err != nil {
			return err
		}
		if !ok || c.System != system {
			return fault.New(fault.NotFound, "system.credential_not_found")
		}
		if !c.ValidAt(s.clock.Now()) {
			return fault.New(fault.Conflict, "system.credential_over")
		}
		return do(q, who, sys, c)
	})
}

// handed records that an agency holds a secret, and ends the wait for it.
func (s *Service) handed(ctx context.Context, q controldb.Querier, who access.Actor, sys *System, c *Credential, event string, more map[string]string) error {
	if err := s.told(ctx, q, sys, c); err != nil {
		return err
	}
	detail := map[string]string{"client_id": c.ClientID, "valid_to": c.ValidTo.Format(time.RFC3339)}
	for k, v := range more {
		detail[k] = v
	}
	return s.log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: event, Subject: "system/" + sys.ID, Agency: sys.Owner, Connection: c.Connection, Detail: detail,
	})
}

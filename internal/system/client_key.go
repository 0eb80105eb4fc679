package system

import (
	"context"
	"crypto"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// ClientKey is a public key with which a system signs the assertions that stand for its secret (private_key_jwt). A
// system may have several, so that one takes over from another without a gap.
type ClientKey struct {
	ID            string    `json:"id"`
	System        string    `json:"system"`
	KID           string    `json:"kid" doc:"Key id that the assertion's header names"`
	Alg           string    `json:"alg" doc:"The one algorithm that signatures by this key may use"`
	JWK           string    `json:"-"`
	Thumbprint    string    `json:"thumbprint" doc:"RFC 7638, SHA-256"`
	Label         string    `json:"label,omitempty"`
	CreatedAt     time.Time `json:"created_at"`
	CreatedBy     string    `json:"created_by"`
	ValidTo       time.Time `json:"valid_to"`
	RevokedAt     time.Time `json:"revoked_at,omitzero"`
	RevokedReason string    `json:"revoked_reason,omitempty"`

	Public crypto.PublicKey `json:"-"`
}

// ValidAt reports that the key opens something at the moment.
func (k *ClientKey) ValidAt(now time.Time) bool { return k.RevokedAt.IsZero() && now.Before(k.ValidTo) }

// Proof names the key in the tokens that were given for it.
func (k *ClientKey) Proof() string { return keyProof + k.ID }

const keyProof = "key:"

// mostKeys in force of one system: enough to change one at each of several nodes.
const mostKeys = 10

// AddClientKey registers a public key for the system's own assertions.
func (s *Service) AddClientKey(ctx context.Context, system, text, label string, validTo time.Time) (*ClientKey, error) {
	who, err := access.Require(ctx, access.SystemCredential)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	if !validFor(now, validTo) {
		return nil, fault.New(fault.Invalid, "system.credential_validity").At("valid_to")
	}
	p, err := ParsePublicKey(text)
	if err != nil {
		return nil, err
	}
	k := &ClientKey{
		ID: ids.New(), System: system, KID: p.KID, Alg: p.Alg, JWK: p.JWK, Thumbprint: p.Thumbprint, Public: p.Public, Label: strings.TrimSpace(label),
		CreatedAt: now, CreatedBy: who.ID, ValidTo: validTo,
	}
	return k, s.db.InTx(ctx, func(q controldb.Querier) error {
		sys, err := findSystem(ctx, q, system)
		if err != nil {
			return err
		}
		if err := s.roomForKey(ctx, q, k); err != nil {
			return err
		}
		if err := insertClientKey(ctx, q, k); err != nil {
			if controldb.IsUnique(err) {
				return fault.New(fault.Conflict, "system.key_known").At("jwk")
			}
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: "system.client_key_add", Subject: "system/" + system, Agency: sys.Owner,
			Detail: map[string]string{"kid": k.KID, "alg": k.Alg, "thumbprint": k.Thumbprint, "valid_to": validTo.Format(time.RFC3339)},
		})
	})
}

// roomForKey: not too many keys, and none that signs for the officers, so that no text of one kind passes for the other.
func (s *Service) roomForKey(ctx context.Context, q controldb.Querier, k *ClientKey) error {
	kept, err := listClientKeys(ctx, q, k.System)
	if err != nil {
		return err
	}
	live := 0
	for _, other := range kept {
		if other.ValidAt(s.clock.Now()) {
			live++
		}
	}
	if live >= mostKeys {
		return fault.New(fault.Conflict, "system.keys_too_many", mostKeys)
	}
	officers, err := listKeys(ctx, q, k.System)
	if err != nil {
		return err
	}
	for _, o := range officers {
		if p, err := ParsePublicKey(o.JWK); err == nil && p.Thumbprint == k.Thumbprint {
			return fault.New(fault.Conflict, "system.key_of_officers").At("jwk")
		}
	}
	return nil
}

// RevokeClientKey ends a key; when it has answered, the key and the tokens given for it open nothing.
func (s *Service) RevokeClientKey(ctx context.Context, system, id, reason string) error {
	who, err := access.Require(ctx, access.SystemCredential)
	if err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); len([]rune(reason)) < 10 {
		return fault.New(fault.Invalid, "system.reason_missing").At("reason")
	}
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		k, found, err := findClientKey(ctx, q, id)
		if err != nil {
			return err
		}
		if !found || k.System != system {
			return fault.New(fault.NotFound, "system.key_not_found", id)
		}
		if !k.RevokedAt.IsZero() {
			return fault.New(fault.Conflict, "system.key_revoked")
		}
		if err := revokeClientKey(ctx, q, id, reason, s.clock.Now()); err != nil {
			return err
		}
		if s.onRevokeProof != nil {
			if err := s.onRevokeProof(ctx, q, system, k.Proof()); err != nil {
				return err
			}
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: "system.client_key_revoke", Subject: "system/" + system, Reason: reason,
			Detail: map[string]string{"kid": k.KID, "thumbprint": k.Thumbprint},
		})
	})
}

// soon is how long before its end a key asks for a successor.
const soon = 30 * 24 * time.Hour

// OnKeyDue is called inside the transaction that notes that a key ends soon, and once more when it has ended.
func (s *Service) OnKeyDue(f func(ctx context.Context, q controldb.Querier, sys *System, k *ClientKey) error) {
	s.onKeyDue = f
}

// RemindKeys tells of every key that ends within 30 days, once each, and of those that have ended since. It is a job's work.
func (s *Service) RemindKeys(ctx context.Context) error {
	now := s.clock.Now()
	due, err := listDueKeys(ctx, s.db, now, now.Add(soon))
	if err != nil || s.onKeyDue == nil {
		return err
	}
	for _, k := range due {
		noted := now
		if !k.ValidAt(now) {
			noted = time.Time{}
		}
		err := s.db.InTx(ctx, func(q controldb.Querier) error {
			sys, err := findSystem(ctx, q, k.System)
			if err != nil {
				return err
			}
			if err := s.onKeyDue(ctx, q, sys, k); err != nil {
				return err
			}
			return noteKey(ctx, q, k.ID, noted)
		})
		if err != nil {
			return fmt.Errorf("tell of the end of key %s: %w", k.KID, err)
		}
	}
	return nil
}

// ClientKeys lists a system's keys, newest first, to those who may see its credentials.
func (s *Service) ClientKeys(ctx context.Context, system string) ([]*ClientKey, error) {
	if _, err := s.Credentials(ctx, system); err != nil {
		return nil, err
	}
	return listClientKeys(ctx, s.db, system)
}

// KeysInForce are those with which an assertion may be signed now; the exchange asks on behalf of nobody.
func (s *Service) KeysInForce(ctx context.Context, system string) ([]*ClientKey, error) {
	kept, err := s.clientKeys.Find(ctx, system)
	if err != nil {
		return nil, err
	}
	var out []*ClientKey
	for _, k := range kept {
		if k.ValidAt(s.clock.Now()) {
			out = append(out, k)
		}
	}
	return out, nil
}

// keyHolds reports that a token's proof is a key of the system that is still in force; other proofs are not ours to judge.
func (s *Service) keyHolds(ctx context.Context, system, proof string) (bool, error) {
	id, isKey := strings.CutPrefix(proof, keyProof)
	if !isKey {
		return true, nil
	}
	live, err := s.KeysInForce(ctx, system)
	if err != nil {
		return false, err
	}
	for _, k := range live {
		if k.ID == id {
			return true, nil
		}
	}
	return false, nil
}

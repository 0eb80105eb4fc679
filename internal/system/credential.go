package system

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwk"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/secret"
)

// IssueCredential gives a system a credential outside any connection, for deliveries into the warehouse. Its secret does
// not exist until the system's agency picks it up.
func (s *Service) IssueCredential(ctx context.Context, id, label string, validTo time.Time) (*Credential, error) {
	who, err := access.Require(ctx, access.SystemCredential)
	if err != nil {
		return nil, err
	}
	var out *Credential
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		out, err = s.Issue(ctx, q, who, id, "", label, validTo)
		return err
	})
	return out, err
}

// Issue makes a credential in the caller's transaction; flow calls it when a connection is set up.
func (s *Service) Issue(ctx context.Context, q controldb.Querier, who access.Actor, id, connection, label string, validTo time.Time) (*Credential, error) {
	return s.issue(ctx, q, who, &Credential{System: id, Method: BySecret, Connection: connection, Label: label, ValidTo: validTo})
}

// issue completes and saves a credential. One that proves itself by a secret begins to wait for its pick-up.
func (s *Service) issue(ctx context.Context, q controldb.Querier, who access.Actor, c *Credential) (*Credential, error) {
	sys, err := findSystem(ctx, q, c.System)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	if !validFor(now, c.ValidTo) {
		return nil, fault.New(fault.Invalid, "system.credential_validity").At("valid_to")
	}
	c.ID, c.ClientID, c.Label, c.CreatedAt, c.CreatedBy = ids.New(), newClientID(c.System), strings.TrimSpace(c.Label), now, who.ID
	if err := insertCredential(ctx, q, c); err != nil {
		return nil, err
	}
	if c.Method == BySecret {
		if err := s.told(ctx, q, sys, c); err != nil {
			return nil, err
		}
	}
	err = s.log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: "system.credential_issue", Subject: "system/" + c.System, Agency: sys.Owner, Connection: c.Connection,
		Detail: map[string]string{"client_id": c.ClientID, "method": string(c.Method), "valid_to": c.ValidTo.Format(time.RFC3339)},
	})
	return c, err
}

func newClientID(system string) string { return system + "." + strings.ToLower(ids.Token(6)) }

// RevokeCredential ends one credential; when it has answered, the credential and its tokens open nothing.
func (s *Service) RevokeCredential(ctx context.Context, system, id, reason string) error {
	who, err := access.Require(ctx, access.SystemCredential)
	if err != nil {
		return err
	}
	if len([]rune(strings.TrimSpace(reason))) < 10 {
		return fault.New(fault.Invalid, "system.reason_missing").At("reason")
	}
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		c, ok, err := findCredential(ctx, q, "id", id)
		if err != nil {
			return err
		}
		if !ok || c.System != system {
			return fault.New(fault.NotFound, "system.credential_not_found")
		}
		return s.revoke(ctx, q, who, c, reason)
	})
}

// RevokeConnection ends every credential that was issued for a connection, in the caller's transaction.
func (s *Service) RevokeConnection(ctx context.Context, q controldb.Querier, who access.Actor, system, connection, reason string) error {
	all, err := listCredentials(ctx, q, system)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Connection != connection || !c.RevokedAt.IsZero() {
			continue
		}
		if err := s.revoke(ctx, q, who, c, reason); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) revoke(ctx context.Context, q controldb.Querier, who access.Actor, c *Credential, reason string) error {
	if !c.RevokedAt.IsZero() {
		return fault.New(fault.Conflict, "system.credential_revoked")
	}
	if err := revokeCredential(ctx, q, c.ID, reason, s.clock.Now()); err != nil {
		return err
	}
	sys, err := findSystem(ctx, q, c.System)
	if err != nil {
		return err
	}
	c.RevokedAt = s.clock.Now()
	if err := s.told(ctx, q, sys, c); err != nil {
		return err
	}
	if s.onRevoke != nil {
		if err := s.onRevoke(ctx, q, c.System, c.ID); err != nil {
			return err
		}
	}
	return s.log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: "system.credential_revoke", Subject: "system/" + c.System, Connection: c.Connection, Reason: reason,
		Detail: map[string]string{"client_id": c.ClientID},
	})
}

// Credentials lists a system's credentials, newest first: to those who may issue them and to the owner agency.
func (s *Service) Credentials(ctx context.Context, system string) ([]*Credential, error) {
	who, err := access.Require(ctx, access.SystemRead)
	if err != nil {
		return nil, err
	}
	sys, err := findSystem(ctx, s.db, system)
	if err != nil {
		return nil, err
	}
	switch {
	case onlyVendor(who):
		return nil, fault.New(fault.Denied, "access.permission_missing", access.SystemCredential)
	case !who.ActsFor(sys.Owner):
		return nil, fault.New(fault.Denied, "access.other_agency", sys.Owner)
	}
	return listCredentials(ctx, s.db, system)
}

// CheckSecret finds the credential of a client id and secret. Invariant 2: an unknown client costs as much as a wrong
// secret, and both are told alike.
func (s *Service) CheckSecret(ctx context.Context, clientID, value string) (*Credential, error) {
	c, err := s.clients.Find(ctx, clientID)
	if err != nil {
		return nil, err
	}
	kept := secret.HashToken("no such client")
	if c != nil && c.Method == BySecret {
		kept = c.hash
	}
	right := secret.EqualHash(secret.HashToken(value), kept)
	if c == nil || c.Method != BySecret || c.Waiting() || !right || !c.ValidAt(s.clock.Now()) {
		return nil, fault.New(fault.Unauthenticated, "system.client_invalid")
	}
	return c, nil
}

// Actor is the system behind a credential while the credential is in force.
func (s *Service) Actor(ctx context.Context, system, credential string) (access.Actor, error) {
	c, err := s.credentials.Find(ctx, credential)
	if err != nil {
		return access.Actor{}, err
	}
	if c == nil || c.System != system || !c.ValidAt(s.clock.Now()) {
		return access.Actor{}, fault.New(fault.Unauthenticated, "system.client_invalid")
	}
	sys, err := s.systems.Find(ctx, system)
	if err != nil {
		return access.Actor{}, err
	}
	return SystemActor(sys), nil
}

// SystemActor is the system as the access decision knows it, signed in with its secret.
func SystemActor(sys *System) access.Actor {
	return access.Actor{Type: access.System, ID: sys.ID, Name: sys.Name, Agency: sys.Owner, Roles: []access.Role{access.SystemAccount}, Auth: access.AuthOAuth2}
}

// AddOfficerKey registers a public key (JWK) for the officers' assertions.
func (s *Service) AddOfficerKey(ctx context.Context, system, text string) (OfficerKey, error) {
	who, err := access.Require(ctx, access.SystemCredential)
	if err != nil {
		return OfficerKey{}, err
	}
	kid, _, err := ParseKey(text)
	if err != nil {
		return OfficerKey{}, err
	}
	p, err := ParsePublicKey(text)
	if err != nil {
		return OfficerKey{}, err
	}
	k := OfficerKey{ID: kid, JWK: text, CreatedAt: s.clock.Now()}
	return k, s.db.InTx(ctx, func(q controldb.Querier) error {
		sys, err := findSystem(ctx, q, system)
		if err != nil {
			return err
		}
		if taken, err := clientKeyTaken(ctx, q, p.Thumbprint); err != nil {
			return err
		} else if taken {
			return fault.New(fault.Conflict, "system.key_of_client").At("jwk")
		}
		if err := insertKey(ctx, q, system, k, who.ID); err != nil {
			if controldb.IsUnique(err) {
				return fault.New(fault.Conflict, "system.key_taken").At("jwk")
			}
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: "system.key_add", Subject: "system/" + system, Agency: sys.Owner, Detail: map[string]string{"kid": kid},
		})
	})
}

// RemoveOfficerKey ends a key.
func (s *Service) RemoveOfficerKey(ctx context.Context, system, kid string) error {
	who, err := access.Require(ctx, access.SystemCredential)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		removed, err := removeKey(ctx, q, system, kid, s.clock.Now())
		if err != nil {
			return err
		}
		if !removed {
			return fault.New(fault.NotFound, "system.key_not_found", kid)
		}
		return s.log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: "system.key_remove", Subject: "system/" + system, Detail: map[string]string{"kid": kid}})
	})
}

// OfficerKeys lists the keys in force.
func (s *Service) OfficerKeys(ctx context.Context, system string) ([]OfficerKey, error) {
	return s.keys.Find(ctx, system)
}

// ParseKey reads a public JWK: Ed25519, P-256, or RSA of at least 2048 bits, with a key id and without a private part.
func ParseKey(text string) (kid string, public crypto.PublicKey, err error) {
	invalid := fault.New(fault.Invalid, "system.key_invalid").At("jwk")
	key, err := jwk.ParseKey([]byte(text))
	if err != nil {
		return "", nil, invalid.Because(err)
	}
	kid, has := key.KeyID()
	if !has || kid == "" || len(kid) > 100 {
		return "", nil, invalid
	}
	var raw any
	if err := jwk.Export(key, &raw); err != nil {
		return "", nil, invalid.Because(err)
	}
	switch k := raw.(type) {
	case ed25519.PublicKey:
		return kid, k, nil
	case *ecdsa.PublicKey:
		if k.Curve.Params().BitSize == 256 {
			return kid, k, nil
		}
	case *rsa.PublicKey:
		if k.N.BitLen() >= 2048 {
			return kid, k, nil
		}
	}
	return "", nil, invalid
}

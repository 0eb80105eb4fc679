package system

import (
	"context"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Method is how a client proves at the token endpoint that it is the system; the words are those of the OAuth registry.
type Method string

// A client proves itself in one way only, so that no weaker one stands beside a stronger.
const (
	BySecret      Method = "client_secret"
	ByAssertion   Method = "private_key_jwt"
	ByCertificate Method = "tls_client_auth"
)

// Methods in the order of the form.
func Methods() []Method { return []Method{BySecret, ByAssertion, ByCertificate} }

// Valid reports a method that we know.
func (m Method) Valid() bool { return m == BySecret || m == ByAssertion || m == ByCertificate }

// validFor: an end lies ahead and at most two years off.
func validFor(now, validTo time.Time) bool {
	return validTo.After(now) && !validTo.After(now.AddDate(2, 0, 1))
}

// IssueClient gives a system a client outside any connection, which proves itself by the method.
func (s *Service) IssueClient(ctx context.Context, id string, method Method, label string, validTo time.Time) (*Credential, error) {
	who, err := access.Require(ctx, access.SystemCredential)
	if err != nil {
		return nil, err
	}
	if !method.Valid() {
		return nil, fault.New(fault.Invalid, "system.method_unknown", method).At("method")
	}
	var out *Credential
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		out, err = s.issue(ctx, q, who, &Credential{System: id, Method: method, Label: label, ValidTo: validTo})
		return err
	})
	return out, err
}

// BindCertificates sets whether only tokens bound to a certificate open anything for the system. It holds from the next
// call on, also for tokens that exist.
func (s *Service) BindCertificates(ctx context.Context, id string, bound bool, reason string) (*System, error) {
	who, err := access.Require(ctx, access.SystemCredential)
	if err != nil {
		return nil, err
	}
	if reason = strings.TrimSpace(reason); len([]rune(reason)) < 10 {
		return nil, fault.New(fault.Invalid, "system.reason_missing").At("reason")
	}
	return s.changed(ctx, who, id, "system.certificate_bound", reason, func(old *System) error {
		old.CertificateBound = bound
		return nil
	})
}

// FindClient gives a client that is in force, for the exchange.
func (s *Service) FindClient(ctx context.Context, clientID string) (*Credential, error) {
	c, err := s.clients.Find(ctx, clientID)
	if err != nil {
		return nil, err
	}
	if c == nil || !c.ValidAt(s.clock.Now()) {
		return nil, fault.New(fault.Unauthenticated, "system.client_invalid")
	}
	return c, nil
}

// Proven is Actor for a token that was given for a key: it is over as soon as the key is.
func (s *Service) Proven(ctx context.Context, system, credential, proof string) (access.Actor, error) {
	holds, err := s.keyHolds(ctx, system, proof)
	if err != nil {
		return access.Actor{}, err
	}
	if !holds {
		return access.Actor{}, fault.New(fault.Unauthenticated, "system.client_invalid")
	}
	return s.Actor(ctx, system, credential)
}

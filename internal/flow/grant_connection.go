package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/system"
)

// CredentialFor says for whom a credential is issued, and for how long.
type CredentialFor struct {
	System     string
	Connection string
	Number     string // of the request
	ValidTo    time.Time
}

// Credential is what the consuming system will sign in with, when its agency has picked up the secret.
type Credential struct {
	ID       string
	ClientID string
}

// Credentials issues credentials of systems, in the caller's transaction.
type Credentials interface {
	Issue(ctx context.Context, q controldb.Querier, who access.Actor, c CredentialFor) (Credential, error)
}

// SystemCredentials issues credentials from the register of systems.
type SystemCredentials struct{ Systems *system.Service }

// Issue makes the credential.
func (s SystemCredentials) Issue(ctx context.Context, q controldb.Querier, who access.Actor, c CredentialFor) (Credential, error) {
	made, err := s.Systems.Issue(ctx, q, who, c.System, c.Connection, c.Number, c.ValidTo)
	if err != nil {
		return Credential{}, err
	}
	return Credential{made.ID, made.ClientID}, nil
}

// GrantConnection turns an approved request into a configured connection: configuration version, grants, credential and
// state, all in one transaction. It is the only place that creates a grant (archtest holds it).
type GrantConnection struct {
	connections *connection.Service
	access      *access.Service
	credentials Credentials
}

// NewGrantConnection builds the use case.
func NewGrantConnection(c *connection.Service, a *access.Service, k Credentials) *GrantConnection {
	return &GrantConnection{c, a, k}
}

// Granted is the outcome.
type Granted struct {
	Request    *connection.Request
	Config     connection.Config
	Credential Credential
}

// Run provisions the request. A scope in the input may be narrower than the approved one, never wider.
func (g *GrantConnection) Run(ctx context.Context, id connection.ID, in connection.Input) (Granted, error) {
	var out Granted
	var err error
	out.Request, out.Config, err = g.connections.Provision(ctx, id, in,
		func(ctx context.Context, q controldb.Querier, who access.Actor, r *connection.Request, grants []access.Grant, personal bool) (connection.Setup, error) {
			var setup connection.Setup
			end, basis := time.Time{}, basisOf(r)
			if err := g.access.CheckShared(ctx, q, grants, basis); err != nil { // of all grants at once
				return setup, err
			}
			for _, wanted := range grants {
				made, err := g.access.CreateGrant(ctx, q, who, wanted, personal, basis)
				if err != nil {
					return setup, fmt.Errorf("create grant of %s: %w", r.Number, err)
				}
				setup.Grants = append(setup.Grants, made.ID)
				end = made.ValidTo
			}
			if len(setup.Grants) == 0 {
				return setup, errors.New("create grants: the approved scope names no level")
			}
			if r.Need.People() { // who looks on screen signs in as a person
				return setup, nil
			}
			c, err := g.credentials.Issue(ctx, q, who, CredentialFor{System: r.Need.System, Connection: string(r.ID), Number: r.Number, ValidTo: end})
			if err != nil {
				return setup, fmt.Errorf("issue credential of %s: %w", r.Number, err)
			}
			out.Credential, setup.Credential = c, c.ClientID
			return setup, nil
		})
	if err != nil {
		return Granted{}, err
	}
	return out, nil
}

// basisOf says how the request asks for the data, and what consents to a scope outside the owner's sharing policy: the
// owner's own words, the issued list in the shortened process, or the authority's decision. Silence is no consent.
func basisOf(r *connection.Request) access.Basis {
	b := access.Basis{Method: string(r.Need.Method)}
	switch o := r.Opinion; {
	case r.Approval != nil && r.Approval.Decision.Number != "":
		b.Consent = access.ConsentAuthority
	case r.Route == connection.Shortened:
		b.Consent = access.ConsentList
	case o != nil && !o.Deemed && (o.Stand == connection.Agree || o.Stand == connection.AgreeLimits):
		b.Consent = access.ConsentOwner
	}
	return b
}

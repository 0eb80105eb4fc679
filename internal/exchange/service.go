package exchange

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/exchange/upstream"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/secret"
)

// TokenLife is how long an access token may be used.
const TokenLife = 10 * time.Minute

// Service keeps routes and tokens.
type Service struct {
	db      *controldb.DB
	clock   clock.Clock
	log     *audit.Log
	clients Clients
	secrets func(name string) (string, error)
	routes  *controldb.Fresh[*Route]
	tokens  *controldb.Fresh[session]

	mu        sync.Mutex
	providers map[string]*kept
}

type kept struct {
	version  int64
	provider *upstream.Provider
}

// session is a token with the system behind it, as both stood at the newest commit.
type session struct {
	token token
	actor access.Actor
	bound bool // the system takes tokens bound to a certificate only
	found bool
}

// NewService builds the service. secrets gives the credential of a provider by its name.
func NewService(db *controldb.DB, c clock.Clock, log *audit.Log, clients Clients, secrets func(name string) (string, error)) *Service {
	s := &Service{db: db, clock: c, log: log, clients: clients, secrets: secrets, providers: make(map[string]*kept)}
	log.Keep("exchange.route", keeper())
	s.routes = controldb.NewFresh(db, 10_000, s.loadRoute)
	s.tokens = controldb.NewFresh(db, 50_000, s.loadSession)
	return s
}

// RegisterRoute saves the first or the next version of a provider's service.
func (s *Service) RegisterRoute(ctx context.Context, r Route) (Route, error) {
	who, err := access.Require(ctx, access.ConnectionSetUp)
	if err != nil {
		return r, err
	}
	r.Status = RouteActive
	if err := r.ready(); err != nil {
		return r, err
	}
	if err := r.placed(); err != nil {
		return r, err
	}
	return r, s.db.InTx(ctx, func(q controldb.Querier) error {
		old, found, err := findRoute(ctx, q, r.Owner, r.System, r.Name)
		if err != nil {
			return err
		}
		r.ID, r.Version = ids.New(), 1
		if found {
			r.ID, r.Version = old.ID, old.Version+1
		}
		if err := oneMeaning(ctx, q, &r); err != nil {
			return err
		}
		return s.saveRoute(ctx, q, who, &r, "exchange.register", "")
	})
}

// oneMeaning: grants name an operation by method and path, so within a dataset that name belongs to one service.
func oneMeaning(ctx context.Context, q controldb.Querier, r *Route) error {
	all, err := listRoutes(ctx, q, r.Dataset)
	if err != nil {
		return err
	}
	for _, other := range all {
		for _, o := range other.Operations {
			if other.ID != r.ID && slices.ContainsFunc(r.Operations, func(x *Operation) bool { return x.code == o.code }) {
				return fault.New(fault.Conflict, "exchange.operation_taken", o.code, other.System+"/"+other.Name).At("operations")
			}
		}
	}
	return nil
}

// SetRouteStatus suspends or resumes a route; the change is a version of its own.
func (s *Service) SetRouteStatus(ctx context.Context, owner, system, name string, status RouteStatus, reason string) error {
	who, err := access.Require(ctx, access.ConnectionSuspend)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		r, found, err := findRoute(ctx, q, owner, system, name)
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.NotFound, "exchange.service_unknown")
		}
		if r.Status == status {
			return nil
		}
		r.Status = status
		r.Version++
		return s.saveRoute(ctx, q, who, r, "exchange."+string(status), reason)
	})
}

func (s *Service) saveRoute(ctx context.Context, q controldb.Querier, who access.Actor, r *Route, event, reason string) error {
	if err := insertRoute(ctx, q, r, who.ID, s.clock.Now()); err != nil {
		return err
	}
	return s.log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: event, Subject: "exchange.route/" + r.ID, Agency: r.Owner, Dataset: r.Dataset, Reason: reason,
		Detail: map[string]string{"service": r.Owner + "/" + r.System + "/" + r.Name, "version": fmt.Sprint(r.Version), "base": r.Base},
	})
}

// ListRoutes lists the newest version of each route, of one dataset when it is named.
func (s *Service) ListRoutes(ctx context.Context, dataset string) ([]*Route, error) {
	if _, err := access.Require(ctx, access.ExchangeRead); err != nil {
		return nil, err
	}
	return listRoutes(ctx, s.db, dataset)
}

// FindService finds the newest version of a provider's service, whether it may be called or not.
func (s *Service) FindService(ctx context.Context, owner, system, name string) (*Route, error) {
	if _, err := access.Require(ctx, access.ExchangeRead); err != nil {
		return nil, err
	}
	r, found, err := findRoute(ctx, s.db, owner, system, name)
	if err == nil && !found {
		err = fault.New(fault.NotFound, "exchange.service_unknown")
	}
	return r, err
}

func (s *Service) loadRoute(ctx context.Context, key string) (*Route, error) {
	owner, system, name := splitKey(key)
	r, found, err := findRoute(ctx, s.db, owner, system, name)
	if err != nil || !found {
		return nil, err
	}
	return r, nil
}

// FindRoute gives a route that may be called, with its provider.
func (s *Service) FindRoute(ctx context.Context, owner, system, name string) (*Route, *upstream.Provider, error) {
	r, err := s.routes.Find(ctx, owner+"\x00"+system+"\x00"+name)
	switch {
	case err != nil:
		return nil, nil, err
	case r == nil:
		return nil, nil, fault.New(fault.NotFound, "exchange.service_unknown")
	case r.Status != RouteActive:
		return nil, nil, fault.New(fault.Unavailable, "exchange.service_suspended")
	}
	p, err := s.provider(r)
	return r, p, err
}

// provider keeps one set of connections for each route, as long as its version lasts.
func (s *Service) provider(r *Route) (*upstream.Provider, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.providers[r.ID]
	if old != nil && old.version == r.Version {
		return old.provider, nil
	}
	credential := ""
	if r.Credential != "" {
		var err error
		if credential, err = s.secrets(r.Credential); err != nil {
			return nil, fault.New(fault.Unavailable, "exchange.credential_missing").Because(err)
		}
	}
	e, err := r.endpoint(credential)
	if err != nil {
		return nil, err
	}
	p, err := upstream.New(e, s.clock)
	if err != nil {
		return nil, err
	}
	if old != nil {
		old.provider.Close()
	}
	s.providers[r.ID] = &kept{r.Version, p}
	return p, nil
}

// IssueToken makes an access token for an authenticated client. The assertion that proved the client is used up in the
// same transaction, so that it opens once on whatever node.
func (s *Service) IssueToken(ctx context.Context, c Client) (string, error) {
	now := s.clock.Now()
	value := secret.NewToken(32)
	return value, s.db.InTx(ctx, func(q controldb.Querier) error {
		if c.Once != "" {
			if err := insertAssertion(ctx, q, c.Once, c.OnceEnds, now); controldb.IsUnique(err) {
				return fault.New(fault.Unauthenticated, "exchange.assertion_replayed")
			} else if err != nil {
				return err
			}
		}
		if err := removeExpired(ctx, q, c.System, now); err != nil {
			return err
		}
		return insertToken(ctx, q, token{
			Hash: secret.HashToken(value), System: c.System, Credential: c.Credential, Issued: now, Expires: now.Add(c.life(now)),
			Proof: c.Proof, Thumbprint: c.Thumbprint,
		})
	})
}

// RevokeProof ends the tokens that were given for a key, within the caller's transaction.
func (s *Service) RevokeProof(ctx context.Context, q controldb.Querier, system, proof string) error {
	return removeProven(ctx, q, system, proof, "")
}

// RevokeBound ends the tokens that are bound to a certificate, within the caller's transaction.
func (s *Service) RevokeBound(ctx context.Context, q controldb.Querier, system, thumbprint string) error {
	return removeProven(ctx, q, system, "", thumbprint)
}

// RevokeTokens ends the tokens of a system, or of one of its credentials, within the caller's transaction: when its
// InTx has returned, no call is let in with them.
func (s *Service) RevokeTokens(ctx context.Context, q controldb.Querier, system, credential string) error {
	return removeTokens(ctx, q, system, credential)
}

func (s *Service) loadSession(ctx context.Context, hash string) (session, error) {
	t, found, err := findToken(ctx, s.db, hash)
	if err != nil || !found {
		return session{}, err
	}
	caller, err := s.clients.Caller(ctx, t.System, t.Credential, t.Proof)
	if err != nil {
		return session{}, err
	}
	if t.Thumbprint != "" {
		caller.Actor.Auth = access.AuthMTLS
	}
	return session{token: t, actor: caller.Actor, bound: caller.Bound, found: true}, nil
}

// findSession is the token with the system that holds it, while it lasts.
func (s *Service) findSession(ctx context.Context, value string) (session, error) {
	if len(value) != 43 { // 32 bytes in base64url
		return session{}, fault.New(fault.Unauthenticated, "exchange.token_invalid")
	}
	got, err := s.tokens.Find(ctx, secret.HashToken(value))
	if err != nil {
		return session{}, err
	}
	if !got.found || !s.clock.Now().Before(got.token.Expires) {
		return session{}, fault.New(fault.Unauthenticated, "exchange.token_invalid")
	}
	return got, nil
}

// FindActor is the system that holds the token.
func (s *Service) FindActor(ctx context.Context, value string) (access.Actor, error) {
	got, err := s.findSession(ctx, value)
	return got.actor, err
}

package connection

import (
	"context"
	"fmt"
	"maps"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Service runs the process. Every change goes through take.
type Service struct {
	db      *controldb.DB
	clock   clock.Clock
	measure Measure
	access  *access.Service
	log     *audit.Log
	sources Sources
	lives   *controldb.Fresh[life]
}

// NewService builds the service; Use gives it its sources before the first request.
func NewService(db *controldb.DB, c clock.Clock, cal *clock.Calendar, a *access.Service, log *audit.Log) *Service {
	log.Keep("connection.request", keeper())
	log.Keep("connection.limits", limitsKeeper())
	return &Service{
		db: db, clock: c, measure: Measure{Calendar: cal, Limits: DefaultLimits()}, access: a, log: log,
		lives: controldb.NewFresh(db, 100_000, func(ctx context.Context, id string) (life, error) { return findLife(ctx, db, id) }),
	}
}

// Use gives the service what other slices tell it.
func (s *Service) Use(src Sources) { s.sources = src }

// State is what a decision needs of a connection. One that is accepted but whose first day has not come is not live yet.
func (s *Service) State(ctx context.Context, id string) (access.ConnectionFacts, error) {
	l, err := s.lives.Find(ctx, id)
	if err != nil {
		return access.ConnectionFacts{}, err
	}
	if l.state == Live && s.clock.Now().Before(l.from) {
		l.state = Acceptance
	}
	return access.ConnectionFacts{State: string(l.state), Reason: l.paused}, nil
}

// also is what an action does in the transaction of its step, after the rule has allowed it.
type also func(ctx context.Context, q controldb.Querier, t *taken) error

// taken is a step in the making.
type taken struct {
	who     access.Actor
	request *Request
	step    *Step
	facts   Facts
	voided  bool // the step took back what had been set up
}

func (t *taken) note(key, value string) {
	if t.step.Detail == nil {
		t.step.Detail = map[string]string{}
	}
	t.step.Detail[key] = value
}

// take is the one way to change a request: permission, facts, one transaction with rule, save, history and audit.
func (s *Service) take(ctx context.Context, id ID, action Action, in Input, more also) (*Request, error) {
	permission, _ := permissionOf(action)
	who, err := access.Require(ctx, permission)
	if err != nil {
		return nil, err
	}
	seen, err := findRequest(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	if seen.hiddenFrom(who) && who.Type != access.Job { // whose drafts exist is not told
		return nil, fault.New(fault.NotFound, "connection.request_not_found", id)
	}
	f, err := s.facts(ctx, seen, in)
	if err != nil {
		return nil, err
	}
	if seen, err = s.followed(ctx, seen, action, f); err != nil {
		return nil, err
	}
	if err := s.convertLapsed(ctx, who, seen, action, f); err != nil {
		return nil, err
	}
	var out *Request
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		r, err := findRequest(ctx, q, id)
		if err != nil {
			return err
		}
		// The facts belong to the request that was seen: somebody faster makes this step void (T38).
		if r.Revision != seen.Revision || in.Revision != 0 && in.Revision != r.Revision {
			return fault.New(fault.Conflict, "connection.changed_meanwhile")
		}
		t := &taken{who: who, request: r, facts: f}
		if err := s.step(ctx, q, t, action, in, more); err != nil {
			return err
		}
		out = r
		return saveRequest(ctx, q, r)
	})
	return out, err
}

// step applies one action inside the transaction and keeps it in the history and the audit log.
func (s *Service) step(ctx context.Context, q controldb.Querier, t *taken, action Action, in Input, more also) error {
	had := t.request.setUp()
	step, err := t.request.Apply(t.who, action, in, t.facts, s.measured(t.facts))
	if err != nil {
		return err
	}
	t.step, t.voided = &step, had && !t.request.setUp()
	if more != nil {
		if err := more(ctx, q, t); err != nil {
			return err
		}
	}
	if err := s.follow(ctx, q, t); err != nil {
		return err
	}
	if err := insertStep(ctx, q, t.request.ID, &step); err != nil {
		return err
	}
	if s.sources.Stepped != nil {
		if err := s.sources.Stepped(ctx, q, t.request, step); err != nil {
			return fmt.Errorf("tell of step %s of %s: %w", step.Action, t.request.ID, err)
		}
	}
	return s.record(ctx, q, t)
}

// then takes a second step in the same transaction, when the first one makes it due.
func (s *Service) then(ctx context.Context, q controldb.Querier, t *taken, action Action) error {
	first := *t.step
	if err := insertStep(ctx, q, t.request.ID, &first); err != nil {
		return err
	}
	if err := s.record(ctx, q, t); err != nil {
		return err
	}
	next, err := t.request.Apply(t.who, action, Input{}, t.facts, s.measured(t.facts))
	*t.step = next
	return err
}

// follow upholds invariant 5: the grants go the way of the connection, in the same transaction.
func (s *Service) follow(ctx context.Context, q controldb.Querier, t *taken) error {
	r, reason := t.request, t.step.Comment
	switch action := t.step.Action; {
	case action == ActSuspend:
		return s.access.SetStatus(ctx, q, t.who, string(r.ID), access.GrantSuspended, reason)
	case action == ActResume:
		return s.access.SetStatus(ctx, q, t.who, string(r.ID), access.GrantActive, reason)
	case action == ActTerminate, action == ActEndOwn, action == ActLapse, action == ActRejectDecided && r.setUp(), t.voided:
		if err := s.access.SetStatus(ctx, q, t.who, string(r.ID), access.GrantEnded, reason); err != nil {
			return err
		}
		if r.Need.People() { // there is no credential
			return nil
		}
		if s.sources.Revoke == nil {
			return fmt.Errorf("end connection %s: nobody revokes credentials", r.ID)
		}
		return s.sources.Revoke(ctx, q, t.who, r.Need.System, string(r.ID), reason)
	}
	return nil
}

func (s *Service) record(ctx context.Context, q controldb.Querier, t *taken) error {
	r, detail := t.request, map[string]string{"from": string(t.step.From), "to": string(t.step.To)}
	maps.Copy(detail, t.step.Detail)
	state, err := past(ctx, q, r) // the step is recorded before the request is saved
	if err != nil {
		return err
	}
	e := audit.Entry{
		Actor: t.who.ForAudit(), Event: "connection." + string(t.step.Action), Subject: "connection.request/" + string(r.ID), Agency: r.Agency,
		Dataset: r.Need.Dataset, Connection: string(r.ID), RequestNo: r.Number, Reason: t.step.Comment, Detail: detail, State: state,
	}
	return s.log.Change(ctx, q, e)
}

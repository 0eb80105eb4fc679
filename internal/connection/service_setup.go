package connection

import (
	"context"
	"fmt"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Setup is what provisioning creates outside this slice, in the same transaction.
type Setup struct {
	Grants     []string // ids
	Credential string   // fingerprint, never the secret
}

// Effects create the grants and the credential of a configuration in the transaction. Only flow.GrantConnection has one.
type Effects func(ctx context.Context, q controldb.Querier, who access.Actor, r *Request, grants []access.Grant, personal bool) (Setup, error)

// Provision makes the first configuration of an approved request, with its grants and credential, all or nothing.
func (s *Service) Provision(ctx context.Context, id ID, in Input, effects Effects) (*Request, Config, error) {
	var made Config
	r, err := s.take(ctx, id, ActProvision, in, func(ctx context.Context, q controldb.Querier, t *taken) error {
		r, scope := t.request, *t.request.Approved
		if in.Scope != nil {
			scope = *in.Scope // within the approved one, as the guard has seen
		}
		params := DefaultParameters(r.Need, scope, t.facts.Dataset)
		if in.Parameters != nil {
			params = *in.Parameters
		}
		c, err := s.newConfig(ctx, q, t, Config{Scope: scope, Parameters: params, Reason: in.Comment})
		if err != nil {
			return err
		}
		personal := t.facts.Dataset.personal(scope.fields())
		setup, err := effects(ctx, q, t.who, r, GrantsOf(r, c, t.facts.Dataset, t.facts.Now), personal)
		if err != nil {
			return err
		}
		r.Grants, r.Credential, made = setup.Grants, setup.Credential, c
		t.note("grants", strings.Join(setup.Grants, " "))
		t.note("credential", setup.Credential)
		return nil
	})
	return r, made, err
}

// newConfig adds the next version; whatever was reviewed before no longer counts.
func (s *Service) newConfig(ctx context.Context, q controldb.Querier, t *taken, c Config) (Config, error) {
	r := t.request
	c.Request, c.Version, c.System, c.Dataset, c.Schema = r.ID, r.Config+1, r.Need.System, r.Need.Dataset, r.Need.SchemaVersion
	c.By, c.At = t.step.By, t.facts.Now
	c.Routes, c.Output = c.Scope.ways(t.facts.Dataset), c.Scope.output(t.facts.Dataset)
	if err := c.seal(); err != nil {
		return c, err
	}
	r.newest(c)
	t.note("config_version", fmt.Sprint(c.Version))
	t.note("config_digest", c.Digest)
	return c, insertConfig(ctx, q, &c)
}

// Reconfigure makes a version with other parameters; its scope stays the granted one.
func (s *Service) Reconfigure(ctx context.Context, id ID, in Input) (*Request, error) {
	if in.Parameters == nil {
		return nil, fault.New(fault.Invalid, "connection.parameters_missing").At("parameters")
	}
	return s.take(ctx, id, ActReconfigure, in, func(ctx context.Context, q controldb.Querier, t *taken) error {
		_, err := s.newConfig(ctx, q, t, Config{Scope: t.facts.Config.Scope, Parameters: *in.Parameters, Reason: in.Comment})
		return err
	})
}

// Rollback makes a new version with the content of an earlier one.
func (s *Service) Rollback(ctx context.Context, id ID, version int64, in Input) (*Request, error) {
	return s.take(ctx, id, ActReconfigure, in, func(ctx context.Context, q controldb.Querier, t *taken) error {
		old, err := findConfig(ctx, q, id, version)
		if err != nil {
			return err
		}
		_, err = s.newConfig(ctx, q, t, Config{Of: version, Scope: t.facts.Config.Scope, Parameters: old.Parameters, Reason: in.Comment})
		return err
	})
}

// Review is the second operator's word on the newest version.
func (s *Service) Review(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActReview, in, func(ctx context.Context, q controldb.Querier, t *taken) error {
		t.note("config_version", fmt.Sprint(in.Reviewed))
		return insertReview(ctx, q, id, Review{Version: in.Reviewed, OK: in.OK, Comment: in.Comment, By: t.step.By, At: t.facts.Now})
	})
}

// StartTesting opens the connection for the platform's own test calls.
func (s *Service) StartTesting(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActStartTesting, in, nil)
}

// Bench is what a test run needs to know.
type Bench struct {
	Request  *Request
	Config   Config
	Dataset  Dataset
	Purposes []access.Purpose
}

// Bench gives a tester what to test; the request must be in testing.
func (s *Service) Bench(ctx context.Context, id ID) (Bench, error) {
	if _, err := access.Require(ctx, access.ConnectionTest); err != nil {
		return Bench{}, err
	}
	r, err := findRequest(ctx, s.db, id)
	if err != nil {
		return Bench{}, err
	}
	if r.State != Testing {
		return Bench{}, fault.New(fault.Conflict, "connection.wrong_state", ActRecordRun, r.State)
	}
	b := Bench{Request: r}
	if b.Config, err = findConfig(ctx, s.db, id, r.Config); err != nil {
		return b, err
	}
	if b.Dataset, err = s.supplied(ctx, r.Need.Dataset); err != nil {
		return b, fmt.Errorf("read dataset %s: %w", r.Need.Dataset, err)
	}
	b.Purposes, err = s.access.Purposes(ctx)
	return b, err
}

// RecordRun keeps a run of the platform's own tests; a failing one sends the request back to set-up at once. Only
// flow.TestConnection calls it.
func (s *Service) RecordRun(ctx context.Context, run Run) (*Request, Run, error) {
	who := access.ActorOf(ctx)
	run.judge()
	run.By = person(who, access.ConnectionTest)
	r, err := s.take(ctx, run.Request, ActRecordRun, Input{run: &run}, func(ctx context.Context, q controldb.Querier, t *taken) error {
		kept := run
		if err := insertRun(ctx, q, &kept); err != nil {
			return err
		}
		run = kept
		t.facts.Run = &kept
		t.note("run", fmt.Sprint(kept.Seq))
		t.note("report_hash", kept.Hash)
		if failing := kept.Failing(); len(failing) > 0 {
			t.note("failing", strings.Join(failing, " "))
		}
		if kept.Passed {
			return nil
		}
		return s.then(ctx, q, t, ActFailTesting)
	})
	return r, run, err
}

// FailTesting goes back to set-up; after a passed run only with a reason.
func (s *Service) FailTesting(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActFailTesting, in, nil)
}

// PassTesting takes a connection whose three verdicts passed to its acceptance.
func (s *Service) PassTesting(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActPassTesting, in, func(_ context.Context, _ controldb.Querier, t *taken) error {
		t.note("report_hash", t.request.RunHash)
		return nil
	})
}

package connection

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// facts reads, at one moment, all that the guards rest on.
func (s *Service) facts(ctx context.Context, r *Request, in Input) (Facts, error) {
	f := Facts{Now: s.clock.Now().UTC().Truncate(time.Microsecond), Requester: r.Agency}
	need := r.Need
	if in.Need != nil {
		need = *in.Need
	}
	agency, err := s.sources.Agency(ctx, r.Agency)
	if err != nil && fault.Of(err).Kind != fault.NotFound {
		return f, fmt.Errorf("read agency %s: %w", r.Agency, err)
	}
	f.RequesterKnown = err == nil
	f.Steward = err == nil && agency.Active && agency.ActiveSteward
	f.RequesterEnded, f.Agency = err == nil && agency.Ended, agency
	if f.Dataset, err = known(ctx, s.supplied, need.Dataset); err != nil {
		return f, fmt.Errorf("read dataset %s: %w", need.Dataset, err)
	}
	if f.System, err = known(ctx, s.sources.System, need.System); err != nil {
		return f, fmt.Errorf("read system %s: %w", need.System, err)
	}
	f.LegalBasis = need.LegalBasis
	if s.sources.LegalBasis != nil {
		if f.LegalBasis, err = s.sources.LegalBasis(ctx, need.LegalBasis, r.Agency, f.Dataset.Owner); err != nil {
			return f, fmt.Errorf("complete the legal basis of %s: %w", r.ID, err)
		}
	}
	if need.People() {
		f.System.Agency = r.Agency
	}
	if f.Purposes, err = s.purposes(ctx); err != nil {
		return f, err
	}
	if f.Limits, err = findLimits(ctx, s.db); err != nil {
		return f, err
	}
	if err := s.eligibilityFacts(ctx, r, need, &f); err != nil {
		return f, err
	}
	return f, s.results(ctx, s.db, r, &f)
}

// results adds the newest configuration, its review and the newest run.
func (s *Service) results(ctx context.Context, q controldb.Querier, r *Request, f *Facts) error {
	if r.Config == 0 {
		return nil
	}
	c, err := findConfig(ctx, q, r.ID, r.Config)
	if err != nil {
		return err
	}
	f.Config = &c
	review, found, err := newestReview(ctx, q, r.ID, r.Config)
	if err != nil {
		return err
	}
	if found {
		f.Review = &review
	}
	run, found, err := newestRun(ctx, q, r.ID)
	if err != nil {
		return err
	}
	if found {
		f.Run = &run
	}
	return nil
}

// known asks a source; what does not exist is the zero value, which no guard lets pass.
func known[T any](ctx context.Context, ask func(context.Context, string) (T, error), key string) (T, error) {
	var none T
	if key == "" {
		return none, nil
	}
	v, err := ask(ctx, key)
	if err != nil && fault.Of(err).Kind == fault.NotFound {
		return none, nil
	}
	return v, err
}

func (s *Service) purposes(ctx context.Context) (map[string]Purpose, error) {
	all, err := s.access.Purposes(ctx)
	if err != nil {
		return nil, fmt.Errorf("read purposes: %w", err)
	}
	out := make(map[string]Purpose, len(all))
	for _, p := range all {
		out[p.Code] = Purpose{Active: p.Active, Procedural: p.Article == "17.1b"}
	}
	return out, nil
}

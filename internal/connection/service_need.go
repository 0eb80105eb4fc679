package connection

import (
	"context"
	"fmt"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/ids"
)

// Create registers a draft of the actor's agency (Điều 12.2a).
func (s *Service) Create(ctx context.Context, need Need) (*Request, error) {
	who, err := access.Require(ctx, access.ConnectionDraft)
	if err != nil {
		return nil, err
	}
	return s.create(ctx, who, need, "")
}

func (s *Service) create(ctx context.Context, who access.Actor, need Need, renews ID) (*Request, error) {
	if err := need.sane(); err != nil {
		return nil, err
	}
	r := &Request{ID: ID(ids.New()), Agency: who.Agency, Need: need, Route: Full, Renews: renews}
	f, err := s.facts(ctx, r, Input{})
	if err != nil {
		return nil, err
	}
	r.Owner, r.CreatedAt, r.Need = f.Dataset.Owner, f.Now, filled(need, f)
	return s.begin(ctx, who, r, f, ActCreate, Input{})
}

// filled puts in what follows from the choice of the dataset.
func filled(n Need, f Facts) Need {
	if n.SchemaVersion == 0 {
		n.SchemaVersion = f.Dataset.SchemaVersion
	}
	switch {
	case n.Level != "":
	case n.People():
		n.Level = access.LevelView
	default:
		n.Level = access.LevelUse
	}
	if f.LegalBasis != "" {
		n.LegalBasis = f.LegalBasis
	}
	return n
}

// Copy registers a new draft with the need of an earlier request of the same agency.
func (s *Service) Copy(ctx context.Context, id ID) (*Request, error) {
	who, err := access.Require(ctx, access.ConnectionDraft)
	if err != nil {
		return nil, err
	}
	old, err := findRequest(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	if old.hiddenFrom(who) { // whose drafts exist is not told
		return nil, fault.New(fault.NotFound, "connection.request_not_found", id)
	}
	if old.Agency != who.Agency {
		return nil, fault.New(fault.Denied, "access.other_agency", old.Agency)
	}
	need := old.Need
	need.SchemaVersion = 0 // of today
	return s.Create(ctx, need)
}

// Change replaces members of the need of a draft or returned request; members that a need does not have are refused (T34).
func (s *Service) Change(ctx context.Context, id ID, revision int64, patch []byte) (*Request, error) {
	who, err := access.Require(ctx, access.ConnectionDraft)
	if err != nil {
		return nil, err
	}
	seen, err := findRequest(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	if seen.hiddenFrom(who) { // before anything of the patch is judged
		return nil, fault.New(fault.NotFound, "connection.request_not_found", id)
	}
	need, err := seen.Need.Patched(patch)
	if err != nil {
		return nil, err
	}
	if need.Dataset != seen.Need.Dataset && need.SchemaVersion == seen.Need.SchemaVersion {
		need.SchemaVersion = 0
	}
	if need.SchemaVersion == 0 {
		d, err := known(ctx, s.sources.Dataset, need.Dataset)
		if err != nil {
			return nil, fmt.Errorf("read dataset %s: %w", need.Dataset, err)
		}
		need.SchemaVersion = d.SchemaVersion
	}
	if revision == 0 {
		revision = seen.Revision // the patch was laid over this one
	}
	return s.take(ctx, id, ActChange, Input{Revision: revision, Need: &need}, nil)
}

// Submit attests and submits a draft, and gives it its number; a returned request is submitted again with its answer.
func (s *Service) Submit(ctx context.Context, id ID, in Input) (*Request, error) {
	seen, err := findRequest(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	action := ActSubmit
	if seen.State == Returned {
		action = ActResubmit
	}
	return s.take(ctx, id, action, in, func(ctx context.Context, q controldb.Querier, t *taken) error {
		r := t.request
		t.note("route", string(r.Route))
		if r.Number != "" {
			return nil
		}
		year := t.facts.Now.In(i18n.Zone).Year()
		n, err := nextNumber(ctx, q, year)
		if err != nil {
			return err
		}
		r.Number = fmt.Sprintf("%d-%04d/KNDL-%s", year, n, r.Agency)
		t.note("number", r.Number)
		return nil
	})
}

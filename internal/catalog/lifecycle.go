package catalog

import (
	"context"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Register submits a draft. The steward declares by this act that the data is no state secret and attests its quality
// and completeness; both must be said.
func (s *Service) Register(ctx context.Context, id ID, notSecret, attest bool) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogRegister, "catalog.register", "", func(q controldb.Querier, who access.Actor, d *Dataset) error {
		if err := s.Agencies.RequireSteward(ctx, d.Owner); err != nil {
			return err
		}
		now := s.Clock.Now()
		d.Declaration, d.Attestation = nil, nil
		if notSecret {
			d.Declaration = &Declaration{By: who.ID, ByName: who.Name, At: now}
		}
		if attest {
			d.Attestation = &Attestation{By: who.ID, ByName: who.Name, At: now}
		}
		schema, err := schemaOf(ctx, q, *d)
		if err != nil {
			return err
		}
		lacks, err := s.lacks(ctx, *d, schema)
		if err == nil {
			err = fault.Collect(lacks...)
		}
		if err != nil {
			return err
		}
		if d.Proposal != nil {
			return fault.New(fault.Conflict, "catalog.proposal_waits", d.Code)
		}
		if err := s.officialSource(ctx, *d); err != nil {
			return err
		}
		d.RegisteredBy, d.Note = who.ID, ""
		if d.Classification.SetBy == "" {
			d.Classification.SetBy, d.Classification.SetAt = who.ID, now
		}
		return d.step(Registered)
	})
}

// schemaOf is the schema in force, nil while there is none.
func schemaOf(ctx context.Context, q controldb.Querier, d Dataset) (*Schema, error) {
	if d.SchemaVersion == 0 {
		return nil, nil //nolint:nilnil // a dataset that is no table has none
	}
	return findSchema(ctx, q, d.ID, d.SchemaVersion)
}

// officialSource holds that the one delivering system is the owner's own.
func (s *Service) officialSource(ctx context.Context, d Dataset) error {
	owner, err := s.Systems.Owner(ctx, d.OfficialSystem)
	if err != nil {
		return err
	}
	if owner != d.Owner {
		return fault.New(fault.Invalid, "catalog.system_of_another", owner).At("official_system")
	}
	return nil
}

// Return sends a registration back with comments.
func (s *Service) Return(ctx context.Context, id ID, comments string) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogReview, "catalog.return", comments, func(_ controldb.Querier, _ access.Actor, d *Dataset) error {
		if strings.TrimSpace(comments) == "" {
			return fault.New(fault.Invalid, "catalog.comments_missing").At("comments")
		}
		d.Note = comments
		return d.step(Returned)
	})
}

// Review accepts a registration: the basis is recorded, every mandatory field is mapped to the dictionary, and no other
// dataset is the official source of the same facts. It confirms the classification.
func (s *Service) Review(ctx context.Context, id ID, basis string) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogReview, "catalog.review", basis, func(q controldb.Querier, who access.Actor, d *Dataset) error {
		if strings.TrimSpace(basis) == "" {
			return fault.New(fault.Invalid, "catalog.basis_missing").At("basis")
		}
		if who.ID == d.RegisteredBy {
			return fault.New(fault.Denied, "catalog.own_registration", d.Code)
		}
		schema, err := schemaOf(ctx, q, *d)
		if err != nil {
			return err
		}
		if schema != nil {
			if m := schema.Mapping(); len(m.Missing) > 0 {
				return fault.New(fault.Conflict, "catalog.mapping_incomplete", strings.Join(m.Missing, ", "))
			}
		}
		if other, found, err := sameSource(ctx, q, *d, schema); err != nil || found {
			if err != nil {
				return err
			}
			return fault.New(fault.Conflict, "catalog.second_source", other)
		}
		if _, err := s.confirmSources(ctx, q, who, *d); err != nil {
			return err
		}
		d.ReviewedBy, d.Classification.ConfirmedBy, d.Classification.ConfirmedAt = who.ID, who.ID, s.Clock.Now()
		return d.step(Reviewed)
	})
}

// Approve takes a reviewed dataset into the draft of the catalogue. One that stays private stops at reviewed.
func (s *Service) Approve(ctx context.Context, id ID) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogApprove, "catalog.approve", "", func(_ controldb.Querier, who access.Actor, d *Dataset) error {
		if d.Classification.Scope == Private {
			return fault.New(fault.Conflict, "catalog.private_stays", d.Code)
		}
		if who.ID == d.RegisteredBy {
			return fault.New(fault.Denied, "catalog.own_registration", d.Code)
		}
		return d.step(Approved)
	})
}

// Issued notes, in the transaction in which a release of the catalogue takes effect, that it holds an approved dataset, and
// by which decision. Releases alone bring a dataset into the catalogue; one that is in it already, or has left the way there
// in the meantime, stays what it is.
func (s *Service) Issued(ctx context.Context, q controldb.Querier, code Code, decision string) error {
	d, err := findByCode(ctx, q, code)
	if err != nil {
		return err
	}
	if d.State != Approved {
		return nil
	}
	err = s.apply(ctx, q, access.ActorOf(ctx), &d, "catalog.issue", decision, func(_ controldb.Querier, _ access.Actor, d *Dataset) error {
		d.Release = decision
		return d.step(InCatalogue)
	})
	if err != nil || d.FirstPublishedAt.IsZero() {
		return err
	}
	return s.Flowed(ctx, q, code) // it was delivered before the decision
}

// Removed notes, in the same transaction, that the release leaves out a dataset that the one before held: it is going to
// end (requirements section 5.2). One that is ending already stays what it is.
func (s *Service) Removed(ctx context.Context, q controldb.Querier, code Code, decision, reason string) error {
	d, err := findByCode(ctx, q, code)
	if err != nil {
		return err
	}
	if d.State == Retiring || d.State == Retired {
		return nil
	}
	return s.apply(ctx, q, access.ActorOf(ctx), &d, "catalog.remove", decision, func(_ controldb.Querier, _ access.Actor, d *Dataset) error {
		d.Note = reason
		return d.step(Retiring)
	})
}

// Flowed notes the first published version or live connection of a dataset in the transaction that brings it about:
// what is in the catalogue becomes published. Later calls and other states change nothing.
func (s *Service) Flowed(ctx context.Context, q controldb.Querier, code Code) error {
	d, err := findByCode(ctx, q, code)
	if err != nil {
		return err
	}
	if d.State != InCatalogue && !d.FirstPublishedAt.IsZero() {
		return nil
	}
	return s.apply(ctx, q, access.ActorOf(ctx), &d, "catalog.published", "", func(_ controldb.Querier, _ access.Actor, d *Dataset) error {
		if d.FirstPublishedAt.IsZero() {
			d.FirstPublishedAt = s.Clock.Now()
		}
		if d.State != InCatalogue {
			return nil
		}
		return d.step(Published)
	})
}

// Suspend stops a dataset with the reason; Resume takes it back to where it was.
func (s *Service) Suspend(ctx context.Context, id ID, reason string) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogReview, "catalog.suspend", reason, func(_ controldb.Querier, _ access.Actor, d *Dataset) error {
		if strings.TrimSpace(reason) == "" {
			return fault.New(fault.Invalid, "catalog.reason_missing").At("reason")
		}
		before := d.State
		if err := d.step(Suspended); err != nil {
			return err
		}
		d.StateBefore, d.Note = before, reason
		return nil
	})
}

// Resume ends a suspension.
func (s *Service) Resume(ctx context.Context, id ID) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogReview, "catalog.resume", "", func(_ controldb.Querier, _ access.Actor, d *Dataset) error {
		if d.State != Suspended {
			return fault.New(fault.Conflict, "catalog.wrong_state", d.Code, d.State, d.StateBefore)
		}
		if err := d.step(d.StateBefore); err != nil {
			return err
		}
		d.StateBefore, d.Note = "", ""
		return nil
	})
}

// Retire announces the end of a dataset with its replacement or the reason. End completes it when all grants have ended.
func (s *Service) Retire(ctx context.Context, id ID, replacement Code, reason string) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogApprove, "catalog.retire", reason, func(q controldb.Querier, _ access.Actor, d *Dataset) error {
		if replacement == "" && strings.TrimSpace(reason) == "" {
			return fault.New(fault.Invalid, "catalog.reason_missing").At("reason")
		}
		if replacement != "" {
			if _, err := findByCode(ctx, q, replacement); err != nil {
				return err
			}
		}
		d.Replacement, d.Note = replacement, reason
		return d.step(Retiring)
	})
}

// End completes a retirement. grantsLeft is the number of grants still in force, which the caller has counted.
func (s *Service) End(ctx context.Context, id ID, grantsLeft int) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogApprove, "catalog.end", "", func(q controldb.Querier, _ access.Actor, d *Dataset) error {
		if grantsLeft > 0 {
			return fault.New(fault.Conflict, "catalog.grants_left", grantsLeft)
		}
		for _, state := range []SourceState{SourceDeclared, SourceOfficial} { // what has ended is nobody's source
			held, err := listSources(ctx, q, SourceFilter{Dataset: d.Code, State: state})
			if err != nil {
				return err
			}
			if err := s.endSources(ctx, q, held, ""); err != nil {
				return err
			}
		}
		return d.step(Retired)
	})
}

// TransferOwner moves a dataset to another agency by a decision, from a day on (invariant 1). The source system is the
// new owner's, who names it.
func (s *Service) TransferOwner(ctx context.Context, id ID, agency, system, decision string, from time.Time) (Dataset, error) {
	return s.alter(ctx, id, access.CatalogTransfer, "catalog.transfer", decision, func(q controldb.Querier, who access.Actor, d *Dataset) error {
		return s.transfer(ctx, q, who, d, OwnerPeriod{Agency: agency, From: from, Decision: decision}, system)
	})
}

// transfer gives a dataset its new owner in the caller's transaction; apply keeps it.
func (s *Service) transfer(ctx context.Context, q controldb.Querier, who access.Actor, d *Dataset, to OwnerPeriod, system string) error {
	if strings.TrimSpace(to.Decision) == "" {
		return fault.New(fault.Invalid, "catalog.decision_missing").At("decision")
	}
	if to.From.IsZero() || to.From.After(s.Clock.Now()) {
		return fault.New(fault.Invalid, "catalog.transfer_day").At("from")
	}
	if to.Agency == d.Owner {
		return fault.New(fault.Conflict, "catalog.same_owner", to.Agency).At("agency")
	}
	ok, err := s.Agencies.CanOwn(ctx, to.Agency)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Invalid, "catalog.owner_unknown", to.Agency).At("agency")
	}
	d.Owner, d.OfficialSystem = to.Agency, system
	if d.LegalBasis, err = s.Agencies.LegalBasis(ctx, d.LegalBasis, to.Agency); err != nil {
		return err
	}
	if err := s.officialSource(ctx, *d); err != nil {
		return err
	}
	to.By = who.ID
	return insertOwner(ctx, q, d.ID, to)
}

package access

import (
	"context"
	"fmt"
	"strings"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// TemplateFilter selects versions of sharing policies; empty fields do not filter.
type TemplateFilter struct {
	Dataset      string // then also versions that are over
	Owner        string
	AfterDataset string // of the last version of the page before
	AfterVersion int64
	Limit        int // 50 when 0, at most 500

	party string
	owned []string
}

// Templates lists sharing policies: those in force, and to the owner, the operator and the auditor also the others.
func (s *Service) Templates(ctx context.Context, f TemplateFilter) ([]TemplateVersion, error) {
	who, err := Require(ctx, AccessRead)
	if err != nil {
		return nil, err
	}
	if !who.Operates() {
		f.party = who.Agency
		if f.owned, err = s.owned(ctx, who.Agency); err != nil {
			return nil, err
		}
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	f.Limit = min(f.Limit, 500)
	return listTemplates(ctx, s.db, f)
}

// FindTemplate tells how the sharing policy of a dataset stands. A dataset without one has neither a version in force nor
// a proposed one.
func (s *Service) FindTemplate(ctx context.Context, dataset string) (Template, error) {
	who, err := Require(ctx, AccessRead)
	if err != nil {
		return Template{}, err
	}
	d, err := s.describe(ctx, dataset)
	if err != nil {
		return Template{}, err
	}
	t, err := templateOf(ctx, s.db, dataset)
	t.Owner = d.Owner
	if !who.ActsFor(d.Owner) {
		t.Proposed = nil
	}
	return t, err
}

// PolicyInForce is the sharing policy of a dataset that requests begin with; nil without one. The caller has checked who
// asks.
func (s *Service) PolicyInForce(ctx context.Context, dataset string) (*TemplateVersion, error) {
	return findTemplateIn(ctx, s.db, dataset, TemplateInForce)
}

func (s *Service) describe(ctx context.Context, dataset string) (*DatasetFacts, error) {
	d, err := s.sources.Dataset(ctx, dataset)
	if err != nil {
		return nil, fmt.Errorf("read dataset %s: %w", dataset, err)
	}
	if d == nil {
		return nil, fault.New(fault.NotFound, "access.template_no_dataset", dataset)
	}
	return d, nil
}

// ProposeTemplate makes the next version of the sharing policy of the own agency's dataset. It is in force when somebody
// else has approved it.
func (s *Service) ProposeTemplate(ctx context.Context, dataset string, p SharePolicy, note string) (TemplateVersion, error) {
	d, err := s.describeAs(ctx, AccessPropose, dataset)
	if err != nil {
		return TemplateVersion{}, err
	}
	who := ActorOf(ctx)
	purposes, err := s.purposes.Find(ctx, "")
	if err != nil {
		return TemplateVersion{}, fmt.Errorf("read purposes: %w", err)
	}
	faults := p.check(d, purposes, s.sources.Methods, s.sources.AgencyKinds)
	if len(note) > mostNote {
		faults = append(faults, fault.New(fault.Invalid, "access.template_too_long").At("note"))
	}
	known, err := s.agenciesKnown(ctx, p.Agencies)
	if err != nil {
		return TemplateVersion{}, err
	}
	if err := fault.Collect(append(faults, known...)...); err != nil {
		return TemplateVersion{}, err
	}
	v := TemplateVersion{Dataset: dataset, Owner: d.Owner, State: TemplateProposed, Policy: p, Note: strings.TrimSpace(note), ProposedBy: who.ID, Proposer: who.Name, ProposedAt: s.clock.Now()}
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		waiting, err := findTemplateIn(ctx, q, dataset, TemplateProposed)
		if err != nil {
			return err
		}
		if waiting != nil {
			return fault.New(fault.Conflict, "access.template_waiting", waiting.Version)
		}
		last, err := lastTemplate(ctx, q, dataset)
		if err != nil {
			return err
		}
		v.Version = last + 1
		if err := insertTemplate(ctx, q, &v); err != nil {
			return err
		}
		return s.templateStepped(ctx, q, who, "access.template_propose", v, v.Note)
	})
	return v, err
}

// agenciesKnown says which of the agencies the register does not have.
func (s *Service) agenciesKnown(ctx context.Context, codes []string) ([]*fault.Fault, error) {
	var out []*fault.Fault
	for _, code := range codes {
		if s.sources.AgencyKind == nil {
			return nil, nil
		}
		kind, err := s.sources.AgencyKind(ctx, code)
		if err != nil {
			return nil, fmt.Errorf("read agency %s: %w", code, err)
		}
		if kind == "" {
			out = append(out, fault.New(fault.Invalid, "access.template_agency_unknown", code).At("agencies"))
		}
	}
	return out, nil
}

// describeAs reads the dataset for somebody who may take the step for its owner.
func (s *Service) describeAs(ctx context.Context, p Permission, dataset string) (*DatasetFacts, error) {
	if _, err := Require(ctx, p); err != nil {
		return nil, err
	}
	d, err := s.describe(ctx, dataset)
	if err != nil {
		return nil, err
	}
	_, err = RequireFor(ctx, p, d.Owner)
	return d, err
}

// ApproveTemplate puts a proposed version in force in place of the one before: the owner's head or the operator, never who
// proposed it.
func (s *Service) ApproveTemplate(ctx context.Context, dataset string, version int64) (TemplateVersion, error) {
	return s.decideTemplate(ctx, AccessApprove, dataset, version, "", TemplateInForce)
}

// ReturnTemplate gives a proposed version back with a reason; the one in force stays.
func (s *Service) ReturnTemplate(ctx context.Context, dataset string, version int64, reason string) (TemplateVersion, error) {
	if reason = strings.TrimSpace(reason); reason == "" || len(reason) > mostNote {
		if _, err := Require(ctx, AccessApprove); err != nil {
			return TemplateVersion{}, err
		}
		return TemplateVersion{}, fault.New(fault.Invalid, "access.template_reason").At("reason")
	}
	return s.decideTemplate(ctx, AccessApprove, dataset, version, reason, TemplateReturned)
}

// WithdrawTemplate takes a proposed version back, by the owner's steward.
func (s *Service) WithdrawTemplate(ctx context.Context, dataset string, version int64) (TemplateVersion, error) {
	return s.decideTemplate(ctx, AccessPropose, dataset, version, "", TemplateWithdrawn)
}

func (s *Service) decideTemplate(ctx context.Context, p Permission, dataset string, version int64, reason string, to TemplateState) (TemplateVersion, error) {
	var v TemplateVersion
	if _, err := s.describeAs(ctx, p, dataset); err != nil {
		return v, err
	}
	who := ActorOf(ctx)
	err := s.db.InTx(ctx, func(q controldb.Querier) error {
		waiting, err := findTemplateIn(ctx, q, dataset, TemplateProposed)
		if err != nil {
			return err
		}
		if waiting == nil || waiting.Version != version {
			return fault.New(fault.Conflict, "access.template_not_proposed", dataset)
		}
		if to != TemplateWithdrawn && waiting.ProposedBy == who.ID { // two people, whatever their roles
			return fault.New(fault.Denied, "access.template_own")
		}
		if to == TemplateInForce {
			if err := replaceTemplate(ctx, q, dataset); err != nil {
				return err
			}
		}
		v = *waiting
		v.State, v.DecidedBy, v.Decider, v.DecidedAt, v.Reason = to, who.ID, who.Name, s.clock.Now(), reason
		if err := turnTemplate(ctx, q, &v, TemplateProposed); err != nil {
			return err
		}
		event := map[TemplateState]string{TemplateInForce: "access.template_approve", TemplateReturned: "access.template_return", TemplateWithdrawn: "access.template_withdraw"}[to]
		return s.templateStepped(ctx, q, who, event, v, reason)
	})
	return v, err
}

// templateStepped records a step with the history of the policy, and tells whoever keeps the inbox.
func (s *Service) templateStepped(ctx context.Context, q controldb.Querier, who Actor, event string, v TemplateVersion, reason string) error {
	now, err := templateOf(ctx, q, v.Dataset)
	if err != nil {
		return err
	}
	if s.sources.TemplateStepped != nil {
		if err := s.sources.TemplateStepped(ctx, q, now, v); err != nil {
			return err
		}
	}
	return s.log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: event, Subject: "access.template/" + v.Dataset, Agency: v.Owner, Dataset: v.Dataset, Reason: reason,
		Detail: map[string]string{"version": fmt.Sprint(v.Version), "state": string(v.State)},
	})
}

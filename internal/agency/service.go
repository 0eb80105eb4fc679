package agency

import (
	"context"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/vitext"
)

// Uses tells what an agency still holds, as one phrase each ("3 quyền đang hiệu lực"); app wires it from the other slices.
type Uses func(ctx context.Context, code string) ([]string, error)

// steps is how far a service unit looks up for a steward: the tree is shallow and has no cycle; the bound is a second lock.
const steps = 5

// Service keeps agencies and stewards.
type Service struct {
	db       *controldb.DB
	clock    clock.Clock
	log      *audit.Log
	uses     Uses
	agencies *controldb.Fresh[*Agency]
	stewards *controldb.Fresh[[]*Steward]
}

// NewService builds the service.
func NewService(db *controldb.DB, c clock.Clock, log *audit.Log) *Service {
	s := &Service{db: db, clock: c, log: log, uses: func(context.Context, string) ([]string, error) { return nil, nil }}
	log.Keep("agency", keeper())
	s.agencies = controldb.NewFresh(db, 20_000, func(ctx context.Context, code string) (*Agency, error) {
		a, err := findAgency(ctx, db, code)
		if fault.Is(err, "agency.not_found") {
			return nil, nil //nolint:nilnil // kept as "there is none"
		}
		return a, err
	})
	s.stewards = controldb.NewFresh(db, 20_000, func(ctx context.Context, code string) ([]*Steward, error) { return listStewards(ctx, db, code) })
	return s
}

// UseUses says what keeps an agency from ending.
func (s *Service) UseUses(u Uses) { s.uses = u }

// Create adds an agency. Invariant 1: a code that any agency has or had is refused.
func (s *Service) Create(ctx context.Context, a Agency) (*Agency, error) {
	return s.write(ctx, a, "agency.create", func(old *Agency) *fault.Fault {
		if old != nil {
			return fault.New(fault.Conflict, "agency.code_taken", a.Code).At("code")
		}
		return nil
	})
}

// Change replaces what may change of an agency; its code never does.
func (s *Service) Change(ctx context.Context, a Agency) (*Agency, error) {
	return s.write(ctx, a, "agency.change", func(old *Agency) *fault.Fault {
		if old == nil {
			return fault.New(fault.NotFound, "agency.not_found", a.Code)
		}
		return nil
	})
}

func (s *Service) write(ctx context.Context, a Agency, event string, may func(old *Agency) *fault.Fault) (*Agency, error) {
	who, err := access.Require(ctx, access.AgencyChange)
	if err != nil {
		return nil, err
	}
	if err := fault.Collect(a.check()...); err != nil {
		return nil, err
	}
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		tree, err := loadTree(ctx, q)
		if err != nil {
			return err
		}
		now := s.clock.Now()
		a.CreatedAt, a.ChangedAt = now, now
		old := tree[a.Code]
		if f := may(old); f != nil {
			return f
		}
		if old != nil {
			a.CreatedAt = old.CreatedAt
		}
		tree[a.Code] = &a
		if f := tree.checkPlace(&a); f != nil {
			return f
		}
		if f, err := s.mayBecome(ctx, old, &a); err != nil {
			return err
		} else if f != nil {
			return f
		}
		return s.save(ctx, q, who, &a, event)
	})
	if err != nil {
		return nil, err
	}
	return &a, nil
}

// mayBecome refuses to give an ended agency's code to another one (invariant 1), and to end an agency, or to make it an
// external party, while it still holds grants, systems or datasets.
func (s *Service) mayBecome(ctx context.Context, old, a *Agency) (*fault.Fault, error) {
	now := s.clock.Now()
	ended := func(x *Agency) bool { return !x.ValidTo.IsZero() && !x.ValidTo.After(now) }
	if old != nil && ended(old) && (old.Kind != a.Kind || !vitext.SameSpelling(old.Name, a.Name)) {
		return fault.New(fault.Conflict, "agency.code_taken", a.Code).At("code"), nil
	}
	field := "valid_to"
	if !ended(a) {
		if field = "kind"; a.Kind != External || old == nil || old.Kind == External {
			return nil, nil //nolint:nilnil // nothing is in the way
		}
	}
	held, err := s.uses(ctx, a.Code)
	if err != nil || len(held) == 0 {
		return nil, err
	}
	return fault.New(fault.Conflict, "agency.in_use", a.Code, strings.Join(held, ", ")).At(field), nil
}

func (s *Service) save(ctx context.Context, q controldb.Querier, who access.Actor, a *Agency, event string) error {
	if err := saveAgency(ctx, q, a); err != nil {
		return err
	}
	detail := map[string]string{"name": a.Name, "kind": string(a.Kind), "parent": a.Parent, "valid_from": i18n.Date(a.ValidFrom)}
	if !a.ValidTo.IsZero() {
		detail["valid_to"] = i18n.Date(a.ValidTo)
	}
	return s.log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: event, Subject: "agency/" + a.Code, Agency: a.Code, Detail: detail})
}

// Stewarded tells of which agencies somebody answers for the data now, an inherited steward included.
func (s *Service) Stewarded(ctx context.Context, list []*Agency) (map[string]bool, error) {
	if _, err := access.Require(ctx, access.AgencyRead); err != nil {
		return nil, err
	}
	own, err := listStewarded(ctx, s.db, s.clock.Now())
	if err != nil {
		return nil, err
	}
	out := make(map[string]bool, len(list))
	for _, a := range list {
		at := a
		for range steps {
			if at == nil || own[at.Code] || at.Kind != ServiceUnit {
				break
			}
			if at, err = s.agencies.Find(ctx, at.Parent); err != nil {
				return nil, err
			}
		}
		out[a.Code] = at != nil && own[at.Code]
	}
	return out, nil
}

// Find shows one agency.
func (s *Service) Find(ctx context.Context, code string) (*Agency, error) {
	if _, err := access.Require(ctx, access.AgencyRead); err != nil {
		return nil, err
	}
	return findAgency(ctx, s.db, code)
}

// List shows agencies in Vietnamese order.
func (s *Service) List(ctx context.Context, f Filter) ([]*Agency, error) {
	if _, err := access.Require(ctx, access.AgencyRead); err != nil {
		return nil, err
	}
	return listAgencies(ctx, s.db, f)
}

// Known gives an agency to other slices' rules, from memory; nil when there is none.
func (s *Service) Known(ctx context.Context, code string) (*Agency, error) {
	return s.agencies.Find(ctx, code)
}

// Active reports that the agency exists now.
func (s *Service) Active(ctx context.Context, code string) (bool, error) {
	a, err := s.agencies.Find(ctx, code)
	return a != nil && a.ActiveAt(s.clock.Now()), err
}

// Ended reports that the agency is known and does not exist now.
func (s *Service) Ended(ctx context.Context, code string) (bool, error) {
	a, err := s.agencies.Find(ctx, code)
	return a != nil && !a.ActiveAt(s.clock.Now()), err
}

// CanOwn reports that the agency exists now and may own data: all but external parties.
func (s *Service) CanOwn(ctx context.Context, code string) (bool, error) {
	a, err := s.agencies.Find(ctx, code)
	return a != nil && a.Kind != External && a.ActiveAt(s.clock.Now()), err
}

// Designate records a steward.
func (s *Service) Designate(ctx context.Context, in Steward) (*Steward, error) {
	who, err := access.Require(ctx, access.AgencyChange)
	if err != nil {
		return nil, err
	}
	in.Name, in.Decision = strings.TrimSpace(in.Name), strings.TrimSpace(in.Decision)
	if in.Name == "" || in.Decision == "" || in.ValidFrom.IsZero() || !in.ValidTo.IsZero() && !in.ValidTo.After(in.ValidFrom) {
		return nil, fault.New(fault.Invalid, "agency.steward_invalid").At("name")
	}
	in.ID, in.CreatedAt, in.CreatedBy = ids.New(), s.clock.Now(), who.ID
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		if _, err := findAgency(ctx, q, in.Agency); err != nil {
			return err
		}
		if err := insertSteward(ctx, q, &in); err != nil {
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: "agency.designate", Subject: "agency/" + in.Agency, Agency: in.Agency,
			Detail: map[string]string{"steward": in.ID, "decision": in.Decision},
		})
	})
	if err != nil {
		return nil, err
	}
	return &in, nil
}

// EndDesignation ends a steward's designation now.
func (s *Service) EndDesignation(ctx context.Context, agency, id string) error {
	who, err := access.Require(ctx, access.AgencyChange)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(q controldb.Querier) error {
		ended, err := endSteward(ctx, q, agency, id, s.clock.Now())
		if err != nil {
			return err
		}
		if !ended {
			return fault.New(fault.NotFound, "agency.steward_not_found")
		}
		return s.log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: "agency.designation_end", Subject: "agency/" + agency, Agency: agency, Detail: map[string]string{"steward": id}})
	})
}

// Stewards lists the designations of an agency, newest first.
func (s *Service) Stewards(ctx context.Context, agency string) ([]*Steward, error) {
	if _, err := access.Require(ctx, access.AgencyRead); err != nil {
		return nil, err
	}
	return listStewards(ctx, s.db, agency)
}

// ActiveSteward is who answers for the agency's data now. A service unit without its own has its parent's (Điều 2.1c).
// It is nil when there is none.
func (s *Service) ActiveSteward(ctx context.Context, code string) (*Steward, error) {
	now := s.clock.Now()
	for range steps {
		all, err := s.stewards.Find(ctx, code)
		if err != nil {
			return nil, err
		}
		for _, st := range all {
			if st.ActiveAt(now) {
				return st, nil
			}
		}
		a, err := s.agencies.Find(ctx, code)
		if err != nil || a == nil || a.Kind != ServiceUnit {
			return nil, err
		}
		code = a.Parent
	}
	return nil, nil //nolint:nilnil // said in the comment
}

// RequireSteward refuses when the agency has no active steward (Điều 14.6c).
func (s *Service) RequireSteward(ctx context.Context, code string) error {
	st, err := s.ActiveSteward(ctx, code)
	if err != nil {
		return err
	}
	if st == nil {
		return fault.New(fault.Conflict, "agency.no_active_steward", code)
	}
	return nil
}

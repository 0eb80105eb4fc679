package connection

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Outlook is the process that a need takes as things stand now, with the reason of each condition.
type Outlook struct {
	Route      Route       `json:"route"`
	Conditions []Condition `json:"conditions"`
}

func outlook(n Need, f Facts) *Outlook {
	all := Eligibility(n, f)
	return &Outlook{routeOf(all), all}
}

// Outlook says which process a need of the actor's agency would take, before it is saved (R12.3). Nothing is kept.
func (s *Service) Outlook(ctx context.Context, n Need) (Outlook, error) {
	who, err := access.Require(ctx, access.ConnectionDraft)
	if err != nil {
		return Outlook{}, err
	}
	if err := n.sane(); err != nil {
		return Outlook{}, err
	}
	f, err := s.facts(ctx, &Request{Agency: who.Agency, Need: n}, Input{})
	if err != nil {
		return Outlook{}, err
	}
	return *outlook(filled(n, f), f), nil
}

// eligibilityFacts adds what the conditions of the shortened process rest on.
func (s *Service) eligibilityFacts(ctx context.Context, r *Request, need Need, f *Facts) error {
	provider, err := known(ctx, s.sources.System, f.Dataset.Provider)
	if err != nil {
		return fmt.Errorf("read system %s: %w", f.Dataset.Provider, err)
	}
	if provider.ID != "" {
		f.Providers = []System{provider}
	}
	f.Dataset.RegisterKept = s.sources.Register != nil
	if s.sources.Register != nil && need.Dataset != "" {
		if f.Dataset.RegisterPurposes, err = s.sources.Register(ctx, need.Dataset); err != nil {
			return fmt.Errorf("read the register of processing of %s: %w", need.Dataset, err)
		}
	}
	if s.sources.Violations != nil {
		if f.Violations, err = s.sources.Violations(ctx, r.Agency, need.System); err != nil {
			return fmt.Errorf("count open violations of %s: %w", r.Agency, err)
		}
	}
	return nil
}

// measured are the time limits as they are set now.
func (s *Service) measured(f Facts) Measure {
	return Measure{Calendar: s.measure.Calendar, Limits: f.Limits}
}

func (s *Service) total(ctx context.Context, v *View) (Running, error) {
	limits, err := findLimits(ctx, s.db)
	if err != nil {
		return Running{}, err
	}
	return Measure{s.measure.Calendar, limits}.total(v.Request, v.Steps, v.Now)
}

// convertLapsed begins the full process where a condition fell away, in a transaction of its own, and refuses the step that
// somebody was about to take in the shortened one. A step that the actor may not take converts nothing.
func (s *Service) convertLapsed(ctx context.Context, who access.Actor, seen *Request, action Action, f Facts) error {
	gone := seen.Lapsed(f)
	if len(gone) == 0 || action.ends() || action == ActConvert || f.RequesterEnded {
		return nil
	}
	if t, err := seen.transition(action); err != nil || stands(who, seen, t) != nil {
		return nil //nolint:nilerr // the step itself is refused with its own reason
	}
	if _, err := s.convert(ctx, seen); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "connection.converted", codes(gone))
}

// convert takes the request over to the full process, as the platform's own step.
func (s *Service) convert(ctx context.Context, r *Request) (*Request, error) {
	ctx = access.WithActor(ctx, access.JobActor("connection route"))
	return s.take(ctx, r.ID, ActConvert, Input{Revision: r.Revision}, func(_ context.Context, _ controldb.Querier, t *taken) error {
		t.note("reasons", codes(t.request.Converted.Reasons))
		t.note("route", string(t.request.Route))
		return nil
	})
}

func codes(all []Condition) string {
	var out []string
	for _, c := range all {
		out = append(out, c.Code)
	}
	return strings.Join(out, " ")
}

// sweepConditions converts what lost a condition while nobody took a step.
func (s *Service) sweepConditions(ctx context.Context) []error {
	var all []error
	for _, state := range convertible() {
		for after := ""; ; {
			page, err := listRequests(ctx, s.db, Filter{State: state, After: after, open: true})
			if err != nil {
				return append(all, err)
			}
			for _, r := range page {
				after = string(r.ID)
				if r.Route == Shortened {
					all = append(all, ignoreConflict(s.convertIfLapsed(ctx, r)))
				}
			}
			if len(page) < maxPage {
				break
			}
		}
	}
	return all
}

func (s *Service) convertIfLapsed(ctx context.Context, r *Request) error {
	f, err := s.facts(ctx, r, Input{})
	if err != nil || len(r.Lapsed(f)) == 0 || f.RequesterEnded {
		return err
	}
	_, err = s.convert(ctx, r)
	return err
}

// StartCheck takes a submitted request of the shortened process into the security and privacy check.
func (s *Service) StartCheck(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActStartCheck, in, nil)
}

// ReturnCheck sends it back with the list of what is missing; its clock stands still meanwhile.
func (s *Service) ReturnCheck(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActReturnCheck, in, noting("missing", strings.Join(in.Missing, "; ")))
}

// PassCheck approves the issued scope that was asked, with the masks and limits that protect it.
func (s *Service) PassCheck(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActPassCheck, in, nil)
}

// Object files the owner's legal objection; without a legal citation it is refused (Điều 4.4).
func (s *Service) Object(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActObject, in, noting("legal_citation", in.Citation))
}

// Continue carries out the authority's decision that the request goes on, with a narrower scope when one is given.
func (s *Service) Continue(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActContinue, in, noting("decision", in.Decision.Number))
}

// Order sets the limits of the phases in hours by an urgent order; every step stays.
func (s *Service) Order(ctx context.Context, id ID, in Input) (*Request, error) {
	var hours []string
	for _, phase := range slices.Sorted(maps.Keys(in.Hours)) {
		hours = append(hours, fmt.Sprintf("%s %d", phase, in.Hours[phase]))
	}
	return s.take(ctx, id, ActOrder, in, func(_ context.Context, _ controldb.Querier, t *taken) error {
		t.note("order", in.Decision.Number)
		t.note("hours", strings.Join(hours, ", "))
		return nil
	})
}

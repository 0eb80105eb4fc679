package connection

import (
	"context"
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// View is a request with what belongs to it, as far as the reader may see it.
type View struct {
	Request  *Request       `json:"request"`
	Party    bool           `json:"party"`
	Steps    []Step         `json:"steps"`
	Configs  []Config       `json:"configs,omitempty"`
	Runs     []Run          `json:"runs,omitempty"`
	Security []SecurityItem `json:"security,omitempty"` // of the approved scope, else of all that was asked
	Actions  []Action       `json:"actions,omitempty"`  // what the reader may do now
	Outlook  *Outlook       `json:"outlook,omitempty"`  // which process it would take now; while that may still change
	Total    Running        `json:"total"`              // working days used of all limits of the route
	Lacking  []Lack         `json:"lacking,omitempty"`  // what a draft needs before it can be submitted
	Dataset  Dataset        `json:"-"`
	System   System         `json:"-"`
	Now      time.Time      `json:"-"`
	Lacks    error          `json:"-"` // the same as Lacking, with its sentences
}

// Lack is one thing that a draft misses: the member of the need, and the code of the sentence that a submission is refused
// with.
type Lack struct {
	Field string `json:"field"`
	Code  string `json:"code"`
}

// Find one request. Parties see all of it; every other state agency sees its progress (Điều 12.1).
func (s *Service) Find(ctx context.Context, id ID) (View, error) {
	who, err := access.Require(ctx, access.ConnectionRead)
	if err != nil {
		return View{}, err
	}
	r, err := findRequest(ctx, s.db, id)
	if err != nil {
		return View{}, err
	}
	if r.hiddenFrom(who) {
		return View{}, fault.New(fault.NotFound, "connection.request_not_found", id)
	}
	v := View{Request: r, Party: r.Party(who), Now: s.clock.Now()}
	if v.Steps, err = listSteps(ctx, s.db, id); err != nil {
		return View{}, err
	}
	if v.Total, err = s.total(ctx, &v); err != nil {
		return View{}, err
	}
	if !v.Party {
		v.Request = r.Public()
		for i := range v.Steps {
			v.Steps[i].By = Person{Agency: v.Steps[i].By.Agency, Role: v.Steps[i].By.Role}
			v.Steps[i].Comment, v.Steps[i].Documents, v.Steps[i].Detail = "", nil, nil
		}
		return v, nil
	}
	return v, s.complete(ctx, who, &v)
}

// complete adds what only parties see.
func (s *Service) complete(ctx context.Context, who access.Actor, v *View) error {
	r := v.Request
	var err error
	if v.Configs, err = listConfigs(ctx, s.db, r.ID); err != nil {
		return err
	}
	if v.Runs, err = listRuns(ctx, s.db, r.ID); err != nil {
		return err
	}
	f, err := s.facts(ctx, r, Input{})
	if err != nil {
		return err
	}
	v.Dataset, v.System = f.Dataset, f.System
	if r.State.Editable() || r.underway() {
		v.Outlook = outlook(r.Need, f)
	}
	scope := r.Need.Requested()
	if r.Route == Shortened {
		scope = r.Proposed(f.Dataset)
	}
	if r.Approved != nil {
		scope = *r.Approved
	}
	v.Security = AssessSecurity(r.Need, scope, r.Checklist, f)
	v.Actions = r.Actions(who)
	if r.State.Editable() {
		v.Lacks = r.Need.complete(f)
		v.Lacking = lacksOf(v.Lacks)
	}
	return nil
}

func lacksOf(err error) []Lack {
	if err == nil {
		return nil
	}
	f := fault.Of(err)
	all := f.Items
	if len(all) == 0 {
		all = []*fault.Fault{f}
	}
	out := make([]Lack, 0, len(all))
	for _, x := range all {
		out = append(out, Lack{x.Field, x.Code})
	}
	return out
}

// Actions lists what the actor's side, permissions and earlier duties allow in the present state; guards come later.
func (r *Request) Actions(who access.Actor) []Action {
	var out []Action
	for _, t := range Transitions() {
		if t.Action.bySystem() || !r.offers(t) || stands(who, r, t) != nil {
			continue
		}
		if _, excluded := conflict(r.Duties[who.ID], t.Duty); t.Duty != "" && excluded {
			continue
		}
		if t.Action == ActRecall && r.Offer == nil {
			continue
		}
		out = append(out, t.Action)
	}
	return out
}

// List requests, the newest first. Drafts are shown to their own agency only.
func (s *Service) List(ctx context.Context, f Filter) ([]*Request, error) {
	who, err := access.Require(ctx, access.ConnectionRead)
	if err != nil {
		return nil, err
	}
	f.viewer, f.operator = who.Agency, f.Waiting == who.Agency && takesSteps(who)
	all, err := listRequests(ctx, s.db, f)
	if err != nil {
		return nil, err
	}
	for i, r := range all {
		if !r.Party(who) {
			all[i] = r.Public()
		}
	}
	return all, nil
}

// takesSteps reports a role of the operator that moves requests on, unlike those that only look on.
func takesSteps(who access.Actor) bool {
	return slices.ContainsFunc([]access.Permission{access.ConnectionAppr, access.ConnectionApprove, access.ConnectionSetUp, access.ConnectionSuspend}, who.Can)
}

// Steps of a request are part of View; Durations say how long the steps take on average (Điều 12.1).
func (s *Service) Durations(ctx context.Context) ([]Duration, error) {
	if _, err := access.Require(ctx, access.ConnectionRead); err != nil {
		return nil, err
	}
	return listDurations(ctx, s.db)
}

// Used is the working days that the present phase has used, with the deadline that runs.
func (s *Service) Used(r *Request) (int, error) { return s.measure.used(r.Clock, s.clock.Now()) }

// Choices are what a form of registration offers.
type Choices struct {
	Dataset  Dataset
	System   System
	Purposes []access.Purpose
}

// Choices for a need: the fields of its dataset with their classes, and the purposes.
func (s *Service) Choices(ctx context.Context, dataset, system string) (Choices, error) {
	if _, err := access.Require(ctx, access.ConnectionRead); err != nil {
		return Choices{}, err
	}
	var c Choices
	var err error
	if c.Dataset, err = known(ctx, s.supplied, dataset); err != nil {
		return c, err
	}
	if c.System, err = known(ctx, s.sources.System, system); err != nil {
		return c, err
	}
	c.Purposes, err = s.access.Purposes(ctx)
	return c, err
}

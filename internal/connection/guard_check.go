package connection

import (
	"maps"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// Limits of records that the security check proposes for personal data; it may set others.
const (
	recordsPerCall = 100
	recordsPerDay  = 100
)

// Proposed is the scope that the security check approves when it sets nothing else: all that was asked, its end within the
// longest validity, and limits of records where data is personal.
func (r *Request) Proposed(d Dataset) Scope {
	s := r.wanted()
	if d.personal(s.fields()) {
		s.RecordsPerCall, s.RecordsPerDay = recordsPerCall, max(s.CallsPerDay, recordsPerDay)
		if r.Limited != nil && r.Limited.RecordsPerCall > 0 {
			s.RecordsPerCall, s.RecordsPerDay = r.Limited.RecordsPerCall, r.Limited.RecordsPerDay
		}
	}
	from, okFrom := s.From.Start()
	to, okTo := s.To.End()
	if latest := from.AddDate(0, s.months(d), 0); okFrom && okTo && to.After(latest) {
		s.To = DayOf(latest.AddDate(0, 0, -1))
	}
	return s
}

// checked is the scope and the reasons of the check that is about to be passed.
func (r *Request) checked(in Input, f Facts) (Scope, Checklist) {
	scope := r.Proposed(f.Dataset)
	if in.Scope != nil {
		scope = *in.Scope
	}
	c := Checklist{Fields: maps.Clone(r.Checklist.Fields)}
	if c.Fields == nil {
		c.Fields = map[string]Necessity{}
	}
	for name, x := range in.Checklist.Fields {
		if !blank(x.Comment) {
			c.Fields[name] = Necessity{Needed: true, Comment: x.Comment}
		}
	}
	return scope, c
}

// mayPassCheck: the data asked for is approved as it was asked, since its scope was issued; the check decides how it is
// protected (masks, limits, addresses) and refuses while a point of security or privacy is open.
func mayPassCheck(r *Request, in Input, f Facts) error {
	if err := r.Need.complete(f); err != nil {
		return err
	}
	scope, reasons := r.checked(in, f)
	if err := reasons.valid(r.Need); err != nil {
		return err
	}
	if err := scope.valid(f.Dataset); err != nil {
		return err
	}
	if err := scope.Within(r.wanted()); err != nil {
		return err
	}
	if err := scope.covers(r.wanted()); err != nil {
		return err
	}
	return blocking(AssessSecurity(r.Need, scope, reasons, f))
}

func passCheck(r *Request, in Input, f Facts, who Person) {
	scope, reasons := r.checked(in, f)
	r.Approved, r.Checklist = &scope, reasons
	r.Approval = &Approval{By: who, At: f.Now, Security: AssessSecurity(r.Need, scope, reasons, f), Narrower: Narrower(r.Need.Requested(), scope)}
	if r.Objection != nil {
		r.Approval.Decision = r.Objection.Decision
	}
}

// covers says what of the wanted data the scope leaves out; how the data is protected is not compared.
func (s Scope) covers(wanted Scope) error {
	var p problems
	without := func(missing bool, field string, what any) { p.when(missing, field, "connection.scope_narrower", what) }
	for _, c := range wanted.Columns {
		_, has := s.column(c.Name)
		without(!has, "columns", c.Name)
	}
	for _, rule := range s.Rows {
		same := slices.ContainsFunc(wanted.Rows, func(w access.RowRule) bool { return w.Column == rule.Column && subset(w.In, rule.In) })
		without(!same, "rows", rule.Column)
	}
	without(len(wanted.Operations) > 0 && !subset(wanted.Operations, s.Operations), "operations", wanted.Operations)
	without(!subset(wanted.Purposes, s.Purposes), "purposes", wanted.Purposes)
	without(!subset(wanted.Levels, s.Levels), "levels", wanted.Levels)
	return fault.Collect(p...)
}

func object(r *Request, in Input, f Facts, who Person) {
	r.Objection = &Objection{By: who, At: f.Now, Reason: in.Comment, Citation: in.Citation, Interrupted: r.State}
}

// mayContinue: the authority has decided that the request goes on, as it was or with a narrower scope.
func mayContinue(r *Request, in Input, f Facts) error {
	if !r.Objection.open() {
		return fault.New(fault.Conflict, "connection.objection_missing")
	}
	if err := decided(in); err != nil {
		return err
	}
	if in.Scope == nil {
		return nil
	}
	if err := in.Scope.valid(f.Dataset); err != nil {
		return err
	}
	return in.Scope.Within(r.Bound())
}

// Bound is the widest scope that a decision on an objection may leave.
func (r *Request) Bound() Scope {
	if r.Approved != nil {
		return *r.Approved
	}
	return r.wanted()
}

// goOn keeps the decision. What was set up for a wider scope is void: the rest is set up and tested anew.
func goOn(r *Request, in Input, f Facts, _ Person) {
	o := *r.Objection
	o.Outcome, o.Decision, o.DecidedAt = Resumed, in.Decision, f.Now
	if in.Scope != nil {
		s := *in.Scope
		o.Outcome, r.Limited = Narrowed, &s
		if r.Approved != nil {
			a := *r.Approval
			a.Narrower, a.Decision = Narrower(r.Need.Requested(), s), in.Decision
			r.Approved, r.Approval = &s, &a
		}
		if r.setUp() {
			o.Interrupted = Provisioning
			r.void()
		}
	}
	r.Objection = &o
}

func orderValid(_ *Request, in Input, _ Facts) error {
	var p problems
	p.when(blank(in.Decision.Number) || plain(in.Decision.Number+in.Decision.Title, "decision") != nil, "decision", "connection.order_missing")
	p.when(len(in.Hours) == 0, "hours", "connection.order_hours", MostHours)
	for phase, hours := range in.Hours {
		p.when(!slices.Contains(Shortened.Phases(), phase), "hours."+string(phase), "connection.limit_unknown")
		p.when(hours < 1 || hours > MostHours, "hours."+string(phase), "connection.order_hours", MostHours)
	}
	return fault.Collect(p...)
}

func keepOrder(r *Request, in Input, f Facts, who Person) {
	r.Order = &Order{Document: in.Decision, Hours: maps.Clone(in.Hours), By: who, At: f.Now}
}

func conditionGone(r *Request, _ Input, f Facts) error {
	if len(r.Lapsed(f)) == 0 {
		return fault.New(fault.Conflict, "connection.conditions_hold")
	}
	return nil
}

// convert begins the full process at the appraisal. Nothing that the shortened one decided counts there; an objection on
// which nobody has decided goes on as the owner's opinion.
func convert(r *Request, _ Input, f Facts, _ Person) {
	r.Conditions = Eligibility(r.Need, f)
	r.Converted = &Conversion{At: f.Now, From: r.State, Reasons: unmet(r.Conditions)}
	r.Route, r.Assignee, r.Approved, r.Approval, r.Limited, r.Checklist, r.Kept = Full, nil, nil, nil, nil, Checklist{}, nil
	r.void()
	if !r.Objection.open() {
		return
	}
	o := *r.Objection
	o.Outcome, o.DecidedAt = ConvertedAway, f.Now
	r.Opinion = &Opinion{Questions: o.Reason, AskedAt: o.At, Stand: Object, Limits: o.Reason, Citation: o.Citation, By: o.By, At: o.At}
	r.Objection = &o
}

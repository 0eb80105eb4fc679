package connection

import (
	"maps"

	"lienthong/internal/kit/fault"
)

func assign(r *Request, _ Input, _ Facts, who Person) { r.Assignee = &who }

func checklistValid(r *Request, in Input, _ Facts) error { return in.Checklist.valid(r.Need) }

// keepChecklist replaces the answered questions and leaves the others.
func keepChecklist(r *Request, in Input, _ Facts, _ Person) {
	c := Checklist{Items: maps.Clone(r.Checklist.Items), Fields: maps.Clone(r.Checklist.Fields)}
	if c.Items == nil {
		c.Items = map[Item]Finding{}
	}
	if c.Fields == nil {
		c.Fields = map[string]Necessity{}
	}
	maps.Copy(c.Items, in.Checklist.Items)
	for name, x := range in.Checklist.Fields {
		c.Fields[name] = x.settled()
	}
	r.Checklist = c
}

func questionAsked(_ *Request, in Input, _ Facts) error {
	if blank(in.Questions) {
		return fault.New(fault.Invalid, "connection.question_missing").At("questions")
	}
	return nil
}

func askOwner(r *Request, in Input, f Facts, _ Person) {
	r.Opinion = &Opinion{Questions: in.Questions, AskedAt: f.Now}
}

func opinionValid(r *Request, in Input, _ Facts) error { return in.Opinion.valid(r.Need) }

func keepOpinion(r *Request, in Input, f Facts, who Person) {
	o := in.Opinion
	o.Questions, o.AskedAt, o.By, o.At, o.Deemed = r.Opinion.Questions, r.Opinion.AskedAt, who, f.Now, false
	r.Opinion = &o
}

// silenceCounts: silence past the limit is agreement only where no personal data is asked; else it must be escalated.
func silenceCounts(r *Request, _ Input, f Facts) error {
	if f.Dataset.personal(r.Need.Fields) {
		return fault.New(fault.Conflict, "connection.silence_on_personal")
	}
	if !f.Now.After(r.Clock.Deadline) {
		return fault.New(fault.Conflict, "connection.limit_not_over")
	}
	return nil
}

func deemAgreed(r *Request, _ Input, f Facts, who Person) {
	o := *r.Opinion
	o.Stand, o.By, o.At, o.Deemed = Agree, who, f.Now, true
	r.Opinion = &o
}

func mayApprove(r *Request, in Input, f Facts) error {
	if err := r.Checklist.passed(r.Need, f.Dataset); err != nil {
		return err
	}
	if err := scopeSound(r, in, f); err != nil {
		return err
	}
	if err := r.Checklist.allows(*in.Scope); err != nil {
		return err
	}
	return r.Opinion.allows(*in.Scope)
}

func mayApproveDecided(r *Request, in Input, f Facts) error {
	if err := decided(in); err != nil {
		return err
	}
	return scopeSound(r, in, f)
}

func scopeSound(r *Request, in Input, f Facts) error {
	if in.Scope == nil {
		return fault.New(fault.Invalid, "connection.scope_missing").At("approved_scope")
	}
	if err := in.Scope.valid(f.Dataset); err != nil {
		return err
	}
	if err := in.Scope.Within(r.Need.Requested()); err != nil {
		return err
	}
	return blocking(AssessSecurity(r.Need, *in.Scope, r.Checklist, f))
}

func approve(r *Request, in Input, f Facts, who Person) {
	s := *in.Scope
	r.Approved = &s
	r.Approval = &Approval{
		By: who, At: f.Now, Security: AssessSecurity(r.Need, s, r.Checklist, f), Narrower: Narrower(r.Need.Requested(), s), Decision: in.Decision,
	}
}

func decided(in Input) error {
	if blank(in.Decision.Number) || blank(in.Decision.Title) || plain(in.Decision.Number+in.Decision.Title, "decision") != nil {
		return fault.New(fault.Invalid, "connection.decision_missing").At("decision")
	}
	return nil
}

func refusalGrounded(_ *Request, in Input, _ Facts) error {
	var p problems
	p.when(blank(in.Comment), "comment", "connection.reason_missing")
	p.when(!citation(in.Citation), "legal_citation", "connection.legal_basis_required")
	return fault.Collect(p...)
}

func refusalDecided(r *Request, in Input, f Facts) error {
	if err := decided(in); err != nil {
		return err
	}
	return refusalGrounded(r, in, f)
}

func refuse(r *Request, in Input, f Facts, who Person) {
	if r.Objection.open() {
		o := *r.Objection
		o.Outcome, o.Decision, o.DecidedAt = Refused, in.Decision, f.Now
		r.Objection = &o
	}
	r.Refusal = &Refusal{By: who, At: f.Now, Reason: in.Comment, Citation: in.Citation, Decision: in.Decision}
}

func escalate(r *Request, in Input, f Facts, who Person) {
	r.Escalation = &Escalation{By: who, At: f.Now, Question: in.Comment}
}

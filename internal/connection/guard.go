package connection

import (
	"fmt"
	"maps"
	"slices"

	"lienthong/internal/kit/fault"
)

func stewardActive(_ *Request, _ Input, f Facts) error {
	if !f.Steward {
		return fault.New(fault.Conflict, "connection.no_active_steward", f.Requester)
	}
	return nil
}

func needSane(_ *Request, in Input, _ Facts) error {
	if in.Need == nil {
		return fault.New(fault.Malformed, "connection.body_unreadable")
	}
	return in.Need.sane()
}

func keepNeed(r *Request, in Input, f Facts, _ Person) {
	r.Need = *in.Need
	if f.LegalBasis != "" {
		r.Need.LegalBasis = f.LegalBasis
	}
	r.Owner, r.Advice = f.Dataset.Owner, r.Need.advice()
}

func needComplete(r *Request, in Input, f Facts) error {
	if err := stewardActive(r, in, f); err != nil {
		return err
	}
	if !in.Attest {
		return fault.New(fault.Invalid, "connection.attestation_missing").At("attest")
	}
	return r.Need.complete(f)
}

func itemsAnswered(r *Request, in Input, f Facts) error {
	if blank(in.Comment) {
		return fault.New(fault.Invalid, "connection.answer_missing").At("comment")
	}
	return needComplete(r, in, f)
}

func submit(r *Request, _ Input, f Facts, who Person) {
	r.Attested = &Attestation{By: who, At: f.Now}
	r.Owner, r.Advice = f.Dataset.Owner, r.Need.advice()
	r.Missing, r.Objection, r.Limited = nil, nil, nil
	r.Conditions = Eligibility(r.Need, f)
	r.Route = routeOf(r.Conditions)
}

func itemsNamed(_ *Request, in Input, _ Facts) error {
	if len(in.Missing) == 0 || slices.ContainsFunc(in.Missing, blank) {
		return fault.New(fault.Invalid, "connection.items_missing").At("missing_items")
	}
	for _, m := range in.Missing {
		if err := plain(m, "missing_items"); err != nil {
			return err
		}
	}
	return nil
}

func sendBack(r *Request, in Input, _ Facts, _ Person) { r.Missing = slices.Clone(in.Missing) }

// needStillComplete checks the intake again: the dataset or the system may have changed since.
func needStillComplete(r *Request, _ Input, f Facts) error { return r.Need.complete(f) }

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

func commented(_ *Request, in Input, _ Facts) error {
	if blank(in.Comment) {
		return fault.New(fault.Invalid, "connection.reason_missing").At("comment")
	}
	return nil
}

func requesterEnded(r *Request, in Input, f Facts) error {
	if !f.RequesterEnded {
		return fault.New(fault.Conflict, "connection.requester_active", r.Agency)
	}
	return commented(r, in, f)
}

func escalate(r *Request, in Input, f Facts, who Person) {
	r.Escalation = &Escalation{By: who, At: f.Now, Question: in.Comment}
}

// mayProvision: the approved scope still fits what is known today, and a proposed configuration does not widen it.
func mayProvision(r *Request, in Input, f Facts) error {
	if len(f.Dataset.MissingDocuments) > 0 {
		return fault.New(fault.Conflict, "connection.documents_incomplete", fmt.Sprint(f.Dataset.MissingDocuments))
	}
	if in.Scope != nil {
		if err := in.Scope.valid(f.Dataset); err != nil {
			return err
		}
		if err := in.Scope.Within(*r.Approved); err != nil {
			return err
		}
	}
	if in.Parameters != nil {
		if err := in.Parameters.valid(); err != nil {
			return err
		}
	}
	if err := r.Approved.stillServed(f.Dataset); err != nil {
		return err
	}
	if _, to := r.Approved.validity(f.Now, f.Dataset); !to.After(f.Now) {
		return fault.New(fault.Conflict, "connection.date_past").At("valid_to")
	}
	return blocking(AssessSecurity(r.Need, *r.Approved, r.Checklist, f))
}

func reasonedParameters(r *Request, in Input, f Facts) error {
	if err := commented(r, in, f); err != nil {
		return err
	}
	if in.Parameters != nil {
		return in.Parameters.valid()
	}
	return nil
}

func newestReviewed(r *Request, in Input, f Facts) error {
	if f.Config == nil || in.Reviewed != f.Config.Version {
		return fault.New(fault.Conflict, "connection.config_not_newest", r.Config)
	}
	if f.Config.By.Account == f.By.Account { // Invariant 2: nobody reviews a version of their own.
		return fault.New(fault.Denied, "connection.review_own_config")
	}
	if r.Operating() && !r.Pending() {
		return fault.New(fault.Conflict, "connection.nothing_proposed")
	}
	if !in.OK && blank(in.Comment) {
		return fault.New(fault.Invalid, "connection.reason_missing").At("comment")
	}
	return nil
}

// keepReview: on a connection in operation the reviewed version takes effect with the review.
func keepReview(r *Request, in Input, f Facts, _ Person) {
	switch {
	case in.OK:
		r.Reviewed = in.Reviewed
		r.apply(*f.Config)
	case r.Operating():
		r.Declined = in.Reviewed
	default:
		r.Reviewed = 0
	}
}

func configReviewed(r *Request, _ Input, f Facts) error {
	if f.Config == nil || f.Review == nil || !f.Review.OK || f.Review.Version != f.Config.Version || r.Reviewed != f.Config.Version {
		return fault.New(fault.Conflict, "connection.review_missing")
	}
	if f.Review.By.Account == f.Config.By.Account {
		return fault.New(fault.Denied, "connection.review_own_config")
	}
	return nil
}

func beginTesting(r *Request, _ Input, f Facts, _ Person) { r.TestedFrom = f.Now }

// current reports a run of the newest configuration made since testing began.
func current(r *Request, f Facts) error {
	if f.Run == nil || f.Run.Config != r.Config || f.Run.Began.Before(r.TestedFrom) {
		return fault.New(fault.Conflict, "connection.run_missing")
	}
	if !f.Run.Intact() {
		return fault.New(fault.Conflict, "connection.run_altered")
	}
	return nil
}

// runOfThisConfig: what was tested is what is configured now.
func runOfThisConfig(r *Request, in Input, _ Facts) error {
	if in.run == nil || in.run.Config != r.Config || in.run.Began.Before(r.TestedFrom) {
		return fault.New(fault.Conflict, "connection.config_not_newest", r.Config)
	}
	return nil
}

func runFailed(r *Request, in Input, f Facts) error {
	if err := current(r, f); err != nil {
		return err
	}
	if f.Run.Passed && blank(in.Comment) {
		return fault.New(fault.Invalid, "connection.reason_missing").At("comment")
	}
	return nil
}

func toSetUp(r *Request, _ Input, _ Facts, _ Person) {
	r.Run, r.RunHash, r.Reviewed = 0, "", 0
}

func runPassed(r *Request, _ Input, f Facts) error {
	if err := current(r, f); err != nil {
		return err
	}
	if !f.Run.Passed {
		return fault.New(fault.Conflict, "connection.run_failed", fmt.Sprint(f.Run.Failing()))
	}
	return nil
}

func toAcceptance(r *Request, _ Input, f Facts, _ Person) {
	r.Run, r.RunHash, r.Confirmed = f.Run.Seq, f.Run.Hash, nil
}

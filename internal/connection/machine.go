package connection

import (
	"maps"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// Transition is one row of the process. There is no other way to change a state (invariant 1).
type Transition struct {
	No         int // row of section 5.1a, 22, or 23 and on for those of 5.1b; 0 for what happens inside a state
	Action     Action
	From       []State
	To         State // empty: stays
	Permission access.Permission
	Side       Side
	Duty       Duty
	guard      func(r *Request, in Input, f Facts) error
	effect     func(r *Request, in Input, f Facts, who Person)
}

// Input is what a step brings with it; each action reads its own part.
type Input struct {
	Revision    int64 // what the caller saw; 0 when the caller does not say
	Need        *Need
	Comment     string
	Documents   []Document
	Attest      bool
	Missing     []string
	Questions   string
	Checklist   Checklist
	Opinion     Opinion
	Scope       *Scope
	Citation    string
	Decision    Document
	Parameters  *Parameters
	Reviewed    int64
	OK          bool
	ReasonClass string
	AskedBy     string
	ExpectedEnd Day
	Hours       map[Phase]int // of an urgent order

	run *Run // of RecordRun alone
}

func from(s ...State) []State { return s }

// Transitions are the tables of sections 5.1a and 5.1b.
func Transitions() []Transition { return append(fullRows(), shortenedRows()...) }

// fullRows is the table of section 5.1a, in its order, and row 22: what an agency asked for ends with it (Q32).
func fullRows() []Transition {
	return []Transition{
		{1, ActCreate, from(""), Draft, access.ConnectionDraft, Requester, Registers, stewardActive, nil},
		{1, ActOffer, from(""), Draft, access.ConnectionDraft, Owner, Registers, mayOffer, keepOffer},
		{0, ActChange, from(Draft, Returned), "", access.ConnectionDraft, Requester, Registers, needSane, keepNeed},
		{2, ActSubmit, from(Draft), Submitted, access.ConnectionDraft, Requester, Registers, needComplete, submit},
		{3, ActReturn, from(Submitted), Returned, access.ConnectionAppr, Operator, "", itemsNamed, sendBack},
		{4, ActResubmit, from(Returned), Submitted, access.ConnectionDraft, Requester, Registers, itemsAnswered, submit},
		{5, ActStartAppraisal, from(Submitted), Appraising, access.ConnectionAppr, Operator, Appraises, needStillComplete, assign},
		{0, ActAppraise, from(Appraising), "", access.ConnectionAppr, Operator, Appraises, checklistValid, keepChecklist},
		{6, ActAskOwner, from(Appraising), OwnerOpinion, access.ConnectionAppr, Operator, "", questionAsked, askOwner},
		{7, ActGiveOpinion, from(OwnerOpinion), Appraising, access.ConnectionOpinion, Owner, "", opinionValid, keepOpinion},
		{7, ActDeemAgreed, from(OwnerOpinion), Appraising, access.ConnectionAppr, Operator, "", silenceCounts, deemAgreed},
		{0, ActConsent, from(Approved), "", access.ConnectionOpinion, Owner, "", silent, keepConsent},
		{8, ActApprove, from(Appraising), Approved, access.ConnectionApprove, Operator, Approves, mayApprove, approve},
		{9, ActReject, from(Appraising), Rejected, access.ConnectionApprove, Operator, Approves, refusalGrounded, refuse},
		{10, ActEscalate, from(Appraising, OwnerOpinion), Escalated, access.ConnectionAppr, Operator, "", commented, escalate},
		{11, ActApproveDecided, from(Escalated), Approved, access.ConnectionApprove, Operator, Approves, mayApproveDecided, approve},
		{11, ActRejectDecided, from(Escalated), Rejected, access.ConnectionApprove, Operator, Approves, refusalDecided, refuse},
		{12, ActProvision, from(Approved), Provisioning, access.ConnectionSetUp, Operator, Provisions, mayProvision, nil},
		{0, ActReconfigure, from(Provisioning, Live, Suspended), "", access.ConnectionSetUp, Operator, Provisions, reasonedParameters, nil},
		{0, ActReview, from(Provisioning, Live, Suspended), "", access.ConnectionReview, Operator, "", newestReviewed, keepReview},
		{13, ActStartTesting, from(Provisioning), Testing, access.ConnectionSetUp, Operator, Provisions, configReviewed, beginTesting},
		{0, ActRecordRun, from(Testing), "", access.ConnectionTest, Operator, "", runOfThisConfig, nil},
		{14, ActFailTesting, from(Testing), Provisioning, access.ConnectionTest, Operator, "", runFailed, toSetUp},
		{15, ActPassTesting, from(Testing), Acceptance, access.ConnectionTest, Operator, "", runPassed, toAcceptance},
		{0, ActConfirmOperator, from(Acceptance), "", access.ConnectionAccept, Operator, Accepts, notConfirmed(Operator), confirm(Operator)},
		{0, ActConfirmOwner, from(Acceptance), "", access.ConnectionAccept, Owner, Accepts, notConfirmed(Owner), confirm(Owner)},
		{0, ActConfirmConsumer, from(Acceptance), "", access.ConnectionAccept, Requester, Accepts, notConfirmed(Requester), confirm(Requester)},
		{16, ActGoLive, from(Acceptance), Live, access.ConnectionAccept, AnyParty, "", allConfirmed, goLive},
		{17, ActRetest, from(Acceptance), Testing, access.ConnectionAccept, AnyParty, "", commented, retest},
		{0, ActAskSuspend, from(Live), "", access.ConnectionOpinion, Owner, "", commented, askPause},
		{18, ActSuspend, from(Live), Suspended, access.ConnectionSuspend, Operator, "", pauseReasoned, pause},
		{19, ActResume, from(Suspended), Live, access.ConnectionSuspend, Operator, "", mayResume, resume},
		{20, ActTerminate, from(Live, Suspended), Terminated, access.ConnectionEnd, Operator, "", commented, end},
		{20, ActEndOwn, from(Live, Suspended), Terminated, access.ConnectionDraft, Requester, "", commented, end},
		{21, ActWithdraw, from(Draft, Submitted, Returned), Withdrawn, access.ConnectionDraft, Requester, "", nil, nil},
		{21, ActRecall, from(Draft), Withdrawn, access.ConnectionDraft, Owner, "", offered, nil},
		{22, ActLapse, from(Draft, Submitted, Returned, Appraising, OwnerOpinion, Escalated, Approved, Provisioning, Testing, Acceptance), Withdrawn, access.ConnectionEnd, Operator, "", requesterEnded, nil},
	}
}

// transition finds the row of an action that leaves the state on the request's route.
func (r *Request) transition(a Action) (Transition, error) {
	for _, t := range Transitions() {
		if t.Action == a && r.offers(t) {
			return t, nil
		}
	}
	return Transition{}, fault.New(fault.Conflict, "connection.wrong_state", a, r.State)
}

// offers reports a row that begins in the request's state and belongs to its process.
func (r *Request) offers(t Transition) bool {
	if only, one := t.Action.onlyOn(); one && only != r.Route || r.waitsForSetUp(t.Action) {
		return false
	}
	if t.Action == ActProvision && r.State == Provisioning && r.setUp() {
		return false
	}
	return slices.Contains(t.From, r.State)
}

// permissionOf the action, whatever the state; false for an action that is not in the table.
func permissionOf(a Action) (access.Permission, bool) {
	for _, t := range Transitions() {
		if t.Action == a {
			return t.Permission, true
		}
	}
	return "", false
}

// stands says whether the actor holds the permission on the side that the row names. The operator's roles act only for
// the operator, an agency's roles only for the agency.
func stands(a access.Actor, r *Request, t Transition) error {
	operator, agency := holds(a, t.Permission, true), holds(a, t.Permission, false)
	allowed := false
	switch t.Side {
	case Operator:
		allowed = operator
	case Requester:
		allowed = agency && a.Agency == r.Agency
	case Owner:
		allowed = agency && a.Agency == r.Owner
	case AnyParty:
		allowed = operator || agency && (a.Agency == r.Agency || a.Agency == r.Owner)
	}
	switch {
	case allowed:
		return nil
	case !operator && !agency:
		return fault.New(fault.Denied, "access.permission_missing", t.Permission)
	}
	return fault.New(fault.Denied, "connection.other_side", t.Side)
}

// holds reports that one of the actor's roles of the province (or of an agency) contains the permission.
func holds(a access.Actor, p access.Permission, province bool) bool {
	return slices.ContainsFunc(a.Roles, func(r access.Role) bool { return r.Province() == province && slices.Contains(r.Permissions(), p) })
}

// person is the actor as the history names it, with the role by which it takes this step.
func person(a access.Actor, p access.Permission) Person {
	role := ""
	for _, r := range a.Roles {
		if slices.Contains(r.Permissions(), p) {
			role = string(r)
			break
		}
	}
	return Person{Account: a.ID, Name: a.Name, Role: role, Agency: a.Agency}
}

// Apply takes a step: side, permission, duty, guard, effect, clock. It is pure; on an error the request is unchanged.
func (r *Request) Apply(a access.Actor, action Action, in Input, f Facts, m Measure) (Step, error) {
	t, err := r.transition(action)
	if err != nil {
		return Step{}, err
	}
	next := r.clone()
	if err := stands(a, next, t); err != nil {
		return Step{}, err
	}
	if err := in.sane(); err != nil {
		return Step{}, err
	}
	if f.RequesterEnded && !action.ends() { // nothing more begins for an agency that exists no more
		return Step{}, fault.New(fault.Conflict, "connection.requester_ended", r.Agency)
	}
	if len(r.Lapsed(f)) > 0 && !action.ends() && action != ActConvert { // the full process begins instead
		return Step{}, fault.New(fault.Conflict, "connection.no_longer_shortened")
	}
	who := person(a, t.Permission)
	if err := next.did(who, t.Duty); err != nil {
		return Step{}, err
	}
	f.By = who
	if in.run != nil {
		f.Run = in.run
	}
	if t.guard != nil {
		if err := t.guard(next, in, f); err != nil {
			return Step{}, err
		}
	}
	step := Step{Action: action, From: r.State, To: r.State, Route: r.Route, By: who, At: f.Now, Comment: in.Comment, Documents: in.Documents}
	if err := m.leaving(next, &step, f.Now); err != nil {
		return Step{}, err
	}
	if t.effect != nil {
		t.effect(next, in, f, who)
	}
	if err := next.enter(t, &step, f, m); err != nil {
		return Step{}, err
	}
	next.UpdatedAt = f.Now
	*r = *next
	return step, nil
}

// enter moves on to the state that the row leads to, with its clock, and keeps the conditions as they were found.
func (r *Request) enter(t Transition, step *Step, f Facts, m Measure) (err error) {
	to := t.To
	switch t.Action {
	case ActContinue:
		to = r.Objection.Interrupted
	case ActOrder: // the running phase gets its hours from now on
		r.Clock, err = m.begin(r, r.Clock.Phase, Clock{}, f.Now)
	}
	if to != "" {
		step.To = to
		err = m.move(r, to, f.Now)
	}
	if t.Action == ActSubmit || t.Action == ActResubmit || t.Action == ActConvert || r.underway() {
		step.Conditions = Eligibility(r.Need, f)
	}
	return err
}

// clone copies what effects change in place; the rest is only ever replaced.
func (r *Request) clone() *Request {
	n := *r
	n.Duties = maps.Clone(r.Duties)
	for k, v := range n.Duties {
		n.Duties[k] = slices.Clone(v)
	}
	n.Confirmed = maps.Clone(r.Confirmed)
	n.Kept = maps.Clone(r.Kept)
	return &n
}

func (in Input) sane() error {
	for _, x := range []struct{ text, field string }{{in.Comment, "comment"}, {in.Questions, "questions"}, {in.Citation, "legal_citation"}, {in.Opinion.Limits, "limits"}, {in.Opinion.Citation, "legal_citation"}} {
		if err := plain(x.text, x.field); err != nil {
			return err
		}
	}
	if len(in.Documents) > 50 || len(in.Missing) > 50 {
		return fault.New(fault.Invalid, "connection.too_long").At("documents")
	}
	for _, d := range in.Documents {
		if blank(d.Number) || blank(d.Title) || plain(d.Number, "documents") != nil || plain(d.Title, "documents") != nil {
			return fault.New(fault.Invalid, "connection.document_incomplete").At("documents")
		}
	}
	return nil
}

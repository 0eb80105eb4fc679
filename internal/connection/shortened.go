package connection

import (
	"slices"
	"time"

	"lienthong/internal/access"
)

// The shortened process (Điều 12.3, section 5.1b): for datasets and systems of the issued lists. The system itself decides
// whether it applies, at the submission and at every step after it; when a condition falls away the full process begins.

// shortenedRows are the rows of section 5.1b, numbered on from those of 5.1a; set-up, testing and acceptance are the same
// rows in both processes.
func shortenedRows() []Transition {
	return []Transition{
		{22, ActLapse, from(SecurityCheck), Withdrawn, access.ConnectionEnd, Operator, "", requesterEnded, nil},
		{23, ActStartCheck, from(Submitted), SecurityCheck, access.ConnectionCheck, Operator, Approves, needStillComplete, assign},
		{24, ActReturnCheck, from(Submitted, SecurityCheck), Returned, access.ConnectionCheck, Operator, "", itemsNamed, sendBack},
		{25, ActPassCheck, from(SecurityCheck), Provisioning, access.ConnectionCheck, Operator, Approves, mayPassCheck, passCheck},
		{0, ActProvision, from(Provisioning), "", access.ConnectionSetUp, Operator, Provisions, mayProvision, nil},
		{26, ActObject, from(Submitted, SecurityCheck, Provisioning, Testing), Escalated, access.ConnectionOpinion, Owner, "", refusalGrounded, object},
		// ActContinue leads to the state that the objection interrupted, or back to the set-up of what was narrowed.
		{27, ActContinue, from(Escalated), "", access.ConnectionApprove, Operator, Approves, mayContinue, goOn},
		{0, ActOrder, from(Submitted, SecurityCheck, Provisioning, Testing, Acceptance), "", access.ConnectionApprove, Operator, "", orderValid, keepOrder},
		{0, ActFollowOwner, unfinished(), "", access.ConnectionCheck, Operator, "", ownerChanged, followOwner},
		{28, ActConvert, convertible(), Appraising, access.ConnectionCheck, Operator, "", conditionGone, convert},
	}
}

// convertible are the states in which a condition that falls away leads to the full process.
func convertible() []State {
	return []State{Submitted, SecurityCheck, Escalated, Provisioning, Testing, Acceptance}
}

// onlyOn names the process to which a step belongs; steps of both have none.
func (a Action) onlyOn() (Route, bool) {
	switch a {
	case ActReturn, ActStartAppraisal, ActApproveDecided:
		return Full, true
	case ActStartCheck, ActReturnCheck, ActPassCheck, ActObject, ActContinue, ActOrder, ActConvert:
		return Shortened, true
	}
	return "", false
}

// Conversion says when and why a request went over to the full process.
type Conversion struct {
	At      time.Time   `json:"at"`
	From    State       `json:"from"`
	Reasons []Condition `json:"reasons"` // that were no longer met
}

// Objection is the owner's legal objection in the shortened process, and what the authority decided on it (Điều 4.4).
type Objection struct {
	By          Person    `json:"by"`
	At          time.Time `json:"at"`
	Reason      string    `json:"reason"`
	Citation    string    `json:"legal_citation"`
	Interrupted State     `json:"interrupted"`       // the state to which the request may go back
	Outcome     Outcome   `json:"outcome,omitempty"` // empty while the authority decides
	Decision    Document  `json:"decision,omitzero"`
	DecidedAt   time.Time `json:"decided_at,omitzero"`
}

// Outcome of a legal objection.
type Outcome string

const (
	Resumed       Outcome = "resumed"
	Narrowed      Outcome = "narrowed"
	Refused       Outcome = "rejected"
	ConvertedAway Outcome = "converted" // the full process went on with it as the owner's opinion
)

// open reports an objection on which nobody has decided.
func (o *Objection) open() bool { return o != nil && o.Outcome == "" }

// Order is an urgent order of the People's Committee: it sets the limits of the shortened process in hours of the calendar
// and leaves every step where it is.
type Order struct {
	Document
	Hours map[Phase]int `json:"hours"`
	By    Person        `json:"by"`
	At    time.Time     `json:"at"`
}

// MostHours that an order may give a phase: three days, since it is to be faster than working days.
const MostHours = 72

// hours of an urgent order for the phase; 0 when working days count.
func (r *Request) hours(p Phase) int {
	if r.Route != Shortened || r.Order == nil {
		return 0
	}
	return r.Order.Hours[p]
}

// underway reports a request of the shortened process that is not live yet: its conditions must hold at every step.
func (r *Request) underway() bool {
	return r.Route == Shortened && slices.Contains(convertible(), r.State)
}

// Lapsed lists the conditions that no longer hold for a request on its way through the shortened process; nil when all do.
func (r *Request) Lapsed(f Facts) []Condition {
	if !r.underway() {
		return nil
	}
	return unmet(Eligibility(r.Need, f))
}

// wanted is the scope that the check approves: what was asked, or what the authority left of it.
func (r *Request) wanted() Scope {
	if r.Limited != nil {
		return *r.Limited
	}
	return r.Need.Requested()
}

// Confirming lists the parties without whose word a connection does not go live; in the shortened process the owner may
// confirm and need not.
func (r Route) Confirming() []Side {
	if r == Shortened {
		return []Side{Operator, Requester}
	}
	return []Side{Operator, Owner, Requester}
}

// setUp reports that grants and configuration exist.
func (r *Request) setUp() bool { return len(r.Grants) > 0 }

// waitsForSetUp: in the shortened process the set-up begins in the state of that name, so what rests on a configuration
// must wait for it.
func (r *Request) waitsForSetUp(a Action) bool {
	switch a {
	case ActReconfigure, ActReview, ActStartTesting:
		return r.State == Provisioning && !r.setUp()
	}
	return false
}

// void takes back what the set-up made; the versions of the configuration stay in the history and no longer count.
func (r *Request) void() {
	r.Grants, r.Credential, r.Reviewed, r.Run, r.RunHash, r.Confirmed, r.TestedFrom = nil, "", 0, 0, "", nil, time.Time{}
}

// Running is how much of all limits a request has used on its present route.
type Running struct {
	Days  int       `json:"used_days"`  // working days, without those of a return or of an objection
	Limit int       `json:"limit_days"` // D1 or D2 in all
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"` // went live; zero while it runs
}

// total of the working days on the present route up to now or to the day it went live.
func (m Measure) total(r *Request, steps []Step, now time.Time) (Running, error) {
	out := Running{Limit: m.Limits.Total(r.Route)}
	var state State
	var since time.Time
	add := func(until time.Time) error {
		if since.IsZero() || r.Route.Phase(state) == "" {
			return nil
		}
		n, err := m.Calendar.WorkingDaysBetween(since, until)
		out.Days += n
		return err
	}
	for _, s := range steps {
		if s.To == s.From {
			continue
		}
		if err := add(s.At); err != nil {
			return out, err
		}
		if s.Action == ActSubmit || s.Action == ActConvert {
			out.Days, out.Since, out.Until = 0, s.At, time.Time{}
		}
		if s.To == Live && out.Until.IsZero() {
			out.Until = s.At
		}
		if state, since = s.To, s.At; state == OwnerOpinion {
			state = Appraising // the opinion lies inside the appraisal
		}
	}
	return out, add(now)
}

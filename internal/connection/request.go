package connection

import (
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// ID of a request; the connection that it becomes keeps it.
type ID string

// Person is who took a step, as of that moment.
type Person struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	Role    string `json:"role"`
	Agency  string `json:"agency"`
}

// Document is a paper that belongs to a step, by its number; only parties see it.
type Document struct {
	Number string `json:"number"`
	Title  string `json:"title"`
	Date   Day    `json:"date,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// Step is one taken step: the history of the request (Điều 12.1).
type Step struct {
	Seq       int64             `json:"seq"`
	Action    Action            `json:"action"`
	From      State             `json:"from,omitempty"`
	To        State             `json:"to"`
	By        Person            `json:"by"`
	At        time.Time         `json:"at"`
	Comment   string            `json:"comment,omitempty"`
	Documents []Document        `json:"documents,omitempty"`
	Phase     Phase             `json:"phase,omitempty"` // of the state that was left
	Used      int               `json:"used_days"`       // working days used in that phase so far
	Limit     int               `json:"limit_days"`
	Deadline  time.Time         `json:"deadline,omitzero"` // of the state that was left
	Late      bool              `json:"late,omitempty"`
	Detail    map[string]string `json:"detail,omitempty"`

	Route       Route       `json:"route,omitempty"`       // on which the state that was left stood
	LimitHours  int         `json:"limit_hours,omitempty"` // of an urgent order, instead of working days
	UsedMinutes int64       `json:"used_minutes,omitempty"`
	Conditions  []Condition `json:"conditions,omitempty"` // of the shortened process, as this step found them
}

// Attestation is the requester's responsibility, by name and time.
type Attestation struct {
	By Person    `json:"by"`
	At time.Time `json:"at"`
}

// Approval is the decision on the scope.
type Approval struct {
	By       Person         `json:"by"`
	At       time.Time      `json:"at"`
	Security []SecurityItem `json:"security"`
	Narrower []Difference   `json:"narrower,omitempty"`
	Decision Document       `json:"decision,omitzero"` // of the authority, after an escalation
}

// Refusal is a written refusal with its ground.
type Refusal struct {
	By       Person    `json:"by"`
	At       time.Time `json:"at"`
	Reason   string    `json:"reason"`
	Citation string    `json:"legal_citation"`
	Decision Document  `json:"decision,omitzero"`
}

// Pause says why a live connection stands still.
type Pause struct {
	Class       string    `json:"reason_class"`
	Reason      string    `json:"reason"`
	AskedBy     string    `json:"asked_by,omitempty"` // agency code
	By          Person    `json:"by"`
	At          time.Time `json:"at"`
	ExpectedEnd Day       `json:"expected_end,omitempty"`
}

// PauseClasses lists the classes of reasons to suspend.
func PauseClasses() []string {
	return []string{"maintenance", "incident", "owner_request", "level_lapsed", "violation", "expiry", "other"}
}

// Request is a registered need on its way to a connection (ConnectionRequest of the requirements).
type Request struct {
	ID         ID                 `json:"id"`
	Number     string             `json:"number,omitempty"`
	Revision   int64              `json:"revision" history:"quiet"`
	State      State              `json:"state"`
	Route      Route              `json:"route"`
	Conditions []Condition        `json:"conditions,omitempty"` // why this route
	Agency     string             `json:"agency"`
	Owner      string             `json:"owner"`
	Offer      *Offer             `json:"offer,omitempty"`  // of the owner, who proposed this draft
	Renews     ID                 `json:"renews,omitempty"` // connection that this request continues
	Need       Need               `json:"need"`
	Advice     *Advice            `json:"method_advice,omitempty"`
	CreatedAt  time.Time          `json:"created_at"`
	UpdatedAt  time.Time          `json:"updated_at" history:"quiet"`
	Since      time.Time          `json:"state_since"`
	Clock      Clock              `json:"clock"`
	Kept       map[Phase]Clock    `json:"kept_clocks,omitempty"` // phases left and not finished
	Duties     map[string][]Duty  `json:"duties,omitempty"`      // by account
	Attested   *Attestation       `json:"attestation,omitempty"`
	Missing    []string           `json:"missing_items,omitempty"`
	Assignee   *Person            `json:"assignee,omitempty"`
	Checklist  Checklist          `json:"checklist"`
	Opinion    *Opinion           `json:"opinion,omitempty"`
	Approved   *Scope             `json:"approved_scope,omitempty"`
	Approval   *Approval          `json:"approval,omitempty"`
	Refusal    *Refusal           `json:"refusal,omitempty"`
	Grants     []string           `json:"grants,omitempty"`
	Credential string             `json:"credential_fingerprint,omitempty"`
	Config     int64              `json:"config_version,omitempty"` // newest
	Reviewed   int64              `json:"config_reviewed,omitempty"`
	InForce    *InForce           `json:"config_in_force,omitempty"`
	Declined   int64              `json:"config_declined,omitempty"` // a proposed version that the second person refused
	TestedFrom time.Time          `json:"tested_from,omitzero"`      // when testing began: older runs do not count
	Run        int64              `json:"passed_run,omitempty"`
	RunHash    string             `json:"test_report_hash,omitempty"`
	Confirmed  map[Side]Confirmed `json:"confirmed,omitempty"`
	Minutes    *Minutes           `json:"minutes,omitempty"`
	LiveSince  time.Time          `json:"live_since,omitzero"`
	Asked      *Pause             `json:"suspension_asked,omitempty"`
	Pause      *Pause             `json:"pause,omitempty"`
	EndReason  string             `json:"end_reason,omitempty"`
	Escalation *Escalation        `json:"escalation,omitempty"`

	// Of the shortened process.
	Converted *Conversion `json:"converted,omitempty"` // why it went over to the full process
	Objection *Objection  `json:"objection,omitempty"`
	Limited   *Scope      `json:"limited_scope,omitempty"` // what the authority left of the requested one
	Order     *Order      `json:"urgent_order,omitempty"`
}

// Escalation is the submission to the authority that decides.
type Escalation struct {
	By       Person    `json:"by"`
	At       time.Time `json:"at"`
	Question string    `json:"question"`
}

// Confirmed is one party's word at the acceptance.
type Confirmed struct {
	By      Person    `json:"by"`
	At      time.Time `json:"at"`
	Comment string    `json:"comment,omitempty"`
}

// Minutes of the acceptance (biên bản nghiệm thu).
type Minutes struct {
	Number       string             `json:"number"`
	At           time.Time          `json:"at"`
	Participants map[Side]Confirmed `json:"participants"`
	Run          int64              `json:"run"`
	RunHash      string             `json:"test_report_hash"`
	Config       int64              `json:"config_version"`
	OwnerSilent  bool               `json:"owner_silent,omitempty"`
	Route        Route              `json:"route,omitempty"`
}

// Due is whose move it is.
type Due struct {
	Side     Side
	Agency   string    // of requester or owner; empty when it is the operator's move
	Deadline time.Time // zero when no clock runs
}

// Due lists whose move it is: one side, or at the acceptance each party that has not confirmed.
func (r *Request) Due() []Due {
	agencies := map[Side]string{Requester: r.Agency, Owner: r.Owner}
	side := r.State.Holder()
	switch side {
	case "":
		return nil
	case AnyParty:
		var out []Due
		for _, s := range r.Route.Confirming() {
			if _, said := r.Confirmed[s]; !said {
				out = append(out, Due{s, agencies[s], r.Clock.Deadline})
			}
		}
		return out
	}
	return []Due{{side, agencies[side], r.Clock.Deadline}}
}

// party finds the side on which an agency-side person stands.
func (r *Request) party(agency string) (Side, bool) {
	switch agency {
	case r.Agency:
		return Requester, true
	case r.Owner:
		return Owner, true
	}
	return "", false
}

// Party reports that the actor may see all of the request: the two agencies and the operator.
func (r *Request) Party(a access.Actor) bool {
	_, of := r.party(a.Agency)
	return of || a.Operates()
}

// Public is the request as every other state agency sees it (Điều 12.1): progress, but no papers, people or addresses.
func (r *Request) Public() *Request {
	p := *r
	p.Need.Contact, p.Need.Addresses, p.Need.Responsible, p.Need.ImpactAssessment = Contact{}, nil, "", ""
	p.Duties, p.Attested, p.Missing, p.Assignee, p.Opinion, p.Refusal, p.Minutes, p.Asked, p.Pause = nil, nil, nil, nil, nil, nil, nil, nil, nil
	p.Checklist, p.Grants, p.Credential, p.Confirmed, p.Approval, p.Escalation, p.Objection, p.Limited = Checklist{}, nil, "", nil, nil, nil, nil, nil
	p.Need.TestSubjects, p.Need.TestBody, p.Need.Impact, p.InForce, p.Offer = nil, "", nil, nil, nil
	if r.Approved != nil {
		s := *r.Approved
		s.Addresses = nil
		p.Approved = &s
	}
	return &p
}

// did remembers the duty, or refuses it when the person did one that excludes it.
func (r *Request) did(who Person, d Duty) error {
	if d == "" {
		return nil
	}
	if other, found := conflict(r.Duties[who.Account], d); found {
		return fault.New(fault.Denied, "connection.duties_separated", other, d)
	}
	if r.Duties == nil {
		r.Duties = map[string][]Duty{}
	}
	if !slices.Contains(r.Duties[who.Account], d) {
		r.Duties[who.Account] = append(r.Duties[who.Account], d)
	}
	return nil
}

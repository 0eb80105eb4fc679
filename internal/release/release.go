package release

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lienthong/internal/kit/fault"
)

// List is one of the lists that the province issues.
type List string

const (
	Catalogue List = "catalogue" // shared data catalogue, Điều 7
	Systems   List = "systems"   // information systems that must be connected, Điều 8
	Open      List = "open"      // open data, Điều 18.3d
)

// Lists in the order of the regulation.
func Lists() []List { return []List{Catalogue, Systems, Open} }

// Valid reports one of the three.
func (l List) Valid() bool { return slices.Contains(Lists(), l) }

// State of a release.
type State string

const (
	Draft        State = "draft"        // entries are collected and looked through
	Consultation State = "consultation" // agencies give their opinions
	Reviewing    State = "reviewing"    // comments are answered, the draft is put right
	Approved     State = "approved"     // the submission is made and goes to the People's Committee
	Issued       State = "issued"       // by a decision; in force from its day on
	Discarded    State = "discarded"    // given up before it was issued
)

// States in the order of the way.
func States() []State {
	return []State{Draft, Consultation, Reviewing, Approved, Issued, Discarded}
}

var steps = map[State][]State{
	Draft:        {Consultation, Discarded},
	Consultation: {Reviewing, Discarded},
	Reviewing:    {Approved, Discarded},
	Approved:     {Issued, Reviewing, Discarded},
}

// Editable reports that entries may still be collected, left out and taken in.
func (s State) Editable() bool { return s == Draft || s == Reviewing }

// Over reports that no step follows.
func (s State) Over() bool { return len(steps[s]) == 0 }

// Standing is what an issued release is at a moment.
type Standing string

const (
	NotIssued  Standing = "not_issued"
	Coming     Standing = "coming"     // its day has not come
	InForce    Standing = "in_force"   // it is the list
	Superseded Standing = "superseded" // a later one is in force
)

// Counts of the entries of a release.
type Counts struct {
	Held    int `json:"held" doc:"Entries of the release"`
	Added   int `json:"added" doc:"Of them, not in the release before"`
	Changed int `json:"changed" doc:"Of them, otherwise than in the release before"`
	Removed int `json:"removed" doc:"Entries of the release before that this one leaves out"`
	LeftOut int `json:"left_out" doc:"New entries that the draft leaves out"`
}

// Step is one step of the way with who took it.
type Step struct {
	From   State     `json:"from,omitempty"`
	To     State     `json:"to"`
	By     string    `json:"by" history:"quiet"`
	ByName string    `json:"by_name"`
	Agency string    `json:"agency,omitempty"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// Decision is the decision of the People's Committee that issued a release.
type Decision struct {
	Number    string    `json:"number" example:"88/QĐ-UBND"`
	Date      time.Time `json:"date"`
	Effective time.Time `json:"effective" doc:"First moment at which the release is in force"`
	Signer    string    `json:"signer" example:"Chủ tịch UBND tỉnh Nguyễn Văn A"`
}

// Text is number and date as officials write them: "88/QĐ-UBND ngày 10/03/2026".
func (d Decision) Text(day func(time.Time) string) string {
	if d.Number == "" {
		return ""
	}
	return d.Number + " ngày " + day(d.Date)
}

// Release of a list: its draft, or what was issued.
type Release struct {
	ID       string    `json:"id" history:"quiet"`
	List     List      `json:"list" enum:"catalogue,systems,open"`
	Number   int64     `json:"number" doc:"Counts the releases of the list from 1"`
	State    State     `json:"state" enum:"draft,consultation,reviewing,approved,issued,discarded"`
	Base     string    `json:"base,omitempty" history:"quiet"` // id of the release that it changes
	Counts   Counts    `json:"counts"`
	Deadline time.Time `json:"deadline,omitzero" doc:"End of the consultation"`
	Decision Decision  `json:"decision,omitzero"`
	Steps    []Step    `json:"steps,omitempty"`

	Prepared   []string `json:"prepared,omitempty" history:"quiet"` // accounts that had a hand in the draft
	ApprovedBy string   `json:"approved_by,omitempty" history:"quiet"`

	EffectedAt  time.Time `json:"effected_at,omitzero"` // when what follows from it was done
	CollectedAt time.Time `json:"collected_at,omitzero"`
	CreatedAt   time.Time `json:"created_at"`
	ChangedAt   time.Time `json:"changed_at" history:"quiet"`
	Revision    int64     `json:"revision" history:"quiet"`

	seal string
}

// Key names a release for people and in the log: "catalogue-2".
func (r *Release) Key() string { return fmt.Sprintf("%s-%d", r.List, r.Number) }

// Path is its page.
func (r *Release) Path() string { return fmt.Sprintf("/release/%s/%d", r.List, r.Number) }

// step moves the release or says why it cannot.
func (r *Release) step(to State, by Step) error {
	if !slices.Contains(steps[r.State], to) {
		return fault.New(fault.Conflict, "release.wrong_state", r.State, to)
	}
	by.From, by.To = r.State, to
	r.State = to
	r.Steps = append(r.Steps, by)
	return nil
}

// hand notes that an account had a hand in the draft (invariant 5).
func (r *Release) hand(account string) {
	if !slices.Contains(r.Prepared, account) {
		r.Prepared = append(r.Prepared, account)
	}
}

// decisionKey is what no two releases of a list share: the number without its spaces, in its year.
func decisionKey(d Decision) string {
	return strings.ToLower(strings.Join(strings.Fields(d.Number), "")) + "|" + d.Date.Format("2006")
}

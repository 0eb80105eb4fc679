package dictionary

import (
	"slices"
	"time"

	"lienthong/internal/kit/fault"
)

// Thing is what a proposal or a subscription is about.
type Thing string

const (
	ThingElement    Thing = "element"
	ThingCodeList   Thing = "code_list"
	ThingIdentifier Thing = "identifier"
)

// Things lists them.
func Things() []Thing { return []Thing{ThingElement, ThingCodeList, ThingIdentifier} }

// Action is what a proposal would do.
type Action string

const (
	Create Action = "create"
	Revise Action = "revise"
	Retire Action = "retire" // end with a replacement; there is no deletion
)

// State is how far a proposal has come.
type State string

const (
	Proposed   State = "proposed" // waits for the operator's review
	Returned   State = "returned" // with comments, to who proposed it
	Consulting State = "consulting"
	Published  State = "published"
	Rejected   State = "rejected"
	Withdrawn  State = "withdrawn"
)

// States lists all states.
func States() []State {
	return []State{Proposed, Returned, Consulting, Published, Rejected, Withdrawn}
}

var next = map[State][]State{
	Proposed:   {Returned, Consulting, Rejected, Withdrawn, Proposed},
	Returned:   {Proposed, Withdrawn},
	Consulting: {Published, Rejected, Withdrawn, Consulting},
}

// Open reports that the proposal still waits for somebody.
func (s State) Open() bool { return len(next[s]) > 0 }

// Origin is the field of a dataset for which the dictionary had nothing (Điều 4.5).
type Origin struct {
	Dataset string `json:"dataset,omitempty"`
	Field   string `json:"field,omitempty"`
}

// Proposal is a change of the shared dictionary on its way: proposal, review, consultation, approval, publication (R11.6b).
type Proposal struct {
	ID         string      `json:"id"`
	Number     string      `json:"number"` // 2026-0003/TĐ
	Kind       Thing       `json:"kind"`
	Action     Action      `json:"action"`
	Subject    string      `json:"subject"` // code of the element or of the kind of identifier, name of the list
	Title      string      `json:"title"`
	Base       int         `json:"base"` // version that it changes, 0 for none
	Element    *Element    `json:"element,omitempty"`
	List       *CodeList   `json:"list,omitempty"`
	Identifier *Identifier `json:"identifier,omitempty"`
	Reason     string      `json:"reason"`
	Changes    []Change    `json:"changes,omitempty"` // of the base
	Level      Level       `json:"level"`
	Label      string      `json:"semantic_version"` // that the published version would have, or has
	Effective  Day         `json:"effective_from"`   // asked for; NoDay: at once
	Origin     Origin      `json:"origin,omitzero"`

	State      State     `json:"state"`
	Note       string    `json:"note,omitempty"` // comments of a return, reason of a rejection
	By         string    `json:"proposed_by"`
	ByName     string    `json:"proposed_by_name"`
	Agency     string    `json:"agency"`
	At         time.Time `json:"proposed_at"`
	ChangedBy  []string  `json:"changed_by,omitempty"` // others who put it right before its review
	ReviewedBy string    `json:"reviewed_by,omitempty"`
	Reviewer   string    `json:"reviewer_name,omitempty"`
	ConsultAt  time.Time `json:"consultation_from,omitzero"`
	ConsultTo  time.Time `json:"consultation_to,omitzero"`
	Consulted  []string  `json:"consulted,omitempty"`    // codes of the agencies that were asked
	Closed     string    `json:"closed_early,omitempty"` // why the consultation ended before its deadline
	Approver   string    `json:"approver_name,omitempty"`
	Version    int       `json:"version,omitempty"` // that was published
	Revision   int64     `json:"revision" history:"quiet"`
	ChangedAt  time.Time `json:"changed_at" history:"quiet"`
}

// ThingSubject is what the proposal is about, as the log names it.
func (p Proposal) ThingSubject() string { return "dictionary." + string(p.Kind) + "/" + p.Subject }

// Wrote reports that the account had a hand in what is proposed, so that others review and decide it.
func (p Proposal) Wrote(account string) bool {
	return account == p.By || slices.Contains(p.ChangedBy, account)
}

// Consulted reports that agencies may no longer comment: the deadline has passed or the operator closed it.
func (p Proposal) ConsultationOver(now time.Time) bool {
	return p.State == Consulting && !now.Before(p.ConsultTo)
}

// step moves the proposal or says why it cannot.
func (p *Proposal) step(to State) error {
	if !slices.Contains(next[p.State], to) {
		return fault.New(fault.Conflict, "dictionary.wrong_state", p.Number, p.State, to)
	}
	p.State = to
	return nil
}

// Stance is what an agency thinks of a proposal.
type Stance string

const (
	Agree    Stance = "agree"
	Amend    Stance = "amend" // agrees, with changes
	Disagree Stance = "disagree"
)

// Stances lists them.
func Stances() []Stance { return []Stance{Agree, Amend, Disagree} }

// Comment is the opinion of an agency during the consultation.
type Comment struct {
	Number  int       `json:"number"`
	Agency  string    `json:"agency"`
	Who     string    `json:"who"`
	WhoName string    `json:"who_name"`
	Stance  Stance    `json:"stance"`
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
}

// Step is one change of state of a proposal.
type Step struct {
	From    State     `json:"from"`
	To      State     `json:"to"`
	Note    string    `json:"note,omitempty"`
	Who     string    `json:"who"`
	WhoName string    `json:"who_name"`
	At      time.Time `json:"at"`
}

// Proposing is what somebody proposes.
type Proposing struct {
	Kind        Thing
	Action      Action
	Subject     string // of a retirement
	Base        int    // version that was seen, for revise and retire
	Element     *Element
	List        *CodeList
	Identifier  *Identifier
	Replacement string // of a retirement; needed while the thing is in use
	Reason      string
	Level       Level // empty: as the changes suggest; it may be higher, never lower
	Effective   Day   // NoDay: when it is approved
	Origin      Origin
}

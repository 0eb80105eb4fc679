package privacy

import (
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// Person who took a step, as of that moment.
type Person struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	Agency  string `json:"agency"`
}

func personOf(a access.Actor) Person { return Person{a.ID, a.Name, a.Agency} }

// Version is one state of the content: being written, sent, or in force.
type Version struct {
	Content
	Number      int       `json:"number"`
	WrittenBy   []Person  `json:"written_by"` // everybody who wrote in it
	WrittenAt   time.Time `json:"written_at"`
	SentBy      *Person   `json:"sent_by,omitempty"`
	SentAt      time.Time `json:"sent_at,omitzero"`
	ConfirmedBy *Person   `json:"confirmed_by,omitempty"`
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
}

// Sent reports that the version waits for its confirmation.
func (v *Version) Sent() bool { return v != nil && v.SentBy != nil }

// wrote reports that the account had a hand in the version, so may not confirm it.
func (v *Version) wrote(account string) bool {
	return v.SentBy != nil && v.SentBy.Account == account || slices.ContainsFunc(v.WrittenBy, func(p Person) bool { return p.Account == account })
}

// Withdrawal took the version in force out of it.
type Withdrawal struct {
	By     Person    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Was    Version   `json:"was"`
}

// Entry of a dataset in the register.
type Entry struct {
	Dataset   string      `json:"dataset"`
	Owner     string      `json:"owner"` // agency code, as of the last change
	InForce   *Version    `json:"in_force,omitempty"`
	Draft     *Version    `json:"draft,omitempty"` // what is to take its place
	Returned  string      `json:"returned,omitempty" doc:"What the draft was sent back for"`
	Withdrawn *Withdrawal `json:"withdrawn,omitempty"`
	Revision  int64       `json:"revision" history:"quiet"`
	CreatedAt time.Time   `json:"created_at"`
	ChangedAt time.Time   `json:"changed_at" history:"quiet"`
}

// Standing is how a dataset with personal data stands in the register now.
type Standing string

const (
	None       Standing = "none"       // there is no entry
	Drafted    Standing = "draft"      // it is being written
	Sent       Standing = "sent"       // it waits for confirmation
	Withdrawn  Standing = "withdrawn"  // it was taken out of force
	Incomplete Standing = "incomplete" // in force, but the dataset has categories that it does not name
	Expired    Standing = "expired"    // past its last day
	Ending     Standing = "ending"     // in force for no more than 30 days
	InForce    Standing = "in_force"
	NotNeeded  Standing = "not_needed" // the dataset has no personal data and no entry
)

// Standings lists them, those that need work first.
func Standings() []Standing {
	return []Standing{None, Drafted, Sent, Withdrawn, Incomplete, Expired, Ending, InForce}
}

// Serves reports that the dataset may be served.
func (s Standing) Serves() bool { return s == InForce || s == Ending }

// endingWithin is how long before its last day an entry asks for its review.
const endingWithin = 30 * 24 * time.Hour

// Standing at a moment, for a dataset that has these categories. A nil entry is one that does not exist.
func (e *Entry) Standing(of []Category, now time.Time) Standing {
	switch {
	case e == nil && len(of) == 0:
		return NotNeeded
	case e == nil:
		return None
	case e.InForce != nil:
		end, _ := e.InForce.ValidTo.End()
		switch {
		case !now.Before(end):
			return Expired
		case len(e.InForce.Missing(of)) > 0:
			return Incomplete
		case end.Sub(now) <= endingWithin:
			return Ending
		}
		return InForce
	case e.Draft.Sent():
		return Sent
	case e.Withdrawn != nil:
		return Withdrawn
	}
	return Drafted
}

// facts is the entry as the decision sees it.
func (e *Entry) facts(of []Category) access.Processing {
	p := access.Processing{Needed: len(of) > 0}
	switch {
	case e == nil || e.InForce == nil && e.Withdrawn == nil:
	case e.InForce == nil:
		p.Register = access.RegisterWithdrawn
	case len(e.InForce.Missing(of)) > 0:
		p.Register = access.RegisterIncomplete
	default:
		p.Register = access.RegisterInForce
		p.Until, _ = e.InForce.ValidTo.End()
	}
	return p
}

// write puts content into the draft, which begins with what is in force.
func (e *Entry) write(c Content, who Person, now time.Time) error {
	if e.Draft.Sent() {
		return fault.New(fault.Conflict, "privacy.already_sent", e.Dataset)
	}
	if e.Draft == nil {
		e.Draft = &Version{Number: e.nextNumber()}
	}
	e.Draft.Content, e.Draft.WrittenAt, e.Returned = c, now, ""
	if !slices.ContainsFunc(e.Draft.WrittenBy, func(p Person) bool { return p.Account == who.Account }) {
		e.Draft.WrittenBy = append(e.Draft.WrittenBy, who)
	}
	return nil
}

func (e *Entry) nextNumber() int {
	n := 0
	if e.InForce != nil {
		n = e.InForce.Number
	}
	if e.Withdrawn != nil {
		n = max(n, e.Withdrawn.Was.Number)
	}
	return n + 1
}

// send hands a complete draft to whoever confirms it.
func (e *Entry) send(of []Category, who Person, now time.Time) error {
	switch {
	case e.Draft == nil:
		return fault.New(fault.Conflict, "privacy.nothing_to_send", e.Dataset)
	case e.Draft.Sent():
		return fault.New(fault.Conflict, "privacy.already_sent", e.Dataset)
	}
	if err := fault.Collect(append(e.Draft.Missing(of), e.Draft.checkTerm(now))...); err != nil {
		return err
	}
	e.Draft.SentBy, e.Draft.SentAt = &who, now
	return nil
}

// giveBack returns a sent draft to its writers.
func (e *Entry) giveBack(why string) error {
	if !e.Draft.Sent() {
		return fault.New(fault.Conflict, "privacy.not_sent", e.Dataset)
	}
	e.Draft.SentBy, e.Draft.SentAt, e.Returned = nil, time.Time{}, why
	return nil
}

// confirm puts the sent draft in force. Invariant 2: by somebody who had no hand in it.
func (e *Entry) confirm(of []Category, who Person, now time.Time) error {
	if !e.Draft.Sent() {
		return fault.New(fault.Conflict, "privacy.not_sent", e.Dataset)
	}
	if e.Draft.wrote(who.Account) {
		return fault.New(fault.Denied, "privacy.confirm_own")
	}
	// The dataset may have got other fields, and the day may have come, since it was sent.
	if err := fault.Collect(append(e.Draft.Missing(of), e.Draft.checkTerm(now))...); err != nil {
		return err
	}
	v := *e.Draft
	v.ConfirmedBy, v.ConfirmedAt = &who, now
	e.InForce, e.Draft, e.Withdrawn, e.Returned = &v, nil, nil, ""
	return nil
}

// withdraw takes the version in force out of it, at once.
func (e *Entry) withdraw(reason string, who Person, now time.Time) error {
	if e.InForce == nil {
		return fault.New(fault.Conflict, "privacy.not_in_force", e.Dataset)
	}
	e.Withdrawn = &Withdrawal{By: who, At: now, Reason: reason, Was: *e.InForce}
	e.InForce = nil
	return nil
}

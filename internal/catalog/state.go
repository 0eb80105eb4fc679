package catalog

import (
	"slices"

	"lienthong/internal/kit/fault"
)

// State is where a dataset stands in its life (requirements section 5.2).
type State string

const (
	Draft         State = "draft"
	Registered    State = "registered"
	Returned      State = "returned"
	Reviewed      State = "reviewed"
	Approved      State = "approved"
	InCatalogue   State = "in_catalogue"
	Published     State = "published"
	ChangePending State = "change_pending"
	Suspended     State = "suspended"
	Retiring      State = "retiring"
	Retired       State = "retired"
)

// States lists all states in the order of a life.
func States() []State {
	return []State{Draft, Registered, Returned, Reviewed, Approved, InCatalogue, Published, ChangePending, Suspended, Retiring, Retired}
}

var steps = map[State][]State{
	Draft:         {Registered},
	Returned:      {Registered},
	Registered:    {Returned, Reviewed},
	Reviewed:      {Approved},
	Approved:      {InCatalogue, Retiring},
	InCatalogue:   {Published, Suspended, Retiring},
	Published:     {ChangePending, Suspended, Retiring},
	ChangePending: {Published, Suspended, Retiring},
	Suspended:     {InCatalogue, Published, ChangePending, Retiring},
	Retiring:      {Retired},
}

// Next lists the states that may follow.
func (s State) Next() []State { return slices.Clone(steps[s]) }

// Editable reports that the owner may still change the registration freely.
func (s State) Editable() bool { return s == Draft || s == Returned }

// Live reports that deliveries are taken: reviewed or later, and neither suspended nor ending.
func (s State) Live() bool {
	return slices.Contains([]State{Reviewed, Approved, InCatalogue, Published, ChangePending}, s)
}

// Issued reports that the dataset is in the catalogue in force.
func (s State) Issued() bool {
	return slices.Contains([]State{InCatalogue, Published, ChangePending, Suspended, Retiring}, s)
}

// step moves the dataset or says why it cannot.
func (d *Dataset) step(to State) error {
	if !slices.Contains(steps[d.State], to) {
		return fault.New(fault.Conflict, "catalog.wrong_state", d.Code, d.State, to)
	}
	d.State = to
	return nil
}

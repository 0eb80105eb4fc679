package access

import (
	"slices"
	"time"

	"lienthong/internal/kit/fault"
)

// Permit is the key to data: an allowed decision whose record is durable. Its zero value opens nothing, and no package
// but flow can make another (archtest holds every call of Issue).
type Permit struct{ p *permit }

type permit struct {
	request  Request
	decision Decision
	issued   time.Time
}

// Issue makes a permit of an allowed decision. Only flow calls it, after the decision's record is on disk.
func Issue(r Request, d Decision) (Permit, error) {
	if !d.Allowed || d.Grant == nil {
		return Permit{}, fault.New(fault.Denied, "access.no_permit")
	}
	return Permit{&permit{request: r, decision: d, issued: r.At}}, nil
}

// Check refuses the zero permit, one of another dataset, and one that is no longer fresh.
func (p Permit) Check(dataset string) error {
	if p.p == nil || p.p.request.Dataset != dataset {
		return fault.New(fault.Denied, "access.no_permit")
	}
	return nil
}

// Valid reports that the permit was issued.
func (p Permit) Valid() bool { return p.p != nil }

// Request is the request that was allowed.
func (p Permit) Request() Request { return p.p.request }

// Decision is the decision that allowed it.
func (p Permit) Decision() Decision { return p.p.decision }

// Dataset is the code of the dataset that the permit opens.
func (p Permit) Dataset() string { return p.p.request.Dataset }

// Columns are the columns that may leave, each with its mask, in the order asked.
func (p Permit) Columns() []Column { return p.p.decision.Columns }

// Rows are the rules that every row must meet.
func (p Permit) Rows() []RowRule { return p.p.decision.Rows }

// Filterable reports that the column may be used in a filter or for sorting: it is granted and not masked.
func (p Permit) Filterable(column string) bool {
	if p.p == nil {
		return false
	}
	c, ok := p.p.decision.Grant.Column(column)
	return ok && c.Mask == MaskNone
}

// Matches reports that the permit was given for looking up records by the exact value of the column.
func (p Permit) Matches(column string) bool {
	return p.p != nil && slices.Contains(p.p.request.Match, column)
}

// MaxRecords is the most records that this call may carry, as decided and reserved; 0 means the channel's own limit.
func (p Permit) MaxRecords() int64 {
	if d := p.p.decision; d.Records > 0 || d.hold != nil {
		return d.Records
	}
	return p.p.decision.Grant.Conditions.RecordsPerCall
}

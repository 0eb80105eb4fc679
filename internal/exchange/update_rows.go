package exchange

import (
	"net/http"
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/exchange/canon"
	"lienthong/internal/exchange/filter"
	"lienthong/internal/exchange/upstream"
	"lienthong/internal/kit/fault"
)

// updateWithinRows makes sure, before anything is sent, that an update touches a record of the granted rows (Điều 21.4c):
// afterwards it would be too late. A rule whose column the question sets was judged by the gate; for the others the record
// is read from the provider by the operation that reads at the same path. Where there is none, nobody can tell, and the
// update is refused.
func (c *call) updateWithinRows(route *Route, p *upstream.Provider, op *Operation, rest []string) error {
	if !op.Updates || !slices.ContainsFunc(c.permit.Rows(), c.unstated) {
		return nil
	}
	read := route.reads(op.Path)
	if read == nil {
		return fault.New(fault.Denied, "exchange.update_rows_unknown", op.code)
	}
	plan, err := c.s.plans.find(read, route, c.permit, c.s.Masker)
	if err != nil {
		return err
	}
	name, began := route.name(), time.Now()
	a, err := p.Call(c.ctx, upstream.Call{Method: http.MethodGet, Segments: rest, Statuses: []int{http.StatusOK, http.StatusNotFound}, Identity: c.identity(name)})
	c.trace.Done("provider")
	c.asked(name, began, err)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if a.Status == http.StatusNotFound {
		return fault.New(fault.NotFound, "exchange.record_not_found")
	}
	r, err := filter.Decode(a.Body, a.Coding)
	if err != nil {
		return err
	}
	b := c.buffer()
	defer c.release(&b)
	got, err := plan.Apply(b, r)
	if err != nil {
		return err
	}
	b = got.Body
	if got.Records == 0 || got.Withheld > 0 {
		return fault.New(fault.NotFound, "exchange.record_not_found")
	}
	return nil
}

// unstated reports a rule whose column the question does not set.
func (c *call) unstated(rule access.RowRule) bool {
	return !slices.ContainsFunc(c.ask.Equals, func(e access.Equal) bool { return e.Column == rule.Column })
}

// reads is the operation that reads what lies at a path, nil without one.
func (r *Route) reads(path string) *Operation {
	for _, op := range r.Operations {
		if op.Method == http.MethodGet && op.Path == path && !op.Updates {
			return op
		}
	}
	return nil
}

// identity is what a provider learns of the caller.
func (c *call) identity(service string) map[string]string {
	return map[string]string{
		"X-Request-Id": c.ask.ID, "Lienthong-Consumer": c.ask.Actor.ID, "Lienthong-Agency": c.ask.Actor.Agency,
		"Lienthong-Purpose": c.ask.Purpose, "Lienthong-Case": c.ask.Case, "Lienthong-Officer-Id": c.ask.Officer,
		"Lienthong-Service": service, "Lienthong-Test": c.ask.Actor.Probe, canon.Traceparent: c.trace.Header(),
	}
}

// name is how the meters and the provider know the service.
func (r *Route) name() string { return r.Owner + "/" + r.System + "/" + r.Name }

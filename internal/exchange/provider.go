package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/exchange/filter"
	"lienthong/internal/exchange/upstream"
	"lienthong/internal/kit/fault"
)

// service passes a call to a registered provider.
func (c *call) service(owner, system, name string, rest []string) error {
	c.route = "/svc/{owner}/{system}/{service}"
	c.ask.Operation = c.req.Method + " " + c.route
	if err := c.authenticate(); err != nil {
		return err
	}
	route, provider, err := c.s.Service.FindRoute(c.ctx, owner, system, name)
	if err != nil {
		return err
	}
	c.ask.Dataset = route.Dataset
	op, inPath, err := route.find(c.req.Method, rest)
	if err != nil {
		return err
	}
	body, err := c.describe(route, op, inPath)
	if err != nil {
		return err
	}
	if err := c.open(); err != nil { // Invariant 2; for an update the record is durable before the provider is called.
		return err
	}
	plan, err := c.s.plans.find(op, route, c.permit, c.s.Masker)
	if err != nil {
		return err
	}
	if err := c.updateWithinRows(route, provider, op, rest); err != nil {
		return err
	}
	return c.forward(route, provider, op, plan, rest, body)
}

// describe fills in what the gate and the record need, and reads the body: a question's against its declaration. What
// is wrong with a question is told by the gate, to holders of a right.
func (c *call) describe(route *Route, op *Operation, inPath []pathValue) ([]byte, error) {
	c.ask.Service = op.code
	c.ask.Operation = op.Method + " /svc/" + route.Owner + "/" + route.System + "/" + route.Name + op.Path
	c.ask.Action, c.ask.Limit, c.ask.Flexible = access.CallService, 1, true // the answer tells how many; then Widen
	if op.Updates {
		c.ask.Action = access.UpdateSource
	}
	terms, asked := op.placed(inPath, c.s.Evidence.PersonKey)
	for _, v := range inPath {
		if v.name == op.Subject {
			c.ask.Subjects = append(c.ask.Subjects, c.s.Evidence.PersonKey(v.value))
		}
	}
	inAddress, flaw := op.parameters(c)
	c.flawed(flaw)
	body, inBody, err := c.readAsked(op)
	if err != nil {
		return nil, err
	}
	for _, t := range slices.Concat(terms, inAddress, inBody) {
		if t.use == "" || t.use == UseEqual {
			c.ask.Equals = append(c.ask.Equals, access.Equal{Column: t.Column, Values: t.Values})
		}
	}
	// A provider's own path may hold an identifier where it is declared, so its terms are judged like those of the body.
	if err := c.question(route.Dataset, op.Key, filters(inAddress), filters(slices.Concat(terms, inBody))); err != nil {
		return nil, err
	}
	c.ask.Filter = strings.Join(slices.DeleteFunc(append(asked, c.ask.Filter), func(s string) bool { return s == "" }), " & ")
	return body, nil
}

func filters(terms []term) []Filter {
	out := make([]Filter, len(terms))
	for i, t := range terms {
		out[i] = t.Filter
	}
	return out
}

// readAsked reads the body. That of an update is the owner's own matter unless its members are declared.
func (c *call) readAsked(op *Operation) (body []byte, terms []term, err error) {
	if !c.req.HasBody {
		for _, m := range op.Members {
			if m.Required {
				c.flawed(fault.New(fault.Malformed, "exchange.member_missing", m.Name).At(m.Name))
				break
			}
		}
		return nil, nil, nil
	}
	most := int64(maxLookupBody)
	if op.Updates {
		most = maxUpdateBody
	}
	if body, err = c.readBody(most, "application/json"); err != nil {
		return nil, nil, err
	}
	if op.Updates && len(op.Members) == 0 {
		if !json.Valid(body) {
			c.flawed(fault.New(fault.Malformed, "exchange.body_invalid"))
		}
		return body, nil, nil
	}
	body, terms, flaw := op.readMembers(body)
	c.flawed(flaw)
	return body, terms, nil
}

// flawed keeps the first thing that is wrong with the question's form.
func (c *call) flawed(f *fault.Fault) {
	if f != nil && c.ask.Flaw == nil {
		c.ask.Flaw = f
	}
}

func (c *call) forward(route *Route, p *upstream.Provider, op *Operation, plan *filter.Plan, rest []string, body []byte) error {
	rules := op.statuses()
	declared := make([]int, 0, len(rules)+1)
	for code := range rules {
		declared = append(declared, code)
	}
	// Whoever is held to some rows must not tell a record outside them from one that does not exist (R21.4c).
	hides := !op.Updates && len(c.permit.Rows()) > 0 && slices.ContainsFunc(op.segments, placeholder)
	if hides {
		declared = append(declared, http.StatusNotFound)
	}
	name := route.name()
	began := time.Now()
	tuning, err := c.tuning()
	if err != nil {
		return err
	}
	ctx := c.ctx
	if tuning.Timeout > 0 { // shorter than the provider's own limit, never longer
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, tuning.Timeout)
		defer cancel()
	}
	a, err := p.Call(ctx, upstream.Call{
		Method: c.req.Method, Segments: rest, Query: c.req.Query, Header: c.req.Header, Body: body, Statuses: declared,
		Identity: c.identity(name),
	})
	c.trace.Done("provider")
	c.asked(name, began, err)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if hides && a.Status == http.StatusNotFound {
		return fault.New(fault.NotFound, "exchange.record_not_found")
	}
	switch rules[a.Status] {
	case BodyRecords:
		return c.filtered(a, plan)
	case BodyPass:
		return c.passed(a)
	}
	if err := c.still(); err != nil {
		return err
	}
	c.write(a.Status, nil)
	return nil
}

// still refuses an answer whose right ended while the provider was at work. An update is done by now: its answer goes out.
func (c *call) still() error {
	if c.ask.Action == access.UpdateSource {
		return nil
	}
	return c.s.Gate.Still(c.ctx, c.permit)
}

// filtered lets out what the plan allows, after the whole answer was read: a partial answer is no answer.
func (c *call) filtered(a *upstream.Answer, plan *filter.Plan) error {
	if !isJSON(a.Header.Get("Content-Type")) {
		return fault.New(fault.BadGateway, "exchange.provider_unreadable")
	}
	r, err := filter.Decode(a.Body, a.Coding)
	if err != nil {
		return err
	}
	b := c.buffer()
	defer c.release(&b)
	got, err := plan.Apply(b, r)
	c.trace.Done("filter")
	if err != nil {
		return err
	}
	b = got.Body
	if got.Single && got.Records == 0 {
		return fault.New(fault.NotFound, "exchange.record_not_found")
	}
	if err := c.still(); err != nil {
		return err
	}
	if c.ask.Action != access.UpdateSource { // an update is done by now: its answer is counted, not refused
		if err := c.s.Gate.Widen(c.permit, int64(got.Records)); err != nil {
			return err
		}
	}
	c.out.Records, c.out.Persons = int64(got.Records), int64(got.Persons)
	for _, identifier := range got.Subjects {
		c.out.Subjects = append(c.out.Subjects, c.s.Evidence.PersonKey(identifier))
	}
	c.write(a.Status, b)
	return nil
}

const maxPassed = 64 << 10

// passed lets a declared error's body out unchanged: small, JSON, and declared in the contract that the owner signed.
func (c *call) passed(a *upstream.Answer) error {
	body, err := io.ReadAll(io.LimitReader(a.Body, maxPassed+1))
	if err != nil {
		return err
	}
	if len(body) > maxPassed || a.Coding != "" || !isJSON(a.Header.Get("Content-Type")) || !json.Valid(bytes.TrimSpace(body)) {
		return fault.New(fault.BadGateway, "exchange.provider_unreadable")
	}
	if err := c.still(); err != nil {
		return err
	}
	c.write(a.Status, body)
	return nil
}

func isJSON(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "application/json" || strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json")
}

// plans keeps compiled filters. A grant's version and an operation never change, so neither does their plan.
type plans struct {
	mu   sync.RWMutex
	kept map[planKey]*filter.Plan
}

type planKey struct {
	route        string
	routeVersion int64
	operation    string
	grant        string
	grantVersion int64
}

func (p *plans) find(op *Operation, route *Route, permit access.Permit, m access.Masker) (*filter.Plan, error) {
	g := permit.Decision().Grant
	key := planKey{route.ID, route.Version, op.code, g.ID, g.Version}
	p.mu.RLock()
	plan := p.kept[key]
	p.mu.RUnlock()
	if plan != nil {
		return plan, nil
	}
	limits := filter.DefaultLimits
	if route.Body > 0 {
		limits.Body = route.Body
	}
	contract := op.contract()
	if len(permit.Rows()) > 0 { // a total beside the records counts those that the grant hides (R21.4c)
		contract.Envelope = nil
	}
	plan, err := filter.Compile(contract, permit.Columns(), permit.Rows(), m, limits)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kept) >= 10_000 {
		clear(p.kept)
	}
	p.kept[key] = plan
	return plan, nil
}

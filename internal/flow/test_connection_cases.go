package flow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/fault"
)

// target is one way by which the connection takes data: the warehouse, or one approved operation of a provider.
type target struct {
	op   *connection.Operation // nil: the warehouse
	path []string
	body string
}

func (t target) updates() bool { return t.op != nil && t.op.Updates }

// aims lists what the approved scope opens.
func (s *suite) aims() ([]target, error) {
	scope := s.Config.Scope
	var out []target
	if len(scope.Operations) == 0 || s.Dataset.Published && slices.Contains(scope.Levels, access.LevelUse) {
		out = append(out, target{})
	}
	for _, code := range scope.Operations {
		op, declared := s.Dataset.Operation(code)
		if !declared {
			return nil, fault.New(fault.Conflict, "connection.operation_unknown", code)
		}
		out = append(out, s.aim(op))
	}
	return out, nil
}

// aim fills an operation with the data that the provider keeps for tests.
func (s *suite) aim(op connection.Operation) target {
	t := target{op: &op}
	placeholder := strings.Join(slices.Repeat([]string{"kiem-thu"}, strings.Count(op.Path(), "{")), "/") // for what must be refused anyway
	for _, subject := range append(slices.Clone(s.Request.Need.TestSubjects), placeholder) {
		if path, fits := op.Filled(subject); fits {
			t.path = path
			break
		}
	}
	if op.Body() {
		t.body = s.Request.Need.TestBody
	}
	return t
}

// probe is one case: the call, and what must come.
type probe struct {
	name    string
	subject string
	call    ProbeCall
	status  int
	codes   []string // one of them; empty: any
	early   bool     // may also be refused as malformed, before the decision: an identifier in an address
}

// base is the call of a target that must succeed; cases change one thing of it.
func (s *suite) base(t target) ProbeCall {
	scope := s.Config.Scope
	c := ProbeCall{
		Connection: string(s.Request.ID), System: s.Config.System, Dataset: s.Config.Dataset, Token: TokenProbe, Purpose: scope.Purposes[0], Limit: 1,
	}
	if s.Request.Need.People() {
		c.Person = &PersonCall{Agency: s.Request.Agency, Roles: scope.Roles[:1]}
	}
	if s.needsCase(c.Purpose) {
		c.Case = "KIEM-THU-" + strings.ReplaceAll(s.Request.Number, "/", "-")
	}
	if t.op != nil {
		c.Service = &ServiceCall{
			Name: t.op.Service, Method: t.op.Method(), Operation: t.op.Code, Template: t.op.Path(), Path: t.path, Body: t.body, Columns: scope.Columns,
		}
		return c
	}
	for _, col := range scope.Columns {
		c.Fields = append(c.Fields, col.Name)
	}
	return c
}

func (s *suite) needsCase(purpose string) bool {
	return s.Config.Scope.CaseRequired || s.Request.Need.People() && s.Dataset.Personal(s.Config.Scope) || slices.ContainsFunc(s.Purposes, func(p access.Purpose) bool { return p.Code == purpose && p.CaseRequired })
}

// cases lists the calls of the safety verdict: all of them for the warehouse and for the first operation, of further
// operations that they answer.
func (s *suite) cases() []probe {
	var list []probe
	services := 0
	for _, t := range s.targets {
		c := &caseList{suite: s, target: t}
		c.add("allowed", "", 200, nil, func(*ProbeCall) {})
		switch {
		case c.Request.Need.People():
			c.people()
		case t.op == nil:
			c.warehouse()
			c.common()
		case services == 0:
			c.service()
			c.common()
		}
		if t.op != nil {
			services++
		}
		list = append(list, c.list...)
	}
	return list
}

// caseList collects the cases of one target.
type caseList struct {
	*suite
	target target
	list   []probe
}

func (c *caseList) add(name, subject string, status int, codes []string, change func(c *ProbeCall)) {
	if subject == "" && c.target.op != nil {
		subject = c.target.op.Code
	}
	p := probe{name: name, subject: subject, call: c.base(c.target), status: status, codes: codes}
	change(&p.call)
	c.list = append(c.list, p)
}

// warehouse: what only a query can ask.
func (c *caseList) warehouse() {
	field, masked := c.foreignField()
	c.add("forbidden_field", field, 403, []string{"access.field_not_granted"}, func(p *ProbeCall) { p.Fields = append(p.Fields, field) })
	if masked != "" {
		c.add("forbidden_filter", masked, 403, []string{"access.filter_not_granted", "exchange.identifier_in_url"}, func(p *ProbeCall) {
			p.Filter = map[string]string{masked: "1"}
		})
		c.list[len(c.list)-1].early = true
	}
}

// common: purpose, case, token and acceptance, on every way.
func (c *caseList) common() {
	c.purposes()
	c.add("no_token", "", 401, nil, func(p *ProbeCall) { p.Token = TokenNone })
	c.add("expired_token", "", 401, nil, func(p *ProbeCall) { p.Token = TokenExpired })
	c.notAccepted()
}

func (c *caseList) notAccepted() {
	c.add("not_accepted", "", 403, []string{"access.not_accepted"}, func(p *ProbeCall) { p.Token = TokenOrdinary })
}

func (c *caseList) purposes() {
	if other := c.foreignPurpose(); other != "" {
		c.add("wrong_purpose", other, 403, []string{"access.purpose_mismatch"}, func(p *ProbeCall) { p.Purpose, p.Case = other, "KIEM-THU" })
	}
	c.add("no_purpose", "", 403, []string{"access.purpose_missing"}, func(p *ProbeCall) { p.Purpose = "" })
	if c.needsCase(c.base(c.target).Purpose) {
		c.add("no_case", "", 403, []string{"access.case_missing"}, func(p *ProbeCall) { p.Case = "" })
	}
}

// service: operations beyond the approved ones, declared and not, and methods that change data (R16.5b).
func (c *caseList) service() {
	beyond := []string{"access.operation_not_granted", "access.level_required"}
	approved := c.Config.Scope.Operations
	for _, updates := range []bool{false, true} {
		for _, op := range c.Dataset.Operations {
			if op.Active && op.Updates == updates && !slices.Contains(approved, op.Code) {
				c.add("forbidden_operation", op.Code, 403, beyond, func(p *ProbeCall) { p.Service = c.base(c.aim(op)).Service })
				break
			}
		}
	}
	c.add("unknown_operation", "", 404, []string{"exchange.operation_unknown"}, func(p *ProbeCall) { c.undeclared(p, "GET", c.nowhere()) })
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		code := method + " " + c.target.op.Path()
		if _, declared := c.Dataset.Operation(code); declared { // approved, or among those above
			continue
		}
		c.add("unsafe_method", code, 403, []string{"exchange.method_not_granted"}, func(p *ProbeCall) { c.undeclared(p, method, c.target.path) })
		return
	}
}

func (c *caseList) undeclared(p *ProbeCall, method string, path []string) {
	p.Service.Method, p.Service.Path, p.Service.Operation, p.Service.Body = method, path, "", ""
	if method == "GET" {
		p.Service.Template = "/" + strings.Join(path, "/")
	}
}

// nowhere is a path longer than every declared one, so that none fits.
func (c *caseList) nowhere() []string {
	n := 1
	for _, op := range c.Dataset.Operations {
		n = max(n, strings.Count(op.Path(), "/")+1)
	}
	return slices.Repeat([]string{"khong-khai-bao"}, n)
}

// foreignField is a field of the dataset outside the scope (or one that no dataset has), and one that may not be used as
// a filter, if there is any.
func (s *suite) foreignField() (foreign, unfilterable string) {
	foreign = "truong_khong_duoc_cap"
	granted := map[string]access.Column{}
	for _, c := range s.Config.Scope.Columns {
		granted[c.Name] = c
	}
	for _, f := range s.Dataset.Fields {
		c, has := granted[f.Name]
		if !has {
			foreign = f.Name
		}
		if !has || c.Mask != access.MaskNone {
			unfilterable = f.Name
		}
	}
	return foreign, unfilterable
}

func (s *suite) foreignPurpose() string {
	for _, p := range s.Purposes {
		if p.Active && !slices.Contains(s.Config.Scope.Purposes, p.Code) {
			return p.Code
		}
	}
	return ""
}

// safety: what is allowed comes, and everything forbidden is refused with the expected code and leaves evidence.
func (s *suite) safety(ctx context.Context) error {
	v := &s.run.Safety
	for _, p := range s.cases() {
		a, err := s.call(ctx, p.call)
		if err != nil {
			return err
		}
		c := p.judge(a)
		s.run.Cases = append(s.run.Cases, c)
		if p.status < 400 {
			if p.call.Service != nil {
				s.answers[p.call.Service.Operation] = a
			}
			continue
		}
		v.Cases++
		if c.Pass {
			v.Denied++
		}
	}
	v.Pass = v.Cases >= 4 && v.Denied == v.Cases
	return nil
}

func (s *suite) call(ctx context.Context, c ProbeCall) (ProbeAnswer, error) {
	a, err := s.prober.Call(ctx, c)
	if err != nil {
		return a, fault.New(fault.Unavailable, "connection.probe_failed").Because(err)
	}
	return a, nil
}

func (p probe) judge(a ProbeAnswer) connection.Case {
	c := connection.Case{
		Name: p.name, Subject: p.subject, Request: p.call.describe(), Expected: fmt.Sprint(p.status, " ", strings.Join(p.codes, " | ")),
		Status: a.Status, Code: a.Code, Evidence: a.Evidence, Millis: a.Duration.Milliseconds(),
	}
	c.Expected = strings.TrimSpace(c.Expected)
	same := a.Status == p.status || p.early && a.Status == 400 || p.status == 200 && p.call.Service != nil && a.good() // a service may create, or answer nothing
	switch {
	case !same:
		c.Why = "status"
	case len(p.codes) > 0 && !slices.Contains(p.codes, a.Code):
		c.Why = "code"
	case a.Evidence == "":
		c.Why = "evidence"
	case p.status >= 400 && len(a.Records) > 0:
		c.Why = "leak"
	}
	c.Pass = c.Why == ""
	return c
}

// describe the call without any value of a record.
func (c ProbeCall) describe() string {
	parts := []string{c.Dataset, "token=" + string(c.Token), "purpose=" + c.Purpose}
	if c.Service != nil {
		return strings.Join(append(parts, "service="+c.Service.Name, c.Service.Method+" "+c.Service.Template), " ")
	}
	if p := c.Person; p != nil {
		parts = append(parts, fmt.Sprint("roles=", p.Roles))
	}
	parts = append(parts, "fields="+strings.Join(c.Fields, ","), fmt.Sprintf("limit=%d", c.Limit))
	for _, column := range slices.Sorted(maps.Keys(c.Filter)) {
		parts = append(parts, "filter="+column)
	}
	return strings.Join(parts, " ")
}

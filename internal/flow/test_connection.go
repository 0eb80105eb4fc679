package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// ProbeToken says which access token a probe carries.
type ProbeToken string

const (
	TokenProbe    ProbeToken = "probe"    // of the consuming system, bound to the connection under test (access.Actor.Probe)
	TokenOrdinary ProbeToken = "ordinary" // of the consuming system, as it would call in production
	TokenExpired  ProbeToken = "expired"  // a probe token whose life is over
	TokenNone     ProbeToken = "none"
)

// ProbeCall is one call that the platform makes to itself.
type ProbeCall struct {
	Connection string
	System     string
	Dataset    string
	Token      ProbeToken
	Purpose    string
	Case       string
	Fields     []string          // nil: not named, so all that are granted
	Filter     map[string]string // column to value
	Limit      int64
}

// ProbeAnswer is what came back.
type ProbeAnswer struct {
	Status   int
	Code     string // of the problem document
	Evidence string // id of the decision record
	Records  []map[string]any
	Duration time.Duration
}

// Prober calls the real exchange over HTTP, through listener, canonicaliser, tokens, gate and log. An error means that
// no answer came; a refusal is an answer.
type Prober interface {
	Call(ctx context.Context, c ProbeCall) (ProbeAnswer, error)
}

// Sampler reads the source itself, past the exchange: the first n records within the rows, in the order in which the
// exchange lists them, with the columns masked as approved and named as they leave.
type Sampler interface {
	Sample(ctx context.Context, dataset string, columns []access.Column, rows []access.RowRule, n int64) ([]map[string]any, error)
}

// TestConnection is the platform's own test of a connection before its acceptance (Điều 12.2d).
type TestConnection struct {
	connections *connection.Service
	prober      Prober
	sampler     Sampler
	clock       clock.Clock
}

// NewTestConnection builds the use case.
func NewTestConnection(c *connection.Service, p Prober, s Sampler, k clock.Clock) *TestConnection {
	return &TestConnection{c, p, s, k}
}

// Run makes the calls, measures, judges and stores the report. A failing verdict sends the request back to set-up.
func (t *TestConnection) Run(ctx context.Context, id connection.ID) (*connection.Request, connection.Run, error) {
	b, err := t.connections.Bench(ctx, id)
	if err != nil {
		return nil, connection.Run{}, err
	}
	run := connection.Run{Request: id, Config: b.Config.Version, Began: t.now()}
	s := suite{Bench: b, t: t, run: &run}
	for _, step := range []func(context.Context) error{s.safety, s.accuracy, s.stability} {
		if err := step(ctx); err != nil {
			return nil, run, err
		}
	}
	run.Ended = t.now()
	return t.connections.RecordRun(ctx, run)
}

func (t *TestConnection) now() time.Time { return t.clock.Now().UTC().Truncate(time.Microsecond) }

// suite is one run in the making.
type suite struct {
	connection.Bench
	t   *TestConnection
	run *connection.Run
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

// base is the call that must succeed; cases change one thing of it.
func (s *suite) base() ProbeCall {
	scope := s.Config.Scope
	c := ProbeCall{
		Connection: string(s.Request.ID), System: s.Config.System, Dataset: s.Config.Dataset, Token: TokenProbe, Purpose: scope.Purposes[0], Limit: 1,
	}
	if s.needsCase(c.Purpose) {
		c.Case = "KIEM-THU-" + strings.ReplaceAll(s.Request.Number, "/", "-")
	}
	for _, col := range scope.Columns {
		c.Fields = append(c.Fields, col.Name)
	}
	return c
}

func (s *suite) needsCase(purpose string) bool {
	return s.Config.Scope.CaseRequired || slices.ContainsFunc(s.Purposes, func(p access.Purpose) bool { return p.Code == purpose && p.CaseRequired })
}

// cases lists the calls of the safety verdict, each with what must come.
func (s *suite) cases() []probe {
	list := []probe{{name: "allowed", call: s.base(), status: 200}}
	add := func(name, subject string, status int, codes []string, change func(c *ProbeCall)) {
		p := probe{name: name, subject: subject, call: s.base(), status: status, codes: codes}
		change(&p.call)
		list = append(list, p)
	}
	field, masked := s.foreignField()
	add("forbidden_field", field, 403, []string{"access.field_not_granted"}, func(c *ProbeCall) { c.Fields = append(c.Fields, field) })
	if masked != "" {
		add("forbidden_filter", masked, 403, []string{"access.filter_not_granted", "exchange.identifier_in_url"}, func(c *ProbeCall) {
			c.Filter = map[string]string{masked: "1"}
		})
		list[len(list)-1].early = true
	}
	if other := s.foreignPurpose(); other != "" {
		add("wrong_purpose", other, 403, []string{"access.purpose_mismatch"}, func(c *ProbeCall) { c.Purpose, c.Case = other, "KIEM-THU" })
	}
	add("no_purpose", "", 403, []string{"access.purpose_missing"}, func(c *ProbeCall) { c.Purpose = "" })
	if s.needsCase(s.base().Purpose) {
		add("no_case", "", 403, []string{"access.case_missing"}, func(c *ProbeCall) { c.Case = "" })
	}
	add("no_token", "", 401, nil, func(c *ProbeCall) { c.Token = TokenNone })
	add("expired_token", "", 401, nil, func(c *ProbeCall) { c.Token = TokenExpired })
	add("not_accepted", "", 403, []string{"access.not_accepted"}, func(c *ProbeCall) { c.Token = TokenOrdinary })
	return list
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
	a, err := s.t.prober.Call(ctx, c)
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
	switch {
	case a.Status != p.status && (!p.early || a.Status != 400):
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
	parts := []string{c.Dataset, "token=" + string(c.Token), "purpose=" + c.Purpose, "fields=" + strings.Join(c.Fields, ","), fmt.Sprintf("limit=%d", c.Limit)}
	for _, column := range slices.Sorted(maps.Keys(c.Filter)) {
		parts = append(parts, "filter="+column)
	}
	return strings.Join(parts, " ")
}

// accuracy: only approved fields came, within the approved rows, with the values of the source.
func (s *suite) accuracy(ctx context.Context) error {
	v, scope := &s.run.Accuracy, s.Config.Scope
	v.MinPercent = s.Config.Parameters.MinAccuracyPct
	n := s.Config.Parameters.SampleRecords
	for _, most := range []int64{scope.RecordsPerCall, scope.RecordsPerDay / 4, scope.PersonsPerDay / 4} {
		if most > 0 {
			n = min(n, most)
		}
	}
	c := s.base()
	c.Limit = n
	a, err := s.call(ctx, c)
	if err != nil {
		return err
	}
	s.run.Cases = append(s.run.Cases, probe{name: "sample", call: c, status: 200}.judge(a))
	sample, err := s.t.sampler.Sample(ctx, s.Config.Dataset, scope.Columns, scope.Rows, n)
	if err != nil {
		return fmt.Errorf("read source sample of %s: %w", s.Config.Dataset, err)
	}
	s.compare(a.Records, sample)
	v.Pass = v.Records > 0 && v.Compared > 0 && v.Percent >= v.MinPercent && len(v.Unexpected) == 0 && len(v.Missing) == 0 && v.OutOfScope == 0
	return nil
}

// compare record by record, field by field. Only names and counts are kept (invariant 7 of connection).
func (s *suite) compare(got, want []map[string]any) {
	v, scope := &s.run.Accuracy, s.Config.Scope
	v.Records = int64(len(got))
	approved, wrong, missing, unexpected := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range scope.Columns {
		approved[c.Out()] = true
	}
	for i, rec := range got {
		for name := range rec {
			if !approved[name] {
				unexpected[name] = true
			}
		}
		for name := range approved {
			value, came := rec[name]
			if !came {
				missing[name] = true
				continue
			}
			v.Compared++
			if i >= len(want) || text(value) != text(want[i][name]) {
				v.Wrong++
				wrong[name] = true
			}
		}
		if outside(rec, scope) {
			v.OutOfScope++
		}
	}
	if len(want) > len(got) { // records that the source has and the exchange kept back
		v.Wrong += int64((len(want) - len(got)) * len(approved))
		v.Compared += int64((len(want) - len(got)) * len(approved))
	}
	if v.Compared > 0 {
		v.Percent = math.Round(float64(v.Compared-v.Wrong)/float64(v.Compared)*10000) / 100
	}
	v.WrongIn, v.Missing, v.Unexpected = slices.Sorted(maps.Keys(wrong)), slices.Sorted(maps.Keys(missing)), slices.Sorted(maps.Keys(unexpected))
}

// outside reports a record that a row rule should have kept back, where the rule's column can be seen.
func outside(rec map[string]any, scope connection.Scope) bool {
	for _, rule := range scope.Rows {
		for _, c := range scope.Columns {
			value, came := rec[c.Out()]
			if c.Name == rule.Column && c.Mask == access.MaskNone && came && !slices.Contains(rule.In, text(value)) {
				return true
			}
		}
	}
	return false
}

// text is a value as it reads in JSON, so that a number and its digits compare equal.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return strings.Trim(string(raw), `"`)
}

// stability: many calls, few errors, fast. The tests use at most half of a minute's quota and a quarter of a day's, so
// that the first real call still finds room.
func (s *suite) stability(ctx context.Context) error {
	v, p, scope := &s.run.Stability, s.Config.Parameters, s.Config.Scope
	v.MaxRate, v.MaxP95 = p.MaxErrorRate, p.MaxP95Millis
	n := max(min(p.TestCalls, scope.CallsPerMinute/2, scope.CallsPerDay/4), 1)
	var took []int64
	for range n {
		a, err := s.t.prober.Call(ctx, s.base())
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("measure stability: %w", err)
		}
		v.Calls++
		if err != nil || a.Status != 200 {
			v.Errors++
			continue
		}
		took = append(took, a.Duration.Milliseconds())
	}
	slices.Sort(took)
	v.ErrorRate = float64(v.Errors) / float64(v.Calls)
	v.P50Millis, v.P95Millis = percentile(took, 50), percentile(took, 95)
	v.Pass = len(took) > 0 && v.ErrorRate <= v.MaxRate && v.P95Millis <= v.MaxP95
	return nil
}

// percentile by nearest rank.
func percentile(sorted []int64, p int) int64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max((len(sorted)*p+99)/100-1, 0)]
}

package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/fault"
)

// comparison gathers the names of fields over all ways; values are compared and forgotten (invariant 7 of connection).
type comparison struct {
	came, wrong, missing, unexpected map[string]bool
	read                             bool // records were read, so every approved field should have come
}

func newComparison() *comparison {
	return &comparison{came: map[string]bool{}, wrong: map[string]bool{}, missing: map[string]bool{}, unexpected: map[string]bool{}}
}

// accuracy: on every way only approved fields came, within the approved rows, with the values of the source.
func (s *suite) accuracy(ctx context.Context) error {
	v := &s.run.Accuracy
	v.MinPercent = s.Config.Parameters.MinAccuracyPct
	every := true
	for _, t := range s.targets {
		before := v.Records
		check := s.checkWarehouse
		switch {
		case t.updates():
			check = s.checkUpdate
		case t.op != nil:
			check = s.checkService
		}
		if err := check(ctx, t); err != nil {
			return err
		}
		every = every && v.Records > before
	}
	if s.seen.read {
		for _, c := range s.Config.Scope.Columns {
			s.seen.missing[c.Out()] = s.seen.missing[c.Out()] || !s.seen.came[c.Out()]
		}
	}
	if v.Compared > 0 {
		v.Percent = math.Round(float64(v.Compared-v.Wrong)/float64(v.Compared)*10000) / 100
	}
	v.WrongIn, v.Missing, v.Unexpected = names(s.seen.wrong), names(s.seen.missing), names(s.seen.unexpected)
	v.Pass = every && v.Compared > 0 && v.Percent >= v.MinPercent && len(v.Unexpected) == 0 && len(v.Missing) == 0 && v.OutOfScope == 0
	return nil
}

func names(set map[string]bool) []string {
	maps.DeleteFunc(set, func(_ string, in bool) bool { return !in })
	return slices.Sorted(maps.Keys(set))
}

// sampleSize is bounded by the quotas, of which the tests use a part.
func (s *suite) sampleSize() int64 {
	scope, n := s.Config.Scope, s.Config.Parameters.SampleRecords
	if s.Request.Need.People() {
		n = min(n, screenPage)
	}
	for _, most := range []int64{scope.RecordsPerCall, scope.RecordsPerDay / 4, scope.PersonsPerDay / 4} {
		if most > 0 {
			n = min(n, most)
		}
	}
	return n
}

func (s *suite) checkWarehouse(ctx context.Context, t target) error {
	n, scope := s.sampleSize(), s.Config.Scope
	c := s.base(t)
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
	return nil
}

// checkService compares what came through the exchange with what the provider itself says.
func (s *suite) checkService(ctx context.Context, t target) error {
	c := s.base(t)
	a, err := s.call(ctx, c)
	if err != nil {
		return err
	}
	s.run.Cases = append(s.run.Cases, probe{name: "sample", subject: t.op.Code, call: c, status: 200}.judge(a))
	source, err := s.prober.Source(ctx, *c.Service, s.Config.Scope.Rows)
	if err = silent(err); err != nil {
		return fmt.Errorf("read sample of provider %s: %w", t.op.Service, err)
	}
	s.foreign(a)
	most := int(s.sampleSize())
	s.compare(a.Records[:min(most, len(a.Records))], source[:min(most, len(source))])
	return nil
}

// silent: a provider that does not answer gives no sample, which the verdict then shows; only our own failure ends the run.
func silent(err error) error {
	if err == nil {
		return nil
	}
	switch fault.Of(err).Kind {
	case fault.BadGateway, fault.Timeout, fault.NotFound:
		return nil
	case fault.Unavailable:
		if strings.HasPrefix(fault.Of(err).Code, "exchange.") {
			return nil
		}
	}
	return err
}

// checkUpdate asks whether the update, which the safety cases made once, stands at the source: every field that the body
// set has its value there, or after a removal the record is gone.
func (s *suite) checkUpdate(ctx context.Context, t target) error {
	v, a := &s.run.Accuracy, s.answers[t.op.Code]
	if !a.good() {
		return nil
	}
	s.foreign(a)
	for _, rec := range a.Records {
		if outside(rec, s.Config.Scope) {
			v.OutOfScope++
		}
	}
	sent, records, err := s.prober.Written(ctx, *s.base(t).Service)
	if err = silent(err); err != nil {
		return fmt.Errorf("read update at provider %s: %w", t.op.Service, err)
	}
	v.Records++
	if t.op.Method() == "DELETE" {
		v.Compared++
		v.Wrong += int64(min(len(records), 1))
		return nil
	}
	found := map[string]any{}
	for _, rec := range records {
		if matches(sent, rec) > matches(sent, found) {
			found = rec
		}
	}
	for name, value := range sent {
		v.Compared++
		if got, has := found[name]; !has || text(got) != text(value) {
			v.Wrong++
			s.seen.wrong[name] = true
		}
	}
	return nil
}

func matches(sent, rec map[string]any) int {
	n := 0
	for name, value := range sent {
		if got, has := rec[name]; has && text(got) == text(value) {
			n++
		}
	}
	return n
}

func (s *suite) foreign(a ProbeAnswer) {
	for _, place := range a.Extra {
		s.seen.unexpected[place] = true
	}
}

// compare record by record, field by field.
func (s *suite) compare(got, want []map[string]any) {
	v, scope := &s.run.Accuracy, s.Config.Scope
	v.Records += int64(len(got))
	s.seen.read = s.seen.read || len(got) > 0
	approved := map[string]bool{}
	for _, c := range scope.Columns {
		approved[c.Out()] = true
	}
	for i, rec := range got {
		for name := range rec {
			if !approved[name] {
				s.seen.unexpected[name] = true
			}
		}
		source := map[string]any{}
		if i < len(want) {
			source = want[i]
		}
		for name := range approved {
			s.compareField(name, rec, source)
		}
		if outside(rec, scope) {
			v.OutOfScope++
		}
	}
	if kept := int64(len(want)-len(got)) * int64(len(approved)); kept > 0 { // records that the source has and the exchange kept back
		v.Wrong += kept
		v.Compared += kept
	}
}

// compareField: a field that neither side has is no difference; a provider may leave out what is empty.
func (s *suite) compareField(name string, rec, source map[string]any) {
	value, came := rec[name]
	expected, has := source[name]
	if !came && !has {
		return
	}
	s.seen.came[name] = s.seen.came[name] || came
	s.seen.missing[name] = s.seen.missing[name] || !came
	s.run.Accuracy.Compared++
	if !came || !has || text(value) != text(expected) {
		s.run.Accuracy.Wrong++
		s.seen.wrong[name] = true
	}
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
	n := max(min(p.TestCalls, scope.CallsPerMinute/2, scope.CallsPerDay/4)/int64(len(s.targets)), 1)
	var took []int64
	for _, t := range s.targets {
		for range s.repeats(t, n) {
			a, err := s.repeat(ctx, t)
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("measure stability: %w", err)
			}
			v.Calls++
			if err != nil || !a.good() {
				v.Errors++
				continue
			}
			took = append(took, a.Duration.Milliseconds())
		}
	}
	slices.Sort(took)
	v.ErrorRate = float64(v.Errors) / float64(v.Calls)
	v.P50Millis, v.P95Millis = percentile(took, 50), percentile(took, 95)
	v.Pass = len(took) > 0 && v.ErrorRate <= v.MaxRate && v.P95Millis <= v.MaxP95
	return nil
}

// once: an update that is not made again counts with the one call that was made; PUT may be made again, its effect is
// the same.
func once(t target) bool { return t.updates() && t.op.Method() != "PUT" }

func (s *suite) repeats(t target, n int64) int64 {
	if once(t) {
		return 1
	}
	return n
}

func (s *suite) repeat(ctx context.Context, t target) (ProbeAnswer, error) {
	if once(t) {
		return s.answers[t.op.Code], nil
	}
	return s.prober.Call(ctx, s.base(t))
}

// percentile by nearest rank.
func percentile(sorted []int64, p int) int64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max((len(sorted)*p+99)/100-1, 0)]
}

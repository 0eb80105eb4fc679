package obligation

import (
	"testing"
	"time"
)

func TestEvaluate(t *testing.T) {
	now := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	good := Facts{
		LastFlow: ago(1), Table: true, Fields: 5, Mapped: 5, Stored: true, DataTime: ago(10), DueAt: now.AddDate(0, 0, 20),
		Judged: &Judged{At: ago(10), Read: 1000, Rejected: 10, Missing: 5, Mandatory: 3},
	}
	with := func(change func(*Facts)) Facts {
		f := good
		j := *good.Judged
		f.Judged = &j
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		facts Facts
		kind  Kind
		light Light
		code  string
	}{
		"a flow of yesterday":                 {good, Connected, Met, "flow"},
		"a flow of thirty days ago":           {with(func(f *Facts) { f.LastFlow = ago(30) }), Connected, Met, "flow"},
		"a flow of thirty-one days ago":       {with(func(f *Facts) { f.LastFlow = ago(31) }), Connected, Unmet, "flow_old"},
		"no flow ever":                        {with(func(f *Facts) { f.LastFlow = time.Time{} }), Connected, Unmet, "flow_never"},
		"all fields mapped":                   {good, Standardised, Met, "mapped"},
		"one field not mapped":                {with(func(f *Facts) { f.Mapped = 4 }), Standardised, Unmet, "mapped_part"},
		"no schema":                           {with(func(f *Facts) { f.Fields, f.Mapped = 0, 0 }), Standardised, Unmet, "no_schema"},
		"documents have no fields":            {with(func(f *Facts) { f.Table, f.Fields = false, 0 }), Standardised, NotAssessed, "no_rows"},
		"in time":                             {good, Updated, Met, "update"},
		"late within the grace of three days": {with(func(f *Facts) { f.DataTime, f.DueAt = ago(32), ago(2) }), Updated, Met, "update"},
		"late beyond the grace":               {with(func(f *Facts) { f.DataTime, f.DueAt = ago(34), ago(4) }), Updated, Unmet, "update_late"},
		"hourly, an hour of grace":            {with(func(f *Facts) { f.DataTime, f.DueAt = now.Add(-119*time.Minute), now.Add(-59*time.Minute) }), Updated, Met, "update"},
		"hourly, later than that":             {with(func(f *Facts) { f.DataTime, f.DueAt = now.Add(-122*time.Minute), now.Add(-62*time.Minute) }), Updated, Unmet, "update_late"},
		"never delivered":                     {with(func(f *Facts) { f.Stored = false }), Updated, Unmet, "update_never"},
		"read at its source":                  {with(func(f *Facts) { f.Stored, f.Served = false, true }), Updated, NotAssessed, "at_source"},
		"without a period":                    {with(func(f *Facts) { f.DueAt = time.Time{} }), Updated, NotAssessed, "no_period"},
		"a good delivery":                     {good, Quality, Met, "quality"},
		"exactly 95 percent valid":            {with(func(f *Facts) { f.Judged.Rejected = 50 }), Quality, Met, "quality"},
		"less than 95 percent valid":          {with(func(f *Facts) { f.Judged.Rejected = 51 }), Quality, Unmet, "quality_low"},
		"less than 90 percent complete":       {with(func(f *Facts) { f.Judged.Missing = 301 }), Quality, Unmet, "quality_low"},
		"nothing delivered":                   {with(func(f *Facts) { f.Judged = nil }), Quality, NotAssessed, "quality_none"},
		"an empty delivery":                   {with(func(f *Facts) { f.Judged.Read = 0 }), Quality, NotAssessed, "quality_none"},
	} {
		if got := Evaluate(c.facts, now)[c.kind]; got.Light != c.light || got.Code != "obligation.why."+c.code {
			t.Errorf("%s: %s %s, want %s %s", name, got.Light, got.Code, c.light, c.code)
		}
	}
	for kind, f := range Evaluate(Facts{}, now) {
		if f.Light == Met {
			t.Errorf("invariant 1: %s is green without any fact", kind)
		}
	}
}

package connectionweb

import (
	"math"
	"net/url"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
)

// actForm is what the forms of all steps send; each step reads its own part.
type actForm struct {
	Revision       int64    `form:"revision"`
	Comment        string   `form:"comment"`
	DocumentNumber string   `form:"document_number"`
	DocumentTitle  string   `form:"document_title"`
	Attest         bool     `form:"attest"`
	Missing        string   `form:"missing_items"`
	Questions      string   `form:"questions"`
	Stand          string   `form:"stand"`
	Exclude        []string `form:"exclude_fields"`
	Limits         string   `form:"limits"`
	Citation       string   `form:"legal_citation"`
	DecisionNumber string   `form:"decision_number"`
	DecisionTitle  string   `form:"decision_title"`
	Version        int64    `form:"version"`
	OK             bool     `form:"ok"`
	ReasonClass    string   `form:"reason_class"`
	ExpectedEnd    string   `form:"expected_end"`
	orderForm

	scopeForm
	parametersForm

	values url.Values
}

type scopeForm struct {
	Columns         []string `form:"columns"`
	Purposes        []string `form:"purposes"`
	Levels          []string `form:"levels"`
	Roles           []string `form:"roles"`
	Rows            string   `form:"rows"`
	Operations      []string `form:"operations"`
	CallsPerMinute  int64    `form:"calls_per_minute"`
	CallsPerDay     int64    `form:"calls_per_day"`
	RecordsPerCall  int64    `form:"records_per_call"`
	RecordsPerDay   int64    `form:"records_per_day"`
	PersonsPerDay   int64    `form:"persons_per_day"`
	Addresses       string   `form:"source_addresses"`
	CaseRequired    bool     `form:"case_required"`
	OfficerRequired bool     `form:"officer_required"`
	From            string   `form:"valid_from"`
	To              string   `form:"valid_to"`
}

type parametersForm struct {
	Timeout   int64  `form:"timeout_ms"`
	Retries   int64  `form:"retries"`
	Cache     int64  `form:"cache_seconds"`
	PageSize  int64  `form:"page_size"`
	TestCalls int64  `form:"test_calls"`
	MaxP95    int64  `form:"max_p95_ms"`
	MaxErrors string `form:"max_error_percent"`
	Sample    int64  `form:"sample_records"`
	Accuracy  string `form:"min_accuracy_pct"`
	Alert     string `form:"alert_error_percent"`
	Schedule  string `form:"schedule"`
}

func (f actForm) input() connection.Input {
	in := connection.Input{
		Revision: f.Revision, Comment: f.Comment, Attest: f.Attest, Missing: lines(f.Missing), Questions: f.Questions, Citation: f.Citation,
		Opinion:  connection.Opinion{Stand: connection.Stand(f.Stand), Exclude: f.Exclude, Limits: f.Limits, Citation: f.Citation},
		Decision: connection.Document{Number: f.DecisionNumber, Title: f.DecisionTitle}, Reviewed: f.Version, OK: f.OK,
		ReasonClass: f.ReasonClass, ExpectedEnd: connection.Day(f.ExpectedEnd), Hours: f.hours(),
	}
	if f.DocumentNumber != "" || f.DocumentTitle != "" {
		in.Documents = []connection.Document{{Number: f.DocumentNumber, Title: f.DocumentTitle}}
	}
	return in
}

// checklist reads the appraisal form: item.<item>, note.<item>, needed.<field>, mask.<field>, note.<field>.
func (f actForm) checklist() connection.Checklist {
	c := connection.Checklist{Items: map[connection.Item]connection.Finding{}, Fields: map[string]connection.Necessity{}}
	for _, item := range connection.Items() {
		if a := f.values.Get(string(item)); a != "" {
			c.Items[item] = connection.Finding{Answer: connection.Answer(a), Comment: clean(f.values.Get("note." + string(item)))}
		}
	}
	for _, name := range f.values["field"] {
		x := connection.Necessity{
			Needed: f.values.Get("needed."+name) != "", Alternative: connection.Alternative(f.values.Get("alternative." + name)),
			Mask: access.MaskKind(f.values.Get("mask." + name)), As: clean(f.values.Get("as." + name)), Comment: clean(f.values.Get("note." + name)),
		}
		x.Values, x.Not = compared(f.values.Get("values." + name))
		c.Fields[name] = x
	}
	return c
}

func (f actForm) scope() *connection.Scope {
	s := &connection.Scope{
		Purposes: f.Purposes, Roles: rolesOf(f.Roles), Rows: rowRules(f.Rows), Operations: f.Operations, CallsPerMinute: f.CallsPerMinute, CallsPerDay: f.CallsPerDay, RecordsPerCall: f.RecordsPerCall,
		RecordsPerDay: f.RecordsPerDay, PersonsPerDay: f.PersonsPerDay, Addresses: lines(f.Addresses), CaseRequired: f.CaseRequired,
		OfficerRequired: f.OfficerRequired, From: connection.Day(f.From), To: connection.Day(f.To),
	}
	for _, l := range f.Levels {
		s.Levels = append(s.Levels, access.Level(l))
	}
	for _, name := range f.Columns {
		c := access.Column{Name: name, Mask: access.MaskKind(f.values.Get("mask." + name)), As: clean(f.values.Get("as." + name)), Reveal: f.values.Get("reveal."+name) != ""}
		if c.Mask == access.MaskYesNo {
			c.Values, c.Not = compared(f.values.Get("values." + name))
		}
		s.Columns = append(s.Columns, c)
	}
	return s
}

// compared reads what a value is compared with; "!" before it asks whether the value is none of them.
func compared(s string) (values []string, not bool) {
	text, not := strings.CutPrefix(clean(s), "!")
	return items(text), not
}

// parameters laid over those in force; zero fields of the form are what the user typed.
func (f actForm) parameters(now connection.Parameters) *connection.Parameters {
	now.TimeoutMillis, now.Retries, now.CacheSeconds, now.PageSize = f.Timeout, f.Retries, f.Cache, f.PageSize
	now.TestCalls, now.MaxP95Millis, now.Schedule = f.TestCalls, f.MaxP95, f.Schedule
	if f.Sample != 0 {
		now.SampleRecords = f.Sample
	}
	for _, x := range []struct {
		text string
		to   *float64
		of   float64
	}{{f.MaxErrors, &now.MaxErrorRate, 100}, {f.Alert, &now.AlertErrors, 100}, {f.Accuracy, &now.MinAccuracyPct, 1}} {
		if x.text != "" {
			*x.to = percent(x.text) / x.of
		}
	}
	return &now
}

// percent reads "99,5" or "99.5"; what is no number is outside every range.
func percent(s string) float64 {
	x, err := strconv.ParseFloat(strings.ReplaceAll(clean(s), ",", "."), 64)
	if err != nil || math.IsNaN(x) {
		return -1
	}
	return x
}

func clean(s string) string { return strings.TrimSpace(s) }

// lines are the non-empty lines of a text.
func lines(s string) []string { return split(s, "\n") }

// items are the values between commas.
func items(s string) []string { return split(s, ",") }

func split(s, sep string) []string {
	var out []string
	for part := range strings.SplitSeq(s, sep) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// rowRules reads "column = value, value", one rule a line.
func rowRules(s string) []access.RowRule {
	var out []access.RowRule
	for _, line := range lines(s) {
		column, values, _ := strings.Cut(line, "=")
		out = append(out, access.RowRule{Column: strings.TrimSpace(column), In: items(values)})
	}
	return out
}

func rowText(rules []access.RowRule) string {
	var out []string
	for _, r := range rules {
		out = append(out, r.Column+" = "+strings.Join(r.In, ", "))
	}
	return strings.Join(out, "\n")
}

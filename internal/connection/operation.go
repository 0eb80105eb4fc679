package connection

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// Operation is one declared call of a provider's service that carries the dataset.
type Operation struct {
	Code    string `json:"code"`              // "GET /khai-sinh/{id}", as grants and evidence name it
	Service string `json:"service"`           // "H38.06/hotich/khai-sinh"
	Updates bool   `json:"updates,omitempty"` // changes the provider's data
	Active  bool   `json:"active"`            // its service is not suspended
}

// Supply says by which ways a dataset reaches its consumers.
type Supply struct {
	Published  bool // a version stands in the warehouse
	Operations []Operation
}

// supplied adds the ways of supply to what the register of datasets knows. Without a source a dataset counts as published.
func (s *Service) supplied(ctx context.Context, code string) (Dataset, error) {
	d, err := s.sources.Dataset(ctx, code)
	if err != nil {
		return d, err
	}
	d.Supply.Published = true
	if s.sources.Supply != nil {
		d.Supply, err = s.sources.Supply(ctx, code)
	}
	return d, err
}

// Operation finds a declared operation.
func (d Dataset) Operation(code string) (Operation, bool) {
	for _, o := range d.Operations {
		if o.Code == code {
			return o, true
		}
	}
	return Operation{}, false
}

// Method of the operation.
func (o Operation) Method() string { method, _, _ := strings.Cut(o.Code, " "); return method }

// Path of the operation below its service, "/khai-sinh/{id}".
func (o Operation) Path() string { _, path, _ := strings.Cut(o.Code, " "); return path }

// Body reports an operation that takes a JSON body.
func (o Operation) Body() bool { return slices.Contains([]string{"POST", "PUT", "PATCH"}, o.Method()) }

// Fits reports that a right of the level may hold the operation: UPDATE holds what changes, USE what reads (Điều 21.3).
func (o Operation) Fits(l access.Level) bool {
	return l == access.LevelUpdate && o.Updates || l == access.LevelUse && !o.Updates
}

func parameter(segment string) bool { return strings.HasPrefix(segment, "{") }

// parameters counts the values that the operation's path needs.
func (o Operation) parameters() int {
	n := 0
	for s := range strings.SplitSeq(o.Path(), "/") {
		if parameter(s) {
			n++
		}
	}
	return n
}

// Filled is the operation's path with the values of a test subject: "02683/999190000123" has two of them. False when
// their number is another one.
func (o Operation) Filled(subject string) ([]string, bool) {
	values := strings.Split(subject, "/")
	if n := o.parameters(); n == 0 {
		values = nil
	} else if len(values) != n {
		return nil, false
	}
	var out []string
	for s := range strings.SplitSeq(strings.TrimPrefix(o.Path(), "/"), "/") {
		if parameter(s) {
			s, values = values[0], values[1:]
		}
		if s != "" {
			out = append(out, s)
		}
	}
	return out, true
}

// checkOperations of a need or a scope against what is declared and the levels asked.
func checkOperations(p *problems, codes []string, levels []access.Level, d Dataset) {
	for i, code := range codes {
		o, known := d.Operation(code)
		p.when(!known, "operations", "connection.operation_unknown", code)
		p.when(known && !o.Active, "operations", "connection.operation_suspended", code)
		p.when(slices.Contains(codes[:i], code), "operations", "connection.operation_twice", code)
		fits := slices.ContainsFunc(levels, o.Fits)
		p.when(known && !fits && o.Updates, "operations", "connection.operation_updates", code)
		p.when(known && !fits && !o.Updates, "operations", "connection.operation_reads", code)
	}
	// Where the warehouse holds nothing, a right without operations would open nothing.
	reads := slices.Contains(levels, access.LevelUse) && !d.Published && len(d.Operations) > 0
	writes := slices.Contains(levels, access.LevelUpdate) && slices.ContainsFunc(d.Operations, func(o Operation) bool { return o.Updates })
	p.when((reads || writes) && len(codes) == 0, "operations", "connection.operation_missing")
}

// checkTests: the platform must be able to call each operation before its acceptance, with data that the provider keeps
// for tests.
func (n Need) checkTests(p *problems, d Dataset) {
	body := map[string]any{}
	unreadable := !blank(n.TestBody) && json.Unmarshal([]byte(n.TestBody), &body) != nil
	p.when(unreadable, "test_body", "connection.test_body_invalid")
	for _, s := range n.TestSubjects {
		p.when(blank(s) || strings.ContainsAny(s, "%?#;\\") || s != strings.TrimSpace(s), "test_subjects", "connection.test_subject_invalid")
		p.when(slices.ContainsFunc(strings.Split(s, "/"), couldBeReal), "test_subjects", "connection.test_subject_real")
	}
	for _, code := range n.Operations {
		o, known := d.Operation(code)
		if !known {
			continue
		}
		fits := slices.ContainsFunc(n.TestSubjects, func(s string) bool { _, ok := o.Filled(s); return ok })
		p.when(o.parameters() > 0 && !fits, "test_subjects", "connection.test_subject_missing", code)
		p.when(o.Updates && !d.readsBack(o), "operations", "connection.operation_unverifiable", code)
		p.when(o.Body() && blank(n.TestBody), "test_body", "connection.test_body_missing", code)
	}
}

// readsBack: what an update did can be read at the same path of its service, so that the test can see it.
func (d Dataset) readsBack(o Operation) bool {
	read, has := d.Operation("GET " + o.Path())
	return has && read.Service == o.Service
}

// couldBeReal: a personal identifier has 12 digits and begins with the number of a province, of which there are at most
// 96. A test goes with a number that nobody can have.
func couldBeReal(s string) bool {
	if len(s) != 12 || strings.Trim(s, "0123456789") != "" {
		return false
	}
	return s[:3] > "000" && s[:3] <= "096"
}

// operationsOf are the approved operations that a right of the level may hold.
func (s Scope) operationsOf(l access.Level, d Dataset) []string {
	var out []string
	for _, code := range s.Operations {
		if o, known := d.Operation(code); known && o.Fits(l) {
			out = append(out, code)
		}
	}
	return out
}

// stillServed: what was approved is still declared and open when the right is made.
func (s Scope) stillServed(d Dataset) error {
	var p problems
	checkOperations(&p, s.Operations, s.Levels, d)
	return fault.Collect(p...)
}

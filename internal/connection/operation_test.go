package connection

import (
	"slices"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

func supply() Dataset {
	return Dataset{Code: "d", Supply: Supply{Operations: []Operation{
		{Code: "GET /ho/{so}", Service: "o/s/n", Active: true}, {Code: "GET /ho", Service: "o/s/n", Active: true}, {Code: "POST /tim", Service: "o/s/n", Active: true},
		{Code: "PUT /ho/{so}", Service: "o/s/n", Active: true, Updates: true}, {Code: "POST /ho", Service: "o/s/n", Active: true, Updates: true}, {Code: "POST /khai", Service: "o/s/n", Active: true, Updates: true},
		{Code: "GET /xa/{xa}/ho/{so}", Service: "o/s/n", Active: true}, {Code: "GET /cu", Service: "o/s/cu"},
	}}}
}

func TestOperationsOfANeed(t *testing.T) {
	for _, c := range []struct {
		name, code string
		change     func(n *Need, d *Dataset)
	}{
		{"one that reads", "", func(*Need, *Dataset) {}},
		{"nothing is published and none is asked", "connection.operation_missing", func(n *Need, _ *Dataset) { n.Operations = nil }},
		{"the warehouse may be asked without any", "", func(n *Need, d *Dataset) { n.Operations, d.Published = nil, true }},
		{"no service, no operation", "", func(n *Need, d *Dataset) { n.Operations, d.Operations = nil, nil }},
		{"an undeclared one", "connection.operation_unknown", func(n *Need, _ *Dataset) { n.Operations = []string{"GET /khac"} }},
		{"one of a suspended service", "connection.operation_suspended", func(n *Need, _ *Dataset) { n.Operations = []string{"GET /cu"} }},
		{"one twice", "connection.operation_twice", func(n *Need, _ *Dataset) { n.Operations = []string{"GET /ho", "GET /ho"} }},
		{"USE holds no update", "connection.operation_updates", func(n *Need, _ *Dataset) { n.Operations, n.TestBody = []string{"PUT /ho/{so}"}, "{}" }},
		{"UPDATE holds no read", "connection.operation_reads", func(n *Need, _ *Dataset) { n.Level = access.LevelUpdate }},
		{"VIEW holds none", "connection.operation_reads", func(n *Need, _ *Dataset) { n.Level = access.LevelView }},
		{"UPDATE holds an update", "", func(n *Need, _ *Dataset) {
			n.Level, n.Operations, n.TestBody = access.LevelUpdate, []string{"PUT /ho/{so}"}, `{"ho_ten":"A"}`
		}},
		{"UPDATE without one", "connection.operation_missing", func(n *Need, d *Dataset) { n.Level, n.Operations, d.Published = access.LevelUpdate, nil, true }},
		{"an update that nobody can read back", "connection.operation_unverifiable", func(n *Need, _ *Dataset) {
			n.Level, n.Operations, n.TestBody = access.LevelUpdate, []string{"POST /khai"}, `{"ho_ten":"A"}`
		}},
		{"no identifier for the path", "connection.test_subject_missing", func(n *Need, _ *Dataset) { n.TestSubjects = nil }},
		{"too few values for the path", "connection.test_subject_missing", func(n *Need, _ *Dataset) { n.Operations = []string{"GET /xa/{xa}/ho/{so}"} }},
		{"two values for the path", "", func(n *Need, _ *Dataset) {
			n.Operations, n.TestSubjects = []string{"GET /xa/{xa}/ho/{so}"}, []string{"02683/999190000123"}
		}},
		{"a real person's identifier", "connection.test_subject_real", func(n *Need, _ *Dataset) { n.TestSubjects = []string{"010190000123"} }},
		{"a real person's identifier among others", "connection.test_subject_real", func(n *Need, _ *Dataset) { n.TestSubjects = append(n.TestSubjects, "02683/001190000123") }},
		{"an identifier that leaves its path", "connection.test_subject_invalid", func(n *Need, _ *Dataset) { n.TestSubjects = append(n.TestSubjects, "a?b=c") }},
		{"no body for a search", "connection.test_body_missing", func(n *Need, _ *Dataset) { n.Operations = []string{"POST /tim"} }},
		{"a body that is no object", "connection.test_body_invalid", func(n *Need, _ *Dataset) { n.TestBody = "[1]" }},
	} {
		n, d := Need{Level: access.LevelUse, Operations: []string{"GET /ho/{so}"}, TestSubjects: []string{"999190000123"}}, supply()
		c.change(&n, &d)
		var p problems
		checkOperations(&p, n.Operations, []access.Level{n.Level}, d)
		n.checkTests(&p, d)
		var codes []string
		for _, f := range p {
			codes = append(codes, f.Code)
		}
		if (c.code == "") != (len(codes) == 0) || c.code != "" && !slices.Contains(codes, c.code) {
			t.Errorf("%s: %v, want %q", c.name, codes, c.code)
		}
	}
}

func TestApprovedOperationsLieWithinTheRequest(t *testing.T) {
	n := Need{Level: access.LevelUse, Operations: []string{"GET /ho/{so}", "GET /ho"}}
	s := n.Requested()
	if err := s.Within(n.Requested()); err != nil {
		t.Fatal(err)
	}
	s.Operations = []string{"GET /ho"}
	if err := s.Within(n.Requested()); err != nil {
		t.Fatal(err)
	}
	if got := Narrower(n.Requested(), s); len(got) != 1 || got[0] != (Difference{What: "operation_refused", Subject: "GET /ho/{so}"}) {
		t.Errorf("%+v", got)
	}
	s.Operations = []string{"GET /ho", "POST /tim"}
	if err := s.Within(n.Requested()); !fault.Is(err, "connection.scope_wider") {
		t.Errorf("an operation that was not asked: %v", err)
	}
}

func TestFilledPath(t *testing.T) {
	for code, want := range map[string]string{"GET /ho/{so}": "ho/999", "GET /ho": "ho", "GET /": "", "GET /xa/{xa}/ho/{so}": "no"} {
		got, fits := Operation{Code: code}.Filled("999")
		if !fits {
			got = []string{"no"}
		}
		if strings.Join(got, "/") != want {
			t.Errorf("%s: %v", code, got)
		}
	}
}

func TestOthersDoNotSeeTheTestData(t *testing.T) {
	r := &Request{Need: Need{TestSubjects: []string{"999190000123"}, TestBody: "{}", Operations: []string{"GET /ho"}}}
	if p := r.Public(); p.Need.TestSubjects != nil || p.Need.TestBody != "" || len(p.Need.Operations) != 1 || r.Need.TestSubjects == nil {
		t.Errorf("%+v", p.Need)
	}
}

package flow_test

import (
	"slices"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/connection/connectiontest"
	"lienthong/internal/flow"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

const (
	readOne  = "GET /khai-sinh/{so}"
	readMany = "GET /khai-sinh"
	change   = "PUT /khai-sinh/{so}"
)

// served makes the dataset one that comes through a provider's service.
func served(t *testing.T, published bool, level access.Level, operations ...string) *bench {
	t.Helper()
	b := newBench(t, testkit.DB(t))
	service := "H38.06/hotich/khai-sinh"
	b.w.Supply = connection.Supply{Published: published, Operations: []connection.Operation{
		{Code: readOne, Service: service, Active: true}, {Code: readMany, Service: service, Active: true}, {Code: change, Service: service, Updates: true, Active: true},
	}}
	b.w.Need = func() connection.Need {
		n := connectiontest.Need()
		n.Operations, n.Level, n.TestSubjects, n.TestBody = operations, level, []string{"999190000123"}, `{"ho_ten":"Sùng A Páo"}`
		return n
	}
	b.w.Scope = func() connection.Scope {
		s := connectiontest.Scope()
		s.Operations, s.Levels = operations, []access.Level{level}
		return s
	}
	return b
}

func (b *bench) run(t *testing.T) connection.Run {
	t.Helper()
	r := b.testing(t)
	_, run, err := b.test.Run(connectiontest.Engineer(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func cases(run connection.Run, name string) []connection.Case {
	var out []connection.Case
	for _, c := range run.Cases {
		if c.Name == name {
			out = append(out, c)
		}
	}
	return out
}

func TestTestConnectionProbesProviders(t *testing.T) {
	b := served(t, false, access.LevelUse, readOne)
	run := b.run(t)
	if !run.Passed {
		t.Fatalf("failing %v: %+v", run.Failing(), run)
	}
	for _, name := range []string{"allowed", "forbidden_operation", "unknown_operation", "wrong_purpose", "no_purpose", "no_case", "no_token", "expired_token", "not_accepted", "sample"} {
		if len(cases(run, name)) == 0 {
			t.Errorf("no case %s", name)
		}
	}
	if got := cases(run, "forbidden_operation"); len(got) != 2 || got[0].Subject != readMany || got[0].Code != "access.operation_not_granted" || got[1].Subject != change || got[1].Code != "access.level_required" {
		t.Errorf("%+v", got)
	}
	if got := cases(run, "unsafe_method"); len(got) != 1 || got[0].Subject != "PATCH /khai-sinh/{so}" || got[0].Code != "exchange.method_not_granted" {
		t.Errorf("%+v", got)
	}
	if len(cases(run, "forbidden_field")) != 0 || b.exchange.provider.updates != 0 || run.Accuracy.Records != 3 || run.Accuracy.Percent != 100 || run.Stability.Calls != 20 {
		t.Errorf("%+v %+v %+v", run.Accuracy, run.Stability, b.exchange.provider)
	}
	for _, c := range run.Cases { // invariant 7 of connection
		if strings.Contains(c.Request+c.Subject, "999190000123") {
			t.Errorf("a subject stands in the report: %+v", c)
		}
	}
}

func TestTestConnectionProbesBothWays(t *testing.T) {
	b := served(t, true, access.LevelUse, readOne, readMany)
	run := b.run(t)
	if !run.Passed || len(cases(run, "sample")) != 3 || len(cases(run, "forbidden_field")) != 1 || len(cases(run, "allowed")) != 3 || len(cases(run, "no_token")) != 2 {
		t.Fatalf("failing %v: %+v", run.Failing(), run.Cases)
	}
}

func TestTestConnectionProvesAnUpdate(t *testing.T) {
	b := served(t, true, access.LevelUpdate, change)
	run := b.run(t)
	if !run.Passed || run.Accuracy.Compared != 1 || b.exchange.provider.calls != 0 {
		t.Fatalf("failing %v: %+v", run.Failing(), run)
	}
	if got := cases(run, "forbidden_operation"); len(got) != 1 || got[0].Subject != readOne || got[0].Code != "access.level_required" {
		t.Errorf("an UPDATE right is no right to read: %+v", got)
	}
	b.exchange.provider.loses = true
	if run := b.run(t); run.Passed || !slices.Equal(run.Accuracy.WrongIn, []string{"ho_ten"}) {
		t.Errorf("an update that the source does not hold passed: %+v", run.Accuracy)
	}
}

func TestTestConnectionFindsWhatIsWrongAtAProvider(t *testing.T) {
	b := served(t, false, access.LevelUse, readOne)
	for name, c := range map[string]struct {
		damage  func(x *exchange)
		failing string
	}{
		"a nested field leaves that nobody approved": {func(x *exchange) { x.provider.extra = []string{"$.cha.sdt"} }, "accuracy"},
		"values differ from the provider's":          {func(x *exchange) { x.alter = "ho_ten" }, "accuracy"},
		"the provider cannot be asked":               {func(x *exchange) { x.provider.gone = true }, "accuracy"},
		"nothing comes":                              {func(x *exchange) { x.records = nil }, "accuracy"},
		"an undeclared method passes":                {func(x *exchange) { x.unsafe = true }, "safety"},
		"calls fail":                                 {func(x *exchange) { x.fails = 2 }, "allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			good := *b.exchange
			defer func() { *b.exchange = good }()
			c.damage(b.exchange)
			if run := b.run(t); run.Passed || !slices.Contains(run.Failing(), c.failing) {
				t.Fatalf("failing %v", run.Failing())
			}
		})
	}
}

func TestGrantsHoldTheOperationsOfTheirLevel(t *testing.T) {
	for level, operations := range map[access.Level][]string{access.LevelUse: {readOne, readMany}, access.LevelUpdate: {change}} {
		b := served(t, false, level, operations...)
		r := b.w.Until(connection.Approved)
		got, err := b.grant.Run(connectiontest.Engineer(), r.ID, connection.Input{})
		if err != nil {
			t.Fatal(err)
		}
		grants, err := b.w.Access.GrantsOfRequest(t.Context(), string(got.Request.ID))
		if err != nil || len(grants) != 1 || !slices.Equal(grants[0].Operations, operations) {
			t.Errorf("%s: %+v, %v", level, grants, err)
		}
	}
	b := served(t, false, access.LevelUse, readOne)
	r := b.w.Until(connection.Approved)
	b.w.Supply.Operations[0].Active = false
	if _, err := b.grant.Run(connectiontest.Engineer(), r.ID, connection.Input{}); !fault.Is(err, "connection.operation_suspended") {
		t.Errorf("a right on a suspended service: %v", err)
	}
}

var _ flow.Prober = (*exchange)(nil)

package connection

import (
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

func TestWithin(t *testing.T) {
	wide := Scope{
		Columns: []access.Column{{Name: "a"}, {Name: "b", Mask: access.MaskPartial}}, Rows: []access.RowRule{{Column: "xa", In: []string{"1", "2"}}},
		Purposes: []string{"P", "Q"}, Levels: []access.Level{access.LevelUse}, CallsPerMinute: 10, CallsPerDay: 100, Addresses: []string{"10.0.0.0/8"},
		CaseRequired: true, From: "2026-11-01", To: "2027-01-01",
	}
	for _, c := range []struct {
		name   string
		change func(s *Scope)
		wider  bool
	}{
		{"the same", func(*Scope) {}, false},
		{"fewer fields", func(s *Scope) { s.Columns = s.Columns[:1] }, false},
		{"a mask more", func(s *Scope) { s.Columns = []access.Column{{Name: "a", Mask: access.MaskHide}} }, false},
		{"fewer rows", func(s *Scope) { s.Rows = []access.RowRule{{Column: "xa", In: []string{"1"}}} }, false},
		{"one rule more", func(s *Scope) { s.Rows = append(s.Rows, access.RowRule{Column: "b", In: []string{"x"}}) }, false},
		{"one address of the network", func(s *Scope) { s.Addresses = []string{"10.2.3.4"} }, false},
		{"shorter", func(s *Scope) { s.To = "2026-12-01" }, false},

		{"a field more", func(s *Scope) { s.Columns = append(s.Columns, access.Column{Name: "c"}) }, true},
		{"a mask lifted", func(s *Scope) { s.Columns = []access.Column{{Name: "b"}} }, true},
		{"another mask", func(s *Scope) { s.Columns = []access.Column{{Name: "b", Mask: access.MaskHash}} }, true},
		{"a row value more", func(s *Scope) { s.Rows = []access.RowRule{{Column: "xa", In: []string{"1", "3"}}} }, true},
		{"the row rule gone", func(s *Scope) { s.Rows = nil }, true},
		{"the row rule empty", func(s *Scope) { s.Rows = []access.RowRule{{Column: "xa"}} }, true},
		{"a purpose more", func(s *Scope) { s.Purposes = append(s.Purposes, "R") }, true},
		{"a level more", func(s *Scope) { s.Levels = append(s.Levels, access.LevelShare) }, true},
		{"more calls", func(s *Scope) { s.CallsPerMinute = 11 }, true},
		{"no limit of calls", func(s *Scope) { s.CallsPerDay = 0 }, true},
		{"a wider network", func(s *Scope) { s.Addresses = []string{"0.0.0.0/0"} }, true},
		{"no address, which means any", func(s *Scope) { s.Addresses = nil }, true},
		{"the case no longer needed", func(s *Scope) { s.CaseRequired = false }, true},
		{"earlier", func(s *Scope) { s.From = "2026-10-31" }, true},
		{"longer", func(s *Scope) { s.To = "2027-01-02" }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := wide
			s.Columns = append([]access.Column(nil), wide.Columns...)
			s.Rows = append([]access.RowRule(nil), wide.Rows...)
			s.Purposes = append([]string(nil), wide.Purposes...)
			s.Levels = append([]access.Level(nil), wide.Levels...)
			c.change(&s)
			err := s.Within(wide)
			if (err != nil) != c.wider {
				t.Fatalf("got %v", err)
			}
			if err != nil && fault.Of(err).Kind != fault.Invalid {
				t.Fatalf("a wider scope is 422, got %v", err)
			}
		})
	}
}

func TestValidityLimits(t *testing.T) {
	d := Dataset{Fields: []Field{{Name: "p", Class: access.ClassBasic}, {Name: "n", Class: access.ClassNormal}}}
	s := Scope{
		Purposes: []string{"P"}, Levels: []access.Level{access.LevelUse}, CallsPerMinute: 1, CallsPerDay: 1, Addresses: []string{"10.0.0.1"}, From: "2026-11-01",
	}
	for _, c := range []struct {
		name, field string
		to          Day
		code        string
	}{
		{"personal data: 12 months", "p", "2027-10-31", ""},
		{"personal data: a day more", "p", "2027-11-01", "connection.validity_too_long"},
		{"other data: 24 months", "n", "2028-10-31", ""},
		{"other data: a day more", "n", "2028-11-01", "connection.validity_too_long"},
		{"a field that the dataset does not describe counts as personal", "q", "2027-11-01", "connection.validity_too_long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.Columns, s.To = []access.Column{{Name: c.field}}, c.to
			if err := s.valid(d); c.code == "" && err != nil || c.code != "" && !fault.Is(err, c.code) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestGrantBeginsNowWhenTheStartIsStillToCome(t *testing.T) {
	now := time.Date(2026, 10, 20, 3, 0, 0, 0, time.UTC)
	s := Scope{From: "2026-11-01", To: "2027-10-31", Columns: []access.Column{{Name: "p"}}}
	from, to := s.validity(now, Dataset{Fields: []Field{{Name: "p", Class: access.ClassBasic}}})
	if !from.Equal(now) || to.After(now.AddDate(0, 12, 0)) {
		t.Fatalf("from %v to %v", from, to)
	}
}

func TestNarrower(t *testing.T) {
	n := completeNeed()
	s := n.Requested()
	s.Columns = []access.Column{{Name: "x", Mask: access.MaskPartial}}
	s.CallsPerDay = 50
	var got []string
	for _, d := range Narrower(n.Requested(), s) {
		got = append(got, d.What)
	}
	want := []string{"field_masked", "field_refused", "calls_per_day"}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Fatalf("got %v", got)
	}
}

func TestPatch(t *testing.T) {
	n := completeNeed()
	for _, c := range []struct{ name, patch, code string }{
		{"a member of the need", `{"calls_per_day": 5}`, ""},
		{"the state", `{"state": "approved"}`, "connection.unknown_field"},
		{"the owner", `{"owner": "X"}`, "connection.unknown_field"},
		{"the id", `{"id": "X"}`, "connection.unknown_field"},
		{"the approved scope", `{"approved_scope": {}}`, "connection.unknown_field"},
		{"inside a member", `{"technical_contact": {"role": "op_admin"}}`, "connection.unknown_field"},
		{"no object", `[]`, "connection.body_unreadable"},
		{"two values", `{} {}`, "connection.body_unreadable"},
		{"control characters", `{"responsible_person": "a\u0000b"}`, "connection.text_invalid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := n.Patched([]byte(c.patch))
			if c.code != "" {
				if !fault.Is(err, c.code) {
					t.Fatalf("got %v", err)
				}
				return
			}
			if err != nil || got.CallsPerDay != 5 || got.Responsible != n.Responsible {
				t.Fatalf("got %+v, %v", got, err)
			}
		})
	}
}

func TestCitation(t *testing.T) {
	for text, want := range map[string]bool{
		"khoản 2 Điều 9 Quy chế": true, "QĐ 12/2026/QĐ-UBND": true, "không đồng ý": false, "12345": false, "": false, "  ": false,
	} {
		if citation(text) != want {
			t.Errorf("%q: got %v", text, !want)
		}
	}
}

func TestEveryCodeHasASentence(t *testing.T) {
	for _, err := range []error{
		(Need{Level: "x", Method: "file", Fields: []string{"q", "q"}, Rows: []access.RowRule{{Column: "q"}}, Purposes: []string{"z"}, Addresses: []string{"a", "0.0.0.0/0"}}).complete(Facts{}),
		(Scope{Columns: []access.Column{{Name: "a", Mask: "x"}, {Name: "a", Mask: access.MaskYesNo}}}).valid(Dataset{}),
		(Checklist{}).passed(completeNeed(), Dataset{}),
		blocking(AssessSecurity(Need{}, Scope{Columns: []access.Column{{Name: "a"}}}, Checklist{}, Facts{System: System{Suspended: true}})),
		(Parameters{}).valid(),
	} {
		f := fault.Of(err)
		for _, item := range append(f.Items, f) {
			if text, has := Messages[item.Code]; item.Code != "input.several" && (!has || text.Vi == "" || text.En == "") {
				t.Errorf("%s has no sentence", item.Code)
			}
		}
	}
}

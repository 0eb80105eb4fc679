package connection_test

import (
	"slices"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/connection/connectiontest"
	"lienthong/internal/kit/fault"
)

// peopleScope is what is approved for people of the consumer.
func peopleScope() connection.Scope {
	s := connectiontest.Scope()
	s.Levels, s.Roles = []access.Level{access.LevelView}, []access.Role{access.LookupOfficer}
	s.Columns[0] = access.Column{Name: "so_dinh_danh", Mask: access.MaskPartial, Reveal: true}
	return s
}

func TestGrantsForPeople(t *testing.T) {
	r := &connection.Request{Agency: "H38.09", Approval: &connection.Approval{}}
	s := peopleScope()
	s.Roles = []access.Role{access.LookupOfficer, access.CommuneOfficer}
	grants := connection.GrantsOf(r, connection.Config{Scope: s}, connection.Dataset{}, connectiontest.Start)
	if len(grants) != 2 {
		t.Fatalf("%d grants", len(grants))
	}
	for i, role := range []string{"lookup_officer", "commune_officer"} {
		g := grants[i]
		if g.Subject != (access.Subject{Type: access.SubjectAgencyRole, ID: "H38.09/" + role}) || !g.Conditions.StrongAuth || g.Level != access.LevelView {
			t.Errorf("grant %d: %+v", i, g)
		}
	}
	s.Roles, s.Levels = nil, []access.Level{access.LevelUse}
	grants = connection.GrantsOf(r, connection.Config{System: "csdl", Scope: s}, connection.Dataset{}, connectiontest.Start)
	if len(grants) != 1 || grants[0].Subject != (access.Subject{Type: access.SubjectSystem, ID: "csdl"}) || grants[0].Conditions.StrongAuth {
		t.Errorf("for a system: %+v", grants)
	}
}

func TestScopeForPeopleIsNeverWider(t *testing.T) {
	wide := peopleScope()
	for name, c := range map[string]struct {
		change func(s *connection.Scope)
		wider  bool
	}{
		"the same":                {func(*connection.Scope) {}, false},
		"another role":            {func(s *connection.Scope) { s.Roles = append(slices.Clone(s.Roles), access.Analyst) }, true},
		"a system instead":        {func(s *connection.Scope) { s.Roles = nil }, true},
		"no lifting of the mask":  {func(s *connection.Scope) { s.Columns[0].Reveal = false }, false},
		"lifting another mask":    {func(s *connection.Scope) { s.Columns[3].Reveal = true }, true},
		"without the column mask": {func(s *connection.Scope) { s.Columns[0].Mask = access.MaskNone }, true},
	} {
		s := peopleScope()
		c.change(&s)
		if err := s.Within(wide); (err != nil) != c.wider {
			t.Errorf("%s: %v", name, err)
		} else if err != nil && fault.Of(err).Kind != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The roles that can look hold the permission; the operator's own never do.
func TestLookingRoles(t *testing.T) {
	roles := connection.LookingRoles()
	for _, want := range []access.Role{access.LookupOfficer, access.CommuneOfficer, access.Steward, access.Analyst} {
		if !slices.Contains(roles, want) {
			t.Errorf("%s cannot look", want)
		}
	}
	for _, r := range roles {
		if r.Province() {
			t.Errorf("%s of the operator can look", r)
		}
	}
}

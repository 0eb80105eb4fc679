package agency_test

import (
	"testing"

	"lienthong/internal/agency"
	"lienthong/internal/kit/testkit"
)

func TestLegalBasisOfCentralVerticalAgencies(t *testing.T) {
	s := service(t, testkit.DB(t))
	if _, err := s.ImportProfile(admin()); err != nil {
		t.Fatal(err)
	}
	const added = "Luật Công an nhân dân, Điều 16; theo quy định của pháp luật có liên quan"
	cases := []struct {
		name, basis, want string
		codes             []string
	}{
		{"the police own the data", "Luật Công an nhân dân, Điều 16.", added, []string{"H38.81"}},
		{"a department takes data of the police", "Luật Công an nhân dân, Điều 16", added, []string{"H38.05", "H38.81"}},
		{"what says so already stays", "Theo quy định của pháp luật có liên quan và Điều 16", "Theo quy định của pháp luật có liên quan và Điều 16", []string{"H38.81"}},
		{"departments among themselves", "Nghị định 47/2024/NĐ-CP", "Nghị định 47/2024/NĐ-CP", []string{"H38.05", "H38.09"}},
		{"nothing cited stays to be filled in", "  ", "", []string{"H38.81"}},
	}
	for _, c := range cases {
		if got, err := s.LegalBasis(t.Context(), c.basis, c.codes...); err != nil || got != c.want {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

func TestRankedAndInspectedByDefault(t *testing.T) {
	for kind, want := range map[agency.Kind]bool{
		agency.Department: true, agency.Commune: true, agency.ServiceUnit: true,
		agency.CentralVertical: false, agency.Other: false, agency.External: false,
	} {
		if kind.Ranked() != want || kind.Inspected() != want {
			t.Errorf("%s: ranked %v, inspected %v", kind, kind.Ranked(), kind.Inspected())
		}
	}
	s := service(t, testkit.DB(t))
	if _, err := s.ImportProfile(admin()); err != nil {
		t.Fatal(err)
	}
	all, err := s.List(admin(), agency.Filter{Ranked: true})
	if err != nil || len(all) < 100 {
		t.Fatalf("%d agencies, %v", len(all), err)
	}
	for _, a := range all {
		if !a.Kind.Ranked() {
			t.Errorf("a ranking holds %s, %s", a.Code, a.Kind)
		}
	}
}

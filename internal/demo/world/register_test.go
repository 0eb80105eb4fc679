package world_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/demo/world"
	"lienthong/internal/system"
)

// TestEveryRoleCanSignIn: the permission model's roles each have a person, and no person holds what excludes itself.
func TestEveryRoleCanSignIn(t *testing.T) {
	w := generate(t, 1)
	held, names := map[access.Role]bool{}, map[string]bool{}
	for _, a := range w.Accounts {
		if names[a.Username] || names[a.FullName] {
			t.Errorf("%s or %s stands twice", a.Username, a.FullName)
		}
		names[a.Username], names[a.FullName] = true, true
		for _, r := range a.Roles {
			held[r] = true
		}
		if _, _, wrong := access.Incompatible(a.Roles); wrong {
			t.Errorf("%s holds roles that exclude each other", a.Username)
		}
	}
	for _, r := range access.AllRoles() {
		if r != access.SystemAccount && r != access.SystemJob && !held[r] {
			t.Errorf("nobody holds %s", r)
		}
	}
}

// TestAgenciesAreThoseOfTheProfile: every owner is in the register that ships.
func TestAgenciesAreThoseOfTheProfile(t *testing.T) {
	raw, err := os.ReadFile("../../agency/profile/lao-cai.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	departments := 0
	for _, r := range rows[1:] {
		kinds[r[0]] = r[2]
		if r[2] == string(agency.Department) {
			departments++
		}
		if want := map[string]string{world.CommuneYTy: "02701", world.CommuneCamDuong: "02671", world.CommuneBacHa: "02839"}[r[0]]; want != "" && r[5] != want {
			t.Errorf("%s is commune %s", r[0], r[5])
		}
	}
	w := generate(t, 1)
	owner := map[string]string{}
	for _, s := range w.Systems {
		owner[s.ID] = s.Owner
		if kinds[s.Owner] == "" {
			t.Errorf("system %s belongs to %s, which is not in the profile", s.ID, s.Owner)
		}
	}
	registers := map[string]bool{}
	for _, d := range w.Datasets {
		if !d.Code().Valid() || owner[d.Entry.OfficialSystem] != d.Entry.Owner {
			t.Errorf("%s: official system %s is not of %s", d.Code(), d.Entry.OfficialSystem, d.Entry.Owner)
		}
		if n := len([]rune(d.Entry.Description)); n < 50 {
			t.Errorf("%s: description of %d characters", d.Code(), n)
		}
		for _, a := range d.Entry.Sharing.Agencies {
			if kinds[a] == "" {
				t.Errorf("%s is shared with %s, which is not in the profile", d.Code(), a)
			}
		}
		registers[d.Entry.Owner] = true
	}
	if len(world.Departments()) != departments {
		t.Errorf("%d departments, the profile has %d", len(world.Departments()), departments)
	}
	for _, code := range world.Departments() {
		if !registers[code] {
			t.Errorf("%s registers nothing", code)
		}
	}
	for _, a := range w.Accounts {
		if kinds[a.Agency] == "" {
			t.Errorf("%s acts for %s, which is not in the profile", a.Username, a.Agency)
		}
	}
}

// TestOneSystemOfEachGroup of Điều 8.2.
func TestOneSystemOfEachGroup(t *testing.T) {
	w := generate(t, 1)
	for _, group := range system.Categories() {
		if !slices.ContainsFunc(w.Systems, func(s world.SystemSpec) bool { return s.Category == group }) {
			t.Errorf("no system of group %s", group)
		}
	}
}

// TestNoTwoDatasetsHoldTheSameFacts: the catalogue refuses a second source of the same elements.
func TestNoTwoDatasetsHoldTheSameFacts(t *testing.T) {
	w := generate(t, 1)
	seen := map[string]string{}
	for _, d := range w.Datasets {
		var codes []string
		for _, f := range d.Schema.Fields {
			codes = append(codes, string(f.Element.Code))
		}
		slices.Sort(codes)
		mark := strings.Join(slices.Compact(codes), ",")
		if other := seen[mark]; other != "" {
			t.Errorf("%s holds the same elements as %s", d.Code(), other)
		}
		seen[mark] = string(d.Code())
	}
}

func TestCSVCanBeReadBack(t *testing.T) {
	f := world.File{Name: "x.csv", Header: []string{"a", "b"}, Rows: [][]string{{`nói "có"`, "một, hai"}, {"dòng\nhai", ""}}}
	rows, err := csv.NewReader(bytes.NewReader(f.CSV())).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][0] != `nói "có"` || rows[2][0] != "dòng\nhai" {
		t.Fatalf("rows %q, %v", rows, err)
	}
}

func BenchmarkGenerateDemo(b *testing.B) {
	for b.Loop() {
		if _, err := world.Generate(1, world.Demo()); err != nil {
			b.Fatal(err)
		}
	}
}

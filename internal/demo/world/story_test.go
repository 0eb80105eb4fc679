package world_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lienthong/internal/catalog"
	"lienthong/internal/demo/world"
	"lienthong/internal/dictionary"
)

func column(w *world.World, code, name string) []string {
	f := &w.Dataset(catalog.Code(code)).Files[0]
	at := f.Column(name)
	var out []string
	for _, row := range f.Rows {
		out = append(out, row[at])
	}
	return out
}

// TestStoryTwoCounts compares the lists with the deaths as a reconciliation would.
func TestStoryTwoCounts(t *testing.T) {
	for _, seed := range []uint64{1, 2, 99} {
		w := generate(t, seed)
		died := map[string]string{} // identifier to year of birth
		ids, born := column(w, world.Deaths, "so_dinh_danh"), column(w, world.Deaths, "ngay_sinh")
		for i, id := range ids {
			if died[id] != "" {
				t.Fatalf("%s died twice", id)
			}
			died[id] = born[i][:4]
		}
		compared, matches, years, short := 0, 0, 0, 0
		for _, list := range []string{world.Allowances, world.Merit} {
			ids, year := column(w, list, "so_dinh_danh"), column(w, list, "nam_sinh")
			wrong := 0
			for i, id := range ids {
				compared++
				dead, found := died[id]
				switch {
				case len(id) == 11:
					short++
				case found && dead == year[i]:
					matches++
				case found:
					years++
				default:
					continue
				}
				wrong++
			}
			if share := 1000 - wrong*1000/len(ids); share != 986 {
				t.Errorf("seed %d: consistency of %s is %d per mille", seed, list, share)
			}
		}
		if compared != 3000 || matches != 37 || years != 4 || short != 2 {
			t.Errorf("seed %d: compared %d, dead %d, years %d, short %d", seed, compared, matches, years, short)
		}
		r := w.Truth.Lists
		if r.Compared != compared || len(r.Dead) != matches || len(r.BirthYear) != years || len(r.Short) != short || r.Errors() != 43 {
			t.Errorf("seed %d: truth %d %d %d %d", seed, r.Compared, len(r.Dead), len(r.BirthYear), len(r.Short))
		}
		if !slices.Contains(r.Dead, r.Alive) || r.AliveAt != "02839" {
			t.Errorf("seed %d: the living person is not among the matches", seed)
		}
	}
}

func TestStoryOneFamilyIsOneInAllDatasets(t *testing.T) {
	w := generate(t, 5)
	f := w.Truth.Family
	if f.Mother.ID != "999190000123" || f.School == "" {
		t.Fatalf("family %+v", f)
	}
	for _, code := range []string{world.Births, world.Poor, world.Pupils} {
		if at := slices.Index(column(w, code, "so_dinh_danh"), f.Child.ID); at < 0 || column(w, code, "ho_ten")[at] != f.Child.Name {
			t.Errorf("%s does not hold the child", code)
		}
	}
	at := slices.Index(column(w, world.Births, "so_dinh_danh"), f.Child.ID)
	if column(w, world.Births, "so_dinh_danh_me")[at] != f.Mother.ID {
		t.Error("the birth names another mother")
	}
	at = slices.Index(column(w, world.Pupils, "so_dinh_danh"), f.Child.ID)
	if column(w, world.Pupils, "ban_tru")[at] != "true" || column(w, world.Pupils, "ma_xa")[at] != "02701" {
		t.Error("the child does not board in Xã Y Tý")
	}
	pupils, births := column(w, world.Pupils, "so_dinh_danh"), column(w, world.Births, "so_dinh_danh")
	slices.Sort(births)
	for _, id := range pupils {
		if _, found := slices.BinarySearch(births, id); !found {
			t.Fatalf("pupil %s was never born", id)
		}
	}
}

func TestStoryThreeLand(t *testing.T) {
	w := generate(t, 3)
	units, err := dictionary.LoadUnits()
	if err != nil {
		t.Fatal(err)
	}
	land := w.Dataset(world.Parcels)
	historic, sums, total := 0, map[string]int{}, 0
	for _, row := range land.Files[0].Rows {
		f := &land.Files[0]
		day, _ := dictionary.ParseDay(row[f.Column("ngay_ghi_nhan")])
		if row[f.Column("ma_xa")] == "02671" && day < dictionary.MergerDay {
			historic++
		}
	}
	for _, row := range land.Files[2].Rows { // 2024, mapped to today
		f := &land.Files[2]
		area, _ := strconv.Atoi(strings.ReplaceAll(row[f.Column("dien_tich_m2")], ".", ""))
		unit, problem := units.Commune(row[f.Column("ma_xa")], dictionary.DayFrom(2024, 12, 31))
		if problem != nil {
			t.Fatal(problem)
		}
		now, problem := units.Convert(unit.Province, unit.Code, dictionary.DayFrom(2024, 12, 31), dictionary.DayFrom(2026, 1, 1))
		if problem != nil {
			t.Fatal(problem)
		}
		sums[now.To.Code] += area
		total += area
	}
	if historic != w.Truth.Land.Historic || historic < 24 {
		t.Errorf("historic parcels %d, truth %d", historic, w.Truth.Land.Historic)
	}
	if total != w.Truth.Land.AreaDm24 || len(land.Files[2].Rows) != w.Truth.Land.Parcels24 || sums["02671"] == 0 {
		t.Errorf("area %d, truth %d", total, w.Truth.Land.AreaDm24)
	}
}

func TestStoryFiveNotesAndCells(t *testing.T) {
	w := generate(t, 4)
	phone, id := regexp.MustCompile(`(\+84|0)9000?[ 0-9]{5,}`), regexp.MustCompile(`999[0-9]{9}`)
	phones, ids := 0, 0
	for _, note := range column(w, world.Schools, "ghi_chu") {
		if phone.MatchString(note) {
			phones++
		}
		if id.MatchString(note) {
			ids++
		}
	}
	if phones != 40 || ids != 5 {
		t.Errorf("notes with phone %d, with identifier %d", phones, ids)
	}
	small := 0
	for _, n := range column(w, world.PupilCounts, "so_hoc_sinh") {
		if v, _ := strconv.Atoi(n); v < 5 {
			small++
		}
	}
	if small == 0 || small != w.Truth.Open.SmallCells {
		t.Errorf("small cells %d, truth %d", small, w.Truth.Open.SmallCells)
	}
	stations := w.Dataset(world.Stations)
	if next := stations.Files[1]; next.Header[len(next.Header)-1] != w.Truth.Open.PhoneColumn || len(next.Rows) != len(stations.Files[0].Rows) {
		t.Error("the refresh has no telephone column")
	}
}

func TestStorySixBlock(t *testing.T) {
	w := generate(t, 6)
	b := w.Truth.Breach
	first, _ := strconv.Atoi(b.First)
	found, canary := 0, false
	for _, id := range column(w, world.Insurance, "so_dinh_danh") {
		n, _ := strconv.Atoi(id)
		if n >= first && n < first+b.Block {
			found++
		}
		canary = canary || id == b.Canary
	}
	if b.Block != 1900 || found != 1312 || found != b.Persons || !canary {
		t.Errorf("block %+v, found %d, canary %v", b, found, canary)
	}
}

func TestStorySevenCounts(t *testing.T) {
	w := generate(t, 7)
	elements, ref := standard(t, w)
	d := w.Dataset(world.Poor)
	f := &d.Files[1]
	got := refusals(t, d, f, elements, ref)
	empty := got["dictionary.required"]
	invalid := 0
	for code, n := range got {
		if code != "dictionary.required" && code != "dictionary.birth_year_contradicts_id" && code != "dictionary.sex_contradicts_id" {
			invalid += n
		}
	}
	y := w.Truth.YearEnd
	if y.Rows != len(f.Rows) || empty != y.EmptyCells || invalid != y.InvalidCells {
		t.Errorf("empty %d, invalid %d, truth %+v", empty, invalid, y)
	}
	if full := 100 - 100*y.EmptyCells/y.MandatoryCells; full != 97 && full != 98 {
		t.Errorf("completeness %d", full)
	}
}

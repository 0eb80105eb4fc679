package world_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lienthong/internal/demo/world"
	"lienthong/internal/dictionary"
)

func generate(t testing.TB, seed uint64) *world.World {
	t.Helper()
	w, err := world.Generate(seed, world.Small())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func digest(t testing.TB, w *world.World) string {
	t.Helper()
	h := sha256.New()
	for _, d := range w.Datasets {
		for _, f := range d.Files {
			h.Write([]byte(f.Name + f.Time.String()))
			h.Write(f.CSV())
		}
	}
	for _, part := range []any{w.Accounts, w.Systems, w.Elements, w.Lists, w.Truth.Lists, w.Truth.Open, w.Truth.Breach} {
		b, err := json.Marshal(part)
		if err != nil {
			t.Fatal(err)
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestSameSeedSameBytes(t *testing.T) {
	one, two, other := digest(t, generate(t, 7)), digest(t, generate(t, 7)), digest(t, generate(t, 8))
	if one != two {
		t.Fatal("the same seed gave another world")
	}
	if one == other {
		t.Fatal("another seed gave the same world")
	}
}

// standard is the dictionary as it ships, with the world's own elements and lists.
func standard(t testing.TB, w *world.World) (map[dictionary.Code]dictionary.Element, dictionary.Reference) {
	t.Helper()
	raw, err := os.ReadFile("../../dictionary/data/elements.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Lists    []dictionary.CodeList `json:"code_lists"`
		Elements []dictionary.Element  `json:"elements"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	units, err := dictionary.LoadUnits()
	if err != nil {
		t.Fatal(err)
	}
	ref := dictionary.Reference{Units: units, Lists: map[string]*dictionary.CodeList{}}
	for _, l := range append(file.Lists, w.Lists...) {
		made, err := dictionary.NewCodeList(l)
		if err != nil {
			t.Fatalf("code list %s: %v", l.Name, err)
		}
		ref.Lists[l.Name] = made
	}
	all := map[dictionary.Code]dictionary.Element{}
	for _, e := range append(file.Elements, w.Elements...) {
		if _, twice := all[e.Code]; twice {
			t.Errorf("element %s stands twice", e.Code)
		}
		all[e.Code] = e
	}
	return all, ref
}

// TestRegularFilesPassTheDictionary: nothing in a regular delivery is refused but what the truth names.
func TestRegularFilesPassTheDictionary(t *testing.T) {
	w := generate(t, 1)
	elements, ref := standard(t, w)
	for i := range w.Datasets {
		d := &w.Datasets[i]
		want := map[string]int{}
		if d.Code() == world.Allowances {
			want["dictionary.lost_leading_zero"] = len(w.Truth.Lists.Short)
		}
		for n, f := range d.Files {
			got := refusals(t, d, &f, elements, ref)
			if n == 0 && !equal(got, want) {
				t.Errorf("%s: refused %v, want %v", f.Name, got, want)
			}
			if f.Name == "thua-dat-cu-khong-ngay.csv" && (got["dictionary.unit_needs_date"] != w.Truth.Land.Undated || len(got) != 1) {
				t.Errorf("%s: refused %v", f.Name, got)
			}
			if f.Name == "thua-dat-2024.csv" && len(got) != 0 {
				t.Errorf("%s: refused %v", f.Name, got)
			}
		}
	}
}

func equal(a, b map[string]int) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

func refusals(t *testing.T, d *world.Dataset, f *world.File, elements map[dictionary.Code]dictionary.Element, ref dictionary.Reference) map[string]int {
	t.Helper()
	checkers := make([]*dictionary.Checker, len(d.Schema.Fields))
	for i, field := range d.Schema.Fields {
		e, known := elements[field.Element.Code]
		if !known {
			t.Fatalf("%s: field %s names element %s, which does not exist", d.Code(), field.Name, field.Element)
		}
		c, err := e.Compile(ref, d.Schema.Numbers)
		if err != nil {
			t.Fatal(err)
		}
		checkers[i] = c
	}
	got := map[string]int{}
	dateAt := f.Column(d.Schema.DateField)
	keys := map[string]bool{}
	for _, row := range f.Rows {
		day := dictionary.DayOf(f.Time)
		if dateAt >= 0 {
			day, _ = dictionary.ParseDay(row[dateAt])
		}
		key := ""
		for i, c := range checkers {
			v, problem := c.Parse(row[i], day)
			switch {
			case problem != nil:
				got[problem.Code]++
			case v.Null() && d.Schema.Fields[i].Required:
				got["dictionary.required"]++
			}
			if d.Schema.Fields[i].Key {
				key += "|" + row[i]
			}
		}
		if keys[key] {
			got["duplicate"]++
		}
		keys[key] = true
		crossCheck(d, f, row, got)
	}
	return got
}

func crossCheck(d *world.Dataset, f *world.File, row []string, got map[string]int) {
	for _, p := range d.Schema.Persons {
		id := row[f.Column(p.ID)]
		if len(id) != 12 {
			continue
		}
		year := 0
		if birth := f.Column(p.Birth); birth >= 0 && len(row[birth]) == 10 {
			year, _ = strconv.Atoi(row[birth][:4])
		}
		if problem := dictionary.CheckPerson(id, dictionary.SexOf(row[f.Column(p.Sex)]), year); problem != nil {
			got[problem.Code]++
		}
	}
}

// TestIdentifiersAreNobodys: every personal identifier is of the block 999, in columns as well as in notes.
func TestIdentifiersAreNobodys(t *testing.T) {
	w := generate(t, 2)
	twelve := regexp.MustCompile(`\b[0-9]{12}\b`)
	for _, d := range w.Datasets {
		for _, f := range d.Files {
			for _, id := range twelve.FindAllString(string(f.CSV()), -1) {
				if !strings.HasPrefix(id, "999") {
					t.Fatalf("%s holds %s", f.Name, id)
				}
			}
		}
	}
	seen := map[string]bool{}
	for _, p := range w.People {
		facts := dictionary.FactsOf(p.ID)
		if seen[p.ID] || facts.BirthYear != p.Born.Year() || (facts.Sex == dictionary.Female) != p.Female {
			t.Fatalf("identifier %s does not fit or stands twice", p.ID)
		}
		seen[p.ID] = true
	}
}

func TestKindsAreThoseOfTheDictionary(t *testing.T) {
	w := generate(t, 1)
	elements, _ := standard(t, w)
	for _, d := range w.Datasets {
		for _, f := range d.Schema.Fields {
			if want := dictionary.KindOf(elements[f.Element.Code].Definition.Type); w.Kind(f) != want {
				t.Errorf("%s is of kind %d, the dictionary says %d", f.Element.Code, w.Kind(f), want)
			}
		}
	}
}

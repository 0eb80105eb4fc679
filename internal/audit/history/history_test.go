package history_test

import (
	"slices"
	"strings"
	"testing"

	"lienthong/internal/audit/history"
)

type person struct {
	Name  string `json:"name" history:"hash"`
	Phone string `json:"phone,omitempty" history:"hash"`
}

type item struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

type base struct {
	Name    string `json:"name"`
	Changed string `json:"changed_at" history:"quiet"`
	Seen    string `json:"seen" history:"-"`
	secret  string
}

type state struct {
	base
	Contact person            `json:"contact,omitzero"`
	Roles   []string          `json:"roles,omitempty"`
	Items   []item            `json:"items,omitempty"`
	People  map[string]person `json:"people,omitempty"`
}

func hashed(string) string { return "k1:0123456789abcdef" }

func kept(t *testing.T, s state) []byte {
	t.Helper()
	body, err := history.Keep(s, hashed)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestSensitiveMembersAreNotKeptInClear(t *testing.T) {
	s := state{base: base{Name: "Sở A", Seen: "hôm qua", secret: "mat-khau"}, Contact: person{"Nguyễn Văn Kín", "0999000111"}, People: map[string]person{"x": {Name: "Trần Thị Kín"}}}
	body := string(kept(t, s))
	for _, not := range []string{"Kín", "0999000111", "mat-khau", "hôm qua"} {
		if strings.Contains(body, not) {
			t.Errorf("%q stands in %s", not, body)
		}
	}
	for _, want := range []string{`"name":"Sở A"`, `"phone":"k1:0123456789abcdef"`} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing in %s", want, body)
		}
	}
}

func TestCompareNamesMembersAndEntries(t *testing.T) {
	before := state{base: base{Name: "Sở A", Changed: "1"}, Roles: []string{"steward"}, Items: []item{{"01", "Một"}, {"02", "Hai"}}}
	after := state{base: base{Name: "Sở A", Changed: "2"}, Roles: []string{"steward", "analyst"}, Items: []item{{"02", "Số hai"}, {"03", "Ba"}}}
	got, err := history.Compare(kept(t, before), kept(t, after), history.RulesOf(state{}))
	if err != nil {
		t.Fatal(err)
	}
	want := []history.Change{
		{Field: "items[01].code", Before: "01"}, {Field: "items[01].label", Before: "Một"}, {Field: "items[02].label", Before: "Hai", After: "Số hai"},
		{Field: "items[03].code", After: "03"}, {Field: "items[03].label", After: "Ba"}, {Field: "roles", Before: "steward", After: "steward, analyst"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	if same, err := history.Compare(kept(t, before), kept(t, before), nil); err != nil || len(same) != 0 {
		t.Errorf("the same state differs: %v, %v", same, err)
	}
	if first, err := history.Compare(nil, kept(t, before), history.RulesOf(state{})); err != nil || len(first) != 6 {
		t.Errorf("a first state: %v, %v", first, err)
	}
}

func TestAnEntryKeepsItsNameWhenOneOfThatNameIsAdded(t *testing.T) {
	before := []byte(`{"stewards":[{"id":"1","name":"Phòng A","decision":"x"}]}`)
	after := []byte(`{"stewards":[{"id":"2","name":"Phòng A","decision":"y"},{"id":"1","name":"Phòng A","decision":"x"}]}`)
	got, err := history.Compare(before, after, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range got {
		if c.Before != "" || !strings.HasPrefix(c.Field, "stewards[Phòng A#2].") {
			t.Errorf("got %+v", c)
		}
	}
	if len(got) != 3 {
		t.Errorf("%d changes", len(got))
	}
}

func TestPathsListWhatIsKept(t *testing.T) {
	got := history.Paths(state{})
	want := []string{"name", "changed_at", "contact", "contact.name", "contact.phone", "roles", "items", "items.code", "items.label", "people", "people.*.name", "people.*.phone"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if plain := history.Plain("items[GET /ho-so/{id}].label"); plain != "items.label" {
		t.Errorf("got %q", plain)
	}
}

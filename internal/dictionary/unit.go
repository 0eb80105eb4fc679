package dictionary

import (
	"sort"
	"strings"

	"lienthong/internal/kit/vitext"
)

// Unit is an administrative unit in one period.
type Unit struct {
	Code     string   `json:"code"`
	Name     string   `json:"name"` // without its kind
	FullName string   `json:"full_name"`
	Kind     string   `json:"kind"`
	Province string   `json:"province_code,omitempty"` // empty for a province
	From     Day      `json:"valid_from"`              // NoDay: longer than this record goes back
	To       Day      `json:"valid_to"`                // last day; NoDay while in force
	Aliases  []string `json:"aliases,omitempty"`       // other spellings of the full name, found but never shown

	mergedInto string // code of the unit that took it in on the day after To
}

// Units holds the administrative units of the country since 1 July 2025, and of the province's predecessors before.
type Units struct {
	communes  map[string][]Unit // by code, older first
	provinces map[string][]Unit
}

// MergerDay is when the two-tier system began and 319 communes became the 99 of today's Lào Cai.
var MergerDay = DayFrom(2025, 7, 1)

// Commune resolves a commune code on a day; without a day only a code that has always meant the same unit resolves.
func (u *Units) Commune(code string, at Day) (Unit, *Problem) {
	return resolveUnit(u.communes, code, 5, at)
}

// Province resolves a province code on a day, as Commune does.
func (u *Units) Province(code string, at Day) (Unit, *Problem) {
	return resolveUnit(u.provinces, code, 2, at)
}

func resolveUnit(all map[string][]Unit, code string, length int, at Day) (Unit, *Problem) {
	periods := all[code]
	if len(periods) == 0 {
		return Unit{}, unknownUnit(all, code, length)
	}
	if at == NoDay {
		last := periods[len(periods)-1]
		for _, p := range periods {
			if p.FullName != last.FullName {
				return Unit{}, refuse("dictionary.unit_needs_date", p.FullName, last.FullName)
			}
		}
		return last, nil
	}
	for _, p := range periods {
		if at.Within(p.From, p.To) {
			return p, nil
		}
	}
	if at < periods[0].From && periods[0].From == MergerDay {
		return Unit{}, refuse("dictionary.unit_history_unknown", at.String())
	}
	return Unit{}, refuse("dictionary.unit_not_in_force", at.Time().Format("02/01/2006"))
}

func unknownUnit(all map[string][]Unit, code string, length int) *Problem {
	switch {
	case scientific(code):
		return refuse("dictionary.scientific_notation")
	case !allDigits(code):
		return refuse("dictionary.unit_code_form", length)
	case len(code) < length && len(all[strings.Repeat("0", length-len(code))+code]) > 0:
		return refuse("dictionary.lost_leading_zero", len(code), length)
	case len(code) != length:
		return refuse("dictionary.unit_code_form", length)
	}
	return refuse("dictionary.unknown_unit")
}

// Provinces lists the provinces on a day, by code.
func (u *Units) Provinces(at Day) []Unit {
	var list []Unit
	for _, periods := range u.provinces {
		for _, p := range periods {
			if at.Within(p.From, p.To) {
				list = append(list, p)
			}
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Code < list[j].Code })
	return list
}

// Communes lists the communes of a province on a day, by code. An empty province means all.
func (u *Units) Communes(province string, at Day) []Unit {
	var list []Unit
	for _, periods := range u.communes {
		for _, p := range periods {
			if (province == "" || p.Province == province) && at.Within(p.From, p.To) {
				list = append(list, p)
			}
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Code < list[j].Code })
	return list
}

// FindCommunes finds communes of a province on a day by name, with or without the kind, in any spelling of tones. More
// than one is an ambiguous name: the caller reports it.
func (u *Units) FindCommunes(name, province string, at Day) []Unit {
	want := vitext.Key(name)
	var list []Unit
	for _, unit := range u.Communes(province, at) {
		if unit.called(want) {
			list = append(list, unit)
		}
	}
	return list
}

func (unit Unit) called(key string) bool {
	if vitext.Key(unit.FullName) == key || vitext.Key(unit.Name) == key {
		return true
	}
	for _, a := range unit.Aliases {
		if vitext.Key(a) == key {
			return true
		}
	}
	return false
}

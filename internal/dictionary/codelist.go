package dictionary

import (
	"strings"

	"lienthong/internal/kit/fault"
)

// EntityList is the code list of the things that data is about (person, household, land parcel …), for official sources.
const EntityList = "thuc_the"

// CodeItem is one code of a list in one period.
type CodeItem struct {
	Code      string `json:"code"`
	Label     string `json:"label"`
	ValidFrom Day    `json:"valid_from"`
	ValidTo   Day    `json:"valid_to"` // last day; NoDay while in force
}

// CodeList is one version of a list of codes.
type CodeList struct {
	Name       string     `json:"name"` // e.g. "gioi_tinh"
	Version    int        `json:"version"`
	Title      string     `json:"title"`
	Standard   string     `json:"standard,omitempty"`
	Items      []CodeItem `json:"items"`
	ReplacedBy string     `json:"replaced_by,omitempty"`
	Label      string     `json:"semantic_version,omitempty"` // major.minor.patch
	Effective  Day        `json:"effective_from"`             // first day of this version; NoDay: since it was made
	ChangeNote string     `json:"change_note,omitempty"`

	index map[string][]int
}

// NewCodeList checks a list and prepares it for look-ups.
func NewCodeList(l CodeList) (*CodeList, error) {
	var faults []*fault.Fault
	if !codePattern.MatchString(l.Name) {
		faults = append(faults, fault.New(fault.Invalid, "dictionary.bad_code", l.Name).At("name"))
	}
	if strings.TrimSpace(l.Title) == "" {
		faults = append(faults, fault.New(fault.Invalid, "dictionary.name_missing").At("title"))
	}
	if len(l.Items) == 0 {
		faults = append(faults, fault.New(fault.Invalid, "dictionary.code_list_empty").At("items"))
	}
	l.index = make(map[string][]int, len(l.Items))
	for i, item := range l.Items {
		if item.Code == "" || item.Label == "" {
			faults = append(faults, fault.New(fault.Invalid, "dictionary.code_item_incomplete", i+1).At("items"))
		}
		for _, j := range l.index[item.Code] {
			if overlap(l.Items[j], item) {
				faults = append(faults, fault.New(fault.Invalid, "dictionary.code_twice", item.Code).At("items"))
			}
		}
		l.index[item.Code] = append(l.index[item.Code], i)
	}
	if err := fault.Collect(faults...); err != nil {
		return nil, err
	}
	return &l, nil
}

func overlap(a, b CodeItem) bool {
	return (a.ValidTo == NoDay || b.ValidFrom <= a.ValidTo) && (b.ValidTo == NoDay || a.ValidFrom <= b.ValidTo)
}

// Find resolves a code on a day. Without a day it must mean the same in all its periods (invariant 3).
func (l *CodeList) Find(code string, at Day) (CodeItem, *Problem) {
	places := l.index[code]
	if len(places) == 0 {
		return CodeItem{}, refuse("dictionary.unknown_code", l.Title)
	}
	if at != NoDay {
		for _, i := range places {
			if item := l.Items[i]; at.Within(item.ValidFrom, item.ValidTo) {
				return item, nil
			}
		}
		return CodeItem{}, refuse("dictionary.code_not_in_force", l.Title, at.String())
	}
	last := l.Items[places[len(places)-1]]
	for _, i := range places {
		if l.Items[i].Label != last.Label {
			return CodeItem{}, refuse("dictionary.code_needs_date", l.Title)
		}
	}
	return last, nil
}

// At lists the items in force on a day.
func (l *CodeList) At(day Day) []CodeItem {
	var items []CodeItem
	for _, item := range l.Items {
		if day.Within(item.ValidFrom, item.ValidTo) {
			items = append(items, item)
		}
	}
	return items
}

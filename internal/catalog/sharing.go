package catalog

import (
	"fmt"
	"slices"

	"lienthong/internal/kit/fault"
)

// RowLimit restricts the rows that may be shared.
type RowLimit struct {
	Column string   `json:"column"`
	Own    bool     `json:"own,omitempty"` // only rows of the consumer's own unit, e.g. its commune
	In     []string `json:"in,omitempty"`  // or only these values
}

// Sharing is the scope of Điều 7.3d: who may have which fields and rows, for which purposes, at which levels. A machine
// reads it, so that the shortened process can be decided without a person.
type Sharing struct {
	Everyone    bool       `json:"everyone,omitempty"` // every state agency of the province
	AgencyTypes []string   `json:"agency_types,omitempty"`
	Agencies    []string   `json:"agencies,omitempty"`
	Fields      []string   `json:"fields"`
	Rows        []RowLimit `json:"rows,omitempty"`
	Purposes    []string   `json:"purposes"`
	Levels      []string   `json:"levels"`
}

func (s Sharing) check(schema *Schema) []*fault.Fault {
	c := collector{}
	c.when(!s.Everyone && len(s.AgencyTypes) == 0 && len(s.Agencies) == 0, "sharing.who", "catalog.sharing_who_missing")
	c.when(len(s.Purposes) == 0, "sharing.purposes", "catalog.sharing_purposes_missing")
	c.when(len(s.Levels) == 0, "sharing.levels", "catalog.sharing_levels_missing")
	if schema == nil {
		return c.faults
	}
	c.when(len(s.Fields) == 0, "sharing.fields", "catalog.sharing_fields_missing")
	for _, name := range s.Fields {
		_, known := schema.Field(name)
		c.when(!known, "sharing.fields", "catalog.unknown_field", name)
	}
	for _, limit := range s.Rows {
		_, known := schema.Field(limit.Column)
		c.when(!known, "sharing.rows", "catalog.unknown_field", limit.Column)
	}
	return c.faults
}

// Ask is what a consumer asks of a dataset, in the terms of the scope.
type Ask struct {
	Agency     string
	AgencyType string
	Fields     []string
	Rows       map[string][]string // column to the values asked; a column not named is asked whole
	OwnUnit    map[string]string   // column to the consumer's own value, for limits to its own unit
	Purposes   []string
	Level      string
}

// Outside says in words of the scope what the ask goes beyond it; nothing means that the scope covers it.
func (s Sharing) Outside(ask Ask) []*fault.Fault {
	var out []*fault.Fault
	beyond := func(field, code string, args ...any) {
		out = append(out, fault.New(fault.Conflict, code, args...).At(field))
	}
	if !s.Everyone && !slices.Contains(s.Agencies, ask.Agency) && !slices.Contains(s.AgencyTypes, ask.AgencyType) {
		beyond("agency", "catalog.outside_agency", ask.Agency)
	}
	for _, f := range ask.Fields {
		if !slices.Contains(s.Fields, f) {
			beyond("fields", "catalog.outside_field", f)
		}
	}
	for _, p := range ask.Purposes {
		if !slices.Contains(s.Purposes, p) {
			beyond("purposes", "catalog.outside_purpose", p)
		}
	}
	if !slices.Contains(s.Levels, ask.Level) {
		beyond("level", "catalog.outside_level", ask.Level)
	}
	for _, limit := range s.Rows {
		if !limit.covers(ask) {
			beyond(fmt.Sprintf("rows.%s", limit.Column), "catalog.outside_rows", limit.Column)
		}
	}
	return out
}

func (l RowLimit) covers(ask Ask) bool {
	values, named := ask.Rows[l.Column]
	if !named || len(values) == 0 {
		return false
	}
	for _, v := range values {
		own, has := ask.OwnUnit[l.Column]
		if l.Own && has && v == own || slices.Contains(l.In, v) {
			continue
		}
		return false
	}
	return true
}

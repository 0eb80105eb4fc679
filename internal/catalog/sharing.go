package catalog

import (
	"context"
	"fmt"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/agency"
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
		c.when(known && !limit.Own && len(limit.In) == 0, "sharing.rows", "catalog.row_limit_empty", limit.Column)
	}
	return c.faults
}

// checkScope says what the scope names that does not exist: agencies, kinds of agency, purposes, levels. Fields are held
// against the schema when the registration is sent, because a draft may have none yet.
func (s *Service) checkScope(ctx context.Context, in Sharing) ([]*fault.Fault, error) {
	c := collector{}
	for _, kind := range in.AgencyTypes {
		c.when(!slices.Contains(agency.Kinds(), agency.Kind(kind)), "sharing.kinds", "catalog.kind_unknown", kind)
	}
	for _, level := range in.Levels {
		c.when(!slices.Contains(Levels(), level), "sharing.levels", "catalog.level_unknown", level)
	}
	for _, code := range in.Agencies {
		active, err := s.Agencies.Active(ctx, code)
		if err != nil {
			return nil, err
		}
		c.when(!active, "sharing.agencies", "catalog.agency_unknown", code)
	}
	if s.purposes == nil || len(in.Purposes) == 0 {
		return c.faults, nil
	}
	known, err := s.purposes(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the purposes: %w", err)
	}
	for _, code := range in.Purposes {
		c.when(!slices.Contains(known, code), "sharing.purposes", "catalog.purpose_unknown", code)
	}
	return c.faults, nil
}

// Levels lists the levels of Điều 21.3 that a scope may name.
func Levels() []string {
	return []string{string(access.LevelView), string(access.LevelUse), string(access.LevelUpdate), string(access.LevelShare)}
}

// UsePurposes says which purposes there are. Without it every purpose is taken.
func (s *Service) UsePurposes(list func(ctx context.Context) ([]string, error)) { s.purposes = list }

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

package access

import (
	"slices"
	"time"

	"lienthong/internal/kit/fault"
)

// SharePolicy is what the owner of a dataset lets others have of it without being asked again: the default scope, levels
// and ways of use (Điều 20.4b), and who may get them (Điều 21.5). What it does not name lies outside.
type SharePolicy struct {
	Levels         []Level   `json:"levels"`
	Columns        []Column  `json:"columns" doc:"Fields that may be granted, each with the mask that a grant must keep"`
	Purposes       []string  `json:"purposes"`
	AgencyTypes    []string  `json:"agency_types,omitempty" doc:"Kinds of agency that may receive: department, commune, …"`
	Agencies       []string  `json:"agencies,omitempty" doc:"Codes of single agencies that may receive"`
	Rows           []RowRule `json:"rows,omitempty" doc:"A grant must keep to these rows, or to fewer"`
	Methods        []string  `json:"methods,omitempty" doc:"Ways of use, the preferred first; empty: any"`
	LongestMonths  int       `json:"longest_months" doc:"A grant may be valid for at most so many months"`
	CallsPerMinute int64     `json:"calls_per_minute,omitempty" doc:"Highest quota; 0: no bound"`
	CallsPerDay    int64     `json:"calls_per_day,omitempty"`
	RecordsPerCall int64     `json:"records_per_call,omitempty"`
	RecordsPerDay  int64     `json:"records_per_day,omitempty"`
	PersonsPerDay  int64     `json:"persons_per_day,omitempty"`
}

// TemplateState is the only thing of a version that changes.
type TemplateState string

// The states of a version of a template.
const (
	TemplateProposed  TemplateState = "proposed"
	TemplateInForce   TemplateState = "in_force"
	TemplateReplaced  TemplateState = "replaced"
	TemplateReturned  TemplateState = "returned"
	TemplateWithdrawn TemplateState = "withdrawn"
)

// TemplateVersion is one version of the sharing policy of a dataset.
type TemplateVersion struct {
	Dataset    string        `json:"dataset"`
	Version    int64         `json:"version"`
	Owner      string        `json:"owner" doc:"Agency that owned the dataset when this was proposed"`
	State      TemplateState `json:"state"`
	Policy     SharePolicy   `json:"policy"`
	Note       string        `json:"note,omitempty" doc:"What the proposer says of it"`
	ProposedBy string        `json:"proposed_by" doc:"Account"`
	Proposer   string        `json:"proposer"`
	ProposedAt time.Time     `json:"proposed_at"`
	DecidedBy  string        `json:"decided_by,omitempty" doc:"Account; another than the proposer's"`
	Decider    string        `json:"decider,omitempty"`
	DecidedAt  time.Time     `json:"decided_at,omitzero"`
	Reason     string        `json:"reason,omitempty" doc:"Of a return"`
}

// Template is how the sharing policy of a dataset stands.
type Template struct {
	Dataset  string           `json:"dataset"`
	Owner    string           `json:"owner" doc:"Agency that owns the dataset now"`
	InForce  *TemplateVersion `json:"in_force,omitempty"`
	Proposed *TemplateVersion `json:"proposed,omitempty" doc:"For the owner, the operator and the auditor alone"`
}

const (
	mostPolicyItems = 500
	mostNote        = 2000
)

// check says everything that is wrong with a policy on a dataset with these fields and purposes.
func (p SharePolicy) check(d *DatasetFacts, purposes map[string]PurposeFacts, methods, kinds []string) []*fault.Fault {
	var out []*fault.Fault
	when := func(bad bool, field, code string, args ...any) {
		if bad {
			out = append(out, fault.New(fault.Invalid, code, args...).At(field))
		}
	}
	when(len(p.Levels) == 0, "levels", "access.template_levels_missing")
	for _, l := range p.Levels {
		when(!l.Known(), "levels", "access.grant_invalid", l)
	}
	when(len(p.Purposes) == 0, "purposes", "access.purpose_missing")
	for _, code := range p.Purposes {
		when(!purposes[code].Active, "purposes", "access.purpose_not_found", code)
	}
	when(len(p.Columns) == 0, "columns", "access.template_columns_missing")
	for i, c := range p.Columns {
		_, known := d.Fields[c.Name]
		when(!known, "columns", "access.template_field_unknown", c.Name)
		when(slices.ContainsFunc(p.Columns[:i], func(x Column) bool { return x.Name == c.Name }), "columns", "access.template_field_twice", c.Name)
		when(!c.Mask.Known() || c.Mask == MaskYesNo && len(c.Values) == 0 || c.Reveal && !c.Mask.Liftable(), "columns", "access.template_mask", c.Name)
	}
	when(len(p.AgencyTypes) == 0 && len(p.Agencies) == 0, "agency_types", "access.template_recipients_missing")
	for _, k := range p.AgencyTypes {
		when(len(kinds) > 0 && !slices.Contains(kinds, k), "agency_types", "access.template_kind_unknown", k)
	}
	for _, m := range p.Methods {
		when(len(methods) > 0 && !slices.Contains(methods, m), "methods", "access.template_method_unknown", m)
	}
	out = append(out, Wildcards("agencies", p.Agencies...)...)
	for _, r := range p.Rows {
		_, known := d.Fields[r.Column]
		when(!known, "rows", "access.template_field_unknown", r.Column)
		when(len(r.In) == 0, "rows", "access.rows_empty", r.Column)
		out = append(out, Wildcards("rows", r.In...)...)
	}
	months := LongestMonths(d.Personal(p.Columns))
	when(p.LongestMonths < 1 || p.LongestMonths > months, "longest_months", "access.template_months", months)
	for _, n := range []struct {
		field string
		value int64
	}{{"calls_per_minute", p.CallsPerMinute}, {"calls_per_day", p.CallsPerDay}, {"records_per_call", p.RecordsPerCall}, {"records_per_day", p.RecordsPerDay}, {"persons_per_day", p.PersonsPerDay}} {
		when(n.value < 0, n.field, "access.template_quota")
	}
	when(len(p.Levels)+len(p.Columns)+len(p.Purposes)+len(p.Agencies)+len(p.Rows)+len(p.Methods) > mostPolicyItems, "columns", "access.template_too_long")
	return out
}

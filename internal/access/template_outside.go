package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Consent says on what a grant that lies outside the owner's sharing policy rests (Điều 21.5); empty: on nothing.
type Consent string

// The grounds of a grant outside the sharing policy.
const (
	ConsentOwner     Consent = "owner"       // the owner agreed to this request, in words of its own
	ConsentList      Consent = "issued_list" // the issued catalogue itself shares it (Điều 9.2): the shortened process
	ConsentAuthority Consent = "authority"   // the authority decided on it after an escalation (Điều 4.4)
)

// Basis is what a new grant rests on beside its approval.
type Basis struct {
	Method  string  // how the data is to be taken; empty when nobody said
	Consent Consent // to what lies outside the sharing policy
}

// column finds the policy's column of that name.
func (p SharePolicy) column(name string) (Column, bool) {
	for _, c := range p.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

// receives reports that an agency of the kind may receive.
func (p SharePolicy) receives(agency, kind string) bool {
	return slices.Contains(p.Agencies, agency) || kind != "" && slices.Contains(p.AgencyTypes, kind)
}

// keepsMask: a column granted under a mask that is the policy's, or that hides all.
func keepsMask(granted, policy Column) bool {
	switch {
	case granted.Mask == MaskHide && !granted.Reveal:
		return true
	case granted.Reveal && !policy.Reveal && policy.Mask != MaskNone:
		return false
	case policy.Mask == MaskNone:
		return true
	}
	return granted.Mask == policy.Mask && granted.Not == policy.Not && slices.Equal(granted.Values, policy.Values)
}

// Outside is one point in which a grant lies outside the sharing policy in force.
type Outside struct {
	Field string `json:"field" doc:"Member: levels, columns, purposes, rows, agency, recipients, methods, valid_to, or a quota"`
	What  string `json:"what,omitempty" doc:"Which of the member lies outside"`
}

// outside lists each point in which the grant goes beyond the policy. kind gives the kind of an agency.
func (p SharePolicy) outside(g Grant, method string, kind func(agency string) string) []Outside {
	var out []Outside
	beyond := func(bad bool, field, what string) {
		if bad {
			out = append(out, Outside{field, what})
		}
	}
	beyond(!slices.Contains(p.Levels, g.Level), "levels", string(g.Level))
	for _, c := range g.Columns {
		policy, has := p.column(c.Name)
		beyond(!has || !keepsMask(c, policy), "columns", c.Name)
	}
	for _, code := range g.Purposes {
		beyond(!slices.Contains(p.Purposes, code), "purposes", code)
	}
	for _, rule := range p.Rows {
		beyond(!slices.ContainsFunc(g.Rows, func(r RowRule) bool {
			return r.Column == rule.Column && !slices.ContainsFunc(r.In, func(v string) bool { return !slices.Contains(rule.In, v) })
		}), "rows", rule.Column+" = "+strings.Join(rule.In, ", "))
	}
	beyond(!p.receives(g.Agency, kind(g.Agency)), "agency", g.Agency)
	for _, code := range g.Recipients {
		beyond(!p.receives(code, kind(code)), "recipients", code)
	}
	beyond(len(p.Methods) > 0 && method != "" && !slices.Contains(p.Methods, method), "methods", method)
	beyond(g.ValidTo.After(g.ValidFrom.AddDate(0, p.LongestMonths, 0)), "valid_to", g.ValidTo.Format(time.DateOnly))
	more := func(asked, bound int64) bool { return bound > 0 && (asked == 0 || asked > bound) }
	beyond(more(g.Conditions.CallsPerMinute, p.CallsPerMinute), "calls_per_minute", "")
	beyond(more(g.Conditions.CallsPerDay, p.CallsPerDay), "calls_per_day", "")
	beyond(more(g.Conditions.RecordsPerCall, p.RecordsPerCall), "records_per_call", "")
	beyond(more(g.Conditions.RecordsPerDay, p.RecordsPerDay), "records_per_day", "")
	beyond(more(g.Conditions.PersonsPerDay, p.PersonsPerDay), "persons_per_day", "")
	return out
}

// Outside lists in what the grants go beyond the sharing policy in force of their dataset, each point once; nothing for a
// dataset without one. It also gives the version that was compared with, 0 without one.
func (s *Service) Outside(ctx context.Context, q controldb.Querier, grants []Grant, method string) ([]Outside, int64, error) {
	if len(grants) == 0 {
		return nil, 0, nil
	}
	t, err := findTemplateIn(ctx, q, grants[0].Dataset, TemplateInForce)
	if err != nil || t == nil {
		return nil, 0, err
	}
	var failed error
	kind := func(agency string) string {
		if s.sources.AgencyKind == nil {
			return ""
		}
		k, err := s.sources.AgencyKind(ctx, agency)
		if err != nil {
			failed = fmt.Errorf("read the kind of agency %s: %w", agency, err)
		}
		return k
	}
	var out []Outside
	for _, g := range grants {
		for _, o := range t.Policy.outside(g, method, kind) {
			if !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	return out, t.Version, failed
}

// CheckShared refuses grants of a dataset that lie outside its owner's sharing policy and to which the owner has not
// consented, naming each member outside (Điều 21.5). It is asked in the transaction that makes the grants.
func (s *Service) CheckShared(ctx context.Context, q controldb.Querier, grants []Grant, b Basis) error {
	_, err := s.shared(ctx, q, grants, b)
	return err
}

// shared is CheckShared, and says what the record of a grant keeps of the comparison.
func (s *Service) shared(ctx context.Context, q controldb.Querier, grants []Grant, b Basis) (map[string]string, error) {
	beyond, version, err := s.Outside(ctx, q, grants, b.Method)
	if err != nil || version == 0 {
		return nil, err
	}
	detail := map[string]string{"template": fmt.Sprint(version)}
	if len(beyond) == 0 {
		return detail, nil
	}
	if b.Consent == "" {
		faults := make([]*fault.Fault, len(beyond))
		for i, o := range beyond {
			faults[i] = fault.New(fault.Conflict, "access.outside_template."+o.Field, o.What, version).At(o.Field)
		}
		return nil, fault.Collect(faults...)
	}
	names := make([]string, len(beyond))
	for i, o := range beyond {
		names[i] = strings.TrimSuffix(o.Field+":"+o.What, ":")
	}
	detail["outside_template"], detail["consent"] = strings.Join(names, ","), string(b.Consent)
	return detail, nil
}

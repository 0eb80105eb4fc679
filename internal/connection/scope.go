package connection

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// Scope is what the operator approves: at most what was asked.
type Scope struct {
	Columns         []access.Column  `json:"columns"`
	Rows            []access.RowRule `json:"rows,omitempty"`
	Operations      []string         `json:"operations,omitempty"` // of providers' services
	Purposes        []string         `json:"purposes"`
	Levels          []access.Level   `json:"levels"`
	Roles           []access.Role    `json:"roles,omitempty"` // of a request for people
	CallsPerMinute  int64            `json:"calls_per_minute"`
	CallsPerDay     int64            `json:"calls_per_day"`
	RecordsPerCall  int64            `json:"records_per_call,omitempty"`
	RecordsPerDay   int64            `json:"records_per_day,omitempty"`
	PersonsPerDay   int64            `json:"persons_per_day,omitempty"`
	Addresses       []string         `json:"source_addresses"`
	CaseRequired    bool             `json:"case_required,omitempty"`
	OfficerRequired bool             `json:"officer_required,omitempty"`
	From            Day              `json:"valid_from"`
	To              Day              `json:"valid_to"`
}

// Requested is the widest scope that the need allows.
func (n Need) Requested() Scope {
	s := Scope{
		Roles: n.Roles, Rows: n.Rows, Operations: n.Operations, Purposes: n.Purposes, Levels: []access.Level{n.Level}, CallsPerMinute: n.PeakPerMinute, CallsPerDay: n.CallsPerDay,
		Addresses: n.Addresses, From: n.From, To: n.To,
	}
	for _, f := range n.Fields {
		s.Columns = append(s.Columns, access.Column{Name: f})
	}
	return s
}

func (s Scope) fields() []string {
	out := make([]string, 0, len(s.Columns))
	for _, c := range s.Columns {
		out = append(out, c.Name)
	}
	return out
}

// Prefixes are the source addresses as networks.
func (s Scope) Prefixes() []netip.Prefix {
	var out []netip.Prefix
	for _, a := range s.Addresses {
		if p, ok := parseAddress(a); ok {
			out = append(out, p)
		}
	}
	return out
}

// wildcards finds what stands for more than itself: no approval names one (Điều 21.2c).
func (s Scope) wildcards() []*fault.Fault {
	p := access.Wildcards("columns", s.fields()...)
	p = append(p, access.Wildcards("purposes", s.Purposes...)...)
	p = append(p, access.Wildcards("operations", s.Operations...)...)
	for _, rule := range s.Rows {
		p = append(p, access.Wildcards("rows", append([]string{rule.Column}, rule.In...)...)...)
	}
	return append(p, access.AnyAddresses("source_addresses", s.Addresses...)...)
}

// valid says what is wrong with the scope in itself.
func (s Scope) valid(d Dataset) error {
	p := problems(s.wildcards())
	p.when(len(s.Columns) == 0, "columns", "connection.field_missing")
	out, names := map[string]bool{}, map[string]bool{}
	for _, c := range s.Columns {
		p.when(names[c.Name], "columns", "connection.field_twice", c.Name)
		names[c.Name] = true
		p.when(!c.Mask.Known(), "columns", "connection.mask_unknown", c.Name)
		p.when(c.Mask == access.MaskYesNo && len(c.Values) == 0, "columns", "connection.mask_values_missing", c.Name)
		p.when(c.Reveal && (!c.Mask.Liftable() || len(s.Roles) == 0), "columns", "connection.reveal_without_mask", c.Name)
		p.when(out[c.Out()], "columns", "connection.field_twice", c.Out())
		out[c.Out()] = true
	}
	p.when(len(s.Purposes) == 0, "purposes", "connection.purpose_missing")
	p.when(len(s.Levels) == 0, "levels", "connection.level_missing")
	checkOperations(&p, s.Operations, s.Levels, d)
	checkRoles(&p, s.Roles)
	p.when(s.CallsPerMinute <= 0, "calls_per_minute", "connection.number_missing")
	p.when(s.CallsPerDay <= 0, "calls_per_day", "connection.number_missing")
	p.when(s.RecordsPerCall < 0 || s.RecordsPerDay < 0 || s.PersonsPerDay < 0, "records_per_day", "connection.number_missing")
	p.when(len(s.Prefixes()) != len(s.Addresses) || len(s.Addresses) == 0, "source_addresses", "connection.address_missing")
	from, okFrom := s.From.Start()
	to, okTo := s.To.End()
	p.when(!okFrom, "valid_from", "connection.date_missing")
	p.when(!okTo, "valid_to", "connection.date_missing")
	if okFrom && okTo {
		p.when(!to.After(from), "valid_to", "connection.dates_reversed")
		months := s.months(d)
		p.when(to.After(from.AddDate(0, months, 0)), "valid_to", "connection.validity_too_long", months)
	}
	return fault.Collect(p...)
}

func (s Scope) months(d Dataset) int {
	return access.LongestMonths(d.personal(s.fields()))
}

// Longest is the last day that an approval of the scope may have: the one asked, or the end of the longest validity.
func (s Scope) Longest(d Dataset) Day {
	from, ok := s.From.Start()
	latest := DayOf(from.AddDate(0, s.months(d), 0).Add(-time.Second))
	if ok && s.To > latest {
		return latest
	}
	return s.To
}

// Within says where the scope goes beyond a wider one: the request it answers, or the approval it carries out.
func (s Scope) Within(wide Scope) error {
	var p problems
	beyond := func(bad bool, field string, what any) { p.when(bad, field, "connection.scope_wider", what) }
	for _, c := range s.Columns {
		w, has := wide.column(c.Name)
		beyond(!has, "columns", c.Name)
		beyond(has && w.Mask != access.MaskNone && !sameColumn(c, w), "columns", c.Name)
	}
	for _, rule := range wide.Rows {
		beyond(!slices.ContainsFunc(s.Rows, func(r access.RowRule) bool { return r.Column == rule.Column && subset(r.In, rule.In) }), "rows", rule.Column)
	}
	for _, rule := range s.Rows {
		beyond(len(rule.In) == 0, "rows", rule.Column)
	}
	for _, x := range s.Operations {
		beyond(!slices.Contains(wide.Operations, x), "operations", x)
	}
	for _, x := range s.Purposes {
		beyond(!slices.Contains(wide.Purposes, x), "purposes", x)
	}
	for _, x := range s.Levels {
		beyond(!slices.Contains(wide.Levels, x), "levels", x)
	}
	for _, x := range s.Roles {
		beyond(!slices.Contains(wide.Roles, x), "roles", x)
	}
	beyond(len(s.Roles) == 0 && len(wide.Roles) > 0, "roles", wide.Roles)
	beyond(above(s.CallsPerMinute, wide.CallsPerMinute), "calls_per_minute", s.CallsPerMinute)
	beyond(above(s.CallsPerDay, wide.CallsPerDay), "calls_per_day", s.CallsPerDay)
	beyond(above(s.RecordsPerCall, wide.RecordsPerCall), "records_per_call", s.RecordsPerCall)
	beyond(above(s.RecordsPerDay, wide.RecordsPerDay), "records_per_day", s.RecordsPerDay)
	beyond(above(s.PersonsPerDay, wide.PersonsPerDay), "persons_per_day", s.PersonsPerDay)
	for _, a := range s.Addresses {
		beyond(!covered(a, wide.Prefixes()), "source_addresses", a)
	}
	beyond(len(s.Addresses) == 0 && len(wide.Addresses) > 0, "source_addresses", "0.0.0.0/0")
	beyond(wide.CaseRequired && !s.CaseRequired, "case_required", "case_required")
	beyond(wide.OfficerRequired && !s.OfficerRequired, "officer_required", "officer_required")
	beyond(s.From < wide.From, "valid_from", s.From)
	beyond(s.To > wide.To, "valid_to", s.To)
	return fault.Collect(p...)
}

func (s Scope) column(name string) (access.Column, bool) {
	for _, c := range s.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return access.Column{}, false
}

func sameColumn(a, b access.Column) bool {
	return a.Name == b.Name && a.Mask == b.Mask && (b.Reveal || !a.Reveal) && a.Not == b.Not && slices.Equal(a.Values, b.Values)
}

func subset[T comparable](part, whole []T) bool {
	for _, x := range part {
		if !slices.Contains(whole, x) {
			return false
		}
	}
	return len(part) > 0
}

// above: of two quotas where 0 means none, the first allows more.
func above(s, wide int64) bool { return wide > 0 && (s == 0 || s > wide) }

func covered(address string, networks []netip.Prefix) bool {
	p, ok := parseAddress(address)
	return ok && slices.ContainsFunc(networks, func(w netip.Prefix) bool { return w.Bits() <= p.Bits() && w.Contains(p.Addr()) })
}

// Difference is one point in which the approved scope is narrower than the requested one.
type Difference struct {
	What      string `json:"what"` // message key after "connection.diff_"
	Subject   string `json:"subject,omitempty"`
	Requested string `json:"requested,omitempty"`
	Approved  string `json:"approved,omitempty"`
}

// Narrower lists what was asked and not approved (Điều 12.2b).
func Narrower(asked, approved Scope) []Difference {
	var out []Difference
	add := func(what, subject, a, b string) { out = append(out, Difference{what, subject, a, b}) }
	for _, c := range asked.Columns {
		got, has := approved.column(c.Name)
		switch {
		case !has:
			add("field_refused", c.Name, "", "")
		case got.Mask != access.MaskNone:
			add("field_masked", c.Name, "", string(got.Mask))
		}
	}
	for _, x := range asked.Operations {
		if !slices.Contains(approved.Operations, x) {
			add("operation_refused", x, "", "")
		}
	}
	for _, x := range asked.Purposes {
		if !slices.Contains(approved.Purposes, x) {
			add("purpose_refused", x, "", "")
		}
	}
	for _, x := range asked.Roles {
		if !slices.Contains(approved.Roles, x) {
			add("role_refused", string(x), "", "")
		}
	}
	for _, rule := range approved.Rows {
		same := slices.ContainsFunc(asked.Rows, func(r access.RowRule) bool {
			return r.Column == rule.Column && len(r.In) == len(rule.In) && subset(rule.In, r.In)
		})
		if !same {
			add("rows_limited", rule.Column, "", strings.Join(rule.In, ", "))
		}
	}
	if approved.CallsPerMinute != asked.CallsPerMinute {
		add("calls_per_minute", "", fmt.Sprint(asked.CallsPerMinute), fmt.Sprint(approved.CallsPerMinute))
	}
	if approved.CallsPerDay != asked.CallsPerDay {
		add("calls_per_day", "", fmt.Sprint(asked.CallsPerDay), fmt.Sprint(approved.CallsPerDay))
	}
	if approved.From != asked.From {
		add("valid_from", "", string(asked.From), string(approved.From))
	}
	if approved.To != asked.To {
		add("valid_to", "", string(asked.To), string(approved.To))
	}
	return out
}

// validity of the grant: it begins now when the approved start is still to come, so that the tests can run (the
// connection itself is not live before its start), and never ends later than approved.
func (s Scope) validity(now time.Time, d Dataset) (from, to time.Time) {
	from, _ = s.From.Start()
	to, _ = s.To.End()
	if from.After(now) {
		from = now
		if latest := from.AddDate(0, s.months(d), 0); to.After(latest) {
			to = latest
		}
	}
	return from, to
}

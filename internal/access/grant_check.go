package access

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"lienthong/internal/kit/fault"
)

// Longest validity of a grant in months (parameter D5).
const (
	monthsPersonal = 12
	monthsOther    = 24
)

// LongestMonths is how many months a grant may be valid at most (parameter D5): 12 on data of persons, else 24.
func LongestMonths(personal bool) int {
	if personal {
		return monthsPersonal
	}
	return monthsOther
}

// A network wider than these is no list of known senders but a door for everybody.
const (
	widestIPv4 = 8
	widestIPv6 = 16
)

// Wildcard reports a text that would stand for more than itself: "*", "all", "tất cả", or a pattern. No right names one
// (Điều 21.2c).
func Wildcard(text string) bool {
	s := strings.ToLower(strings.TrimSpace(text))
	return strings.ContainsAny(s, "*?%") || slices.Contains([]string{"all", "any", "tất cả", "tat ca", "toàn bộ", "toan bo"}, s)
}

// AnyAddress reports a network so wide that it is no condition at all.
func AnyAddress(p netip.Prefix) bool {
	if p.Addr().Unmap().Is4() {
		return p.Bits() < widestIPv4
	}
	return p.Bits() < widestIPv6
}

// Wildcards finds each member of a list that stands for more than itself, as faults at the field.
func Wildcards[S ~string](field string, list ...S) []*fault.Fault {
	var found []*fault.Fault
	for _, x := range list {
		if Wildcard(string(x)) {
			found = append(found, fault.New(fault.Invalid, "access.wildcard", string(x)).At(field))
		}
	}
	return found
}

// AnyAddresses finds each network that is too wide, as faults at the field. What is no network is another rule's.
func AnyAddresses(field string, list ...string) []*fault.Fault {
	var found []*fault.Fault
	for _, text := range list {
		p, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err == nil && AnyAddress(p) {
			found = append(found, fault.New(fault.Invalid, "access.any_address", text).At(field))
		}
	}
	return found
}

// check says everything that is wrong with a grant in itself: nothing in it is a wildcard (Điều 21.2c), and it ends in time.
func (g Grant) check(personal bool) error {
	var p []*fault.Fault
	when := func(bad bool, field, code string, args ...any) {
		if bad {
			p = append(p, fault.New(fault.Invalid, code, args...).At(field))
		}
	}
	when(!g.Level.Known(), "level", "access.grant_invalid", g.Level)
	when(strings.TrimSpace(g.Subject.ID) == "" || Wildcard(g.Subject.ID), "subject", "access.wildcard", g.Subject.ID)
	when(len(g.Purposes) == 0, "purposes", "access.purpose_missing")
	when(len(g.Columns) == 0, "columns", "access.no_field_granted")
	p = append(p, Wildcards("purposes", g.Purposes...)...)
	p = append(p, Wildcards("operations", withoutParameters(g.Operations)...)...)
	p = append(p, Wildcards("recipients", g.Recipients...)...)
	when(Wildcard(g.Dataset), "dataset", "access.wildcard", g.Dataset)
	for _, c := range g.Columns {
		when(c.Name == "" || Wildcard(c.Name), "columns", "access.wildcard", c.Name)
		when(!c.Mask.Known() || (c.Mask == MaskYesNo && len(c.Values) == 0) || c.Reveal && !c.Mask.Liftable(), "columns", "access.grant_invalid", c.Name)
	}
	for _, r := range g.Rows {
		when(Wildcard(r.Column), "rows", "access.wildcard", r.Column)
		when(len(r.In) == 0, "rows", "access.rows_empty", r.Column)
		for _, v := range r.In {
			when(strings.TrimSpace(v) == "*" || strings.TrimSpace(v) == "%", "rows", "access.wildcard", v)
		}
	}
	for _, a := range g.Conditions.Addresses {
		when(AnyAddress(a), "source_addresses", "access.any_address", a.String())
	}
	when(g.Level == LevelShare && len(g.Recipients) == 0, "recipients", "access.recipients_missing")
	months := LongestMonths(personal)
	when(!g.ValidTo.After(g.ValidFrom) || g.ValidTo.After(g.ValidFrom.AddDate(0, months, 0)), "valid_to", "access.validity_too_long", months)
	return fault.Collect(p...)
}

// withoutParameters is the operations without the names in braces, which stand for one value of a call.
func withoutParameters(operations []string) []string {
	out := make([]string, len(operations))
	for i, o := range operations {
		out[i] = strings.TrimSpace(strings.NewReplacer("{", "", "}", "").Replace(o))
	}
	return out
}

// personal reports that the grant holds a field of personal or core data, or one that the dataset does not describe. What
// the caller says of it is not enough: the shorter limit may not hang on one place's care.
func (s *Service) personal(ctx context.Context, g Grant) (bool, error) {
	if s.sources.Dataset == nil {
		return false, nil
	}
	d, err := s.sources.Dataset(ctx, g.Dataset)
	if err != nil {
		return false, fmt.Errorf("read the fields of %s: %w", g.Dataset, err)
	}
	return d.Personal(g.Columns), nil
}

// Personal reports that one of the columns is data of persons; a column that is not described counts as such.
func (d *DatasetFacts) Personal(columns []Column) bool {
	if d == nil {
		return true
	}
	return slices.ContainsFunc(columns, func(c Column) bool {
		class, known := d.Fields[c.Name]
		return !known || class.Personal()
	})
}

// Protected reports that one of the columns is sensitive, important or core data, whose rights are reviewed more often
// (parameter D4); a column that is not described counts as such.
func (d *DatasetFacts) Protected(columns []Column) bool {
	if d == nil {
		return true
	}
	return slices.ContainsFunc(columns, func(c Column) bool {
		class, known := d.Fields[c.Name]
		return !known || class == ClassSensitive || class == ClassImportant || class == ClassCore
	})
}

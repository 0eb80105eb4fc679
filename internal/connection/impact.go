package connection

import (
	"maps"
	"slices"

	"lienthong/internal/access"
)

// Alternative is a form of a personal field that tells less of the person (Điều 9.8).
type Alternative string

// The forms that are considered before a personal field is given as it is.
const (
	ByYesNo     Alternative = "yes_no"    // only whether a stated condition holds
	ByMask      Alternative = "masked"    // part of the value, a general value or a pseudonym
	ByAggregate Alternative = "aggregate" // figures over many people, so the field itself is not given
	AsItIs      Alternative = "none"      // nothing less would do
)

// Alternatives lists the forms, the least intrusive first.
func Alternatives() []Alternative { return []Alternative{ByAggregate, ByYesNo, ByMask, AsItIs} }

// Statement is what the requester says of one personal field: why the purpose needs it, which less intrusive form was
// considered, and why that form is or is not enough.
type Statement struct {
	Necessity   string      `json:"necessity,omitempty"`
	Alternative Alternative `json:"alternative,omitempty"`
	Why         string      `json:"why,omitempty"`
}

func (s Statement) complete() bool {
	return !blank(s.Necessity) && !blank(s.Why) && slices.Contains(Alternatives(), s.Alternative)
}

// PersonalFields lists the requested fields that hold data of persons.
func (n Need) PersonalFields(d Dataset) []string {
	var out []string
	for _, name := range n.Fields {
		if c := d.class(name); c.Personal() || c == access.ClassCore {
			out = append(out, name)
		}
	}
	return out
}

// checkImpact: each personal field has its statement. One on a field that is no longer asked does no harm.
func (n Need) checkImpact(p *problems, d Dataset) {
	for _, name := range n.PersonalFields(d) {
		p.when(!n.Impact[name].complete(), "impact", "connection.impact_statement_missing", d.FieldOr(name).Label)
	}
}

// saneImpact bounds what may be kept.
func (n Need) saneImpact() error {
	for _, name := range slices.Sorted(maps.Keys(n.Impact)) {
		s := n.Impact[name]
		for _, text := range []string{name, s.Necessity, s.Why, string(s.Alternative)} {
			if err := plain(text, "impact"); err != nil {
				return err
			}
		}
	}
	return nil
}

// masks are the ways of masking by which a form is given; empty for what is not given as a record.
func (a Alternative) masks() []access.MaskKind {
	switch a {
	case ByYesNo:
		return []access.MaskKind{access.MaskYesNo}
	case ByMask:
		return []access.MaskKind{access.MaskPartial, access.MaskGeneralise, access.MaskHash, access.MaskHide}
	case AsItIs:
		return []access.MaskKind{access.MaskNone}
	}
	return nil
}

// settled puts in the way of masking that follows from the judged form, where the appraiser named none.
func (x Necessity) settled() Necessity {
	if x.Needed && x.Mask == access.MaskNone && (x.Alternative == ByYesNo || x.Alternative == ByMask) {
		x.Mask = x.Alternative.masks()[0]
	}
	return x
}

func (x Necessity) check(p *problems, name string) {
	x = x.settled()
	p.when(!x.Mask.Known(), "fields", "connection.mask_unknown", name)
	known := x.Alternative == "" || slices.Contains(Alternatives(), x.Alternative)
	p.when(!known, "fields", "connection.alternative_unknown", name)
	p.when(x.Needed && x.Alternative == ByAggregate, "fields", "connection.aggregate_is_no_record", name)
	fits := x.Alternative == "" || x.Alternative == ByAggregate || slices.Contains(x.Alternative.masks(), x.Mask)
	p.when(known && x.Needed && !fits, "fields", "connection.alternative_mask", name)
	p.when(len(x.Values) > maxItems, "fields", "connection.too_long", name)
}

// Column is the judged field as the approval proposes it.
func (x Necessity) Column(name string) access.Column {
	c := access.Column{Name: name, Mask: x.Mask, As: x.As}
	if x.Mask == access.MaskYesNo {
		c.Values, c.Not = x.Values, x.Not
	}
	return c
}

// keeps reports that an approved column tells no more than was judged necessary.
func (x Necessity) keeps(c access.Column) bool {
	switch x.Mask {
	case access.MaskNone:
		return true
	case access.MaskYesNo:
		return c.Mask == access.MaskYesNo || c.Mask == access.MaskHide
	}
	return c.Mask != access.MaskNone
}

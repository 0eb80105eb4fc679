package dictionary

import (
	"fmt"
	"regexp"
)

// Checker reads the written values of one element. It is safe for use by several goroutines.
type Checker struct {
	definition Definition
	numbers    NumberStyle
	pattern    *regexp.Regexp
	min, max   *int64
	units      *Units
	codes      *CodeList
}

// Reference is what an element may point to: units always, and the code lists by name.
type Reference struct {
	Units *Units
	Lists map[string]*CodeList
}

// Compile prepares the reading of an element for a dataset that writes numbers in the given style.
func (e Element) Compile(ref Reference, numbers NumberStyle) (*Checker, error) {
	d := e.Definition
	c := &Checker{definition: d, numbers: numbers, units: ref.Units}
	if d.Pattern != "" {
		p, err := regexp.Compile(`^(?:` + d.Pattern + `)$`)
		if err != nil {
			return nil, fmt.Errorf("compile the pattern of element %s: %w", e.Ref(), err)
		}
		c.pattern = p
	}
	for _, b := range []struct {
		text string
		to   **int64
	}{{d.Min, &c.min}, {d.Max, &c.max}} {
		if b.text == "" {
			continue
		}
		n, problem := parseBound(d, b.text)
		if problem != nil {
			return nil, fmt.Errorf("read the limit %q of element %s: %w", b.text, e.Ref(), problem)
		}
		*b.to = &n
	}
	switch d.Type {
	case Coded:
		if c.codes = ref.Lists[d.CodeList]; c.codes == nil {
			return nil, fmt.Errorf("element %s: no code list %q", e.Ref(), d.CodeList)
		}
	case CommuneCode, ProvinceCode:
		if c.units == nil {
			return nil, fmt.Errorf("element %s: no administrative units", e.Ref())
		}
	}
	return c, nil
}

// Parse reads one written value. An empty one is null. The day is the record's date, which codes and units need;
// NoDay when the record has none.
func (c *Checker) Parse(raw string, at Day) (Value, *Problem) {
	s, fixes := cleanText(raw)
	if s == "" {
		return Value{Fixes: fixes}, nil
	}
	switch c.definition.Type {
	case Text:
		return c.parseText(s, fixes)
	case Integer:
		return c.parseInteger(s, fixes)
	case Decimal:
		return c.parseDecimal(s, fixes)
	case Date:
		v, problem := parseDate(s)
		return c.dated(v, problem, fixes)
	case Timestamp:
		v, problem := parseMoment(s)
		return c.dated(v, problem, fixes)
	case Boolean:
		return parseBoolean(s, fixes)
	}
	if problem := c.checkCode(s, at); problem != nil {
		return Value{}, problem
	}
	return Value{Kind: KindText, Text: s, Fixes: fixes}, nil
}

func (c *Checker) dated(v Value, problem *Problem, fixes Fix) (Value, *Problem) {
	if problem != nil {
		return Value{}, problem
	}
	v.Fixes |= fixes
	return c.bounded(v)
}

func (c *Checker) bounded(v Value) (Value, *Problem) {
	if c.min != nil && v.Int < *c.min {
		return Value{}, refuse("dictionary.below_minimum", c.definition.Min)
	}
	if c.max != nil && v.Int > *c.max {
		return Value{}, refuse("dictionary.above_maximum", c.definition.Max)
	}
	return v, nil
}

// checkCode checks the types that are kept as text.
func (c *Checker) checkCode(s string, at Day) *Problem {
	switch c.definition.Type {
	case PersonalID:
		return parsePersonalID(s)
	case BusinessID:
		return c.parseBusinessID(s)
	case AgencyCode:
		if !ValidAgencyCode(s) {
			return refuse("dictionary.not_an_agency_code")
		}
		return nil
	case CommuneCode:
		_, problem := c.units.Commune(s, at)
		return problem
	case ProvinceCode:
		_, problem := c.units.Province(s, at)
		return problem
	case Coded:
		_, problem := c.codes.Find(s, at)
		return problem
	}
	return refuse("dictionary.bad_type", c.definition.Type)
}

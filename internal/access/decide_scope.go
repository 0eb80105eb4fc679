package access

import (
	"slices"
	"strings"

	"lienthong/internal/kit/fault"
)

// flawless comes after the purpose: who has no right learns nothing of what a dataset or a service is made of, not even
// by the way in which a malformed question is refused.
func flawless(r Request) verdict {
	if r.Flaw != nil {
		return deny(CheckScope, r.Flaw.Kind, r.Flaw.Code, r.Flaw.Args...)
	}
	return ok
}

// withinRows: what a provider is asked by value lies within the grant's rows, since nobody can tell from an answer
// what the provider made of the value.
func withinRows(r Request, g *Grant) verdict {
	for _, e := range r.Equals {
		for _, rule := range g.Rows {
			if rule.Column == e.Column && slices.ContainsFunc(e.Values, func(v string) bool { return !slices.Contains(rule.In, v) }) {
				return deny(CheckScope, fault.Denied, "access.filter_outside_rows", e.Column)
			}
		}
	}
	return ok
}

// scopeFits is check 5: the columns that may leave, each with its mask.
func scopeFits(r Request, f Facts, g *Grant) ([]Column, verdict) {
	for _, name := range r.Uses {
		c, granted := g.Column(name)
		if !granted || c.Mask != MaskNone {
			return nil, deny(CheckScope, fault.Denied, "access.filter_not_granted", name)
		}
	}
	if v := withinRows(r, g); v.check != CheckOK {
		return nil, v
	}
	if r.Service != "" && !slices.Contains(g.Operations, r.Service) { // a read of the warehouse is no operation of a provider
		return nil, deny(CheckScope, fault.Denied, "access.operation_not_granted", r.Service)
	}
	if v := lookupFits(r, f, g); v.check != CheckOK {
		return nil, v
	}
	asked := r.Columns
	if asked == nil {
		for _, c := range g.Columns {
			asked = append(asked, c.Name)
		}
	}
	columns := make([]Column, 0, len(asked))
	for _, name := range asked {
		c, granted := g.Column(name)
		if !granted {
			return nil, deny(CheckScope, fault.Denied, "access.field_not_granted", name)
		}
		if !c.Mask.Known() { // a mask of a newer program: hide rather than guess
			c.Mask = MaskHide
		}
		if slices.Contains(r.Unmask, name) { // lookupFits has seen that the grant allows it
			c.Mask = MaskNone
		}
		columns = append(columns, c)
	}
	if len(columns) == 0 {
		return nil, deny(CheckScope, fault.Denied, "access.no_field_granted")
	}
	return columns, ok
}

// lookupFits: what a person states and asks to find single records on screen. An identifier may be stated although it is
// granted masked, since whoever states it knows it; a mask is lifted for single records alone, where the grant says so and
// with a reason.
func lookupFits(r Request, f Facts, g *Grant) verdict {
	for _, name := range r.Match {
		c, granted := g.Column(name)
		known := c.Mask == MaskNone || c.Mask == MaskPartial && f.Dataset != nil && slices.Contains(f.Dataset.Keys, name)
		if r.Action != ViewRecord || !granted || !known {
			return deny(CheckScope, fault.Denied, "access.filter_not_granted", name)
		}
	}
	switch {
	case len(r.Unmask) == 0:
		return ok
	case r.Actor.Type != User || len([]rune(strings.TrimSpace(r.Reason))) < 10:
		return deny(CheckScope, fault.Denied, "access.unmask_reason_missing")
	case r.Action != ViewRecord || len(r.Match) == 0:
		return deny(CheckScope, fault.Denied, "access.unmask_single_record")
	}
	for _, name := range r.Unmask {
		if c, granted := g.Column(name); !granted || !c.Reveal || !c.Mask.Liftable() {
			return deny(CheckScope, fault.Denied, "access.unmask_not_granted", name)
		}
	}
	return ok
}

// showsPersons: a person looks at data of persons, which needs a case and a second factor (Điều 21.4a, 27.3). What the
// dataset does not describe counts as such.
func showsPersons(r Request, f Facts, g *Grant) bool {
	if r.Actor.Type != User || r.Action != ViewRecord && r.Action != ExportFile || f.Dataset == nil {
		return false
	}
	return slices.ContainsFunc(g.Columns, func(c Column) bool {
		class, known := f.Dataset.Fields[c.Name]
		return !known || class.Personal() || class == ClassCore
	})
}

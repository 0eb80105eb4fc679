package connection

import (
	"fmt"
)

// Condition is one rule of the shortened process (section 5.1b) as the system found it at one moment.
type Condition struct {
	Code    string   `json:"code"` // message key after "connection.eligible_"
	Met     bool     `json:"met"`
	Reasons []Reason `json:"reasons,omitempty"` // what it rests on when met, what stands in the way when not
}

// Reason says in one sentence what a condition rests on: a message with its arguments, no personal values.
type Reason struct {
	Code string   `json:"code"` // message key after "connection.why_"
	Args []string `json:"args,omitempty"`
}

func (c *Condition) because(code string, args ...any) {
	r := Reason{Code: code}
	for _, a := range args {
		r.Args = append(r.Args, fmt.Sprint(a))
	}
	c.Reasons = append(c.Reasons, r)
}

// fails notes what stands in the way.
func (c *Condition) fails(code string, args ...any) {
	if c.Met {
		c.Met, c.Reasons = false, nil
	}
	c.because(code, args...)
}

// Eligibility evaluates all rules, so that a request shows why it goes the full or the shortened way (Điều 9.2, 12.3).
func Eligibility(n Need, f Facts) []Condition {
	return []Condition{datasetListed(f), systemsListed(n, f), withinScope(n, f), levelSuffices(n, f), registered(n, f), noViolation(f)}
}

// unmet are the conditions that stand in the way of the shortened process.
func unmet(all []Condition) []Condition {
	var out []Condition
	for _, c := range all {
		if !c.Met {
			out = append(out, c)
		}
	}
	return out
}

// routeOf is the process that the conditions lead to.
func routeOf(all []Condition) Route {
	if len(all) == 0 || len(unmet(all)) > 0 {
		return Full
	}
	return Shortened
}

// datasetListed is rule (i).
func datasetListed(f Facts) Condition {
	c := Condition{Code: "dataset_listed", Met: true}
	if f.Dataset.Listed == "" {
		c.fails("dataset_not_listed")
		return c
	}
	c.because("listed_by", f.Dataset.Listed)
	return c
}

// systemsListed is rule (ii): the system that provides, those whose services are called, and the one that consumes. Where
// people look on screen no system consumes, so the process for systems does not apply.
func systemsListed(n Need, f Facts) Condition {
	c := Condition{Code: "system_listed", Met: true}
	if n.People() {
		c.fails("people_not_systems")
		return c
	}
	if len(f.Providers) == 0 {
		c.fails("provider_unknown")
	}
	for _, s := range append(f.Providers[:len(f.Providers):len(f.Providers)], f.System) {
		switch {
		case s.ID == "":
			c.fails("system_unknown")
		case s.Listed == "":
			c.fails("system_not_listed", s.Name)
		case c.Met:
			c.because("system_listed_by", s.Name, s.Listed)
		}
	}
	return c
}

// withinScope is rule (iii).
func withinScope(n Need, f Facts) Condition {
	c := Condition{Code: "scope", Met: true}
	if f.Dataset.Outside == nil {
		c.fails("scope_unknown")
		return c
	}
	for _, r := range f.Dataset.Outside(n, f.Agency) {
		c.Met = false
		c.Reasons = append(c.Reasons, r)
	}
	if len(n.Fields) == 0 {
		c.fails("no_field")
	}
	if c.Met {
		c.because("within_scope", len(n.Fields))
	}
	return c
}

// levelSuffices is rule (iv) with parameter D14.
func levelSuffices(n Need, f Facts) Condition {
	c := Condition{Code: "security_level", Met: true}
	if n.People() {
		c.because("no_system")
		return c
	}
	if f.System.SecurityLevel == 0 {
		c.fails("level_missing")
		return c
	}
	for _, name := range n.Fields {
		x := f.Dataset.FieldOr(name)
		if need := x.Class.MinimumSecurityLevel(); f.System.SecurityLevel < need {
			c.fails("level_low", x.Label, need, f.System.SecurityLevel)
		}
	}
	if c.Met {
		c.because("level_is", f.System.SecurityLevel)
	}
	return c
}

// registered is rule (v): it concerns personal data alone.
func registered(n Need, f Facts) Condition {
	c := Condition{Code: "register", Met: true}
	switch {
	case !f.Dataset.personal(n.Fields):
		c.because("not_personal")
		return c
	case len(f.Dataset.RegisterPurposes) == 0:
		c.fails("not_registered")
		return c
	}
	for _, code := range n.Purposes {
		if !subset([]string{code}, f.Dataset.RegisterPurposes) {
			c.fails("purpose_not_registered", code)
		}
	}
	if c.Met {
		c.because("purposes_registered")
	}
	return c
}

// noViolation is rule (vi).
func noViolation(f Facts) Condition {
	c := Condition{Code: "violation", Met: true}
	if f.Violations > 0 {
		c.fails("violations", f.Violations)
		return c
	}
	c.because("no_violation")
	return c
}

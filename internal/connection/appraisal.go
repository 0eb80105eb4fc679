package connection

import (
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// Item is one question of the appraisal (Điều 12.2b).
type Item string

// Items lists the questions in the order of the form.
func Items() []Item {
	return []Item{"authority", "function", "purpose", "necessity", "elsewhere", "once_only"}
}

// Answer is what the appraiser found.
type Answer string

const (
	Pass Answer = "pass"
	Fail Answer = "fail"
	Note Answer = "comment" // open: neither passed nor failed yet
)

// Finding answers one question.
type Finding struct {
	Answer  Answer `json:"answer"`
	Comment string `json:"comment,omitempty"`
}

// Necessity judges one requested field: is it needed, in which form, and how it is then called. Of a personal field the
// judged form and its reason are mandatory (Điều 9.8).
type Necessity struct {
	Needed      bool            `json:"needed"`
	Alternative Alternative     `json:"alternative,omitempty"`
	Mask        access.MaskKind `json:"mask,omitempty"`
	Values      []string        `json:"values,omitempty"` // of an answer of yes or no: what the value is compared with
	Not         bool            `json:"not,omitempty"`
	As          string          `json:"as,omitempty"`
	Comment     string          `json:"comment,omitempty"`
}

// Checklist is the appraisal of the need.
type Checklist struct {
	Items  map[Item]Finding     `json:"items,omitempty"`
	Fields map[string]Necessity `json:"fields,omitempty"`
}

func (c Checklist) valid(n Need) error {
	var p problems
	for item, f := range c.Items {
		p.when(!slices.Contains(Items(), item), "items", "connection.item_unknown", item)
		p.when(f.Answer != Pass && f.Answer != Fail && f.Answer != Note, string(item), "connection.item_answer", item)
		p.when(f.Answer == Fail && blank(f.Comment), string(item), "connection.item_comment", item)
	}
	for name, x := range c.Fields {
		p.when(!slices.Contains(n.Fields, name), "fields", "connection.field_unknown", name)
		x.check(&p, name)
	}
	return fault.Collect(p...)
}

// passed says which questions stand in the way of an approval.
func (c Checklist) passed(n Need, d Dataset) error {
	var p problems
	for _, item := range Items() {
		f, answered := c.Items[item]
		p.when(!answered || f.Answer == Note, string(item), "connection.item_open", item)
		p.when(f.Answer == Fail, string(item), "connection.item_failed", item)
	}
	for _, name := range n.Fields {
		_, judged := c.Fields[name]
		p.when(!judged, "fields", "connection.necessity_open", name)
	}
	for _, name := range n.PersonalFields(d) {
		x, judged := c.Fields[name]
		p.when(judged && (x.Alternative == "" || blank(x.Comment)), "fields", "connection.impact_open", d.FieldOr(name).Label)
	}
	return fault.Collect(p...)
}

// allows says which approved columns the necessity table does not carry.
func (c Checklist) allows(s Scope) error {
	var p problems
	for _, col := range s.Columns {
		x := c.Fields[col.Name]
		p.when(!x.Needed, "columns", "connection.field_not_needed", col.Name)
		p.when(x.Needed && !x.keeps(col), "columns", "connection.mask_required", col.Name)
	}
	return fault.Collect(p...)
}

// Stand is the owner's answer.
type Stand string

const (
	Agree       Stand = "agree"
	AgreeLimits Stand = "agree_with_limits"
	Object      Stand = "object"
)

// Opinion of the owner agency (Điều 12.2b). Objecting without a legal ground is refused (Điều 4.4).
type Opinion struct {
	Questions string    `json:"questions,omitempty"`
	AskedAt   time.Time `json:"asked_at,omitzero"`
	Stand     Stand     `json:"stand,omitempty"`
	Exclude   []string  `json:"exclude_fields,omitempty"`
	Limits    string    `json:"limits,omitempty"`
	Citation  string    `json:"legal_citation,omitempty"`
	By        Person    `json:"by,omitzero"`
	At        time.Time `json:"at,omitzero"`
	Deemed    bool      `json:"deemed,omitempty"` // silent at the limit, data not personal
}

func (o Opinion) valid(n Need) error {
	var p problems
	p.when(o.Stand != Agree && o.Stand != AgreeLimits && o.Stand != Object, "stand", "connection.stand_missing")
	p.when(o.Stand == Object && !citation(o.Citation), "legal_citation", "connection.legal_basis_required")
	p.when(o.Stand == AgreeLimits && len(o.Exclude) == 0 && blank(o.Limits), "limits", "connection.limits_missing")
	for _, name := range o.Exclude {
		p.when(!slices.Contains(n.Fields, name), "exclude_fields", "connection.field_unknown", name)
	}
	return fault.Collect(p...)
}

// allows says which approved columns the owner excluded, and that there is an opinion to rest on.
func (o *Opinion) allows(s Scope) error {
	if o == nil || o.Stand == "" {
		return fault.New(fault.Conflict, "connection.opinion_missing")
	}
	if o.Stand == Object {
		return fault.New(fault.Conflict, "connection.owner_objects")
	}
	var p problems
	for _, c := range s.Columns {
		p.when(slices.Contains(o.Exclude, c.Name), "columns", "connection.owner_excludes", c.Name)
	}
	return fault.Collect(p...)
}

// SecurityItem is one point of the security and privacy assessment (Điều 12.2b, parameter D14).
type SecurityItem struct {
	What     string       `json:"what"` // message key after "connection.security_"
	Field    string       `json:"field,omitempty"`
	Class    access.Class `json:"class,omitempty"`
	Required int          `json:"required_level,omitempty"`
	Has      int          `json:"has_level,omitempty"`
	Blocks   bool         `json:"blocks"`
}

// AssessSecurity lists every point, those that block and those that pass.
func AssessSecurity(n Need, s Scope, c Checklist, f Facts) []SecurityItem {
	var out []SecurityItem
	personal := false
	for _, col := range s.Columns {
		class := f.Dataset.class(col.Name)
		need := class.MinimumSecurityLevel()
		if !n.People() {
			out = append(out, SecurityItem{What: "level", Field: col.Name, Class: class, Required: need, Has: f.System.SecurityLevel, Blocks: f.System.SecurityLevel < need})
		}
		personal = personal || class.Personal() || class == access.ClassCore
		if class == access.ClassSensitive || class == access.ClassCore {
			decided := col.Mask != access.MaskNone || !blank(c.Fields[col.Name].Comment)
			out = append(out, SecurityItem{What: "masking", Field: col.Name, Class: class, Blocks: !decided})
		}
	}
	if n.People() {
		out = append(out, SecurityItem{What: "second_factor"}) // every grant to people demands it
	} else {
		out = append(out, SecurityItem{What: "check_date", Blocks: !f.System.CheckValid}, SecurityItem{What: "suspended", Blocks: f.System.Suspended})
	}
	if personal {
		out = append(out, SecurityItem{What: "impact", Blocks: blank(n.ImpactAssessment)})
		if f.Dataset.RegisterKept { // without its entry the exchange would serve nothing of it (Điều 27.2)
			out = append(out, SecurityItem{What: "register", Blocks: !subset(s.Purposes, f.Dataset.RegisterPurposes)})
		}
		out = append(out, SecurityItem{What: "quota", Blocks: s.RecordsPerCall == 0 || s.RecordsPerDay == 0})
	}
	return out
}

// blocking turns the blocking points into one fault that lists them.
func blocking(items []SecurityItem) error {
	var all []*fault.Fault
	for _, i := range items {
		switch {
		case !i.Blocks:
		case i.What == "level":
			all = append(all, fault.New(fault.Conflict, "connection.security_level_low", i.Field, i.Required, i.Has).At("columns"))
		default:
			all = append(all, fault.New(fault.Conflict, "connection.security_"+i.What, i.Field).At("columns"))
		}
	}
	return fault.Collect(all...)
}

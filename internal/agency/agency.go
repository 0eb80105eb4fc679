package agency

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// Kind of an agency (Điều 2).
type Kind string

const (
	Department      Kind = "department"       // sở, ban, ngành
	Commune         Kind = "commune"          // UBND xã, phường
	ServiceUnit     Kind = "service_unit"     // đơn vị sự nghiệp công lập
	CentralVertical Kind = "central_vertical" // cơ quan trung ương theo ngành dọc
	Other           Kind = "other"            // Party, Fatherland Front and other bodies
	External        Kind = "external"         // vendors and other organisations
)

// Kinds in the order of the regulation. There is no district.
func Kinds() []Kind {
	return []Kind{Department, Commune, ServiceUnit, CentralVertical, Other, External}
}

// Agency of the register.
type Agency struct {
	Code       string    `json:"code" doc:"Electronic code (QĐ 20/2020/QĐ-TTg), permanent" example:"H38.02"`
	Name       string    `json:"name"`
	Kind       Kind      `json:"kind" enum:"department,commune,service_unit,central_vertical,other,external"`
	Parent     string    `json:"parent,omitempty" doc:"Code of the agency it belongs to; service units need one"`
	Commune    string    `json:"commune,omitempty" doc:"Administrative unit code of a commune"`
	Sponsor    string    `json:"sponsor,omitempty" doc:"External parties: code of the agency that answers for it"`
	Commitment string    `json:"commitment,omitempty" doc:"External parties: number and date of the confidentiality commitment"`
	ValidFrom  time.Time `json:"valid_from"`
	ValidTo    time.Time `json:"valid_to,omitzero" doc:"First moment at which it no longer exists; absent while it does"`
	CreatedAt  time.Time `json:"created_at"`
	ChangedAt  time.Time `json:"changed_at" history:"quiet"`
}

var codeForm = regexp.MustCompile(`^[A-Z][0-9]{2}(\.[0-9A-Z]{1,4})*$`)

// CodeValid reports the form of QĐ 20/2020/QĐ-TTg: at most 35 characters, groups of 0-9 A-Z separated by dots.
func CodeValid(code string) bool { return len(code) <= 35 && codeForm.MatchString(code) }

// ActiveAt reports that the agency exists at the moment.
func (a *Agency) ActiveAt(t time.Time) bool {
	return !t.Before(a.ValidFrom) && (a.ValidTo.IsZero() || t.Before(a.ValidTo))
}

// check tells every mistake that can be seen without looking at other agencies.
func (a *Agency) check() []*fault.Fault {
	a.Name = strings.Join(strings.Fields(vitext.NFC(a.Name)), " ")
	var wrong []*fault.Fault
	at := func(field, code string, args ...any) {
		wrong = append(wrong, fault.New(fault.Invalid, code, args...).At(field))
	}
	if !CodeValid(a.Code) {
		at("code", "agency.code_form", a.Code)
	}
	if n := len([]rune(a.Name)); n < 3 || n > 200 {
		at("name", "agency.name_length")
	}
	if vitext.Suspicious(a.Name) {
		at("name", "agency.name_lookalike")
	}
	if !slices.Contains(Kinds(), a.Kind) {
		at("kind", "agency.kind_unknown", a.Kind)
	}
	switch {
	case a.Kind == ServiceUnit && a.Parent == "":
		at("parent", "agency.parent_missing")
	case a.Kind == Commune && a.Parent != "":
		at("parent", "agency.commune_parent")
	case a.Parent == a.Code && a.Code != "":
		at("parent", "agency.parent_cycle", a.Code)
	}
	if a.Kind == External && (a.Sponsor == "" || a.ValidTo.IsZero() || strings.TrimSpace(a.Commitment) == "") {
		at("sponsor", "agency.sponsor_missing")
	}
	if a.ValidFrom.IsZero() || !a.ValidTo.IsZero() && !a.ValidTo.After(a.ValidFrom) {
		at("valid_from", "agency.validity")
	}
	return wrong
}

// Tree answers questions about many agencies at once.
type Tree map[string]*Agency

// checkPlace tells what is wrong with an agency's place among the others.
func (t Tree) checkPlace(a *Agency) *fault.Fault {
	if a.Parent != "" {
		parent, known := t[a.Parent]
		if !known {
			return fault.New(fault.Invalid, "agency.parent_unknown", a.Parent).At("parent")
		}
		if parent.Kind == External {
			return fault.New(fault.Invalid, "agency.parent_kind", a.Parent).At("parent")
		}
	}
	seen := map[string]bool{a.Code: true}
	for up := a.Parent; up != ""; {
		if seen[up] {
			return fault.New(fault.Invalid, "agency.parent_cycle", a.Code).At("parent")
		}
		seen[up] = true
		next, known := t[up]
		if !known {
			break
		}
		up = next.Parent
	}
	if a.Kind == External {
		if s, known := t[a.Sponsor]; !known || s.Kind == External {
			return fault.New(fault.Invalid, "agency.sponsor_missing").At("sponsor")
		}
	}
	for _, other := range t {
		if other.Code != a.Code && other.Kind == a.Kind && other.Parent == a.Parent && vitext.Key(other.Name) == vitext.Key(a.Name) && overlap(other, a) {
			return fault.New(fault.Conflict, "agency.name_taken", a.Name, other.Code).At("name")
		}
	}
	return nil
}

// overlap reports that two agencies exist at one time.
func overlap(a, b *Agency) bool {
	return (a.ValidTo.IsZero() || b.ValidFrom.Before(a.ValidTo)) && (b.ValidTo.IsZero() || a.ValidFrom.Before(b.ValidTo))
}

// Steward is the person or section that answers for an agency's data (Điều 14.6c, 20.6).
type Steward struct {
	ID        string    `json:"id"`
	Agency    string    `json:"agency"`
	Account   string    `json:"account,omitempty" doc:"Account of the person, when it has one"`
	Name      string    `json:"name" doc:"Person or section"`
	Decision  string    `json:"decision" doc:"Number and date of the designation"`
	Datasets  []string  `json:"datasets,omitempty" doc:"Codes of the datasets covered; none means all of the agency"`
	Deputy    string    `json:"deputy,omitempty"`
	ValidFrom time.Time `json:"valid_from"`
	ValidTo   time.Time `json:"valid_to,omitzero"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
}

// ActiveAt reports that the designation is in force.
func (s *Steward) ActiveAt(t time.Time) bool {
	return s.EndedAt.IsZero() && !t.Before(s.ValidFrom) && (s.ValidTo.IsZero() || t.Before(s.ValidTo))
}

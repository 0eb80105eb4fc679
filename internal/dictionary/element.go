package dictionary

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/kit/fault"
)

// Code names an element for ever, e.g. "so_dinh_danh_ca_nhan".
type Code string

// Ref names one version of an element.
type Ref struct {
	Code    Code `json:"code"`
	Version int  `json:"version"`
}

func (r Ref) String() string { return fmt.Sprintf("%s@%d", r.Code, r.Version) }

// Type is how a value of the element is written and read.
type Type string

const (
	Text         Type = "text"
	Integer      Type = "integer"
	Decimal      Type = "decimal"
	Date         Type = "date"
	Timestamp    Type = "timestamp"
	Boolean      Type = "boolean"
	PersonalID   Type = "personal_id"
	BusinessID   Type = "business_id"
	CommuneCode  Type = "commune_code"
	ProvinceCode Type = "province_code"
	AgencyCode   Type = "agency_code"
	Coded        Type = "code"
)

// Types lists all value types.
func Types() []Type {
	return []Type{Text, Integer, Decimal, Date, Timestamp, Boolean, PersonalID, BusinessID, CommuneCode, ProvinceCode, AgencyCode, Coded}
}

// Definition is the technical definition of an element.
type Definition struct {
	Type       Type   `json:"type"`
	Format     string `json:"format,omitempty"`     // how people write it, in words: "dd/MM/yyyy"
	MinLength  int    `json:"min_length,omitempty"` // characters, for text
	MaxLength  int    `json:"max_length,omitempty"`
	Pattern    string `json:"pattern,omitempty"` // RE2 over the whole text
	Precision  int    `json:"precision,omitempty"`
	Scale      int    `json:"scale,omitempty"` // digits after the comma, for decimals
	Min        string `json:"min,omitempty"`   // in plain form, for numbers and dates
	Max        string `json:"max,omitempty"`
	Unit       string `json:"unit,omitempty"`
	CodeList   string `json:"code_list,omitempty"`
	HouseholdB bool   `json:"household_business,omitempty"` // a business identifier that may be its owner's personal one
}

// Rule is the management rule of an element.
type Rule struct {
	Owner     string `json:"owner"` // code of the agency that answers for the element
	Class     Class  `json:"class"`
	Standard  string `json:"standard,omitempty"`    // source standard, e.g. "QCVN 109:2017/BTTTT"
	Master    string `json:"master_code,omitempty"` // code of the field in the national master data, when it is one
	ValidFrom Day    `json:"valid_from"`
	ValidTo   Day    `json:"valid_to"` // last day, NoDay while in force
}

// Element is one entry of the shared data dictionary: name, business definition, technical definition, management rule.
type Element struct {
	Code       Code       `json:"code"`
	Version    int        `json:"version"`
	Name       string     `json:"name"`    // Vietnamese
	Meaning    string     `json:"meaning"` // business definition
	Definition Definition `json:"definition"`
	Rule       Rule       `json:"rule"`
	ReplacedBy Code       `json:"replaced_by,omitempty"`
	Label      string     `json:"semantic_version,omitempty"` // major.minor.patch; Version is what refs count
	Effective  Day        `json:"effective_from"`             // first day of this version; NoDay: since it was made
	ChangeNote string     `json:"change_note,omitempty"`      // what the version changes and why
	CreatedAt  time.Time  `json:"created_at"`
	CreatedBy  string     `json:"created_by"`
}

// Ref names this version.
func (e Element) Ref() Ref { return Ref{e.Code, e.Version} }

var codePattern = regexp.MustCompile(`^[a-z][a-z0-9_]{1,63}$`)

const maxPrecision = 18 // an unscaled decimal fits an int64

// check says everything that is wrong with the element at once.
func (e Element) check() error {
	var faults []*fault.Fault
	wrong := func(field, code string, args ...any) {
		faults = append(faults, fault.New(fault.Invalid, code, args...).At(field))
	}
	if !codePattern.MatchString(string(e.Code)) {
		wrong("code", "dictionary.bad_code", e.Code)
	}
	if strings.TrimSpace(e.Name) == "" {
		wrong("name", "dictionary.name_missing")
	}
	if utf8.RuneCountInString(strings.TrimSpace(e.Meaning)) < 10 {
		wrong("meaning", "dictionary.meaning_missing")
	}
	if !e.Rule.Class.Valid() {
		wrong("class", "dictionary.bad_class", e.Rule.Class)
	}
	if strings.TrimSpace(e.Rule.Owner) == "" {
		wrong("owner", "dictionary.owner_missing")
	}
	if e.Rule.ValidTo != NoDay && e.Rule.ValidTo < e.Rule.ValidFrom {
		wrong("valid_to", "dictionary.validity_reversed")
	}
	faults = append(faults, e.Definition.check()...)
	return fault.Collect(faults...)
}

func (d Definition) check() []*fault.Fault {
	var faults []*fault.Fault
	wrong := func(field, code string, args ...any) {
		faults = append(faults, fault.New(fault.Invalid, code, args...).At(field))
	}
	known := false
	for _, t := range Types() {
		known = known || t == d.Type
	}
	if !known {
		wrong("type", "dictionary.bad_type", d.Type)
	}
	if d.Type == Coded && d.CodeList == "" {
		wrong("code_list", "dictionary.code_list_missing")
	}
	if d.Pattern != "" {
		if _, err := regexp.Compile(d.Pattern); err != nil {
			wrong("pattern", "dictionary.bad_pattern", d.Pattern)
		}
	}
	if d.MinLength < 0 || d.MaxLength < 0 || d.MaxLength != 0 && d.MaxLength < d.MinLength {
		wrong("max_length", "dictionary.bad_length")
	}
	if d.Precision > maxPrecision || d.Scale < 0 || d.Scale > maxPrecision || d.Precision != 0 && d.Scale > d.Precision {
		wrong("precision", "dictionary.bad_precision", maxPrecision)
	}
	for field, bound := range map[string]string{"min": d.Min, "max": d.Max} {
		if bound == "" {
			continue
		}
		if _, problem := parseBound(d, bound); problem != nil {
			wrong(field, "dictionary.bad_bound", bound)
		}
	}
	return faults
}

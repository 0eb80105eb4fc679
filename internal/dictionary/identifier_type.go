package dictionary

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/kit/fault"
)

// Checksum is what an identifier must satisfy beyond its pattern.
type Checksum string

const (
	NoChecksum    Checksum = "none"           // the pattern says all
	PersonParts   Checksum = "personal_id"    // century, sex and year of birth agree with what is known of the person
	BusinessDigit Checksum = "business_digit" // tenth digit modulo 11
	AgencyParts   Checksum = "agency_code"    // at most 35 characters in groups (QĐ 20/2020/QĐ-TTg)
	CaseDay       Checksum = "case_day"       // the six digits between the dashes are a day yyMMdd
	CommuneOnDay  Checksum = "commune_code"   // a commune on the day of the record
	ProvinceOnDay Checksum = "province_code"  // a province on the day of the record
)

// Checksums lists all checks.
func Checksums() []Checksum {
	return []Checksum{NoChecksum, PersonParts, BusinessDigit, AgencyParts, CaseDay, CommuneOnDay, ProvinceOnDay}
}

// Identifier is one kind of identifier in use in the province (Điều 11.3): its form, who issues it and by which text.
type Identifier struct {
	Name       string    `json:"code"` // of the kind, "ma_ho_so_tthc"
	Version    int       `json:"version"`
	Title      string    `json:"name"`
	Meaning    string    `json:"meaning"`
	Issuer     string    `json:"issuer"`
	Legal      string    `json:"legal_reference"`
	Pattern    string    `json:"pattern"` // RE2 over the whole identifier
	MaxLength  int       `json:"max_length,omitempty"`
	Checksum   Checksum  `json:"checksum"`
	Sample     string    `json:"sample"`              // fictional
	Class      Class     `json:"class"`               // of the identifier itself
	Confirmed  bool      `json:"confirmed"`           // whether the issuer's text was checked
	Element    Code      `json:"element,omitempty"`   // element of the dictionary that holds it
	Elsewhere  string    `json:"elsewhere,omitempty"` // what the form does not tell
	ReplacedBy string    `json:"replaced_by,omitempty"`
	Label      string    `json:"semantic_version,omitempty"`
	Effective  Day       `json:"effective_from"`
	ChangeNote string    `json:"change_note,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
	CreatedBy  string    `json:"created_by"`
}

// check says everything that is wrong with the description at once; its own sample must satisfy it.
func (i Identifier) check(units *Units, today Day) error {
	var faults []*fault.Fault
	wrong := func(bad bool, field, code string, args ...any) {
		if bad {
			faults = append(faults, fault.New(fault.Invalid, code, args...).At(field))
		}
	}
	wrong(!codePattern.MatchString(i.Name), "code", "dictionary.bad_code", i.Name)
	wrong(strings.TrimSpace(i.Title) == "", "name", "dictionary.name_missing")
	wrong(utf8.RuneCountInString(strings.TrimSpace(i.Meaning)) < 10, "meaning", "dictionary.meaning_missing")
	wrong(strings.TrimSpace(i.Issuer) == "", "issuer", "dictionary.issuer_missing")
	wrong(strings.TrimSpace(i.Legal) == "", "legal_reference", "dictionary.legal_missing")
	wrong(!i.Class.Valid(), "class", "dictionary.bad_class", i.Class)
	wrong(!slices.Contains(Checksums(), i.Checksum), "checksum", "dictionary.bad_checksum", i.Checksum)
	wrong(i.MaxLength < 0 || i.MaxLength > 100, "max_length", "dictionary.bad_length")
	_, err := regexp.Compile(i.Pattern)
	wrong(strings.TrimSpace(i.Pattern) == "" || err != nil, "pattern", "dictionary.bad_pattern", i.Pattern)
	if len(faults) == 0 {
		_, problem := i.Try(Trial{Value: i.Sample, At: today}, units)
		wrong(i.Sample == "" || problem != nil, "sample", "dictionary.sample_wrong")
	}
	return fault.Collect(faults...)
}

// Trial is a value that somebody tries, with what else is known of its holder or its record. Nothing of it is kept.
type Trial struct {
	Value     string
	Sex       Sex // of the person, where known
	BirthYear int // likewise
	At        Day // day of the record, for units; NoDay when not known
}

// Fact is what an identifier tells by its form.
type Fact struct {
	Name  string `json:"name" enum:"sex,birth_year,unit,agency,day,branch_of"`
	Value string `json:"value"`
}

// Try checks a value as it stands: nothing is padded, trimmed or guessed (invariant 2).
func (i Identifier) Try(x Trial, units *Units) ([]Fact, *Problem) {
	if i.MaxLength > 0 && utf8.RuneCountInString(x.Value) > i.MaxLength {
		return nil, refuse("dictionary.too_long", i.MaxLength)
	}
	facts, problem := i.particular(x, units)
	if problem != nil { // it says more than that the pattern does not fit
		return nil, problem
	}
	p, err := regexp.Compile(`^(?:` + i.Pattern + `)$`)
	if err != nil || !p.MatchString(x.Value) {
		return nil, refuse("dictionary.pattern", i.Pattern)
	}
	return facts, nil
}

func (i Identifier) particular(x Trial, units *Units) ([]Fact, *Problem) {
	switch i.Checksum {
	case PersonParts:
		return tryPerson(x)
	case BusinessDigit:
		c := Checker{definition: Definition{Type: BusinessID}}
		if problem := c.parseBusinessID(x.Value); problem != nil {
			return nil, problem
		}
		if main, _, branch := strings.Cut(x.Value, "-"); branch {
			return []Fact{{"branch_of", main}}, nil
		}
	case AgencyParts:
		if !ValidAgencyCode(x.Value) {
			return nil, refuse("dictionary.not_an_agency_code")
		}
	case CaseDay:
		return tryCase(x.Value)
	case CommuneOnDay:
		u, problem := units.Commune(x.Value, x.At)
		return []Fact{{"unit", u.FullName}}, problem
	case ProvinceOnDay:
		u, problem := units.Province(x.Value, x.At)
		return []Fact{{"unit", u.FullName}}, problem
	}
	return nil, nil
}

func tryPerson(x Trial) ([]Fact, *Problem) {
	if problem := parsePersonalID(x.Value); problem != nil {
		return nil, problem
	}
	if problem := CheckPerson(x.Value, x.Sex, x.BirthYear); problem != nil {
		return nil, problem
	}
	f := FactsOf(x.Value)
	return []Fact{{"sex", string(f.Sex)}, {"birth_year", fmt.Sprint(f.BirthYear)}}, nil
}

// tryCase reads the agency and the day of a case number, <agency>-yyMMdd-<number>.
func tryCase(s string) ([]Fact, *Problem) {
	parts := strings.Split(s, "-")
	if len(parts) != 3 || !ValidAgencyCode(parts[0]) {
		return nil, refuse("dictionary.not_a_case_number")
	}
	day, err := time.Parse("060102", parts[1])
	if err != nil {
		return nil, refuse("dictionary.case_day", parts[1])
	}
	return []Fact{{"agency", parts[0]}, {"day", day.Format(time.DateOnly)}}, nil
}

// CompareIdentifiers says what a version of a kind of identifier says otherwise.
func CompareIdentifiers(b, n Identifier) []Change {
	var c comparison
	c.add("name", b.Title, n.Title, Patch)
	c.add("meaning", b.Meaning, n.Meaning, Patch)
	c.add("issuer", b.Issuer, n.Issuer, Patch)
	c.add("legal_reference", b.Legal, n.Legal, Patch)
	c.add("pattern", b.Pattern, n.Pattern, Major)
	c.bound("max_length", count(b.MaxLength), count(n.MaxLength), wider(b.MaxLength, n.MaxLength))
	c.bound("checksum", string(b.Checksum), string(n.Checksum), n.Checksum == NoChecksum)
	c.add("sample", b.Sample, n.Sample, Patch)
	c.add("class", string(b.Class), string(n.Class), Minor)
	c.add("confirmed", yes(b.Confirmed), yes(n.Confirmed), Patch)
	c.add("element", string(b.Element), string(n.Element), Patch)
	c.add("elsewhere", b.Elsewhere, n.Elsewhere, Patch)
	c.add("replaced_by", b.ReplacedBy, n.ReplacedBy, Minor)
	return c.changes
}

package catalog

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"lienthong/internal/dictionary"
)

// Field is one column of a dataset.
type Field struct {
	Name     string           `json:"name"`
	Label    string           `json:"label"` // Vietnamese
	Element  dictionary.Ref   `json:"element,omitzero"`
	Proposal string           `json:"proposal,omitempty"` // what is proposed to the dictionary, for a field without an element
	Required bool             `json:"required,omitempty"`
	Key      bool             `json:"key,omitempty"`
	Person   bool             `json:"person_identifier,omitempty"` // identifies a person
	Class    dictionary.Class `json:"class"`
	Lowered  bool             `json:"lowered,omitempty"` // the class stands below that of the element, confirmed by a second person
}

// Mapped reports that the field is defined by an element of the dictionary.
func (f Field) Mapped() bool { return f.Element.Code != "" }

// PersonCheck names the fields that must agree about one person.
type PersonCheck struct {
	ID    string `json:"id"`
	Sex   string `json:"sex,omitempty"`
	Birth string `json:"birth,omitempty"` // a date, or a year
}

// Schema is one immutable version of a dataset's fields.
type Schema struct {
	Dataset   ID                     `json:"dataset"`
	Version   int                    `json:"version"`
	Fields    []Field                `json:"fields"`
	Numbers   dictionary.NumberStyle `json:"numbers,omitempty"`    // how its files write numbers
	DateField string                 `json:"date_field,omitempty"` // the record's date, with which codes are resolved
	Persons   []PersonCheck          `json:"persons,omitempty"`
	CreatedAt time.Time              `json:"created_at"`
	CreatedBy string                 `json:"created_by"`
}

var fieldPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

const maxFields = 500

// check says everything that is wrong with the schema. The elements are those that its fields name.
func (s Schema) check(elements map[dictionary.Ref]dictionary.Element) error {
	c := collector{}
	c.when(len(s.Fields) == 0 || len(s.Fields) > maxFields, "fields", "catalog.fields_missing", maxFields)
	seen := map[string]bool{}
	for _, f := range s.Fields {
		c.when(!fieldPattern.MatchString(f.Name), f.Name, "catalog.bad_field_name", f.Name)
		c.when(seen[f.Name], f.Name, "catalog.field_twice", f.Name)
		seen[f.Name] = true
		c.when(strings.TrimSpace(f.Label) == "", f.Name, "catalog.label_missing", f.Name)
		c.when(!f.Class.Valid(), f.Name, "catalog.field_class_missing", f.Name)
		c.stamps(map[string]string{f.Name: f.Label, f.Name + ".proposal": f.Proposal})
		if !f.Mapped() {
			c.when(strings.TrimSpace(f.Proposal) == "", f.Name, "catalog.field_not_mapped", f.Name)
			continue
		}
		e, known := elements[f.Element]
		c.when(!known, f.Name, "catalog.unknown_element", f.Element)
		c.when(known && f.Class.Valid() && !f.Lowered && f.Class.Rank() < e.Rule.Class.Rank(), f.Name, "catalog.field_class_too_low", f.Name, e.Rule.Class)
	}
	c.when(len(s.KeyFields()) == 0, "fields", "catalog.key_missing")
	c.when(s.DateField != "" && !seen[s.DateField], "date_field", "catalog.unknown_field", s.DateField)
	for _, p := range s.Persons {
		for _, name := range []string{p.ID, p.Sex, p.Birth} {
			c.when(name != "" && !seen[name], "persons", "catalog.unknown_field", name)
		}
		c.when(p.ID == "", "persons", "catalog.person_check_without_id")
	}
	return c.err()
}

// Field finds a field by name.
func (s *Schema) Field(name string) (Field, bool) {
	i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return s.Fields[i], true
}

// KeyFields lists the fields of the primary key, in order.
func (s *Schema) KeyFields() []string {
	var names []string
	for _, f := range s.Fields {
		if f.Key {
			names = append(names, f.Name)
		}
	}
	return names
}

// Class is the highest protection class of the fields.
func (s *Schema) Class() dictionary.Class {
	class := dictionary.Normal
	for _, f := range s.Fields {
		class = class.Above(f.Class)
	}
	return class
}

// Mapping is how much of a schema the dictionary covers (Điều 4.5).
type Mapping struct {
	Fields         int      `json:"fields"`
	Mapped         int      `json:"mapped"`
	Required       int      `json:"required"`
	RequiredMapped int      `json:"required_mapped"`
	Missing        []string `json:"missing,omitempty"` // required fields without an element
}

// Mapping counts the fields that the dictionary covers.
func (s *Schema) Mapping() Mapping {
	var m Mapping
	for _, f := range s.Fields {
		m.Fields++
		if f.Mapped() {
			m.Mapped++
		}
		if !f.Required && !f.Key {
			continue
		}
		m.Required++
		if f.Mapped() {
			m.RequiredMapped++
		} else {
			m.Missing = append(m.Missing, f.Name)
		}
	}
	return m
}

// Breaking reports whether a consumer of the schema before would notice: a field lost, or of another element or key.
func (s *Schema) Breaking(before *Schema) bool {
	for _, old := range before.Fields {
		now, kept := s.Field(old.Name)
		if !kept || now.Element.Code != old.Element.Code || now.Key != old.Key {
			return true
		}
	}
	return false
}

// sameElements reports that both schemas hold exactly the same elements, which makes two sources of one fact.
func (s *Schema) sameElements(other *Schema) bool {
	mine, theirs := map[dictionary.Code]bool{}, map[dictionary.Code]bool{}
	for _, f := range s.Fields {
		mine[f.Element.Code] = true
	}
	for _, f := range other.Fields {
		theirs[f.Element.Code] = true
	}
	if len(mine) != len(theirs) || mine[""] {
		return false
	}
	for code := range mine {
		if !theirs[code] {
			return false
		}
	}
	return true
}

// codes are the elements that the fields name, each once.
func (s *Schema) codes() []dictionary.Code {
	var codes []dictionary.Code
	for _, f := range s.Fields {
		if f.Mapped() && !slices.Contains(codes, f.Element.Code) {
			codes = append(codes, f.Element.Code)
		}
	}
	return codes
}

package privacy

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
)

// Field of a dataset that is personal data.
type Field struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Category Category `json:"category"`
}

// Dataset is what the register needs to know of a dataset.
type Dataset struct {
	Code       string     `json:"code"`
	Name       string     `json:"name"`
	Owner      string     `json:"owner"`
	LegalBasis string     `json:"legal_basis,omitempty"` // of the registration, proposed for the entry
	Purposes   []string   `json:"purposes,omitempty"`    // of its sharing scope, proposed for the entry
	Fields     []Field    `json:"personal_fields"`
	Categories []Category `json:"categories"` // that an entry must name; none: no entry is needed
	hidden     bool       // a registration under way, for its own agency alone
}

// datasetOf reads a described dataset: which fields are personal, by their own class and by that of their elements. A
// field that was raised to important or core keeps the category of its element; a core field of no element counts as
// personal, as in the rest of the platform.
func datasetOf(d catalog.Described) Dataset {
	out := Dataset{
		Code: string(d.Code), Name: d.Name, Owner: d.Owner, LegalBasis: d.LegalBasis, Purposes: d.Sharing.Purposes, hidden: d.State.Editable(), Categories: []Category{}, Fields: []Field{},
	}
	has := map[Category]bool{}
	if d.Class.Personal() {
		has[of(d.Class)] = true
	}
	if d.Schema != nil {
		for _, f := range d.Schema.Fields {
			c, personal := categoryOf(f, d.Elements)
			if !personal {
				continue
			}
			has[c] = true
			out.Fields = append(out.Fields, Field{f.Name, f.Label, c})
		}
	}
	for _, c := range Categories() {
		if has[c] {
			out.Categories = append(out.Categories, c)
		}
	}
	return out
}

func categoryOf(f catalog.Field, elements map[dictionary.Ref]dictionary.Element) (Category, bool) {
	e, mapped := elements[f.Element]
	switch {
	case f.Class == dictionary.SensitivePersonal, mapped && e.Rule.Class == dictionary.SensitivePersonal:
		return Sensitive, true
	case f.Class.Personal(), mapped && e.Rule.Class.Personal(), f.Person, mapped && e.Definition.Type == dictionary.PersonalID:
		return Basic, true
	case f.Class == dictionary.Core && !mapped:
		return Basic, true
	}
	return "", false
}

func of(c dictionary.Class) Category {
	if c == dictionary.SensitivePersonal {
		return Sensitive
	}
	return Basic
}

// dataset finds one that the actor may see in the register.
func (s *Service) dataset(ctx context.Context, who access.Actor, code string) (Dataset, error) {
	described, err := s.Catalog.Describe(ctx, catalog.Code(code))
	if err != nil {
		return Dataset{}, err
	}
	d := datasetOf(described)
	if d.hidden && !who.ActsFor(d.Owner) {
		return Dataset{}, fault.New(fault.NotFound, "catalog.not_found", code)
	}
	return d, nil
}

package catalog

import (
	"encoding/json"
	"fmt"

	"lienthong/internal/dictionary"
)

// JSONSchema writes the schema as JSON Schema 2020-12, in the form in which the platform answers records.
func JSONSchema(d Dataset, s Schema, elements map[dictionary.Ref]dictionary.Element) ([]byte, error) {
	properties := make(map[string]any, len(s.Fields))
	required := []string{}
	for _, f := range s.Fields {
		p := property(elements[f.Element].Definition)
		p["title"] = f.Label
		if f.Mapped() {
			p["x-element"] = f.Element.String()
		}
		p["x-class"] = f.Class
		if f.Required || f.Key {
			required = append(required, f.Name)
		} else {
			p["type"] = []any{p["type"], "null"}
		}
		properties[f.Name] = p
	}
	b, err := json.MarshalIndent(map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"$id":                  fmt.Sprintf("urn:lienthong:dataset:%s:%d", d.Code, s.Version),
		"title":                d.Name,
		"description":          d.Description,
		"type":                 "object",
		"properties":           properties,
		"required":             required,
		"additionalProperties": false,
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the JSON Schema of %s: %w", d.Code, err)
	}
	return b, nil
}

func property(d dictionary.Definition) map[string]any {
	p := map[string]any{"type": "string"}
	switch d.Type {
	case dictionary.Integer:
		p["type"] = "integer"
	case dictionary.Decimal: // text, because a reader of JSON numbers would round it
		p["pattern"] = `^-?[0-9]+(\.[0-9]+)?$`
	case dictionary.Boolean:
		p["type"] = "boolean"
	case dictionary.Date:
		p["format"] = "date"
	case dictionary.Timestamp:
		p["format"] = "date-time"
	case dictionary.PersonalID:
		p["pattern"] = `^[0-9]{12}$`
	case dictionary.BusinessID:
		p["pattern"] = `^[0-9]{10}(-[0-9]{3})?$`
		if d.HouseholdB {
			p["pattern"] = `^([0-9]{10}(-[0-9]{3})?|[0-9]{12})$`
		}
	case dictionary.CommuneCode:
		p["pattern"] = `^[0-9]{5}$`
	case dictionary.ProvinceCode:
		p["pattern"] = `^[0-9]{2}$`
	case dictionary.AgencyCode:
		p["pattern"] = `^[A-Z][0-9]{2}(\.[0-9A-Z]{1,4})*$`
		p["maxLength"] = 35
	case dictionary.Text, "":
		if d.MaxLength > 0 {
			p["maxLength"] = d.MaxLength
		}
		if d.MinLength > 0 {
			p["minLength"] = d.MinLength
		}
		if d.Pattern != "" {
			p["pattern"] = "^(?:" + d.Pattern + ")$"
		}
	case dictionary.Coded:
		p["x-code-list"] = d.CodeList
	}
	if d.Unit != "" {
		p["x-unit"] = d.Unit
	}
	return p
}

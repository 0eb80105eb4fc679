package catalog

import (
	"encoding/json"
	"fmt"
	"strconv"

	"lienthong/internal/dictionary"
)

// mostCodes of a list are written out; of a longer one its name stands alone.
const mostCodes = 1000

// JSONSchema writes the schema as JSON Schema 2020-12, in the form in which the platform answers records. The code lists are
// those that the elements name, as they hold today.
func JSONSchema(d Dataset, s Schema, elements map[dictionary.Ref]dictionary.Element, lists map[string]*dictionary.CodeList) ([]byte, error) {
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
		if codes := codesOf(lists[elements[f.Element].Definition.CodeList], !f.Required && !f.Key); codes != nil {
			p["oneOf"] = codes
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

// codesOf are the codes of a list with their labels and the days between which they hold. A code has one line for each of
// its periods with a label of its own. nil: there is no list, or it is too long to be written out.
func codesOf(l *dictionary.CodeList, empty bool) []any {
	if l == nil || len(l.Items) > mostCodes {
		return nil
	}
	var out []any
	at := map[string]map[string]any{}
	for _, i := range l.Items {
		period := map[string]any{"label": i.Label}
		if i.ValidFrom != dictionary.NoDay {
			period["valid_from"] = i.ValidFrom.String()
		}
		if i.ValidTo != dictionary.NoDay {
			period["valid_to"] = i.ValidTo.String()
		}
		one, known := at[i.Code]
		if !known {
			one = map[string]any{"const": i.Code, "title": i.Label}
			at[i.Code] = one
			out = append(out, one)
		}
		one["title"] = i.Label // the last period's
		if len(period) > 1 || known {
			periods, _ := one["x-periods"].([]any)
			one["x-periods"] = append(periods, period)
		}
	}
	if empty {
		out = append(out, map[string]any{"type": "null"})
	}
	return out
}

func property(d dictionary.Definition) map[string]any {
	p := map[string]any{"type": "string"}
	switch d.Type {
	case dictionary.Integer:
		p["type"] = "integer"
		for key, bound := range map[string]string{"minimum": d.Min, "maximum": d.Max} {
			if n, err := strconv.ParseInt(bound, 10, 64); err == nil {
				p[key] = n
			}
		}
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
		if d.MaxLength > 0 {
			p["maxLength"] = d.MaxLength
		}
	}
	if d.Unit != "" {
		p["x-unit"] = d.Unit
	}
	if d.Format != "" {
		p["x-format"] = d.Format
	}
	return p
}

package catalogweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
	"lienthong/internal/web"
)

const maxRows = 500 // fields of one schema, as the register allows

// schemaForm is what the editor says about the schema as a whole; the fields follow as numbered lines.
type schemaForm struct {
	Rows      int64  `form:"rows"`
	Numbers   string `form:"numbers"`
	DateField string `form:"date_field"`
}

func (p *Pages) editSchema(w http.ResponseWriter, r *http.Request) error {
	about, err := p.schemaOf(r)
	if err != nil {
		return err
	}
	schema := catalog.Schema{}
	if about.Schema != nil {
		schema = *about.Schema
	}
	elements, err := p.elements(r.Context())
	if err != nil {
		return err
	}
	if columns := r.URL.Query().Get("columns"); columns != "" {
		schema.Fields = append(schema.Fields, suggest(columns, schema, elements)...)
	}
	return p.schemaPage(w, r, about, schema, elements, nil)
}

// schemaOf finds the dataset for someone who may define its fields now.
func (p *Pages) schemaOf(r *http.Request) (catalog.Described, error) {
	d, err := p.find(r)
	if err != nil {
		return catalog.Described{}, err
	}
	about, err := p.Catalog.Describe(r.Context(), d.Code)
	if err != nil {
		return about, err
	}
	if _, err := access.RequireFor(r.Context(), access.CatalogRegister, about.Owner); err != nil {
		return about, err
	}
	if !about.State.Editable() && about.State != catalog.Published {
		return about, fault.New(fault.Conflict, "catalog.not_editable", about.Code, about.State)
	}
	return about, nil
}

func (p *Pages) defineSchema(w http.ResponseWriter, r *http.Request) error {
	var in schemaForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	about, err := p.schemaOf(r)
	if err != nil {
		return err
	}
	elements, err := p.elements(r.Context())
	if err != nil {
		return err
	}
	schema := typedSchema(r.PostForm, in, elements)
	if _, err := p.Catalog.DefineSchema(r.Context(), about.ID, schema); err != nil {
		return p.schemaPage(w, r, about, schema, elements, err)
	}
	http.Redirect(w, r, path(about.Code)+"?tab=status", http.StatusSeeOther)
	return nil
}

// elements are the elements that a new field may take: those in force, by code.
func (p *Pages) elements(ctx context.Context) ([]dictionary.Element, error) {
	all, err := p.Dictionary.ListElements(ctx, dictionary.Filter{})
	if err != nil {
		return nil, err
	}
	var list []dictionary.Element
	for _, e := range all {
		if e.ReplacedBy == "" {
			list = append(list, e)
		}
	}
	return list, nil
}

// typedSchema reads the numbered lines of the editor. A line without name and element is none; what a line leaves open
// is taken from its element.
func typedSchema(typed url.Values, in schemaForm, elements []dictionary.Element) catalog.Schema {
	s := catalog.Schema{Numbers: dictionary.NumberStyle(in.Numbers), DateField: in.DateField}
	for i := range int(min(max(in.Rows, 0), maxRows+1)) {
		at := func(name string) string {
			return strings.TrimSpace(vitext.NFC(typed.Get(name + "_" + strconv.Itoa(i))))
		}
		f := catalog.Field{
			Name: at("name"), Label: at("label"), Element: refOf(at("element")), Proposal: at("proposal"),
			Required: at("required") != "", Key: at("key") != "", Person: at("person") != "", Class: dictionary.Class(at("class")),
		}
		if f.Name == "" && !f.Mapped() {
			continue
		}
		if e, found := elementOf(elements, f.Element.Code); found {
			f = completed(f, e)
		}
		if f.Class == "" && !f.Mapped() {
			f.Class = dictionary.Normal
		}
		s.Fields = append(s.Fields, f)
	}
	if id := strings.TrimSpace(typed.Get("person_id")); id != "" {
		s.Persons = []catalog.PersonCheck{{ID: id, Sex: strings.TrimSpace(typed.Get("person_sex")), Birth: strings.TrimSpace(typed.Get("person_birth"))}}
	}
	return s
}

// completed takes from the element what the field leaves open.
func completed(f catalog.Field, e dictionary.Element) catalog.Field {
	if f.Name == "" {
		f.Name = string(e.Code)
	}
	if f.Label == "" {
		f.Label = e.Name
	}
	if f.Class == "" {
		f.Class = e.Rule.Class
	}
	if f.Element.Version == 0 {
		f.Element = e.Ref()
	}
	return f
}

// refOf reads "code@version", the value of the choice.
func refOf(s string) dictionary.Ref {
	code, version, _ := strings.Cut(s, "@")
	n, err := strconv.Atoi(version)
	if err != nil || n < 1 {
		n = 0
	}
	return dictionary.Ref{Code: dictionary.Code(code), Version: n}
}

func elementOf(elements []dictionary.Element, code dictionary.Code) (dictionary.Element, bool) {
	for _, e := range elements {
		if e.Code == code {
			return e, true
		}
	}
	return dictionary.Element{}, false
}

// suggest makes fields of the column names of a file, with the element whose code or name is the column's. Columns that
// the schema has are left out. A person confirms what is suggested.
func suggest(columns string, have catalog.Schema, elements []dictionary.Element) []catalog.Field {
	var fields []catalog.Field
	for _, column := range columnNames(columns) {
		name := fieldName(column)
		if _, twice := have.Field(name); name == "" || twice {
			continue
		}
		f := catalog.Field{Name: name, Label: column}
		for _, e := range elements {
			if string(e.Code) == name || vitext.Fold(e.Name) == vitext.Fold(column) {
				f.Element, f.Class = e.Ref(), e.Rule.Class
				f.Person = e.Definition.Type == dictionary.PersonalID
				if f.Label == string(e.Code) {
					f.Label = e.Name
				}
				break
			}
		}
		have.Fields = append(have.Fields, f)
		fields = append(fields, f)
		if len(have.Fields) == maxRows {
			break
		}
	}
	return fields
}

// columnNames splits the first line of a file at the first of the usual separators that it holds.
func columnNames(line string) []string {
	line = strings.TrimPrefix(strings.TrimSpace(line), "\uFEFF")
	for _, sep := range []string{"\t", ";", "|", ","} {
		if strings.Contains(line, sep) {
			return cleaned(strings.Split(line, sep))
		}
	}
	return cleaned(strings.Split(line, "\n"))
}

func cleaned(names []string) []string {
	var out []string
	for _, n := range names {
		if n = strings.Trim(strings.TrimSpace(n), `"`); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// fieldName is the name of a field for a column as people write it: "Mã xã" becomes ma_xa.
func fieldName(column string) string { return catalog.FieldName(column) }

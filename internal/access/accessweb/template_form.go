package accessweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"
)

// templateForm is a sharing policy as it is typed; masks stand in "mask.<field>", compared values in "values.<field>".
type templateForm struct {
	Levels   []string `form:"levels"`
	Columns  []string `form:"columns"`
	Purposes []string `form:"purposes"`
	Methods  []string `form:"methods"`
	Kinds    []string `form:"agency_types"`
	Agencies string   `form:"agencies"`
	Rows     string   `form:"rows"`
	Months   int      `form:"longest_months"`
	Minute   int64    `form:"calls_per_minute"`
	Day      int64    `form:"calls_per_day"`
	Call     int64    `form:"records_per_call"`
	Records  int64    `form:"records_per_day"`
	Persons  int64    `form:"persons_per_day"`
	Note     string   `form:"note"`
}

func (f templateForm) policy(values url.Values) access.SharePolicy {
	p := access.SharePolicy{
		Purposes: f.Purposes, Methods: f.Methods, AgencyTypes: f.Kinds, Agencies: parts(f.Agencies, "\n"), LongestMonths: f.Months,
		CallsPerMinute: f.Minute, CallsPerDay: f.Day, RecordsPerCall: f.Call, RecordsPerDay: f.Records, PersonsPerDay: f.Persons,
	}
	for _, l := range f.Levels {
		p.Levels = append(p.Levels, access.Level(l))
	}
	for _, name := range f.Columns {
		c := access.Column{Name: name, Mask: access.MaskKind(values.Get("mask." + name))}
		if c.Mask == access.MaskYesNo {
			text, not := strings.CutPrefix(strings.TrimSpace(values.Get("values."+name)), "!")
			c.Values, c.Not = parts(text, ","), not
		}
		p.Columns = append(p.Columns, c)
	}
	for _, line := range parts(f.Rows, "\n") {
		column, in, _ := strings.Cut(line, "=")
		p.Rows = append(p.Rows, access.RowRule{Column: strings.TrimSpace(column), In: parts(in, ",")})
	}
	return p
}

func parts(s, sep string) []string {
	var out []string
	for part := range strings.SplitSeq(s, sep) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// templateFormView is the form of a sharing policy.
type templateFormView struct {
	T                                                  ui.T
	Head                                               ui.Head
	Form                                               ui.FormProps
	Levels, Purposes, Methods, Kinds                   ui.Choice
	Agencies, Rows, Months, Minute, Day, Call, Records ui.Field
	Persons, Note                                      ui.Field
	Fields                                             []templateFieldView
	FieldsError                                        string
}

// templateFieldView is one field of the dataset in the form.
type templateFieldView struct {
	Name, Label, Hint string
	On                bool
	Mask              ui.Choice
	Values            ui.Field
}

func masks() []access.MaskKind {
	return []access.MaskKind{access.MaskNone, access.MaskPartial, access.MaskHide, access.MaskGeneralise, access.MaskHash, access.MaskYesNo}
}

func (p *Pages) templateFields(r *http.Request, t ui.T, dataset string, x access.SharePolicy, note string, errs ui.FormErrors) (templateFormView, error) {
	fields, err := p.registers.Fields(r.Context(), dataset)
	if err != nil {
		return templateFormView{}, err
	}
	field := func(name, label, value string) ui.Field {
		return ui.Field{Name: name, Label: t(label), Value: value, Error: errs.Of(name)}
	}
	number := func(name, label string, n int64) ui.Field {
		f := field(name, label, "")
		if n != 0 {
			f.Value = strconv.FormatInt(n, 10)
		}
		f.Type, f.InputMode, f.Short = "number", "numeric", true
		return f
	}
	v := templateFormView{
		T: t, Form: ui.FormProps{Action: templatePath(dataset) + "/propose", Submit: t("access.template_send"), Icon: ui.IconSend, Cancel: templatePath(dataset), Errors: errs},
		Levels:   several(field("levels", "access.template_levels", ""), levelOptions(t, x.Levels)),
		Purposes: several(field("purposes", "access.template_purposes", ""), p.purposeOptions(r.Context(), x.Purposes)),
		Methods:  several(field("methods", "access.template_methods", ""), wordOptions(t, "connection.method.", p.registers.Methods, x.Methods)),
		Kinds:    several(field("agency_types", "access.template_kinds", ""), wordOptions(t, "agency.kind.", p.registers.Kinds, x.AgencyTypes)),
		Agencies: field("agencies", "access.template_agencies", strings.Join(x.Agencies, "\n")), Rows: field("rows", "access.template_rows", rowLines(x.Rows)),
		Months: number("longest_months", "access.template_longest", int64(x.LongestMonths)), Minute: number("calls_per_minute", "access.template_minute", x.CallsPerMinute),
		Day: number("calls_per_day", "access.template_day", x.CallsPerDay), Call: number("records_per_call", "access.template_call", x.RecordsPerCall),
		Records: number("records_per_day", "access.template_records", x.RecordsPerDay), Persons: number("persons_per_day", "access.template_persons", x.PersonsPerDay),
		Note: field("note", "access.template_note", note), FieldsError: errs.Of("columns"),
	}
	v.Methods.Hint, v.Agencies.Hint, v.Rows.Hint = t("access.template_methods_do"), t("access.template_agencies_do"), t("access.template_rows_do")
	v.Levels.Required, v.Purposes.Required, v.Months.Required = true, true, true
	v.Agencies.Optional, v.Rows.Optional, v.Note.Optional = true, true, true
	for _, f := range fields {
		v.Fields = append(v.Fields, fieldView(t, x, f))
	}
	return v, nil
}

func fieldView(t ui.T, x access.SharePolicy, f Named) templateFieldView {
	v := templateFieldView{
		Name: f.Code, Label: f.Name, Hint: f.Hint,
		Mask:   ui.Choice{Field: ui.Field{Name: "mask." + f.Code, Label: t("access.template_mask_of", f.Name)}, NoEmpty: true},
		Values: ui.Field{Name: "values." + f.Code, Label: t("access.template_values_of"), Hint: t("access.template_values_do")},
	}
	var now access.Column
	for _, c := range x.Columns {
		if c.Name == f.Code {
			now, v.On = c, true
		}
	}
	for _, m := range masks() {
		label := t("access.mask." + string(m))
		if m == access.MaskNone {
			label = t("access.mask.none")
		}
		v.Mask.Options = append(v.Mask.Options, ui.Option{Value: string(m), Label: label, On: now.Mask == m})
	}
	v.Values.Value = strings.Join(now.Values, ", ")
	if now.Not {
		v.Values.Value = "!" + v.Values.Value
	}
	return v
}

func several(f ui.Field, options []ui.Option) ui.Choice { return ui.Choice{Field: f, Options: options} }

func levelOptions(t ui.T, on []access.Level) []ui.Option {
	var out []ui.Option
	for _, l := range []access.Level{access.LevelView, access.LevelUse, access.LevelUpdate, access.LevelShare} {
		out = append(out, ui.Option{Value: string(l), Label: levelOf(t, l), On: slices.Contains(on, l)})
	}
	return out
}

func wordOptions(t ui.T, prefix string, codes, on []string) []ui.Option {
	var out []ui.Option
	for _, c := range codes {
		out = append(out, ui.Option{Value: c, Label: t(prefix + c), On: slices.Contains(on, c)})
	}
	return out
}

func (p *Pages) purposeOptions(ctx context.Context, on []string) []ui.Option {
	all, err := p.access.Purposes(ctx)
	if err != nil { // the form then says that a purpose is missing
		return nil
	}
	var out []ui.Option
	for _, x := range all {
		if x.Active {
			out = append(out, ui.Option{Value: x.Code, Label: nameOf(i18n.LangOf(ctx), x), Hint: x.Code, On: slices.Contains(on, x.Code)})
		}
	}
	return out
}

func rowLines(rules []access.RowRule) string {
	out := make([]string, len(rules))
	for i, r := range rules {
		out[i] = r.Column + " = " + strings.Join(r.In, ", ")
	}
	return strings.Join(out, "\n")
}

package connectionweb

import (
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func fieldOptions(t ui.T, names []string, d connection.Dataset) []ui.Option {
	var out []ui.Option
	for _, name := range names {
		x, _ := d.Field(name)
		out = append(out, ui.Option{Value: name, Label: x.Label + " (" + name + ")", Hint: t("connection.class." + string(x.Class))})
	}
	return out
}

func masks() []access.MaskKind {
	return []access.MaskKind{access.MaskNone, access.MaskPartial, access.MaskGeneralise, access.MaskHash, access.MaskYesNo, access.MaskHide}
}

func answers() []connection.Answer {
	return []connection.Answer{connection.Pass, connection.Fail, connection.Note}
}

// checklistFields are the questions, then the necessity of each field.
func checklistFields(f filler, r *connection.Request, d connection.Dataset) []templ.Component {
	t := f.t
	var out []templ.Component
	for _, item := range connection.Items() {
		kept := r.Checklist.Items[item]
		out = append(out, fieldRow(
			f.choose(string(item), "connection.item."+string(item), string(kept.Answer), coded(t, "connection.answer.", answers())),
			f.text("note."+string(item), "connection.l_comment", kept.Comment)))
	}
	for _, name := range r.Need.Fields {
		out = append(out, necessityFields(f, r, d.FieldOr(name), slices.Contains(r.Need.PersonalFields(d), name)))
	}
	return out
}

// necessityFields judge one field; of a personal one the requester's words stand above and the judged form is asked.
func necessityFields(f filler, r *connection.Request, x connection.Field, personal bool) templ.Component {
	t, name := f.t, x.Name
	kept, said := r.Checklist.Fields[name], r.Need.Impact[name]
	if _, judged := r.Checklist.Fields[name]; !judged { // begin with what the requester holds enough
		kept.Alternative = said.Alternative
	}
	hint := t("connection.class." + string(x.Class))
	parts := []templ.Component{hidden("field", name)}
	if personal {
		if said.Necessity != "" {
			parts = append(parts, ui.Muted(t("connection.said", said.Necessity, t("connection.alternative."+string(said.Alternative)), said.Why)))
		}
		parts = append(parts, f.check("needed."+name, "connection.l_needed", kept.Needed),
			f.choose("alternative."+name, "connection.alternative_judged", string(kept.Alternative), coded(t, "connection.alternative.", connection.Alternatives())))
	} else {
		parts = append(parts, f.check("needed."+name, "connection.l_needed", kept.Needed))
	}
	parts = append(parts,
		fieldRow(f.sure("mask."+name, "connection.l_mask", string(kept.Mask), coded(t, "connection.mask.", masks())),
			hinted(f, "values."+name, "connection.l_values", "connection.l_values_hint", comparedText(kept.Values, kept.Not)), f.text("as."+name, "connection.l_as", kept.As)),
		f.text("note."+name, "connection.l_judged_why", kept.Comment))
	return fieldSet(x.Label+" ("+name+")", hint, parts...)
}

// comparedText is what a value is compared with, as the form takes it: "!" asks whether it is none of them.
func comparedText(values []string, not bool) string {
	if len(values) == 0 {
		return ""
	}
	if not {
		return "!" + strings.Join(values, ", ")
	}
	return strings.Join(values, ", ")
}

// approveFields propose what appraisal and owner leave of the requested scope.
func approveFields(f filler, v connection.View) []templ.Component {
	t, r, n := f.t, v.Request, v.Request.Need
	var excluded []string
	if r.Opinion != nil {
		excluded = r.Opinion.Exclude
	}
	var out []templ.Component
	for _, name := range n.Fields {
		x, judged := v.Dataset.FieldOr(name), r.Checklist.Fields[name]
		field := []templ.Component{
			f.member("columns", name, "connection.l_include", judged.Needed && !slices.Contains(excluded, name)),
			fieldRow(f.sure("mask."+name, "connection.l_mask", string(judged.Mask), coded(t, "connection.mask.", masks())),
				hinted(f, "values."+name, "connection.l_values", "connection.l_values_hint", comparedText(judged.Values, judged.Not)), f.text("as."+name, "connection.l_as", judged.As)),
		}
		if n.People() {
			field = append(field, f.check("reveal."+name, "connection.l_reveal", false))
		}
		out = append(out, fieldSet(x.Label+" ("+name+")", t("connection.class."+string(x.Class)), field...))
	}
	personal := slices.ContainsFunc(n.Fields, func(name string) bool { return v.Dataset.FieldOr(name).Class.Personal() })
	records, day := int64(0), int64(0)
	if personal {
		records, day = 100, max(n.CallsPerDay, 100)
	}
	if len(n.Operations) > 0 {
		out = append(out, f.several("operations", "connection.operations", "", n.Operations, plainOptions(n.Operations)))
	}
	demands := []templ.Component{f.check("case_required", "connection.l_case_required", false)}
	if n.People() {
		out = append(out, f.several("roles", "connection.roles", "", roleValues(n.Roles), roleOptions(t, n.Roles)))
	} else {
		demands = append(demands, f.check("officer_required", "connection.l_officer_required", false))
	}
	out = append(out,
		f.area("rows", "connection.rows", "connection.rows_hint", rowText(n.Rows)),
		f.several("purposes", "connection.purposes", "", n.Purposes, namedOptions(n.Purposes, f.purposes)),
		f.several("levels", "connection.l_levels", "", []string{string(n.Level)}, coded(t, "connection.level.", []access.Level{n.Level})),
		fieldRow(f.number("calls_per_minute", "connection.l_calls_per_minute", n.PeakPerMinute), f.number("calls_per_day", "connection.l_calls_per_day", n.CallsPerDay)),
		fieldRow(f.number("records_per_call", "connection.l_records_per_call", records), f.number("records_per_day", "connection.l_records_per_day", day),
			f.number("persons_per_day", "connection.l_persons_per_day", 0)),
		f.area("source_addresses", "connection.addresses", "connection.one_per_line", strings.Join(n.Addresses, "\n")),
		fieldRow(f.date("valid_from", "connection.from", string(n.From)), f.date("valid_to", "connection.to", string(n.Requested().Longest(v.Dataset)))))
	return append(out, demands...)
}

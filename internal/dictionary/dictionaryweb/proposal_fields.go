package dictionaryweb

import (
	"errors"
	"net/http"
	"strconv"

	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// filler builds the fields of the form with their errors.
type filler struct {
	t      ui.T
	errors ui.FormErrors
}

// field is an input whose label is the message dictionary.field.<name>, and whose hint that + "_hint" where hint is set.
func (f filler) field(name, value string, hint bool) ui.Field {
	x := ui.Field{Name: name, Label: f.t("dictionary.field." + name), Value: value, Error: f.errors.Of(name)}
	if hint {
		x.Hint = f.t("dictionary.field." + name + "_hint")
	}
	return x
}

func must(x ui.Field) ui.Field { x.Required = true; return x }

func optional(x ui.Field) ui.Field { x.Optional = true; return x }

func short(x ui.Field) ui.Field { x.Short = true; return x }

func (f filler) number(name string, value int64) templ.Component {
	text := ""
	if value != 0 {
		text = strconv.FormatInt(value, 10)
	}
	x := short(optional(f.field(name, text, false)))
	x.InputMode = "numeric"
	return ui.Input(x)
}

func (f filler) choice(x ui.Field, options []ui.Option) templ.Component {
	for i := range options {
		options[i].On = options[i].Value == x.Value
	}
	return ui.Select(ui.Choice{Field: x, Options: options})
}

// words makes options of codes whose message is prefix + code.
func words[S ~string](t ui.T, prefix string, codes []S) []ui.Option {
	options := make([]ui.Option, 0, len(codes))
	for _, c := range codes {
		options = append(options, ui.Option{Value: string(c), Label: t(prefix + string(c))})
	}
	return options
}

func (p *Pages) proposalFormPage(w http.ResponseWriter, r *http.Request, in proposalForm, x *dictionary.Proposal, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	t := p.shell.T(r)
	v := pageView{}
	var rows *dictionary.ImportRefused
	if errors.As(refusal, &rows) { // every wrong line, never only the first
		f := fault.Of(refusal)
		errs = ui.FormErrors{Text: t(f.Code, f.Args...)}
		v.Main = append(v.Main, part{Card: ui.CardProps{Title: t("dictionary.import_wrong"), Flush: true}, Body: []templ.Component{wrongRows(t, rows.Rows)}})
	}
	f := filler{t, errs}
	fields, err := p.proposalFields(r, f, in, x == nil)
	if err != nil {
		return err
	}
	props := ui.FormProps{
		Action: "/dictionary/proposals", Submit: t("dictionary.send_proposal"), Icon: ui.IconSend, Errors: errs, Cancel: "/dictionary/proposals", Upload: in.Kind == string(dictionary.ThingCodeList) && in.Action != string(dictionary.Retire),
		Hidden: []ui.Hidden{{Name: "kind", Value: in.Kind}, {Name: "action", Value: in.Action}, {Name: "subject", Value: in.Subject}, {Name: "base", Value: strconv.FormatInt(in.Base, 10)}, {Name: "dataset", Value: in.Dataset}, {Name: "field", Value: in.Field}},
	}
	title := t("dictionary.form." + in.Kind + "." + in.Action)
	v.Head = ui.Head{Title: title, Lead: t("dictionary.form_lead")}
	if in.Action != string(dictionary.Create) {
		v.Head.Eyebrow = in.Subject
	}
	if in.Dataset != "" {
		v.Above = append(v.Above, ui.Alert(ui.Note{Tone: ui.Info, Title: t("dictionary.for_field", in.Field, in.Dataset)}))
	}
	if x != nil {
		props.Action, props.Cancel = proposalPath(x.ID)+"/edit", proposalPath(x.ID)
		props.Hidden = append(props.Hidden, ui.Hidden{Name: "revision", Value: strconv.FormatInt(in.Revision, 10)})
		v.Head.Eyebrow = x.Number
		if x.Note != "" {
			v.Above = append(v.Above, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("dictionary.is_returned"), Text: x.Note}))
		}
	}
	v.Main = append(v.Main, part{Body: []templ.Component{form(props, fields...)}})
	out := web.Page{Title: title, Crumbs: crumbs(t, ui.Crumb{Label: t("dictionary.proposals"), Path: "/dictionary/proposals"}, ui.Crumb{Label: title}), Body: page(v), Narrow: true}
	if shown {
		out.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, out)
}

func wrongRows(t ui.T, rows []dictionary.RowError) templ.Component {
	table := ui.TableProps{
		Caption: t("dictionary.import_wrong"),
		Columns: []ui.Column{{Label: t("dictionary.line"), Number: true}, {Label: t("dictionary.column")}, {Label: t("dictionary.value_of")}, {Label: t("dictionary.reason_of")}},
	}
	for _, r := range rows {
		table.Rows = append(table.Rows, ui.Cells(ui.Number(int64(r.Row)), ui.Mono(r.Column), ui.Text(dash(r.Value)), ui.Text(t(r.Reason.Code, r.Reason.Args...))))
	}
	return ui.Table(table)
}

// proposalFields are the fields of what is proposed, then why and from when.
func (p *Pages) proposalFields(r *http.Request, f filler, in proposalForm, isNew bool) ([]templ.Component, error) {
	var what []templ.Component
	var err error
	switch {
	case in.Action == string(dictionary.Retire):
		what, err = p.retireFields(r, f, in)
	case in.Kind == string(dictionary.ThingElement):
		what, err = p.elementFields(r, f, in, isNew)
	case in.Kind == string(dictionary.ThingCodeList):
		what = listFields(f, in, isNew)
	case in.Kind == string(dictionary.ThingIdentifier):
		what = identifierFields(f, in, isNew)
	default:
		return nil, fault.New(fault.Invalid, "dictionary.bad_kind", in.Kind)
	}
	if err != nil {
		return nil, err
	}
	reason := must(f.field("reason", in.Reason, true))
	reason.Rows, reason.MaxLength = 3, 2000
	day := optional(f.field("effective_from", in.Effective, true))
	day.Type, day.Short = "date", true
	why := []templ.Component{ui.Textarea(reason), ui.Input(day)}
	if in.Action == string(dictionary.Revise) {
		level := optional(f.field("level", in.Level, true))
		why = append(why, f.choice(level, words(f.t, "dictionary.level.", []dictionary.Level{dictionary.Patch, dictionary.Minor, dictionary.Major})))
	}
	why = []templ.Component{fieldSet(f.t("dictionary.fs_why"), "", why...)}
	if in.Kind == string(dictionary.ThingCodeList) && in.Action != string(dictionary.Retire) {
		// the file stands last: what is typed must be read before it
		return append(append(what[:len(what)-1:len(what)-1], why...), what[len(what)-1]), nil
	}
	return append(what, why...), nil
}

func (p *Pages) elementFields(r *http.Request, f filler, in proposalForm, isNew bool) ([]templ.Component, error) {
	lists, err := p.dictionary.ListCodeLists(r.Context())
	if err != nil {
		return nil, err
	}
	listOptions := make([]ui.Option, 0, len(lists))
	for _, l := range lists {
		if l.ReplacedBy == "" {
			listOptions = append(listOptions, ui.Option{Value: l.Name, Label: l.Title + " (" + l.Name + ")"})
		}
	}
	owners, err := p.owners(r)
	if err != nil {
		return nil, err
	}
	meaning := must(f.field("meaning", in.Meaning, true))
	meaning.Rows = 3
	code := must(short(f.field("code", in.Code, true)))
	household := ui.Field{Name: "household", Label: f.t("dictionary.household_text")}
	if in.House {
		household.Value = "1"
	}
	return []templ.Component{
		fieldSet(f.t("dictionary.fs_business"), "", codeField(f.t, code, isNew && in.Action == string(dictionary.Create)), ui.Input(must(f.field("name", in.Name, true))), ui.Textarea(meaning)),
		fieldSet(f.t("dictionary.fs_technical"), f.t("dictionary.fs_technical_hint"),
			fieldRow(f.choice(must(f.field("type", in.Type, false)), words(f.t, "dictionary.type.", dictionary.Types())), f.choice(optional(f.field("code_list", in.CodeList, true)), listOptions)),
			fieldRow(ui.Input(optional(f.field("format", in.Format, true))), ui.Input(optional(f.field("unit", in.Unit, true)))),
			fieldRow(f.number("min_length", in.Min), f.number("max_length", in.Max), f.number("precision", in.Digits), f.number("scale", in.Scale)),
			fieldRow(ui.Input(short(optional(f.field("min", in.Least, false)))), ui.Input(short(optional(f.field("max", in.Most, false)))), ui.Input(optional(f.field("pattern", in.Pattern, true)))),
			ui.Checkbox(household),
		),
		fieldSet(f.t("dictionary.fs_rule"), "",
			fieldRow(f.choice(must(f.field("owner", in.Owner, true)), owners), f.choice(must(f.field("class", in.Class, false)), words(f.t, "dictionary.class.", dictionary.Classes()))),
			fieldRow(ui.Input(optional(f.field("standard", in.Standard, true))), ui.Input(optional(f.field("master_code", in.Master, true)))),
		),
	}, nil
}

// codeField is the code of something new, or the one that stays.
func codeField(t ui.T, code ui.Field, open bool) templ.Component {
	if open {
		return ui.Input(code)
	}
	return ui.Lines(ui.KeyValue(ui.Pair{Name: code.Label, Value: ui.Mono(code.Value), Help: t("dictionary.code_fixed")}), hidden(code.Name, code.Value))
}

// owners are the agencies that may answer for an element; the caller's own comes first when nothing was chosen.
func (p *Pages) owners(r *http.Request) ([]ui.Option, error) {
	if p.agencies == nil {
		return nil, nil
	}
	all, err := p.agencies(r.Context())
	if err != nil {
		return nil, err
	}
	options := make([]ui.Option, 0, len(all))
	for _, code := range all {
		options = append(options, ui.Option{Value: code, Label: p.agency(r.Context(), code) + " (" + code + ")"})
	}
	return options, nil
}

// listFields are those of a list; the file comes last.
func listFields(f filler, in proposalForm, isNew bool) []templ.Component {
	items := optional(f.field("items", in.Items, true))
	items.Rows = 12
	name := must(short(f.field("name", in.Name, true)))
	name.Label, name.Hint = f.t("dictionary.field.list_name"), f.t("dictionary.field.list_name_hint")
	return []templ.Component{
		fieldSet(f.t("dictionary.fs_list"), "", codeField(f.t, name, isNew && in.Action == string(dictionary.Create)), ui.Input(must(f.field("title", in.Title, false))), ui.Input(optional(f.field("standard", in.Standard, true)))),
		fieldSet(f.t("dictionary.fs_items"), f.t("dictionary.fs_items_hint"), ui.Textarea(items)),
		ui.FileInput(ui.FileChoice{Field: optional(f.field("file", "", true)), Accept: ".csv,.xlsx,text/csv," + xlsxType, MaxText: "8 MB"}),
	}
}

func identifierFields(f filler, in proposalForm, isNew bool) []templ.Component {
	meaning := must(f.field("meaning", in.Meaning, true))
	meaning.Rows = 3
	elsewhere := optional(f.field("elsewhere", in.Elsewhere, false))
	elsewhere.Rows = 3
	confirm := ui.Field{Name: "confirmed", Label: f.t("dictionary.field.confirmed_box")}
	if in.Confirmed {
		confirm.Value = "1"
	}
	return []templ.Component{
		fieldSet(f.t("dictionary.fs_business"), "", codeField(f.t, must(short(f.field("code", in.Code, true))), isNew && in.Action == string(dictionary.Create)), ui.Input(must(f.field("name", in.Name, false))), ui.Textarea(meaning)),
		fieldSet(f.t("dictionary.fs_issuer"), "", ui.Input(must(f.field("issuer", in.Issuer, false))), ui.Input(must(f.field("legal_reference", in.Legal, false))), ui.Checkbox(confirm)),
		fieldSet(f.t("dictionary.form_of"), "",
			ui.Input(must(f.field("pattern", in.Pattern, true))), f.number("max_length", in.Max), f.choice(must(f.field("checksum", in.Checksum, false)), words(f.t, "dictionary.checksum.", dictionary.Checksums())),
			ui.Input(must(f.field("sample", in.Sample, true))), ui.Textarea(elsewhere)),
		fieldSet(f.t("dictionary.fs_rule"), "", fieldRow(f.choice(must(f.field("class", in.Class, false)), words(f.t, "dictionary.class.", dictionary.Classes())), ui.Input(optional(f.field("element", in.Element, true))))),
	}
}

// retireFields ask what is used instead.
func (p *Pages) retireFields(r *http.Request, f filler, in proposalForm) ([]templ.Component, error) {
	var options []ui.Option
	switch dictionary.Thing(in.Kind) {
	case dictionary.ThingElement:
		all, err := p.dictionary.ListElements(r.Context(), dictionary.Filter{})
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			if e.ReplacedBy == "" && string(e.Code) != in.Subject {
				options = append(options, ui.Option{Value: string(e.Code), Label: e.Name + " (" + string(e.Code) + ")"})
			}
		}
	case dictionary.ThingCodeList:
		all, err := p.dictionary.ListCodeLists(r.Context())
		if err != nil {
			return nil, err
		}
		for _, l := range all {
			if l.ReplacedBy == "" && l.Name != in.Subject {
				options = append(options, ui.Option{Value: l.Name, Label: l.Title + " (" + l.Name + ")"})
			}
		}
	case dictionary.ThingIdentifier:
		all, err := p.dictionary.ListIdentifiers(r.Context())
		if err != nil {
			return nil, err
		}
		for _, i := range all {
			if i.ReplacedBy == "" && i.Name != in.Subject {
				options = append(options, ui.Option{Value: i.Name, Label: i.Title + " (" + i.Name + ")"})
			}
		}
	}
	return []templ.Component{fieldSet(f.t("dictionary.fs_retire"), f.t("dictionary.fs_retire_hint"), f.choice(f.field("replacement", in.Replacement, true), options))}, nil
}

package catalogweb

import (
	"net/http"
	"strconv"

	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const emptyRows = 5 // offered behind the fields there are

func (p *Pages) schemaPage(w http.ResponseWriter, r *http.Request, about catalog.Described, s catalog.Schema, elements []dictionary.Element, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	t := p.shell.T(r)
	f := filler{t: t, errors: errs}
	rows := min(maxRows, len(s.Fields)+emptyRows)
	fields := []templ.Component{}
	for i := range rows {
		x := catalog.Field{}
		if i < len(s.Fields) {
			x = s.Fields[i]
		}
		fields = append(fields, f.schemaRow(i, x, elements))
	}
	fields = append(fields, f.schemaWhole(s)...)
	props := ui.FormProps{
		Action: path(about.Code) + "/schema", Submit: t("catalog.schema_save"), Icon: ui.IconDone, Cancel: path(about.Code) + "?tab=status", Errors: atRows(errs, s),
		Hidden: []ui.Hidden{{Name: "rows", Value: strconv.Itoa(rows)}},
	}
	page := web.Page{
		Title: t("catalog.schema_edit"), Crumbs: crumbs(t, about.Dataset, t("catalog.schema_edit")),
		Body: page(pageView{
			Head:  ui.Head{Eyebrow: string(about.Code), Title: t("catalog.schema_edit"), Lead: t("catalog.schema_lead")},
			Above: pendingNote(t, about.Dataset),
			Main: []part{
				{Card: ui.CardProps{Title: t("catalog.suggest"), Lead: t("catalog.suggest_lead"), Actions: []ui.Action{{Label: t("catalog.fill_from_sample"), Path: "/catalog/discover?dataset=" + string(about.Code), Icon: ui.IconUpload}}}, Body: []templ.Component{suggestForm(t, about.Code)}},
				{Card: ui.CardProps{Title: t("catalog.fields")}, Body: []templ.Component{form(props, fields)}},
			},
		}),
	}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

func pendingNote(t ui.T, d catalog.Dataset) []templ.Component {
	if d.State != catalog.Published {
		return nil
	}
	return []templ.Component{ui.Alert(ui.Note{Tone: ui.Warn, Title: t("catalog.schema_in_force"), Text: t("catalog.schema_in_force_text")})}
}

func suggestForm(t ui.T, code catalog.Code) templ.Component {
	f := filler{t: t}
	return form(ui.FormProps{Action: path(code) + "/schema", Get: true, Submit: t("catalog.suggest_do"), Icon: ui.IconDictionary}, []templ.Component{
		ui.Textarea(hinted(f.field("columns", "catalog.columns", ""), t("catalog.columns_hint"))),
	})
}

// atRows leads an error of a field to the line where the field stands: the register names it by the field's name.
func atRows(errs ui.FormErrors, s catalog.Schema) ui.FormErrors {
	out := ui.FormErrors{Text: errs.Text}
	for _, item := range errs.Items {
		for i, x := range s.Fields {
			if x.Name == item.Field || x.Name+".proposal" == item.Field {
				item.Field = "name_" + strconv.Itoa(i)
				break
			}
		}
		out.Items = append(out.Items, item)
	}
	return out
}

// schemaRow is one field in the editor. It stands as the schema says it, which after a refusal is what was typed.
func (f filler) schemaRow(i int, x catalog.Field, elements []dictionary.Element) templ.Component {
	n := "_" + strconv.Itoa(i)
	name := short(f.field("name"+n, "catalog.field_name", x.Name))
	if x.Name != "" {
		name.Error = f.errors.Of(x.Name)
	}
	title := f.t("catalog.field_new")
	if x.Name != "" || x.Label != "" {
		title = f.t("catalog.field_of", i+1, x.Label)
	}
	element := choice(f.field("element"+n, "catalog.field_element", ""), elementOptions(f.t, x, elements))
	return fieldSet(title, "",
		fieldRow(ui.Input(name), ui.Input(f.field("label"+n, "catalog.field_label", x.Label)), ui.Select(element)),
		fieldRow(
			ui.Select(choice(f.field("class"+n, "catalog.field_class", string(x.Class)), words(f.t, "catalog.class.", dictionary.Classes()))),
			ui.Input(f.field("proposal"+n, "catalog.field_proposal", x.Proposal)),
		),
		fieldRow(f.check("key"+n, "catalog.field_key", x.Key), f.check("required"+n, "catalog.field_required", x.Required), f.check("person"+n, "catalog.field_person", x.Person)),
	)
}

// elementOptions offers the newest version of each element, and the version that the field has.
func elementOptions(t ui.T, x catalog.Field, elements []dictionary.Element) []ui.Option {
	options, there := make([]ui.Option, 0, len(elements)+1), !x.Mapped()
	for _, e := range elements {
		on := e.Ref() == x.Element
		there = there || on
		options = append(options, ui.Option{Value: e.Ref().String(), Label: e.Name + " (" + string(e.Code) + ")", On: on})
	}
	if !there {
		options = append(options, ui.Option{Value: x.Element.String(), Label: t("catalog.older_element", x.Element.String()), On: true})
	}
	return options
}

func (f filler) schemaWhole(s catalog.Schema) []templ.Component {
	check := catalog.PersonCheck{}
	if len(s.Persons) > 0 {
		check = s.Persons[0]
	}
	return []templ.Component{
		fieldSet(f.t("catalog.fs_reading"), "",
			ui.Select(choice(f.field("numbers", "catalog.numbers", string(s.Numbers)), words(f.t, "catalog.numbers.", []dictionary.NumberStyle{dictionary.StylePlain, dictionary.StyleVietnamese}))),
			ui.Input(short(hinted(f.field("date_field", "catalog.date_field", s.DateField), f.t("catalog.date_field_hint")))),
		),
		fieldSet(f.t("catalog.fs_person"), f.t("catalog.fs_person_hint"), fieldRow(
			ui.Input(short(f.field("person_id", "catalog.person_id", check.ID))),
			ui.Input(short(f.field("person_sex", "catalog.person_sex", check.Sex))),
			ui.Input(short(f.field("person_birth", "catalog.person_birth", check.Birth))),
		)),
	}
}

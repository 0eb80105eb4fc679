package privacyweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/kit/fault"
	"lienthong/internal/privacy"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// entryForm is an entry as a person types it. Members with a dot keep the names of the API, so that errors find them.
type entryForm struct {
	Categories []string `form:"categories"`
	Purposes   []string `form:"purposes"`
	LegalBasis string   `form:"legal_basis"`
	Function   string   `form:"function"`
	Source     string   `form:"source"`
	Recipients string   `form:"recipients"`
	Months     string   `form:"retention_months"`
	Retention  string   `form:"retention_rule"`
	Measures   []string `form:"measures"`
	Measured   string   `form:"measures_note"`
	Status     string   `form:"impact_assessment.status"`
	Number     string   `form:"impact_assessment.number"`
	Date       string   `form:"impact_assessment.date"`
	Note       string   `form:"impact_assessment.note"`
	Name       string   `form:"person_in_charge.name"`
	Position   string   `form:"person_in_charge.position"`
	Contact    string   `form:"person_in_charge.contact"`
	ValidTo    string   `form:"valid_to"`
	Revision   int64    `form:"revision"`
	Send       string   `form:"send"` // the button that also sends it
}

func formOf(c privacy.Content, revision int64) entryForm {
	f := entryForm{
		Purposes: c.Purposes, LegalBasis: c.LegalBasis, Function: c.Function, Source: c.Source, Recipients: strings.Join(c.Recipients, "\n"), Retention: c.Retention, Measured: c.Measured,
		Status: string(c.Impact.Status), Number: c.Impact.Number, Date: string(c.Impact.Date), Note: c.Impact.Note,
		Name: c.Officer.Name, Position: c.Officer.Position, Contact: c.Officer.Contact, ValidTo: string(c.ValidTo), Revision: revision,
	}
	if c.Months > 0 {
		f.Months = strconv.Itoa(c.Months)
	}
	for _, x := range c.Categories {
		f.Categories = append(f.Categories, string(x))
	}
	for _, x := range c.Measures {
		f.Measures = append(f.Measures, string(x))
	}
	return f
}

func (f entryForm) content() (privacy.Content, error) {
	c := privacy.Content{
		Purposes: f.Purposes, LegalBasis: f.LegalBasis, Function: f.Function, Source: f.Source, Recipients: strings.Split(f.Recipients, "\n"), Retention: f.Retention, Measured: f.Measured,
		Impact:  privacy.Impact{Status: privacy.ImpactStatus(f.Status), Number: f.Number, Date: privacy.Day(f.Date), Note: f.Note},
		Officer: privacy.Officer{Name: f.Name, Position: f.Position, Contact: f.Contact}, ValidTo: privacy.Day(f.ValidTo),
	}
	for _, x := range f.Categories {
		c.Categories = append(c.Categories, privacy.Category(x))
	}
	for _, x := range f.Measures {
		c.Measures = append(c.Measures, privacy.Measure(x))
	}
	if f.Months == "" {
		return c, nil
	}
	n, err := strconv.Atoi(f.Months)
	if err != nil || n < 1 {
		return c, fault.New(fault.Invalid, "privacy.retention_range", 1200).At("retention_months")
	}
	c.Months = n
	return c, nil
}

func (p *Pages) editEntry(w http.ResponseWriter, r *http.Request) error {
	v, err := p.privacy.Find(r.Context(), codeOf(r))
	if err != nil {
		return err
	}
	if len(v.Dataset.Categories) == 0 {
		return fault.New(fault.Conflict, "privacy.not_needed", v.Dataset.Code)
	}
	if v.Entry != nil && v.Entry.Draft.Sent() {
		return fault.New(fault.Conflict, "privacy.already_sent", v.Dataset.Code)
	}
	revision := int64(0)
	if v.Entry != nil {
		revision = v.Entry.Revision
	}
	return p.edit(w, r, v, formOf(v.Proposal(), revision), false, nil)
}

func (p *Pages) saveEntry(w http.ResponseWriter, r *http.Request) error {
	var form entryForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	v, err := p.privacy.Find(r.Context(), codeOf(r))
	if err != nil {
		return err
	}
	c, err := form.content()
	kept := false
	if err == nil {
		var e *privacy.Entry
		if e, err = p.privacy.Save(r.Context(), v.Dataset.Code, c, form.Revision); err == nil {
			form.Revision, kept = e.Revision, true // what was typed is kept, also when it cannot be sent yet
			if form.Send != "" {
				_, err = p.privacy.Send(r.Context(), v.Dataset.Code, e.Revision)
			}
		}
	}
	if err != nil {
		return p.edit(w, r, v, form, kept, err)
	}
	http.Redirect(w, r, path(v.Dataset.Code), http.StatusSeeOther)
	return nil
}

// edit shows the form, with what a refused one was refused for; kept says that the content was saved and only not sent.
func (p *Pages) edit(w http.ResponseWriter, r *http.Request, v privacy.View, f entryForm, kept bool, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if kept && shown {
		errs.Text = p.shell.T(r)("privacy.kept_not_sent")
	}
	if refusal != nil && !shown {
		return refusal
	}
	purposes, err := p.registers.Choices(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	view := editView{
		Head: ui.Head{Eyebrow: v.Dataset.Code, Title: t("privacy.edit_title"), Lead: t("privacy.edit_lead")},
		Form: ui.FormProps{
			Action: path(v.Dataset.Code) + "/edit", Submit: t("privacy.save"), Icon: ui.IconDone, Cancel: path(v.Dataset.Code), Errors: errs,
			Hidden: []ui.Hidden{{Name: "revision", Value: strconv.FormatInt(f.Revision, 10)}},
		},
		Sections: filler{t, f, errs}.sections(v, purposes),
	}
	page := web.Page{
		Title: t("privacy.edit_title"), Narrow: true, Body: editPage(view),
		Crumbs: []ui.Crumb{{Label: t("privacy.register"), Path: "/privacy"}, {Label: v.Dataset.Code, Path: path(v.Dataset.Code)}, {Label: t("privacy.edit_title")}},
	}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

// filler makes the fields of the form.
type filler struct {
	t    ui.T
	f    entryForm
	errs ui.FormErrors
}

func (x filler) field(name, value string) ui.Field {
	return ui.Field{Name: name, Label: x.t("privacy.f_" + name), Value: value, Error: x.errs.Of(name), MaxLength: 200}
}

func (x filler) text(name, value, hint string, rows int) templ.Component {
	f := x.field(name, value)
	f.MaxLength, f.Rows = 4000, rows
	if hint != "" {
		f.Hint = x.t(hint)
	}
	return ui.Textarea(f)
}

// chosen are options of a controlled list.
func chosen[T ~string](x filler, name, words string, all []T, on []string) ui.Choice {
	c := ui.Choice{Field: ui.Field{Name: name, Label: x.t("privacy.f_" + name), Error: x.errs.Of(name)}}
	for _, v := range all {
		c.Options = append(c.Options, ui.Option{Value: string(v), Label: x.t(words + string(v)), On: slices.Contains(on, string(v))})
	}
	return c
}

func (x filler) sections(v privacy.View, purposes []Named) []section {
	kinds := chosen(x, "categories", "privacy.category.", privacy.Categories(), x.f.Categories)
	kinds.Hint = x.t("privacy.categories_hint", categories(x.t, v.Dataset.Categories))
	why := ui.Choice{Field: ui.Field{Name: "purposes", Label: x.t("privacy.f_purposes"), Hint: x.t("privacy.purposes_hint"), Error: x.errs.Of("purposes")}, Options: named(purposes, x.f.Purposes...)}
	status := chosen(x, "impact_assessment.status", "privacy.impact.", privacy.ImpactStatuses(), []string{x.f.Status})
	months := x.field("retention_months", x.f.Months)
	months.Short, months.InputMode, months.MaxLength, months.Hint = true, "numeric", 4, x.t("privacy.retention_hint")
	day := func(name, value, hint string) templ.Component {
		f := x.field(name, value)
		f.Type, f.MaxLength = "date", 0
		if hint != "" {
			f.Hint = x.t(hint)
		}
		return ui.Input(f)
	}
	return []section{
		{x.t("privacy.s_what"), x.t("privacy.s_what_hint"), []templ.Component{ui.Checkboxes(kinds), ui.Checkboxes(why),
			x.text("legal_basis", x.f.LegalBasis, "privacy.legal_basis_hint", 2), x.text("function", x.f.Function, "privacy.function_hint", 2)}},
		{x.t("privacy.s_way"), "", []templ.Component{x.text("source", x.f.Source, "privacy.source_hint", 2), x.text("recipients", x.f.Recipients, "privacy.recipients_hint", 3),
			ui.Input(months), x.text("retention_rule", x.f.Retention, "privacy.retention_rule_hint", 2)}},
		{x.t("privacy.s_protection"), "", []templ.Component{ui.Checkboxes(chosen(x, "measures", "privacy.measure.", privacy.Measures(), x.f.Measures)), x.text("measures_note", x.f.Measured, "privacy.measures_hint", 2)}},
		{x.t("privacy.s_impact"), x.t("privacy.s_impact_hint"), []templ.Component{ui.Radios(status),
			fieldRow(ui.Input(x.field("impact_assessment.number", x.f.Number)), day("impact_assessment.date", x.f.Date, "")), x.text("impact_assessment.note", x.f.Note, "privacy.impact_note_hint", 2)}},
		{x.t("privacy.s_officer"), "", []templ.Component{fieldRow(ui.Input(x.field("person_in_charge.name", x.f.Name)), ui.Input(x.field("person_in_charge.position", x.f.Position))),
			ui.Input(x.field("person_in_charge.contact", x.f.Contact)), day("valid_to", x.f.ValidTo, "privacy.valid_to_hint")}},
		{x.t("privacy.s_send"), "", []templ.Component{ui.Checkbox(ui.Field{Name: "send", Label: x.t("privacy.send_too"), Value: x.f.Send})}},
	}
}

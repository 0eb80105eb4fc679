package catalogweb

import (
	"net/http"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// classifyForm are the labels of Điều 6.1 and the classes of Điều 6.2; the classes of fields follow as field_class.<name>.
type classifyForm struct {
	Nature   string `form:"classification"`
	Scope    string `form:"scope"`
	Steering bool   `form:"steering"`
	Class    string `form:"class"`
	Reason   string `form:"reason"`
	Revision int64  `form:"revision"`
}

const fieldClass = "field_class."

// showClassification is the panel of Điều 6: labels, classes, what is suggested, and the proposal that waits.
func (p *Pages) showClassification(w http.ResponseWriter, r *http.Request) error {
	return p.classifyPage(w, r, "", nil)
}

// classifyPage shows the panel. sent is the form that was refused: owner, confirm or refuse.
func (p *Pages) classifyPage(w http.ResponseWriter, r *http.Request, sent string, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	about, err := p.Catalog.Profile(r.Context(), codeOf(r.PathValue("owner"), r.PathValue("slug")))
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	who := access.ActorOf(r.Context())
	state := stateOf(t, about.State)
	view := pageView{
		Head:  ui.Head{Eyebrow: string(about.Code), Title: t("catalog.classification"), Lead: t("catalog.classification_lead"), State: &state},
		Above: changedMeanwhile(t, errs, refusal),
	}
	if about.Proposal != nil {
		view.Main = append(view.Main, p.proposalCard(t, who, about, sent, errs))
	} else if about.ProposalNote != "" {
		view.Above = append(view.Above, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("catalog.proposal_refused"), Text: about.ProposalNote}))
	}
	view.Main = append(view.Main, classesCards(t, about)...)
	if who.CanFor(access.CatalogRegister, about.Owner) && about.State != catalog.Retired {
		view.Main = append(view.Main, p.classifyCard(r, t, about, sent, errs))
	}
	view.Aside = []part{{Card: ui.CardProps{Title: t("catalog.suggested_class")}, Body: []templ.Component{ui.KeyValue(suggestionPairs(t, about)...)}}}
	page := web.Page{Title: t("catalog.classification"), Crumbs: crumbs(t, about.Dataset, t("catalog.classification")), Body: page(view)}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

// changedMeanwhile says that somebody else was quicker; what is shown is what stands now.
func changedMeanwhile(t ui.T, errs ui.FormErrors, refusal error) []templ.Component {
	if !fault.Is(refusal, "catalog.changed_meanwhile") {
		return nil
	}
	return []templ.Component{ui.Alert(ui.Note{Tone: ui.Warn, Title: errs.Text, Text: t("catalog.shown_anew")})}
}

func suggestionPairs(t ui.T, about catalog.Profile) []ui.Pair {
	s := about.Suggestion
	pairs := []ui.Pair{{Name: t("catalog.suggested_class"), Text: word(t, "catalog.class.", string(s.Class)), Help: t("catalog.suggested_class_help")}}
	persons := ui.Pair{Name: t("catalog.persons"), Text: t("catalog.persons_unknown")}
	if s.Persons > 0 {
		persons = ui.Pair{Name: t("catalog.persons"), Text: i18n.Number(s.Persons), Help: t("catalog.counted." + string(s.Source))}
	}
	pairs = append(pairs, persons)
	if l := about.Lowered; l != nil {
		pairs = append(pairs, ui.Pair{Name: t("catalog.lowered"), Text: t("catalog.lowered_by", l.ByName, l.ConfirmedName, i18n.Date(l.At)), Help: l.Reason})
	}
	return pairs
}

// classesCards list what holds now, of the dataset and of each field.
func classesCards(t ui.T, about catalog.Profile) []part {
	props := ui.TableProps{
		Caption: t("catalog.field_classes"), Empty: ui.Empty{Icon: ui.IconRows, Title: t("catalog.no_schema"), Text: t("catalog.no_schema_text")},
		Columns: []ui.Column{{Label: t("catalog.field")}, {Label: t("catalog.field_element")}, {Label: t("catalog.class")}, {Label: t("catalog.element_class")}},
	}
	if about.Schema != nil {
		for _, f := range about.Schema.Fields {
			of := ui.Muted("–")
			if e, known := about.Elements[f.Element]; known {
				of = ui.Text(word(t, "catalog.class.", string(e.Rule.Class)))
			}
			class := ui.Text(word(t, "catalog.class.", string(f.Class)))
			if f.Lowered {
				class = ui.Group(class, ui.Badge(ui.State{Label: t("catalog.field_is_lowered"), Tone: ui.Warn}))
			}
			props.Rows = append(props.Rows, ui.Cells(ui.Two(f.Label, f.Name), fieldElement(t, about, f), class, of))
		}
	}
	return []part{
		{Card: ui.CardProps{Title: t("catalog.class_now")}, Body: []templ.Component{ui.KeyValue(classPairs(t, about)...)}},
		{Card: ui.CardProps{Title: t("catalog.field_classes"), Flush: true}, Body: []templ.Component{ui.Table(props)}},
	}
}

// classifyCard is the owner's form.
func (p *Pages) classifyCard(r *http.Request, t ui.T, about catalog.Profile, sent string, errs ui.FormErrors) part {
	f := filler{t: t}
	if sent == "owner" {
		f.errors = errs
		if r.PostForm != nil && !strings.Contains(errs.Text, string(about.Code)) {
			f.typed = r.PostForm
		}
	}
	d := about.Dataset
	fields := []templ.Component{
		ui.Radios(choice(must(f.field("classification", "catalog.nature", string(d.Classification.Nature))), words(t, "catalog.nature.", natures()))),
		ui.Radios(choice(must(f.field("scope", "catalog.scope", string(d.Classification.Scope))), words(t, "catalog.scope.", scopes()))),
		f.check("steering", "catalog.steering", d.Classification.Steering),
		ui.Select(choice(must(f.field("class", "catalog.class", string(d.Class))), words(t, "catalog.class.", dictionary.Classes()))),
	}
	if about.Schema != nil {
		var list []templ.Component
		for _, x := range about.Schema.Fields {
			field := f.field(fieldClass+x.Name, "catalog.class", string(x.Class))
			field.Label = x.Label + " (" + x.Name + ")"
			list = append(list, ui.Select(ui.Choice{Field: field, Options: words(t, "catalog.class.", dictionary.Classes()), NoEmpty: true}))
		}
		fields = append(fields, fieldSet(t("catalog.field_classes"), t("catalog.field_classes_hint"), list...))
	}
	fields = append(fields, ui.Textarea(hinted(f.field("reason", "catalog.lowering_why", ""), t("catalog.lowering_why_hint"))))
	form := form(ui.FormProps{
		Action: path(d.Code) + "/classification", Submit: t("catalog.classify_do"), Icon: ui.IconDone, Cancel: path(d.Code), Errors: f.errors,
		Hidden: []ui.Hidden{{Name: "revision", Value: strconv.FormatInt(d.Revision, 10)}},
	}, fields)
	return part{Card: ui.CardProps{Title: t("catalog.classify"), Lead: t("catalog.classify_lead")}, Body: []templ.Component{form}}
}

// proposalCard shows what waits beside what holds, and offers the decision to a second person.
func (p *Pages) proposalCard(t ui.T, who access.Actor, about catalog.Profile, sent string, errs ui.FormErrors) part {
	x := about.Proposal
	now := about.Classification
	props := ui.TableProps{Caption: t("catalog.proposal"), Columns: []ui.Column{{Label: t("catalog.field_what")}, {Label: t("catalog.class_now")}, {Label: t("catalog.proposed_new")}}}
	row := func(name, before, after string) {
		if before != after {
			props.Rows = append(props.Rows, ui.Cells(ui.Text(name), ui.Text(before), ui.Text(after)))
		}
	}
	row(t("catalog.nature"), word(t, "catalog.nature.", string(now.Nature)), word(t, "catalog.nature.", string(x.Nature)))
	row(t("catalog.scope"), word(t, "catalog.scope.", string(now.Scope)), word(t, "catalog.scope.", string(x.Scope)))
	row(t("catalog.steering"), yesNo(t, now.Steering), yesNo(t, x.Steering))
	row(t("catalog.class"), word(t, "catalog.class.", string(about.Class)), word(t, "catalog.class.", string(x.Class)))
	if about.Schema != nil {
		for _, f := range about.Schema.Fields {
			if class, said := x.Fields[f.Name]; said {
				row(f.Label, word(t, "catalog.class.", string(f.Class)), word(t, "catalog.class.", string(class)))
			}
		}
	}
	if len(props.Rows) == 0 {
		props.Rows = append(props.Rows, ui.Cells(ui.Text(t("catalog.class")), ui.Text(t("catalog.suggested_is", word(t, "catalog.class.", string(about.SuggestedClass)))), ui.Text(word(t, "catalog.class.", string(x.Class)))))
	}
	body := []templ.Component{
		ui.KeyValue(ui.Pair{Name: t("catalog.proposed_by"), Text: x.ByName + ", " + i18n.DateTime(x.At)}, ui.Pair{Name: t("catalog.reason"), Text: dash(x.Reason)}),
		ui.Table(props),
	}
	if who.Can(access.CatalogReview) && who.ID != x.By {
		body = append(body, p.decideForms(t, about, sent, errs)...)
	} else {
		body = append(body, ui.Muted(t("catalog.proposal_needs")))
	}
	return part{Card: ui.CardProps{Title: t("catalog.proposal"), Lead: t("catalog.proposal_lead")}, Body: body}
}

func (p *Pages) decideForms(t ui.T, about catalog.Profile, sent string, errs ui.FormErrors) []templ.Component {
	at := path(about.Code) + "/classification"
	hidden := []ui.Hidden{{Name: "revision", Value: strconv.FormatInt(about.Revision, 10)}}
	confirm := ui.FormProps{Action: at + "/confirm", Submit: t("catalog.proposal_confirm"), Icon: ui.IconDone, Hidden: hidden}
	refuse := ui.FormProps{Action: at + "/refuse", Submit: t("catalog.proposal_refuse"), Icon: ui.IconBack, Danger: true, Hidden: hidden}
	f := filler{t: t}
	switch sent {
	case "confirm":
		confirm.Errors = errs
	case "refuse":
		refuse.Errors, f.errors = errs, errs
	}
	return []templ.Component{
		form(confirm, nil),
		form(refuse, []templ.Component{ui.Textarea(must(f.field("reason", "catalog.refuse_why", "")))}),
	}
}

func (p *Pages) classify(w http.ResponseWriter, r *http.Request) error {
	var in classifyForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	d, err := p.find(r)
	if err != nil {
		return err
	}
	x := catalog.Proposal{
		Nature: catalog.Nature(in.Nature), Scope: catalog.Scope(in.Scope), Steering: in.Steering, Class: dictionary.Class(in.Class), Reason: in.Reason, Fields: map[string]dictionary.Class{},
	}
	for name, values := range r.PostForm {
		if field, is := strings.CutPrefix(name, fieldClass); is && len(values) > 0 {
			x.Fields[field] = dictionary.Class(values[0])
		}
	}
	if _, err := p.Catalog.Reclassify(r.Context(), d.ID, in.Revision, x); err != nil {
		return p.classifyPage(w, r, "owner", err)
	}
	http.Redirect(w, r, path(d.Code)+"/classification", http.StatusSeeOther)
	return nil
}

func (p *Pages) confirmProposal(w http.ResponseWriter, r *http.Request) error {
	return p.decideProposal(w, r, "confirm", func(d catalog.Dataset, in classifyForm) error {
		_, err := p.Catalog.ConfirmProposal(r.Context(), d.ID, in.Revision)
		return err
	})
}

func (p *Pages) refuseProposal(w http.ResponseWriter, r *http.Request) error {
	return p.decideProposal(w, r, "refuse", func(d catalog.Dataset, in classifyForm) error {
		_, err := p.Catalog.RefuseProposal(r.Context(), d.ID, in.Revision, in.Reason)
		return err
	})
}

func (p *Pages) decideProposal(w http.ResponseWriter, r *http.Request, sent string, decide func(catalog.Dataset, classifyForm) error) error {
	var in classifyForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	d, err := p.find(r)
	if err != nil {
		return err
	}
	if err := decide(d, in); err != nil {
		return p.classifyPage(w, r, sent, err)
	}
	http.Redirect(w, r, path(d.Code)+"/classification", http.StatusSeeOther)
	return nil
}

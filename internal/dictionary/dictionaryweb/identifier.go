package dictionaryweb

import (
	"net/http"
	"net/url"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func identifierPath(name string) string { return "/dictionary/identifiers/" + url.PathEscape(name) }

func (p *Pages) listIdentifiers(w http.ResponseWriter, r *http.Request) error {
	list, err := p.dictionary.ListIdentifiers(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	table := ui.TableProps{
		Caption: t("dictionary.identifiers"), Empty: ui.Empty{Icon: ui.IconDictionary, Title: t("dictionary.no_identifier")},
		Columns: []ui.Column{{Label: t("dictionary.identifier")}, {Label: t("dictionary.sample")}, {Label: t("dictionary.issuer")}, {Label: t("dictionary.legal")}, {Label: t("dictionary.state")}},
	}
	for _, i := range list {
		table.Rows = append(table.Rows, ui.Cells(ui.LinkTwo(i.Title, identifierPath(i.Name), i.Name), ui.Mono(i.Sample), ui.Text(i.Issuer), ui.Text(i.Legal), ui.Badge(confirmed(t, i))))
	}
	head := ui.Head{Title: t("dictionary.identifiers"), Lead: t("dictionary.identifiers_lead")}
	if mayPropose(r) {
		head.Actions = []ui.Action{{Label: t("dictionary.propose_identifier"), Path: "/dictionary/proposals/new?kind=identifier&action=create", Icon: ui.IconAdd, Kind: ui.Primary}}
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("dictionary.identifiers"), Crumbs: crumbs(t, ui.Crumb{Label: t("dictionary.identifiers")}),
		Body: page(pageView{
			Head: head, Above: []templ.Component{ui.Tabs(t("dictionary.title"), parts(t, "/dictionary/identifiers"))},
			Main: []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(table)}}},
		}),
	})
}

// confirmed says whether the form was checked against the text of its issuer.
func confirmed(t ui.T, i dictionary.Identifier) ui.State {
	if i.ReplacedBy != "" {
		return ui.State{Label: t("dictionary.retired"), Tone: ui.Neutral, Icon: ui.IconStopped}
	}
	if i.Confirmed {
		return ui.State{Label: t("dictionary.confirmed"), Tone: ui.Good}
	}
	return ui.State{Label: t("dictionary.unconfirmed"), Tone: ui.Warn}
}

func (p *Pages) showIdentifier(w http.ResponseWriter, r *http.Request) error {
	return p.identifierPage(w, r, tryForm{}, nil, nil)
}

// tryForm is a value that somebody tries. It goes by POST: an identifier of a person stands in no address.
type tryForm struct {
	Value string `form:"value"`
	Sex   string `form:"sex"`
	Year  int64  `form:"birth_year"`
	At    string `form:"at"`
}

func (p *Pages) tryIdentifier(w http.ResponseWriter, r *http.Request) error {
	var in tryForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	var wrong []*fault.Fault
	if in.Value == "" {
		wrong = append(wrong, fault.New(fault.Invalid, "dictionary.value_missing").At("value"))
	}
	x := dictionary.Trial{Value: in.Value, Sex: dictionary.Sex(in.Sex), BirthYear: int(in.Year)}
	if in.At != "" {
		day, problem := dictionary.ParseDay(in.At)
		if problem != nil {
			wrong = append(wrong, problem.Fault("at"))
		}
		x.At = day
	}
	if err := fault.Collect(wrong...); err != nil {
		return p.identifierPage(w, r, in, nil, err)
	}
	facts, problem, err := p.dictionary.TryIdentifier(r.Context(), r.PathValue("code"), x)
	if err != nil {
		return err
	}
	return p.identifierPage(w, r, in, &tried{facts, problem}, nil)
}

// tried is what became of a trial.
type tried struct {
	facts   []dictionary.Fact
	problem *dictionary.Problem
}

func (p *Pages) identifierPage(w http.ResponseWriter, r *http.Request, in tryForm, done *tried, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	i, err := p.dictionary.FindIdentifier(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	all, err := p.dictionary.IdentifierHistory(r.Context(), i.Name)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	actions, above, err := p.proposalActions(r, t, dictionary.ThingIdentifier, i.Name, i.ReplacedBy != "")
	if err != nil {
		return err
	}
	if access.ActorOf(r.Context()).Type == access.User {
		a, err := p.follow(r, t, dictionary.ThingIdentifier, i.Name)
		if err != nil {
			return err
		}
		actions = append(actions, a)
	}
	var versions []version
	for _, v := range all {
		versions = append(versions, version{v.Version, v.Label, v.Effective, v.ChangeNote, standing(t, v.Version, i.Version)})
	}
	history := versionsCard(t, identifierPath(i.Name), versions)
	history.Body = history.Body[:1] // two versions of so few words are compared by eye
	state := confirmed(t, i)
	result := testerCard(t, i, in, done, errs)
	out := web.Page{Title: i.Title, Crumbs: crumbs(t, ui.Crumb{Label: t("dictionary.identifiers"), Path: "/dictionary/identifiers"}, ui.Crumb{Label: i.Title}), Body: page(pageView{
		Head: ui.Head{Eyebrow: i.Name, Title: i.Title, Lead: i.Meaning, State: &state, Actions: actions}, Above: above,
		Main: []part{result, {Card: ui.CardProps{Title: t("dictionary.form_of")}, Body: []templ.Component{ui.KeyValue(identifierPairs(t, i)...)}}, history},
	})}
	if shown {
		out.Status = fault.Of(refusal).Kind.Status()
	}
	w.Header().Set("Cache-Control", "no-store")
	return p.shell.Render(w, r, out)
}

// testerCard is the card of the tester, with what became of the last trial.
func testerCard(t ui.T, i dictionary.Identifier, in tryForm, done *tried, errs ui.FormErrors) part {
	value := ui.Field{Name: "value", Label: t("dictionary.value"), Value: in.Value, Error: errs.Of("value"), Required: true, MaxLength: 200, Hint: t("dictionary.value_hint", i.Sample), Autocomplete: "off"}
	fields := []templ.Component{ui.Input(value)}
	switch i.Checksum {
	case dictionary.PersonParts:
		sex := ui.Choice{Field: ui.Field{Name: "sex", Label: t("dictionary.sex"), Value: in.Sex, Optional: true}, Options: []ui.Option{
			{Value: string(dictionary.Male), Label: t("dictionary.sex.male"), On: in.Sex == string(dictionary.Male)}, {Value: string(dictionary.Female), Label: t("dictionary.sex.female"), On: in.Sex == string(dictionary.Female)},
		}}
		year := ui.Field{Name: "birth_year", Label: t("dictionary.birth_year"), Optional: true, Short: true, InputMode: "numeric", Error: errs.Of("birth_year")}
		if in.Year != 0 {
			year.Value = strconv.FormatInt(in.Year, 10)
		}
		fields = append(fields, fieldRow(ui.Select(sex), ui.Input(year)))
	case dictionary.CommuneOnDay, dictionary.ProvinceOnDay:
		day := dayField(t, "at", "dictionary.from", in.At)
		day.Error, day.Hint = errs.Of("at"), t("dictionary.from_hint")
		fields = append(fields, ui.Input(day))
	}
	var body []templ.Component
	if done != nil {
		body = append(body, outcome(t, done))
	}
	body = append(body, form(ui.FormProps{Action: identifierPath(i.Name) + "/try", Submit: t("dictionary.try"), Icon: ui.IconReview, Errors: errs}, fields...))
	return part{Card: ui.CardProps{ID: "try", Title: t("dictionary.tester"), Lead: t("dictionary.tester_lead")}, Body: body}
}

func outcome(t ui.T, done *tried) templ.Component {
	if done.problem != nil {
		return ui.Alert(ui.Note{Tone: ui.Bad, Title: t("dictionary.try_wrong"), Text: t(done.problem.Code, done.problem.Args...)})
	}
	text := ""
	for _, f := range done.facts {
		value := f.Value
		if f.Name == "sex" {
			value = t("dictionary.sex." + f.Value)
		}
		text += t("dictionary.fact."+f.Name, value) + " "
	}
	return ui.Alert(ui.Note{Tone: ui.Good, Title: t("dictionary.try_right"), Text: text + t("dictionary.try_right_text")})
}

func identifierPairs(t ui.T, i dictionary.Identifier) []ui.Pair {
	pairs := []ui.Pair{
		{Name: t("dictionary.written"), Value: ui.Mono(i.Pattern)}, {Name: t("dictionary.checksum"), Text: t("dictionary.checksum." + string(i.Checksum))},
		{Name: t("dictionary.sample"), Value: ui.Mono(i.Sample)}, {Name: t("dictionary.issuer"), Text: i.Issuer}, {Name: t("dictionary.legal"), Text: i.Legal},
		{Name: t("dictionary.class"), Text: t("dictionary.class." + string(i.Class))},
	}
	if i.Element != "" {
		pairs = append(pairs, ui.Pair{Name: t("dictionary.element"), Value: ui.Link(string(i.Element), elementPath(i.Element))})
	}
	if i.ReplacedBy != "" {
		pairs = append(pairs, ui.Pair{Name: t("dictionary.replaced_by"), Value: ui.Link(i.ReplacedBy, identifierPath(i.ReplacedBy))})
	}
	if i.Elsewhere != "" {
		pairs = append(pairs, ui.Pair{Name: t("dictionary.elsewhere"), Text: i.Elsewhere})
	}
	return pairs
}

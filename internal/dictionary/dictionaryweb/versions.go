package dictionaryweb

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// version is one version of any thing, as a list of versions shows it.
type version struct {
	Number    int
	Label     string
	Effective dictionary.Day
	Note      string
	State     ui.State
}

// standing says whether a version holds, will or did. holds is the number of the one that does.
func standing(t ui.T, number, holds int) ui.State {
	switch {
	case number == holds:
		return ui.State{Label: t("dictionary.holds"), Tone: ui.Good}
	case number > holds:
		return ui.State{Label: t("dictionary.will_hold"), Tone: ui.Info}
	}
	return ui.State{Label: t("dictionary.held"), Tone: ui.Neutral, Icon: ui.IconHistory}
}

// versionsCard lists the versions, with the form that compares any two of them.
func versionsCard(t ui.T, path string, versions []version) part {
	table := ui.TableProps{
		Caption: t("dictionary.history"),
		Columns: []ui.Column{{Label: t("dictionary.version")}, {Label: t("dictionary.effective_from")}, {Label: t("dictionary.change_note")}, {Label: t("dictionary.state")}},
	}
	for _, v := range versions {
		from := t("dictionary.from_start")
		if v.Effective != dictionary.NoDay {
			from = i18n.Date(v.Effective.Time())
		}
		table.Rows = append(table.Rows, ui.Cells(ui.Two(v.Label, t("dictionary.number", v.Number)), ui.Text(from), ui.Text(dash(v.Note)), ui.Badge(v.State)))
	}
	body := []templ.Component{ui.Table(table)}
	if len(versions) > 1 {
		body = append(body, search(ui.FormProps{Action: path + "/diff", Get: true, Submit: t("dictionary.compare"), Icon: ui.IconReview},
			ui.Select(versionChoice(t, "from", "dictionary.compare_from", versions, versions[1].Number)), ui.Select(versionChoice(t, "to", "dictionary.compare_to", versions, versions[0].Number))))
	}
	return part{Card: ui.CardProps{ID: "versions", Title: t("dictionary.history"), Lead: t("dictionary.history_lead")}, Body: body}
}

func versionChoice(t ui.T, name, label string, versions []version, on int) ui.Choice {
	c := ui.Choice{Field: ui.Field{Name: name, Label: t(label)}, NoEmpty: true}
	for _, v := range versions {
		c.Options = append(c.Options, ui.Option{Value: strconv.Itoa(v.Number), Label: v.Label, On: v.Number == on})
	}
	return c
}

// two are the numbers of the versions that an address compares.
func two(r *http.Request) (from, to int, err error) {
	for name, n := range map[string]*int{"from": &from, "to": &to} {
		if *n, err = strconv.Atoi(r.URL.Query().Get(name)); err != nil || *n < 1 {
			return 0, 0, fault.New(fault.Invalid, "web.not_a_number").At(name)
		}
	}
	return from, to, nil
}

func (p *Pages) diffElement(w http.ResponseWriter, r *http.Request) error {
	code := dictionary.Code(r.PathValue("code"))
	from, to, err := two(r)
	if err != nil {
		return err
	}
	changes, err := p.dictionary.DiffElement(r.Context(), code, from, to)
	if err != nil {
		return err
	}
	all, err := p.dictionary.ElementHistory(r.Context(), code)
	if err != nil {
		return err
	}
	labels := map[int]string{}
	for _, e := range all {
		labels[e.Version] = e.Label
	}
	return p.diffPage(w, r, diffView{title: all[0].Name, path: elementPath(code), from: labels[from], to: labels[to], changes: changes})
}

func (p *Pages) diffCodeList(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	from, to, err := two(r)
	if err != nil {
		return err
	}
	changes, err := p.dictionary.DiffCodeList(r.Context(), name, from, to)
	if err != nil {
		return err
	}
	all, err := p.dictionary.CodeListHistory(r.Context(), name)
	if err != nil {
		return err
	}
	labels := map[int]string{}
	for _, l := range all {
		labels[l.Version] = l.Label
	}
	return p.diffPage(w, r, diffView{
		title: all[0].Title, path: listPath(name), from: labels[from], to: labels[to], changes: changes,
		parent: &ui.Crumb{Label: p.shell.T(r)("dictionary.code_lists"), Path: "/dictionary/code-list"},
	})
}

type diffView struct {
	title, path, from, to string
	changes               []dictionary.Change
	parent                *ui.Crumb
}

func (p *Pages) diffPage(w http.ResponseWriter, r *http.Request, v diffView) error {
	t := p.shell.T(r)
	title := t("dictionary.diff_of", v.from, v.to)
	way := []ui.Crumb{}
	if v.parent != nil {
		way = append(way, *v.parent)
	}
	way = append(way, ui.Crumb{Label: v.title, Path: v.path}, ui.Crumb{Label: title})
	return p.shell.Render(w, r, web.Page{
		Title: title, Crumbs: crumbs(t, way...),
		Body: page(pageView{
			Head: ui.Head{Eyebrow: v.title, Title: title, Lead: t("dictionary.diff_lead"), Actions: []ui.Action{{Label: t("dictionary.back"), Path: v.path, Icon: ui.IconBack}}},
			Main: []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{p.changesTable(r, t, v.changes)}}},
		}),
	})
}

// changesTable shows what a version says otherwise, and what that means to those who use it.
func (p *Pages) changesTable(r *http.Request, t ui.T, changes []dictionary.Change) templ.Component {
	table := ui.TableProps{
		Caption: t("dictionary.changes"), Empty: ui.Empty{Icon: ui.IconReview, Title: t("dictionary.no_change"), Text: t("dictionary.no_change_text")},
		Columns: []ui.Column{{Label: t("dictionary.content")}, {Label: t("dictionary.before")}, {Label: t("dictionary.after")}, {Label: t("dictionary.level")}},
	}
	for _, c := range changes {
		table.Rows = append(table.Rows, ui.Cells(ui.Text(fieldName(t, c.Field)), ui.Text(dash(p.said(r, t, c.Field, c.Before))), ui.Text(dash(p.said(r, t, c.Field, c.After))), ui.Badge(levelState(t, c.Level))))
	}
	return ui.Table(table)
}

func levelState(t ui.T, l dictionary.Level) ui.State {
	tone := map[dictionary.Level]ui.Tone{dictionary.Patch: ui.Neutral, dictionary.Minor: ui.Info, dictionary.Major: ui.Warn}[l]
	return ui.State{Label: t("dictionary.level." + string(l)), Tone: tone}
}

func fieldName(t ui.T, field string) string {
	if code, found := strings.CutPrefix(field, "item:"); found {
		return t("dictionary.item", code)
	}
	return t("dictionary.field." + field)
}

// said is a value in words.
func (p *Pages) said(r *http.Request, t ui.T, field, value string) string {
	if value == "" {
		return ""
	}
	switch field {
	case "type", "class", "checksum":
		return t("dictionary." + field + "." + value)
	case "owner":
		return p.agency(r.Context(), value)
	case "household", "confirmed":
		return t("dictionary.yes")
	}
	if day, problem := dictionary.ParseDay(value); problem == nil && strings.HasPrefix(field, "valid_") {
		return i18n.Date(day.Time())
	}
	return value
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// impactCard says whom a change touches.
func (p *Pages) impactCard(r *http.Request, t ui.T, i dictionary.Impact) part {
	const shown = 100
	lead := t("dictionary.impact_lead", i.Datasets, len(i.Uses), len(i.Connections), i.Versions)
	if i.Withheld > 0 {
		lead += " " + t("dictionary.impact_withheld", i.Withheld)
	}
	table := ui.TableProps{
		Caption: t("dictionary.impact"), Empty: ui.Empty{Icon: ui.IconDataset, Title: t("dictionary.unused"), Text: t("dictionary.unused_text")},
		Columns: []ui.Column{{Label: t("dictionary.dataset")}, {Label: t("dictionary.field")}, {Label: t("dictionary.owner")}, {Label: t("dictionary.element")}},
	}
	for n, u := range i.Uses {
		if n == shown {
			lead += " " + t("dictionary.impact_cut", shown)
			break
		}
		table.Rows = append(table.Rows, ui.Cells(ui.LinkTwo(u.Name, "/catalog/"+u.Dataset, u.Dataset), ui.Two(u.Label, u.Field), ui.Text(p.agency(r.Context(), u.Owner)), ui.Mono(u.Element.String())))
	}
	body := []templ.Component{ui.Table(table)}
	if len(i.Connections) > 0 {
		live := ui.TableProps{Caption: t("dictionary.connections"), ShowCaption: true, Columns: []ui.Column{{Label: t("dictionary.connection")}, {Label: t("dictionary.consumer")}, {Label: t("dictionary.dataset")}}}
		for n, c := range i.Connections {
			if n == shown {
				break
			}
			live.Rows = append(live.Rows, ui.Cells(ui.Link(c.Number, c.Path), ui.Text(p.agency(r.Context(), c.Consumer)), ui.Mono(c.Dataset)))
		}
		body = append(body, ui.Table(live))
	}
	return part{Card: ui.CardProps{ID: "impact", Title: t("dictionary.impact"), Lead: lead, Flush: true}, Body: body}
}

// follow is the button that begins or ends a subscription.
func (p *Pages) follow(r *http.Request, t ui.T, kind dictionary.Thing, subject string) (ui.Action, error) {
	on, err := p.dictionary.Subscribed(r.Context(), kind, subject)
	a := ui.Action{Label: t("dictionary.follow"), Icon: ui.IconInbox, Path: "/dictionary/follow", Post: true, Kind: ui.Quiet, Fields: []ui.Hidden{{Name: "kind", Value: string(kind)}, {Name: "subject", Value: subject}, {Name: "on", Value: "1"}}}
	if on {
		a.Label, a.Icon, a.Fields[2].Value = t("dictionary.unfollow"), ui.IconDone, ""
	}
	return a, err
}

type followForm struct {
	Kind    string `form:"kind"`
	Subject string `form:"subject"`
	On      bool   `form:"on"`
}

func (p *Pages) changeFollowing(w http.ResponseWriter, r *http.Request) error {
	var in followForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if err := p.dictionary.Subscribe(r.Context(), dictionary.Thing(in.Kind), in.Subject, in.On); err != nil {
		return err
	}
	http.Redirect(w, r, thingPath(dictionary.Thing(in.Kind), in.Subject), http.StatusSeeOther)
	return nil
}

func thingPath(kind dictionary.Thing, subject string) string {
	switch kind {
	case dictionary.ThingCodeList:
		return listPath(subject)
	case dictionary.ThingIdentifier:
		return identifierPath(subject)
	}
	return elementPath(dictionary.Code(subject))
}

func mayPropose(r *http.Request) bool {
	return access.ActorOf(r.Context()).Can(access.DictionaryPropose)
}

// proposals are what may be proposed about a thing, or the proposal that is open about it.
func (p *Pages) proposalActions(r *http.Request, t ui.T, kind dictionary.Thing, subject string, ended bool) ([]ui.Action, []templ.Component, error) {
	open, found, err := p.dictionary.OpenProposal(r.Context(), kind, subject)
	if err != nil {
		return nil, nil, err
	}
	if found {
		return nil, []templ.Component{
			ui.Alert(ui.Note{Tone: ui.Info, Title: t("dictionary.is_proposed", open.Number), Text: t("dictionary.state." + string(open.State))}), ui.Link(t("dictionary.see_proposal"), proposalPath(open.ID)),
		}, nil
	}
	if ended || !mayPropose(r) {
		return nil, nil, nil
	}
	at := func(action dictionary.Action) string {
		return fmt.Sprintf("/dictionary/proposals/new?kind=%s&action=%s&subject=%s", kind, action, subject)
	}
	return []ui.Action{
		{Label: t("dictionary.propose_change"), Path: at(dictionary.Revise), Icon: ui.IconEdit, Kind: ui.Primary},
		{Label: t("dictionary.propose_retire"), Path: at(dictionary.Retire), Icon: ui.IconStopped},
	}, nil, nil
}

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

func (p *Pages) listCodeLists(w http.ResponseWriter, r *http.Request) error {
	lists, err := p.dictionary.ListCodeLists(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	props := ui.TableProps{
		Caption: t("dictionary.code_lists"), Empty: ui.Empty{Icon: ui.IconList, Title: t("dictionary.no_code_list"), Text: t("dictionary.no_code_list_text")},
		Columns: []ui.Column{{Label: t("dictionary.code_list")}, {Label: t("dictionary.standard")}, {Label: t("dictionary.codes"), Number: true}, {Label: t("dictionary.version")}},
	}
	for _, l := range lists {
		props.Rows = append(props.Rows, ui.Cells(ui.LinkTwo(l.Title, listPath(l.Name), l.Name), ui.Text(dash(l.Standard)), ui.Number(int64(len(l.Items))), ui.Two(l.Label, t("dictionary.number", l.Version))))
	}
	head := ui.Head{Title: t("dictionary.code_lists"), Lead: t("dictionary.code_lists_lead")}
	if mayPropose(r) {
		head.Actions = []ui.Action{{Label: t("dictionary.propose_list"), Path: "/dictionary/proposals/new?kind=code_list&action=create", Icon: ui.IconAdd, Kind: ui.Primary}}
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("dictionary.code_lists"), Crumbs: crumbs(t, ui.Crumb{Label: t("dictionary.code_lists")}),
		Body: page(pageView{
			Head:  head,
			Above: []templ.Component{ui.Tabs(t("dictionary.title"), parts(t, "/dictionary/code-list"))},
			Main:  []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(props)}}},
		}),
	})
}

func listPath(name string) string { return "/dictionary/code-list/" + url.PathEscape(name) }

// showCodeList shows the version of a list that holds today, or the one that the address asks for, as on a day.
func (p *Pages) showCodeList(w http.ResponseWriter, r *http.Request) error {
	number := 0
	if text := r.URL.Query().Get("version"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return fault.New(fault.Invalid, "web.not_a_number").At("version")
		}
		number = n
	}
	holds, err := p.dictionary.FindCodeList(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	l, err := p.listVersion(r.Context(), holds.Name, number)
	if err != nil {
		return err
	}
	items, at := l.Items, r.URL.Query().Get("at")
	if at != "" {
		day, err := p.dayOf("at", at)
		if err != nil {
			return err
		}
		items = l.At(day)
	}
	all, err := p.dictionary.CodeListHistory(r.Context(), l.Name)
	if err != nil {
		return err
	}
	return p.codeListPage(w, r, listView{l, holds, items, at, all})
}

// listView is what the page of a list shows: a version, the one that holds, its codes as on a day.
type listView struct {
	list, holds *dictionary.CodeList
	items       []dictionary.CodeItem
	at          string
	all         []*dictionary.CodeList
}

func (p *Pages) codeListPage(w http.ResponseWriter, r *http.Request, v listView) error {
	l := v.list
	impact, err := p.dictionary.Impact(r.Context(), dictionary.ThingCodeList, l.Name)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	actions, above, err := p.proposalActions(r, t, dictionary.ThingCodeList, l.Name, l.ReplacedBy != "")
	if err != nil {
		return err
	}
	if access.ActorOf(r.Context()).Type == access.User {
		a, err := p.follow(r, t, dictionary.ThingCodeList, l.Name)
		if err != nil {
			return err
		}
		actions = append(actions, a)
	}
	if l.ReplacedBy != "" {
		above = append(above, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("dictionary.list_is_retired")}), ui.Link(t("dictionary.use_instead", l.ReplacedBy), listPath(l.ReplacedBy)))
	}
	var versions []version
	options := ui.Choice{Field: ui.Field{Name: "version", Label: t("dictionary.version")}, NoEmpty: true}
	for _, x := range v.all {
		versions = append(versions, version{x.Version, x.Label, x.Effective, x.ChangeNote, standing(t, x.Version, v.holds.Version)})
		options.Options = append(options.Options, ui.Option{Value: strconv.Itoa(x.Version), Label: x.Label, On: x.Version == l.Version})
	}
	above = append(above, search(ui.FormProps{Action: listPath(l.Name), Get: true, Submit: t("dictionary.show"), Icon: ui.IconFilter},
		ui.Input(dayField(t, "at", "dictionary.at", v.at)), ui.Select(options)))
	state := standing(t, l.Version, v.holds.Version)
	return p.shell.Render(w, r, web.Page{
		Title: l.Title, Crumbs: crumbs(t, ui.Crumb{Label: t("dictionary.code_lists"), Path: "/dictionary/code-list"}, ui.Crumb{Label: l.Title}),
		Body: page(pageView{
			Head: ui.Head{Eyebrow: l.Name + " · " + l.Label, Title: l.Title, Lead: t("dictionary.list_version", l.Label, dash(l.Standard)), State: &state, Actions: actions}, Above: above,
			Main: []part{
				{Card: ui.CardProps{Title: t("dictionary.items"), Lead: t("dictionary.codes_n", len(v.items)), Flush: true}, Body: []templ.Component{itemTable(t, l.Title, v.items)}},
				p.impactCard(r, t, impact), versionsCard(t, listPath(l.Name), versions),
			},
		}),
	})
}

func itemTable(t ui.T, caption string, items []dictionary.CodeItem) templ.Component {
	table := ui.TableProps{
		Caption: caption, Empty: ui.Empty{Icon: ui.IconList, Title: t("dictionary.no_code_then")},
		Columns: []ui.Column{{Label: t("dictionary.code")}, {Label: t("dictionary.label")}, {Label: t("dictionary.validity")}},
	}
	for _, item := range items {
		table.Rows = append(table.Rows, ui.Cells(ui.Mono(item.Code), ui.Text(item.Label), ui.Text(period(t, item.ValidFrom, item.ValidTo))))
	}
	return ui.Table(table)
}

// dayField is a day in a form. What was typed as dd/MM/yyyy is shown in the form that browsers take.
func dayField(t ui.T, name, label, value string) ui.Field {
	if day, problem := dictionary.ParseDay(value); problem == nil {
		value = day.String()
	}
	return ui.Field{Name: name, Label: t(label), Value: value, Type: "date", Short: true}
}

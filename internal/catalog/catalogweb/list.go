package catalogweb

import (
	"net/http"
	"net/url"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const pageSize = 50

// listForm is what the address of the list says.
type listForm struct {
	Text  string `form:"q"`
	Owner string `form:"owner"`
	State string `form:"state"`
	Scope string `form:"scope"`
	Class string `form:"class"`
	Way   string `form:"method"`
	Often string `form:"frequency"`
	After string `form:"after"`
}

// said are the parts of the address that narrow the list.
func (f listForm) said() map[string]string {
	return map[string]string{"q": f.Text, "owner": f.Owner, "state": f.State, "scope": f.Scope, "class": f.Class, "method": f.Way, "frequency": f.Often}
}

func (f listForm) filtered() bool {
	for _, value := range f.said() {
		if value != "" {
			return true
		}
	}
	return false
}

func (f listForm) filter() catalog.Filter {
	return catalog.Filter{
		Text: f.Text, Owner: f.Owner, State: catalog.State(f.State), Scope: catalog.Scope(f.Scope), Class: dictionary.Class(f.Class),
		Method: catalog.Method(f.Way), Frequency: catalog.Frequency(f.Often), After: f.After, Limit: pageSize,
	}
}

// path of the same list behind a cursor; without one, its first page.
func (f listForm) path(after string) string {
	q := url.Values{}
	for name, value := range f.said() {
		if value != "" {
			q.Set(name, value)
		}
	}
	if after != "" {
		q.Set("after", after)
	}
	return (&url.URL{Path: "/catalog", RawQuery: q.Encode()}).RequestURI()
}

func (p *Pages) listDatasets(w http.ResponseWriter, r *http.Request) error {
	var in listForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	list, err := p.Catalog.Search(r.Context(), in.filter())
	if err != nil {
		return err
	}
	owners, err := p.Sources.Agencies(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	head := ui.Head{Title: t("catalog.list"), Lead: t("catalog.list_lead")}
	if access.ActorOf(r.Context()).Can(access.CatalogRegister) {
		head.Actions = []ui.Action{{Label: t("catalog.new"), Path: "/catalog/register", Icon: ui.IconAdd, Kind: ui.Primary}}
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("catalog.list"), Crumbs: crumbs(t, catalog.Dataset{}, t("catalog.list"))[1:],
		Body: page(pageView{Head: head, Above: []templ.Component{filterForm(t, in, owners)}, Main: []part{
			{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(p.table(r, t, in, list))}},
		}}),
	})
}

func filterForm(t ui.T, in listForm, owners []Named) templ.Component {
	f := filler{t: t}
	text := f.field("q", "catalog.search", in.Text)
	text.Type, text.Hint = "search", t("catalog.search_hint")
	return form(ui.FormProps{Action: "/catalog", Get: true, Submit: t("catalog.filter"), Icon: ui.IconFilter}, []templ.Component{
		ui.Input(text),
		fieldRow(
			ui.Select(anyOf(f.field("owner", "catalog.owner", in.Owner), named(owners))),
			ui.Select(anyOf(f.field("state", "catalog.state", in.State), words(t, "catalog.state.", catalog.States()))),
			ui.Select(anyOf(f.field("scope", "catalog.scope", in.Scope), words(t, "catalog.scope.", scopes()))),
		),
		fieldRow(
			ui.Select(anyOf(f.field("class", "catalog.class", in.Class), words(t, "catalog.class.", dictionary.Classes()))),
			ui.Select(anyOf(f.field("method", "catalog.method", in.Way), words(t, "catalog.method.", catalog.Methods()))),
			ui.Select(anyOf(f.field("frequency", "catalog.frequency", in.Often), words(t, "catalog.frequency.", catalog.Frequencies()))),
		),
	})
}

func (p *Pages) table(r *http.Request, t ui.T, in listForm, list catalog.Page) ui.TableProps {
	props := ui.TableProps{
		Caption: t("catalog.list"),
		Columns: []ui.Column{{Label: t("catalog.dataset")}, {Label: t("catalog.owner")}, {Label: t("catalog.state")}, {Label: t("catalog.scope_class")}, {Label: t("catalog.changed")}},
		Empty:   ui.Empty{Icon: ui.IconDataset, Title: t("catalog.list_empty"), Text: t("catalog.list_empty_text")},
		Pages:   &ui.PageLinks{},
	}
	if in.filtered() {
		props.Empty = ui.Empty{Icon: ui.IconFilter, Title: t("catalog.list_none"), Action: &ui.Action{Label: t("catalog.show_all"), Path: "/catalog"}}
	}
	if list.Next != "" {
		props.Pages.Next = in.path(list.Next)
	}
	if in.After != "" {
		props.Pages.Previous = in.path("")
	}
	props.Pages.Summary = t("catalog.shown", i18n.Number(int64(len(list.Datasets))), i18n.Number(int64(list.Total)))
	for _, d := range list.Datasets {
		props.Rows = append(props.Rows, ui.Cells(
			ui.LinkTwo(d.Name, path(d.Code), string(d.Code)), ui.Text(p.agency(r.Context(), d.Owner)), ui.Badge(stateOf(t, d.State)),
			ui.Two(word(t, "catalog.scope.", string(d.Classification.Scope)), word(t, "catalog.class.", string(d.Class))), ui.Moment(d.ChangedAt),
		))
	}
	return props
}

// word is the message of a code, or a dash where there is none yet.
func word(t ui.T, prefix, code string) string {
	if code == "" {
		return "–"
	}
	return t(prefix + code)
}

func scopes() []catalog.Scope { return []catalog.Scope{catalog.Private, catalog.Shared, catalog.Open} }

func natures() []catalog.Nature {
	return []catalog.Nature{catalog.MasterNational, catalog.MasterSector, catalog.Specialised}
}

// stateOf shows where a dataset stands.
func stateOf(t ui.T, s catalog.State) ui.State {
	state := ui.State{Label: t("catalog.state." + string(s)), Tone: ui.Info}
	switch s {
	case catalog.Draft:
		state.Tone, state.Icon = ui.Neutral, ui.IconDraft
	case catalog.Returned, catalog.ChangePending:
		state.Tone = ui.Warn
	case catalog.Published, catalog.InCatalogue:
		state.Tone = ui.Good
	case catalog.Suspended:
		state.Tone, state.Icon = ui.Bad, ui.IconPaused
	case catalog.Retiring, catalog.Retired:
		state.Tone, state.Icon = ui.Neutral, ui.IconStopped
	}
	return state
}

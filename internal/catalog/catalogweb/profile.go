package catalogweb

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// tabs of the profile, in their order; the first stands at the address without a tab.
var tabs = [...]string{"overview", "status", "connections", "grants", "quality", "usage", "incidents"}

func (p *Pages) showProfile(w http.ResponseWriter, r *http.Request) error {
	about, err := p.Catalog.Profile(r.Context(), codeOf(r.PathValue("owner"), r.PathValue("slug")))
	if err != nil {
		return err
	}
	tab := cmp.Or(r.URL.Query().Get("tab"), tabs[0])
	if !slices.Contains(tabs[:], tab) {
		tab = tabs[0]
	}
	t := p.shell.T(r)
	view, err := p.tab(r.Context(), t, tab, about)
	if err != nil {
		return err
	}
	state := stateOf(t, about.State)
	view.Head = ui.Head{
		Eyebrow: t("catalog.profile") + " · " + string(about.Code), Title: about.Name, State: &state, Actions: p.actions(access.ActorOf(r.Context()), t, about.Dataset),
	}
	view.Above = append(replicaNote(t, about.Dataset), above(t, about.Dataset)...)
	if who := access.ActorOf(r.Context()); who.CanFor(access.CatalogRegister, about.Owner) {
		view.Above = append(view.Above, missingList(t, about.Dataset, about.Missing)...)
	}
	if about.Proposal != nil {
		view.Above = append(view.Above, todo(t("catalog.proposal"), []ui.Action{{Label: t("catalog.proposal_see"), Path: path(about.Code) + "/classification"}}))
	}
	view.Above = append(view.Above, ui.Tabs(t("catalog.profile"), profileTabs(t, about.Code, tab)))
	return p.shell.Render(w, r, web.Page{Title: about.Name, Crumbs: crumbs(t, about.Dataset, ""), Body: page(view)})
}

// above are the notes that hold for the whole dataset.
func above(t ui.T, d catalog.Dataset) []templ.Component {
	switch d.State {
	case catalog.Suspended:
		return []templ.Component{ui.Alert(ui.Note{Tone: ui.Bad, Title: t("catalog.is_suspended"), Text: d.Note})}
	case catalog.Retiring, catalog.Retired:
		note := ui.Note{Tone: ui.Warn, Title: t("catalog.is_ending"), Text: d.Note}
		if d.Replacement != "" {
			return []templ.Component{ui.Alert(note), ui.Link(t("catalog.replaced_by", d.Replacement), path(d.Replacement))}
		}
		return []templ.Component{ui.Alert(note)}
	}
	return returned(t, d)
}

func profileTabs(t ui.T, code catalog.Code, current string) []ui.Tab {
	list := make([]ui.Tab, 0, len(tabs))
	for i, tab := range tabs {
		address := path(code)
		if i > 0 {
			address += "?tab=" + tab
		}
		list = append(list, ui.Tab{Label: t("catalog.tab." + tab), Path: address, Current: tab == current})
	}
	return list
}

// actions are what this person can do with the dataset now; the first is the one that brings it on.
func (p *Pages) actions(who access.Actor, t ui.T, d catalog.Dataset) []ui.Action {
	var list []ui.Action
	for _, s := range p.steps() {
		if mayTake(who, s, d) {
			a := ui.Action{Label: t("catalog.do." + s.verb), Path: path(d.Code) + "/" + s.verb, Icon: s.icon, Kind: ui.Secondary}
			if s.danger {
				a.Kind = ui.Danger
			} else if len(list) == 0 && s.verb != "transfer" {
				a.Kind = ui.Primary
			}
			list = append(list, a)
		}
	}
	if d.SchemaVersion > 0 {
		list = append(list, ui.Action{Label: t("catalog.mapping"), Path: path(d.Code) + "/mapping", Icon: ui.IconDictionary, Kind: ui.Quiet}, ui.Action{Label: t("catalog.sources"), Path: path(d.Code) + "/sources", Icon: ui.IconDatabase, Kind: ui.Quiet})
	}
	if who.CanFor(access.CatalogRegister, d.Owner) {
		if d.State.Editable() {
			list = append(list, ui.Action{Label: t("catalog.edit"), Path: path(d.Code) + "/edit", Icon: ui.IconEdit})
		}
		if d.State.Editable() || d.State == catalog.Published {
			list = append(list, ui.Action{Label: t("catalog.schema_edit"), Path: path(d.Code) + "/schema", Icon: ui.IconRows})
		}
	}
	list = append(list, ui.Action{Label: t("catalog.classification"), Path: path(d.Code) + "/classification", Icon: ui.IconLocked})
	if who.CanFor(access.IngestDeliver, d.Owner) && d.State.Live() && d.SchemaVersion > 0 {
		list = append(list, ui.Action{Label: t("catalog.deliver"), Path: "/ingest/new?dataset=" + string(d.Code), Icon: ui.IconUpload})
	}
	return list
}

// tab is the content of one tab.
func (p *Pages) tab(ctx context.Context, t ui.T, tab string, about catalog.Profile) (pageView, error) {
	switch tab {
	case "overview":
		return p.overviewTab(ctx, t, about)
	case "status":
		return p.statusTab(t, about), nil
	case "quality":
		return p.qualityTab(ctx, t, about)
	}
	src := map[string]Source{
		"connections": p.Sources.Connections, "grants": p.Sources.Grants, "usage": p.Sources.Usage, "incidents": p.Sources.Incidents,
	}[tab]
	b, err := ask(ctx, src, about.Code)
	if err != nil {
		return pageView{}, err
	}
	return pageView{Main: []part{{Card: card(t, "catalog.tab."+tab, b.ChangedAt, true), Body: []templ.Component{blockBody(t, tab, b)}}}}, nil
}

// card is the card of a block with the time of its last change.
func card(t ui.T, title string, at time.Time, flush bool) ui.CardProps {
	c := ui.CardProps{Title: t(title), Flush: flush, Lead: t("catalog.never_changed")}
	if !at.IsZero() {
		c.Lead = t("catalog.last_changed", i18n.DateTime(at))
	}
	return c
}

func blockBody(t ui.T, tab string, b block) templ.Component {
	if b.Forbidden != "" {
		return ui.Forbidden(b.Forbidden)
	}
	props := ui.TableProps{
		Caption: t("catalog.tab." + tab),
		Columns: []ui.Column{{Label: t("catalog.line." + tab)}, {Label: t("catalog.state")}, {Label: t("catalog.changed")}},
		Empty:   ui.Empty{Title: t("catalog.none." + tab), Text: t("catalog.none." + tab + "_text")},
	}
	if tab == "usage" {
		props.Columns[1] = ui.Column{Label: t("catalog.calls"), Number: true}
		props.Columns[2] = ui.Column{Label: t("catalog.last_call")}
	}
	for _, l := range b.Lines {
		props.Rows = append(props.Rows, ui.Cells(lineTitle(l), lineState(t, tab, l), ui.Moment(l.At)))
	}
	return ui.Table(props)
}

func lineTitle(l Line) templ.Component {
	if l.Path != "" {
		return ui.LinkTwo(l.Title, l.Path, l.Note)
	}
	return ui.Two(l.Title, l.Note)
}

func lineState(t ui.T, tab string, l Line) templ.Component {
	if tab == "usage" {
		return ui.Number(l.Count)
	}
	if l.Word != "" {
		return ui.Badge(ui.State{Label: t(l.Word), Tone: l.Tone})
	}
	return ui.Badge(ui.State{Label: l.State, Tone: l.Tone})
}

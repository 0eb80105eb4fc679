package systemweb

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/system"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

type listForm struct {
	Category string `form:"category"`
	Owner    string `form:"owner"`
	Text     string `form:"q"`
}

// path is the list with other choices.
func (f listForm) path() string {
	q := url.Values{}
	for name, value := range map[string]string{"category": f.Category, "owner": f.Owner, "q": f.Text} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/system"
	}
	return "/system?" + q.Encode()
}

func (p *Pages) listSystems(w http.ResponseWriter, r *http.Request) error {
	var form listForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	found, err := p.systems.List(r.Context(), system.Filter{Owner: form.Owner, Text: form.Text})
	if err != nil {
		return err
	}
	var owners []ui.Option
	if who := access.ActorOf(r.Context()); who.Can(access.AgencyRead) { // a vendor's person sees its own systems only
		if owners, err = p.bodies(r.Context(), form.Owner, false); err != nil {
			return err
		}
	}
	t := p.shell.T(r)
	head := ui.Head{Title: t("system.register"), Lead: t("system.register_lead")}
	if access.ActorOf(r.Context()).Can(access.SystemChange) {
		head.Actions = []ui.Action{{Label: t("system.new"), Path: newPath, Icon: ui.IconAdd, Kind: ui.Primary}}
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("system.register"), Crumbs: []ui.Crumb{{Label: t("system.register")}},
		Body: listPage(listView{
			T: t, Head: head, Category: form.Category,
			Search: ui.Field{Name: "q", Label: t("system.search"), Value: form.Text, Type: "search"},
			Owner:  ui.Choice{Any: true, Field: ui.Field{Name: "owner", Label: t("system.field_owner"), Value: form.Owner}, Options: owners},
			Tabs:   tabs(t, form, found), Table: p.table(r.Context(), t, form, found),
		}),
	})
}

// tabs are the groups of Điều 8.2, each with how many were found.
func tabs(t ui.T, form listForm, found []*system.System) []ui.Tab {
	count := map[system.Category]int64{}
	for _, s := range found {
		count[s.Category]++
	}
	tab := func(c system.Category, label string, n int64) ui.Tab {
		to := listForm{Category: string(c), Owner: form.Owner, Text: form.Text}
		return ui.Tab{Label: label, Path: to.path(), Count: i18n.Number(n), Current: form.Category == string(c)}
	}
	all := []ui.Tab{tab("", t("system.all"), int64(len(found)))}
	for _, c := range system.Categories() {
		all = append(all, tab(c, t("system.category."+string(c)), count[c]))
	}
	return all
}

func (p *Pages) table(ctx context.Context, t ui.T, form listForm, found []*system.System) ui.TableProps {
	props := ui.TableProps{
		Caption: t("system.register"),
		Columns: []ui.Column{{Label: t("system.col_system")}, {Label: t("system.field_category")}, {Label: t("system.field_owner")}, {Label: t("system.col_state_level")}},
		Empty:   p.nothing(ctx, t, form),
	}
	now := p.clock.Now()
	for _, s := range found {
		if form.Category != "" && form.Category != string(s.Category) {
			continue
		}
		row := ui.Cells(ui.LinkTwo(s.Name, path(s.ID), s.ID), ui.Text(t("system.category."+string(s.Category))), ui.Text(p.agency(ctx, s.Owner)),
			ui.Lines(ui.Badge(stateOf(t, s)), ui.Badge(levelState(t, s, now))))
		if s.Suspended {
			row.Tone = ui.Warn
		}
		props.Rows = append(props.Rows, row)
	}
	return props
}

func (p *Pages) nothing(ctx context.Context, t ui.T, form listForm) ui.Empty {
	if form != (listForm{}) {
		return ui.Empty{Icon: ui.IconFilter, Title: t("system.none_match"), Action: &ui.Action{Label: t("system.show_all"), Path: "/system"}}
	}
	e := ui.Empty{Icon: ui.IconSystem, Title: t("system.empty"), Text: t("system.empty_text")}
	if access.ActorOf(ctx).Can(access.SystemChange) {
		e.Action = &ui.Action{Label: t("system.new"), Path: newPath, Icon: ui.IconAdd, Kind: ui.Primary}
	}
	return e
}

// soon is how long before its end an approval asks for attention.
const soon = 60 * 24 * time.Hour

// levelState tells the security level and whether its approval still holds.
func levelState(t ui.T, s *system.System, now time.Time) ui.State {
	switch {
	case s.Level == 0:
		return ui.State{Label: t("system.level_none"), Tone: ui.Warn}
	case s.LevelAt(now) == 0:
		return ui.State{Label: t("system.level_lapsed", s.Level, i18n.Date(s.LevelValidTo)), Tone: ui.Bad}
	case s.LevelValidTo.Sub(now) < soon:
		return ui.State{Label: t("system.level_soon", s.Level, i18n.Date(s.LevelValidTo)), Tone: ui.Warn}
	}
	return ui.State{Label: t("system.level_valid", s.Level, i18n.Date(s.LevelValidTo)), Tone: ui.Good}
}

func stateOf(t ui.T, s *system.System) ui.State {
	if s.Suspended {
		return ui.State{Label: t("system.state_suspended"), Tone: ui.Warn, Icon: ui.IconPaused}
	}
	return ui.State{Label: t("system.state_active"), Tone: ui.Good}
}

func path(id string) string { return "/system/" + url.PathEscape(id) }

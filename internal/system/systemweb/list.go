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

// pageSize is how many systems stand on a page.
const pageSize = 50

type listForm struct {
	Category string `form:"category"`
	Owner    string `form:"owner"`
	Status   string `form:"status"`
	Listed   bool   `form:"listed"`
	Text     string `form:"q"`
	After    string `form:"after"`
}

// path is the list with other choices.
func (f listForm) path() string {
	q := url.Values{}
	for name, value := range map[string]string{"category": f.Category, "owner": f.Owner, "status": f.Status, "q": f.Text, "after": f.After} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Listed {
		q.Set("listed", "1")
	}
	if len(q) == 0 {
		return "/system"
	}
	return "/system?" + q.Encode()
}

func (f listForm) filter() system.Filter {
	return system.Filter{
		Owner: f.Owner, Category: system.Category(f.Category), Status: system.Status(f.Status), Listed: f.Listed, Text: f.Text, After: f.After, Limit: pageSize + 1,
	}
}

func (p *Pages) listSystems(w http.ResponseWriter, r *http.Request) error {
	var form listForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	found, counts, err := p.systems.ListStandings(r.Context(), form.filter())
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
	v := listView{
		T: t, Head: ui.Head{Title: t("system.register"), Lead: t("system.register_lead"), Actions: listActions(t, access.ActorOf(r.Context()))}, Category: form.Category, Status: form.Status,
		Search: ui.Field{Name: "q", Label: t("system.search"), Value: form.Text, Type: "search"},
		Owner:  ui.Choice{Any: true, Field: ui.Field{Name: "owner", Label: t("system.field_owner"), Value: form.Owner}, Options: owners},
		Listed: ui.Field{Name: "listed", Label: t("system.listed_only"), Value: on(form.Listed)},
		Tabs:   tabs(t, form, counts), Groups: groups(t, form, counts),
	}
	more := len(found) > pageSize
	if more {
		found = found[:pageSize]
	}
	v.Table = p.table(r.Context(), t, form, found)
	if more || form.After != "" {
		v.Table.Pages = pager(form, found, more)
	}
	return p.shell.Render(w, r, web.Page{Title: t("system.register"), Crumbs: []ui.Crumb{{Label: t("system.register")}}, Body: listPage(v)})
}

func on(yes bool) string {
	if yes {
		return "1"
	}
	return ""
}

func listActions(t ui.T, who access.Actor) []ui.Action {
	actions := []ui.Action{{Label: t("system.progress"), Path: "/system/status", Icon: ui.IconChart}}
	if who.Can(access.SystemRegister) {
		actions = append(actions, ui.Action{Label: t("system.import"), Path: "/system/import", Icon: ui.IconUpload}, ui.Action{Label: t("system.new"), Path: newPath, Icon: ui.IconAdd, Kind: ui.Primary})
	}
	return actions
}

// pager leads on; back leads to the beginning, since a cursor knows no page before.
func pager(form listForm, found []*system.Standing, more bool) *ui.PageLinks {
	links := &ui.PageLinks{}
	if form.After != "" {
		first := form
		first.After = ""
		links.Previous = first.path()
	}
	if more {
		next := form
		next.After = found[len(found)-1].ID
		links.Next = next.path()
	}
	return links
}

// tabs are the statuses that traffic shows, each with how many were found.
func tabs(t ui.T, form listForm, counts system.Counts) []ui.Tab {
	tab := func(status system.Status, label string, n int) ui.Tab {
		to := form
		to.Status, to.After = string(status), ""
		return ui.Tab{Label: label, Path: to.path(), Count: i18n.Number(int64(n)), Current: form.Status == string(status)}
	}
	sum := 0
	for _, n := range counts.Status {
		sum += n
	}
	all := []ui.Tab{tab("", t("system.all"), sum)}
	for _, s := range system.Statuses() {
		all = append(all, tab(s, t("system.status."+string(s)), counts.Status[s]))
	}
	return all
}

// groups are those of Điều 8.2 in the regulation's words, each with how many were found.
func groups(t ui.T, form listForm, counts system.Counts) []ui.Bar {
	var bars []ui.Bar
	for _, c := range system.Categories() {
		to := form
		to.Category, to.After = string(c), ""
		bar := ui.Bar{Label: letter(c) + ") " + t("system.category."+string(c)), Value: int64(counts.Category[c]), Path: to.path()}
		if form.Category == string(c) {
			bar.Tone, to.Category = ui.Info, ""
			bar.Path = to.path() // a second click takes the choice back
		}
		bars = append(bars, bar)
	}
	return bars
}

// letter of the point of Điều 8.2.
func letter(c system.Category) string {
	for i, one := range system.Categories() {
		if one == c {
			return []string{"a", "b", "c", "d", "đ", "e"}[i]
		}
	}
	return ""
}

func (p *Pages) table(ctx context.Context, t ui.T, form listForm, found []*system.Standing) ui.TableProps {
	props := ui.TableProps{
		Caption: t("system.register"),
		Columns: []ui.Column{{Label: t("system.col_system")}, {Label: t("system.col_group")}, {Label: t("system.field_owner")}, {Label: t("system.col_status")}, {Label: t("system.level")}},
		Empty:   p.nothing(ctx, t, form),
	}
	now := p.clock.Now()
	for _, s := range found {
		level := ui.Badge(levelState(t, &s.System, now))
		if s.Suspended {
			level = ui.Lines(ui.Badge(stateOf(t, &s.System)), level)
		}
		name := ui.LinkTwo(s.Name, path(s.ID), s.ID)
		if s.Listed != "" {
			name = ui.Lines(name, ui.Muted(t("system.listed_short")))
		}
		row := ui.Cells(name, ui.Text(letter(s.Category)), ui.Text(p.agency(ctx, s.Owner)), ui.Lines(ui.Badge(statusState(t, s.Status)), ui.Muted(lastText(t, s))), level)
		if s.Suspended {
			row.Tone = ui.Warn
		}
		props.Rows = append(props.Rows, row)
	}
	return props
}

// statusState is a status as a badge shows it.
func statusState(t ui.T, s system.Status) ui.State {
	state := ui.State{}
	if t != nil {
		state.Label = t("system.status." + string(s))
	}
	switch s {
	case system.Connected:
		state.Tone = ui.Good
	case system.Testing:
		state.Tone = ui.Info
	case system.Idle:
		state.Tone, state.Icon = ui.Warn, ui.IconPaused
	case system.Disconnected:
		state.Tone, state.Icon = ui.Bad, ui.IconStopped
	default:
		state.Tone = ui.Neutral
	}
	return state
}

// lastText tells the last success.
func lastText(t ui.T, s *system.Standing) string {
	if s.LastSuccess.IsZero() {
		return t("system.last_never")
	}
	return t("system.last_"+s.LastWay, i18n.DateTime(s.LastSuccess))
}

func (p *Pages) nothing(ctx context.Context, t ui.T, form listForm) ui.Empty {
	if form != (listForm{}) {
		return ui.Empty{Icon: ui.IconFilter, Title: t("system.none_match"), Action: &ui.Action{Label: t("system.show_all"), Path: "/system"}}
	}
	e := ui.Empty{Icon: ui.IconSystem, Title: t("system.empty"), Text: t("system.empty_text")}
	if access.ActorOf(ctx).Can(access.SystemRegister) {
		e.Action = &ui.Action{Label: t("system.new"), Path: newPath, Icon: ui.IconAdd, Kind: ui.Primary}
	}
	return e
}

// levelState tells the security level and whether it still holds.
func levelState(t ui.T, s *system.System, now time.Time) ui.State {
	switch s.LevelStateAt(now) {
	case system.LevelValid:
		return ui.State{Label: t("system.level_valid", s.Level, i18n.Date(s.LevelValidTo)), Tone: ui.Good}
	case system.LevelExpiring:
		return ui.State{Label: t("system.level_soon", s.Level, i18n.Date(s.LevelValidTo)), Tone: ui.Warn}
	case system.LevelException:
		return ui.State{Label: t("system.level_exception", s.Exception.Level, i18n.Date(s.Exception.To)), Tone: ui.Warn, Icon: ui.IconDeadline}
	case system.LevelLapsed:
		if s.Level == 0 {
			return ui.State{Label: t("system.level_exception_over", i18n.Date(s.Exception.To)), Tone: ui.Bad}
		}
		return ui.State{Label: t("system.level_lapsed", s.Level, i18n.Date(s.LevelValidTo)), Tone: ui.Bad}
	}
	return ui.State{Label: t("system.level_none"), Tone: ui.Warn}
}

func stateOf(t ui.T, s *system.System) ui.State {
	if s.Suspended {
		return ui.State{Label: t("system.state_suspended"), Tone: ui.Warn, Icon: ui.IconPaused}
	}
	return ui.State{Label: t("system.state_active"), Tone: ui.Good}
}

func path(id string) string { return "/system/" + url.PathEscape(id) }

package agencyweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// perPage shows a whole province of two tiers on one page, and long lists of schools in several.
const perPage = 150

type listForm struct {
	Kind string `form:"kind"`
	Text string `form:"q"`
	All  bool   `form:"all"` // those that exist no more too
	Page int    `form:"page"`
}

// path is the list with other choices.
func (f listForm) path() string {
	q := url.Values{}
	if f.Kind != "" {
		q.Set("kind", f.Kind)
	}
	if f.Text != "" {
		q.Set("q", f.Text)
	}
	if f.All {
		q.Set("all", "1")
	}
	if f.Page > 1 {
		q.Set("page", strconv.Itoa(f.Page))
	}
	if len(q) == 0 {
		return "/agency"
	}
	return "/agency?" + q.Encode()
}

func (p *Pages) listAgencies(w http.ResponseWriter, r *http.Request) error {
	var form listForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	filter := agency.Filter{Text: form.Text}
	if !form.All {
		filter.At = p.clock.Now()
	}
	found, err := p.agencies.List(r.Context(), filter)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	table, err := p.table(r.Context(), t, form, found)
	if err != nil {
		return err
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("agency.register"), Crumbs: []ui.Crumb{{Label: t("agency.register")}},
		Body: listPage(listView{
			T: t, Head: ui.Head{Title: t("agency.register"), Lead: t("agency.register_lead"), Actions: listActions(t, access.ActorOf(r.Context()))},
			Search: ui.Field{Name: "q", Label: t("agency.search"), Hint: t("agency.search_hint"), Value: form.Text, Type: "search"},
			All:    ui.Field{Name: "all", Label: t("agency.show_ended"), Value: mark(form.All)}, Kind: form.Kind,
			Tabs: tabs(t, form, found), Table: table,
		}),
	})
}

func mark(on bool) string {
	if on {
		return "1"
	}
	return ""
}

func listActions(t ui.T, who access.Actor) []ui.Action {
	actions := []ui.Action{{Label: t("agency.map"), Path: "/agency/map", Icon: ui.IconMap}}
	if who.Can(access.AgencyChange) {
		actions = append(actions, ui.Action{Label: t("agency.import"), Path: "/agency/import", Icon: ui.IconUpload},
			ui.Action{Label: t("agency.new"), Path: "/agency/new", Icon: ui.IconAdd, Kind: ui.Primary})
	}
	return actions
}

// tabs are the kinds of Điều 2, each with how many were found.
func tabs(t ui.T, form listForm, found []*agency.Agency) []ui.Tab {
	count := map[agency.Kind]int64{}
	for _, a := range found {
		count[a.Kind]++
	}
	tab := func(kind agency.Kind, label string, n int64) ui.Tab {
		to := listForm{Kind: string(kind), Text: form.Text, All: form.All}
		return ui.Tab{Label: label, Path: to.path(), Count: i18n.Number(n), Current: form.Kind == string(kind)}
	}
	all := []ui.Tab{tab("", t("agency.all_kinds"), int64(len(found)))}
	for _, k := range agency.Kinds() {
		all = append(all, tab(k, t("agency.kind."+string(k)), count[k]))
	}
	return all
}

func (p *Pages) table(ctx context.Context, t ui.T, form listForm, found []*agency.Agency) (ui.TableProps, error) {
	props := ui.TableProps{
		Caption: t("agency.register"),
		Columns: []ui.Column{{Label: t("agency.col_agency")}, {Label: t("agency.col_kind")}, {Label: t("agency.col_steward")}, {Label: t("agency.col_from")}, {Label: t("agency.col_state")}},
		Empty:   p.nothing(t, form, access.ActorOf(ctx)),
	}
	var shown []*agency.Agency
	for _, a := range tree(found) {
		if form.Kind == "" || form.Kind == string(a.Kind) {
			shown = append(shown, a)
		}
	}
	page, links := pageOf(t, form, shown)
	props.Pages = links
	for _, a := range page {
		row, err := p.row(ctx, t, a)
		if err != nil {
			return props, err
		}
		props.Rows = append(props.Rows, row)
	}
	return props, nil
}

func (p *Pages) nothing(t ui.T, form listForm, who access.Actor) ui.Empty {
	if form.Kind != "" || form.Text != "" {
		return ui.Empty{Icon: ui.IconFilter, Title: t("agency.none_match"), Text: t("agency.none_match_text"), Action: &ui.Action{Label: t("agency.show_all"), Path: "/agency"}}
	}
	e := ui.Empty{Icon: ui.IconAgency, Title: t("agency.empty"), Text: t("agency.empty_text")}
	if who.Can(access.AgencyChange) {
		e.Action = &ui.Action{Label: t("agency.import"), Path: "/agency/import", Icon: ui.IconUpload, Kind: ui.Primary}
	}
	return e
}

// pageOf cuts one page out of a list.
func pageOf(t ui.T, form listForm, all []*agency.Agency) ([]*agency.Agency, *ui.PageLinks) {
	if len(all) <= perPage {
		return all, nil
	}
	last := (len(all) + perPage - 1) / perPage
	form.Page = min(max(form.Page, 1), last)
	from := (form.Page - 1) * perPage
	to := min(from+perPage, len(all))
	links := &ui.PageLinks{Summary: t("agency.page", from+1, to, len(all))}
	if step := form; step.Page > 1 {
		step.Page--
		links.Previous = step.path()
	}
	if step := form; step.Page < last {
		step.Page++
		links.Next = step.path()
	}
	return all[from:to], links
}

// tree puts every agency behind its parent, and keeps the order otherwise.
func tree(all []*agency.Agency) []*agency.Agency {
	here, below := map[string]bool{}, map[string][]*agency.Agency{}
	for _, a := range all {
		here[a.Code] = true
	}
	for _, a := range all {
		if here[a.Parent] {
			below[a.Parent] = append(below[a.Parent], a)
		}
	}
	out := make([]*agency.Agency, 0, len(all))
	var add func(a *agency.Agency)
	add = func(a *agency.Agency) {
		out = append(out, a)
		for _, child := range below[a.Code] {
			add(child)
		}
	}
	for _, a := range all {
		if !here[a.Parent] {
			add(a)
		}
	}
	return out
}

func (p *Pages) row(ctx context.Context, t ui.T, a *agency.Agency) (ui.Row, error) {
	under := a.Code
	if a.Parent != "" {
		under = t("agency.belongs", a.Code, p.name(ctx, a.Parent))
	}
	steward, err := p.agencies.ActiveSteward(ctx, a.Code)
	if err != nil {
		return ui.Row{}, err
	}
	now := p.clock.Now()
	return ui.Cells(ui.LinkTwo(a.Name, path(a.Code), under), ui.Text(t("agency.kind."+string(a.Kind))), stewardCell(t, a, steward), ui.Day(a.ValidFrom), ui.Badge(stateOf(t, a, now))), nil
}

func stewardCell(t ui.T, a *agency.Agency, s *agency.Steward) templ.Component {
	switch {
	case a.Kind == agency.External:
		return ui.Muted("–")
	case s == nil:
		return ui.Badge(ui.State{Label: t("agency.steward_none"), Tone: ui.Warn})
	case s.Agency != a.Code:
		return ui.Two(s.Name, t("agency.steward_inherited"))
	}
	return ui.Text(s.Name)
}

// stateOf says whether the agency exists now.
func stateOf(t ui.T, a *agency.Agency, now time.Time) ui.State {
	switch {
	case a.ActiveAt(now):
		return ui.State{Label: t("agency.state_active"), Tone: ui.Good}
	case now.Before(a.ValidFrom):
		return ui.State{Label: t("agency.state_future"), Tone: ui.Info}
	}
	return ui.State{Label: t("agency.state_ended"), Tone: ui.Neutral, Icon: ui.IconStopped}
}

func path(code string) string { return "/agency/" + url.PathEscape(code) }

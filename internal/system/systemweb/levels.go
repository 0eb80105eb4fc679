package systemweb

import (
	"context"
	"net/http"
	"net/url"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/system"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// waiting as the state of a filter: a dossier waits for the operator.
const waiting = "waiting"

type levelsForm struct {
	State string `form:"state"`
	Owner string `form:"owner"`
	Text  string `form:"q"`
	After string `form:"after"`
}

func (f levelsForm) path() string {
	q := url.Values{}
	for name, value := range map[string]string{"state": f.State, "owner": f.Owner, "q": f.Text, "after": f.After} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/system/level"
	}
	return "/system/level?" + q.Encode()
}

func (f levelsForm) filter(state string) system.Filter {
	out := system.Filter{Owner: f.Owner, Text: f.Text, After: f.After, Limit: pageSize + 1}
	if state == waiting {
		out.Waiting = true
	} else {
		out.Level = system.LevelState(state)
	}
	return out
}

// listLevels is the screen "Cấp độ an toàn" (Điều 26.2a): how every system stands with its level.
func (p *Pages) listLevels(w http.ResponseWriter, r *http.Request) error {
	var form levelsForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	ctx, t := r.Context(), p.shell.T(r)
	found, _, err := p.systems.ListStandings(ctx, form.filter(form.State))
	if err != nil {
		return err
	}
	var owners []ui.Option
	if access.ActorOf(ctx).Can(access.AgencyRead) {
		if owners, err = p.bodies(ctx, form.Owner, false); err != nil {
			return err
		}
	}
	v := levelsView{
		T: t, Head: ui.Head{Title: t("system.levels"), Lead: t("system.levels_lead")}, State: form.State,
		Search: ui.Field{Name: "q", Label: t("system.search"), Value: form.Text, Type: "search"},
		Owner:  ui.Choice{Any: true, Field: ui.Field{Name: "owner", Label: t("system.field_owner"), Value: form.Owner}, Options: owners},
	}
	if v.Tabs, err = p.levelTabs(ctx, t, form); err != nil {
		return err
	}
	more := len(found) > pageSize
	if more {
		found = found[:pageSize]
	}
	v.Table = p.levelTable(ctx, t, form, found)
	if more || form.After != "" {
		v.Table.Pages = levelPager(form, found, more)
	}
	return p.shell.Render(w, r, web.Page{Title: t("system.levels"), Crumbs: []ui.Crumb{{Label: t("system.register"), Path: "/system"}, {Label: t("system.levels")}}, Body: levelsPage(v)})
}

func levelPager(form levelsForm, found []*system.Standing, more bool) *ui.PageLinks {
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

// levelTabs are the states with how many systems stand so.
func (p *Pages) levelTabs(ctx context.Context, t ui.T, form levelsForm) ([]ui.Tab, error) {
	states := []string{"", waiting}
	for _, s := range system.LevelStates() {
		states = append(states, string(s))
	}
	var out []ui.Tab
	for _, state := range states {
		ask := form
		ask.State, ask.After = state, ""
		_, counts, err := p.systems.ListStandings(ctx, oneOf(ask.filter(state)))
		if err != nil {
			return nil, err
		}
		label := t("system.all")
		if state != "" {
			label = t("system.level_state." + state)
		}
		out = append(out, ui.Tab{Label: label, Path: ask.path(), Count: i18n.Number(int64(counts.All)), Current: form.State == state})
	}
	return out, nil
}

// oneOf asks for the counts and no list to speak of.
func oneOf(f system.Filter) system.Filter {
	f.Limit = 1
	return f
}

func (p *Pages) levelTable(ctx context.Context, t ui.T, form levelsForm, found []*system.Standing) ui.TableProps {
	props := ui.TableProps{
		Caption: t("system.levels"),
		Columns: []ui.Column{{Label: t("system.col_system")}, {Label: t("system.level")}, {Label: t("system.level_decision")}, {Label: t("system.level_review")}},
		Empty:   ui.Empty{Icon: ui.IconFilter, Title: t("system.levels_none"), Text: t("system.levels_none_text")},
	}
	if form != (levelsForm{}) {
		props.Empty.Action = &ui.Action{Label: t("system.show_all"), Path: "/system/level"}
	}
	now := p.clock.Now()
	for _, s := range found {
		decision := ui.Muted("–")
		switch {
		case s.Exception != nil && s.LevelStateAt(now) == system.LevelException:
			decision = ui.Two(s.Exception.Decision, t("system.level_kind.exception"))
		case s.Level > 0:
			decision = ui.Two(s.LevelDecision, s.LevelAuthority)
		}
		props.Rows = append(props.Rows, ui.Cells(ui.LinkTwo(s.Name, path(s.ID)+"#levels", p.agency(ctx, s.Owner)), ui.Badge(levelState(t, &s.System, now)), decision, ui.Day(s.LevelReviewAt)))
	}
	return props
}

// levelCard shows how a system stands with its level and the dossiers on it, with the steps that the reader may take.
func (p *Pages) levelCard(ctx context.Context, t ui.T, s *system.System, who access.Actor) (*part, error) {
	list, err := p.systems.Dossiers(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	c := &part{Card: ui.CardProps{ID: "levels", Title: t("system.dossiers"), Lead: t("system.dossiers_lead"), Flush: true}, Table: ui.TableProps{
		Caption: t("system.dossiers"), Columns: []ui.Column{{Label: t("system.level_number_field")}, {Label: t("system.level")}, {Label: t("system.col_state")}},
		Empty: ui.Empty{Icon: ui.IconLocked, Title: t("system.dossiers_none"), Text: t("system.dossiers_none_text")},
	}}
	open := len(list) > 0 && list[0].State == system.Proposed
	if may := who.CanFor(access.SystemRegister, s.Owner); may && !open {
		c.Card.Actions = []ui.Action{{Label: t("system.level_propose"), Path: path(s.ID) + "/level", Icon: ui.IconSend}}
	}
	for _, d := range list {
		c.Table.Rows = append(c.Table.Rows, p.dossierRow(t, s, d, who))
	}
	return c, nil
}

func (p *Pages) dossierRow(t ui.T, s *system.System, d *system.Dossier, who access.Actor) ui.Row {
	at := path(s.ID) + "/level/" + d.ID
	number := ui.Lines(ui.Text(d.Number), ui.Muted(t("system.level_sent", d.ProposedName, i18n.DateTime(d.ProposedAt))))
	if d.File != nil {
		number = ui.Lines(ui.Link(d.Number, at+"/file/dossier"), ui.Muted(t("system.level_sent", d.ProposedName, i18n.DateTime(d.ProposedAt))))
	}
	level := ui.Two(t("system.level_n", d.Level), t("system.level_kind."+string(d.Kind)))
	state := ui.Badge(dossierState(t, d))
	switch {
	case d.Decided != nil:
		level = ui.Two(t("system.level_n", d.Decided.Level), t("system.level_kind."+string(d.Kind)))
		state = ui.Lines(state, ui.Link(d.Decided.Number, at+"/file/decision"), ui.Muted(t("system.level_until", d.Decided.Authority, i18n.Date(d.Decided.ValidTo), d.EndedName)))
	case d.State == system.Returned:
		state = ui.Lines(state, ui.Muted(d.Note))
	case d.State == system.Proposed:
		var steps []ui.Action
		if who.Can(access.SystemLevel) && who.ID != d.ProposedBy {
			steps = append(steps, ui.Action{Label: t("system.level_record"), Path: at + "/record", Icon: ui.IconDecision, Kind: ui.Primary}, ui.Action{Label: t("system.level_return"), Path: at + "/return", Icon: ui.IconBack})
		}
		if who.CanFor(access.SystemRegister, s.Owner) {
			steps = append(steps, ui.Action{Label: t("system.level_withdraw"), Path: at + "/withdraw", Icon: ui.IconStopped})
		}
		state = ui.Lines(state, ui.Buttons(steps...))
	}
	return ui.Cells(number, level, state)
}

func dossierState(t ui.T, d *system.Dossier) ui.State {
	tone := map[system.DossierState]ui.Tone{system.Proposed: ui.Info, system.Returned: ui.Warn, system.Recorded: ui.Good}[d.State]
	return ui.State{Label: t("system.dossier_state." + string(d.State)), Tone: tone}
}

package connectionweb

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func (p *Pages) crumbs(t ui.T, r *connection.Request, last string) []ui.Crumb {
	return []ui.Crumb{{Label: t("connection.list"), Path: "/connections"}, {Label: name(t, r), Path: path(r.ID)}, {Label: last}}
}

func name(t ui.T, r *connection.Request) string {
	if r.Number == "" {
		return t("connection.draft")
	}
	return r.Number
}

func (p *Pages) showRequest(w http.ResponseWriter, r *http.Request) error {
	v, err := p.connections.Find(r.Context(), connection.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	t, ctx := p.shell.T(r), r.Context()
	state := stateBadge(t, v.Request.State)
	title := v.Dataset.Name
	if title == "" {
		title = v.Request.Need.Dataset
	}
	view := pageView{
		Head:  ui.Head{Eyebrow: name(t, v.Request), Title: title, State: &state, Lead: p.registers.Agency(ctx, v.Request.Agency) + " ← " + p.registers.Agency(ctx, v.Request.Owner), Actions: p.headActions(ctx, t, v)},
		Above: p.notes(t, v),
		Main:  []part{{Card: ui.CardProps{Title: t("connection.progress")}, Body: []templ.Component{ui.Stepper(t("connection.progress"), p.stepper(ctx, t, v))}}},
		Aside: []part{p.summaryPart(ctx, t, v)},
	}
	if next := p.nextPart(t, v); len(next.Body) > 0 {
		view.Main = append([]part{next}, view.Main...)
	}
	if v.Party {
		view.Main = append(view.Main, p.partyParts(ctx, t, v)...)
	}
	if route := routePart(t, v); len(route.Body) > 0 {
		view.Aside = append(view.Aside, route)
	}
	view.Aside = append(view.Aside, p.historyPart(ctx, t, v))
	return p.shell.Render(w, r, web.Page{
		Title: name(t, v.Request), Crumbs: []ui.Crumb{{Label: t("connection.list"), Path: "/connections"}, {Label: name(t, v.Request)}}, Body: page(view),
	})
}

func (p *Pages) partyParts(ctx context.Context, t ui.T, v connection.View) []part {
	r := v.Request
	var parts []part
	deciding := r.State == connection.Testing || r.State == connection.Acceptance // then the report is what is read
	if deciding {
		if r.State == connection.Acceptance {
			parts = append(parts, p.acceptancePart(ctx, t, v))
		}
		parts = append(parts, reportParts(t, v)...)
	}
	parts = append(parts, p.comparePart(ctx, t, v), p.needPart(t, v))
	if len(r.Checklist.Items) > 0 {
		parts = append(parts, checklistPart(t, v))
	}
	if r.Opinion != nil {
		parts = append(parts, p.opinionPart(ctx, t, v))
	}
	if r.Refusal != nil {
		parts = append(parts, part{Card: ui.CardProps{Title: t("connection.refusal")}, Body: []templ.Component{ui.KeyValue(
			ui.Pair{Name: t("connection.l_reason"), Text: r.Refusal.Reason}, ui.Pair{Name: t("connection.l_citation"), Text: r.Refusal.Citation},
			ui.Pair{Name: t("connection.l_decision_number"), Text: r.Refusal.Decision.Number}), paperButton(t, r.ID, refusalPaper)}})
	}
	parts = append(parts, securityPart(t, v))
	if len(v.Configs) > 0 {
		parts = append(parts, configPart(t, v))
	}
	if deciding {
		return parts
	}
	parts = append(parts, reportParts(t, v)...)
	if r.Minutes != nil {
		parts = append(parts, p.acceptancePart(ctx, t, v))
	}
	return parts
}

func (p *Pages) headActions(ctx context.Context, t ui.T, v connection.View) []ui.Action {
	var out []ui.Action
	if may(v, connection.ActChange) {
		out = append(out, ui.Action{Label: t("connection.edit"), Path: path(v.Request.ID) + "/edit", Icon: ui.IconEdit})
	}
	who := access.ActorOf(ctx)
	if who.Agency == v.Request.Agency && who.Can(access.ConnectionDraft) {
		out = append(out, ui.Action{Label: t("connection.copy"), Path: path(v.Request.ID) + "/copy", Post: true, Icon: ui.IconCopy, Kind: ui.Quiet})
	}
	return out
}

func (p *Pages) notes(t ui.T, v connection.View) []templ.Component {
	var out []templ.Component
	r := v.Request
	if !v.Party {
		out = append(out, ui.Alert(ui.Note{Tone: ui.Info, Text: t("connection.not_party")}))
	}
	if len(r.Missing) > 0 && r.State == connection.Returned {
		out = append(out, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("connection.l_missing"), Text: strings.Join(r.Missing, "; ")}))
	}
	if r.Pause != nil {
		out = append(out, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("connection.pause") + ": " + t("connection.pause."+r.Pause.Class), Text: r.Pause.Reason}))
	}
	out = append(out, shortenedNotes(t, r)...)
	if r.Asked != nil {
		out = append(out, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("connection.asked_pause"), Text: r.Asked.Reason}))
	}
	return out
}

// nextPart offers what the reader may do now. The first of the list is the way forward; it alone is primary.
func (p *Pages) nextPart(t ui.T, v connection.View) part {
	var actions []ui.Action
	for _, a := range v.Actions {
		verb, known := p.verbOf(a)
		if !known || (a == connection.ActGoLive && !confirmed(v.Request)) {
			continue
		}
		x := ui.Action{Label: t("connection.action." + string(a)), Path: path(v.Request.ID) + "/" + verb, Kind: ui.Secondary, Post: verb == "test"}
		switch {
		case dangerous(verb):
			x.Kind = ui.Danger
		case !slices.ContainsFunc(actions, func(y ui.Action) bool { return y.Kind == ui.Primary }):
			x.Kind = ui.Primary
		}
		actions = append(actions, x)
	}
	if may(v, connection.ActReconfigure) && len(v.Configs) > 1 {
		actions = append(actions, ui.Action{Label: t("connection.action.rollback"), Path: path(v.Request.ID) + "/rollback"})
	}
	if len(actions) == 0 {
		return part{}
	}
	return part{Card: ui.CardProps{Title: t("connection.next")}, Body: []templ.Component{ui.Buttons(actions...)}}
}

// confirmed reports that only the owner may still be silent: with all three sides the connection goes live by itself.
func confirmed(r *connection.Request) bool {
	_, operator := r.Confirmed[connection.Operator]
	_, requester := r.Confirmed[connection.Requester]
	return operator && requester
}

func place(r *connection.Request, s connection.State) connection.State {
	switch s {
	case connection.Approved: // the scope is settled; the set-up is what waits
		return connection.Provisioning
	case connection.Returned:
		return connection.Submitted
	case connection.Escalated, connection.Rejected:
		if r.Route == connection.Shortened {
			return interrupted(r)
		}
		return connection.Approved
	case connection.Suspended, connection.Terminated:
		return connection.Live
	}
	return s
}

func (p *Pages) stepper(ctx context.Context, t ui.T, v connection.View) []ui.Step {
	r := v.Request
	now := place(r, r.State)
	reached := map[connection.State]int{}
	for i, s := range v.Steps {
		if s.From != s.To {
			reached[s.To] = i + 1
		}
	}
	if r.State == connection.Withdrawn {
		now = place(r, v.Steps[len(v.Steps)-1].From)
	}
	// The owner's opinion lies inside the appraisal: once given, the appraisal is where the request stands.
	opinionGiven := r.Opinion != nil && r.Opinion.Stand != ""
	var out []ui.Step
	passed := true
	for _, w := range way(r.Route) {
		s := ui.Step{Label: t(w.label), State: ui.StepTodo}
		if i := reached[w.state]; i > 0 {
			s.When = v.Steps[i-1].At
		}
		switch {
		case w.state == now:
			passed = false
			s.State, s.Who, s.Due, s.Overdue = ui.StepCurrent, p.holder(ctx, t, r), r.Clock.Deadline, late(r, v.Now)
			if r.State == connection.Rejected || r.State == connection.Withdrawn || r.State == connection.Terminated {
				s.State, s.Note = ui.StepFailed, t("connection.state."+string(r.State))
			}
		case passed, w.state == connection.OwnerOpinion && opinionGiven:
			s.State = ui.StepDone
		}
		out = append(out, s)
	}
	return out
}

func (p *Pages) summaryPart(ctx context.Context, t ui.T, v connection.View) part {
	r := v.Request
	pairs := []ui.Pair{
		{Name: t("connection.col_holder"), Text: p.holder(ctx, t, r)},
		{Name: t("connection.col_deadline"), Value: deadline(t, r, v.Now)},
		{Name: t("connection.col_used"), Value: p.used(t, r)},
		{Name: t("connection.col_agency"), Text: p.registers.Agency(ctx, r.Agency)},
		{Name: t("connection.col_owner"), Text: p.registers.Agency(ctx, r.Owner)},
		{Name: t("connection.dataset"), Value: linked(v.Dataset.Name, "/catalog/", r.Need.Dataset)},
	}
	if r.Need.People() {
		pairs = append(pairs, ui.Pair{Name: t("connection.consumer"), Text: t("connection.people"), Help: roleNames(t, r.Need.Roles)})
	} else {
		pairs = append(pairs, ui.Pair{Name: t("connection.system"), Value: linked(v.System.Name, "/system/", r.Need.System)})
	}
	if !r.LiveSince.IsZero() {
		pairs = append(pairs, ui.Pair{Name: t("connection.live_since"), Value: ui.Moment(r.LiveSince)})
	}
	if len(r.Grants) > 0 {
		pairs = append(pairs, ui.Pair{Name: t("connection.grants"), Value: p.grantLinks(ctx, t, r.Grants)})
	}
	if r.Credential != "" {
		pairs = append(pairs, ui.Pair{Name: t("connection.credential"), Value: ui.Mono(r.Credential)})
	}
	return part{Card: ui.CardProps{Title: t("connection.summary")}, Body: []templ.Component{ui.KeyValue(pairs...)}}
}

// linked is a name that leads to its page, with the code beneath.
func linked(name, root, code string) templ.Component {
	if name == "" {
		return ui.Mono(code)
	}
	return ui.LinkTwo(name, root+code, code)
}

func (p *Pages) grantLinks(ctx context.Context, t ui.T, ids []string) templ.Component {
	if !access.ActorOf(ctx).Can(access.AccessRead) {
		return ui.Text(t("connection.grants_count", len(ids)))
	}
	var out []templ.Component
	for _, id := range ids {
		out = append(out, ui.Link(t("connection.see_grant"), "/access/grants/"+id))
	}
	return ui.Lines(out...)
}

func (p *Pages) historyPart(ctx context.Context, t ui.T, v connection.View) part {
	events := make([]ui.Event, 0, len(v.Steps))
	for i := len(v.Steps) - 1; i >= 0; i-- {
		s := v.Steps[i]
		who := p.registers.Agency(ctx, s.By.Agency)
		if s.By.Name != "" {
			who = s.By.Name + " · " + who
		}
		e := ui.Event{When: s.At, What: t("connection.action." + string(s.Action)), Who: who, Detail: s.Comment, Tone: ui.Info}
		if s.From != s.To && s.Phase != "" {
			e.Detail = strings.TrimSpace(e.Detail + " " + t("connection.took", s.Used, s.Limit))
		}
		for _, d := range s.Documents {
			e.Detail += " · " + d.Number + " " + d.Title
		}
		if s.Late {
			e.Tone = ui.Warn
		}
		events = append(events, e)
	}
	return part{Card: ui.CardProps{Title: t("connection.history")}, Body: []templ.Component{ui.Timeline(t("connection.history"), events)}}
}

func (p *Pages) acceptancePart(ctx context.Context, t ui.T, v connection.View) part {
	r := v.Request
	said := r.Confirmed
	var pairs []ui.Pair
	if r.Minutes != nil {
		said = r.Minutes.Participants
		pairs = append(pairs, ui.Pair{Name: t("connection.minutes"), Value: ui.Mono(r.Minutes.Number)}, ui.Pair{Name: t("connection.hash"), Value: ui.Mono(r.Minutes.RunHash)})
	}
	for _, side := range []connection.Side{connection.Operator, connection.Owner, connection.Requester} {
		c, has := said[side]
		x := ui.Pair{Name: t("connection.side." + string(side)), Value: ui.Badge(ui.State{Label: t("connection.unconfirmed"), Tone: ui.Neutral})}
		if has {
			x.Value = ui.Group(ui.Badge(ui.State{Label: t("connection.confirmed_at"), Tone: ui.Good}), ui.Moment(c.At))
			x.Help = c.By.Name + " · " + p.registers.Agency(ctx, c.By.Agency)
		} else if r.Minutes != nil && r.Minutes.OwnerSilent {
			x.Help = t("connection.owner_silent")
		} else if !slices.Contains(r.Route.Confirming(), side) {
			x.Help = t("connection.confirm_optional")
		}
		pairs = append(pairs, x)
	}
	body := []templ.Component{ui.KeyValue(pairs...)}
	if r.Minutes != nil {
		body = append(body, paperButton(t, r.ID, minutesPaper))
	}
	return part{Card: ui.CardProps{Title: t("connection.confirmations")}, Body: body}
}

func dates(from, to connection.Day) string {
	show := func(d connection.Day) string {
		at, ok := d.Start()
		if !ok {
			return "…"
		}
		return i18n.Date(at)
	}
	if from == "" && to == "" {
		return ""
	}
	return show(from) + " – " + show(to)
}

func (p *Pages) opinionPart(_ context.Context, t ui.T, v connection.View) part {
	o := v.Request.Opinion
	if o == nil {
		return part{Card: ui.CardProps{Title: t("connection.opinion")}, Body: []templ.Component{ui.Muted(t("connection.opinion_none"))}}
	}
	pairs := []ui.Pair{{Name: t("connection.l_questions"), Text: o.Questions}}
	if o.Stand != "" {
		pairs = append(pairs, ui.Pair{Name: t("connection.l_stand"), Text: t("connection.stand." + string(o.Stand)), Help: fmt.Sprintf("%s · %s", o.By.Name, i18n.DateTime(o.At))},
			ui.Pair{Name: t("connection.l_exclude"), Text: strings.Join(fieldLabels(v.Dataset, o.Exclude), ", ")}, ui.Pair{Name: t("connection.l_limits"), Text: o.Limits}, ui.Pair{Name: t("connection.l_citation"), Text: o.Citation})
	}
	body := []templ.Component{ui.KeyValue(pairs...)}
	if o.Deemed {
		body = append(body, ui.Alert(ui.Note{Tone: ui.Warn, Text: t("connection.opinion_deemed")}))
	}
	return part{Card: ui.CardProps{Title: t("connection.opinion")}, Body: body}
}

func fieldLabels(d connection.Dataset, names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, d.FieldOr(name).Label)
	}
	return out
}

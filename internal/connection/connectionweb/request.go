package connectionweb

import (
	"context"
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
	if may(v, connection.ActChange) && len(v.Lacking) > 0 {
		view.Main = append([]part{p.lackingPart(r, v)}, view.Main...)
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
	if len(r.Need.PersonalFields(v.Dataset)) > 0 {
		parts = append(parts, statementsPart(t, v))
	}
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
		if len(v.Request.Need.PersonalFields(v.Dataset)) > 0 {
			out = append(out, ui.Action{Label: t("connection.impact_form"), Path: path(v.Request.ID) + "/impact", Icon: ui.IconReview})
		}
	}
	who := access.ActorOf(ctx)
	if who.Agency == v.Request.Agency && who.Can(access.ConnectionDraft) && v.Request.Operating() {
		out = append(out, ui.Action{Label: t("connection.renew"), Path: path(v.Request.ID) + "/renew", Post: true, Icon: ui.IconDeadline})
	}
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
	if o := r.Offer; o != nil && v.Party {
		out = append(out, ui.Alert(ui.Note{Tone: ui.Info, Title: t("connection.offered_by"), Text: t("connection.offered_text", o.By.Name, i18n.Date(o.At), o.Note)}))
	}
	if r.Pending() {
		out = append(out, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("connection.pending"), Text: t("connection.pending_text", r.Config, r.InForce.Version)}))
	}
	if text := sentBack(t, v); text != "" {
		out = append(out, ui.Alert(ui.Note{Tone: ui.Bad, Title: t("connection.sent_back"), Text: text}))
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
		if !known || (a == connection.ActGoLive && !confirmed(v.Request)) || v.Request.Operating() && a == connection.ActReview && !v.Request.Pending() {
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

// sentBack names what failed in the last tests, while the request stands in set-up again.
func sentBack(t ui.T, v connection.View) string {
	if v.Request.State != connection.Provisioning || len(v.Runs) == 0 || v.Runs[0].Passed || v.Runs[0].Config != v.Request.Config {
		return ""
	}
	var out []string
	for _, name := range v.Runs[0].Failing() {
		if key := "connection.case." + name; t(key) != key {
			name = t(key)
		} else {
			name = t("connection." + name)
		}
		out = append(out, name)
	}
	return strings.Join(out, "; ")
}

// confirmed reports that only the owner may still be silent: with all three sides the connection goes live by itself.
func confirmed(r *connection.Request) bool {
	_, operator := r.Confirmed[connection.Operator]
	_, requester := r.Confirmed[connection.Requester]
	return operator && requester
}

func (p *Pages) summaryPart(ctx context.Context, t ui.T, v connection.View) part {
	r := v.Request
	pairs := []ui.Pair{
		{Name: t("connection.col_holder"), Text: p.holder(ctx, t, r)},
		{Name: t("connection.col_deadline"), Value: deadline(t, r, v.Now)},
		{Name: t("connection.col_used"), Value: p.used(t, r)},
		{Name: t("connection.col_route"), Text: t("connection.name." + string(routeOf(r)))}, {Name: t("connection.total"), Value: totalOf(t, v.Total)},
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
	if r.Approved != nil {
		pairs = append(pairs, ui.Pair{Name: t("connection.validity"), Text: dates(r.Approved.From, r.Approved.To)})
	}
	if r.Renews != "" {
		pairs = append(pairs, ui.Pair{Name: t("connection.renews"), Value: ui.Link(t("connection.renews_see"), path(r.Renews))})
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

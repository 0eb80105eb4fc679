package accessweb

import (
	"net/http"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

func (p *Pages) showGrant(w http.ResponseWriter, r *http.Request) error {
	g, err := p.access.FindGrant(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	history, err := p.access.GrantHistory(r.Context(), g)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	state := statusOf(t, g, p.clock.Now())
	v := grantView{
		T: t, Head: ui.Head{Eyebrow: g.Number, Title: nameIn(p.registers.Datasets(r.Context()), g.Dataset), State: &state}, Facts: p.grantFacts(r, t, g),
		Columns: columnsTable(t, g), Conditions: conditions(t, g.Conditions), History: p.history(r, t, history),
	}
	// Who sees a grant and does not hold it acts for all agencies or owns the data: both may ask for a change (Điều 20.4a).
	if who := access.ActorOf(r.Context()); who.Can(access.ReviewAnswer) && (who.Operates() || who.Agency != g.Agency) && g.Status != access.GrantEnded {
		v.Head.Actions = []ui.Action{{Label: t("access.ask_change"), Path: "/reviews/ask?grant=" + g.ID, Icon: ui.IconSend, Kind: ui.Secondary}}
	}
	return p.shell.Render(w, r, web.Page{
		Title: g.Number, Crumbs: []ui.Crumb{{Label: t("access.grants"), Path: "/access/grants"}, {Label: g.Number}}, Body: grantPage(v),
	})
}

func (p *Pages) grantFacts(r *http.Request, t ui.T, g access.Grant) []ui.Pair {
	pairs := []ui.Pair{
		{Name: t("access.col_subject"), Value: ui.Two(p.registers.Subject(r.Context(), g.Subject), p.registers.Agency(r.Context(), g.Agency))},
		{Name: t("access.col_dataset"), Value: ui.Link(g.Dataset, "/catalog/"+g.Dataset)},
		{Name: t("access.col_level"), Text: levelOf(t, g.Level)},
		{Name: t("access.col_purposes"), Text: inWords(p.purposeNames(r.Context()), g.Purposes), Help: strings.Join(g.Purposes, ", ")},
		{Name: t("access.grant_rows"), Text: rowRules(t, g)},
		{Name: t("access.col_validity"), Text: validity(t, g)},
		{Name: t("access.grant_basis"), Text: g.LegalBasis},
		{Name: t("access.grant_approved"), Text: p.registers.Subject(r.Context(), access.Subject{Type: access.SubjectAccount, ID: g.ApprovedBy})},
		{Name: t("access.col_request"), Value: p.requestCell(r, t, g)},
		{Name: t("access.grant_schema"), Text: strconv.FormatInt(g.SchemaVersion, 10)},
		{Name: t("access.grant_policy"), Text: g.PolicyVersion},
	}
	if len(g.Operations) > 0 {
		pairs = append(pairs, ui.Pair{Name: t("access.grant_operations"), Value: ui.Mono(strings.Join(g.Operations, "; "))})
	}
	if len(g.Recipients) > 0 {
		names := make([]string, len(g.Recipients))
		for i, code := range g.Recipients {
			names[i] = p.registers.Agency(r.Context(), code)
		}
		pairs = append(pairs, ui.Pair{Name: t("access.grant_recipients"), Text: strings.Join(names, ", ")})
	}
	return pairs
}

func (p *Pages) history(r *http.Request, t ui.T, history []access.GrantEvent) []ui.Event {
	events := make([]ui.Event, 0, len(history))
	for _, h := range history {
		e := ui.Event{When: h.At, What: t("access.status." + string(h.Status)), Who: h.Who, Detail: h.Reason, Tone: ui.Good}
		switch h.Status {
		case access.GrantSuspended:
			e.Tone, e.Icon = ui.Warn, ui.IconPaused
		case access.GrantNarrowed:
			e.Tone, e.Icon = ui.Info, ui.IconEdit
		case access.GrantEnded:
			e.Tone, e.Icon = ui.Neutral, ui.IconStopped
		}
		if h.Agency != "" {
			e.Who += " · " + p.registers.Agency(r.Context(), h.Agency)
		}
		events = append(events, e)
	}
	return events
}

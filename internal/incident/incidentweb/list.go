package incidentweb

import (
	"net/http"

	"lienthong/internal/incident"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

type listForm struct {
	Kind  string `form:"kind"`
	State string `form:"state"`
}

func (p *Pages) listIncidents(w http.ResponseWriter, r *http.Request) error {
	var form listForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	list, err := p.incident.List(r.Context(), incident.Filter{Kind: incident.Kind(form.Kind), State: incident.State(form.State)})
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	return p.shell.Render(w, r, web.Page{
		Title: t("incident.register"), Crumbs: []ui.Crumb{{Label: t("incident.register")}},
		Body: listPage(listView{
			Head: ui.Head{Title: t("incident.register"), Lead: t("incident.register_lead")}, T: t,
			Kinds: kindChoice(t, form.Kind), States: stateChoice(t, form.State), Table: p.table(r, t, form, list),
		}),
	})
}

func kindChoice(t ui.T, chosen string) ui.Choice {
	c := ui.Choice{Any: true, Field: ui.Field{Name: "kind", Label: t("incident.filter_kind"), Value: chosen}}
	for _, k := range []incident.Kind{incident.Availability, incident.Quality, incident.Security, incident.PersonalData, incident.StateSecret, incident.Misuse} {
		c.Options = append(c.Options, ui.Option{Value: string(k), Label: t("incident.kind." + string(k))})
	}
	return c
}

func stateChoice(t ui.T, chosen string) ui.Choice {
	c := ui.Choice{Any: true, Field: ui.Field{Name: "state", Label: t("incident.filter_state"), Value: chosen}}
	for _, s := range []incident.State{incident.Detected, incident.Triaged, incident.Containing, incident.Contained, incident.Recovering, incident.Review, incident.Closed, incident.FalseAlarm} {
		c.Options = append(c.Options, ui.Option{Value: string(s), Label: t("incident.state." + string(s))})
	}
	return c
}

func (p *Pages) table(r *http.Request, t ui.T, form listForm, list []*incident.Incident) ui.TableProps {
	props := ui.TableProps{
		Caption: t("incident.register"),
		Columns: []ui.Column{{Label: t("incident.col_incident")}, {Label: t("incident.col_kind")}, {Label: t("incident.col_severity")}, {Label: t("incident.col_state")},
			{Label: t("incident.col_agency")}, {Label: t("incident.col_detected")}, {Label: t("incident.col_deadline")}},
		Empty: ui.Empty{Icon: ui.IconIncident, Title: t("incident.empty"), Text: t("incident.empty_text")},
	}
	if form != (listForm{}) {
		props.Empty = ui.Empty{Icon: ui.IconFilter, Title: t("incident.none_match"), Action: &ui.Action{Label: t("incident.show_all"), Path: "/incident"}}
	}
	now := p.clock.Now()
	for _, i := range list {
		row := ui.Cells(ui.LinkTwo(i.Summary, "/incident/"+i.ID, i.Number), ui.Text(t("incident.kind."+string(i.Kind))), ui.Badge(severityState(t, i.Severity)),
			ui.Badge(stateOf(t, i.State)), ui.Text(p.concerned(r, t, i)), ui.Moment(i.DetectedAt), deadlineCell(t, now, i))
		if by, runs := nearest(i); runs && now.After(by) {
			row.Tone = ui.Bad
		}
		props.Rows = append(props.Rows, row)
	}
	return props
}

// concerned names the agency, or the whole platform.
func (p *Pages) concerned(r *http.Request, t ui.T, i *incident.Incident) string {
	if i.Agency == "" {
		return t("incident.whole_platform")
	}
	return p.agency(r.Context(), i.Agency)
}

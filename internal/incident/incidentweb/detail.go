package incidentweb

import (
	"maps"
	"net/http"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/incident"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

func (p *Pages) showIncident(w http.ResponseWriter, r *http.Request) error {
	return p.detail(w, r, stepForm{}, nil)
}

// stepForm is the step that a person records.
type stepForm struct {
	To      string `form:"to"`
	Comment string `form:"comment"`
}

func (p *Pages) stepIncident(w http.ResponseWriter, r *http.Request) error {
	var form stepForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	err := error(fault.New(fault.Invalid, "incident.to_missing").At("to"))
	if form.To != "" {
		err = p.incident.Step(r.Context(), r.PathValue("id"), incident.State(form.To), form.Comment)
	}
	if err != nil {
		return p.detail(w, r, form, err)
	}
	http.Redirect(w, r, "/incident/"+r.PathValue("id"), http.StatusSeeOther)
	return nil
}

// detail shows an incident, with what a refused step was refused for.
func (p *Pages) detail(w http.ResponseWriter, r *http.Request, form stepForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	i, err := p.incident.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	state := stateOf(t, i.State)
	v := detailView{
		T: t, Head: ui.Head{Eyebrow: i.Number, Title: i.Summary, State: &state}, Facts: p.facts(r, t, i), Deadlines: p.deadlines(t, i),
		History: history(t, i.Steps), Form: stepProps(t, i, errs), To: toChoice(t, i, form, errs), Comment: commentField(t, form, errs),
		Over: i.State.Ended(), MayStep: access.ActorOf(r.Context()).Can(access.IncidentHandle),
	}
	page := web.Page{Title: i.Number, Crumbs: []ui.Crumb{{Label: t("incident.register"), Path: "/incident"}, {Label: i.Number}}, Body: detailPage(v)}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

func (p *Pages) facts(r *http.Request, t ui.T, i *incident.Incident) []ui.Pair {
	pairs := []ui.Pair{
		{Name: t("incident.col_kind"), Text: t("incident.kind." + string(i.Kind))},
		{Name: t("incident.col_severity"), Value: ui.Badge(severityState(t, i.Severity))},
		{Name: t("incident.col_agency"), Text: p.concerned(r, t, i)},
		{Name: t("incident.source"), Text: i.Source},
		{Name: t("incident.col_detected"), Value: ui.Moment(i.DetectedAt)},
		{Name: t("incident.changed"), Value: ui.Moment(i.ChangedAt)},
	}
	for _, key := range slices.Sorted(maps.Keys(i.Refs)) {
		name := key
		if _, known := Messages["incident.ref."+key]; known {
			name = t("incident.ref." + key)
		}
		pairs = append(pairs, ui.Pair{Name: name, Value: ui.Mono(i.Refs[key])})
	}
	return pairs
}

func (p *Pages) deadlines(t ui.T, i *incident.Incident) []ui.Pair {
	now := p.clock.Now()
	triage := ui.Pair{Name: t("incident.triage_by"), Value: ui.Muted(t("incident.no_calendar"))}
	if !i.TriageBy.IsZero() {
		triage.Value = ui.Group(ui.Badge(countdown(t, now, i.DetectedAt, i.TriageBy)), ui.Moment(i.TriageBy))
	}
	if i.State != incident.Detected {
		triage.Value = ui.Badge(ui.State{Label: t("incident.triage_done"), Tone: ui.Good})
	}
	pairs := []ui.Pair{triage}
	if by := i.NoticeBy(); !by.IsZero() && i.State != incident.FalseAlarm {
		notice := ui.Pair{Name: t("incident.notice_by"), Value: ui.Moment(by), Help: t("incident.notice_help")}
		if !i.State.Ended() {
			notice.Value = ui.Group(ui.Badge(countdown(t, now, i.DetectedAt, by)), ui.Moment(by))
		}
		pairs = append(pairs, notice)
	}
	return pairs
}

// history is the steps, the newest first.
func history(t ui.T, steps []incident.Step) []ui.Event {
	events := make([]ui.Event, 0, len(steps))
	for _, s := range slices.Backward(steps) {
		e := ui.Event{When: s.At, What: t("incident.state." + string(s.To)), Who: s.WhoName, Detail: s.Comment, Tone: stateOf(t, s.To).Tone}
		if s.From == s.To {
			e.What, e.Icon = t("incident.again"), ui.IconRetry
		}
		if e.Who == "" {
			e.Who = t("incident.by_platform")
		}
		if s.Agency != "" {
			e.Who += " · " + s.Agency
		}
		events = append(events, e)
	}
	return events
}

func stepProps(t ui.T, i *incident.Incident, errs ui.FormErrors) ui.FormProps {
	return ui.FormProps{Action: "/incident/" + i.ID + "/step", Submit: t("incident.save"), Icon: ui.IconDone, Errors: errs}
}

func toChoice(t ui.T, i *incident.Incident, form stepForm, errs ui.FormErrors) ui.Choice {
	c := ui.Choice{Field: ui.Field{Name: "to", Label: t("incident.to"), Value: form.To, Error: errs.Of("to"), Required: true}}
	next := i.State.Next()
	for _, s := range next {
		c.Options = append(c.Options, ui.Option{Value: string(s), Label: t("incident.state." + string(s)), On: len(next) == 1})
	}
	return c
}

func commentField(t ui.T, form stepForm, errs ui.FormErrors) ui.Field {
	return ui.Field{Name: "comment", Label: t("incident.comment"), Hint: t("incident.comment_hint"), Value: form.Comment, Error: errs.Of("comment"), Required: true, Rows: 4, MaxLength: 4000}
}

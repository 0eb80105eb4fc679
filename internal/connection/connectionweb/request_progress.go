package connectionweb

import (
	"context"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

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

func (p *Pages) historyPart(ctx context.Context, t ui.T, v connection.View) part {
	events := make([]ui.Event, 0, len(v.Steps))
	for i := len(v.Steps) - 1; i >= 0; i-- {
		s := v.Steps[i]
		who := p.registers.Agency(ctx, s.By.Agency)
		if s.By.Name != "" {
			who = s.By.Name + " · " + who
		}
		if s.By.Role == string(access.SystemJob) {
			who = t("connection.by_platform")
		}
		e := ui.Event{When: s.At, What: t("connection.action." + string(s.Action)), Who: who, Detail: s.Comment, Tone: ui.Info}
		if s.From != s.To && s.Phase != "" {
			e.Detail = strings.TrimSpace(e.Detail + " " + took(t, s))
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

package connectionweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const limitsPath = "/connections/limits"

// limitsForm sets the limits of both processes.
type limitsForm struct {
	Revision        int64  `form:"revision"`
	Reason          string `form:"reason"`
	FullIntake      int    `form:"full.intake"`
	FullAppraisal   int    `form:"full.appraisal"`
	FullOpinion     int    `form:"full.opinion"`
	FullSetUp       int    `form:"full.set_up"`
	FullTesting     int    `form:"full.testing"`
	FullAcceptance  int    `form:"full.acceptance"`
	ShortCheck      int    `form:"shortened.security_check"`
	ShortSetUp      int    `form:"shortened.set_up"`
	ShortTesting    int    `form:"shortened.testing"`
	ShortAcceptance int    `form:"shortened.acceptance"`
}

func (f limitsForm) limits() connection.Limits {
	return connection.Limits{
		Full: map[connection.Phase]int{
			connection.PhaseIntake: f.FullIntake, connection.PhaseAppraisal: f.FullAppraisal, connection.PhaseOpinion: f.FullOpinion, connection.PhaseSetUp: f.FullSetUp,
			connection.PhaseTesting: f.FullTesting, connection.PhaseAcceptance: f.FullAcceptance,
		},
		Shortened: map[connection.Phase]int{
			connection.PhaseCheck: f.ShortCheck, connection.PhaseSetUp: f.ShortSetUp, connection.PhaseTesting: f.ShortTesting, connection.PhaseAcceptance: f.ShortAcceptance,
		},
	}
}

// limitRoutes show and set the time limits of the process.
func (p *Pages) limitRoutes() []web.Route {
	return []web.Route{
		web.Get(limitsPath, access.ConnectionRead, p.showLimits),
		web.Post(limitsPath, access.SettingsChange, p.changeLimits),
	}
}

func (p *Pages) showLimits(w http.ResponseWriter, r *http.Request) error {
	set, err := p.connections.Limits(r.Context())
	if err != nil {
		return err
	}
	return p.renderLimits(w, r, set, typed{})
}

func (p *Pages) changeLimits(w http.ResponseWriter, r *http.Request) error {
	var f limitsForm
	err := web.Decode(r, &f)
	if err == nil {
		_, err = p.connections.ChangeLimits(r.Context(), f.limits(), f.Revision, f.Reason)
	}
	if err == nil {
		http.Redirect(w, r, limitsPath, http.StatusSeeOther)
		return nil
	}
	errs, shown := p.shell.Refused(r, err)
	if !shown {
		return err
	}
	set, err := p.connections.Limits(r.Context())
	if err != nil {
		return err
	}
	return p.renderLimits(w, r, set, typed{values: r.Form, errors: errs})
}

func (p *Pages) renderLimits(w http.ResponseWriter, r *http.Request, set connection.SetLimits, typed typed) error {
	t, status := p.shell.T(r), 0
	if typed.errors.Any() {
		status = http.StatusUnprocessableEntity
	}
	parts := []part{limitsPart(t, set.Limits, connection.Full), limitsPart(t, set.Limits, connection.Shortened)}
	if access.ActorOf(r.Context()).Can(access.SettingsChange) {
		f := filler{t: t, values: typed.values, errors: typed.errors, must: []string{"reason"}}
		props := ui.FormProps{
			Action: limitsPath, Submit: t("connection.limits_save"), Errors: typed.errors, Hidden: []ui.Hidden{{Name: "revision", Value: number(set.Revision)}},
		}
		fields := []templ.Component{limitFields(f, set.Limits, connection.Full), limitFields(f, set.Limits, connection.Shortened), f.area("reason", "connection.l_reason", "", "")}
		parts = []part{{Card: ui.CardProps{Title: t("connection.limits_change"), Lead: t("connection.limits_keep")}, Body: []templ.Component{form(props, fields...)}}}
	}
	title := t("connection.limits")
	return p.shell.Render(w, r, web.Page{
		Title: title, Status: status, Narrow: true, Crumbs: []ui.Crumb{{Label: t("connection.list"), Path: "/connections"}, {Label: title}},
		Body: page(pageView{Head: ui.Head{Title: title, Lead: t("connection.limits_lead", connection.MostFull, connection.MostShortened)}, Main: parts}),
	})
}

func limitFields(f filler, l connection.Limits, route connection.Route) templ.Component {
	var fields []templ.Component
	for _, phase := range route.Phases() {
		fields = append(fields, f.number(string(route)+"."+string(phase), "connection.phase."+string(phase), int64(l.On(route)[phase])))
	}
	half := (len(fields) + 1) / 2
	rows := []templ.Component{fieldRow(fields[:half]...), fieldRow(fields[half:]...)}
	if text := f.errors.Of(string(route)); text != "" {
		rows = append(rows, ui.Alert(ui.Note{Tone: ui.Bad, Text: text}))
	}
	return fieldSet(f.t("connection.limits_of."+string(route)), f.t("connection.limits_total", l.Total(route)), rows...)
}

func limitsPart(t ui.T, l connection.Limits, route connection.Route) part {
	var pairs []ui.Pair
	for _, phase := range route.Phases() {
		pairs = append(pairs, ui.Pair{Name: t("connection.phase." + string(phase)), Text: t("connection.working_days", l.On(route)[phase])})
	}
	pairs = append(pairs, ui.Pair{Name: t("connection.total"), Text: t("connection.working_days", l.Total(route))})
	return part{Card: ui.CardProps{Title: t("connection.limits_of." + string(route))}, Body: []templ.Component{ui.KeyValue(pairs...)}}
}

// limitsPast is the history of the time limits.
func (p *Pages) limitsPast() web.Past {
	return web.Past{
		Kind: "connection.limits", Page: limitsPath, API: "/connections/limits", Permission: access.ConnectionRead, Sample: connection.Limits{},
		Of: func(ctx context.Context, _ func(string) string) (web.PastOf, error) {
			title := p.shell.Say(i18n.LangOf(ctx), "connection.limits")
			return web.PastOf{ID: connection.LimitsID, Title: title, Path: limitsPath, ListKey: "connection.list", ListPath: "/connections"}, nil
		},
	}
}

package systemweb

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/system"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// Days of the chart of progress, and at most how many of them are drawn.
const (
	chartDays = 90
	chartBars = 12
)

// planForm is a plan as a person types it.
type planForm struct {
	Target    string `form:"target"`
	Steps     string `form:"steps"`
	Obstacles string `form:"obstacles"`
	Revision  int64  `form:"revision"`
}

// showProgress is how far the systems of the mandatory list have come, and what is owed for those that are not connected.
func (p *Pages) showProgress(w http.ResponseWriter, r *http.Request) error {
	var form struct {
		All   bool   `form:"all"`
		After string `form:"after"`
	}
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	ctx, t := r.Context(), p.shell.T(r)
	_, counts, err := p.systems.ListStandings(ctx, system.Filter{Listed: !form.All, Limit: 1})
	if err != nil {
		return err
	}
	days, err := p.systems.Progress(ctx, !form.All, chartDays)
	if err != nil {
		return err
	}
	owing, _, err := p.systems.ListStandings(ctx, system.Filter{Need: true, After: form.After, Limit: pageSize + 1})
	if err != nil {
		return err
	}
	v := progressView{T: t, Head: ui.Head{Title: t("system.progress"), Lead: t("system.progress_lead")}, Days: dayBars(days), Meter: ui.Meter{
		Label: t("system.progress_meter"), Value: int64(counts.Status[system.Connected]), Max: int64(max(counts.All, 1)), Tone: ui.Good, Text: t("system.progress_of", counts.Status[system.Connected], counts.All),
	}, Tabs: []ui.Tab{{Label: t("system.listed"), Path: "/system/status", Current: !form.All}, {Label: t("system.all_systems"), Path: "/system/status?all=1", Current: form.All}}}
	for _, s := range system.Statuses() {
		to := listForm{Status: string(s), Listed: !form.All}
		v.Statuses = append(v.Statuses, ui.Bar{Label: t("system.status." + string(s)), Value: int64(counts.Status[s]), Path: to.path(), Tone: barTone(s)})
	}
	more := len(owing) > pageSize
	if more {
		owing = owing[:pageSize]
	}
	v.Owing = p.owingTable(ctx, t, owing)
	if more {
		v.Owing.Pages = &ui.PageLinks{Next: "/system/status?after=" + owing[len(owing)-1].ID}
	}
	return p.shell.Render(w, r, web.Page{Title: t("system.progress"), Crumbs: []ui.Crumb{{Label: t("system.register"), Path: "/system"}, {Label: t("system.progress")}}, Body: progressPage(v)})
}

// barTone of a status: what is not connected yet must not look reached.
func barTone(s system.Status) ui.Tone {
	if s == system.NotConnected {
		return ui.Warn
	}
	return statusState(nil, s).Tone
}

// dayBars draws how many systems were connected on the days that were kept, the newest last.
func dayBars(days []system.DayCount) []ui.Bar {
	step := (len(days) + chartBars - 1) / chartBars
	var bars []ui.Bar
	for i, d := range days {
		if (len(days)-1-i)%max(step, 1) != 0 {
			continue
		}
		sum := 0
		for _, n := range d.Number {
			sum += n
		}
		label := d.Day
		if at, err := time.ParseInLocation(time.DateOnly, d.Day, i18n.Zone); err == nil {
			label = i18n.Date(at)
		}
		n := d.Number[system.Connected]
		bars = append(bars, ui.Bar{Label: label, Value: int64(n), Text: i18n.Number(int64(n)) + "/" + i18n.Number(int64(sum)), Tone: ui.Good})
	}
	return bars
}

// owingTable lists the systems for which their agencies owe a plan or a connection.
func (p *Pages) owingTable(ctx context.Context, t ui.T, owing []*system.Standing) ui.TableProps {
	props := ui.TableProps{
		Caption: t("system.owing"), Columns: []ui.Column{{Label: t("system.col_system")}, {Label: t("system.field_owner")}, {Label: t("system.col_status")}, {Label: t("system.plan")}},
		Empty: ui.Empty{Icon: ui.IconDone, Title: t("system.owing_none"), Text: t("system.owing_none_text")},
	}
	for _, s := range owing {
		props.Rows = append(props.Rows, ui.Cells(ui.LinkTwo(s.Name, path(s.ID)+"#plan", s.ID), ui.Text(p.agency(ctx, s.Owner)), ui.Badge(statusState(t, s.Status)), p.planCell(t, s, access.ActorOf(ctx))))
	}
	return props
}

func (p *Pages) planCell(t ui.T, s *system.Standing, who access.Actor) templ.Component {
	need := ui.Badge(needState(t, s))
	if s.Plan != nil {
		need = ui.Lines(ui.Day(s.Plan.TargetAt), need)
	}
	if who.Agency == s.Owner && who.Can(access.SystemRegister) {
		return ui.Lines(need, ui.Button(ui.Action{Label: t("system.plan"), Path: path(s.ID) + "/plan", Icon: ui.IconDeadline, Kind: ui.Small}))
	}
	return need
}

func needState(t ui.T, s *system.Standing) ui.State {
	switch {
	case s.Need == system.NeedOverdue:
		return ui.State{Label: t("system.need.overdue"), Tone: ui.Bad, Icon: ui.IconDeadline}
	case s.Need == system.NeedPlan:
		return ui.State{Label: t("system.need.plan"), Tone: ui.Warn}
	case s.Plan != nil:
		return ui.State{Label: t("system.need.planned"), Tone: ui.Info}
	}
	return ui.State{Label: t("system.need.none"), Tone: ui.Neutral}
}

// beginPlan shows the plan that stands.
func (p *Pages) beginPlan(ctx context.Context, r *http.Request, s *system.System) (actForm, []ui.Pair, error) {
	one, err := p.systems.FindStanding(ctx, s.ID)
	if err != nil {
		return actForm{}, nil, err
	}
	t := p.shell.T(r)
	known := []ui.Pair{{Name: t("system.col_status"), Value: ui.Badge(statusState(t, one.Status))}, {Name: t("system.last_success"), Text: lastText(t, one)}}
	if one.Plan == nil {
		return actForm{}, known, nil
	}
	return actForm{planForm: planForm{Target: dayText(one.Plan.TargetAt), Steps: one.Plan.Steps, Obstacles: one.Plan.Obstacles, Revision: one.Plan.Revision}}, known, nil
}

// planRevision keeps a plan that somebody else changed meanwhile from being written over.
func planRevision(f actForm) []ui.Hidden {
	return []ui.Hidden{{Name: "revision", Value: strconv.FormatInt(f.Revision, 10)}}
}

func planFields(t ui.T, f actForm, errs ui.FormErrors) []templ.Component {
	return []templ.Component{
		ui.Input(ui.Field{Name: "target", Label: t("system.plan_target_field"), Hint: t("system.plan_target_hint"), Value: f.Target, Error: errs.Of("target"), Required: true, Type: "date"}),
		ui.Textarea(ui.Field{Name: "steps", Label: t("system.plan_steps_field"), Hint: t("system.plan_steps_hint"), Value: f.Steps, Error: errs.Of("steps"), Required: true, Rows: 4, MaxLength: 4000}),
		ui.Textarea(ui.Field{Name: "obstacles", Label: t("system.plan_obstacles_field"), Hint: t("system.plan_obstacles_hint"), Value: f.Obstacles, Error: errs.Of("obstacles"), Optional: true, Rows: 3, MaxLength: 4000}),
	}
}

func (p *Pages) setPlan(ctx context.Context, r *http.Request, f actForm) (*system.Issued, error) {
	to, wrong := day("target", f.Target)
	if wrong != nil {
		return nil, wrong
	}
	_, err := p.systems.SetPlan(ctx, r.PathValue("id"), system.Plan{TargetAt: to, Steps: f.Steps, Obstacles: f.Obstacles, Revision: f.Revision})
	return nil, err
}

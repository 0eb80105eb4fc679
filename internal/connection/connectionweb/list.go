package connectionweb

import (
	"context"
	"net/http"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const pageSize = 50

// listForm is what the address of the list says.
type listForm struct {
	Show   string `form:"show"`   // all (also when empty), waiting, late, live
	Number string `form:"number"` // beginning of the number
	State  string `form:"state"`
	Agency string `form:"agency"`
	Owner  string `form:"owner"`
	After  string `form:"after"`
}

func (p *Pages) listRequests(w http.ResponseWriter, r *http.Request) error {
	var form listForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	f := form.filter()
	switch form.Show {
	case "waiting":
		f.Waiting = access.ActorOf(r.Context()).Agency
	case "late":
		f.LateAt = p.clock.Now()
	case "live":
		f.State = connection.Live
	}
	all, err := p.connections.List(r.Context(), f)
	if err != nil {
		return err
	}
	durations, err := p.connections.Durations(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	head := ui.Head{Title: t("connection.list"), Lead: t("connection.list_lead")}
	if access.ActorOf(r.Context()).Can(access.ConnectionDraft) {
		head.Actions = []ui.Action{{Label: t("connection.limits"), Path: limitsPath, Kind: ui.Quiet}, {Label: t("connection.offer"), Path: "/connections/offer"}, {Label: t("connection.new"), Path: "/connections/new", Icon: ui.IconAdd, Kind: ui.Primary}}
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("connection.list"), Crumbs: []ui.Crumb{{Label: t("connection.list")}},
		Body: page(pageView{
			Head: head, Above: []templ.Component{ui.Tabs(t("connection.tabs"), listTabs(t, form.Show)), p.filterForm(r, form)},
			Main: []part{
				{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(p.requestTable(r.Context(), t, form, all))}},
				{Card: ui.CardProps{Title: t("connection.durations"), Lead: t("connection.durations_lead"), Flush: true}, Body: []templ.Component{ui.Table(p.durationTable(r.Context(), t, durations))}},
			},
		}),
	})
}

func listTabs(t ui.T, show string) []ui.Tab {
	tab := func(label, value string) ui.Tab {
		path := "/connections"
		if value != "" {
			path += "?show=" + value
		}
		return ui.Tab{Label: t(label), Path: path, Current: show == value}
	}
	return []ui.Tab{tab("connection.tab_all", ""), tab("connection.tab_waiting", "waiting"), tab("connection.tab_late", "late"), tab("connection.tab_live", "live")}
}

func (p *Pages) requestTable(ctx context.Context, t ui.T, form listForm, all []*connection.Request) ui.TableProps {
	props := ui.TableProps{
		Caption: t("connection.list"),
		Columns: []ui.Column{
			{Label: t("connection.col_request")}, {Label: t("connection.col_agency")}, {Label: t("connection.col_state")}, {Label: t("connection.col_holder")},
			{Label: t("connection.col_deadline")},
		},
		Empty: form.empty(t),
	}
	now, datasets := p.clock.Now(), p.registers.DatasetNames(ctx)
	for _, r := range all {
		row := ui.Cells(
			ui.LinkTwo(name(t, r), path(r.ID), nameIn(datasets, r.Need.Dataset)), ui.Text(p.registers.Agency(ctx, r.Agency)), stateCell(t, r),
			ui.Text(p.holder(ctx, t, r)), p.deadlineCell(t, r, now))
		if late(r, now) {
			row.Tone = ui.Bad
		}
		props.Rows = append(props.Rows, row)
	}
	if len(all) == pageSize {
		q := form.query()
		q.Set("after", string(all[len(all)-1].ID))
		props.Pages = &ui.PageLinks{Next: "/connections?" + q.Encode()}
	}
	return props
}

func (p *Pages) durationTable(ctx context.Context, t ui.T, all []connection.Duration) ui.TableProps {
	props := ui.TableProps{
		Caption: t("connection.durations"),
		Columns: []ui.Column{
			{Label: t("connection.col_phase")}, {Label: t("connection.col_holder")}, {Label: t("connection.col_count"), Number: true},
			{Label: t("connection.col_average"), Number: true}, {Label: t("connection.col_late"), Number: true},
		},
		Empty: ui.Empty{Icon: ui.IconDeadline, Title: t("connection.durations_none")},
	}
	for _, d := range all {
		average := float64(d.Days) / float64(max(d.Count, 1))
		props.Rows = append(props.Rows, ui.Cells(
			ui.Two(t("connection.phase."+string(d.Phase)), t("connection.limits_of."+string(d.Route))), ui.Text(p.registers.Agency(ctx, d.Agency)), ui.Number(d.Count), ui.Text(decimal(average)), ui.Number(d.Late)))
	}
	return props
}

func stateBadge(t ui.T, s connection.State) ui.State {
	b := ui.State{Label: t("connection.state." + string(s)), Tone: ui.Info}
	switch s {
	case connection.Live:
		b.Tone = ui.Good
	case connection.Returned, connection.Escalated, connection.Suspended:
		b.Tone = ui.Warn
	case connection.Rejected:
		b.Tone = ui.Bad
	case connection.Draft, connection.Terminated, connection.Withdrawn:
		b.Tone = ui.Neutral
	}
	return b
}

// holder names whose move it is.
func (p *Pages) holder(ctx context.Context, t ui.T, r *connection.Request) string {
	side := r.State.Holder()
	switch side {
	case "":
		return "–"
	case connection.Requester:
		return p.registers.Agency(ctx, r.Agency)
	case connection.Owner:
		return p.registers.Agency(ctx, r.Owner)
	}
	return t("connection.side." + string(side))
}

func late(r *connection.Request, now time.Time) bool {
	return !r.Clock.Deadline.IsZero() && now.After(r.Clock.Deadline)
}

// deadline of the present state; of a live connection its last day.
func deadline(t ui.T, r *connection.Request, now time.Time) templ.Component {
	switch {
	case late(r, now):
		return ui.Group(ui.Badge(ui.State{Label: t("ui.overdue"), Tone: ui.Bad}), ui.Moment(r.Clock.Deadline))
	case !r.Clock.Deadline.IsZero():
		return ui.Moment(r.Clock.Deadline)
	case r.Clock.Paused:
		return ui.Muted(t("connection.paused"))
	case r.Approved != nil && (r.State == connection.Live || r.State == connection.Suspended):
		day, _ := r.Approved.To.Start()
		return ui.Day(day)
	}
	return ui.Muted("–")
}

// deadlineCell is the deadline with the time used so far beneath it.
func (p *Pages) deadlineCell(t ui.T, r *connection.Request, now time.Time) templ.Component {
	if r.Clock.Phase == "" || r.Clock.Paused {
		return deadline(t, r, now)
	}
	if r.Clock.Hours > 0 {
		return ui.Text(t("connection.hours_of", decimal(float64(r.Clock.Minutes(p.clock.Now()))/60), r.Clock.Hours))
	}
	n, err := p.connections.Used(r)
	if err != nil {
		return deadline(t, r, now)
	}
	return ui.Lines(deadline(t, r, now), ui.Muted(t("connection.took", n, r.Clock.Limit)))
}

func (p *Pages) used(t ui.T, r *connection.Request) templ.Component {
	if r.Clock.Phase == "" {
		return ui.Muted("–")
	}
	n, err := p.connections.Used(r)
	if err != nil { // a year without a calendar: the moment of the change is shown in the history all the same
		return ui.Muted("–")
	}
	return ui.Text(t("connection.used_of", n, r.Clock.Limit))
}

// decimal shows 1.25 as 1,3.
func decimal(x float64) string {
	tenths := int64(x*10 + 0.5)
	return i18n.Number(tenths/10) + "," + i18n.Number(tenths%10)
}

package taskweb

import (
	"net/http"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/task"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// inboxForm is what the address of the inbox says.
type inboxForm struct {
	Show string `form:"show"` // open (also when empty), mine, done
}

func (f inboxForm) filter() task.Filter {
	switch f.Show {
	case "mine":
		return task.Filter{State: task.Open, Mine: true}
	case "done":
		return task.Filter{State: task.Done}
	}
	return task.Filter{State: task.Open}
}

func (p *Pages) listTasks(w http.ResponseWriter, r *http.Request) error {
	var form inboxForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	tasks, err := p.task.List(r.Context(), form.filter())
	if err != nil {
		return err
	}
	counts, err := p.task.Counts(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	return p.shell.Render(w, r, web.Page{
		Title: t("task.inbox"), Crumbs: []ui.Crumb{{Label: t("task.inbox")}},
		Body: inboxPage(inbox{
			Head:  ui.Head{Title: t("task.inbox"), Lead: t(leadOf(access.ActorOf(r.Context())))},
			Tiles: tiles(t, counts), TabsLabel: t("task.tabs"), Tabs: tabs(t, form.Show, counts), Table: p.table(r, t, form.Show, tasks),
		}),
	})
}

func leadOf(who access.Actor) string {
	if who.Operates() {
		return "task.inbox_lead_all"
	}
	return "task.inbox_lead"
}

func tiles(t ui.T, c task.Counts) []ui.Tile {
	overdue, unread := ui.Tone(""), ui.Tone("")
	if c.Overdue > 0 {
		overdue = ui.Bad
	}
	if c.Unread > 0 {
		unread = ui.Info
	}
	return []ui.Tile{
		{Label: t("task.tile_open"), Value: strconv.Itoa(c.Open), Icon: ui.IconInbox},
		{Label: t("task.tile_today"), Value: strconv.Itoa(c.Today), Icon: ui.IconDeadline},
		{Label: t("task.tile_overdue"), Value: strconv.Itoa(c.Overdue), Icon: ui.IconWaiting, Tone: overdue},
		{Label: t("task.tile_unread"), Value: strconv.Itoa(c.Unread), Icon: ui.IconInfo, Tone: unread, Path: "/tasks/notices"},
	}
}

func tabs(t ui.T, show string, c task.Counts) []ui.Tab {
	return []ui.Tab{
		{Label: t("task.tab_open"), Path: "/tasks", Count: strconv.Itoa(c.Open), Current: show != "mine" && show != "done"},
		{Label: t("task.tab_mine"), Path: "/tasks?show=mine", Current: show == "mine"},
		{Label: t("task.tab_done"), Path: "/tasks?show=done", Current: show == "done"},
	}
}

func (p *Pages) table(r *http.Request, t ui.T, show string, tasks []task.Task) ui.TableProps {
	props := ui.TableProps{
		Caption: t("task.inbox"),
		Columns: []ui.Column{{Label: t("task.col_task")}, {Label: t("task.col_due")}, {Label: t("task.col_opened")}},
		Empty:   ui.Empty{Icon: ui.IconInbox, Title: t("task.empty"), Text: t("task.empty_text")},
	}
	if show == "done" {
		props.Empty = ui.Empty{Icon: ui.IconInbox, Title: t("task.empty_done"), Text: t("task.empty_done_text")}
	}
	for _, x := range tasks {
		row := ui.Cells(ui.LinkTwo(title(t, x), x.Path, p.agency(r.Context(), x.Agency)), dueCell(t, x), ui.Moment(x.CreatedAt))
		if x.State == task.Open && x.Standing.Stage == task.Overdue {
			row.Tone = ui.Bad
		}
		props.Rows = append(props.Rows, row)
	}
	return props
}

func title(t ui.T, x task.Task) string { return say(t, x.TitleKey, x.TitleArgs) }

// say is a message with its arguments.
func say(t ui.T, key string, texts []string) string {
	args := make([]any, len(texts))
	for i, a := range texts {
		args[i] = a
	}
	return t(key, args...)
}

// dueCell is the deadline with how much of it is left, or that the task has ended.
func dueCell(t ui.T, x task.Task) templ.Component {
	if x.State != task.Open {
		return ui.Group(ui.Badge(ui.State{Label: t("task.state." + string(x.State)), Tone: ui.Neutral, Icon: ui.IconDone}), ui.Moment(x.EndedAt))
	}
	parts := []templ.Component{ui.Badge(standing(t, x))}
	if !x.DueAt.IsZero() {
		parts = append(parts, ui.Moment(x.DueAt))
	}
	if x.Escalated() {
		parts = append(parts, ui.Muted(t("task.escalated")))
	}
	return ui.Group(parts...)
}

// standing says in words how an open task's deadline stands.
func standing(t ui.T, x task.Task) ui.State {
	s := x.Standing
	switch {
	case x.DueAt.IsZero():
		return ui.State{Label: t("task.no_deadline"), Tone: ui.Neutral}
	case s.Stage == task.Overdue && s.Days > 0:
		return ui.State{Label: t("task.days_late", s.Days), Tone: ui.Bad}
	case s.Stage == task.Overdue:
		return ui.State{Label: t("task.late"), Tone: ui.Bad}
	case s.Stage == task.DueDay:
		return ui.State{Label: t("task.today"), Tone: ui.Warn}
	}
	label := t("task.left")
	if s.Days > 0 {
		label = t("task.days_left", s.Days)
	}
	if s.Stage == task.Half {
		return ui.State{Label: label, Tone: ui.Warn}
	}
	return ui.State{Label: label, Tone: ui.Info}
}

package taskweb

import (
	"net/http"

	"lienthong/internal/task"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func (p *Pages) listNotices(w http.ResponseWriter, r *http.Request) error {
	list, err := p.task.Notices(r.Context(), 0)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	head := ui.Head{Title: t("task.notices"), Lead: t("task.notices_lead"), Actions: []ui.Action{{Label: t("task.mail_open"), Path: "/tasks/mail", Kind: ui.Quiet}}}
	if hasUnread(list) {
		head.Actions = append(head.Actions, ui.Action{Label: t("task.mark_all"), Path: "/tasks/notices/read", Post: true, Icon: ui.IconDone})
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("task.notices"), Crumbs: []ui.Crumb{{Label: t("task.inbox"), Path: "/tasks"}, {Label: t("task.notices")}},
		Body: noticesPage(notices{Head: head, Table: p.noticeTable(r, t, list)}),
	})
}

func hasUnread(list []task.Notice) bool {
	for _, n := range list {
		if !n.Read {
			return true
		}
	}
	return false
}

func (p *Pages) noticeTable(r *http.Request, t ui.T, list []task.Notice) ui.TableProps {
	props := ui.TableProps{
		Caption: t("task.notices"),
		Columns: []ui.Column{{Label: t("task.col_notice")}, {Label: t("task.col_task")}, {Label: t("task.col_due")}, {Label: t("task.col_sent")}, {Label: t("task.col_state")}},
		Empty:   ui.Empty{Icon: ui.IconInbox, Title: t("task.no_notice"), Text: t("task.no_notice_text")},
	}
	for _, n := range list {
		props.Rows = append(props.Rows, p.noticeRow(r, t, n))
	}
	return props
}

// noticeRow is a deadline with its task, or what else there is to know.
func (p *Pages) noticeRow(r *http.Request, t ui.T, n task.Notice) ui.Row {
	if n.Task.ID == "" {
		kind := ui.State{Label: t("task.told"), Tone: ui.Info}
		if n.Critical {
			kind = ui.State{Label: t("task.told_critical"), Tone: ui.Bad}
		}
		return ui.Cells(ui.Badge(kind), ui.Link(say(t, n.TitleKey, n.TitleArgs), n.Path), ui.Muted(t("task.no_deadline")), ui.Moment(n.CreatedAt), readCell(t, n))
	}
	return ui.Cells(
		ui.Badge(ui.State{Label: t("task.stage." + n.Stage.String()), Tone: stageTone(n.Stage)}),
		ui.LinkTwo(title(t, n.Task), n.Task.Path, p.agency(r.Context(), n.Task.Agency)), dueCell(t, n.Task), ui.Moment(n.CreatedAt), readCell(t, n))
}

func stageTone(s task.Stage) ui.Tone {
	switch s {
	case task.Overdue:
		return ui.Bad
	case task.DueDay:
		return ui.Warn
	}
	return ui.Info
}

func readCell(t ui.T, n task.Notice) templ.Component {
	if n.Read {
		return ui.Muted(t("task.read"))
	}
	return ui.Button(ui.Action{Label: t("task.mark_one"), Path: "/tasks/notices/read", Post: true, Kind: ui.Quiet, Icon: ui.IconDone, Fields: []ui.Hidden{{Name: "id", Value: n.ID}}})
}

// readForm names one notice, or none for all.
type readForm struct {
	ID string `form:"id"`
}

func (p *Pages) markRead(w http.ResponseWriter, r *http.Request) error {
	var form readForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	if err := p.task.MarkRead(r.Context(), form.ID); err != nil {
		return err
	}
	http.Redirect(w, r, "/tasks/notices", http.StatusSeeOther)
	return nil
}

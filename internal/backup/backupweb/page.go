package backupweb

import (
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lienthong/internal/access"
	"lienthong/internal/backup"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

const shownRuns = 60

func (p *Pages) showBackups(w http.ResponseWriter, r *http.Request) error {
	return p.page(w, r, nil, http.StatusOK)
}

func (p *Pages) page(w http.ResponseWriter, r *http.Request, note *ui.Note, status int) error {
	h, err := p.backup.Look(r.Context())
	if err != nil {
		return err
	}
	list, err := p.backup.List(r.Context(), shownRuns)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	v := view{Head: ui.Head{Title: t("backup.title"), Lead: t("backup.lead"), State: standing(t, h)}, Tiles: tiles(t, h, p.backup.Settings), Runs: runs(t, list)}
	if note != nil {
		v.Notes = append(v.Notes, *note)
	}
	v.Notes = append(v.Notes, notes(t, h)...)
	if access.ActorOf(r.Context()).Can(access.SettingsChange) {
		create := ui.Action{Label: t("backup.create"), Path: "/backup", Post: true, Icon: ui.IconDatabase, Kind: ui.Primary}
		switch {
		case h.Key == "":
			create.Off = t("backup.off_key")
		case !h.On:
			create.Off = t("backup.off_dir")
		}
		v.Head.Actions = []ui.Action{create}
	}
	return p.shell.Render(w, r, web.Page{Title: t("backup.title"), Status: status, Crumbs: []ui.Crumb{{Label: t("backup.title")}}, Body: page(v)})
}

func standing(t ui.T, h backup.Health) *ui.State {
	switch {
	case h.Key == "" || !h.On:
		return &ui.State{Label: t("backup.state_unset"), Tone: ui.Warn}
	case h.Late:
		return &ui.State{Label: t("backup.state_late"), Tone: ui.Bad}
	case h.Last == nil:
		return &ui.State{Label: t("backup.state_first"), Tone: ui.Info}
	}
	return &ui.State{Label: t("backup.state_good"), Tone: ui.Good}
}

// notes say what is to be done, and what a restore left behind.
func notes(t ui.T, h backup.Health) []ui.Note {
	var list []ui.Note
	switch {
	case h.Key == "":
		list = append(list, ui.Note{Tone: ui.Warn, Title: t("backup.no_key_title"), Text: t("backup.no_key")})
	case !h.On:
		list = append(list, ui.Note{Tone: ui.Warn, Title: t("backup.no_dir_title"), Text: t("backup.no_dir")})
	case h.Late:
		list = append(list, ui.Note{Tone: ui.Bad, Title: t("backup.late_title"), Text: t("backup.late_text")})
	}
	if h.Restore != nil {
		lost, err := strconv.ParseInt(h.Restore.Note, 10, 64)
		text, tone := t("backup.restored_text", i18n.DateTime(h.Restore.EndedAt), i18n.DateTime(h.Restore.StartedAt), filepath.Base(h.Restore.File)), ui.Info
		if err == nil && lost > 0 {
			text, tone = text+" "+t("backup.restored_lost", i18n.Number(lost)), ui.Bad
		}
		list = append(list, ui.Note{Tone: tone, Title: t("backup.restored"), Text: text})
	}
	return list
}

func tiles(t ui.T, h backup.Health, s backup.Settings) []ui.Tile {
	last := ui.Tile{Label: t("backup.last"), Value: t("backup.none"), Icon: ui.IconDatabase, Tone: ui.Warn}
	if h.Last != nil {
		last.Value, last.Note, last.Tone = t("backup.age", int64(h.Age.Hours())), i18n.DateTime(h.Last.StartedAt), ui.Good
		if h.Late {
			last.Tone = ui.Bad
		}
	}
	plan := ui.Tile{Label: t("backup.plan"), Value: t("backup.plan_off"), Icon: ui.IconDeadline, Tone: ui.Warn}
	if h.On {
		plan.Value, plan.Note, plan.Tone = t("backup.plan_every", int64(s.Every.Hours())), t("backup.plan_keep", s.Keep, int64(s.WarnAfter.Hours())), ui.Neutral
	}
	key := ui.Tile{Label: t("backup.key"), Value: t("backup.none"), Icon: ui.IconGrant, Tone: ui.Warn}
	if h.Key != "" {
		key.Value, key.Note, key.Tone = t("backup.key_there"), t("backup.key_note", h.Key), ui.Neutral
	}
	return []ui.Tile{last, plan, key}
}

func runs(t ui.T, list []backup.Run) ui.TableProps {
	props := ui.TableProps{
		Caption: t("backup.runs"), Empty: ui.Empty{Icon: ui.IconDatabase, Title: t("backup.empty"), Text: t("backup.empty_text")},
		Columns: []ui.Column{{Label: t("backup.started")}, {Label: t("backup.state")}, {Label: t("backup.file")}, {Label: t("backup.size"), Number: true}, {Label: t("backup.records"), Number: true}, {Label: t("backup.opens_with")}},
	}
	for _, r := range list {
		props.Rows = append(props.Rows, ui.Cells(ui.Moment(r.StartedAt), state(t, r), ui.Mono(filepath.Base(r.File)), ui.Number(r.Bytes), ui.Number(r.LogSize), ui.Mono(r.Key)))
	}
	return props
}

func state(t ui.T, r backup.Run) templ.Component {
	s := ui.State{Label: t("backup.run." + string(r.State)), Tone: map[backup.State]ui.Tone{backup.Done: ui.Good, backup.Failed: ui.Bad, backup.Running: ui.Info}[r.State]}
	if s.Tone == "" {
		s.Tone = ui.Neutral
	}
	if r.Kind == backup.Restore {
		return ui.Badge(ui.State{Label: t("backup.run.restored"), Tone: ui.Info})
	}
	if r.State == backup.Failed {
		why := t("backup.run.internal")
		if strings.HasPrefix(r.Note, "backup.") {
			why = t(r.Note, filepath.Dir(r.File))
		}
		return ui.Stack(ui.Badge(s), ui.Muted(why))
	}
	return ui.Badge(s)
}

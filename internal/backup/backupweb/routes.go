package backupweb

import (
	"context"
	"errors"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/backup"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Pages of backups.
type Pages struct {
	shell  *web.Shell
	backup *backup.Service
}

// New builds the pages.
func New(shell *web.Shell, s *backup.Service) *Pages { return &Pages{shell, s} }

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		web.Get("/backup", access.SettingsRead, p.showBackups).InMenu(web.Nav{Group: web.GroupAdmin, LabelKey: "backup.title", Icon: ui.IconDatabase, Order: 60}),
		web.Post("/backup", access.SettingsChange, p.createBackup).Slowly(),
	}
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	web.Op(api, web.OpSpec{ID: "backup-list", Method: http.MethodGet, Path: "/backup", Permission: access.SettingsRead, Tag: "backup",
		Summary: "How it stands with backups, and the runs, the newest first"}, p.opList)
	web.Op(api, web.OpSpec{ID: "backup-create", Method: http.MethodPost, Path: "/backup", Permission: access.SettingsChange, Tag: "backup",
		Summary: "Make a backup in the configured folder now; answers when it was read again and is whole"}, p.opCreate)
}

// createBackup goes on when the browser goes away: a backup that nobody waits for is as good.
func (p *Pages) createBackup(w http.ResponseWriter, r *http.Request) error {
	_, err := p.backup.CreateNow(context.WithoutCancel(r.Context()))
	var f *fault.Fault
	if errors.As(err, &f) && f.Kind != fault.Internal && f.Kind != fault.Denied {
		t := p.shell.T(r)
		return p.page(w, r, &ui.Note{Tone: ui.Bad, Title: t("backup.not_made"), Text: t(f.Code, f.Args...)}, f.Kind.Status())
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/backup", http.StatusSeeOther)
	return nil
}

package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/catalog"
	"lienthong/internal/connection"
	"lienthong/internal/exchange"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/release"
	"lienthong/internal/system"
	"lienthong/internal/system/systemweb"
	"lienthong/internal/task"
)

// paperStore opens attached papers for slices that know no store of files.
type paperStore struct{ *blob.Store }

func (p paperStore) Open(name string) (io.ReadCloser, error) { return p.OpenFile(name) }

// wireSystems tells the register of systems what others know of them, and others what it decides.
func (a *App) wireSystems() {
	a.system.UsePapers(paperStore{a.papers})
	a.system.UseTraffic(a.systemTraffic)
	a.system.OnLevel(a.levelMoved)
	a.system.OnLevelDue(a.levelDue)
	a.system.OnNeed(a.systemNeeds)
}

// sweepSystems keeps statuses and reminders true while nobody looks.
func (a *App) sweepSystems(ctx context.Context) error {
	ctx = access.WithActor(ctx, access.JobActor("systems"))
	return errors.Join(a.system.RefreshStatuses(ctx), a.system.RemindLevels(ctx))
}

// systemTraffic gathers what traffic shows of every system (Điều 8.3a): the last success from the log's index, the ways
// from connections and services.
func (a *App) systemTraffic(ctx context.Context) (map[string]system.Traffic, error) {
	out := map[string]system.Traffic{}
	edit := func(id string, change func(*system.Traffic)) {
		t := out[id]
		change(&t)
		out[id] = t
	}
	for _, way := range []audit.Way{audit.WayCalls, audit.WayServes, audit.WayDelivers} {
		last, err := a.audit.LastSuccess(ctx, way)
		if err != nil {
			return nil, err
		}
		for id, at := range last {
			edit(id, func(t *system.Traffic) {
				if at.After(t.LastAt) {
					t.LastAt, t.Way = at, string(way)
				}
				if way == audit.WayDelivers {
					t.Open++
				}
			})
		}
	}
	ways, err := a.connections.Ways(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range ways {
		edit(w.System, func(t *system.Traffic) { countWay(t, w) })
	}
	routes, err := a.exchange.Supplying(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("list services: %w", err)
	}
	for _, r := range routes {
		edit(r.System, func(t *system.Traffic) {
			if r.Status == exchange.RouteActive {
				t.Open++
			} else {
				t.Closed++
			}
		})
	}
	return out, a.addListed(ctx, edit)
}

func countWay(t *system.Traffic, w connection.Way) {
	switch w.State {
	case connection.Live:
		t.Open += w.Number
	case connection.Suspended, connection.Terminated:
		t.Closed += w.Number
	default:
		t.Trying += w.Number
	}
}

// addListed says which systems stand in the list of mandatory systems in force.
func (a *App) addListed(ctx context.Context, edit func(id string, change func(*system.Traffic))) error {
	ids, err := a.releases.Subjects(ctx, release.Systems)
	if err != nil {
		return fmt.Errorf("read the list of mandatory systems: %w", err)
	}
	for _, id := range ids {
		listing, found, err := a.releases.Listed(ctx, release.Systems, id)
		if err != nil {
			return fmt.Errorf("read the list of mandatory systems: %w", err)
		}
		if found {
			edit(id, func(t *system.Traffic) { t.Listed = listing.Decision })
		}
	}
	return nil
}

// levelMoved keeps the inbox true: a dossier waits for the operator's security officer, a returned one for its agency.
func (a *App) levelMoved(ctx context.Context, q controldb.Querier, sys *system.System, d *system.Dossier) error {
	subject := "system.level_dossier/" + sys.ID
	wait := task.Task{Subject: subject, Path: "/system/" + sys.ID + "#levels", TitleArgs: []string{sys.Name}, WorkingDays: 5}
	switch d.State {
	case system.Proposed:
		if err := a.task.Done(ctx, q, "system.level_complete", subject); err != nil {
			return err
		}
		wait.Kind, wait.Agency, wait.Role, wait.TitleKey = "system.level_appraise", a.conf.Operator, access.OpSecurity, "system.task.level_appraise"
		return a.task.Open(ctx, q, wait)
	case system.Returned:
		wait.Kind, wait.Agency, wait.Role, wait.TitleKey = "system.level_complete", sys.Owner, access.Steward, "system.task.level_complete"
		return errors.Join(a.task.Done(ctx, q, "system.level_appraise", subject), a.task.Open(ctx, q, wait))
	case system.Recorded:
		if err := a.task.Done(ctx, q, "system.level_renew", "system.level/"+sys.ID); err != nil {
			return err
		}
		fallthrough
	default:
		return errors.Join(a.task.Done(ctx, q, "system.level_appraise", subject), a.task.Done(ctx, q, "system.level_complete", subject))
	}
}

// levelDue opens the task of renewing a level and tells those whom the threshold concerns.
func (a *App) levelDue(ctx context.Context, q controldb.Querier, sys *system.System, due system.LevelDue) error {
	err := a.task.Open(ctx, q, task.Task{
		Kind: "system.level_renew", Agency: sys.Owner, Role: access.Steward, Subject: "system.level/" + sys.ID, Path: "/system/" + sys.ID + "#levels",
		TitleKey: "system.task.level_renew_" + due.What, TitleArgs: []string{sys.Name, i18n.Date(due.At)}, DueAt: due.At,
	})
	if err != nil {
		return err
	}
	to := []task.Recipient{{Agency: sys.Owner, Role: access.Steward}}
	if due.Days <= 30 {
		to = append(to, task.Recipient{Agency: sys.Owner, Role: access.AgencyHead})
	}
	if due.Days <= 7 {
		to = append(to, task.Recipient{Agency: a.conf.Operator, Role: access.OpSecurity})
	}
	title := "system.notice.level_ends"
	if due.Days == 0 {
		title = "system.notice.level_ended"
	}
	return a.task.Tell(ctx, q, task.Telling{
		Key: fmt.Sprintf("system.level/%s/%d/%d", sys.ID, due.At.Unix(), due.Days), To: to, TitleKey: title, TitleArgs: []string{sys.Name, i18n.Date(due.At)},
		Path: "/system/" + sys.ID + "#levels", Subject: "system/" + sys.ID,
	})
}

// systemNeeds keeps the task of the agency that owes a plan or a connection (Điều 8.6b, 29.3).
func (a *App) systemNeeds(ctx context.Context, q controldb.Querier, sys *system.System, need system.Need, p *system.Plan) error {
	subject := "system.plan/" + sys.ID
	for _, kind := range []string{"system.plan", "system.plan_overdue"} {
		if err := a.task.Done(ctx, q, kind, subject); err != nil {
			return err
		}
	}
	t := task.Task{Agency: sys.Owner, Role: access.Steward, Subject: subject, Path: "/system/" + sys.ID + "/plan", TitleArgs: []string{sys.Name}}
	switch need {
	case system.NeedPlan:
		t.Kind, t.TitleKey, t.WorkingDays = "system.plan", "system.task.plan", 10
	case system.NeedOverdue:
		t.Kind, t.TitleKey, t.DueAt = "system.plan_overdue", "system.task.plan_overdue", p.TargetAt.AddDate(0, 0, 1)
		t.TitleArgs = append(t.TitleArgs, i18n.Date(p.TargetAt))
	default:
		return nil
	}
	return a.task.Open(ctx, q, t)
}

// systemUse is what a system uses and provides: datasets by its live connections, services by their names.
func (a *App) systemUse(ctx context.Context, id string) (uses, serves []string, err error) {
	ways, err := a.connections.Ways(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range ways { // in the order of datasets, each once
		if w.System == id && w.State == connection.Live {
			uses = append(uses, w.Dataset)
		}
	}
	routes, err := a.exchange.Supplying(ctx, "")
	if err != nil {
		return nil, nil, fmt.Errorf("list services: %w", err)
	}
	seen := map[string]bool{}
	for _, r := range routes {
		if r.System == id && r.Status == exchange.RouteActive && !seen[r.Dataset] {
			serves, seen[r.Dataset] = append(serves, r.Dataset), true
		}
	}
	return uses, serves, nil
}

// systemData names the datasets that a system uses and provides, as far as the reader may see them.
func (a *App) systemData(ctx context.Context, id string) (uses, serves []systemweb.Named, err error) {
	used, served, err := a.systemUse(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	return a.named(ctx, used), a.named(ctx, served), nil
}

func (a *App) named(ctx context.Context, codes []string) []systemweb.Named {
	var out []systemweb.Named
	for _, code := range codes {
		if d, err := a.catalog.FindByCode(ctx, catalog.Code(code)); err == nil {
			out = append(out, systemweb.Named{Code: code, Name: d.Name})
		}
	}
	return out
}

// systemTaskMessages are the titles of tasks and notices about systems.
var systemTaskMessages = i18n.Messages{
	"system.task.level_appraise":        {Vi: "Xử lý hồ sơ cấp độ an toàn của {0}", En: "Deal with the security level dossier of {0}"},
	"system.task.level_complete":        {Vi: "Bổ sung hồ sơ cấp độ an toàn của {0}", En: "Complete the security level dossier of {0}"},
	"system.task.level_renew_approval":  {Vi: "Đề xuất lại cấp độ an toàn của {0}: hết hiệu lực ngày {1}", En: "Propose the security level of {0} anew: it ends on {1}"},
	"system.task.level_renew_review":    {Vi: "Rà soát cấp độ an toàn của {0}: đến hạn ngày {1}", En: "Review the security level of {0}: due on {1}"},
	"system.task.level_renew_exception": {Vi: "Hoàn tất phê duyệt cấp độ an toàn của {0}: ngoại lệ hết ngày {1}", En: "Have the security level of {0} approved: the exception ends on {1}"},
	"system.notice.level_ends":          {Vi: "Cấp độ an toàn của {0} đến hạn ngày {1}", En: "The security level of {0} falls due on {1}"},
	"system.notice.level_ended":         {Vi: "Cấp độ an toàn của {0} đã hết hiệu lực ngày {1}; các kết nối cần cấp độ sẽ bị tạm dừng", En: "The security level of {0} ended on {1}; connections that need it are suspended"},
	"system.task.plan":                  {Vi: "Lập kế hoạch kết nối: {0}", En: "Plan the connection of {0}"},
	"system.task.plan_overdue":          {Vi: "Kết nối hệ thống {0}: kế hoạch ngày {1} đã quá hạn", En: "Connect {0}: its plan for {1} is overdue"},
}

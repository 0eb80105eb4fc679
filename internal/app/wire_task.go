package app

import (
	"cmp"
	"context"
	"sort"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/audit"
	"lienthong/internal/catalog"
	"lienthong/internal/connection"
	"lienthong/internal/home/homeweb"
	"lienthong/internal/incident"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/system"
	"lienthong/internal/task"
	"lienthong/internal/web/ui"
)

// connectionStepped keeps the inbox true: the tasks of the state before end, those of whoever's move it is now begin, in
// the transaction of the step.
func (a *App) connectionStepped(ctx context.Context, q controldb.Querier, r *connection.Request, step connection.Step) error {
	if err := a.tellOfRoute(ctx, q, r, step); err != nil {
		return err
	}
	subject := "connection/" + string(r.ID)
	if err := a.task.Cancel(ctx, q, subject); err != nil {
		return err
	}
	if err := a.connectionLife(ctx, q, r, step); err != nil {
		return err
	}
	if r.State == connection.Draft { // nobody else waits for a draft
		return nil
	}
	for _, due := range r.Due() {
		t := task.Task{
			Kind: "connection." + string(r.State) + "." + string(due.Side), Agency: due.Agency, Subject: subject, Path: "/connections/" + string(r.ID),
			TitleKey: connectionTitle(r), TitleArgs: []string{r.Number}, DueAt: due.Deadline, Role: access.AgencyHead,
		}
		switch due.Side {
		case connection.Operator:
			t.Agency, t.Role = a.conf.Operator, operatorRole(r)
		case connection.Requester:
			if r.State != connection.Acceptance {
				t.Role = access.Steward
			}
		}
		if err := a.task.Open(ctx, q, t); err != nil {
			return err
		}
	}
	return nil
}

// accountProposed keeps the task of the second person while a proposal about an account waits.
func (a *App) accountProposed(ctx context.Context, q controldb.Querier, p *account.Proposal) error {
	subject := "account.proposal/" + p.ID
	if p.State != account.ProposalOpen {
		return a.task.Done(ctx, q, "account.confirm", subject)
	}
	return a.task.Open(ctx, q, task.Task{
		Kind: "account.confirm", Agency: a.conf.Operator, Role: access.OpAdmin, Subject: subject, Path: "/account/proposals", TitleKey: "account.proposal_task", TitleArgs: []string{p.Username}, DueAt: p.ValidTo,
	})
}

// credentialWaits tells the agency of a system that a secret waits for it, and ends the task when none does any more.
func (a *App) credentialWaits(ctx context.Context, q controldb.Querier, sys *system.System, c *system.Credential) error {
	subject := "system.credential/" + c.ID
	if !c.Waiting() || !c.RevokedAt.IsZero() {
		return a.task.Done(ctx, q, "system.pick_up", subject)
	}
	return a.task.Open(ctx, q, task.Task{
		Kind: "system.pick_up", Agency: sys.Owner, Role: access.Steward, Subject: subject, Path: "/system/" + sys.ID, TitleKey: "system.pick_up_task", TitleArgs: []string{sys.Name},
	})
}

// operatorRole is who of the operator takes the step that a state waits for.
func operatorRole(r *connection.Request) access.Role {
	switch r.State {
	case connection.Submitted, connection.Appraising, connection.SecurityCheck:
		if r.Route == connection.Shortened {
			return access.OpSecurity
		}
		return access.OpAppraiser
	case connection.Approved, connection.Provisioning, connection.Testing, connection.Acceptance:
		return access.OpEngineer
	case connection.Suspended:
		return access.OpSecurity
	}
	return access.OpApprover
}

// overview gathers the figures of the first page; a figure that the actor may not know is negative.
func (a *App) overview(ctx context.Context) (homeweb.Figures, error) {
	f := homeweb.Figures{IncidentsOpen: -1, RequestsWaiting: -1}
	if err := a.audit.Serves(); err != nil {
		f.Closed = err.Error()
	}
	who := access.ActorOf(ctx)
	counts, err := a.task.Counts(ctx)
	if err != nil {
		return f, err
	}
	f.TasksOpen, f.TasksLate = int64(counts.Open), int64(counts.Overdue)
	tasks, err := a.task.List(ctx, task.Filter{State: task.Open, Limit: 6})
	if err != nil {
		return f, err
	}
	for _, t := range tasks {
		args := make([]any, len(t.TitleArgs))
		for i, arg := range t.TitleArgs {
			args[i] = arg
		}
		late := !t.DueAt.IsZero() && a.clock.Now().After(t.DueAt)
		f.Tasks = append(f.Tasks, homeweb.Waiting{Title: a.words.Say(i18n.LangOf(ctx), t.TitleKey, args...), Agency: a.agencyName(ctx, t.Agency), Path: t.Path, Due: t.DueAt, Overdue: late})
	}
	if who.Can(access.ConnectionRead) {
		waiting, err := a.connections.List(ctx, connection.Filter{Waiting: who.Agency, Limit: 100})
		if err != nil {
			return f, err
		}
		f.RequestsWaiting = int64(len(waiting))
		if f.Requests, err = a.newestRequests(ctx); err != nil {
			return f, err
		}
	}
	if who.Can(access.IncidentRead) {
		all, err := a.incident.List(ctx, incident.Filter{Limit: 500})
		if err != nil {
			return f, err
		}
		f.IncidentsOpen = 0
		for _, i := range all {
			if !i.State.Ended() {
				f.IncidentsOpen++
			}
		}
	}
	return f, a.trafficFigures(ctx, who, &f)
}

// newestRequests are the last that were registered, as the first page shows them.
func (a *App) newestRequests(ctx context.Context) ([]homeweb.Request, error) {
	all, err := a.connections.List(ctx, connection.Filter{Limit: 20})
	if err != nil {
		return nil, err
	}
	names := a.datasetNames(ctx)
	var out []homeweb.Request
	for _, r := range all {
		if r.Number == "" || len(out) == 6 {
			continue
		}
		out = append(out, homeweb.Request{
			Number: r.Number, Path: "/connections/" + string(r.ID), Dataset: cmp.Or(names[r.Need.Dataset], r.Need.Dataset), Agency: a.agencyName(ctx, r.Agency),
			State: ui.State{Label: a.words.Say(i18n.LangOf(ctx), "connection.state."+string(r.State)), Tone: requestTone(r.State)},
		})
	}
	return out, nil
}

func requestTone(s connection.State) ui.Tone {
	switch s {
	case connection.Live:
		return ui.Good
	case connection.Returned, connection.Escalated, connection.Suspended:
		return ui.Warn
	case connection.Rejected:
		return ui.Bad
	case connection.Terminated, connection.Withdrawn:
		return ui.Neutral
	}
	return ui.Info
}

// callsByConnection names today's busiest connections by the data that they carry.
func (a *App) callsByConnection(ctx context.Context, counts []audit.Count) []ui.Bar {
	names := a.datasetNames(ctx)
	var out []ui.Bar
	for _, c := range counts {
		if c.Key == "" || c.Calls == 0 {
			continue
		}
		v, err := a.connections.Find(ctx, connection.ID(c.Key))
		if err != nil { // not a party to it, or gone
			continue
		}
		out = append(out, ui.Bar{Label: cmp.Or(names[v.Request.Need.Dataset], v.Request.Need.Dataset), Path: "/connections/" + c.Key, Value: c.Calls})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Value > out[j].Value })
	return out[:min(len(out), 8)]
}

// trafficFigures are today's calls and the datasets that are served.
func (a *App) trafficFigures(ctx context.Context, who access.Actor, f *homeweb.Figures) error {
	now := a.clock.Now()
	filter := audit.CountFilter{From: now, To: now}
	if !who.Can(access.ExchangeRead) {
		filter.Agency = who.Agency
	}
	counts, err := a.audit.Counts(ctx, filter)
	if err != nil {
		return err
	}
	for _, c := range counts {
		f.CallsToday += c.Calls
		f.DeniedToday += c.Denied
	}
	f.Connections = a.callsByConnection(ctx, counts)
	if !who.Can(access.CatalogRead) {
		f.Datasets = -1
		return nil
	}
	published, err := a.catalog.List(ctx, catalog.Filter{State: catalog.Published, Limit: 1000})
	f.Datasets = int64(len(published))
	return err
}

// taskMessages are the titles of the tasks that a request's states open.
var taskMessages = i18n.Messages{
	"backup.task.late":               {Vi: "Kiểm tra sao lưu: đã quá hạn mà chưa có bản sao lưu mới", En: "Look after backups: the last one is too old"},
	"connection.task.submitted":      {Vi: "Kiểm tra hồ sơ yêu cầu kết nối {0}", En: "Check the intake of request {0}"},
	"connection.task.returned":       {Vi: "Bổ sung hồ sơ yêu cầu kết nối {0}", En: "Complete request {0}"},
	"connection.task.appraising":     {Vi: "Thẩm định yêu cầu kết nối {0}", En: "Appraise request {0}"},
	"connection.task.owner_opinion":  {Vi: "Cho ý kiến chủ quản về yêu cầu kết nối {0}", En: "Give the owner's opinion on request {0}"},
	"connection.task.escalated":      {Vi: "Trình cấp có thẩm quyền về yêu cầu kết nối {0}", En: "Bring request {0} before the deciding authority"},
	"connection.task.object":         {Vi: "Trình cấp có thẩm quyền về ý kiến phản đối của chủ quản đối với yêu cầu {0}", En: "Bring the owner's objection to request {0} before the deciding authority"},
	"connection.task.check":          {Vi: "Nhận kiểm tra an toàn yêu cầu {0} (quy trình rút gọn)", En: "Take request {0} into the security check (shortened process)"},
	"connection.task.security_check": {Vi: "Kiểm tra an toàn, bảo vệ dữ liệu của yêu cầu {0} (quy trình rút gọn)", En: "Check security and privacy of request {0} (shortened process)"},
	"connection.told.submitted":      {Vi: "Yêu cầu {0} khai thác dữ liệu của đơn vị đi theo quy trình rút gọn. Chỉ phản đối khi có căn cứ pháp lý, trước bước nghiệm thu", En: "Request {0} for your data takes the shortened process. Object on a legal ground only, before the acceptance"},
	"connection.told.converted":      {Vi: "Yêu cầu {0} chuyển sang quy trình đầy đủ vì có điều kiện không còn đạt", En: "Request {0} went over to the full process: a condition no longer holds"},
	"connection.told.decided":        {Vi: "Đã có quyết định về ý kiến phản đối đối với yêu cầu {0}", En: "The objection to request {0} was decided"},
	"connection.task.approved":       {Vi: "Thiết lập kết nối {0}", En: "Set up connection {0}"},
	"connection.task.provisioning":   {Vi: "Rà soát cấu hình kết nối {0}", En: "Review the configuration of connection {0}"},
	"connection.task.testing":        {Vi: "Kiểm thử kết nối {0}", En: "Test connection {0}"},
	"connection.task.acceptance":     {Vi: "Xác nhận nghiệm thu kết nối {0}", En: "Confirm the acceptance of connection {0}"},
	"connection.task.suspended":      {Vi: "Xử lý kết nối đang tạm dừng {0}", En: "Deal with suspended connection {0}"},
	"connection.task.live":           {Vi: "Theo dõi kết nối {0}", En: "Watch connection {0}"},
}

// incidentOpened tells the security officers, and the agency that it is about, of what cannot wait (parameter D10). The
// summary holds no personal value.
func (a *App) incidentOpened(ctx context.Context, q controldb.Querier, i *incident.Incident) error {
	if i.Severity != incident.Critical && i.Severity != incident.High {
		return nil
	}
	to := []task.Recipient{{Agency: a.conf.Operator, Role: access.OpSecurity}}
	if i.Agency != "" && i.Agency != a.conf.Operator {
		to = append(to, task.Recipient{Agency: i.Agency, Role: access.Steward}, task.Recipient{Agency: i.Agency, Role: access.AgencyHead})
	}
	return a.task.Tell(ctx, q, task.Telling{
		Key: "incident.open/" + i.ID, To: to, TitleKey: "incident.told_open", TitleArgs: []string{i.Number, i.Summary}, Path: "/incident/" + i.ID, Subject: "incident/" + i.Number,
		Critical: i.Severity == incident.Critical,
	})
}

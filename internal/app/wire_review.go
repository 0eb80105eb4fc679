package app

import (
	"context"
	"strconv"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/flow"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/review"
	"lienthong/internal/task"
)

const (
	reviewEvery = time.Minute
	excessEvery = 6 * time.Hour
	followEvery = time.Second
)

// buildReview wires the reviews of rights.
func (a *App) buildReview(datasets func(ctx context.Context, code string) (*access.DatasetFacts, error)) {
	narrow := flow.NewNarrowGrant(a.connections, a.access)
	a.review = review.NewService(review.Parts{
		DB: a.db, Clock: a.clock, Calendar: a.calendar, Log: a.audit, Access: a.access, Operator: a.conf.Operator,
		World: reviewWorld{a, datasets}, Inbox: reviewInbox{a}, Narrow: narrow.Run,
		End: func(ctx context.Context, id, reason string) error {
			_, err := a.connections.Terminate(ctx, connection.ID(id), connection.Input{Comment: reason})
			return err
		},
	})
}

// reviewJobs are the reviews that time brings, and the report of rights beyond their use.
func (a *App) reviewJobs() {
	a.jobs.Every("access reviews", reviewEvery, func(ctx context.Context) error {
		return a.review.Sweep(access.WithActor(ctx, access.JobActor("access review")))
	})
	a.jobs.Every("unused rights", excessEvery, func(ctx context.Context) error {
		return a.review.Calculate(access.WithActor(ctx, access.JobActor("access review")))
	})
}

// followLog keeps what goes behind the log: reviews that changes call for, and what fields were used for.
func (a *App) followLog(ctx context.Context) error {
	ctx = access.WithActor(ctx, access.JobActor("access review"))
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	failed := false
	for {
		more, err := a.review.Follow(ctx)
		if err != nil && ctx.Err() == nil && !failed {
			a.log.Error("the reviews do not follow the log; they go on from the same record", "cause", err)
		}
		failed = err != nil
		if more && err == nil && ctx.Err() == nil {
			continue
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// reviewWorld tells reviews what other slices know.
type reviewWorld struct {
	*App
	datasets func(ctx context.Context, code string) (*access.DatasetFacts, error)
}

func (w reviewWorld) Dataset(ctx context.Context, code string) (*access.DatasetFacts, error) {
	return w.datasets(ctx, code)
}

func (w reviewWorld) SystemOwner(ctx context.Context, id string) (string, error) {
	sys, err := w.system.Known(ctx, id)
	if fault.Of(err) != nil && fault.Of(err).Kind == fault.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return sys.Owner, nil
}

func (w reviewWorld) Agency(ctx context.Context, code string) (review.Agency, error) {
	body, err := w.agency.Known(ctx, code)
	if err != nil || body == nil {
		return review.Agency{}, err
	}
	return review.Agency{Exists: body.ActiveAt(w.clock.Now()), EndsAt: body.ValidTo}, nil
}

func (w reviewWorld) Person(ctx context.Context, username string) (review.Person, bool, error) {
	p, err := w.account.Named(ctx, username)
	if fault.Of(err) != nil && fault.Of(err).Kind == fault.NotFound {
		return review.Person{}, false, nil
	}
	if err != nil {
		return review.Person{}, false, err
	}
	return review.Person{ID: p.ID, Agency: p.Agency, Roles: p.Roles, Active: p.Active}, true, nil
}

func (w reviewWorld) Holders(ctx context.Context, agency string, role access.Role) (int, error) {
	return w.account.Holders(ctx, agency, role)
}

// reviewInbox tells people by tasks and notices.
type reviewInbox struct{ *App }

func (w reviewInbox) ReviewWaits(ctx context.Context, q controldb.Querier, c review.Campaign, agency string, grants int) error {
	role := access.Steward
	if agency == w.conf.Operator {
		role = access.OpSecurity
	}
	return w.task.Open(ctx, q, task.Task{
		Kind: "review.answer", Agency: agency, Role: role, Subject: "review.campaign/" + c.ID + "/" + agency, Path: "/reviews/campaigns/" + c.ID + "?reviewer=" + agency,
		TitleKey: "review.task.answer", TitleArgs: []string{c.Number, strconv.Itoa(grants)}, DueAt: c.DueAt,
	})
}

func (w reviewInbox) ReviewAnswered(ctx context.Context, q controldb.Querier, c review.Campaign, agency string) error {
	return w.task.Done(ctx, q, "review.answer", "review.campaign/"+c.ID+"/"+agency)
}

func (w reviewInbox) ReviewSuspended(ctx context.Context, q controldb.Querier, c review.Campaign, i review.Item) error {
	to := []task.Recipient{{Agency: i.Agency, Role: access.Steward}}
	if i.Reviewer != w.conf.Operator && i.Reviewer != i.Agency {
		to = append(to, task.Recipient{Agency: i.Reviewer, Role: access.Steward})
	}
	return w.task.Tell(ctx, q, task.Telling{
		Key: "review.suspended/" + i.ID, To: to, TitleKey: "review.notice.suspended", TitleArgs: []string{i.Number, c.Number}, Path: "/reviews/campaigns/" + c.ID, Subject: "review.campaign/" + c.ID,
	})
}

func (w reviewInbox) AskWaits(ctx context.Context, q controldb.Querier, ask review.Ask) error {
	return w.task.Open(ctx, q, task.Task{
		Kind: "review.ask", Agency: w.conf.Operator, Role: access.OpSecurity, Subject: "review.ask/" + ask.ID, Path: "/reviews/asks/" + ask.ID,
		TitleKey: "review.task.ask_" + string(ask.Kind), TitleArgs: []string{ask.Number}, DueAt: ask.DueAt,
	})
}

func (w reviewInbox) AskAnswered(ctx context.Context, q controldb.Querier, ask review.Ask) error {
	if err := w.task.Done(ctx, q, "review.ask", "review.ask/"+ask.ID); err != nil {
		return err
	}
	to := []task.Recipient{{Account: ask.By}}
	if ask.State == review.AskDone { // who holds the grant learns what became of it
		to = append(to, task.Recipient{Agency: ask.Agency, Role: access.Steward})
	}
	return w.task.Tell(ctx, q, task.Telling{
		Key: "review.ask/" + ask.ID, To: to, TitleKey: "review.notice.ask_" + string(ask.State), TitleArgs: []string{ask.Number}, Path: "/reviews/asks/" + ask.ID, Subject: "review.ask/" + ask.ID,
	})
}

// reviewTaskMessages are the titles of tasks and notices of reviews.
var reviewTaskMessages = i18n.Messages{
	"review.task.answer":        {Vi: "Rà soát quyền truy cập dữ liệu, đợt {0}: {1} quyền cần trả lời", En: "Review the rights on your data, {0}: {1} grants to answer for"},
	"review.task.ask_narrow":    {Vi: "Trả lời đề nghị thu hẹp quyền {0}", En: "Answer the request to narrow grant {0}"},
	"review.task.ask_suspend":   {Vi: "Trả lời đề nghị tạm dừng quyền {0}", En: "Answer the request to suspend grant {0}"},
	"review.task.ask_resume":    {Vi: "Trả lời đề nghị khôi phục quyền {0}", En: "Answer the request to resume grant {0}"},
	"review.task.ask_end":       {Vi: "Trả lời đề nghị thu hồi quyền {0}", En: "Answer the request to revoke grant {0}"},
	"review.notice.suspended":   {Vi: "Quyền {0} bị tạm dừng vì hết hạn rà soát {1} mà chưa có trả lời", En: "Grant {0} was suspended: review {1} was not answered in time"},
	"review.notice.ask_done":    {Vi: "Đề nghị về quyền {0} đã được thực hiện", En: "The request about grant {0} was carried out"},
	"review.notice.ask_refused": {Vi: "Đề nghị về quyền {0} không được chấp thuận, có lý do kèm theo", En: "The request about grant {0} was turned down, with the reason"},
}

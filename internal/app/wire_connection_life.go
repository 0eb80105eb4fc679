package app

import (
	"context"
	"fmt"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/exchange"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/task"
)

// exchangeTuner gives the exchange the parameters in force of a connection.
type exchangeTuner struct{ connections *connection.Service }

func (t exchangeTuner) Tuning(ctx context.Context, id string) (exchange.Tuning, error) {
	got, err := t.connections.Tuning(ctx, id)
	return exchange.Tuning(got), err
}

func renewalOf(r *connection.Request) string { return "connection.renewal/" + string(r.ID) }

// connectionExpiring reminds both sides of a coming end: the requester gets the task to renew or to let it end, and each
// side a notice at each of the three moments.
func (a *App) connectionExpiring(ctx context.Context, q controldb.Querier, r *connection.Request, days int) error {
	end, _ := r.Approved.To.End()
	path, args := "/connections/"+string(r.ID), []string{r.Number, fmt.Sprint(days)}
	renew := task.Task{
		Kind: "connection.renew", Agency: r.Agency, Role: access.Steward, Subject: renewalOf(r), Path: path, TitleKey: "connection.task.renew", TitleArgs: args[:1], DueAt: end,
	}
	if err := a.task.Open(ctx, q, renew); err != nil {
		return err
	}
	return a.task.Tell(ctx, q, task.Telling{
		Key: fmt.Sprintf("%s/%d", renewalOf(r), days), TitleKey: "connection.notice.expiring", TitleArgs: args, Path: path, Subject: "connection.request/" + string(r.ID),
		To: []task.Recipient{{Agency: r.Agency, Role: access.Steward}, {Agency: r.Owner, Role: access.Steward}},
	})
}

// connectionLife keeps the tasks that belong to no state: an offer that waits for the consumer, a proposed change of the
// parameters that waits for the second person, and the reminder of an end that a renewal or the end itself has answered.
func (a *App) connectionLife(ctx context.Context, q controldb.Querier, r *connection.Request, s connection.Step) error {
	path := "/connections/" + string(r.ID)
	switch {
	case s.Action == connection.ActCreate && r.Renews != "":
		return a.task.Done(ctx, q, "connection.renew", "connection.renewal/"+string(r.Renews))
	case s.Action == connection.ActOffer:
		return a.task.Open(ctx, q, task.Task{
			Kind: "connection.offer", Agency: r.Agency, Role: access.Steward, Subject: "connection/" + string(r.ID), Path: path, TitleKey: "connection.task.offer",
			TitleArgs: []string{r.Need.Dataset}, WorkingDays: 5,
		})
	case r.Pending():
		return a.task.Open(ctx, q, task.Task{
			Kind: "connection.review", Agency: a.conf.Operator, Role: access.OpEngineer, Subject: "connection/" + string(r.ID), Path: path + "/review",
			TitleKey: "connection.task.review", TitleArgs: []string{r.Number}, WorkingDays: 2,
		})
	case r.State == connection.Terminated:
		return a.task.Cancel(ctx, q, renewalOf(r))
	}
	return nil
}

var connectionLifeMessages = i18n.Messages{
	"connection.task.renew":      {Vi: "Gia hạn hoặc để kết thúc kết nối {0}", En: "Renew connection {0}, or let it end"},
	"connection.task.offer":      {Vi: "Xem đề nghị cung cấp dữ liệu {0}", En: "Look at the offer of data {0}"},
	"connection.task.review":     {Vi: "Kiểm tra thay đổi tham số của kết nối {0}", En: "Review the changed parameters of connection {0}"},
	"connection.notice.expiring": {Vi: "Kết nối {0} còn {1} ngày nữa hết thời hạn", En: "Connection {0} ends within {1} days"},
}

package app

import (
	"context"
	"fmt"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/task"
)

// tellOfRoute tells those who have no move in the shortened process what they must know: the owner that a request for its
// data begins, both sides that it went over to the full process, the owner how its objection was decided.
func (a *App) tellOfRoute(ctx context.Context, q controldb.Querier, r *connection.Request, step connection.Step) error {
	what, to := "", []task.Recipient{{Agency: r.Owner, Role: access.AgencyHead}, {Agency: r.Owner, Role: access.Steward}}
	switch step.Action {
	case connection.ActSubmit, connection.ActResubmit:
		if r.Route == connection.Shortened {
			what = "submitted"
		}
	case connection.ActConvert:
		what, to = "converted", append(to, task.Recipient{Agency: r.Agency, Role: access.Steward})
	case connection.ActContinue:
		what = "decided"
	}
	if what == "" {
		return nil
	}
	return a.task.Tell(ctx, q, task.Telling{
		Key: fmt.Sprintf("connection.%s/%s/%d", what, r.ID, step.Seq), To: to, TitleKey: "connection.told." + what, TitleArgs: []string{r.Number},
		Path: "/connections/" + string(r.ID), Subject: "connection/" + string(r.ID),
	})
}

// connectionTitle is what the state asks somebody to do.
func connectionTitle(r *connection.Request) string {
	what := string(r.State)
	switch {
	case r.State == connection.Submitted && r.Route == connection.Shortened:
		what = "check"
	case r.State == connection.Escalated && r.Route == connection.Shortened:
		what = "object"
	case r.State == connection.Provisioning && len(r.Grants) == 0:
		what = "approved"
	}
	return "connection.task." + what
}

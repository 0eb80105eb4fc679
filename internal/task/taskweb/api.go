package taskweb

import (
	"context"
	"net/http"
	"time"

	"lienthong/internal/task"
	"lienthong/internal/web/ui"
)

// taskJSON is a task as other systems read it.
type taskJSON struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind" example:"connection.opinion"`
	Title     string    `json:"title" doc:"What to do, in the language of Accept-Language"`
	Agency    string    `json:"agency" doc:"Code of the agency whose task it is"`
	Role      string    `json:"role,omitempty" doc:"Who in the agency; the data steward when absent"`
	Account   string    `json:"account,omitempty"`
	Subject   string    `json:"subject" doc:"What it is about, as the access log names it"`
	Path      string    `json:"path" doc:"Page on which it is done"`
	CreatedAt time.Time `json:"created_at"`
	DueAt     time.Time `json:"due_at,omitzero"`
	State     string    `json:"state" enum:"open,done,cancelled"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
	Stage     string    `json:"stage" enum:"early,half,due,overdue" doc:"How the deadline of an open task stands"`
	Days      *int      `json:"working_days,omitempty" doc:"Working days left, or late by when the stage is overdue"`
	Escalated bool      `json:"escalated" doc:"The platform operator was told of the delay"`
}

// say speaks the caller's language. The shell reads it from the request's context, which is all that operations have.
func (p *Pages) say(ctx context.Context) ui.T { return p.shell.T(new(http.Request).WithContext(ctx)) }

func (p *Pages) json(ctx context.Context, x task.Task) taskJSON {
	out := taskJSON{
		ID: x.ID, Kind: x.Kind, Title: title(p.say(ctx), x), Agency: x.Agency, Role: string(x.Role), Account: x.Account, Subject: x.Subject, Path: x.Path,
		CreatedAt: x.CreatedAt, DueAt: x.DueAt, State: string(x.State), EndedAt: x.EndedAt, Stage: x.Standing.Stage.String(), Escalated: x.Escalated(),
	}
	if x.Standing.Counted {
		out.Days = &x.Standing.Days
	}
	return out
}

type listIn struct {
	State  string `query:"state" enum:"open,done,cancelled" doc:"All states when absent"`
	Agency string `query:"agency" doc:"For the operator only; others always get their own"`
	Kind   string `query:"kind"`
	Mine   bool   `query:"mine" doc:"Only those of the caller's own roles or account"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

type listOut struct {
	Body struct {
		Tasks []taskJSON `json:"tasks"`
	}
}

func (p *Pages) opList(ctx context.Context, in *listIn) (*listOut, error) {
	tasks, err := p.task.List(ctx, task.Filter{State: task.State(in.State), Agency: in.Agency, Kind: in.Kind, Mine: in.Mine, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	var out listOut
	out.Body.Tasks = make([]taskJSON, 0, len(tasks))
	for _, x := range tasks {
		out.Body.Tasks = append(out.Body.Tasks, p.json(ctx, x))
	}
	return &out, nil
}

type countsOut struct {
	Body struct {
		Open    int `json:"open"`
		Today   int `json:"due_today"`
		Overdue int `json:"overdue"`
		Unread  int `json:"unread_notices"`
	}
}

func (p *Pages) opCounts(ctx context.Context, _ *struct{}) (*countsOut, error) {
	c, err := p.task.Counts(ctx)
	if err != nil {
		return nil, err
	}
	var out countsOut
	out.Body.Open, out.Body.Today, out.Body.Overdue, out.Body.Unread = c.Open, c.Today, c.Overdue, c.Unread
	return &out, nil
}

type noticesIn struct {
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type noticeJSON struct {
	ID        string    `json:"id"`
	Title     string    `json:"title" doc:"What is told, in the language of Accept-Language"`
	Path      string    `json:"path" doc:"Page on which more stands"`
	Subject   string    `json:"subject" doc:"What it is about, as the access log names it"`
	Critical  bool      `json:"critical" doc:"Goes out by mail at once, also in quiet hours"`
	Stage     string    `json:"stage,omitempty" enum:"half,due,overdue" doc:"How the deadline of the task stood; absent when the notice is about none"`
	CreatedAt time.Time `json:"created_at"`
	Read      bool      `json:"read"`
	Task      *taskJSON `json:"task,omitempty" doc:"Whose deadline it tells of"`
}

type noticesOut struct {
	Body struct {
		Notices []noticeJSON `json:"notices"`
	}
}

func (p *Pages) opNotices(ctx context.Context, in *noticesIn) (*noticesOut, error) {
	list, err := p.task.Notices(ctx, in.Limit)
	if err != nil {
		return nil, err
	}
	var out noticesOut
	out.Body.Notices = make([]noticeJSON, 0, len(list))
	for _, n := range list {
		out.Body.Notices = append(out.Body.Notices, p.noticeJSON(ctx, n))
	}
	return &out, nil
}

func (p *Pages) noticeJSON(ctx context.Context, n task.Notice) noticeJSON {
	out := noticeJSON{
		ID: n.ID, Title: say(p.say(ctx), n.TitleKey, n.TitleArgs), Path: n.Path, Subject: n.Subject, Critical: n.Critical, CreatedAt: n.CreatedAt, Read: n.Read,
	}
	if n.Task.ID != "" {
		about := p.json(ctx, n.Task)
		out.Stage, out.Task = n.Stage.String(), &about
	}
	return out
}

type readIn struct {
	Body struct {
		ID string `json:"id,omitempty" doc:"One notice; all when absent"`
	}
}

func (p *Pages) opMarkRead(ctx context.Context, in *readIn) (*struct{}, error) {
	return nil, p.task.MarkRead(ctx, in.Body.ID)
}

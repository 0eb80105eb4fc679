package taskweb

import (
	"context"
	"time"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/task"
)

// mailJSON is a person's own choice of mail.
type mailJSON struct {
	Ready       bool      `json:"ready" doc:"The operator has set up mail"`
	Address     string    `json:"address,omitempty" doc:"Confirmed address"`
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
	Pending     string    `json:"pending_address,omitempty" doc:"Waits for the code that was sent to it"`
	Mode        string    `json:"mode" enum:"off,each,digest"`
	DigestHour  int       `json:"digest_hour" minimum:"0" maximum:"23" doc:"Local hour of the daily mail"`
	QuietFrom   int       `json:"quiet_from" minimum:"0" maximum:"23" doc:"Local hour from which only what is critical is sent; equal to quiet_to: never quiet"`
	QuietTo     int       `json:"quiet_to" minimum:"0" maximum:"23"`
	Lang        string    `json:"lang" enum:"vi,en"`
	Problem     string    `json:"problem,omitempty" enum:"refused,unreachable" doc:"Of the last message"`
	Revision    int64     `json:"revision"`
}

type mailOut struct{ Body mailJSON }

func (p *Pages) mailOut(s task.MailSetting, err error) (*mailOut, error) {
	if err != nil {
		return nil, err
	}
	return &mailOut{mailJSON{
		Ready: p.task.MailReady(), Address: s.Address, ConfirmedAt: s.ConfirmedAt, Pending: s.Pending, Mode: string(s.Mode), DigestHour: s.DigestHour, QuietFrom: s.QuietFrom, QuietTo: s.QuietTo,
		Lang: string(s.Lang), Problem: s.Problem, Revision: s.Revision,
	}}, nil
}

func (p *Pages) opMail(ctx context.Context, _ *struct{}) (*mailOut, error) {
	return p.mailOut(p.task.MailSetting(ctx))
}

type changeMailIn struct {
	Body struct {
		Mode       string `json:"mode" enum:"off,each,digest"`
		DigestHour int    `json:"digest_hour" minimum:"0" maximum:"23"`
		QuietFrom  int    `json:"quiet_from" minimum:"0" maximum:"23"`
		QuietTo    int    `json:"quiet_to" minimum:"0" maximum:"23"`
		Lang       string `json:"lang" enum:"vi,en"`
		Revision   int64  `json:"revision" doc:"As it was read; another one is refused"`
	}
}

func (p *Pages) opChangeMail(ctx context.Context, in *changeMailIn) (*mailOut, error) {
	b := in.Body
	return p.mailOut(p.task.ChangeMail(ctx, task.MailSetting{Mode: task.MailMode(b.Mode), DigestHour: b.DigestHour, QuietFrom: b.QuietFrom, QuietTo: b.QuietTo, Lang: i18n.Lang(b.Lang), Revision: b.Revision}))
}

type addressIn struct {
	Body struct {
		Address string `json:"address" maxLength:"254"`
	}
}

func (p *Pages) opAskMail(ctx context.Context, in *addressIn) (*mailOut, error) {
	return p.mailOut(p.task.AskMailAddress(ctx, in.Body.Address))
}

type codeIn struct {
	Body struct {
		Code string `json:"code" maxLength:"6"`
	}
}

func (p *Pages) opConfirmMail(ctx context.Context, in *codeIn) (*mailOut, error) {
	return p.mailOut(p.task.ConfirmMailAddress(ctx, in.Body.Code))
}

func (p *Pages) opForgetMail(ctx context.Context, _ *struct{}) (*mailOut, error) {
	return p.mailOut(p.task.ForgetMailAddress(ctx))
}

type mailingOut struct {
	Body struct {
		Ready       bool      `json:"ready" doc:"The operator has set up mail"`
		Waiting     int       `json:"waiting"`
		Oldest      time.Time `json:"oldest_waiting,omitzero"`
		Sent        int       `json:"sent_24h"`
		Failed      int       `json:"failed_24h"`
		LastSent    time.Time `json:"last_sent,omitzero"`
		LastProblem string    `json:"last_problem,omitempty" enum:"refused,unreachable"`
	}
}

func (p *Pages) opMailing(ctx context.Context, _ *struct{}) (*mailingOut, error) {
	c, err := p.task.Mailing(ctx)
	if err != nil {
		return nil, err
	}
	var out mailingOut
	b := &out.Body
	b.Ready, b.Waiting, b.Oldest, b.Sent, b.Failed, b.LastSent, b.LastProblem = p.task.MailReady(), c.Waiting, c.Oldest, c.Sent, c.Failed, c.LastSent, c.LastProblem
	return &out, nil
}

func (p *Pages) opTryMail(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, p.task.TryMail(ctx)
}

type retryOut struct {
	Body struct {
		Items int64 `json:"items"`
	}
}

func (p *Pages) opRetryMail(ctx context.Context, _ *struct{}) (*retryOut, error) {
	n, err := p.task.RetryMail(ctx)
	if err != nil {
		return nil, err
	}
	var out retryOut
	out.Body.Items = n
	return &out, nil
}

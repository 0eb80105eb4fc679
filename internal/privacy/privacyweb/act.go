package privacyweb

import (
	"context"
	"net/http"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/privacy"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// actForm is a step that a person takes on an entry.
type actForm struct {
	Reason   string `form:"reason"`
	Revision int64  `form:"revision"`
}

// step is one of the steps behind the writing.
type step struct {
	verb       string
	permission access.Permission
	reasoned   bool // it needs a reason
	danger     bool
	take       func(*privacy.Service, context.Context, string, actForm) error
}

var (
	sendStep = step{"send", access.PrivacyRegister, false, false, func(s *privacy.Service, ctx context.Context, code string, f actForm) error { //nolint:gochecknoglobals // a table that Go cannot declare as a constant
		_, err := s.Send(ctx, code, f.Revision)
		return err
	}}
	confirmStep = step{"confirm", access.PrivacyConfirm, false, false, func(s *privacy.Service, ctx context.Context, code string, f actForm) error { //nolint:gochecknoglobals // same
		_, err := s.Confirm(ctx, code, f.Revision)
		return err
	}}
	returnStep = step{"return", access.PrivacyConfirm, true, false, func(s *privacy.Service, ctx context.Context, code string, f actForm) error { //nolint:gochecknoglobals // same
		_, err := s.Return(ctx, code, f.Revision, f.Reason)
		return err
	}}
	withdrawStep = step{"withdraw", access.PrivacyWithdraw, true, true, func(s *privacy.Service, ctx context.Context, code string, f actForm) error { //nolint:gochecknoglobals // same
		_, err := s.Withdraw(ctx, code, f.Revision, f.Reason)
		return err
	}}
)

func (p *Pages) take(s step) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		var form actForm
		if err := web.Decode(r, &form); err != nil {
			return err
		}
		if err := s.take(p.privacy, r.Context(), codeOf(r), form); err != nil {
			return p.show(w, r, form, s, err)
		}
		http.Redirect(w, r, path(codeOf(r)), http.StatusSeeOther)
		return nil
	}
}

// steps are the forms of what this person may do now.
func (p *Pages) steps(ctx context.Context, t ui.T, v privacy.View, form actForm, at step, errs ui.FormErrors) []part {
	who, e := access.ActorOf(ctx), v.Entry
	if e == nil {
		return nil
	}
	offered := []struct {
		step
		when bool
	}{
		{sendStep, e.Draft != nil && !e.Draft.Sent() && len(v.Missing) == 0}, {confirmStep, e.Draft.Sent() && !wrote(e, who)}, {returnStep, e.Draft.Sent()}, {withdrawStep, e.InForce != nil},
	}
	var out []part
	for _, s := range offered {
		if (!s.when && s.verb != at.verb) || !who.CanFor(s.permission, v.Dataset.Owner) {
			continue
		}
		out = append(out, p.stepPart(t, v, s.step, form, at, errs))
	}
	return out
}

// wrote: who had a hand in the draft is not offered to confirm it; the service refuses it in any case.
func wrote(e *privacy.Entry, who access.Actor) bool {
	for _, x := range e.Draft.WrittenBy {
		if x.Account == who.ID {
			return true
		}
	}
	return e.Draft.SentBy != nil && e.Draft.SentBy.Account == who.ID
}

func (p *Pages) stepPart(t ui.T, v privacy.View, s step, form actForm, at step, errs ui.FormErrors) part {
	props := ui.FormProps{
		Action: path(v.Dataset.Code) + "/" + s.verb, Submit: t("privacy.do." + s.verb), Danger: s.danger, Icon: ui.IconDone,
		Hidden: []ui.Hidden{{Name: "revision", Value: strconv.FormatInt(v.Entry.Revision, 10)}},
	}
	if s.verb != at.verb {
		errs, form = ui.FormErrors{}, actForm{}
	}
	props.Errors = errs
	var fields []templ.Component
	if s.reasoned {
		fields = []templ.Component{ui.Textarea(ui.Field{
			Name: "reason", Label: t("privacy.reason"), Hint: t("privacy.reason_hint"), Value: form.Reason, Error: errs.Of("reason"), Required: true, Rows: 3, MaxLength: 4000,
		})}
	}
	return part{Card: ui.CardProps{ID: s.verb, Title: t("privacy.step." + s.verb), Lead: t("privacy.step." + s.verb + "_lead")}, Body: []templ.Component{stepBody(props, fields)}}
}

package taskweb

import (
	"fmt"
	"net/http"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/task"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// mailForm is the choice as the page sends it.
type mailForm struct {
	Mode     string `form:"mode"`
	Digest   int    `form:"digest_hour"`
	From     int    `form:"quiet_from"`
	To       int    `form:"quiet_to"`
	Lang     string `form:"lang"`
	Revision int64  `form:"revision"`
}

// addressForm is an address or the code that was sent to it.
type addressForm struct {
	Address string `form:"address"`
	Code    string `form:"code"`
}

func (p *Pages) showMail(w http.ResponseWriter, r *http.Request) error {
	set, err := p.task.MailSetting(r.Context())
	if err != nil {
		return err
	}
	return p.renderMail(w, r, set, nil, mailErrors{}, http.StatusOK)
}

// mailErrors are those of the page's three forms, of which one was sent.
type mailErrors struct{ address, code, choice ui.FormErrors }

// renderMail shows the page; entered is the address or choice that was refused.
func (p *Pages) renderMail(w http.ResponseWriter, r *http.Request, set task.MailSetting, entered *addressForm, e mailErrors, status int) error {
	t := p.shell.T(r)
	v := mailView{T: t, Head: ui.Head{Title: t("task.mail"), Lead: t("task.mail_lead")}, Ready: p.task.MailReady(), Address: set.Address, Pending: set.Pending}
	switch {
	case !v.Ready:
		v.Notes = append(v.Notes, ui.Note{Tone: ui.Warn, Title: t("task.mail_off_title"), Text: t("task.mail_not_set_up")})
	case set.Problem == "refused":
		v.Notes = append(v.Notes, ui.Note{Tone: ui.Bad, Title: t("task.mail_refused_title"), Text: t("task.mail_refused")})
	}
	at := ""
	if entered != nil {
		at = entered.Address
	}
	v.NewAddress = ui.Field{Name: "address", Label: t("task.mail_address"), Hint: t("task.mail_address_hint"), Type: "email", Autocomplete: "email", Required: true, Value: at, Error: e.address.Of("address")}
	v.AddressForm = ui.FormProps{Action: "/tasks/mail/address", Submit: t("task.mail_send_code"), Errors: e.address}
	v.Code = ui.Field{Name: "code", Label: t("task.mail_code"), Hint: t("task.mail_code_hint", set.Pending), Short: true, InputMode: "numeric", Autocomplete: "one-time-code", MaxLength: 6, Required: true, Error: e.code.Of("code")}
	v.CodeForm = ui.FormProps{Action: "/tasks/mail/confirm", Submit: t("task.mail_confirm"), Errors: e.code}
	if set.Address != "" {
		v.Forget = &ui.Action{Label: t("task.mail_forget"), Path: "/tasks/mail/forget", Post: true, Kind: ui.Quiet}
	}
	p.fillChoice(&v, t, set, e.choice)
	return p.shell.Render(w, r, web.Page{
		Title: t("task.mail"), Narrow: true, Status: status,
		Crumbs: []ui.Crumb{{Label: t("task.inbox"), Path: "/tasks"}, {Label: t("task.notices"), Path: "/tasks/notices"}, {Label: t("task.mail")}}, Body: mailPage(v),
	})
}

func (p *Pages) fillChoice(v *mailView, t ui.T, set task.MailSetting, e ui.FormErrors) {
	v.ChoiceForm = ui.FormProps{Action: "/tasks/mail", Submit: t("task.mail_save"), Errors: e, Hidden: []ui.Hidden{{Name: "revision", Value: fmt.Sprint(set.Revision)}}}
	v.Mode = ui.Choice{Field: ui.Field{Name: "mode", Label: t("task.mail_mode"), Error: e.Of("mode")}}
	for _, m := range []task.MailMode{task.MailEach, task.MailDigest, task.MailOff} {
		v.Mode.Options = append(v.Mode.Options, ui.Option{Value: string(m), Label: t("task.mail_mode." + string(m)), Hint: t("task.mail_mode_hint." + string(m)), On: set.Mode == m})
	}
	v.Digest = hourChoice(t, "digest_hour", set.DigestHour, e)
	v.From, v.To = hourChoice(t, "quiet_from", set.QuietFrom, e), hourChoice(t, "quiet_to", set.QuietTo, e)
	v.Lang = ui.Choice{Field: ui.Field{Name: "lang", Label: t("task.mail_lang"), Error: e.Of("lang")}, NoEmpty: true, Options: []ui.Option{
		{Value: string(i18n.Vi), Label: "Tiếng Việt", On: set.Lang == i18n.Vi}, {Value: string(i18n.En), Label: "English", On: set.Lang == i18n.En},
	}}
}

func hourChoice(t ui.T, name string, chosen int, e ui.FormErrors) ui.Choice {
	c := ui.Choice{Field: ui.Field{Name: name, Label: t("task.mail_" + name), Short: true, Error: e.Of(name)}, NoEmpty: true}
	for h := range 24 {
		c.Options = append(c.Options, ui.Option{Value: strconv.Itoa(h), Label: fmt.Sprintf("%02d:00", h), On: h == chosen})
	}
	return c
}

func (p *Pages) changeMail(w http.ResponseWriter, r *http.Request) error {
	var f mailForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	in := task.MailSetting{Mode: task.MailMode(f.Mode), DigestHour: f.Digest, QuietFrom: f.From, QuietTo: f.To, Lang: i18n.Lang(f.Lang), Revision: f.Revision}
	_, err := p.task.ChangeMail(r.Context(), in)
	return p.afterMail(w, r, err, func(now task.MailSetting, e ui.FormErrors, status int) error {
		now.Mode, now.DigestHour, now.QuietFrom, now.QuietTo, now.Lang = in.Mode, in.DigestHour, in.QuietFrom, in.QuietTo, in.Lang // what was typed stays
		return p.renderMail(w, r, now, nil, mailErrors{choice: e}, status)
	})
}

func (p *Pages) askMailAddress(w http.ResponseWriter, r *http.Request) error {
	var f addressForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	_, err := p.task.AskMailAddress(r.Context(), f.Address)
	return p.afterMail(w, r, err, func(now task.MailSetting, e ui.FormErrors, status int) error {
		return p.renderMail(w, r, now, &f, mailErrors{address: e}, status)
	})
}

func (p *Pages) confirmMailAddress(w http.ResponseWriter, r *http.Request) error {
	var f addressForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	_, err := p.task.ConfirmMailAddress(r.Context(), f.Code)
	return p.afterMail(w, r, err, func(now task.MailSetting, e ui.FormErrors, status int) error {
		return p.renderMail(w, r, now, nil, mailErrors{code: e}, status)
	})
}

func (p *Pages) forgetMailAddress(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.task.ForgetMailAddress(r.Context()); err != nil {
		return err
	}
	return web.Redirect(w, r, "/tasks/mail")
}

// afterMail goes back to the page, or shows it again with what was refused. A mail server that does not answer and too
// many codes are refusals too: they belong beside the form.
func (p *Pages) afterMail(w http.ResponseWriter, r *http.Request, err error, again func(now task.MailSetting, e ui.FormErrors, status int) error) error {
	if err == nil {
		return web.Redirect(w, r, "/tasks/mail")
	}
	e, refused := p.shell.Refused(r, err)
	if f := fault.Of(err); !refused && (f.Kind == fault.Unavailable || f.Kind == fault.Limited) {
		e, refused = ui.FormErrors{Text: p.shell.T(r)(f.Code, f.Args...)}, true
	}
	if !refused {
		return err
	}
	now, findErr := p.task.MailSetting(r.Context())
	if findErr != nil {
		return findErr
	}
	return again(now, e, fault.Of(err).Kind.Status())
}

// showMailing is how mail goes, for those who run the platform.
func (p *Pages) showMailing(w http.ResponseWriter, r *http.Request) error {
	return p.renderMailing(w, r, nil, http.StatusOK)
}

func (p *Pages) renderMailing(w http.ResponseWriter, r *http.Request, note *ui.Note, status int) error {
	c, err := p.task.Mailing(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	v := mailingView{Head: ui.Head{Title: t("task.mailing"), Lead: t("task.mailing_lead")}}
	waiting := ui.Tile{Label: t("task.mailing_waiting"), Value: strconv.Itoa(c.Waiting), Icon: ui.IconWaiting}
	if !c.Oldest.IsZero() {
		waiting.Note = t("task.mailing_oldest", i18n.DateTime(c.Oldest))
	}
	sent := ui.Tile{Label: t("task.mailing_sent"), Value: strconv.Itoa(c.Sent), Icon: ui.IconDone}
	if !c.LastSent.IsZero() {
		sent.Note = t("task.mailing_last", i18n.DateTime(c.LastSent))
	}
	failed := ui.Tile{Label: t("task.mailing_failed"), Value: strconv.Itoa(c.Failed), Icon: ui.IconInfo}
	if c.Failed > 0 {
		failed.Tone = ui.Bad
	}
	v.Tiles = []ui.Tile{waiting, sent, failed}
	if note != nil {
		v.Notes = append(v.Notes, *note)
	}
	switch {
	case !p.task.MailReady():
		v.Notes = append(v.Notes, ui.Note{Tone: ui.Warn, Title: t("task.mail_off_title"), Text: t("task.mailing_off")})
	case c.LastProblem != "":
		v.Notes = append(v.Notes, ui.Note{Tone: ui.Warn, Title: t("task.mailing_problem"), Text: t("task.mailing_problem." + c.LastProblem)})
	}
	if p.task.MailReady() {
		v.Head.Actions = append(v.Head.Actions, ui.Action{Label: t("task.mailing_try"), Path: "/tasks/mailing/try", Post: true, Kind: ui.Primary})
		if c.Failed > 0 && access.ActorOf(r.Context()).Can(access.SettingsChange) {
			v.Head.Actions = append(v.Head.Actions, ui.Action{Label: t("task.mailing_retry"), Path: "/tasks/mailing/retry", Post: true})
		}
	}
	return p.shell.Render(w, r, web.Page{Title: t("task.mailing"), Status: status, Crumbs: []ui.Crumb{{Label: t("task.mailing")}}, Body: mailingPage(v)})
}

func (p *Pages) tryMail(w http.ResponseWriter, r *http.Request) error {
	err := p.task.TryMail(r.Context())
	t := p.shell.T(r)
	if err == nil {
		return p.renderMailing(w, r, &ui.Note{Tone: ui.Good, Title: t("task.mailing_tried"), Text: t("task.mailing_tried_text")}, http.StatusOK)
	}
	f := fault.Of(err)
	if f.Kind != fault.Unavailable && f.Kind != fault.Conflict {
		return err
	}
	return p.renderMailing(w, r, &ui.Note{Tone: ui.Bad, Title: t("task.mailing_not_tried"), Text: t(f.Code, f.Args...)}, f.Kind.Status())
}

func (p *Pages) retryMail(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.task.RetryMail(r.Context()); err != nil {
		return err
	}
	return web.Redirect(w, r, "/tasks/mailing")
}

package accountweb

import (
	"net/http"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/account/sso"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// gateView is what the sign-in page offers besides name and password.
type gateView struct {
	Next      string
	Providers []ui.Action
	Passkey   account.Ceremony
}

func (p *Pages) gate(r *http.Request, next string) (gateView, error) {
	v := gateView{Next: next}
	for _, one := range p.account.Providers {
		path := "/sign-in/sso/" + one.Key
		if next != "/" {
			path += "?" + queryOf("next", next)
		}
		v.Providers = append(v.Providers, ui.Action{Label: p.shell.T(r)("account.sso_enter", nameOf(r, one)), Path: path, Icon: ui.IconAgency})
	}
	if !p.account.Passkeys() {
		return v, nil
	}
	var err error
	v.Passkey, err = p.account.BeginPasskeySignIn()
	return v, err
}

func nameOf(r *http.Request, c sso.Config) string {
	if i18n.LangOf(r.Context()) == i18n.En && c.Name.En != "" {
		return c.Name.En
	}
	return c.Name.Vi
}

// flowCookie binds a single sign-on to this browser. It must come along when the provider sends the browser back, so it
// is not stricter than Lax.
func (p *Pages) flowCookie(value string) *http.Cookie {
	c := &http.Cookie{Name: p.account.CookieName() + "-sso", Value: value, Path: "/", MaxAge: int(account.FlowLife / time.Second), HttpOnly: true, Secure: p.account.HTTPS, SameSite: http.SameSiteLaxMode}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// beginSSO sends the browser to the provider. It keeps nothing here, so it may be a plain link: the content security
// policy would not let a form lead to another site.
func (p *Pages) beginSSO(w http.ResponseWriter, r *http.Request) error {
	next := web.SafePath(r.URL.Query().Get("next"))
	going, err := p.account.BeginSSO(r.Context(), r.PathValue("provider"), next)
	if err != nil {
		return p.refusedSSO(w, r, err, next)
	}
	http.SetCookie(w, p.flowCookie(going.Cookie))
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, going.URL, http.StatusSeeOther)
	return nil
}

// finishSSO takes the browser back from the provider.
func (p *Pages) finishSSO(w http.ResponseWriter, r *http.Request) error {
	q, cookie := r.URL.Query(), ""
	if c, err := r.Cookie(p.account.CookieName() + "-sso"); err == nil {
		cookie = c.Value
	}
	http.SetCookie(w, p.flowCookie(""))
	w.Header().Set("Cache-Control", "no-store")
	answer := sso.Answer{Code: q.Get("code"), State: q.Get("state"), Issuer: q.Get("iss"), Error: q.Get("error")}
	if len(q["code"]) > 1 || len(q["state"]) > 1 || len(q["iss"]) > 1 { // T26: which one would count?
		answer = sso.Answer{}
	}
	came, err := p.account.FinishSSO(r.Context(), r.PathValue("provider"), cookie, answer, fromOf(r))
	switch {
	case err != nil:
		return p.refusedSSO(w, r, err, "/")
	case came.Linked:
		return web.Redirect(w, r, "/me#identities")
	case came.Ticket != "":
		return p.renderCode(w, r, codeForm{Ticket: came.Ticket, Next: web.SafePath(came.Next)}, ui.FormErrors{}, http.StatusOK)
	}
	return p.enter(w, r, came.Signed, web.SafePath(came.Next))
}

// refusedSSO shows a refusal where the person stands: on the sign-in page, or on one's own.
func (p *Pages) refusedSSO(w http.ResponseWriter, r *http.Request, err error, next string) error {
	e, status, refused := p.refusedWay(r, err)
	if !refused {
		return err
	}
	if access.ActorOf(r.Context()).Type == access.User {
		return p.renderOwn(w, r, e, status)
	}
	return p.renderSignIn(w, r, signInForm{Next: next}, e, status)
}

// refusedWay is what a form says of a way in that is refused, whatever kind of refusal it is.
func (p *Pages) refusedWay(r *http.Request, err error) (ui.FormErrors, int, bool) {
	if err == nil {
		return ui.FormErrors{}, 0, false
	}
	if e, refused := p.shell.Refused(r, err); refused {
		return e, fault.Of(err).Kind.Status(), true
	}
	f := fault.Of(err)
	switch f.Kind {
	case fault.Unauthenticated, fault.Denied, fault.Limited, fault.Unavailable:
		return ui.FormErrors{Text: p.shell.T(r)(f.Code, f.Args...)}, f.Kind.Status(), true
	}
	return ui.FormErrors{}, 0, false
}

type confirmForm struct {
	Name string `form:"name"`
	Old  string `form:"old"`
	Code string `form:"code"`
}

func (p *Pages) showLinkIdentity(w http.ResponseWriter, r *http.Request) error {
	return p.renderLinkIdentity(w, r, ui.FormErrors{}, http.StatusOK)
}

func (p *Pages) renderLinkIdentity(w http.ResponseWriter, r *http.Request, e ui.FormErrors, status int) error {
	one, err := p.providerOf(r)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	v := confirmView{T: t, Head: ui.Head{Title: t("account.identity_link"), Lead: t("account.identity_link_lead", nameOf(r, one))},
		Action: "/me/identities/" + one.Key, Submit: t("account.next"), Errors: e, Code: true}
	return p.shell.Render(w, r, web.Page{Title: v.Head.Title, Crumbs: ownCrumbs(t, v.Head.Title), Narrow: true, Status: status, Body: confirmPage(v)})
}

func ownCrumbs(t ui.T, title string) []ui.Crumb {
	return []ui.Crumb{{Label: t("account.me"), Path: "/me"}, {Label: title}}
}

func (p *Pages) providerOf(r *http.Request) (sso.Config, error) {
	for _, one := range p.account.Providers {
		if one.Key == r.PathValue("provider") {
			return one, nil
		}
	}
	return sso.Config{}, fault.New(fault.NotFound, "account.provider_unknown")
}

// linkIdentity shows the way to the provider as a link, for the reason of beginSSO.
func (p *Pages) linkIdentity(w http.ResponseWriter, r *http.Request) error {
	var f confirmForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	one, err := p.providerOf(r)
	if err != nil {
		return err
	}
	going, err := p.account.BeginLink(r.Context(), one.Key, f.Old, f.Code, fromOf(r))
	if e, status, refused := p.refusedWay(r, err); refused {
		return p.renderLinkIdentity(w, r, e, status)
	}
	if err != nil {
		return err
	}
	http.SetCookie(w, p.flowCookie(going.Cookie))
	t, name := p.shell.T(r), nameOf(r, one)
	head := ui.Head{Title: t("account.identity_link"), Lead: t("account.identity_leave", name)}
	return p.shell.Render(w, r, web.Page{Title: head.Title, Crumbs: ownCrumbs(t, head.Title), Narrow: true,
		Body: leavePage(head, ui.Action{Label: t("account.identity_onward", name), Path: going.URL, Icon: ui.IconOpen, Kind: ui.Primary})})
}

func (p *Pages) unlinkIdentity(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Issuer string `form:"issuer"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	err := p.account.Unlink(r.Context(), f.Issuer)
	if e, status, refused := p.refusedWay(r, err); refused {
		return p.renderOwn(w, r, e, status)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/me#identities")
}

// linkAs links an identity to somebody's account.
func (p *Pages) linkAs(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Provider string `form:"provider"`
		Subject  string `form:"subject"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	_, err := p.account.LinkAs(r.Context(), r.PathValue("id"), f.Provider, f.Subject)
	done, err := p.proposed(w, r, err, account.Ask{Kind: account.ProposeLink, Account: r.PathValue("id"), Provider: f.Provider, Subject: f.Subject})
	if done {
		return err
	}
	if e, refused := p.shell.Refused(r, err); refused {
		return p.renderAccount(w, r, nil, e, fault.Of(err).Kind.Status())
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/account/"+r.PathValue("id")+"#identities")
}

func (p *Pages) unlinkAs(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Issuer string `form:"issuer"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	if _, err := p.account.UnlinkAs(r.Context(), r.PathValue("id"), f.Issuer); err != nil {
		return err
	}
	return web.Redirect(w, r, "/account/"+r.PathValue("id")+"#identities")
}

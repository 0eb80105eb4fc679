package accountweb

import (
	"net/http"
	"net/netip"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

type signInForm struct {
	Username string `form:"username"`
	Password string `form:"password"`
	Next     string `form:"next"`
}

func (p *Pages) showSignIn(w http.ResponseWriter, r *http.Request) error {
	next := web.SafePath(r.URL.Query().Get("next"))
	if access.ActorOf(r.Context()).Type == access.User {
		return web.Redirect(w, r, next)
	}
	if needed, err := p.account.NeedsSetUp(r.Context()); err != nil {
		return err
	} else if needed {
		return web.Redirect(w, r, "/set-up")
	}
	return p.renderSignIn(w, r, signInForm{Next: next}, ui.FormErrors{}, http.StatusOK)
}

func (p *Pages) renderSignIn(w http.ResponseWriter, r *http.Request, f signInForm, e ui.FormErrors, status int) error {
	t := p.shell.T(r)
	v, err := p.gate(r, f.Next)
	if err != nil {
		return err
	}
	return p.shell.Render(w, r, web.Page{Title: t("account.sign_in"), Lead: t("account.sign_in_lead"), Gate: true, Status: status, Body: signInBody(t, f, v, e)})
}

func (p *Pages) signIn(w http.ResponseWriter, r *http.Request) error {
	var f signInForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	f.Next = web.SafePath(f.Next)
	got, ticket, err := p.account.FirstStep(r.Context(), f.Username, f.Password, fromOf(r))
	if e, status, refused := p.refusedSignIn(r, err); refused {
		return p.renderSignIn(w, r, f, e, status)
	}
	if err != nil {
		return err
	}
	if ticket != "" {
		return p.renderCode(w, r, codeForm{Ticket: ticket, Next: f.Next}, ui.FormErrors{}, http.StatusOK)
	}
	return p.enter(w, r, got, f.Next)
}

// refusedSignIn is what the form says of a refused step: one sentence, whatever was wrong.
func (p *Pages) refusedSignIn(r *http.Request, err error) (ui.FormErrors, int, bool) {
	f := fault.Of(err)
	if f == nil || f.Kind != fault.Unauthenticated && f.Kind != fault.Limited {
		return ui.FormErrors{}, 0, false
	}
	return ui.FormErrors{Text: p.shell.T(r)(f.Code)}, f.Kind.Status(), true
}

type codeForm struct {
	Ticket string `form:"ticket"`
	Code   string `form:"code"`
	Next   string `form:"next"`
}

// beginAgain stands where the second step would be: it cannot be reached by its address.
func (p *Pages) beginAgain(w http.ResponseWriter, r *http.Request) error {
	return web.Redirect(w, r, "/sign-in")
}

func (p *Pages) renderCode(w http.ResponseWriter, r *http.Request, f codeForm, e ui.FormErrors, status int) error {
	t := p.shell.T(r)
	return p.shell.Render(w, r, web.Page{Title: t("account.code"), Lead: t("account.code_lead"), Gate: true, Status: status, Body: codeBody(t, f, e)})
}

func (p *Pages) signInCode(w http.ResponseWriter, r *http.Request) error {
	var f codeForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	f.Next = web.SafePath(f.Next)
	got, err := p.account.SecondStep(r.Context(), f.Ticket, f.Code, fromOf(r))
	if e, status, refused := p.refusedSignIn(r, err); refused {
		if fault.Is(err, "account.step_expired") {
			return p.renderSignIn(w, r, signInForm{Next: f.Next}, e, status)
		}
		return p.renderCode(w, r, f, e, status)
	}
	if err != nil {
		return err
	}
	return p.enter(w, r, got, f.Next)
}

// enter gives the browser its new session and ends the one that it brought along (T25).
func (p *Pages) enter(w http.ResponseWriter, r *http.Request, got account.Signed, next string) error {
	if old := p.account.TokenOf(r); old != "" {
		if err := p.account.SignOut(r.Context(), old); err != nil {
			return err
		}
	}
	http.SetCookie(w, p.cookie(got.Token.Reveal(), got.Expires))
	if got.Account.NeedsSecond() && !got.Strong {
		next = "/me/second-factor"
	}
	return web.Redirect(w, r, next)
}

// cookie of a session; an empty token takes it away.
func (p *Pages) cookie(token string, expires time.Time) *http.Cookie {
	c := &http.Cookie{
		Name: p.account.CookieName(), Value: token, Path: "/", Expires: expires, HttpOnly: true, Secure: p.account.HTTPS, SameSite: http.SameSiteLaxMode,
	}
	if token == "" {
		c.MaxAge = -1
	}
	return c
}

// fromOf is the socket's address; an address that a caller names in headers is never believed.
func fromOf(r *http.Request) account.From {
	at, _ := netip.ParseAddrPort(r.RemoteAddr) // zero when unknown
	return account.From{Address: at.Addr().Unmap(), Agent: r.UserAgent()}
}

func (p *Pages) signOut(w http.ResponseWriter, r *http.Request) error {
	if token := p.account.TokenOf(r); token != "" {
		if err := p.account.SignOut(r.Context(), token); err != nil {
			return err
		}
	}
	http.SetCookie(w, p.cookie("", time.Unix(0, 0)))
	return web.Redirect(w, r, "/sign-in")
}

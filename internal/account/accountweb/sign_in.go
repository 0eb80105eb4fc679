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
	Code     string `form:"code"`
	Next     string `form:"next"`
}

func (p *Pages) showSignIn(w http.ResponseWriter, r *http.Request) error {
	if access.ActorOf(r.Context()).Type == access.User {
		return web.Redirect(w, r, "/")
	}
	return p.renderSignIn(w, r, signInForm{Next: r.URL.Query().Get("next")}, ui.FormErrors{}, http.StatusOK)
}

func (p *Pages) renderSignIn(w http.ResponseWriter, r *http.Request, f signInForm, e ui.FormErrors, status int) error {
	t := p.shell.T(r)
	return p.shell.Render(w, r, web.Page{Title: t("account.sign_in"), Lead: t("account.sign_in_lead"), Gate: true, Status: status, Body: signInBody(t, f, e)})
}

func (p *Pages) signIn(w http.ResponseWriter, r *http.Request) error {
	var f signInForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	got, err := p.account.SignIn(r.Context(), f.Username, f.Password, f.Code, addressOf(r))
	if fl := fault.Of(err); fl != nil && (fl.Kind == fault.Unauthenticated || fl.Kind == fault.Limited) {
		e := ui.FormErrors{Text: p.shell.T(r)(fl.Code)}
		return p.renderSignIn(w, r, f, e, fl.Kind.Status())
	}
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{
		Name: p.account.CookieName(), Value: got.Token.Reveal(), Path: "/", Expires: got.Expires, HttpOnly: true, Secure: p.account.HTTPS, SameSite: http.SameSiteLaxMode,
	})
	if got.Account.NeedsSecond() && !got.Strong {
		return web.Redirect(w, r, "/me/second-factor")
	}
	return web.Redirect(w, r, web.SafePath(f.Next))
}

// addressOf is the socket's address; what a caller says of itself in headers is never believed.
func addressOf(r *http.Request) netip.Addr {
	at, _ := netip.ParseAddrPort(r.RemoteAddr) // zero when unknown
	return at.Addr().Unmap()
}

func (p *Pages) signOut(w http.ResponseWriter, r *http.Request) error {
	if token := p.account.TokenOf(r); token != "" {
		if err := p.account.SignOut(r.Context(), token); err != nil {
			return err
		}
	}
	http.SetCookie(w, &http.Cookie{Name: p.account.CookieName(), Path: "/", Expires: time.Unix(0, 0), MaxAge: -1, HttpOnly: true, Secure: p.account.HTTPS, SameSite: http.SameSiteLaxMode})
	return web.Redirect(w, r, "/sign-in")
}

type setUpForm struct {
	Token    string `form:"token" json:"token"`
	Username string `form:"username" json:"username"`
	FullName string `form:"full_name" json:"full_name"`
	Password string `form:"password" json:"password"`
}

func (p *Pages) showSetUp(w http.ResponseWriter, r *http.Request) error {
	return p.renderSetUp(w, r, setUpForm{}, ui.FormErrors{}, http.StatusOK)
}

func (p *Pages) renderSetUp(w http.ResponseWriter, r *http.Request, f setUpForm, e ui.FormErrors, status int) error {
	t := p.shell.T(r)
	return p.shell.Render(w, r, web.Page{Title: t("account.set_up"), Lead: t("account.set_up_lead"), Gate: true, Status: status, Body: setUpBody(t, f, e)})
}

func (p *Pages) setUp(w http.ResponseWriter, r *http.Request) error {
	var f setUpForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	_, err := p.account.SetUp(r.Context(), f.Token, f.Username, f.FullName, f.Password)
	if fl := fault.Of(err); fl != nil && fl.Code == "account.link_invalid" {
		return p.renderSetUp(w, r, f, ui.FormErrors{Text: p.shell.T(r)(fl.Code)}, http.StatusForbidden)
	}
	if e, refused := p.shell.Refused(r, err); refused {
		return p.renderSetUp(w, r, f, e, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/sign-in")
}

func (p *Pages) showLink(w http.ResponseWriter, r *http.Request) error {
	return p.renderLink(w, r, ui.FormErrors{}, http.StatusOK)
}

func (p *Pages) renderLink(w http.ResponseWriter, r *http.Request, e ui.FormErrors, status int) error {
	t := p.shell.T(r)
	return p.shell.Render(w, r, web.Page{Title: t("account.link"), Lead: t("account.link_lead"), Gate: true, Status: status, Body: linkForm(t, r.URL.Path, e)})
}

func (p *Pages) takeLink(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Password string `form:"password"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	err := p.account.TakeLink(r.Context(), r.PathValue("token"), f.Password)
	if fl := fault.Of(err); fl != nil && fl.Code == "account.link_invalid" {
		return p.renderLink(w, r, ui.FormErrors{Text: p.shell.T(r)(fl.Code)}, http.StatusForbidden)
	}
	if e, refused := p.shell.Refused(r, err); refused {
		return p.renderLink(w, r, e, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/sign-in")
}

// own.go's pages share the account of whoever is signed in.
func ownPairs(t ui.T, a *account.Account, agency string, roles []string) []ui.Pair {
	state := ui.State{Label: t("account.two_factor_off"), Tone: ui.Warn}
	if a.TwoFactor {
		state = ui.State{Label: t("account.two_factor_on"), Tone: ui.Good}
	}
	pairs := []ui.Pair{
		{Name: t("account.username"), Value: ui.Mono(a.Username)}, {Name: t("account.full_name"), Text: a.FullName}, {Name: t("account.agency"), Text: agency},
		{Name: t("account.roles"), Value: ui.Stack(texts(roles)...)}, {Name: t("account.two_factor"), Value: ui.Badge(state)},
	}
	if !a.LastSignIn.IsZero() {
		pairs = append(pairs, ui.Pair{Name: t("account.last_sign_in"), Value: ui.Moment(a.LastSignIn)})
	}
	if !a.ValidTo.IsZero() {
		pairs = append(pairs, ui.Pair{Name: t("account.valid_to"), Value: ui.Day(a.ValidTo)})
	}
	return pairs
}

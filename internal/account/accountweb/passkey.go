package accountweb

import (
	"net/http"
	"net/url"

	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

func queryOf(name, value string) string { return url.Values{name: {value}}.Encode() }

func (p *Pages) signInByPasskey(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Ticket   string `form:"ticket"`
		Response string `form:"response"`
		Next     string `form:"next"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	f.Next = web.SafePath(f.Next)
	got, err := p.account.SignInByPasskey(r.Context(), f.Ticket, f.Response, fromOf(r))
	if e, status, refused := p.refusedWay(r, err); refused {
		return p.renderSignIn(w, r, signInForm{Next: f.Next}, e, status)
	}
	if err != nil {
		return err
	}
	return p.enter(w, r, got, f.Next)
}

func (p *Pages) showNewPasskey(w http.ResponseWriter, r *http.Request) error {
	return p.renderNewPasskey(w, r, "", ui.FormErrors{}, http.StatusOK)
}

func (p *Pages) renderNewPasskey(w http.ResponseWriter, r *http.Request, name string, e ui.FormErrors, status int) error {
	a, err := p.account.Own(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	v := confirmView{T: t, Head: ui.Head{Title: t("account.passkey_add"), Lead: t("account.passkey_add_lead")}, Action: "/me/passkeys/new", Submit: t("account.next"),
		Errors: e, Code: a.TwoFactor, Named: true, Name: name}
	return p.shell.Render(w, r, web.Page{Title: v.Head.Title, Crumbs: ownCrumbs(t, v.Head.Title), Narrow: true, Status: status, Body: confirmPage(v)})
}

func (p *Pages) beginPasskey(w http.ResponseWriter, r *http.Request) error {
	var f confirmForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	c, err := p.account.BeginPasskey(r.Context(), f.Name, f.Old, f.Code, fromOf(r))
	if e, status, refused := p.refusedWay(r, err); refused {
		return p.renderNewPasskey(w, r, f.Name, e, status)
	}
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	head := ui.Head{Title: t("account.passkey_add"), Lead: t("account.passkey_make_lead")}
	return p.shell.Render(w, r, web.Page{Title: head.Title, Crumbs: ownCrumbs(t, head.Title), Narrow: true, Body: createPasskeyPage(t, head, c.Options, c.Ticket)})
}

func (p *Pages) addPasskey(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Ticket   string `form:"ticket"`
		Response string `form:"response"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	_, err := p.account.AddPasskey(r.Context(), f.Ticket, f.Response)
	if e, status, refused := p.refusedWay(r, err); refused {
		return p.renderNewPasskey(w, r, "", e, status)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/me#passkeys")
}

func (p *Pages) removePasskey(w http.ResponseWriter, r *http.Request) error {
	err := p.account.RemovePasskey(r.Context(), r.PathValue("id"))
	if e, status, refused := p.refusedWay(r, err); refused {
		return p.renderOwn(w, r, e, status)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/me#passkeys")
}

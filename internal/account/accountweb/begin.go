package accountweb

import (
	"net/http"

	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

type setUpForm struct {
	Token    string `form:"token" json:"token"`
	Username string `form:"username" json:"username"`
	FullName string `form:"full_name" json:"full_name"`
	Password string `form:"password" json:"password"`
}

func (p *Pages) showSetUp(w http.ResponseWriter, r *http.Request) error {
	if needed, err := p.account.NeedsSetUp(r.Context()); err != nil {
		return err
	} else if !needed {
		return web.Redirect(w, r, "/sign-in")
	}
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
	if e, status, refused := p.refusedLink(r, err); refused {
		return p.renderSetUp(w, r, f, e, status)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/sign-in")
}

// refusedLink is a refusal that the form shows: a wrong token too, which is no fault of a field.
func (p *Pages) refusedLink(r *http.Request, err error) (ui.FormErrors, int, bool) {
	if err == nil {
		return ui.FormErrors{}, 0, false
	}
	f := fault.Of(err)
	if f.Code == "account.link_invalid" {
		return ui.FormErrors{Text: p.shell.T(r)(f.Code)}, f.Kind.Status(), true
	}
	e, refused := p.shell.Refused(r, err)
	return e, f.Kind.Status(), refused
}

func (p *Pages) showLink(w http.ResponseWriter, r *http.Request) error {
	return p.renderLink(w, r, ui.FormErrors{}, http.StatusOK)
}

// renderLink shows whose password is set; a link that does not work gets no form.
func (p *Pages) renderLink(w http.ResponseWriter, r *http.Request, e ui.FormErrors, status int) error {
	t := p.shell.T(r)
	page := web.Page{Title: t("account.link"), Lead: t("account.link_lead"), Gate: true, Status: status}
	a, err := p.account.LinkHolder(r.Context(), r.PathValue("token"))
	switch {
	case fault.Is(err, "account.link_invalid"):
		page.Lead, page.Status = "", http.StatusForbidden
		page.Body = ui.Alert(ui.Note{Tone: ui.Bad, Title: t("account.link_dead"), Text: t("account.link_invalid")})
	case err != nil:
		return err
	default:
		page.Body = linkForm(t, "/password/"+r.PathValue("token"), a.Username, e)
	}
	return p.shell.Render(w, r, page)
}

func (p *Pages) takeLink(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Password string `form:"password"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	err := p.account.TakeLink(r.Context(), r.PathValue("token"), f.Password)
	if e, status, refused := p.refusedLink(r, err); refused {
		return p.renderLink(w, r, e, status)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/sign-in")
}

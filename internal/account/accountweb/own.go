package accountweb

import (
	"net/http"

	"github.com/a-h/templ"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

func texts(lines []string) []templ.Component {
	out := make([]templ.Component, len(lines))
	for i, l := range lines {
		out[i] = ui.Text(l)
	}
	return out
}

func roleNames(t ui.T, roles []access.Role) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = t(web.RoleKey(r))
	}
	return out
}

func (p *Pages) showOwn(w http.ResponseWriter, r *http.Request) error {
	return p.renderOwn(w, r, ui.FormErrors{}, http.StatusOK)
}

func (p *Pages) renderOwn(w http.ResponseWriter, r *http.Request, e ui.FormErrors, status int) error {
	a, err := p.account.Own(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	v := ownView{T: t, Head: ui.Head{Title: t("account.me")}, Errors: e, Facts: ownPairs(t, a, p.agency(r.Context(), a.Agency), roleNames(t, a.Roles))}
	if !a.TwoFactor {
		v.Head.Actions = []ui.Action{{Label: t("account.enrol"), Path: "/me/second-factor", Icon: ui.IconLocked, Kind: ui.Primary}}
	}
	return p.shell.Render(w, r, web.Page{Title: t("account.me"), Crumbs: []ui.Crumb{{Label: t("account.me")}}, Narrow: true, Status: status, Body: ownPage(v)})
}

func (p *Pages) changePassword(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Old      string `form:"old"`
		Password string `form:"password"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	err := p.account.ChangePassword(r.Context(), f.Old, f.Password)
	if e, refused := p.shell.Refused(r, err); refused {
		return p.renderOwn(w, r, e, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/sign-in")
}

func (p *Pages) showEnrol(w http.ResponseWriter, r *http.Request) error {
	key, err := p.account.BeginEnrol(r.Context())
	if err != nil {
		return err
	}
	return p.renderEnrol(w, r, key, ui.FormErrors{}, http.StatusOK)
}

func (p *Pages) renderEnrol(w http.ResponseWriter, r *http.Request, key account.Enrolment, e ui.FormErrors, status int) error {
	a, err := p.account.Own(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	v := enrolView{T: t, Head: ui.Head{Title: t("account.enrol"), Lead: t("account.enrol_lead")}, Key: key.Secret, Ticket: key.Ticket, Address: account.OTPAuth(p.issuer, a.Username, key.Secret), Errors: e,
		Needed: a.NeedsSecond() && !a.TwoFactor}
	return p.shell.Render(w, r, web.Page{Title: t("account.enrol"), Crumbs: []ui.Crumb{{Label: t("account.me"), Path: "/me"}, {Label: t("account.enrol")}}, Narrow: true, Status: status, Body: enrolPage(v)})
}

func (p *Pages) enrol(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Ticket string `form:"ticket"`
		Code   string `form:"code"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	codes, err := p.account.Enrol(r.Context(), f.Ticket, f.Code)
	if e, refused := p.shell.Refused(r, err); refused && fault.Is(err, "account.code_wrong") {
		key, err := p.account.ResumeEnrol(r.Context(), f.Ticket)
		if err != nil {
			return err
		}
		return p.renderEnrol(w, r, key, e, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	return p.shell.Render(w, r, web.Page{Title: t("account.recovery"), Crumbs: []ui.Crumb{{Label: t("account.recovery")}}, Narrow: true,
		Body: recoveryPage(t, ui.Head{Title: t("account.recovery"), Lead: t("account.recovery_lead")}, codes)})
}

func monos(lines []string) []templ.Component {
	out := make([]templ.Component, len(lines))
	for i, l := range lines {
		out[i] = ui.Mono(l)
	}
	return out
}

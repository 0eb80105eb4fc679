package accountweb

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// roleNames is the roles in words, one after the other.
func roleNames(t ui.T, roles []access.Role) string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = t(web.RoleKey(r))
	}
	return strings.Join(out, ", ")
}

// factsOf is what stands on one's own page and on the administrator's. keys is how many passkeys the account has.
func factsOf(t ui.T, a *account.Account, agency string, keys int) []ui.Pair {
	second := ui.State{Label: t("account.two_factor_off"), Tone: ui.Warn}
	switch {
	case a.TwoFactor && keys > 0:
		second = ui.State{Label: t("account.two_factor_both", keys), Tone: ui.Good}
	case a.TwoFactor:
		second = ui.State{Label: t("account.two_factor_on"), Tone: ui.Good}
	case keys > 0:
		second = ui.State{Label: t("account.two_factor_key", keys), Tone: ui.Good}
	}
	pairs := []ui.Pair{
		{Name: t("account.username"), Value: ui.Mono(a.Username)}, {Name: t("account.full_name"), Text: a.FullName}, {Name: t("account.agency"), Text: agency},
		{Name: t("account.roles"), Text: roleNames(t, a.Roles)}, {Name: t("account.two_factor"), Value: ui.Badge(second)},
		{Name: t("account.last_sign_in"), Value: ui.Moment(a.LastSignIn)},
	}
	if !a.ValidTo.IsZero() {
		pairs = append(pairs, ui.Pair{Name: t("account.valid_to"), Value: ui.Moment(a.ValidTo)})
	}
	if a.Sponsor != "" {
		pairs = append(pairs, ui.Pair{Name: t("account.sponsor"), Text: a.Sponsor}, ui.Pair{Name: t("account.commitment"), Text: a.Commitment})
	}
	return pairs
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
	ways, err := p.ways(r, a)
	if err != nil {
		return err
	}
	v := ownView{T: t, Head: ui.Head{Title: t("account.me")}, Errors: e, Ways: ways, Facts: factsOf(t, a, p.agency(r.Context(), a.Agency), len(ways.Keys.Rows))}
	if a.TwoFactor {
		v.Facts = append(v.Facts, ui.Pair{Name: t("account.recovery"), Text: t("account.recovery_left", a.Recovery)})
	} else {
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
		return p.renderOwn(w, r, e, fault.Of(err).Kind.Status())
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/sign-in")
}

func (p *Pages) showEnrol(w http.ResponseWriter, r *http.Request) error {
	key, err := p.account.BeginEnrol(r.Context())
	if fault.Is(err, "account.second_factor_set") {
		return web.Redirect(w, r, "/me")
	}
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
	address := account.OTPAuth(p.issuer, a.Username, key.Secret)
	picture, err := newQR(address)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	v := enrolView{T: t, Head: ui.Head{Title: t("account.enrol"), Lead: t("account.enrol_lead")}, Key: key.Secret, Ticket: key.Ticket, Address: address, Picture: picture, Errors: e,
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

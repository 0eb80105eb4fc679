package accountweb

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

func (p *Pages) listAccounts(w http.ResponseWriter, r *http.Request) error {
	text := r.URL.Query().Get("q")
	all, err := p.account.List(r.Context(), account.Filter{Text: text})
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	table := ui.TableProps{
		Caption: t("account.menu"),
		Columns: []ui.Column{{Label: t("account.full_name")}, {Label: t("account.agency")}, {Label: t("account.roles")}, {Label: t("account.state")}, {Label: t("account.last_sign_in")}},
		Empty:   ui.Empty{Icon: ui.IconAccounts, Title: t("account.none")},
	}
	for _, a := range all {
		last := ui.Muted("–")
		if !a.LastSignIn.IsZero() {
			last = ui.Moment(a.LastSignIn)
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{
			ui.LinkTwo(a.FullName, "/account/"+a.ID, a.Username), ui.Text(p.agency(r.Context(), a.Agency)), ui.Stack(texts(roleNames(t, a.Roles))...),
			ui.Badge(stateOf(t, a)), last,
		}})
	}
	head := ui.Head{Title: t("account.menu"), Lead: t("account.list_lead")}
	if access.ActorOf(r.Context()).Can(access.AccountChange) {
		head.Actions = []ui.Action{{Label: t("account.new"), Path: "/account/new", Icon: ui.IconAdd, Kind: ui.Primary}}
	}
	return p.shell.Render(w, r, web.Page{Title: t("account.menu"), Crumbs: []ui.Crumb{{Label: t("account.menu")}}, Body: accountsPage(t, head, text, table)})
}

func stateOf(t ui.T, a *account.Account) ui.State {
	if a.Active {
		return ui.State{Label: t("account.active"), Tone: ui.Good}
	}
	return ui.State{Label: t("account.inactive"), Tone: ui.Neutral}
}

type accountForm struct {
	Username   string   `form:"username"`
	FullName   string   `form:"full_name"`
	Agency     string   `form:"agency"`
	Roles      []string `form:"roles"`
	ValidTo    string   `form:"valid_to"`
	Sponsor    string   `form:"sponsor"`
	Commitment string   `form:"commitment"`
}

func (f accountForm) roles() []access.Role {
	out := make([]access.Role, len(f.Roles))
	for i, r := range f.Roles {
		out[i] = access.Role(r)
	}
	return out
}

// rolesOf are the roles that people can hold, as choices.
func rolesOf(t ui.T) []ui.Option {
	var out []ui.Option
	for _, r := range access.AllRoles() {
		if r != access.SystemAccount && r != access.SystemJob {
			out = append(out, ui.Option{Value: string(r), Label: t(web.RoleKey(r))})
		}
	}
	return out
}

func (p *Pages) newAccount(w http.ResponseWriter, r *http.Request) error {
	return p.renderNew(w, r, accountForm{}, ui.FormErrors{}, http.StatusOK)
}

func (p *Pages) renderNew(w http.ResponseWriter, r *http.Request, f accountForm, e ui.FormErrors, status int) error {
	t := p.shell.T(r)
	return p.shell.Render(w, r, web.Page{Title: t("account.new"), Crumbs: []ui.Crumb{{Label: t("account.menu"), Path: "/account"}, {Label: t("account.new")}},
		Narrow: true, Status: status, Body: newAccountPage(t, f, e, rolesOf(t))})
}

func (p *Pages) createAccount(w http.ResponseWriter, r *http.Request) error {
	var f accountForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	n := account.New{Username: f.Username, FullName: f.FullName, Agency: f.Agency, Roles: f.roles(), Sponsor: f.Sponsor, Commitment: f.Commitment}
	if f.ValidTo != "" {
		if day, err := time.ParseInLocation(time.DateOnly, f.ValidTo, i18n.Zone); err == nil {
			n.ValidTo = day.AddDate(0, 0, 1)
		}
	}
	_, token, err := p.account.Create(r.Context(), n)
	if e, refused := p.shell.Refused(r, err); refused {
		return p.renderNew(w, r, f, e, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return p.renderLinkOnce(w, r, token.Reveal())
}

// renderLinkOnce shows a one-time link, once.
func (p *Pages) renderLinkOnce(w http.ResponseWriter, r *http.Request, token string) error {
	t := p.shell.T(r)
	scheme := "http://"
	if p.account.HTTPS {
		scheme = "https://"
	}
	return p.shell.Render(w, r, web.Page{Title: t("account.one_time_link"), Crumbs: []ui.Crumb{{Label: t("account.menu"), Path: "/account"}, {Label: t("account.one_time_link")}},
		Narrow: true, Body: oncePage(t, ui.Head{Title: t("account.one_time_link"), Lead: t("account.one_time_lead")}, scheme+r.Host+"/password/"+token)})
}

func (p *Pages) showAccount(w http.ResponseWriter, r *http.Request) error {
	return p.renderAccount(w, r, ui.FormErrors{}, http.StatusOK)
}

func (p *Pages) renderAccount(w http.ResponseWriter, r *http.Request, e ui.FormErrors, status int) error {
	a, err := p.account.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	t, who := p.shell.T(r), access.ActorOf(r.Context())
	state := stateOf(t, a)
	v := accountView{T: t, Head: ui.Head{Eyebrow: a.Username, Title: a.FullName, State: &state}, Errors: e, ID: a.ID,
		Facts: ownPairs(t, a, p.agency(r.Context(), a.Agency), roleNames(t, a.Roles)), MayChange: who.Can(access.AccountChange) && who.ID != a.ID, Roles: rolesOf(t)}
	for i := range v.Roles {
		for _, held := range a.Roles {
			v.Roles[i].On = v.Roles[i].On || v.Roles[i].Value == string(held)
		}
	}
	if v.MayChange {
		active := ui.Action{Label: t("account.disable"), Path: "/account/" + a.ID + "/active", Post: true, Kind: ui.Danger, Confirm: t("account.disable_confirm"), Fields: []ui.Hidden{{Name: "active", Value: "0"}}}
		if !a.Active {
			active = ui.Action{Label: t("account.enable"), Path: "/account/" + a.ID + "/active", Post: true, Fields: []ui.Hidden{{Name: "active", Value: "1"}}}
		}
		v.Head.Actions = []ui.Action{{Label: t("account.reset"), Path: "/account/" + a.ID + "/reset", Post: true, Confirm: t("account.reset_confirm"), Icon: ui.IconRetry}, active}
	}
	return p.shell.Render(w, r, web.Page{Title: a.FullName, Crumbs: []ui.Crumb{{Label: t("account.menu"), Path: "/account"}, {Label: a.FullName}}, Narrow: true, Status: status, Body: accountPage(v)})
}

func (p *Pages) changeRoles(w http.ResponseWriter, r *http.Request) error {
	var f accountForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	_, err := p.account.ChangeRoles(r.Context(), r.PathValue("id"), f.roles())
	if e, refused := p.shell.Refused(r, err); refused {
		return p.renderAccount(w, r, e, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/account/"+r.PathValue("id"))
}

func (p *Pages) setActive(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Active string `form:"active"`
	}
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	if _, err := p.account.SetActive(r.Context(), r.PathValue("id"), f.Active == "1"); err != nil {
		return err
	}
	return web.Redirect(w, r, "/account/"+r.PathValue("id"))
}

func (p *Pages) resetAccount(w http.ResponseWriter, r *http.Request) error {
	token, err := p.account.Reset(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.renderLinkOnce(w, r, token.Reveal())
}

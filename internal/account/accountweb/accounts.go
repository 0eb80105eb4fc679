package accountweb

import (
	"net/http"
	"slices"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

type listForm struct {
	Text string `form:"q"`
	Role string `form:"role"`
}

func (p *Pages) listAccounts(w http.ResponseWriter, r *http.Request) error {
	var f listForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	all, err := p.account.List(r.Context(), account.Filter{Text: f.Text, Role: access.Role(f.Role)})
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	setUp, err := p.account.SetUpRuns(r.Context())
	if err != nil {
		return err
	}
	v := listView{T: t, SetUp: setUp, Head: ui.Head{Title: t("account.menu"), Lead: t("account.list_lead")}, Table: p.table(r, t, all),
		Text: ui.Field{Name: "q", Label: t("account.search"), Value: f.Text, Type: "search"}, Role: ui.Choice{Any: true, Field: ui.Field{Name: "role", Label: t("account.role"), Value: f.Role}, Options: rolesOf(t, nil)}}
	if f != (listForm{}) {
		v.Table.Empty = ui.Empty{Icon: ui.IconFilter, Title: t("account.none"), Action: &ui.Action{Label: t("account.show_all"), Path: "/account"}}
	}
	if access.ActorOf(r.Context()).Can(access.AccountChange) {
		v.Head.Actions = []ui.Action{{Label: t("account.new"), Path: "/account/new", Icon: ui.IconAdd, Kind: ui.Primary}}
	}
	return p.shell.Render(w, r, web.Page{Title: t("account.menu"), Crumbs: []ui.Crumb{{Label: t("account.menu")}}, Body: accountsPage(v)})
}

func (p *Pages) table(r *http.Request, t ui.T, all []*account.Account) ui.TableProps {
	table := ui.TableProps{
		Caption: t("account.menu"),
		Columns: []ui.Column{{Label: t("account.full_name")}, {Label: t("account.agency")}, {Label: t("account.roles")}, {Label: t("account.state")}, {Label: t("account.last_sign_in")}},
		Empty:   ui.Empty{Icon: ui.IconAccounts, Title: t("account.empty"), Text: t("account.empty_text")},
	}
	for _, a := range all {
		table.Rows = append(table.Rows, ui.Cells(ui.LinkTwo(a.FullName, "/account/"+a.ID, a.Username), ui.Text(p.agency(r.Context(), a.Agency)),
			ui.Text(roleNames(t, a.Roles)), ui.Badge(stateOf(t, p.account.StateOf(a))), ui.Moment(a.LastSignIn)))
	}
	return table
}

func stateOf(t ui.T, s account.State) ui.State {
	state := ui.State{Label: t("account.state." + string(s)), Tone: ui.Neutral, Icon: ui.IconStopped}
	switch s {
	case account.StateActive:
		return ui.State{Label: state.Label, Tone: ui.Good}
	case account.StateDormant:
		return ui.State{Label: state.Label, Tone: ui.Warn, Icon: ui.IconPaused}
	}
	return state
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

// rolesOf are the roles that people can hold, as choices of which the held ones are on.
func rolesOf(t ui.T, held []access.Role) []ui.Option {
	var out []ui.Option
	for _, r := range access.AllRoles() {
		if r != access.SystemAccount && r != access.SystemJob {
			out = append(out, ui.Option{Value: string(r), Label: t(web.RoleKey(r)), On: slices.Contains(held, r)})
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
		Narrow: true, Status: status, Body: newAccountPage(t, f, e, rolesOf(t, f.roles()))})
}

func (p *Pages) createAccount(w http.ResponseWriter, r *http.Request) error {
	var f accountForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	n, err := f.account()
	token := ""
	if err == nil {
		token, err = p.create(r, n)
	}
	done, err := p.proposed(w, r, err, account.Ask{Kind: account.ProposeCreate, New: &n})
	if done {
		return err
	}
	if e, refused := p.shell.Refused(r, err); refused {
		return p.renderNew(w, r, f, e, fault.Of(err).Kind.Status())
	}
	if err != nil {
		return err
	}
	return p.renderLinkOnce(w, r, token)
}

func (f accountForm) account() (account.New, error) {
	n := account.New{Username: f.Username, FullName: f.FullName, Agency: f.Agency, Roles: f.roles(), Sponsor: f.Sponsor, Commitment: f.Commitment}
	if f.ValidTo != "" {
		day, err := time.ParseInLocation(time.DateOnly, f.ValidTo, i18n.Zone)
		if err != nil {
			return n, fault.New(fault.Invalid, "account.day_form").At("valid_to").Because(err)
		}
		n.ValidTo = day.AddDate(0, 0, 1) // the day that is named is the last one
	}
	return n, nil
}

func (p *Pages) create(r *http.Request, n account.New) (string, error) {
	_, token, err := p.account.Create(r.Context(), n)
	return token.Reveal(), err
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
	return p.renderAccount(w, r, nil, ui.FormErrors{}, http.StatusOK)
}

// renderAccount shows one account; chosen are the roles of a form that was refused.
func (p *Pages) renderAccount(w http.ResponseWriter, r *http.Request, chosen []access.Role, e ui.FormErrors, status int) error {
	a, err := p.account.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if chosen == nil {
		chosen = a.Roles
	}
	t, who := p.shell.T(r), access.ActorOf(r.Context())
	state := stateOf(t, p.account.StateOf(a))
	keys, err := p.account.ListPasskeys(r.Context(), a.ID)
	if err != nil {
		return err
	}
	v := accountView{T: t, Head: ui.Head{Eyebrow: a.Username, Title: a.FullName, State: &state}, Errors: e, ID: a.ID,
		Facts: factsOf(t, a, p.agency(r.Context(), a.Agency), len(keys)), MayChange: who.Can(access.AccountChange) && who.ID != a.ID, Roles: rolesOf(t, chosen)}
	if v.MayChange {
		v.Head.Actions = p.actions(t, a)
		for _, one := range p.account.Providers {
			v.Providers = append(v.Providers, ui.Option{Value: one.Key, Label: nameOf(r, one)})
		}
	}
	linked, err := p.account.Identities(r.Context(), a.ID)
	if err != nil {
		return err
	}
	v.HasLinks, v.Linked = len(linked) > 0 || len(p.account.Providers) > 0, p.identitiesTable(r, linked, "/account/"+a.ID+"/identities/remove", v.MayChange)
	return p.shell.Render(w, r, web.Page{Title: a.FullName, Crumbs: []ui.Crumb{{Label: t("account.menu"), Path: "/account"}, {Label: a.FullName}}, Narrow: true, Status: status, Body: accountPage(v)})
}

func (p *Pages) actions(t ui.T, a *account.Account) []ui.Action {
	path := "/account/" + a.ID
	out := []ui.Action{{Label: t("account.reset"), Path: path + "/reset", Post: true, Confirm: t("account.reset_confirm"), Icon: ui.IconRetry}}
	if state := p.account.StateOf(a); state == account.StateDisabled || state == account.StateDormant {
		out = append(out, ui.Action{Label: t("account.enable"), Path: path + "/active", Post: true, Fields: []ui.Hidden{{Name: "active", Value: "1"}}})
	}
	if a.Active {
		out = append(out, ui.Action{Label: t("account.disable"), Path: path + "/active", Post: true, Kind: ui.Danger, Confirm: t("account.disable_confirm"), Fields: []ui.Hidden{{Name: "active", Value: "0"}}})
	}
	return out
}

func (p *Pages) changeRoles(w http.ResponseWriter, r *http.Request) error {
	var f accountForm
	if err := web.Decode(r, &f); err != nil {
		return err
	}
	_, err := p.account.ChangeRoles(r.Context(), r.PathValue("id"), f.roles())
	done, err := p.proposed(w, r, err, account.Ask{Kind: account.ProposeRoles, Account: r.PathValue("id"), Roles: f.roles()})
	if done {
		return err
	}
	if e, refused := p.shell.Refused(r, err); refused {
		return p.renderAccount(w, r, f.roles(), e, fault.Of(err).Kind.Status())
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
	done, err := p.proposed(w, r, err, account.Ask{Kind: account.ProposeReset, Account: r.PathValue("id")})
	if done {
		return err
	}
	if err != nil {
		return err
	}
	return p.renderLinkOnce(w, r, token.Reveal())
}

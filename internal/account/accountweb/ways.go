package accountweb

import (
	"net/http"
	"slices"
	"strings"

	"lienthong/internal/account"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// ways gathers what one's own page says about ways into the account.
func (p *Pages) ways(r *http.Request, a *account.Account) (waysView, error) {
	t := p.shell.T(r)
	v := waysView{T: t, Passkeys: p.account.Passkeys(), Identities: len(p.account.Providers) > 0,
		AddPasskey: ui.Action{Label: t("account.passkey_add"), Path: "/me/passkeys/new", Icon: ui.IconAdd}}
	keys, err := p.account.ListPasskeys(r.Context(), a.ID)
	if err != nil {
		return v, err
	}
	v.Keys = keysTable(t, keys)
	linked, err := p.account.Identities(r.Context(), a.ID)
	if err != nil {
		return v, err
	}
	v.Linked = p.identitiesTable(r, linked, "/me/identities/remove", true)
	for _, one := range p.account.Providers {
		if !slices.ContainsFunc(linked, func(i account.Identity) bool { return i.Issuer == one.Issuer }) {
			v.Link = append(v.Link, ui.Action{Label: t("account.identity_link_to", nameOf(r, one)), Path: "/me/identities/" + one.Key, Icon: ui.IconAdd})
		}
	}
	sessions, err := p.account.Sessions(r.Context(), p.account.TokenOf(r))
	if err != nil {
		return v, err
	}
	v.Sessions = sessionsTable(t, sessions)
	if len(sessions) > 1 {
		v.EndOthers = []ui.Action{{Label: t("account.sessions_end_others"), Path: "/me/sessions/end-others", Post: true, Icon: ui.IconSignOut}}
	}
	return v, nil
}

func keysTable(t ui.T, keys []account.Passkey) ui.TableProps {
	table := ui.TableProps{Caption: t("account.passkeys"), Columns: []ui.Column{{Label: t("account.passkey_label")}, {Label: t("account.added_at")}, {Label: t("account.used_at")}, {Label: t("account.action")}},
		Empty: ui.Empty{Icon: ui.IconProof, Title: t("account.passkeys_none"), Text: t("account.passkeys_none_text")}}
	for _, k := range keys {
		table.Rows = append(table.Rows, ui.Cells(ui.Text(k.Name), ui.Moment(k.Created), ui.Moment(k.Used),
			ui.Button(ui.Action{Label: t("account.remove"), Path: "/me/passkeys/" + k.ID + "/remove", Post: true, Icon: ui.IconRemove, Confirm: t("account.passkey_remove_confirm", k.Name)})))
	}
	return table
}

// identitiesTable lists identities, with a way to take each away when the reader may.
func (p *Pages) identitiesTable(r *http.Request, linked []account.Identity, action string, may bool) ui.TableProps {
	t := p.shell.T(r)
	table := ui.TableProps{Caption: t("account.identities"), Columns: []ui.Column{{Label: t("account.provider")}, {Label: t("account.subject")}, {Label: t("account.linked_at")}, {Label: t("account.used_at")}},
		Empty: ui.Empty{Icon: ui.IconAgency, Title: t("account.identities_none"), Text: t("account.identities_none_text")}}
	if may {
		table.Columns = append(table.Columns, ui.Column{Label: t("account.action")})
	}
	for _, i := range linked {
		row := ui.Cells(ui.Text(p.providerName(r, i.Issuer)), ui.Mono(i.Subject), ui.Moment(i.LinkedAt), ui.Moment(i.Used))
		if may {
			row.Cells = append(row.Cells, ui.Button(ui.Action{Label: t("account.identity_unlink"), Path: action, Post: true, Icon: ui.IconRemove, Fields: []ui.Hidden{{Name: "issuer", Value: i.Issuer}}, Confirm: t("account.identity_unlink_confirm")}))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// providerName is the provider's name, or its address when it is configured no more.
func (p *Pages) providerName(r *http.Request, issuer string) string {
	for _, one := range p.account.Providers {
		if one.Issuer == issuer {
			return nameOf(r, one)
		}
	}
	return issuer
}

func sessionsTable(t ui.T, sessions []account.Session) ui.TableProps {
	table := ui.TableProps{Caption: t("account.sessions"), Columns: []ui.Column{{Label: t("account.session_place")}, {Label: t("account.session_by")}, {Label: t("account.session_since")}, {Label: t("account.session_seen")}, {Label: t("account.action")}}}
	for _, s := range sessions {
		end := ui.Button(ui.Action{Label: t("account.session_end"), Path: "/me/sessions/" + s.ID + "/end", Post: true, Icon: ui.IconSignOut})
		if s.Current {
			end = ui.Badge(ui.State{Label: t("account.session_this"), Tone: ui.Good})
		}
		table.Rows = append(table.Rows, ui.Cells(ui.Two(deviceOf(t, s.Agent), s.Address), ui.Text(t("account.by."+string(s.Auth))), ui.Moment(s.Created), ui.Moment(s.Seen), end))
	}
	return table
}

// programs and machines by what they say of themselves, the more special first.
var (
	programs = [][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"coc_coc", "Cốc Cốc"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}, {"lienthong", "lienthong"}}
	machines = [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}}
)

func deviceOf(t ui.T, agent string) string {
	var found []string
	for _, list := range [][][2]string{programs, machines} {
		for _, one := range list {
			if strings.Contains(agent, one[0]) {
				found = append(found, one[1])
				break
			}
		}
	}
	if len(found) == 0 {
		return t("account.session_unknown")
	}
	return strings.Join(found, ", ")
}

func (p *Pages) endSession(w http.ResponseWriter, r *http.Request) error {
	if err := p.account.EndSession(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/me#sessions")
}

func (p *Pages) endOtherSessions(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.account.EndOtherSessions(r.Context(), p.account.TokenOf(r)); err != nil {
		return err
	}
	return web.Redirect(w, r, "/me#sessions")
}

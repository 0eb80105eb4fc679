package accessweb

import (
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func (p *Pages) listRoles(w http.ResponseWriter, r *http.Request) error {
	t := p.shell.T(r)
	v := rolesView{T: t, Head: ui.Head{Title: t("access.roles"), Lead: t("access.roles_lead")}, Roles: roleTable(t), Apart: apartTable(t)}
	return p.shell.Render(w, r, web.Page{Title: t("access.roles"), Crumbs: []ui.Crumb{{Label: t("access.roles")}}, Body: rolesPage(v)})
}

func roleTable(t ui.T) ui.TableProps {
	props := ui.TableProps{
		Caption: t("access.roles"),
		Columns: []ui.Column{{Label: t("access.col_role")}, {Label: t("access.col_reach")}, {Label: t("access.col_second")}, {Label: t("access.col_may")}},
	}
	for _, role := range access.AllRoles() {
		reach, second := t("access.reach_own"), ui.Muted(t("access.second_no"))
		if role.Province() {
			reach = t("access.reach_all")
		}
		if role.NeedsStrongAuth() {
			second = ui.Badge(ui.State{Label: t("access.second_needed"), Tone: ui.Info, Icon: ui.IconLocked})
		}
		props.Rows = append(props.Rows, ui.Cells(ui.Two(t(web.RoleKey(role)), string(role)), ui.Text(reach), second, permissions(t, role)))
	}
	return props
}

// permissions says in words what a role may do, one line for each noun: "Danh mục dữ liệu: xem, đăng ký".
func permissions(t ui.T, role access.Role) templ.Component {
	var nouns []string
	verbs := map[string][]string{}
	for _, p := range role.Permissions() {
		noun, verb, _ := strings.Cut(string(p), ".")
		if _, seen := verbs[noun]; !seen {
			nouns = append(nouns, noun)
		}
		verbs[noun] = append(verbs[noun], t("access.verb."+verb))
	}
	if len(nouns) == 0 {
		return ui.Muted(t("access.may_nothing"))
	}
	return lines(t, nouns, verbs)
}

// apartTable lists the pairs of roles that one person may not hold together.
func apartTable(t ui.T) ui.TableProps {
	props := ui.TableProps{Caption: t("access.apart"), Columns: []ui.Column{{Label: t("access.col_first_role")}, {Label: t("access.col_second_role")}}}
	all := access.AllRoles()
	for i, a := range all {
		for _, b := range all[i+1:] {
			if _, _, apart := access.Incompatible([]access.Role{a, b}); apart {
				props.Rows = append(props.Rows, ui.Cells(ui.Text(t(web.RoleKey(a))), ui.Text(t(web.RoleKey(b)))))
			}
		}
	}
	return props
}

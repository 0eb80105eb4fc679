// Package demoweb shows how to sign in to the demo: every role with its account, and the code of the moment for those
// with a second factor.
//
// Owns: the page /demo.
//
// Invariant: it is mounted by the demo only; its people are fictional and its passwords open nothing else.
//
// Start reading at Pages.show.
package demoweb

import (
	"net/http"

	"github.com/a-h/templ"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/demo/world"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Pages of the demo.
type Pages struct {
	shell    *web.Shell
	accounts []world.Account
	clock    clock.Clock
	agency   func(code string) string
}

// New builds the page; agency names an agency by its code.
func New(shell *web.Shell, accounts []world.Account, c clock.Clock, agency func(code string) string) *Pages {
	return &Pages{shell, accounts, c, agency}
}

// Routes of the page.
func (p *Pages) Routes() []web.Route {
	return []web.Route{web.Get("/demo", access.Public, p.show).InMenu(web.Nav{Group: web.GroupHome, LabelKey: "demo.menu", Icon: ui.IconAccounts, Order: 95})}
}

// Operations: the page has none.
func (p *Pages) Operations(*web.API) {}

// Messages are the words of the page.
var Messages = i18n.Messages{
	"demo.menu":     {Vi: "Tài khoản dùng thử", En: "Demo sign-ins"},
	"demo.lead":     {Vi: "Mọi người và mọi số liệu trong bản dùng thử đều là giả định. Tất cả tài khoản dùng chung mật khẩu dưới đây; mã xác thực đổi sau mỗi 30 giây, hãy tải lại trang để lấy mã mới.", En: "Everybody and every figure of the demo is fictional. All accounts share the password below; codes change every 30 seconds, so reload the page for a new one."},
	"demo.password": {Vi: "Mật khẩu chung", En: "Shared password"},
	"demo.person":   {Vi: "Người dùng", En: "Person"},
	"demo.role":     {Vi: "Vai trò", En: "Role"},
	"demo.part":     {Vi: "Phần việc trong bản dùng thử", En: "Part in the demo"},
	"demo.code":     {Vi: "Mã xác thực lúc này", En: "Code now"},
	"demo.sign_in":  {Vi: "Đăng nhập", En: "Sign in"},
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	t := p.shell.T(r)
	table := ui.TableProps{
		Caption: t("demo.menu"),
		Columns: []ui.Column{{Label: t("account.username")}, {Label: t("demo.person")}, {Label: t("demo.role")}, {Label: t("demo.part")}, {Label: t("demo.code")}},
	}
	for _, a := range p.accounts {
		code := ui.Muted("–")
		if a.TOTPSecret != "" {
			now, err := account.TOTPCode(a.TOTPSecret, p.clock.Now())
			if err != nil {
				return err
			}
			code = ui.Copyable(now)
		}
		var roles []templ.Component
		for _, role := range a.Roles {
			roles = append(roles, ui.Text(t(web.RoleKey(role))))
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Copyable(a.Username), ui.Two(a.FullName, p.agency(a.Agency)), ui.Stack(roles...), ui.Text(a.Part), code}})
	}
	head := ui.Head{Title: t("demo.menu"), Lead: t("demo.lead"), Actions: []ui.Action{{Label: t("demo.sign_in"), Path: "/sign-in", Kind: ui.Primary}}}
	return p.shell.Render(w, r, web.Page{Title: t("demo.menu"), Crumbs: []ui.Crumb{{Label: t("demo.menu")}}, Body: page(head, t("demo.password"), table)})
}

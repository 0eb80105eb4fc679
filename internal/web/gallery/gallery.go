// Package gallery shows every component of the design system in every state, from sample data. Designers, screenshot
// tests and accessibility checks share it.
//
// Owns: the sample data and the pages under /gallery.
// Does not own: the components (internal/web/ui).
//
// Invariants:
//  1. It is mounted in demonstration and development only; it reads nothing and changes nothing.
//  2. Its people and figures are fictional.
//
// Start reading at Routes.
package gallery

import (
	"errors"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// Messages are the words of the gallery.
var Messages = i18n.Messages{
	"gallery.title": {Vi: "Thư viện thành phần giao diện", En: "Component gallery"},
	"gallery.lead":  {Vi: "Mọi thành phần ở mọi trạng thái, bằng dữ liệu giả định.", En: "Every component in every state, with fictional data."},
}

// Routes are the pages of the gallery. Mount them in demonstration and development only.
func Routes(s *web.Shell) []web.Route {
	g := pages{s}
	return []web.Route{
		web.Get("/gallery", access.Public, g.show("gallery.title", everything)), // not in the menu: it serves developers
		web.Get("/gallery/dataset", access.Public, g.show("gallery.title", datasetPage)),
		web.Get("/gallery/request", access.Public, g.show("gallery.title", requestPage)),
		web.Get("/gallery/empty", access.Public, g.show("gallery.title", emptyPage)),
		web.Get("/gallery/form", access.Public, g.show("gallery.title", formPage)),
		web.Get("/gallery/map", access.Public, g.show("gallery.title", mapPage)),
		web.Get("/gallery/mark", access.Public, g.show("gallery.title", markPage)),
		web.Get("/gallery/live", access.Public, g.live),
		web.Get("/gallery/sign-in", access.Public, g.signIn),
		web.Get("/gallery/forbidden", access.Public, fails(fault.New(fault.Denied, "access.permission_missing", access.CatalogApprove))),
		web.Get("/gallery/broken", access.Public, fails(errors.New("a component of the gallery fails on purpose"))),
	}
}

type pages struct{ shell *web.Shell }

func (g pages) show(key string, body func(ui.T) templ.Component) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		t := g.shell.T(r)
		crumbs := []ui.Crumb{{Label: t(key)}}
		if r.URL.Path != "/gallery" {
			crumbs = []ui.Crumb{{Label: t(key), Path: "/gallery"}, {Label: r.URL.Path[len("/gallery/"):]}}
		}
		return g.shell.Render(w, r, web.Page{Title: t(key), Crumbs: crumbs, Body: body(t)})
	}
}

func (g pages) live(w http.ResponseWriter, r *http.Request) error {
	var form struct {
		Done int64 `form:"done"`
	}
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	return g.shell.Part(w, r, livePart(form.Done))
}

func (g pages) signIn(w http.ResponseWriter, r *http.Request) error {
	return g.shell.Render(w, r, web.Page{
		Title: "Đăng nhập", Lead: "Dành cho cán bộ, công chức, viên chức của các cơ quan trong tỉnh.", Gate: true, Body: signInForm(),
	})
}

func fails(err error) web.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

package viewweb

import (
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// list shows what the reader may look at, under which right, until when.
func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	all, err := p.offers(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	names := p.Purposes(r.Context())
	props := ui.TableProps{
		Caption: t("view.title"), Empty: p.nothing(r, t, ""),
		Columns: []ui.Column{{Label: t("view.dataset")}, {Label: t("view.owner")}, {Label: t("view.purpose")}, {Label: t("view.grant")}},
	}
	for _, o := range all {
		props.Rows = append(props.Rows, ui.Cells(
			ui.LinkTwo(o.Name, pathOf(string(o.Code)), string(o.Code)), ui.Text(p.Agency(r.Context(), o.Owner)), ui.Text(purposeNames(o.purposes(), names)), grantCell(t, o.grants)))
	}
	return p.render(w, r, web.Page{
		Title: t("view.title"), Crumbs: []ui.Crumb{{Label: t("view.title")}},
		Body: page(pageView{
			Head: ui.Head{Title: t("view.title"), Lead: t("view.lead")},
			Main: []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(props)}}},
		}),
	})
}

// nothing says that the reader's agency has no right yet, and where it is asked for.
func (p *Pages) nothing(r *http.Request, t ui.T, dataset string) ui.Empty {
	e := ui.Empty{Icon: ui.IconLocked, Title: t("view.none"), Text: t("view.none_text")}
	if access.ActorOf(r.Context()).Can(access.ConnectionDraft) {
		path := "/connections/new"
		if dataset != "" {
			path += "?dataset=" + dataset
		}
		e.Action = &ui.Action{Label: t("view.register"), Path: path}
	}
	return e
}

func grantCell(t ui.T, grants []access.Grant) templ.Component {
	var lines []templ.Component
	for _, g := range grants {
		if g.Implicit {
			lines = append(lines, ui.Text(t("view.own")))
			continue
		}
		lines = append(lines, ui.Two(g.Number, t("view.until", i18n.Date(g.ValidTo))))
	}
	return ui.Lines(lines...)
}

func purposeNames(codes []string, names map[string]string) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = purposeName(c, names)
	}
	return strings.Join(out, "; ")
}

// purposeName says a purpose with those above it: "Giải quyết thủ tục hành chính › Hỗ trợ bán trú".
func purposeName(code string, names map[string]string) string {
	name := names[code]
	if name == "" {
		name = code
	}
	if i := strings.LastIndexByte(code, '.'); i > 0 && names[code[:i]] != "" {
		return names[code[:i]] + " › " + name
	}
	return name
}

// render upholds invariant 2: nothing keeps these pages.
func (p *Pages) render(w http.ResponseWriter, r *http.Request, page web.Page) error {
	w.Header().Set("Cache-Control", "no-store")
	return p.shell.Render(w, r, page)
}

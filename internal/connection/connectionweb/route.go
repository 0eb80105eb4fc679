package connectionweb

import (
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const routePath = "/connections/route"

// routeForm is the need as it is typed, and where its form belongs.
type routeForm struct {
	needForm
	Of string `form:"of"` // id of the request that is edited; empty for a new one
}

// routeFields show in the form which process the need would take, and why.
func (p *Pages) routeFields(r *http.Request, n connection.Need, of connection.ID) ([]templ.Component, error) {
	o, err := p.connections.Outlook(r.Context(), n)
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid { // the form itself says what is wrong
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []templ.Component{hidden("of", string(of)), routeLive(p.routeView(r, o))}, nil
}

func (p *Pages) routeView(r *http.Request, o connection.Outlook) routeView {
	t := p.shell.T(r)
	state := ui.State{Label: t("connection.limits_of." + string(o.Route)), Tone: ui.Good}
	if o.Route == connection.Full {
		state.Tone = ui.Info
	}
	return routeView{
		Title: t("connection.route_would"), Lead: t("connection.route_lead"), State: state, List: conditionList(t, o.Conditions), Button: t("connection.route_check"),
	}
}

// tryRoute says which process the typed need would take. Script gets the piece of the page, everybody else the form again
// with all that was typed; nothing is kept.
func (p *Pages) tryRoute(w http.ResponseWriter, r *http.Request) error {
	var f routeForm
	if err := web.Decode(r, &f); err != nil {
		if errs, shown := p.shell.Refused(r, err); shown && r.Header.Get("HX-Request") == "" {
			return p.renderNeed(w, r, p.needPageOf(r, f, errs))
		}
		return err
	}
	if r.Header.Get("HX-Request") == "" {
		return p.renderNeed(w, r, p.needPageOf(r, f, ui.FormErrors{}))
	}
	o, err := p.connections.Outlook(r.Context(), f.need())
	if err != nil {
		return err
	}
	return p.shell.Part(w, r, routeLive(p.routeView(r, o)))
}

// needPageOf is the form to which the typed need belongs.
func (p *Pages) needPageOf(r *http.Request, f routeForm, errs ui.FormErrors) needPage {
	v := needPage{need: f.need(), action: "/connections", typed: typed{values: r.Form, errors: errs}}
	if f.Of != "" {
		id := connection.ID(f.Of)
		v.action, v.back, v.revision, v.title, v.of = path(id)+"/edit", path(id), f.Revision, p.shell.T(r)("connection.edit"), id
	}
	return v
}

func (p *Pages) routeRoutes() []web.Route {
	return []web.Route{web.Post(routePath, access.ConnectionDraft, p.tryRoute)}
}

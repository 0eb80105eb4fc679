package connectionweb

import (
	"net/http"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func (p *Pages) newRequest(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if q.Get("dataset") == "" || q.Get("system") == "" {
		return p.renderChoice(w, r)
	}
	n := connection.Need{Dataset: q.Get("dataset"), System: q.Get("system"), Level: access.LevelUse, Method: "api"}
	if q.Get("system") == forPeople {
		n = connection.Need{Dataset: q.Get("dataset"), Level: access.LevelView}
	}
	n, version, err := p.connections.FromPolicy(r.Context(), n)
	if err != nil {
		return err
	}
	return p.renderNeed(w, r, needPage{need: n, action: "/connections", policy: version})
}

func (p *Pages) renderChoice(w http.ResponseWriter, r *http.Request) error {
	t := p.shell.T(r)
	datasets, err := p.registers.Datasets(r.Context())
	if err != nil {
		return err
	}
	systems, err := p.registers.Systems(r.Context(), access.ActorOf(r.Context()).Agency)
	if err != nil {
		return err
	}
	f := filler{t: t}
	q := r.URL.Query()
	body := form(ui.FormProps{Action: "/connections/new", Get: true, Submit: t("connection.continue"), Icon: ui.IconNext, Cancel: "/connections"},
		f.choose("dataset", "connection.dataset", q.Get("dataset"), named(datasets)), f.choose("system", "connection.consumer", q.Get("system"), append(named(systems), ui.Option{Value: forPeople, Label: t("connection.people_choice")})))
	return p.shell.Render(w, r, web.Page{
		Title: t("connection.new"), Narrow: true, Crumbs: []ui.Crumb{{Label: t("connection.list"), Path: "/connections"}, {Label: t("connection.new")}},
		Body: page(pageView{
			Head: ui.Head{Title: t("connection.new"), Lead: t("connection.new_lead")},
			Main: []part{{Card: ui.CardProps{Title: t("connection.choose_first"), Lead: t("connection.choose_lead")}, Body: []templ.Component{body}}},
		}),
	})
}

func named(all []Named) []ui.Option {
	out := make([]ui.Option, 0, len(all))
	for _, n := range all {
		out = append(out, ui.Option{Value: n.Code, Label: n.Name + " (" + n.Code + ")"})
	}
	return out
}

// needPage is the form of a new or an existing need.
type needPage struct {
	need     connection.Need
	action   string
	back     string
	revision int64
	title    string
	typed    typed
	policy   int64         // version of the owner's sharing policy that filled it in
	of       connection.ID // the request that is edited; empty for a new one
}

func (p *Pages) renderNeed(w http.ResponseWriter, r *http.Request, v needPage) error {
	t := p.shell.T(r)
	c, err := p.connections.Choices(r.Context(), v.need.Dataset, v.need.System)
	if err != nil {
		return err
	}
	if v.title == "" {
		v.title = t("connection.new")
	}
	if v.back == "" {
		v.back = "/connections"
	}
	props := ui.FormProps{Action: v.action, Submit: t("connection.save_draft"), Icon: ui.IconDraft, Cancel: v.back, Errors: v.typed.errors}
	f := filler{t: t, values: v.typed.values, errors: v.typed.errors, must: mustNeed(v.need)}
	fields := []templ.Component{hidden("dataset", v.need.Dataset), hidden("revision", number(v.revision))}
	if v.need.System == "" && !v.need.People() { // offered without one: the consumer says which of its systems takes the data
		systems, err := p.registers.Systems(r.Context(), access.ActorOf(r.Context()).Agency)
		if err != nil {
			return err
		}
		fields = append(fields, f.choose("system", "connection.system", "", named(systems)))
	} else {
		fields = append(fields, hidden("system", v.need.System))
	}
	status := 0
	if v.typed.errors.Any() {
		status = http.StatusUnprocessableEntity
	}
	route, err := p.routeFields(r, v.need, v.of)
	if err != nil {
		return err
	}
	asked := needFields(f, v.need, c) // what is asked comes first, and right after it which process that takes
	fields = slices.Concat(fields, asked[:1], route, asked[1:])
	if v.policy > 0 {
		fields = append([]templ.Component{ui.Alert(ui.Note{Tone: ui.Info, Title: t("connection.policy_filled", v.policy), Text: t("connection.policy_filled_do")})}, fields...)
	}
	lead := c.Dataset.Name + " → " + consumerName(t, v.need, c.System)
	if c.Dataset.Code == "" {
		lead = t("connection.no_dataset")
	}
	return p.shell.Render(w, r, web.Page{
		Title: v.title, Narrow: true, Status: status, Crumbs: []ui.Crumb{{Label: t("connection.list"), Path: "/connections"}, {Label: v.title}},
		Body: page(pageView{Head: ui.Head{Eyebrow: v.need.Dataset, Title: v.title, Lead: lead}, Main: []part{{Card: ui.CardProps{Lead: t("connection.need_lead")}, Body: []templ.Component{form(props, fields...)}}}}),
	})
}

func (p *Pages) createRequest(w http.ResponseWriter, r *http.Request) error {
	var f needForm
	err := web.Decode(r, &f)
	var made *connection.Request
	if err == nil {
		made, err = p.connections.Create(r.Context(), f.need())
	}
	if err == nil {
		http.Redirect(w, r, path(made.ID), http.StatusSeeOther)
		return nil
	}
	errs, shown := p.shell.Refused(r, err)
	if !shown {
		return err
	}
	return p.renderNeed(w, r, needPage{need: f.need(), action: "/connections", typed: typed{values: r.Form, errors: errs}})
}

func (p *Pages) editRequest(w http.ResponseWriter, r *http.Request) error {
	v, err := p.connections.Find(r.Context(), connection.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if !may(v, connection.ActChange) {
		return fault.New(fault.Conflict, "connection.wrong_state", connection.ActChange, v.Request.State)
	}
	id := v.Request.ID
	return p.renderNeed(w, r, needPage{need: v.Request.Need, action: path(id) + "/edit", back: path(id), revision: v.Request.Revision, title: p.shell.T(r)("connection.edit"), of: id})
}

func (p *Pages) changeRequest(w http.ResponseWriter, r *http.Request) error {
	id := connection.ID(r.PathValue("id"))
	var f needForm
	err := web.Decode(r, &f)
	if err == nil {
		err = p.change(r, id, f)
	}
	if err == nil {
		http.Redirect(w, r, path(id), http.StatusSeeOther)
		return nil
	}
	errs, shown := p.shell.Refused(r, err)
	if !shown {
		return err
	}
	return p.renderNeed(w, r, needPage{
		need: f.need(), action: path(id) + "/edit", back: path(id), revision: f.Revision, title: p.shell.T(r)("connection.edit"), typed: typed{values: r.Form, errors: errs}, of: id,
	})
}

func (p *Pages) copyRequest(w http.ResponseWriter, r *http.Request) error {
	made, err := p.connections.Copy(r.Context(), connection.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	http.Redirect(w, r, path(made.ID), http.StatusSeeOther)
	return nil
}

package connectionweb

import (
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// offerForm is the form by which an owner offers its data.
type offerForm struct {
	Agency  string   `form:"agency"`
	Dataset string   `form:"dataset"`
	Fields  []string `form:"fields"`
	Basis   string   `form:"legal_basis"`
	Note    string   `form:"note"`
}

// newOffer first asks for the dataset, then for the rest.
func (p *Pages) newOffer(w http.ResponseWriter, r *http.Request) error {
	return p.renderOffer(w, r, r.URL.Query().Get("dataset"), typed{})
}

func (p *Pages) renderOffer(w http.ResponseWriter, r *http.Request, dataset string, typed typed) error {
	ctx, t := r.Context(), p.shell.T(r)
	own, err := p.registers.OwnDatasets(ctx, access.ActorOf(ctx).Agency)
	if err != nil {
		return err
	}
	f := filler{t: t, values: typed.values, errors: typed.errors, must: []string{"agency", "dataset"}}
	var body templ.Component
	switch {
	case len(own) == 0:
		body = ui.EmptyState(ui.Empty{Icon: ui.IconConnection, Title: t("connection.offer_none"), Text: t("connection.offer_none_text"), Action: &ui.Action{Label: t("connection.back"), Path: "/connections"}})
	case dataset == "":
		body = form(ui.FormProps{Action: "/connections/offer", Get: true, Submit: t("connection.continue"), Icon: ui.IconNext, Cancel: "/connections"}, f.choose("dataset", "connection.dataset", "", named(own)))
	default:
		c, err := p.connections.Choices(ctx, dataset, "")
		if err != nil {
			return err
		}
		body = p.offerFields(r, f, c, dataset)
	}
	status := 0
	if typed.errors.Any() {
		status = http.StatusUnprocessableEntity
	}
	title := t("connection.offer")
	return p.shell.Render(w, r, web.Page{
		Title: title, Narrow: true, Status: status, Crumbs: []ui.Crumb{{Label: t("connection.list"), Path: "/connections"}, {Label: title}},
		Body: page(pageView{Head: ui.Head{Eyebrow: dataset, Title: title, Lead: t("connection.offer_lead")}, Main: []part{{Body: []templ.Component{body}}}}),
	})
}

func (p *Pages) offerFields(r *http.Request, f filler, c connection.Choices, dataset string) templ.Component {
	var fields []ui.Option
	for _, x := range c.Dataset.Fields {
		fields = append(fields, ui.Option{Value: x.Name, Label: x.Label + " (" + x.Name + ")", Hint: fieldHint(f.t, c.Dataset, x)})
	}
	return form(ui.FormProps{Action: "/connections/offer", Submit: f.t("connection.offer_send"), Icon: ui.IconNext, Cancel: "/connections", Errors: f.errors, Hidden: []ui.Hidden{{Name: "dataset", Value: dataset}}},
		f.choose("agency", "connection.offer_to", "", named(p.registers.Agencies(r.Context()))),
		f.several("fields", "connection.fields", "connection.fields_hint", nil, fields),
		f.area("legal_basis", "connection.legal_basis", "connection.legal_hint", ""),
		f.area("note", "connection.offer_note", "", ""))
}

func (p *Pages) sendOffer(w http.ResponseWriter, r *http.Request) error {
	var f offerForm
	err := web.Decode(r, &f)
	if err == nil {
		need := connection.Need{Dataset: f.Dataset, Fields: f.Fields, LegalBasis: clean(f.Basis), Level: access.LevelUse}
		var made *connection.Request
		if made, err = p.connections.Offer(r.Context(), f.Agency, need, clean(f.Note)); err == nil {
			http.Redirect(w, r, path(made.ID), http.StatusSeeOther)
			return nil
		}
	}
	errs, shown := p.shell.Refused(r, err)
	if !shown {
		return err
	}
	return p.renderOffer(w, r, f.Dataset, typed{values: r.Form, errors: errs})
}

// renew opens the request that continues a connection.
func (p *Pages) renew(w http.ResponseWriter, r *http.Request) error {
	made, err := p.connections.Renew(r.Context(), connection.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	http.Redirect(w, r, path(made.ID), http.StatusSeeOther)
	return nil
}

package agencyweb

import (
	"context"
	"net/http"

	"lienthong/internal/agency"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// agencyForm is an agency as a person types it.
type agencyForm struct {
	Code       string `form:"code"`
	Name       string `form:"name"`
	Kind       string `form:"kind"`
	Parent     string `form:"parent"`
	Commune    string `form:"commune"`
	Sponsor    string `form:"sponsor"`
	Commitment string `form:"commitment"`
	ValidFrom  string `form:"valid_from"`
	ValidTo    string `form:"valid_to"`
}

func formOf(a *agency.Agency) agencyForm {
	return agencyForm{a.Code, a.Name, string(a.Kind), a.Parent, a.Commune, a.Sponsor, a.Commitment, dayText(a.ValidFrom), dayText(a.ValidTo)}
}

func (f agencyForm) agency() (agency.Agency, error) {
	from, wrongFrom := day("valid_from", f.ValidFrom)
	to, wrongTo := day("valid_to", f.ValidTo)
	return agency.Agency{
		Code: f.Code, Name: f.Name, Kind: agency.Kind(f.Kind), Parent: f.Parent, Commune: f.Commune,
		Sponsor: f.Sponsor, Commitment: f.Commitment, ValidFrom: from, ValidTo: to,
	}, fault.Collect(wrongFrom, wrongTo)
}

func (p *Pages) newAgency(w http.ResponseWriter, r *http.Request) error {
	return p.form(w, r, agencyForm{ValidFrom: dayText(p.clock.Now())}, true, nil)
}

func (p *Pages) createAgency(w http.ResponseWriter, r *http.Request) error {
	var form agencyForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	err := save(r.Context(), form, p.agencies.Create)
	if err != nil {
		return p.form(w, r, form, true, err)
	}
	http.Redirect(w, r, path(form.Code), http.StatusSeeOther)
	return nil
}

// save hands the form to the service, when its days can be read.
func save(ctx context.Context, form agencyForm, write func(context.Context, agency.Agency) (*agency.Agency, error)) error {
	a, err := form.agency()
	if err != nil {
		return err
	}
	_, err = write(ctx, a)
	return err
}

func (p *Pages) editAgency(w http.ResponseWriter, r *http.Request) error {
	a, err := p.agencies.Find(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	return p.form(w, r, formOf(a), false, nil)
}

func (p *Pages) changeAgency(w http.ResponseWriter, r *http.Request) error {
	a, err := p.agencies.Find(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	var form agencyForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	form.Code = a.Code // permanent, whatever the form says
	if err := save(r.Context(), form, p.agencies.Change); err != nil {
		return p.form(w, r, form, false, err)
	}
	http.Redirect(w, r, path(a.Code), http.StatusSeeOther)
	return nil
}

// form shows the form of an agency, with what a refused one was refused for.
func (p *Pages) form(w http.ResponseWriter, r *http.Request, f agencyForm, isNew bool, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	others, err := p.agencies.List(r.Context(), agency.Filter{At: p.clock.Now()})
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	v := formView{T: t, Head: ui.Head{Title: t("agency.new"), Lead: t("agency.form_lead")}, IsNew: isNew,
		Form: ui.FormProps{Action: "/agency", Submit: t("agency.save"), Icon: ui.IconDone, Cancel: "/agency", Errors: errs}}
	crumbs := []ui.Crumb{{Label: t("agency.register"), Path: "/agency"}}
	if !isNew {
		v.Head = ui.Head{Eyebrow: f.Code, Title: t("agency.edit"), Lead: t("agency.edit_lead")}
		v.Form.Action, v.Form.Cancel = path(f.Code)+"/edit", path(f.Code)
		crumbs = append(crumbs, ui.Crumb{Label: p.name(r.Context(), f.Code), Path: path(f.Code)})
	}
	v.fill(t, f, errs, others)
	page := web.Page{Title: v.Head.Title, Crumbs: append(crumbs, ui.Crumb{Label: v.Head.Title}), Body: formPage(v), Narrow: true}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

// fill puts the fields into the view.
func (v *formView) fill(t ui.T, f agencyForm, errs ui.FormErrors, others []*agency.Agency) {
	field := func(name, value string) ui.Field {
		return ui.Field{Name: name, Label: t("agency.field_" + name), Value: value, Error: errs.Of(name)}
	}
	v.Code = field("code", f.Code)
	v.Code.Required, v.Code.Short, v.Code.Hint, v.Code.MaxLength = true, true, t("agency.code_hint"), 35
	v.Name = field("name", f.Name)
	v.Name.Required, v.Name.MaxLength, v.Name.Hint = true, 200, t("agency.name_hint")
	v.Kind = ui.Choice{Field: field("kind", f.Kind)}
	v.Kind.Required = true
	for _, k := range agency.Kinds() {
		v.Kind.Options = append(v.Kind.Options, ui.Option{Value: string(k), Label: t("agency.kind." + string(k))})
	}
	v.Parent = ui.Choice{Field: field("parent", f.Parent), Options: bodies(others, f.Code)}
	v.Parent.Optional, v.Parent.Hint = true, t("agency.parent_hint")
	v.Commune = field("commune", f.Commune)
	v.Commune.Optional, v.Commune.Short, v.Commune.Hint, v.Commune.InputMode = true, true, t("agency.commune_hint"), "numeric"
	v.Sponsor = ui.Choice{Field: field("sponsor", f.Sponsor), Options: bodies(others, f.Code)}
	v.Sponsor.Optional = true
	v.Commitment = field("commitment", f.Commitment)
	v.Commitment.Optional = true
	v.From = field("valid_from", f.ValidFrom)
	v.From.Required, v.From.Type = true, "date"
	v.To = field("valid_to", f.ValidTo)
	v.To.Optional, v.To.Type, v.To.Hint = true, "date", t("agency.valid_to_hint")
}

// bodies are the agencies to which another may belong.
func bodies(all []*agency.Agency, but string) []ui.Option {
	var out []ui.Option
	for _, a := range all {
		if a.Kind != agency.External && a.Code != but {
			out = append(out, ui.Option{Value: a.Code, Label: a.Name + " (" + a.Code + ")"})
		}
	}
	return out
}

package systemweb

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/kit/fault"
	"lienthong/internal/system"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// systemForm is a system as a person types it.
type systemForm struct {
	ID         string `form:"id"`
	Name       string `form:"name"`
	Owner      string `form:"owner"`
	Operator   string `form:"operator"`
	Vendor     string `form:"vendor"`
	Category   string `form:"category"`
	Layer      string `form:"layer"`
	Address    string `form:"address"`
	Technology string `form:"technology"`
	API        string `form:"api"`
	APINote    string `form:"api_note"`
	Contact    string `form:"contact"`
	Security   string `form:"security_contact"`
	Sources    string `form:"sources"`
	Revision   int64  `form:"revision"`
}

func formOf(s *system.System) systemForm {
	return systemForm{s.ID, s.Name, s.Owner, s.Operator, s.Vendor, string(s.Category), string(s.Layer), s.Address, s.Technology, string(s.API), s.APINote, s.Contact, s.Security, networkText(s.Sources), s.Revision}
}

func (f systemForm) system() (system.System, error) {
	sources, wrong := networks(f.Sources)
	return system.System{
		ID: f.ID, Name: f.Name, Owner: f.Owner, Operator: f.Operator, Vendor: f.Vendor, Category: system.Category(f.Category),
		Layer: system.Layer(f.Layer), Address: f.Address, Technology: f.Technology, API: system.API(f.API), APINote: f.APINote, Contact: f.Contact, Security: f.Security, Sources: sources, Revision: f.Revision,
	}, fault.Collect(wrong)
}

func (p *Pages) newSystem(w http.ResponseWriter, r *http.Request) error {
	form := systemForm{}
	if who := access.ActorOf(r.Context()); !who.Can(access.SystemChange) {
		form.Owner = who.Agency
	}
	return p.form(w, r, form, true, nil)
}

func (p *Pages) registerSystem(w http.ResponseWriter, r *http.Request) error {
	var form systemForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	if err := save(r.Context(), form, p.systems.Register); err != nil {
		return p.form(w, r, form, true, err)
	}
	http.Redirect(w, r, path(form.ID), http.StatusSeeOther)
	return nil
}

// save hands the form to the service, when its networks can be read.
func save(ctx context.Context, form systemForm, write func(context.Context, system.System) (*system.System, error)) error {
	s, err := form.system()
	if err != nil {
		return err
	}
	_, err = write(ctx, s)
	return err
}

func (p *Pages) editSystem(w http.ResponseWriter, r *http.Request) error {
	s, err := p.systems.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.form(w, r, formOf(s), false, nil)
}

func (p *Pages) changeSystem(w http.ResponseWriter, r *http.Request) error {
	s, err := p.systems.Find(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	var form systemForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	form.ID = s.ID // permanent, whatever the form says
	if err := save(r.Context(), form, p.systems.Change); err != nil {
		return p.form(w, r, form, false, err)
	}
	http.Redirect(w, r, path(s.ID), http.StatusSeeOther)
	return nil
}

// form shows the form of a system, with what a refused one was refused for.
func (p *Pages) form(w http.ResponseWriter, r *http.Request, f systemForm, isNew bool, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	owners, err := p.bodies(r.Context(), f.Owner, false)
	if err != nil {
		return err
	}
	vendors, err := p.bodies(r.Context(), f.Vendor, true)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	v := formView{T: t, Head: ui.Head{Title: t("system.new"), Lead: t("system.new_lead")}, IsNew: isNew,
		Form: ui.FormProps{Action: "/system", Submit: t("system.save"), Icon: ui.IconDone, Cancel: "/system", Errors: errs}}
	crumbs := []ui.Crumb{{Label: t("system.register"), Path: "/system"}}
	if !isNew {
		v.Head = ui.Head{Eyebrow: f.ID, Title: t("system.edit"), Lead: t("system.edit_lead")}
		v.Form.Action, v.Form.Cancel = path(f.ID)+"/edit", path(f.ID)
		crumbs = append(crumbs, ui.Crumb{Label: f.ID, Path: path(f.ID)})
	}
	v.Operates = access.ActorOf(r.Context()).Can(access.SystemChange)
	v.Form.Hidden = []ui.Hidden{{Name: "revision", Value: strconv.FormatInt(f.Revision, 10)}}
	if !v.Operates {
		owners = slices.DeleteFunc(owners, func(o ui.Option) bool { return o.Value != f.Owner })
	}
	v.fill(t, f, errs, owners, vendors)
	page := web.Page{Title: v.Head.Title, Crumbs: append(crumbs, ui.Crumb{Label: v.Head.Title}), Body: formPage(v), Narrow: true}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

// bodies are the agencies that may be chosen, or the external parties, and the one chosen before though it has ended since.
func (p *Pages) bodies(ctx context.Context, chosen string, external bool) ([]ui.Option, error) {
	all, err := p.agencies.List(ctx, agency.Filter{At: p.clock.Now()})
	if err != nil {
		return nil, err
	}
	var out []ui.Option
	there := chosen == ""
	for _, a := range all {
		if external == (a.Kind == agency.External) {
			out = append(out, ui.Option{Value: a.Code, Label: a.Name + " (" + a.Code + ")"})
			there = there || a.Code == chosen
		}
	}
	if !there {
		out = append(out, ui.Option{Value: chosen, Label: p.agency(ctx, chosen)})
	}
	return out, nil
}

// fill puts the fields into the view.
func (v *formView) fill(t ui.T, f systemForm, errs ui.FormErrors, owners, vendors []ui.Option) {
	field := func(name, value string) ui.Field {
		return ui.Field{Name: name, Label: t("system.field_" + name), Value: value, Error: errs.Of(name), MaxLength: 200}
	}
	optional := func(name, value string) ui.Field {
		one := field(name, value)
		one.Optional = true
		return one
	}
	v.ID = field("id", f.ID)
	v.ID.Required, v.ID.Short, v.ID.MaxLength, v.ID.Hint = true, true, 40, t("system.id_hint")
	v.Name = field("name", f.Name)
	v.Name.Required = true
	v.Owner = ui.Choice{Field: field("owner", f.Owner), Options: owners}
	v.Owner.Required, v.Owner.MaxLength = true, 0
	v.Category = ui.Choice{Field: field("category", f.Category)}
	v.Category.Required = true
	for _, c := range system.Categories() {
		v.Category.Options = append(v.Category.Options, ui.Option{Value: string(c), Label: letter(c) + ") " + t("system.category."+string(c))})
	}
	v.Layer = ui.Choice{Field: field("layer", f.Layer)}
	v.Layer.Required = true
	for _, l := range system.Layers() {
		v.Layer.Options = append(v.Layer.Options, ui.Option{Value: string(l), Label: t("system.layer." + string(l))})
	}
	v.Vendor = ui.Choice{Field: optional("vendor", f.Vendor), Options: vendors}
	v.Vendor.Hint, v.Vendor.MaxLength = t("system.vendor_hint"), 0
	v.Operator, v.Technology = optional("operator", f.Operator), optional("technology", f.Technology)
	v.Address, v.Contact = optional("address", f.Address), optional("contact", f.Contact)
	v.Address.Hint, v.Address.MaxLength = t("system.address_hint"), 300
	v.Contact.Hint = t("system.contact_hint")
	v.API = ui.Choice{Field: optional("api", f.API)}
	for _, one := range system.APIs() {
		v.API.Options = append(v.API.Options, ui.Option{Value: string(one), Label: t("system.api." + string(one)), On: f.API == string(one)})
	}
	v.APINote, v.Security = optional("api_note", f.APINote), optional("security_contact", f.Security)
	v.APINote.Hint, v.APINote.MaxLength = t("system.api_note_hint"), 500
	v.Security.Hint = t("system.contact_hint")
	v.Sources = optional("sources", f.Sources)
	v.Sources.Hint, v.Sources.MaxLength, v.Sources.Rows = t("system.sources_hint"), 4000, 3
}

package accessweb

import (
	"net/http"
	"net/url"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func (p *Pages) listPurposes(w http.ResponseWriter, r *http.Request) error {
	return p.purposes(w, r, purposeForm{}, nil)
}

// purposeForm is a child purpose as it is typed.
type purposeForm struct {
	Parent    string `form:"parent"`
	Code      string `form:"code"`
	Name      string `form:"name"`
	NameEn    string `form:"name_en"`
	Procedure string `form:"procedure"`
	Case      bool   `form:"case_required"`
}

func (f purposeForm) purpose() access.Purpose {
	return access.Purpose{Code: f.Code, Parent: f.Parent, Name: f.Name, NameEn: f.NameEn, CaseRequired: f.Case, Procedure: f.Procedure}
}

func (p *Pages) addPurpose(w http.ResponseWriter, r *http.Request) error {
	var form purposeForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	if err := p.access.AddPurpose(r.Context(), form.purpose()); err != nil {
		return p.purposes(w, r, form, err)
	}
	http.Redirect(w, r, "/access/purposes", http.StatusSeeOther)
	return nil
}

// purposes shows the tree, with what a refused purpose was refused for.
func (p *Pages) purposes(w http.ResponseWriter, r *http.Request, form purposeForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	all, err := p.access.Purposes(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	v := purposesView{T: t, Head: ui.Head{Title: t("access.purposes"), Lead: t("access.purposes_lead")}, Roots: roots(t, i18n.LangOf(r.Context()), all)}
	if access.ActorOf(r.Context()).Can(access.SettingsChange) {
		v.Form = purposeFields(t, i18n.LangOf(r.Context()), form, errs, all)
	}
	page := web.Page{Title: t("access.purposes"), Crumbs: []ui.Crumb{{Label: t("access.purposes")}}, Body: purposesPage(v)}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

func nameOf(lang i18n.Lang, p access.Purpose) string {
	if lang == i18n.En && p.NameEn != "" {
		return p.NameEn
	}
	return p.Name
}

// roots are the five purposes in the order of the regulation's points, each with its children.
func roots(t ui.T, lang i18n.Lang, all []access.Purpose) []rootView {
	var out []rootView
	for _, root := range rootPurposes(all) {
		v := rootView{
			Card: ui.CardProps{ID: root.Code, Title: nameOf(lang, root), Lead: root.Code + " · " + point(t, root.Article)},
			Children: ui.TableProps{
				Caption: nameOf(lang, root), Columns: []ui.Column{{Label: t("access.col_code")}, {Label: t("access.col_name")}, {Label: t("access.col_demands")}},
			},
		}
		if root.CaseRequired {
			v.Card.Lead += " · " + t("access.case_required")
		}
		for _, c := range all {
			if c.Parent == root.Code {
				v.Card.Flush = true
				v.Children.Rows = append(v.Children.Rows, ui.Cells(ui.Link(c.Code, "/access/purposes/"+url.PathEscape(c.Code)+"/history"), ui.Text(nameOf(lang, c)), demands(t, c)))
			}
		}
		out = append(out, v)
	}
	return out
}

// point names the place in the regulation: "17.1đ" is điểm đ khoản 1 Điều 17.
func point(t ui.T, article string) string {
	number, rest, _ := strings.Cut(article, ".")
	letter := strings.TrimLeft(rest, "0123456789")
	return t("access.point", letter, strings.TrimSuffix(rest, letter), number)
}

// rootPurposes stand in the order of the points of Điều 17.1: a, b, c, d, đ. Byte order gives that order.
func rootPurposes(all []access.Purpose) []access.Purpose {
	var out []access.Purpose
	for _, p := range all {
		if p.Parent != "" {
			continue
		}
		i := len(out)
		for i > 0 && out[i-1].Article > p.Article {
			i--
		}
		out = append(out[:i], append([]access.Purpose{p}, out[i:]...)...)
	}
	return out
}

func demands(t ui.T, p access.Purpose) templ.Component {
	var parts []templ.Component
	if p.CaseRequired {
		parts = append(parts, ui.Badge(ui.State{Label: t("access.case_required"), Tone: ui.Info, Icon: ui.IconDocument}))
	}
	if p.Procedure != "" {
		parts = append(parts, ui.Muted(t("access.procedure", p.Procedure)))
	}
	if !p.Active {
		parts = append(parts, ui.Badge(ui.State{Label: t("access.inactive"), Tone: ui.Neutral, Icon: ui.IconStopped}))
	}
	if len(parts) == 0 {
		return ui.Muted("–")
	}
	return ui.Group(parts...)
}

func purposeFields(t ui.T, lang i18n.Lang, form purposeForm, errs ui.FormErrors, all []access.Purpose) *purposeFormView {
	field := func(name, label, hint, value string) ui.Field {
		return ui.Field{Name: name, Label: t(label), Hint: hint, Value: value, Error: errs.Of(name), Required: true, MaxLength: 200}
	}
	v := &purposeFormView{
		Form:      ui.FormProps{Action: "/access/purposes", Submit: t("access.add"), Icon: ui.IconAdd, Errors: errs},
		Parent:    ui.Choice{Field: field("parent", "access.field_parent", "", form.Parent)},
		Code:      field("code", "access.field_code", t("access.field_code_ex"), form.Code),
		Name:      field("name", "access.field_name", "", form.Name),
		NameEn:    field("name_en", "access.field_name_en", "", form.NameEn),
		Procedure: field("procedure", "access.field_proc", "", form.Procedure),
		Case:      ui.Field{Name: "case_required", Label: t("access.field_case")},
	}
	v.Code.Short, v.Procedure.Short = true, true
	v.Procedure.Required, v.Procedure.Optional = false, true
	if form.Case {
		v.Case.Value = "1"
	}
	for _, root := range rootPurposes(all) {
		v.Parent.Options = append(v.Parent.Options, ui.Option{Value: root.Code, Label: root.Code + " – " + nameOf(lang, root)})
	}
	return v
}

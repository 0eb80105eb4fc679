package accessweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// editTemplate begins with the newest version that the reader may see, or with nothing.
func (p *Pages) editTemplate(w http.ResponseWriter, r *http.Request) error {
	versions, err := p.access.Templates(r.Context(), access.TemplateFilter{Dataset: datasetOf(r), Limit: 500})
	if err != nil {
		return err
	}
	var now access.SharePolicy
	if len(versions) > 0 {
		now = versions[len(versions)-1].Policy
	}
	return p.renderTemplateForm(w, r, now, "", nil)
}

func (p *Pages) proposeTemplate(w http.ResponseWriter, r *http.Request) error {
	var form templateForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	policy := form.policy(r.Form)
	if _, err := p.access.ProposeTemplate(r.Context(), datasetOf(r), policy, form.Note); err != nil {
		return p.renderTemplateForm(w, r, policy, form.Note, err)
	}
	http.Redirect(w, r, templatePath(datasetOf(r)), http.StatusSeeOther)
	return nil
}

func (p *Pages) renderTemplateForm(w http.ResponseWriter, r *http.Request, now access.SharePolicy, note string, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	x, err := p.access.FindTemplate(r.Context(), datasetOf(r))
	if err != nil {
		return err
	}
	if _, err := access.RequireFor(r.Context(), access.AccessPropose, x.Owner); err != nil {
		return err
	}
	t := p.shell.T(r)
	v, err := p.templateFields(r, t, x.Dataset, now, note, errs)
	if err != nil {
		return err
	}
	v.Head = ui.Head{Eyebrow: x.Dataset, Title: t("access.template_new"), Lead: nameIn(p.registers.Datasets(r.Context()), x.Dataset)}
	page := web.Page{Title: t("access.template_new"), Narrow: true, Body: templateFormPage(v),
		Crumbs: []ui.Crumb{{Label: t("access.templates"), Path: "/access/templates"}, {Label: x.Dataset, Path: templatePath(x.Dataset)}, {Label: t("access.template_new")}}}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

// decision is a step on a proposed version.
type decision struct {
	Version int64  `form:"version"`
	Reason  string `form:"reason"`
}

type templateStep func(s *access.Service, ctx context.Context, dataset string, d decision) (access.TemplateVersion, error)

func approveStep(s *access.Service, ctx context.Context, dataset string, d decision) (access.TemplateVersion, error) {
	return s.ApproveTemplate(ctx, dataset, d.Version)
}

func returnStep(s *access.Service, ctx context.Context, dataset string, d decision) (access.TemplateVersion, error) {
	return s.ReturnTemplate(ctx, dataset, d.Version, d.Reason)
}

func withdrawStep(s *access.Service, ctx context.Context, dataset string, d decision) (access.TemplateVersion, error) {
	return s.WithdrawTemplate(ctx, dataset, d.Version)
}

func (p *Pages) takeTemplate(step templateStep) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		var d decision
		if err := web.Decode(r, &d); err != nil {
			return err
		}
		if _, err := step(p.access, r.Context(), datasetOf(r), d); err != nil {
			return p.renderTemplate(w, r, err)
		}
		http.Redirect(w, r, templatePath(datasetOf(r)), http.StatusSeeOther)
		return nil
	}
}

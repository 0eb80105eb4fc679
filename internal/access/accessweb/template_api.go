package accessweb

import (
	"context"
	"net/http"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/web"
)

// templateOperations are those of sharing policies.
func (p *Pages) templateOperations(api *web.API) {
	const all, one = "/access/templates", "/access/templates/{owner}/{slug}"
	web.Op(api, web.OpSpec{ID: "access-list-templates", Method: http.MethodGet, Path: all, Permission: access.AccessRead, Tag: "access",
		Summary: "Sharing policies in force, and to the owner, the operator and the auditor also proposed ones; of one dataset every version"}, p.opTemplates)
	web.Op(api, web.OpSpec{ID: "access-find-template", Method: http.MethodGet, Path: one, Permission: access.AccessRead, Tag: "access",
		Summary: "The sharing policy of a dataset: the version in force, and the proposed one for those who may see it"}, p.opTemplate)
	web.Op(api, web.OpSpec{ID: "access-propose-template", Method: http.MethodPost, Path: one + "/propose", Permission: access.AccessPropose, Tag: "access", Status: http.StatusCreated,
		Summary: "Propose the next version, as the owner's steward; all that is wrong is named at once"}, p.opProposeTemplate)
	web.Op(api, web.OpSpec{ID: "access-approve-template", Method: http.MethodPost, Path: one + "/approve", Permission: access.AccessApprove, Tag: "access",
		Summary: "Put a proposed version in force, as somebody who did not propose it"}, p.opStep(approveStep))
	web.Op(api, web.OpSpec{ID: "access-return-template", Method: http.MethodPost, Path: one + "/return", Permission: access.AccessApprove, Tag: "access",
		Summary: "Give a proposed version back with a reason"}, p.opStep(returnStep))
	web.Op(api, web.OpSpec{ID: "access-withdraw-template", Method: http.MethodPost, Path: one + "/withdraw", Permission: access.AccessPropose, Tag: "access",
		Summary: "Take a proposed version back"}, p.opStep(withdrawStep))
}

type templatesIn struct {
	Dataset string `query:"dataset" doc:"Dataset code; then also versions that are over" maxLength:"200"`
	Owner   string `query:"owner" doc:"Code of the owner" maxLength:"100"`
	After   string `query:"after" doc:"next of the page before" maxLength:"300"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type templatesOut struct {
	Body struct {
		Templates []access.TemplateVersion `json:"templates"`
		Next      string                   `json:"next,omitempty"`
	}
}

func (p *Pages) opTemplates(ctx context.Context, in *templatesIn) (*templatesOut, error) {
	f := access.TemplateFilter{Dataset: in.Dataset, Owner: in.Owner, Limit: in.Limit}
	f.AfterDataset, f.AfterVersion = cursorOf(in.After)
	list, err := p.access.Templates(ctx, f)
	if err != nil {
		return nil, err
	}
	var out templatesOut
	out.Body.Templates = append([]access.TemplateVersion{}, list...)
	if len(list) == in.Limit {
		last := list[len(list)-1]
		out.Body.Next = last.Dataset + "@" + strconv.FormatInt(last.Version, 10)
	}
	return &out, nil
}

type templateIn struct {
	Owner string `path:"owner" example:"H38.05"`
	Slug  string `path:"slug" example:"ho-ngheo"`
}

func (in templateIn) dataset() string { return in.Owner + "/" + in.Slug }

type templateOut struct{ Body access.Template }

func (p *Pages) opTemplate(ctx context.Context, in *templateIn) (*templateOut, error) {
	t, err := p.access.FindTemplate(ctx, in.dataset())
	return &templateOut{t}, err
}

type proposeIn struct {
	Owner string `path:"owner" example:"H38.05"`
	Slug  string `path:"slug" example:"ho-ngheo"`
	Body  struct {
		Policy access.SharePolicy `json:"policy"`
		Note   string             `json:"note,omitempty" maxLength:"2000"`
	}
}

type versionOut struct{ Body access.TemplateVersion }

func (p *Pages) opProposeTemplate(ctx context.Context, in *proposeIn) (*versionOut, error) {
	v, err := p.access.ProposeTemplate(ctx, in.Owner+"/"+in.Slug, in.Body.Policy, in.Body.Note)
	return &versionOut{v}, err
}

type decideTemplateIn struct {
	Owner string `path:"owner" example:"H38.05"`
	Slug  string `path:"slug" example:"ho-ngheo"`
	Body  struct {
		Version int64  `json:"version" minimum:"1" doc:"The proposed version that was read"`
		Reason  string `json:"reason,omitempty" maxLength:"2000" doc:"Of a return"`
	}
}

func (p *Pages) opStep(step templateStep) func(context.Context, *decideTemplateIn) (*versionOut, error) {
	return func(ctx context.Context, in *decideTemplateIn) (*versionOut, error) {
		v, err := step(p.access, ctx, in.Owner+"/"+in.Slug, decision{in.Body.Version, in.Body.Reason})
		return &versionOut{v}, err
	}
}

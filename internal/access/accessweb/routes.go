package accessweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/kit/clock"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Registers name things of other slices; app wires them. What is nil is shown by its code.
type Registers struct {
	Agency   func(ctx context.Context, code string) string                         // official name
	Subject  func(ctx context.Context, s access.Subject) string                    // name of the system, account or role in an agency
	Datasets func(ctx context.Context) map[string]string                           // names of datasets by code
	Request  func(ctx context.Context, id string) (number, path string, err error) // the request that a grant came from

	Fields         func(ctx context.Context, dataset string) ([]Named, error) // of a dataset, with their class
	OwnDatasets    func(ctx context.Context, agency string) ([]Named, error)  // that an agency may share
	Kinds, Methods []string                                                   // kinds of agency and ways of use that a sharing policy may name
}

// Pages of rights.
type Pages struct {
	shell     *web.Shell
	access    *access.Service
	clock     clock.Clock
	registers Registers
}

// New builds the pages.
func New(shell *web.Shell, s *access.Service, c clock.Clock, r Registers) *Pages {
	if r.Agency == nil {
		r.Agency = func(_ context.Context, code string) string { return code }
	}
	if r.Subject == nil {
		r.Subject = func(_ context.Context, s access.Subject) string { return s.ID }
	}
	if r.Datasets == nil {
		r.Datasets = func(context.Context) map[string]string { return nil }
	}
	if r.Request == nil {
		r.Request = func(_ context.Context, id string) (string, string, error) { return id, "/connections/" + id, nil }
	}
	none := func(context.Context, string) ([]Named, error) { return nil, nil }
	if r.Fields == nil {
		r.Fields = none
	}
	if r.OwnDatasets == nil {
		r.OwnDatasets = none
	}
	return &Pages{shell, s, c, r}
}

const oneTemplate = "/access/templates/{owner}/{slug}"

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		web.Get("/access/grants", access.AccessRead, p.listGrants).InMenu(web.Nav{Group: web.GroupShare, LabelKey: "access.grants", Icon: ui.IconGrant, Order: 40}),
		web.Get("/access/grants/{id}", access.AccessRead, p.showGrant),
		web.Get("/access/decisions", access.AccessRead, p.showWhy).InMenu(web.Nav{Group: web.GroupShare, LabelKey: "access.why", Icon: ui.IconQuestion, Order: 45}),
		web.Get("/access/purposes", access.SignedIn, p.listPurposes).InMenu(web.Nav{Group: web.GroupShare, LabelKey: "access.purposes", Icon: ui.IconTree, Order: 50}),
		web.Post("/access/purposes", access.SettingsChange, p.addPurpose),
		web.Get("/access/history", access.AccessRead, p.showLives).InMenu(web.Nav{Group: web.GroupShare, LabelKey: "access.lives", Icon: ui.IconHistory, Order: 43}),
		web.Get("/access/history.csv", access.AccessRead, p.livesCSV),
		web.Get("/access/history.xlsx", access.AccessRead, p.livesXLSX),
		web.Get("/access/templates", access.AccessRead, p.listTemplates).InMenu(web.Nav{Group: web.GroupShare, LabelKey: "access.templates", Icon: ui.IconRules, Order: 42}),
		web.Get("/access/templates/propose", access.AccessPropose, p.chooseTemplate),
		web.Get(oneTemplate, access.AccessRead, p.showTemplate),
		web.Get(oneTemplate+"/propose", access.AccessPropose, p.editTemplate),
		web.Post(oneTemplate+"/propose", access.AccessPropose, p.proposeTemplate),
		web.Post(oneTemplate+"/approve", access.AccessApprove, p.takeTemplate(approveStep)),
		web.Post(oneTemplate+"/return", access.AccessApprove, p.takeTemplate(returnStep)),
		web.Post(oneTemplate+"/withdraw", access.AccessPropose, p.takeTemplate(withdrawStep)),
		web.Get("/access/roles", access.SignedIn, p.listRoles).InMenu(web.Nav{Group: web.GroupAdmin, LabelKey: "access.roles", Icon: ui.IconRules, Order: 40}),
	}
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	p.templateOperations(api)
	web.Op(api, web.OpSpec{ID: "access-list-history", Method: http.MethodGet, Path: "/access/history", Permission: access.AccessRead, Tag: "access",
		Summary: "What became of grants, and with a day who could read what on it; an agency sees its own and those on its data"}, p.opLives)
	web.Op(api, web.OpSpec{ID: "access-list-grants", Method: http.MethodGet, Path: "/access/grants", Permission: access.AccessRead, Tag: "access",
		Summary: "Grants: of all agencies for the operator and the auditor, else of the caller's own agency"}, p.opGrants)
	web.Op(api, web.OpSpec{ID: "access-find-grant", Method: http.MethodGet, Path: "/access/grants/{id}", Permission: access.AccessRead, Tag: "access",
		Summary: "One grant with the history of its status"}, p.opGrant)
	web.Op(api, web.OpSpec{ID: "access-verify-grants", Method: http.MethodPost, Path: "/access/grants/verify", Permission: access.AuditVerify, Tag: "access",
		Summary: "Compare every grant that has not ended with its records in the signed log"}, p.opVerifyGrants)
	web.Op(api, web.OpSpec{ID: "access-list-purposes", Method: http.MethodGet, Path: "/purposes", Permission: access.Public, Tag: "access",
		Summary: "Purposes of exploitation: the five of Điều 17.1 and their children"}, p.opPurposes)
	web.Op(api, web.OpSpec{ID: "access-find-purpose", Method: http.MethodGet, Path: "/purposes/{code}", Permission: access.Public, Tag: "access",
		Summary: "One purpose of exploitation"}, p.opPurpose)
	web.Op(api, web.OpSpec{ID: "access-add-purpose", Method: http.MethodPost, Path: "/purposes", Permission: access.SettingsChange, Tag: "access", Status: http.StatusCreated,
		Summary: "Add a child purpose"}, p.opAddPurpose)
	web.Op(api, web.OpSpec{ID: "access-why", Method: http.MethodGet, Path: "/authz/decisions/{id}", Permission: access.AccessRead, Tag: "access",
		Summary: "Why a call was allowed or refused: the checks in order, the grant as it was then; for its parties, the operator and the auditor"}, p.opWhy)
	web.Op(api, web.OpSpec{ID: "access-decide", Method: http.MethodPost, Path: "/authz/decide", Permission: access.AccessRead, Tag: "access",
		Summary:     "What the decision of every channel would say of a request",
		Description: "The same function with the same facts as on a real call. Nothing is opened, counted or issued; the question is recorded."}, p.opDecide)
}

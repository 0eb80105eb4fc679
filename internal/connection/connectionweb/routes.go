package connectionweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/document"
	"lienthong/internal/flow"
	"lienthong/internal/kit/clock"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Named is a choice in a form: a code with its name.
type Named struct{ Code, Name string }

// Registers name things of other slices; app wires them.
type Registers struct {
	Agency   func(ctx context.Context, code string) string             // official name; the code when nil
	Datasets func(ctx context.Context) ([]Named, error)                // that may be asked for
	Systems  func(ctx context.Context, agency string) ([]Named, error) // of the agency

	OwnDatasets func(ctx context.Context, agency string) ([]Named, error) // of the agency, that it can share
	Agencies    func(ctx context.Context) []Named                         // that can be offered data

	Purposes, DatasetNames func(ctx context.Context) map[string]string // names by code; codes when nil
	// Letterhead is what papers of an agency begin with; of the platform's operator when code is empty.
	Letterhead func(ctx context.Context, code string) document.Letterhead
}

// Pages of the process.
type Pages struct {
	shell       *web.Shell
	connections *connection.Service
	grant       *flow.GrantConnection
	test        *flow.TestConnection
	clock       clock.Clock
	registers   Registers
}

// New builds the pages.
func New(shell *web.Shell, s *connection.Service, g *flow.GrantConnection, t *flow.TestConnection, c clock.Clock, r Registers) *Pages {
	if r.Agency == nil {
		r.Agency = func(_ context.Context, code string) string { return code }
	}
	if r.Letterhead == nil {
		r.Letterhead = func(ctx context.Context, code string) document.Letterhead {
			return document.Letterhead{Agency: r.Agency(ctx, code)}
		}
	}
	unnamed := func(context.Context) map[string]string { return nil }
	if r.Purposes == nil {
		r.Purposes = unnamed
	}
	if r.Agencies == nil {
		r.Agencies = func(context.Context) []Named { return nil }
	}
	if r.OwnDatasets == nil {
		r.OwnDatasets = func(context.Context, string) ([]Named, error) { return nil, nil }
	}
	if r.DatasetNames == nil {
		r.DatasetNames = unnamed
	}
	return &Pages{shell, s, g, t, c, r}
}

// nameIn is the name of a code; a code without one names itself.
func nameIn(names map[string]string, code string) string {
	if name := names[code]; name != "" {
		return name
	}
	return code
}

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	routes := []web.Route{
		web.Get("/connections", access.ConnectionRead, p.listRequests).InMenu(web.Nav{Group: web.GroupShare, LabelKey: "connection.list", Icon: ui.IconConnection, Order: 10}),
		web.Get("/connections/new", access.ConnectionDraft, p.newRequest).InMenu(web.Nav{Group: web.GroupShare, LabelKey: "connection.new", Icon: ui.IconAdd, Order: 20}),
		web.Post("/connections", access.ConnectionDraft, p.createRequest),
		web.Get("/connections/offer", access.ConnectionDraft, p.newOffer),
		web.Post("/connections/offer", access.ConnectionDraft, p.sendOffer),
		web.Get("/connections/{id}", access.ConnectionRead, p.showRequest),
		web.Get("/connections/{id}/edit", access.ConnectionDraft, p.editRequest),
		web.Post("/connections/{id}/edit", access.ConnectionDraft, p.changeRequest),
		web.Post("/connections/{id}/copy", access.ConnectionDraft, p.copyRequest),
		web.Get("/connections/{id}/minutes.docx", access.ConnectionRead, p.downloadPaper(minutesPaper)),
		web.Get("/connections/{id}/refusal.docx", access.ConnectionRead, p.downloadPaper(refusalPaper)),
		web.Post("/connections/{id}/renew", access.ConnectionDraft, p.renew),
		web.Get("/connections/{id}/impact", access.ConnectionDraft, p.showImpact),
		web.Post("/connections/{id}/impact", access.ConnectionDraft, p.keepImpact),
		web.Get("/connections/{id}/configs/{version}", access.ConnectionRead, p.showConfig),
		web.Get("/connections/{id}/provision", access.ConnectionSetUp, p.showStep("provision")),
		web.Post("/connections/{id}/provision", access.ConnectionSetUp, p.provision),
	}
	routes = append(append(routes, p.limitRoutes()...), p.routeRoutes()...)
	for _, s := range p.steps() {
		routes = append(routes,
			web.Get("/connections/{id}/"+s.verb, s.permission, p.showStep(s.verb)),
			web.Post("/connections/{id}/"+s.verb, s.permission, p.take(s)))
	}
	return routes
}

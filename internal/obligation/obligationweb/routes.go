// Package obligationweb shows what was found of the catalogue in force, as pages, files and JSON.
//
// Owns: the pages under /obligation, the operations under /api/v1/catalog/compliance and /api/v1/obligation.
// Does not own: any finding; obligation.Service judges, and app gathers the figures of the owner's page.
//
// Start reading at Pages.Routes.
package obligationweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/obligation"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Named is an agency with its name.
type Named struct{ Code, Name string }

// Figure is one number of the owner's page; it leads to its list.
type Figure struct {
	Key   string `json:"key" doc:"What is counted, as a stable word" example:"requests_waiting"`
	Value int64  `json:"value"`
	Of    int64  `json:"of,omitempty" doc:"Out of how many, where that is known"`
	Path  string `json:"path" doc:"Page with the list that was counted"`
	Warn  bool   `json:"warn,omitempty" doc:"It asks for attention"`
}

// Block is one part of the owner's page.
type Block struct {
	Key     string   `json:"key"`
	Figures []Figure `json:"figures"`
}

// Sources are what the pages ask of others; app wires them.
type Sources struct {
	Agency   func(ctx context.Context, code string) string
	Agencies func(ctx context.Context) ([]Named, error)
	// Board gathers the figures of an agency (Điều 20.3): what the reader may not know is left out.
	Board func(ctx context.Context, agency string) ([]Block, error)
}

// Pages of the findings.
type Pages struct {
	Sources
	shell       *web.Shell
	obligations *obligation.Service
}

// New builds the pages.
func New(shell *web.Shell, s *obligation.Service, src Sources) *Pages {
	return &Pages{src, shell, s}
}

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		web.Get("/obligation", access.ObligationRead, p.showBoard).InMenu(web.Nav{Group: web.GroupSupervise, LabelKey: "obligation.title", Icon: ui.IconChart, Order: 50}),
		web.Get("/obligation/owner", access.ObligationRead, p.showOwner).InMenu(web.Nav{Group: web.GroupHome, LabelKey: "obligation.owner_menu", Icon: ui.IconMonitor, Order: 3}),
		web.Get("/obligation/export.csv", access.ObligationRead, p.exportCSV),
		web.Get("/obligation/export.xlsx", access.ObligationRead, p.exportXLSX),
	}
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	web.Op(api, web.OpSpec{ID: "catalog-compliance", Method: http.MethodGet, Path: "/catalog/compliance", Permission: access.ObligationRead, Tag: "catalog",
		Summary: "The four obligations of each dataset of the catalogue in force (Điều 7.4); agencies see their own"}, p.opCompliance)
	web.Op(api, web.OpSpec{ID: "obligation-owner", Method: http.MethodGet, Path: "/obligation/owner", Permission: access.ObligationRead, Tag: "catalog",
		Summary: "Figures of an owner agency (Điều 20.3): obligations, warehouse, requests, users, reviews"}, p.opOwner)
}

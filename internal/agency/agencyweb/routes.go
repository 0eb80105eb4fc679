package agencyweb

import (
	"context"
	"net/http"
	"sync"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/kit/clock"
	"lienthong/internal/web"
	"lienthong/internal/web/geomap"
	"lienthong/internal/web/ui"
)

// importSize is the most that an import may carry; agency.Import reads no further.
const importSize = 8 << 20

// Pages of the register of agencies.
type Pages struct {
	shell    *web.Shell
	agencies *agency.Service
	clock    clock.Clock
	name     func(ctx context.Context, code string) string
	outlines func() (*geomap.Map, error)
}

// New builds the pages. agencyName names an agency by its code; without it the code is shown.
func New(shell *web.Shell, s *agency.Service, c clock.Clock, agencyName func(ctx context.Context, code string) string) *Pages {
	if agencyName == nil {
		agencyName = func(_ context.Context, code string) string { return code }
	}
	return &Pages{shell, s, c, agencyName, sync.OnceValues(geomap.Shipped)}
}

// Routes of the pages, and of the import by other programs, whose body is a CSV file and not JSON.
func (p *Pages) Routes() []web.Route {
	importFile := web.Post(web.APIPrefix+"/agencies/import", access.AgencyChange, p.opImport).Accepting(importSize)
	importFile.JSON = true
	return []web.Route{
		web.Get("/agency", access.AgencyRead, p.listAgencies).InMenu(web.Nav{Group: web.GroupAdmin, LabelKey: "agency.register", Icon: ui.IconAgency, Order: 10}),
		web.Get("/agency/map", access.AgencyRead, p.showMap),
		web.Get("/agency/new", access.AgencyChange, p.newAgency),
		web.Post("/agency", access.AgencyChange, p.createAgency),
		web.Get("/agency/import", access.AgencyChange, p.newImport),
		web.Post("/agency/import", access.AgencyChange, p.importAgencies).Accepting(importSize),
		web.Post("/agency/import/profile", access.AgencyChange, p.importProfile),
		web.Get("/agency/{code}", access.AgencyRead, p.showAgency),
		web.Get("/agency/{code}/edit", access.AgencyChange, p.editAgency),
		web.Post("/agency/{code}/edit", access.AgencyChange, p.changeAgency),
		web.Post("/agency/{code}/steward", access.AgencyChange, p.designate),
		web.Post("/agency/{code}/steward/{id}/end", access.AgencyChange, p.endDesignation),
		importFile,
	}
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	api.Describe(web.RawSpec{OpSpec: web.OpSpec{ID: "agency-import", Method: http.MethodPost, Path: "/agencies/import", Permission: access.AgencyChange, Tag: "agency",
		Summary: "Add or change agencies from a CSV file, all or none"}, Body: []string{"text/csv"}, Answer: "application/json"})
	web.Op(api, web.OpSpec{ID: "agency-list", Method: http.MethodGet, Path: "/agencies", Permission: access.AgencyRead, Tag: "agency",
		Summary: "Agencies in Vietnamese order; the search ignores diacritics"}, p.opList)
	web.Op(api, web.OpSpec{ID: "agency-find", Method: http.MethodGet, Path: "/agencies/{code}", Permission: access.AgencyRead, Tag: "agency",
		Summary: "One agency with the steward who answers for its data now"}, p.opFind)
	web.Op(api, web.OpSpec{ID: "agency-save", Method: http.MethodPut, Path: "/agencies/{code}", Permission: access.AgencyChange, Tag: "agency",
		Summary: "Add an agency or change one; its code never changes"}, p.opSave)
	web.Op(api, web.OpSpec{ID: "agency-stewards", Method: http.MethodGet, Path: "/agencies/{code}/stewards", Permission: access.AgencyRead, Tag: "agency",
		Summary: "Designations of an agency, newest first, and the one in force"}, p.opStewards)
	web.Op(api, web.OpSpec{ID: "agency-designate", Method: http.MethodPost, Path: "/agencies/{code}/stewards", Permission: access.AgencyChange, Tag: "agency",
		Summary: "Record a steward of the agency's data", Status: http.StatusCreated}, p.opDesignate)
	web.Op(api, web.OpSpec{ID: "agency-designation-end", Method: http.MethodPost, Path: "/agencies/{code}/stewards/{id}/end", Permission: access.AgencyChange, Tag: "agency",
		Summary: "End a designation now"}, p.opEndDesignation)
}

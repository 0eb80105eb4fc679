package catalogweb

import (
	"context"
	"net/http"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/warehouse"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Named is a choice in a form: a code with its name.
type Named struct{ Code, Name string }

// Line is one thing that another slice knows of a dataset: a connection, a grant, a consumer, an incident.
type Line struct {
	Title string    `json:"title"`
	Note  string    `json:"note,omitempty" doc:"Who or what it concerns"`
	State string    `json:"state,omitempty" doc:"State in the words of its slice"`
	Word  string    `json:"-"` // message key of the state; State itself when empty
	Tone  ui.Tone   `json:"-"`
	Path  string    `json:"path,omitempty" doc:"Page with its details"`
	Count int64     `json:"count,omitempty" doc:"Calls, for usage"`
	At    time.Time `json:"changed_at" doc:"Last change"`
}

// Source tells what a slice knows of a dataset, the newest first. A fault of kind Denied is shown as such.
type Source func(ctx context.Context, dataset catalog.Code) ([]Line, error)

// Sources are what the pages ask of other slices; app wires them.
type Sources struct {
	Agencies    func(ctx context.Context) ([]Named, error)                // that may own data
	Systems     func(ctx context.Context, agency string) ([]Named, error) // of the agency
	Purposes    func(ctx context.Context) ([]Named, error)
	GrantsLeft  func(ctx context.Context, dataset catalog.Code) (int, error) // grants that have not ended
	Connections Source
	Grants      Source
	Usage       Source
	Incidents   Source
	Processing  func(ctx context.Context, dataset catalog.Code) (Processing, error) // may be nil
}

// Parts are what the pages stand on.
type Parts struct {
	Catalog    *catalog.Service
	Dictionary *dictionary.Service
	Ingest     *ingest.Service
	Warehouse  *warehouse.Service
	Clock      clock.Clock
	Sources    Sources
}

// Pages of the register.
type Pages struct {
	Parts
	shell  *web.Shell
	agency func(ctx context.Context, code string) string
}

// New builds the pages. agencyName names an agency by its code; without it the code is shown.
func New(shell *web.Shell, parts Parts, agencyName func(ctx context.Context, code string) string) *Pages {
	if agencyName == nil {
		agencyName = func(_ context.Context, code string) string { return code }
	}
	return &Pages{parts, shell, agencyName}
}

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	const one = "/catalog/{owner}/{slug}"
	routes := []web.Route{
		web.Get("/catalog", access.CatalogRead, p.listDatasets).InMenu(web.Nav{Group: web.GroupData, LabelKey: "catalog.list", Icon: ui.IconDataset, Order: 10}),
		web.Get("/catalog/register", access.CatalogRegister, p.showWays),
		web.Get("/catalog/new", access.CatalogRegister, p.newDataset),
		web.Get("/catalog/discover", access.CatalogRegister, p.newSample),
		web.Post("/catalog/discover", access.CatalogRegister, p.discover).Accepting(maxSample),
		web.Post("/catalog/discover/draft", access.CatalogRegister, p.draftFromSample),
		web.Get("/catalog/import", access.CatalogRegister, p.newImport),
		web.Post("/catalog/import", access.CatalogRegister, p.previewImport).Accepting(2 * maxForm),
		web.Get("/catalog/import/{id}", access.CatalogRegister, p.showImport),
		web.Post("/catalog/import/{id}", access.CatalogRegister, p.applyImport),
		web.Get("/catalog/template/{file}", access.CatalogRegister, p.downloadTemplate),
		asOperation(web.Post(web.APIPrefix+"/datasets/discover", access.CatalogRegister, p.opDiscover).Accepting(maxSample)),
		asOperation(web.Post(web.APIPrefix+"/datasets/import", access.CatalogRegister, p.opImport).Accepting(maxForm)),
		web.Post("/catalog", access.CatalogRegister, p.createDataset),
		web.Get(one, access.CatalogRead, p.showProfile),
		web.Get(one+"/edit", access.CatalogRegister, p.editDataset),
		web.Post(one+"/edit", access.CatalogRegister, p.changeDataset),
		web.Get(one+"/schema", access.CatalogRegister, p.editSchema),
		web.Post(one+"/schema", access.CatalogRegister, p.defineSchema),
		web.Get(one+"/schema.json", access.CatalogRead, p.downloadSchema),
		web.Get(one+"/classification", access.CatalogRead, p.showClassification),
		web.Post(one+"/classification", access.CatalogRegister, p.classify),
		web.Post(one+"/classification/confirm", access.CatalogReview, p.confirmProposal),
		web.Post(one+"/classification/refuse", access.CatalogReview, p.refuseProposal),
		web.Get("/catalog/report", access.CatalogRead, p.showReports).InMenu(web.Nav{Group: web.GroupData, LabelKey: "catalog.reports", Icon: ui.IconReview, Order: 15}),
		web.Get("/catalog/report/{kind}", access.CatalogRead, p.showReport),
		web.Post("/catalog/report/unclassified", access.CatalogReview, p.actOnSeveral),
		web.Get("/catalog/unowned/new", access.CatalogRead, p.newUnowned),
		web.Post("/catalog/unowned", access.CatalogRead, p.reportUnownedData),
		web.Get("/catalog/unowned/{id}", access.CatalogRead, p.showUnowned),
		web.Post("/catalog/unowned/{id}/propose", access.CatalogReview, p.proposeOwner),
		web.Post("/catalog/unowned/{id}/assign", access.CatalogTransfer, p.assignOwner).Accepting(maxPaper),
		web.Get("/catalog/unowned/{id}/paper", access.CatalogRead, p.downloadPaper).Slowly(),
		web.Get(one+"/propose-owner", access.CatalogReview, p.newOwnerOf),
		web.Post(one+"/propose-owner", access.CatalogReview, p.proposeNewOwner),
		web.Get(one+"/mapping", access.CatalogRead, p.showMapping),
		web.Post(one+"/mapping", access.CatalogRegister, p.changeMapping),
		web.Get("/catalog/sources", access.CatalogRead, p.listSources).InMenu(web.Nav{Group: web.GroupData, LabelKey: "catalog.sources", Icon: ui.IconDatabase, Order: 12}),
		web.Get("/catalog/sources/transfer", access.CatalogTransfer, p.newTransfer),
		web.Post("/catalog/sources/transfer", access.CatalogTransfer, p.takeTransfer),
		web.Get(one+"/sources", access.CatalogRead, p.showSources),
		web.Post(one+"/sources", access.CatalogRegister, p.takeSource("declare")),
		web.Post(one+"/sources/confirm", access.CatalogReview, p.takeSource("confirm")),
		web.Post(one+"/sources/withdraw", access.CatalogRegister, p.takeSource("withdraw")),
		web.Post(one+"/sources/dispute", access.CatalogRegister, p.takeSource("dispute")),
		web.Post(one+"/replica", access.CatalogRegister, p.takeSource("replica")),
	}
	for _, s := range p.steps() {
		routes = append(routes,
			web.Get(one+"/"+s.verb, s.permission, p.showStep(s)),
			web.Post(one+"/"+s.verb, s.permission, p.takeStep(s)))
	}
	return routes
}

const maxPaper = 21 << 20 // an attached decision with the fields of its form

// asOperation answers errors as problems. These operations stand beside the described ones because they take files.
func asOperation(rt web.Route) web.Route {
	rt.JSON = true
	return rt
}

// find reads the dataset that the address names.
func (p *Pages) find(r *http.Request) (catalog.Dataset, error) {
	return p.Catalog.FindByCode(r.Context(), codeOf(r.PathValue("owner"), r.PathValue("slug")))
}

func codeOf(owner, slug string) catalog.Code { return catalog.Code(owner + "/" + slug) }

// path is the address of a dataset's page.
func path(c catalog.Code) string { return "/catalog/" + string(c) }

// crumbs lead to a page about a dataset.
func crumbs(t ui.T, d catalog.Dataset, last string) []ui.Crumb {
	way := []ui.Crumb{{Label: t("catalog.list"), Path: "/catalog"}}
	if d.Code == "" {
		return append(way, ui.Crumb{Label: last})
	}
	if last == "" {
		return append(way, ui.Crumb{Label: string(d.Code)})
	}
	return append(way, ui.Crumb{Label: string(d.Code), Path: path(d.Code)}, ui.Crumb{Label: last})
}

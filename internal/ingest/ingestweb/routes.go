package ingestweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/ingest"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Named is a choice in a form: a code with its name.
type Named struct{ Code, Name string }

// Pages of deliveries.
type Pages struct {
	shell   *web.Shell
	ingest  *ingest.Service
	catalog *catalog.Service
	systems func(ctx context.Context, agency string) ([]Named, error)
	agency  func(ctx context.Context, code string) string
}

// New builds the pages. systems lists the information systems of an agency; agencyName names an agency by its code,
// without it the code is shown.
func New(shell *web.Shell, s *ingest.Service, c *catalog.Service, systems func(ctx context.Context, agency string) ([]Named, error), agencyName func(ctx context.Context, code string) string) *Pages {
	if agencyName == nil {
		agencyName = func(_ context.Context, code string) string { return code }
	}
	return &Pages{shell, s, c, systems, agencyName}
}

// Routes of the pages, and of the operations that stream.
func (p *Pages) Routes() []web.Route {
	room := p.ingest.MaxBytes + web.DefaultBody // the file with the fields of its form
	routes := []web.Route{
		web.Get("/ingest", access.IngestRead, p.listDeliveries).InMenu(web.Nav{Group: web.GroupData, LabelKey: "ingest.list", Icon: ui.IconDelivery, Order: 21}),
		web.Get("/ingest/new", access.IngestDeliver, p.newDelivery).InMenu(web.Nav{Group: web.GroupData, LabelKey: "ingest.new", Icon: ui.IconUpload, Order: 20}),
		web.Post("/ingest", access.IngestDeliver, p.deliver).Accepting(room),
		web.Get("/ingest/template", access.IngestDeliver, p.downloadTemplate),
		web.Get("/ingest/{id}", access.IngestRead, p.showDelivery),
		web.Get("/ingest/{id}/progress", access.IngestRead, p.showProgress),
		web.Get("/ingest/{id}/errors.csv", access.IngestRead, p.downloadErrors).Slowly(),
	}
	for _, d := range p.decisions() {
		routes = append(routes,
			web.Get("/ingest/{id}/"+d.verb, d.permission, p.showDecision(d)),
			web.Post("/ingest/{id}/"+d.verb, d.permission, p.takeDecision(d)))
	}
	routes = append(routes, p.resumeRoutes()...)
	return append(routes,
		asOperation(web.Post(deliveriesPath, access.IngestDeliver, p.streamDelivery).Accepting(room)),
		asOperation(web.Get(deliveriesPath+"/{id}/errors.csv", access.IngestRead, p.downloadErrors).Slowly()),
	)
}

const deliveriesPath = web.APIPrefix + "/ingest/deliveries"

// asOperation answers errors as problems. These operations stand beside the described ones because they stream.
func asOperation(rt web.Route) web.Route {
	rt.JSON = true
	return rt
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	const one = "/ingest/deliveries/{id}"
	op := func(id, method, path string, permission access.Permission, summary string) web.OpSpec {
		return web.OpSpec{ID: "ingest-" + id, Method: method, Path: path, Permission: permission, Tag: "ingest", Summary: summary}
	}
	api.Describe(web.RawSpec{
		OpSpec: op("deliver", http.MethodPost, "/ingest/deliveries", access.IngestDeliver, "Deliver a file; 202 while it is checked, 201 when it ended at once, 200 when it repeats an earlier one"),
		Body:   []string{"text/csv", "application/json", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream"},
		Query: map[string]string{"dataset*": "owner/slug", "system*": "delivering system", "data_time*": "RFC 3339: as of when the data is", "file_name": "name of the file",
			"declaration*": "not-secret", "sha256": "sum of the file, compared with what arrived", "encoding": "tcvn3, vni or windows-1258, for old CSV files"},
		Header: map[string]string{"Idempotency-Key": "the same key again answers the first delivery"}, Answer: "application/json", More: []int{http.StatusCreated, http.StatusAccepted},
	})
	api.Describe(web.RawSpec{OpSpec: op("errors-file", http.MethodGet, one+"/errors.csv", access.IngestRead, "All rejected values as a CSV file"), Answer: "text/csv"})
	list := op("list", http.MethodGet, "/ingest/deliveries", access.IngestRead, "Deliveries of the caller's agency, or all for the operator; the newest first")
	list.Description = "A file is delivered by POST to the same path: body text/csv, XLSX, JSON or application/octet-stream, query dataset, system, data_time, file_name, declaration=not-secret, sha256, encoding (tcvn3, vni, windows-1258 for old CSV files), and the header Idempotency-Key. " +
		"The answer is the delivery: 202 while it is checked, 201 when it ended at once, 200 when it repeats an earlier one."
	web.Op(api, list, p.opList)
	p.resumeOperations(api, op)
	web.Op(api, op("find", http.MethodGet, one, access.IngestRead, "One delivery with its counts, verdicts and progress"), p.opFind)
	web.Op(api, op("errors", http.MethodGet, one+"/errors", access.IngestRead, "Rejected values in pages; values only for those who may see them"), p.opErrors)
	web.Op(api, op("release", http.MethodPost, one+"/release", access.IngestRead, "Let a held delivery pass with its warnings: by who may release, or by the owner's steward when it is held for its age alone"), p.opRelease)
	web.Op(api, op("withdraw", http.MethodPost, one+"/withdraw", access.IngestRead, "End a held delivery without publishing it"), p.opWithdraw)
	web.Op(api, op("purge", http.MethodPost, one+"/purge", access.IncidentHandle, "Remove content that should never have come in; who, when and hash stay"), p.opPurge)
}

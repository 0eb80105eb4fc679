package warehouseweb

import (
	"context"
	"net/http"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/warehouse"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Pages of the warehouse.
type Pages struct {
	shell     *web.Shell
	warehouse *warehouse.Service
	catalog   *catalog.Service
	clock     clock.Clock
	agency    func(ctx context.Context, code string) string
}

// New builds the pages. agencyName names an agency by its code; without it the code is shown.
func New(shell *web.Shell, s *warehouse.Service, c *catalog.Service, now clock.Clock, agencyName func(ctx context.Context, code string) string) *Pages {
	if agencyName == nil {
		agencyName = func(_ context.Context, code string) string { return code }
	}
	return &Pages{shell, s, c, now, agencyName}
}

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	const one = "/warehouse/{owner}/{slug}"
	return []web.Route{
		web.Get("/warehouse", access.WarehouseRead, p.listDatasets).InMenu(web.Nav{Group: web.GroupData, LabelKey: "warehouse.title", Icon: ui.IconWarehouse, Order: 30}),
		web.Get(one, access.WarehouseRead, p.listVersions),
		web.Get(one+"/{number}", access.WarehouseRead, p.showVersion),
		web.Post(one+"/{number}/verify", access.WarehouseRead, p.verifyVersion).Slowly(),
	}
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	const one = "/datasets/{owner}/{slug}/versions"
	op := func(id, method, path, summary string) web.OpSpec {
		return web.OpSpec{ID: "warehouse-" + id, Method: method, Path: path, Permission: access.WarehouseRead, Tag: "warehouse", Summary: summary}
	}
	web.Op(api, op("datasets", http.MethodGet, "/warehouse/datasets", "Datasets with their version in force and as at when it is"), p.opDatasets)
	web.Op(api, op("versions", http.MethodGet, one, "Versions of a dataset, the newest first"), p.opVersions)
	web.Op(api, op("version", http.MethodGet, one+"/{number}", "One version with provenance, columns, statistics and the sums of its files"), p.opVersion)
	web.Op(api, op("verify", http.MethodPost, one+"/{number}/verify", "Read manifest and files again and compare every sum; 503 when one differs"), p.opVerify)
}

// dataset finds the dataset that the address names, for a reader of the register.
func (p *Pages) dataset(ctx context.Context, owner, slug string) (catalog.Dataset, error) {
	return p.catalog.FindByCode(ctx, catalog.Code(owner+"/"+slug))
}

// version finds a version by its number.
func (p *Pages) version(ctx context.Context, d catalog.Dataset, number string) (warehouse.Version, error) {
	missing := fault.New(fault.NotFound, "warehouse.version_missing", d.Code, number)
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > 1_000_000_000 {
		return warehouse.Version{}, missing
	}
	list, err := p.warehouse.Versions(ctx, string(d.Code), n+1, 1)
	if err != nil {
		return warehouse.Version{}, err
	}
	if len(list) == 0 || list[0].Number != n {
		return warehouse.Version{}, missing
	}
	return shown(ctx, d, list[0]), nil
}

// shown takes the smallest and largest values away from those to whom they are not due.
func shown(ctx context.Context, d catalog.Dataset, v warehouse.Version) warehouse.Version {
	if access.ActorOf(ctx).ActsFor(d.Owner) {
		return v
	}
	stats := make([]warehouse.ColumnStats, len(v.Stats))
	for i, s := range v.Stats {
		s.Min, s.Max = "", ""
		stats[i] = s
	}
	v.Stats = stats
	return v
}

// verify compares a version with its sums, for those who answer for it: hashing all files costs more than a page.
func (p *Pages) verify(ctx context.Context, d catalog.Dataset, v warehouse.Version) error {
	if _, err := access.RequireFor(ctx, access.WarehouseRead, d.Owner); err != nil {
		return err
	}
	return p.warehouse.Verify(ctx, v.ID)
}

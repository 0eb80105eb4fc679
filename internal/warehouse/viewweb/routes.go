package viewweb

import (
	"context"
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/flow"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Parts of the pages.
type Parts struct {
	View     *flow.ViewData
	Access   *access.Service
	Catalog  *catalog.Service
	Agency   func(ctx context.Context, code string) string // name of an agency
	Purposes func(ctx context.Context) map[string]string   // names by code
}

// Pages on which people look at records.
type Pages struct {
	shell *web.Shell
	Parts
}

// New builds the pages.
func New(shell *web.Shell, p Parts) *Pages { return &Pages{shell, p} }

const (
	root = "/warehouse/view"
	one  = root + "/{owner}/{slug}"
)

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		web.Get(root, access.WarehouseView, p.list).InMenu(web.Nav{Group: web.GroupData, LabelKey: "view.title", Icon: ui.IconSearch, Order: 35}),
		web.Get(one, access.WarehouseView, p.ask),
		web.Post(one, access.WarehouseView, p.look),
	}
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	op := func(id, method, path, summary string) web.OpSpec {
		return web.OpSpec{ID: "warehouse-" + id, Method: method, Path: path, Permission: access.WarehouseView, Tag: "warehouse", Summary: summary}
	}
	web.Op(api, op("viewable", http.MethodGet, "/warehouse/view", "Datasets whose records the caller may look at, with purposes, identifiers and masks"), p.opList)
	web.Op(api, op("view", http.MethodPost, "/datasets/{owner}/{slug}/view", "Look up one record by an identifier, or read one page; masked as granted, recorded before it answers"), p.opLook)
	web.Op(api, op("export", http.MethodPost, "/datasets/{owner}/{slug}/export", "Take at most 500 records as CSV, which needs the level USE; the file carries who took it, when, under which record"), p.opExport)
}

// Personal reports a pattern of these pages or operations, all of which may show data of persons.
func Personal(pattern string) bool {
	_, path, _ := strings.Cut(pattern, " ")
	return path == one || path == web.APIPrefix+"/datasets/{owner}/{slug}/view" || path == web.APIPrefix+"/datasets/{owner}/{slug}/export"
}

func pathOf(code string) string { return root + "/" + code }

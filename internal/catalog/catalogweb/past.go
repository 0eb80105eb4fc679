package catalogweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/web"
)

// Pasts are the things of these pages whose history is shown.
func (p *Pages) Pasts() []web.Past {
	return []web.Past{{
		Kind: "catalog.dataset", Page: "/catalog/{owner}/{slug}", API: "/datasets/{owner}/{slug}", Permission: access.CatalogRead, Sample: catalog.Past{},
		Values: map[string]string{
			"form": "catalog.form.", "method": "catalog.method.", "frequency": "catalog.frequency.", "nature": "catalog.nature.", "scope": "catalog.scope.",
			"class": "catalog.class.", "state": "catalog.state.", "state_before": "catalog.state.", "on_failure": "catalog.on_failure.", "numbers": "catalog.numbers.",
			"levels": "catalog.level.", "agency_types": "catalog.kind.", "suggested": "catalog.class.",
		},
		Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
			d, err := p.Catalog.FindByCode(ctx, codeOf(param("owner"), param("slug")))
			if err != nil {
				return web.PastOf{}, err
			}
			return web.PastOf{ID: string(d.Code), Title: d.Name, Path: path(d.Code), ListKey: "catalog.list", ListPath: "/catalog", Agencies: []string{d.Owner}}, nil
		},
	}, {
		Kind: "catalog.unowned", Page: "/catalog/unowned/{id}", API: "/datasets/unowned/{id}", Permission: access.CatalogRead, Sample: catalog.Unowned{},
		Values: map[string]string{"state": "catalog.unowned."},
		Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
			u, err := p.Catalog.FindUnowned(ctx, param("id"))
			if err != nil {
				return web.PastOf{}, err
			}
			return web.PastOf{ID: u.ID, Title: u.Name, Path: unownedPath(u.ID), ListKey: "catalog.report.unowned", ListPath: "/catalog/report/unowned", Agencies: []string{u.Agency}}, nil
		},
	}}
}

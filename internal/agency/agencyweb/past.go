package agencyweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/web"
)

// Pasts are the things of these pages whose history is shown.
func (p *Pages) Pasts() []web.Past {
	return []web.Past{{
		Kind: "agency", Page: "/agency/{code}", API: "/agencies/{code}", Permission: access.AgencyRead, Sample: agency.Past{},
		Values: map[string]string{"kind": "agency.kind."},
		Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
			a, err := p.agencies.Find(ctx, param("code"))
			if err != nil {
				return web.PastOf{}, err
			}
			return web.PastOf{ID: a.Code, Title: a.Name, Path: path(a.Code), ListKey: "agency.register", ListPath: "/agency", Agencies: []string{a.Code}}, nil
		},
	}}
}

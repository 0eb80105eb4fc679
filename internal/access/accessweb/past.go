package accessweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/web"
)

// Pasts are the things of these pages whose history is shown.
func (p *Pages) Pasts() []web.Past {
	return []web.Past{
		{
			Kind: "access.grant", Page: "/access/grants/{id}", API: "/access/grants/{id}", Permission: access.AccessRead, Sample: access.Grant{},
			Values: map[string]string{"level": "access.level.", "status": "access.status.", "mask": "access.mask."},
			Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
				g, err := p.access.FindGrant(ctx, param("id"))
				return web.PastOf{ID: g.Number, Title: g.Number, Path: "/access/grants/" + g.ID, ListKey: "access.grants", ListPath: "/access/grants"}, err
			},
		},
		{
			Kind: "access.template", Page: oneTemplate, API: oneTemplate, Permission: access.AccessRead, Sample: access.Template{},
			Values: map[string]string{"state": "access.template_state.", "mask": "access.mask."},
			Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
				t, err := p.access.FindTemplate(ctx, param("owner")+"/"+param("slug"))
				return web.PastOf{ID: t.Dataset, Title: t.Dataset, Path: templatePath(t.Dataset), ListKey: "access.templates", ListPath: "/access/templates", Agencies: []string{t.Owner}}, err
			},
		},
		{
			Kind: "access.purpose", Page: "/access/purposes/{code}", API: "/purposes/{code}", Permission: access.SignedIn, Sample: access.Purpose{},
			Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
				one, err := p.access.FindPurpose(ctx, param("code"))
				return web.PastOf{ID: one.Code, Title: one.Name, ListKey: "access.purposes", ListPath: "/access/purposes"}, err
			},
		},
	}
}

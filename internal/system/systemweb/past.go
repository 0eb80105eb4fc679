package systemweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/system"
	"lienthong/internal/web"
)

// Pasts are the things of these pages whose history is shown.
func (p *Pages) Pasts() []web.Past {
	return []web.Past{{
		Kind: "system", Page: "/system/{id}", API: "/systems/{id}", Permission: access.SystemRead, Sample: system.Past{},
		Values: map[string]string{"category": "system.category.", "layer": "system.layer."},
		Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
			s, err := p.systems.Find(ctx, param("id"))
			if err != nil {
				return web.PastOf{}, err
			}
			return web.PastOf{ID: s.ID, Title: s.Name, Path: path(s.ID), ListKey: "system.register", ListPath: "/system", Agencies: []string{s.Owner}}, nil
		},
	}}
}

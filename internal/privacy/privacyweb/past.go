package privacyweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/privacy"
	"lienthong/internal/web"
)

// Pasts are the things of these pages whose history is shown.
func (p *Pages) Pasts() []web.Past {
	return []web.Past{{
		Kind: "privacy.entry", Page: one, API: "/privacy/entries/{owner}/{slug}", Permission: access.PrivacyRead, Sample: privacy.Past{},
		Values: map[string]string{"categories": "privacy.category.", "measures": "privacy.measure.", "status": "privacy.impact."},
		Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
			v, err := p.privacy.Find(ctx, param("owner")+"/"+param("slug"))
			if err != nil {
				return web.PastOf{}, err
			}
			return web.PastOf{
				ID: v.Dataset.Code, Title: v.Dataset.Name, Path: path(v.Dataset.Code), ListKey: "privacy.register", ListPath: "/privacy", Agencies: []string{v.Dataset.Owner},
			}, nil
		},
	}}
}

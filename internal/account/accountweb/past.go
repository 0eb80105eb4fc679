package accountweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/web"
)

// Pasts are the things of these pages whose history is shown.
func (p *Pages) Pasts() []web.Past {
	return []web.Past{{
		Kind: "account", Page: "/account/{id}", API: "/account/accounts/{id}", Permission: access.AccountRead, Sample: account.Past{},
		Values: map[string]string{"roles": "web.role_"},
		Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
			a, err := p.account.Find(ctx, param("id"))
			if err != nil {
				return web.PastOf{}, err
			}
			return web.PastOf{ID: a.Username, Title: a.FullName, Path: "/account/" + a.ID, ListKey: "account.menu", ListPath: "/account", Agencies: []string{a.Agency}}, nil
		},
	}}
}

package exchangeweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/exchange"
	"lienthong/internal/web"
)

// Pasts are the things of these pages whose history is shown.
func (p *Pages) Pasts() []web.Past {
	return []web.Past{{
		Kind: "exchange.route", Page: "/exchange/services/{owner}/{system}/{name}", API: "/exchange/services/{owner}/{system}/{name}", Permission: access.ExchangeRead,
		Sample: exchange.Route{}, Values: map[string]string{"status": "exchange."},
		Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
			s, err := p.exchange.FindService(ctx, param("owner"), param("system"), param("name"))
			if err != nil {
				return web.PastOf{}, err
			}
			return web.PastOf{ID: s.ID, Title: s.System + "/" + s.Name, ListKey: "exchange.services", ListPath: "/exchange/services", Agencies: []string{s.Owner}}, nil
		},
	}}
}

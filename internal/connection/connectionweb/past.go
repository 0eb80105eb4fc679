package connectionweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
)

// Pasts are the things of these pages whose history is shown.
func (p *Pages) Pasts() []web.Past {
	return []web.Past{p.limitsPast(), {
		Kind: "connection.request", Page: "/connections/{id}", API: "/connections/requests/{id}", Permission: access.ConnectionRead, Sample: connection.Past{},
		Values: map[string]string{
			"state": "connection.state.", "level": "connection.level.", "levels": "connection.level.", "method": "connection.method.",
			"frequency": "connection.frequency.", "alternative": "connection.alternative.", "readiness": "connection.readiness.", "reason_class": "connection.pause.", "mask": "connection.mask.", "phase": "connection.phase.",
			"route": "connection.name.", "outcome": "connection.outcome.", "interrupted": "connection.state.", "from": "connection.state.",
		},
		Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
			v, err := p.connections.Find(ctx, connection.ID(param("id")))
			if err != nil {
				return web.PastOf{}, err
			}
			if !v.Party { // others see the progress of a request, not its papers
				return web.PastOf{}, fault.New(fault.Denied, "access.other_agency", v.Request.Agency)
			}
			of := web.PastOf{ID: string(v.Request.ID), Title: v.Request.Number, Path: path(v.Request.ID), ListKey: "connection.list", ListPath: "/connections"}
			if of.Title == "" {
				of.Title = string(v.Request.ID)
			}
			return of, nil
		},
	}}
}

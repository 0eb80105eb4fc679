package releaseweb

import (
	"context"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/release"
	"lienthong/internal/web"
)

// Pasts are the things of these pages whose history is shown.
func (p *Pages) Pasts() []web.Past {
	return []web.Past{{
		Kind: "release", Page: "/release/{list}/{number}", API: "/releases/{list}/{number}", Permission: access.ReleaseRead, Sample: release.Release{},
		Values: map[string]string{"list": "release.list.", "state": "release.state.", "from": "release.state.", "to": "release.state."},
		Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
			number, err := strconv.ParseInt(param("number"), 10, 64)
			if err != nil {
				return web.PastOf{}, fault.New(fault.NotFound, "release.not_found")
			}
			v, err := p.Releases.Find(ctx, release.List(param("list")), number)
			if err != nil {
				return web.PastOf{}, err
			}
			return web.PastOf{ID: v.Key(), Title: p.title(ctx, v.List, v.Number), Path: v.Path(), ListKey: "release.list." + string(v.List), ListPath: "/release/" + string(v.List)}, nil
		},
	}, {
		Kind: "release.publication", Page: publicationsPath + "/{id}", API: "/releases/publications/{id}", Permission: access.ReleaseRead, Sample: release.Publication{},
		Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
			x, err := p.Releases.FindPublication(ctx, param("id"))
			return web.PastOf{ID: x.ID, Title: x.Name, Path: publicationsPath + "/" + x.ID, ListKey: "release.publications", ListPath: publicationsPath, Agencies: []string{x.Owner}}, err
		},
	}}
}

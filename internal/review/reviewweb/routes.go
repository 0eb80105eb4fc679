package reviewweb

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/kit/clock"
	"lienthong/internal/review"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Registers name things of other slices; app wires them. What is nil is shown by its code.
type Registers struct {
	Agency   func(ctx context.Context, code string) string
	Subject  func(ctx context.Context, s access.Subject) string
	Datasets func(ctx context.Context) map[string]string
}

// Pages of reviews.
type Pages struct {
	shell     *web.Shell
	review    *review.Service
	access    *access.Service
	clock     clock.Clock
	registers Registers
}

// New builds the pages.
func New(shell *web.Shell, s *review.Service, a *access.Service, c clock.Clock, r Registers) *Pages {
	if r.Agency == nil {
		r.Agency = func(_ context.Context, code string) string { return code }
	}
	if r.Subject == nil {
		r.Subject = func(_ context.Context, s access.Subject) string { return s.ID }
	}
	if r.Datasets == nil {
		r.Datasets = func(context.Context) map[string]string { return nil }
	}
	return &Pages{shell, s, a, c, r}
}

const (
	campaignsPath = "/reviews/campaigns"
	asksPath      = "/reviews/asks"
	excessPath    = "/reviews/excess"
)

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		web.Get(campaignsPath, access.AccessRead, p.listCampaigns).InMenu(web.Nav{Group: web.GroupShare, LabelKey: "review.campaigns", Icon: ui.IconReview, Order: 42}),
		web.Post(campaignsPath, access.ReviewOpen, p.openCampaign),
		web.Get("/reviews/campaigns/{id}", access.AccessRead, p.showCampaign),
		web.Post("/reviews/campaigns/{id}/answer", access.ReviewAnswer, p.answerItems),
		web.Get("/reviews/campaigns/{id}/result.xlsx", access.AccessRead, p.downloadResult),
		web.Get("/reviews/campaigns/{id}/items/{item}", access.AccessRead, p.showItem),
		web.Post("/reviews/campaigns/{id}/items/{item}", access.ReviewAnswer, p.answerItem),
		web.Get(excessPath, access.AccessRead, p.listExcess).InMenu(web.Nav{Group: web.GroupShare, LabelKey: "review.excess", Icon: ui.IconRules, Order: 43}),
		web.Get("/reviews/excess/{grant}", access.AccessRead, p.showExcess),
		web.Post("/reviews/excess/{grant}/narrow", access.ReviewAnswer, p.narrowExcess),
		web.Post("/reviews/excess/{grant}/keep", access.ReviewAnswer, p.keepExcess),
		web.Get(asksPath, access.AccessRead, p.listAsks).InMenu(web.Nav{Group: web.GroupShare, LabelKey: "review.asks", Icon: ui.IconSend, Order: 44}),
		web.Get("/reviews/ask", access.ReviewAnswer, p.askForm),
		web.Post("/reviews/ask", access.ReviewAnswer, p.ask),
		web.Get("/reviews/asks/{id}", access.AccessRead, p.showAsk),
		web.Post("/reviews/asks/{id}/confirm", access.ReviewOpen, p.confirmAsk),
		web.Post("/reviews/asks/{id}/refuse", access.ReviewOpen, p.refuseAsk),
		web.Get("/reviews/settings", access.AccessRead, p.showSettings),
		web.Post("/reviews/settings", access.SettingsChange, p.changeSettings),
	}
}

// Pasts are the things of these pages whose history is shown.
func (p *Pages) Pasts() []web.Past {
	return []web.Past{
		{
			Kind: "review.settings", Page: "/reviews/settings", API: "/reviews/settings", Permission: access.AccessRead, Sample: review.Settings{},
			Of: func(ctx context.Context, _ func(string) string) (web.PastOf, error) {
				return web.PastOf{ID: "platform", Title: p.say(ctx)("review.settings"), Path: "/reviews/settings", ListKey: "review.campaigns", ListPath: campaignsPath}, nil
			},
		},
		{
			Kind: "review.campaign", Page: "/reviews/campaigns/{id}", API: "/reviews/campaigns/{id}", Permission: access.AccessRead, Sample: review.Campaign{},
			Values: map[string]string{"cause": "review.cause.", "state": "review.state."},
			Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
				c, err := p.review.FindCampaign(ctx, param("id"))
				return web.PastOf{ID: c.ID, Title: c.Number, Path: campaignsPath + "/" + c.ID, ListKey: "review.campaigns", ListPath: campaignsPath}, err
			},
		},
		{
			Kind: "review.ask", Page: "/reviews/asks/{id}", API: "/reviews/asks/{id}", Permission: access.AccessRead, Sample: review.Ask{},
			Values: map[string]string{"kind": "review.ask_kind.", "state": "review.ask_state.", "masks": "access.mask."},
			Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
				a, err := p.review.FindAsk(ctx, param("id"))
				return web.PastOf{ID: a.ID, Title: a.Number, Path: asksPath + "/" + a.ID, ListKey: "review.asks", ListPath: asksPath}, err
			},
		},
		{
			Kind: "review.excess", Page: excessPath + "/{grant}", API: "/reviews/excess/{grant}", Permission: access.AccessRead, Sample: review.Kept{},
			Of: func(ctx context.Context, param func(string) string) (web.PastOf, error) {
				e, err := p.review.FindExcess(ctx, param("grant"))
				return web.PastOf{ID: e.Number, Title: e.Number, Path: excessPath + "/" + e.Grant, ListKey: "review.excess", ListPath: excessPath}, err
			},
		},
	}
}

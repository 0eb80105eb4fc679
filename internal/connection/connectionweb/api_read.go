package connectionweb

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
)

type listIn struct {
	State   string `query:"state"`
	Agency  string `query:"agency" doc:"Requesting agency"`
	Owner   string `query:"owner" doc:"Owner agency of the dataset"`
	Dataset string `query:"dataset"`
	System  string `query:"system"`
	Number  string `query:"number" doc:"Beginning of the number, 2026-0012"`
	Waiting string `query:"waiting" doc:"Agency whose move it is"`
	Late    bool   `query:"late" doc:"Only what is past its deadline"`
	After   string `query:"after" doc:"Cursor: id of the last request of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (in listIn) filter(now time.Time) connection.Filter {
	f := connection.Filter{
		State: connection.State(in.State), Agency: in.Agency, Owner: in.Owner, Dataset: in.Dataset, System: in.System, Number: in.Number, Waiting: in.Waiting, After: in.After, Limit: in.Limit,
	}
	if in.Late {
		f.LateAt = now
	}
	return f
}

// filledIn is a need that the owner's sharing policy fills in.
type filledIn struct {
	Version int64           `json:"policy_version" doc:"Version of the owner's sharing policy in force; 0 when the dataset has none"`
	Need    connection.Need `json:"need" doc:"To begin a request with; add what the policy does not say"`
}

// templateOperation gives what a new request begins with.
func (p *Pages) templateOperation(api *web.API) {
	web.Op(api, web.OpSpec{ID: "connection-template", Method: http.MethodGet, Path: "/connections/requests/template", Permission: access.ConnectionDraft, Tag: "connection",
		Summary: "What a new request begins with: the default scope, levels and way of use of the owner's sharing policy"},
		func(ctx context.Context, in *struct {
			Dataset string `query:"dataset" required:"true" maxLength:"200" doc:"Dataset code"`
			System  string `query:"system" maxLength:"100" doc:"Id of the consuming system"`
		}) (*struct{ Body filledIn }, error) {
			n, version, err := p.connections.FromPolicy(ctx, connection.Need{Dataset: in.Dataset, System: in.System, Level: access.LevelUse, Method: "api"})
			return &struct{ Body filledIn }{filledIn{version, n}}, err
		})
}

func (p *Pages) readOperations(api *web.API) {
	p.templateOperation(api)
	spec := web.OpSpec{ID: "connection-list", Method: http.MethodGet, Path: "/connections/requests", Permission: access.ConnectionRead, Tag: "connection",
		Summary: "Requests of all agencies, the newest first; papers and addresses only to the parties"}
	web.Op(api, spec, func(ctx context.Context, in *listIn) (*documentOut, error) {
		all, err := p.connections.List(ctx, in.filter(p.clock.Now()))
		out := struct {
			Requests []*connection.Request `json:"requests"`
			Next     string                `json:"next,omitempty"`
		}{Requests: all}
		if len(all) > 0 && len(all) == in.Limit {
			out.Next = string(all[len(all)-1].ID)
		}
		return answer(out, err)
	})
	spec.ID, spec.Method, spec.Permission, spec.Status = "connection-create", http.MethodPost, access.ConnectionDraft, http.StatusCreated
	spec.Summary = "Register a need as a draft; members may be missing until it is submitted"
	web.Op(api, spec, func(ctx context.Context, in *struct{ Body connection.Need }) (*documentOut, error) {
		return answer(p.connections.Create(ctx, in.Body))
	})
	spec = web.OpSpec{ID: "connection-find", Method: http.MethodGet, Path: "/connections/requests/{id}", Permission: access.ConnectionRead, Tag: "connection",
		Summary: "One request with its history; configurations, test runs and papers only to the parties"}
	web.Op(api, spec, func(ctx context.Context, in *requestIn) (*documentOut, error) {
		return answer(p.connections.Find(ctx, connection.ID(in.ID)))
	})
	spec.ID, spec.Method, spec.Permission = "connection-change", http.MethodPatch, access.ConnectionDraft
	spec.Summary = "Replace members of the need of a draft or returned request; unknown members are refused"
	web.Op(api, spec, p.opChange)
	spec.ID, spec.Method, spec.Path, spec.Status = "connection-copy", http.MethodPost, "/connections/requests/{id}/copy", http.StatusCreated
	spec.Summary = "New draft with the need of an earlier request of the same agency"
	web.Op(api, spec, func(ctx context.Context, in *requestIn) (*documentOut, error) {
		return answer(p.connections.Copy(ctx, connection.ID(in.ID)))
	})
	spec.ID, spec.Path, spec.Summary = "connection-renew", "/connections/requests/{id}/renew", "New draft that continues a live connection from the day after its last one"
	web.Op(api, spec, func(ctx context.Context, in *requestIn) (*documentOut, error) {
		return answer(p.connections.Renew(ctx, connection.ID(in.ID)))
	})
	spec.ID, spec.Path, spec.Summary = "connection-offer", "/connections/offers", "The owner offers data: a draft of the consumer's, which completes and submits it"
	web.Op(api, spec, func(ctx context.Context, in *struct{ Body connectionOffer }) (*documentOut, error) {
		return answer(p.connections.Offer(ctx, in.Body.Agency, in.Body.Need, in.Body.Note))
	})
	spec = web.OpSpec{ID: "connection-advice", Method: http.MethodPost, Path: "/connections/advice", Permission: access.ConnectionRead, Tag: "connection",
		Summary: "The method that follows from the four answers of Điều 10.3, with its reason"}
	web.Op(api, spec, func(_ context.Context, in *struct{ Body connection.Answers }) (*documentOut, error) {
		a, ok := connection.Advise(in.Body)
		if !ok {
			return nil, fault.New(fault.Invalid, "connection.advice_answer_missing")
		}
		return answer(a, nil)
	})
	spec = web.OpSpec{ID: "connection-durations", Method: http.MethodGet, Path: "/connections/durations", Permission: access.ConnectionRead, Tag: "connection",
		Summary: "Working days by phase and agency, over all requests"}
	web.Op(api, spec, func(ctx context.Context, _ *struct{}) (*documentOut, error) {
		all, err := p.connections.Durations(ctx)
		return answer(struct {
			Durations []connection.Duration `json:"durations"`
		}{all}, err)
	})
}

type changeIn struct {
	ID       string          `path:"id"`
	Revision int64           `query:"revision" doc:"Revision that the caller saw"`
	Body     json.RawMessage `doc:"Members of a need to replace, as in the operation that creates one"`
}

// opChange reads the body itself: what a need does not have must be named in the refusal (T34).
func (p *Pages) opChange(ctx context.Context, in *changeIn) (*documentOut, error) {
	return answer(p.connections.Change(ctx, connection.ID(in.ID), in.Revision, in.Body))
}

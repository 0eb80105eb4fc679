package exchangeweb

import (
	"context"
	"encoding/json"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/exchange"
)

type count struct {
	Connection string `json:"connection"`
	Day        string `json:"day" format:"date"`
	Calls      int64  `json:"calls"`
	Denied     int64  `json:"denied"`
	Failed     int64  `json:"failed"`
	Records    int64  `json:"records"`
	Persons    int64  `json:"persons"`
	Bytes      int64  `json:"bytes"`
	P50        int64  `json:"p50_ms"`
	P95        int64  `json:"p95_ms"`
}

type countsBody struct {
	Body struct {
		Counts []count `json:"counts"`
	}
}

func (p *Pages) opCounts(ctx context.Context, in *struct {
	Days int `query:"days" default:"7" minimum:"1" maximum:"366"`
}) (*countsBody, error) {
	all, err := p.counts(ctx, in.Days)
	if err != nil {
		return nil, err
	}
	out := &countsBody{}
	out.Body.Counts = make([]count, 0, len(all))
	for _, c := range all {
		out.Body.Counts = append(out.Body.Counts, count{c.Key, c.Day, c.Calls, c.Denied, c.Failed, c.Records, c.Persons, c.Bytes, c.P50, c.P95})
	}
	return out, nil
}

type callBody struct {
	Body struct {
		Seq      int64           `json:"seq"`
		Hash     string          `json:"hash" doc:"Leaf hash in the evidence log"`
		Decision json.RawMessage `json:"decision"`
		Outcome  json.RawMessage `json:"outcome,omitempty"`
		Trace    *traceBody      `json:"trace,omitempty" doc:"Where the time went, for those who run the platform, while it is in memory"`
	}
}

func (p *Pages) opCall(ctx context.Context, in *struct {
	ID string `path:"id"`
}) (*callBody, error) {
	item, err := p.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &callBody{}
	out.Body.Seq, out.Body.Hash, out.Body.Decision = item.Seq, item.Hash.String(), audit.Encode(item.Record)
	if item.Outcome != nil {
		out.Body.Outcome = audit.Encode(item.Outcome)
	}
	if access.ActorOf(ctx).Can(access.ExchangeRead) {
		out.Body.Trace = p.traceOf(in.ID)
	}
	return out, nil
}

type servicesBody struct {
	Body struct {
		Services []*exchange.Route `json:"services"`
	}
}

func (p *Pages) opServices(ctx context.Context, in *struct {
	Dataset string `query:"dataset"`
}) (*servicesBody, error) {
	routes, err := p.exchange.ListRoutes(ctx, in.Dataset)
	if err != nil {
		return nil, err
	}
	out := &servicesBody{}
	out.Body.Services = routes
	return out, nil
}

func (p *Pages) opService(ctx context.Context, in *struct {
	Owner  string `path:"owner"`
	System string `path:"system"`
	Name   string `path:"name"`
}) (*serviceBody, error) {
	r, err := p.exchange.FindService(ctx, in.Owner, in.System, in.Name)
	if err != nil {
		return nil, err
	}
	return &serviceBody{*r}, nil
}

type serviceBody struct{ Body exchange.Route }

func (p *Pages) opRegister(ctx context.Context, in *serviceBody) (*serviceBody, error) {
	r, err := p.exchange.RegisterRoute(ctx, in.Body)
	return &serviceBody{r}, err
}

func (p *Pages) opStatus(ctx context.Context, in *struct {
	Owner  string `path:"owner"`
	System string `path:"system"`
	Name   string `path:"name"`
	Body   struct {
		Status string `json:"status" enum:"active,suspended"`
		Reason string `json:"reason" minLength:"10"`
	}
}) (*struct{}, error) {
	return nil, p.exchange.SetRouteStatus(ctx, in.Owner, in.System, in.Name, exchange.RouteStatus(in.Body.Status), in.Body.Reason)
}

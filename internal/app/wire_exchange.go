package app

import (
	"context"
	"errors"
	"net"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/exchange"
	"lienthong/internal/flow"
	"lienthong/internal/system"
	"lienthong/internal/warehouse"
)

// exchangeGate gives the exchange the one door; outcomes of both have the same fields.
type exchangeGate struct{ *flow.Gate }

func (g exchangeGate) Close(ctx context.Context, p access.Permit, o exchange.Outcome) {
	g.Gate.Close(ctx, p, flow.Outcome(o))
}

// exchangeReader reads the warehouse for the exchange.
type exchangeReader struct {
	warehouse *warehouse.Service
	personKey func(identifier string) string
}

var warehouseOps = map[exchange.Op]warehouse.Op{
	exchange.Equal: warehouse.Equal, exchange.In: warehouse.Equal, exchange.AtLeast: warehouse.AtLeast, exchange.AtMost: warehouse.AtMost,
}

func (r exchangeReader) Version(ctx context.Context, p access.Permit) (int64, error) {
	v, err := r.warehouse.Current(ctx, p.Dataset())
	return int64(v.Number), err
}

func (r exchangeReader) Page(ctx context.Context, p access.Permit, q exchange.Query) (exchange.Page, error) {
	ask := warehouse.Query{After: q.After, Limit: q.Limit}
	for _, f := range q.Filters {
		ask.Filters = append(ask.Filters, warehouse.Filter{Column: f.Column, Op: warehouseOps[f.Op], Values: f.Values})
	}
	for _, c := range p.Columns() {
		ask.Columns = append(ask.Columns, c.Name)
	}
	got, err := r.warehouse.Read(ctx, p, ask)
	if err != nil {
		return exchange.Page{}, err
	}
	page := exchange.Page{
		Version: int64(got.Version.Number), DataTime: got.Version.Provenance.SourceTime, Next: got.Next,
		Rows: make([][]any, len(got.Records)), Subjects: make([]string, len(got.Subjects)),
	}
	for i, identifier := range got.Subjects {
		page.Subjects[i] = r.personKey(identifier)
	}
	for i, rec := range got.Records {
		page.Rows[i] = rec.Values
	}
	return page, nil
}

// exchangeClients knows the calling systems for the exchange.
type exchangeClients struct{ a *App }

func (c exchangeClients) Authenticate(ctx context.Context, clientID, value string) (exchange.Client, error) {
	got, err := c.a.system.CheckSecret(ctx, clientID, value)
	if err != nil {
		return exchange.Client{}, err
	}
	actor, err := c.a.system.Actor(ctx, got.System, got.ID)
	return exchange.Client{System: got.System, Credential: got.ID, Actor: actor}, err
}

func (c exchangeClients) Actor(ctx context.Context, id, credential string) (access.Actor, error) {
	mark, probe := exchange.ProbeOf(credential)
	if !probe {
		return c.a.system.Actor(ctx, id, credential)
	}
	sys, err := c.a.system.Known(ctx, id)
	if err != nil {
		return access.Actor{}, err
	}
	actor := system.SystemActor(sys)
	actor.Probe = mark
	return actor, nil
}

func (c exchangeClients) OfficerKeys(ctx context.Context, id string) ([]exchange.OfficerKey, error) {
	kept, err := c.a.system.OfficerKeys(ctx, id)
	if err != nil {
		return nil, err
	}
	keys := make([]exchange.OfficerKey, 0, len(kept))
	for _, k := range kept {
		kid, public, err := system.ParseKey(k.JWK)
		if err != nil {
			return nil, err
		}
		keys = append(keys, exchange.OfficerKey{ID: kid, Public: public})
	}
	return keys, nil
}

// exchangeDatasets describes datasets for the shape of calls.
type exchangeDatasets struct{ a *App }

func (d exchangeDatasets) Describe(ctx context.Context, code string) (exchange.Description, error) {
	got, err := d.a.described.Find(ctx, code)
	if err != nil {
		return exchange.Description{}, err
	}
	return *got, nil
}

func (a *App) describe(ctx context.Context, code string) (*exchange.Description, error) {
	got, err := a.catalog.Describe(ctx, catalog.Code(code))
	if err != nil {
		return nil, err
	}
	out := &exchange.Description{}
	if got.Schema == nil {
		return out, nil
	}
	out.Version = int64(got.Schema.Version)
	for _, f := range got.Schema.Fields {
		out.Fields = append(out.Fields, exchange.Field{
			Name: f.Name, Title: f.Label, Type: string(got.Elements[f.Element].Definition.Type), Key: f.Key, Identifier: f.Person,
		})
	}
	return out, nil
}

// exchangeServer builds the gateway's listener.
func (a *App) exchangeServer() (*exchange.Server, error) {
	host, _, err := net.SplitHostPort(a.conf.ExchangeListen)
	if err != nil {
		return nil, err
	}
	hosts := append([]string{host}, a.conf.ExchangeHosts...)
	return exchange.NewServer(exchange.Options{
		Hosts: hosts, Gate: exchangeGate{a.gate}, Evidence: a.audit, Clients: exchangeClients{a}, Reader: exchangeReader{a.warehouse, a.audit.PersonKey},
		Datasets: exchangeDatasets{a}, Service: a.exchange, Clock: a.clock, Catalog: a.words, Logger: a.log,
		Ready: func(ctx context.Context) error {
			if reasons := a.ready(ctx); len(reasons) > 0 {
				return errors.New(strings.Join(reasons, "; "))
			}
			return nil
		},
		Key: a.keys.HMACKey("exchange cursor"), Masker: a.masker(), HTTPS: a.conf.ExchangeCert != "",
	})
}

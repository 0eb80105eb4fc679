package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
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
	return c.client(ctx, got)
}

func (c exchangeClients) Find(ctx context.Context, clientID string) (exchange.Client, error) {
	got, err := c.a.system.FindClient(ctx, clientID)
	if err != nil {
		return exchange.Client{}, err
	}
	return c.client(ctx, got)
}

func (c exchangeClients) client(ctx context.Context, got *system.Credential) (exchange.Client, error) {
	sys, err := c.a.system.Known(ctx, got.System)
	if err != nil {
		return exchange.Client{}, err
	}
	stopped, err := c.stopped(ctx, got.System)
	if err != nil {
		return exchange.Client{}, err
	}
	actor, err := c.a.system.Actor(ctx, got.System, got.ID)
	return exchange.Client{
		System: got.System, Credential: got.ID, Actor: actor, Method: exchange.Method(got.Method), Until: got.ValidTo, Addresses: sys.Sources,
		Bound: sys.CertificateBound, Stopped: stopped,
	}, err
}

// stopped says why every call of a system would be refused, so that it gets no token either.
func (c exchangeClients) stopped(ctx context.Context, id string) (string, error) {
	f, err := c.a.system.Facts(ctx, id)
	switch {
	case err != nil:
		return "", err
	case f == nil || f.Suspended:
		return "access.system_suspended", nil
	case !f.AgencyActive:
		return "access.agency_inactive", nil
	}
	return "", nil
}

func (c exchangeClients) Keys(ctx context.Context, id string) ([]exchange.ClientKey, error) {
	kept, err := c.a.system.KeysInForce(ctx, id)
	if err != nil {
		return nil, err
	}
	keys := make([]exchange.ClientKey, len(kept))
	for i, k := range kept {
		keys[i] = exchange.ClientKey{KID: k.KID, Alg: k.Alg, Public: k.Public, Proof: k.Proof(), Until: k.ValidTo}
	}
	return keys, nil
}

func (c exchangeClients) Caller(ctx context.Context, id, credential, proof string) (exchange.Caller, error) {
	sys, err := c.a.system.Known(ctx, id)
	if err != nil {
		return exchange.Caller{}, err
	}
	mark, probe := exchange.ProbeOf(credential)
	if !probe {
		actor, err := c.a.system.Proven(ctx, id, credential, proof)
		return exchange.Caller{Actor: actor, Bound: sys.CertificateBound}, err
	}
	actor := system.SystemActor(sys) // the platform's own test comes without a certificate
	actor.Probe = mark
	return exchange.Caller{Actor: actor}, nil
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
	hosts, urls, err := a.exchangeNames()
	if err != nil {
		return nil, err
	}
	var certificates exchange.Certificates
	if a.conf.ExchangeAsks && a.conf.ExchangeCert != "" {
		certificates = exchangeCertificates{a.certificates}
	}
	return exchange.NewServer(exchange.Options{
		Hosts: hosts, Gate: exchangeGate{a.gate}, Evidence: a.audit, Clients: exchangeClients{a}, Reader: exchangeReader{a.warehouse, a.audit.PersonKey},
		Datasets: exchangeDatasets{a}, Tuner: exchangeTuner{a.connections}, Service: a.exchange, Clock: a.clock, Catalog: a.words, Logger: a.log,
		Ready: func(ctx context.Context) error {
			if reasons := a.closed(ctx); len(reasons) > 0 {
				return errors.New(strings.Join(sentences(reasons), "; "))
			}
			return nil
		},
		Key: a.keys.HMACKey("exchange cursor"), Masker: a.masker(), HTTPS: a.conf.ExchangeCert != "", URLs: urls,
		Certificates: certificates, Meters: a.meters, Traces: a.traces,
	})
}

// exchangeNames are the hosts that the exchange answers for and the addresses by which systems know it, the issuer first.
func (a *App) exchangeNames() (hosts, urls []string, err error) {
	host, port, err := net.SplitHostPort(a.conf.ExchangeListen)
	if err != nil {
		return nil, nil, err
	}
	hosts = append([]string{host}, a.conf.ExchangeHosts...)
	if public := strings.TrimSuffix(a.conf.ExchangeURL, "/"); public != "" {
		u, err := url.Parse(public)
		if err != nil {
			return nil, nil, fmt.Errorf("exchange.url: %w", err)
		}
		return append(hosts, u.Hostname()), []string{public}, nil
	}
	scheme := "http://"
	if a.conf.ExchangeCert != "" {
		scheme = "https://"
	}
	for _, h := range append(append([]string{}, a.conf.ExchangeHosts...), host) {
		urls = append(urls, scheme+net.JoinHostPort(h, port))
	}
	return hosts, urls, nil
}

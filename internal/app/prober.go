package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/exchange"
	"lienthong/internal/exchange/canon"
	"lienthong/internal/flow"
)

// prober calls the platform's own exchange over the network for the test of a connection.
type prober struct {
	base     string
	exchange *exchange.Service
	client   *http.Client
	masker   access.Masker
}

// probeLife is how long a probe's token lives: one call.
const probeLife = time.Minute

func (a *App) newProber() (*prober, error) {
	transport := &http.Transport{Proxy: nil, MaxIdleConnsPerHost: 4}
	if cert := a.conf.ExchangeCert; cert != "" {
		pem, err := os.ReadFile(cert)
		if err != nil {
			return nil, fmt.Errorf("read the exchange's certificate: %w", err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, errors.New("read the exchange's certificate: no certificate in the file")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	client := &http.Client{Transport: transport, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &prober{a.exchangeURL(), a.exchange, client, a.masker()}, nil
}

// Call makes one probe.
func (p *prober) Call(ctx context.Context, c flow.ProbeCall) (flow.ProbeAnswer, error) {
	req, err := p.request(ctx, c)
	if err != nil {
		return flow.ProbeAnswer{}, fmt.Errorf("make a probe: %w", err)
	}
	if err := p.authorise(ctx, req, c); err != nil {
		return flow.ProbeAnswer{}, err
	}
	if c.Purpose != "" {
		req.Header.Set("Lienthong-Purpose", c.Purpose)
	}
	if c.Case != "" {
		req.Header.Set("Lienthong-Case", c.Case)
	}
	began := time.Now()
	resp, err := p.client.Do(req)
	if err != nil {
		return flow.ProbeAnswer{}, fmt.Errorf("probe the exchange: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return flow.ProbeAnswer{}, fmt.Errorf("read the answer of a probe: %w", err)
	}
	a := flow.ProbeAnswer{Status: resp.StatusCode, Evidence: resp.Header.Get("X-Request-Id"), Duration: time.Since(began)}
	switch {
	case len(body) == 0:
		return a, nil
	case c.Service != nil && a.Status < 300:
		return p.readService(ctx, *c.Service, a, body)
	}
	return readProbe(a, body)
}

func (p *prober) request(ctx context.Context, c flow.ProbeCall) (*http.Request, error) {
	if s := c.Service; s != nil {
		var body io.Reader
		if s.Body != "" {
			body = strings.NewReader(s.Body)
		}
		target := p.base + "/svc/" + s.Name
		if len(s.Path) > 0 {
			target += canon.EncodePath(s.Path)
		}
		req, err := http.NewRequestWithContext(ctx, s.Method, target, body)
		if err == nil && body != nil {
			req.Header.Set("Content-Type", "application/json")
		}
		return req, err
	}
	query := url.Values{"limit": {strconv.FormatInt(max(c.Limit, 1), 10)}}
	if c.Fields != nil {
		query.Set("fields", strings.Join(c.Fields, ","))
	}
	for column, value := range c.Filter {
		query.Set(column, value)
	}
	return http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/data/"+c.Dataset+"/records?"+query.Encode(), nil)
}

// readService reads an answer by the operation's declaration; of a call that is not declared nothing should come.
func (p *prober) readService(ctx context.Context, s flow.ServiceCall, a flow.ProbeAnswer, body []byte) (flow.ProbeAnswer, error) {
	_, op, declared, err := p.exchange.Declared(ctx, s.Name, s.Operation)
	if err != nil {
		return a, fmt.Errorf("find the operation of a probe: %w", err)
	}
	if !declared {
		a.Records = []map[string]any{{}}
		return a, nil
	}
	if a.Records, a.Extra, err = op.Answered(body, s.Columns); err != nil {
		a.Extra = []string{"$"} // what cannot be read cannot be compared
	}
	return a, nil
}

// Source asks the provider itself.
func (p *prober) Source(ctx context.Context, c flow.ServiceCall, rows []access.RowRule) ([]map[string]any, error) {
	d := p.direct(c)
	d.Rows = rows
	return p.exchange.Sample(ctx, d)
}

// Written tells how an update stands at the provider.
func (p *prober) Written(ctx context.Context, c flow.ServiceCall) (map[string]any, []map[string]any, error) {
	return p.exchange.Written(ctx, p.direct(c))
}

func (p *prober) direct(c flow.ServiceCall) exchange.Direct {
	return exchange.Direct{Service: c.Name, Operation: c.Operation, Path: c.Path, Body: []byte(c.Body), Columns: c.Columns, Masker: p.masker}
}

func (p *prober) authorise(ctx context.Context, req *http.Request, c flow.ProbeCall) error {
	mark, life := c.Connection, probeLife
	switch c.Token {
	case flow.TokenNone:
		return nil
	case flow.TokenExpired:
		life = -time.Second
	case flow.TokenOrdinary:
		mark = access.ProbeAsProduction + c.Connection
	}
	token, err := p.exchange.IssueProbe(ctx, c.System, mark, life)
	if err != nil {
		return fmt.Errorf("issue a probe's token: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return nil
}

func readProbe(a flow.ProbeAnswer, body []byte) (flow.ProbeAnswer, error) {
	var doc struct {
		Code    string           `json:"code"`
		Records []map[string]any `json:"records"`
	}
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.UseNumber()
	if err := dec.Decode(&doc); err != nil {
		return a, fmt.Errorf("read the answer of a probe (status %d): %w", a.Status, err)
	}
	a.Code, a.Records = doc.Code, doc.Records
	return a, nil
}

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

	"lienthong/internal/exchange"
	"lienthong/internal/flow"
)

// prober calls the platform's own exchange over the network for the test of a connection.
type prober struct {
	base     string
	exchange *exchange.Service
	client   *http.Client
}

// probeLife is how long a probe's token lives: one call.
const probeLife = time.Minute

// unbound marks a probe that calls as the system would in production: it belongs to no connection under test.
const unbound = "production"

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
	return &prober{a.exchangeURL(), a.exchange, client}, nil
}

// Call makes one probe.
func (p *prober) Call(ctx context.Context, c flow.ProbeCall) (flow.ProbeAnswer, error) {
	query := url.Values{"limit": {strconv.FormatInt(max(c.Limit, 1), 10)}}
	if c.Fields != nil {
		query.Set("fields", strings.Join(c.Fields, ","))
	}
	for column, value := range c.Filter {
		query.Set(column, value)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/data/"+c.Dataset+"/records?"+query.Encode(), nil)
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
	return readProbe(resp, body, time.Since(began))
}

func (p *prober) authorise(ctx context.Context, req *http.Request, c flow.ProbeCall) error {
	mark, life := c.Connection, probeLife
	switch c.Token {
	case flow.TokenNone:
		return nil
	case flow.TokenExpired:
		life = -time.Second
	case flow.TokenOrdinary:
		mark = unbound
	}
	token, err := p.exchange.IssueProbe(ctx, c.System, mark, life)
	if err != nil {
		return fmt.Errorf("issue a probe's token: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return nil
}

func readProbe(resp *http.Response, body []byte, took time.Duration) (flow.ProbeAnswer, error) {
	a := flow.ProbeAnswer{Status: resp.StatusCode, Evidence: resp.Header.Get("X-Request-Id"), Duration: took}
	var doc struct {
		Code    string           `json:"code"`
		Records []map[string]any `json:"records"`
	}
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.UseNumber()
	if err := dec.Decode(&doc); err != nil {
		return a, fmt.Errorf("read the answer of a probe (status %d): %w", resp.StatusCode, err)
	}
	a.Code, a.Records = doc.Code, doc.Records
	return a, nil
}

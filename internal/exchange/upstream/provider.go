package upstream

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"lienthong/internal/exchange/canon"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// Endpoint is a provider's registered address with its limits. Zero limits take the defaults of New.
type Endpoint struct {
	ID         string
	Base       string         // "https://host:port/prefix"
	Addresses  []netip.Prefix // special networks that were registered for this endpoint, for instance loopback in a demo
	Roots      *x509.CertPool // nil: the system's
	Credential string         // value of the Authorization header towards the provider
	Connect    time.Duration
	Answer     time.Duration // until the answer's head
	Total      time.Duration // until its last byte
	Body       int64
	InFlight   int
}

// Call is one request to the provider, made from the canonical request.
type Call struct {
	Method   string
	Segments []string
	Query    []canon.Pair
	Header   http.Header       // of the canonical request
	Identity map[string]string // headers of ours: who calls, for what, request id
	Body     []byte
	Statuses []int // declared by the contract; nil means 200, 201, 202 and 204
}

// Answer is the provider's answer; Body must be closed.
type Answer struct {
	Status int
	Header http.Header // allow-listed
	Coding string      // content coding of Body
	Length int64
	Body   io.ReadCloser
}

// Provider calls one endpoint over connections of its own, so that a slow provider holds up nobody else's.
type Provider struct {
	end     Endpoint
	base    *url.URL
	trip    *http.Transport
	slots   chan struct{}
	breaker breaker
}

// New prepares an endpoint. The clock times the pause after failures.
func New(e Endpoint, c clock.Clock) (*Provider, error) {
	u, err := CheckBase(e.Base)
	if u == nil {
		return nil, err
	}
	if ip, perr := netip.ParseAddr(u.Hostname()); err != nil && (perr != nil || !dialAllowed(ip, e.Addresses)) {
		return nil, err
	}
	e.Connect = orDefault(e.Connect, 3*time.Second)
	e.Answer = orDefault(e.Answer, 10*time.Second)
	e.Total = orDefault(e.Total, 30*time.Second)
	e.Body = orDefault(e.Body, 8<<20)
	e.InFlight = orDefault(e.InFlight, 256)
	dialer := &net.Dialer{Timeout: e.Connect, KeepAlive: 30 * time.Second, Control: control(e.Addresses)}
	return &Provider{
		end: e, base: u, slots: make(chan struct{}, e.InFlight), breaker: breaker{clock: c},
		trip: &http.Transport{ // Proxy stays nil: no environment decides where a citizen's data goes
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{RootCAs: e.Roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    e.Connect,
			TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
			ResponseHeaderTimeout:  e.Answer,
			IdleConnTimeout:        60 * time.Second,
			MaxIdleConns:           e.InFlight,
			MaxIdleConnsPerHost:    e.InFlight,
			MaxResponseHeaderBytes: 32 << 10,
			DisableCompression:     true,
			ExpectContinueTimeout:  time.Second,
		},
	}, nil
}

func orDefault[T int | int64 | time.Duration](v, d T) T {
	if v <= 0 {
		return d
	}
	return v
}

// Close ends idle connections.
func (p *Provider) Close() { p.trip.CloseIdleConnections() }

// Call sends the request once and returns an answer whose status the contract declares.
func (p *Provider) Call(ctx context.Context, c Call) (*Answer, error) {
	if wait := p.breaker.closedFor(); wait > 0 {
		return nil, fault.New(fault.Unavailable, "exchange.provider_paused", int(wait.Seconds())+1)
	}
	select {
	case p.slots <- struct{}{}:
	default:
		p.breaker.abandon()
		return nil, fault.New(fault.Unavailable, "exchange.provider_busy")
	}
	ctx, cancel := context.WithTimeout(ctx, p.end.Total)
	resp, err := p.trip.RoundTrip(p.request(ctx, c))
	if err != nil {
		err = explain(err)
		p.done(cancel, err)
		return nil, err
	}
	return p.answer(resp, c, cancel)
}

func (p *Provider) done(cancel context.CancelFunc, err error) {
	cancel()
	<-p.slots
	p.breaker.note(err)
}

// What of a caller's headers a provider may see.
var forwarded = []string{"Accept", "Accept-Language", "Content-Type"}

func (p *Provider) request(ctx context.Context, c Call) *http.Request {
	path := canon.EncodePath(c.Segments)
	prefix := strings.TrimSuffix(p.base.Path, "/")
	u := &url.URL{Scheme: p.base.Scheme, Host: p.base.Host, Path: prefix + "/" + strings.Join(c.Segments, "/"), RawPath: prefix + path}
	u.RawQuery = strings.TrimPrefix(canon.EncodeQuery(c.Query), "?")
	h := make(http.Header, 8+len(c.Identity))
	for _, name := range forwarded {
		if v := c.Header[name]; len(v) > 0 {
			h[name] = v[:1]
		}
	}
	// Invariant 3: under its proper name the transport would take this header as leave to send the call again.
	if v := c.Header["Idempotency-Key"]; len(v) > 0 {
		h["idempotency-key"] = v[:1]
	}
	for name, v := range c.Identity {
		if v != "" {
			h.Set(name, v)
		}
	}
	h.Set("User-Agent", "lienthong")
	if p.end.Credential != "" {
		h.Set("Authorization", p.end.Credential)
	}
	r := &http.Request{Method: c.Method, URL: u, Host: p.base.Host, Header: h, ProtoMajor: 1, ProtoMinor: 1}
	if len(c.Body) > 0 {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(c.Body)), int64(len(c.Body))
	}
	return r.WithContext(ctx)
}

// What of a provider's headers a caller may see.
var returned = []string{"Content-Type", "Content-Language", "Last-Modified", "Retry-After"}

var usual = []int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent}

func (p *Provider) answer(resp *http.Response, c Call, cancel context.CancelFunc) (*Answer, error) {
	declared := c.Statuses
	if declared == nil {
		declared = usual
	}
	var err error
	switch status := resp.StatusCode; {
	case status < 200 || len(resp.Header["Content-Encoding"]) > 1:
		err = fault.New(fault.BadGateway, "exchange.provider_unreadable")
	case !slices.Contains(declared, status) && status >= 300 && status < 400:
		err = fault.New(fault.BadGateway, "exchange.provider_redirect", status)
	case !slices.Contains(declared, status):
		err = fault.New(fault.BadGateway, "exchange.provider_error", status)
	case resp.ContentLength > p.end.Body:
		err = fault.New(fault.BadGateway, "exchange.provider_too_large")
	}
	if err != nil {
		resp.Body.Close()
		p.done(cancel, failure(resp.StatusCode, err))
		return nil, err
	}
	a := &Answer{Status: resp.StatusCode, Header: make(http.Header, 4), Coding: resp.Header.Get("Content-Encoding"), Length: resp.ContentLength}
	for _, name := range returned {
		if v := resp.Header[name]; len(v) > 0 {
			a.Header[name] = v[:1]
		}
	}
	a.Body = &body{r: resp.Body, left: p.end.Body, done: func(err error) { p.done(cancel, err) }}
	return a, nil
}

// failure: a provider that says no (4xx) is well; only what it cannot do counts towards a pause.
func failure(status int, err error) error {
	if status >= 400 && status < 500 {
		return nil
	}
	return err
}

// body bounds an answer and says in our words why it ended early.
type body struct {
	r      io.ReadCloser
	left   int64
	err    error
	closed bool
	done   func(error)
}

func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		b.err = fault.New(fault.BadGateway, "exchange.provider_too_large")
		return 0, b.err
	}
	if err != nil && err != io.EOF {
		b.err = explain(err)
		return n, b.err
	}
	return n, err
}

func (b *body) Close() error {
	if b.closed {
		return nil
	}
	b.closed = true
	err := b.r.Close()
	b.done(b.err)
	return err
}

// explain turns a transport's error into a refusal with a code.
func explain(err error) error {
	var timeout net.Error
	switch {
	case errors.Is(err, errAddress):
		return fault.New(fault.BadGateway, "exchange.provider_address").Because(err)
	case errors.Is(err, context.Canceled):
		return fault.New(fault.Unavailable, "exchange.cancelled").Because(err)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return fault.New(fault.Timeout, "exchange.provider_timeout").Because(err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.BadGateway, "exchange.provider_cut").Because(err)
	}
	return fault.New(fault.BadGateway, "exchange.provider_unreachable").Because(err)
}

package sso

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
)

// algorithms that may sign an ID token. Neither none nor anything with a shared secret is among them.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// Provider is one identity provider.
type Provider struct {
	Config
	redirect string
	clock    clock.Clock
	client   *http.Client
	mu       sync.Mutex
	found    *found
}

// found is what discovery told.
type found struct {
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
	sendsIss bool
}

// Start is one request to the provider. Verifier and Nonce stay with us, State goes there and comes back.
type Start struct {
	URL      string `json:"-"`
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
}

// Identity is who the provider says has signed in.
type Identity struct {
	Issuer  string
	Subject string
	Strong  bool // the provider states a second factor of the kind that the operator accepts
}

// Answer is what the browser brings back.
type Answer struct {
	Code   string
	State  string
	Issuer string // RFC 9207, if the provider sends it
	Error  string
}

const (
	askTime   = 10 * time.Second
	mostBytes = 1 << 20
)

func newClient() *http.Client {
	return &http.Client{Timeout: askTime, Transport: bounded{http.DefaultTransport}, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("the provider sends us elsewhere")
	}}
}

// bounded cuts answers that are longer than anything a provider has to say.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	got, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		got.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(got.Body, mostBytes), got.Body}
	}
	return got, err
}

func unavailable(err error) error {
	return fault.New(fault.Unavailable, "account.sso_unavailable").Because(err)
}

// discover asks the provider where it answers, once; after a failure the next sign-in asks again.
func (p *Provider) discover(ctx context.Context) (*found, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	op, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.Issuer)
	if err != nil {
		return nil, unavailable(fmt.Errorf("ask %s what it offers: %w", p.Issuer, err))
	}
	var more struct {
		Methods  []string `json:"token_endpoint_auth_methods_supported"`
		Keys     string   `json:"jwks_uri"`
		SendsIss bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := op.Claims(&more); err != nil {
		return nil, unavailable(fmt.Errorf("read what %s offers: %w", p.Issuer, err))
	}
	end := op.Endpoint()
	if err := errors.Join(safeAddress(end.TokenURL), safeAddress(more.Keys)); err != nil {
		return nil, unavailable(err)
	}
	// One style, never both: a second try would send the code again.
	end.AuthStyle = oauth2.AuthStyleInHeader
	if p.ClientSecret == "" || len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		end.AuthStyle = oauth2.AuthStyleInParams
	}
	p.found = &found{
		oauth: oauth2.Config{
			ClientID: p.ClientID, ClientSecret: p.ClientSecret.Reveal(), Endpoint: end, RedirectURL: p.redirect, Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...),
		},
		verifier: oidc.NewVerifier(p.Issuer, keys{oidc.NewRemoteKeySet(oidc.ClientContext(context.WithoutCancel(ctx), p.client), more.Keys)},
			&oidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: algorithms, Now: p.clock.Now}),
		sendsIss: more.SendsIss,
	}
	return p.found, nil
}

// Begin makes a request to the provider.
func (p *Provider) Begin(ctx context.Context) (Start, error) {
	f, err := p.discover(ctx)
	if err != nil {
		return Start{}, err
	}
	s := Start{State: secret.NewToken(32), Nonce: secret.NewToken(32), Verifier: oauth2.GenerateVerifier()}
	s.URL = f.oauth.AuthCodeURL(s.State, oidc.Nonce(s.Nonce), oauth2.S256ChallengeOption(s.Verifier))
	return s, nil
}

// Same reports that the answer belongs to the request that this browser made.
func (s Start) Same(a Answer) bool {
	return s.State != "" && subtle.ConstantTimeCompare([]byte(s.State), []byte(a.State)) == 1
}

// Finish redeems the code and checks the ID token. The caller has checked the state and lets it pass once only.
func (p *Provider) Finish(ctx context.Context, s Start, a Answer) (Identity, error) {
	f, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	if (a.Issuer != "" || f.sendsIss) && a.Issuer != p.Issuer {
		return Identity{}, refused("answer of issuer %q", a.Issuer)
	}
	if a.Error != "" || a.Code == "" {
		return Identity{}, refused("the provider answered %q", a.Error)
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := f.oauth.Exchange(ctx, a.Code, oauth2.VerifierOption(s.Verifier))
	if err != nil {
		if no := new(oauth2.RetrieveError); errors.As(err, &no) && no.Response != nil && no.Response.StatusCode < http.StatusInternalServerError {
			return Identity{}, refused("redeem the code: %w", err)
		}
		return Identity{}, unavailable(fmt.Errorf("redeem the code at %s: %w", p.Issuer, err))
	}
	raw, _ := token.Extra("id_token").(string)
	return p.identity(ctx, f, raw, s.Nonce)
}

// identity upholds invariant 2.
func (p *Provider) identity(ctx context.Context, f *found, raw, nonce string) (Identity, error) {
	var missing error
	token, err := f.verifier.Verify(context.WithValue(ctx, missingKey{}, &missing), raw)
	if missing != nil {
		return Identity{}, unavailable(fmt.Errorf("read the keys of %s: %w", p.Issuer, missing))
	}
	if err != nil {
		return Identity{}, refused("check the ID token: %w", err)
	}
	var c struct {
		AZP string   `json:"azp"`
		ACR string   `json:"acr"`
		AMR []string `json:"amr"`
	}
	all := map[string]any{}
	if err := errors.Join(token.Claims(&c), token.Claims(&all)); err != nil {
		return Identity{}, refused("read the ID token: %w", err)
	}
	subject, _ := all[p.SubjectClaim].(string)
	switch {
	case nonce == "" || subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1:
		return Identity{}, refused("the nonce is not ours")
	case c.AZP != "" && c.AZP != p.ClientID, c.AZP == "" && len(token.Audience) > 1:
		return Identity{}, refused("the token was given to %q", c.AZP)
	case subject == "" || len(subject) > 255:
		return Identity{}, refused("no usable claim %q", p.SubjectClaim)
	}
	strong := slices.Contains(p.StrongACR, c.ACR) || slices.ContainsFunc(c.AMR, func(m string) bool { return slices.Contains(p.StrongAMR, m) })
	return Identity{Issuer: p.Issuer, Subject: subject, Strong: strong}, nil
}

// keys tells keys that cannot be had from a signature that is wrong; the library gives one error for both.
type keys struct{ oidc.KeySet }

// missingKey finds where VerifySignature says why there are no keys.
type missingKey struct{}

func (k keys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := k.KeySet.VerifySignature(ctx, token)
	if cause := errors.Unwrap(err); cause != nil { // a wrong signature has no cause
		if missing, ok := ctx.Value(missingKey{}).(*error); ok {
			*missing = cause
		}
	}
	return payload, err
}

// refused is the one answer to a sign-in that the provider or the checks did not let pass.
func refused(format string, args ...any) error {
	return fault.New(fault.Unauthenticated, "account.sso_refused").Because(fmt.Errorf(format, args...))
}

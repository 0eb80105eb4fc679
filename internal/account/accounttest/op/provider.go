package op

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Client is the console as the provider knows it.
type Client struct {
	ID       string
	Secret   string
	Redirect string // the one address to which people are sent back
}

// Person is who is signed in at the provider.
type Person struct {
	Subject string
	ACR     string
	AMR     []string
	Claims  map[string]any // more claims of the ID token
}

// Forge changes an ID token on its way out. It gets the claims and may change them; it gives the algorithm, empty for the
// provider's own. "none" leaves the token unsigned, "HS256" signs with the client's secret.
type Forge func(claims map[string]any) (algorithm string)

// Provider is a running provider.
type Provider struct {
	*httptest.Server
	store *storage

	mu     sync.Mutex
	person Person
	forge  Forge
	broken *string // end of the paths that fail
	asked  int
}

// Start runs a provider until Close.
func Start(clients ...Client) (*Provider, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the provider's key: %w", err)
	}
	p := &Provider{store: newStorage(key, clients)}
	var config op.Config
	if _, err := rand.Read(config.CryptoKey[:]); err != nil {
		return nil, err
	}
	config.CodeMethodS256 = true
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the provider's port: %w", err)
	}
	issuer := "http://" + listener.Addr().String()
	provider, err := op.NewProvider(&config, p.store, op.StaticIssuer(issuer), op.WithAllowInsecure())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the provider: %w", err), listener.Close())
	}
	mux := http.NewServeMux()
	mux.Handle("/", provider)
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) { p.login(w, r, op.AuthCallbackURL(provider)) })
	p.Server = &httptest.Server{Listener: listener, Config: &http.Server{Handler: p.around(mux)}} //nolint:gosec // of a test
	p.Server.Start()
	return p, nil
}

// login is the page of somebody who is signed in at the provider already: it sends the browser on.
func (p *Provider) login(w http.ResponseWriter, r *http.Request, callback func(ctx context.Context, id string) string) {
	p.mu.Lock()
	person := p.person
	p.mu.Unlock()
	id := r.FormValue("id")
	if err := p.store.complete(id, person); err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	http.Redirect(w, r, callback(op.ContextWithIssuer(r.Context(), p.URL), id), http.StatusFound)
}

// SignIn says who is signed in at the provider from now on.
func (p *Provider) SignIn(who Person) { p.set(func() { p.person = who }) }

// Misbehave forges ID tokens from now on; nil ends it.
func (p *Provider) Misbehave(f Forge) { p.set(func() { p.forge = f }) }

// Break lets every request fail from now on whose path ends so; "" breaks all of the provider.
func (p *Provider) Break(end string) { p.set(func() { p.broken = &end }) }

// Heal ends Break.
func (p *Provider) Heal() { p.set(func() { p.broken = nil }) }

func (p *Provider) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// Redeemed is how many times a code was brought to the provider.
func (p *Provider) Redeemed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// Visit does what a browser does that is sent to address: it signs in and comes back to the console's address with what
// the provider says.
func (p *Provider) Visit(address string) (*url.URL, error) {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for range 10 {
		got, err := client.Get(address) //nolint:noctx // of a test
		if err != nil {
			return nil, err
		}
		_ = got.Body.Close()
		to, err := got.Location()
		if err != nil {
			return nil, fmt.Errorf("the provider answers %s at %s", got.Status, address)
		}
		if to.Host != p.Listener.Addr().String() {
			return to, nil
		}
		address = to.String()
	}
	return nil, errors.New("the provider leads in circles")
}

// signer signs forged tokens.
func (p *Provider) signer(algorithm string, client Client) (jose.Signer, error) {
	key := jose.SigningKey{Algorithm: jose.SignatureAlgorithm(algorithm), Key: []byte(client.Secret)}
	if algorithm == "" {
		key = jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: p.store.key, KeyID: keyName}}
	}
	return jose.NewSigner(key, nil)
}

package consumer_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"

	"lienthong/internal/demo/consumer"
	"lienthong/internal/kit/clock"
)

// platform plays the exchange and keeps what it saw.
type platform struct {
	tokens, calls atomic.Int64
	revoked       atomic.Bool // the first token is no longer accepted
	last          atomic.Pointer[http.Request]
	body          atomic.Pointer[string]
	pages         []string
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	if r.URL.Path == "/oauth2/token" {
		id, secret, _ := r.BasicAuth()
		w.Header().Set("Content-Type", "application/json")
		if id != "tthc.a1" || secret != "bi+mat" || // form-encoded inside Basic, as RFC 6749 has it
			string(b) != "grant_type=client_credentials" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"error":"invalid_client","error_description":"wrong"}`)
			return
		}
		n := p.tokens.Add(1)
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "t" + string(rune('0'+n)), "token_type": "Bearer", "expires_in": 300})
		return
	}
	n := p.calls.Add(1)
	text := string(b)
	p.last.Store(r)
	p.body.Store(&text)
	w.Header().Set("X-Request-Id", "req-1")
	switch {
	case r.Header.Get("Authorization") == "Bearer t1" && p.revoked.Load():
		p.problem(w, 401, "exchange.token_invalid")
	case r.Header.Get("Lienthong-Purpose") == "":
		p.problem(w, 403, "access.purpose_missing")
	default:
		w.Header().Set("Content-Type", "application/json")
		if len(p.pages) > 0 {
			_, _ = io.WriteString(w, p.pages[int(n-1)%len(p.pages)])
			return
		}
		_, _ = io.WriteString(w, `{"dataset":"d","version":1,"records":[{"so_lop":12}]}`)
	}
}

func (p *platform) problem(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": code, "detail": "không được"})
}

func start(t *testing.T, p *platform, change ...func(*consumer.Config)) *consumer.Client {
	t.Helper()
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	c := consumer.Config{Base: s.URL, ClientID: "tthc.a1", Secret: "bi mat"}
	for _, f := range change {
		f(&c)
	}
	return consumer.New(c)
}

func TestOneTokenServesManyCalls(t *testing.T) {
	p := &platform{}
	now := clock.NewAdjustable(clock.Fixed(time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)))
	c := start(t, p, func(k *consumer.Config) { k.Clock = now })
	ask := consumer.Ask{Purpose: "QLNN", Limit: 5, Fields: []string{"a", "b"}, Filters: map[string]string{"ma_xa": "02701"}}
	for range 3 {
		if a, err := c.Records(context.Background(), "H38.09/truong-hoc", ask); err != nil || a.Status != 200 || a.ID != "req-1" {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	if p.tokens.Load() != 1 {
		t.Errorf("%d tokens for three calls", p.tokens.Load())
	}
	if got := p.last.Load().URL.String(); got != "/data/H38.09/truong-hoc/records?fields=a%2Cb&limit=5&ma_xa=02701" {
		t.Errorf("address %s", got)
	}
	now.Shift(6 * time.Minute)
	if _, err := c.Records(context.Background(), "H38.09/truong-hoc", ask); err != nil || p.tokens.Load() != 2 {
		t.Errorf("an old token was used again: %d, %v", p.tokens.Load(), err)
	}
}

func TestRevokedTokenIsReplacedOnce(t *testing.T) {
	p := &platform{}
	c := start(t, p)
	if _, err := c.Token(context.Background()); err != nil {
		t.Fatal(err)
	}
	p.revoked.Store(true)
	a, err := c.Lookup(context.Background(), "d/x", map[string]string{"so_dinh_danh": "999190000123"}, consumer.Ask{Purpose: "QLNN"})
	if err != nil || a.Status != 200 || p.calls.Load() != 2 || p.tokens.Load() != 2 {
		t.Fatalf("status %d, calls %d, tokens %d, %v", a.Status, p.calls.Load(), p.tokens.Load(), err)
	}
}

func TestIdentifierStaysOutOfTheAddress(t *testing.T) {
	p := &platform{}
	c := start(t, p)
	if _, err := c.Lookup(context.Background(), "H38.04/khai-sinh", map[string]string{"so_dinh_danh": "999190000123"}, consumer.Ask{Purpose: "DVC-TTHC", Case: "H38.99.07-261124-0001", Fields: []string{"ho_ten"}}); err != nil {
		t.Fatal(err)
	}
	r := p.last.Load()
	if strings.Contains(r.URL.String(), "999") || *p.body.Load() != `{"fields":["ho_ten"],"key":{"so_dinh_danh":"999190000123"}}` || r.Header.Get("Lienthong-Case") != "H38.99.07-261124-0001" {
		t.Fatalf("%s %s", r.URL, *p.body.Load())
	}
}

func TestRefusalsAreReadByTheirCode(t *testing.T) {
	c := start(t, &platform{})
	a, err := c.Records(context.Background(), "d/x", consumer.Ask{})
	if err != nil || a.Status != 403 || a.Code() != "access.purpose_missing" {
		t.Fatalf("%+v, %v", a, err)
	}
	bad := start(t, &platform{}, func(k *consumer.Config) { k.Secret = "sai" })
	_, err = bad.Records(context.Background(), "d/x", consumer.Ask{Purpose: "QLNN"})
	var refused *consumer.TokenError
	if !errors.As(err, &refused) || refused.Code != "invalid_client" || refused.Status != 401 {
		t.Fatalf("got %v", err)
	}
}

func TestEveryPageIsRead(t *testing.T) {
	p := &platform{pages: []string{`{"records":[{"a":1},{"a":2}],"next":"c1"}`, `{"records":[{"a":3}],"next":"c2"}`, `{"records":[{"a":4}]}`}}
	c := start(t, p)
	n := 0
	err := c.Every(context.Background(), "d/x", consumer.Ask{Purpose: "QLNN"}, func(page consumer.Page) (bool, error) {
		n += len(page.Records)
		return true, nil
	})
	if err != nil || n != 4 || p.last.Load().URL.Query().Get("cursor") != "c2" {
		t.Fatalf("%d records, %v", n, err)
	}
}

func TestOfficerAssertion(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := consumer.NewOfficers("H38.01", "k1", private)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(o.PublicJWK(), `"kid":"k1"`) || strings.Contains(o.PublicJWK(), `"d"`) {
		t.Fatalf("the registered key is %s", o.PublicJWK())
	}
	p := &platform{}
	c := start(t, p, func(k *consumer.Config) { k.Officers = o })
	once := map[string]bool{}
	for range 2 {
		if _, err := c.Records(context.Background(), "d/x", consumer.Ask{Purpose: "QLNN", Officer: "motcua.yty"}); err != nil {
			t.Fatal(err)
		}
		signed := p.last.Load().Header.Get("Lienthong-Officer")
		head, _, _ := strings.Cut(signed, ".")
		raw, _ := base64.RawURLEncoding.DecodeString(head)
		var header map[string]any
		if err := json.Unmarshal(raw, &header); err != nil || header["alg"] != "EdDSA" || header["kid"] != "k1" || len(header) != 2 {
			t.Fatalf("header %s", raw)
		}
		payload, err := jws.Verify([]byte(signed), jws.WithKey(jwa.EdDSA(), public))
		if err != nil {
			t.Fatal(err)
		}
		var claims struct {
			Sub, Agency, Jti string
			Iat, Exp         int64
		}
		if err := json.Unmarshal(payload, &claims); err != nil || claims.Sub != "motcua.yty" || claims.Agency != "H38.01" || claims.Exp-claims.Iat > 60 || once[claims.Jti] {
			t.Fatalf("claims %s", payload)
		}
		once[claims.Jti] = true
	}
	plain := start(t, &platform{})
	if _, err := plain.Records(context.Background(), "d/x", consumer.Ask{Officer: "motcua.yty"}); err == nil {
		t.Error("a system without a key signed for an officer")
	}
}

func TestTrafficFollowsItsWeights(t *testing.T) {
	answer := func(status int, err error) func(context.Context, *rand.Rand) (consumer.Answer, error) {
		return func(context.Context, *rand.Rand) (consumer.Answer, error) {
			return consumer.Answer{Status: status}, err
		}
	}
	traffic, err := consumer.NewTraffic(1, 5,
		consumer.Step{Name: "allowed", Weight: 8, Call: answer(200, nil)}, consumer.Step{Name: "denied", Weight: 1, Call: answer(403, nil)},
		consumer.Step{Name: "gone", Weight: 1, Call: answer(0, errors.New("no answer"))})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	for range 1000 {
		traffic.Once(context.Background(), r)
	}
	got := traffic.Counts()
	if n := got["allowed"][200]; n < 700 || n > 900 {
		t.Errorf("allowed %d of 1000", n)
	}
	if got["denied"][403] < 50 || got["gone"][0] < 50 {
		t.Errorf("counts %v", got)
	}
	for _, rate := range []float64{0, -1, 1000} {
		if _, err := consumer.NewTraffic(1, rate, consumer.Step{Weight: 1}); err == nil {
			t.Errorf("a rate of %v was taken", rate)
		}
	}
}

package auditweb

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

var noon = time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)

type site struct {
	http.Handler
	log   *audit.Log
	pages *Pages
	dir   string
	clock *clock.Adjustable
}

func newSite(t *testing.T, change func(*audit.Options)) *site {
	t.Helper()
	s := &site{clock: clock.NewAdjustable(clock.Fixed(noon)), dir: t.TempDir()}
	opts := audit.Options{
		Journal: journal.Options{Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), Origin: "example.test/audit/1", Now: s.clock.Now,
			CheckpointEvery: 5 * time.Millisecond},
		PersonKey: bytes.Repeat([]byte{2}, 32),
	}
	if change != nil {
		change(&opts)
	}
	var err error
	if s.log, err = audit.Open(s.dir, opts); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.log.Close() })
	catalog, err := i18n.NewCatalog(Messages, audit.Messages, access.Messages, web.Messages, ui.Messages, httpx.Messages)
	if err != nil {
		t.Fatal(err)
	}
	shell, err := web.NewShell(web.Deps{Catalog: catalog, Log: slog.New(slog.DiscardHandler), Clock: s.clock, Authenticate: signedIn})
	if err != nil {
		t.Fatal(err)
	}
	p, api := New(shell, s.log, s.clock, func(_ context.Context, code string) string { return "Cơ quan " + code }), web.NewAPI(shell, "test")
	s.pages = p
	p.Operations(api)
	if s.Handler, err = web.NewMux(shell, p.Routes(), api); err != nil {
		t.Fatal(err)
	}
	return s
}

func signedIn(r *http.Request) (context.Context, error) {
	role := r.Header.Get("Test-Role")
	if role == "" {
		return r.Context(), nil
	}
	return access.WithActor(r.Context(), access.Actor{Type: access.User, ID: "person", Name: "Người thử", Agency: "H38.02", Roles: []access.Role{access.Role(role)}}), nil
}

func (s *site) call(t *testing.T, method, path, role, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Test-Role", role)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, html.UnescapeString(w.Body.String())
}

// fill records n accesses.
func (s *site) fill(t *testing.T, n int) {
	t.Helper()
	recs := make([]*audit.Record, n)
	for i := range recs {
		recs[i] = &audit.Record{Kind: audit.KindDecision, Channel: audit.ChannelGateway, Event: "data.read",
			Decision: audit.Decision{Result: audit.Deny, Reason: audit.ReasonPurpose}, Target: audit.Target{Dataset: "H38.05/ho-ngheo"}}
	}
	if err := s.log.Note(context.Background(), recs...); err != nil {
		t.Fatal(err)
	}
	s.signed(t)
}

// signed waits until a checkpoint covers every record.
func (s *site) signed(t *testing.T) {
	t.Helper()
	if _, err := s.log.Prove(context.Background(), s.log.Journal().Size()-1); err != nil {
		t.Fatal(err)
	}
}

// getRaw gives the body byte for byte.
func getRaw(t *testing.T, s *site, path, role string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Test-Role", role)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

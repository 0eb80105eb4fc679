package exchange

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/exchange/canon"
	"lienthong/internal/kit/meter"
	"lienthong/internal/kit/trace"
)

func newObserved() *Server {
	set := meter.NewSet()
	return &Server{Options: Options{Meters: set, Traces: NewTraces()}, meters: newMeters(set)}
}

// observe is what counting and tracing add to one call through a provider.
func observe(s *Server, r *http.Request, header string) *call {
	c := &call{s: s, r: r, trace: trace.Begin("01M86YZN1VNG4VB2C9HFS9Y3MG", time.Time{}), route: "/svc/{owner}/{system}/{service}"}
	c.ctx = trace.With(context.Background(), c.trace)
	c.trace.Join(header)
	for _, step := range []string{"read", "token"} {
		c.trace.Done(step)
	}
	for _, step := range []string{"decide", "evidence"} {
		trace.Of(c.ctx).Done(step)
	}
	_ = c.trace.Header()
	c.asked("H38.05/ho-ngheo/ho", time.Now(), nil)
	for _, step := range []string{"provider", "filter", "answer"} {
		c.trace.Done(step)
	}
	c.out.Status, c.granted = http.StatusOK, true
	c.end()
	return c
}

func BenchmarkObserve(b *testing.B) {
	s := newObserved()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			observe(s, r, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
		}
	})
}

func TestEndOfACallIsCountedOnce(t *testing.T) {
	s := newObserved()
	r := httptest.NewRequest("BREW", "/", nil)
	c := observe(s, r, "")
	if kept, found := s.Traces.Find(c.trace.Request); !found || kept.Status != http.StatusOK || len(kept.Steps()) != 8 {
		t.Fatalf("kept %+v", kept)
	}
	probe := &call{s: s, r: r, trace: trace.Begin("HEALTH", time.Time{}), route: routeHealth, req: &canon.Request{}}
	probe.out.Status = http.StatusOK
	probe.end()
	refused := &call{s: s, r: r, trace: trace.Begin("REFUSED", time.Time{}), route: routeToken, code: "exchange.client_unknown", ask: access.Request{}}
	refused.out.Status = http.StatusUnauthorized
	refused.end()
	var text strings.Builder
	if err := s.Meters.Write(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`lienthong_exchange_calls_total{verdict="allow",code="ok"} 1`, `lienthong_exchange_requests_total{route="health",method="other",status="2xx"} 1`,
		`lienthong_exchange_tokens_total{result="exchange.client_unknown"} 1`, `lienthong_exchange_request_seconds_count 2`,
	} {
		if !strings.Contains(text.String(), want+"\n") {
			t.Errorf("%s is not in\n%s", want, text.String())
		}
	}
	if _, found := s.Traces.Find("HEALTH"); found {
		t.Error("health probes push calls out of memory")
	}
}

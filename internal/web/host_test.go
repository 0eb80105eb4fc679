package web

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"
)

func TestOnlyOwnHostsAreAnswered(t *testing.T) {
	words, err := i18n.NewCatalog(Messages, ui.Messages, httpx.Messages, access.Messages)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	shell, err := NewShell(Deps{
		Catalog: words, Log: slog.New(slog.NewTextHandler(&log, nil)), Clock: clock.Fixed(time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)),
		Hosts: []string{"quantri.lienthong.example", "localhost", "127.0.0.1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	secret := func(w http.ResponseWriter, _ *http.Request) error {
		_, err := w.Write([]byte("ma-dang-nhap"))
		return err
	}
	site, err := NewMux(shell, []Route{Get("/demo", access.Public, secret), Get("/livez", access.Public, secret)})
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]int{
		"quantri.lienthong.example": 200, "QuanTri.LienThong.Example:8443": 200, "quantri.lienthong.example.": 200, "localhost:8080": 200, "127.0.0.1": 200, "10.0.0.5:8080": 200,
		"[::ffff:10.0.0.5]:8080": 200, "evil.example": 421, "127.0.0.1.evil.example": 421, "quantri.lienthong.example.evil.example": 421, "10.0.0.6": 421, "": 421, "[::1]:8080": 421,
	} {
		r := httptest.NewRequest(http.MethodGet, "/demo", nil)
		r.Host = host
		local := &net.TCPAddr{IP: net.ParseIP("10.0.0.5"), Port: 8080}
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(local))))
		if w.Code != want || (want == 200) != strings.Contains(w.Body.String(), "ma-dang-nhap") {
			t.Errorf("host %q: %d", host, w.Code)
		}
		if want == 421 && !strings.Contains(w.Body.String(), "quantri.lienthong.example") {
			t.Errorf("host %q: the page does not name the right address", host)
		}
	}
}

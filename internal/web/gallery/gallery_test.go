package gallery

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

func TestEveryStateRenders(t *testing.T) {
	catalog, err := i18n.NewCatalog(httpx.Messages, web.Messages, ui.Messages, access.Messages, Messages)
	if err != nil {
		t.Fatal(err)
	}
	s, err := web.NewShell(web.Deps{Catalog: catalog, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Clock: clock.System()})
	if err != nil {
		t.Fatal(err)
	}
	routes := Routes(s)
	m, err := web.NewMux(s, routes)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/gallery": "badge--warn", "/gallery/dataset": `class="timeline"`, "/gallery/request": `class="steps"`, "/gallery/empty": `class="empty"`,
		"/gallery/live?done=100": "Đã nạp xong", "/gallery/form": `id="form-errors"`, "/gallery/map": "<title>Phường Lào Cai", "/gallery/sign-in": `autocomplete="current-password"`,
		"/gallery/mark": `class="marked__over"`, "/gallery/forbidden": "catalog.approve", "/gallery/broken": "Mã tham chiếu",
	} {
		t.Run(path, func(t *testing.T) {
			w := httptest.NewRecorder()
			m.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
			body := w.Body.String()
			if status := map[string]int{"/gallery/forbidden": 403, "/gallery/broken": 500}[path]; status != 0 && w.Code != status || status == 0 && w.Code != 200 {
				t.Errorf("status %d", w.Code)
			}
			if !strings.Contains(body, want) || path != "/gallery/live?done=100" && !strings.HasSuffix(strings.TrimSpace(body), "</html>") {
				t.Errorf("%q is missing, or the page is not whole", want)
			}
			if strings.Contains(body, "web.") && strings.Contains(body, ">web.") {
				t.Error("a bare key is shown")
			}
		})
	}
	if len(routes) != 11 {
		t.Errorf("%d pages, and not all are rendered here", len(routes))
	}
}

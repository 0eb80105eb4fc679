package supportweb

import (
	"context"
	"encoding/json"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/support"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

func site(t *testing.T, exists func(string) bool) http.Handler {
	t.Helper()
	catalog, err := i18n.NewCatalog(Messages, access.Messages, web.Messages, ui.Messages, httpx.Messages)
	if err != nil {
		t.Fatal(err)
	}
	nobody := func(r *http.Request) (context.Context, error) { return r.Context(), nil }
	shell, err := web.NewShell(web.Deps{Catalog: catalog, Log: slog.New(slog.DiscardHandler), Clock: clock.Fixed(time.Unix(1, 0)), Authenticate: nobody})
	if err != nil {
		t.Fatal(err)
	}
	terms, err := support.Load()
	if err != nil {
		t.Fatal(err)
	}
	p, api := New(shell, terms, exists), web.NewAPI(shell, "test")
	p.Operations(api)
	mux, err := web.NewMux(shell, p.Routes(), api)
	if err != nil {
		t.Fatal(err)
	}
	return mux
}

func open(t *testing.T, h http.Handler, path string) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d", path, w.Code)
	}
	return w.Body.String()
}

func TestEveryoneReadsEachDefinitionWordForWordBesideItsFeature(t *testing.T) {
	body := html.UnescapeString(open(t, site(t, nil), "/support/terms"))
	terms, err := support.Load()
	if err != nil {
		t.Fatal(err)
	}
	definitions, glossary := terms.Search("")
	for _, d := range definitions {
		if !strings.Contains(body, d.Text) || !strings.Contains(body, `href="`+d.Feature.Path+`"`) {
			t.Errorf("khoản %d stands not word for word beside its feature", d.Clause)
		}
	}
	for _, x := range glossary {
		if !strings.Contains(body, x.Vi) || !strings.Contains(body, x.Noun) {
			t.Errorf("%s is missing", x.Vi)
		}
	}
}

func TestSearchNarrowsThePageAndSaysWhenNothingIsFound(t *testing.T) {
	h := site(t, nil)
	body := open(t, h, "/support/terms?q="+url.QueryEscape("doi soat"))
	if !strings.Contains(body, "Reconciliation") || strings.Contains(body, "OnceOnly") {
		t.Error("the glossary is not narrowed to reconciliation")
	}
	if body := open(t, h, "/support/terms?q=xyzzy"); !strings.Contains(body, "Không tìm thấy thuật ngữ") {
		t.Error("no word about nothing found")
	}
	if body := open(t, h, "/support/terms?q="+url.QueryEscape(`"><script>`)); strings.Contains(body, `"><script>`) {
		t.Error("what was typed stands unescaped")
	}
}

func TestAFeatureThatIsNotServedIsNoLink(t *testing.T) {
	body := open(t, site(t, func(path string) bool { return path != "/warehouse" }), "/support/terms")
	if strings.Contains(body, `href="/warehouse"`) || !strings.Contains(body, `href="/catalog"`) {
		t.Error("links do not follow what is served")
	}
}

func TestOperation(t *testing.T) {
	var got struct {
		Definitions []struct{ Clause int }
		Glossary    []struct{ Vi, Noun string }
	}
	body := open(t, site(t, nil), "/api/v1/support/terms?q=nghiem%20thu")
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Glossary) != 1 || got.Glossary[0].Noun != "Acceptance, AcceptanceMinutes" || len(got.Definitions) != 0 {
		t.Errorf("found %+v", got)
	}
}

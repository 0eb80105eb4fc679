package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web/ui"
)

type house struct {
	shell *Shell
	log   *bytes.Buffer
}

// newHouse is a shell whose caller is named by the header X-Test-Actor, a role.
func newHouse(t *testing.T) house {
	t.Helper()
	catalog, err := i18n.NewCatalog(httpx.Messages, Messages, ui.Messages, i18n.Messages{
		"test.list":                 {Vi: "Danh sách thử", En: "Test list"},
		"test.admin":                {Vi: "Quản trị thử", En: "Test admin"},
		"test.taken":                {Vi: "Mã {0} đã được dùng.", En: "The code {0} is taken."},
		"access.sign_in_required":   {Vi: "Hãy đăng nhập.", En: "Sign in."},
		"access.permission_missing": {Vi: "Thiếu quyền {0}.", En: "Lacks {0}."},
	})
	if err != nil {
		t.Fatal(err)
	}
	log := &bytes.Buffer{}
	s, err := NewShell(Deps{
		Catalog: catalog, Log: slog.New(slog.NewJSONHandler(log, nil)), Clock: clock.Fixed(time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)),
		Site: ui.Site{Name: i18n.Text{Vi: "Liên thông", En: "Lien Thong"}, Title: i18n.Text{Vi: "Nền tảng", En: "Platform"}}, HTTPS: true,
		Authenticate: func(r *http.Request) (context.Context, error) {
			switch role := r.Header.Get("X-Test-Actor"); role {
			case "":
				return r.Context(), nil
			case "broken":
				return nil, errors.New("session store is gone")
			default:
				return access.WithActor(r.Context(), access.Actor{Type: access.User, ID: "a-1", Name: "Lê Giả Định", Roles: []access.Role{access.Role(role)}}), nil
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return house{s, log}
}

func ok(w http.ResponseWriter, _ *http.Request) error {
	_, err := w.Write([]byte("ok"))
	return err
}

func (h house) mux(t *testing.T, routes ...Route) http.Handler {
	t.Helper()
	m, err := NewMux(h.shell, routes)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func ask(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestRouteTableIsRefused(t *testing.T) {
	nav := Nav{Group: GroupData, LabelKey: "test.list", Icon: ui.IconList}
	for name, routes := range map[string][]Route{
		"without a permission":                {Get("/a", "", ok)},
		"without a handler":                   {Get("/a", access.Public, nil)},
		"without a leading slash":             {Get("a", access.Public, ok)},
		"twice the same":                      {Get("/a", access.Public, ok), Get("/a", access.Public, ok)},
		"menu entry with a parameter":         {Get("/a/{id}", access.Public, ok).InMenu(nav)},
		"menu entry that changes something":   {Post("/a", access.Public, ok).InMenu(nav)},
		"menu entry in an unknown group":      {Get("/a", access.Public, ok).InMenu(Nav{Group: "x", LabelKey: "test.list", Icon: ui.IconList})},
		"menu entry with an unknown icon":     {Get("/a", access.Public, ok).InMenu(Nav{Group: GroupData, LabelKey: "test.list", Icon: "none"})},
		"menu entry whose label says nothing": {Get("/a", access.Public, ok).InMenu(Nav{Group: GroupData, LabelKey: "test.none", Icon: ui.IconList})},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := NewMux(newHouse(t).shell, routes); err == nil {
				t.Fatal("the program would start")
			}
		})
	}
}

func TestPermissionStandsBesideThePath(t *testing.T) {
	m := newHouse(t).mux(t, Get("/catalog", access.CatalogRead, ok), Post("/catalog", access.CatalogApprove, ok))
	for _, c := range []struct {
		name, method, actor string
		want                int
	}{
		{"a reader reads", "GET", string(access.Steward), 200},
		{"nobody is sent to sign in", "GET", "", 303},
		{"nobody posting is sent to sign in", "POST", "", 303},
		{"a reader may not approve", "POST", string(access.Steward), 403},
		{"an approver approves", "POST", string(access.OpApprover), 200},
		{"a role that does not exist may nothing", "GET", "king", 403},
		{"when nobody can be looked up, nothing is served", "GET", "broken", 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			if w := ask(m, c.method, "/catalog", "X-Test-Actor", c.actor, "Accept", "text/html"); w.Code != c.want {
				t.Fatalf("status %d, want %d", w.Code, c.want)
			}
		})
	}
}

func TestSignInRemembersOnlyPlacesOnThisSite(t *testing.T) {
	m := newHouse(t).mux(t, Get("/catalog", access.CatalogRead, ok))
	if got := ask(m, "GET", "/catalog?q=đất&x=1").Header().Get("Location"); got != "/sign-in?next=%2Fcatalog%3Fq%3D%C4%91%E1%BA%A5t%26x%3D1" && got != "/sign-in?next=%2Fcatalog%3Fq%3D%25C4%2591%25E1%25BA%25A5t%26x%3D1" {
		t.Fatalf("Location %q", got)
	}
}

func TestSafePath(t *testing.T) {
	for in, want := range map[string]string{
		"/catalog/1?tab=2": "/catalog/1?tab=2", "/": "/", "/catalog/": "/catalog/", "/x#rows": "/x#rows",
		"": "/", "catalog": "/", "https://evil.example/": "/", "//evil.example": "/", "/\\evil.example": "/", "\\\\evil.example": "/",
		"/\t/evil.example": "/", "/..//evil.example": "/", "/a/../../evil": "/", "javascript:alert(1)": "/", "/%2F%2Fevil.example": "/",
		"/%5Cevil.example": "/", "http:evil": "/", "///evil.example": "/", "/" + strings.Repeat("a", 3000): "/",
	} {
		if got := SafePath(in); got != want {
			t.Errorf("SafePath(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSecurityHeadersStandOnEveryAnswer(t *testing.T) {
	h := newHouse(t)
	m := h.mux(t, Get("/fine", access.Public, ok), Get("/closed", access.CatalogRead, ok),
		Get("/broken", access.Public, func(http.ResponseWriter, *http.Request) error { return errors.New("x") }),
		Get("/panic", access.Public, func(http.ResponseWriter, *http.Request) error { panic("x") }))
	style := h.shell.assets.Links().Style
	for target, status := range map[string]int{"/fine": 200, "/closed": 303, "/broken": 500, "/panic": 500, "/nowhere": 404, "/a/../fine": 307, style: 200, "/static/none.css": 404} {
		t.Run(target, func(t *testing.T) {
			w := ask(m, "GET", target)
			if w.Code != status {
				t.Errorf("status %d, want %d", w.Code, status)
			}
			for name, want := range map[string]string{
				"Content-Security-Policy": httpx.PagePolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
				"Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
			if len(w.Header().Get(httpx.RequestIDHeader)) != 26 {
				t.Errorf("request id %q", w.Header().Get(httpx.RequestIDHeader))
			}
			if c := w.Header().Get("Cache-Control"); !strings.HasPrefix(target, style) && c != "no-store" {
				t.Errorf("Cache-Control %q", c)
			}
		})
	}
	if strings.Contains(httpx.PagePolicy, "unsafe-") {
		t.Error("the policy allows unsafe things")
	}
}

func TestRequestIDOfTheCallerIsIgnored(t *testing.T) {
	w := ask(newHouse(t).mux(t, Get("/a", access.Public, ok)), "GET", "/a", "X-Request-Id", "forged")
	if w.Header().Get("X-Request-Id") == "forged" {
		t.Fatal("the caller chose the reference")
	}
}

func TestErrorFollowsAccept(t *testing.T) {
	refuse := func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.Conflict, "test.taken", "<b>7</b>").At("code")
	}
	m := newHouse(t).mux(t, Get("/a", access.Public, refuse))

	w := ask(m, "GET", "/a", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	if w.Code != 409 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Fatalf("page: %d %s", w.Code, w.Header().Get("Content-Type"))
	}
	page := w.Body.String()
	if !strings.Contains(page, "Mã &lt;b&gt;7&lt;/b&gt; đã được dùng.") || strings.Contains(page, "<b>7") {
		t.Error("the sentence is missing or not escaped")
	}
	if !strings.Contains(page, w.Header().Get("X-Request-Id")) || !strings.Contains(page, "test.taken") {
		t.Error("reference or code is missing")
	}

	w = ask(m, "GET", "/a", "Accept", "application/json", "Accept-Language", "en-GB,en;q=0.9")
	var p httpx.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatal(err)
	}
	if w.Header().Get("Content-Type") != httpx.ProblemType || p.Code != "test.taken" || p.Status != 409 || p.Detail != "The code <b>7</b> is taken." ||
		p.Instance != w.Header().Get("X-Request-Id") || len(p.Errors) != 1 || p.Errors[0].Field != "code" {
		t.Fatalf("problem %+v", p)
	}
}

func TestErrorOfAPartStaysInItsPlace(t *testing.T) {
	m := newHouse(t).mux(t, Get("/closed", access.CatalogRead, ok), Get("/broken", access.Public, func(http.ResponseWriter, *http.Request) error { return errors.New("x") }))
	if w := ask(m, "GET", "/closed", "HX-Request", "true"); w.Code != 401 || w.Header().Get("HX-Refresh") != "true" || w.Body.Len() != 0 {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	w := ask(m, "GET", "/broken", "HX-Request", "true")
	if w.Code != 500 || strings.Contains(w.Body.String(), "<html") || !strings.Contains(w.Body.String(), w.Header().Get("X-Request-Id")) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestOurOwnErrorsShowOnlyAReference(t *testing.T) {
	h := newHouse(t)
	m := h.mux(t, Get("/a", access.Public, func(http.ResponseWriter, *http.Request) error { return errors.New("secret table name") }),
		Get("/p", access.Public, func(http.ResponseWriter, *http.Request) error { panic("secret state") }))
	for _, target := range []string{"/a", "/p"} {
		h.log.Reset()
		w := ask(m, "GET", target)
		id := w.Header().Get("X-Request-Id")
		if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(w.Body.String(), id) {
			t.Errorf("%s: status %d, body shows the cause or no reference", target, w.Code)
		}
		if line := h.log.String(); strings.Count(line, "\n") != 1 || !strings.Contains(line, id) || !strings.Contains(line, "secret") {
			t.Errorf("%s: log %q", target, line)
		}
	}
}

func TestLogLineHoldsNoTypedValue(t *testing.T) {
	h := newHouse(t)
	ask(h.mux(t, Get("/person/{id}", access.Public, ok)), "GET", "/person/999012345678?q=999012345678", "X-Test-Actor", "steward")
	line := h.log.String()
	if strings.Contains(line, "999012345678") || !strings.Contains(line, `"route":"/person/{id}"`) || !strings.Contains(line, `"actor":"a-1"`) || !strings.Contains(line, `"status":200`) {
		t.Fatalf("log %q", line)
	}
}

func TestMethodThatIsNotServed(t *testing.T) {
	w := ask(newHouse(t).mux(t, Get("/a", access.Public, ok)), "POST", "/a", "Accept", "application/json")
	if w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" || !strings.Contains(w.Body.String(), "web.method_not_allowed") {
		t.Fatalf("%d Allow %q %s", w.Code, w.Header().Get("Allow"), w.Body)
	}
}

func TestChangeFromAnotherSiteIsRefused(t *testing.T) {
	called := false
	m := newHouse(t).mux(t, Post("/a", access.Public, func(w http.ResponseWriter, r *http.Request) error { called = true; return ok(w, r) }))
	for _, c := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"own page", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"own page of an older browser", []string{"Origin", "http://example.com"}, 200},
		{"a program without cookies", nil, 200},
		{"another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a sister host", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"another origin", []string{"Origin", "https://evil.example"}, 403},
		{"origin null", []string{"Origin", "null"}, 403},
		{"cookies without any word of where from", []string{"Cookie", "session=1"}, 403},
		{"JSON as text", []string{"Sec-Fetch-Site", "cross-site", "Content-Type", "text/plain"}, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			called = false
			if w := ask(m, "POST", "/a", c.headers...); w.Code != c.want || called != (c.want == 200) {
				t.Fatalf("status %d, want %d, handler called %v", w.Code, c.want, called)
			}
		})
	}
}

func TestMenuShowsOnlyWhatTheActorMayOpen(t *testing.T) {
	h := newHouse(t)
	page := func(w http.ResponseWriter, r *http.Request) error {
		return h.shell.Render(w, r, Page{Title: "Trang", Body: ui.Text("nội dung")})
	}
	m := h.mux(t,
		Get("/catalog", access.CatalogRead, page).InMenu(Nav{Group: GroupData, LabelKey: "test.list", Icon: ui.IconList}),
		Get("/catalog/{id}", access.CatalogRead, page),
		Get("/account", access.AccountChange, page).InMenu(Nav{Group: GroupAdmin, LabelKey: "test.admin", Icon: ui.IconAccounts}),
		Get("/open", access.Public, page))
	for _, c := range []struct {
		actor       string
		list, admin bool
	}{{"", false, false}, {string(access.Steward), true, false}, {string(access.OpAdmin), true, true}} {
		body := ask(m, "GET", "/open", "X-Test-Actor", c.actor).Body.String()
		if strings.Contains(body, `href="/catalog"`) != c.list || strings.Contains(body, `href="/account"`) != c.admin {
			t.Errorf("menu of %q is wrong", c.actor)
		}
	}
	if body := ask(m, "GET", "/catalog/7", "X-Test-Actor", string(access.Steward)).Body.String(); !strings.Contains(body, `href="/catalog" aria-current="page"`) {
		t.Error("the entry of the page is not marked")
	}
}

func TestLanguage(t *testing.T) {
	h := newHouse(t)
	m := h.mux(t, Get("/open", access.Public, func(w http.ResponseWriter, r *http.Request) error {
		return h.shell.Render(w, r, Page{Title: h.shell.T(r)("test.list"), Body: ui.Text("")})
	}))
	if body := ask(m, "GET", "/open", "Accept-Language", "en").Body.String(); !strings.Contains(body, "Danh sách thử") || !strings.Contains(body, `<html lang="vi"`) {
		t.Error("Vietnamese is not first")
	}
	w := ask(m, "GET", "/open?lang=en&q=1")
	cookie := w.Header().Get("Set-Cookie")
	if w.Code != 303 || w.Header().Get("Location") != "/open?q=1" || !strings.HasPrefix(cookie, "__Host-lang=en; Path=/;") ||
		!strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "Secure") || !strings.Contains(cookie, "SameSite=Lax") {
		t.Fatalf("%d %q %q", w.Code, w.Header().Get("Location"), cookie)
	}
	if body := ask(m, "GET", "/open", "Cookie", "__Host-lang=en").Body.String(); !strings.Contains(body, "Test list") {
		t.Error("the chosen language is not kept")
	}
	if w := ask(m, "GET", "/open?lang=en", "Sec-Fetch-Site", "cross-site"); w.Header().Get("Set-Cookie") != "" {
		t.Error("another site chose the language")
	}
	if w := ask(m, "GET", "//evil.example?lang=en"); strings.Contains(w.Header().Get("Location"), "evil") {
		t.Errorf("open redirect to %q", w.Header().Get("Location"))
	}
}

func TestHalfAnAnswerIsCut(t *testing.T) {
	m := newHouse(t).mux(t, Get("/a", access.Public, func(w http.ResponseWriter, _ *http.Request) error {
		_, _ = w.Write([]byte("half"))
		return errors.New("the rest failed")
	}))
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("the connection is not cut")
		}
	}()
	ask(m, "GET", "/a")
}

func TestEveryRoleHasAName(t *testing.T) {
	for _, role := range access.AllRoles() {
		if text := Messages[RoleKey(role)]; text.Vi == "" || text.En == "" {
			t.Errorf("role %s has no name", role)
		}
	}
}

func TestEverySentenceIsInBothLanguages(t *testing.T) {
	for _, m := range []i18n.Messages{Messages, ui.Messages, httpx.Messages} {
		for key, text := range m {
			if text.Vi == "" || text.En == "" {
				t.Errorf("%s lacks a language", key)
			}
		}
	}
}

func TestStaticFilesAreKeptAndCompressed(t *testing.T) {
	h := newHouse(t)
	m := h.mux(t)
	style := h.shell.assets.Links().Style
	w := ask(m, "GET", style, "Accept-Encoding", "gzip, br")
	if w.Header().Get("Content-Encoding") != "br" || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || w.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("%v", w.Header())
	}
	if w := ask(m, "GET", style, "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("%v", w.Header())
	}
	if w := ask(m, "GET", style); w.Header().Get("Content-Encoding") != "" || !strings.Contains(w.Body.String(), ":root") {
		t.Error("the plain file is not served")
	}
	for _, name := range []string{"/static/manifest.json", "/static/app.css", "/static/" + style[len("/static/"):] + ".br", "/static/..%2Fstatic.go"} {
		if w := ask(m, "GET", name); w.Code != 404 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestFirstPageIsLight(t *testing.T) {
	h := newHouse(t)
	m := h.mux(t, Get("/open", access.Public, func(w http.ResponseWriter, r *http.Request) error {
		return h.shell.Render(w, r, Page{Title: "Trang", Body: ui.Text("nội dung")})
	}))
	total := ask(m, "GET", "/open", "Accept-Encoding", "gzip").Body.Len() + h.shell.assets.Weight()
	if total > 200_000 {
		t.Errorf("the first visit weighs %d bytes", total)
	}
}

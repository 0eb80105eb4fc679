package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/kit/fault"
)

func TestNULIsRefusedAtEveryDoor(t *testing.T) {
	_, m := api(t)
	for target, want := range map[string]int{"/api/v1/test/a%00b": 400, "/api/v1/test/x?limit=1&q=%00": 400, "/api/v1/test/x?q=%2500": 200} {
		if w := ask(m, "GET", target, "X-Test-Actor", "steward"); w.Code != want || want == 400 && problem(t, w).Code != "web.nul_character" {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	var f sample
	for _, values := range []url.Values{{"name": {"a\x00b"}}, {"field": {"a", "\x00"}}} {
		if err := Decode(posted(values), &f); !fault.Is(err, "web.nul_character") || fault.Of(err).Field == "" || fault.Of(err).Kind != fault.Invalid {
			t.Errorf("%q: %v", values, err)
		}
	}
	type inner struct {
		Note *string `json:"note"`
	}
	bad := "\x00"
	for want, in := range map[string]any{
		"":          &struct{ Body inner }{},
		"body.note": &struct{ Body inner }{inner{&bad}},
		"body[1]":   &struct{ Body []string }{[]string{"a", bad}},
		"body.k":    &struct{ Body map[string]any }{map[string]any{"k": bad}},
		"id": &struct {
			ID string `path:"id"`
		}{bad},
		"body":        &struct{ Body []byte }{[]byte(`{"a":"\u0000"}`)},
		"body.a.note": &struct{ Body map[string]inner }{map[string]inner{"a": {&bad}}},
	} {
		if place, found := nulIn(in); found != (want != "") || found && place != want {
			t.Errorf("%v: %q %v, want %q", in, place, found, want)
		}
	}
	if w := askBody(m, `{"name":"a\u0000b"}`); w.Code != 422 || problem(t, w).Code != "web.nul_character" || !strings.Contains(w.Body.String(), "body.name") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := askBody(m, `{"name":"a\\u0000b"}`); w.Code != 201 {
		t.Errorf("a text that speaks of NUL: %d %s", w.Code, w.Body)
	}
}

func askBody(h http.Handler, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/api/v1/test", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/httpx"
)

type findIn struct {
	ID    string `path:"id" maxLength:"5"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"10"`
}

type nameIn struct {
	Body struct {
		Name string `json:"name" minLength:"2"`
	}
}

type nameOut struct {
	Body struct {
		Name string `json:"name"`
	}
}

func api(t *testing.T) (house, http.Handler) {
	t.Helper()
	h := newHouse(t)
	a := NewAPI(h.shell, "1.0.0")
	Op(a, OpSpec{ID: "test-find", Method: "GET", Path: "/test/{id}", Permission: access.CatalogRead, Summary: "Find", Tag: "test"},
		func(_ context.Context, in *findIn) (*nameOut, error) {
			switch in.ID {
			case "gone":
				return nil, fault.New(fault.Conflict, "test.taken", in.ID).At("id")
			case "bug":
				return nil, errors.New("secret table name")
			}
			out := &nameOut{}
			out.Body.Name = in.ID
			return out, nil
		})
	Op(a, OpSpec{ID: "test-create", Method: "POST", Path: "/test", Permission: access.Public, Summary: "Create", Tag: "test", Status: 201},
		func(_ context.Context, in *nameIn) (*nameOut, error) {
			out := &nameOut{}
			out.Body.Name = in.Body.Name
			return out, nil
		})
	m, err := NewMux(h.shell, nil, a)
	if err != nil {
		t.Fatal(err)
	}
	return h, m
}

func problem(t *testing.T, w *httptest.ResponseRecorder) httpx.Problem {
	t.Helper()
	var p httpx.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	if w.Header().Get("Content-Type") != httpx.ProblemType || p.Status != w.Code || p.Instance != w.Header().Get("X-Request-Id") || p.Title == "" || strings.HasPrefix(p.Title, "http.") {
		t.Errorf("Content-Type %q, status %d, problem %+v", w.Header().Get("Content-Type"), w.Code, p)
	}
	return p
}

func TestOperation(t *testing.T) {
	h, m := api(t)
	w := ask(m, "GET", "/api/v1/test/x", "X-Test-Actor", "steward")
	if w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"name":"x"}` {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, c := range []struct {
		name, target, actor string
		status              int
		code                string
	}{
		{"nobody", "/api/v1/test/x", "", 401, "access.sign_in_required"},
		{"without the permission", "/api/v1/test/x", "opendata_developer", 403, "access.permission_missing"},
		{"a refusal of the service", "/api/v1/test/gone", "steward", 409, "test.taken"},
		{"our own error", "/api/v1/test/bug", "steward", 500, "internal"},
		{"a parameter out of bounds", "/api/v1/test/toolong", "steward", 422, "api.invalid"},
		{"a parameter of the wrong type", "/api/v1/test/x?limit=many", "steward", 422, "api.invalid"},
		{"no such operation", "/api/v1/none", "", 404, "web.no_page"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ask(m, "GET", c.target, "X-Test-Actor", c.actor)
			p := problem(t, w)
			if w.Code != c.status || p.Code != c.code || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%d %+v", w.Code, p)
			}
			if w.Header().Get("Content-Language") != "vi" {
				t.Error("Vietnamese is not first")
			}
		})
	}
	if !strings.Contains(h.log.String(), "secret table name") {
		t.Error("the cause of our own error is not in the log")
	}
	if p := problem(t, ask(m, "GET", "/api/v1/test/gone", "X-Test-Actor", "steward", "Accept-Language", "en")); p.Detail != "The code gone is taken." || len(p.Errors) != 1 || p.Errors[0].Field != "id" {
		t.Errorf("%+v", p)
	}
}

func TestOperationBody(t *testing.T) {
	_, m := api(t)
	send := func(kind, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/api/v1/test", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		m.ServeHTTP(w, r)
		return w
	}
	if w := send("application/json", `{"name":"ab"}`); w.Code != 201 || strings.Contains(w.Body.String(), "$schema") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if p := problem(t, send("application/json", `{"name":"a"}`)); p.Code != "api.invalid" || len(p.Errors) != 1 || p.Errors[0].Field != "body.name" || p.Errors[0].Detail != "cần ít nhất 2 ký tự" {
		t.Errorf("%+v", p)
	}
	if p := problem(t, send("application/json", `{`)); p.Code != "api.invalid" {
		t.Errorf("%+v", p)
	}
	if p := problem(t, send("text/plain", `{"name":"ab"}`)); p.Status != 415 || p.Code != "api.media_type" {
		t.Errorf("%+v", p)
	}
	if p := problem(t, send("application/json", `{"name":"`+strings.Repeat("a", DefaultBody)+`"}`)); p.Status != 413 || p.Code != "web.body_too_large" {
		t.Errorf("%+v", p)
	}
}

func TestOperationWithoutPermissionStopsTheStart(t *testing.T) {
	h := newHouse(t)
	a := NewAPI(h.shell, "1")
	Op(a, OpSpec{ID: "x", Method: "GET", Path: "/x"}, func(context.Context, *struct{}) (*nameOut, error) { return nil, nil })
	if _, err := NewMux(h.shell, nil, a); err == nil {
		t.Fatal("the program would start")
	}
	b := NewAPI(h.shell, "1")
	Op(b, OpSpec{ID: "x", Method: "GET", Path: "/api/v1/x", Permission: access.Public}, func(context.Context, *struct{}) (*nameOut, error) { return nil, nil })
	if _, err := NewMux(h.shell, nil, b); err == nil {
		t.Fatal("a path below /api/v1 twice was taken")
	}
}

func TestDescriptionNamesPermissionsAndProblems(t *testing.T) {
	_, m := api(t)
	w := ask(m, "GET", "/api/v1/openapi.json")
	var spec struct {
		OpenAPI string                               `json:"openapi"`
		Paths   map[string]map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &spec); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(spec.OpenAPI, "3.1") || spec.Paths["/api/v1/test/{id}"]["get"]["x-permission"] != "catalog.read" {
		t.Fatalf("%s %v", spec.OpenAPI, spec.Paths)
	}
	if s := w.Body.String(); strings.Contains(s, "ErrorModel") || !strings.Contains(s, `"instance"`) || strings.Contains(s, "$schema") {
		t.Error("the description shows another shape of errors than we answer")
	}
	page := ask(m, "GET", "/api", "Accept", "text/html")
	if page.Code != 200 || !strings.Contains(page.Body.String(), "/api/v1/test/{id}") || strings.Contains(page.Body.String(), "https://unpkg") {
		t.Errorf("documentation page: %d", page.Code)
	}
}

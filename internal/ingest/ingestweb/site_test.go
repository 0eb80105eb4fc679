package ingestweb

import (
	"bytes"
	"context"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/warehouse"
	"lienthong/internal/warehouse/warehousetest"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

const households = catalog.Code("H38.05/ho-ngheo")

type site struct {
	http.Handler
	*catalogtest.Bench
	ingest *ingest.Service
}

type person struct {
	role   access.Role
	agency string
}

var (
	nobody   = person{}
	steward  = person{access.Steward, "H38.05"}
	stranger = person{access.Steward, "H38.04"}
	engineer = person{access.OpEngineer, "H38.02"}
	quality  = person{access.OpQuality, "H38.02"}
	security = person{access.OpSecurity, "H38.02"}
	analyst  = person{access.Analyst, "H38.05"}
	source   = person{access.SystemAccount, "H38.05"}
)

func signedIn(r *http.Request) (context.Context, error) {
	role := access.Role(r.Header.Get("Test-Role"))
	if role == "" {
		return r.Context(), nil
	}
	a := access.Actor{Type: access.User, ID: string(role), Name: "Người " + string(role), Agency: r.Header.Get("Test-Agency"), Roles: []access.Role{role}}
	if role == access.SystemAccount {
		a.Type, a.ID = access.System, r.Header.Get("Test-System")
	}
	return access.WithActor(r.Context(), a), nil
}

func newSite(t *testing.T) *site {
	t.Helper()
	db := testkit.DB(t)
	s := &site{Bench: catalogtest.New(t, db)}
	w := warehousetest.Over(t, db, s.Log, t.TempDir(), warehousetest.Plain{})
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s.ingest = ingest.NewService(ingest.Parts{
		DB: db, Files: files, Log: s.Log, Clock: clock.System(), Catalog: s.Service, Dictionary: s.Dictionary, Warehouse: w.Service, Incidents: s.Incidents, MaxBytes: 4 << 20,
	})
	words, err := i18n.NewCatalog(Messages, catalog.Messages, dictionary.Messages, ingest.Messages, warehouse.Messages, access.Messages, web.Messages, ui.Messages, httpx.Messages)
	if err != nil {
		t.Fatal(err)
	}
	shell, err := web.NewShell(web.Deps{Catalog: words, Log: slog.New(slog.DiscardHandler), Clock: clock.System(), Authenticate: signedIn})
	if err != nil {
		t.Fatal(err)
	}
	systems := func(_ context.Context, agency string) ([]Named, error) {
		return []Named{{"sys-" + agency[4:], "Phần mềm nguồn"}, {"sys-other", "Phần mềm khác"}}, nil
	}
	p, api := New(shell, s.ingest, s.Service, systems, nil), web.NewAPI(shell, "test")
	p.Operations(api)
	if s.Handler, err = web.NewMux(shell, p.Routes(), api); err != nil {
		t.Fatal(err)
	}
	return s
}

// register adds the dataset of most tests, ready for files.
func (s *site) register(t *testing.T) {
	t.Helper()
	d := catalogtest.Dataset(households, "Danh sách hộ nghèo")
	d.Class, d.Load.MinValidShare = dictionary.SensitivePersonal, 0.5
	id := catalogtest.Field("so_dinh_danh", "so_dinh_danh_ca_nhan")
	id.Label, id.Person = "Số định danh", true
	catalogtest.Reviewed(t, s.Bench, d, catalog.Schema{Fields: []catalog.Field{catalogtest.Key("ma_ho", "ma_ho"), catalogtest.Field("chu_ho", "ho_ten"), id}})
}

type call struct {
	method, path, kind string
	who                person
	system             string
	key                string
	body               io.Reader
}

func (s *site) do(c call) *httptest.ResponseRecorder {
	if c.body == nil {
		c.body = http.NoBody
	}
	r := httptest.NewRequest(c.method, c.path, c.body)
	r.Header.Set("Test-Role", string(c.who.role))
	r.Header.Set("Test-Agency", c.who.agency)
	r.Header.Set("Test-System", c.system)
	r.Header.Set("Content-Type", c.kind)
	r.Header.Set("Idempotency-Key", c.key)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// want calls and holds the status; the answer must hold every text.
func (s *site) want(t *testing.T, status int, c call, texts ...string) string {
	t.Helper()
	w := s.do(c)
	answer := html.UnescapeString(w.Body.String())
	if w.Code != status {
		t.Fatalf("%s %s as %s: %d, want %d\n%s", c.method, c.path, c.who.role, w.Code, status, answer)
	}
	for _, text := range texts {
		if !strings.Contains(answer, text) {
			t.Errorf("%s %s as %s does not say %q", c.method, c.path, c.who.role, text)
		}
	}
	return answer
}

func get(path string, who person) call { return call{method: "GET", path: path, who: who} }

func post(path string, who person, form url.Values) call {
	return call{method: "POST", path: path, who: who, kind: "application/x-www-form-urlencoded", body: strings.NewReader(form.Encode())}
}

// upload is the form as a browser sends it: the texts, then the file.
func upload(who person, fields map[string]string, name, file string) call {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, key := range []string{"dataset", "system", "data_time", "not_secret"} {
		if v, said := fields[key]; said {
			_ = w.WriteField(key, v)
		}
	}
	if name != "" {
		part, _ := w.CreateFormFile("file", name)
		_, _ = io.WriteString(part, file)
	}
	_ = w.Close()
	return call{method: "POST", path: "/ingest", who: who, kind: w.FormDataContentType(), body: &body}
}

var whole = map[string]string{"dataset": string(households), "system": "sys-05", "data_time": "2026-03-01T08:00", "not_secret": "1"}

func without(field string) map[string]string {
	m := map[string]string{}
	for k, v := range whole {
		if k != field {
			m[k] = v
		}
	}
	return m
}

// sent uploads a file as a person and answers the address of its delivery.
func (s *site) sent(t *testing.T, file string) string {
	t.Helper()
	w := s.do(upload(steward, whole, "hộ nghèo.csv", file))
	if w.Code != http.StatusSeeOther {
		t.Fatalf("upload: %d\n%s", w.Code, html.UnescapeString(w.Body.String()))
	}
	return w.Header().Get("Location")
}

func (s *site) check(t *testing.T, address string) {
	t.Helper()
	if _, err := s.ingest.Check(context.Background(), ingest.ID(strings.TrimPrefix(address, "/ingest/"))); err != nil {
		t.Fatal(err)
	}
}

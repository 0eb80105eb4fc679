package catalogweb

import (
	"context"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/warehouse"
	"lienthong/internal/warehouse/warehousetest"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// site is the pages over a real register, ingest and warehouse.
type site struct {
	http.Handler
	*catalogtest.Bench
	ingest *ingest.Service
	lines  map[string][]Line
}

// person is who calls.
type person struct {
	role   access.Role
	agency string
}

var (
	nobody    = person{}
	steward   = person{access.Steward, "H38.05"}
	stranger  = person{access.Steward, "H38.04"}
	appraiser = person{access.OpAppraiser, "H38.02"}
	approver  = person{access.OpApprover, "H38.02"}
	head      = person{access.AgencyHead, "H38.05"}
	vendor    = person{access.Vendor, "H38.05"}
)

func signedIn(r *http.Request) (context.Context, error) {
	role := access.Role(r.Header.Get("Test-Role"))
	if role == "" {
		return r.Context(), nil
	}
	id := string(role) + "-" + r.Header.Get("Test-Agency")
	return access.WithActor(r.Context(), access.Actor{Type: access.User, ID: id, Name: "Người " + string(role), Agency: r.Header.Get("Test-Agency"), Roles: []access.Role{role}}), nil
}

func newSite(t *testing.T) *site {
	t.Helper()
	db := testkit.DB(t)
	s := &site{Bench: catalogtest.New(t, db), lines: map[string][]Line{}}
	w := warehousetest.Over(t, db, s.Log, t.TempDir(), warehousetest.Plain{})
	files, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s.ingest = ingest.NewService(ingest.Parts{
		DB: db, Files: files, Log: s.Log, Clock: clock.System(), Catalog: s.Service, Dictionary: s.Dictionary, Warehouse: w.Service, Incidents: s.Incidents,
	})
	words, err := i18n.NewCatalog(Messages, catalog.Messages, dictionary.Messages, ingest.Messages, warehouse.Messages, access.Messages, web.Messages, ui.Messages, httpx.Messages)
	if err != nil {
		t.Fatal(err)
	}
	shell, err := web.NewShell(web.Deps{Catalog: words, Log: slog.New(slog.DiscardHandler), Clock: clock.System(), Authenticate: signedIn})
	if err != nil {
		t.Fatal(err)
	}
	p := New(shell, Parts{Catalog: s.Service, Dictionary: s.Dictionary, Ingest: s.ingest, Warehouse: w.Service, Clock: clock.System(), Sources: s.sources()}, nil)
	api := web.NewAPI(shell, "test")
	p.Operations(api)
	if s.Handler, err = web.NewMux(shell, p.Routes(), api); err != nil {
		t.Fatal(err)
	}
	return s
}

// sources stand for other slices: what a test has put into lines.
func (s *site) sources() Sources {
	of := func(name string, p access.Permission) Source {
		return func(ctx context.Context, _ catalog.Code) ([]Line, error) {
			if _, err := access.Require(ctx, p); err != nil {
				return nil, err
			}
			return s.lines[name], nil
		}
	}
	return Sources{
		Agencies: func(context.Context) ([]Named, error) {
			return []Named{{"H38.04", "Sở Y tế"}, {"H38.05", "Sở Nông nghiệp"}}, nil
		},
		Systems: func(_ context.Context, agency string) ([]Named, error) {
			return []Named{{"sys-" + agency[4:], "Hệ thống nguồn"}}, nil
		},
		Purposes:    func(context.Context) ([]Named, error) { return []Named{{"QLNN", "Quản lý nhà nước"}}, nil },
		GrantsLeft:  func(context.Context, catalog.Code) (int, error) { return len(s.lines["grants"]), nil },
		Connections: of("connections", access.ConnectionRead), Grants: of("grants", access.AccessRead),
		Usage: of("usage", access.CatalogRead), Incidents: of("incidents", access.IncidentRead),
	}
}

func (s *site) call(t *testing.T, method, path string, who person, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Test-Role", string(who.role))
	r.Header.Set("Test-Agency", who.agency)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, html.UnescapeString(w.Body.String())
}

// want calls and holds the status; body must hold every text.
func (s *site) want(t *testing.T, status int, method, path string, who person, form url.Values, texts ...string) string {
	t.Helper()
	code, body := s.call(t, method, path, who, form.Encode())
	if code != status {
		t.Fatalf("%s %s as %s: %d, want %d\n%s", method, path, who.role, code, status, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Errorf("%s %s as %s does not say %q", method, path, who.role, text)
		}
	}
	return body
}

const households = catalog.Code("H38.05/ho-ngheo")

// reviewed puts a dataset with fields through review.
func (s *site) reviewed(t *testing.T) catalog.Dataset {
	t.Helper()
	d := catalogtest.Dataset(households, "Danh sách hộ nghèo")
	d.Class = dictionary.SensitivePersonal
	id := catalogtest.Field("so_dinh_danh", "so_dinh_danh_ca_nhan")
	id.Person = true
	return catalogtest.Reviewed(t, s.Bench, d, catalog.Schema{Fields: []catalog.Field{catalogtest.Key("ma_ho", "ma_ho"), catalogtest.Field("chu_ho", "ho_ten"), id}})
}

// deliver brings a file through ingest.
func (s *site) deliver(t *testing.T, body string) *ingest.Delivery {
	t.Helper()
	ctx := catalogtest.Steward("H38.05")
	d, err := s.ingest.Deliver(ctx, ingest.DeliveryInput{Dataset: households, System: "sys-05", NotSecret: true, FileName: "hộ nghèo.csv", DataTime: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}, strings.NewReader(body))
	if err == nil {
		d, err = s.ingest.Check(context.Background(), d.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func faultCode(err error) string { return fault.Of(err).Code }

// issue takes the dataset of these tests into the catalogue.
func (s *site) issue(t *testing.T, decision string) {
	t.Helper()
	catalogtest.Issued(t, s.Bench, households, decision)
}

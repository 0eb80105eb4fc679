package warehouseweb

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
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
	warehouse *warehousetest.Bench
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
	vendor   = person{access.Vendor, "H38.05"}
)

func signedIn(r *http.Request) (context.Context, error) {
	role := access.Role(r.Header.Get("Test-Role"))
	if role == "" {
		return r.Context(), nil
	}
	return access.WithActor(r.Context(), access.Actor{Type: access.User, ID: string(role), Name: "Người thử", Agency: r.Header.Get("Test-Agency"), Roles: []access.Role{role}}), nil
}

func newSite(t *testing.T) *site {
	t.Helper()
	db := testkit.DB(t)
	s := &site{Bench: catalogtest.New(t, db)}
	s.warehouse = warehousetest.Over(t, db, s.Log, t.TempDir(), warehousetest.Plain{})
	words, err := i18n.NewCatalog(Messages, catalog.Messages, dictionary.Messages, warehouse.Messages, access.Messages, web.Messages, ui.Messages, httpx.Messages)
	if err != nil {
		t.Fatal(err)
	}
	shell, err := web.NewShell(web.Deps{Catalog: words, Log: slog.New(slog.DiscardHandler), Clock: clock.System(), Authenticate: signedIn})
	if err != nil {
		t.Fatal(err)
	}
	p, api := New(shell, s.warehouse.Service, s.Service, clock.System(), nil), web.NewAPI(shell, "test")
	p.Operations(api)
	if s.Handler, err = web.NewMux(shell, p.Routes(), api); err != nil {
		t.Fatal(err)
	}
	return s
}

// register adds the dataset of most tests.
func (s *site) register(t *testing.T) {
	t.Helper()
	d := catalogtest.Dataset(households, "Danh sách hộ nghèo")
	d.Class = dictionary.Important
	catalogtest.Reviewed(t, s.Bench, d, catalog.Schema{Fields: []catalog.Field{catalogtest.Key("ma_ho", "ma_ho")}})
}

// publish makes a version with two households.
func (s *site) publish(t *testing.T, delivery string) warehouse.Version {
	t.Helper()
	row := func(line int64, household string) warehouse.Row {
		return warehouse.Row{Line: line, Cells: []warehouse.Cell{{Text: household}, {Text: "999190000123"}, {Text: "02671"}, {Int: 7305}, {Int: 4}, {Int: 105}, {Int: 1_700_000_000_000_000}, {Null: true}}}
	}
	d := warehousetest.Draft(t, s.warehouse, delivery, row(2, "H1"), row(3, "H2"))
	if err := d.Seal(context.Background()); err != nil {
		t.Fatal(err)
	}
	v, err := s.warehouse.Publish(context.Background(), warehouse.PublishInput{Draft: d, Verdict: "verdict-1", Actor: audit.Actor{Type: "job", AccountID: "job:test"}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (s *site) want(t *testing.T, status int, method, path string, who person, texts ...string) string {
	t.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader(nil))
	r.Header.Set("Test-Role", string(who.role))
	r.Header.Set("Test-Agency", who.agency)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	answer := html.UnescapeString(w.Body.String())
	if w.Code != status {
		t.Fatalf("%s %s as %s: %d, want %d\n%s", method, path, who.role, w.Code, status, answer)
	}
	for _, text := range texts {
		if !strings.Contains(answer, text) {
			t.Errorf("%s %s as %s does not say %q", method, path, who.role, text)
		}
	}
	return answer
}

// R13.4: every copy says that it is one, as at when, and from which official source.
func TestListInItsStates(t *testing.T) {
	s := newSite(t)
	s.want(t, http.StatusSeeOther, "GET", "/warehouse", nobody)
	s.want(t, http.StatusForbidden, "GET", "/warehouse", vendor, "warehouse.read")
	s.want(t, 200, "GET", "/warehouse", stranger, "Chưa có tập dữ liệu nào")
	s.register(t)
	s.want(t, 200, "GET", "/warehouse", stranger, "Danh sách hộ nghèo", "Chưa có bản sao")
	s.want(t, 200, "GET", "/warehouse/H38.05/ho-ngheo", stranger, "Chưa có bản sao")
	s.publish(t, "d1")
	s.want(t, 200, "GET", "/warehouse?q=ho+ngheo", stranger, "Bản sao tích hợp, cập nhật lúc 15/11/2023", "sys-1", "Quá hạn từ")
	s.want(t, 200, "GET", "/warehouse?q=doanh+nghiep", stranger, "Không tìm thấy tập dữ liệu phù hợp")
	s.publish(t, "d2")
	s.want(t, 200, "GET", "/warehouse/H38.05/ho-ngheo", stranger, "Phiên bản 2", "Phiên bản 1", "Hiện hành")
	if body := s.want(t, 200, "GET", "/warehouse/H38.05/ho-ngheo?before=2", stranger, "Phiên bản 1"); strings.Contains(body, "Phiên bản 2<") || strings.Contains(body, "Hiện hành") {
		t.Error("the page before version 2 holds it, or calls version 1 in force")
	}
	s.want(t, http.StatusNotFound, "GET", "/warehouse/H38.05/khong-co", stranger)
}

// R15.4b: provenance is shown with the version.
func TestVersionPage(t *testing.T) {
	s := newSite(t)
	s.register(t)
	v := s.publish(t, "d1")
	at := "/warehouse/H38.05/ho-ngheo/1"
	s.want(t, 200, "GET", at, steward, v.ManifestSHA256, v.Files[0].SHA256, "sys-1", "H38.05", `href="/ingest/d1"`, "Nạp vào kho", "verdict-1", "so_dinh_danh", "Không thống kê dữ liệu được bảo vệ", at+"/verify")
	other := s.want(t, 200, "GET", at, stranger, v.ManifestSHA256, "sys-1")
	if strings.Contains(other, "/verify") || strings.Contains(other, `href="/ingest/d1"`) || strings.Contains(other, "Nhỏ nhất") {
		t.Error("another agency is offered what is not its own")
	}
	for _, missing := range []string{"2", "0", "-1", "x", "99999999999999999999"} {
		s.want(t, http.StatusNotFound, "GET", "/warehouse/H38.05/ho-ngheo/"+missing, steward)
	}
	s.want(t, http.StatusForbidden, "GET", at, vendor, "warehouse.read")
}

func TestBoundsAreDataOfTheOwner(t *testing.T) {
	v := warehouse.Version{Stats: []warehouse.ColumnStats{{Name: "ma_ho", Min: "H1", Max: "H9", Distinct: 9}}}
	d := catalog.Dataset{Owner: "H38.05"}
	if got := shown(catalogtest.Steward("H38.04"), d, v).Stats[0]; got.Min != "" || got.Max != "" || got.Distinct != 9 {
		t.Errorf("another agency sees %+v", got)
	}
	if got := shown(catalogtest.Steward("H38.05"), d, v).Stats[0]; got.Min != "H1" || got.Max != "H9" {
		t.Errorf("the owner sees %+v", got)
	}
	if v.Stats[0].Min != "H1" {
		t.Error("the version itself was changed")
	}
}

func TestVerificationFindsDamage(t *testing.T) {
	s := newSite(t)
	s.register(t)
	v := s.publish(t, "d1")
	page, op := "/warehouse/H38.05/ho-ngheo/1/verify", "/api/v1/datasets/H38.05/ho-ngheo/versions/1/verify"
	for _, path := range []string{page, op} {
		s.want(t, http.StatusForbidden, "POST", path, stranger)
	}
	s.want(t, 200, "POST", page, steward, "Tệp còn nguyên vẹn")
	s.want(t, 200, "POST", op, engineer, `"verified":true`, v.ManifestSHA256)
	file := filepath.Join(s.warehouse.Folder, string(households), string(v.ID), v.Files[0].Name)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-20] ^= 1 // of the content
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s.want(t, http.StatusServiceUnavailable, "POST", page, steward, "Tệp không còn nguyên vẹn", "không khớp mã kiểm tra")
	s.want(t, http.StatusServiceUnavailable, "POST", op, engineer, "warehouse.files_damaged")
}

func TestOperations(t *testing.T) {
	s := newSite(t)
	s.register(t)
	s.publish(t, "d1")
	s.publish(t, "d2")
	base := "/api/v1/datasets/H38.05/ho-ngheo/versions"
	var list struct {
		Versions []struct{ Number int }
		Next     int
	}
	if err := json.Unmarshal([]byte(s.want(t, 200, "GET", base+"?limit=1", stranger)), &list); err != nil || len(list.Versions) != 1 || list.Versions[0].Number != 2 || list.Next != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	s.want(t, 200, "GET", base+"?before=2", stranger, `"number":1`, `"source_system":"sys-1"`, `"delivery":"d1"`)
	s.want(t, 200, "GET", base+"/1", stranger, `"manifest_sha256":`, `"load_time":`)
	s.want(t, http.StatusNotFound, "GET", base+"/3", stranger, "warehouse.version_missing")
	s.want(t, http.StatusForbidden, "GET", base, vendor)
	s.want(t, http.StatusUnauthorized, "GET", base, nobody)
	s.want(t, 200, "GET", "/api/v1/warehouse/datasets", stranger, `"dataset":"H38.05/ho-ngheo"`, `"version":2`, `"stale":true`)
}

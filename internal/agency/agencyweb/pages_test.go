package agencyweb

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/audit/audittest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

var now = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

type site struct {
	http.Handler
	agencies *agency.Service
	clock    *clock.Adjustable
}

// newSite is the whole site of these pages, with the shipped profile when profile is true.
func newSite(t *testing.T, profile bool) *site {
	t.Helper()
	db, c := testkit.DB(t), clock.NewAdjustable(clock.Fixed(now))
	catalog, err := i18n.NewCatalog(Messages, agency.Messages, access.Messages, web.Messages, ui.Messages, httpx.Messages)
	if err != nil {
		t.Fatal(err)
	}
	shell, err := web.NewShell(web.Deps{Catalog: catalog, Log: slog.New(slog.DiscardHandler), Clock: c, Authenticate: signedIn})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{agencies: agency.NewService(db, c, audittest.Log(t, db)), clock: c}
	p, api := New(shell, s.agencies, c, func(ctx context.Context, code string) string {
		if a, err := s.agencies.Known(ctx, code); err == nil && a != nil {
			return a.Name
		}
		return code
	}), web.NewAPI(shell, "test")
	p.Operations(api)
	if s.Handler, err = web.NewMux(shell, p.Routes(), api); err != nil {
		t.Fatal(err)
	}
	if profile {
		if _, err := s.agencies.ImportProfile(as(access.OpAdmin)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func as(r access.Role) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: "account:1", Name: "Người thử", Agency: "H38.02", Roles: []access.Role{r}, Auth: access.AuthTwo})
}

func signedIn(r *http.Request) (context.Context, error) {
	role := access.Role(r.Header.Get("Test-Role"))
	if role == "" {
		return r.Context(), nil
	}
	return access.WithActor(r.Context(), access.ActorOf(as(role))), nil
}

func (s *site) send(t *testing.T, method, path string, role access.Role, kind string, body []byte) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.Header.Set("Test-Role", string(role))
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, html.UnescapeString(w.Body.String())
}

func (s *site) see(t *testing.T, path string, role access.Role) (int, string) {
	t.Helper()
	return s.send(t, http.MethodGet, path, role, "", nil)
}

func (s *site) post(t *testing.T, path string, role access.Role, form url.Values) (int, string) {
	t.Helper()
	return s.send(t, http.MethodPost, path, role, "application/x-www-form-urlencoded", []byte(form.Encode()))
}

func (s *site) call(t *testing.T, method, path string, role access.Role, body string) (int, string) {
	t.Helper()
	return s.send(t, method, web.APIPrefix+path, role, "application/json", []byte(body))
}

func (s *site) upload(t *testing.T, role access.Role, field, text string) (int, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile(field, "don-vi.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(text))
	_ = m.Close()
	return s.send(t, http.MethodPost, "/agency/import", role, m.FormDataContentType(), b.Bytes())
}

func has(t *testing.T, what, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) {
			t.Errorf("%s: without %q", what, w)
		}
	}
}

func lacks(t *testing.T, what, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(body, w) {
			t.Errorf("%s: with %q", what, w)
		}
	}
}

func TestRegisterInItsStates(t *testing.T) {
	s := newSite(t, false)
	if code, _ := s.see(t, "/agency", ""); code != http.StatusSeeOther {
		t.Errorf("nobody: %d, want a way to sign in", code)
	}
	if code, body := s.see(t, "/agency", access.Vendor); code != http.StatusForbidden || !strings.Contains(body, "agency.read") {
		t.Errorf("without the right: %d", code)
	}
	_, body := s.see(t, "/agency", access.Analyst)
	has(t, "empty register", body, "Chưa có đơn vị nào")
	lacks(t, "empty register of a reader", body, "/agency/import", "/agency/new")
	_, body = s.see(t, "/agency", access.OpAdmin)
	has(t, "empty register of the administrator", body, "/agency/import", "/agency/new")
	if _, err := s.agencies.ImportProfile(as(access.OpAdmin)); err != nil {
		t.Fatal(err)
	}
	code, body := s.see(t, "/agency?kind=commune", access.Analyst)
	if code != http.StatusOK || strings.Count(body, `data-label="Trạng thái"`) != 99 {
		t.Errorf("R2.1a communes: %d, %d rows", code, strings.Count(body, `data-label="Trạng thái"`))
	}
	lacks(t, "kinds", body, "huyện")
	_, body = s.see(t, "/agency?q=so+tu+phap", access.Analyst)
	has(t, "search without diacritics", body, "Sở Tư pháp", "/agency/H38.04")
	lacks(t, "search", body, "/agency/H38.03\"")
	_, body = s.see(t, "/agency?kind=commune&q=so+tu+phap", access.Analyst)
	has(t, "nothing found", body, "Không tìm thấy đơn vị phù hợp")
}

func TestTreePutsUnitsBehindTheirParent(t *testing.T) {
	a := func(code, parent string) *agency.Agency { return &agency.Agency{Code: code, Parent: parent} }
	var got []string
	for _, one := range tree([]*agency.Agency{a("U2", "D2"), a("D1", ""), a("U1", "D2"), a("D2", ""), a("X", "elsewhere"), a("V", "U1")}) {
		got = append(got, one.Code)
	}
	if want := "D1 D2 U2 U1 V X"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestLongListsHavePages(t *testing.T) {
	say := func(key string, args ...any) string { return key }
	all := make([]*agency.Agency, 2*perPage+1)
	for page, want := range map[int]int{-1: perPage, 1: perPage, 2: perPage, 3: 1, 99: 1} {
		got, links := pageOf(say, listForm{Kind: "other", Page: page}, all)
		if len(got) != want || links == nil || (page < 2) != (links.Previous == "") || (page > 2) != (links.Next == "") {
			t.Errorf("page %d: %d agencies, %+v", page, len(got), links)
		}
	}
	if got, links := pageOf(say, listForm{}, all[:perPage]); len(got) != perPage || links != nil {
		t.Error("a list that fits has pages")
	}
}

func hospital() url.Values {
	return url.Values{"code": {"H38.10.91"}, "name": {"Bệnh viện Đa khoa Ví Dụ"}, "kind": {"service_unit"}, "parent": {"H38.10"}, "valid_from": {"2026-01-01"}}
}

func TestCreateAndChange(t *testing.T) {
	s := newSite(t, true)
	if code, _ := s.see(t, "/agency/new", access.Steward); code != http.StatusForbidden {
		t.Errorf("form for who may not: %d", code)
	}
	if code, _ := s.post(t, "/agency", access.Steward, hospital()); code != http.StatusForbidden {
		t.Errorf("who may not: %d", code)
	}
	wrong := url.Values{"code": {"sai"}, "name": {"Bệnh viện"}, "kind": {"service_unit"}, "valid_from": {"2026-01-01"}}
	code, body := s.post(t, "/agency", access.OpAdmin, wrong)
	if code != http.StatusUnprocessableEntity {
		t.Errorf("two mistakes: %d", code)
	}
	has(t, "mistakes beside their fields", body, `id="f-code-error"`, `id="f-parent-error"`, `value="Bệnh viện"`)
	wrong.Set("valid_from", "hôm qua")
	code, body = s.post(t, "/agency", access.OpAdmin, wrong)
	if code != http.StatusUnprocessableEntity || !strings.Contains(body, `id="f-valid_from-error"`) {
		t.Errorf("a day that is none: %d", code)
	}
	if code, body = s.post(t, "/agency", access.OpAdmin, hospital()); code != http.StatusSeeOther {
		t.Fatalf("create: %d %s", code, body)
	}
	taken := hospital()
	taken.Set("name", "Đơn vị khác")
	if code, body = s.post(t, "/agency", access.OpAdmin, taken); code != http.StatusConflict || !strings.Contains(body, "không được cấp lại") {
		t.Errorf("a code that is taken: %d", code)
	}
	_, body = s.see(t, "/agency/H38.10.91/edit", access.OpAdmin)
	has(t, "form of change", body, `value="Bệnh viện Đa khoa Ví Dụ"`, `value="2026-01-01"`)
	lacks(t, "form of change", body, `name="code"`)
	change := hospital()
	change.Set("code", "H38.04")
	change.Set("name", "Bệnh viện Ví Dụ Mới")
	change.Set("valid_to", "01/12/2026")
	if code, body = s.post(t, "/agency/H38.10.91/edit", access.OpAdmin, change); code != http.StatusSeeOther {
		t.Fatalf("change: %d %s", code, body)
	}
	_, body = s.see(t, "/agency/H38.10.91", access.Analyst)
	has(t, "page", body, "Bệnh viện Ví Dụ Mới", "Đang hoạt động", "01/12/2026", "/agency/H38.10\"")
	lacks(t, "page of a reader", body, "/edit", "/steward\"")
	if a, err := s.agencies.Find(as(access.OpAdmin), "H38.04"); err != nil || a.Name != "Sở Tư pháp" {
		t.Errorf("the code in the form changed another agency: %v %v", a, err)
	}
	s.clock.Shift(8 * 24 * time.Hour)
	_, body = s.see(t, "/agency/H38.10.91", access.Analyst)
	has(t, "page after its end", body, "Đã kết thúc")
	if _, body = s.see(t, "/agency?q=vi+du+moi", access.Analyst); strings.Contains(body, "H38.10.91") {
		t.Error("an ended agency is listed")
	}
	if _, body = s.see(t, "/agency?q=vi+du+moi&all=1", access.Analyst); !strings.Contains(body, "H38.10.91") {
		t.Error("an ended agency cannot be found")
	}
	if code, _ = s.see(t, "/agency/H38.77", access.Analyst); code != http.StatusNotFound {
		t.Errorf("unknown agency: %d", code)
	}
}

func TestStewards(t *testing.T) {
	s := newSite(t, true)
	if code, body := s.post(t, "/agency", access.OpAdmin, hospital()); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, body)
	}
	_, body := s.see(t, "/agency/H38.10.91", access.Analyst)
	has(t, "no steward anywhere", body, "Chưa có đầu mối")
	form := url.Values{"name": {"Phòng Nghiệp vụ Ví Dụ"}, "decision": {""}, "valid_from": {"2026-11-01"}, "datasets": {"H38.10/a, H38.10/b"}}
	if code, _ := s.post(t, "/agency/H38.10/steward", access.Steward, form); code != http.StatusForbidden {
		t.Errorf("who may not designate: %d", code)
	}
	code, body := s.post(t, "/agency/H38.10/steward", access.OpAdmin, form)
	if code != http.StatusUnprocessableEntity {
		t.Errorf("without a decision: %d", code)
	}
	has(t, "refused designation", body, `value="Phòng Nghiệp vụ Ví Dụ"`, `id="f-name-error"`)
	form.Set("decision", "99/QĐ-SYT ngày 01/11/2026")
	if code, body = s.post(t, "/agency/H38.10/steward", access.OpAdmin, form); code != http.StatusSeeOther {
		t.Fatalf("designate: %d %s", code, body)
	}
	_, body = s.see(t, "/agency/H38.10.91", access.Analyst)
	has(t, "R2.1c the parent's steward", body, "Phòng Nghiệp vụ Ví Dụ", "Dùng đầu mối của cấp trên", "đầu mối của Sở Y tế chịu trách nhiệm")
	_, body = s.see(t, "/agency/H38.10", access.OpAdmin)
	has(t, "the own steward", body, "Phòng Nghiệp vụ Ví Dụ", "99/QĐ-SYT", "H38.10/a, H38.10/b", "/end", "Bệnh viện Đa khoa Ví Dụ")
	lacks(t, "the own steward", body, "Dùng đầu mối của cấp trên")
	all, err := s.agencies.Stewards(as(access.OpAdmin), "H38.10")
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	end := "/agency/H38.10/steward/" + all[0].ID + "/end"
	if code, _ = s.post(t, end, access.Steward, nil); code != http.StatusForbidden {
		t.Errorf("who may not end: %d", code)
	}
	if code, _ = s.post(t, end, access.OpAdmin, nil); code != http.StatusSeeOther {
		t.Errorf("end: %d", code)
	}
	if code, _ = s.post(t, end, access.OpAdmin, nil); code != http.StatusNotFound {
		t.Errorf("end twice: %d", code)
	}
	_, body = s.see(t, "/agency/H38.10", access.OpAdmin)
	has(t, "after the end", body, "Chưa có đầu mối", "Đã kết thúc")
	lacks(t, "after the end", body, "/end")
}

const header = "code,name,kind,valid_from,parent\n"

func TestImportPage(t *testing.T) {
	s := newSite(t, false)
	if code, _ := s.see(t, "/agency/import", access.Steward); code != http.StatusForbidden {
		t.Errorf("who may not: %d", code)
	}
	if code, _ := s.upload(t, access.Steward, "file", header+"H38.04,Sở Tư pháp,department,2025-03-01,\n"); code != http.StatusForbidden {
		t.Errorf("who may not import: %d", code)
	}
	code, body := s.post(t, "/agency/import", access.OpAdmin, nil)
	if code != http.StatusBadRequest {
		t.Errorf("a form without parts: %d", code)
	}
	if code, body = s.upload(t, access.OpAdmin, "other", header); code != http.StatusUnprocessableEntity || !strings.Contains(body, "Hãy chọn tệp CSV") {
		t.Errorf("no file: %d", code)
	}
	bad := header + "H38.04,Sở Tư pháp,department,2025-03-01,\nsai,Bệnh viện <b>,service_unit,2025-03-01,\nH38.05,Sở Y tế,huyện,hôm qua,\n"
	code, body = s.upload(t, access.OpAdmin, "file", bad)
	if code != http.StatusUnprocessableEntity {
		t.Errorf("wrong rows: %d", code)
	}
	has(t, "wrong rows", body, "nên chưa nhập dòng nào", "<td role=\"cell\" class=\"num\" data-label=\"Dòng\">", "huyện", "hôm qua", "valid_from", "Từ 1/7/2025 không còn cấp huyện")
	if rows := strings.Count(body, `data-label="Dòng"`); rows != 4 {
		t.Errorf("%d wrong cells are shown, want all 4", rows)
	}
	if list, err := s.agencies.List(as(access.OpAdmin), agency.Filter{}); err != nil || len(list) != 0 {
		t.Errorf("a refused import left %v, %v", list, err)
	}
	code, body = s.upload(t, access.OpAdmin, "file", header+"H38.04,Sở Tư pháp,department,2025-03-01,\n")
	if code != http.StatusOK {
		t.Errorf("import: %d", code)
	}
	has(t, "import", body, "Đã nhập xong", "Đơn vị được thêm")
	if code, body = s.post(t, "/agency/import/profile", access.OpAdmin, nil); code != http.StatusOK || !strings.Contains(body, "Đã nhập xong") {
		t.Errorf("the profile that ships: %d", code)
	}
}

func TestMapLeadsToCommunes(t *testing.T) {
	s := newSite(t, false)
	code, body := s.see(t, "/agency/map", access.Analyst)
	if code != http.StatusOK {
		t.Fatalf("empty map: %d", code)
	}
	has(t, "empty map", body, "Chưa có trong danh mục đơn vị", "Chưa có xã, phường nào trong danh mục")
	if _, err := s.agencies.ImportProfile(as(access.OpAdmin)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.agencies.Designate(as(access.OpAdmin), agency.Steward{Agency: "H38.99.01", Name: "Văn phòng Ví Dụ", Decision: "1/QĐ", ValidFrom: now}); err != nil {
		t.Fatal(err)
	}
	_, body = s.see(t, "/agency/map", access.Analyst)
	if n := strings.Count(body, `<a href="/agency/H38.99.`); n < 2*99 { // once on the map, once in the table
		t.Errorf("%d links to communes", n)
	}
	has(t, "map", body, `aria-label="UBND phường Lào Cai: Đã có đầu mối dữ liệu"`, `aria-label="UBND phường Cam Đường: Chưa có đầu mối dữ liệu"`)
}

func TestOperations(t *testing.T) {
	s := newSite(t, true)
	var list struct{ Agencies []agency.Agency }
	code, body := s.call(t, "GET", "/agencies?kind=commune&at=2026-11-24&q=lao+cai", access.Auditor, "")
	if err := json.Unmarshal([]byte(body), &list); err != nil || code != 200 || len(list.Agencies) == 0 {
		t.Fatalf("list: %d %v %s", code, err, body)
	}
	for _, a := range list.Agencies {
		if a.Kind != agency.Commune {
			t.Errorf("the filter lets %+v through", a)
		}
	}
	put := `{"name":"Bệnh viện Ví Dụ","kind":"service_unit","parent":"H38.10","valid_from":"2026-01-01"}`
	steward := `{"name":"Phòng Ví Dụ","decision":"1/QĐ","valid_from":"2026-11-01"}`
	for _, c := range []struct {
		name, method, path, body string
		role                     access.Role
		want                     int
		code                     string
	}{
		{"before any kind existed", "GET", "/agencies?at=1900-01-01", "", access.Auditor, 200, `{"agencies":[]}`},
		{"a day that is none", "GET", "/agencies?at=x", "", access.Auditor, 422, "agency.date_form"},
		{"a kind that is none", "GET", "/agencies?kind=district", "", access.Auditor, 422, "api.invalid"},
		{"choices left empty", "GET", "/agencies?kind=&parent=&q=so+tu+phap&at=", "", access.Auditor, 200, `"code":"H38.04"`},
		{"nobody", "GET", "/agencies", "", "", 401, "access.sign_in_required"},
		{"without the right", "PUT", "/agencies/H38.10.91", put, access.Steward, 403, "access.permission_missing"},
		{"add", "PUT", "/agencies/H38.10.91", put, access.OpAdmin, 200, `"active":true`},
		{"change", "PUT", "/agencies/H38.10.91", strings.Replace(put, "Ví Dụ", "Mới", 1), access.OpAdmin, 200, "Bệnh viện Mới"},
		{"a refusal", "PUT", "/agencies/sai", put, access.OpAdmin, 422, "agency.code_form"},
		{"find", "GET", "/agencies/H38.10.91", "", access.Auditor, 200, `"valid_from":"2025-12-31T17:00:00Z"`},
		{"unknown", "GET", "/agencies/H38.77", "", access.Auditor, 404, "agency.not_found"},
		{"stewards of an unknown agency", "GET", "/agencies/H38.77/stewards", "", access.Auditor, 404, "agency.not_found"},
		{"designate without the right", "POST", "/agencies/H38.10/stewards", steward, access.Steward, 403, "access.permission_missing"},
		{"designate", "POST", "/agencies/H38.10/stewards", steward, access.OpAdmin, 201, `"agency":"H38.10"`},
		{"the parent's steward", "GET", "/agencies/H38.10.91/stewards", "", access.Auditor, 200, `{"stewards":[],"active":{`},
		{"end an unknown one", "POST", "/agencies/H38.10/stewards/x/end", "", access.OpAdmin, 404, "agency.steward_not_found"},
	} {
		if code, body := s.call(t, c.method, c.path, c.role, c.body); code != c.want || !strings.Contains(body, c.code) {
			t.Errorf("%s: %d %s, want %d with %s", c.name, code, body, c.want, c.code)
		}
	}
	all, err := s.agencies.Stewards(as(access.OpAdmin), "H38.10")
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if code, body := s.call(t, "POST", "/agencies/H38.10/stewards/"+all[0].ID+"/end", access.OpAdmin, ""); code != http.StatusNoContent {
		t.Errorf("end: %d %s", code, body)
	}
}

func TestImportByOtherPrograms(t *testing.T) {
	s := newSite(t, false)
	row := header + "H38.04,Sở Tư pháp,department,2025-03-01,\n"
	for _, c := range []struct {
		name, kind, body string
		role             access.Role
		want             int
		text             string
	}{
		{"nobody", "text/csv", row, "", 401, "access.sign_in_required"},
		{"without the right", "text/csv", row, access.Steward, 403, "access.permission_missing"},
		{"no CSV", "application/json", row, access.OpAdmin, 400, "agency.import_media_type"},
		{"wrong row", "text/csv", header + "sai,Sở Tư pháp,department,2025-03-01,\n", access.OpAdmin, 422, `"field":"row 2, code"`},
		{"too large", "text/csv", header + strings.Repeat("x", importSize), access.OpAdmin, 413, "web.body_too_large"},
		{"good", "text/csv; charset=utf-8", row, access.OpAdmin, 200, `{"added":1,"changed":0,"same":0}`},
		{"again", "text/csv", row, access.OpAdmin, 200, `{"added":0,"changed":0,"same":1}`},
	} {
		if code, body := s.send(t, "POST", web.APIPrefix+"/agencies/import", c.role, c.kind, []byte(c.body)); code != c.want || !strings.Contains(body, c.text) {
			t.Errorf("%s: %d %s, want %d with %s", c.name, code, body, c.want, c.text)
		}
	}
}

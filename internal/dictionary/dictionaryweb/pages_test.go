package dictionaryweb

import (
	"context"
	"encoding/json"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

type site struct {
	http.Handler
	dictionary *dictionary.Service
}

func newSite(t *testing.T, seeded bool) *site {
	t.Helper()
	db := testkit.DB(t)
	log := dictionarytest.Log(t, db)
	c := clock.Fixed(time.Date(2026, 10, 5, 2, 0, 0, 0, time.UTC))
	s := &site{}
	var err error
	if s.dictionary, err = dictionary.NewService(db, log, c); err != nil {
		t.Fatal(err)
	}
	if seeded {
		if err := s.dictionary.Seed(engineer(), "H38.02"); err != nil {
			t.Fatal(err)
		}
	}
	words, err := i18n.NewCatalog(Messages, dictionary.Messages, access.Messages, web.Messages, ui.Messages, httpx.Messages)
	if err != nil {
		t.Fatal(err)
	}
	shell, err := web.NewShell(web.Deps{Catalog: words, Log: slog.New(slog.DiscardHandler), Clock: c, Authenticate: signedIn})
	if err != nil {
		t.Fatal(err)
	}
	p, api := New(shell, s.dictionary, c, nil), web.NewAPI(shell, "test")
	p.Operations(api)
	if s.Handler, err = web.NewMux(shell, p.Routes(), api); err != nil {
		t.Fatal(err)
	}
	return s
}

func engineer() context.Context {
	return dictionarytest.Actor("engineer", "H38.02", access.OpEngineer)
}

func signedIn(r *http.Request) (context.Context, error) {
	role := access.Role(r.Header.Get("Test-Role"))
	if role == "" {
		return r.Context(), nil
	}
	return access.WithActor(r.Context(), access.Actor{Type: access.User, ID: "a", Name: "Người thử", Agency: "H38.05", Roles: []access.Role{role}}), nil
}

// want calls as a role and holds the status; the answer must hold every text.
func (s *site) want(t *testing.T, status int, method, path string, role access.Role, body string, texts ...string) string {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Test-Role", string(role))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	answer := html.UnescapeString(w.Body.String())
	if w.Code != status {
		t.Fatalf("%s %s as %q: %d, want %d\n%s", method, path, role, w.Code, status, answer)
	}
	for _, text := range texts {
		if !strings.Contains(answer, text) {
			t.Errorf("%s %s does not say %q", method, path, text)
		}
	}
	return answer
}

func TestPagesInTheirStates(t *testing.T) {
	empty := newSite(t, false)
	empty.want(t, 200, "GET", "/dictionary", access.Analyst, "", "Từ điển chưa có phần tử nào")
	empty.want(t, 200, "GET", "/dictionary/code-list", access.Analyst, "", "Chưa có danh mục nào")

	s := newSite(t, true)
	for _, path := range []string{"/dictionary", "/dictionary/element/ho_ten", "/dictionary/code-list", "/dictionary/code-list/gioi_tinh", "/dictionary/units", "/dictionary/units/convert"} {
		s.want(t, http.StatusSeeOther, "GET", path, "", "")
		s.want(t, http.StatusForbidden, "GET", path, access.Vendor, "", "dictionary.read")
		s.want(t, 200, "GET", path, access.CommuneOfficer, "")
	}
	s.want(t, 200, "GET", "/dictionary?q=so+dinh+danh", access.Analyst, "", "Số định danh cá nhân", "so_dinh_danh_ca_nhan", "Dữ liệu cá nhân cơ bản")
	s.want(t, 200, "GET", "/dictionary?q=khong+co+gi", access.Analyst, "", "Không tìm thấy phần tử phù hợp")
	s.want(t, http.StatusNotFound, "GET", "/dictionary/element/khong_co", access.Analyst, "")
	s.want(t, http.StatusNotFound, "GET", "/dictionary/code-list/khong_co", access.Analyst, "")
	s.want(t, 200, "GET", "/dictionary/code-list/gioi_tinh", access.Analyst, "", "Nam", "Nữ")
	s.want(t, http.StatusUnprocessableEntity, "GET", "/dictionary/code-list/gioi_tinh?at=hom+nay", access.Analyst, "")
}

func TestElementTellsItsVersions(t *testing.T) {
	s := newSite(t, true)
	e, err := s.dictionary.LatestElement(context.Background(), "ho_ten")
	if err != nil {
		t.Fatal(err)
	}
	e.Definition.MaxLength = 77
	if _, err := s.dictionary.ReviseElement(engineer(), e); err != nil {
		t.Fatal(err)
	}
	s.want(t, 200, "GET", "/dictionary/element/ho_ten", access.Analyst, "", "ho_ten@2", "77", "Phiên bản 2", "Phiên bản 1", "Thay đổi: Định nghĩa kỹ thuật", "Đang hiệu lực")
	if _, err := s.dictionary.RetireElement(engineer(), "ho_ten", "ten_doanh_nghiep"); err != nil {
		t.Fatal(err)
	}
	s.want(t, 200, "GET", "/dictionary/element/ho_ten", access.Analyst, "", "Đã ngừng dùng", "/dictionary/element/ten_doanh_nghiep")
	s.want(t, 200, "GET", "/api/v1/dictionary/elements/ho_ten", access.Analyst, "", `"version":3`, `"version":1`, `"valid_to":"2026-10-05"`)
}

// R11.3c: units by day, with what each former unit is now.
func TestUnitsOnADay(t *testing.T) {
	s := newSite(t, true)
	s.want(t, 200, "GET", "/dictionary/units", access.Analyst, "", "34 đơn vị", "05/10/2026")
	s.want(t, 200, "GET", "/dictionary/units?province=15", access.Analyst, "", "99 đơn vị", "Xã Ngũ Chỉ Sơn")
	s.want(t, 200, "GET", "/dictionary/units?province=15&q=ngu+chi+son", access.Analyst, "", "1 đơn vị", "03004")
	s.want(t, 200, "GET", "/dictionary/units?at=2024-12-31&q=02641", access.Analyst, "", "31/12/2024", "Phường Lào Cai", "02647", "chỉ có các đơn vị đã hợp thành")
	s.want(t, 200, "GET", "/dictionary/units?province=15&q=khong+co", access.Analyst, "", "Không có đơn vị phù hợp")
	s.want(t, http.StatusUnprocessableEntity, "GET", "/dictionary/units?at=31/02/2024", access.Analyst, "", `href="#f-at"`)

	var old, now struct {
		At                  string
		Provinces, Communes []map[string]any
	}
	read := func(path string, to any) {
		t.Helper()
		if err := json.Unmarshal([]byte(s.want(t, 200, "GET", path, access.Analyst, "")), to); err != nil {
			t.Fatal(err)
		}
	}
	read("/api/v1/code-lists/admin-units?at=2024-12-31", &old)
	read("/api/v1/code-lists/admin-units?province=15", &now)
	if old.At != "2024-12-31" || len(old.Communes) != 319 || now.At != "2026-10-05" || len(now.Communes) != 99 || len(now.Provinces) != 1 {
		t.Fatalf("%s: %d communes; %s: %d communes", old.At, len(old.Communes), now.At, len(now.Communes))
	}
	for _, u := range old.Communes {
		if u["successor"] == nil && u["valid_to"] != nil {
			t.Errorf("%v of before has no successor", u["code"])
		}
	}
	s.want(t, http.StatusForbidden, "GET", "/api/v1/code-lists/admin-units", access.Vendor, "")
	s.want(t, http.StatusUnprocessableEntity, "GET", "/api/v1/code-lists/admin-units?at=31-12-2024", access.Analyst, "")
}

// R11.3c: the converter reports what is ambiguous instead of guessing.
func TestConverter(t *testing.T) {
	s := newSite(t, true)
	at := "/dictionary/units/convert"
	s.want(t, 200, "GET", at+"?province=10&commune=02641&from=2024-12-31", access.Analyst, "", "Phường Lào Cai", "02647", "Ngày 05/10/2026")
	s.want(t, 200, "GET", at+"?commune=02671", access.Analyst, "", "Chưa chuyển đổi được", "Hãy ghi ngày của bản ghi", "Các khả năng", "Phường Cam Đường")
	s.want(t, 200, "GET", at+"?commune=02647&from=2026-01-01&to=2024-12-31", access.Analyst, "", "không đổi ngược được", "02641")
	s.want(t, 200, "GET", at+"?province=10&commune=04273&from=2024-12-31", access.Analyst, "", "không phải tỉnh đã ghi")
	s.want(t, http.StatusUnprocessableEntity, "GET", at+"?commune=02641&from=hom+qua", access.Analyst, "", `href="#f-from"`)

	answer := s.want(t, 200, "POST", "/api/v1/dictionary/units/convert", access.Analyst,
		`{"units":[{"province":"10","commune":"02641","at":"2024-12-31"},{"commune":"02671"},{"commune":"99999","at":"2026-01-01"}]}`)
	var out struct {
		To      string
		Unclear int
		Results []struct {
			To      *struct{ Code string }
			Problem *struct {
				Code       string
				Candidates []any
			}
		}
	}
	if err := json.Unmarshal([]byte(answer), &out); err != nil {
		t.Fatal(err)
	}
	if out.To != "2026-10-05" || out.Unclear != 2 || len(out.Results) != 3 || out.Results[0].To.Code != "02647" {
		t.Fatalf("%s", answer)
	}
	if p := out.Results[1].Problem; p.Code != "dictionary.unit_needs_date" || len(p.Candidates) != 2 {
		t.Errorf("ambiguous: %+v", p)
	}
	s.want(t, http.StatusForbidden, "POST", "/api/v1/dictionary/units/convert", access.Vendor, `{"units":[{"commune":"02641"}]}`)
	s.want(t, http.StatusUnprocessableEntity, "POST", "/api/v1/dictionary/units/convert", access.Analyst, `{"units":[]}`)
}

func TestReadingOperations(t *testing.T) {
	s := newSite(t, true)
	s.want(t, 200, "GET", "/api/v1/dictionary/elements?limit=2", access.Analyst, "", `"next":`, `"type":`, `"class":`)
	s.want(t, 200, "GET", "/api/v1/code-lists", access.Analyst, "", `"name":"gioi_tinh"`)
	s.want(t, 200, "GET", "/api/v1/code-lists/gioi_tinh?at=2026-01-01", access.Analyst, "", `"label":"Nữ"`)
	s.want(t, http.StatusNotFound, "GET", "/api/v1/code-lists/khong_co", access.Analyst, "")
	s.want(t, http.StatusUnauthorized, "GET", "/api/v1/dictionary/elements", "", "")
	spec := s.want(t, 200, "GET", "/api/v1/openapi.json", "", "")
	if strings.Contains(spec, `"valid_from":{"format":"int32"`) {
		t.Error("a day is described as a number")
	}
}

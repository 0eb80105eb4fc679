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
		if err := s.dictionary.Seed(dictionarytest.Job(), "H38.02"); err != nil {
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

// publish takes a proposal through the whole process and publishes it now.
func (s *site) publish(t *testing.T, in dictionary.Proposing) {
	t.Helper()
	in.Reason = "Cần sửa cho đúng thực tế"
	steward, appraiser, approver := dictionarytest.Actor("s", "H38.05", access.Steward), dictionarytest.Actor("r", "H38.02", access.OpAppraiser), dictionarytest.Actor("p", "H38.02", access.OpApprover)
	x, err := s.dictionary.Propose(steward, in)
	if err == nil {
		x, err = s.dictionary.Consult(appraiser, x.ID, 0, 1, nil)
	}
	if err == nil {
		x, err = s.dictionary.CloseConsultation(appraiser, x.ID, 0, "Các cơ quan đã trả lời đủ")
	}
	if err == nil {
		_, err = s.dictionary.Approve(approver, x.ID, 0, dictionary.NoDay)
	}
	if err != nil {
		t.Fatal(err)
	}
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
	s.publish(t, dictionary.Proposing{Kind: dictionary.ThingElement, Action: dictionary.Revise, Base: 1, Element: &e})
	s.want(t, 200, "GET", "/dictionary/element/ho_ten", access.Analyst, "", "ho_ten@2", "77", "2.0.0", "1.0.0", "Cần sửa cho đúng thực tế", "Đang hiệu lực")
	s.want(t, 200, "GET", "/dictionary/element/ho_ten/diff?from=1&to=2", access.Analyst, "", "Độ dài tối đa", "100", "77", "Thu hẹp hoặc đổi nghĩa")
	s.want(t, http.StatusNotFound, "GET", "/dictionary/element/ho_ten/diff?from=1&to=9", access.Analyst, "")
	s.publish(t, dictionary.Proposing{Kind: dictionary.ThingElement, Action: dictionary.Retire, Subject: "ho_ten", Replacement: "ten_doanh_nghiep"})
	s.want(t, 200, "GET", "/dictionary/element/ho_ten", access.Analyst, "", "Đã ngừng dùng", "/dictionary/element/ten_doanh_nghiep")
	s.want(t, 200, "GET", "/api/v1/dictionary/elements/ho_ten", access.Analyst, "", `"version":3`, `"version":1`, `"valid_to":"2026-10-05"`, `"semantic_version":"2.1.0"`)
}

// The pages of proposals and identifiers, empty, full, refused and forbidden.
func TestProposalPages(t *testing.T) {
	s := newSite(t, true)
	s.want(t, 200, "GET", "/dictionary/proposals", access.Analyst, "", "Chưa có đề xuất nào")
	s.want(t, http.StatusForbidden, "GET", "/dictionary/proposals/new", access.Analyst, "", "dictionary.propose")
	for _, query := range []string{"", "?kind=code_list", "?kind=identifier", "?kind=element&action=revise&subject=ho_ten", "?kind=code_list&action=revise&subject=gioi_tinh", "?kind=element&action=retire&subject=ho_ten"} {
		s.want(t, 200, "GET", "/dictionary/proposals/new"+query, access.Steward, "", "Gửi đề xuất")
	}
	s.want(t, http.StatusNotFound, "GET", "/dictionary/proposals/new?kind=element&action=revise&subject=khong_co", access.Steward, "")
	s.want(t, http.StatusUnprocessableEntity, "GET", "/dictionary/proposals/new?kind=khac", access.Steward, "")

	send := func(status int, path string, role access.Role, form string, texts ...string) string {
		t.Helper()
		r := httptest.NewRequest("POST", path, strings.NewReader(form))
		r.Header.Set("Test-Role", string(role))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		answer := html.UnescapeString(w.Body.String())
		if w.Code != status {
			t.Fatalf("%s: %d, want %d\n%s", path, w.Code, status, answer)
		}
		for _, text := range texts {
			if !strings.Contains(answer, text) {
				t.Errorf("%s does not say %q", path, text)
			}
		}
		return w.Header().Get("Location")
	}
	send(http.StatusUnprocessableEntity, "/dictionary/proposals", access.Steward, "kind=element&action=create&code=Sai&type=text", "Mã “Sai” không hợp lệ", "Hãy ghi lý do", "Hãy nhập tên tiếng Việt")
	send(http.StatusUnprocessableEntity, "/dictionary/proposals", access.Steward, "kind=code_list&action=create&name=loai_rung&title=Lo%E1%BA%A1i&reason=C%E1%BA%A7n+cho+ki%E1%BB%83m+k%C3%AA&items=A%3BR%E1%BB%ABng%3B32/13/2026%0A%3BX", "Các dòng cần sửa", "valid_from", "Thiếu mã")
	at := send(http.StatusSeeOther, "/dictionary/proposals", access.Steward, "kind=code_list&action=create&name=loai_rung&title=Lo%E1%BA%A1i+r%E1%BB%ABng&reason=C%E1%BA%A7n+cho+ki%E1%BB%83m+k%C3%AA&items=A%3BR%E1%BB%ABng+s%E1%BA%A3n+xu%E1%BA%A5t%0AB%3BR%E1%BB%ABng+ph%C3%B2ng+h%E1%BB%99%3B2026-01-01")
	s.want(t, 200, "GET", at, access.Analyst, "", "Chờ rà soát", "Rừng phòng hộ", "2026-0001/TĐ")
	s.want(t, 200, "GET", at+"/edit", access.Steward, "", "B;Rừng phòng hộ;2026-01-01")
	s.want(t, 200, "GET", "/dictionary/proposals?state=open", access.Analyst, "", "Loại rừng")
	s.want(t, http.StatusNotFound, "GET", "/dictionary/proposals/khong-co", access.Analyst, "")
	send(http.StatusForbidden, at+"/consult", access.Steward, "days=3")

	s.want(t, 200, "GET", "/dictionary/identifiers", access.Analyst, "", "Chưa có loại mã định danh nào")
	if err := s.dictionary.Prepare(dictionarytest.Job()); err != nil {
		t.Fatal(err)
	}
	s.want(t, 200, "GET", "/dictionary/identifiers", access.Analyst, "", "Mã thửa đất", "Quyết định 20/2020/QĐ-TTg", "Chờ cơ quan cấp xác nhận")
	one := "/dictionary/identifiers/so_dinh_danh_ca_nhan"
	s.want(t, 200, "GET", one, access.Analyst, "", "Thử một mã")
	send(http.StatusUnprocessableEntity, one+"/try", access.Analyst, "value=", "Hãy nhập giá trị cần thử")
	send(200, one+"/try", access.Analyst, "value=999190000123&sex=male", "Không đúng", "chữ số thứ tư")
	send(200, one+"/try", access.Analyst, "value=999190000123&birth_year=1990", "Đúng mẫu", "Nữ")
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

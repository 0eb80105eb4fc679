package accessweb

import (
	"bytes"
	"context"
	"crypto/ed25519"
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
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

var noon = time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)

type site struct {
	http.Handler
	db     *controldb.DB
	clock  *clock.Adjustable
	access *access.Service
}

func newSite(t *testing.T) *site {
	t.Helper()
	db, c := testkit.DB(t), clock.NewAdjustable(clock.Fixed(noon))
	log, err := audit.Open(t.TempDir(), audit.Options{
		Journal:   journal.Options{Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), Origin: "example.test/audit/1"},
		PersonKey: bytes.Repeat([]byte{2}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	if err := log.UseOutbox(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	catalog, err := i18n.NewCatalog(Messages, TemplateMessages, access.Messages, web.Messages, ui.Messages, httpx.Messages)
	if err != nil {
		t.Fatal(err)
	}
	shell, err := web.NewShell(web.Deps{Catalog: catalog, Log: slog.New(slog.DiscardHandler), Clock: c, Authenticate: signedIn})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{db: db, clock: c, access: access.NewService(db, c, log)}
	s.access.Use(access.Sources{
		Account: func(context.Context, access.Actor) (*access.AccountFacts, error) {
			return &access.AccountFacts{Active: true}, nil
		},
		Dataset: func(context.Context, string) (*access.DatasetFacts, error) {
			return &access.DatasetFacts{Owner: "H38.04", Served: true, Fields: map[string]access.Class{"ho_ten": access.ClassBasic, "dan_toc": access.ClassSensitive},
				Processing: access.Processing{Register: access.RegisterInForce, Until: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}}, nil
		},
		System: func(context.Context, string) (*access.SystemFacts, error) {
			return &access.SystemFacts{Agency: "H38.01", AgencyActive: true, SecurityLevel: 3}, nil
		},
		Connection: func(context.Context, string) (access.ConnectionFacts, error) {
			return access.ConnectionFacts{State: "live"}, nil
		},
	})
	p, api := New(shell, s.access, c, Registers{Agency: func(_ context.Context, code string) string { return "Cơ quan " + code }}), web.NewAPI(shell, "test")
	p.Operations(api)
	if s.Handler, err = web.NewMux(shell, p.Routes(), api); err != nil {
		t.Fatal(err)
	}
	return s
}

func signedIn(r *http.Request) (context.Context, error) {
	agency, role, found := strings.Cut(r.Header.Get("Test-Actor"), "/")
	if !found {
		return r.Context(), nil
	}
	return access.WithActor(r.Context(), access.Actor{Type: access.User, ID: "person", Name: "Người thử", Agency: agency, Roles: []access.Role{access.Role(role)}}), nil
}

func (s *site) call(t *testing.T, method, path, actor, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Test-Actor", actor)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, html.UnescapeString(w.Body.String())
}

// grant gives the system "tthc" of H38.01 a right on birth records.
func (s *site) grant(t *testing.T) access.Grant {
	t.Helper()
	var g access.Grant
	err := s.db.InTx(context.Background(), func(q controldb.Querier) error {
		var err error
		g, err = s.access.CreateGrant(context.Background(), q, access.Actor{Type: access.User, ID: "a", Name: "Người phê duyệt", Agency: "H38.02"}, access.Grant{
			Subject: access.Subject{Type: access.SubjectSystem, ID: "tthc"}, Agency: "H38.01", Level: access.LevelUse, Dataset: "H38.04/khai-sinh", SchemaVersion: 1,
			Purposes:   []string{"QLNN"},
			Columns:    []access.Column{{Name: "ho_ten"}, {Name: "dan_toc", Mask: access.MaskYesNo, Values: []string{"Kinh"}, Not: true, As: "la_nguoi_dtts"}},
			Rows:       []access.RowRule{{Column: "ma_xa", In: []string{"02701"}}},
			Conditions: access.Conditions{CallsPerMinute: 20, HourFrom: 6, HourTo: 20, CaseRequired: true},
			Connection: "c1", RequestID: "c1", LegalBasis: "Điều 12 Quy chế", ApprovedBy: "Người phê duyệt", ValidFrom: noon.AddDate(0, -1, 0), ValidTo: noon.AddDate(0, 6, 0),
		}, true, access.Basis{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

const operator, head, admin = "H38.02/op_appraiser", "H38.01/agency_head", "H38.02/op_admin"

func TestGrantsInTheirStates(t *testing.T) {
	s := newSite(t)
	if code, _ := s.call(t, "GET", "/access/grants", "", ""); code != http.StatusSeeOther {
		t.Errorf("nobody: %d, want a way to sign in", code)
	}
	if code, _ := s.call(t, "GET", "/access/grants", "H38.01/analyst", ""); code != http.StatusForbidden {
		t.Errorf("without the right: %d", code)
	}
	if _, body := s.call(t, "GET", "/access/grants", operator, ""); !strings.Contains(body, "Chưa có quyền nào được cấp") {
		t.Error("no word about an empty list")
	}
	g := s.grant(t)
	_, body := s.call(t, "GET", "/access/grants", operator, "")
	for _, want := range []string{g.Number, "H38.04/khai-sinh", "Cơ quan H38.01", "Khai thác, sử dụng", "2 trường", "1 trường bị che: dan_toc", "24/10/2026 – 24/05/2027", "Đang hiệu lực", `href="/connections/c1"`, `name="agency"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	if _, body := s.call(t, "GET", "/access/grants?dataset="+url.QueryEscape("H38.04/none"), operator, ""); strings.Contains(body, g.Number) || !strings.Contains(body, "Không có quyền phù hợp") {
		t.Error("the filter by dataset lets another through")
	}
	if _, body := s.call(t, "GET", "/access/grants?agency=H38.01", "H38.05/agency_head", ""); strings.Contains(body, g.Number) {
		t.Error("another agency sees the grant")
	}
	if _, body := s.call(t, "GET", "/access/grants", head, ""); !strings.Contains(body, g.Number) || strings.Contains(body, `name="agency"`) {
		t.Error("the own agency does not see its grant, or is offered to choose an agency")
	}
	s.clock.Shift(300 * 24 * time.Hour)
	if _, body := s.call(t, "GET", "/access/grants", operator, ""); !strings.Contains(body, "Đã hết hạn") {
		t.Error("an expired grant is shown as in force")
	}
}

func TestGrantShowsAllItsTermsAndItsHistory(t *testing.T) {
	s := newSite(t)
	g := s.grant(t)
	err := s.db.InTx(context.Background(), func(q controldb.Querier) error {
		return s.access.SetStatus(context.Background(), q, access.Actor{Type: access.User, ID: "o", Name: "Người giám sát", Agency: "H38.02"}, "c1", access.GrantSuspended, "Truy cập bất thường")
	})
	if err != nil {
		t.Fatal(err)
	}
	code, body := s.call(t, "GET", "/access/grants/"+g.ID, head, "")
	for _, want := range []string{"Tạm dừng", "Chỉ trả lời có hoặc không", "trả về với tên la_nguoi_dtts", "ma_xa = 02701", "Tối đa 20 lượt gọi mỗi phút", "Từ 6 giờ đến 20 giờ", "Phải có mã hồ sơ",
		"Điều 12 Quy chế", "Truy cập bất thường", "Người giám sát · Cơ quan H38.02", "Người phê duyệt"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("the page (%d) lacks %q", code, want)
		}
	}
	if code, _ := s.call(t, "GET", "/access/grants/"+g.ID, "H38.05/agency_head", ""); code != http.StatusNotFound {
		t.Errorf("another agency: %d", code)
	}
	if _, body := s.call(t, "GET", "/api/v1/access/grants/"+g.ID, head, ""); !strings.Contains(body, `"history":[{`) || !strings.Contains(body, `"status":"suspended"`) {
		t.Errorf("operation: %s", body)
	}
	var list struct{ Grants []access.Grant }
	if _, body := s.call(t, "GET", "/api/v1/access/grants?dataset="+url.QueryEscape(g.Dataset), operator, ""); json.Unmarshal([]byte(body), &list) != nil || len(list.Grants) != 1 || list.Grants[0].ID != g.ID {
		t.Errorf("list: %s", body)
	}
}

func TestPurposesAreATreeOfFive(t *testing.T) {
	s := newSite(t)
	_, body := s.call(t, "GET", "/access/purposes", "H38.01/steward", "")
	at := -1
	for _, want := range []string{"QLNN · điểm a khoản 1 Điều 17", "DVC-TTHC · điểm b", "CDDH · điểm c", "PTDB · điểm d", "DLM · điểm đ"} {
		i := strings.Index(body, want)
		if i <= at {
			t.Errorf("%q is missing or not in the order of the regulation", want)
		}
		at = i
	}
	if strings.Contains(body, "Thêm mục đích con") {
		t.Error("who may not add a purpose gets the form")
	}
	post := func(actor, code string) (int, string) {
		return s.call(t, "POST", "/access/purposes", actor, url.Values{"parent": {"DVC-TTHC"}, "code": {code}, "name": {"Hỗ trợ học sinh bán trú"}, "name_en": {"Allowance"}}.Encode())
	}
	if code, _ := post(operator, "DVC-TTHC.BT"); code != http.StatusForbidden {
		t.Errorf("without the right: %d", code)
	}
	if code, body := post(admin, "bán trú"); code != http.StatusUnprocessableEntity || !strings.Contains(body, `value="bán trú"`) || !strings.Contains(body, "chữ in hoa") {
		t.Errorf("bad code: %d, want the form again with what was typed", code)
	}
	if code, _ := post(admin, "DVC-TTHC.BT"); code != http.StatusSeeOther {
		t.Errorf("good purpose: %d", code)
	}
	if code, _ := post(admin, "DVC-TTHC.BT"); code != http.StatusConflict {
		t.Errorf("twice: %d", code)
	}
	if _, body := s.call(t, "GET", "/access/purposes", admin, ""); !strings.Contains(body, "Hỗ trợ học sinh bán trú") {
		t.Error("the new purpose is not in the tree")
	}
	var got struct{ Purposes []access.Purpose }
	if _, body := s.call(t, "GET", "/api/v1/purposes", "", ""); json.Unmarshal([]byte(body), &got) != nil || len(got.Purposes) != 6 {
		t.Errorf("operation: %s", body)
	}
	for _, c := range []struct {
		actor, body string
		want        int
	}{
		{operator, `{"parent":"QLNN","code":"QLNN.A","name":"A","name_en":"A"}`, http.StatusForbidden},
		{admin, `{"parent":"QLNN","code":"a b","name":"A","name_en":"A"}`, http.StatusUnprocessableEntity},
		{admin, `{"parent":"QLNN","code":"QLNN.A","name":"A","name_en":"A"}`, http.StatusCreated},
	} {
		if code, body := s.call(t, "POST", "/api/v1/purposes", c.actor, c.body); code != c.want {
			t.Errorf("%s %s: %d %s", c.actor, c.body, code, body)
		}
	}
}

func TestRolesAreTheRuleItself(t *testing.T) {
	s := newSite(t)
	code, body := s.call(t, "GET", "/access/roles", "H38.01/steward", "")
	for _, role := range access.AllRoles() {
		if code != 200 || !strings.Contains(body, string(role)) {
			t.Errorf("role %s is missing", role)
		}
		for _, p := range role.Permissions() {
			noun, verb, _ := strings.Cut(string(p), ".")
			if Messages["access.noun."+noun].Vi == "" || Messages["access.verb."+verb].Vi == "" {
				t.Errorf("permission %s has no words", p)
			}
		}
	}
	for _, want := range []string{"Sự cố: <span class=\"muted\">xử lý, xem thông tin</span>", "Cán bộ thẩm định", "Bắt buộc hai yếu tố", "Vai trò không được kiêm nhiệm"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestDecideOperation(t *testing.T) {
	s := newSite(t)
	g := s.grant(t)
	ask := func(actor, more string) (int, map[string]any) {
		code, body := s.call(t, "POST", "/api/v1/authz/decide", actor,
			`{"subject":{"type":"system","id":"tthc","agency":"H38.01"},"action":"list_records","dataset":"H38.04/khai-sinh"`+more+`}`)
		var got map[string]any
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatalf("%d %s: %v", code, body, err)
		}
		return code, got
	}
	code, got := ask(operator, `,"purpose":"QLNN","case":"H38.02-260512-0007","address":"10.20.3.14"`)
	if code != 200 || got["allowed"] != true || got["check"] != "OK" || got["grant"] != g.Number || len(got["columns"].([]any)) != 2 || got["masked"].([]any)[0] != "dan_toc" || len(got["rows"].([]any)) != 1 {
		t.Errorf("allowed: %d %v", code, got)
	}
	for _, c := range []struct{ name, more, check, code string }{
		{"no purpose", ``, "PURPOSE", "access.purpose_missing"},
		{"no case", `,"purpose":"QLNN"`, "PURPOSE", "access.case_missing"},
		{"field outside", `,"purpose":"QLNN","case":"1","columns":["dia_chi"]`, "SCOPE", "access.field_not_granted"},
		{"filter by a masked field", `,"purpose":"QLNN","case":"1","uses":["dan_toc"]`, "SCOPE", "access.filter_not_granted"},
		{"at night", `,"purpose":"QLNN","case":"1","at":"2026-11-24T16:00:00Z"`, "TIME", "access.outside_hours"},
	} {
		code, got := ask(operator, c.more)
		if code != 200 || got["allowed"] != false || got["check"] != c.check || got["code"] != c.code || got["sentence"] == c.code || got["sentence"] == "" || len(got["columns"].([]any)) != 0 {
			t.Errorf("%s: %d %v", c.name, code, got)
		}
	}
	for _, c := range []struct {
		name, actor, more string
		want              int
	}{
		{"own agency", head, ``, 200},
		{"another agency", "H38.05/agency_head", ``, http.StatusForbidden},
		{"without the right", "H38.01/analyst", ``, http.StatusForbidden},
		{"nobody", "", ``, http.StatusUnauthorized},
		{"address that is none", operator, `,"address":"server"`, http.StatusUnprocessableEntity},
		{"member that does not exist", operator, `,"permit":true`, http.StatusUnprocessableEntity},
	} {
		if code, got := ask(c.actor, c.more); code != c.want {
			t.Errorf("%s: %d %v, want %d", c.name, code, got, c.want)
		}
	}
}

package incidentweb

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
	"lienthong/internal/incident"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

var night = time.Date(2026, 11, 29, 19, 0, 0, 0, time.UTC) // 2:00 in Viet Nam

type site struct {
	http.Handler
	clock    *clock.Adjustable
	incident *incident.Service
}

func newSite(t *testing.T) *site {
	t.Helper()
	db, c := testkit.DB(t), clock.NewAdjustable(clock.Fixed(night))
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
	catalog, err := i18n.NewCatalog(Messages, incident.Messages, access.Messages, web.Messages, ui.Messages, httpx.Messages)
	if err != nil {
		t.Fatal(err)
	}
	shell, err := web.NewShell(web.Deps{Catalog: catalog, Log: slog.New(slog.DiscardHandler), Clock: c, Authenticate: signedIn})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{clock: c, incident: incident.NewService(db, c, calendar(t), log)}
	p, api := New(shell, s.incident, c, func(_ context.Context, code string) string { return "Cơ quan " + code }), web.NewAPI(shell, "test")
	p.Operations(api)
	if s.Handler, err = web.NewMux(shell, p.Routes(), api); err != nil {
		t.Fatal(err)
	}
	return s
}

func signedIn(r *http.Request) (context.Context, error) {
	role := access.Role(r.Header.Get("Test-Role"))
	if role == "" {
		return r.Context(), nil
	}
	return access.WithActor(r.Context(), access.Actor{Type: access.User, ID: "account:1", Name: "Người thử", Agency: "H38.02", Roles: []access.Role{role}}), nil
}

func (s *site) call(t *testing.T, method, path string, role access.Role, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Test-Role", string(role))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, html.UnescapeString(w.Body.String())
}

func (s *site) detect(t *testing.T, d incident.Detection) string {
	t.Helper()
	i, err := s.incident.Open(context.Background(), d)
	if err != nil {
		t.Fatal(err)
	}
	return i.ID
}

var breach = incident.Detection{
	Kind: incident.PersonalData, Severity: incident.Critical, Summary: "Truy cập bất thường vào tập dữ liệu hộ nghèo", Agency: "H38.04", Source: "audit",
	Refs: map[string]string{"dataset": "H38.04/ho-ngheo", "other": "x1"},
}

func TestRegisterInItsStates(t *testing.T) {
	s := newSite(t)
	if code, _ := s.call(t, "GET", "/incident", "", ""); code != http.StatusSeeOther {
		t.Errorf("nobody: %d, want a way to sign in", code)
	}
	if code, body := s.call(t, "GET", "/incident", access.Analyst, ""); code != http.StatusForbidden || !strings.Contains(body, "incident.read") {
		t.Errorf("without the right: %d", code)
	}
	if _, body := s.call(t, "GET", "/incident", access.OpSecurity, ""); !strings.Contains(body, "Chưa ghi nhận sự cố nào") {
		t.Error("no word about an empty register")
	}
	s.detect(t, breach)
	code, body := s.call(t, "GET", "/incident", access.OpSecurity, "")
	for _, want := range []string{breach.Summary, "Vi phạm dữ liệu cá nhân", "Nghiêm trọng", "Mới phát hiện", "Cơ quan H38.04", "Còn 1 giờ 0 phút"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("full register: %d without %q", code, want)
		}
	}
	if _, body := s.call(t, "GET", "/incident?kind=quality", access.OpSecurity, ""); strings.Contains(body, breach.Summary) || !strings.Contains(body, "Không có sự cố phù hợp") {
		t.Error("the filter lets another kind through")
	}
}

func TestCountdownFollowsTheClockAndTheState(t *testing.T) {
	s := newSite(t)
	id := s.detect(t, breach)
	see := func(after time.Duration, want string) {
		t.Helper()
		s.clock.Shift(after - s.clock.Offset())
		if _, body := s.call(t, "GET", "/incident", access.OpSecurity, ""); !strings.Contains(body, want) {
			t.Errorf("after %v the register does not say %q", after, want)
		}
	}
	see(50*time.Minute, "Còn 10 phút")
	see(2*time.Hour+5*time.Minute, "Quá hạn 1 giờ 5 phút")
	if err := s.incident.Step(withRole(access.OpSecurity), id, incident.Triaged, "Đã xác định phạm vi ảnh hưởng"); err != nil {
		t.Fatal(err)
	}
	see(3*time.Hour, "Còn 2 ngày 21 giờ") // triage is done; the 72 hours run on
	see(75*time.Hour, "Quá hạn 3 giờ 0 phút")
	if err := s.incident.Step(withRole(access.OpSecurity), id, incident.FalseAlarm, "Do kiểm thử tải của nền tảng"); err != nil {
		t.Fatal(err)
	}
	see(80*time.Hour, "Không còn thời hạn")
}

func withRole(r access.Role) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: "account:1", Name: "Người thử", Agency: "H38.02", Roles: []access.Role{r}})
}

func TestStepIsRecordedOrSaysWhatIsMissing(t *testing.T) {
	s := newSite(t)
	id := s.detect(t, breach)
	post := func(role access.Role, to, comment string) (int, string) {
		return s.call(t, "POST", "/incident/"+id+"/step", role, url.Values{"to": {to}, "comment": {comment}}.Encode())
	}
	if code, _ := post(access.Auditor, "triaged", "Đã xác định phạm vi"); code != http.StatusForbidden {
		t.Errorf("who may only read: %d", code)
	}
	if code, body := post(access.OpSecurity, "triaged", "ngắn"); code != http.StatusUnprocessableEntity || !strings.Contains(body, "ít nhất 10 ký tự") || !strings.Contains(body, ">ngắn</textarea>") {
		t.Errorf("short comment: %d, want the form again with what was typed", code)
	}
	if code, body := post(access.OpSecurity, "", "Đã xác định phạm vi"); code != http.StatusUnprocessableEntity || !strings.Contains(body, "Hãy chọn bước tiếp theo") {
		t.Errorf("no step chosen: %d", code)
	}
	if code, _ := post(access.OpSecurity, "closed", "Đóng ngay lập tức"); code != http.StatusConflict {
		t.Errorf("a step that the state does not have: %d", code)
	}
	if code, _ := post(access.OpSecurity, "triaged", "Đã xác định phạm vi ảnh hưởng"); code != http.StatusSeeOther {
		t.Errorf("a possible step: %d", code)
	}
	_, body := s.call(t, "GET", "/incident/"+id, access.OpSecurity, "")
	for _, want := range []string{"Đã xác định phạm vi ảnh hưởng", "Người thử", `value="containing"`, `value="false_alarm"`, "H38.04/ho-ngheo", "x1", "72 giờ"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, `value="triaged"`) {
		t.Error("a step that is done is offered again")
	}
	if _, body := s.call(t, "GET", "/incident/"+id, access.Auditor, ""); strings.Contains(body, "/step") || !strings.Contains(body, "Bạn chỉ có quyền xem") {
		t.Error("who may only read gets the form")
	}
	if code, _ := s.call(t, "GET", "/incident/unknown", access.OpSecurity, ""); code != http.StatusNotFound {
		t.Errorf("unknown incident: %d", code)
	}
}

func TestSecondDetectionAndEnd(t *testing.T) {
	s := newSite(t)
	id := s.detect(t, breach)
	if again := s.detect(t, breach); again != id {
		t.Fatal("the same detection opened a second incident")
	}
	if _, body := s.call(t, "GET", "/incident/"+id, access.OpSecurity, ""); !strings.Contains(body, "Phát hiện lại") {
		t.Error("the second detection is not in the history")
	}
	if err := s.incident.Step(withRole(access.OpSecurity), id, incident.FalseAlarm, "Do kiểm thử tải của nền tảng"); err != nil {
		t.Fatal(err)
	}
	if _, body := s.call(t, "GET", "/incident/"+id, access.OpSecurity, ""); !strings.Contains(body, "Sự cố đã kết thúc") || strings.Contains(body, "/step") {
		t.Error("an ended incident still offers a step")
	}
}

func TestOperations(t *testing.T) {
	s := newSite(t)
	id := s.detect(t, breach)
	var list struct{ Incidents []map[string]any }
	_, body := s.call(t, "GET", "/api/v1/incident", access.Auditor, "")
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Incidents) != 1 {
		t.Fatalf("list: %v %s", err, body)
	}
	if got := list.Incidents[0]; got["id"] != id || got["notice_by"] != "2026-12-02T19:00:00Z" || got["triage_by"] != "2026-11-29T20:00:00Z" {
		t.Errorf("incident: %v", got)
	}
	for _, c := range []struct {
		role access.Role
		body string
		want int
	}{
		{access.Auditor, `{"to":"triaged","comment":"Đã xác định phạm vi"}`, http.StatusForbidden},
		{access.OpSecurity, `{"to":"triaged","comment":"ngắn"}`, http.StatusUnprocessableEntity},
		{access.OpSecurity, `{"to":"closed","comment":"Đóng ngay lập tức"}`, http.StatusConflict},
		{access.OpSecurity, `{"to":"triaged","comment":"Đã xác định phạm vi"}`, http.StatusNoContent},
	} {
		if code, body := s.call(t, "POST", "/api/v1/incident/"+id+"/step", c.role, c.body); code != c.want {
			t.Errorf("%s %s: %d %s, want %d", c.role, c.body, code, body, c.want)
		}
	}
	if _, body := s.call(t, "GET", "/api/v1/incident/"+id, access.Auditor, ""); !strings.Contains(body, `"next":["containing","false_alarm"]`) {
		t.Errorf("find: %s", body)
	}
}

func calendar(t *testing.T) *clock.Calendar {
	t.Helper()
	cal, err := clock.VietNam()
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

package systemweb

import (
	"bytes"
	"context"
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
	"lienthong/internal/system"
	"lienthong/internal/system/systemtest"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

var now = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

type site struct {
	http.Handler
	systems *system.Service
	clock   *clock.Adjustable
}

func newSite(t *testing.T) *site {
	t.Helper()
	db, c := testkit.DB(t), clock.NewAdjustable(clock.Fixed(now))
	catalog, err := i18n.NewCatalog(Messages, system.Messages, agency.Messages, access.Messages, web.Messages, ui.Messages, httpx.Messages)
	if err != nil {
		t.Fatal(err)
	}
	shell, err := web.NewShell(web.Deps{Catalog: catalog, Log: slog.New(slog.DiscardHandler), Clock: c, Authenticate: signedIn})
	if err != nil {
		t.Fatal(err)
	}
	log := audittest.Log(t, db)
	agencies := agency.NewService(db, c, log)
	if _, err := agencies.ImportProfile(as(access.OpAdmin, "H38.02")); err != nil {
		t.Fatal(err)
	}
	s := &site{systems: system.NewService(db, c, log, agencies), clock: c}
	s.systems.UsePapers(&systemtest.Papers{})
	p, api := New(shell, s.systems, agencies, c, func(ctx context.Context, code string) string {
		if a, err := agencies.Known(ctx, code); err == nil && a != nil {
			return a.Name
		}
		return code
	}), web.NewAPI(shell, "test")
	p.Operations(api)
	if s.Handler, err = web.NewMux(shell, p.Routes(), api); err != nil {
		t.Fatal(err)
	}
	return s
}

func as(r access.Role, body string) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: "account:1", Name: "Người thử", Agency: body, Roles: []access.Role{r}, Auth: access.AuthTwo})
}

// signedIn reads "role" or "role@agency".
func signedIn(r *http.Request) (context.Context, error) {
	role, body, given := strings.Cut(r.Header.Get("Test-Role"), "@")
	role, number, _ := strings.Cut(role, "+")
	if role == "" {
		return r.Context(), nil
	}
	if !given {
		body = "H38.02"
	}
	who := access.ActorOf(as(access.Role(role), body))
	who.ID += number
	return access.WithActor(r.Context(), who), nil
}

// upload sends a form with a file as a browser does.
func (s *site) upload(t *testing.T, path, role string, form url.Values, file string) (int, string) {
	t.Helper()
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, values := range form {
		if err := parts.WriteField(name, values[0]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := parts.CreateFormFile("file", "Quyết định.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(file)); err != nil {
		t.Fatal(err)
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	w := s.send(t, http.MethodPost, path, role, parts.FormDataContentType(), body.String())
	return w.Code, html.UnescapeString(w.Body.String())
}

func (s *site) send(t *testing.T, method, path, role, kind, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Test-Role", role)
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func (s *site) see(t *testing.T, path, role string) (int, string) {
	t.Helper()
	w := s.send(t, http.MethodGet, path, role, "", "")
	return w.Code, html.UnescapeString(w.Body.String())
}

func (s *site) post(t *testing.T, path, role string, form url.Values) (int, string) {
	t.Helper()
	w := s.send(t, http.MethodPost, path, role, "application/x-www-form-urlencoded", form.Encode())
	return w.Code, html.UnescapeString(w.Body.String())
}

func (s *site) call(t *testing.T, method, path, role, body string) (int, string) {
	t.Helper()
	w := s.send(t, method, web.APIPrefix+path, role, "application/json", body)
	return w.Code, w.Body.String()
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

const (
	recorder = "op_security+2" // another person than the one of the other roles
	pdf      = "%PDF-1.7\n%%EOF\n"
	engineer = "op_engineer"
	security = "op_security"
	auditor  = "auditor"
)

func procedures() url.Values {
	return url.Values{"id": {"tthc"}, "name": {"Hệ thống giải quyết thủ tục hành chính"}, "owner": {"H38.04"}, "category": {"procedures"}, "layer": {"use"}, "sources": {"10.20.0.0/16\n10.30.0.5"}}
}

func (s *site) registered(t *testing.T) {
	t.Helper()
	if code, body := s.post(t, "/system", engineer, procedures()); code != http.StatusSeeOther {
		t.Fatalf("register: %d %s", code, body)
	}
}

func TestRegisterInItsStates(t *testing.T) {
	s := newSite(t)
	if code, _ := s.see(t, "/system", ""); code != http.StatusSeeOther {
		t.Errorf("nobody: %d, want a way to sign in", code)
	}
	if code, body := s.see(t, "/system", "opendata_developer"); code != http.StatusForbidden || !strings.Contains(body, "system.read") {
		t.Errorf("without the right: %d", code)
	}
	_, body := s.see(t, "/system", "analyst")
	has(t, "empty register", body, "Chưa có hệ thống nào")
	lacks(t, "empty register of a reader", body, newPath)
	s.registered(t)
	_, body = s.see(t, "/system", engineer)
	has(t, "full register", body, "Hệ thống giải quyết thủ tục hành chính", "Sở Tư pháp", "Chưa phê duyệt cấp độ", "Chưa có lượt gọi thành công", newPath)
	for path, found := range map[string]bool{
		"/system?q=thu+tuc": true, "/system?q=nong+nghiep": false, "/system?category=procedures": true, "/system?category=sector": false,
		"/system?owner=H38.04": true, "/system?owner=H38.03": false,
	} {
		if _, body := s.see(t, path, "analyst"); strings.Contains(body, `href="/system/tthc"`) != found || !found && !strings.Contains(body, "Không có hệ thống phù hợp") {
			t.Errorf("%s: want found=%v", path, found)
		}
	}
	if code, body := s.see(t, "/system", "vendor@H38.77"); code != http.StatusOK || strings.Contains(body, "tthc") {
		t.Errorf("a vendor's person: %d, sees systems of others", code)
	}
}

func TestRegisterAndChange(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{newPath, "/system"} {
		if code, _ := s.post(t, path, "steward@H38.03", procedures()); code != http.StatusForbidden && code != http.StatusMethodNotAllowed {
			t.Errorf("%s by who may not: %d", path, code)
		}
	}
	if code, _ := s.see(t, newPath, "analyst@H38.04"); code != http.StatusForbidden {
		t.Errorf("form for who may not: %d", code)
	}
	_, body := s.see(t, newPath, engineer)
	has(t, "form", body, "Sở Tư pháp (H38.04)", `value="sector"`, `value="integration"`)
	code, body := s.post(t, "/system", engineer, url.Values{"id": {"X"}, "name": {"Hệ thống thử"}, "category": {"procedures"}, "layer": {"use"}})
	if code != http.StatusUnprocessableEntity {
		t.Errorf("two mistakes: %d", code)
	}
	has(t, "mistakes beside their fields", body, `id="f-id-error"`, `id="f-owner-error"`, `value="Hệ thống thử"`)
	bad := procedures()
	bad.Set("sources", "10.20.0.0/16, ở đâu cũng được")
	if code, body = s.post(t, "/system", engineer, bad); code != http.StatusUnprocessableEntity || !strings.Contains(body, `id="f-sources-error"`) {
		t.Errorf("a network that is none: %d", code)
	}
	s.registered(t)
	if code, body = s.post(t, "/system", engineer, procedures()); code != http.StatusConflict || !strings.Contains(body, "không được cấp lại") {
		t.Errorf("T37 a code that is taken: %d", code)
	}
	_, body = s.see(t, "/system/tthc", auditor)
	has(t, "page", body, "10.20.0.0/16\n10.30.0.5/32", "/agency/H38.04", "Chưa phê duyệt cấp độ")
	lacks(t, "page of a reader", body, "/edit", "/suspend", "/system/tthc/level", "/credential\"", "/officer-key\"")
	change := procedures()
	change.Set("id", "other")
	change.Set("name", "Hệ thống một cửa")
	change.Set("sources", "")
	if code, body = s.post(t, "/system/tthc/edit", engineer, change); code != http.StatusSeeOther {
		t.Fatalf("change: %d %s", code, body)
	}
	_, body = s.see(t, "/system/tthc", engineer)
	has(t, "page after the change", body, "Hệ thống một cửa", "Không giới hạn")
	if code, _ = s.see(t, "/system/other", engineer); code != http.StatusNotFound {
		t.Errorf("the code in the form made another system: %d", code)
	}
}

func TestSecurityLevelLapses(t *testing.T) {
	s := newSite(t)
	s.registered(t)
	if code, _ := s.see(t, "/system/tthc/level", security); code != http.StatusForbidden {
		t.Errorf("who may not: %d", code)
	}
	propose := url.Values{"kind": {"approval"}, "level": {"3"}, "number": {"07/HSĐX-CĐ"}, "justification": {"ngắn"}}
	code, body := s.post(t, "/system/tthc/level", "steward@H38.04", propose)
	if code != http.StatusUnprocessableEntity {
		t.Errorf("a proposal that says too little: %d", code)
	}
	has(t, "refused proposal", body, `id="f-justification-error"`, "07/HSĐX-CĐ")
	propose.Set("justification", "Hệ thống phục vụ người dân toàn tỉnh")
	if code, body = s.post(t, "/system/tthc/level", "steward@H38.04", propose); code != http.StatusSeeOther {
		t.Fatalf("propose: %d %.300s", code, body)
	}
	_, body = s.see(t, "/system/level?state=waiting", security)
	has(t, "screen of levels", body, "Hệ thống giải quyết thủ tục hành chính", "Chờ xử lý hồ sơ")
	all, err := s.systems.Dossiers(as(access.OpSecurity, "H38.02"), "tthc")
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	at := "/system/tthc/level/" + all[0].ID
	_, body = s.see(t, "/system/tthc", "steward@H38.04")
	has(t, "page of the owner", body, at+"/withdraw")
	lacks(t, "page of the owner", body, at+"/record")
	decide := url.Values{"level": {"3"}, "authority": {"Ủy ban nhân dân tỉnh"}, "decision": {"12/QĐ-UBND"}, "decided_at": {"2026-10-01"}, "valid_to": {"2026-11-01"}}
	if code, _ := s.upload(t, at+"/record", "steward@H38.04", decide, pdf); code != http.StatusForbidden {
		t.Errorf("the owner records its own: %d", code)
	}
	if code, body := s.upload(t, at+"/record", recorder, decide, pdf); code != http.StatusUnprocessableEntity || !strings.Contains(body, "12/QĐ-UBND") {
		t.Errorf("an approval that has ended: %d", code)
	}
	decide.Set("valid_to", "2027-11-01")
	if code, body := s.upload(t, at+"/record", recorder, decide, "no PDF"); code != http.StatusUnprocessableEntity || !strings.Contains(body, `id="f-file-error"`) {
		t.Errorf("a decision that is no PDF: %d", code)
	}
	if code, body := s.upload(t, at+"/record", recorder, decide, pdf); code != http.StatusSeeOther {
		t.Fatalf("record: %d %.300s", code, body)
	}
	if code, body := s.see(t, at+"/file/decision", "steward@H38.04"); code != http.StatusOK || body != pdf {
		t.Errorf("the decision as a file: %d", code)
	}
	if code, _ := s.see(t, at+"/file/decision", "steward@H38.03"); code != http.StatusForbidden {
		t.Errorf("another agency opens the decision: %d", code)
	}
	see := func(after time.Duration, want string) {
		t.Helper()
		s.clock.Shift(after - s.clock.Offset())
		for _, path := range []string{"/system", "/system/tthc"} {
			_, body := s.see(t, path, auditor)
			has(t, path+" after "+after.String(), body, want)
		}
	}
	see(0, "Cấp độ 3, đến 01/11/2027")
	see(300*24*time.Hour, "Cấp độ 3, sắp hết hiệu lực 01/11/2027")
	see(350*24*time.Hour, "Cấp độ 3 đã hết hiệu lực 01/11/2027")
}

func TestSuspendAndResume(t *testing.T) {
	s := newSite(t)
	s.registered(t)
	if code, _ := s.post(t, "/system/tthc/suspend", engineer, url.Values{"reason": {"Có dấu hiệu bất thường"}}); code != http.StatusForbidden {
		t.Errorf("who may not: %d", code)
	}
	if code, body := s.post(t, "/system/tthc/suspend", security, url.Values{"reason": {"ngắn"}}); code != http.StatusUnprocessableEntity || !strings.Contains(body, ">ngắn</textarea>") {
		t.Errorf("without a reason: %d", code)
	}
	if code, _ := s.post(t, "/system/tthc/suspend", security, url.Values{"reason": {"Có dấu hiệu bất thường"}}); code != http.StatusSeeOther {
		t.Errorf("suspend: %d", code)
	}
	_, body := s.see(t, "/system/tthc", security)
	has(t, "suspended", body, "Đang tạm dừng", "Có dấu hiệu bất thường", "/system/tthc/resume")
	lacks(t, "suspended", body, "/system/tthc/suspend")
	if code, _ := s.post(t, "/system/tthc/resume", security, url.Values{"reason": {"Đã kiểm tra, an toàn"}}); code != http.StatusSeeOther {
		t.Errorf("resume: %d", code)
	}
	_, body = s.see(t, "/system/tthc", security)
	lacks(t, "resumed", body, "Đang tạm dừng")
	if code, _ := s.see(t, "/system/none/suspend", security); code != http.StatusNotFound {
		t.Errorf("unknown system: %d", code)
	}
}

const jwk = `{"kty":"OKP","crv":"Ed25519","kid":"k/1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`

func TestOfficerKeys(t *testing.T) {
	s := newSite(t)
	s.registered(t)
	private := strings.Replace(jwk, `"x"`, `"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x"`, 1)
	if code, body := s.post(t, "/system/tthc/officer-key", engineer, url.Values{"jwk": {private}}); code != http.StatusUnprocessableEntity || !strings.Contains(body, `id="f-jwk-error"`) {
		t.Errorf("a private key: %d", code)
	}
	if code, _ := s.post(t, "/system/tthc/officer-key", "steward@H38.04", url.Values{"jwk": {jwk}}); code != http.StatusForbidden {
		t.Errorf("who may not: %d", code)
	}
	if code, body := s.post(t, "/system/tthc/officer-key", engineer, url.Values{"jwk": {jwk}}); code != http.StatusSeeOther {
		t.Fatalf("add: %d %s", code, body)
	}
	_, body := s.see(t, "/system/tthc", engineer)
	has(t, "page", body, "k/1", `name="kid" value="k/1"`)
	if code, _ := s.post(t, "/system/tthc/officer-key/remove", "steward@H38.04", url.Values{"kid": {"k/1"}}); code != http.StatusForbidden {
		t.Errorf("remove by who may not: %d", code)
	}
	if code, _ := s.post(t, "/system/tthc/officer-key/remove", engineer, url.Values{"kid": {"k/1"}}); code != http.StatusSeeOther {
		t.Errorf("remove: %d", code)
	}
	if code, _ := s.post(t, "/system/tthc/officer-key/remove", engineer, url.Values{"kid": {"k/1"}}); code != http.StatusNotFound {
		t.Errorf("remove twice: %d", code)
	}
}

func TestOperations(t *testing.T) {
	s := newSite(t)
	register := `{"id":"tthc","name":"Hệ thống giải quyết thủ tục hành chính","owner":"H38.04","category":"procedures","layer":"use","sources":["10.20.0.0/16"]}`
	change := `{"name":"Hệ thống một cửa","owner":"H38.04","category":"procedures","layer":"use"}`
	for _, c := range []struct {
		name, method, path, role, body string
		want                           int
		text                           string
	}{
		{"nobody", "GET", "/systems", "", "", 401, "access.sign_in_required"},
		{"none yet", "GET", "/systems", auditor, "", 200, `{"systems":[],`},
		{"without the right", "POST", "/systems", "steward@H38.03", register, 403, "access.other_agency"},
		{"a wrong network", "POST", "/systems", engineer, strings.Replace(register, "10.20.0.0/16", "x", 1), 422, "system.source_form"},
		{"register", "POST", "/systems", engineer, register, 201, `"sources":["10.20.0.0/16"]`},
		{"T37 the same code", "POST", "/systems", engineer, register, 409, "system.id_taken"},
		{"list", "GET", "/systems?category=procedures&owner=H38.04&q=thu+tuc", auditor, "", 200, `"id":"tthc"`},
		{"list of another group", "GET", "/systems?category=sector", auditor, "", 200, `{"systems":[],`},
		{"change", "PUT", "/systems/tthc", engineer, change, 200, "Hệ thống một cửa"},
		{"change of an unknown one", "PUT", "/systems/none", engineer, change, 404, "system.not_found"},
		{"find", "GET", "/systems/tthc", auditor, "", 200, `"level_in_force":0`},
		{"level without the right", "POST", "/systems/tthc/levels", security, `{"level":3,"number":"1","justification":"Hệ thống phục vụ người dân toàn tỉnh"}`, 403, "access.permission_missing"},
		{"level", "POST", "/systems/tthc/levels", engineer, `{"level":3,"number":"1","justification":"Hệ thống phục vụ người dân toàn tỉnh"}`, 201, `"state":"proposed"`},
		{"level out of range", "POST", "/systems/tthc/levels", engineer, `{"level":6,"number":"1","justification":"Hệ thống phục vụ người dân toàn tỉnh"}`, 422, "api.invalid"},
		{"plan of another agency", "PUT", "/systems/tthc/plan", engineer, `{"target":"2027-03-31","steps":"Xây dựng API và gửi yêu cầu kết nối"}`, 403, "system.plan_own"},
		{"plan", "PUT", "/systems/tthc/plan", "steward@H38.04", `{"target":"2027-03-31","steps":"Xây dựng API và gửi yêu cầu kết nối"}`, 200, `"target_at":"2027-03-30T17:00:00Z"`},
		{"the change rests on an old revision", "PUT", "/systems/tthc", engineer, strings.Replace(change, "{", `{"revision":1,`, 1), 409, "system.changed_meanwhile"},
		{"suspend without a reason", "POST", "/systems/tthc/suspend", security, `{"reason":"x"}`, 422, "system.reason_missing"},
		{"suspend", "POST", "/systems/tthc/suspend", security, `{"reason":"Có dấu hiệu bất thường"}`, 200, `"suspended":true`},
		{"resume", "POST", "/systems/tthc/resume", security, `{"reason":"Đã kiểm tra, an toàn"}`, 200, `"suspended":false`},
		{"credential without the right", "POST", "/systems/tthc/credentials", "steward@H38.04", `{"valid_to":"2027-01-01"}`, 403, "access.permission_missing"},
		{"credentials of another agency", "GET", "/systems/tthc/credentials", "steward@H38.03", "", 403, "access.other_agency"},
		{"a private key", "POST", "/systems/tthc/officer-keys", engineer, `{"jwk":{"kty":"oct","kid":"a","k":"AAAA"}}`, 422, "system.key_invalid"},
		{"key", "POST", "/systems/tthc/officer-keys", engineer, `{"jwk":` + jwk + `}`, 201, `"kid":"k/1"`},
		{"the same key", "POST", "/systems/tthc/officer-keys", engineer, `{"jwk":` + jwk + `}`, 409, "system.key_taken"},
		{"keys", "GET", "/systems/tthc/officer-keys", auditor, "", 200, `"jwk":{"kty":"OKP"`},
		{"keys of an unknown system", "GET", "/systems/none/officer-keys", auditor, "", 404, "system.not_found"},
		{"remove the key", "DELETE", "/systems/tthc/officer-keys/k%2F1", engineer, "", 204, ""},
		{"remove it again", "DELETE", "/systems/tthc/officer-keys/k%2F1", engineer, "", 404, "system.key_not_found"},
	} {
		if code, body := s.call(t, c.method, c.path, c.role, c.body); code != c.want || !strings.Contains(body, c.text) {
			t.Errorf("%s: %d %s, want %d with %s", c.name, code, body, c.want, c.text)
		}
	}
}

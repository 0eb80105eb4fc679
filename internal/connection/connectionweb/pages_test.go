package connectionweb

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/connection/connectiontest"
	"lienthong/internal/flow"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

type vault struct{}

func (vault) Issue(_ context.Context, _ controldb.Querier, _ access.Actor, c flow.CredentialFor) (flow.Credential, error) {
	return flow.Credential{ID: "k1", ClientID: c.System + ".a1"}, nil
}

// calls answers as an exchange does that keeps every rule.
type calls struct{ w *connectiontest.World }

func (calls) Source(context.Context, flow.ServiceCall, []access.RowRule) ([]map[string]any, error) {
	return nil, nil
}

func (calls) Written(context.Context, flow.ServiceCall) (map[string]any, []map[string]any, error) {
	return nil, nil, nil
}

func (x calls) Call(_ context.Context, c flow.ProbeCall) (flow.ProbeAnswer, error) {
	a := flow.ProbeAnswer{Status: 403, Evidence: "01EVIDENCE"}
	granted := map[string]bool{}
	for _, col := range connectiontest.Scope().Columns {
		granted[col.Name] = true
	}
	for _, f := range c.Fields {
		if !granted[f] {
			a.Code = "access.field_not_granted"
			return a, nil
		}
	}
	switch {
	case c.Token == flow.TokenNone || c.Token == flow.TokenExpired:
		a.Status, a.Code = 401, "exchange.token_invalid"
	case c.Token == flow.TokenOrdinary:
		a.Code = "access.not_accepted"
	case c.Purpose == "":
		a.Code = "access.purpose_missing"
	case c.Purpose != "DVC-TTHC":
		a.Code = "access.purpose_mismatch"
	case c.Case == "":
		a.Code = "access.case_missing"
	case len(c.Filter) > 0:
		a.Code = "access.filter_not_granted"
	default:
		a.Status, a.Records = 200, records()
	}
	return a, nil
}

func (calls) Sample(context.Context, string, []access.Column, []access.RowRule, int64) ([]map[string]any, error) {
	return records(), nil
}

func records() []map[string]any {
	return []map[string]any{{"so_dinh_danh": "999190000123", "ho_ten": "Sùng A Páo", "ngay_sinh": "2015-05-01", "la_dan_toc_thieu_so": true}}
}

type site struct {
	http.Handler
	*connectiontest.World
	people map[string]context.Context
}

func newSite(t *testing.T) *site {
	t.Helper()
	w := connectiontest.New(t, testkit.DB(t))
	catalog, err := i18n.NewCatalog(Messages, connection.Messages, access.Messages, web.Messages, ui.Messages, httpx.Messages)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{World: w, people: map[string]context.Context{
		"steward": connectiontest.Steward(), "head": connectiontest.ConsumerHead(), "owner": connectiontest.OwnerHead(), "other": connectiontest.OtherSteward(),
		"appraiser": connectiontest.Appraiser(), "approver": connectiontest.Approver(), "engineer": connectiontest.Engineer(), "second": connectiontest.Second(),
		"security": connectiontest.Security(),
	}}
	authenticate := func(r *http.Request) (context.Context, error) {
		who, known := s.people[r.Header.Get("Test-Actor")]
		if !known {
			return r.Context(), nil
		}
		return access.WithActor(r.Context(), access.ActorOf(who)), nil
	}
	shell, err := web.NewShell(web.Deps{Catalog: catalog, Log: slog.New(slog.DiscardHandler), Clock: w.Clock, Authenticate: authenticate})
	if err != nil {
		t.Fatal(err)
	}
	named := func(code, name string) []Named { return []Named{{code, name}} }
	p := New(shell, w.Service, flow.NewGrantConnection(w.Service, w.Access, vault{}), flow.NewTestConnection(w.Service, calls{w}, calls{w}, w.Clock), w.Clock, Registers{
		Agency: func(_ context.Context, code string) string { return "Cơ quan " + code },
		Datasets: func(context.Context) ([]Named, error) {
			return named(connectiontest.Dataset, "Hộ tịch - khai sinh"), nil
		},
		Systems: func(context.Context, string) ([]Named, error) {
			return named(connectiontest.System, "CSDL giáo dục"), nil
		},
	})
	api := web.NewAPI(shell, "test")
	p.Operations(api)
	if s.Handler, err = web.NewMux(shell, p.Routes(), api); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) send(t *testing.T, method, path, who, kind, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Test-Actor", who)
	if body != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func (s *site) page(t *testing.T, path, who string) string {
	t.Helper()
	w := s.send(t, http.MethodGet, path, who, "", "")
	if w.Code != http.StatusOK {
		t.Fatalf("%s as %s: %d %s", path, who, w.Code, w.Header().Get("Location"))
	}
	return w.Body.String()
}

func (s *site) post(t *testing.T, path, who string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	return s.send(t, http.MethodPost, path, who, "application/x-www-form-urlencoded", form.Encode())
}

// api sends JSON and gives the decoded answer.
func (s *site) api(t *testing.T, method, path, who string, body any, want int) map[string]any {
	t.Helper()
	raw := ""
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		raw = string(b)
	}
	w := s.send(t, method, "/api/v1/connections"+path, who, "application/json", raw)
	text, _ := io.ReadAll(w.Result().Body)
	if w.Code != want {
		t.Fatalf("%s %s as %s: %d, want %d: %s", method, path, who, w.Code, want, text)
	}
	var out map[string]any
	if len(text) > 0 {
		if err := json.Unmarshal(text, &out); err != nil {
			t.Fatalf("%s: %v in %s", path, err, text)
		}
	}
	return out
}

type m = map[string]any

func TestWholeWayByAPI(t *testing.T) {
	s := newSite(t)
	made := s.api(t, "POST", "/requests", "steward", connectiontest.Need(), 201)
	at := "/requests/" + made["id"].(string)
	if got := s.api(t, "PATCH", at, "steward", m{"approved_scope": m{}}, 422); got["code"] != "connection.unknown_field" {
		t.Fatalf("T34: %v", got)
	}
	s.api(t, "PATCH", at+"?revision=1", "steward", m{"calls_per_day": 2000}, 200)
	s.api(t, "PATCH", at+"?revision=1", "steward", m{"calls_per_day": 2001}, 409)
	s.api(t, "GET", at, "other", nil, 404)
	r := s.api(t, "POST", at+"/submit", "steward", m{"attest": true}, 200)
	if r["number"] != "2026-0001/KNDL-H38.05" {
		t.Fatalf("got %v", r["number"])
	}
	s.api(t, "POST", at+"/start-appraisal", "appraiser", nil, 200)
	s.api(t, "POST", at+"/appraise", "appraiser", connectiontest.Checklist(), 200)
	s.api(t, "POST", at+"/ask-owner", "appraiser", m{"questions": "Đề nghị cho ý kiến", "comment": "Gửi kèm bảng thẩm định", "revision": 5, "documents": []m{{"number": "12/TĐ", "title": "Phiếu thẩm định"}}}, 200)
	if got := s.api(t, "POST", at+"/opinion", "owner", m{"stand": "object"}, 422); got["code"] != "connection.legal_basis_required" {
		t.Fatalf("R4.4: %v", got)
	}
	s.api(t, "POST", at+"/opinion", "owner", m{"stand": "agree"}, 200)
	s.api(t, "POST", at+"/approve", "appraiser", m{"approved_scope": connectiontest.Scope()}, 403)
	s.api(t, "POST", at+"/approve", "approver", m{"approved_scope": connectiontest.Scope()}, 200)
	wide := connectiontest.Scope()
	wide.Rows = nil
	if got := s.api(t, "POST", at+"/provision", "engineer", m{"scope": wide}, 422); got["code"] != "connection.scope_wider" {
		t.Fatalf("R12.2c2: %v", got)
	}
	made = s.api(t, "POST", at+"/provision", "engineer", nil, 200)
	if c := made["credential"].(m); c["id"] != "k1" || c["client_id"] == "" || c["client_secret"] != nil {
		t.Fatalf("got %v", c)
	}
	s.api(t, "POST", at+"/review", "engineer", m{"version": 1, "ok": true}, 403)
	s.api(t, "POST", at+"/review", "second", m{"version": 1, "ok": true}, 200)
	s.api(t, "POST", at+"/start-testing", "engineer", nil, 200)
	run := s.api(t, "POST", at+"/test", "engineer", nil, 200)["run"].(m)
	if run["passed"] != true {
		t.Fatalf("run %v", run)
	}
	s.api(t, "POST", at+"/pass-testing", "engineer", nil, 200)
	for who, party := range map[string]string{"engineer": "operator", "owner": "owner", "head": "requester"} {
		s.api(t, "POST", at+"/confirm", who, m{"party": party}, 200)
	}
	v := s.api(t, "GET", at, "steward", nil, 200)
	if v["request"].(m)["state"] != "live" {
		t.Fatalf("got %v", v["request"].(m)["state"])
	}
	if text := fmt.Sprint(v); strings.Contains(text, "bi-mat-mot-lan") {
		t.Fatal("the secret is shown again")
	}
	if list := s.api(t, "GET", "/requests?state=live", "other", nil, 200)["requests"].([]any); len(list) != 1 || strings.Contains(fmt.Sprint(list), "kythuat@example.vn") {
		t.Fatalf("list %v", list)
	}
	s.api(t, "POST", at+"/suspend", "security", m{"reason_class": "incident", "comment": "Sự cố"}, 200)
	s.api(t, "POST", at+"/resume", "security", m{"comment": "Đã xử lý"}, 200)
	s.api(t, "POST", at+"/terminate", "steward", m{"comment": "Hết nhu cầu"}, 200)
	s.api(t, "POST", "/requests/"+v["request"].(m)["id"].(string)+"/copy", "steward", nil, 201)
	if d := s.api(t, "GET", "/durations", "other", nil, 200)["durations"].([]any); len(d) == 0 {
		t.Fatal("no durations")
	}
}

func needValues() url.Values {
	n := connectiontest.Need()
	return url.Values{
		"system": {n.System}, "dataset": {n.Dataset}, "purposes": n.Purposes, "legal_basis": {n.LegalBasis}, "procedures": n.Procedures, "readiness": {"ready"},
		"method_answers.nature": {"records"}, "method_answers.use": {"look_up"}, "method_answers.speed": {"at_once"}, "method_answers.infrastructure": {"calls"}, "fields": n.Fields,
		"rows": {"ma_xa = 02683, 02686"}, "expected_subjects": {"5000"}, "level": {"use"}, "impact_assessment": {n.ImpactAssessment}, "method": {"api"},
		"frequency": {"daily"}, "calls_per_day": {"2.000"}, "peak_per_minute": {"60"}, "response_ms": {"2000"}, "valid_from": {"2026-11-01"}, "valid_to": {"2027-10-31"},
		"source_addresses": {"10.10.1.0/24\r\n10.10.2.5"}, "environment": {n.Environment}, "technical_contact.name": {n.Contact.Name},
		"technical_contact.email": {n.Contact.Email}, "technical_contact.phone": {n.Contact.Phone}, "responsible_person": {n.Responsible},
	}
}

// impactValues are the statements of connectiontest.Impact as the form sends them.
func impactValues() url.Values {
	v := url.Values{"field": connectiontest.Need().Fields}
	for name, s := range connectiontest.Impact() {
		v.Set("necessity."+name, s.Necessity)
		v.Set("alternative."+name, string(s.Alternative))
		v.Set("why."+name, s.Why)
	}
	return v
}

func approveValues() url.Values {
	return url.Values{
		"columns": {"so_dinh_danh", "ho_ten", "ngay_sinh", "dan_toc"}, "mask.dan_toc": {"yes_no"}, "values.dan_toc": {"!01"}, "as.dan_toc": {"la_dan_toc_thieu_so"},
		"rows": {"ma_xa = 02683"}, "purposes": {"DVC-TTHC"}, "levels": {"use"}, "calls_per_minute": {"60"}, "calls_per_day": {"2000"}, "records_per_call": {"100"},
		"records_per_day": {"5000"}, "source_addresses": {"10.10.1.7"}, "valid_from": {"2026-11-01"}, "valid_to": {"2027-10-31"},
	}
}

func checklistValues() url.Values {
	v := url.Values{"field": connectiontest.Need().Fields}
	for _, item := range connection.Items() {
		v.Set(string(item), "pass")
	}
	for _, f := range connectiontest.Need().Fields {
		if f != "dia_chi_cha_me" {
			v.Set("needed."+f, "1")
		}
		v.Set("alternative."+f, "none")
		v.Set("note."+f, "Theo mục đích đã nêu")
	}
	v.Set("alternative.dan_toc", "yes_no")
	v.Set("values.dan_toc", "!01")
	return v
}

// The whole way by pages, without script: each page offers the next step, each form leads back by 303.
func TestWholeWayByPages(t *testing.T) {
	s := newSite(t)
	if body := s.page(t, "/connections", "steward"); !strings.Contains(body, "Chưa có yêu cầu nào") {
		t.Fatal("no word about an empty list")
	}
	s.page(t, "/connections/new", "steward")
	body := s.page(t, "/connections/new?dataset="+url.QueryEscape(connectiontest.Dataset)+"&system="+connectiontest.System, "steward")
	for _, want := range []string{"Dữ liệu cá nhân nhạy cảm", "dan_toc", `name="purposes"`} {
		if !strings.Contains(body, want) {
			t.Fatalf("the field picker lacks %q", want)
		}
	}
	if strings.Contains(strings.ToLower(body), "name=\"agreement") {
		t.Fatal("R4.4: the form has a place for an agreement")
	}
	w := s.post(t, "/connections", "steward", needValues())
	at := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/connections/") {
		t.Fatalf("create: %d %s", w.Code, w.Body)
	}
	step := func(who, verb string, form url.Values, says string) {
		t.Helper()
		page := s.page(t, at, who)
		if !strings.Contains(page, at+"/"+verb+`"`) {
			t.Fatalf("the page does not offer %s to %s", verb, who)
		}
		if verb != "test" {
			s.page(t, at+"/"+verb, who)
		}
		w := s.post(t, at+"/"+verb, who, form)
		if w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", verb, w.Code, w.Body)
		}
		if page := s.page(t, at, who); !strings.Contains(page, says) {
			t.Fatalf("after %s the page does not say %q", verb, says)
		}
	}
	if page := s.page(t, at, "steward"); !strings.Contains(page, "Còn thiếu trước khi gửi đăng ký") || !strings.Contains(page, at+"/impact") {
		t.Fatal("the draft does not say what it lacks")
	}
	s.page(t, at+"/impact", "steward")
	if w := s.post(t, at+"/impact", "steward", impactValues()); w.Code != http.StatusSeeOther {
		t.Fatalf("impact: %d %s", w.Code, w.Body)
	}
	if page := s.page(t, at, "steward"); strings.Contains(page, "Còn thiếu trước khi gửi đăng ký") {
		t.Fatal("a complete draft lacks something")
	}
	w = s.post(t, at+"/submit", "steward", url.Values{})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Hãy xác nhận chịu trách nhiệm") {
		t.Fatalf("submit without attestation: %d", w.Code)
	}
	step("steward", "submit", url.Values{"attest": {"1"}}, "2026-0001/KNDL-H38.05")
	step("appraiser", "return", url.Values{"missing_items": {"Mã thủ tục\nSố đối tượng"}}, "Trả lại bổ sung")
	if w := s.post(t, at+"/edit", "steward", needValues()); w.Code != http.StatusSeeOther {
		t.Fatalf("edit: %d %s", w.Code, w.Body)
	}
	step("steward", "submit", url.Values{"attest": {"1"}, "comment": {"Đã bổ sung"}}, "Đã đăng ký")
	step("appraiser", "start-appraisal", nil, "Đang thẩm định")
	step("appraiser", "appraise", checklistValues(), "Bảng thẩm định")
	step("appraiser", "ask-owner", url.Values{"questions": {"Cho ý kiến"}}, "Lấy ý kiến chủ quản")
	step("owner", "opinion", url.Values{"stand": {"agree_with_limits"}, "exclude_fields": {"dia_chi_cha_me"}}, "Đồng ý có giới hạn")
	bad := approveValues()
	bad["columns"] = append(bad["columns"], "dia_chi_cha_me")
	w = s.post(t, at+"/approve", "approver", bad)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "không cần thiết") || !strings.Contains(w.Body.String(), "10.10.1.7") {
		t.Fatalf("a refused approval must keep what was typed: %d", w.Code)
	}
	step("approver", "approve", approveValues(), "Chấp thuận phạm vi")
	if page := s.page(t, at, "steward"); !strings.Contains(page, "la_dan_toc_thieu_so") || !strings.Contains(page, "Không duyệt") {
		t.Fatal("requested and approved do not stand side by side")
	}
	s.page(t, at+"/provision", "engineer")
	w = s.post(t, at+"/provision", "engineer", url.Values{})
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), ".a1") || strings.Contains(w.Body.String(), "secret__value") {
		t.Fatalf("M7 provision: %d %s", w.Code, w.Body)
	}
	if w := s.post(t, at+"/provision", "engineer", url.Values{}); w.Code == http.StatusOK {
		t.Fatal("provisioned twice")
	}
	if page := s.page(t, at, "engineer"); !strings.Contains(page, at+`/review"`) {
		t.Fatal("the review is not offered")
	}
	if w := s.post(t, at+"/review", "engineer", url.Values{"version": {"1"}, "ok": {"1"}}); w.Code != http.StatusForbidden {
		t.Fatalf("reviewed one's own configuration: %d", w.Code)
	}
	step("engineer", "reconfigure", url.Values{"timeout_ms": {"5000"}, "retries": {"0"}, "cache_seconds": {"0"}, "page_size": {"50"}, "test_calls": {"10"}, "max_p95_ms": {"2000"}, "comment": {"Giảm cỡ trang"}}, "Phiên bản 2")
	step("second", "review", url.Values{"version": {"2"}, "ok": {"1"}}, "Đã kiểm tra")
	step("engineer", "start-testing", nil, "Kiểm thử")
	step("engineer", "test", nil, "01EVIDENCE")
	step("engineer", "pass-testing", nil, "Chờ nghiệm thu")
	step("engineer", "confirm-operator", nil, "Đã xác nhận")
	step("owner", "confirm-owner", nil, "Đã xác nhận")
	step("head", "confirm-requester", nil, "Vận hành chính thức")
	step("owner", "ask-suspend", url.Values{"comment": {"Nâng cấp hệ thống"}}, "Chủ quản đề nghị tạm dừng")
	step("security", "suspend", url.Values{"comment": {"Theo đề nghị"}, "reason_class": {"owner_request"}}, "Đang tạm dừng")
	if page := s.page(t, at, "other"); strings.Contains(page, "Theo đề nghị") || !strings.Contains(page, "Tạm dừng") || strings.Contains(page, "kythuat@example.vn") {
		t.Fatal("others see the progress and nothing more")
	}
	step("security", "terminate", url.Values{"comment": {"Hết nhu cầu"}}, "Chấm dứt")
	if page := s.page(t, "/connections", "other"); !strings.Contains(page, "2026-0001/KNDL-H38.05") || !strings.Contains(page, "Thời gian trung bình") {
		t.Fatal("the list does not show the request")
	}
	if w := s.post(t, at+"/copy", "steward", nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") == at {
		t.Fatalf("copy: %d", w.Code)
	}
}

func TestRefusedFormKeepsWhatWasTyped(t *testing.T) {
	s := newSite(t)
	v := needValues()
	v.Set("calls_per_day", "nhiều")
	w := s.post(t, "/connections", "steward", v)
	if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `value="nhiều"`) || !strings.Contains(body, "kythuat@example.vn") {
		t.Fatalf("%d", w.Code)
	}
	if w := s.send(t, "GET", "/connections", "", "", ""); w.Code != http.StatusSeeOther {
		t.Fatalf("nobody: %d, want a way to sign in", w.Code)
	}
	if w := s.send(t, "GET", "/connections/new", "owner", "", ""); w.Code != http.StatusForbidden {
		t.Fatalf("without the permission: %d", w.Code)
	}
}

// Every step that the table offers has a form, so that nothing can be done by API alone.
func TestEveryActionHasAForm(t *testing.T) {
	s := newSite(t)
	p := &Pages{connections: s.Service}
	// Those of the form of registration, and those that the platform takes itself.
	without := map[connection.Action]bool{
		connection.ActCreate: true, connection.ActChange: true, connection.ActOffer: true, connection.ActLapse: true, connection.ActConvert: true, connection.ActFollowOwner: true,
	}
	for _, tr := range connection.Transitions() {
		if _, known := p.verbOf(tr.Action); !known && !without[tr.Action] {
			t.Errorf("%s has no form", tr.Action)
		}
		if _, has := Messages["connection.action."+string(tr.Action)]; !has {
			t.Errorf("%s has no name", tr.Action)
		}
	}
	for _, state := range connection.States() {
		if _, has := Messages["connection.state."+string(state)]; !has {
			t.Errorf("%s has no name", state)
		}
	}
}

// What a submission lacks stands on another page: each line says its field and leads there.
func TestARefusedSubmissionLeadsToTheFields(t *testing.T) {
	s := newSite(t)
	form := needValues()
	form.Del("calls_per_day")
	at := s.post(t, "/connections", "steward", form).Header().Get("Location")
	w := s.post(t, at+"/submit", "steward", url.Values{"attest": {"1"}})
	if w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("an incomplete need was submitted: %d", w.Code)
	}
	if body := w.Body.String(); !strings.Contains(body, `href="`+at+`/edit#f-calls_per_day"`) || !strings.Contains(body, "Lượt gọi mỗi ngày: ") {
		t.Fatal("the refusal does not lead to the field")
	}
}

func TestOperatorSeesWhatWaitsForIt(t *testing.T) {
	s := newSite(t)
	at := s.post(t, "/connections", "steward", needValues()).Header().Get("Location")
	s.post(t, at+"/impact", "steward", impactValues())
	s.post(t, at+"/submit", "steward", url.Values{"attest": {"1"}})
	if !strings.Contains(s.page(t, "/connections?show=waiting", "appraiser"), at) {
		t.Fatal("a submitted request does not wait for the operator")
	}
	if strings.Contains(s.page(t, "/connections?show=waiting", "steward"), at) {
		t.Fatal("a submitted request still waits for its requester")
	}
}

package acceptance

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// purpose of the connection, and its case reference.
const (
	purpose = "DVC-TTHC"
	caseRef = "H38.09-261124-0007"
)

// connection of the consumer's system with the secret of its credential.
type connection struct {
	ID, ClientID, Secret string
	p                    *province
}

func need() m {
	day := func(d time.Time) string { return d.Format(time.DateOnly) }
	return m{
		"system": callerSystem, "dataset": households, "schema_version": 1, "purposes": []string{purpose}, "legal_basis": "Nghị định 66/2025/NĐ-CP, Điều 7",
		"procedures": []string{"1.005144"}, "fields": []string{"ma_ho", "chu_ho", "so_dinh_danh", "dan_toc", "ma_xa", "so_tien"},
		"rows": []m{{"column": "ma_xa", "in": []string{"02683", "02701"}}}, "expected_subjects": 5000, "level": "use", "method": "api", "frequency": "daily",
		"calls_per_day": 20000, "peak_per_minute": 6000, "response_ms": 2000, "source_addresses": []string{"127.0.0.1"}, "environment": "Trung tâm dữ liệu của tỉnh",
		"technical_contact": m{"name": "Phòng Kỹ thuật", "email": "kythuat@example.vn", "phone": "02140000000"}, "responsible_person": "Chánh Văn phòng Sở",
		"method_answers": m{"nature": "records", "use": "look_up", "speed": "at_once", "infrastructure": "calls"}, "readiness": "ready", "impact": statements("chu_ho", "so_dinh_danh", "dan_toc", "so_tien", "ma_ho", "ma_xa", "ngay_sinh", "gioi_tinh", "dien_thoai"),
		"impact_assessment": "12/ĐGTĐ-SGDĐT", "valid_from": day(time.Now()), "valid_to": day(time.Now().AddDate(0, 11, 0)),
	}
}

// statements say of personal fields why they are needed and that nothing less would do.
func statements(fields ...string) m {
	out := m{}
	for _, f := range fields {
		out[f] = m{"necessity": "cần để giải quyết thủ tục", "alternative": "none", "why": "đáp án có hoặc không chưa đủ để lập quyết định"}
	}
	return out
}

// scope is what is granted: two communes asked, one given; the identifier partly masked, the ethnic group as yes or no.
func scope() m {
	n := need()
	return m{
		"columns": []m{
			{"name": "ma_ho"}, {"name": "chu_ho"}, {"name": "so_dinh_danh", "mask": "partial"}, {"name": "ma_xa"}, {"name": "so_tien"},
			{"name": "dan_toc", "as": "la_dan_toc_thieu_so", "mask": "yes_no", "values": []string{"01"}, "not": true},
		},
		"rows": []m{{"column": "ma_xa", "in": []string{"02701"}}}, "purposes": n["purposes"], "levels": []string{"use"}, "calls_per_minute": 6000, "calls_per_day": 20000,
		"records_per_call": 25, "records_per_day": 100000, "persons_per_day": 100000, "source_addresses": n["source_addresses"], "case_required": true,
		"valid_from": n["valid_from"], "valid_to": n["valid_to"],
	}
}

// checklist passes every question.
func checklist(fields []string) m {
	items, needed := m{}, m{}
	for _, item := range []string{"authority", "function", "purpose", "necessity", "elsewhere", "once_only"} {
		items[item] = m{"answer": "pass"}
	}
	for _, f := range fields {
		needed[f] = m{"needed": true, "alternative": "none", "comment": "cần để giải quyết thủ tục"}
	}
	return m{"items": items, "fields": needed}
}

// step takes one step and gives the answer.
func (c *connection) step(who *harness.Person, verb string, body any) harness.Answer {
	return who.Post("/api/v1/connections/requests/"+c.ID+"/"+verb, body)
}

func (c *connection) must(t *testing.T, who *harness.Person, verb string, body any) harness.Answer {
	t.Helper()
	a := c.step(who, verb, body)
	if a.Status != http.StatusOK {
		t.Fatalf("%s by %s: %s", verb, who.Username, a)
	}
	return a
}

// request registers a need and submits it.
func (p *province) request(t *testing.T, change func(need m)) *connection {
	t.Helper()
	n := need()
	if change != nil {
		change(n)
	}
	var made struct{ ID string }
	ok(t, p.consumerSteward.Post("/api/v1/connections/requests", n), http.StatusCreated).Into(t, &made)
	c := &connection{ID: made.ID, p: p}
	c.must(t, p.consumerSteward, "submit", m{"attest": true})
	return c
}

// approve takes a submitted request through appraisal and the owner's opinion.
func (c *connection) approve(t *testing.T, scope m, fields []string) {
	t.Helper()
	p := c.p
	c.must(t, p.appraiser, "start-appraisal", nil)
	c.must(t, p.appraiser, "appraise", checklist(fields))
	c.must(t, p.appraiser, "ask-owner", m{"questions": "Đề nghị cho ý kiến về phạm vi."})
	c.must(t, p.ownerHead, "opinion", m{"stand": "agree"})
	c.must(t, p.approver, "approve", m{"approved_scope": scope})
}

// provision sets the connection up, keeps its secret, and has the configuration reviewed.
func (c *connection) provision(t *testing.T) {
	t.Helper()
	c.provisionFor(t, c.p.consumerSteward, callerSystem)
}

// provisionFor is provision for another system, whose agency the person belongs to.
func (c *connection) provisionFor(t *testing.T, who *harness.Person, system string) {
	t.Helper()
	var got struct {
		Credential struct{ ID string }
	}
	a := c.must(t, c.p.engineer, "provision", nil)
	a.Into(t, &got)
	if strings.Contains(a.String(), "secret") {
		t.Fatalf("the engineer sees the system's secret: %s", a)
	}
	if got.Credential.ID != "" {
		c.ClientID, c.Secret = c.p.pickUp(t, who, system, got.Credential.ID)
	}
	c.must(t, c.p.second, "review", m{"version": 1, "ok": true})
}

// pickUp takes the secret of a credential, as somebody of the system's own agency.
func (p *province) pickUp(t *testing.T, who *harness.Person, system, credential string) (clientID, secret string) {
	t.Helper()
	var got struct {
		ClientID string `json:"client_id"`
		Secret   string `json:"client_secret"`
	}
	ok(t, who.Post("/api/v1/systems/"+system+"/credentials/"+credential+"/pick-up", nil), http.StatusOK).Into(t, &got)
	return got.ClientID, got.Secret
}

// test runs the platform's own tests and takes the connection to its acceptance.
func (c *connection) test(t *testing.T) {
	t.Helper()
	c.must(t, c.p.engineer, "start-testing", nil)
	var got struct {
		Run struct{ Passed bool }
	}
	a := c.must(t, c.p.engineer, "test", nil)
	a.Into(t, &got)
	if !got.Run.Passed {
		t.Fatalf("the platform's tests do not pass: %s", a.Body[bytes.LastIndex(a.Body, []byte(`"run":`)):])
	}
	c.must(t, c.p.engineer, "pass-testing", nil)
}

// accept takes the three confirmations.
func (c *connection) accept(t *testing.T) {
	t.Helper()
	c.must(t, c.p.engineer, "confirm", m{"party": "operator"})
	c.must(t, c.p.ownerHead, "confirm", m{"party": "owner"})
	c.must(t, c.p.consumerHead, "confirm", m{"party": "requester"})
	if s := c.state(t); s != "live" {
		t.Fatalf("after three confirmations the connection is %s", s)
	}
}

func (c *connection) state(t *testing.T) string {
	t.Helper()
	var got struct{ Request struct{ State string } }
	ok(t, c.p.engineer.Get("/api/v1/connections/requests/"+c.ID), http.StatusOK).Into(t, &got)
	return got.Request.State
}

// live takes a need all the way.
func (p *province) live(t *testing.T, change func(need, scope m)) *connection {
	t.Helper()
	s := scope()
	var asked []string
	c := p.request(t, func(n m) {
		if change != nil {
			change(n, s)
		}
		asked = n["fields"].([]string)
	})
	c.approve(t, s, asked)
	c.provision(t)
	c.test(t)
	c.accept(t)
	return c
}

// token asks the exchange for an access token.
func (c *connection) token(t testing.TB) harness.Answer {
	t.Helper()
	x := harness.NewClient(t, c.p.Exchange).With("Content-Type", "application/x-www-form-urlencoded")
	return x.Post("/oauth2/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.Secret}}.Encode())
}

// client is the consumer's system with a token, purpose and case.
func (c *connection) client(t testing.TB) *harness.Client {
	t.Helper()
	a := c.token(t)
	var got struct {
		Token string `json:"access_token"`
	}
	if a.Status != http.StatusOK {
		t.Fatalf("no token: %s", a)
	}
	a.Into(t, &got)
	return harness.NewClient(t, c.p.Exchange).With("Authorization", "Bearer "+got.Token).With("Lienthong-Purpose", purpose).With("Lienthong-Case", caseRef)
}

const recordsPath = "/data/" + households + "/records"

// page of records as the exchange answers it.
type page struct {
	Dataset string
	Version int64
	Records []map[string]any
	Next    string
}

func readPage(t *testing.T, a harness.Answer) page {
	t.Helper()
	var got page
	if a.Status != http.StatusOK {
		t.Fatalf("no page: %s", a)
	}
	a.Into(t, &got)
	return got
}

// evidence is one record of the log, with its outcome.
type evidence struct {
	Seq     int64
	Hash    string
	Record  map[string]any
	Outcome map[string]any
}

// log reads the access log as the auditor does.
func (p *province) log(t *testing.T, query m) []evidence {
	t.Helper()
	query["reason"] = "Kiểm tra theo kế hoạch 12/KH-TTr"
	var got struct{ Records []evidence }
	ok(t, p.auditor.Post("/api/v1/audit/search", query), http.StatusOK).Into(t, &got)
	return got.Records
}

// decisionOf the call that the answer's request id names: there must be exactly one.
func (p *province) decisionOf(t *testing.T, a harness.Answer) map[string]any {
	t.Helper()
	id := a.Header.Get("X-Request-Id")
	if id == "" {
		t.Fatalf("no X-Request-Id in %s", a)
	}
	var decisions []map[string]any
	for _, e := range p.log(t, m{"request": id}) {
		if e.Record["kind"] == "decision" {
			decisions = append(decisions, e.Record)
		}
	}
	if len(decisions) != 1 {
		t.Fatalf("%d decision records of call %s", len(decisions), id)
	}
	return decisions[0]
}

// denied checks a refusal of the exchange: status, code, Vietnamese sentence, and its one record with the failed check.
func (p *province) denied(t *testing.T, a harness.Answer, status int, code, check string) map[string]any {
	t.Helper()
	refused(t, a, status, code)
	d := p.decisionOf(t, a)
	if v := d["decision"].(map[string]any); v["result"] != "deny" || v["reason"] != check {
		t.Fatalf("the record of %s says %v", code, v)
	}
	if r := d["result"].(map[string]any); r["error_code"] != code {
		t.Fatalf("the record of %s says %v", code, r)
	}
	if strings.Contains(a.String(), "Giàng A Thử") {
		t.Fatalf("a refusal with data: %s", a)
	}
	return d
}

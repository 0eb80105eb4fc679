package crash

import (
	"encoding/base64"
	"fmt"
	"math"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lienthong/acceptance/harness"
	"lienthong/acceptance/invariant"
)

type m = map[string]any

const (
	operator = "H38.02" // Sở Khoa học và Công nghệ
	owner    = "H38.05" // Sở Nông nghiệp và Môi trường
	consumer = "H38.09" // Sở Giáo dục và Đào tạo
	purpose  = "QLNN"
	dataset  = owner + "/tram-quan-trac"
	source   = "nn-quan-trac"

	servicePath = "/svc/" + owner + "/" + source + "/so-lieu/tram"
	operation   = "GET /tram"
)

// world is a platform with a dataset, its source, and consumers that are connected to it.
type world struct {
	*harness.Server
	t testing.TB

	admin, appraiser, approver, engineer, second, security *harness.Person
	steward, head, consumerSteward, consumerHead           *harness.Person

	provider *harness.Recorder
	parties  []*party
	spare    []*party // that will take the place of the first
	former   []*party // whose place was taken

	dark atomic.Bool // the disk is gone: nobody can say how far the log is

	mu      sync.Mutex
	number  int // of the round
	bans    []invariant.Ban
	closed  []revoked       // credentials that nobody may use any more
	round   *history        // where the provider writes what it sees
	trigger chan struct{}   // closed by the provider when the armed call stands before it
	armed   int             // how many calls until then; 0 is never
	release <-chan struct{} // ends the wait of a call that stands before the provider
}

// newWorld sets the platform up as its operator would, by the interface only.
func newWorld(t testing.TB, o harness.Options) *world {
	t.Helper()
	w := &world{Server: harness.Start(t, o), t: t}
	w.awaitToken()
	w.admin = w.SetUpAdmin(t)
	if a := w.admin.Post("/agency/import/profile", ""); a.Status >= 400 {
		t.Fatalf("import the profile of the province: %s", a)
	}
	hire := func(username, name, agency, role string) *harness.Person {
		return w.admin.Hire(t, username, name, agency, nil, role)
	}
	w.appraiser = hire("tham.dinh", "Lò Thị Thẩm", operator, "op_appraiser")
	w.approver = hire("phe.duyet", "Vàng A Duyệt", operator, "op_approver")
	w.engineer = hire("ky.su", "Hoàng Kỹ Sư", operator, "op_engineer")
	w.second = hire("ky.su.hai", "Giàng Kỹ Sư", operator, "op_engineer")
	w.security = hire("an.toan", "Đặng An Toàn", operator, "op_security")
	w.steward = hire("dau.moi.nn", "Sùng Đầu Mối", owner, "steward")
	w.head = hire("thu.truong.nn", "Phạm Thủ Trưởng", owner, "agency_head")
	w.consumerHead = hire("thu.truong.gd", "Lê Thủ Trưởng", consumer, "agency_head")
	w.consumerSteward = hire("dau.moi.gd", "Trần Đầu Mối", consumer, "steward")
	for _, agency := range []string{operator, owner, consumer} {
		w.must(w.admin.Post("/api/v1/agencies/"+agency+"/stewards", m{"name": "Phòng Dữ liệu số", "decision": "12/QĐ ngày 01/03/2026", "valid_from": "2026-03-01"}))
	}
	return w
}

// awaitToken waits for the set-up token, which the server prints when it already answers.
func (w *world) awaitToken() {
	w.t.Helper()
	for until := time.Now().Add(10 * time.Second); w.SetUp == "" && time.Now().Before(until); {
		if err := w.WaitReady(time.Second); err != nil {
			w.t.Fatal(err)
		}
	}
}

// must fails the test unless the answer is a success.
func (w *world) must(a harness.Answer) harness.Answer {
	w.t.Helper()
	if a.Status < 200 || a.Status > 299 {
		w.t.Fatalf("refused: %s", a)
	}
	return a
}

// system registers an information system with an approved security level.
func (w *world) system(id, name, agency string) {
	w.t.Helper()
	w.must(w.engineer.Post("/api/v1/systems", m{"id": id, "name": name, "owner": agency, "category": "sector", "layer": "source", "address": "https://" + id + ".example.test", "contact": "Phòng Dữ liệu số"}))
	var made struct{ ID string }
	w.must(w.engineer.Post("/api/v1/systems/"+id+"/levels", m{"level": 3, "number": "07/HSĐX-CĐ", "justification": "Hệ thống quan trắc phục vụ chỉ đạo, điều hành của tỉnh"})).Into(w.t, &made)
	w.must(w.security.Post("/api/v1/systems/"+id+"/levels/"+made.ID+"/record", m{
		"authority": "Ủy ban nhân dân tỉnh", "decision": "07/QĐ-UBND", "decided_at": "2026-03-02", "valid_to": day(300), "checked_at": "2026-01-05",
		"file": m{"name": "Quyết định.pdf", "content": []byte("%PDF-1.7\n")},
	}))
}

func day(ahead int) string { return time.Now().AddDate(0, 0, ahead).Format(time.DateOnly) }

// register takes a dataset of the owner into the issued catalogue. Every row names the load that it came with, so that a
// reader sees whether he sees a load whole.
func (w *world) register(slug string) {
	w.t.Helper()
	at := "/api/v1/datasets/" + owner + "/" + slug
	w.must(w.steward.Post("/api/v1/datasets", m{
		"slug": slug, "name": "Trạm quan trắc " + slug, "description": "Số liệu các trạm quan trắc môi trường tự động của tỉnh, theo lần nạp, dùng cho kiểm thử.",
		"sharing": m{"everyone": true, "fields": []string{"ma", "lo", "gia_tri"}, "purposes": []string{purpose}, "levels": []string{"use"}},
		"method":  "file", "method_reason": "Phần mềm chưa có giao diện", "automate_by": "2027-06-30", "frequency": "daily", "formats": []string{"CSV"},
		"legal_basis": "Điều 9 Quy chế dữ liệu số", "form": "table", "nature": "specialised", "scope": "shared", "class": "internal", "official_system": source,
	}))
	field := func(name, label, element string, key bool) m {
		return m{"name": name, "label": label, "element": element, "required": true, "key": key, "class": "internal"}
	}
	w.must(w.steward.Post(at+"/schema", m{"fields": []m{
		field("ma", "Mã trạm", "ma_dinh_danh_noi_bo", true), field("lo", "Lô nạp", "ghi_chu", false), field("gia_tri", "Giá trị", "so_luong", false),
	}}))
	w.must(w.steward.Post(at+"/register", m{"not_secret": true, "attest": true}))
	w.must(w.appraiser.Post(at+"/review", m{"basis": "Điều 7 Quy chế"}))
	w.must(w.approver.Post(at+"/approve", nil))
	harness.IssueList(w.t, harness.Catalogue, w.appraiser, w.approver)
}

// rows of each load.
const rows = 40

// content is a load whose every row carries its key.
func content(key string) string {
	var b strings.Builder
	b.WriteString("ma,lo,gia_tri\n")
	for i := range rows {
		fmt.Fprintf(&b, "tram-%02d,%s,%d\n", i, key, i)
	}
	return b.String()
}

func deliverPath(set, key string) string {
	return "/api/v1/ingest/deliveries?" + url.Values{"dataset": {set}, "system": {source}, "file_name": {key + ".csv"},
		"data_time": {time.Now().UTC().Format(time.RFC3339)}, "declaration": {"not-secret"}}.Encode()
}

type delivery struct {
	ID, State string
	Counts    struct{ Accepted int64 }
	Refusal   *struct{ Code string }
}

// deliver brings a load in and waits until it is published.
func (w *world) deliver(set, key string) delivery {
	w.t.Helper()
	var d delivery
	w.must(w.steward.With("Content-Type", "text/csv").With("Idempotency-Key", key).Post(deliverPath(set, key), content(key))).Into(w.t, &d)
	return w.settled(w.steward, d.ID)
}

// settled waits until a delivery has come to its end.
func (w *world) settled(p *harness.Person, id string) delivery {
	w.t.Helper()
	var got struct{ Delivery delivery }
	for until := time.Now().Add(30 * time.Second); ; {
		w.must(p.Get("/api/v1/ingest/deliveries/"+id)).Into(w.t, &got)
		d := got.Delivery
		if d.State != "received" && d.State != "checking" {
			return d
		}
		if time.Now().After(until) {
			w.t.Fatalf("delivery %s is still %s", id, d.State)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// party is a connected consumer.
type party struct {
	System, Request, Client, Secret, Credential string
}

// connect takes a consumer's request from its draft to a live connection.
func (w *world) connect(system, set string) *party {
	w.t.Helper()
	var r struct{ ID string }
	w.must(w.consumerSteward.Post("/api/v1/connections/requests", m{
		"system": system, "dataset": set, "schema_version": 1, "purposes": []string{purpose}, "legal_basis": "khoản 2 Điều 9 Quy chế dữ liệu số", "procedures": []string{"1.000123"},
		"fields": []string{"ma", "lo", "gia_tri"}, "operations": []string{operation}, "expected_subjects": 40, "level": "use", "method": "api", "frequency": "daily", "calls_per_day": 50_000_000, "peak_per_minute": 1_000_000,
		"response_ms": 20_000, "source_addresses": []string{"127.0.0.0/8"}, "environment": "máy chủ của Sở", "technical_contact": m{"name": "Phòng CNTT", "email": "cntt@example.test", "phone": "02140000000"},
		"responsible_person": "Trưởng phòng CNTT", "method_answers": m{"nature": "records", "use": "look_up", "speed": "at_once", "infrastructure": "calls"}, "readiness": "ready",
		"valid_from": day(-1), "valid_to": day(200),
	})).Into(w.t, &r)
	at := "/api/v1/connections/requests/" + r.ID + "/"
	w.must(w.consumerSteward.Post(at+"submit", m{"attest": true}))
	w.must(w.appraiser.Post(at+"start-appraisal", m{}))
	items, fields := m{}, m{}
	for _, x := range []string{"authority", "function", "purpose", "necessity", "elsewhere", "once_only"} {
		items[x] = m{"answer": "pass"}
	}
	for _, x := range []string{"ma", "lo", "gia_tri"} {
		fields[x] = m{"needed": true}
	}
	w.must(w.appraiser.Post(at+"appraise", m{"items": items, "fields": fields}))
	w.must(w.appraiser.Post(at+"ask-owner", m{"questions": "Đề nghị cho ý kiến"}))
	w.must(w.steward.Post(at+"opinion", m{"stand": "agree"}))
	w.must(w.approver.Post(at+"approve", m{"approved_scope": m{
		"columns": []m{{"name": "ma"}, {"name": "lo"}, {"name": "gia_tri"}}, "operations": []string{operation}, "purposes": []string{purpose}, "levels": []string{"use"}, "calls_per_minute": 1_000_000,
		"calls_per_day": 50_000_000, "source_addresses": []string{"127.0.0.0/8"}, "valid_from": day(-1), "valid_to": day(200),
	}}))
	var granted struct {
		Credential struct{ ID string }
	}
	w.must(w.engineer.Post(at+"provision", m{})).Into(w.t, &granted)
	var secret struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	w.must(w.consumerSteward.Post("/api/v1/systems/"+system+"/credentials/"+granted.Credential.ID+"/pick-up", nil)).Into(w.t, &secret)
	w.must(w.second.Post(at+"review", m{"version": 1, "ok": true}))
	w.must(w.engineer.Post(at+"start-testing", m{}))
	w.must(w.engineer.Post(at+"test", nil))
	w.must(w.engineer.Post(at+"pass-testing", m{}))
	w.must(w.engineer.Post(at+"confirm", m{"party": "operator"}))
	w.must(w.head.Post(at+"confirm", m{"party": "owner"}))
	w.must(w.consumerHead.Post(at+"confirm", m{"party": "requester"}))
	return &party{System: system, Request: r.ID, Client: secret.ClientID, Secret: secret.ClientSecret, Credential: granted.Credential.ID}
}

type credential struct {
	ID       string
	ClientID string `json:"client_id"`
	Label    string
	PickedUp time.Time `json:"picked_up_at"`
	Revoked  time.Time `json:"revoked_at"`
}

func (w *world) credentials(system string) []credential {
	w.t.Helper()
	var got struct{ Credentials []credential }
	w.must(w.engineer.Get("/api/v1/systems/"+system+"/credentials")).Into(w.t, &got)
	return got.Credentials
}

// revoked is a credential that was taken back, with a token that was issued before.
type revoked struct {
	key                               string
	party                             *party
	credential, client, secret, token string
}

func (w *world) revoked(r revoked) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = append(w.closed, r)
}

// ban keeps that a right was taken away; it holds in all later rounds.
func (w *world) ban(b invariant.Ban) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bans = append(w.bans, b)
}

// lift ends a ban at the moment when somebody begins to give the right back.
func (w *world) lift(key string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.bans {
		if w.bans[i].Key == key && w.bans[i].To.IsZero() {
			w.bans[i].To = at
		}
	}
}

// stateOf the party's connection; false when the server did not answer.
func (w *world) stateOf(c *harness.Client, p *party) (string, bool) {
	a, err := c.Try("GET", "/api/v1/connections/requests/"+p.Request, nil)
	if err != nil || a.Status != 200 {
		return "", false
	}
	var got struct{ Request struct{ State string } }
	a.Into(w.t, &got)
	return got.Request.State, true
}

// mark says how far the log has come; as far as anything when its disk is gone.
func (w *world) mark() invariant.Mark {
	got, err := invariant.ReadMark(w.auditDir())
	if err == nil {
		return got
	}
	if !w.dark.Load() {
		w.t.Error(err)
	}
	return invariant.Mark{Segment: math.MaxInt64}
}

// auditDir is where the server keeps its log.
func (w *world) auditDir() string { return filepath.Join(w.Dir, "audit") }

func basic(client, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(client)+":"+url.QueryEscape(secret)))
}

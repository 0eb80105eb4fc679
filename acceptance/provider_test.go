package acceptance

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

const (
	online     = "H38.05/ho-ngheo-truc-tuyen" // a dataset that no file fills: its owner's service answers
	onlinePath = "/svc/H38.05/" + sourceSystem + "/ho"
	trace      = "java.lang.NullPointerException: vn.gov.laocai.HoDao.find(HoDao.java:42)"
)

// source is the owner's system: records by key, in its own nested shape.
type source struct {
	*harness.Recorder
	mu     sync.Mutex
	kept   map[string]m
	fault  string // an answer instead of the record
	status int
	pause  time.Duration // before an answer
}

func newSource(t *testing.T) *source {
	s := &source{kept: map[string]m{}}
	for key, commune := range map[string]string{"H00001": "02701", "H00002": "02701", "H00003": "02683"} {
		s.kept[key] = m{
			"ma_ho": key, "chu_ho": m{"ho_ten": "Giàng A Thử " + key, "so_dinh_danh": "9990660000" + key[4:], "dien_thoai": "0912000111"}, "dan_toc": "02", "ma_xa": commune,
			"so_tien": json.Number("1500001.50"), "thanh_vien": []m{{"ten": "Giàng Thị Con", "ngay_sinh": "2015-05-01"}, {"ten": "Giàng A Con"}}, "ghi_chu_noi_bo": "không công bố",
		}
	}
	s.Recorder = harness.NewRecorder(t, s.answer)
	return s
}

func (s *source) says(status int, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status, s.fault = status, body
}

// slow makes the source wait before it answers.
func (s *source) slow(pause time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pause = pause
}

func (s *source) answer(r *http.Request) (int, http.Header, []byte) {
	s.mu.Lock()
	time.Sleep(s.pause)
	defer s.mu.Unlock()
	plain := http.Header{"Content-Type": {"application/json"}, "X-Powered-By": {"Máy chủ nội bộ"}}
	if s.fault != "" {
		return s.status, plain, []byte(s.fault)
	}
	key, one := strings.CutPrefix(r.URL.Path, "/api/ho/")
	if !one {
		var all []m
		for _, k := range slices.Sorted(maps.Keys(s.kept)) {
			all = append(all, s.kept[k])
		}
		body, _ := json.Marshal(m{"tong": len(all), "may_chu": "10.0.0.8", "data": all})
		return http.StatusOK, plain, body
	}
	rec, known := s.kept[key]
	if !known {
		return http.StatusNotFound, plain, []byte(`{"loi":"` + trace + `"}`)
	}
	if r.Method == http.MethodPut {
		s.write(rec)
		body, _ := json.Marshal(rec)
		return http.StatusOK, plain, body
	}
	body, _ := json.Marshal(rec)
	packed := plain.Clone()
	packed.Set("Content-Encoding", "gzip")
	return http.StatusOK, packed, zipped(body)
}

// value is what the source holds of a record.
func (s *source) value(key, name string) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept[key][name]
}

// write lays the newest request's body over the record.
func (s *source) write(rec m) {
	all := s.Requests()
	_, body, _ := bytes.Cut(all[len(all)-1], []byte("\r\n\r\n"))
	change := m{}
	_ = json.Unmarshal(body, &change) // of our own test
	for name, value := range change {
		if inner, nested := value.(map[string]any); nested {
			maps.Copy(rec[name].(m), inner)
			continue
		}
		rec[name] = value
	}
}

func zipped(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body)
	_ = z.Close()
	return b.Bytes()
}

// service declares the owner's service; places of nested fields are part of the declaration.
func service(base string) m {
	places := m{"chu_ho": "chu_ho.ho_ten", "so_dinh_danh": "chu_ho.so_dinh_danh", "ngay_sinh": "thanh_vien.ngay_sinh"}
	return m{
		"owner": owner, "system": sourceSystem, "name": "ho", "dataset": online, "base": base + "/api", "addresses": []string{"127.0.0.1/32"}, "operations": []m{
			{"method": "GET", "path": "/ho/{ma_ho}", "subject": "ma_ho", "records": "$", "key": "so_dinh_danh", "fields": places},
			{"method": "GET", "path": "/ho", "records": "$.data", "envelope": []string{"tong"}, "key": "so_dinh_danh", "fields": places, "params": []m{{"name": "xa", "column": "ma_xa"}}},
			{"method": "PUT", "path": "/ho/{ma_ho}", "updates": true, "subject": "ma_ho", "records": "$", "key": "so_dinh_danh", "fields": places},
			{"method": "GET", "path": "/thong-ke", "records": "$"},
		},
	}
}

func provided(t *testing.T) (*province, *source) { t.Helper(); return providedBy(t, harness.Options{}) }

func providedBy(t *testing.T, o harness.Options) (*province, *source) {
	t.Helper()
	p := newProvince(t, o)
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	p.registerSystem(t, callerSystem, "Cơ sở dữ liệu ngành giáo dục", consumer)
	p.registerDataset(t, "ho-ngheo-truc-tuyen", nil)
	s := newSource(t)
	a := p.engineer.Post("/api/v1/exchange/services", service(s.URL))
	if a.Status != http.StatusOK && a.Status != http.StatusCreated {
		t.Fatalf("register the service: %s", a)
	}
	return p, s
}

func askOnline(n, s m) {
	n["dataset"], n["operations"], n["test_subjects"] = online, []string{"GET /ho/{ma_ho}", "GET /ho"}, []string{"H00001"}
	n["fields"] = append(n["fields"].([]string), "ngay_sinh")
	s["operations"] = n["operations"]
	s["columns"] = append(s["columns"].([]m), m{"name": "ngay_sinh", "mask": "generalise"})
}

func TestProviderService(t *testing.T) {
	p, s := provided(t)
	t.Run("R12.2a3 what comes through a service must be asked by operation, with data for tests", func(t *testing.T) { asksByOperation(t, p) })
	c := p.live(t, askOnline)
	t.Run("R12.2d1 the tests called the provider through the exchange", func(t *testing.T) { testedThroughExchange(t, c) })
	x := c.client(t)
	t.Run("R10.1a one record: nested, masked, gzip, nothing else", func(t *testing.T) { oneRecord(t, p, x, s) })
	t.Run("R10.1a a list keeps to the granted rows", func(t *testing.T) { listWithinRows(t, x) })
	t.Run("R21.5 a record outside the rows is no record", func(t *testing.T) {
		refused(t, x.Get(onlinePath+"/ho/H00003"), http.StatusNotFound, "exchange.record_not_found")
	})
	t.Run("what the provider says wrongly does not leave", func(t *testing.T) { providerGoesWrong(t, x, s) })
	t.Run("R16.5b a use grant changes nothing", func(t *testing.T) { changesNothing(t, p, x, s) })
	t.Run("R21.3c the owner's update grant passes, once", func(t *testing.T) { ownerUpdates(t, p, s) })
	t.Run("R12.2d1 a dataset with both ways is tested on both", func(t *testing.T) { bothWays(t, p) })
}

func asksByOperation(t *testing.T, p *province) {
	submit := func(change func(n m)) harness.Answer {
		n, sc := need(), scope()
		askOnline(n, sc)
		change(n)
		var made struct{ ID string }
		p.consumerSteward.Must(p.consumerSteward.Post("/api/v1/connections/requests", n), http.StatusCreated).Into(t, &made)
		c := &connection{ID: made.ID, p: p}
		return c.step(p.consumerSteward, "submit", m{"attest": true})
	}
	refused(t, submit(func(n m) { delete(n, "operations") }), http.StatusUnprocessableEntity, "connection.operation_missing")
	refused(t, submit(func(n m) { n["operations"] = []string{"GET /tat-ca"} }), http.StatusUnprocessableEntity, "connection.operation_unknown")
	refused(t, submit(func(n m) { n["operations"], n["test_body"] = []string{"PUT /ho/{ma_ho}"}, "{}" }), http.StatusUnprocessableEntity, "connection.operation_updates")
	refused(t, submit(func(n m) { n["test_subjects"] = []string{"010199000123"} }), http.StatusUnprocessableEntity, "connection.test_subject_real")
}

type report struct {
	Runs []struct {
		Passed bool
		Cases  []struct {
			Name, Subject, Code, Request string
			Evidence                     string `json:"evidence_id"`
			Pass                         bool
		}
		Accuracy struct {
			Records int64
			Percent float64
		}
	}
}

func testedThroughExchange(t *testing.T, c *connection) {
	var got report
	c.p.engineer.Must(c.p.engineer.Get("/api/v1/connections/requests/"+c.ID), http.StatusOK).Into(t, &got)
	run := got.Runs[0]
	if !run.Passed || run.Accuracy.Percent != 100 || run.Accuracy.Records != 3 { // one by its key, two of the commune
		t.Fatalf("the report: %+v", run)
	}
	codes := map[string]string{}
	for _, k := range run.Cases {
		codes[k.Name+" "+k.Subject] = k.Code
		if k.Evidence == "" || strings.Contains(k.Request, "H00001") {
			t.Errorf("a case without evidence, or with a subject: %+v", k)
		}
	}
	for name, code := range map[string]string{
		"forbidden_operation GET /thong-ke": "access.operation_not_granted", "forbidden_operation PUT /ho/{ma_ho}": "access.level_required",
		"unsafe_method PATCH /ho/{ma_ho}": "exchange.method_not_granted", "unknown_operation GET /ho/{ma_ho}": "exchange.operation_unknown",
		"not_accepted GET /ho/{ma_ho}": "access.not_accepted",
	} {
		if codes[name] != code {
			t.Errorf("case %s: %q, want %q", name, codes[name], code)
		}
	}
	samples := 0
	for _, e := range c.p.log(t, m{"event": "data.verify", "dataset": online}) {
		if e.Record["channel"] == "job" {
			samples++
		}
	}
	if samples != 2 {
		t.Errorf("%d records of samples taken from the provider, want one for each operation", samples)
	}
}

func oneRecord(t *testing.T, p *province, x *harness.Client, s *source) {
	s.Forget()
	a := x.Get(onlinePath + "/ho/H00001")
	ok(t, a, http.StatusOK)
	want := `{"ma_ho":"H00001","chu_ho":{"ho_ten":"Giàng A Thử H00001","so_dinh_danh":"999•••••0001"},"la_dan_toc_thieu_so":true,"ma_xa":"02701","so_tien":1500001.50,"thanh_vien":[{"ngay_sinh":"2015"},{}]}`
	if !sameJSON(a.Body, want) {
		t.Fatalf("got  %s\nwant %s", a.Body, want)
	}
	if !bytes.Contains(a.Body, []byte("1500001.50")) {
		t.Error("a number was written anew")
	}
	for _, h := range []string{"X-Powered-By", "Content-Encoding"} {
		if a.Header.Get(h) != "" {
			t.Errorf("header %s of the provider came through", h)
		}
	}
	seen := s.Requests()
	if len(seen) != 1 || bytes.Contains(seen[0], []byte("Bearer")) || !bytes.Contains(seen[0], []byte("Lienthong-Purpose: "+purpose)) || bytes.Contains(seen[0], []byte("Lienthong-Test")) {
		t.Errorf("the provider got %q", seen)
	}
	d := p.decisionOf(t, a)
	if op := d["target"].(map[string]any)["operation"]; op != "GET "+onlinePath+"/ho/{ma_ho}" {
		t.Errorf("the record names operation %v", op)
	}
}

func sameJSON(a []byte, b string) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	left, _ := json.Marshal(x)
	right, _ := json.Marshal(y)
	return bytes.Equal(left, right)
}

func listWithinRows(t *testing.T, x *harness.Client) {
	var got struct {
		Tong int
		Data []map[string]any
		Host string `json:"may_chu"`
	}
	a := ok(t, x.Get(onlinePath+"/ho?xa=02701"), http.StatusOK)
	a.Into(t, &got)
	if len(got.Data) != 2 || got.Host != "" || bytes.Contains(a.Body, []byte("H00003")) || bytes.Contains(a.Body, []byte("dien_thoai")) || bytes.Contains(a.Body, []byte("ghi_chu")) {
		t.Fatalf("%s", a)
	}
	refused(t, x.Get(onlinePath+"/ho?kieu=1"), http.StatusBadRequest, "exchange.parameter_unknown")
}

func providerGoesWrong(t *testing.T, x *harness.Client, s *source) {
	defer s.says(0, "")
	good := `"ma_xa":"02701","chu_ho":{"ho_ten":"Giàng A Thử"}}`
	for _, c := range []struct {
		name, body, code string
		status           int
	}{
		{"one name twice", `{"ma_ho":"H1","ma_ho":"H2",` + good, "exchange.provider_unreadable", 200},
		{"one name twice in what is dropped anyway", `{"x":{"a":1,"a":2},` + good, "exchange.provider_unreadable", 200},
		{"more after the end", `{"ma_ho":"H1",` + good + `{}`, "exchange.provider_unreadable", 200},
		{"half an answer", `{"ma_ho":"H1","ma_xa":"02701","chu_ho":{"ho_ten":"Giàng A Thử`, "exchange.provider_unreadable", 200},
		{"an error with its stack trace", trace, "exchange.provider_error", 500},
		{"a redirect", `{}`, "exchange.provider_redirect", 302},
	} {
		s.says(c.status, c.body)
		a := x.Get(onlinePath + "/ho/H00001")
		refused(t, a, http.StatusBadGateway, c.code)
		if bytes.Contains(a.Body, []byte("java.lang")) || bytes.Contains(a.Body, []byte("Giàng A Thử")) {
			t.Errorf("%s: the provider's words came through: %s", c.name, a)
		}
	}
	s.says(0, "")
	a := x.Get(onlinePath + "/ho/H99999")
	refused(t, a, http.StatusNotFound, "exchange.record_not_found") // the same as for a record outside the rows
	if bytes.Contains(a.Body, []byte("java.lang")) {
		t.Errorf("the body of an undeclared status came through: %s", a)
	}
}

func changesNothing(t *testing.T, p *province, x *harness.Client, s *source) {
	s.Forget()
	body := m{"so_tien": 9}
	p.denied(t, x.Do(http.MethodPut, onlinePath+"/ho/H00001", body), http.StatusForbidden, "access.level_required", "LEVEL")
	p.denied(t, x.Do(http.MethodPatch, onlinePath+"/ho/H00001", body), http.StatusForbidden, "exchange.method_not_granted", "SCOPE")
	p.denied(t, x.Do(http.MethodDelete, onlinePath+"/ho/H00001", nil), http.StatusForbidden, "exchange.method_not_granted", "SCOPE")
	p.denied(t, x.Get(onlinePath+"/thong-ke"), http.StatusForbidden, "access.operation_not_granted", "SCOPE")
	p.denied(t, x.With("Lienthong-Purpose", "QLNN").Get(onlinePath+"/ho/H00001"), http.StatusForbidden, "access.purpose_mismatch", "PURPOSE")
	if seen := s.Requests(); len(seen) != 0 {
		t.Fatalf("a refused call reached the provider: %q", seen)
	}
}

// ownerUpdates: the owner's other system gets the right to update, by the same process, and every call is made once.
func ownerUpdates(t *testing.T, p *province, s *source) {
	const updater = "mot-cua-ho-ngheo"
	p.registerSystem(t, updater, "Phần mềm cập nhật hộ nghèo", owner)
	second := p.admin.Hire(t, "thu.truong.hai.nn", "Vàng Thủ Trưởng", owner, nil, "agency_head")
	asked := []string{"ma_ho", "chu_ho", "ma_xa", "so_tien"}
	n, sc := need(), scope()
	maps.Copy(n, m{
		"dataset": online, "system": updater, "level": "update", "fields": asked, "operations": []string{"PUT /ho/{ma_ho}"}, "test_subjects": []string{"H00002"},
		"test_body": `{"chu_ho":{"ho_ten":"Giàng A Kiểm Thử"},"so_tien":1600000}`,
	})
	maps.Copy(sc, m{"levels": []string{"update"}, "operations": n["operations"], "columns": []m{{"name": "ma_ho"}, {"name": "chu_ho"}, {"name": "ma_xa"}, {"name": "so_tien"}}})
	var made struct{ ID string }
	p.ownerSteward.Must(p.ownerSteward.Post("/api/v1/connections/requests", n), http.StatusCreated).Into(t, &made)
	c := &connection{ID: made.ID, p: p}
	c.must(t, p.ownerSteward, "submit", m{"attest": true})
	c.approve(t, sc, asked)
	c.provisionFor(t, p.ownerSteward, updater)
	c.test(t)
	c.must(t, p.engineer, "confirm", m{"party": "operator"})
	c.must(t, p.ownerHead, "confirm", m{"party": "owner"})
	c.must(t, second, "confirm", m{"party": "requester"})
	if state := c.state(t); state != "live" {
		t.Fatalf("the connection is %s", state)
	}
	x := c.client(t)
	s.Forget()
	a := ok(t, x.With("Idempotency-Key", "7").Do(http.MethodPut, onlinePath+"/ho/H00002", m{"chu_ho": m{"ho_ten": "Giàng A Mới"}, "so_tien": 1700000}), http.StatusOK)
	if !sameJSON(a.Body, `{"ma_ho":"H00002","chu_ho":{"ho_ten":"Giàng A Mới"},"ma_xa":"02701","so_tien":1700000}`) {
		t.Errorf("the answer of an update: %s", a)
	}
	seen := s.Requests()
	// First the record is read, to see that it lies within the granted rows; then it is changed, once.
	if len(seen) != 2 || !bytes.HasPrefix(seen[0], []byte("GET /api/ho/H00002 ")) || !bytes.HasPrefix(seen[1], []byte("PUT /api/ho/H00002 ")) || !bytes.Contains(bytes.ToLower(seen[1]), []byte("idempotency-key: 7")) {
		t.Fatalf("the provider got %q", seen)
	}
	d := p.decisionOf(t, a)
	if d["event"] != "data.update" || d["decision"].(map[string]any)["result"] != "allow" {
		t.Errorf("the record of an update: %v", d)
	}
	if seen, err := time.Parse(time.RFC3339Nano, d["ts"].(string)); err != nil || seen.IsZero() {
		t.Errorf("when was it? %v", d["ts"])
	}
	p.denied(t, x.Get(onlinePath+"/ho/H00002"), http.StatusForbidden, "access.level_required", "LEVEL")
}

// bothWays: once a file is published too, the tests of the next connection ask warehouse and provider.
func bothWays(t *testing.T, p *province) {
	if d := deliver(t, p.ownerSteward, online, file(12)); d.State != "published" {
		t.Fatalf("the file: %+v", d)
	}
	c := p.live(t, askOnline)
	var got report
	c.p.engineer.Must(c.p.engineer.Get("/api/v1/connections/requests/"+c.ID), http.StatusOK).Into(t, &got)
	var samples []string
	for _, k := range got.Runs[0].Cases {
		if k.Name == "sample" {
			samples = append(samples, k.Subject)
		}
	}
	if !slices.Equal(samples, []string{"", "GET /ho/{ma_ho}", "GET /ho"}) {
		t.Fatalf("samples of %q", samples)
	}
	x := c.client(t)
	if page := readPage(t, x.Get("/data/"+online+"/records")); len(page.Records) != 6 {
		t.Errorf("%d records of the warehouse", len(page.Records))
	}
	ok(t, x.Get(onlinePath+"/ho/H00001"), http.StatusOK)
}

package provider_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"lienthong/internal/demo/provider"
	"lienthong/internal/demo/world"
)

func small(t *testing.T) *world.World {
	t.Helper()
	w, err := world.Generate(1, world.Small())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func start(t *testing.T, w *world.World, system string, o provider.Options) *provider.Server {
	t.Helper()
	s, err := provider.Start(context.Background(), w, system, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

type answer struct {
	status int
	header http.Header
	body   string
}

// call sends without following redirects and without undoing compression.
func call(t *testing.T, method, url, body string, header ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(b)}
}

func decode(t *testing.T, a answer) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return out
}

func TestOneRecordAsTheContractHasIt(t *testing.T) {
	w := small(t)
	s := start(t, w, world.SysCivil, provider.Options{})
	f := w.Truth.Family
	got := decode(t, call(t, "GET", s.URL()+"/khai-sinh/"+f.Child.ID, ""))
	if got["ho_ten"] != f.Child.Name || got["so_dinh_danh_me"] != f.Mother.ID || len(got) != len(w.Dataset(world.Births).Schema.Fields) {
		t.Fatalf("got %v", got)
	}
	nested := decode(t, call(t, "GET", s.URL()+"/khai-sinh/"+f.Child.ID+"/chi-tiet", ""))
	if parents, ok := nested["cha_me"].([]any); !ok || len(parents) != 2 {
		t.Fatalf("got %v", nested)
	}
	if a := call(t, "GET", s.URL()+"/khai-sinh/999000000000", ""); a.status != 404 {
		t.Fatalf("an unknown person answers %d", a.status)
	}
}

func TestListsInPagesAndFilters(t *testing.T) {
	w := small(t)
	s := start(t, w, world.SysEducation, provider.Options{})
	first := decode(t, call(t, "GET", s.URL()+"/truong-hoc?so_dong=7", ""))
	second := decode(t, call(t, "GET", s.URL()+"/truong-hoc?so_dong=7&trang=2", ""))
	total := float64(len(w.Dataset(world.Schools).Files[0].Rows))
	one, _ := first["du_lieu"].([]any)
	two, _ := second["du_lieu"].([]any)
	if first["tong"] != total || len(one) != 7 || len(two) != 7 || jsonText(t, one[0]) == jsonText(t, two[0]) {
		t.Fatalf("got %v", first["tong"])
	}
	one0, _ := one[0].(map[string]any)
	if _, isNumber := one0["so_lop"].(float64); !isNumber {
		t.Errorf("so_lop is %T", one0["so_lop"])
	}
	yty := decode(t, call(t, "GET", s.URL()+"/truong-hoc?ma_xa=02701", ""))
	if n, _ := yty["tong"].(float64); n < 1 || n >= total {
		t.Errorf("a commune has %v schools", yty["tong"])
	}
	if a := call(t, "GET", s.URL()+"/truong-hoc?bang=1", ""); a.status != 400 {
		t.Errorf("an unknown parameter answers %d", a.status)
	}
	found := decode(t, call(t, "POST", s.URL()+"/hoc-sinh/tra-cuu", `{"so_dinh_danh":"`+w.Truth.Family.Child.ID+`"}`))
	if found["tong"] != float64(1) {
		t.Errorf("the look-up found %v", found["tong"])
	}
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestOwnerUpdatesItsSource(t *testing.T) {
	w := small(t)
	s := start(t, w, world.SysAllowance, provider.Options{})
	d := w.Dataset(world.Allowances)
	slug := strings.SplitN(string(d.Code()), "/", 2)[1]
	at := s.URL() + "/" + slug + "/" + d.Files[0].Rows[0][0]
	before := d.Files[0].Rows[0][d.Files[0].Column("tinh_trang")]
	got := decode(t, call(t, "PUT", at, `{"tinh_trang":"THOI_HUONG","muc_huong":750000}`, "Idempotency-Key", "k1"))
	if got["tinh_trang"] != "THOI_HUONG" || got["muc_huong"] != float64(750000) {
		t.Fatalf("got %v", got)
	}
	again := decode(t, call(t, "PUT", at, `{"tinh_trang":"TAM_DUNG"}`, "Idempotency-Key", "k1"))
	if again["tinh_trang"] != "THOI_HUONG" {
		t.Error("a repeated update changed the record a second time")
	}
	for name, body := range map[string]string{"its key": `{"ma_doi_tuong":"X"}`, "an unknown field": `{"la":"1"}`} {
		if a := call(t, "PUT", at, body); a.status != 422 {
			t.Errorf("an update of %s answers %d", name, a.status)
		}
	}
	if now := d.Files[0].Rows[0][d.Files[0].Column("tinh_trang")]; now != before {
		t.Error("the update changed the world")
	}
}

func TestBehavioursCanBeSwitched(t *testing.T) {
	w := small(t)
	s := start(t, w, world.SysCivil, provider.Options{})
	at := s.URL() + "/khai-sinh/" + w.Truth.Family.Child.ID
	good := call(t, "GET", at, "")
	cases := []struct {
		name string
		b    provider.Behaviour
		ok   func(a answer) bool
	}{
		{"error with a stack trace", provider.Behaviour{Fail: true}, func(a answer) bool { return a.status == 500 && strings.Contains(a.body, "ORA-00942") }},
		{"extra fields", provider.Behaviour{Extra: true}, func(a answer) bool { return strings.Contains(a.body, "mat_khau_tam") }},
		{"changed schema", provider.Behaviour{Changed: true}, func(a answer) bool {
			return !strings.Contains(a.body, `"ho_ten"`) && strings.Contains(a.body, `"HOTEN"`)
		}},
		{"a name twice", provider.Behaviour{Twice: true}, func(a answer) bool { return strings.Count(a.body, `"so_dinh_danh":`) == 2 }},
		{"a huge body", provider.Behaviour{Huge: 3 << 20}, func(a answer) bool { return len(a.body) > 3<<20 }},
		{"half an answer", provider.Behaviour{Cut: true}, func(a answer) bool { return len(a.body) == len(good.body)/2 }},
		{"a redirect", provider.Behaviour{Redirect: "http://127.0.0.1:1/x"}, func(a answer) bool {
			return a.status == 302 && a.header.Get("Location") == "http://127.0.0.1:1/x"
		}},
		{"another type", provider.Behaviour{Type: "text/html"}, func(a answer) bool { return a.header.Get("Content-Type") == "text/html" }},
		{"compressed", provider.Behaviour{Gzip: true}, func(a answer) bool {
			z, err := gzip.NewReader(bytes.NewReader([]byte(a.body)))
			if err != nil {
				return false
			}
			text, err := io.ReadAll(z)
			return err == nil && string(text) == good.body
		}},
	}
	for _, c := range cases {
		s.Behave(c.b)
		if a := call(t, "GET", at, ""); !c.ok(a) {
			t.Errorf("%s: %d, %d bytes", c.name, a.status, len(a.body))
		}
	}
	s.Behave(provider.Behaviour{})
	if a := call(t, "GET", at, ""); a.body != good.body {
		t.Error("the system does not keep to its contract again")
	}
}

func TestSlowSystemEndsWithItsCaller(t *testing.T) {
	s := start(t, small(t), world.SysCivil, provider.Options{})
	s.Behave(provider.Behaviour{Delay: time.Hour})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/khai-sinh", nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Fatal("a slow system answered at once")
	}
}

func TestSystemAsksForItsCredential(t *testing.T) {
	w := small(t)
	s := start(t, w, world.SysCivil, provider.Options{Authorization: "Bearer demo"})
	at := s.URL() + "/khai-sinh?so_dong=1"
	if a := call(t, "GET", at, ""); a.status != 401 {
		t.Errorf("without a credential: %d", a.status)
	}
	if a := call(t, "GET", at, "", "Authorization", "Bearer demo", "Lienthong-Purpose", "QLNN"); a.status != 200 {
		t.Errorf("with it: %d", a.status)
	}
	seen := s.Seen()
	if s.Calls() != 2 || len(seen) != 2 || seen[1].Header.Get("Lienthong-Purpose") != "QLNN" || seen[1].Query != "so_dong=1" {
		t.Errorf("seen %+v", seen)
	}
}

func TestLoopbackOnly(t *testing.T) {
	for _, at := range []string{"0.0.0.0:0", "192.0.2.1:80", ":0", "localhost"} {
		if s, err := provider.Start(context.Background(), small(t), world.SysCivil, provider.Options{Listen: at}); err == nil {
			_ = s.Close()
			t.Errorf("a system listens on %s", at)
		}
	}
}

func TestProvinceRunsEverySystemWithData(t *testing.T) {
	w := small(t)
	p, err := provider.StartAll(context.Background(), w, "")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	served := map[string]bool{}
	for _, s := range p.Servers() {
		for _, e := range s.Endpoints() {
			served[string(e.Dataset)] = true
		}
	}
	for _, d := range w.Datasets {
		if len(d.Files) > 0 && !served[string(d.Code())] {
			t.Errorf("nobody serves %s", d.Code())
		}
	}
	if p.System(world.SysIOC) != nil {
		t.Error("a system without data runs")
	}
}

package acceptance

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// theirs is a number as a person has it; no record may hold it.
const theirs = "999065004711"

// What a caller with a good right tries to get beyond it.
func TestExchangeAttacks(t *testing.T) {
	p := withData(t, harness.Options{}, 60)
	p.registerDataset(t, "ho-ngheo-truc-tuyen", func(_, schema m) { schema["fields"] = fields[:5] }) // without a grant for anybody
	conn := p.live(t, func(_, s m) { s["records_per_day"], s["records_per_call"] = 160, 25 })
	x := conn.client(t)
	t.Run("R21.4c a number of records above the grant's is refused with the maximum", func(t *testing.T) {
		if got := readPage(t, x.Get(recordsPath+"?limit=25")); len(got.Records) == 0 {
			t.Fatal("the allowed page is empty")
		}
		a := x.Get(recordsPath + "?limit=26")
		p.denied(t, a, http.StatusForbidden, "access.quota_records_call", "QUOTA")
		if !strings.Contains(string(a.Body), "25") || a.Header.Get("Retry-After") != "" {
			t.Errorf("the maximum is not told: %s", a)
		}
	})
	t.Run("R21.4c a look-up answers one record or none", func(t *testing.T) { looksUpOne(t, p, x) })
	t.Run("T33 fields are named once and not without end", func(t *testing.T) {
		readPage(t, x.Get(recordsPath+"?limit=1&fields=ma_ho,chu_ho"))
		refused(t, x.Get(recordsPath+"?fields=ma_ho,ma_ho"), http.StatusBadRequest, "exchange.field_twice")
		refused(t, x.Get(recordsPath+"?fields=ma_ho"+strings.Repeat(",ma_ho", 1200)), http.StatusBadRequest, "exchange.fields_invalid")
		refused(t, x.Post("/data/"+households+"/lookup", m{"key": m{"ma_ho": "H00001"}, "fields": make([]string, 6000)}), http.StatusBadRequest, "exchange.fields_invalid")
	})
	t.Run("R21.4c what exists is not told to who has no right on it", func(t *testing.T) {
		for _, query := range []string{"?so_dinh_danh=1", "?so_dinh_danh.in=1,2", "?ma_xa=1&so_dinh_danh=2", "?fields=so_dinh_danh", ""} {
			here, nowhere := x.Get("/data/"+online+"/records"+query), x.Get("/data/H38.05/khong-co/records"+query)
			if here.Status != nowhere.Status || here.Code() != nowhere.Code() || here.Code() != "access.grant_missing" {
				t.Errorf("%s: %s and %s", query, here, nowhere)
			}
		}
		refused(t, x.Get(recordsPath+"?so_dinh_danh=1"), http.StatusBadRequest, "exchange.identifier_in_url") // who has a right is told
	})
	t.Run("R24.4 no caller's text brings a person's number into the log", func(t *testing.T) { textsStayOut(t, p, x) })
	t.Run("T19 an officer's assertion counts once, also after a restart", func(t *testing.T) { assertedOnce(t, p, x) })
	t.Run("R21.4c calls of one moment take no more than the quota, and a crash gives none anew", func(t *testing.T) { quotaHolds(t, p, conn, x) })
	t.Run("R12.2d1 nobody but the platform calls as its test, which is spared the officer", func(t *testing.T) { nobodyProbes(t, p) })
}

func looksUpOne(t *testing.T, p *province, x *harness.Client) {
	at := "/data/" + households + "/lookup"
	one := readPage(t, x.Get(recordsPath+"?limit=1")).Records[0]["ma_ho"]
	if got := readPage(t, x.Post(at, m{"key": m{"ma_ho": one}})); len(got.Records) != 1 {
		t.Fatalf("%+v", got)
	}
	a := x.Post(at, m{"key": m{"ma_xa": "02701"}})
	refused(t, a, http.StatusConflict, "exchange.lookup_ambiguous")
	if strings.Contains(string(a.Body), "ma_ho") {
		t.Errorf("a refusal with data: %s", a)
	}
}

func textsStayOut(t *testing.T, p *province, x *harness.Client) {
	ok(t, x.With("Lienthong-Case", "000.00.00.H38-261124-0009").Get(recordsPath+"?limit=1"), http.StatusOK)
	for _, ref := range []string{theirs, "CCCD " + theirs, "999 065 004 711", "CMND-999065004"} {
		refused(t, x.With("Lienthong-Case", ref).Get(recordsPath+"?limit=1"), http.StatusBadRequest, "exchange.reference_person")
	}
	refused(t, x.With("Lienthong-Case", strings.Repeat("x", 101)).Get(recordsPath), http.StatusBadRequest, "exchange.reference_long")
	d := p.denied(t, x.With("Lienthong-Purpose", theirs).Get(recordsPath), http.StatusForbidden, "access.purpose_unknown", "PURPOSE")
	if code := d["purpose"].(m)["code"].(string); !strings.HasPrefix(code, "unknown:") {
		t.Errorf("the record says purpose %q", code)
	}
	refused(t, x.Get(recordsPath+"?t"+theirs+"=1"), http.StatusForbidden, "access.filter_not_granted")
	refused(t, x.Get("/data/"+theirs+"/x/records"), http.StatusForbidden, "access.grant_missing")
	refused(t, x.Get("/data/H38.05/"+theirs+"/lookup"), http.StatusMethodNotAllowed, "exchange.method_not_allowed")
	refused(t, x.Get("/"+theirs), http.StatusNotFound, "exchange.route_unknown")
	time.Sleep(200 * time.Millisecond) // outcomes are on their way to the log
	for _, folder := range []string{"audit", "control"} {
		err := filepath.WalkDir(filepath.Join(p.Dir, folder), func(path string, e os.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			text, err := os.ReadFile(path)
			for _, number := range []string{theirs, "999 065 004 711", "CMND-999065004"} {
				if bytes.Contains(text, []byte(number)) {
					t.Errorf("%s holds %q", path, number)
				}
			}
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if strings.Contains(p.Output(), theirs) {
		t.Error("the technical log holds a person's number")
	}
}

func assertedOnce(t *testing.T, p *province, x *harness.Client) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	ok(t, p.engineer.Post("/api/v1/systems/"+callerSystem+"/officer-keys", m{"jwk": m{"kty": "OKP", "crv": "Ed25519", "kid": "can-bo-1", "x": b64(public)}}), http.StatusCreated)
	sign := func(id, officer string) string {
		now := time.Now().Unix()
		claims, _ := json.Marshal(m{"sub": officer, "agency": consumer, "jti": id, "iat": now, "exp": now + 60})
		text := b64([]byte(`{"alg":"EdDSA","kid":"can-bo-1"}`)) + "." + b64(claims)
		return text + "." + b64(ed25519.Sign(private, []byte(text)))
	}
	used := sign("j1", "cb-0042")
	a := ok(t, x.With("Lienthong-Officer", used).Get(recordsPath+"?limit=1"), http.StatusOK)
	if d := p.decisionOf(t, a); d["detail"].(m)["officer"] != "cb-0042" {
		t.Errorf("the record names officer %v", d["detail"])
	}
	refused(t, x.With("Lienthong-Officer", used).Get(recordsPath), http.StatusUnauthorized, "exchange.officer_replayed")
	refused(t, x.With("Lienthong-Officer", sign("j2", theirs)).Get(recordsPath), http.StatusBadRequest, "exchange.officer_person")
	p.Kill()
	p.Run()
	refused(t, x.With("Lienthong-Officer", used).Get(recordsPath), http.StatusUnauthorized, "exchange.officer_replayed")
	ok(t, x.With("Lienthong-Officer", sign("j3", "cb-0042")).Get(recordsPath+"?limit=1"), http.StatusOK)
}

// nobodyProbes: the platform's tests passed without an officer; neither a header nor a name lets a caller do the same.
func nobodyProbes(t *testing.T, p *province) {
	c := p.live(t, func(n, s m) {
		n["purposes"], n["procedures"] = []string{"QLNN"}, []string{}
		s["purposes"], s["officer_required"] = []string{"QLNN"}, true
	})
	x := c.client(t).With("Lienthong-Purpose", "QLNN")
	p.denied(t, x.Get(recordsPath+"?limit=1"), http.StatusForbidden, "access.officer_missing", "PURPOSE")
	for _, h := range []string{"Lienthong-Test", "Lienthong-Probe", "X-Lienthong-Probe", "Probe", "Lienthong-Officer-Id", "X-User", "Lienthong-Consumer"} {
		for _, value := range []string{c.ID, "production/" + c.ID, "probe:" + c.ID, "cb-0042"} {
			refused(t, x.With(h, value).Get(recordsPath+"?limit=1"), http.StatusForbidden, "access.officer_missing")
		}
	}
	form := harness.NewClient(t, p.Exchange).With("Content-Type", "application/x-www-form-urlencoded")
	for _, id := range []string{"probe:" + c.ID, "probe%3A" + c.ID, c.ClientID + "%00probe:" + c.ID} {
		if a := form.Post("/oauth2/token", "grant_type=client_credentials&client_id="+id+"&client_secret="+c.Secret); a.Status < 400 {
			t.Errorf("a token for %s: %s", id, a)
		}
	}
	refused(t, x.With("Authorization", "Bearer probe:"+c.ID).Get(recordsPath), http.StatusUnauthorized, "exchange.token_invalid")
}

func quotaHolds(t *testing.T, p *province, conn *connection, x *harness.Client) {
	sum := func() int64 {
		var got struct {
			Counts []struct {
				Connection string
				Records    int64
			}
		}
		ok(t, p.engineer.Get("/api/v1/exchange/counts?days=1"), http.StatusOK).Into(t, &got)
		var n int64
		for _, c := range got.Counts {
			if c.Connection == conn.ID {
				n += c.Records
			}
		}
		return n
	}
	before := sum()
	var work sync.WaitGroup
	var mu sync.Mutex
	answers := map[string]int{}
	for range 64 {
		work.Go(func() {
			a, err := x.Try(http.MethodGet, recordsPath+"?limit=5", nil)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			answers[fmt.Sprint(a.Status, " ", a.Code())]++
		})
	}
	work.Wait()
	passed := int64(answers["200 "])
	if passed == 0 || before+5*passed > 160 {
		t.Fatalf("%d records before, then %v, of 160", before, answers)
	}
	for a := x.Get(recordsPath + "?limit=5"); a.Status == http.StatusOK; a = x.Get(recordsPath + "?limit=5") {
		passed++
	}
	a := x.Get(recordsPath + "?limit=5")
	p.denied(t, a, http.StatusTooManyRequests, "access.quota_records_day", "QUOTA")
	if all := sum(); all > 160 || all <= 155 || a.Header.Get("Retry-After") == "" {
		t.Errorf("%d records of 160 left the platform", all)
	}
	p.Kill() // before the counters are stored, as far as it hits
	p.Run()
	refused(t, x.Get(recordsPath+"?limit=5"), http.StatusTooManyRequests, "access.quota_records_day")
}

// What is asked of a provider by POST is judged like a query.
func TestExchangeQuestions(t *testing.T) {
	p, s := provided(t)
	ok(t, p.engineer.Post("/api/v1/exchange/services", m{
		"owner": owner, "system": sourceSystem, "name": "tim", "dataset": online, "base": s.URL + "/api", "addresses": []string{"127.0.0.1/32"}, "operations": []m{
			{"method": "POST", "path": "/tim", "records": "$.data", "envelope": []string{"tong"}, "key": "so_dinh_danh", "fields": m{"chu_ho": "chu_ho.ho_ten", "so_dinh_danh": "chu_ho.so_dinh_danh"},
				"members": []m{{"name": "ma_ho", "column": "ma_ho"}, {"name": "xa", "column": "ma_xa"}, {"name": "dan_toc", "column": "dan_toc"}, {"name": "trang", "type": "number"}}},
		},
	}), http.StatusOK)
	refused(t, p.engineer.Post("/api/v1/exchange/services", m{
		"owner": owner, "system": sourceSystem, "name": "sai", "dataset": online, "base": s.URL + "/api", "operations": []m{
			{"method": "POST", "path": "/sai", "records": "$", "members": []m{{"name": "a"}, {"name": "a"}}},
		},
	}), http.StatusUnprocessableEntity, "exchange.route_invalid")
	c := p.live(t, func(n, sc m) {
		n["dataset"], n["operations"], n["test_body"] = online, []string{"POST /tim"}, `{"ma_ho":"H00001"}`
		sc["operations"] = n["operations"]
	})
	x := c.client(t)
	const at = "/svc/H38.05/" + sourceSystem + "/tim/tim"
	s.Forget()
	t.Run("R21.4c a total beside the records does not count what is hidden", func(t *testing.T) {
		a := ok(t, x.With("Content-Type", "application/json").Post(at, `{ "xa":"02701", "trang":1 }`), http.StatusOK)
		if strings.Contains(string(a.Body), "tong") || !strings.Contains(string(a.Body), "H00002") || strings.Contains(string(a.Body), "H00003") {
			t.Errorf("%s", a)
		}
		if seen := s.Requests(); len(seen) != 1 || !bytes.HasSuffix(seen[0], []byte("\r\n\r\n"+`{"xa":"02701","trang":1}`)) {
			t.Errorf("the provider got %q", seen)
		}
		content := p.decisionOf(t, a)["content"].(m)
		if filter, _ := content["filter"].(string); !strings.HasPrefix(filter, "ma_xa in k1:") {
			t.Errorf("the record holds filter %q", filter)
		}
	})
	s.Forget()
	for name, row := range map[string]struct {
		body, code, check string
		status            int
	}{
		"T33 a masked field":             {`{"dan_toc":"02"}`, "access.filter_not_granted", "SCOPE", http.StatusForbidden},
		"R21.4c another commune's rows":  {`{"xa":"02683"}`, "access.filter_outside_rows", "SCOPE", http.StatusForbidden},
		"T12 a member that is not known": {`{"where":"1=1"}`, "exchange.member_unknown", "SCOPE", http.StatusBadRequest},
		"T47 a member twice":             {`{"xa":"02701","x\u0061":"02683"}`, "exchange.member_twice", "SCOPE", http.StatusBadRequest},
		"T47 a nested value":             {`{"xa":{"$ne":"02701"}}`, "exchange.member_type", "SCOPE", http.StatusBadRequest},
		"T47 no JSON":                    {`{"xa":"02701"`, "exchange.body_invalid", "SCOPE", http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			p.denied(t, x.With("Content-Type", "application/json").Post(at, row.body), row.status, row.code, row.check)
		})
	}
	if seen := s.Requests(); len(seen) != 0 {
		t.Errorf("a refused question reached the provider: %q", seen)
	}
}

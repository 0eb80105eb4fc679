package acceptance

import (
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// One dataset shared end to end with evidence: what the connection allows, and every refusal with its code, its
// Vietnamese sentence and exactly one record.
func TestClaim(t *testing.T) {
	p := withData(t, harness.Options{}, 60)
	waiting := p.request(t, nil)
	waiting.approve(t, scope(), need()["fields"].([]string))
	waiting.provision(t)
	t.Run("before the acceptance nothing is answered", func(t *testing.T) {
		p.denied(t, waiting.client(t).Get(recordsPath), http.StatusForbidden, "access.not_accepted", "STATE")
	})
	waiting.test(t)
	waiting.accept(t)
	c := waiting.client(t)

	t.Run("R4.2 only granted fields and rows come, for the granted purpose, and nothing for another", func(t *testing.T) { grantedOnly(t, p, c) })
	t.Run("R9.3 every step of a call stands in its trace; the first that fails is named", func(t *testing.T) { steps(t, p, c) })
	t.Run("R21.2b a call states one of the granted purposes, which is recorded", func(t *testing.T) { statedPurpose(t, p, c) })
	t.Run("R21.4c the scope holds on every way to ask", func(t *testing.T) { scopeHolds(t, p, c) })
	t.Run("R21.4d allowed and denied calls are recorded with grant and policy", func(t *testing.T) { recorded(t, p, c) })
	t.Run("R24.4 the record tells who, when, what, and holds no personal value", func(t *testing.T) { noValues(t, p, c) })
	t.Run("R1.1 the profile of the dataset tells what every part knows, each with its last change", func(t *testing.T) { sevenBlocks(t, p) })
	t.Run("a hostile request never reaches the data", func(t *testing.T) { hostile(t, p, c) })
	t.Run("a system of another agency gets nothing", func(t *testing.T) { foreignSystem(t, p) })
	t.Run("an expired key opens nothing", func(t *testing.T) { expired(t, p) })
	t.Run("a revoked key opens nothing, at once", func(t *testing.T) { revoked(t, p, waiting) })

	key := p.verifierKey(t)
	p.Stop()
	if out, code := verify(t, p.Dir, "--key", key); code != 0 || !strings.Contains(out, "whole and unchanged") {
		t.Fatalf("after all this the log: exit %d: %s", code, out)
	}
	t.Run("R24.4 no identifier of a person stands anywhere in the log", func(t *testing.T) {
		for _, name := range journalFiles(t, p.Dir) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{"999060000", "999061000", "Giàng A Thử", waiting.Secret} {
				if strings.Contains(string(text), secret) {
					t.Errorf("%s holds %q", name, secret)
				}
			}
		}
	})
}

func grantedOnly(t *testing.T, p *province, c *harness.Client) {
	got := readPage(t, c.Get(recordsPath))
	if len(got.Records) != 25 || got.Dataset != households || got.Next == "" { // 30 are granted, 25 at once
		t.Fatalf("%d records of %s", len(got.Records), got.Dataset)
	}
	for _, r := range got.Records {
		if len(r) != 6 || r["ma_xa"] != "02701" {
			t.Fatalf("beyond the grant: %v", r)
		}
		if id := r["so_dinh_danh"].(string); len(id) == 12 || !strings.Contains(id, "•") {
			t.Fatalf("the identifier is not masked: %v", id)
		}
		if _, isBool := r["la_dan_toc_thieu_so"].(bool); !isBool {
			t.Fatalf("the ethnic group is not a yes or no: %v", r)
		}
	}
	p.denied(t, c.With("Lienthong-Purpose", "QLNN").Get(recordsPath), http.StatusForbidden, "access.purpose_mismatch", "PURPOSE")
	p.denied(t, c.Get(recordsPath+"?fields=ma_ho,ngay_sinh"), http.StatusForbidden, "access.field_not_granted", "SCOPE")
	p.denied(t, c.Get("/data/"+owner+"/khong-co/records"), http.StatusForbidden, "access.grant_missing", "GRANT")
}

func steps(t *testing.T, p *province, c *harness.Client) {
	good := c.Get(recordsPath + "?limit=1")
	readPage(t, good)
	if d := p.decisionOf(t, good)["decision"].(map[string]any); d["result"] != "allow" || d["reason"] != "OK" {
		t.Fatalf("allowed call: %v", d)
	}
	trace := func(a harness.Answer) harness.Answer {
		return p.engineer.Get("/api/v1/exchange/calls/" + a.Header.Get("X-Request-Id"))
	}
	var seen struct{ Decision, Outcome map[string]any }
	soon(t, "the outcome", func() bool { // it is written after the answer
		ok(t, trace(good), http.StatusOK).Into(t, &seen)
		return seen.Outcome != nil
	})
	if seen.Outcome["result"].(map[string]any)["status"] != "200" {
		t.Fatalf("the trace does not tell how it ended: %v", seen.Outcome)
	}
	// Each call is wrong from some step on; the first wrong step answers.
	all := c.With("Lienthong-Purpose", "QLNN")
	noToken := all.With("Authorization", "Bearer sai")
	p.denied(t, noToken.Get("/data/"+owner+"/khong-co/records?fields=ngay_sinh"), http.StatusUnauthorized, "exchange.token_invalid", "AUTHN")
	p.denied(t, all.Get("/data/"+owner+"/khong-co/records?fields=ngay_sinh"), http.StatusForbidden, "access.grant_missing", "GRANT")
	wrong := all.Get(recordsPath + "?fields=ngay_sinh&limit=1000")
	p.denied(t, wrong, http.StatusForbidden, "access.purpose_mismatch", "PURPOSE")
	p.denied(t, c.Get(recordsPath+"?fields=ngay_sinh&limit=1000"), http.StatusForbidden, "access.field_not_granted", "SCOPE")
	ok(t, trace(wrong), http.StatusOK).Into(t, &seen)
	if seen.Decision["decision"].(map[string]any)["reason"] != "PURPOSE" {
		t.Fatalf("the trace does not name the step: %v", seen.Decision)
	}
	page := string(ok(t, p.engineer.Get("/exchange/calls/"+wrong.Header.Get("X-Request-Id")), http.StatusOK).Body)
	if !strings.Contains(page, "access.purpose_mismatch") && !strings.Contains(page, "Mục đích") {
		t.Error("the page of the call does not name the step")
	}
}

func statedPurpose(t *testing.T, p *province, c *harness.Client) {
	good := c.Get(recordsPath + "?limit=1")
	readPage(t, good)
	if x := p.decisionOf(t, good)["purpose"].(map[string]any); x["code"] != purpose || x["case_ref"] != caseRef {
		t.Fatalf("recorded purpose %v", x)
	}
	none := c.With("Lienthong-Purpose", "x")
	none.Header.Del("Lienthong-Purpose")
	p.denied(t, none.Get(recordsPath), http.StatusForbidden, "access.purpose_missing", "PURPOSE")
	p.denied(t, c.With("Lienthong-Purpose", "TO-MO").Get(recordsPath), http.StatusForbidden, "access.purpose_unknown", "PURPOSE")
	noCase := c.With("Lienthong-Case", "x")
	noCase.Header.Del("Lienthong-Case")
	p.denied(t, noCase.Get(recordsPath), http.StatusForbidden, "access.case_missing", "PURPOSE")
}

func scopeHolds(t *testing.T, p *province, c *harness.Client) {
	lookup := func(key m) harness.Answer { return c.Post("/data/"+households+"/lookup", m{"key": key}) }
	if got := readPage(t, lookup(m{"ma_ho": "H00001"})); len(got.Records) != 1 || got.Records[0]["ma_xa"] != "02701" {
		t.Fatalf("the record of the granted commune: %v", got)
	}
	outside, nowhere := lookup(m{"ma_ho": "H00002"}), lookup(m{"ma_ho": "H99999"})
	for _, a := range []harness.Answer{outside, nowhere} {
		refused(t, a, http.StatusNotFound, "exchange.record_not_found")
	}
	if got := readPage(t, c.Get(recordsPath+"?ma_xa=02683")); len(got.Records) != 0 {
		t.Fatalf("rows of another commune: %v", got.Records)
	}
	p.denied(t, c.Get(recordsPath+"?dan_toc=01"), http.StatusForbidden, "access.filter_not_granted", "SCOPE")
	p.denied(t, c.Get(recordsPath+"?so_nguoi.gte=3"), http.StatusForbidden, "access.filter_not_granted", "SCOPE")
	p.denied(t, c.Get(recordsPath+"?limit=26"), http.StatusForbidden, "access.quota_records_call", "QUOTA")
	inAddress := c.Get(recordsPath + "?so_dinh_danh=999061000001")
	refused(t, inAddress, http.StatusBadRequest, "exchange.identifier_in_url")
	p.decisionOf(t, inAddress)
	// Pages together are the granted rows once each; a cursor that is changed or of another query is refused.
	seen, next := map[any]bool{}, ""
	for range 10 {
		got := readPage(t, c.Get(recordsPath+"?limit=7"+next))
		for _, r := range got.Records {
			if seen[r["ma_ho"]] {
				t.Fatalf("twice: %v", r)
			}
			seen[r["ma_ho"]] = true
		}
		if got.Next == "" {
			break
		}
		next = "&cursor=" + got.Next
	}
	if len(seen) != 30 {
		t.Fatalf("%d records over all pages", len(seen))
	}
	cursor := readPage(t, c.Get(recordsPath+"?limit=7")).Next
	changed := []byte(cursor)
	changed[len(changed)/2] ^= 1
	for _, query := range []string{"?limit=7&cursor=" + url.QueryEscape(string(changed)), "?limit=7&fields=ma_ho&cursor=" + cursor} {
		a := c.Get(recordsPath + query)
		refused(t, a, http.StatusBadRequest, "exchange.cursor_invalid")
		p.decisionOf(t, a)
	}
}

func recorded(t *testing.T, p *province, c *harness.Client) {
	good := c.Get(recordsPath + "?limit=2")
	readPage(t, good)
	bad := c.Get(recordsPath + "?fields=ngay_sinh")
	for a, result := range map[*harness.Answer]string{&good: "allow", &bad: "deny"} {
		d := p.decisionOf(t, *a)
		verdict, target := d["decision"].(map[string]any), d["target"].(map[string]any)
		if verdict["result"] != result || verdict["policy_version"] == "" || verdict["policy_version"] == nil || target["grant_id"] == nil || target["connection_id"] == nil {
			t.Fatalf("%s: %v %v", result, verdict, target)
		}
	}
}

func noValues(t *testing.T, p *province, c *harness.Client) {
	a := c.Post("/data/"+households+"/lookup", m{"key": m{"ma_ho": "H00001"}})
	readPage(t, a)
	var found []evidence
	soon(t, "the outcome", func() bool {
		found = p.log(t, m{"request": a.Header.Get("X-Request-Id")})
		return len(found) == 1 && found[0].Outcome != nil
	})
	r, o := found[0].Record, found[0].Outcome
	actor, target, content := r["actor"].(map[string]any), r["target"].(map[string]any), r["content"].(map[string]any)
	if actor["account_id"] != callerSystem || actor["agency_code"] != consumer || target["dataset_code"] != households || target["owner_code"] != owner ||
		target["operation"] != "POST /data/{owner}/{dataset}/lookup" || r["ts"] == nil || r["channel"] != "gateway" {
		t.Fatalf("record %v", r)
	}
	if len(content["fields"].([]any)) != 6 || o["content"].(map[string]any)["records"] != 1.0 || o["result"].(map[string]any)["status"] != "200" {
		t.Fatalf("content %v, outcome %v", content, o)
	}
	// Who read the person? The keyed hash of the identifier finds the call; of somebody else it does not.
	reads := p.log(t, m{"person": "999061000001"})
	if len(reads) == 0 {
		t.Fatal("the reads of a person are not found")
	}
	if other := p.log(t, m{"person": "999099123456"}); len(other) != 0 {
		t.Fatalf("reads of somebody who was never read: %v", other)
	}
}

func sevenBlocks(t *testing.T, p *province) {
	var blocks map[string]map[string]any
	ok(t, p.engineer.Get("/api/v1/datasets/"+households+"/profile"), http.StatusOK).Into(t, &blocks)
	for _, name := range []string{"overview", "status", "connections", "grants", "quality", "usage"} {
		if blocks[name]["changed_at"] == nil {
			t.Errorf("the block %s lacks its last change: %v", name, blocks[name])
		}
	}
	if blocks["incidents"] == nil {
		t.Error("the block of incidents is missing")
	}
	ok(t, p.consumerSteward.Get("/catalog/"+households), http.StatusOK)
	refused(t, harness.NewClient(t, p.Console).Get("/api/v1/datasets/"+households+"/profile"), http.StatusUnauthorized, "access.sign_in_required")
}

func hostile(t *testing.T, p *province, c *harness.Client) {
	host := strings.TrimPrefix(p.Exchange, "http://")
	head := " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nAuthorization: " + c.Header.Get("Authorization") + "\r\nLienthong-Purpose: " + purpose + "\r\nLienthong-Case: " + caseRef + "\r\n"
	for name, x := range map[string]struct{ request, code string }{
		"dots in the path":     {"GET /data/H38.05/../H38.05/ho-ngheo/records" + head + "\r\n", "exchange.path_dots"},
		"double slash":         {"GET /data//H38.05/ho-ngheo/records" + head + "\r\n", "exchange.path_empty_segment"},
		"escaped slash":        {"GET /data/H38.05%2fho-ngheo/records" + head + "\r\n", "exchange.path_escape"},
		"purpose twice":        {"GET " + recordsPath + head + "Lienthong-Purpose: QLNN\r\n\r\n", "exchange.header_duplicate"},
		"two lengths":          {"POST /data/H38.05/ho-ngheo/lookup" + head + "Content-Type: application/json\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ", "exchange.header_duplicate"},
		"length and chunked":   {"POST /data/H38.05/ho-ngheo/lookup" + head + "Content-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "exchange.framing"},
		"foreign host":         {strings.Replace("GET "+recordsPath+head+"\r\n", "Host: "+host, "Host: evil.example", 1), "exchange.host_unknown"},
		"whole address":        {"GET http://" + host + recordsPath + head + "\r\n", "exchange.target_form"},
		"parameter twice":      {"GET " + recordsPath + "?limit=1&limit=2" + head + "\r\n", "exchange.query_duplicate"},
		"control in a header":  {"GET " + recordsPath + head + "Lienthong-Trace: a\x01b\r\n\r\n", "exchange.head_malformed"},
		"upgrade":              {strings.Replace("GET "+recordsPath+head+"\r\n", "Connection: close\r\n", "Connection: Upgrade\r\nUpgrade: h2c\r\n", 1), "exchange.upgrade_refused"},
		"old protocol version": {strings.Replace("GET "+recordsPath+head+"\r\n", "HTTP/1.1", "HTTP/1.0", 1), "exchange.version_refused"},
	} {
		resp := harness.Raw(t, p.Exchange, x.request)
		if resp == nil {
			t.Errorf("%s: no answer", name)
			continue
		}
		body := make([]byte, 1<<16)
		n, _ := resp.Body.Read(body)
		a := harness.Answer{Status: resp.StatusCode, Header: resp.Header, Body: body[:n]}
		if a.Status < 400 || a.Code() != x.code || !vietnamese(a.String()) {
			t.Errorf("%s: want %s, got %s", name, x.code, a)
			continue
		}
		p.decisionOf(t, a)
	}
}

func expired(t *testing.T, p *province) {
	var issued struct{ ID string }
	end := time.Now().Add(3 * time.Second)
	a := p.engineer.Post("/api/v1/systems/"+callerSystem+"/credentials", m{"label": "khóa ngắn hạn", "valid_to": end.UTC().Format(time.RFC3339Nano)})
	ok(t, a, http.StatusCreated).Into(t, &issued)
	short := &connection{p: p}
	short.ClientID, short.Secret = p.pickUp(t, p.consumerSteward, callerSystem, issued.ID)
	c := short.client(t)
	readPage(t, c.Get(recordsPath+"?limit=1"))
	time.Sleep(time.Until(end.Add(50 * time.Millisecond)))
	p.denied(t, c.Get(recordsPath+"?limit=1"), http.StatusUnauthorized, "system.client_invalid", "AUTHN")
	if a := short.token(t); a.Status != http.StatusUnauthorized {
		t.Fatalf("an expired key gets a token: %s", a)
	}
}

func foreignSystem(t *testing.T, p *province) {
	var issued struct{ ID string }
	a := p.engineer.Post("/api/v1/systems/"+otherSystem+"/credentials", m{"label": "nạp dữ liệu", "valid_to": "2027-06-01"})
	ok(t, a, http.StatusCreated).Into(t, &issued)
	contact := p.admin.Hire(t, "dau.moi.yt", "Lương Đầu Mối", foreign, nil, "steward")
	id, secret := p.pickUp(t, contact, otherSystem, issued.ID)
	other := (&connection{ClientID: id, Secret: secret, p: p}).client(t)
	p.denied(t, other.Get(recordsPath), http.StatusForbidden, "access.grant_missing", "GRANT")
	p.denied(t, other.Post("/data/"+households+"/lookup", m{"key": m{"ma_ho": "H00001"}}), http.StatusForbidden, "access.grant_missing", "GRANT")
}

func revoked(t *testing.T, p *province, conn *connection) {
	c := conn.client(t)
	readPage(t, c.Get(recordsPath+"?limit=1"))
	wrong := *conn
	wrong.Secret = "sai-" + conn.Secret
	if a := wrong.token(t); a.Status != http.StatusUnauthorized || !strings.Contains(a.String(), "invalid_client") {
		t.Fatalf("a wrong secret: %s", a)
	}
	conn.must(t, p.security, "suspend", m{"reason_class": "incident", "comment": "Kiểm tra sự cố của hệ thống gọi"})
	p.denied(t, c.Get(recordsPath), http.StatusForbidden, "access.connection_suspended", "GRANT")
	conn.must(t, p.security, "resume", m{"comment": "Đã kiểm tra xong hệ thống gọi"})
	readPage(t, c.Get(recordsPath+"?limit=1"))
	var all struct {
		Credentials []struct {
			ID       string
			ClientID string `json:"client_id"`
		}
	}
	ok(t, p.engineer.Get("/api/v1/systems/"+callerSystem+"/credentials"), http.StatusOK).Into(t, &all)
	for _, cred := range all.Credentials {
		if cred.ClientID == conn.ClientID {
			a := p.engineer.Post("/api/v1/systems/"+callerSystem+"/credentials/"+cred.ID+"/revoke", m{"reason": "Khóa bị lộ khi bàn giao"})
			if a.Status >= 300 {
				t.Fatal(a)
			}
		}
	}
	p.denied(t, c.Get(recordsPath), http.StatusUnauthorized, "exchange.token_invalid", "AUTHN")
	if a := conn.token(t); a.Status != http.StatusUnauthorized {
		t.Fatalf("a revoked key still gets a token: %s", a)
	}
}

// soon waits for what comes after an answer.
func soon(t *testing.T, what string, come func() bool) {
	t.Helper()
	for until := time.Now().Add(60 * time.Second); !come(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%s does not come", what)
		}
	}
}

// everywhere tells which files of the data folder hold the text.
func everywhere(t *testing.T, dir, text string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		body, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(body), text) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

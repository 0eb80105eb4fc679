package exchange_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"path/filepath"

	"context"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/exchange"
	"lienthong/internal/kit/controldb"
)

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

const data = "/data/" + Dataset

func withRows(t testing.TB) *Bench {
	b := Start(t)
	for i := range 25 {
		b.Rows = append(b.Rows, map[string]any{"so_dinh_danh": fmt.Sprintf("99919000%04d", i), "ho_ten": fmt.Sprintf("Người %02d", i), "xa": []string{"02701", "02702"}[i%2], "dan_toc": "Mông", "dia_chi": "bí mật"})
	}
	return b
}

type page struct {
	Records []map[string]any `json:"records"`
	Next    string           `json:"next"`
}

func read(t *testing.T, r Reply) page {
	t.Helper()
	var p page
	if r.Status != 200 {
		t.Fatalf("%+v", r)
	}
	if err := json.Unmarshal([]byte(r.Body), &p); err != nil {
		t.Fatal(err, r.Body)
	}
	return p
}

func TestRecordsByPages(t *testing.T) {
	b := withRows(t)
	var all []map[string]any
	target, rounds := data+"/records?limit=5", 0
	for next := ""; ; rounds++ {
		url := target
		if next != "" {
			url += "&cursor=" + next
		}
		got := b.Call("GET", url, "", "")
		p := read(t, got)
		if strings.Contains(got.Body, "bí mật") || strings.Contains(got.Body, "02702") || strings.Contains(got.Body, "Mông") {
			t.Fatalf("outside the grant: %s", got.Body)
		}
		all = append(all, p.Records...)
		if next = p.Next; next == "" {
			break
		}
		if strings.Contains(next, "999") || rounds > 10 {
			t.Fatal(next)
		}
	}
	if len(all) != 13 || all[0]["la_nguoi_dtts"] != true || len(all[0]) != 4 {
		t.Errorf("%d records, first %v", len(all), all[0])
	}
}

func TestCursorBelongsToItsQuery(t *testing.T) {
	b := withRows(t)
	next := read(t, b.Call("GET", data+"/records?limit=5", "", "")).Next
	other := []byte(next)
	other[len(other)/2] ^= 1
	for name, target := range map[string]string{
		"another limit": "?limit=6&cursor=" + next, "another filter": "?limit=5&xa=02701&cursor=" + next, "fewer fields": "?limit=5&fields=ho_ten&cursor=" + next,
		"altered": "?limit=5&cursor=" + strings.NewReplacer("`", "b", "^", "b", "@", "c").Replace(string(other)), "made up": "?limit=5&cursor=10", "empty of sense": "?limit=5&cursor=AAAA",
	} {
		if got := b.Call("GET", data+"/records"+target, "", ""); got.Status != 400 || got.Code() != "exchange.cursor_invalid" && got.Code() != "exchange.query_text" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// T66: an answer from the caller's own cache leaves evidence too.
func TestNotModifiedLeavesEvidence(t *testing.T) {
	b := withRows(t)
	first := b.Call("GET", data+"/records", "", "")
	tag := first.Header.Get("Etag")
	before := settled(t, b)
	got := b.Call("GET", data+"/records", "If-None-Match: "+tag+"\r\n", "")
	if got.Status != 304 || got.Body != "" {
		t.Fatalf("%+v", got)
	}
	if rec := outcome(t, b, before, "304", ""); rec.Content.Records != 0 {
		t.Errorf("%+v", rec.Content)
	}
	for name, target := range map[string]string{"another query": data + "/records?limit=7", "other fields": data + "/records?fields=ho_ten"} {
		if got := b.Call("GET", target, "If-None-Match: "+tag+"\r\n", ""); got.Status != 200 {
			t.Errorf("%s: %d", name, got.Status)
		}
	}
	b.Version++
	if got := b.Call("GET", data+"/records", "If-None-Match: "+tag+"\r\n", ""); got.Status != 200 {
		t.Errorf("new version: %d", got.Status)
	}
}

// settled waits until every allowed call so far has its outcome.
func settled(t *testing.T, b *Bench) int {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		open, recs := 0, b.Records()
		for _, r := range recs {
			switch {
			case r.Kind == audit.KindDecision && r.Decision.Result == audit.Allow:
				open++
			case r.Kind == audit.KindOutcome:
				open--
			}
		}
		if open == 0 {
			return len(recs)
		}
	}
	t.Fatal("an allowed call has no outcome")
	return 0
}

// Invariant 5: no identifier in an address, and none in the evidence.
func TestLookup(t *testing.T) {
	b := withRows(t)
	id := b.Rows[4]["so_dinh_danh"].(string)
	before := settled(t, b)
	got := b.Call("POST", data+"/lookup", "Lienthong-Case: "+CaseRef+"\r\n", `{"key":{"so_dinh_danh":"`+id+`"},"fields":["ho_ten","dan_toc"]}`)
	p := read(t, got)
	if len(p.Records) != 1 || p.Records[0]["ho_ten"] != "Người 04" || p.Records[0]["la_nguoi_dtts"] != true || len(p.Records[0]) != 2 {
		t.Fatalf("%+v", got)
	}
	rec := outcome(t, b, before, "200", "")
	dec := b.Records()[before]
	key := b.Log.PersonKey(id)
	if rec.Content.Persons != 1 || rec.Content.Records != 1 || rec.Content.SubjectKeys[0] != key || dec.Content.SubjectKeys[0] != key || !strings.Contains(dec.Content.Filter, key) ||
		dec.Purpose.CaseRef != CaseRef || dec.Target.Operation != "POST /data/{owner}/{dataset}/lookup" || !strings.HasPrefix(rec.Content.Digest, "sha256:") {
		t.Errorf("decision %+v\noutcome %+v", dec, rec)
	}
	if got := b.Call("GET", data+"/records?so_dinh_danh="+id, "", ""); got.Status != 400 || got.Code() != "exchange.identifier_in_url" {
		t.Errorf("identifier in the address: %+v", got)
	}
	// A person outside the grant's rows and one who does not exist are answered alike.
	hidden := b.Call("POST", data+"/lookup", "", `{"key":{"so_dinh_danh":"`+b.Rows[5]["so_dinh_danh"].(string)+`"}}`)
	absent := b.Call("POST", data+"/lookup", "", `{"key":{"so_dinh_danh":"`+Stranger+`"}}`)
	if hidden.Status != 404 || absent.Status != 404 || hidden.Code() != absent.Code() || hidden.Header.Get("Content-Length") != absent.Header.Get("Content-Length") {
		t.Errorf("%+v\n%+v", hidden, absent)
	}
	if raw := b.Raw(); strings.Contains(raw, id) || strings.Contains(raw, Stranger) {
		t.Error("an identifier stands in the evidence")
	}
}

// T47: a look-up's body has one meaning.
func TestLookupBodies(t *testing.T) {
	b := withRows(t)
	for _, body := range []string{`{}`, `[]`, `{"key":{}}`, `{"key":{"a":"1","a":"2"}}`, `{"key":{"a":"1"},"key":{"b":"2"}}`, `{"key":{"a":["1"]}}`, `{"key":{"a":null}}`, `{"key":{"a":"1"}} x`, "{\"key\":{\"ho_ten\":\"\x80\"}}",
		`{"key":{"a":"1"},"where":"1=1"}`, `{"key":{"a":"1"},"fields":"*"}`, `{"key":{"a":"1"`, `{"key":{"so_dinh_danh":"1","SO_DINH_DANH":"2"}}`} {
		if got := b.Call("POST", data+"/lookup", "", body); got.Status != 400 || got.Code() != "exchange.lookup_invalid" {
			t.Errorf("%s: %+v", body, got)
		}
	}
	if got := b.Call("POST", data+"/lookup", "Content-Type: text/plain\r\n", `{"key":{"ho_ten":"x"}}`); got.Code() != "exchange.content_type" {
		t.Errorf("%+v", got)
	}
	if got := b.Call("POST", data+"/lookup", "", `{"key":{"ho_ten":"`+strings.Repeat("x", 70<<10)+`"}}`); got.Status != 413 {
		t.Errorf("%d", got.Status)
	}
}

// T33 and T35, R4.2, R16.5b, section 6.4: refused with a code that names the check, one record each.
func TestDecisionsReachTheCaller(t *testing.T) {
	b := withRows(t)
	use := "Lienthong-Purpose: "
	rows := []struct {
		name, method, target, head, body string
		status                           int
		code                             string
		check                            access.Check
	}{
		{"T33 every field", "GET", data + "/records?fields=*", "", "", 403, "access.field_not_granted", access.CheckScope},
		{"T33 hidden field", "GET", data + "/records?fields=ho_ten,dia_chi", "", "", 403, "access.field_not_granted", access.CheckScope},
		{"T33 filter on a hidden field", "GET", data + "/records?dia_chi=x", "", "", 403, "access.filter_not_granted", access.CheckScope},
		{"T33 filter on a masked field", "GET", data + "/records?dan_toc.in=Kinh,M%C3%B4ng", "", "", 403, "access.filter_not_granted", access.CheckScope},
		{"T33 range on a masked field", "GET", data + "/records?dan_toc.gte=L", "", "", 403, "access.filter_not_granted", access.CheckScope},
		{"T33 hidden field in a look-up", "POST", data + "/lookup", "", `{"key":{"dia_chi":"x"}}`, 403, "access.filter_not_granted", access.CheckScope},
		{"T35 unknown purpose", "GET", data + "/records", use + "ABC\r\n", "", 403, "access.purpose_unknown", access.CheckPurpose},
		{"T35 no purpose", "GET", data + "/records", use + "\r\n", "", 403, "access.purpose_missing", access.CheckPurpose},
		{"R4.2 other purpose", "GET", data + "/records", use + "PTDB\r\n", "", 403, "access.purpose_mismatch", access.CheckPurpose},
		{"other dataset", "GET", "/data/H38.04/ket-hon/records", "", "", 403, "access.grant_missing", access.CheckGrant},
		{"other dataset, identifier-like filter", "GET", "/data/H38.04/ket-hon/records?so=1", "", "", 403, "access.grant_missing", access.CheckGrant},
		{"R16.5b warehouse copies are read-only", "PUT", data + "/records", "", `{}`, 403, "access.action_forbidden", access.CheckRole},
		{"R16.5b deletion", "DELETE", data + "/records", "", "", 403, "access.action_forbidden", access.CheckRole},
		{"R16.5b PUT on a use grant", "PUT", svc + "/ho-so/1", "", `{}`, 403, "access.level_required", access.CheckLevel},
		{"undeclared method", "PATCH", svc + "/ho-so/1", "", `{}`, 403, "exchange.method_not_granted", access.CheckScope},
		{"T59 limit", "GET", data + "/records?limit=1000000000", "", "", 400, "exchange.limit_invalid", access.CheckScope},
		{"T59 limit of nought", "GET", data + "/records?limit=0", "", "", 400, "exchange.limit_invalid", access.CheckScope},
		{"unknown operator", "GET", data + "/records?ho_ten.like=x", "", "", 400, "exchange.filter_invalid", access.CheckScope},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			before := settled(t, b)
			got := b.Call(row.method, row.target, row.head, row.body)
			if got.Status != row.status || got.Code() != row.code {
				t.Errorf("got %+v", got)
			}
			recs := b.Records()[before:]
			if len(recs) != 1 || recs[0].Decision.Result != audit.Deny || recs[0].Decision.Reason != string(row.check) || recs[0].Result.ErrorCode != row.code {
				t.Errorf("records %+v", recs)
			}
		})
	}
	b.Clock.Shift(24 * 365 * time.Hour)
	token, err := b.Service.IssueToken(context.Background(), exchange.Client{System: System, Credential: "c1"})
	if err != nil {
		t.Fatal(err)
	}
	b.Token = token
	if got := b.Call("GET", data+"/records", "", ""); got.Code() != "access.grant_expired" {
		t.Errorf("T35 expired: %+v", got)
	}
}

func TestServiceColumnsRowsAndMasks(t *testing.T) {
	b := withService(t)
	b.Provider.Says(Answer(200, `{"total":9,"data":[{"so_dinh_danh":"`+Citizen+`","ho_ten":"A","dan_toc":"Kinh","xa":"02701","dia_chi":"x"},{"so_dinh_danh":"999","ho_ten":"B","xa":"02702"}]}`))
	before := settled(t, b)
	got := b.Call("GET", svc+"/ho-so?xa=02701&trang=2", "", "")
	if want := `{"data":[{"so_dinh_danh":"` + Citizen + `","ho_ten":"A","la_nguoi_dtts":false,"xa":"02701"}]}`; got.Body != want {
		t.Errorf("got %s", got.Body)
	}
	rec := outcome(t, b, before, "200", "")
	if rec.Content.Records != 1 || rec.Content.Persons != 1 || rec.Content.SubjectKeys[0] != b.Log.PersonKey(Citizen) {
		t.Errorf("%+v", rec.Content)
	}
	if line := b.Provider.Seen()[0]; !strings.HasPrefix(line, "GET /api/ho-so?xa=02701&trang=2 HTTP/1.1\r\n") {
		t.Errorf("the provider saw %q", line)
	}
	if got := b.Call("GET", svc+"/ho-so?sap_xep=1", "", ""); got.Code() != "access.filter_not_granted" {
		t.Errorf("T33 sort on a hidden field: %+v", got)
	}
	if strings.Contains(b.Raw(), Citizen) {
		t.Error("an identifier stands in the evidence")
	}
}

// An update needs an UPDATE right, is recorded before the provider is called, and is sent once.
func TestUpdate(t *testing.T) {
	b := Start(t, Operations("PUT /ho-so/{so}"), func(g *access.Grant) { g.Level = access.LevelUpdate })
	before := settled(t, b)
	got := b.Call("PUT", svc+"/ho-so/"+Citizen, "Idempotency-Key: 7\r\n", `{"ho_ten":"B"}`)
	seen := b.Provider.Seen() // read first, to see that the record lies within the granted rows, then changed once
	if got.Status != 200 || len(seen) != 2 || !strings.HasPrefix(seen[0], "GET ") || !strings.HasSuffix(seen[1], `{"ho_ten":"B"}`) {
		t.Fatalf("%+v, provider %q", got, b.Provider.Seen())
	}
	outcome(t, b, before, "200", "")
	dec := b.Records()[before]
	if dec.Event != "data.update" || dec.Content.SubjectKeys[0] != b.Log.PersonKey(Citizen) || dec.Target.Operation != "PUT /svc/H38.04/hotich/khai-sinh/ho-so/{so}" {
		t.Errorf("%+v", dec)
	}
	if got := b.Call("GET", svc+"/ho-so/1", "", ""); got.Code() != "access.level_required" {
		t.Errorf("UPDATE does not imply USE: %+v", got)
	}
}

// R4.6: when the record cannot be written, nothing is answered and nobody is asked.
func TestNoAnswerWithoutEvidence(t *testing.T) {
	b := Start(t, Operations("GET /ho-so/{so}"))
	if err := b.Log.Close(); err != nil {
		t.Fatal(err)
	}
	got := b.Call("GET", svc+"/ho-so/1", "", "")
	if got.Status < 500 || len(b.Provider.Seen()) != 0 || strings.Contains(got.Body, "Giàng") {
		t.Errorf("%+v", got)
	}
	if got := b.Call("GET", "/nowhere", "", ""); got.Status < 500 {
		t.Errorf("a refusal without its record: %+v", got)
	}
	if got := b.Call("GET", "/livez", "", ""); got.Status != 200 {
		t.Errorf("health is the published exception: %+v", got)
	}
}

// T21: after the revocation's transaction has returned, no call is let in.
func TestRevocationIsImmediate(t *testing.T) {
	b := withRows(t)
	if got := b.Call("GET", data+"/records", "", ""); got.Status != 200 {
		t.Fatalf("%+v", got)
	}
	if err := b.DB.InTx(context.Background(), func(q controldb.Querier) error {
		return b.Service.RevokeTokens(context.Background(), q, System, "c1")
	}); err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if got := b.Call("GET", data+"/records", "", ""); got.Status != 401 || got.Header.Get("WWW-Authenticate") == "" {
			t.Fatalf("%+v", got)
		}
	}
}

func TestSchemaShowsTheGrantOnly(t *testing.T) {
	b := withRows(t)
	got := b.Call("GET", data+"/schema", "", "")
	if got.Status != 200 || strings.Contains(got.Body, "dia_chi") || !strings.Contains(got.Body, `"la_nguoi_dtts"`) || strings.Contains(got.Body, "dan_toc") {
		t.Errorf("%+v", got)
	}
}

// Every code that this slice can raise has a sentence in both languages.
func TestEveryCodeHasItsSentence(t *testing.T) {
	found := map[string]bool{}
	code := regexp.MustCompile(`fault\.New\([^"]*"(exchange\.[a-z_]+)"`)
	for _, dir := range []string{".", "canon", "filter", "upstream"} {
		files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range code.FindAllStringSubmatch(string(text), -1) {
				found[m[1]] = true
			}
		}
	}
	for _, reason := range []string{"framing", "head_malformed", "header_duplicate", "uri_too_long", "head_too_large", "version_refused"} {
		found["exchange."+reason] = true
	}
	if len(found) < 50 {
		t.Fatalf("only %d codes found", len(found))
	}
	for c := range found {
		if m, ok := exchange.Messages[c]; !ok || m.Vi == "" || m.En == "" {
			t.Errorf("%s has no sentence", c)
		}
	}
}

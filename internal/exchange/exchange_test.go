package exchange_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"path/filepath"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"

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
	if got.Status != 200 || len(b.Provider.Seen()) != 1 || !strings.HasSuffix(b.Provider.Seen()[0], `{"ho_ten":"B"}`) {
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

func TestTokenEndpoint(t *testing.T) {
	b := withRows(t)
	form := "Content-Type: application/x-www-form-urlencoded\r\nAuthorization: "
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(System+":"+Secret))
	ask := func(auth, body string) Reply {
		return b.Call("POST", "/oauth2/token", form+auth+"\r\n", body)
	}
	before := len(b.Records())
	got := ask(basic, "grant_type=client_credentials")
	var answer struct {
		Token   string `json:"access_token"`
		Type    string `json:"token_type"`
		Expires int    `json:"expires_in"`
	}
	if err := json.Unmarshal([]byte(got.Body), &answer); err != nil || answer.Type != "Bearer" || answer.Expires != 600 || got.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%+v", got)
	}
	if recs := b.Records()[before:]; len(recs) != 1 || recs[0].Event != "auth.login" || recs[0].Actor.AccountID != System {
		t.Errorf("%+v", recs)
	}
	old := b.Token
	b.Token = answer.Token
	if got := b.Call("GET", data+"/records", "", ""); got.Status != 200 {
		t.Errorf("new token: %+v", got)
	}
	b.Clock.Shift(exchange.TokenLife)
	if got := b.Call("GET", data+"/records", "", ""); got.Code() != "exchange.token_invalid" {
		t.Errorf("T19 expired: %+v", got)
	}
	b.Token = old
	if strings.Contains(b.Raw(), answer.Token) || strings.Contains(b.Raw(), Secret) {
		t.Error("a secret stands in the evidence")
	}
	rows := []struct{ name, auth, body, code string }{
		{"wrong secret", "Basic " + base64.StdEncoding.EncodeToString([]byte("tthc:no")), "grant_type=client_credentials", "invalid_client"},
		{"unknown client", "Basic " + base64.StdEncoding.EncodeToString([]byte("x:no")), "grant_type=client_credentials", "invalid_client"},
		{"other grant", basic, "grant_type=password", "unsupported_grant_type"},
		{"no grant", basic, "x=1", "invalid_request"},
		{"grant twice", basic, "grant_type=client_credentials&grant_type=client_credentials", "invalid_request"},
		{"secret twice", basic, "grant_type=client_credentials&client_id=tthc&client_secret=x", "invalid_request"},
		{"broken Basic", "Basic !!", "grant_type=client_credentials", "invalid_request"},
		{"scope", basic, "grant_type=client_credentials&scope=all", "invalid_scope"},
	}
	for _, row := range rows {
		before := len(b.Records())
		got := ask(row.auth, row.body)
		if !strings.Contains(got.Body, `"error":"`+row.code+`"`) || got.Status < 400 {
			t.Errorf("%s: %+v", row.name, got)
		}
		if recs := b.Records()[before:]; len(recs) != 1 || recs[0].Event != "auth.fail" {
			t.Errorf("%s: records %+v", row.name, recs)
		}
	}
	raw := b.Send(1, fmt.Sprintf("POST /oauth2/token HTTP/1.1\r\nHost: gw.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
		len("grant_type=client_credentials&client_id=tthc&client_secret="+Secret), "grant_type=client_credentials&client_id=tthc&client_secret="+Secret))
	if raw[0].Status != 200 {
		t.Errorf("secret in the form: %+v", raw)
	}
	for range 10 {
		ask("Basic "+base64.StdEncoding.EncodeToString([]byte("tthc:no")), "grant_type=client_credentials")
	}
	if got := ask(basic, "grant_type=client_credentials"); got.Status != 429 || got.Header.Get("Retry-After") == "" { // T23
		t.Errorf("%+v", got)
	}
}

func sign(t *testing.T, b *Bench, change func(header jws.Headers, claims map[string]any)) string {
	t.Helper()
	header := jws.NewHeaders()
	_ = header.Set("kid", "k1")
	now := b.Clock.Now().Unix()
	claims := map[string]any{"sub": "cb-0042", "agency": Agency, "iat": now, "exp": now + 60, "jti": fmt.Sprint(time.Now().UnixNano())}
	change(header, claims)
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jws.Sign(payload, jws.WithKey(jwa.EdDSA(), b.Officer, jws.WithProtectedHeaders(header)))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// T17-T19 for the officer's assertion, and its single use.
func TestOfficerAssertion(t *testing.T) {
	b := Start(t, func(g *access.Grant) { g.Conditions.OfficerRequired = true })
	call := func(a string) Reply {
		return b.Call("GET", data+"/records", "Lienthong-Officer: "+a+"\r\n", "")
	}
	good := sign(t, b, func(jws.Headers, map[string]any) {})
	before := settled(t, b)
	if got := call(good); got.Status != 200 {
		t.Fatalf("%+v", got)
	}
	if rec := b.Records()[before]; rec.Detail["officer"] != "cb-0042" {
		t.Errorf("%+v", rec)
	}
	if got := call(good); got.Code() != "exchange.officer_replayed" {
		t.Errorf("replay: %+v", got)
	}
	if got := b.Call("GET", data+"/records", "", ""); got.Code() != "access.officer_missing" {
		t.Errorf("missing: %+v", got)
	}
	parts := strings.Split(sign(t, b, func(jws.Headers, map[string]any) {}), ".")
	raw := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for name, a := range map[string]string{
		"alg none":            raw(`{"alg":"none","kid":"k1"}`) + "." + parts[1] + ".",
		"alg None":            raw(`{"alg":"None","kid":"k1"}`) + "." + parts[1] + "." + parts[2],
		"HS256 by public key": raw(`{"alg":"HS256","kid":"k1"}`) + "." + parts[1] + "." + parts[2],
		"empty signature":     parts[0] + "." + parts[1] + ".",
		"altered claims":      parts[0] + "." + raw(`{"sub":"root"}`) + "." + parts[2],
		"jku":                 sign(t, b, func(h jws.Headers, _ map[string]any) { _ = h.Set("jku", "http://127.0.0.1/k") }),
		"kid of another":      sign(t, b, func(h jws.Headers, _ map[string]any) { _ = h.Set("kid", "../../k1") }),
		"kid by injection":    sign(t, b, func(h jws.Headers, _ map[string]any) { _ = h.Set("kid", "' or 1=1") }),
		"expired": sign(t, b, func(_ jws.Headers, c map[string]any) {
			c["iat"], c["exp"] = b.Clock.Now().Unix()-120, b.Clock.Now().Unix()-60
		}),
		"from the future": sign(t, b, func(_ jws.Headers, c map[string]any) {
			c["iat"], c["exp"] = b.Clock.Now().Unix()+30, b.Clock.Now().Unix()+60
		}),
		"too long":              sign(t, b, func(_ jws.Headers, c map[string]any) { c["exp"] = b.Clock.Now().Unix() + 61 }),
		"no exp":                sign(t, b, func(_ jws.Headers, c map[string]any) { delete(c, "exp") }),
		"no jti":                sign(t, b, func(_ jws.Headers, c map[string]any) { delete(c, "jti") }),
		"no sub":                sign(t, b, func(_ jws.Headers, c map[string]any) { delete(c, "sub") }),
		"another agency":        sign(t, b, func(_ jws.Headers, c map[string]any) { c["agency"] = "H38.02" }),
		"not a JWS":             "abc",
		"a free text name":      "Nguyen Van A",
		"JSON serialisation":    `{"payload":"x"}`,
		"key in its own header": sign(t, b, func(h jws.Headers, _ map[string]any) { _ = h.Set("x5u", "http://127.0.0.1/k") }),
	} {
		before := settled(t, b)
		if got := call(a); got.Status != 401 || got.Code() != "exchange.officer_invalid" {
			t.Errorf("%s: %+v", name, got)
		}
		if n := len(b.Records()) - before; n != 1 {
			t.Errorf("%s: %d records", name, n)
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

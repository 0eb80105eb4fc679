package exchange_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/audit"
)

const svc = "/svc/H38.04/hotich/khai-sinh"

// withService is a bench whose grant covers the provider's reading operations.
func withService(t testing.TB) *Bench {
	b := Start(t, Operations("GET /ho-so/{so}", "GET /ho-so", "POST /tim", "GET /loi"))
	return b
}

// denied checks that a call was refused, reached nobody, and left exactly one denial.
func denied(t *testing.T, b *Bench, before int, got []Reply, code string) {
	t.Helper()
	if len(got) != 1 || got[0].Status < 400 || got[0].Code() != code {
		t.Errorf("got %+v, want one refusal %s", got, code)
	}
	if len(got) > 0 && (got[0].Header.Get("X-Request-Id") == "" || got[0].Header.Get("Content-Type") != "application/problem+json") {
		t.Errorf("headers %v", got[0].Header)
	}
	recs := b.Records()[before:]
	if len(recs) != 1 || recs[0].Kind != audit.KindDecision || recs[0].Decision.Result != audit.Deny || recs[0].Result.ErrorCode != code || recs[0].ID != got[0].Header.Get("X-Request-Id") {
		t.Errorf("records: %+v", recs)
	}
	if seen := b.Provider.Seen(); len(seen) != 0 {
		t.Errorf("the provider saw %q", seen)
	}
}

// T01-T04, T06, T09, T11-T13, T16: one connection each, raw bytes, one denial each, nothing at the provider.
func TestAttacksOnTheRequest(t *testing.T) {
	b := withService(t)
	head := "Host: " + Host + "\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nLienthong-Purpose: QLNN\r\n"
	get := func(target string) string { return "GET " + target + " HTTP/1.1\r\n" + head + "\r\n" }
	good := svc + "/ho-so/1"
	rows := []struct{ name, raw, code string }{
		{"T01 dots", get("/data/../svc/H38.04/hotich/khai-sinh/ho-so/1"), "exchange.path_dots"},
		{"T01 escaped dots", get("/data/%2e%2e" + good), "exchange.path_escape"},
		{"T01 escaped slash", get("/data/..%2fsvc"), "exchange.path_escape"},
		{"T01 matrix parameter", get("/data/..;/svc"), "exchange.path_byte"},
		{"T01 backslash", get(`/svc\H38.04`), "exchange.path_byte"},
		{"T02 double slash", get("/" + good), "exchange.path_empty_segment"},
		{"T02 trailing slash", get(good + "/"), "exchange.path_empty_segment"},
		{"T02 upper case", get(strings.ToUpper(svc) + "/ho-so/1"), "exchange.route_unknown"},
		{"T02 upper-case service", get("/svc/H38.04/hotich/KHAI-SINH/ho-so/1"), "exchange.service_unknown"},
		{"T02 NUL", get(good + "%00"), "exchange.path_escape"},
		{"T02 trailing space", get(good + "%20"), "exchange.path_space"},
		{"T02 full width", get("/svc/H38.04/hotich/khai-sin%EF%BD%88/ho-so/1"), "exchange.path_text"},
		{"T02 NFD", get("/svc/H38.04/hotich/khai-si%CC%A3nh/ho-so/1"), "exchange.path_text"},
		{"T03 longer name", get(svc + "-nhay-cam/ho-so/1"), "exchange.service_unknown"},
		{"T03 longer path", get(good + "/x"), "exchange.operation_unknown"},
		{"T04 absolute form, other host", strings.Replace(get("http://other/x"), Host, "other", 1), "exchange.host_unknown"},
		{"T04 absolute form hides the host", get("http://other" + good), "exchange.host_unknown"},
		{"T04 absolute form, own host", get("http://" + Host + good), "exchange.target_form"},
		{"T04 unknown host", strings.Replace(get(good), "Host: "+Host, "Host: evil", 1), "exchange.host_unknown"},
		{"T04 two hosts", strings.Replace(get(good), "Host:", "Host: evil\r\nHost:", 1), "exchange.header_duplicate"},
		{"T06 purpose twice", strings.Replace(get(good), "Lienthong-Purpose", "Lienthong-Purpose: PTDB\r\nlienthong-purpose", 1), "exchange.header_duplicate"},
		{"T09 length and chunks", "POST " + svc + "/tim HTTP/1.1\r\n" + head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "exchange.framing"},
		{"T09 two lengths", "POST " + svc + "/tim HTTP/1.1\r\n" + head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", "exchange.header_duplicate"},
		{"T09 space before colon", "POST " + svc + "/tim HTTP/1.1\r\n" + head + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "exchange.head_malformed"},
		{"T09 xchunked", "POST " + svc + "/tim HTTP/1.1\r\n" + head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "exchange.framing"},
		{"T09 folded header", strings.Replace(get(good), "\r\nLien", "\r\n Lien", 1), "exchange.head_malformed"},
		{"T09 bare LF chunk", "POST " + svc + "/tim HTTP/1.1\r\n" + head + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n", "exchange.framing"},
		{"T09 chunk extension", "POST " + svc + "/tim HTTP/1.1\r\n" + head + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n", "exchange.framing"},
		{"T11 CONNECT", "CONNECT " + Host + ":443 HTTP/1.1\r\n" + head + "\r\n", "exchange.method_unknown"},
		{"T11 TRACE", "TRACE " + good + " HTTP/1.1\r\n" + head + "\r\n", "exchange.method_unknown"},
		{"T11 PROPFIND", "PROPFIND " + good + " HTTP/1.1\r\n" + head + "\r\n", "exchange.method_unknown"},
		{"T11 DEBUG", "DEBUG " + good + " HTTP/1.1\r\n" + head + "\r\n", "exchange.method_unknown"},
		{"T66 OPTIONS", "OPTIONS * HTTP/1.1\r\n" + head + "\r\n", "exchange.method_unknown"},
		{"T66 HEAD", "HEAD " + good + " HTTP/1.1\r\n" + head + "\r\n", "exchange.method_not_granted"},
		{"T11 GET with a body", strings.Replace(get(good), "\r\n\r\n", "\r\nContent-Length: 2\r\n\r\n{}", 1), "exchange.body_refused"},
		{"T12 repeated parameter", get(svc + "/ho-so?xa=02701&xa=02702"), "exchange.query_duplicate"},
		{"T12 semicolon", get(svc + "/ho-so?xa=1;trang=2"), "exchange.query_text"},
		{"T12 10001 parameters", get(svc + "/ho-so?" + strings.Repeat("a=1&", 1500) + "xa=02702"), "exchange.query_too_many"},
		{"T12 undeclared parameter", get(svc + "/ho-so?select=*"), "exchange.parameter_unknown"},
		{"T13 64 KB address", get("/" + strings.Repeat("a", 64<<10)), "exchange.uri_too_long"},
		{"T13 1 MB header", strings.Replace(get(good), "Authorization: Bearer ", "Authorization: Bearer "+strings.Repeat(".", 1<<20), 1), "exchange.head_too_large"},
		{"T13 10000 headers", strings.Replace(get(good), "\r\n\r\n", "\r\n"+strings.Repeat("X: y\r\n", 10000)+"\r\n", 1), "exchange.head_too_large"},
		{"T16 WebSocket", strings.Replace(get(good), "\r\n\r\n", "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n", 1), "exchange.upgrade_refused"},
		{"T16 h2c", strings.Replace(get(good), "\r\n\r\n", "\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n\r\n", 1), "exchange.upgrade_refused"},
		{"no such route", get("/admin"), "exchange.route_unknown"},
		{"T68 pprof", get("/debug/pprof"), "exchange.route_unknown"},
		{"no token", strings.Replace(get(good), "Authorization: Bearer {token}\r\n", "", 1), "exchange.token_missing"},
		{"T20 token cut", strings.Replace(get(good), "{token}", b.Token[:42], 1), "exchange.token_invalid"},
		{"T20 token extended", strings.Replace(get(good), "{token}", b.Token+"A", 1), "exchange.token_invalid"},
		{"T20 token in another case", strings.Replace(get(good), "{token}", swapCase(b.Token), 1), "exchange.token_invalid"},
		{"T20 Basic instead", strings.Replace(get(good), "Bearer {token}", "Basic dHRoYzpzM2NyZXQ=", 1), "exchange.token_missing"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			before, began := len(b.Records()), time.Now()
			got := b.Send(2, row.raw)
			if len(got) == 0 && len(row.raw) > 60<<10 { // reset while much of the head was unread: refused and recorded all the same
				if recs := b.Records()[before:]; len(recs) != 1 || recs[0].Result.ErrorCode != row.code {
					t.Errorf("records: %+v", recs)
				}
				return
			}
			if strings.HasPrefix(row.raw, "HEAD") { // its answer has no body to read the code from
				if recs := b.Records()[before:]; got[0].Status != 403 || len(recs) != 1 || recs[0].Result.ErrorCode != row.code {
					t.Errorf("got %+v, records %+v", got, recs)
				}
				return
			}
			denied(t, b, before, got, row.code)
			if strings.HasPrefix(row.name, "T13") && time.Since(began) > 2*time.Second {
				t.Errorf("took %s", time.Since(began))
			}
		})
	}
}

func swapCase(s string) string {
	for i, c := range s {
		if c >= 'a' && c <= 'z' {
			return s[:i] + strings.ToUpper(string(c)) + s[i+1:]
		}
	}
	return s
}

// T06, T07, T08, T11: the provider sees our identity headers once and nothing that a client claimed.
func TestIdentityIsOurs(t *testing.T) {
	b := withService(t)
	claims := ""
	for _, name := range []string{"X-User", "X_User", "x-forwarded-user", "X-Consumer-Id", "X-Purpose", "Lienthong-Consumer", "LIENTHONG-AGENCY", "Lienthong-Officer-Id",
		"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Real-IP", "Forwarded", "X-Http-Method-Override", "X-Request-Id", "Cookie", "Range", "Via"} {
		claims += name + ": root\r\n" + name + ": admin\r\n"
	}
	claims += "Authorization: Bearer {token}\r\nLienthong-Purpose: QLNN\r\nConnection: close, Lienthong-Consumer, Authorization, Lienthong-Purpose\r\nX-HTTP-Method-Override: DELETE\r\n"
	got := b.Call("GET", svc+"/ho-so/1", claims, "")
	if got.Status != 200 {
		t.Fatalf("%+v", got)
	}
	raw := b.Provider.Seen()[0]
	for line, n := range map[string]int{
		"GET /api/ho-so/1 HTTP/1.1\r\n": 1, "\r\nLienthong-Consumer: tthc\r\n": 1, "\r\nLienthong-Agency: H38.01\r\n": 1, "\r\nLienthong-Purpose: QLNN\r\n": 1,
		"\r\nAuthorization: Bearer provider-secret\r\n": 1, "\r\nX-Request-Id: " + got.Header.Get("X-Request-Id") + "\r\n": 1,
		"root": 0, "admin": 0, "DELETE": 0, b.Token: 0, "X-Forwarded": 0, "Officer": 0,
	} {
		if c := strings.Count(raw, line); c != n {
			t.Errorf("%q stands %d times in %q", line, c, raw)
		}
	}
	if rec := b.Records(); rec[len(rec)-2].Client.IP != "127.0.0.1" && rec[len(rec)-1].Client.IP != "127.0.0.1" { // T08
		t.Errorf("address in the record: %+v", rec[len(rec)-1].Client)
	}
}

// T10: no client ever receives another's answer over the shared provider connections.
func TestAnswersBelongToTheirRequests(t *testing.T) {
	b := withService(t)
	b.Provider.Says(Echo)
	rounds := 1000
	if testing.Short() {
		rounds = 50
	}
	var work sync.WaitGroup
	for client := range 2 {
		work.Go(func() {
			for i := range rounds / 50 {
				raw := ""
				for j := range 25 {
					inner := "GET " + svc + "/ho-so/stolen HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer {token}\r\nLienthong-Purpose: QLNN\r\n\r\n"
					body := `{"q":"` + strings.NewReplacer("\r", " ", "\n", " ").Replace(inner) + `"}`
					raw += fmt.Sprintf("POST %s/tim HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer {token}\r\nLienthong-Purpose: QLNN\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", svc, len(strings.ReplaceAll(body, "{token}", b.Token)), body)
					raw += fmt.Sprintf("GET %s/ho-so/c%d-%d-%d HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer {token}\r\nLienthong-Purpose: QLNN\r\n\r\n", svc, client, i, j)
				}
				got := b.Send(50, raw)
				if len(got) != 50 {
					t.Errorf("%d answers", len(got))
					return
				}
				for j := range 25 {
					if want := fmt.Sprintf("/api/ho-so/c%d-%d-%d\"", client, i, j); !strings.Contains(got[2*j+1].Body, want) {
						t.Errorf("client %d got %q, want %s", client, got[2*j+1].Body, want)
					}
				}
			}
		})
	}
	work.Wait()
	for _, raw := range b.Provider.Seen() {
		if strings.HasPrefix(raw, "GET /api/ho-so/stolen") {
			t.Fatal("the inner request reached the provider")
		}
	}
}

// T15, T56: what goes wrong at the provider ends as a labelled refusal, with an outcome, and nothing of it leaves.
func TestProviderFailures(t *testing.T) {
	b := withService(t)
	head := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	rows := []struct {
		name, answer string
		status       int
		code         string
	}{
		{"T15 stack trace", "HTTP/1.1 500 X\r\nServer: Apache\r\nX-Powered-By: PHP\r\nSet-Cookie: a=b\r\nContent-Length: 13\r\n\r\nat Marker.go:1", 502, "exchange.provider_error"},
		{"T56 redirect inside", "HTTP/1.1 302 X\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n", 502, "exchange.provider_redirect"},
		{"T56 HTML", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<b>Marker</b>", 502, "exchange.provider_unreadable"},
		{"T56 HTML called JSON", head + "Content-Length: 13\r\n\r\n<b>Marker</b>", 502, "exchange.provider_unreadable"},
		{"T56 wrong length", head + "Connection: close\r\nContent-Length: 99\r\n\r\n" + `{"ho_ten":"Marker"`, 502, "exchange.provider_cut"},
		{"T56 cut chunks", head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"ho_", 502, "exchange.provider_cut"},
		{"T56 valid, then rubbish", Answer(200, `{"ho_ten":"Marker","xa":"02701"} x`), 502, "exchange.provider_unreadable"},
		{"T56 duplicate name", Answer(200, `{"ho_ten":"Marker","xa":"02701","xa":"1"}`), 502, "exchange.provider_unreadable"},
		{"T56 5 GB", head + "Content-Length: 5000000000\r\n\r\nMarker", 502, "exchange.provider_too_large"},
		{"T56 endless", head + "\r\n" + `{"ho_ten":"` + strings.Repeat("Marker", 50<<10), 502, "exchange.provider_too_large"},
		{"undeclared status", Answer(410, `{"Marker":1}`), 502, "exchange.provider_error"},
		{"no such record, told as one of another commune", Answer(404, `{"Marker":1}`), 404, "exchange.record_not_found"},
		{"row of another commune", Answer(200, `{"ho_ten":"Marker","xa":"02702"}`), 404, "exchange.record_not_found"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			b.Provider.Says(row.answer)
			before := settled(t, b)
			got := b.Call("GET", svc+"/ho-so/1", "", "")
			if got.Status != row.status || got.Code() != row.code {
				t.Errorf("got %+v", got)
			}
			text := fmt.Sprint(got)
			for _, leak := range []string{"Marker", "Apache", "PHP", "169.254", b.Provider.Addr} {
				if strings.Contains(text, leak) {
					t.Errorf("%s left: %s", leak, text)
				}
			}
			outcome(t, b, before, fmt.Sprint(row.status), row.code)
			// A success in between keeps the pause after failures out of this test.
			b.Provider.Says(Answer(200, `{"ho_ten":"x","xa":"02701"}`))
			b.Call("GET", svc+"/ho-so/1", "", "")
		})
	}
}

// outcome waits for the two records of one allowed call and checks the second.
func outcome(t *testing.T, b *Bench, before int, status, code string) *audit.Record {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for {
		recs := b.Records()[before:]
		if len(recs) >= 2 || time.Now().After(deadline) {
			if len(recs) != 2 || recs[0].Kind != audit.KindDecision || recs[1].Kind != audit.KindOutcome || recs[1].Of != recs[0].ID ||
				recs[0].Decision.Result != audit.Allow || recs[1].Result.Status != status || recs[1].Result.ErrorCode != code {
				t.Errorf("records: %+v", recs)
				return &audit.Record{}
			}
			return recs[1]
		}
	}
}

func TestDeclaredErrorPasses(t *testing.T) {
	b := withService(t)
	b.Provider.Says(Answer(404, `{"ma":"KHONG_CO"}`))
	if got := b.Call("GET", svc+"/loi", "", ""); got.Status != 404 || got.Body != `{"ma":"KHONG_CO"}` {
		t.Errorf("got %+v", got)
	}
}

// T57: slow and idle connections take slots, not service; the one good client is answered.
func TestSlowClientsDoNotBlockOthers(t *testing.T) {
	b := withService(t)
	for range 100 {
		c := dial(t, b.Addr)
		_, _ = c.Write([]byte("GET /livez HTTP/1.1\r\nHost: "))
	}
	if got := b.Call("GET", svc+"/ho-so/1", "", ""); got.Status != 200 {
		t.Errorf("got %+v", got)
	}
}

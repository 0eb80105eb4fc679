package canon

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/kit/fault"
)

// guarded starts a real server behind a guard; seen collects method, address and body of what net/http was given.
func guarded(t *testing.T) (addr string, seen func() []string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := NewGuard(l, 64, 64)
	var mu sync.Mutex
	var got []string
	srv := &http.Server{ReadHeaderTimeout: 5 * time.Second, ConnContext: g.ConnContext, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := g.Refusal(r.RequestURI); err != nil {
			f := fault.Of(err)
			http.Error(w, f.Code, f.Kind.Status())
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "body", 400)
			return
		}
		mu.Lock()
		got = append(got, r.Method+" "+r.RequestURI+" "+string(body))
		mu.Unlock()
		fmt.Fprintf(w, "ok %s", r.RequestURI)
	})}
	go func() { _ = srv.Serve(g) }()
	t.Cleanup(func() { srv.Close() })
	return l.Addr().String(), func() []string { mu.Lock(); defer mu.Unlock(); return got }
}

// talk writes raw bytes in pieces and reads until the server closes or every expected answer came.
func talk(t *testing.T, addr string, answers int, pieces ...string) []string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	go func() {
		for _, p := range pieces {
			if _, err := io.WriteString(c, p); err != nil {
				return
			}
		}
	}()
	var out []string
	br := bufio.NewReader(c)
	for len(out) < answers {
		resp, err := http.ReadResponse(br, nil)
		if err != nil {
			break
		}
		b, _ := io.ReadAll(resp.Body)
		out = append(out, fmt.Sprintf("%d %s", resp.StatusCode, strings.TrimSpace(string(b))))
	}
	return out
}

func TestGuardRefusesHeads(t *testing.T) {
	const host = "Host: a\r\n"
	rows := map[string]struct{ raw, want string }{
		"T09 CL and TE":           {"POST / HTTP/1.1\r\n" + host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 exchange.framing"},
		"T09 two equal lengths":   {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", "400 exchange.header_duplicate"},
		"T09 space before colon":  {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400 exchange.head_malformed"},
		"T09 xchunked":            {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n", "400 exchange.framing"},
		"T09 two codings":         {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n", "400 exchange.framing"},
		"T09 obs-fold":            {"GET / HTTP/1.1\r\n" + host + "X-A: b\r\n c\r\n\r\n", "400 exchange.head_malformed"},
		"bare line feed":          {"GET / HTTP/1.1\n" + host + "\r\n", "400 exchange.head_malformed"},
		"bare carriage return":    {"GET / HTTP/1.1\r\n" + host + "X-A: b\rX-B: c\r\n\r\n", "400 exchange.head_malformed"},
		"NUL in a value":          {"GET / HTTP/1.1\r\n" + host + "X-A: b\x00\r\n\r\n", "400 exchange.head_malformed"},
		"T04 two hosts":           {"GET / HTTP/1.1\r\n" + host + "host: b\r\n\r\n", "400 exchange.header_duplicate"},
		"no host":                 {"GET / HTTP/1.1\r\n\r\n", "400 exchange.framing"},
		"two authorizations":      {"GET / HTTP/1.1\r\n" + host + "Authorization: a\r\nAUTHORIZATION: b\r\n\r\n", "400 exchange.header_duplicate"},
		"two purposes":            {"GET / HTTP/1.1\r\n" + host + "Lienthong-Purpose: a\r\nlienthong-purpose: b\r\n\r\n", "400 exchange.header_duplicate"},
		"HTTP/1.0":                {"GET / HTTP/1.0\r\n" + host + "\r\n", "400 exchange.version_refused"},
		"HTTP/2 preface":          {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400 exchange.version_refused"},
		"signed length":           {"POST / HTTP/1.1\r\n" + host + "Content-Length: +3\r\n\r\nabc", "400 exchange.framing"},
		"T13 64 KB address":       {"GET /" + strings.Repeat("a", 64<<10) + " HTTP/1.1\r\n" + host + "\r\n", "414 exchange.uri_too_long"},
		"T13 1 MB header":         {"GET / HTTP/1.1\r\n" + host + "X-A: " + strings.Repeat("a", 1<<20) + "\r\n\r\n", "431 exchange.head_too_large"},
		"T13 10,000 headers":      {"GET / HTTP/1.1\r\n" + host + strings.Repeat("X: y\r\n", 10000) + "\r\n", "431 exchange.head_too_large"},
		"T13 bearer of dots":      {"GET / HTTP/1.1\r\n" + host + "Authorization: Bearer " + strings.Repeat(".", 1<<20) + "\r\n\r\n", "431 exchange.head_too_large"},
		"space in target":         {"GET /a b HTTP/1.1\r\n" + host + "\r\n", "400 exchange.version_refused"},
		"raw non-ASCII in target": {"GET /hộ HTTP/1.1\r\n" + host + "\r\n", "400 exchange.head_malformed"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			addr, seen := guarded(t)
			got := talk(t, addr, 2, row.raw, "GET /after HTTP/1.1\r\nHost: a\r\n\r\n")
			// A reset may overtake the answer when much of the refused head is still unread; never a 2xx.
			if len(got) > 1 || len(got) == 1 && got[0] != row.want || len(got) == 0 && len(row.raw) < 60<<10 {
				t.Errorf("got %q, want %q and a closed connection", got, row.want)
			}
			if s := seen(); len(s) != 0 {
				t.Errorf("a handler saw %q", s)
			}
		})
	}
}

func TestGuardRefusesChunks(t *testing.T) {
	const head = "POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, body := range map[string]string{
		"T09 bare line feed":    "3\nabc\r\n0\r\n\r\n",
		"T09 extension":         "3;x=y\r\nabc\r\n0\r\n\r\n",
		"T09 data too long":     "3\r\nabcd\r\n0\r\n\r\n",
		"T09 trailer":           "3\r\nabc\r\n0\r\nX-User: root\r\n\r\n",
		"T09 size of 9 digits":  "000000003\r\nabc\r\n0\r\n\r\n",
		"T09 negative size":     "-3\r\nabc\r\n0\r\n\r\n",
		"T09 bare LF after end": "3\r\nabc\r\n0\r\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			addr, seen := guarded(t)
			got := talk(t, addr, 2, head+body, "GET /after HTTP/1.1\r\nHost: a\r\n\r\n")
			if len(got) > 1 || len(got) == 1 && !strings.HasPrefix(got[0], "400") {
				t.Errorf("got %q", got)
			}
			if s := seen(); len(s) != 0 {
				t.Errorf("a handler saw a whole request: %q", s)
			}
		})
	}
}

func TestGuardPassesSoundTraffic(t *testing.T) {
	addr, seen := guarded(t)
	raw := "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n" +
		"POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /" +
		"POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n" +
		"GET /4 HTTP/1.1\r\nHost: a\r\n\r\n" +
		"GET /5 HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"
	want := "GET /1 |POST /2 GET /|POST /3 abc0123456789|GET /4 "
	for _, step := range []int{1, 2, 7, 50, len(raw)} {
		var pieces []string
		for i := 0; i < len(raw); i += step {
			pieces = append(pieces, raw[i:min(i+step, len(raw))])
		}
		before := len(seen())
		got := talk(t, addr, 9, pieces...)
		if len(got) != 5 || got[4] != "400 exchange.head_malformed" {
			t.Fatalf("in steps of %d: %q", step, got)
		}
		if s := strings.Join(seen()[before:], "|"); s != want {
			t.Fatalf("in steps of %d the handler saw %q", step, s)
		}
	}
}

// T10: a request inside a body stays a body; each answer belongs to its own request.
func TestNoSmugglingOverManyRounds(t *testing.T) {
	addr, seen := guarded(t)
	inner := "GET /stolen HTTP/1.1\r\nHost: a\r\n\r\n"
	for i := range 200 {
		raw := fmt.Sprintf("POST /a%d HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%sGET /b%d HTTP/1.1\r\nHost: a\r\n\r\n", i, len(inner), inner, i)
		got := talk(t, addr, 2, raw)
		if len(got) != 2 || got[0] != fmt.Sprintf("200 ok /a%d", i) || got[1] != fmt.Sprintf("200 ok /b%d", i) {
			t.Fatalf("round %d: %q", i, got)
		}
	}
	for _, s := range seen() {
		if strings.HasPrefix(s, "GET /stolen") {
			t.Fatal("the inner request was served")
		}
	}
}

// T57: one address cannot hold all connections.
func TestOneAddressHoldsItsShareOnly(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := NewGuard(l, 64, 2)
	srv := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })}
	go func() { _ = srv.Serve(g) }()
	defer srv.Close()
	ask := func(c net.Conn) error {
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		_, err := http.ReadResponse(bufio.NewReader(c), nil)
		return err
	}
	var open []net.Conn
	for range 2 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := ask(c); err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
	}
	third, err := net.Dial("tcp", l.Addr().String())
	if err == nil {
		err = ask(third)
		third.Close()
	}
	if err == nil {
		t.Fatal("a third connection was served")
	}
	open[0].Close()
	for deadline := time.Now().Add(5 * time.Second); ; {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		err = ask(c)
		c.Close()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("a freed place is not given again")
		}
	}
}

func TestNobodyCanForgeARefusal(t *testing.T) {
	g := NewGuard(nil, 1, 1)
	if err := g.Refusal("/00000000000000000000000000000000/framing"); err != nil {
		t.Fatal(err)
	}
	if err := g.Refusal(g.secret + "framing"); !fault.Is(err, "exchange.framing") {
		t.Fatal(err)
	}
}

func FuzzScanNeverSplitsDifferently(f *testing.F) {
	f.Add("GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", uint8(3))
	f.Fuzz(func(t *testing.T, raw string, step uint8) {
		var whole scan
		n1, bad1 := whole.feed([]byte(raw))
		var parts scan
		n2, bad2, end := 0, "", 0
		for end < len(raw) && bad2 == "" {
			end = min(len(raw), end+int(step)+1)
			var n int
			n, bad2 = parts.feed([]byte(raw[n2:end]))
			n2 += n
		}
		if n1 != n2 || bad1 != bad2 {
			t.Fatalf("whole: %d %q, in parts: %d %q", n1, bad1, n2, bad2)
		}
	})
}

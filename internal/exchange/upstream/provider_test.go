package upstream

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lienthong/internal/exchange/canon"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// recorder is a provider that keeps the raw bytes it received and answers raw bytes.
type recorder struct {
	addr string
	mu   sync.Mutex
	raw  []string
}

func record(t *testing.T, answer func(n int, c net.Conn)) *recorder {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	r := &recorder{addr: l.Addr().String()}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go r.serve(c, answer)
		}
	}()
	return r
}

func (r *recorder) serve(c net.Conn, answer func(n int, c net.Conn)) {
	defer c.Close()
	var seen bytes.Buffer
	req, err := http.ReadRequest(bufio.NewReader(io.TeeReader(c, &seen)))
	if err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, req.Body)
	r.mu.Lock()
	r.raw = append(r.raw, seen.String())
	n := len(r.raw)
	r.mu.Unlock()
	answer(n, c)
}

func (r *recorder) seen() []string { r.mu.Lock(); defer r.mu.Unlock(); return r.raw }

func say(s string) func(int, net.Conn) {
	return func(_ int, c net.Conn) { _, _ = io.WriteString(c, s) }
}

func provider(t *testing.T, e Endpoint) *Provider {
	t.Helper()
	p, err := New(e, clock.System())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

const ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

func TestOnlyOurHeadersReachTheProvider(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	r := record(t, say("HTTP/1.1 200 OK\r\nServer: Apache\r\nX-Powered-By: PHP\r\nSet-Cookie: a=b\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"))
	p := provider(t, Endpoint{Base: "http://" + r.addr + "/base/", Addresses: loopback, Credential: "Bearer provider-secret"})
	a, err := p.Call(t.Context(), Call{
		Method: "POST", Segments: []string{"hồ-sơ", "a b"}, Query: []canon.Pair{{Key: "q", Value: "x+y z"}},
		Header: http.Header{"Authorization": {"Bearer consumer"}, "Content-Type": {"application/json"}, "X-User": {"root"}, "Idempotency-Key": {"7"}},
		Body:   []byte(`{"a":1}`), Identity: map[string]string{"Lienthong-Consumer": "tthc"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	raw := r.seen()[0]
	line, _, _ := strings.Cut(raw, "\r\n")
	if want := "POST /base/h%E1%BB%93-s%C6%A1/a%20b?q=x%2By%20z HTTP/1.1"; line != want {
		t.Errorf("request line %q, want %q", line, want)
	}
	for want, n := range map[string]int{"\r\nLienthong-Consumer: tthc\r\n": 1, "consumer\r\n": 0, "X-User": 0, "Bearer provider-secret": 1, "Accept-Encoding": 0, "dempotency-": 1, "lienthong\r\n": 1} {
		if got := strings.Count(raw, want); got != n {
			t.Errorf("%q came %d times in %q", want, got, raw)
		}
	}
	if len(a.Header) != 1 || a.Header.Get("Content-Type") == "" { // T15
		t.Errorf("headers that left: %v", a.Header)
	}
}

// T56 and F12: whatever a provider does, the answer is a labelled refusal within the budget.
func TestHostileProviders(t *testing.T) {
	rows := []struct {
		name   string
		answer string
		hold   bool
		code   string
	}{
		{"redirect to an inner host", "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n", false, "exchange.provider_redirect"},
		{"not modified, unasked", "HTTP/1.1 304 Not Modified\r\n\r\n", false, "exchange.provider_redirect"},
		{"stack trace", "HTTP/1.1 500 Oops\r\nContent-Length: 9\r\n\r\nat Foo.go", false, "exchange.provider_error"},
		{"undeclared 404", "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", false, "exchange.provider_error"},
		{"upgrade", "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", false, "exchange.provider_unreadable"},
		{"says too much", "HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n", false, "exchange.provider_too_large"},
		{"endless body", "HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 100<<10), true, "exchange.provider_too_large"},
		{"never answers", "", true, "exchange.provider_timeout"},
		{"one byte, then silence", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", true, "exchange.provider_timeout"},
		{"wrong length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{", false, "exchange.provider_cut"},
		{"no HTTP", "hello\r\n\r\n", false, "exchange.provider_unreachable"},
		{"closes", "", false, "exchange.provider_unreachable"},
		{"header bomb", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("a", 64<<10) + "\r\n\r\n", false, "exchange.provider_unreachable"},
		{"two codings", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", false, "exchange.provider_unreadable"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			over := make(chan struct{})
			defer close(over)
			r := record(t, func(_ int, c net.Conn) {
				_, _ = io.WriteString(c, row.answer)
				if row.hold {
					<-over
				}
			})
			p := provider(t, Endpoint{Base: "http://" + r.addr, Addresses: loopback, Answer: 300 * time.Millisecond, Total: 500 * time.Millisecond, Body: 64 << 10})
			a, err := p.Call(t.Context(), Call{Method: "POST", Segments: []string{"x"}, Header: http.Header{"Idempotency-Key": {"1"}}, Body: []byte("{}")})
			if err == nil {
				_, err = io.ReadAll(a.Body)
				a.Body.Close()
			}
			if !fault.Is(err, row.code) {
				t.Errorf("got %v, want %s", err, row.code)
			}
			if n := len(r.seen()); n != 1 {
				t.Errorf("the provider was called %d times", n)
			}
		})
	}
}

func TestUnsafeCallsAreSentOnce(t *testing.T) {
	var calls atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) > 1 { // the reused connection breaks in mid-call
			c, _, _ := w.(http.Hijacker).Hijack()
			c.Close()
		}
	}))
	defer srv.Close()
	p := provider(t, Endpoint{Base: srv.URL, Addresses: loopback})
	for _, body := range [][]byte{nil, []byte("{}"), nil} {
		a, err := p.Call(t.Context(), Call{Method: "POST", Header: http.Header{"Idempotency-Key": {"1"}}, Body: body})
		if err == nil {
			_, _ = io.Copy(io.Discard, a.Body)
			a.Body.Close()
		}
	}
	if n := calls.Load(); n != 3 {
		t.Errorf("3 calls reached the provider %d times", n)
	}
}

// T55: every spelling of a forbidden address is refused where the connection would be opened.
func TestAddressesAreJudgedAtTheDial(t *testing.T) {
	for _, base := range []string{
		"http://127.0.0.1:1", "http://localhost:1", "http://127.1:1", "http://0177.0.0.1:1", "http://2130706433:1", "http://0x7f000001:1", "http://0:1",
		"http://[::1]:1", "http://[::ffff:127.0.0.1]:1", "http://[::]:1", "http://0.0.0.0:1", "http://127.0.0.2:1", "http://169.254.169.254", "http://[::ffff:a9fe:a9fe]",
		"http://[64:ff9b::7f00:1]", "http://[fe80::1]:1", "http://224.0.0.1", "http://255.255.255.255",
	} {
		p, err := New(Endpoint{Base: base, Connect: time.Second, Total: 2 * time.Second}, clock.System())
		if err == nil {
			_, err = p.Call(t.Context(), Call{Method: "GET"})
		}
		if !fault.Is(err, "exchange.provider_address") && !fault.Is(err, "exchange.endpoint_address") && !fault.Is(err, "exchange.provider_unreachable") {
			t.Errorf("%s: %v", base, err)
		}
	}
	for ip, want := range map[string]bool{"127.0.0.1": false, "::ffff:127.0.0.1": false, "::7f00:1": false, "169.254.169.254": false, "2002:7f00:1::": false,
		"10.1.2.3": true, "192.168.1.1": true, "fd12::1": true, "203.162.0.1": true, "fe80::1": false, "0.0.0.0": false, "100.100.100.200": false} {
		if got := dialAllowed(netip.MustParseAddr(ip), nil); got != want {
			t.Errorf("%s: %v", ip, got)
		}
	}
	if !dialAllowed(netip.MustParseAddr("::ffff:127.0.0.1"), loopback) || dialAllowed(netip.MustParseAddr("169.254.1.1"), loopback) {
		t.Error("a registered network opens itself and nothing else")
	}
	for _, base := range []string{"file:///etc/passwd", "gopher://x", "http://", "//x", "http://u:p@x", "http://x?y", "http://x#y", "http://x/a/../b", "http://x/%2e%2e", "x"} {
		if _, err := CheckBase(base); !fault.Is(err, "exchange.endpoint_address") {
			t.Errorf("%s may be registered: %v", base, err)
		}
	}
}

func TestPauseAfterFailures(t *testing.T) {
	now := clock.NewAdjustable(clock.Fixed(time.Unix(1_800_000_000, 0)))
	good := atomic.Bool{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !good.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer srv.Close()
	p, err := New(Endpoint{Base: srv.URL, Addresses: loopback}, now)
	if err != nil {
		t.Fatal(err)
	}
	call := func() error {
		a, err := p.Call(context.Background(), Call{Method: "GET"})
		if err == nil {
			a.Body.Close()
		}
		return err
	}
	for range failuresToPause {
		if err := call(); !fault.Is(err, "exchange.provider_error") {
			t.Fatal(err)
		}
	}
	if err := call(); !fault.Is(err, "exchange.provider_paused") {
		t.Fatalf("after %d failures: %v", failuresToPause, err)
	}
	now.Shift(firstPause)
	if err := call(); !fault.Is(err, "exchange.provider_error") {
		t.Fatalf("the try: %v", err)
	}
	now.Shift(firstPause)
	if err := call(); !fault.Is(err, "exchange.provider_paused") {
		t.Fatalf("a failed try doubles the pause: %v", err)
	}
	now.Shift(firstPause)
	good.Store(true)
	for range 3 {
		if err := call(); err != nil {
			t.Fatalf("closed again: %v", err)
		}
	}
}

func TestCompressedAnswerIsNotOpenedHere(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, _ = io.WriteString(w, "{}")
	w.Close()
	r := record(t, say(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", z.Len(), z.String())))
	p := provider(t, Endpoint{Base: "http://" + r.addr, Addresses: loopback})
	a, err := p.Call(t.Context(), Call{Method: "GET"})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	if got, _ := io.ReadAll(a.Body); a.Coding != "gzip" || !bytes.Equal(got, z.Bytes()) {
		t.Errorf("coding %q, %d bytes", a.Coding, len(got))
	}
}

// What the policy judged is what the provider receives, byte for byte: criterion 5 of the acceptance list.
func FuzzPolicyAndProviderSeeTheSame(f *testing.F) {
	for _, s := range []string{"/a/b?x=1&y=%20+", "/h%E1%BB%99-t%E1%BB%8Bch/a%20b", "/a&b=c/d,e?f=g:h@i", "/%2e", "/a?%C4%91=%C4%90", "/(a)'!$*"} {
		f.Add(s)
	}
	p, err := New(Endpoint{Base: "http://10.1.1.1/api/"}, clock.System())
	if err != nil {
		f.Fatal(err)
	}
	rules := canon.NewRules("gw")
	f.Fuzz(func(t *testing.T, uri string) {
		c, err := rules.Read(&http.Request{Method: "GET", RequestURI: uri, Host: "gw", Header: http.Header{}})
		if err != nil || len(c.Segments) == 0 {
			return
		}
		var wire bytes.Buffer
		if err := p.request(context.Background(), Call{Method: c.Method, Segments: c.Segments, Query: c.Query}).Write(&wire); err != nil {
			t.Fatalf("%q: %v", uri, err)
		}
		line, _, _ := strings.Cut(wire.String(), "\r\n")
		if want := "GET /api" + c.Target() + " HTTP/1.1"; line != want {
			t.Fatalf("%q: policy saw %q, the wire has %q", uri, want, line)
		}
	})
}

package canon

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"lienthong/internal/kit/fault"
)

func request(method, uri string) *http.Request {
	return &http.Request{Method: method, RequestURI: uri, Host: "gw.test:8443", Header: http.Header{}, RemoteAddr: "10.0.0.9:5555"}
}

// T01, T02: each spelling that some server would take for /secret is refused or is plainly another resource.
func TestPathSpellings(t *testing.T) {
	rules := NewRules("gw.test")
	refused := map[string]string{
		"/pub/../secret": "exchange.path_dots", "/pub/./secret": "exchange.path_dots", "/./secret": "exchange.path_dots",
		"/pub/%2e%2e/secret": "exchange.path_escape", "/pub/..%2fsecret": "exchange.path_escape", "/a%2Fb": "exchange.path_escape",
		"/pub/..;/secret": "exchange.path_byte", "/pub;x=1/secret": "exchange.path_byte", `/pub\secret`: "exchange.path_byte",
		"/pub/%5csecret": "exchange.path_escape", "//secret": "exchange.path_empty_segment", "/secret/": "exchange.path_empty_segment",
		"/a//b": "exchange.path_empty_segment", "/secret%00": "exchange.path_escape", "/secret%20": "exchange.path_space",
		"/%20secret": "exchange.path_space", "/secret.": "exchange.path_dots", "/.git/config": "exchange.path_dots",
		"/%73ecret": "exchange.path_escape", "/%252e%252e/secret": "exchange.path_escape", "/secret%": "exchange.path_escape",
		"/secret%2": "exchange.path_escape", "/secret%zz": "exchange.path_escape", "/secret%0d%0a": "exchange.path_escape",
		"/%EF%BD%93ecret":     "exchange.path_text", // full width s
		"/ho-ti%CC%A3ch":      "exchange.path_text", // i + combining dot below (NFD)
		"/h%D0%BE-tich":       "exchange.path_text", // Cyrillic o
		"/secret%E2%80%8B":    "exchange.path_text", // zero-width space
		"/secret%C0%AE":       "exchange.path_text", // overlong dot
		"/sec\x80ret":         "exchange.path_byte",
		"/secret#x":           "exchange.path_byte",
		"/secret%3bjsession=": "exchange.path_escape",
	}
	for uri, code := range refused {
		if _, err := rules.Read(request("GET", uri)); !fault.Is(err, code) {
			t.Errorf("%s: got %v, want %s", uri, err, code)
		}
	}
	for uri, want := range map[string][]string{
		"/": nil, "/SECRET": {"SECRET"}, "/svc/ho-tich-nhay-cam": {"svc", "ho-tich-nhay-cam"},
		"/data/H38.04/h%E1%BB%99-t%E1%BB%8Bch": {"data", "H38.04", "hộ-tịch"}, "/a%20b/c": {"a b", "c"},
	} {
		got, err := rules.Read(request("GET", uri))
		if err != nil || !slices.Equal(got.Segments, want) {
			t.Errorf("%s: got %v %v", uri, got, err)
		}
	}
}

func TestRequestLineRefusals(t *testing.T) {
	rules := NewRules("gw.test")
	body := func(r *http.Request) *http.Request { r.ContentLength = 3; return r }
	host := func(r *http.Request, h string) *http.Request { r.Host = h; return r }
	many := "/data?" + strings.Repeat("a=1&", 10000) + "b=2"
	rows := []struct {
		name string
		r    *http.Request
		code string
	}{
		{"T11 CONNECT", request("CONNECT", "x:1"), "exchange.method_unknown"},
		{"T11 TRACE", request("TRACE", "/a"), "exchange.method_unknown"},
		{"T11 PROPFIND", request("PROPFIND", "/a"), "exchange.method_unknown"},
		{"T66 OPTIONS", request("OPTIONS", "*"), "exchange.method_unknown"},
		{"T11 GET with a body", body(request("GET", "/a")), "exchange.body_refused"},
		{"HEAD with a body", body(request("HEAD", "/a")), "exchange.body_refused"},
		{"T04 absolute form, other host", host(request("GET", "http://other/x"), "other"), "exchange.host_unknown"},
		{"T04 absolute form, own host", request("GET", "http://gw.test/x"), "exchange.target_form"},
		{"T04 unknown host", host(request("GET", "/a"), "gw.test.evil"), "exchange.host_unknown"},
		{"host with trailing dot", host(request("GET", "/a"), "gw.test."), "exchange.host_unknown"},
		{"no host", host(request("GET", "/a"), ""), "exchange.host_unknown"},
		{"T12 duplicate query key", request("GET", "/a?don_vi=a&don_vi=b"), "exchange.query_duplicate"},
		{"T12 duplicate in another case", request("GET", "/a?don_vi=a&DON_VI=b"), "exchange.query_duplicate"},
		{"T12 duplicate, escaped", request("GET", "/a?don_vi=a&d%6fn_vi=b"), "exchange.query_duplicate"},
		{"T12 semicolon", request("GET", "/a?x=1;y=2"), "exchange.query_text"},
		{"T12 array key", request("GET", "/a?x[]=1"), "exchange.query_text"},
		{"query NUL", request("GET", "/a?x=%00"), "exchange.query_text"},
		{"query NFD", request("GET", "/a?x=i%CC%A3"), "exchange.query_text"},
		{"query bad UTF-8", request("GET", "/a?x=%ff"), "exchange.query_text"},
		{"query empty pair", request("GET", "/a?x=1&&y=2"), "exchange.query_text"},
		{"T12 101 parameters", request("GET", "/a?"+strings.Repeat("a=1&", 100)+"b=2"), "exchange.query_too_many"},
		{"T12 10001 parameters", request("GET", many), "exchange.uri_too_long"},
		{"T13 64 KB address", request("GET", "/"+strings.Repeat("a", 64<<10)), "exchange.uri_too_long"},
	}
	for _, row := range rows {
		if _, err := rules.Read(row.r); !fault.Is(err, row.code) {
			t.Errorf("%s: got %v, want %s", row.name, err, row.code)
		}
	}
}

// T06, T07, T08, T11: what identifies, forwards or overrides never survives.
func TestHeadersAreAnAllowList(t *testing.T) {
	r := request("GET", "/a")
	for _, name := range []string{"X-User", "X_user", "X-Forwarded-User", "X-Consumer-Id", "X-Purpose", "X-Forwarded-For",
		"X-Forwarded-Prefix", "X-Http-Method-Override", "Lienthong-Consumer", "Cookie", "Range", "Connection", "Te", "Forwarded"} {
		r.Header.Add(name, "a")
		r.Header.Add(name, "b")
	}
	r.Header.Set("Authorization", "Bearer x")
	r.Header.Set(Purpose, "DVC-TTHC")
	got, err := NewRules("gw.test").Read(r)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Header) != 2 || got.Method != "GET" || got.Remote.String() != "10.0.0.9" {
		t.Fatalf("kept %v, method %s, remote %s", got.Header, got.Method, got.Remote)
	}
}

func TestHeaderRefusals(t *testing.T) {
	for code, h := range map[string]http.Header{
		"exchange.upgrade_refused":  {"Upgrade": {"websocket"}},
		"exchange.header_duplicate": {"Authorization": {"Bearer a", "Bearer b"}},
		"exchange.header_text":      {Purpose: {"QLNN\x01"}},
		"exchange.encoding_refused": {"Content-Encoding": {"gzip"}},
		"exchange.head_too_large":   {"X-A": {strings.Repeat("a", MaxHead)}},
	} {
		r := request("GET", "/a")
		r.Header = h
		if _, err := NewRules("gw.test").Read(r); !fault.Is(err, code) {
			t.Errorf("want %s, got %v", code, err)
		}
	}
	r := request("GET", "/a")
	r.Header["X-Many"] = make([]string, MaxHeaders+1)
	if _, err := NewRules("gw.test").Read(r); !fault.Is(err, "exchange.head_too_large") {
		t.Errorf("101 headers: got %v", err)
	}
}

// The written form is a fixed point: reading what Target writes gives the same request.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{"/a/b?x=1", "/h%E1%BB%99?y=a+b%2Bc", "/a%2f..", "/%73?a=%3b", "//a", "/a?b"} {
		f.Add(s)
	}
	rules := NewRules("gw.test")
	f.Fuzz(func(t *testing.T, uri string) {
		one, err := rules.Read(request("GET", uri))
		if err != nil {
			return
		}
		two, err := rules.Read(request("GET", one.Target()))
		if err != nil {
			t.Fatalf("%q became %q, which is refused: %v", uri, one.Target(), err)
		}
		if !slices.Equal(one.Segments, two.Segments) || !slices.Equal(one.Query, two.Query) || one.Target() != two.Target() {
			t.Fatalf("%q: %v %v, then %v %v", uri, one.Segments, one.Query, two.Segments, two.Query)
		}
		for _, s := range one.Segments {
			if s == "" || strings.ContainsAny(s, "/\\;%\x00") || strings.HasPrefix(s, ".") {
				t.Fatalf("segment %q passed", s)
			}
		}
	})
}

package canon

import (
	"net/http"
	"net/netip"
	"strings"

	"lienthong/internal/kit/fault"
)

// Limits of what is read; anything beyond is refused before it is parsed further.
const (
	MaxTarget  = 8 << 10  // bytes of path and query
	MaxHead    = 32 << 10 // bytes of all header lines
	MaxHeaders = 100
	MaxQuery   = 100
)

// Pair is one query parameter, decoded.
type Pair struct{ Key, Value string }

// Request is the canonical request. It is read-only once built.
type Request struct {
	Method   string
	Host     string   // lower case, without port
	Segments []string // decoded, never empty strings, never "." or ".."
	Query    []Pair   // in the order sent, keys unique
	Header   http.Header
	Remote   netip.Addr // the socket's address, invalid when it has none; forwarding headers are not believed
	HasBody  bool
	Length   int64 // -1 when chunked
}

// Rules says which hosts are ours.
type Rules struct{ hosts map[string]bool }

// NewRules takes the host names this listener answers for, without port.
func NewRules(hosts ...string) *Rules {
	r := &Rules{hosts: make(map[string]bool, len(hosts))}
	for _, h := range hosts {
		r.hosts[strings.ToLower(h)] = true
	}
	return r
}

// The methods that mean something here; the rest is refused, OPTIONS too, since no browser page calls an exchange.
var methods = map[string]bool{
	http.MethodGet: true, http.MethodHead: true, http.MethodPost: true,
	http.MethodPut: true, http.MethodPatch: true, http.MethodDelete: true,
}

// Read builds the canonical request or says, with a stable code, why there is none.
func (u *Rules) Read(r *http.Request) (*Request, error) {
	if !methods[r.Method] {
		return nil, fault.New(fault.Method, "exchange.method_unknown")
	}
	if len(r.RequestURI) > MaxTarget {
		return nil, fault.New(fault.LongURI, "exchange.uri_too_long")
	}
	host, err := u.host(r)
	if err != nil {
		return nil, err
	}
	path, query, _ := strings.Cut(r.RequestURI, "?")
	segments, err := readPath(path)
	if err != nil {
		return nil, err
	}
	pairs, err := readQuery(query)
	if err != nil {
		return nil, err
	}
	header, err := readHeader(r.Header)
	if err != nil {
		return nil, err
	}
	remote, _ := ParseRemote(r.RemoteAddr)
	c := &Request{
		Method: r.Method, Host: host, Segments: segments, Query: pairs, Header: header,
		Remote: remote, HasBody: r.ContentLength != 0, Length: r.ContentLength,
	}
	return c, c.checkBody(r)
}

func (u *Rules) host(r *http.Request) (string, error) {
	host := strings.ToLower(r.Host)
	if name, port, ok := strings.Cut(host, ":"); ok && digits(port) {
		host = name
	}
	if !u.hosts[host] {
		return "", fault.New(fault.Misdirected, "exchange.host_unknown")
	}
	// An absolute form moves the host into the address; one place for a host is enough.
	if !strings.HasPrefix(r.RequestURI, "/") {
		return "", fault.New(fault.Malformed, "exchange.target_form")
	}
	return host, nil
}

func (c *Request) checkBody(r *http.Request) error {
	if len(r.TransferEncoding) > 0 && r.ContentLength >= 0 {
		return fault.New(fault.Malformed, "exchange.framing")
	}
	switch c.Method {
	case http.MethodGet, http.MethodHead, http.MethodDelete:
		if c.HasBody || len(r.TransferEncoding) > 0 {
			return fault.New(fault.Malformed, "exchange.body_refused")
		}
	}
	return nil
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) > 0 && len(s) <= 5
}

// ParseRemote reads a socket's address as net/http gives it.
func ParseRemote(addr string) (netip.Addr, error) {
	ap, err := netip.ParseAddrPort(addr)
	return ap.Addr().Unmap(), err
}

// ReadForm reads a form body as strictly as a query: no name twice, one spelling.
func ReadForm(body []byte) ([]Pair, error) { return readQuery(string(body)) }

// Find gives the value of a query parameter.
func (c *Request) Find(key string) (string, bool) {
	for _, p := range c.Query {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

// Path is the canonical, encoded path.
func (c *Request) Path() string { return EncodePath(c.Segments) }

// Target is the canonical path and query, as evidence names it and an upstream receives it.
func (c *Request) Target() string {
	return EncodePath(c.Segments) + EncodeQuery(c.Query)
}

package canon

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"

	"lienthong/internal/kit/fault"
)

// Guard wraps a listener so that each HTTP/1.1 head and chunk is checked as bytes before net/http, which
// forgives folded lines, two framings at once and bare line feeds, can read them.
//
// A head that is refused never reaches net/http: in its place the guard delivers one request of its own, whose
// address only this process can know. So the refusal gets an answer and an evidence record like any other, in
// the order of the connection, and the connection ends after it.
type Guard struct {
	net.Listener
	secret string
	slots  chan struct{}
	Denied atomic.Int64 // heads and chunks refused since start

	mu      sync.Mutex
	each    int
	present map[netip.Addr]int // open connections by address
}

// NewGuard wraps l. At most conns connections are open at a time, further ones wait in the kernel's queue; one address
// holds at most each of them, so that its idle connections do not keep others out.
func NewGuard(l net.Listener, conns, each int) *Guard {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return &Guard{
		Listener: l, secret: "/" + hex.EncodeToString(b[:]) + "/",
		slots: make(chan struct{}, conns), each: each, present: make(map[netip.Addr]int),
	}
}

// Accept waits for a free slot and for a connection whose address may have one more.
func (g *Guard) Accept() (net.Conn, error) {
	g.slots <- struct{}{}
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			<-g.slots
			return nil, err
		}
		from, _ := ParseRemote(c.RemoteAddr().String())
		if g.enter(from) {
			return &conn{Conn: c, guard: g, from: from}, nil
		}
		_ = c.Close() // nothing was read from it, so there is nothing to answer
	}
}

func (g *Guard) enter(from netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.present[from] >= g.each {
		return false
	}
	g.present[from]++
	return true
}

func (g *Guard) leave(from netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.present[from]--; g.present[from] <= 0 {
		delete(g.present, from)
	}
	<-g.slots
}

// The refusals a head can earn.
var headKinds = map[string]fault.Kind{
	"framing": fault.Malformed, "head_malformed": fault.Malformed, "header_duplicate": fault.Malformed,
	"uri_too_long": fault.LongURI, "head_too_large": fault.LargeHead, "version_refused": fault.Malformed,
}

// Refusal is the fault behind a request that the guard put in place of a refused head, else nil.
func (g *Guard) Refusal(uri string) error {
	if !strings.HasPrefix(uri, g.secret) {
		return nil
	}
	reason := uri[len(g.secret):]
	if reason == "header_duplicate" {
		return fault.New(headKinds[reason], "exchange.header_duplicate", "Host, Authorization, Content-Type, Content-Length")
	}
	return fault.New(headKinds[reason], "exchange."+reason)
}

type connKey struct{}

// ConnContext is for http.Server: it keeps the connection's TLS facts, which the wrapper hides from net/http.
func (g *Guard) ConnContext(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// TLSOf is the TLS state of the request's connection, nil when it is plain.
func TLSOf(ctx context.Context) *tls.ConnectionState {
	c, ok := ctx.Value(connKey{}).(*conn)
	if !ok {
		return nil
	}
	if t, ok := c.Conn.(*tls.Conn); ok {
		st := t.ConnectionState()
		return &st
	}
	return nil
}

// PeerOf is the SHA-256 of the certificate with which the request's connection was opened, as RFC 8705 writes it
// (x5t#S256); empty for a connection without one. TLS has seen that the caller holds its key; what it is worth is for
// others to judge.
func PeerOf(ctx context.Context) string {
	c, ok := ctx.Value(connKey{}).(*conn)
	if !ok {
		return ""
	}
	c.peerOnce.Do(func() { // a connection keeps its certificate: TLS 1.3 has no renegotiation, and we offer none for 1.2
		if t, ok := c.Conn.(*tls.Conn); ok {
			if chain := t.ConnectionState().PeerCertificates; len(chain) > 0 {
				sum := sha256.Sum256(chain[0].Raw)
				c.peer = base64.RawURLEncoding.EncodeToString(sum[:])
			}
		}
	})
	return c.peer
}

var errFraming = errors.New("exchange: body framing refused")

// conn checks what it reads. buf[r:ok] may be delivered, buf[ok:w] is not checked yet.
type conn struct {
	net.Conn
	guard    *Guard
	from     netip.Addr
	buf      []byte
	r, ok, w int
	scan     scan
	ended    bool // the replacement was delivered; nothing follows
	broken   bool // a chunk was refused in mid-body
	closed   atomic.Bool
	peerOnce sync.Once
	peer     string
}

func (c *conn) Close() error {
	if c.closed.CompareAndSwap(false, true) {
		c.guard.leave(c.from)
	}
	return c.Conn.Close()
}

func (c *conn) Read(p []byte) (int, error) {
	for c.r == c.ok {
		switch {
		case c.broken:
			return 0, errFraming
		case c.ended:
			return 0, io.EOF
		}
		if n := c.scan.plain(); n > 0 && c.ok == c.w {
			return c.readBody(p, n)
		}
		c.check()
		if c.r < c.ok || c.broken {
			continue
		}
		if err := c.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.buf[c.r:c.ok])
	c.r += n
	return n, nil
}

// readBody hands body bytes of a known length through without a copy.
func (c *conn) readBody(p []byte, left int64) (int, error) {
	if int64(len(p)) > left {
		p = p[:left]
	}
	n, err := c.Conn.Read(p)
	c.scan.skip(int64(n))
	return n, err
}

func (c *conn) check() {
	n, refused := c.scan.feed(c.buf[c.ok:c.w])
	c.ok += n
	switch {
	case refused == "":
		return
	case refused == chunkRefused:
		c.guard.Denied.Add(1)
		c.broken = true
	default:
		c.guard.Denied.Add(1)
		c.ended = true
		c.buf = append(c.buf[:c.ok], "GET "+c.guard.secret+refused+" HTTP/1.1\r\nHost: guard\r\nConnection: close\r\n\r\n"...)
		c.ok, c.w = len(c.buf), len(c.buf)
	}
}

func (c *conn) fill() error {
	if c.r == c.w {
		c.r, c.ok, c.w = 0, 0, 0
	}
	if c.w == len(c.buf) {
		c.grow()
	}
	n, err := c.Conn.Read(c.buf[c.w:])
	c.w += n
	if n > 0 {
		return nil
	}
	return err
}

// grow makes room: moves the unchecked bytes to the front, and doubles the buffer when that is not enough.
// It ends at the head's limit, because feed refuses longer heads.
func (c *conn) grow() {
	left := c.w - c.r
	next := c.buf
	if left > len(c.buf)/2 || len(c.buf) == 0 {
		next = make([]byte, max(4096, 2*len(c.buf)))
	}
	copy(next, c.buf[c.r:c.w])
	c.buf, c.ok, c.w, c.r = next, c.ok-c.r, left, 0
}

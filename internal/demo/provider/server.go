package provider

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"lienthong/internal/catalog"
	"lienthong/internal/demo/world"
)

var errAbsent = errors.New("không tìm thấy bản ghi")

// Options of a server.
type Options struct {
	Listen        string // loopback address, "127.0.0.1:0" when empty
	Authorization string // value of the Authorization header that callers must send; any when empty
}

// Endpoint is one call that a system offers, with the dataset that it serves.
type Endpoint struct {
	Method  string
	Path    string
	Dataset catalog.Code
	Updates bool
	About   string
}

// Seen is what a system saw of a call: what the platform told it, for checks.
type Seen struct {
	Method, Path, Query string
	Header              http.Header
	Body                string
	From                netip.AddrPort
}

// Server is one agency's running system.
type Server struct {
	System    string
	addr      string
	options   Options
	registers []*register
	behaviour atomic.Pointer[Behaviour]
	server    *http.Server
	done      chan struct{}

	mu    sync.Mutex
	seen  []Seen
	calls int
}

// Serves reports whether the world holds data of the system, so that it can be started.
func Serves(w *world.World, system string) bool {
	for i := range w.Datasets {
		if w.Datasets[i].Entry.OfficialSystem == system && len(w.Datasets[i].Files) > 0 {
			return true
		}
	}
	return false
}

// Start runs the system of that id until Close.
func Start(ctx context.Context, w *world.World, system string, o Options) (*Server, error) {
	s := &Server{System: system, options: o, done: make(chan struct{})}
	s.Behave(Behaviour{})
	for i := range w.Datasets {
		if d := &w.Datasets[i]; d.Entry.OfficialSystem == system && len(d.Files) > 0 {
			s.registers = append(s.registers, newRegister(w, d))
		}
	}
	if len(s.registers) == 0 {
		return nil, fmt.Errorf("start system %s: the world has no data of it", system)
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	l, err := listenLoopback(ctx, o.Listen)
	if err != nil {
		return nil, fmt.Errorf("start system %s: %w", system, err)
	}
	s.addr = l.Addr().String()
	s.server = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute}
	go func() {
		defer close(s.done)
		_ = s.server.Serve(l) // ends with Close, and there is nobody to tell of anything else
	}()
	return s, nil
}

// listenLoopback upholds invariant 1.
func listenLoopback(ctx context.Context, address string) (net.Listener, error) {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !at.Addr().IsLoopback() {
		return nil, fmt.Errorf("%s is no loopback address", address)
	}
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", address)
}

// Close stops the server at once, as a system does whose plug is pulled.
func (s *Server) Close() error {
	err := s.server.Close()
	<-s.done
	return err
}

// URL is where its services begin: "http://127.0.0.1:41873/api".
func (s *Server) URL() string { return "http://" + s.addr + "/api" }

// Addr is the address that it listens on.
func (s *Server) Addr() string { return s.addr }

// Endpoints lists what the system offers.
func (s *Server) Endpoints() []Endpoint {
	var list []Endpoint
	for _, r := range s.registers {
		code := r.dataset.Code()
		list = append(list,
			Endpoint{http.MethodGet, "/" + r.slug, code, false, "Danh sách theo trang: trang, so_dong và các trường dùng để lọc"},
			Endpoint{http.MethodGet, "/" + r.slug + "/{khoa}", code, false, "Một bản ghi theo khóa"},
			Endpoint{http.MethodPost, "/" + r.slug + "/tra-cuu", code, false, "Tra cứu theo các trường trong nội dung"},
			Endpoint{http.MethodPut, "/" + r.slug + "/{khoa}", code, true, "Sửa một bản ghi tại nguồn"},
		)
		if code == world.Births {
			list = append(list, Endpoint{http.MethodGet, "/" + r.slug + "/{khoa}/chi-tiet", code, false, "Bản ghi với cha, mẹ và thông tin đăng ký lồng nhau"})
		}
	}
	return list
}

// Calls is how many calls came, Seen the last of them, the newest last.
func (s *Server) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

const mostSeen = 200

// Seen lists the last calls as the system saw them.
func (s *Server) Seen() []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Seen(nil), s.seen...)
}

func (s *Server) note(r *http.Request, body string) {
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	s.seen = append(s.seen, Seen{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Clone(), body, from})
	if len(s.seen) > mostSeen {
		s.seen = append([]Seen(nil), s.seen[len(s.seen)-mostSeen:]...)
	}
}

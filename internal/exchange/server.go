package exchange

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/exchange/canon"
	"lienthong/internal/exchange/filter"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/meter"
	"lienthong/internal/kit/trace"
)

// Options of the exchange's listener.
type Options struct {
	Hosts    []string // names this listener answers for, without port
	Gate     Gate
	Evidence Evidence
	Clients  Clients
	Reader   Reader
	Datasets Datasets
	Tuner    Tuner // nil: no connection has parameters of its own
	Service  *Service
	Clock    clock.Clock
	Catalog  *i18n.Catalog
	Logger   *slog.Logger
	Ready    func(ctx context.Context) error // nil error while calls can be served
	Key      []byte                          // 32 bytes: cursors and entity tags
	Meters   *meter.Set                      // nil: nobody reads them
	Traces   *trace.Log                      // nil: nobody looks
	Masker   access.Masker
	MaxConns int  // 4096 when 0
	HTTPS    bool // callers reach us by HTTPS only

	URLs         []string     // addresses by which systems know the exchange, the issuer first; assertions name one as their audience
	Certificates Certificates // of client certificates; nil takes none
}

// Server is the exchange's handler and its listener.
type Server struct {
	Options
	rules    *canon.Rules
	guard    *canon.Guard
	http     *http.Server
	cursors  sealer
	officers *officers
	failures *failures
	plans    plans
	meters   meters
	buffers  sync.Pool
}

// What one call may cost. A look-up's body is small; an update's is bounded so that its digest is known before it is sent.
const (
	maxLookupBody = 64 << 10
	maxUpdateBody = 4 << 20
	maxPage       = 1000
	defaultPage   = 100
)

// NewServer builds the exchange; Serve starts it.
func NewServer(o Options) (*Server, error) {
	cursors, err := newSealer(o.Key)
	if err != nil {
		return nil, err
	}
	if o.Meters == nil {
		o.Meters = meter.NewSet()
	}
	if o.Traces == nil {
		o.Traces = NewTraces()
	}
	s := &Server{Options: o, meters: newMeters(o.Meters), rules: canon.NewRules(o.Hosts...), cursors: cursors}
	s.officers = newOfficers(o.Clock, o.Service.db)
	s.failures = newFailures(o.Clock)
	s.plans.kept = make(map[planKey]*filter.Plan)
	s.http = &http.Server{
		Handler: s, DisableGeneralOptionsHandler: true,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second, WriteTimeout: 120 * time.Second, IdleTimeout: 90 * time.Second,
		MaxHeaderBytes: canon.MaxHead + canon.MaxTarget, // the guard is stricter; this is the second lock
		ErrorLog:       slog.NewLogLogger(o.Logger.Handler(), slog.LevelDebug),
	}
	return s, nil
}

// Serve answers calls on l until Shutdown. For TLS, l is a tls.Listener that offers http/1.1 only.
func (s *Server) Serve(l net.Listener) error {
	conns := s.MaxConns
	if conns <= 0 {
		conns = 4096
	}
	s.guard = canon.NewGuard(l, conns, max(conns/8, 128))
	s.http.ConnContext = s.guard.ConnContext
	return s.http.Serve(s.guard)
}

// Refused counts the heads and chunks that the guard refused since start.
func (s *Server) Refused() int64 {
	if s.guard == nil {
		return 0
	}
	return s.guard.Denied.Load()
}

// Shutdown stops taking calls and waits for those under way.
func (s *Server) Shutdown(ctx context.Context) error { return s.http.Shutdown(ctx) }

// ServeHTTP answers one call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := newCall(s, w, r)
	defer c.end()
	defer c.recover()
	if err := c.serve(); err != nil {
		c.fail(err)
	}
}

// serve is the one list of the exchange's routes.
func (c *call) serve() error {
	if c.s.guard != nil {
		if err := c.s.guard.Refusal(c.r.RequestURI); err != nil {
			return err
		}
	}
	req, err := c.s.rules.Read(c.r)
	if err != nil {
		return err
	}
	c.take(req)
	c.trace.Done("read")
	// A certificate was chosen for one name; a request for another on the same connection is domain fronting (T04, T05).
	if t := canon.TLSOf(c.ctx); t != nil && t.ServerName != "" && !strings.EqualFold(t.ServerName, req.Host) {
		return fault.New(fault.Misdirected, "exchange.host_unknown")
	}
	seg := req.Segments
	switch {
	case len(seg) == 1 && (seg[0] == "livez" || seg[0] == "readyz"):
		c.route = routeHealth
		return c.health(seg[0])
	case len(seg) == 2 && seg[0] == "oauth2" && seg[1] == "token":
		c.route = routeToken
		return c.token()
	case len(seg) == 2 && seg[0] == ".well-known" && seg[1] == "oauth-authorization-server":
		c.route = routeMetadata
		return c.metadata()
	case len(seg) == 4 && seg[0] == "data":
		return c.data(seg[1]+"/"+seg[2], seg[3])
	case len(seg) >= 4 && seg[0] == "svc":
		return c.service(seg[1], seg[2], seg[3], seg[4:])
	}
	return fault.New(fault.NotFound, "exchange.route_unknown")
}

// health is a published exception of invariant 1, like metadata.
func (c *call) health(path string) error {
	if c.req.Method != http.MethodGet {
		return fault.New(fault.Method, "exchange.method_not_allowed", http.MethodGet)
	}
	c.recorded = true
	if path == "readyz" && c.s.Ready != nil {
		if err := c.s.Ready(c.ctx); err != nil {
			return fault.New(fault.Unavailable, "exchange.not_ready").Because(err)
		}
	}
	c.write(http.StatusOK, []byte(`{"status":"ok"}`))
	return nil
}

package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/httpx"
)

const (
	bodyTime   = time.Minute      // to send a form
	answerTime = 2 * time.Minute  // to receive a page
	slowTime   = 30 * time.Minute // for a file over a slow line
)

// answer is what leaves, with what the line of the log says about it.
type answer struct {
	httpx.Recorder
	pattern string
	actor   string
}

// Unwrap leads to the Recorder, and through it to the connection.
func (a *answer) Unwrap() http.ResponseWriter { return &a.Recorder }

// around wraps the site in what every request passes, the outermost first.
func (s *Shell) around(site http.Handler) http.Handler {
	h := s.language(s.ownHost(s.crossSite(site)))
	h = s.recorded(h)
	h = httpx.Secure(httpx.PagePolicy, s.deps.HTTPS, h)
	return httpx.RequestID(s.deps.Clock, h)
}

// recorded writes one line per request, and turns a panic into an error page with a reference.
func (s *Shell) recorded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		a := &answer{Recorder: httpx.Recorder{ResponseWriter: w}}
		defer func() {
			p := recover()
			aborted := p != nil && s.afterPanic(a, r, p)
			took := time.Since(start)
			s.meters.count(a, r, took)
			s.line(r.Context(), a, r, took, aborted)
			if aborted {
				panic(http.ErrAbortHandler)
			}
		}()
		next.ServeHTTP(a, r)
	})
}

// afterPanic answers with an error page when nothing has left yet. It reports that the connection must be cut instead.
func (s *Shell) afterPanic(a *answer, r *http.Request, p any) (abort bool) {
	if p == http.ErrAbortHandler {
		return true
	}
	a.Fault = fault.Of(fmt.Errorf("panic: %v", p))
	if a.Status != 0 {
		return true
	}
	defer func() {
		if recover() != nil {
			abort = true // the error page itself is broken
		}
	}()
	s.fail(a, r, a.Fault, isAPI(r))
	return false
}

// line is the one line of a request. It holds no address, query or value that a person typed.
func (s *Shell) line(ctx context.Context, a *answer, r *http.Request, took time.Duration, aborted bool) {
	attrs := []slog.Attr{
		slog.String("method", r.Method), slog.String("route", a.pattern), slog.Int("status", a.Status),
		slog.Int64("bytes", a.Bytes), slog.Duration("took", took), slog.String("ref", httpx.RequestIDOf(ctx)),
	}
	if a.actor != "" {
		attrs = append(attrs, slog.String("actor", a.actor))
	}
	if aborted {
		attrs = append(attrs, slog.Bool("aborted", true))
	}
	level := slog.LevelInfo
	if f := a.Fault; f != nil {
		attrs = append(attrs, slog.String("code", f.Code))
		if f.Kind.Status() >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		if f.Cause != nil {
			attrs = append(attrs, slog.String("cause", f.Cause.Error()))
		}
	}
	s.deps.Log.LogAttrs(ctx, level, "request", attrs...)
}

// crossSite upholds invariant 5. The standard protection lets through what names neither its site nor its origin, as
// programs do; when such a request carries cookies it may be an old browser, so it is refused too.
func (s *Shell) crossSite(next http.Handler) http.Handler {
	refused := func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, fault.New(fault.Denied, "web.cross_site"), isAPI(r))
	}
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(refused))
	return guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if changes(r) && r.Header.Get("Cookie") != "" && r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == "" {
			refused(w, r)
			return
		}
		next.ServeHTTP(w, r)
	}))
}

func changes(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
}

// limit bounds the size of the body and the time of the exchange.
func (s *Shell) limit(w http.ResponseWriter, r *http.Request, rt Route) {
	size := rt.MaxBody
	if size == 0 {
		size = DefaultBody
	}
	r.Body = http.MaxBytesReader(w, r.Body, size)
	read, write := bodyTime, answerTime
	if rt.Slow {
		read, write = slowTime, slowTime
	}
	c, now := http.NewResponseController(w), time.Now()
	_ = c.SetReadDeadline(now.Add(read)) // not to be had in tests without a connection
	_ = c.SetWriteDeadline(now.Add(write))
}

// ownRoutes are the shell's: static files.
func (s *Shell) ownRoutes() []Route {
	files := Get("/static/{file}", access.Public, func(w http.ResponseWriter, r *http.Request) error {
		if !s.assets.Serve(w, r, r.PathValue("file")) {
			return fault.New(fault.NotFound, "web.no_page")
		}
		return nil
	})
	files.anonymous = true
	return []Route{files}
}

package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/exchange/canon"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/trace"
)

// call is one call on its way through.
type call struct {
	s        *Server
	w        http.ResponseWriter
	r        *http.Request
	ctx      context.Context //nolint:containedctx // lives as long as the handler
	at       time.Time
	req      *canon.Request
	ask      access.Request
	permit   access.Permit
	recorded bool // a decision record exists, or the path needs none
	written  bool // an answer was begun
	out      Outcome
	text     error // a caller's text that may not enter the record
	trace    *trace.Call
	route    string // its pattern
	code     string // of the refusal or failure
	granted  bool   // a token was issued
}

func newCall(s *Server, w http.ResponseWriter, r *http.Request) *call {
	at := s.Clock.Now()
	id := ids.Request(at)
	t := trace.Begin(id, at)
	ctx := trace.With(httpx.WithRequestID(r.Context(), id), t)
	h := w.Header()
	h["X-Request-Id"] = []string{id}
	h["X-Content-Type-Options"] = noSniff
	h["Cache-Control"] = noStore
	if s.HTTPS {
		h["Strict-Transport-Security"] = httpsOnly
	}
	c := &call{s: s, w: w, r: r, ctx: ctx, at: at, trace: t, route: "unknown"}
	c.ask = access.Request{
		ID: id, At: at, Channel: access.ChannelGateway, Actor: access.Actor{Type: access.Anyone, Auth: access.AuthNone},
		Operation: "unread", UserAgent: first(r.UserAgent(), 512),
	}
	if ap, err := canon.ParseRemote(r.RemoteAddr); err == nil {
		c.ask.Address = ap
	}
	return c
}

var (
	noSniff   = []string{"nosniff"}
	noStore   = []string{"no-store"}
	httpsOnly = []string{"max-age=63072000; includeSubDomains"}
	jsonType  = []string{"application/json"}
)

func first(s string, n int) string { return s[:min(len(s), n)] }

// take keeps the canonical request; from here on nothing looks at the raw one.
func (c *call) take(req *canon.Request) {
	c.req = req
	c.trace.Join(req.Header.Get(canon.Traceparent))
	c.ask.Purpose = first(req.Header.Get(canon.Purpose), mostPurpose)
	if c.text = plainReference(canon.Case, req.Header.Get(canon.Case)); c.text == nil {
		c.ask.Case = req.Header.Get(canon.Case)
	}
	c.ask.Operation = req.Method + " unknown route"
}

// authenticate says which system calls, and on behalf of which officer.
func (c *call) authenticate() error {
	scheme, value, _ := strings.Cut(c.req.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return fault.New(fault.Unauthenticated, "exchange.token_missing")
	}
	defer c.trace.Done("token")
	held, err := c.s.Service.findSession(c.ctx, value)
	if err != nil {
		return err
	}
	if err := c.certified(held); err != nil {
		return err
	}
	actor := held.actor
	actor.Address = c.ask.Address
	c.ask.Actor = actor
	if assertion := c.req.Header.Get(canon.Officer); assertion != "" {
		keys, err := c.s.Clients.OfficerKeys(c.ctx, actor.ID)
		if err != nil {
			return err
		}
		if c.ask.Officer, err = c.s.officers.verify(c.ctx, assertion, actor, keys); err != nil {
			return err
		}
	}
	return c.text
}

// open asks the gate. After it returned nil the decision is on disk (invariant 1) and c.permit is the key.
func (c *call) open() error {
	permit, err := c.s.Gate.Open(c.ctx, c.ask)
	if err != nil {
		// A refusal by decision is recorded by the gate; a gate that cannot record leaves nothing to add either.
		c.recorded = true
		return err
	}
	c.permit, c.recorded = permit, true
	return nil
}

// write answers with a whole body. The outcome is closed with what was really sent.
func (c *call) write(status int, body []byte) {
	c.written = true
	c.trace.Done("answer")
	h := c.w.Header()
	if len(body) > 0 {
		if h["Content-Type"] == nil {
			h["Content-Type"] = jsonType
		}
	}
	if status != http.StatusNoContent && status != http.StatusNotModified {
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	c.w.WriteHeader(status)
	n, err := c.w.Write(body)
	if len(body) == 0 {
		n, err = 0, nil
	}
	c.out.Status, c.out.Bytes = status, int64(n)
	if err != nil {
		c.out.Code = "exchange.caller_gone"
		c.code = c.out.Code
	}
	if c.permit.Valid() {
		sum := sha256.Sum256(body[:n])
		c.out.Digest = "sha256:" + hex.EncodeToString(sum[:])
		c.s.Gate.Close(c.ctx, c.permit, c.out)
	}
}

// fail answers a refusal, and makes sure that it leaves its one record (invariant 1).
func (c *call) fail(err error) {
	f := fault.Of(err)
	if !c.recorded {
		c.recorded = true
		f = c.refuse(f)
		c.trace.Done("evidence")
	}
	c.code = f.Code
	if f.Kind == fault.Internal || f.Kind == fault.BadGateway || f.Kind == fault.Unavailable {
		c.s.Logger.Warn("exchange call failed", "id", c.ask.ID, "operation", c.ask.Operation, "code", f.Code, "cause", f.Cause)
	}
	c.headers(f)
	rec := &httpx.Recorder{ResponseWriter: c.w}
	httpx.WriteProblem(rec, c.r.WithContext(c.ctx), c.s.Catalog, f)
	c.written = true
	c.out.Status, c.out.Bytes = f.Kind.Status(), rec.Bytes
	if c.permit.Valid() {
		c.s.Gate.Close(c.ctx, c.permit, Outcome{Status: f.Kind.Status(), Code: f.Code, Bytes: rec.Bytes})
	}
}

// refuse records a call that no decision has seen. The record is written even when the caller has gone.
func (c *call) refuse(f *fault.Fault) *fault.Fault {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), 10*time.Second)
	defer cancel()
	check := access.CheckScope
	if f.Kind == fault.Unauthenticated || c.ask.Actor.Type == access.Anyone {
		check = access.CheckAuthn
	}
	if err := c.s.Gate.Refuse(ctx, c.ask, f, check); err != nil {
		return fault.Of(err)
	}
	return f
}

func (c *call) headers(f *fault.Fault) {
	h := c.w.Header()
	switch f.Kind {
	case fault.Unauthenticated:
		h.Set("WWW-Authenticate", `Bearer realm="lienthong", error="invalid_token"`)
	case fault.Method:
		allow := "GET, POST, PUT, PATCH, DELETE"
		if len(f.Args) > 0 {
			allow = fmt.Sprint(f.Args[0])
		}
		h.Set("Allow", allow)
	case fault.Limited:
		h.Set("Retry-After", strconv.Itoa(retryAfter(f.Code, c.at)))
	case fault.Unavailable:
		wait := 5
		if f.Code == "exchange.provider_paused" && len(f.Args) > 0 {
			wait, _ = f.Args[0].(int)
		}
		h.Set("Retry-After", strconv.Itoa(wait))
	case fault.Malformed, fault.LongURI, fault.LargeHead, fault.Misdirected:
		h.Set("Connection", "close") // who sends such a request gets no second one on this connection
	}
}

// retryAfter: a limit by the minute opens with the next minute, one by the day at local midnight, and what calls under way
// hold comes back when they end.
func retryAfter(code string, at time.Time) int {
	if code == "access.quota_held" || code == "access.quota_contended" {
		return 1
	}
	if !strings.HasSuffix(code, "_day") {
		return 60 - at.Second()
	}
	local := at.In(i18n.Zone)
	next := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, i18n.Zone)
	return int(next.Sub(local).Seconds()) + 1
}

// recover turns our own bug into a recorded refusal, so that a panic leaves no call without its end.
func (c *call) recover() {
	v := recover()
	if v == nil {
		return
	}
	c.s.Logger.Error("exchange call panicked", "id", c.ask.ID, "operation", c.ask.Operation, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
	if c.written {
		if c.permit.Valid() && c.out.Status == 0 {
			c.s.Gate.Close(c.ctx, c.permit, Outcome{Status: http.StatusInternalServerError, Code: "internal"})
		}
		panic(http.ErrAbortHandler)
	}
	c.fail(fmt.Errorf("panic: %v", v))
}

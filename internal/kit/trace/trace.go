package trace

import (
	"context"
	"encoding/hex"
	"math/rand/v2"
	"time"
)

const maxSteps = 16

// Step is one part of a call.
type Step struct {
	Name string
	Took time.Duration
}

// Call is the trace of one call. One goroutine at a time writes to it, until Log.Keep takes it.
type Call struct {
	Request string // request id
	At      time.Time
	Took    time.Duration
	What    string // the operation, by its pattern
	Status  int
	Code    string // of a refusal

	trace  [16]byte
	parent [8]byte // span of the caller; zero without one
	span   [8]byte
	flags  byte

	begun, last time.Time
	steps       [maxSteps]Step
	count       int
}

// Begin starts the trace of a call.
func Begin(request string, at time.Time) *Call {
	now := time.Now() // durations are measured, whatever the wall clock does meanwhile
	c := &Call{Request: request, At: at, begun: now, last: now, flags: sampled}
	// Ids need to differ, not to be secret.
	fill(c.trace[:8])
	fill(c.trace[8:])
	fill(c.span[:])
	return c
}

// fill never gives zeros only, which the standard forbids.
func fill(b []byte) {
	n := rand.Uint64() | 1 //nolint:gosec // see Begin
	for i := range b {
		b[i] = byte(n >> (8 * i))
	}
}

// Join takes up the caller's trace when header is a valid traceparent (invariant 3).
func (c *Call) Join(header string) {
	if c == nil {
		return
	}
	if trace, parent, flags, ok := parse(header); ok {
		c.trace, c.parent, c.flags = trace, parent, flags
	}
}

// Done ends the step that began where the last one ended.
func (c *Call) Done(name string) {
	if c == nil {
		return
	}
	now := time.Now()
	if c.count < maxSteps {
		c.steps[c.count] = Step{name, now.Sub(c.last)}
		c.count++
	}
	c.last = now
}

// End notes how the call ended.
func (c *Call) End(what string, status int, code string) {
	c.Took, c.What, c.Status, c.Code = time.Since(c.begun), what, status, code
}

// Steps are the parts so far, in order.
func (c *Call) Steps() []Step { return c.steps[:c.count] }

// ID is the trace id in hex.
func (c *Call) ID() string { return hex.EncodeToString(c.trace[:]) }

// Parent is the caller's span id in hex, empty without one.
func (c *Call) Parent() string {
	if c.parent == [8]byte{} {
		return ""
	}
	return hex.EncodeToString(c.parent[:])
}

// Header is the traceparent for whom we call (invariant 4).
func (c *Call) Header() string {
	if c == nil {
		return ""
	}
	b := make([]byte, 0, headerLen)
	b = append(b, "00-"...)
	b = hex.AppendEncode(b, c.trace[:])
	b = append(b, '-')
	b = hex.AppendEncode(b, c.span[:])
	b = append(b, '-')
	return string(hex.AppendEncode(b, []byte{c.flags}))
}

type key struct{}

// With puts the trace into the context, beside the request id whose trace it is.
func With(ctx context.Context, c *Call) context.Context { return context.WithValue(ctx, key{}, c) }

// Of is the trace of the running call; nil, which takes every call of a method, outside one.
func Of(ctx context.Context) *Call {
	c, _ := ctx.Value(key{}).(*Call)
	return c
}

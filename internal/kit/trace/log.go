package trace

import (
	"slices"
	"sync"
	"time"
)

// Log is the memory of calls that have ended.
type Log struct {
	slow   time.Duration
	mu     sync.Mutex
	recent ring
	late   ring
}

// ring keeps the newest of what is put into it.
type ring struct {
	kept []*Call
	next int
}

func (r *ring) put(c *Call) {
	r.kept[r.next] = c
	r.next = (r.next + 1) % len(r.kept)
}

// NewLog keeps the newest calls, and apart from them the newest of those that took as long as slow or longer, so that a
// busy minute does not push out what an operator looks for.
func NewLog(recent, late int, slow time.Duration) *Log {
	return &Log{slow: slow, recent: ring{kept: make([]*Call, recent)}, late: ring{kept: make([]*Call, late)}}
}

// Keep takes a call that has ended; nobody writes to it any more.
func (l *Log) Keep(c *Call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recent.put(c)
	if c.Took >= l.slow {
		l.late.put(c)
	}
}

// Find gives the trace of a request while it is kept.
func (l *Log) Find(request string) (*Call, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range []ring{l.recent, l.late} {
		for _, c := range r.kept {
			if c != nil && c.Request == request {
				return c, true
			}
		}
	}
	return nil, false
}

// Slow lists the slow calls, the newest first.
func (l *Log) Slow() []*Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := slices.DeleteFunc(slices.Clone(l.late.kept), func(c *Call) bool { return c == nil })
	slices.SortStableFunc(out, func(a, b *Call) int { return b.At.Compare(a.At) })
	return out
}

// SlowFrom is how long a call takes at least to be kept as slow.
func (l *Log) SlowFrom() time.Duration { return l.slow }

package upstream

import (
	"sync"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// breaker pauses an endpoint that fails again and again, so that callers get an answer at once and the provider gets
// air. After the pause one call tries; each failed try doubles the pause up to a minute.
type breaker struct {
	clock    clock.Clock
	mu       sync.Mutex
	failures int
	pause    time.Duration
	until    time.Time
	trying   bool
}

const (
	failuresToPause = 5
	firstPause      = 2 * time.Second
	longestPause    = time.Minute
)

// closedFor is how long no call may be made; zero lets this one through.
func (b *breaker) closedFor() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pause == 0 {
		return 0
	}
	if wait := b.until.Sub(b.clock.Now()); wait > 0 {
		return wait
	}
	if b.trying {
		return time.Second
	}
	b.trying = true
	return 0
}

// abandon gives the try back: the call was not made.
func (b *breaker) abandon() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}

// note counts the end of a call. A caller who went away says nothing about the provider.
func (b *breaker) note(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
	switch {
	case err == nil:
		b.failures, b.pause = 0, 0
	case fault.Is(err, "exchange.cancelled"):
	default:
		if b.failures++; b.failures < failuresToPause {
			return
		}
		if b.clock.Now().Before(b.until) {
			return // calls that were under way when the pause began
		}
		b.pause = min(max(2*b.pause, firstPause), longestPause)
		b.until = b.clock.Now().Add(b.pause)
	}
}

package account

import (
	"net/netip"
	"sync"
	"time"

	"lienthong/internal/kit/clock"
)

// attempts bounds failed sign-ins from one address: 30 in 5 minutes. An attempt is counted before it is looked at, so
// that many at once get no further than one after the other; one that succeeds is given back.
type attempts struct {
	clock clock.Clock
	mu    sync.Mutex
	kept  map[netip.Addr][]time.Time
}

const (
	attemptsMost   = 30
	attemptsWithin = 5 * time.Minute
	attemptsKept   = 10_000 // addresses
)

func newAttempts(c clock.Clock) *attempts {
	return &attempts{clock: c, kept: make(map[netip.Addr][]time.Time)}
}

// take counts an attempt; false when there were too many.
func (a *attempts) take(from netip.Addr) bool {
	from = network(from)
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.recent(a.kept[from])
	if len(list) >= attemptsMost {
		return false
	}
	if len(a.kept) >= attemptsKept {
		a.tidy()
	}
	a.kept[from] = append(list, a.clock.Now())
	return true
}

// give takes one attempt back: it was no failure.
func (a *attempts) give(from netip.Addr) {
	from = network(from)
	a.mu.Lock()
	defer a.mu.Unlock()
	if list := a.kept[from]; len(list) > 1 {
		a.kept[from] = list[:len(list)-1]
	} else {
		delete(a.kept, from)
	}
}

func (a *attempts) recent(list []time.Time) []time.Time {
	after := a.clock.Now().Add(-attemptsWithin)
	for len(list) > 0 && list[0].Before(after) {
		list = list[1:]
	}
	return list
}

// tidy drops what is over; when nothing is, all of it, since memory must not grow with the attackers.
func (a *attempts) tidy() {
	for from, list := range a.kept {
		if len(a.recent(list)) == 0 {
			delete(a.kept, from)
		}
	}
	if len(a.kept) >= attemptsKept {
		clear(a.kept)
	}
}

// network is whom an address stands for: of IPv6 a subscriber holds a whole /64.
func network(from netip.Addr) netip.Addr {
	from = from.Unmap()
	if !from.Is6() {
		return from
	}
	p, err := from.WithZone("").Prefix(64)
	if err != nil {
		return from
	}
	return p.Addr()
}

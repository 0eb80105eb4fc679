package exchange

import (
	"context"
	"sync"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// usedOnce remembers in the control store what may be used once. Only calls with an officer's assertion pay for it, and
// those that come at the same time share one commit.
type usedOnce struct {
	db      *controldb.DB
	clock   clock.Clock
	mu      sync.Mutex
	waiting []*spending
	writing bool
	swept   time.Time
}

type spending struct {
	hash  string
	ends  time.Time
	fresh bool
	err   error
	done  chan struct{}
}

const (
	mostAtOnce   = 256
	spendTimeout = 5 * time.Second
	sweepSpent   = time.Minute
)

// spend marks the hash as used until it ends, durably; a second time it is refused, on every node.
func (u *usedOnce) spend(ctx context.Context, hash string, ends time.Time) error {
	s := &spending{hash: hash, ends: ends, done: make(chan struct{})}
	u.mu.Lock()
	if len(u.waiting) >= 20*mostAtOnce {
		u.mu.Unlock()
		return fault.New(fault.Unavailable, "exchange.busy")
	}
	u.waiting = append(u.waiting, s)
	leads := !u.writing
	u.writing = true
	u.mu.Unlock()
	if leads {
		go u.writeAll(context.WithoutCancel(ctx))
	}
	<-s.done // the writer always answers, within its time limit
	switch {
	case s.err != nil:
		return fault.New(fault.Unavailable, "exchange.busy").Because(s.err)
	case !s.fresh:
		return fault.New(fault.Unauthenticated, "exchange.officer_replayed")
	}
	return nil
}

// writeAll commits what waits, batch by batch, until nothing does; the first that waits starts it for all.
func (u *usedOnce) writeAll(ctx context.Context) {
	for {
		u.mu.Lock()
		batch := u.waiting[:min(len(u.waiting), mostAtOnce)]
		u.waiting = u.waiting[len(batch):]
		if len(batch) == 0 {
			u.waiting, u.writing = nil, false
			u.mu.Unlock()
			return
		}
		now := u.clock.Now()
		sweep := now.Sub(u.swept) >= sweepSpent
		if sweep {
			u.swept = now
		}
		u.mu.Unlock()
		u.write(ctx, batch, now, sweep)
	}
}

func (u *usedOnce) write(ctx context.Context, batch []*spending, now time.Time, sweep bool) {
	ctx, cancel := context.WithTimeout(ctx, spendTimeout)
	defer cancel()
	err := u.db.Apart(ctx, func(q controldb.Querier) error {
		if sweep {
			// Kept a little longer than they count, since the clocks of two nodes differ.
			if err := removeSpent(ctx, q, now.Add(-assertionLife)); err != nil {
				return err
			}
		}
		for _, s := range batch {
			var err error
			if s.fresh, err = insertSpent(ctx, q, s.hash, s.ends); err != nil {
				return err
			}
		}
		return nil
	})
	for _, s := range batch {
		s.err = err
		close(s.done)
	}
}

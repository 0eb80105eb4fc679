package access

import (
	"context"
	"fmt"
	"sync"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/i18n"
)

// usage counts what each grant has used: the minute in memory, the day in memory and, every few seconds, in the store.
// What calls under way may still carry is held, so that parallel calls cannot together take more than is left. Holds live
// in memory alone: a process that ends takes its calls with it.
type usage struct {
	mu    sync.Mutex
	node  string
	kept  map[string]*used // by grant id: only grants that exist are ever counted, so the map is bounded by them
	dirty map[string]struct{}
}

type used struct {
	minute               int64 // unix minute that callsMinute counts
	callsMinute          int64
	day                  string
	calls, records, pers int64
	held                 int64 // records, and at most as many persons, that calls under way may carry
	holds                map[*hold]struct{}
	others               Usage // what other nodes and earlier runs stored for the day
}

// hold is what one call has reserved of its grant: the call itself, counted at once, and records and persons until it
// settles. A call that never settles loses its hold after holdLife, which is longer than any call may last.
type hold struct {
	grant   string
	records int64
	until   time.Time
	settled bool
}

const holdLife = 5 * time.Minute

func newUsage(node string) *usage {
	return &usage{node: node, kept: make(map[string]*used), dirty: make(map[string]struct{})}
}

func dayOf(t time.Time) string { return t.In(i18n.Zone).Format(time.DateOnly) }

// at gives the counters of the moment; the caller holds the lock. They only go forward: a call that began before the
// turn of a minute or a day and ends after it does not bring the old one back.
func (u *usage) at(grant string, now time.Time) *used {
	c, ok := u.kept[grant]
	if !ok {
		c = &used{holds: make(map[*hold]struct{})}
		u.kept[grant] = c
	}
	if m := now.Unix() / 60; m > c.minute {
		c.minute, c.callsMinute = m, 0
	}
	if d := dayOf(now); d > c.day {
		// What is under way ends in the new day and counts there.
		*c = used{minute: c.minute, callsMinute: c.callsMinute, day: d, held: c.held, holds: c.holds}
	}
	return c
}

func (c *used) usage() Usage {
	return Usage{
		CallsMinute: c.callsMinute, CallsDay: c.calls + c.others.CallsDay,
		RecordsDay: c.records + c.others.RecordsDay, PersonsDay: c.pers + c.others.PersonsDay, Held: c.held,
	}
}

// read changes nothing: it is asked for moments that are not now, too.
func (u *usage) read(grant string, at time.Time) Usage {
	u.mu.Lock()
	defer u.mu.Unlock()
	c, ok := u.kept[grant]
	if !ok {
		return Usage{}
	}
	got := c.usage()
	if at.Unix()/60 > c.minute {
		got.CallsMinute = 0
	}
	if dayOf(at) > c.day {
		got = Usage{CallsMinute: got.CallsMinute, Held: got.Held}
	}
	return got
}

// reserve counts a call and holds its records, if the grant still has that much left: check and taking are one step.
func (u *usage) reserve(g *Grant, now time.Time, records int64) (*hold, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	c := u.at(g.ID, now)
	if _, v := room(g.Conditions, c.usage(), records, false); v.check != CheckOK {
		u.expire(c, now)
		if _, v = room(g.Conditions, c.usage(), records, false); v.check != CheckOK {
			return nil, false
		}
	}
	h := &hold{grant: g.ID, records: records, until: now.Add(holdLife)}
	c.callsMinute++
	c.calls++
	c.held += records
	c.holds[h] = struct{}{}
	u.dirty[g.ID] = struct{}{}
	return h, true
}

// widen makes a hold large enough for an answer whose size nobody knew before, if that much is left.
func (u *usage) widen(h *hold, q Conditions, now time.Time, records int64) verdict {
	if h == nil {
		return ok
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	c := u.at(h.grant, now)
	if _, held := c.holds[h]; held {
		c.held -= h.records
		defer func() { c.held += h.records }()
	}
	left := c.usage()
	left.CallsDay, left.CallsMinute = 0, 0 // the call itself is counted already
	_, v := room(q, left, records, false)
	if v.check == CheckOK {
		h.records = max(h.records, records)
	}
	return v
}

// settle counts what the answer carried and gives back the rest.
func (u *usage) settle(h *hold, now time.Time, records, persons int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if h == nil || h.settled {
		return
	}
	h.settled = true
	c := u.at(h.grant, now)
	c.release(h)
	c.records += records
	c.pers += persons
	u.dirty[h.grant] = struct{}{}
}

// cancel takes a reservation back whole: its call was never allowed, since its decision could not be recorded.
func (u *usage) cancel(h *hold, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if h == nil || h.settled {
		return
	}
	h.settled = true
	c := u.at(h.grant, now)
	c.release(h)
	c.callsMinute, c.calls = max(0, c.callsMinute-1), max(0, c.calls-1)
	u.dirty[h.grant] = struct{}{}
}

func (c *used) release(h *hold) {
	if _, held := c.holds[h]; held {
		c.held -= h.records
		delete(c.holds, h)
	}
}

// expire gives back what calls hold that must have ended long ago.
func (u *usage) expire(c *used, now time.Time) {
	for h := range c.holds {
		if now.After(h.until) {
			c.release(h)
		}
	}
}

// load reads what earlier runs and other nodes used today.
func (u *usage) load(ctx context.Context, q controldb.Querier, now time.Time) error {
	rows, err := q.QueryContext(ctx, `SELECT grant_id, node, calls, records, persons FROM access_usage WHERE day = ?`, dayOf(now))
	if err != nil {
		return fmt.Errorf("read usage: %w", err)
	}
	defer rows.Close()
	others := make(map[string]Usage)
	for rows.Next() {
		var grant, node string
		var calls, records, persons int64
		if err := rows.Scan(&grant, &node, &calls, &records, &persons); err != nil {
			return fmt.Errorf("scan usage: %w", err)
		}
		if node == u.node { // this process has the newer figure itself
			continue
		}
		o := others[grant]
		others[grant] = Usage{CallsDay: o.CallsDay + calls, RecordsDay: o.RecordsDay + records, PersonsDay: o.PersonsDay + persons}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read usage: %w", err)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for grant := range others {
		u.at(grant, now)
	}
	for grant, c := range u.kept {
		u.expire(c, now)
		if c.day == dayOf(now) {
			c.others = others[grant]
		}
	}
	return nil
}

// recover counts what the log has of today beyond what was stored: the seconds before a crash.
func (u *usage) recover(grant string, now time.Time, logged Usage) {
	u.mu.Lock()
	defer u.mu.Unlock()
	c := u.at(grant, now)
	known := c.usage()
	c.calls += max(0, logged.CallsDay-known.CallsDay)
	c.records += max(0, logged.RecordsDay-known.RecordsDay)
	c.pers += max(0, logged.PersonsDay-known.PersonsDay)
	u.dirty[grant] = struct{}{}
}

// counted is one row of the store.
type counted struct {
	grant, day           string
	calls, records, pers int64
}

// takeDirty gives the counters that changed since the last time; putBack returns them when they could not be stored.
func (u *usage) takeDirty() []counted {
	u.mu.Lock()
	defer u.mu.Unlock()
	rows := make([]counted, 0, len(u.dirty))
	for grant := range u.dirty {
		c := u.kept[grant]
		rows = append(rows, counted{grant, c.day, c.calls, c.records, c.pers})
	}
	clear(u.dirty)
	return rows
}

func (u *usage) putBack(rows []counted) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, r := range rows {
		u.dirty[r.grant] = struct{}{}
	}
}

// store writes counters; a retried transaction writes the same again.
func (u *usage) store(ctx context.Context, q controldb.Querier, rows []counted) error {
	for _, r := range rows {
		_, err := q.ExecContext(ctx, `INSERT INTO access_usage (grant_id, day, node, calls, records, persons) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (grant_id, day, node) DO UPDATE SET calls = excluded.calls, records = excluded.records, persons = excluded.persons`,
			r.grant, r.day, u.node, r.calls, r.records, r.pers)
		if err != nil {
			return fmt.Errorf("store usage of %s: %w", r.grant, err)
		}
	}
	return nil
}

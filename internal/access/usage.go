package access

import (
	"context"
	"fmt"
	"sync"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/i18n"
)

// usage counts what each grant has used: the minute in memory, the day in memory and, every few seconds, in the store,
// so that a restart gives back at most those seconds.
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
	others               Usage // what other nodes and earlier runs stored for the day
}

func newUsage(node string) *usage {
	return &usage{node: node, kept: make(map[string]*used), dirty: make(map[string]struct{})}
}

func dayOf(t time.Time) string { return t.In(i18n.Zone).Format(time.DateOnly) }

// at gives the counters of the moment; the caller holds the lock.
func (u *usage) at(grant string, now time.Time) *used {
	c, ok := u.kept[grant]
	if !ok {
		c = &used{}
		u.kept[grant] = c
	}
	if m := now.Unix() / 60; c.minute != m {
		c.minute, c.callsMinute = m, 0
	}
	if d := dayOf(now); c.day != d {
		*c = used{minute: c.minute, callsMinute: c.callsMinute, day: d}
	}
	return c
}

func (u *usage) read(grant string, now time.Time) Usage {
	u.mu.Lock()
	defer u.mu.Unlock()
	c := u.at(grant, now)
	return Usage{
		CallsMinute: c.callsMinute, CallsDay: c.calls + c.others.CallsDay,
		RecordsDay: c.records + c.others.RecordsDay, PersonsDay: c.pers + c.others.PersonsDay,
	}
}

func (u *usage) add(grant string, now time.Time, calls, records, persons int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	c := u.at(grant, now)
	c.callsMinute += calls
	c.calls += calls
	c.records += records
	c.pers += persons
	u.dirty[grant] = struct{}{}
}

// load reads what earlier runs and other nodes used today.
func (u *usage) load(ctx context.Context, q controldb.Querier, now time.Time) error {
	rows, err := q.QueryContext(ctx, `SELECT grant_id, node, calls, records, persons FROM access_usage WHERE day = ?`, dayOf(now))
	if err != nil {
		return fmt.Errorf("read usage: %w", err)
	}
	defer rows.Close()
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, c := range u.kept {
		c.others = Usage{}
	}
	for rows.Next() {
		var grant, node string
		var calls, records, persons int64
		if err := rows.Scan(&grant, &node, &calls, &records, &persons); err != nil {
			return fmt.Errorf("scan usage: %w", err)
		}
		c := u.at(grant, now)
		if node == u.node { // this process has the newer figure itself
			continue
		}
		c.others.CallsDay += calls
		c.others.RecordsDay += records
		c.others.PersonsDay += persons
	}
	return rows.Err()
}

// store writes the counters that changed.
func (u *usage) store(ctx context.Context, q controldb.Querier) error {
	type row struct {
		grant                string
		day                  string
		calls, records, pers int64
	}
	u.mu.Lock()
	var rows []row
	for grant := range u.dirty {
		c := u.kept[grant]
		rows = append(rows, row{grant, c.day, c.calls, c.records, c.pers})
	}
	clear(u.dirty)
	u.mu.Unlock()
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

func (u *usage) dirtyGrants() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := make([]string, 0, len(u.dirty))
	for g := range u.dirty {
		out = append(out, g)
	}
	return out
}

package job

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

type schedule struct {
	name     string
	kind     string
	interval time.Duration
}

// Every runs fn once per interval, counted from its last start across restarts and processes; the first time at once.
// Each turn is a task like others: it survives a crash and is tried again when it fails. A turn whose predecessor has
// not ended is left out, and turns missed while the program was down are made up by one.
func (q *Queue) Every(name string, interval time.Duration, fn func(ctx context.Context) error) {
	if interval <= 0 {
		panic("job: " + name + " has no interval")
	}
	s := schedule{name: name, kind: "every." + name, interval: interval}
	q.On(s.kind, func(ctx context.Context, _ Task) error { return fn(ctx) })
	q.schedules = append(q.schedules, s)
}

// intervalOf is the interval of a scheduled kind, and 0 for other kinds.
func (q *Queue) intervalOf(kind string) time.Duration {
	for _, s := range q.schedules {
		if s.kind == kind {
			return s.interval
		}
	}
	return 0
}

// plan enqueues the turns that are due.
func (q *Queue) plan(ctx context.Context) error {
	for _, s := range q.schedules {
		next, err := findNext(ctx, q.db, s.name)
		if err != nil {
			return err
		}
		if next > q.clock.Now().UnixMicro() {
			continue
		}
		if err := q.db.InTx(ctx, func(tx controldb.Querier) error { return q.planOne(ctx, tx, s) }); err != nil {
			return fmt.Errorf("plan %s: %w", s.name, err)
		}
	}
	return nil
}

func (q *Queue) planOne(ctx context.Context, tx controldb.Querier, s schedule) error {
	now := q.clock.Now()
	next, err := findNext(ctx, tx, s.name) // again, inside the transaction: another process may have been quicker
	if err != nil || next > now.UnixMicro() {
		return err
	}
	if err := saveNext(ctx, tx, s.name, now.Add(s.interval)); err != nil {
		return err
	}
	open, err := countOpen(ctx, tx, s.kind)
	if err != nil || open > 0 {
		return err
	}
	// Of the turns given up only the latest is kept: it says what is wrong, the others would pile up.
	if err := deleteDeadKind(ctx, tx, s.kind); err != nil {
		return err
	}
	_, err = q.Enqueue(ctx, tx, s.kind, struct{}{})
	return err
}

package audit

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/ids"
)

const (
	moveEvery = 250 * time.Millisecond
	moveLimit = 500 // rows of one step
)

// outbox moves records of changes from the control store into the journal.
type outbox struct {
	db   *controldb.DB
	kept atomic.Int64 // rows that were written while the journal was closed; a transaction rolled back counts as well

	mu       sync.Mutex
	expected map[string]time.Time // ids written by Change and not yet seen committed

	run       sync.Mutex      // one step at a time
	asked     int64           // guarded by mu: how many drains were asked for
	done      int64           // guarded by run: all drains asked before this one are served
	deletable map[string]bool // guarded by run: in the journal, still in the table
}

// movedIDs remembers which changes are in the journal, until their outbox rows are gone.
type movedIDs struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (m *movedIDs) add(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ids == nil {
		m.ids = make(map[string]bool)
	}
	m.ids[id] = true
}

func (m *movedIDs) has(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ids[id]
}

func (m *movedIDs) remove(ids []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		delete(m.ids, id)
	}
}

func (m *movedIDs) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.ids)
}

// Change records a change in the transaction that makes it. The record becomes durable with the change, and InTx
// answers when it is in the journal. While the journal cannot be written the change is refused before it is made, but for
// vital ones, whose record stays in the outbox until the next start.
func (l *Log) Change(ctx context.Context, q controldb.Querier, e Entry) error {
	r := e.record()
	if _, err := l.admit(r.Event, r.Channel); err != nil {
		return err
	}
	r.ID = ids.New() // also the outbox row's key: ascending, so that rows are read in the order they were written
	if r.Request == "" {
		r.Request = httpx.RequestIDOf(ctx)
	}
	l.complete(r)
	if err := l.keep(ctx, q, e, r); err != nil {
		return err
	}
	l.outbox.expect(r.ID, r.At)
	return insertOutbox(ctx, q, l.outboxRow(r))
}

// UseOutbox ties the log to the control store: every commit waits for its records, and what a crash left behind is moved
// now. Call it once, before the store is used.
func (l *Log) UseOutbox(ctx context.Context, db *controldb.DB) error {
	l.outbox.db, l.outbox.deletable = db, make(map[string]bool)
	if err := l.drain(ctx); err != nil {
		return err
	}
	if err := l.sweep(ctx); err != nil {
		return err
	}
	l.moved.clear() // what the last run moved is no longer in the table
	l.open.end(lastRun)
	db.OnCommit(l.Drain)
	l.work.Go(l.moveLoop)
	return nil
}

// Drain returns when every change committed before the call is in the journal. With the journal closed it waits for
// nothing: what was committed has its record on disk beside it, and only a restart can move it on.
func (l *Log) Drain(ctx context.Context) error {
	if l.Health() != nil || !l.outbox.waiting() {
		return nil
	}
	if err := l.drain(ctx); err != nil && l.Health() == nil {
		return err
	}
	return nil
}

// drain serves all callers that came before it began in one step.
func (l *Log) drain(ctx context.Context) error {
	o := &l.outbox
	o.mu.Lock()
	o.asked++
	mine := o.asked
	o.mu.Unlock()
	o.run.Lock()
	defer o.run.Unlock()
	if o.done >= mine {
		return nil
	}
	o.mu.Lock()
	serving := o.asked
	o.mu.Unlock()
	if err := l.move(ctx); err != nil {
		return err
	}
	o.done = serving
	return nil
}

// move takes the committed rows to the journal, in order. Rows stay in the table until a later step deletes them all
// at once; until then movedIDs keeps them from being written twice, and after a crash the journal itself tells.
func (l *Log) move(ctx context.Context) error {
	o := &l.outbox
	for after := ""; ; {
		rows, err := listOutbox(ctx, o.db, l.opts.Journal.Origin, after, moveLimit)
		if err != nil {
			return err
		}
		var bodies [][]byte
		var fresh []string
		for _, r := range rows {
			after = r.id
			if l.moved.has(r.id) {
				o.deletable[r.id] = true
				continue
			}
			bodies, fresh = append(bodies, []byte(r.body)), append(fresh, r.id)
			l.open.begin(r.id, l.journal.Size())
		}
		if err := l.moveRows(ctx, bodies, fresh); err != nil {
			return err
		}
		if len(rows) < moveLimit {
			return nil
		}
	}
}

func (l *Log) moveRows(ctx context.Context, bodies [][]byte, fresh []string) error {
	if len(bodies) == 0 {
		return nil
	}
	t, err := l.journal.Queue(ctx, bodies...)
	if err != nil {
		return l.refused(err)
	}
	// Not ctx: whoever stops waiting here would not know whether the rows are in, and the next step would write them again.
	if _, err := t.Wait(context.WithoutCancel(ctx)); err != nil {
		return l.refused(err)
	}
	for _, id := range fresh {
		l.moved.add(id)
		l.outbox.deletable[id] = true
	}
	l.outbox.seen(fresh)
	return nil
}

// sweep deletes the rows whose records are in the journal.
func (l *Log) sweep(ctx context.Context) error {
	o := &l.outbox
	o.run.Lock()
	defer o.run.Unlock()
	for len(o.deletable) > 0 {
		var ids []string
		for id := range o.deletable {
			if ids = append(ids, id); len(ids) == 100 {
				break
			}
		}
		if err := deleteOutbox(ctx, o.db, ids); err != nil {
			return err
		}
		l.moved.remove(ids)
		for _, id := range ids {
			delete(o.deletable, id)
			l.open.end(id)
		}
	}
	return nil
}

// moveLoop takes what no commit waited for: records of transactions whose caller went away.
func (l *Log) moveLoop() {
	tick := time.NewTicker(moveEvery)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-tick.C:
		case <-l.ctx.Done():
			return
		}
		if l.Health() != nil {
			continue
		}
		var err error
		if l.outbox.waiting() || n%20 == 0 {
			err = l.drain(l.ctx)
		}
		if err == nil {
			err = l.sweep(l.ctx)
		}
		if err != nil && l.ctx.Err() == nil {
			l.opts.Logger.Error("audit outbox not moved; it will be tried again", "cause", err)
		}
		l.outbox.forget(l.now().Add(-10 * time.Minute))
	}
}

func (o *outbox) expect(id string, at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.expected == nil {
		o.expected = make(map[string]time.Time)
	}
	o.expected[id] = at
}

func (o *outbox) seen(ids []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, id := range ids {
		delete(o.expected, id)
	}
}

// forget drops ids of transactions that were rolled back.
func (o *outbox) forget(before time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, at := range o.expected {
		if at.Before(before) {
			delete(o.expected, id)
		}
	}
}

func (o *outbox) waiting() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.expected) > 0
}

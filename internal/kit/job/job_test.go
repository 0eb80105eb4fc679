package job_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/job"
	"lienthong/internal/kit/logx"
	"lienthong/internal/kit/testkit"
)

var errBoom = errors.New("boom of 999012345678")

type bench struct {
	*testing.T
	db    *controldb.DB
	clock *clock.Adjustable
	log   *bytes.Buffer
}

func newBench(t *testing.T, db *controldb.DB) *bench {
	return &bench{t, db, clock.NewAdjustable(clock.Fixed(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))), &bytes.Buffer{}}
}

func (b *bench) queue(opts job.Options) *job.Queue {
	return job.NewQueue(b.db, b.clock, logx.New(b.log, slog.LevelInfo), opts)
}

func (b *bench) enqueue(q *job.Queue, kind string, payload any) job.ID {
	b.Helper()
	var id job.ID
	err := b.db.InTx(context.Background(), func(tx controldb.Querier) (err error) {
		id, err = q.Enqueue(context.Background(), tx, kind, payload)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return id
}

func (b *bench) runDue(q *job.Queue, want int) {
	b.Helper()
	if n, err := q.RunDue(context.Background()); err != nil || n != want {
		b.Fatalf("ran %d, %v; want %d", n, err, want)
	}
}

func (b *bench) counts(q *job.Queue) map[job.State]int {
	b.Helper()
	all, err := q.Counts(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	sum := map[job.State]int{}
	for _, c := range all {
		sum[c.State] += c.N
	}
	return sum
}

func TestTasks(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		for name, test := range map[string]func(*bench){
			"a task is done with its payload and is gone":           doneAndGone,
			"a transaction that rolls back enqueues nothing":        rolledBack,
			"a failed task is tried again later and then given up":  retriedThenDead,
			"a permanent error gives the task up at once":           permanentIsDead,
			"a panic is a failure":                                  panicIsFailure,
			"a dead task can be retried or discarded, once":         deadIsHandled,
			"a later task waits for its time":                       waitsForItsTime,
			"a kind without a handler waits":                        foreignKindWaits,
			"completing in a transaction happens once":              completeOnce,
			"a task of a process that died is taken over":           takenOver,
			"a process that dies every time does not run for ever":  diesEveryTime,
			"a schedule runs once per interval, across restarts":    scheduled,
			"a schedule that fails keeps one dead turn and goes on": scheduleFails,
		} {
			t.Run(name, func(t *testing.T) {
				if _, err := db.ExecContext(context.Background(), `DELETE FROM job_task`); err != nil {
					t.Fatal(err)
				}
				test(newBench(t, db))
			})
		}
	})
}

func doneAndGone(b *bench) {
	q := b.queue(job.Options{})
	var got []string
	q.On("probe.a", func(_ context.Context, t job.Task) error {
		var p struct{ Dataset string }
		err := t.Decode(&p)
		got = append(got, p.Dataset)
		return err
	})
	b.enqueue(q, "probe.a", map[string]string{"Dataset": "Hòa"})
	b.clock.Shift(time.Second)
	b.enqueue(q, "probe.a", map[string]string{"Dataset": "Đa"})
	b.runDue(q, 2)
	if strings.Join(got, " ") != "Hòa Đa" || len(b.counts(q)) != 0 {
		b.Fatal(got, b.counts(q))
	}
}

func rolledBack(b *bench) {
	q := b.queue(job.Options{})
	q.On("probe.a", func(context.Context, job.Task) error { b.Error("ran"); return nil })
	err := b.db.InTx(context.Background(), func(tx controldb.Querier) error {
		if _, err := q.Enqueue(context.Background(), tx, "probe.a", nil); err != nil {
			return err
		}
		return errBoom
	})
	if !errors.Is(err, errBoom) {
		b.Fatal(err)
	}
	b.runDue(q, 0)
}

func retriedThenDead(b *bench) {
	q := b.queue(job.Options{MaxAttempts: 3})
	var attempts []int
	q.On("probe.a", func(_ context.Context, t job.Task) error { attempts = append(attempts, t.Attempt); return errBoom })
	id := b.enqueue(q, "probe.a", nil)
	b.runDue(q, 1)
	b.runDue(q, 0)
	b.clock.Shift(5*time.Second - time.Microsecond)
	b.runDue(q, 0)
	b.clock.Shift(time.Microsecond)
	b.runDue(q, 1)
	b.clock.Shift(10*time.Second - time.Microsecond)
	b.runDue(q, 0)
	b.clock.Shift(time.Microsecond)
	b.runDue(q, 1)
	b.clock.Shift(24 * time.Hour)
	b.runDue(q, 0)
	dead, err := q.ListDead(context.Background(), 10)
	if err != nil || len(dead) != 1 {
		b.Fatal(dead, err)
	}
	if d := dead[0]; d.ID != id || d.State != job.Dead || d.Attempt != 3 || d.LastError != "boom of [number]" {
		b.Fatalf("%+v", d)
	}
	if len(attempts) != 3 || attempts[2] != 3 || strings.Contains(b.log.String(), "999012345678") || !strings.Contains(b.log.String(), "job given up") {
		b.Fatal(attempts, b.log.String())
	}
}

func permanentIsDead(b *bench) {
	q := b.queue(job.Options{})
	q.On("probe.a", func(context.Context, job.Task) error { return job.Permanent(errBoom) })
	q.On("probe.b", func(_ context.Context, t job.Task) error { return t.Decode(new(int)) })
	b.enqueue(q, "probe.a", nil)
	b.enqueue(q, "probe.b", "no number")
	b.runDue(q, 2)
	if got := b.counts(q); got[job.Dead] != 2 || len(got) != 1 {
		b.Fatal(got)
	}
}

func panicIsFailure(b *bench) {
	q := b.queue(job.Options{MaxAttempts: 1})
	q.On("probe.a", func(context.Context, job.Task) error { panic("at the disco") })
	b.enqueue(q, "probe.a", nil)
	b.runDue(q, 1)
	if dead, err := q.ListDead(context.Background(), 1); err != nil || len(dead) != 1 || dead[0].LastError != "panic: at the disco" {
		b.Fatal(dead, err)
	}
}

func deadIsHandled(b *bench) {
	ctx := context.Background()
	q := b.queue(job.Options{MaxAttempts: 1})
	ok := false
	q.On("probe.a", func(context.Context, job.Task) error {
		if ok {
			return nil
		}
		return errBoom
	})
	again, away := b.enqueue(q, "probe.a", 1), b.enqueue(q, "probe.a", 2)
	for what, f := range map[string]func(context.Context, controldb.Querier, job.ID) error{"retry": q.Retry, "discard": q.Discard} {
		if err := b.db.InTx(ctx, func(tx controldb.Querier) error { return f(ctx, tx, away) }); !fault.Is(err, "job.not_dead") {
			b.Fatalf("%s of a task that waits: %v", what, err)
		}
	}
	b.runDue(q, 2)
	ok = true
	in := func(f func(tx controldb.Querier) error) error { return b.db.InTx(ctx, f) }
	if err := in(func(tx controldb.Querier) error { return q.Retry(ctx, tx, again) }); err != nil {
		b.Fatal(err)
	}
	if err := in(func(tx controldb.Querier) error { return q.Discard(ctx, tx, again) }); !fault.Is(err, "job.not_dead") {
		b.Fatal(err)
	}
	if err := in(func(tx controldb.Querier) error { return q.Discard(ctx, tx, away) }); err != nil {
		b.Fatal(err)
	}
	if err := in(func(tx controldb.Querier) error { return q.Retry(ctx, tx, away) }); !fault.Is(err, "job.not_dead") {
		b.Fatal(err)
	}
	b.runDue(q, 1)
	if len(b.counts(q)) != 0 {
		b.Fatal(b.counts(q))
	}
}

func waitsForItsTime(b *bench) {
	ctx := context.Background()
	q := b.queue(job.Options{})
	q.On("probe.a", func(context.Context, job.Task) error { return nil })
	due := b.clock.Now().Add(time.Hour)
	if err := b.db.InTx(ctx, func(tx controldb.Querier) error { _, err := q.EnqueueAt(ctx, tx, due, "probe.a", nil); return err }); err != nil {
		b.Fatal(err)
	}
	b.runDue(q, 0)
	b.clock.Shift(time.Hour)
	b.runDue(q, 1)
}

func foreignKindWaits(b *bench) {
	q := b.queue(job.Options{})
	b.enqueue(q, "probe.elsewhere", nil)
	b.runDue(q, 0)
	q.On("probe.a", func(context.Context, job.Task) error { return nil })
	b.runDue(q, 0)
	if got, err := q.Counts(context.Background()); err != nil || len(got) != 1 || got[0].Kind != "probe.elsewhere" || got[0].State != job.Ready || !got[0].Oldest.Equal(b.clock.Now()) {
		b.Fatal(got, err)
	}
}

func completeOnce(b *bench) {
	ctx := context.Background()
	first, second := b.queue(job.Options{}), b.queue(job.Options{})
	var late job.Task
	second.On("probe.a", func(ctx context.Context, t job.Task) error {
		return b.db.InTx(ctx, func(tx controldb.Querier) error { return t.Complete(ctx, tx) })
	})
	first.On("probe.a", func(ctx context.Context, t job.Task) error {
		late = t
		b.clock.Shift(time.Hour) // this run hangs; its lease ends and the other process takes over
		b.runDue(second, 1)
		return b.db.InTx(ctx, func(tx controldb.Querier) error { return t.Complete(ctx, tx) })
	})
	b.enqueue(first, "probe.a", nil)
	b.runDue(first, 1)
	err := b.db.InTx(ctx, func(tx controldb.Querier) error { return late.Complete(ctx, tx) })
	if !fault.Is(err, "job.lease_lost") || len(b.counts(first)) != 0 {
		b.Fatal(err, b.counts(first))
	}
}

// died leaves the row as a killed process does: leased, with the attempt counted.
func died(b *bench, opts job.Options) {
	b.Helper()
	killed := b.queue(opts)
	stop := errors.New("the row is read at the height of the run")
	killed.On("probe.a", func(ctx context.Context, t job.Task) error {
		_, err := b.db.ExecContext(ctx, `UPDATE job_task SET lease = 'of a killed process' WHERE id = ?`, string(t.ID))
		if err != nil {
			return err
		}
		return stop // its note finds no row with its lease and changes nothing
	})
	b.runDue(killed, 1)
}

func takenOver(b *bench) {
	q := b.queue(job.Options{})
	b.enqueue(q, "probe.a", nil)
	died(b, job.Options{})
	attempt := 0
	q.On("probe.a", func(_ context.Context, t job.Task) error { attempt = t.Attempt; return nil })
	b.clock.Shift(time.Minute - time.Microsecond)
	b.runDue(q, 0)
	b.clock.Shift(time.Microsecond)
	b.runDue(q, 1)
	if attempt != 2 || len(b.counts(q)) != 0 {
		b.Fatal(attempt, b.counts(q))
	}
}

func diesEveryTime(b *bench) {
	opts := job.Options{MaxAttempts: 2}
	q := b.queue(opts)
	q.On("probe.a", func(context.Context, job.Task) error { b.Error("a third attempt"); return nil })
	b.enqueue(q, "probe.a", nil)
	for range 2 {
		died(b, opts)
		b.clock.Shift(time.Hour)
	}
	b.runDue(q, 0)
	if dead, err := q.ListDead(context.Background(), 1); err != nil || len(dead) != 1 || !strings.Contains(dead[0].LastError, "in the middle of the last attempt") {
		b.Fatal(dead, err)
	}
}

func scheduled(b *bench) {
	runs := 0
	start := func(q *job.Queue) *job.Queue {
		q.Every("probe.nightly", 24*time.Hour, func(context.Context) error { runs++; return nil })
		return q
	}
	q := start(b.queue(job.Options{}))
	b.runDue(q, 1)
	b.runDue(q, 0)
	q = start(b.queue(job.Options{})) // a restart is no reason to run again
	b.runDue(q, 0)
	b.clock.Shift(24*time.Hour - time.Microsecond)
	b.runDue(q, 0)
	b.clock.Shift(time.Microsecond)
	b.runDue(q, 1)
	b.clock.Shift(10 * 24 * time.Hour)
	b.runDue(q, 1)
	if runs != 3 {
		b.Fatal(runs)
	}
}

func scheduleFails(b *bench) {
	q := b.queue(job.Options{MaxAttempts: 2})
	runs := 0
	q.Every("probe.minutely", time.Minute, func(context.Context) error { runs++; return errBoom })
	for range 200 {
		if _, err := q.RunDue(context.Background()); err != nil {
			b.Fatal(err)
		}
		b.clock.Shift(5 * time.Second)
	}
	if got := b.counts(q); got[job.Dead] > 1 || runs < 30 || runs > 40 {
		b.Fatal(got, runs)
	}

	quick := b.queue(job.Options{MaxAttempts: 2})
	quick.Every("probe.quick", 2*time.Second, func(context.Context) error { return errBoom })
	b.runDue(quick, 1)
	b.clock.Shift(2 * time.Second) // the usual wait of five seconds would be longer than a turn
	b.runDue(quick, 1)
}

func TestRun(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		t.Run("workers do everything once and end with the context", func(t *testing.T) { workersDoAll(newBench(t, db)) })
		t.Run("a task cut off by the end is ready again", func(t *testing.T) { cutOff(newBench(t, db)) })
	})
}

func workersDoAll(b *bench) {
	const tasks = 60
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	q := b.queue(job.Options{Workers: 4, Poll: 10 * time.Millisecond})
	var mu sync.Mutex
	seen := map[job.ID]int{}
	q.On("probe.a", func(_ context.Context, t job.Task) error {
		mu.Lock()
		defer mu.Unlock()
		if seen[t.ID]++; len(seen) == tasks {
			stop()
		}
		return nil
	})
	var run sync.WaitGroup
	run.Go(func() {
		if err := q.Run(ctx); err != nil {
			b.Error(err)
		}
	})
	for i := range tasks {
		b.enqueue(q, "probe.a", i)
	}
	run.Wait()
	if len(seen) != tasks || len(b.counts(q)) != 0 {
		b.Fatal(len(seen), b.counts(q), b.log.String())
	}
	for id, n := range seen {
		if n != 1 {
			b.Errorf("%s ran %d times", id, n)
		}
	}
	if err := q.Run(context.Background()); err == nil {
		b.Error("a queue runs once")
	}
}

func cutOff(b *bench) {
	ctx, stop := context.WithCancel(context.Background())
	q := b.queue(job.Options{Workers: 1})
	var ended atomic.Bool
	q.On("probe.a", func(ctx context.Context, _ job.Task) error {
		stop()
		<-ctx.Done()
		ended.Store(true)
		return ctx.Err()
	})
	b.enqueue(q, "probe.a", nil)
	if err := q.Run(ctx); err != nil || !ended.Load() {
		b.Fatal(err, ended.Load())
	}
	next := b.queue(job.Options{})
	attempt := 0
	next.On("probe.a", func(_ context.Context, t job.Task) error { attempt = t.Attempt; return nil })
	b.runDue(next, 1)
	if attempt != 1 {
		b.Fatal("the end of the program is no failure of the task:", attempt)
	}
}

func TestARunWhoseLeaseIsTakenIsStopped(t *testing.T) {
	b := newBench(t, testkit.DB(t))
	q := b.queue(job.Options{Lease: 30 * time.Millisecond})
	q.On("probe.a", func(ctx context.Context, t job.Task) error {
		if _, err := b.db.ExecContext(ctx, `UPDATE job_task SET lease = 'another' WHERE id = ?`, string(t.ID)); err != nil {
			return err
		}
		<-ctx.Done() // ends only when the loss is noticed
		return ctx.Err()
	})
	b.enqueue(q, "probe.a", nil)
	b.runDue(q, 1)
	if got := b.counts(q); got[job.Running] != 1 || !strings.Contains(b.log.String(), "lost its lease") {
		t.Fatal(got, b.log.String())
	}
}

func TestWrongUseIsRefused(t *testing.T) {
	b := newBench(t, testkit.DB(t))
	q := b.queue(job.Options{})
	q.On("probe.a", func(context.Context, job.Task) error { return nil })
	for rule, f := range map[string]func(){
		"a second handler":       func() { q.On("probe.a", func(context.Context, job.Task) error { return nil }) },
		"a schedule of no time":  func() { q.Every("probe.b", 0, func(context.Context) error { return nil }) },
		"a schedule named twice": func() { q.Every("a", 1, nilEvery); q.Every("a", 1, nilEvery) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error(rule)
				}
			}()
			f()
		}()
	}
	for rule, payload := range map[string]any{"no JSON": func() {}, "too large": strings.Repeat("a", 70<<10)} {
		if _, err := q.Enqueue(context.Background(), b.db, "probe.a", payload); err == nil {
			t.Error(rule)
		}
	}
	if job.Permanent(nil) != nil {
		t.Error("no error is no permanent error")
	}
}

func nilEvery(context.Context) error { return nil }

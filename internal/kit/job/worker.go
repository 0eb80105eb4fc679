package job

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/logx"
)

// writeTime is how long the note of a task's end may take after the program was told to stop.
const writeTime = 10 * time.Second

var errLeaseLost = errors.New("another run has taken the task over")

// Run works until ctx ends and every handler has returned. It answers nil then: what goes wrong with a task is in its
// row and in the log.
func (q *Queue) Run(ctx context.Context) error {
	if q.started.Swap(true) {
		return errors.New("the job queue runs already")
	}
	var wg sync.WaitGroup
	wg.Go(func() { q.loop(ctx, func(ctx context.Context) (bool, error) { return false, q.plan(ctx) }, nil) })
	for range q.opts.Workers {
		wg.Go(func() { q.loop(ctx, q.step, q.wake) })
	}
	wg.Wait()
	return nil
}

// loop calls step until ctx ends: at once again while there is work, else after a kick or a poll.
func (q *Queue) loop(ctx context.Context, step func(context.Context) (bool, error), wake <-chan struct{}) {
	for ctx.Err() == nil {
		wait := q.opts.Poll
		more, err := step(ctx)
		if err != nil && ctx.Err() == nil {
			q.log.WarnContext(ctx, "the job queue cannot read or write its tasks", "err", err)
			wait *= 5
		}
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-time.After(wait):
		}
	}
}

// RunDue plans and runs, one after the other, everything that is due, and tells how many tasks ran: for tests and for
// commands that work without a server. It must not be mixed with Run in one process.
func (q *Queue) RunDue(ctx context.Context) (int, error) {
	if err := q.plan(ctx); err != nil {
		return 0, err
	}
	for n := 0; ; n++ {
		more, err := q.step(ctx)
		if err != nil || !more {
			return n, err
		}
	}
}

// step claims one due task and does it.
func (q *Queue) step(ctx context.Context) (bool, error) {
	t, found, err := q.claim(ctx)
	if err != nil || !found {
		return false, err
	}
	defer q.letGo(t.ID)
	q.kick() // there may be more, for a worker that sleeps
	err = q.do(ctx, t)
	ended, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	return true, q.end(ended, t, err, ctx.Err() != nil)
}

// claim takes the task that has been due longest, together with those whose run was lost for the last time.
func (q *Queue) claim(ctx context.Context) (Task, bool, error) {
	now := q.clock.Now()
	// A look outside any transaction first: most polls find nothing and should not queue with the writers.
	if _, found, err := findDue(ctx, q.db, q.kinds(), q.held(), now); err != nil || !found {
		return Task{}, false, err
	}
	q.mu.Lock() // one claim at a time in this process, so that held is true when it is used
	defer q.mu.Unlock()
	var got Task
	var found bool
	var lost []Task
	err := q.db.InTx(ctx, func(tx controldb.Querier) error {
		lost = nil
		for {
			var err error
			got, found, err = findDue(ctx, tx, q.kinds(), keys(q.mine), now)
			if err != nil || !found {
				return err
			}
			if got.State == Ready || got.Attempt < got.MaxAttempts {
				break
			}
			if _, err := buryTask(ctx, tx, got, now, "the program ended in the middle of the last attempt"); err != nil {
				return err
			}
			lost = append(lost, got)
		}
		got.lease, got.State = ids.New(), Running
		got.Attempt++
		return leaseTask(ctx, tx, got, now.Add(q.opts.Lease))
	})
	if err != nil {
		return Task{}, false, err
	}
	for _, t := range lost {
		q.log.ErrorContext(ctx, "job given up: its program ended in the middle of the last attempt", "kind", t.Kind, "task", string(t.ID))
	}
	if found {
		q.mine[got.ID] = true
	}
	return got, found, nil
}

func (q *Queue) held() []ID {
	q.mu.Lock()
	defer q.mu.Unlock()
	return keys(q.mine)
}

func keys(m map[ID]bool) []ID {
	out := make([]ID, 0, len(m))
	for id := range m {
		out = append(out, id)
	}
	return out
}

func (q *Queue) letGo(id ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.mine, id)
}

func (q *Queue) kinds() []string {
	out := make([]string, 0, len(q.handlers))
	for k := range q.handlers {
		out = append(out, k)
	}
	return out
}

// do calls the handler while its lease is kept up.
func (q *Queue) do(ctx context.Context, t Task) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() { q.keepLease(ctx, t, done, cancel) })
	err := q.call(ctx, t)
	close(done)
	wg.Wait()
	if err != nil && errors.Is(context.Cause(ctx), errLeaseLost) {
		err = errLeaseLost // a handler that ended well may have completed the task itself; end finds out
	}
	cancel(nil)
	return err
}

func (q *Queue) call(ctx context.Context, t Task) (err error) {
	defer func() {
		if p := recover(); p != nil {
			q.log.ErrorContext(ctx, "job panicked", "kind", t.Kind, "task", string(t.ID), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return q.handlers[t.Kind](ctx, t)
}

// keepLease prolongs the lease three times within its length, and ends the run when it is lost or could not be
// prolonged for its whole length.
func (q *Queue) keepLease(ctx context.Context, t Task, done <-chan struct{}, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(q.opts.Lease / 3)
	defer tick.Stop()
	kept := time.Now()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		n, err := prolongTask(ctx, q.db, t, q.clock.Now().Add(q.opts.Lease))
		switch {
		case err == nil && n == 1:
			kept = time.Now()
		case err == nil || time.Since(kept) > q.opts.Lease:
			cancel(errLeaseLost)
			return
		}
	}
}

// result is how a run ended, as a label.
func result(t Task, err error, stopped bool) string {
	switch {
	case err == nil:
		return "done"
	case errors.Is(err, errLeaseLost), fault.Is(err, "job.lease_lost"):
		return "lease_lost"
	case stopped:
		return "stopped"
	case isPermanent(err), t.Attempt >= t.MaxAttempts:
		return "given_up"
	}
	return "failed"
}

// end notes how a run ended. stopped: the program is ending, which is not the task's fault.
func (q *Queue) end(ctx context.Context, t Task, err error, stopped bool) error {
	now := q.clock.Now()
	q.runs.Inc(t.Kind, result(t, err, stopped))
	switch {
	case errors.Is(err, errLeaseLost), fault.Is(err, "job.lease_lost"):
		q.log.WarnContext(ctx, "job lost its lease", "kind", t.Kind, "task", string(t.ID), "attempt", t.Attempt)
		return nil // the row is another run's
	case err == nil:
		return q.db.InTx(ctx, func(tx controldb.Querier) error {
			_, err := deleteTask(ctx, tx, t.ID, t.lease) // none if the handler completed it
			return err
		})
	case stopped:
		return q.db.InTx(ctx, func(tx controldb.Querier) error { return giveBackTask(ctx, tx, t, now) })
	}
	reason := logx.Clean(err.Error())
	if isPermanent(err) || t.Attempt >= t.MaxAttempts {
		q.log.ErrorContext(ctx, "job given up", "kind", t.Kind, "task", string(t.ID), "attempt", t.Attempt, "err", err)
		return q.db.InTx(ctx, func(tx controldb.Querier) error {
			_, err := buryTask(ctx, tx, t, now, reason)
			return err
		})
	}
	wait := q.opts.Backoff(t.Attempt)
	if i := q.intervalOf(t.Kind); i > 0 {
		wait = min(wait, i)
	}
	q.log.WarnContext(ctx, "job failed and will be tried again", "kind", t.Kind, "task", string(t.ID), "attempt", t.Attempt, "wait", wait, "err", err)
	return q.db.InTx(ctx, func(tx controldb.Querier) error { return postponeTask(ctx, tx, t, now.Add(wait), reason) })
}

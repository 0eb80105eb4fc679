package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
	"lienthong/internal/kit/meter"
)

// ID names a task.
type ID string

// State is where a task stands. One that succeeded is gone.
type State string

const (
	Ready   State = "ready"
	Running State = "running"
	Dead    State = "dead"
)

// Task is one piece of work, as its handler and the list of dead tasks see it.
type Task struct {
	ID          ID
	Kind        string
	Payload     json.RawMessage
	State       State
	DueAt       time.Time // ready: when to start; running: when the lease ends; dead: when it was given up
	Attempt     int       // from 1
	MaxAttempts int
	LastError   string
	CreatedAt   time.Time

	lease string
}

// Decode reads the payload into v.
func (t Task) Decode(v any) error {
	if err := json.Unmarshal(t.Payload, v); err != nil {
		return Permanent(fmt.Errorf("read payload of %s: %w", t.Kind, err))
	}
	return nil
}

// Complete ends the task inside the handler's own transaction, so that effect and end commit together. It refuses with
// job.lease_lost when another run has taken the task over; the transaction must then roll back. It is the last thing a
// handler does.
func (t Task) Complete(ctx context.Context, q controldb.Querier) error {
	n, err := deleteTask(ctx, q, t.ID, t.lease)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "job.lease_lost")
	}
	return nil
}

// Handler does a task. An error means: try again later. The context ends with the program, or when the lease is lost.
type Handler func(ctx context.Context, t Task) error

// Permanent marks an error that another attempt would only repeat: the task is given up at once.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

func isPermanent(err error) bool {
	var p permanent
	return errors.As(err, &p)
}

// Options change how a queue works; zero values mean the defaults.
type Options struct {
	Workers     int                             // at once; 2
	MaxAttempts int                             // 8
	Lease       time.Duration                   // a run whose process died is taken over after this; 1 minute
	Poll        time.Duration                   // how long a due task waits at most for a free worker; 1 second
	Backoff     func(attempt int) time.Duration // wait after that failed attempt; 5 s doubling to 1 h
	Meters      *meter.Set                      // nil: nobody reads them
}

func (o Options) filled() Options {
	if o.Workers <= 0 {
		o.Workers = 2
	}
	if o.MaxAttempts <= 0 {
		o.MaxAttempts = 8
	}
	if o.Lease <= 0 {
		o.Lease = time.Minute
	}
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	if o.Backoff == nil {
		o.Backoff = doubling
	}
	if o.Meters == nil {
		o.Meters = meter.NewSet()
	}
	return o
}

func doubling(attempt int) time.Duration {
	const first, longest = 5 * time.Second, time.Hour
	if attempt > 10 {
		return longest
	}
	return min(first<<(attempt-1), longest)
}

// Queue is the tasks of one control store. Several processes may run the same store's queue.
type Queue struct {
	db    *controldb.DB
	clock clock.Clock
	log   *slog.Logger
	opts  Options

	runs      meter.Counters
	handlers  map[string]Handler
	schedules []schedule
	started   atomic.Bool

	wake  chan struct{}
	fresh atomic.Bool // something was enqueued since the last commit

	mu   sync.Mutex
	mine map[ID]bool // tasks that run in this process: a shifted clock ends their lease, but they are not lost
}

// NewQueue prepares a queue; register handlers with On and Every, then Run it.
func NewQueue(db *controldb.DB, c clock.Clock, log *slog.Logger, opts Options) *Queue {
	opts = opts.filled()
	q := &Queue{
		db: db, clock: c, log: log, opts: opts, handlers: map[string]Handler{}, mine: map[ID]bool{},
		wake: make(chan struct{}, opts.Workers),
		runs: opts.Meters.Counters("lienthong_job_runs_total", "Runs of background jobs by how they ended.", "kind", "result"),
	}
	db.OnCommit(func(context.Context) error {
		if q.fresh.Swap(false) {
			q.kick()
		}
		return nil
	})
	return q
}

// kick wakes a sleeping worker. If none hears it, the next poll finds the task.
func (q *Queue) kick() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// On names the handler of a kind ("slice.what"). A kind without a handler waits for a process that has one.
func (q *Queue) On(kind string, h Handler) {
	if q.started.Load() || q.handlers[kind] != nil {
		panic("job: " + kind + " has a handler already, or the queue runs")
	}
	q.handlers[kind] = h
}

// maxPayload keeps data out of the queue: a task refers to it.
const maxPayload = 64 << 10

// Enqueue adds a task that is due at once, in the caller's transaction. payload is encoded as JSON.
func (q *Queue) Enqueue(ctx context.Context, tx controldb.Querier, kind string, payload any) (ID, error) {
	return q.EnqueueAt(ctx, tx, q.clock.Now(), kind, payload)
}

// EnqueueAt adds a task that is due at a later time, in the caller's transaction.
func (q *Queue) EnqueueAt(ctx context.Context, tx controldb.Querier, due time.Time, kind string, payload any) (ID, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return "", fmt.Errorf("enqueue %s: encode payload: %w", kind, err)
	}
	if len(body) > maxPayload {
		return "", fmt.Errorf("enqueue %s: a payload of %d bytes; store the data and pass its id", kind, len(body))
	}
	t := Task{ID: ID(ids.New()), Kind: kind, Payload: body, State: Ready, DueAt: due, MaxAttempts: q.opts.MaxAttempts, CreatedAt: q.clock.Now()}
	if err := insertTask(ctx, tx, t); err != nil {
		return "", err
	}
	q.fresh.Store(true)
	return t.ID, nil
}

// ListDead lists the tasks given up, latest first.
func (q *Queue) ListDead(ctx context.Context, limit int) ([]Task, error) {
	return listDead(ctx, q.db, limit)
}

// Retry makes a dead task ready again with all its attempts, in the caller's transaction.
func (q *Queue) Retry(ctx context.Context, tx controldb.Querier, id ID) error {
	n, err := reviveTask(ctx, tx, id, q.clock.Now())
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "job.not_dead")
	}
	if err == nil {
		q.fresh.Store(true)
	}
	return err
}

// Discard removes a dead task, in the caller's transaction.
func (q *Queue) Discard(ctx context.Context, tx controldb.Querier, id ID) error {
	n, err := deleteDead(ctx, tx, id)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "job.not_dead")
	}
	return err
}

// Count is how many tasks of a kind stand in a state, for metrics and the health page.
type Count struct {
	Kind   string
	State  State
	N      int
	Oldest time.Time // the earliest DueAt among them
}

// Counts tells what waits, runs and was given up.
func (q *Queue) Counts(ctx context.Context) ([]Count, error) { return countTasks(ctx, q.db) }

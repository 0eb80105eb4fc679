package journal

import (
	"context"
	"fmt"
	"sync"
	"time"

	"lienthong/internal/audit/merkle"
)

// batch collects what waits for the next commit.
type batch struct {
	bodies [][]byte
	leaves []merkle.Hash
	after  []func(error)
	bytes  int

	taken chan struct{} // closed when the writer has it and a new one collects
	done  chan struct{} // closed when it is on disk, or never will be
	first int64
	err   error
}

func newBatch() *batch {
	return &batch{taken: make(chan struct{}), done: make(chan struct{})}
}

// Ticket is a place in a batch.
type Ticket struct {
	batch *batch
	at    int
}

// Wait returns the seq of the first record when the records are on disk. When ctx ends earlier the records may still
// reach the disk: the caller has not been told, and must not act as if they had or had not.
func (t Ticket) Wait(ctx context.Context) (int64, error) {
	select {
	case <-t.batch.done:
	case <-ctx.Done():
		return 0, fmt.Errorf("wait for the journal: %w", context.Cause(ctx))
	}
	if t.batch.err != nil {
		return 0, t.batch.err
	}
	return t.batch.first + int64(t.at), nil
}

// Append returns when all bodies are on disk, in order and with consecutive seqs, of which it gives the first.
// The caller must not change a body afterwards.
func (j *Journal) Append(ctx context.Context, bodies ...[]byte) (int64, error) {
	t, err := j.Queue(ctx, bodies...)
	if err != nil {
		return 0, err
	}
	return t.Wait(ctx)
}

// Queue hands records to the next commit and returns the ticket to wait for it.
func (j *Journal) Queue(ctx context.Context, bodies ...[]byte) (Ticket, error) {
	return j.queue(ctx, bodies, nil, true)
}

// Submit hands over a record that nobody waits for: it goes with a later commit, within Options.SubmitLag of its own
// if none comes. A full queue makes it wait. After is told when the record is on disk, or why it never will be.
func (j *Journal) Submit(ctx context.Context, body []byte, after func(error)) error {
	_, err := j.queue(ctx, [][]byte{body}, after, false)
	return err
}

func (j *Journal) queue(ctx context.Context, bodies [][]byte, after func(error), now bool) (Ticket, error) {
	bytes := 0
	leaves := make([]merkle.Hash, len(bodies)) // hashed here, by the caller's goroutine
	for i, b := range bodies {
		if len(b) == 0 || len(b) > MaxBody {
			return Ticket{}, fmt.Errorf("append to journal: a record has %d bytes, 1 to %d are allowed", len(b), MaxBody)
		}
		leaves[i] = merkle.LeafHash(b)
		bytes += len(b)
	}
	for {
		t, wait, err := j.place(bodies, leaves, bytes, after, now)
		if err != nil || wait == nil {
			return t, err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return Ticket{}, fmt.Errorf("wait for room in the journal's queue: %w", context.Cause(ctx))
		}
	}
}

// place puts records into the collecting batch; when it is full it gives what to wait for.
func (j *Journal) place(bodies [][]byte, leaves []merkle.Hash, bytes int, after func(error), now bool) (Ticket, <-chan struct{}, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.Health(); err != nil {
		return Ticket{}, nil, err
	}
	if j.closing {
		return Ticket{}, nil, &Stopped{Reason: "the evidence journal is closed because the program is ending"}
	}
	b := j.current
	if b.bytes > 0 && b.bytes+bytes > j.opts.QueueBytes {
		j.rouse()
		return Ticket{}, b.taken, nil
	}
	t := Ticket{batch: b, at: len(b.bodies)}
	b.bodies = append(b.bodies, bodies...)
	b.leaves = append(b.leaves, leaves...)
	b.bytes += bytes
	if after != nil {
		b.after = append(b.after, after)
	}
	switch {
	case now:
		j.rouse()
	case !j.armed:
		j.armed = true
		time.AfterFunc(j.opts.SubmitLag, j.rouse)
	}
	return t, nil, nil
}

// rouse wakes the writer; a wake-up that it has not seen yet is enough.
func (j *Journal) rouse() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// writeLoop is the only writer: it takes what has collected, numbers it, and acknowledges it when it is on disk.
// While one commit is under way the next batch collects, so the load itself decides how many share an fsync.
func (j *Journal) writeLoop() {
	defer j.done.Done()
	defer close(j.feed)
	for range j.wake {
		for {
			b, last := j.take()
			if b != nil {
				j.commit(b)
				continue
			}
			if last {
				return
			}
			break
		}
	}
}

func (j *Journal) take() (b *batch, last bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.armed = false
	if len(j.current.bodies) == 0 {
		return nil, j.closing
	}
	b = j.current
	j.current = newBatch()
	close(b.taken)
	return b, false
}

func (j *Journal) commit(b *batch) {
	began, result := time.Now(), "ok"
	b.first = j.size.Load()
	b.err = j.Health()
	if b.err == nil {
		b.err = j.writeAll(b.bodies)
	}
	if b.err == nil {
		j.size.Add(int64(len(b.bodies)))
	}
	close(b.done) // Invariant 1: nobody is told before this line
	if b.err != nil {
		result = "failed"
	}
	j.meters.commit.Took(time.Since(began), result)
	j.meters.batch.Note(float64(len(b.bodies)))
	if b.err == nil {
		j.feed <- fed{first: b.first, leaves: b.leaves}
	}
	for _, f := range b.after {
		f(b.err)
	}
}

// writeAll writes to every folder in service, side by side; one that holds the records is enough.
func (j *Journal) writeAll(bodies [][]byte) error {
	var wg sync.WaitGroup
	for _, w := range j.folders[1:] {
		wg.Go(func() { j.writeOne(w, bodies) })
	}
	j.writeOne(j.folders[0], bodies)
	wg.Wait()
	for _, w := range j.folders {
		if !w.retired.Load() && w.size == j.size.Load()+int64(len(bodies)) {
			return nil
		}
	}
	j.stop("the evidence journal has no folder left to write to: repair the disks and restart")
	return j.Health()
}

func (j *Journal) writeOne(w *folder, bodies [][]byte) {
	if w.retired.Load() {
		return
	}
	if err := w.appendBatch(bodies); err != nil {
		j.retire(w, err)
	}
}

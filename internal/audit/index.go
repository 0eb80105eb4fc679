package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/ncruces/go-sqlite3/driver"

	"lienthong/internal/audit/journal"
	"lienthong/internal/audit/merkle"
)

const (
	indexFolder = "index"
	indexFile   = "index.db"
	indexEvery  = 200 * time.Millisecond
	indexBatch  = 2000 // records of one transaction
	indexRetry  = 5 * time.Second
	indexPause  = 5 // times as long as a step took, so that indexing takes a sixth of one processor at most
)

// index is what the log can be searched with. It is derived from the journal, follows it at its own pace, and is made
// again when it is missing, of another version, or of another journal.
type index struct {
	db   *sql.DB
	dir  string
	logs *journal.Journal

	reader *journal.Reader // stands at readAt; only the following goroutine has it
	readAt int64

	mu    sync.Mutex
	next  int64         // records before this one are indexed
	moved chan struct{} // closed and renewed when next moves
	kick  chan struct{}
}

// openIndex opens the index beside the journal, or begins a new one.
func openIndex(ctx context.Context, dir string, j *journal.Journal) (*index, error) {
	x := &index{dir: filepath.Join(dir, indexFolder), logs: j, moved: make(chan struct{}), kick: make(chan struct{}, 1)}
	if err := os.MkdirAll(x.dir, 0o750); err != nil {
		return nil, fmt.Errorf("make folder of the audit index: %w", err)
	}
	if err := x.connect(ctx); err == nil {
		if x.next, err = x.resumeAt(ctx); err == nil && (x.next > 0 || j.FirstReadable() == 0) {
			return x, nil
		}
	}
	return x, x.restart(ctx)
}

func (x *index) connect(ctx context.Context) error {
	dsn := (&url.URL{Scheme: "file", Path: filepath.Join(x.dir, indexFile), OmitHost: true}).String() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(wal)&_pragma=synchronous(normal)&_pragma=cache_size(-64000)"
	db, err := driver.Open(dsn)
	if err != nil {
		return fmt.Errorf("open audit index: %w", err)
	}
	db.SetMaxOpenConns(4)
	x.db = db
	if _, err := db.ExecContext(ctx, indexSchema); err != nil {
		return fmt.Errorf("open audit index: %w", err)
	}
	return nil
}

// restart deletes the index and begins again at record 0.
func (x *index) restart(ctx context.Context) error {
	if x.db != nil {
		_ = x.db.Close() // what it held is being deleted
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(x.dir, indexFile+suffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("remove audit index: %w", err)
		}
	}
	// Archived records are read once more for the counts of calls; what was removed from archives cannot be.
	x.setNext(x.logs.FirstReadable())
	return x.connect(ctx)
}

// trim removes the rows of records that have left the log. The counts of calls stay: they name nobody.
func (x *index) trim(ctx context.Context, first int64) error {
	if first == 0 {
		return nil
	}
	for {
		done, err := x.db.ExecContext(ctx, `DELETE FROM audit_entry WHERE seq IN (SELECT seq FROM audit_entry WHERE seq < ? LIMIT 5000)`, first)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			break
		}
	}
	_, err := x.db.ExecContext(ctx, `DELETE FROM audit_person WHERE NOT EXISTS (SELECT 1 FROM audit_entry WHERE audit_entry.exchange = audit_person.exchange)`)
	return err
}

// resumeAt is where the index stands. It refuses an index whose last record is not that of the journal.
func (x *index) resumeAt(ctx context.Context) (int64, error) {
	next, leaf, err := findPlace(ctx, x.db)
	if err != nil || next == 0 {
		return 0, err
	}
	if next > x.logs.Size() {
		return 0, errors.New("the index is ahead of the journal")
	}
	body, err := x.logs.Read(next - 1)
	if err != nil {
		return 0, err
	}
	if merkle.LeafHash(body).String() != leaf {
		return 0, errors.New("the index belongs to another journal")
	}
	return next, nil
}

func (x *index) setNext(next int64) {
	x.mu.Lock()
	x.next = next
	close(x.moved)
	x.moved = make(chan struct{})
	x.mu.Unlock()
}

func (x *index) at() (int64, <-chan struct{}) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.next, x.moved
}

// follow keeps the index behind the journal until ctx ends. Errors are reported and tried again: searching may be old,
// recording never waits for it.
func (x *index) follow(ctx context.Context, report func(error)) {
	tick := time.NewTicker(indexEvery)
	defer tick.Stop()
	for {
		err := x.catchUp(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			report(err)
			select {
			case <-time.After(indexRetry):
			case <-ctx.Done():
				return
			}
		}
		select {
		case <-tick.C:
		case <-x.kick:
		case <-ctx.Done():
			return
		}
	}
}

func (x *index) catchUp(ctx context.Context) error {
	hurry := false
	for {
		next, _ := x.at()
		end := min(x.logs.Size(), next+indexBatch)
		if next >= end {
			return nil
		}
		began := time.Now()
		if err := x.step(ctx, next, end); err != nil {
			return fmt.Errorf("index records %d to %d: %w", next, end-1, err)
		}
		x.setNext(end)
		if base := x.logs.First(); next < base && end >= base {
			if err := x.trim(ctx, base); err != nil {
				return fmt.Errorf("remove archived records from the index: %w", err)
			}
		}
		if hurry || end >= x.logs.Size() {
			continue
		}
		// Under load the processors belong to the calls; somebody who searches makes it hurry.
		select {
		case <-time.After(indexPause * time.Since(began)):
		case <-x.kick:
			hurry = true
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// step indexes records from ≤ seq < to in one transaction.
func (x *index) step(ctx context.Context, from, to int64) error {
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing; else the first error counts
	w, err := newIndexWriter(ctx, tx)
	if err != nil {
		return err
	}
	defer w.close()
	var leaf merkle.Hash
	for seq := from; seq < to; seq++ {
		e, err := x.read(seq)
		if err != nil {
			return err
		}
		r, err := Decode(e.Body)
		if err != nil {
			return err
		}
		r.Seq, leaf = e.Seq, merkle.LeafHash(e.Body)
		if err := w.add(ctx, r, e.Pos); err != nil {
			return err
		}
	}
	if err := w.finish(ctx, to, leaf.String()); err != nil {
		return err
	}
	return tx.Commit()
}

// read gives the record seq, going on from the last one where it can: finding a place means reading its segment.
func (x *index) read(seq int64) (journal.Entry, error) {
	if x.reader != nil && x.readAt != seq {
		x.reader.Close()
		x.reader = nil
	}
	if x.reader == nil {
		r, err := x.logs.Reader(seq)
		if err != nil {
			return journal.Entry{}, err
		}
		x.reader = r
	}
	e, err := x.reader.Next()
	if err != nil {
		x.reader.Close()
		x.reader = nil
		return journal.Entry{}, err
	}
	x.readAt = seq + 1
	return e, nil
}

// wait gives the index a moment to reach what is recorded now, so that a search finds what its reader has just done.
func (x *index) wait(ctx context.Context, atMost time.Duration) {
	target := x.logs.Size()
	select {
	case x.kick <- struct{}{}:
	default:
	}
	limit := time.NewTimer(atMost)
	defer limit.Stop()
	for {
		next, moved := x.at()
		if next >= target {
			return
		}
		select {
		case <-moved:
		case <-limit.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// close ends the index; the following goroutine has ended before.
func (x *index) close() error {
	if x.reader != nil {
		x.reader.Close()
		x.reader = nil
	}
	return x.db.Close()
}

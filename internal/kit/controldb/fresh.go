package controldb

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// otherNodes bounds how long a node may not see what another node committed (revocation within a second).
const otherNodes = 400 * time.Millisecond

// Generation counts this process's commits. What was read before the newest commit is read again.
func (db *DB) Generation() uint64 { return db.generation.Load() }

// Fresh keeps values read from the store until the next commit of this process; on PostgreSQL, where other nodes
// commit too, for at most 400 ms. It is for the hot path of decisions: after a revocation's InTx has returned, no
// reader gets the old value.
type Fresh[V any] struct {
	db   *DB
	load func(ctx context.Context, key string) (V, error)
	most int
	mu   sync.RWMutex
	kept map[string]fresh[V]
}

type fresh[V any] struct {
	value      V
	generation uint64
	read       time.Time
}

// NewFresh makes a keeper of at most `most` values; load reads one from the store.
func NewFresh[V any](db *DB, most int, load func(ctx context.Context, key string) (V, error)) *Fresh[V] {
	return &Fresh[V]{db: db, load: load, most: most, kept: make(map[string]fresh[V])}
}

// Find gives the value as the store has it now. An error is never kept.
func (f *Fresh[V]) Find(ctx context.Context, key string) (V, error) {
	f.mu.RLock()
	got, ok := f.kept[key]
	f.mu.RUnlock()
	if ok && got.generation == f.db.Generation() && (f.db.engine == SQLite || time.Since(got.read) < otherNodes) {
		return got.value, nil
	}
	// The generation is taken before the read: a commit in between makes the kept value stale at once.
	next := fresh[V]{generation: f.db.Generation(), read: time.Now()}
	value, err := f.load(ctx, key)
	if err != nil {
		return value, err
	}
	next.value = value
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.kept) >= f.most {
		clear(f.kept)
	}
	f.kept[key] = next
	return value, nil
}

type generation = atomic.Uint64

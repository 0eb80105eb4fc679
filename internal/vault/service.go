package vault

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/secret"
)

// Parts are what the vault stands on.
type Parts struct {
	DB     *controldb.DB
	Log    *audit.Log
	Clock  clock.Clock
	Keys   *secret.Keyring
	Logger *slog.Logger
}

// Service gives stores their keys.
type Service struct {
	Parts
	current atomic.Int64
	wake    chan struct{}

	mu     sync.Mutex
	stores map[string]*blob.Store
}

// NewService reads which key is current, and makes the first one.
func NewService(ctx context.Context, p Parts) (*Service, error) {
	s := &Service{Parts: p, wake: make(chan struct{}, 1), stores: map[string]*blob.Store{}}
	number, err := currentKey(ctx, p.DB)
	if err != nil {
		return nil, err
	}
	if number == 0 {
		if number, err = s.add(access.WithActor(ctx, access.JobActor("first start")), "vault.first_key"); err != nil {
			return nil, err
		}
	}
	s.current.Store(number)
	return s, nil
}

// Open opens a sealed store whose keys are its own, and looks after their change.
func (s *Service) Open(name, dir, scratch string) (*blob.Store, error) {
	store, err := blob.OpenSealed(dir, area{s, name}, scratch)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stores[name] = store
	return store, nil
}

// area is the keys of one store. A key is named as "raw 1".
type area struct {
	s    *Service
	name string
}

func (a area) Current() string { return a.name + " " + strconv.FormatInt(a.s.current.Load(), 10) }

func (a area) Find(id string) ([]byte, bool) {
	name, number, found := strings.Cut(id, " ")
	n, err := strconv.ParseInt(number, 10, 32)
	if !found || name != a.name || err != nil || n < 1 || strconv.FormatInt(n, 10) != number {
		return nil, false
	}
	return a.s.Keys.SealKey("at rest " + id), true
}

// Rotate makes a new key current. The keys of existing files are wrapped anew in the background (Run). Only a command on
// the server itself may call it.
func (s *Service) Rotate(ctx context.Context) (int64, error) {
	number, err := s.add(access.WithActor(ctx, access.JobActor("keys rotate")), "vault.rotate")
	if err != nil {
		return 0, err
	}
	s.current.Store(number)
	select {
	case s.wake <- struct{}{}:
	default: // a run is due already
	}
	return number, nil
}

// add upholds invariant 1.
func (s *Service) add(ctx context.Context, event string) (int64, error) {
	who := access.ActorOf(ctx)
	var number int64
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		last, err := currentKey(ctx, q)
		if err != nil {
			return err
		}
		number = last + 1
		if err := insertKey(ctx, q, number, who.ID, s.Clock.Now()); err != nil {
			return err
		}
		return s.Log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Channel: audit.ChannelJob, Event: event, Subject: "vault.key/" + strconv.FormatInt(number, 10),
			Detail: map[string]string{"key": strconv.FormatInt(number, 10), "key_before": strconv.FormatInt(last, 10), "algorithm": "AES-256-GCM"},
		})
	})
	if err != nil {
		return 0, fmt.Errorf("make a new key: %w", err)
	}
	return number, nil
}

// Run wraps what an older key still wraps: at the start, for a change that was cut off, and after every change.
func (s *Service) Run(ctx context.Context) error {
	for {
		if err := s.Rewrap(ctx); err != nil && ctx.Err() == nil {
			s.Logger.Error("keys of files were not all wrapped anew", "cause", err) // the next start tries again; the files stay readable
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

// Rewrap wraps the keys of all files by the current key and records how many there were.
func (s *Service) Rewrap(ctx context.Context) error {
	number := s.current.Load()
	done, err := isWrapped(ctx, s.DB, number)
	if err != nil || done {
		return err
	}
	s.mu.Lock()
	stores := make(map[string]*blob.Store, len(s.stores))
	for name, store := range s.stores {
		stores[name] = store
	}
	s.mu.Unlock()
	detail := map[string]string{"key": strconv.FormatInt(number, 10)}
	var bad error
	for name, store := range stores {
		n, err := store.Rewrap(ctx)
		bad = errors.Join(bad, err)
		detail["files_"+name] = strconv.Itoa(n)
	}
	if bad != nil { // invariant 3
		return bad
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := markWrapped(ctx, q, number, s.Clock.Now()); err != nil {
			return err
		}
		return s.Log.Change(ctx, q, audit.Entry{
			Actor: access.JobActor("keys rewrap").ForAudit(), Channel: audit.ChannelJob, Event: "vault.rewrap", Subject: "vault.key/" + detail["key"], Detail: detail,
		})
	})
}

package vault

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

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
	uses    *meter
	wake    chan struct{}

	mu     sync.Mutex
	stores map[string]*blob.Store
	values map[string]func(ctx context.Context) (int, error)
}

// NewService reads which key is current, and makes the first one.
func NewService(ctx context.Context, p Parts) (*Service, error) {
	s := &Service{Parts: p, uses: newMeter(), wake: make(chan struct{}, 1), stores: map[string]*blob.Store{}, values: map[string]func(ctx context.Context) (int, error){}}
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
	detail := map[string]string{"key": strconv.FormatInt(number, 10), "master": p.Keys.KeyID("master"), "purpose": "at rest", "process": process()}
	if err := s.note(ctx, "vault.open", "vault.key/"+detail["key"], detail); err != nil {
		return nil, err
	}
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
			Detail: map[string]string{"key": strconv.FormatInt(number, 10), "key_before": strconv.FormatInt(last, 10), "algorithm": "AES-256-GCM", "purpose": "at rest", "process": process()},
		})
	})
	if err != nil {
		return 0, fmt.Errorf("make a new key: %w", err)
	}
	return number, nil
}

// Intervals of Run.
const (
	recordEvery = time.Second
	lookEvery   = 5 * time.Second
)

// Run wraps what an older key still wraps: at the start, for a change that was cut off, and after every change, also one
// that another node made. It records the use of keys, the last at its end.
func (s *Service) Run(ctx context.Context) error {
	record, look := time.NewTicker(recordEvery), time.NewTicker(lookEvery)
	defer record.Stop()
	defer look.Stop()
	s.complain(ctx, "keys of files were not all wrapped anew", s.Rewrap(ctx)) // the next start tries again; the files stay readable
	for {
		select {
		case <-s.wake:
			s.complain(ctx, "keys of files were not all wrapped anew", s.Rewrap(ctx))
		case <-record.C:
			s.complain(ctx, "the use of keys was not recorded; it goes with the next turn", s.RecordUse(ctx, false))
		case <-look.C:
			s.complain(ctx, "the current key was not looked up", s.Follow(ctx))
		case <-ctx.Done():
			return s.RecordUse(context.WithoutCancel(ctx), true)
		}
	}
}

func (s *Service) complain(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		s.Logger.Error(what, "cause", err)
	}
}

// Follow takes up a key that another node over the same control store made, and wraps this node's own files by it.
func (s *Service) Follow(ctx context.Context) error {
	number, err := currentKey(ctx, s.DB)
	if err != nil || number <= s.current.Load() {
		return err
	}
	s.current.Store(number)
	if err := s.note(ctx, "vault.open", "vault.key/"+strconv.FormatInt(number, 10), map[string]string{
		"key": strconv.FormatInt(number, 10), "master": s.Keys.KeyID("master"), "purpose": "at rest", "process": process(),
	}); err != nil {
		return err
	}
	return s.rewrap(ctx, number)
}

// Rewrap wraps the keys of all files by the current key and records how many there were.
func (s *Service) Rewrap(ctx context.Context) error {
	number := s.current.Load()
	done, err := isWrapped(ctx, s.DB, number)
	if err != nil || done {
		return err
	}
	return s.rewrap(ctx, number)
}

// rewrap goes through this node's stores. Nodes that share the control store may have files of their own.
func (s *Service) rewrap(ctx context.Context, number int64) error {
	s.mu.Lock()
	stores := make(map[string]*blob.Store, len(s.stores))
	for name, store := range s.stores {
		stores[name] = store
	}
	values := maps.Clone(s.values)
	s.mu.Unlock()
	detail := map[string]string{"key": strconv.FormatInt(number, 10), "process": process()}
	var bad error
	for name, store := range stores {
		n, err := store.Rewrap(ctx)
		bad = errors.Join(bad, err)
		detail["files_"+name] = strconv.Itoa(n)
	}
	for name, seal := range values {
		n, err := seal(ctx)
		bad = errors.Join(bad, err)
		detail["values_"+name] = strconv.Itoa(n)
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

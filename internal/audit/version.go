package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"lienthong/internal/audit/history"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Keeper reads the state of one thing inside the transaction that changed it, as the change left it.
type Keeper struct {
	// State is the thing with that id; nil when there is none any more.
	State func(ctx context.Context, q controldb.Querier, id string) (any, error)
	// List names all things of the kind, so that those older than their history get a first state at the next start.
	List func(ctx context.Context, q controldb.Querier) ([]string, error)
}

// keepers by kind, the part of a subject before the first slash.
type keepers struct {
	mu     sync.RWMutex
	byKind map[string]Keeper
}

const (
	mostKept     = 200 // changed members that a row of the history names
	mostRecorded = 40  // that the record in the log names
	mostText     = 300 // characters of one value in either; the whole value stands in the state
)

// Keep makes every recorded change of the kind leave the state before and after it (X7). Slices call it when they are built.
func (l *Log) Keep(kind string, k Keeper) {
	l.keepers.mu.Lock()
	defer l.keepers.mu.Unlock()
	if l.keepers.byKind == nil {
		l.keepers.byKind = make(map[string]Keeper)
	}
	l.keepers.byKind[kind] = k
}

// Kept lists the kinds whose changes leave their states.
func (l *Log) Kept() []string {
	l.keepers.mu.RLock()
	defer l.keepers.mu.RUnlock()
	var kinds []string
	for kind := range l.keepers.byKind {
		kinds = append(kinds, kind)
	}
	return kinds
}

func (l *Log) keeperOf(subject string) (k Keeper, id string, kept bool) {
	kind, id, _ := strings.Cut(subject, "/")
	l.keepers.mu.RLock()
	defer l.keepers.mu.RUnlock()
	k, kept = l.keepers.byKind[kind]
	return k, id, kept
}

// keep writes the version that a change made, and puts into its record what became otherwise.
func (l *Log) keep(ctx context.Context, q controldb.Querier, e Entry, r *Record) error {
	k, id, kept := l.keeperOf(e.Subject)
	if !kept {
		return nil
	}
	state := e.State
	if state == nil {
		var err error
		if state, err = k.State(ctx, q, id); err != nil {
			return fmt.Errorf("read the state of %s: %w", e.Subject, err)
		}
	}
	v, err := l.nextVersion(ctx, q, e.Subject, state)
	if err != nil {
		return err
	}
	v.At, v.Record, v.Request, v.Event, v.Actor, v.Reason = r.At, r.ID, r.Request, r.Event, r.Actor, r.Reason
	r.Version, r.State = v.Number, v.Digest
	for i, c := range v.Changes {
		if i == mostRecorded {
			break
		}
		r.Changes = append(r.Changes, Changed(c))
	}
	return insertVersion(ctx, q, v)
}

// nextVersion compares a state with the newest kept one.
func (l *Log) nextVersion(ctx context.Context, q controldb.Querier, subject string, state any) (*Version, error) {
	before, err := newestVersion(ctx, q, subject)
	if err != nil {
		return nil, err
	}
	body, err := history.Keep(state, l.hidden)
	if err != nil {
		return nil, fmt.Errorf("keep the state of %s: %w", subject, err)
	}
	sum := sha256.Sum256(body)
	v := &Version{Subject: subject, Number: before.Number + 1, Digest: "sha256:" + hex.EncodeToString(sum[:])}
	if v.Digest == before.Digest {
		return v, nil
	}
	v.Body = body
	all, err := history.Compare(before.Body, body, history.RulesOf(state))
	if err != nil {
		return nil, fmt.Errorf("compare the states of %s: %w", subject, err)
	}
	for i, c := range all {
		if i == mostKept {
			v.More = len(all) - mostKept
			break
		}
		v.Changes = append(v.Changes, history.Change{Field: c.Field, Before: short(c.Before), After: short(c.After)})
	}
	return v, nil
}

// hidden is the keyed hash that stands for a sensitive value of a state: enough to tell two values apart.
func (l *Log) hidden(value string) string {
	key := l.PersonKey(value)
	kid, sum, _ := strings.Cut(key, ":")
	return kid + ":" + sum[:min(len(sum), 16)]
}

func short(s string) string {
	if r := []rune(s); len(r) > mostText {
		return string(r[:mostText]) + "…"
	}
	return s
}

// KeepAll gives a first state to everything that is older than its history. It runs at each start, before requests are
// taken, and writes only what is missing.
func (l *Log) KeepAll(ctx context.Context, db *controldb.DB, who Actor) error {
	for _, kind := range l.Kept() {
		k, _, _ := l.keeperOf(kind + "/")
		ids, err := k.List(ctx, db)
		if err != nil {
			return fmt.Errorf("list what is kept of %s: %w", kind, err)
		}
		known, err := listSubjects(ctx, db, kind)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if known[kind+"/"+id] {
				continue
			}
			err := db.InTx(ctx, func(q controldb.Querier) error {
				return l.Change(ctx, q, Entry{Actor: who, Channel: ChannelJob, Event: EventFirstState, Subject: kind + "/" + id})
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// EventFirstState is the event of a version that only says how things stood when their history began.
const EventFirstState = "history.begin"

// Version is one recorded change of a thing, and the state that it left.
type Version struct {
	Subject string           `json:"-"`
	Number  int64            `json:"version"`
	At      time.Time        `json:"at"`
	Record  string           `json:"record" doc:"Id of the record in the access log"`
	Request string           `json:"request_id,omitempty"`
	Event   string           `json:"event"`
	Actor   Actor            `json:"-"`
	Reason  string           `json:"reason,omitempty"`
	Changes []history.Change `json:"changes"`
	More    int              `json:"more_changes,omitempty" doc:"Changed members beyond those listed"`
	Digest  string           `json:"state_digest" doc:"SHA-256 of the kept state, which the access log holds too"`
	Body    json.RawMessage  `json:"-"` // empty when the state stayed as it was
}

// History lists the changes of a thing, the newest first; before is the number of the last one seen, or 0. The caller has
// judged who asks.
func (l *Log) History(ctx context.Context, subject string, before int64, limit int) ([]Version, error) {
	return listVersions(ctx, l.outbox.db, subject, before, limit)
}

// StateAt is the version in force at a moment with its state. The caller has judged who asks.
func (l *Log) StateAt(ctx context.Context, subject string, at time.Time) (*Version, error) {
	v, err := versionAt(ctx, l.outbox.db, subject, at)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, fault.New(fault.NotFound, "audit.no_state_then", i18n.DateTime(at))
	}
	return v, nil
}

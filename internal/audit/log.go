package audit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"time"

	"lienthong/internal/audit/journal"
	"lienthong/internal/audit/merkle"
	"lienthong/internal/audit/witness"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// Options of a log.
type Options struct {
	Journal journal.Options

	PersonKey   []byte // key of PersonKey, at least 32 bytes
	PersonKeyID string // "k1" when empty

	// Witnesses of other agencies are asked to cosign our checkpoints, every WitnessEvery (a minute when 0).
	Witnesses    []witness.Peer
	WitnessEvery time.Duration

	Retention Retention // how long records stay

	ClockOK func() bool // whether the machine's clock is synchronised; assumed when nil
	Logger  *slog.Logger
}

// Log is the evidence of the platform. Services hold it and call Change, Decide and Outcome.
type Log struct {
	journal *journal.Journal
	opts    Options
	now     func() time.Time
	open    *ledger
	moved   movedIDs
	keepers keepers

	outbox  outbox
	index   *index
	witness *witness.Client // nil without witnesses
	ctx     context.Context //nolint:containedctx // life of the log's own goroutines, ended by Close
	stop    context.CancelFunc
	work    sync.WaitGroup
}

// Journal gives what proofs, exports and checks need.
func (l *Log) Journal() *journal.Journal { return l.journal }

// Health is nil while records are taken; else the fault audit.closed with the reason in one sentence as its cause.
func (l *Log) Health() error {
	if err := l.journal.Health(); err != nil {
		return closed(err)
	}
	return nil
}

// Alarm is a sentence about one of two folders having failed, or a witness having seen another history; empty when all
// is well.
func (l *Log) Alarm() string {
	if a := l.journal.Alarm(); a != "" {
		return a
	}
	for _, w := range l.Witnesses() {
		if w.Alarm {
			return w.Problem
		}
	}
	return ""
}

// Decide writes a decision and returns when it is on disk. No byte may leave, and no provider may be asked to change
// anything, before it has returned nil. An allowed decision must be followed by Outcome.
func (l *Log) Decide(ctx context.Context, r *Record) error {
	if err := l.Serves(); err != nil {
		return err
	}
	r.Kind = KindDecision
	l.complete(r)
	if r.open() {
		l.open.begin(r.ID, l.journal.Size())
	}
	body := Encode(r)
	t, err := l.journal.Queue(ctx, body)
	if err != nil {
		l.open.end(r.ID)
		return l.refused(err)
	}
	seq, err := t.Wait(ctx)
	if err != nil {
		if r.open() && ctx.Err() != nil {
			l.abandon(r, t)
		}
		return l.refused(err)
	}
	r.Seq = seq
	return nil
}

// abandon closes a decision whose caller stopped waiting for the disk and therefore gave nothing.
func (l *Log) abandon(r *Record, t journal.Ticket) {
	out := &Record{Of: r.ID, Channel: r.Channel, Event: r.Event, Result: Result{Status: "cancelled"}}
	l.work.Go(func() {
		if _, err := t.Wait(context.Background()); err == nil {
			l.Outcome(out)
		}
	})
}

// Outcome writes how the decision named in Of ended. It does not wait for the disk; the record goes with a later
// commit. If the program stops before that, the decision is closed as unknown at the next start.
func (l *Log) Outcome(r *Record) {
	r.Kind = KindOutcome
	l.complete(r)
	of := r.Of
	err := l.journal.Submit(context.Background(), Encode(r), func(err error) {
		if err == nil {
			l.open.end(of)
		}
	})
	if err != nil {
		l.opts.Logger.Error("audit outcome not recorded; the decision will be closed as unknown at the next start", "of", of, "cause", err)
	}
}

// Note writes records that belong to no transaction (sign-in, log reading, job runs) and returns when they are on disk.
func (l *Log) Note(ctx context.Context, recs ...*Record) error {
	kept := 0
	for _, r := range recs {
		if r.Kind == "" {
			r.Kind = KindChange
		}
		waits, err := l.admit(r.Event, r.Channel)
		if err != nil {
			return err
		}
		if waits {
			kept++
		}
	}
	if kept > 0 && kept == len(recs) {
		return l.keepNotes(ctx, recs)
	}
	return l.write(ctx, recs)
}

// write brings records to the disk, whatever they tell of.
func (l *Log) write(ctx context.Context, recs []*Record) error {
	bodies := make([][]byte, len(recs))
	for i, r := range recs {
		l.complete(r)
		bodies[i] = Encode(r)
	}
	first, err := l.journal.Append(ctx, bodies...)
	if err != nil {
		return l.refused(err)
	}
	for i, r := range recs {
		r.Seq = first + int64(i)
	}
	return nil
}

func (l *Log) complete(r *Record) {
	if r.At.IsZero() {
		r.At = l.now()
	}
	if r.ID == "" {
		r.ID = ids.Request(r.At)
	}
	r.ClockOK = l.opts.ClockOK == nil || l.opts.ClockOK()
	if len(r.Content.SubjectKeys) > 0 && r.Content.KeyID == "" {
		r.Content.KeyID = l.opts.PersonKeyID
	}
}

func (l *Log) refused(err error) error {
	var stopped *journal.Stopped
	switch {
	case errors.As(err, &stopped):
		return closed(err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "audit.busy").Because(err)
	}
	return fmt.Errorf("write audit record: %w", err)
}

// PersonKey is the keyed hash under which a person's identifier stands in the log: "k1:<hex>".
func (l *Log) PersonKey(identifier string) string {
	mac := hmac.New(sha256.New, l.opts.PersonKey)
	mac.Write([]byte(strings.ToUpper(strings.Join(strings.Fields(identifier), ""))))
	return l.opts.PersonKeyID + ":" + hex.EncodeToString(mac.Sum(nil))
}

// PublicIP is what may be kept of an anonymous visitor's address: the network, /24 or /48.
func PublicIP(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	ip = ip.Unmap()
	bits := 48
	if ip.Is4() {
		bits = 24
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// Checkpoint is the newest signed state, for pages and monitoring.
func (l *Log) Checkpoint() (merkle.Checkpoint, bool) { return l.journal.Checkpoint() }

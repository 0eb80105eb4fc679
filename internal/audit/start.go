package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/audit/journal"
)

// startFile holds the seq from which the next start reads. It is a hint: without it the whole journal is read.
const startFile = "start-from"

// Open opens the log in a folder, closes what the last run left open, and records that the log begins again.
func Open(dir string, opts Options) (*Log, error) {
	if len(opts.PersonKey) < 32 {
		return nil, errors.New("open audit log: a person key of at least 32 bytes is required")
	}
	if err := opts.Retention.fill(); err != nil {
		return nil, fmt.Errorf("open audit log: %w", err)
	}
	if opts.PersonKeyID == "" {
		opts.PersonKeyID = "k1"
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Journal.Logger == nil {
		opts.Journal.Logger = opts.Logger
	}
	if opts.Journal.Now == nil {
		opts.Journal.Now = time.Now
	}
	j, err := journal.Open(dir, opts.Journal)
	if err != nil {
		return nil, fmt.Errorf("open audit log: %w", err)
	}
	if err := layVerifierKey(dir, j.VerifierKey()); err != nil {
		return nil, errors.Join(fmt.Errorf("open audit log: %w", err), j.Close())
	}
	l := &Log{journal: j, opts: opts, now: opts.Journal.Now, open: newLedger()}
	l.ctx, l.stop = context.WithCancel(context.Background())
	if err := l.resume(dir); err != nil {
		l.stop()
		return nil, errors.Join(fmt.Errorf("open audit log: %w", err), j.Close())
	}
	if l.index, err = openIndex(l.ctx, dir, j); err != nil {
		l.stop()
		return nil, errors.Join(fmt.Errorf("open audit log: %w", err), j.Close())
	}
	if err := l.useWitnesses(); err != nil {
		l.stop()
		return nil, errors.Join(fmt.Errorf("open audit log: %w", err), l.index.close(), j.Close())
	}
	l.work.Go(func() { l.hintLoop(dir) })
	l.work.Go(l.roomLoop)
	l.work.Go(func() {
		l.index.follow(l.ctx, func(err error) { opts.Logger.Error("audit index stands still; it will be tried again", "cause", err) })
	})
	return l, nil
}

// layVerifierKey puts the public key beside the log, so that a check needs no server. Whoever changes the log can change
// this file too: a key that was kept elsewhere proves more.
func layVerifierKey(dir, key string) error {
	path := filepath.Join(dir, "verifier.key")
	if kept, err := os.ReadFile(path); err == nil && string(kept) == key+"\n" {
		return nil
	}
	if err := os.WriteFile(path, []byte(key+"\n"), 0o600); err != nil {
		return fmt.Errorf("lay the public key beside the log: %w", err)
	}
	return nil
}

// Close writes what waits and ends the log's own goroutines.
func (l *Log) Close() error {
	l.stop()
	l.work.Wait()
	return errors.Join(l.index.close(), l.journal.Close())
}

// lastRun stands in the ledger for the changes that the last run moved and may not have deleted from the outbox.
const lastRun = "last run"

// peeked is what the start needs of a record, found without decoding it.
type peeked struct {
	kind Kind
	id   string
	of   string
	deny bool
}

func peek(body []byte) peeked {
	var p peeked
	rest := body
	take := func(prefix string) string {
		after, ok := bytes.CutPrefix(rest, []byte(prefix))
		if !ok {
			return ""
		}
		value, after, ok := bytes.Cut(after, []byte(`"`))
		if !ok {
			return ""
		}
		rest = after
		return string(value)
	}
	p.kind = Kind(take(`{"kind":"`))
	p.id = take(`,"id":"`)
	p.of = take(`,"of":"`)
	// Quotes inside texts are escaped, so these bytes can only be the decision itself.
	p.deny = bytes.Contains(body, []byte(`"decision":{"result":"deny"`))
	return p
}

// resume reads what may be unfinished and closes it.
func (l *Log) resume(dir string) error {
	unfinished := make(map[string]int64)
	size := l.journal.Size()
	from := max(readHint(dir, size), l.journal.First()) // what is archived was closed long ago
	l.open.begin(lastRun, from)                         // until UseOutbox has compared the outbox with what was moved before
	err := l.journal.Each(from, size, func(e journal.Entry) error {
		switch p := peek(e.Body); {
		case p.kind == KindDecision && !p.deny:
			unfinished[p.id] = e.Seq
		case p.kind == KindOutcome:
			delete(unfinished, p.of)
		case p.kind == KindChange:
			l.moved.add(p.id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(unfinished))
	for id := range unfinished {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return int(unfinished[a] - unfinished[b]) })
	return l.closeUnknown(ids, unfinished)
}

func (l *Log) closeUnknown(open []string, at map[string]int64) error {
	recs := make([]*Record, 0, len(open)+1)
	for _, id := range open {
		body, err := l.journal.Read(at[id])
		if err != nil {
			return err
		}
		d, err := Decode(body)
		if err != nil {
			return err
		}
		recs = append(recs, &Record{Kind: KindOutcome, Of: id, Channel: d.Channel, Event: d.Event, Actor: d.Actor, Target: d.Target,
			Result: Result{Status: StatusUnknown}})
	}
	recs = append(recs, &Record{Kind: KindChange, Channel: ChannelJob, Event: "log.open", Actor: Actor{Type: "job", AccountID: "audit"},
		Detail: map[string]string{"records": strconv.FormatInt(l.journal.Size(), 10), "closed_as_unknown": strconv.Itoa(len(open))}})
	return l.write(context.Background(), recs)
}

func readHint(dir string, size int64) int64 {
	content, err := os.ReadFile(filepath.Join(dir, startFile))
	if err != nil {
		return 0
	}
	seq, err := strconv.ParseInt(strings.TrimSpace(string(content)), 10, 64)
	if err != nil || seq < 0 || seq > size {
		return 0
	}
	return seq
}

// hintLoop keeps the hint near the end of the journal. It is not synced: an older hint only means reading more.
func (l *Log) hintLoop(dir string) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	written := int64(-1)
	for {
		select {
		case <-tick.C:
		case <-l.ctx.Done():
			return
		}
		size := l.journal.Size()
		if low := l.open.low(size); low != written {
			temp := filepath.Join(dir, startFile+".tmp")
			if os.WriteFile(temp, []byte(strconv.FormatInt(low, 10)+"\n"), 0o640) == nil && os.Rename(temp, filepath.Join(dir, startFile)) == nil {
				written = low
			}
		}
	}
}

package audit

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Way is how an information system takes part in the sharing of data.
type Way string

// The ways of which the log knows the last success, each with what it is known by.
const (
	WayCalls    Way = "calls"    // id of the system that called the exchange
	WayServes   Way = "serves"   // id of the system whose own service answered
	WayDelivers Way = "delivers" // id of the system whose account delivered a file
	WayDataset  Way = "dataset"  // code of a dataset that a system called for
)

// LastSuccess is when each system or dataset last took part with success, in UTC by its id or code. A call counts when its
// outcome is without an error; the platform's own test of a connection does not (Điều 8.3a: connected is what traffic
// shows). It is kept beside the counts of calls as records are indexed, so that nobody reads the log for it.
func (l *Log) LastSuccess(ctx context.Context, way Way) (map[string]time.Time, error) {
	l.index.wait(ctx, time.Second)
	rows, err := l.index.db.QueryContext(ctx, `SELECT name, at FROM audit_last WHERE way = ?`, string(way))
	if err != nil {
		return nil, fmt.Errorf("read the last successes: %w", err)
	}
	defer rows.Close()
	last := map[string]time.Time{}
	for rows.Next() {
		var name string
		var at int64
		if err := rows.Scan(&name, &at); err != nil {
			return nil, fmt.Errorf("read the last successes: %w", err)
		}
		last[name] = time.UnixMicro(at).UTC()
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the last successes: %w", err)
	}
	return last, nil
}

// ProbeDetail marks in a decision's Detail a call that the platform made to test the connection named there.
const ProbeDetail = "probe"

type lastKey struct {
	way  Way
	name string
}

// flowOf is who calls and whose service answers, parted by a space; empty for people and for the platform's own tests.
func flowOf(r *Record) string {
	if r.Kind != KindDecision || r.Actor.Type != "system" || r.Detail[ProbeDetail] != "" {
		return ""
	}
	flow := r.Actor.AccountID
	if _, service, found := strings.Cut(r.Target.Operation, " /svc/"); found { // "GET /svc/H38.05/ho-ngheo/tra-cuu/{id}"
		if parts := strings.SplitN(service, "/", 3); len(parts) == 3 {
			flow += " " + parts[1]
		}
	}
	return flow
}

// succeeded notes a call that ended well.
func (w *indexWriter) succeeded(key callKey, at time.Time) {
	caller, provider, _ := strings.Cut(key.flow, " ")
	if caller == "" {
		return
	}
	w.note(WayCalls, caller, at)
	w.note(WayServes, provider, at)
	w.note(WayDataset, key.dataset, at)
}

// delivered notes a file that a system's account brought.
func (w *indexWriter) delivered(r *Record) {
	if r.Event == "ingest.deliver" && r.Actor.Type == "system" {
		w.note(WayDelivers, r.Actor.AccountID, r.At)
	}
}

func (w *indexWriter) note(way Way, name string, at time.Time) {
	if key := (lastKey{way, name}); name != "" {
		w.last[key] = max(w.last[key], at.UnixMicro())
	}
}

func (w *indexWriter) finishLast(ctx context.Context) error {
	for k, at := range w.last {
		_, err := w.tx.ExecContext(ctx, `INSERT INTO audit_last (way, name, at) VALUES (?, ?, ?)
			ON CONFLICT (way, name) DO UPDATE SET at = max(at, excluded.at)`, string(k.way), k.name, at)
		if err != nil {
			return err
		}
	}
	return nil
}

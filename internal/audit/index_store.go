package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/i18n"
)

// indexSchema is no migration: an index that does not fit is deleted and made again.
const indexSchema = `
CREATE TABLE IF NOT EXISTS audit_place (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, next INTEGER NOT NULL, leaf TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS audit_entry (
	seq INTEGER PRIMARY KEY, segment INTEGER NOT NULL, at INTEGER NOT NULL, ts INTEGER NOT NULL,
	id TEXT NOT NULL, exchange TEXT NOT NULL, kind TEXT NOT NULL, channel TEXT NOT NULL, event TEXT NOT NULL,
	actor TEXT NOT NULL, agency TEXT NOT NULL, owner TEXT NOT NULL, dataset TEXT NOT NULL, purpose TEXT NOT NULL,
	connection TEXT NOT NULL, grant_id TEXT NOT NULL, subject TEXT NOT NULL, result TEXT NOT NULL, reason TEXT NOT NULL,
	abnormal INTEGER NOT NULL, flow TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS audit_entry_exchange ON audit_entry (exchange, seq);
CREATE INDEX IF NOT EXISTS audit_entry_ts ON audit_entry (ts, seq) WHERE kind <> 'outcome';
CREATE INDEX IF NOT EXISTS audit_entry_actor ON audit_entry (actor, seq) WHERE kind <> 'outcome';
CREATE INDEX IF NOT EXISTS audit_entry_dataset ON audit_entry (dataset, seq) WHERE kind <> 'outcome' AND dataset <> '';
CREATE INDEX IF NOT EXISTS audit_entry_connection ON audit_entry (connection, seq) WHERE kind <> 'outcome' AND connection <> '';
CREATE INDEX IF NOT EXISTS audit_entry_agency ON audit_entry (agency, seq) WHERE kind <> 'outcome' AND agency <> '';
CREATE INDEX IF NOT EXISTS audit_entry_purpose ON audit_entry (purpose, seq) WHERE kind <> 'outcome' AND purpose <> '';
CREATE INDEX IF NOT EXISTS audit_entry_grant ON audit_entry (grant_id, seq) WHERE kind <> 'outcome' AND grant_id <> '';
CREATE INDEX IF NOT EXISTS audit_entry_subject ON audit_entry (subject, seq) WHERE kind <> 'outcome' AND subject <> '';
CREATE INDEX IF NOT EXISTS audit_entry_refused ON audit_entry (reason, seq) WHERE kind <> 'outcome' AND result <> 'allow';
CREATE INDEX IF NOT EXISTS audit_entry_abnormal ON audit_entry (seq) WHERE abnormal = 1;
CREATE INDEX IF NOT EXISTS audit_entry_event ON audit_entry (event, seq) WHERE kind <> 'outcome' AND ` + otherEvent + `;
CREATE TABLE IF NOT EXISTS audit_person (person TEXT NOT NULL, exchange TEXT NOT NULL, PRIMARY KEY (person, exchange)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit_daily (
	day TEXT NOT NULL, connection TEXT NOT NULL, grant_id TEXT NOT NULL, dataset TEXT NOT NULL, agency TEXT NOT NULL,
	calls INTEGER NOT NULL, denied INTEGER NOT NULL, failed INTEGER NOT NULL, records INTEGER NOT NULL, persons INTEGER NOT NULL, bytes INTEGER NOT NULL,
	PRIMARY KEY (day, connection, grant_id, dataset, agency)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit_duration (
	day TEXT NOT NULL, connection TEXT NOT NULL, grant_id TEXT NOT NULL, dataset TEXT NOT NULL, agency TEXT NOT NULL,
	bucket INTEGER NOT NULL, calls INTEGER NOT NULL,
	PRIMARY KEY (day, connection, grant_id, dataset, agency, bucket)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit_last (way TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (way, name)) WITHOUT ROWID;
`

const indexVersion = 3

// otherEvent is true of all but the calls, which are most of the log: their events need no index, and one that stands
// in a query word for word makes SQLite use that of the others.
const otherEvent = `(event < 'data.' OR event >= 'data/')`

func findPlace(ctx context.Context, db *sql.DB) (next int64, leaf string, err error) {
	var version int
	err = db.QueryRowContext(ctx, `SELECT version, next, leaf FROM audit_place WHERE one = 1`).Scan(&version, &next, &leaf)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", nil
	}
	if err == nil && version != indexVersion {
		err = fmt.Errorf("the index has version %d, this program reads %d", version, indexVersion)
	}
	return next, leaf, err
}

// callKey is what the call monitor counts by.
type callKey struct{ day, connection, grant, dataset, agency, flow string }

type callCount struct{ calls, denied, failed, records, persons, bytes int64 }

type durationKey struct {
	callKey
	bucket int
}

// indexWriter writes the rows of one transaction; counts are summed first and written once.
type indexWriter struct {
	tx                    *sql.Tx
	entry, person, decide *sql.Stmt
	counts                map[callKey]*callCount
	durations             map[durationKey]int64
	calls                 map[string]callKey // decisions of this transaction, for their outcomes
	last                  map[lastKey]int64
}

func newIndexWriter(ctx context.Context, tx *sql.Tx) (*indexWriter, error) {
	w := &indexWriter{tx: tx, counts: make(map[callKey]*callCount), durations: make(map[durationKey]int64), calls: make(map[string]callKey), last: make(map[lastKey]int64)}
	for query, stmt := range map[string]**sql.Stmt{
		`INSERT INTO audit_entry (seq, segment, at, ts, id, exchange, kind, channel, event, actor, agency, owner, dataset, purpose, connection, grant_id, subject, result, reason, abnormal, flow)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`: &w.entry,
		`INSERT INTO audit_person (person, exchange) VALUES (?, ?) ON CONFLICT DO NOTHING`:                                                      &w.person,
		`SELECT ts, connection, grant_id, dataset, agency, flow FROM audit_entry WHERE exchange = ? AND kind = 'decision' ORDER BY seq LIMIT 1`: &w.decide,
	} {
		s, err := tx.PrepareContext(ctx, query)
		if err != nil {
			w.close()
			return nil, err
		}
		*stmt = s
	}
	return w, nil
}

func (w *indexWriter) close() {
	for _, s := range []*sql.Stmt{w.entry, w.person, w.decide} {
		if s != nil {
			_ = s.Close()
		}
	}
}

// exchange is the id that ties the records of one access together.
func (r *Record) exchange() string {
	switch {
	case r.Of != "":
		return r.Of
	case r.Request != "":
		return r.Request
	}
	return r.ID
}

func (w *indexWriter) add(ctx context.Context, r *Record, pos journal.Pos) error {
	exchange := r.exchange()
	abnormal := 0
	if len(r.Anomaly.Flags) > 0 || r.Anomaly.IncidentID != "" {
		abnormal = 1
	}
	_, err := w.entry.ExecContext(ctx, r.Seq, pos.Segment, pos.Offset, r.At.UnixMicro(), r.ID, exchange, string(r.Kind), r.Channel, r.Event,
		r.Actor.AccountID, r.Actor.AgencyCode, r.Target.Owner, r.Target.Dataset, r.Purpose.Code, r.Target.Connection, r.Target.Grant, r.Subject,
		r.Decision.Result, r.Decision.Reason, abnormal, flowOf(r))
	if err != nil {
		return err
	}
	for _, key := range r.Content.SubjectKeys {
		if _, err := w.person.ExecContext(ctx, key, exchange); err != nil {
			return err
		}
	}
	switch r.Kind {
	case KindDecision:
		w.decided(r)
	case KindOutcome:
		return w.ended(ctx, r)
	case KindChange:
		w.delivered(r)
	}
	return nil
}

func dayOf(t time.Time) string { return t.In(i18n.Zone).Format(time.DateOnly) }

func (w *indexWriter) decided(r *Record) {
	key := callKey{dayOf(r.At), r.Target.Connection, r.Target.Grant, r.Target.Dataset, r.Actor.AgencyCode, flowOf(r)}
	c := w.count(key)
	c.calls++
	if r.Decision.Result == Deny {
		c.denied++
		return
	}
	w.calls[r.ID] = key
}

func (w *indexWriter) ended(ctx context.Context, r *Record) error {
	key, here := w.calls[r.Of]
	if !here {
		var ts int64
		err := w.decide.QueryRowContext(ctx, r.Of).Scan(&ts, &key.connection, &key.grant, &key.dataset, &key.agency, &key.flow)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // an outcome of nothing is counted nowhere
		}
		if err != nil {
			return err
		}
		key.day = dayOf(time.UnixMicro(ts))
	}
	c := w.count(key)
	c.records += r.Content.Records
	c.persons += r.Content.Persons
	c.bytes += r.Content.Bytes
	if r.Result.ErrorCode != "" || r.Result.Status == StatusUnknown {
		c.failed++
	} else {
		w.succeeded(key, r.At)
	}
	if r.Result.Status != StatusUnknown {
		key.flow = ""
		w.durations[durationKey{key, bucketOf(r.Duration)}]++
	}
	return nil
}

func (w *indexWriter) count(key callKey) *callCount {
	key.flow = "" // of which no counts are kept
	c := w.counts[key]
	if c == nil {
		c = new(callCount)
		w.counts[key] = c
	}
	return c
}

func (w *indexWriter) finish(ctx context.Context, next int64, leaf string) error {
	for k, c := range w.counts {
		_, err := w.tx.ExecContext(ctx, `INSERT INTO audit_daily (day, connection, grant_id, dataset, agency, calls, denied, failed, records, persons, bytes)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (day, connection, grant_id, dataset, agency) DO UPDATE SET calls = calls + excluded.calls, denied = denied + excluded.denied,
			failed = failed + excluded.failed, records = records + excluded.records, persons = persons + excluded.persons, bytes = bytes + excluded.bytes`,
			k.day, k.connection, k.grant, k.dataset, k.agency, c.calls, c.denied, c.failed, c.records, c.persons, c.bytes)
		if err != nil {
			return err
		}
	}
	for k, n := range w.durations {
		_, err := w.tx.ExecContext(ctx, `INSERT INTO audit_duration (day, connection, grant_id, dataset, agency, bucket, calls) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (day, connection, grant_id, dataset, agency, bucket) DO UPDATE SET calls = calls + excluded.calls`,
			k.day, k.connection, k.grant, k.dataset, k.agency, k.bucket, n)
		if err != nil {
			return err
		}
	}
	if err := w.finishLast(ctx); err != nil {
		return err
	}
	_, err := w.tx.ExecContext(ctx, `INSERT INTO audit_place (one, version, next, leaf) VALUES (1, ?, ?, ?)
		ON CONFLICT (one) DO UPDATE SET version = excluded.version, next = excluded.next, leaf = excluded.leaf`, indexVersion, next, leaf)
	return err
}

// Durations are kept as counts in buckets that grow by a twentieth, so a quantile is at most 5 % above the true one.
const bucketStep = 1.05

func bucketOf(ms int64) int {
	return int(math.Ceil(math.Log(float64(max(ms, 0)+1)) / math.Log(bucketStep)))
}

func bucketTop(bucket int) int64 {
	return int64(math.Pow(bucketStep, float64(bucket))+1e-9) - 1
}

package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/kit/fault"
)

// CountFilter selects what the call monitor sums up.
type CountFilter struct {
	From, To   time.Time // days, both included, in Vietnamese time
	Connection string
	Grant      string
	Dataset    string
	Agency     string // of the caller
	By         string // connection (when empty), grant, dataset or agency
}

// Count is the calls of one connection (or grant, dataset, agency) on one day.
type Count struct {
	Key      string
	Day      string // 2026-08-12
	Calls    int64
	Denied   int64
	Failed   int64 // allowed, but ended with an error or unknown
	Records  int64
	Persons  int64
	Bytes    int64
	P50, P95 int64 // duration of allowed calls in milliseconds, at most 5 % above the true one
}

// Counts sums calls per day, newest day first.
func (l *Log) Counts(ctx context.Context, f CountFilter) ([]Count, error) {
	column, ok := map[string]string{"": "connection", "connection": "connection", "grant": "grant_id", "dataset": "dataset", "agency": "agency"}[f.By]
	if !ok {
		return nil, fault.New(fault.Invalid, "audit.filter_invalid", f.By).At("by")
	}
	where, args := f.clauses()
	l.index.wait(ctx, time.Second)
	query := `SELECT ` + column + `, day, SUM(calls), SUM(denied), SUM(failed), SUM(records), SUM(persons), SUM(bytes) FROM audit_daily WHERE ` + where +
		` GROUP BY day, ` + column + ` ORDER BY day DESC, ` + column + ` LIMIT 5000`
	rows, err := l.index.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("count calls: %w", err)
	}
	defer rows.Close()
	var list []Count
	at := make(map[[2]string]int)
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.Key, &c.Day, &c.Calls, &c.Denied, &c.Failed, &c.Records, &c.Persons, &c.Bytes); err != nil {
			return nil, fmt.Errorf("count calls: %w", err)
		}
		at[[2]string{c.Key, c.Day}] = len(list)
		list = append(list, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("count calls: %w", err)
	}
	return list, l.quantiles(ctx, column, where, args, func(key, day string) *Count {
		if i, ok := at[[2]string{key, day}]; ok {
			return &list[i]
		}
		return nil
	})
}

func (f CountFilter) clauses() (string, []any) {
	where, args := []string{"1 = 1"}, []any{}
	for _, c := range []struct{ clause, value string }{
		{"connection = ?", f.Connection}, {"grant_id = ?", f.Grant}, {"dataset = ?", f.Dataset}, {"agency = ?", f.Agency},
		{"day >= ?", dayOrNone(f.From)}, {"day <= ?", dayOrNone(f.To)},
	} {
		if c.value != "" {
			where, args = append(where, c.clause), append(args, c.value)
		}
	}
	return strings.Join(where, " AND "), args
}

func dayOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return dayOf(t)
}

// quantiles walks the duration buckets, which come in ascending order for each key and day.
func (l *Log) quantiles(ctx context.Context, column, where string, args []any, find func(key, day string) *Count) error {
	query := `SELECT ` + column + `, day, bucket, SUM(calls) FROM audit_duration WHERE ` + where + ` GROUP BY day, ` + column + `, bucket ORDER BY day, ` + column + `, bucket`
	rows, err := l.index.db.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read call durations: %w", err)
	}
	defer rows.Close()
	type step struct {
		bucket int
		calls  int64
	}
	buckets := make(map[*Count][]step)
	for rows.Next() {
		var key, day string
		var s step
		if err := rows.Scan(&key, &day, &s.bucket, &s.calls); err != nil {
			return fmt.Errorf("read call durations: %w", err)
		}
		if c := find(key, day); c != nil {
			buckets[c] = append(buckets[c], s)
		}
	}
	for c, steps := range buckets {
		var total, sum int64
		for _, s := range steps {
			total += s.calls
		}
		for _, s := range steps {
			before := sum
			sum += s.calls
			if half := (total + 1) / 2; before < half && half <= sum {
				c.P50 = bucketTop(s.bucket)
			}
			if most := (total*95 + 99) / 100; before < most && most <= sum {
				c.P95 = bucketTop(s.bucket)
			}
		}
	}
	return rows.Err()
}

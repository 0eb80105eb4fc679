package privacy

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// findEntry is nil without an entry.
func findEntry(ctx context.Context, q controldb.Querier, dataset string) (*Entry, error) {
	var body string
	var revision int64
	err := q.QueryRowContext(ctx, `SELECT body, revision FROM privacy_entry WHERE dataset = ?`, dataset).Scan(&body, &revision)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // said in the comment
	}
	if err != nil {
		return nil, fmt.Errorf("find the entry of %s: %w", dataset, err)
	}
	return decode(dataset, body, revision)
}

func decode(dataset, body string, revision int64) (*Entry, error) {
	var e Entry
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		return nil, fmt.Errorf("read the entry of %s: %w", dataset, err)
	}
	e.Dataset, e.Revision = dataset, revision
	return &e, nil
}

// saveEntry saves a change of the revision that was read, and raises it.
func saveEntry(ctx context.Context, q controldb.Querier, e *Entry) error {
	before := e.Revision
	e.Revision++
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write the entry of %s: %w", e.Dataset, err)
	}
	inForce, to := 0, int64(0)
	if e.InForce != nil {
		end, _ := e.InForce.ValidTo.End()
		inForce, to = 1, end.UnixMicro()
	}
	const query = `INSERT INTO privacy_entry (dataset, owner, in_force, valid_to, body, revision, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (dataset) DO UPDATE SET owner = excluded.owner, in_force = excluded.in_force, valid_to = excluded.valid_to, body = excluded.body,
			revision = excluded.revision, changed_at = excluded.changed_at WHERE privacy_entry.revision = ?`
	res, err := q.ExecContext(ctx, query, e.Dataset, e.Owner, inForce, to, string(body), e.Revision, e.CreatedAt.UnixMicro(), e.ChangedAt.UnixMicro(), before)
	if err != nil {
		return fmt.Errorf("save the entry of %s: %w", e.Dataset, err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fault.New(fault.Conflict, "privacy.changed_meanwhile", e.Dataset)
	}
	return nil
}

func entryRevisions(ctx context.Context, q controldb.Querier) (map[string]int64, error) {
	rows, err := q.QueryContext(ctx, `SELECT dataset, revision FROM privacy_entry ORDER BY dataset LIMIT 200000`)
	if err != nil {
		return nil, fmt.Errorf("list revisions of entries: %w", err)
	}
	defer rows.Close()
	out := map[string]int64{}
	for rows.Next() {
		var dataset string
		var revision int64
		if err := rows.Scan(&dataset, &revision); err != nil {
			return nil, fmt.Errorf("list revisions of entries: %w", err)
		}
		out[dataset] = revision
	}
	return out, rows.Err()
}

// listEnding lists entries in force that end before a moment, by dataset.
func listEnding(ctx context.Context, q controldb.Querier, before time.Time, after string) ([]*Entry, error) {
	const query = `SELECT dataset, body, revision FROM privacy_entry WHERE in_force = 1 AND valid_to <= ? AND dataset > ? ORDER BY dataset LIMIT 200`
	rows, err := q.QueryContext(ctx, query, before.UnixMicro(), after)
	if err != nil {
		return nil, fmt.Errorf("list entries that end: %w", err)
	}
	defer rows.Close()
	var out []*Entry
	for rows.Next() {
		var dataset, body string
		var revision int64
		if err := rows.Scan(&dataset, &body, &revision); err != nil {
			return nil, fmt.Errorf("list entries that end: %w", err)
		}
		e, err := decode(dataset, body, revision)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

package ingest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/catalog"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

const deliveryCols = `id, dataset, state, body, attempts, received_at`

func scanDelivery(row interface{ Scan(...any) error }) (*Delivery, error) {
	var d, kept Delivery
	var body string
	var at int64
	if err := row.Scan(&kept.ID, &kept.Dataset, &kept.State, &body, &kept.Attempts, &at); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		return nil, fmt.Errorf("read delivery %s: %w", kept.ID, err)
	}
	d.ID, d.Dataset, d.State, d.Attempts, d.ReceivedAt = kept.ID, kept.Dataset, kept.State, kept.Attempts, time.UnixMicro(at).UTC()
	return &d, nil
}

func insertDelivery(ctx context.Context, q controldb.Querier, d *Delivery, key string) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write delivery %s: %w", d.ID, err)
	}
	const query = `INSERT INTO ingest_delivery (` + deliveryCols + `, owner, system, idem_key, sha256, node, lease_until, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, ?)`
	at := d.ReceivedAt.UnixMicro()
	if _, err := q.ExecContext(ctx, query, string(d.ID), string(d.Dataset), string(d.State), string(body), d.Attempts, at, d.Owner, d.System, key, d.SHA256, at); err != nil {
		return fmt.Errorf("save delivery %s: %w", d.ID, err)
	}
	return nil
}

// saveChecked keeps what a check found and ends its lease. It changes nothing when another worker has taken over.
func saveChecked(ctx context.Context, q controldb.Querier, d *Delivery, lease lease) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write delivery %s: %w", d.ID, err)
	}
	const query = `UPDATE ingest_delivery SET state = ?, body = ?, node = '', lease_until = 0, changed_at = ? WHERE id = ? AND state = 'checking' AND node = ?`
	return one(q.ExecContext(ctx, query, string(d.State), string(body), d.CheckedAt.UnixMicro(), string(d.ID), string(lease)))
}

// lease is what a worker holds while it checks: node and run.
type lease string

var errLeaseLost = errors.New("another worker has taken the delivery over")

func one(res sql.Result, err error) error {
	if err != nil {
		return fmt.Errorf("save delivery: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(errLeaseLost, err)
	}
	return nil
}

// changeDelivery moves a delivery from one state to another outside a check.
func changeDelivery(ctx context.Context, q controldb.Querier, d *Delivery, from State, at time.Time) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write delivery %s: %w", d.ID, err)
	}
	const query = `UPDATE ingest_delivery SET state = ?, body = ?, attempts = ?, changed_at = ? WHERE id = ? AND state = ?`
	err = one(q.ExecContext(ctx, query, string(d.State), string(body), d.Attempts, at.UnixMicro(), string(d.ID), string(from)))
	if errors.Is(err, errLeaseLost) {
		return fault.New(fault.Conflict, "ingest.wrong_state", from)
	}
	return err
}

// claim takes a delivery for one worker: one that waits, or one whose worker has fallen silent.
func claim(ctx context.Context, q controldb.Querier, id ID, by lease, now, until time.Time) (bool, error) {
	const query = `UPDATE ingest_delivery SET state = 'checking', node = ?, lease_until = ?, attempts = attempts + 1
		WHERE id = ? AND (state = 'received' OR state = 'checking' AND lease_until < ?)`
	res, err := q.ExecContext(ctx, query, string(by), until.UnixMicro(), string(id), now.UnixMicro())
	if err != nil {
		return false, fmt.Errorf("claim delivery %s: %w", id, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func extend(ctx context.Context, q controldb.Querier, id ID, by lease, until time.Time) error {
	const query = `UPDATE ingest_delivery SET lease_until = ? WHERE id = ? AND state = 'checking' AND node = ?`
	return one(q.ExecContext(ctx, query, until.UnixMicro(), string(id), string(by)))
}

// giveBack ends a check that could not finish, so that it is tried again.
func giveBack(ctx context.Context, q controldb.Querier, id ID, by lease) error {
	const query = `UPDATE ingest_delivery SET state = 'received', node = '', lease_until = 0 WHERE id = ? AND state = 'checking' AND node = ?`
	return one(q.ExecContext(ctx, query, string(id), string(by)))
}

// giveBackAll does so for all checks of a node that has just started and so has none.
func giveBackAll(ctx context.Context, q controldb.Querier, node string) error {
	const query = `UPDATE ingest_delivery SET state = 'received', node = '', lease_until = 0 WHERE state = 'checking' AND node LIKE ? ESCAPE '!'`
	escaped := strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(node)
	if _, err := q.ExecContext(ctx, query, escaped+"/%"); err != nil {
		return fmt.Errorf("give back interrupted deliveries: %w", err)
	}
	return nil
}

// nextWaiting finds the delivery that has waited longest.
func nextWaiting(ctx context.Context, q controldb.Querier, now time.Time) (ID, bool, error) {
	const query = `SELECT id FROM ingest_delivery WHERE state = 'received' OR state = 'checking' AND lease_until < ? ORDER BY received_at, id LIMIT 1`
	var id ID
	err := q.QueryRowContext(ctx, query, now.UnixMicro()).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("find a waiting delivery: %w", err)
	}
	return id, true, nil
}

func findDelivery(ctx context.Context, q controldb.Querier, id ID) (*Delivery, error) {
	d, err := scanDelivery(q.QueryRowContext(ctx, `SELECT `+deliveryCols+` FROM ingest_delivery WHERE id = ?`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "ingest.not_found", id)
	}
	if err != nil {
		return nil, fmt.Errorf("find delivery %s: %w", id, err)
	}
	return d, nil
}

func findByKey(ctx context.Context, q controldb.Querier, dataset catalog.Code, key string) (*Delivery, bool, error) {
	d, err := scanDelivery(q.QueryRowContext(ctx, `SELECT `+deliveryCols+` FROM ingest_delivery WHERE dataset = ? AND idem_key = ?`, string(dataset), key))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find delivery by key: %w", err)
	}
	return d, true, nil
}

// findSame finds the first delivery of the same file that is not refused, or that was refused by the same schema version
// in the same stated encoding.
func findSame(ctx context.Context, q controldb.Querier, like *Delivery) (*Delivery, bool, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+deliveryCols+` FROM ingest_delivery WHERE dataset = ? AND sha256 = ? ORDER BY received_at, id LIMIT 1000`, string(like.Dataset), like.SHA256)
	if err != nil {
		return nil, false, fmt.Errorf("find the same file: %w", err)
	}
	list, err := collect(rows)
	if err != nil {
		return nil, false, err
	}
	for _, d := range list {
		if d.State != Rejected && d.State != Failed || d.State == Rejected && d.SchemaVersion == like.SchemaVersion && d.Encoding == like.Encoding {
			return d, true, nil
		}
	}
	return nil, false, nil
}

func collect(rows *sql.Rows) ([]*Delivery, error) {
	defer rows.Close()
	var list []*Delivery
	for rows.Next() {
		d, err := scanDelivery(rows)
		if err != nil {
			return nil, fmt.Errorf("list deliveries: %w", err)
		}
		list = append(list, d)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return list, nil
}

func listDeliveries(ctx context.Context, q controldb.Querier, f Filter) ([]*Delivery, error) {
	where, args := []string{"1 = 1"}, []any{}
	for _, c := range []struct{ column, value string }{{"dataset", string(f.Dataset)}, {"owner", f.Agency}, {"system", f.System}, {"state", string(f.State)}} {
		if c.value != "" {
			where, args = append(where, c.column+" = ?"), append(args, c.value)
		}
	}
	if f.Before != "" {
		where, args = append(where, "id < ?"), append(args, string(f.Before))
	}
	limit := f.Limit
	if limit <= 0 || limit > 500 {
		limit = 500
	}
	query := `SELECT ` + deliveryCols + ` FROM ingest_delivery WHERE ` + strings.Join(where, " AND ") + ` ORDER BY id DESC LIMIT ?`
	rows, err := q.QueryContext(ctx, query, append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return collect(rows)
}

// Tally counts the deliveries of a dataset by state.
type Tally map[State]int

func tally(ctx context.Context, q controldb.Querier, dataset catalog.Code) (Tally, error) {
	return countStates(q.QueryContext(ctx, `SELECT state, count(*) FROM ingest_delivery WHERE dataset = ? GROUP BY state ORDER BY state`, string(dataset)))
}

// CountAll counts the deliveries of all datasets by state, for monitoring.
func CountAll(ctx context.Context, q controldb.Querier) (Tally, error) {
	return countStates(q.QueryContext(ctx, `SELECT state, count(*) FROM ingest_delivery GROUP BY state ORDER BY state`))
}

func countStates(rows *sql.Rows, err error) (Tally, error) {
	if err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	defer rows.Close()
	t := Tally{}
	for rows.Next() {
		var s State
		var n int
		if err := rows.Scan(&s, &n); err != nil {
			return nil, fmt.Errorf("count deliveries: %w", err)
		}
		t[s] = n
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	return t, nil
}

// knownIDs are all deliveries, true for those that have files and false for those whose content was purged.
func knownIDs(ctx context.Context, q controldb.Querier) (map[string]bool, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, state FROM ingest_delivery ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list all deliveries: %w", err)
	}
	defer rows.Close()
	known := map[string]bool{}
	for rows.Next() {
		var id string
		var state State
		if err := rows.Scan(&id, &state); err != nil {
			return nil, fmt.Errorf("list all deliveries: %w", err)
		}
		known[id] = state != Purged
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list all deliveries: %w", err)
	}
	return known, nil
}

func insertVerdict(ctx context.Context, q controldb.Querier, v Verdict) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write verdict %s: %w", v.ID, err)
	}
	const query = `INSERT INTO ingest_verdict (id, delivery, outcome, body, created_at) VALUES (?, ?, ?, ?, ?)`
	if _, err := q.ExecContext(ctx, query, v.ID, string(v.Delivery), string(v.Outcome), string(body), v.At.UnixMicro()); err != nil {
		return fmt.Errorf("save verdict %s: %w", v.ID, err)
	}
	return nil
}

func listVerdicts(ctx context.Context, q controldb.Querier, id ID) ([]Verdict, error) {
	rows, err := q.QueryContext(ctx, `SELECT body FROM ingest_verdict WHERE delivery = ? ORDER BY created_at DESC, id DESC LIMIT 100`, string(id))
	if err != nil {
		return nil, fmt.Errorf("list verdicts: %w", err)
	}
	defer rows.Close()
	var list []Verdict
	for rows.Next() {
		var body string
		var v Verdict
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("list verdicts: %w", err)
		}
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			return nil, fmt.Errorf("read verdict: %w", err)
		}
		list = append(list, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list verdicts: %w", err)
	}
	return list, nil
}

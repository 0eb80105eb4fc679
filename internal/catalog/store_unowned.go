package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

const unownedCols = `id, body, revision`

func scanUnowned(row interface{ Scan(...any) error }) (Unowned, error) {
	var u Unowned
	var id, body string
	var revision int64
	if err := row.Scan(&id, &body, &revision); err != nil {
		return u, err
	}
	if err := json.Unmarshal([]byte(body), &u); err != nil {
		return u, fmt.Errorf("read unowned data %s: %w", id, err)
	}
	u.ID, u.Revision = id, revision
	return u, nil
}

func insertUnowned(ctx context.Context, q controldb.Querier, u Unowned) error {
	body, err := json.Marshal(u)
	if err != nil {
		return fmt.Errorf("write unowned data %s: %w", u.ID, err)
	}
	const query = `INSERT INTO catalog_unowned (id, dataset, state, body, found_at, revision) VALUES (?, ?, ?, ?, ?, ?)`
	if _, err := q.ExecContext(ctx, query, u.ID, string(u.Dataset), string(u.State), string(body), u.FoundAt.UnixMicro(), u.Revision); err != nil {
		return fmt.Errorf("save unowned data %s: %w", u.ID, err)
	}
	return nil
}

// updateUnowned saves a change of the revision that was read, and raises it.
func updateUnowned(ctx context.Context, q controldb.Querier, u *Unowned) error {
	before := u.Revision
	u.Revision++
	body, err := json.Marshal(u)
	if err != nil {
		return fmt.Errorf("write unowned data %s: %w", u.ID, err)
	}
	res, err := q.ExecContext(ctx, `UPDATE catalog_unowned SET state = ?, body = ?, revision = ? WHERE id = ? AND revision = ?`, string(u.State), string(body), u.Revision, u.ID, before)
	if err != nil {
		return fmt.Errorf("save unowned data %s: %w", u.ID, err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fault.New(fault.Conflict, "catalog.changed_meanwhile", u.Name)
	}
	return nil
}

func findUnowned(ctx context.Context, q controldb.Querier, id string) (Unowned, error) {
	u, err := scanUnowned(q.QueryRowContext(ctx, `SELECT `+unownedCols+` FROM catalog_unowned WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return u, fault.New(fault.NotFound, "catalog.unowned_not_found", id)
	}
	if err != nil {
		return u, fmt.Errorf("find unowned data %s: %w", id, err)
	}
	return u, nil
}

// openUnowned finds the question of a dataset's owner that is not yet decided.
func openUnowned(ctx context.Context, q controldb.Querier, code Code) (Unowned, bool, error) {
	const query = `SELECT ` + unownedCols + ` FROM catalog_unowned WHERE dataset = ? AND state <> 'assigned' ORDER BY id LIMIT 1`
	u, err := scanUnowned(q.QueryRowContext(ctx, query, string(code)))
	if errors.Is(err, sql.ErrNoRows) {
		return u, false, nil
	}
	if err != nil {
		return u, false, fmt.Errorf("find the question of the owner of %s: %w", code, err)
	}
	return u, true, nil
}

// listUnowned lists what is assigned or what is not, the newest first.
func listUnowned(ctx context.Context, q controldb.Querier, assigned bool) ([]Unowned, error) {
	query := `SELECT ` + unownedCols + ` FROM catalog_unowned WHERE state <> 'assigned' ORDER BY found_at DESC, id DESC LIMIT 500`
	if assigned {
		query = `SELECT ` + unownedCols + ` FROM catalog_unowned WHERE state = 'assigned' ORDER BY found_at DESC, id DESC LIMIT 500`
	}
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("list unowned data: %w", err)
	}
	defer rows.Close()
	var list []Unowned
	for rows.Next() {
		u, err := scanUnowned(rows)
		if err != nil {
			return nil, fmt.Errorf("list unowned data: %w", err)
		}
		list = append(list, u)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list unowned data: %w", err)
	}
	return list, nil
}

package system

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

func scanDossier(row interface{ Scan(...any) error }) (*Dossier, error) {
	var d Dossier
	var state, body string
	if err := row.Scan(&state, &body); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		return nil, fmt.Errorf("read a dossier: %w", err)
	}
	d.State = DossierState(state)
	return &d, nil
}

func saveDossier(ctx context.Context, q controldb.Querier, d *Dossier) error {
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write dossier %s: %w", d.ID, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO system_level (id, system_id, kind, state, level, proposed_by, proposed_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body`,
		d.ID, d.System, string(d.Kind), string(d.State), d.Level, d.ProposedBy, micro(d.ProposedAt), string(body))
	if err != nil {
		return fmt.Errorf("save dossier %s: %w", d.ID, err)
	}
	return nil
}

func findDossier(ctx context.Context, q controldb.Querier, system, id string) (*Dossier, error) {
	d, err := scanDossier(q.QueryRowContext(ctx, `SELECT state, body FROM system_level WHERE id = ? AND system_id = ?`, id, system))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "system.level_not_found")
	}
	if err != nil {
		return nil, fmt.Errorf("find dossier %s: %w", id, err)
	}
	return d, nil
}

// openDossier is the one that waits for the operator, if there is one.
func openDossier(ctx context.Context, q controldb.Querier, system string) (d *Dossier, open bool, err error) {
	d, err = scanDossier(q.QueryRowContext(ctx, `SELECT state, body FROM system_level WHERE system_id = ? AND state = 'proposed'`, system))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find the open dossier of %s: %w", system, err)
	}
	return d, true, nil
}

func listDossiers(ctx context.Context, q controldb.Querier, system string) ([]*Dossier, error) {
	rows, err := q.QueryContext(ctx, `SELECT state, body FROM system_level WHERE system_id = ? ORDER BY id DESC LIMIT 100`, system)
	if err != nil {
		return nil, fmt.Errorf("list dossiers of %s: %w", system, err)
	}
	defer rows.Close()
	var out []*Dossier
	for rows.Next() {
		d, err := scanDossier(rows)
		if err != nil {
			return nil, fmt.Errorf("list dossiers of %s: %w", system, err)
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// listLevelsDue are the systems of which an approval, a review or an exception ends before the moment.
func listLevelsDue(ctx context.Context, q controldb.Querier, before time.Time) ([]*System, []string, error) {
	at := micro(before)
	rows, err := q.QueryContext(ctx, `SELECT `+systemCols+`, level_noted FROM system_system
		WHERE level > 0 AND level_valid_to < ? OR level_review_at > 0 AND level_review_at < ? OR exception_level > 0 AND exception_to < ? ORDER BY id`, at, at, at)
	if err != nil {
		return nil, nil, fmt.Errorf("list levels that end: %w", err)
	}
	defer rows.Close()
	var out []*System
	var noted []string
	for rows.Next() {
		var note string
		s, err := scanSystem(alsoScan{rows, &note})
		if err != nil {
			return nil, nil, fmt.Errorf("list levels that end: %w", err)
		}
		out, noted = append(out, s), append(noted, note)
	}
	return out, noted, rows.Err()
}

// alsoScan reads columns that follow those of a system.
type alsoScan struct {
	row   interface{ Scan(...any) error }
	more1 any
}

func (a alsoScan) Scan(dst ...any) error { return a.row.Scan(append(dst, a.more1)...) }

func noteLevel(ctx context.Context, q controldb.Querier, system, note string) error {
	if _, err := q.ExecContext(ctx, `UPDATE system_system SET level_noted = ? WHERE id = ?`, note, system); err != nil {
		return fmt.Errorf("note the reminder of %s: %w", system, err)
	}
	return nil
}

package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

const runCols = `id, kind, state, file, key_id, made_by, started_at, ended_at, bytes, log_size, note`

func scanRun(row interface{ Scan(...any) error }) (Run, error) {
	var r Run
	var started, ended int64
	if err := row.Scan(&r.ID, &r.Kind, &r.State, &r.File, &r.Key, &r.By, &started, &ended, &r.Bytes, &r.LogSize, &r.Note); err != nil {
		return Run{}, err
	}
	r.StartedAt = time.UnixMicro(started).UTC()
	if ended > 0 {
		r.EndedAt = time.UnixMicro(ended).UTC()
	}
	return r, nil
}

func insertRun(ctx context.Context, q controldb.Querier, r Run) error {
	_, err := q.ExecContext(ctx, `INSERT INTO backup_run (`+runCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, string(r.Kind), string(r.State), r.File, r.Key, r.By, micro(r.StartedAt), micro(r.EndedAt), r.Bytes, r.LogSize, r.Note)
	if err != nil {
		return fmt.Errorf("save the run of a backup: %w", err)
	}
	return nil
}

func updateRun(ctx context.Context, q controldb.Querier, r Run) error {
	_, err := q.ExecContext(ctx, `UPDATE backup_run SET state = ?, ended_at = ?, bytes = ?, log_size = ?, note = ? WHERE id = ?`,
		string(r.State), micro(r.EndedAt), r.Bytes, r.LogSize, r.Note, r.ID)
	if err != nil {
		return fmt.Errorf("save the run of a backup: %w", err)
	}
	return nil
}

// endUnfinished tells of runs that a crash cut off.
func endUnfinished(ctx context.Context, q controldb.Querier, note string, at time.Time) error {
	_, err := q.ExecContext(ctx, `UPDATE backup_run SET state = 'failed', note = ?, ended_at = ? WHERE state = 'running'`, note, micro(at))
	if err != nil {
		return fmt.Errorf("end unfinished backups: %w", err)
	}
	return nil
}

func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func listRuns(ctx context.Context, q controldb.Querier, limit int) ([]Run, error) {
	return queryRuns(ctx, q, `SELECT `+runCols+` FROM backup_run ORDER BY started_at DESC, id DESC LIMIT ?`, limit)
}

// keptRuns are the backups whose files are there, the newest first.
func keptRuns(ctx context.Context, q controldb.Querier) ([]Run, error) {
	return queryRuns(ctx, q, `SELECT `+runCols+` FROM backup_run WHERE kind = 'backup' AND state = 'done' ORDER BY started_at DESC, id DESC LIMIT 10000`)
}

func queryRuns(ctx context.Context, q controldb.Querier, query string, args ...any) ([]Run, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	defer rows.Close()
	var list []Run
	for rows.Next() {
		r, err := scanRun(rows)
		if err != nil {
			return nil, fmt.Errorf("list backups: %w", err)
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// newest finds the last run of a kind in one of the states; false for none.
func newest(ctx context.Context, q controldb.Querier, kind Kind, states [2]State) (Run, bool, error) {
	const query = `SELECT ` + runCols + ` FROM backup_run WHERE kind = ? AND state IN (?, ?) ORDER BY started_at DESC, id DESC LIMIT 1`
	r, err := scanRun(q.QueryRowContext(ctx, query, string(kind), string(states[0]), string(states[1])))
	if errors.Is(err, sql.ErrNoRows) {
		return Run{}, false, nil
	}
	if err != nil {
		return Run{}, false, fmt.Errorf("find the last backup: %w", err)
	}
	return r, true, nil
}

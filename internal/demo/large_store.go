package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"lienthong/internal/connection"
	"lienthong/internal/kit/controldb"
)

// countRows of a table that is named here, never by a caller from outside.
func countRows(ctx context.Context, q controldb.Querier, table string) (int, error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
		return 0, fmt.Errorf("count %s: %w", table, err)
	}
	return n, nil
}

// insertRequests writes copies of requests with the steps of their pattern past the process. It is for the large demo
// alone, whose requests nobody rests a decision on.
func insertRequests(ctx context.Context, db *controldb.DB, list []*connection.Request, steps []connection.Step) error {
	return db.InTx(ctx, func(q controldb.Querier) error {
		for _, r := range list {
			body, err := json.Marshal(r)
			if err != nil {
				return fmt.Errorf("encode request %s: %w", r.Number, err)
			}
			_, err = q.ExecContext(ctx, `INSERT INTO connection_request (id, number, state, agency, owner, system, dataset, deadline, valid_from, valid_to, revision, created_at, updated_at, body)
				VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)`, string(r.ID), r.Number, string(r.State), r.Agency, r.Owner, r.Need.System, r.Need.Dataset,
				r.CreatedAt.UnixMicro(), r.CreatedAt.AddDate(3, 0, 0).UnixMicro(), r.Revision, r.CreatedAt.UnixMicro(), r.UpdatedAt.UnixMicro(), string(body))
			if err != nil {
				return fmt.Errorf("write request %s: %w", r.Number, err)
			}
			if err := insertSteps(ctx, q, r, steps); err != nil {
				return err
			}
		}
		return nil
	})
}

func insertSteps(ctx context.Context, q controldb.Querier, r *connection.Request, steps []connection.Step) error {
	for i, s := range steps {
		s.At = r.CreatedAt.Add(time.Duration(i) * 24 * time.Hour)
		body, err := json.Marshal(s)
		if err != nil {
			return fmt.Errorf("encode step of %s: %w", r.Number, err)
		}
		_, err = q.ExecContext(ctx, `INSERT INTO connection_step (request_id, seq, action, from_state, to_state, account, agency, at, phase, used_days, limit_days, late, body)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`, string(r.ID), i+1, string(s.Action), string(s.From), string(s.To), s.By.Account, s.By.Agency, s.At.UnixMicro(),
			string(s.Phase), s.Used, s.Limit, string(body))
		if err != nil {
			return fmt.Errorf("write step of %s: %w", r.Number, err)
		}
	}
	return nil
}

// settle makes connections that were set up live, as if they had been tested, and ends the tasks that they opened.
func settle(ctx context.Context, db *controldb.DB, list []*connection.Request, now time.Time) error {
	return db.InTx(ctx, func(q controldb.Querier) error {
		for _, r := range list {
			_, err := q.ExecContext(ctx, `UPDATE connection_request SET state = 'live', body = REPLACE(body, '"state":"provisioning"', '"state":"live"') WHERE id = ?`, string(r.ID))
			if err != nil {
				return fmt.Errorf("make %s live: %w", r.Number, err)
			}
			_, err = q.ExecContext(ctx, `UPDATE task_task SET state = 'done', ended_at = ? WHERE subject = ? AND state = 'open'`, now.UnixMicro(), "connection/"+string(r.ID))
			if err != nil {
				return fmt.Errorf("end the tasks of %s: %w", r.Number, err)
			}
		}
		return nil
	})
}

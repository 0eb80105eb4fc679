package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/kit/controldb"
)

const taskCols = `id, kind, payload, state, due_at, attempts, max_attempts, lease, last_error, created_at`

func scanTask(row interface{ Scan(...any) error }) (Task, error) {
	var t Task
	var id, payload, state string
	var due, created int64
	err := row.Scan(&id, &t.Kind, &payload, &state, &due, &t.Attempt, &t.MaxAttempts, &t.lease, &t.LastError, &created)
	t.ID, t.State, t.Payload = ID(id), State(state), json.RawMessage(payload)
	t.DueAt, t.CreatedAt = time.UnixMicro(due).UTC(), time.UnixMicro(created).UTC()
	return t, err
}

func insertTask(ctx context.Context, q controldb.Querier, t Task) error {
	const query = `INSERT INTO job_task (` + taskCols + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	_, err := q.ExecContext(ctx, query, string(t.ID), t.Kind, string(t.Payload), string(t.State), t.DueAt.UnixMicro(),
		t.Attempt, t.MaxAttempts, t.lease, t.LastError, t.CreatedAt.UnixMicro())
	if err != nil {
		return fmt.Errorf("insert task of %s: %w", t.Kind, err)
	}
	return nil
}

// findDue finds the task due longest, of the kinds that can be done here and not among those that run here.
func findDue(ctx context.Context, q controldb.Querier, kinds []string, except []ID, now time.Time) (Task, bool, error) {
	if len(kinds) == 0 {
		return Task{}, false, nil
	}
	query := `SELECT ` + taskCols + ` FROM job_task WHERE state IN ('ready', 'running') AND due_at <= ? AND kind IN (?` + strings.Repeat(`, ?`, len(kinds)-1) + `)`
	args := []any{now.UnixMicro()}
	for _, k := range kinds {
		args = append(args, k)
	}
	if len(except) > 0 {
		query += ` AND id NOT IN (?` + strings.Repeat(`, ?`, len(except)-1) + `)`
		for _, id := range except {
			args = append(args, string(id))
		}
	}
	t, err := scanTask(q.QueryRowContext(ctx, query+` ORDER BY due_at, id LIMIT 1`, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return Task{}, false, nil
	}
	if err != nil {
		return Task{}, false, fmt.Errorf("find a due task: %w", err)
	}
	return t, true, nil
}

func change(ctx context.Context, q controldb.Querier, what, query string, args ...any) (int64, error) {
	res, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	return n, nil
}

func leaseTask(ctx context.Context, q controldb.Querier, t Task, until time.Time) error {
	_, err := change(ctx, q, "lease task", `UPDATE job_task SET state = 'running', lease = ?, attempts = ?, due_at = ? WHERE id = ?`,
		t.lease, t.Attempt, until.UnixMicro(), string(t.ID))
	return err
}

func prolongTask(ctx context.Context, q controldb.Querier, t Task, until time.Time) (int64, error) {
	return change(ctx, q, "prolong lease", `UPDATE job_task SET due_at = ? WHERE id = ? AND lease = ?`, until.UnixMicro(), string(t.ID), t.lease)
}

func deleteTask(ctx context.Context, q controldb.Querier, id ID, lease string) (int64, error) {
	return change(ctx, q, "delete task", `DELETE FROM job_task WHERE id = ? AND lease = ?`, string(id), lease)
}

func postponeTask(ctx context.Context, q controldb.Querier, t Task, due time.Time, reason string) error {
	_, err := change(ctx, q, "postpone task", `UPDATE job_task SET state = 'ready', due_at = ?, lease = '', last_error = ? WHERE id = ? AND lease = ?`,
		due.UnixMicro(), reason, string(t.ID), t.lease)
	return err
}

// giveBackTask makes a run that the end of the program cut off as if it had not begun.
func giveBackTask(ctx context.Context, q controldb.Querier, t Task, now time.Time) error {
	_, err := change(ctx, q, "give task back", `UPDATE job_task SET state = 'ready', due_at = ?, lease = '', attempts = attempts - 1 WHERE id = ? AND lease = ?`,
		now.UnixMicro(), string(t.ID), t.lease)
	return err
}

func buryTask(ctx context.Context, q controldb.Querier, t Task, now time.Time, reason string) (int64, error) {
	return change(ctx, q, "give task up", `UPDATE job_task SET state = 'dead', due_at = ?, lease = '', last_error = ? WHERE id = ? AND lease = ?`,
		now.UnixMicro(), reason, string(t.ID), t.lease)
}

func reviveTask(ctx context.Context, q controldb.Querier, id ID, now time.Time) (int64, error) {
	return change(ctx, q, "retry dead task", `UPDATE job_task SET state = 'ready', due_at = ?, attempts = 0 WHERE id = ? AND state = 'dead'`,
		now.UnixMicro(), string(id))
}

func deleteDead(ctx context.Context, q controldb.Querier, id ID) (int64, error) {
	return change(ctx, q, "discard dead task", `DELETE FROM job_task WHERE id = ? AND state = 'dead'`, string(id))
}

func deleteDeadKind(ctx context.Context, q controldb.Querier, kind string) error {
	_, err := change(ctx, q, "discard dead turns", `DELETE FROM job_task WHERE kind = ? AND state = 'dead'`, kind)
	return err
}

func countOpen(ctx context.Context, q controldb.Querier, kind string) (int, error) {
	var n int
	const query = `SELECT count(*) FROM job_task WHERE kind = ? AND state IN ('ready', 'running')`
	if err := q.QueryRowContext(ctx, query, kind).Scan(&n); err != nil {
		return 0, fmt.Errorf("count open tasks of %s: %w", kind, err)
	}
	return n, nil
}

func listDead(ctx context.Context, q controldb.Querier, limit int) ([]Task, error) {
	const query = `SELECT ` + taskCols + ` FROM job_task WHERE state = 'dead' ORDER BY due_at DESC, id DESC LIMIT ?`
	rows, err := q.QueryContext(ctx, query, limit)
	if err != nil {
		return nil, fmt.Errorf("list dead tasks: %w", err)
	}
	defer rows.Close()
	var tasks []Task
	for rows.Next() {
		t, err := scanTask(rows)
		if err != nil {
			return nil, fmt.Errorf("list dead tasks: %w", err)
		}
		tasks = append(tasks, t)
	}
	return tasks, rows.Err()
}

func countTasks(ctx context.Context, q controldb.Querier) ([]Count, error) {
	const query = `SELECT kind, state, count(*), min(due_at) FROM job_task GROUP BY kind, state ORDER BY kind, state`
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("count tasks: %w", err)
	}
	defer rows.Close()
	var counts []Count
	for rows.Next() {
		var c Count
		var state string
		var oldest int64
		if err := rows.Scan(&c.Kind, &state, &c.N, &oldest); err != nil {
			return nil, fmt.Errorf("count tasks: %w", err)
		}
		c.State, c.Oldest = State(state), time.UnixMicro(oldest).UTC()
		counts = append(counts, c)
	}
	return counts, rows.Err()
}

// findNext is when the schedule is due, in microseconds: 0 when it never ran.
func findNext(ctx context.Context, q controldb.Querier, name string) (int64, error) {
	var next int64
	err := q.QueryRowContext(ctx, `SELECT next_at FROM job_schedule WHERE name = ?`, name).Scan(&next)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("find schedule %s: %w", name, err)
	}
	return next, nil
}

func saveNext(ctx context.Context, q controldb.Querier, name string, next time.Time) error {
	const query = `INSERT INTO job_schedule (name, next_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at`
	_, err := change(ctx, q, "save schedule "+name, query, name, next.UnixMicro())
	return err
}

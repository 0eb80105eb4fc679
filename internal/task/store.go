package task

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
)

const taskCols = `t.id, t.kind, t.agency, t.role, t.account, t.subject, t.path, t.title_key, t.title_args, t.created_at, t.due_at, t.state, t.ended_at, t.reminded`

func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// insertTask leaves an open task of the same kind and subject as it is.
func insertTask(ctx context.Context, q controldb.Querier, t *Task) error {
	args, err := json.Marshal(t.TitleArgs)
	if err != nil {
		return fmt.Errorf("encode title of task %s: %w", t.Kind, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO task_task (id, kind, agency, role, account, subject, path, title_key, title_args, created_at, due_at, state, ended_at, reminded)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0) ON CONFLICT (kind, subject) WHERE state = 'open' DO NOTHING`,
		t.ID, t.Kind, t.Agency, string(t.Role), t.Account, t.Subject, t.Path, t.TitleKey, string(args), micro(t.CreatedAt), micro(t.DueAt), string(t.State))
	if err != nil {
		return fmt.Errorf("save task %s of %s: %w", t.Kind, t.Subject, err)
	}
	return nil
}

func scanTask(row interface{ Scan(...any) error }, more ...any) (Task, error) {
	var t Task
	var args string
	var created, due, ended int64
	dest := append([]any{&t.ID, &t.Kind, &t.Agency, &t.Role, &t.Account, &t.Subject, &t.Path, &t.TitleKey, &args, &created, &due, &t.State, &ended, &t.Reminded}, more...)
	if err := row.Scan(dest...); err != nil {
		return t, fmt.Errorf("scan task: %w", err)
	}
	if err := json.Unmarshal([]byte(args), &t.TitleArgs); err != nil {
		return t, fmt.Errorf("decode title of task %s: %w", t.ID, err)
	}
	t.CreatedAt, t.DueAt, t.EndedAt = moment(created), moment(due), moment(ended)
	return t, nil
}

func endTasks(ctx context.Context, q controldb.Querier, to State, kind, subject string, now time.Time) error {
	query, args := `UPDATE task_task SET state = ?, ended_at = ? WHERE subject = ? AND state = 'open'`, []any{string(to), micro(now), subject}
	if kind != "" {
		query += ` AND kind = ?`
		args = append(args, kind)
	}
	if _, err := q.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("end tasks of %s: %w", subject, err)
	}
	return nil
}

// clause is a condition with its arguments.
type clause struct {
	text string
	args []any
}

func (c *clause) and(text string, args ...any) {
	c.text += " AND " + text
	c.args = append(c.args, args...)
}

// clauses upholds invariant 5. Those who may not even see the register of agencies (vendors, developers) see only what
// is addressed to them.
func (f Filter) clauses(who access.Actor) clause {
	c := clause{text: "1 = 1"}
	if !who.Operates() {
		f.Agency = who.Agency
		c.and("t.agency = ?", who.Agency)
	} else if f.Agency != "" {
		c.and("t.agency = ?", f.Agency)
	}
	for _, x := range []struct{ text, value string }{{"t.state = ?", string(f.State)}, {"t.kind = ?", f.Kind}, {"t.subject = ?", f.Subject}} {
		if x.value != "" {
			c.and(x.text, x.value)
		}
	}
	if f.Mine || !who.Can(access.AgencyRead) {
		marks, roles := rolesOf(who)
		args := append([]any{who.ID, who.Agency}, roles...)
		c.and(`(t.account = ? OR (t.account = '' AND t.agency = ? AND CASE WHEN t.role = '' THEN 'steward' ELSE t.role END IN (`+marks+`)))`, args...)
	}
	return c
}

// rolesOf lists the roles for which the person is addressed; the deputy reads what the steward is told.
func rolesOf(who access.Actor) (marks string, args []any) {
	args = []any{""} // an IN list is never empty
	for _, r := range who.Roles {
		args = append(args, string(r))
	}
	if who.Has(access.DeputySteward) {
		args = append(args, string(access.Steward))
	}
	return strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", "), args
}

func listTasks(ctx context.Context, q controldb.Querier, c clause, limit int) ([]Task, error) {
	if limit <= 0 {
		limit = 200
	}
	query := `SELECT ` + taskCols + ` FROM task_task t WHERE ` + c.text + ` ORDER BY CASE WHEN t.state = 'open' THEN 0 ELSE 1 END,
		CASE WHEN t.due_at = 0 THEN 1 ELSE 0 END, t.due_at, t.id LIMIT ?`
	return queryTasks(ctx, q, query, append(c.args, min(limit, 500))...)
}

// listDue lists open tasks of which at least half of the time is used and that have a stage left, in the order of ids.
func listDue(ctx context.Context, q controldb.Querier, after string, now time.Time) ([]Task, error) {
	const query = `SELECT ` + taskCols + ` FROM task_task t WHERE t.state = 'open' AND t.due_at > 0 AND t.reminded < ?
		AND t.created_at + (t.due_at - t.created_at) / 2 <= ? AND t.id > ? ORDER BY t.id LIMIT 200`
	return queryTasks(ctx, q, query, int(Overdue), micro(now), after)
}

func queryTasks(ctx context.Context, q controldb.Querier, query string, args ...any) ([]Task, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	defer rows.Close()
	var out []Task
	for rows.Next() {
		t, err := scanTask(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

func countTasks(ctx context.Context, q controldb.Querier, c clause, now, tomorrow time.Time) (Counts, error) {
	var n Counts
	query := `SELECT COUNT(*), COALESCE(SUM(CASE WHEN t.due_at > 0 AND t.due_at >= ? AND t.due_at < ? THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN t.due_at > 0 AND t.due_at < ? THEN 1 ELSE 0 END), 0) FROM task_task t WHERE ` + c.text
	args := append([]any{micro(now), micro(tomorrow), micro(now)}, c.args...)
	if err := q.QueryRowContext(ctx, query, args...).Scan(&n.Open, &n.Today, &n.Overdue); err != nil {
		return n, fmt.Errorf("count tasks: %w", err)
	}
	return n, nil
}

// CountAll counts the open and the overdue tasks of everybody, for monitoring.
func CountAll(ctx context.Context, q controldb.Querier, now time.Time) (Counts, error) {
	return countTasks(ctx, q, clause{text: "t.state = 'open'"}, now, now)
}

// setReminded reports that this caller is the first to reach the stage of an open task.
func setReminded(ctx context.Context, q controldb.Querier, id string, stage Stage) (bool, error) {
	res, err := q.ExecContext(ctx, `UPDATE task_task SET reminded = ? WHERE id = ? AND state = 'open' AND reminded < ?`, int(stage), id, int(stage))
	if err != nil {
		return false, fmt.Errorf("mark task %s as reminded: %w", id, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

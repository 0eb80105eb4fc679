package task

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/ids"
)

func insertNotice(ctx context.Context, q controldb.Querier, task string, stage Stage, r recipient, now time.Time) error {
	_, err := q.ExecContext(ctx, `INSERT INTO task_notice (id, task_id, stage, agency, role, account, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		ids.New(), task, int(stage), r.agency, string(r.role), r.account, micro(now))
	if err != nil {
		return fmt.Errorf("save notice of task %s: %w", task, err)
	}
	return nil
}

// addressed selects the notices that were sent to the reader. The auditor watches and is not urged.
func addressed(who access.Actor) clause {
	marks, roles := rolesOf(who)
	c := clause{text: `(n.account = ? OR (n.account = '' AND n.agency = ? AND n.role IN (` + marks + `))`, args: append([]any{who.ID, who.Agency}, roles...)}
	if who.Operates() && !who.Has(access.Auditor) {
		c.text += ` OR (n.agency = '' AND n.role = ?)`
		c.args = append(c.args, string(Operator))
	}
	c.text += ")"
	return c
}

func listNotices(ctx context.Context, q controldb.Querier, who access.Actor, limit int) ([]Notice, error) {
	if limit <= 0 {
		limit = 100
	}
	c := addressed(who)
	query := `SELECT ` + taskCols + `, n.id, n.stage, n.agency, n.role, n.account, n.created_at, CASE WHEN r.notice_id IS NULL THEN 0 ELSE 1 END
		FROM task_notice n JOIN task_task t ON t.id = n.task_id LEFT JOIN task_notice_read r ON r.notice_id = n.id AND r.account = ?
		WHERE ` + c.text + ` ORDER BY n.created_at DESC, n.id DESC LIMIT ?`
	rows, err := q.QueryContext(ctx, query, append(append([]any{who.ID}, c.args...), min(limit, 500))...)
	if err != nil {
		return nil, fmt.Errorf("list notices: %w", err)
	}
	defer rows.Close()
	var out []Notice
	for rows.Next() {
		var n Notice
		var at int64
		var read int
		n.Task, err = scanTask(rows, &n.ID, &n.Stage, &n.Agency, &n.Role, &n.Account, &at, &read)
		if err != nil {
			return nil, err
		}
		n.CreatedAt, n.Read = moment(at), read == 1
		out = append(out, n)
	}
	return out, rows.Err()
}

const unread = `NOT EXISTS (SELECT 1 FROM task_notice_read r WHERE r.notice_id = n.id AND r.account = ?)`

func countUnread(ctx context.Context, q controldb.Querier, who access.Actor) (int, error) {
	var n int
	c := addressed(who)
	c.and(unread, who.ID)
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM task_notice n WHERE `+c.text, c.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count unread notices: %w", err)
	}
	return n, nil
}

// markRead marks only what was sent to the reader: the id of somebody else's notice changes nothing.
func markRead(ctx context.Context, q controldb.Querier, who access.Actor, id string, now time.Time) error {
	c := addressed(who)
	c.and(unread, who.ID)
	if id != "" {
		c.and(`n.id = ?`, id)
	}
	rows, err := q.QueryContext(ctx, `SELECT n.id FROM task_notice n WHERE `+c.text+` ORDER BY n.id LIMIT 1000`, c.args...)
	if err != nil {
		return fmt.Errorf("find unread notices: %w", err)
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return fmt.Errorf("scan notice: %w", err)
		}
		found = append(found, one)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("find unread notices: %w", err)
	}
	for _, one := range found {
		_, err := q.ExecContext(ctx, `INSERT INTO task_notice_read (notice_id, account, read_at) VALUES (?, ?, ?) ON CONFLICT (notice_id, account) DO NOTHING`, one, who.ID, micro(now))
		if err != nil {
			return fmt.Errorf("mark notice %s as read: %w", one, err)
		}
	}
	return nil
}

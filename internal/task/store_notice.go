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

// insertNotice leaves what the recipient was told under the same key as it is.
func insertNotice(ctx context.Context, q controldb.Querier, n Notice) error {
	args, err := json.Marshal(n.TitleArgs)
	if err != nil {
		return fmt.Errorf("encode title of notice %s: %w", n.Key, err)
	}
	_, err = q.ExecContext(ctx, `INSERT INTO task_notice (id, told_key, task_id, stage, agency, role, account, title_key, title_args, path, subject, critical, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (told_key, agency, role, account) DO NOTHING`,
		n.ID, n.Key, n.Task.ID, int(n.Stage), n.To.Agency, string(n.To.Role), n.To.Account, n.TitleKey, string(args), n.Path, n.Subject, flag(n.Critical), micro(n.CreatedAt))
	if err != nil {
		return fmt.Errorf("save notice %s: %w", n.Key, err)
	}
	return nil
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

const noticeCols = `n.id, n.told_key, n.task_id, n.stage, n.agency, n.role, n.account, n.title_key, n.title_args, n.path, n.subject, n.critical, n.created_at`

func scanNotice(row interface{ Scan(...any) error }, more ...any) (Notice, error) {
	var n Notice
	var args string
	var critical int
	var at int64
	dest := append([]any{&n.ID, &n.Key, &n.Task.ID, &n.Stage, &n.To.Agency, &n.To.Role, &n.To.Account, &n.TitleKey, &args, &n.Path, &n.Subject, &critical, &at}, more...)
	if err := row.Scan(dest...); err != nil {
		return n, fmt.Errorf("scan notice: %w", err)
	}
	if err := json.Unmarshal([]byte(args), &n.TitleArgs); err != nil {
		return n, fmt.Errorf("decode title of notice %s: %w", n.ID, err)
	}
	n.Critical, n.CreatedAt = critical == 1, moment(at)
	return n, nil
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
	query := `SELECT ` + noticeCols + `, CASE WHEN r.notice_id IS NULL THEN 0 ELSE 1 END
		FROM task_notice n LEFT JOIN task_notice_read r ON r.notice_id = n.id AND r.account = ?
		WHERE ` + c.text + ` ORDER BY n.created_at DESC, n.id DESC LIMIT ?`
	rows, err := q.QueryContext(ctx, query, append(append([]any{who.ID}, c.args...), min(limit, 500))...)
	if err != nil {
		return nil, fmt.Errorf("list notices: %w", err)
	}
	defer rows.Close()
	var out []Notice
	for rows.Next() {
		var read int
		n, err := scanNotice(rows, &read)
		if err != nil {
			return nil, err
		}
		n.Read = read == 1
		out = append(out, n)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list notices: %w", err)
	}
	return out, addTasks(ctx, q, out)
}

// addTasks completes notices with the tasks whose deadlines they tell of.
func addTasks(ctx context.Context, q controldb.Querier, notices []Notice) error {
	var named []any
	for _, n := range notices {
		if n.Task.ID != "" {
			named = append(named, n.Task.ID)
		}
	}
	if len(named) == 0 {
		return nil
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(named)), ", ")
	tasks, err := queryTasks(ctx, q, `SELECT `+taskCols+` FROM task_task t WHERE t.id IN (`+marks+`)`, named...)
	if err != nil {
		return err
	}
	byID := make(map[string]Task, len(tasks))
	for _, t := range tasks {
		byID[t.ID] = t
	}
	for i := range notices {
		notices[i].Task = byID[notices[i].Task.ID]
	}
	return nil
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

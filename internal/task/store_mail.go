package task

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
)

const mailCols = `account, address, confirmed_at, since, pending, code_hash, code_until, code_tries, codes_sent, codes_from, mode, digest_hour, quiet_from, quiet_to, lang, problem, revision`

func scanMailSetting(row interface{ Scan(...any) error }) (MailSetting, error) {
	var s MailSetting
	var confirmed, since, until, from int64
	err := row.Scan(&s.Account, &s.Address, &confirmed, &since, &s.Pending, &s.codeHash, &until, &s.codeTries, &s.codesSent, &from, &s.Mode, &s.DigestHour, &s.QuietFrom, &s.QuietTo, &s.Lang, &s.Problem, &s.Revision)
	s.ConfirmedAt, s.Since, s.codeUntil, s.codesFrom = moment(confirmed), moment(since), moment(until), moment(from)
	return s, err
}

// findMailSetting gives what somebody chose, or what holds for those who never did.
func findMailSetting(ctx context.Context, q controldb.Querier, account string) (MailSetting, error) {
	s, err := scanMailSetting(q.QueryRowContext(ctx, `SELECT `+mailCols+` FROM task_mail_setting WHERE account = ?`, account))
	if errors.Is(err, sql.ErrNoRows) {
		return defaultSetting(account), nil
	}
	if err != nil {
		return s, fmt.Errorf("find the mail setting of %s: %w", account, err)
	}
	return s, nil
}

func saveMailSetting(ctx context.Context, q controldb.Querier, s MailSetting) error {
	_, err := q.ExecContext(ctx, `INSERT INTO task_mail_setting (`+mailCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account) DO UPDATE SET address = excluded.address, confirmed_at = excluded.confirmed_at, since = excluded.since, pending = excluded.pending,
		code_hash = excluded.code_hash, code_until = excluded.code_until, code_tries = excluded.code_tries, codes_sent = excluded.codes_sent, codes_from = excluded.codes_from,
		mode = excluded.mode, digest_hour = excluded.digest_hour, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, lang = excluded.lang,
		problem = excluded.problem, revision = excluded.revision`,
		s.Account, s.Address, micro(s.ConfirmedAt), micro(s.Since), s.Pending, s.codeHash, micro(s.codeUntil), s.codeTries, s.codesSent, micro(s.codesFrom),
		string(s.Mode), s.DigestHour, s.QuietFrom, s.QuietTo, string(s.Lang), s.Problem, s.Revision)
	if err != nil {
		return fmt.Errorf("save the mail setting of %s: %w", s.Account, err)
	}
	return nil
}

// listMailed lists those who want mail and have an address for it.
func listMailed(ctx context.Context, q controldb.Querier) ([]MailSetting, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+mailCols+` FROM task_mail_setting WHERE mode <> 'off' AND address <> '' ORDER BY account`)
	if err != nil {
		return nil, fmt.Errorf("list who wants mail: %w", err)
	}
	defer rows.Close()
	var out []MailSetting
	for rows.Next() {
		s, err := scanMailSetting(rows)
		if err != nil {
			return nil, fmt.Errorf("scan a mail setting: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// oldestMailed bounds what a long-closed platform sends when it starts again.
const oldestMailed = 7 * 24 * time.Hour

// enqueueMail notes what has come for the person since mail began: open tasks of their own and unread notices.
func enqueueMail(ctx context.Context, q controldb.Querier, who access.Actor, since time.Time) error {
	marks, roles := rolesOf(who)
	tasks := append([]any{who.ID, micro(since), who.ID, who.Agency}, roles...)
	_, err := q.ExecContext(ctx, `INSERT INTO task_mail (account, item, critical, state, attempts, next_at, created_at, ended_at, message_id, problem)
		SELECT ?, 'task/' || t.id, 0, 'waiting', 0, 0, t.created_at, 0, '', '' FROM task_task t
		WHERE t.state = 'open' AND t.created_at >= ? AND (t.account = ? OR (t.account = '' AND t.agency = ? AND CASE WHEN t.role = '' THEN 'steward' ELSE t.role END IN (`+marks+`)))
		ON CONFLICT (account, item) DO NOTHING`, tasks...)
	if err != nil {
		return fmt.Errorf("note tasks for mail: %w", err)
	}
	c := addressed(who)
	c.and(unread, who.ID)
	notices := append([]any{who.ID, micro(since)}, c.args...)
	_, err = q.ExecContext(ctx, `INSERT INTO task_mail (account, item, critical, state, attempts, next_at, created_at, ended_at, message_id, problem)
		SELECT ?, 'notice/' || n.id, n.critical, 'waiting', 0, 0, n.created_at, 0, '', '' FROM task_notice n WHERE n.created_at >= ? AND `+c.text+`
		ON CONFLICT (account, item) DO NOTHING`, notices...)
	if err != nil {
		return fmt.Errorf("note notices for mail: %w", err)
	}
	return nil
}

// waitingItem is one thing that mail is to tell.
type waitingItem struct {
	item     string
	critical bool
	attempts int
	told     time.Time
}

func listWaiting(ctx context.Context, q controldb.Querier, account string, now time.Time) ([]waitingItem, error) {
	rows, err := q.QueryContext(ctx, `SELECT item, critical, attempts, created_at FROM task_mail WHERE state = 'waiting' AND account = ? AND next_at <= ? ORDER BY created_at, item LIMIT 500`, account, micro(now))
	if err != nil {
		return nil, fmt.Errorf("list what mail is to tell: %w", err)
	}
	defer rows.Close()
	var out []waitingItem
	for rows.Next() {
		var w waitingItem
		var critical int
		var told int64
		if err := rows.Scan(&w.item, &critical, &w.attempts, &told); err != nil {
			return nil, fmt.Errorf("scan what mail is to tell: %w", err)
		}
		w.critical, w.told = critical == 1, moment(told)
		out = append(out, w)
	}
	return out, rows.Err()
}

// mailOutcome is what became of items.
type mailOutcome struct {
	state   string
	next    time.Time
	ended   time.Time
	message string
	problem string
}

func settleMail(ctx context.Context, q controldb.Querier, account string, items []waitingItem, o mailOutcome) error {
	for _, w := range items {
		_, err := q.ExecContext(ctx, `UPDATE task_mail SET state = ?, attempts = attempts + 1, next_at = ?, ended_at = ?, message_id = ?, problem = ? WHERE account = ? AND item = ? AND state = 'waiting'`,
			o.state, micro(o.next), micro(o.ended), o.message, o.problem, account, w.item)
		if err != nil {
			return fmt.Errorf("note what became of mail: %w", err)
		}
	}
	return nil
}

func findTask(ctx context.Context, q controldb.Querier, id string) (Task, bool, error) {
	found, err := queryTasks(ctx, q, `SELECT `+taskCols+` FROM task_task t WHERE t.id = ?`, id)
	if err != nil || len(found) == 0 {
		return Task{}, false, err
	}
	return found[0], true, nil
}

func findNotice(ctx context.Context, q controldb.Querier, id, reader string) (Notice, bool, error) {
	var read int
	n, err := scanNotice(q.QueryRowContext(ctx, `SELECT `+noticeCols+`, CASE WHEN r.notice_id IS NULL THEN 0 ELSE 1 END
		FROM task_notice n LEFT JOIN task_notice_read r ON r.notice_id = n.id AND r.account = ? WHERE n.id = ?`, reader, id), &read)
	if errors.Is(err, sql.ErrNoRows) {
		return n, false, nil
	}
	if err != nil {
		return n, false, err
	}
	n.Read = read == 1
	list := []Notice{n}
	err = addTasks(ctx, q, list)
	return list[0], true, err
}

// MailCounts is how mail goes, for those who run the platform.
type MailCounts struct {
	Waiting, Sent, Failed int // sent and failed within the last 24 hours
	Oldest                time.Time
	LastSent              time.Time
	LastProblem           string
}

func countMail(ctx context.Context, q controldb.Querier, now time.Time) (MailCounts, error) {
	var c MailCounts
	var oldest, last int64
	day := micro(now.Add(-24 * time.Hour))
	err := q.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM task_mail WHERE state = 'waiting'), (SELECT COALESCE(MIN(created_at), 0) FROM task_mail WHERE state = 'waiting'),
		(SELECT COUNT(*) FROM task_mail WHERE state = 'sent' AND ended_at >= ?), (SELECT COUNT(*) FROM task_mail WHERE state = 'failed' AND ended_at >= ?),
		(SELECT COALESCE(MAX(ended_at), 0) FROM task_mail WHERE state = 'sent')`, day, day).Scan(&c.Waiting, &oldest, &c.Sent, &c.Failed, &last)
	if err != nil {
		return c, fmt.Errorf("count mail: %w", err)
	}
	c.Oldest, c.LastSent = moment(oldest), moment(last)
	err = q.QueryRowContext(ctx, `SELECT problem FROM task_mail WHERE problem <> '' ORDER BY next_at DESC, ended_at DESC LIMIT 1`).Scan(&c.LastProblem)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return c, fmt.Errorf("find the last problem of mail: %w", err)
	}
	return c, nil
}

// retryMail takes up again what failed within the last week.
func retryMail(ctx context.Context, q controldb.Querier, now time.Time) (int64, error) {
	res, err := q.ExecContext(ctx, `UPDATE task_mail SET state = 'waiting', attempts = 0, next_at = 0, ended_at = 0 WHERE state = 'failed' AND ended_at >= ?`, micro(now.Add(-oldestMailed)))
	if err != nil {
		return 0, fmt.Errorf("take up failed mail: %w", err)
	}
	return res.RowsAffected()
}

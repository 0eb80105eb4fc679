package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
)

// session is one signed-in browser or program.
type session struct {
	hash    string
	account string
	strong  bool
	auth    access.Auth
	address string
	agent   string
	created time.Time
	seen    time.Time
	lapsed  bool // left alone for longer than personal data may stay on a screen
}

const sessionCols = `token_hash, account_id, strong, auth, address, agent, created_at, seen_at, lapsed`

func insertSession(ctx context.Context, q controldb.Querier, s session) error {
	_, err := q.ExecContext(ctx, `INSERT INTO account_session (`+sessionCols+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.hash, s.account, bit(s.strong), string(s.auth), s.address, s.agent, micro(s.created), micro(s.seen), bit(s.lapsed))
	if err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	return nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func scanSession(row interface{ Scan(...any) error }) (s session, err error) {
	var strong, lapsed int
	var auth string
	var created, seen int64
	err = row.Scan(&s.hash, &s.account, &strong, &auth, &s.address, &s.agent, &created, &seen, &lapsed)
	s.strong, s.auth, s.created, s.seen, s.lapsed = strong == 1, access.Auth(auth), moment(created), moment(seen), lapsed == 1
	if s.auth == "" { // opened before the way was kept
		s.auth = access.AuthPassword
		if s.strong {
			s.auth = access.AuthTwo
		}
	}
	return s, err
}

func findSession(ctx context.Context, q controldb.Querier, hash string) (s session, ok bool, err error) {
	s, err = scanSession(q.QueryRowContext(ctx, `SELECT `+sessionCols+` FROM account_session WHERE token_hash = ?`, hash))
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("find session: %w", err)
	}
	return s, true, nil
}

// listSessions are those of an account, the newest first.
func listSessions(ctx context.Context, q controldb.Querier, account string) ([]session, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+sessionCols+` FROM account_session WHERE account_id = ? ORDER BY created_at DESC, token_hash`, account)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	defer rows.Close()
	var out []session
	for rows.Next() {
		s, err := scanSession(rows)
		if err != nil {
			return nil, fmt.Errorf("scan session: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// CountSessions counts the sessions that are not over, for monitoring.
func CountSessions(ctx context.Context, q controldb.Querier, now time.Time) (int64, error) {
	var n int64
	const query = `SELECT count(*) FROM account_session WHERE created_at > ? AND seen_at > ?`
	if err := q.QueryRowContext(ctx, query, micro(now.Add(-sessionLife)), micro(now.Add(-sessionIdle))).Scan(&n); err != nil {
		return 0, fmt.Errorf("count sessions: %w", err)
	}
	return n, nil
}

func touchSession(ctx context.Context, q controldb.Querier, hash string, now time.Time, lapsed bool) error {
	if _, err := q.ExecContext(ctx, `UPDATE account_session SET seen_at = ?, lapsed = ? WHERE token_hash = ?`, micro(now), bit(lapsed), hash); err != nil {
		return fmt.Errorf("note use of session: %w", err)
	}
	return nil
}

func removeSession(ctx context.Context, q controldb.Querier, hash string) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM account_session WHERE token_hash = ?`, hash); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// removeSessions ends the sessions of an account.
func removeSessions(ctx context.Context, q controldb.Querier, account string) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM account_session WHERE account_id = ?`, account); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// removeOver deletes sessions that are over anyway, of anybody.
func removeOver(ctx context.Context, q controldb.Querier, now time.Time) error {
	_, err := q.ExecContext(ctx, `DELETE FROM account_session WHERE created_at < ? OR seen_at < ?`, micro(now.Add(-sessionLife)), micro(now.Add(-sessionIdle)))
	if err != nil {
		return fmt.Errorf("remove sessions that are over: %w", err)
	}
	return nil
}

// removeMost ends the oldest sessions of an account when it has as many as it may, so that one more can begin.
func removeMost(ctx context.Context, q controldb.Querier, account string) error {
	all, err := listSessions(ctx, q, account)
	if err != nil {
		return err
	}
	for i := sessionsMost - 1; i < len(all); i++ {
		if err := removeSession(ctx, q, all[i].hash); err != nil {
			return err
		}
	}
	return nil
}

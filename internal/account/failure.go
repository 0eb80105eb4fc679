package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

// nobody is under whom the failures of unknown names are counted; nothing is ever locked by them.
const nobody = ""

// findLock is until when an account is locked; zero when it is not.
func findLock(ctx context.Context, q controldb.Querier, account string) (time.Time, error) {
	var until int64
	err := q.QueryRowContext(ctx, `SELECT locked_to FROM account_failure WHERE account_id = ?`, account).Scan(&until)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, fmt.Errorf("read lock of account: %w", err)
	}
	return moment(until), nil
}

// countFailure counts one failure and locks the account at the last that is allowed. While it is locked nothing is
// counted, so that nobody is kept out for ever.
func countFailure(ctx context.Context, q controldb.Querier, account string, now time.Time) (locked bool, err error) {
	var n int64
	err = q.QueryRowContext(ctx, `INSERT INTO account_failure (account_id, failures, locked_to) VALUES (?, 1, 0)
		ON CONFLICT (account_id) DO UPDATE SET failures = CASE WHEN account_failure.locked_to > ? THEN 0 ELSE account_failure.failures + 1 END
		RETURNING failures`, account, micro(now)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("count failure: %w", err)
	}
	if n < maxFailures {
		return false, nil
	}
	if _, err := q.ExecContext(ctx, `UPDATE account_failure SET failures = 0, locked_to = ? WHERE account_id = ?`, micro(now.Add(lockFor)), account); err != nil {
		return false, fmt.Errorf("lock account: %w", err)
	}
	return true, nil
}

// clearFailures forgets failures and lock.
func clearFailures(ctx context.Context, q controldb.Querier, account string) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM account_failure WHERE account_id = ?`, account); err != nil {
		return fmt.Errorf("clear failures: %w", err)
	}
	return nil
}

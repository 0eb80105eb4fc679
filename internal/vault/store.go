package vault

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

// currentKey is the number of the newest key, 0 for none.
func currentKey(ctx context.Context, q controldb.Querier) (int64, error) {
	var n int64
	if err := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) FROM vault_key`).Scan(&n); err != nil {
		return 0, fmt.Errorf("find the current key: %w", err)
	}
	return n, nil
}

func insertKey(ctx context.Context, q controldb.Querier, number int64, by string, at time.Time) error {
	if _, err := q.ExecContext(ctx, `INSERT INTO vault_key (number, made_by, made_at, wrapped_at) VALUES (?, ?, ?, 0)`, number, by, at.UnixMicro()); err != nil {
		return fmt.Errorf("save key %d: %w", number, err)
	}
	return nil
}

// isWrapped reports that every file is wrapped by that key.
func isWrapped(ctx context.Context, q controldb.Querier, number int64) (bool, error) {
	var at int64
	if err := q.QueryRowContext(ctx, `SELECT wrapped_at FROM vault_key WHERE number = ?`, number).Scan(&at); err != nil {
		return false, fmt.Errorf("find key %d: %w", number, err)
	}
	return at > 0, nil
}

func markWrapped(ctx context.Context, q controldb.Querier, number int64, at time.Time) error {
	if _, err := q.ExecContext(ctx, `UPDATE vault_key SET wrapped_at = ? WHERE number = ?`, at.UnixMicro(), number); err != nil {
		return fmt.Errorf("save that key %d wraps every file: %w", number, err)
	}
	return nil
}

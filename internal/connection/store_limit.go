package connection

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// LimitsID names the one set of limits in its history.
const LimitsID = "process"

// findLimits reads the limits as they are set now; the defaults while nobody has set any.
func findLimits(ctx context.Context, q controldb.Querier) (Limits, error) {
	l, _, err := findSetLimits(ctx, q)
	return l, err
}

func findSetLimits(ctx context.Context, q controldb.Querier) (Limits, int64, error) {
	var body string
	var revision int64
	err := q.QueryRowContext(ctx, `SELECT body, revision FROM connection_limit WHERE id = ?`, LimitsID).Scan(&body, &revision)
	if errors.Is(err, sql.ErrNoRows) {
		return DefaultLimits(), 0, nil
	}
	if err != nil {
		return Limits{}, 0, fmt.Errorf("find the limits of the process: %w", err)
	}
	var l Limits
	if err := json.Unmarshal([]byte(body), &l); err != nil {
		return Limits{}, 0, fmt.Errorf("decode the limits of the process: %w", err)
	}
	return l, revision, nil
}

// saveLimits writes over the revision that the caller saw, or refuses because somebody was faster.
func saveLimits(ctx context.Context, q controldb.Querier, l Limits, seen int64, at time.Time) error {
	body, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode the limits of the process: %w", err)
	}
	res, err := q.ExecContext(ctx, `INSERT INTO connection_limit (id, revision, changed_at, body) VALUES (?, 1, ?, ?)
		ON CONFLICT (id) DO UPDATE SET revision = connection_limit.revision + 1, changed_at = excluded.changed_at, body = excluded.body
		WHERE connection_limit.revision = ?`, LimitsID, at.UnixMicro(), string(body), seen)
	if err != nil {
		return fmt.Errorf("save the limits of the process: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fault.New(fault.Conflict, "connection.limits_changed").Because(err)
	}
	return nil
}

// limitsKeeper reads the limits for the history of their changes.
func limitsKeeper() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, _ string) (any, error) { return findLimits(ctx, q) },
		List:  audit.Names(`SELECT id FROM connection_limit ORDER BY id`),
	}
}

package connection

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

// findRenewal is the open request that continues a connection.
func findRenewal(ctx context.Context, q controldb.Querier, id ID) (*Request, bool, error) {
	r, found, err := oneBody[Request](ctx, q, "renewal", `SELECT body FROM connection_request WHERE renews = ? AND renews <> ''
		AND state NOT IN ('rejected', 'terminated', 'withdrawn') ORDER BY id DESC LIMIT 1`, id)
	return &r, found, err
}

// listEnding gives what is in operation, ends after one moment and at the latest at another, and was not reminded of it yet.
func listEnding(ctx context.Context, q controldb.Querier, days int, after, until time.Time) ([]*Request, error) {
	return listBodies[*Request](ctx, q, "ending connections", `SELECT body FROM connection_request
		WHERE valid_to > 0 AND valid_to > ? AND valid_to <= ? AND state IN ('live', 'suspended')
		AND NOT EXISTS (SELECT 1 FROM connection_reminder m WHERE m.request_id = connection_request.id AND m.days = ?)
		ORDER BY valid_to, id LIMIT 1000`, after.UnixMicro(), until.UnixMicro(), days)
}

// noteReminder reports whether this reminder is the first of its kind.
func noteReminder(ctx context.Context, q controldb.Querier, id ID, days int, now time.Time) (bool, error) {
	res, err := q.ExecContext(ctx, `INSERT INTO connection_reminder (request_id, days, told_at) VALUES (?, ?, ?) ON CONFLICT (request_id, days) DO NOTHING`, id, days, now.UnixMicro())
	if err != nil {
		return false, fmt.Errorf("note reminder of %s: %w", id, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("note reminder of %s: %w", id, err)
	}
	return n == 1, nil
}

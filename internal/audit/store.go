package audit

import (
	"context"
	"fmt"
	"strings"

	"lienthong/internal/kit/controldb"
)

type outboxRow struct {
	id        string
	node      string // origin of the log that takes the row: each node moves its own
	body      string
	createdAt int64
}

func insertOutbox(ctx context.Context, q controldb.Querier, r outboxRow) error {
	const query = `INSERT INTO audit_outbox (id, node, body, created_at) VALUES (?, ?, ?, ?)`
	if _, err := q.ExecContext(ctx, query, r.id, r.node, r.body, r.createdAt); err != nil {
		return fmt.Errorf("write audit outbox: %w", err)
	}
	return nil
}

func listOutbox(ctx context.Context, q controldb.Querier, node, after string, limit int) ([]outboxRow, error) {
	const query = `SELECT id, node, body, created_at FROM audit_outbox WHERE node = ? AND id > ? ORDER BY id LIMIT ?`
	rows, err := q.QueryContext(ctx, query, node, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read audit outbox: %w", err)
	}
	defer rows.Close()
	var list []outboxRow
	for rows.Next() {
		var r outboxRow
		if err := rows.Scan(&r.id, &r.node, &r.body, &r.createdAt); err != nil {
			return nil, fmt.Errorf("read audit outbox: %w", err)
		}
		list = append(list, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read audit outbox: %w", err)
	}
	return list, nil
}

func deleteOutbox(ctx context.Context, q controldb.Querier, ids []string) error {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	query := `DELETE FROM audit_outbox WHERE id IN (?` + strings.Repeat(", ?", len(ids)-1) + `)`
	if _, err := q.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("empty audit outbox: %w", err)
	}
	return nil
}

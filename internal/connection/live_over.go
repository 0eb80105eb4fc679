package connection

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
)

// Over is a live connection over a dataset, as every state agency may know it (Điều 12.1).
type Over struct {
	ID      ID
	Number  string
	Agency  string // the consumer
	Dataset string
}

// LiveOver lists the live connections over the datasets, at most 1,000, by number.
func (s *Service) LiveOver(ctx context.Context, datasets []string) ([]Over, error) {
	if _, err := access.Require(ctx, access.ConnectionRead); err != nil {
		return nil, err
	}
	var out []Over
	for some := range slices.Chunk(datasets, 500) {
		more, err := listOver(ctx, s.db, some)
		if err != nil {
			return nil, err
		}
		if out = append(out, more...); len(out) >= 1000 {
			return out[:1000], nil
		}
	}
	return out, nil
}

func listOver(ctx context.Context, q controldb.Querier, datasets []string) ([]Over, error) {
	args := []any{string(Live)}
	for _, d := range datasets {
		args = append(args, d)
	}
	rows, err := q.QueryContext(ctx, `SELECT id, number, agency, dataset FROM connection_request WHERE state = ? AND dataset IN (?`+strings.Repeat(", ?", len(datasets)-1)+`) ORDER BY number LIMIT 1000`, args...)
	if err != nil {
		return nil, fmt.Errorf("list live connections: %w", err)
	}
	defer rows.Close()
	var out []Over
	for rows.Next() {
		var o Over
		if err := rows.Scan(&o.ID, &o.Number, &o.Agency, &o.Dataset); err != nil {
			return nil, fmt.Errorf("list live connections: %w", err)
		}
		out = append(out, o)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list live connections: %w", err)
	}
	return out, nil
}

package catalog

import (
	"context"
	"fmt"
)

// Revisions tells the revision of every dataset, so that another slice finds out which ones changed since it looked. What
// it may tell of them is its own to decide.
func (s *Service) Revisions(ctx context.Context) (map[Code]int64, error) {
	rows, err := s.DB.QueryContext(ctx, `SELECT code, revision FROM catalog_dataset ORDER BY code LIMIT 200000`)
	if err != nil {
		return nil, fmt.Errorf("list revisions of datasets: %w", err)
	}
	defer rows.Close()
	out := map[Code]int64{}
	for rows.Next() {
		var code Code
		var revision int64
		if err := rows.Scan(&code, &revision); err != nil {
			return nil, fmt.Errorf("list revisions of datasets: %w", err)
		}
		out[code] = revision
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list revisions of datasets: %w", err)
	}
	return out, nil
}

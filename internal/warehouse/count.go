package warehouse

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// CountVersions counts the stored versions of the datasets, without those whose content was purged.
func (s *Service) CountVersions(ctx context.Context, datasets []string) (int, error) {
	total := 0
	for some := range slices.Chunk(datasets, 500) {
		args := make([]any, len(some))
		for i, d := range some {
			args[i] = d
		}
		var n int
		query := `SELECT COUNT(*) FROM warehouse_version WHERE dataset IN (?` + strings.Repeat(", ?", len(some)-1) + `) AND ` + notPurged
		if err := s.db.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
			return 0, fmt.Errorf("count versions: %w", err)
		}
		total += n
	}
	return total, nil
}

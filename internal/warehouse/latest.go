package warehouse

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"lienthong/internal/kit/controldb"
)

// Held is what stands in the warehouse of a dataset now.
type Held struct {
	Number     int
	SourceTime time.Time
	Persons    int64 // distinct persons, 0 when no column identifies them
}

// latest keeps what is held of every dataset. A version never changes, so only those are read whose number is another.
type latest struct {
	mu   sync.Mutex
	kept map[string]Held
}

// Latest tells of every dataset what stands in the warehouse now.
func (s *Service) Latest(ctx context.Context) (map[string]Held, error) {
	numbers, err := latestNumbers(ctx, s.db)
	if err != nil {
		return nil, err
	}
	s.latest.mu.Lock()
	defer s.latest.mu.Unlock()
	now := make(map[string]Held, len(numbers))
	for dataset, number := range numbers {
		if h, there := s.latest.kept[dataset]; there && h.Number == number {
			now[dataset] = h
			continue
		}
		v, err := currentVersion(ctx, s.db, dataset)
		if err != nil {
			return nil, err
		}
		now[dataset] = Held{v.Number, v.Provenance.SourceTime, v.Persons()}
	}
	s.latest.kept = now
	return maps.Clone(now), nil
}

// latestNumbers are the numbers of the newest versions that were not purged, by dataset.
func latestNumbers(ctx context.Context, q controldb.Querier) (map[string]int, error) {
	const query = `SELECT dataset, MAX(number) FROM warehouse_version WHERE ` + notPurged + ` GROUP BY dataset ORDER BY dataset`
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("list the newest versions: %w", err)
	}
	defer rows.Close()
	numbers := map[string]int{}
	for rows.Next() {
		var dataset string
		var number int
		if err := rows.Scan(&dataset, &number); err != nil {
			return nil, fmt.Errorf("list the newest versions: %w", err)
		}
		numbers[dataset] = number
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list the newest versions: %w", err)
	}
	return numbers, nil
}

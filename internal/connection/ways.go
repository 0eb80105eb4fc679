package connection

import (
	"context"
	"fmt"

	"lienthong/internal/kit/controldb"
)

// Way is how many requests of one system for one dataset stand in one state.
type Way struct {
	System  string
	Dataset string
	State   State
	Number  int
}

// Ways counts the requests of every system that are on their way to be live or have been. It tells what exists and
// nobody's data, so it asks no permission; it is read from an index alone.
func (s *Service) Ways(ctx context.Context) ([]Way, error) { return listWays(ctx, s.db) }

func listWays(ctx context.Context, q controldb.Querier) ([]Way, error) {
	rows, err := q.QueryContext(ctx, `SELECT system, state, dataset, count(*) FROM connection_request
		WHERE system <> '' AND state IN ('provisioning', 'testing', 'acceptance', 'live', 'suspended', 'terminated')
		GROUP BY system, state, dataset ORDER BY system, state, dataset`)
	if err != nil {
		return nil, fmt.Errorf("count connections of systems: %w", err)
	}
	defer rows.Close()
	var out []Way
	for rows.Next() {
		var w Way
		if err := rows.Scan(&w.System, &w.State, &w.Dataset, &w.Number); err != nil {
			return nil, fmt.Errorf("count connections of systems: %w", err)
		}
		out = append(out, w)
	}
	return out, rows.Err()
}

package warehouse

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

// Newest is when the data of a dataset's version in use was as it is, and when it was published.
type Newest struct {
	DataTime    time.Time
	PublishedAt time.Time
}

// ListNewest tells of every dataset that stands in the warehouse how new its version in use is, by the dataset's code. It
// tells of no record, for rules and not for a person: it asks no permission.
func (s *Service) ListNewest(ctx context.Context) (map[string]Newest, error) {
	return listNewest(ctx, s.db)
}

func listNewest(ctx context.Context, q controldb.Querier) (map[string]Newest, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+versionCols+` FROM warehouse_version v
		WHERE number = (SELECT MAX(n.number) FROM warehouse_version n WHERE n.dataset = v.dataset AND n.id NOT IN (SELECT version FROM warehouse_purge))`)
	if err != nil {
		return nil, fmt.Errorf("list the newest versions: %w", err)
	}
	defer rows.Close()
	out := map[string]Newest{}
	for rows.Next() {
		v, err := scanVersion(rows)
		if err != nil {
			return nil, fmt.Errorf("list the newest versions: %w", err)
		}
		out[v.Dataset] = Newest{DataTime: v.Provenance.SourceTime, PublishedAt: v.PublishedAt}
	}
	return out, rows.Err()
}

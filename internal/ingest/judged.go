package ingest

import (
	"context"
	"fmt"

	"lienthong/internal/kit/controldb"
)

// ListJudged is the last delivery of each dataset whose rows were counted, published or held, by the dataset's code. It
// tells counts and nobody's data, for rules and not for a person: it asks no permission.
func (s *Service) ListJudged(ctx context.Context) (map[string]*Delivery, error) {
	return listJudged(ctx, s.DB)
}

func listJudged(ctx context.Context, q controldb.Querier) (map[string]*Delivery, error) {
	// Ids are UUIDv7, so the greatest is the newest.
	rows, err := q.QueryContext(ctx, `SELECT `+deliveryCols+` FROM ingest_delivery
		WHERE id IN (SELECT MAX(id) FROM ingest_delivery WHERE state IN ('published', 'held') GROUP BY dataset)`)
	if err != nil {
		return nil, fmt.Errorf("list the last deliveries: %w", err)
	}
	defer rows.Close()
	out := map[string]*Delivery{}
	for rows.Next() {
		d, err := scanDelivery(rows)
		if err != nil {
			return nil, fmt.Errorf("list the last deliveries: %w", err)
		}
		out[string(d.Dataset)] = d
	}
	return out, rows.Err()
}

// RuleRequired is the rule that counts values that must be there and are not, in Delivery.Rules.
const RuleRequired = "dictionary.required"

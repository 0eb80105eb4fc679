package exchange

import (
	"context"
	"fmt"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// keeper reads the newest version of a provider's service for the history of its changes.
func keeper() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, id string) (any, error) {
			r, err := scanRoute(q.QueryRowContext(ctx, `SELECT `+routeCols+` FROM exchange_route WHERE id = ? ORDER BY version DESC LIMIT 1`, id))
			if err != nil {
				return nil, fmt.Errorf("find route %s: %w", id, err)
			}
			return r, nil
		},
		List: audit.Names(`SELECT DISTINCT id FROM exchange_route ORDER BY id`),
	}
}

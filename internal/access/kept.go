package access

import (
	"context"
	"fmt"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// keepGrant reads a grant by its number for the history of its changes.
func keepGrant() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, number string) (any, error) {
			g, err := scanGrant(q.QueryRowContext(ctx, `SELECT `+grantCols+` FROM access_grant WHERE number = ? ORDER BY version DESC LIMIT 1`, number))
			if err != nil {
				return nil, fmt.Errorf("find grant %s: %w", number, err)
			}
			return g, nil
		},
		List: audit.Names(`SELECT DISTINCT number FROM access_grant ORDER BY number`),
	}
}

// keepPurpose reads a purpose of exploitation.
func keepPurpose() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, code string) (any, error) {
			return findPurpose(ctx, q, code)
		},
		List: audit.Names(`SELECT code FROM access_purpose ORDER BY code`),
	}
}

// keepTemplate reads how the sharing policy of a dataset stands.
func keepTemplate() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, dataset string) (any, error) {
			return templateOf(ctx, q, dataset)
		},
		List: audit.Names(`SELECT DISTINCT dataset FROM access_template ORDER BY dataset`),
	}
}

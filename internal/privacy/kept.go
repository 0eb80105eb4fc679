package privacy

import (
	"context"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// Past is what the history keeps of an entry.
type Past struct{ Entry }

// keeper reads an entry for the history of its changes.
func keeper() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, dataset string) (any, error) {
			e, err := findEntry(ctx, q, dataset)
			if e == nil || err != nil {
				return nil, err
			}
			return Past{*e}, nil
		},
		List: audit.Names(`SELECT dataset FROM privacy_entry ORDER BY dataset`),
	}
}

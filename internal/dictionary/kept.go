package dictionary

import (
	"context"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// keepElement reads the newest version of an element for the history of its changes.
func keepElement() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, code string) (any, error) {
			return latestElement(ctx, q, Code(code))
		},
		List: audit.Names(`SELECT DISTINCT code FROM dictionary_element ORDER BY code`),
	}
}

// keepCodeList reads the newest version of a code list with all its codes.
func keepCodeList() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, name string) (any, error) {
			l, err := latestCodeList(ctx, q, name)
			if err != nil {
				return nil, err
			}
			return *l, nil
		},
		List: audit.Names(`SELECT DISTINCT name FROM dictionary_code_list ORDER BY name`),
	}
}

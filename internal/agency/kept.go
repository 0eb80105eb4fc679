package agency

import (
	"context"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// Past is what the history keeps of an agency.
type Past struct {
	Agency
	Stewards []*Steward `json:"stewards"`
}

// keeper reads an agency with its designations for the history of its changes.
func keeper() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, code string) (any, error) {
			a, err := findAgency(ctx, q, code)
			if err != nil {
				return nil, err
			}
			stewards, err := listStewards(ctx, q, code)
			if err != nil {
				return nil, err
			}
			return Past{*a, stewards}, nil
		},
		List: audit.Names(`SELECT code FROM agency_agency ORDER BY code`),
	}
}

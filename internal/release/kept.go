package release

import (
	"context"
	"strconv"
	"strings"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// keeper reads a release for the history of its changes. Its entries stand in it as counts: the draft's page and the
// release itself tell them.
func keeper() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, key string) (any, error) {
			list, text, _ := strings.Cut(key, "-")
			number, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return nil, fault.New(fault.NotFound, "release.not_found")
			}
			r, err := findAny(ctx, q, List(list), number)
			if err != nil {
				return nil, err
			}
			return *r, nil
		},
		List: func(ctx context.Context, q controldb.Querier) ([]string, error) {
			all, err := listReleases(ctx, q, `state <> 'discarded' ORDER BY list, number LIMIT 5000`)
			var keys []string
			for _, r := range all {
				keys = append(keys, r.Key())
			}
			return keys, err
		},
	}
}

// keepPublication reads a request to publish openly. What the list in force holds is not its state.
func keepPublication() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, id string) (any, error) {
			return findPublication(ctx, q, id)
		},
		List: audit.Names(`SELECT id FROM release_publication ORDER BY id`),
	}
}

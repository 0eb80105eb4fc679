package review

import (
	"context"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// What of a review its history keeps: the campaign without its items, whose answers are records of their own grants.

func keepSettings() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, _ string) (any, error) { return findSettings(ctx, q) },
		List:  audit.Names(`SELECT 'platform' FROM review_settings`),
	}
}

func keepCampaign() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, id string) (any, error) {
			return findCampaign(ctx, q, id)
		},
		List: audit.Names(`SELECT id FROM review_campaign ORDER BY id`),
	}
}

func keepAsk() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, id string) (any, error) { return findAsk(ctx, q, id) },
		List:  audit.Names(`SELECT id FROM review_ask ORDER BY id`),
	}
}

// keepKept reads the decision to leave a grant as it is, by the number of the grant. The finding itself is calculated.
func keepKept() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, number string) (any, error) {
			return findKept(ctx, q, number)
		},
		List: audit.Names(`SELECT number FROM review_excess WHERE kept <> '' ORDER BY number`),
	}
}

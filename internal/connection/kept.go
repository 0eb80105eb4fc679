package connection

import (
	"context"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// Past is what the history keeps of a request: contacts, test identifiers and named persons of the need as hashes.
type Past struct {
	Request
	Setup *Config `json:"setup,omitempty"`
}

func past(ctx context.Context, q controldb.Querier, r *Request) (Past, error) {
	p := Past{Request: *r}
	if r.Config == 0 {
		return p, nil
	}
	c, err := findConfig(ctx, q, r.ID, r.Config)
	p.Setup = &c
	return p, err
}

// keeper reads a request with its newest configuration for the history of its changes.
func keeper() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, id string) (any, error) {
			r, err := findRequest(ctx, q, ID(id))
			if err != nil {
				return nil, err
			}
			return past(ctx, q, r)
		},
		List: audit.Names(`SELECT id FROM connection_request ORDER BY id`),
	}
}

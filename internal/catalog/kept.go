package catalog

import (
	"context"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// Past is what the history keeps of a dataset: its description with the schemas in force and pending.
type Past struct {
	Dataset
	Schema  *Schema `json:"schema,omitempty"`
	Pending *Schema `json:"schema_pending,omitempty"`
}

// keeper reads a dataset with its schemas for the history of its changes.
func keeper() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, code string) (any, error) {
			d, err := findByCode(ctx, q, Code(code))
			if err != nil {
				return nil, err
			}
			p := Past{Dataset: d}
			if d.SchemaVersion > 0 {
				if p.Schema, err = findSchema(ctx, q, d.ID, d.SchemaVersion); err != nil {
					return nil, err
				}
			}
			if d.PendingSchema > 0 {
				p.Pending, err = findSchema(ctx, q, d.ID, d.PendingSchema)
			}
			return p, err
		},
		List: audit.Names(`SELECT code FROM catalog_dataset ORDER BY code`),
	}
}

// keepUnowned reads the question of an owner for the history of its changes.
func keepUnowned() audit.Keeper {
	return audit.Keeper{
		State: func(ctx context.Context, q controldb.Querier, id string) (any, error) { return findUnowned(ctx, q, id) },
		List:  audit.Names(`SELECT id FROM catalog_unowned ORDER BY id`),
	}
}

package catalog

import (
	"context"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
)

// Past is what the history keeps of a dataset: its description with the schemas in force and pending.
type Past struct {
	Dataset
	Schema  *Schema      `json:"schema,omitempty"`
	Pending *Schema      `json:"schema_pending,omitempty"`
	Sources []PastSource `json:"sources,omitempty"`
}

// PastSource is what a dataset is the source of, or claims to be.
type PastSource struct {
	ID    string      `json:"id"` // element of entity
	State SourceState `json:"state"`
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
				if p.Pending, err = findSchema(ctx, q, d.ID, d.PendingSchema); err != nil {
					return nil, err
				}
			}
			sources, err := listSources(ctx, q, SourceFilter{Dataset: d.Code})
			for _, x := range sources {
				if x.State != SourceEnded {
					p.Sources = append(p.Sources, PastSource{string(x.Element) + " · " + x.Entity, x.State})
				}
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

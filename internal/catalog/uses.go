package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"lienthong/internal/dictionary"
	"lienthong/internal/kit/controldb"
)

// Uses lists the fields, in force or pending, that name one of the elements in whatever version. A registration that only
// its own agency and the operator may see is marked as hidden; whoever shows it decides.
func (s *Service) Uses(ctx context.Context, q controldb.Querier, elements []dictionary.Code) ([]dictionary.Use, error) {
	if len(elements) == 0 {
		return nil, nil
	}
	schemas, err := schemasNaming(ctx, q, elements)
	if err != nil {
		return nil, err
	}
	var out []dictionary.Use
	for _, x := range schemas {
		d := x.dataset
		if d.State == Retired || x.schema.Version != d.SchemaVersion && x.schema.Version != d.PendingSchema {
			continue
		}
		for _, f := range x.schema.Fields {
			if !slices.Contains(elements, f.Element.Code) {
				continue
			}
			out = append(out, dictionary.Use{
				Dataset: string(d.Code), Name: d.Name, Owner: d.Owner, State: string(d.State), Schema: x.schema.Version, Pending: x.schema.Version != d.SchemaVersion,
				Field: f.Name, Label: f.Label, Element: f.Element, Hidden: d.State.Editable(),
			})
		}
	}
	return out, nil
}

type schemaOfDataset struct {
	dataset Dataset
	schema  Schema
}

// schemasNaming reads the schemas whose text names one of the elements, with their datasets.
func schemasNaming(ctx context.Context, q controldb.Querier, elements []dictionary.Code) ([]schemaOfDataset, error) {
	return schemasWith(ctx, q, elements, " OR ")
}

// schemasNamingAll reads those whose text names all the elements; of very many it looks at some.
func schemasNamingAll(ctx context.Context, q controldb.Querier, elements []dictionary.Code) ([]schemaOfDataset, error) {
	if len(elements) == 0 {
		return nil, nil
	}
	return schemasWith(ctx, q, elements[:min(len(elements), 10)], " AND ")
}

func schemasWith(ctx context.Context, q controldb.Querier, elements []dictionary.Code, join string) ([]schemaOfDataset, error) {
	var where []string
	var args []any
	for _, e := range elements {
		where, args = append(where, `s.body LIKE ? ESCAPE '!'`), append(args, `%"code":"`+strings.ReplaceAll(string(e), "_", "!_")+`"%`)
	}
	rows, err := q.QueryContext(ctx, `SELECT d.body, d.id, d.code, d.owner, d.state, s.version, s.body FROM catalog_schema s JOIN catalog_dataset d ON d.id = s.dataset
		WHERE `+strings.Join(where, join)+` ORDER BY d.code, s.version LIMIT 100000`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the schemas that name elements: %w", err)
	}
	defer rows.Close()
	var list []schemaOfDataset
	for rows.Next() {
		var x schemaOfDataset
		var about, fields string
		var kept Dataset
		var version int
		if err := rows.Scan(&about, &kept.ID, &kept.Code, &kept.Owner, &kept.State, &version, &fields); err != nil {
			return nil, fmt.Errorf("list the schemas that name elements: %w", err)
		}
		if err := json.Unmarshal([]byte(about), &x.dataset); err != nil {
			return nil, fmt.Errorf("read dataset %s: %w", kept.Code, err)
		}
		x.dataset.ID, x.dataset.Code, x.dataset.Owner, x.dataset.State = kept.ID, kept.Code, kept.Owner, kept.State
		if version == x.dataset.SchemaVersion || version == x.dataset.PendingSchema {
			if err := json.Unmarshal([]byte(fields), &x.schema); err != nil {
				return nil, fmt.Errorf("read schema %d of dataset %s: %w", version, kept.Code, err)
			}
			x.schema.Version = version
			list = append(list, x)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list the schemas that name elements: %w", err)
	}
	return list, nil
}

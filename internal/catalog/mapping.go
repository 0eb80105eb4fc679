package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"lienthong/internal/kit/controldb"
)

// Mapped is a dataset with how much of its schema in force the dictionary covers; Mapping is nil while it has none.
type Mapped struct {
	Dataset
	Mapping *Mapping
}

// ListMapped tells of every registered dataset how far the dictionary covers it, for rules and not for a person: it asks
// no permission.
func (s *Service) ListMapped(ctx context.Context) ([]Mapped, error) {
	list, err := listRegistered(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	out := make([]Mapped, len(list))
	for i, d := range list {
		out[i].Dataset = d
	}
	const chunk = 300 // datasets of one query
	for start := 0; start < len(out); start += chunk {
		if err := addMappings(ctx, s.DB, out[start:min(start+chunk, len(out))]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func listRegistered(ctx context.Context, q controldb.Querier) ([]Dataset, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+datasetCols+` FROM catalog_dataset WHERE state NOT IN ('draft', 'returned') ORDER BY code`)
	if err != nil {
		return nil, fmt.Errorf("list registered datasets: %w", err)
	}
	defer rows.Close()
	var out []Dataset
	for rows.Next() {
		d, err := scanDataset(rows)
		if err != nil {
			return nil, fmt.Errorf("list registered datasets: %w", err)
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// addMappings reads the schemas in force of some datasets.
func addMappings(ctx context.Context, q controldb.Querier, part []Mapped) error {
	at := map[string]*Mapped{}
	var args []any
	for i := range part {
		if part[i].SchemaVersion > 0 {
			at[string(part[i].ID)], args = &part[i], append(args, string(part[i].ID))
		}
	}
	if len(args) == 0 {
		return nil
	}
	rows, err := q.QueryContext(ctx, `SELECT dataset, version, body FROM catalog_schema WHERE dataset IN (?`+strings.Repeat(", ?", len(args)-1)+`)`, args...)
	if err != nil {
		return fmt.Errorf("list schemas: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, body string
		var version int
		if err := rows.Scan(&id, &version, &body); err != nil {
			return fmt.Errorf("list schemas: %w", err)
		}
		if at[id].SchemaVersion != version {
			continue
		}
		var schema Schema
		if err := json.Unmarshal([]byte(body), &schema); err != nil {
			return fmt.Errorf("read schema %d of dataset %s: %w", version, id, err)
		}
		m := schema.Mapping()
		at[id].Mapping = &m
	}
	return rows.Err()
}

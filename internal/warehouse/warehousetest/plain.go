// Package warehousetest gives tests of other packages a warehouse without DuckDB, and holds the contract that every
// columnar engine must pass.
package warehousetest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"lienthong/internal/warehouse"
)

// Plain is a columnar engine for tests: it keeps the rows and writes them as JSON, with exact statistics.
type Plain struct{}

type plainWriter struct {
	folder  string
	columns []warehouse.Column
	rows    []warehouse.Row
}

// Create begins a file.
func (Plain) Create(_ context.Context, folder string, columns []warehouse.Column) (warehouse.ColumnarWriter, error) {
	return &plainWriter{folder: folder, columns: columns}, nil
}

func (w *plainWriter) Append(rows []warehouse.Row) error {
	w.rows = append(w.rows, rows...)
	return nil
}

func (w *plainWriter) Remove(lines []int64) error {
	w.rows = slices.DeleteFunc(w.rows, func(r warehouse.Row) bool { return slices.Contains(lines, r.Line) })
	return nil
}

func (w *plainWriter) Seal(_ context.Context, _ warehouse.Provenance) (int64, []warehouse.ColumnStats, error) {
	b, err := json.Marshal(w.rows)
	if err != nil {
		return 0, nil, fmt.Errorf("write rows: %w", err)
	}
	if err := os.WriteFile(filepath.Join(w.folder, warehouse.ParquetFile), b, 0o600); err != nil {
		return 0, nil, fmt.Errorf("write rows: %w", err)
	}
	stats := make([]warehouse.ColumnStats, len(w.columns))
	for i, c := range w.columns {
		stats[i].Name = c.Name
		seen := map[warehouse.Cell]bool{}
		for _, r := range w.rows {
			if r.Cells[i].Null {
				stats[i].Nulls++
				continue
			}
			seen[r.Cells[i]] = true
		}
		stats[i].Distinct = int64(len(seen))
	}
	return int64(len(w.rows)), stats, nil
}

func (w *plainWriter) Close() error { return nil }

package exchange

import (
	"context"

	"lienthong/internal/access"
	"lienthong/internal/warehouse"
)

// WarehouseReader is the Reader over the province's warehouse.
type WarehouseReader struct{ Warehouse *warehouse.Service }

// Version is the number of the dataset's current version.
func (r WarehouseReader) Version(ctx context.Context, p access.Permit) (int64, error) {
	v, err := r.Warehouse.Current(ctx, p.Dataset())
	return int64(v.Number), err
}

var warehouseOps = map[Op]warehouse.Op{Equal: warehouse.Equal, In: warehouse.Equal, AtLeast: warehouse.AtLeast, AtMost: warehouse.AtMost}

// Page reads under the permit, which the warehouse checks itself.
func (r WarehouseReader) Page(ctx context.Context, p access.Permit, q Query) (Page, error) {
	ask := warehouse.Query{After: q.After, Limit: q.Limit}
	for _, f := range q.Filters {
		ask.Filters = append(ask.Filters, warehouse.Filter{Column: f.Column, Op: warehouseOps[f.Op], Values: f.Values})
	}
	got, err := r.Warehouse.Read(ctx, p, ask)
	if err != nil {
		return Page{}, err
	}
	page := Page{
		Version: int64(got.Version.Number), DataTime: got.Version.Provenance.SourceTime, Rows: make([][]any, len(got.Records)),
		Columns: make([]string, len(got.Columns)), Subjects: got.Subjects, Next: got.Next,
	}
	for i, c := range got.Columns {
		page.Columns[i] = c.Name
	}
	for i, rec := range got.Records {
		page.Rows[i] = rec.Values
	}
	return page, nil
}

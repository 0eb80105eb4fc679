package exchangetest

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/exchange"
	"lienthong/internal/kit/fault"
)

// Reader reads the bench's rows as the warehouse does: the permit's rows, columns and masks, in the order of the key.
type Reader struct{ b *Bench }

// Reader of the bench.
func (b *Bench) Reader() Reader { return Reader{b} }

// Version is the number of the bench's version.
func (r Reader) Version(context.Context, access.Permit) (int64, error) { return r.b.Version, nil }

// Page answers one page.
func (r Reader) Page(_ context.Context, p access.Permit, q exchange.Query) (exchange.Page, error) {
	if err := p.Check(Dataset); err != nil {
		return exchange.Page{}, err
	}
	page := exchange.Page{Version: r.b.Version, DataTime: r.b.Clock.Now()}
	from := 0
	if q.After != "" {
		n, err := strconv.Atoi(q.After)
		if err != nil {
			return page, fault.New(fault.Malformed, "exchange.cursor_invalid")
		}
		from = n
	}
	masker := access.Masker{Key: []byte("mask")}
	for i, row := range r.b.Rows {
		if i < from || !r.passes(p, q, row) {
			continue
		}
		if len(page.Rows) == q.Limit {
			page.Next = strconv.Itoa(i)
			break
		}
		var out []any
		for _, c := range p.Columns() {
			v := row[c.Name]
			if c.Mask != access.MaskNone && v != nil {
				v = masker.Apply(c, fmt.Sprint(v))
			}
			out = append(out, v)
		}
		page.Rows = append(page.Rows, out)
		page.Subjects = append(page.Subjects, r.b.Log.PersonKey(fmt.Sprint(row["so_dinh_danh"])))
	}
	return page, nil
}

func (r Reader) passes(p access.Permit, q exchange.Query, row map[string]any) bool {
	for _, rule := range p.Rows() {
		if !slices.Contains(rule.In, fmt.Sprint(row[rule.Column])) {
			return false
		}
	}
	for _, f := range q.Filters {
		v := fmt.Sprint(row[f.Column])
		if f.Op == exchange.AtLeast && v < f.Values[0] || f.Op == exchange.AtMost && v > f.Values[0] ||
			(f.Op == exchange.Equal || f.Op == exchange.In) && !slices.Contains(f.Values, v) {
			return false
		}
	}
	return true
}

package exchange_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/exchange"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
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

// StoreContract runs the slice's statements on a control store: routes in versions, tokens issued, revoked and expired.
func StoreContract(t testing.TB, db *controldb.DB) {
	t.Helper()
	b := &Bench{t: t, Clock: clock.NewAdjustable(clock.Fixed(time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC))), DB: db}
	b.openLog()
	b.Service = exchange.NewService(db, b.Clock, b.Log, b, func(string) (string, error) { return "", nil })
	ctx := access.WithActor(context.Background(), access.Actor{Type: access.User, ID: "ks", Agency: "H38", Roles: []access.Role{access.OpEngineer, access.OpSecurity}, Auth: access.AuthTwo})
	b.route("10.0.0.1")
	b.route("10.0.0.2")
	r, _, err := b.Service.FindRoute(ctx, Owner, "hotich", "khai-sinh")
	b.must(err)
	if list, err := b.Service.ListRoutes(ctx, Dataset); r.Version != 2 || r.Base != "http://10.0.0.2/api" || err != nil || len(list) != 1 || list[0].Version != 2 {
		t.Fatalf("%+v %v %v", r, list, err)
	}
	for range 2 {
		value, err := b.Service.IssueToken(ctx, exchange.Client{System: System, Credential: "c1"})
		b.must(err)
		if a, err := b.Service.FindActor(ctx, value); err != nil || a.ID != System {
			t.Fatalf("%+v %v", a, err)
		}
		b.must(db.InTx(ctx, func(q controldb.Querier) error { return b.Service.RevokeTokens(ctx, q, System, "") }))
		if _, err := b.Service.FindActor(ctx, value); !fault.Is(err, "exchange.token_invalid") {
			t.Fatal(err)
		}
	}
	value, err := b.Service.IssueToken(ctx, exchange.Client{System: System, Credential: "c2"})
	b.must(err)
	b.Clock.Shift(exchange.TokenLife)
	if _, err := b.Service.FindActor(ctx, value); !fault.Is(err, "exchange.token_invalid") {
		t.Fatal(err)
	}
}

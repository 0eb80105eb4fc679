package warehouse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// Op compares a column with the values of a filter.
type Op string

const (
	Equal   Op = "eq" // one of the values
	Less    Op = "lt"
	AtMost  Op = "le"
	Greater Op = "gt"
	AtLeast Op = "ge"
)

// Filter narrows a query. Values are written in canonical form.
type Filter struct {
	Column string
	Op     Op
	Values []string
}

// Query asks for one page, in the order of the key.
type Query struct {
	Columns []string // nil: all that the permit grants
	Filters []Filter
	After   string // Next of the page before
	Limit   int    // 0: 100
}

// OutColumn is a column of an answer.
type OutColumn struct {
	Name   string // in the answer
	Source string // in the dataset
	Kind   Kind
	Mask   access.MaskKind
}

// Record is one row of an answer: text, whole numbers, truth values or nil, in the order of the columns.
type Record struct {
	Values     []any
	Line       int64 // of the delivered file
	Provenance *Provenance
}

// Page is an answer.
type Page struct {
	Version  Version
	Columns  []OutColumn
	Records  []Record
	Next     string   // After of the next page; empty at the end
	Subjects []string // identifiers of the persons in it as they are, for the evidence, which keeps their hashes only
	Keys     []string // keyed hashes of the records' keys, for the evidence
}

const (
	defaultLimit = 100
	maxLimit     = 10_000
	maxSeconds   = 10
)

// Read answers one page of a dataset under a permit, which alone decides columns, rows and masks (invariant 4).
func (s *Service) Read(ctx context.Context, permit access.Permit, q Query) (Page, error) {
	if err := permit.Check(permit2dataset(permit)); err != nil {
		return Page{}, err
	}
	limit, err := pageLimit(permit, q.Limit)
	if err != nil {
		return Page{}, err
	}
	question := questionOf(permit, q)
	var at *cursor
	var v *Version
	if q.After != "" {
		c, err := s.cursors.open(q.After, question)
		if err != nil {
			return Page{}, err
		}
		at = &c
		if v, err = s.cachedVersion(ctx, c.Version); err != nil {
			return Page{}, err
		}
	} else if v, err = s.cachedCurrent(ctx, permit.Dataset()); err != nil {
		return Page{}, err
	}
	plan, err := s.plan(permit, v, q, at)
	if err != nil {
		return Page{}, err
	}
	page, last, err := s.run(ctx, plan, limit)
	if err != nil {
		return Page{}, err
	}
	if last != nil {
		if page.Next, err = s.cursors.hide(cursor{Version: v.ID, Key: last}, question); err != nil {
			return Page{}, err
		}
	}
	return page, nil
}

// Lookup answers the records whose columns hold exactly these values, at most the limit of one page.
func (s *Service) Lookup(ctx context.Context, permit access.Permit, key map[string]string, columns ...string) (Page, error) {
	q := Query{Columns: columns}
	for name, value := range key {
		q.Filters = append(q.Filters, Filter{Column: name, Op: Equal, Values: []string{value}})
	}
	if len(q.Filters) == 0 {
		return Page{}, fault.New(fault.Invalid, "warehouse.bad_filter", "")
	}
	return s.Read(ctx, permit, q)
}

// permit2dataset avoids asking a permit that was never issued for its dataset.
func permit2dataset(p access.Permit) string {
	if !p.Valid() {
		return ""
	}
	return p.Dataset()
}

func pageLimit(permit access.Permit, asked int) (int, error) {
	if asked < 0 || asked > maxLimit {
		return 0, fault.New(fault.Invalid, "warehouse.bad_limit", maxLimit).At("limit")
	}
	if asked == 0 {
		asked = defaultLimit
	}
	if most := permit.MaxRecords(); most > 0 && int64(asked) > most {
		asked = int(most)
	}
	return asked, nil
}

// run reads one row more than the page holds, to know whether another follows. It answers the key of the last row then.
func (s *Service) run(ctx context.Context, p *plan, limit int) (Page, []Cell, error) {
	ctx, cancel := context.WithTimeout(ctx, maxSeconds*time.Second)
	defer cancel()
	conn, err := s.pool.take(p.version, versionFolder(p.version.Dataset, p.version.ID))
	if f := fault.Of(err); err != nil && strings.HasPrefix(f.Code, "blob.") {
		return Page{}, nil, filesDamaged(p.version, err)
	}
	if err != nil {
		return Page{}, nil, err
	}
	defer s.pool.give(conn)
	defer conn.conn.SetInterrupt(conn.conn.SetInterrupt(ctx))
	stmt, err := conn.prepare(p.sql)
	if conn.file.Err() != nil {
		return Page{}, nil, filesDamaged(p.version, conn.file.Err())
	}
	if err != nil {
		return Page{}, nil, err
	}
	defer func() { _ = stmt.Reset() }()
	for i, a := range p.args {
		if err := bind(stmt, i+1, a.kind, a.cell); err != nil {
			return Page{}, nil, fmt.Errorf("bind a query of %s: %w", p.version.Dataset, err)
		}
	}
	if err := stmt.BindInt64(len(p.args)+1, int64(limit)+1); err != nil {
		return Page{}, nil, fmt.Errorf("bind a query of %s: %w", p.version.Dataset, err)
	}
	page := Page{Version: *p.version, Columns: p.out}
	seen := map[string]bool{}
	var key []Cell
	for stmt.Step() {
		if len(page.Records) == limit {
			return page, key, nil
		}
		key = p.key(stmt)
		page.Records = append(page.Records, s.record(p, stmt))
		for _, subject := range p.subjects(stmt) {
			if !seen[subject] {
				seen[subject] = true
				page.Subjects = append(page.Subjects, subject)
			}
		}
		page.Keys = append(page.Keys, s.log.PersonKey(RecordKey(p.version, key)))
	}
	if err := stmt.Err(); err != nil {
		if conn.file.Err() != nil {
			return Page{}, nil, filesDamaged(p.version, conn.file.Err())
		}
		if errors.Is(err, sqlite3.INTERRUPT) || ctx.Err() != nil {
			return Page{}, nil, fault.New(fault.Timeout, "warehouse.query_too_long", maxSeconds).Because(err)
		}
		return Page{}, nil, fmt.Errorf("read %s: %w", p.version.Dataset, err)
	}
	return page, nil, nil
}

// record masks the values of one row.
func (s *Service) record(p *plan, stmt *sqlite3.Stmt) Record {
	r := Record{Values: make([]any, len(p.granted)), Line: stmt.ColumnInt64(p.line), Provenance: &p.version.Provenance}
	for i, g := range p.granted {
		cell := readCell(stmt, i, g.column.Kind)
		switch {
		case cell.Null: // nothing is told of what is not there
		case g.grant.Mask == access.MaskNone:
			r.Values[i] = g.column.answer(cell)
		default:
			r.Values[i] = s.masker.Apply(g.grant, g.column.Written(cell))
		}
	}
	return r
}

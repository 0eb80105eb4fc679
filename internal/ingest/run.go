package ingest

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"lienthong/internal/dictionary"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/warehouse"
)

const batchRows = 512

// examine is one whole check of a claimed delivery: read, check, write aside, judge, publish or hold.
func (s *Service) examine(ctx context.Context, d *Delivery, by lease) error {
	p := s.begin(d.ID, d.Size)
	defer s.end(d.ID)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go s.heartbeat(ctx, d.ID, by, stop)

	about, err := s.Catalog.DescribeVersion(ctx, d.Dataset, d.SchemaVersion)
	if err != nil {
		return err
	}
	ref, err := s.Dictionary.Reference(ctx)
	if err != nil {
		return err
	}
	r, err := compile(about, ref, d.DataTime)
	if err != nil {
		return err
	}
	d.RuleVersion, d.Counts, d.Rules, d.Fixes, d.Refusal = r.version, Counts{}, map[string]int64{}, map[string]map[string]int64{}, nil
	in, err := s.open(ctx, d)
	if err != nil {
		return s.refuseFile(ctx, d, by, err)
	}
	defer in.close()
	d.Form = in.form()
	header := d.Form.Header
	d.Form.Header = known(header, r.schema) // before anything of the delivery is saved (invariant 9)
	at, err := places(header, r.schema)
	if err != nil {
		return s.refuseFile(ctx, d, by, err)
	}
	draft, err := s.Warehouse.Begin(ctx, warehouse.DraftInput{
		Dataset: string(d.Dataset), SchemaVersion: d.SchemaVersion, Columns: r.columns,
		Provenance: warehouse.Provenance{
			System: d.System, Owner: d.Owner, Delivery: string(d.ID), SourceTime: d.DataTime, LoadedAt: s.Clock.Now(), RuleVersion: d.RuleVersion,
		},
	})
	if err != nil {
		return err
	}
	defer draft.Discard()
	bad, err := newQuarantine(s.Files, d.quarantineName())
	if err != nil {
		return err
	}
	defer bad.drop()
	run := &run{d: d, rules: r, in: in, at: at, draft: draft, bad: bad, progress: p}
	if err := run.all(ctx); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return s.refuseFile(ctx, d, by, err)
	}
	if err := bad.keep(); err != nil {
		return err
	}
	newer, err := s.newer(ctx, d)
	if err != nil {
		return err
	}
	return s.conclude(ctx, d, by, draft, judge(d, about.Load, newer))
}

// heartbeat keeps the lease; when it is lost, the check ends.
func (s *Service) heartbeat(ctx context.Context, id ID, by lease, stop context.CancelCauseFunc) {
	tick := time.NewTicker(leaseTime / 6)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			err := s.DB.InTx(ctx, func(q controldb.Querier) error { return extend(ctx, q, id, by, s.Clock.Now().Add(leaseTime)) })
			if errors.Is(err, errLeaseLost) && ctx.Err() == nil {
				stop(errLeaseLost)
				return
			}
		}
	}
}

// run is the reading of one file by three goroutines: records, checks, writing. The warehouse adds a fourth for columns.
type run struct {
	d        *Delivery
	rules    *rules
	in       source
	at       []int // field to column
	draft    *warehouse.Draft
	bad      *quarantine
	progress *progress
	read     atomic.Int64
}

// checkedBatch is what the checks made of some records, in order.
type checkedBatch struct {
	rows []warehouse.Row
	bad  []Entry
	out  int64 // rejected rows
}

func (r *run) all(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	records, checked := make(chan []record, 4), make(chan checkedBatch, 4)
	group.Go(func() error { defer close(records); return r.parse(ctx, records) })
	group.Go(func() error { defer close(checked); return r.check(ctx, records, checked) })
	group.Go(func() error { return r.write(ctx, checked) })
	if err := group.Wait(); err != nil {
		return err
	}
	r.d.Counts.Read = r.read.Load()
	r.d.Counts.Accepted = r.draft.Rows()
	if r.d.Counts.Read == 0 {
		return fault.New(fault.Invalid, "ingest.no_rows")
	}
	return nil
}

func (r *run) parse(ctx context.Context, out chan<- []record) error {
	for {
		batch := make([]record, 0, batchRows)
		var err error
		for len(batch) < batchRows && err == nil {
			var rec record
			if rec, err = r.in.next(); err == nil {
				batch = append(batch, rec)
			}
		}
		r.progress.bytes.Store(r.in.position())
		r.progress.rows.Store(r.read.Add(int64(len(batch))))
		if len(batch) > 0 {
			select {
			case out <- batch:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *run) check(ctx context.Context, in <-chan []record, out chan<- checkedBatch) error {
	n := len(r.rules.columns)
	p, values := newPicked(n), make([]dictionary.Value, n)
	for records := range in {
		b := checkedBatch{rows: make([]warehouse.Row, 0, len(records))}
		slab := make([]warehouse.Cell, n*len(records))
		for _, rec := range records {
			if e, wrong := r.wrongForm(rec); wrong {
				b.bad, b.out = append(b.bad, e), b.out+1
				continue
			}
			p.pick(rec, r.at)
			cells := slab[:n:n]
			problems := r.rules.check(p, cells, values)
			r.countFixes(p, values)
			if rec.hidden {
				r.d.Form.HiddenRows++
			}
			if len(problems) > 0 {
				b.bad, b.out = append(b.bad, r.entries(rec.line, problems)...), b.out+1
				clear(cells)
				continue
			}
			slab = slab[n:]
			b.rows = append(b.rows, warehouse.Row{Line: rec.line, Cells: cells})
		}
		select {
		case out <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// wrongForm tells a record that cannot be taken apart into its columns.
func (r *run) wrongForm(rec record) (Entry, bool) {
	switch {
	case rec.bad != "":
		if rec.args == nil {
			rec.args = []any{rec.line}
		}
		return Entry{Line: rec.line, Rule: rec.bad, Args: rec.args}, true
	case len(rec.fields) != len(r.at):
		return Entry{Line: rec.line, Rule: "ingest.column_count", Args: []any{rec.line, len(rec.fields), len(r.at)}}, true
	}
	return Entry{}, false
}

func (r *run) entries(line int64, problems []problem) []Entry {
	list := make([]Entry, len(problems))
	for i, p := range problems {
		list[i] = Entry{Line: line, Value: p.value, Rule: p.code, Args: p.args}
		if p.field >= 0 {
			f := &r.rules.schema.Fields[p.field]
			list[i].Field, list[i].Label = f.Name, f.Label
		}
	}
	return list
}

// countFixes counts what reading changed, by column.
func (r *run) countFixes(p *picked, values []dictionary.Value) {
	for i := range values {
		if values[i].Fixes != 0 {
			r.countFix(i, values[i].Fixes.Names()...)
		}
		if p.cells != nil {
			r.countFix(i, typedFixes(p.cells[i], r.rules.columns[i].Kind == warehouse.Text)...)
		}
	}
	for _, f := range p.fixes {
		r.countFix(f.column, f.name)
	}
}

func (r *run) countFix(field int, fixes ...string) {
	if len(fixes) == 0 {
		return
	}
	name := r.rules.schema.Fields[field].Name
	if r.d.Fixes[name] == nil {
		r.d.Fixes[name] = map[string]int64{}
	}
	for _, fix := range fixes {
		r.d.Fixes[name][fix]++
	}
}

func (r *run) write(ctx context.Context, in <-chan checkedBatch) error {
	for b := range in {
		r.d.Counts.Rejected += b.out
		outcomes, err := r.draft.Append(b.rows)
		if err != nil {
			return err
		}
		for i, o := range outcomes {
			switch o.Kind {
			case warehouse.Duplicate:
				r.d.Counts.Duplicates++
			case warehouse.Conflict:
				b.bad = append(b.bad, r.conflict(b.rows[i], o)...)
			}
		}
		slices.SortStableFunc(b.bad, func(a, z Entry) int { return int(a.Line - z.Line) })
		for _, e := range b.bad {
			r.d.Rules[e.Rule]++
			if err := r.bad.add(e); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// conflict tells rows with one key and different content. None of them is right for certain, so none is published.
func (r *run) conflict(row warehouse.Row, o warehouse.Outcome) []Entry {
	r.d.Counts.Rejected++
	list := []Entry{{Line: row.Line, Field: r.keyName(), Value: r.keyText(row), Rule: "ingest.key_conflict", Args: []any{o.First.Line}}}
	if o.Newly {
		r.d.Counts.Rejected++
		list = append(list, Entry{Line: o.First.Line, Field: r.keyName(), Value: r.keyText(o.First), Rule: "ingest.key_conflict", Args: []any{row.Line}})
	}
	return list
}

func (r *run) keyName() string {
	return joinKey(r.rules.columns, func(i int) string { return r.rules.columns[i].Name })
}

func (r *run) keyText(row warehouse.Row) string {
	return joinKey(r.rules.columns, func(i int) string { return r.rules.columns[i].Written(row.Cells[i]) })
}

func joinKey(columns []warehouse.Column, part func(i int) string) string {
	text := ""
	for i, c := range columns {
		if !c.Key {
			continue
		}
		if text != "" {
			text += " | "
		}
		text += part(i)
	}
	return text
}

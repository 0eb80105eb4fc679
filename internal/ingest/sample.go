package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/warehouse"
)

// sampleSpare is how many more records than asked are kept, so that conflicting ones can fall out.
const sampleSpare = 1000

// Sample reads the delivered file behind the version in force, past warehouse and exchange, for the accuracy verdict of
// a connection's test (Điều 12.2d2): the first n records by key within the rows, masked and named as they would leave.
// The values go to the comparison and nowhere else; the reading is recorded.
func (s *Service) Sample(ctx context.Context, dataset string, columns []access.Column, rows []access.RowRule, n int64, m access.Masker) ([]map[string]any, error) {
	version, err := s.Warehouse.Current(ctx, dataset)
	if err != nil {
		return nil, err
	}
	d, err := findDelivery(ctx, s.DB, ID(version.Provenance.Delivery))
	if err != nil {
		return nil, err
	}
	err = s.Log.Note(ctx, &audit.Record{
		Kind: audit.KindChange, Channel: audit.ChannelJob, Event: "data.verify", Actor: access.ActorOf(ctx).ForAudit(), Subject: "ingest.delivery/" + string(d.ID),
		Target: audit.Target{Dataset: dataset, Version: fmt.Sprint(version.Number), Owner: d.Owner}, Reason: "sample of the source for the test of a connection",
	})
	if err != nil {
		return nil, err
	}
	r, err := s.sampleRules(ctx, d)
	if err != nil {
		return nil, err
	}
	kept := &sample{rules: r, rows: rows, most: int(n) + sampleSpare}
	if err := s.readSample(ctx, d, kept); err != nil {
		return nil, err
	}
	return kept.answer(columns, int(n), m), nil
}

func (s *Service) sampleRules(ctx context.Context, d *Delivery) (*rules, error) {
	about, err := s.Catalog.DescribeVersion(ctx, catalog.Code(d.Dataset), d.SchemaVersion)
	if err != nil {
		return nil, err
	}
	ref, err := s.Dictionary.Reference(ctx)
	if err != nil {
		return nil, err
	}
	return compile(about, ref, d.DataTime)
}

func (s *Service) readSample(ctx context.Context, d *Delivery, kept *sample) error {
	in, err := s.open(ctx, d)
	if err != nil {
		return err
	}
	defer in.close()
	at, err := places(in.form().Header, kept.rules.schema)
	if err != nil {
		return err
	}
	p, values := newPicked(len(at)), make([]dictionary.Value, len(at))
	for {
		rec, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.New(fault.Unavailable, "ingest.failed", string(d.ID)).Because(err)
		}
		if rec.bad != "" || len(rec.fields) != len(at) {
			continue
		}
		p.pick(rec, at)
		cells := make([]warehouse.Cell, len(at))
		if len(kept.rules.check(p, cells, values)) == 0 {
			kept.take(cells)
		}
	}
}

// sample keeps the records with the smallest keys that lie within the rows.
type sample struct {
	rules *rules
	rows  []access.RowRule
	most  int
	kept  []sampled
}

type sampled struct {
	cells    []warehouse.Cell
	conflict bool // the file holds two different records with this key, and so neither was published
}

func (s *sample) take(cells []warehouse.Cell) {
	for _, rule := range s.rows {
		i := place(s.rules.schema, rule.Column)
		if i < 0 || !slices.Contains(rule.In, s.rules.columns[i].Written(cells[i])) {
			return
		}
	}
	at, found := slices.BinarySearchFunc(s.kept, cells, func(e sampled, c []warehouse.Cell) int { return s.compare(e.cells, c) })
	switch {
	case found:
		s.kept[at].conflict = s.kept[at].conflict || !slices.Equal(s.kept[at].cells, cells)
	case at < s.most:
		s.kept = slices.Insert(s.kept, at, sampled{cells: cells})
		s.kept = s.kept[:min(len(s.kept), s.most)]
	}
}

// compare orders by the key as the row file does: text bytewise, everything else by number.
func (s *sample) compare(a, b []warehouse.Cell) int {
	for i, c := range s.rules.columns {
		if !c.Key {
			continue
		}
		if order := cmp.Or(cmp.Compare(a[i].Int, b[i].Int), cmp.Compare(a[i].Text, b[i].Text)); order != 0 {
			return order
		}
	}
	return 0
}

func (s *sample) answer(columns []access.Column, n int, m access.Masker) []map[string]any {
	var out []map[string]any
	for _, e := range s.kept {
		if e.conflict || len(out) >= n {
			continue
		}
		rec := make(map[string]any, len(columns))
		for _, c := range columns {
			i := place(s.rules.schema, c.Name)
			if i < 0 {
				continue
			}
			rec[c.Out()] = nil
			if !e.cells[i].Null {
				rec[c.Out()] = m.Apply(c, s.rules.columns[i].Written(e.cells[i]))
			}
		}
		out = append(out, rec)
	}
	return out
}

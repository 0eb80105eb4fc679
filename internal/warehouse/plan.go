package warehouse

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/ncruces/go-sqlite3"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// plan is a query over one row file: first the granted columns, then key and person columns, then the line.
type plan struct {
	version *Version
	granted []grantedColumn
	out     []OutColumn
	inside  []insideColumn
	line    int
	sql     string
	args    []arg
}

type grantedColumn struct {
	column Column
	grant  access.Column
}

// insideColumn is read for the cursor and the evidence only.
type insideColumn struct {
	column Column
	place  int
}

type arg struct {
	kind Kind
	cell Cell
}

// plan checks a query against the permit and writes its SQL. Names come from the version, values are bound.
func (s *Service) plan(permit access.Permit, v *Version, q Query, at *cursor) (*plan, error) {
	p := &plan{version: v}
	if err := p.choose(permit, q.Columns); err != nil {
		return nil, err
	}
	var where []string
	for _, rule := range permit.Rows() {
		clause, err := p.scope(rule)
		if err != nil {
			return nil, err
		}
		where = append(where, clause)
	}
	for _, f := range q.Filters {
		clause, err := p.filter(permit, f)
		if err != nil {
			return nil, err
		}
		where = append(where, clause)
	}
	if at != nil {
		clause, err := p.after(at)
		if err != nil {
			return nil, err
		}
		where = append(where, clause)
	}
	p.write(where)
	return p, nil
}

// choose picks the columns of the answer: those of the permit, narrowed to those asked.
func (p *plan) choose(permit access.Permit, asked []string) error {
	columns := permit.Columns()
	if len(asked) > 0 {
		columns = nil
		for _, name := range asked {
			i := slices.IndexFunc(permit.Columns(), func(c access.Column) bool { return c.Name == name })
			if i < 0 {
				return fault.New(fault.Denied, "warehouse.column_not_granted", name).At(name)
			}
			columns = append(columns, permit.Columns()[i])
		}
	}
	for _, g := range columns {
		c, _, there := p.version.Column(g.Name)
		if !there {
			return fault.New(fault.Conflict, "warehouse.column_gone", g.Name).At(g.Name)
		}
		p.granted = append(p.granted, grantedColumn{c, g})
		p.out = append(p.out, OutColumn{Name: g.Out(), Source: g.Name, Kind: c.Kind, Mask: g.Mask})
	}
	place := len(p.granted)
	for _, c := range p.version.Columns {
		if c.Key || c.Person {
			p.inside = append(p.inside, insideColumn{c, place})
			place++
		}
	}
	p.line = place
	return nil
}

// scope is a row rule of the permit. A rule that cannot be applied refuses everything rather than nothing.
func (p *plan) scope(rule access.RowRule) (string, error) {
	c, _, there := p.version.Column(rule.Column)
	if !there {
		return "", fault.New(fault.Conflict, "warehouse.column_gone", rule.Column).At(rule.Column)
	}
	return p.oneOf(c, rule.In)
}

func (p *plan) filter(permit access.Permit, f Filter) (string, error) {
	c, _, there := p.version.Column(f.Column)
	stated := f.Op == Equal && len(f.Values) == 1 && permit.Matches(f.Column)
	if !there || !stated && !permit.Filterable(f.Column) { // the same answer, so that no column is found by asking
		return "", fault.New(fault.Denied, "warehouse.column_not_granted", f.Column).At(f.Column)
	}
	if f.Op == Equal {
		return p.oneOf(c, f.Values)
	}
	sign, known := map[Op]string{Less: "<", AtMost: "<=", Greater: ">", AtLeast: ">="}[f.Op]
	if !known || len(f.Values) != 1 {
		return "", fault.New(fault.Invalid, "warehouse.bad_filter", f.Column).At(f.Column)
	}
	cell, err := c.parse(f.Values[0])
	if err != nil {
		return "", err
	}
	p.args = append(p.args, arg{c.Kind, cell})
	return mustIdent(c.Name) + " " + sign + " ?", nil
}

const maxValues = 1000

func (p *plan) oneOf(c Column, values []string) (string, error) {
	if len(values) > maxValues {
		return "", fault.New(fault.Invalid, "warehouse.bad_filter", c.Name).At(c.Name)
	}
	for _, v := range values {
		cell, err := c.parse(v)
		if err != nil {
			return "", err
		}
		p.args = append(p.args, arg{c.Kind, cell})
	}
	switch len(values) {
	case 0:
		return "0", nil // none of no values
	case 1:
		return mustIdent(c.Name) + " = ?", nil
	}
	return mustIdent(c.Name) + " IN (?" + strings.Repeat(", ?", len(values)-1) + ")", nil
}

// after continues behind the key of the cursor.
func (p *plan) after(at *cursor) (string, error) {
	var names []string
	for _, c := range p.version.Columns {
		if c.Key {
			if len(names) == len(at.Key) {
				break
			}
			p.args = append(p.args, arg{c.Kind, at.Key[len(names)]})
			names = append(names, mustIdent(c.Name))
		}
	}
	if len(names) == 0 || len(names) != len(at.Key) {
		return "", fault.New(fault.Invalid, "warehouse.bad_cursor").At("after")
	}
	return "(" + strings.Join(names, ", ") + ") > (?" + strings.Repeat(", ?", len(names)-1) + ")", nil
}

func (p *plan) write(where []string) {
	var b strings.Builder
	b.WriteString("SELECT ")
	for _, g := range p.granted {
		b.WriteString(mustIdent(g.column.Name) + ", ")
	}
	var order []string
	for _, in := range p.inside {
		b.WriteString(mustIdent(in.column.Name) + ", ")
		if in.column.Key {
			order = append(order, mustIdent(in.column.Name))
		}
	}
	b.WriteString("_line FROM rows")
	if len(where) > 0 {
		b.WriteString(" WHERE " + strings.Join(where, " AND "))
	}
	b.WriteString(" ORDER BY " + strings.Join(order, ", ") + " LIMIT ?")
	p.sql = b.String()
}

// key reads the key of the current row.
func (p *plan) key(stmt *sqlite3.Stmt) []Cell {
	key := make([]Cell, 0, len(p.inside))
	for _, in := range p.inside {
		if in.column.Key {
			key = append(key, readCell(stmt, in.place, in.column.Kind))
		}
	}
	return key
}

// subjects are the persons of the current row.
func (p *plan) subjects(stmt *sqlite3.Stmt) []string {
	var subjects []string
	for _, in := range p.inside {
		if !in.column.Person {
			continue
		}
		if cell := readCell(stmt, in.place, in.column.Kind); !cell.Null {
			subjects = append(subjects, in.column.Written(cell))
		}
	}
	return subjects
}

// RecordKey is the text under which a record's hash stands in the evidence, so that a trace can ask for a record.
func RecordKey(v *Version, key []Cell) string {
	var parts []string
	for _, c := range v.Columns {
		if c.Key && len(parts) < len(key) {
			parts = append(parts, c.Written(key[len(parts)]))
		}
	}
	return v.Dataset + "#" + strings.Join(parts, "|")
}

// questionOf binds a cursor to dataset, grant, columns and filters.
func questionOf(permit access.Permit, q Query) string {
	b, err := json.Marshal(struct {
		Dataset, Grant string
		Columns        []string
		Filters        []Filter
	}{permit.Dataset(), permit.Decision().Grant.ID, q.Columns, q.Filters})
	if err != nil { // strings always marshal
		panic(fmt.Sprintf("warehouse: %v", err))
	}
	return string(b)
}

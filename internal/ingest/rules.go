package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/ingest/sheet"
	"lienthong/internal/warehouse"
)

// rules check the rows of one schema version. They are safe for one goroutine.
type rules struct {
	schema   *catalog.Schema
	checkers []*dictionary.Checker
	exact    []*dictionary.Checker // for values that are numbers by themselves, whatever the files' style
	columns  []warehouse.Column
	version  string
	dateAt   int            // place of the record's date among the fields, -1 when the delivery's day serves
	day      dictionary.Day // of the delivery
	persons  []personPlaces
}

type personPlaces struct{ id, sex, birth int }

// problem is one value that does not pass.
type problem struct {
	field int // place among the fields, -1 for the whole row
	value string
	code  string
	args  []any
}

// compile prepares the rules of a described dataset as they stand now.
func compile(d catalog.Described, ref dictionary.Reference, dataTime time.Time) (*rules, error) {
	r := &rules{schema: d.Schema, dateAt: -1, day: dictionary.DayOf(dataTime)}
	for i, f := range d.Schema.Fields {
		e, mapped := d.Elements[f.Element]
		if !mapped { // a field that waits for its element is kept as text
			e = dictionary.Element{Code: "chua_co", Definition: dictionary.Definition{Type: dictionary.Text}}
		}
		c, err := e.Compile(ref, d.Schema.Numbers)
		if err != nil {
			return nil, fmt.Errorf("prepare field %s of %s: %w", f.Name, d.Code, err)
		}
		exact, err := e.Compile(ref, dictionary.StylePlain)
		if err != nil {
			return nil, fmt.Errorf("prepare field %s of %s: %w", f.Name, d.Code, err)
		}
		r.checkers, r.exact = append(r.checkers, c), append(r.exact, exact)
		r.columns = append(r.columns, column(f, e))
		if f.Name == d.Schema.DateField {
			r.dateAt = i
		}
	}
	for _, p := range d.Schema.Persons {
		r.persons = append(r.persons, personPlaces{place(d.Schema, p.ID), place(d.Schema, p.Sex), place(d.Schema, p.Birth)})
	}
	var err error
	r.version, err = ruleVersion(d, ref)
	return r, err
}

func place(s *catalog.Schema, name string) int {
	for i, f := range s.Fields {
		if f.Name == name {
			return i
		}
	}
	return -1
}

// column says how the warehouse keeps a field.
func column(f catalog.Field, e dictionary.Element) warehouse.Column {
	c := warehouse.Column{
		Name: f.Name, Label: f.Label, Kind: warehouse.Text, Key: f.Key, Person: f.Person || e.Definition.Type == dictionary.PersonalID,
		Sensitive: f.Class.Masked(),
	}
	c.Sensitive = c.Sensitive || c.Person // an identifier is a person's value however its field is classed
	switch dictionary.KindOf(e.Definition.Type) {
	case dictionary.KindInteger:
		c.Kind = warehouse.Integer
	case dictionary.KindDecimal:
		c.Kind, c.Scale = warehouse.Decimal, e.Definition.Scale
	case dictionary.KindDate:
		c.Kind = warehouse.Date
	case dictionary.KindTime:
		c.Kind = warehouse.Time
	case dictionary.KindBoolean:
		c.Kind = warehouse.Boolean
	}
	c.Index = c.Person || e.Definition.Type == dictionary.CommuneCode || e.Definition.Type == dictionary.BusinessID
	return c
}

// ruleVersion names everything that a row is checked against: schema, element versions, code list versions, units.
func ruleVersion(d catalog.Described, ref dictionary.Reference) (string, error) {
	lists := map[string]int{}
	for _, e := range d.Elements {
		if l := ref.Lists[e.Definition.CodeList]; l != nil {
			lists[l.Name] = l.Version
		}
	}
	b, err := json.Marshal(struct {
		Schema *catalog.Schema
		Lists  map[string]int
		Units  int
	}{d.Schema, lists, unitsEdition})
	if err != nil {
		return "", fmt.Errorf("name the rules of %s: %w", d.Code, err)
	}
	sum := sha256.Sum256(b)
	return fmt.Sprintf("%d-%s", d.Schema.Version, hex.EncodeToString(sum[:6])), nil
}

// unitsEdition rises when the embedded administrative units change.
const unitsEdition = 1

// picked is a record in the order of the schema.
type picked struct {
	fields []string
	cells  []sheet.Cell // nil for CSV, where everything is text
	fixes  []cellFix    // by field
	kinds  []sheet.Cell
}

func newPicked(n int) *picked {
	return &picked{fields: make([]string, n), kinds: make([]sheet.Cell, n)}
}

// pick takes the fields of a record; at maps each field to its column.
func (p *picked) pick(rec record, at []int) {
	p.cells, p.fixes = nil, p.fixes[:0]
	if rec.cells != nil {
		p.cells = p.kinds
	}
	for i, column := range at {
		p.fields[i] = rec.fields[column]
		if rec.cells != nil {
			p.cells[i] = rec.cells[column]
		}
		for _, f := range rec.fixes {
			if f.column == column {
				p.fixes = append(p.fixes, cellFix{i, f.name})
			}
		}
	}
}

// check reads one record into cells. It answers every value that does not pass, not the first alone.
func (r *rules) check(rec *picked, cells []warehouse.Cell, values []dictionary.Value) []problem {
	var problems []problem
	fields, day := rec.fields, r.day
	if r.dateAt >= 0 {
		day = dictionary.NoDay
		if v, p := r.checkers[r.dateAt].Parse(fields[r.dateAt], dictionary.NoDay); p == nil {
			day = dayOf(v)
		}
	}
	for i := range r.checkers {
		v, p := r.parse(rec, i, day)
		values[i] = v
		if p != nil {
			p.field, p.value = i, fields[i]
			problems = append(problems, *p)
			continue
		}
		if v.Null() {
			cells[i] = warehouse.Cell{Null: true}
			if f := &r.schema.Fields[i]; f.Required || f.Key {
				problems = append(problems, problem{i, "", "dictionary.required", nil})
			}
			continue
		}
		cells[i] = warehouse.Cell{Int: v.Int, Text: v.Text}
	}
	return append(problems, r.crossCheck(fields, values)...)
}

// parse reads one field by what it is: a number of a sheet or of JSON is read as a number and never as a Vietnamese text.
func (r *rules) parse(rec *picked, i int, day dictionary.Day) (dictionary.Value, *problem) {
	c, number := r.checkers[i], false
	if rec.cells != nil {
		if p := typed(rec.cells[i]); p != nil {
			return dictionary.Value{}, p
		}
		if number = rec.cells[i].Kind == sheet.Number; number {
			c = r.exact[i]
		}
	}
	v, p := c.Parse(rec.fields[i], day)
	if p == nil {
		return v, nil
	}
	if number && r.columns[i].Kind == warehouse.Text {
		p = lostZeros(c, rec.fields[i], day, p)
	}
	return v, &problem{code: p.Code, args: p.Args}
}

// lostZeros tells a code that was typed as a number, which has taken its leading zeros away. They are never put back: the
// owner says what the code was.
func lostZeros(c *dictionary.Checker, written string, day dictionary.Day, p *dictionary.Problem) *dictionary.Problem {
	padded := written
	for range 3 {
		padded = "0" + padded
		if _, still := c.Parse(padded, day); still == nil {
			return &dictionary.Problem{Code: "dictionary.lost_leading_zero", Args: []any{len(written), len(padded)}}
		}
	}
	return p
}

// dayOf is the day of a date or moment.
func dayOf(v dictionary.Value) dictionary.Day {
	switch v.Kind {
	case dictionary.KindDate:
		return dictionary.DayOf(time.Unix(v.Int*86400, 0).UTC())
	case dictionary.KindTime:
		return dictionary.DayOf(time.UnixMicro(v.Int))
	}
	return dictionary.NoDay
}

// crossCheck compares identifier, sex and birth of each person of the row.
func (r *rules) crossCheck(fields []string, values []dictionary.Value) []problem {
	var problems []problem
	for _, p := range r.persons {
		id := values[p.id]
		if id.Null() || len(id.Text) != 12 {
			continue
		}
		var sex dictionary.Sex
		if p.sex >= 0 {
			sex = dictionary.SexOf(values[p.sex].Text)
		}
		if problem1 := dictionary.CheckPerson(id.Text, sex, 0); problem1 != nil {
			problems = append(problems, problem{p.sex, fields[p.sex], problem1.Code, problem1.Args})
		}
		if p.birth < 0 {
			continue
		}
		if problem1 := dictionary.CheckPerson(id.Text, "", birthYear(values[p.birth])); problem1 != nil {
			problems = append(problems, problem{p.birth, fields[p.birth], problem1.Code, problem1.Args})
		}
	}
	return problems
}

// birthYear is the year of a date, or a number that is a year; 0 when not known.
func birthYear(v dictionary.Value) int {
	switch v.Kind {
	case dictionary.KindDate:
		return time.Unix(v.Int*86400, 0).UTC().Year()
	case dictionary.KindInteger:
		return int(v.Int)
	}
	return 0
}

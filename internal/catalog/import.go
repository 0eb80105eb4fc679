package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Entry is one dataset as a filled-in form says it: the row of the dataset, the rows of its fields, or both.
type Entry struct {
	Line    int64 // of the dataset's row; 0 when only fields are given, of a draft that is there already
	Dataset Dataset
	Fields  []FieldEntry
	Wrong   []CellFault // what could not be read
}

// FieldEntry is one row of the form of fields.
type FieldEntry struct {
	Line   int64
	Field  Field
	Shared bool // within the sharing scope
}

// CellFault is one wrong cell of a form.
type CellFault struct {
	OfFields bool  // in the form of fields, not in that of datasets
	Line     int64 // as the office program counts them
	Field    string
	Value    string
	Fault    *fault.Fault
}

// ImportRefused is the fault catalog.import_rows with every wrong cell.
type ImportRefused struct {
	Cells []CellFault
	fault *fault.Fault
}

func (r *ImportRefused) Error() string { return r.fault.Error() }
func (r *ImportRefused) Unwrap() error { return r.fault }

func refuseImport(cells []CellFault) *ImportRefused {
	f := fault.New(fault.Invalid, "catalog.import_rows", len(cells))
	for _, c := range cells {
		item := *c.Fault
		item.Field = fmt.Sprintf("row %d, %s", c.Line, c.Field)
		if c.OfFields {
			item.Field = "fields " + item.Field
		}
		f.Items = append(f.Items, &item)
	}
	return &ImportRefused{cells, f}
}

// Outcome is what an import does with an entry.
type Outcome string

const (
	ImportCreate Outcome = "create"
	ImportChange Outcome = "change"
	ImportSame   Outcome = "same" // it is there already, exactly so
)

// Imported is one entry with what becomes of it.
type Imported struct {
	Code    Code    `json:"code"`
	Name    string  `json:"name"`
	Fields  int     `json:"fields"`
	Outcome Outcome `json:"outcome"`
}

const maxEntries = 1000

// errPreview ends a transaction whose outcome was only to be seen.
var errPreview = errors.New("a preview keeps nothing")

// Import makes drafts of the entries, or changes those that are drafts still: all of them or none. A refusal is an
// *ImportRefused that names every wrong cell. What is there already exactly so stays as it is, so that the same form may be
// sent again. With preview nothing is kept.
func (s *Service) Import(ctx context.Context, entries []Entry, preview bool) ([]Imported, error) {
	who, err := access.Require(ctx, access.CatalogRegister)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 || len(entries) > maxEntries {
		return nil, fault.New(fault.Invalid, "catalog.import_empty", maxEntries).At("file")
	}
	wrong, err := s.checkEntries(ctx, who, entries)
	if err != nil {
		return nil, err
	}
	var done []Imported
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		done = done[:0]
		refused := slices.Clone(wrong) // a transaction may run again
		for i := range entries {
			one, cells, err := s.importOne(ctx, q, who, entries[i])
			if err != nil {
				return err
			}
			refused, done = append(refused, cells...), append(done, one)
		}
		if len(refused) > 0 {
			return refuseImport(refused)
		}
		if preview {
			return errPreview
		}
		return nil
	})
	if errors.Is(err, errPreview) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return done, nil
}

// checkEntries completes the entries and says what is wrong with each by itself and among the others.
func (s *Service) checkEntries(ctx context.Context, who access.Actor, entries []Entry) ([]CellFault, error) {
	var wrong []CellFault
	seen := map[Code]bool{}
	for i := range entries {
		e := &entries[i]
		wrong = append(wrong, e.Wrong...)
		if seen[e.Dataset.Code] {
			wrong = append(wrong, e.fault(fault.New(fault.Invalid, "catalog.import_twice", e.Dataset.Code).At("code")))
			continue
		}
		seen[e.Dataset.Code] = true
		if !who.CanFor(access.CatalogRegister, e.Dataset.Owner) {
			wrong = append(wrong, e.fault(fault.New(fault.Denied, "access.other_agency", e.Dataset.Owner).At("code")))
			continue
		}
		found, err := s.checkEntry(ctx, e)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if !e.told(f.Field) { // the cell itself has been named already
				wrong = append(wrong, e.fault(f))
			}
		}
	}
	return wrong, nil
}

func (e Entry) told(field string) bool {
	return slices.ContainsFunc(e.Wrong, func(c CellFault) bool { return !c.OfFields && c.Field == field })
}

// fault says where a fault of the entry stands: in its row, or in that of the field which it names.
func (e Entry) fault(f *fault.Fault) CellFault {
	name, _, _ := strings.Cut(f.Field, ".")
	for _, x := range e.Fields {
		if x.Field.Name == name || x.Field.Name == f.Field {
			return CellFault{OfFields: true, Line: x.Line, Field: "field", Value: x.Field.Name, Fault: f}
		}
	}
	if e.Line == 0 && len(e.Fields) > 0 || slices.Contains([]string{"fields", "schema", "sharing.fields"}, f.Field) && len(e.Fields) > 0 {
		return CellFault{OfFields: true, Line: e.Fields[0].Line, Field: f.Field, Fault: f}
	}
	return CellFault{Line: e.Line, Field: f.Field, Fault: f}
}

// checkEntry is what the form of one dataset lacks. What may follow later (its fields, when the form has none) is not asked.
func (s *Service) checkEntry(ctx context.Context, e *Entry) ([]*fault.Fault, error) {
	c := collector{}
	d := &e.Dataset
	d.clean()
	var schema *Schema
	if len(e.Fields) > 0 {
		schema = e.schema()
		if err := s.ready(ctx, Dataset{State: Draft}, schema); err != nil {
			if fault.Of(err).Kind == fault.Internal {
				return nil, err
			}
			c.join(err)
		}
		for i := range schema.Fields {
			e.Fields[i].Field = schema.Fields[i]
		}
	}
	if e.Line == 0 {
		return c.faults, nil
	}
	d.Sharing.Fields = nil
	for _, f := range e.Fields {
		if f.Shared {
			d.Sharing.Fields = append(d.Sharing.Fields, f.Field.Name)
		}
	}
	if err := s.guard(ctx, d); err != nil {
		if fault.Of(err).Kind == fault.Internal {
			return nil, err
		}
		c.join(err)
	}
	lacks, err := s.Missing(ctx, *d, schema)
	if err != nil {
		return nil, err
	}
	for _, f := range lacks {
		if f.Field == "schema" && schema == nil || slices.ContainsFunc(c.faults, func(x *fault.Fault) bool { return x.Field == f.Field && x.Code == f.Code }) {
			continue
		}
		c.faults = append(c.faults, f)
	}
	if d.OfficialSystem != "" {
		if err := s.officialSource(ctx, *d); err != nil {
			if fault.Of(err).Kind == fault.Internal {
				return nil, err
			}
			f := *fault.Of(err)
			c.faults = append(c.faults, f.At("official_system"))
		}
	}
	return c.faults, nil
}

func (e Entry) schema() *Schema {
	s := &Schema{}
	for _, f := range e.Fields {
		s.Fields = append(s.Fields, f.Field)
	}
	return s
}

// importOne creates or changes one draft in the transaction of the whole.
func (s *Service) importOne(ctx context.Context, q controldb.Querier, who access.Actor, e Entry) (Imported, []CellFault, error) {
	out := Imported{Code: e.Dataset.Code, Name: e.Dataset.Name, Fields: len(e.Fields), Outcome: ImportCreate}
	if !e.Dataset.Code.Valid() || !who.CanFor(access.CatalogRegister, e.Dataset.Owner) {
		return out, nil, nil // told before
	}
	stored, err := findByCode(ctx, q, e.Dataset.Code)
	switch {
	case fault.Is(err, "catalog.not_found") && e.Line == 0:
		return out, []CellFault{e.fault(fault.New(fault.NotFound, "catalog.not_found", e.Dataset.Code).At("fields"))}, nil
	case fault.Is(err, "catalog.not_found"):
		return cellsOrError(out, e, s.importNew(ctx, q, who, e))
	case err != nil:
		return out, nil, err
	case !who.CanFor(access.CatalogRegister, stored.Owner): // a draft keeps its code when another agency takes it over
		return out, []CellFault{e.fault(fault.New(fault.Denied, "access.other_agency", stored.Owner).At("code"))}, nil
	}
	if out.Name == "" {
		out.Name = stored.Name
	}
	next, schema, same, err := s.merged(ctx, q, stored, e)
	if err != nil || same {
		out.Outcome = ImportSame
		return out, nil, err
	}
	out.Outcome = ImportChange
	if !stored.State.Editable() {
		return out, []CellFault{e.fault(fault.New(fault.Conflict, "catalog.not_editable", stored.Code, stored.State).At("code"))}, nil
	}
	err = s.apply(ctx, q, who, &next, "catalog.import", "", func(q controldb.Querier, who access.Actor, d *Dataset) error {
		if schema != nil {
			schema.Dataset, schema.CreatedAt, schema.CreatedBy = d.ID, s.Clock.Now(), who.ID
			if err := insertSchema(ctx, q, schema); err != nil {
				return err
			}
			d.SchemaVersion = schema.Version
		}
		return nil
	})
	return cellsOrError(out, e, err)
}

// cellsOrError tells a refusal by its cell; anything else ends the import.
func cellsOrError(out Imported, e Entry, err error) (Imported, []CellFault, error) {
	if err == nil || fault.Of(err).Kind == fault.Internal {
		return out, nil, err
	}
	return out, []CellFault{e.fault(fault.Of(err))}, nil
}

func (s *Service) importNew(ctx context.Context, q controldb.Querier, who access.Actor, e Entry) error {
	d := e.Dataset
	s.open(&d)
	d.Classification.SetBy, d.Classification.SetAt = who.ID, d.CreatedAt
	if err := nameFree(ctx, q, d); err != nil {
		return err
	}
	var schema *Schema
	if len(e.Fields) > 0 {
		schema = e.schema()
	}
	return s.insert(ctx, q, who, &d, schema, OwnerPeriod{Agency: d.Owner, From: d.CreatedAt, By: who.ID})
}

// merged is the stored draft with what the form says, its new schema when the fields are others, and whether nothing is.
func (s *Service) merged(ctx context.Context, q controldb.Querier, stored Dataset, e Entry) (Dataset, *Schema, bool, error) {
	next := stored
	if in := e.Dataset; e.Line > 0 {
		next.Name, next.Description, next.Method, next.MethodReason, next.AutomateBy = in.Name, in.Description, in.Method, in.MethodReason, in.AutomateBy
		next.Frequency, next.MaxDelay, next.Standards, next.Formats, next.LegalBasis, next.Form = in.Frequency, in.MaxDelay, in.Standards, in.Formats, in.LegalBasis, in.Form
		next.Class, next.Persons, next.OfficialSystem = in.Class, in.Persons, in.OfficialSystem
		c := in.Classification
		next.Classification.Nature, next.Classification.Scope, next.Classification.Steering = c.Nature, c.Scope, c.Steering
		fields, rows := next.Sharing.Fields, next.Sharing.Rows // rows are no part of the form
		if next.Sharing = in.Sharing; len(e.Fields) == 0 {
			next.Sharing.Fields = fields
		}
		next.Sharing.Rows = rows
	}
	var schema *Schema
	if len(e.Fields) > 0 {
		before, err := schemaOf(ctx, q, stored)
		if err != nil {
			return next, nil, false, err
		}
		if schema = e.schema(); before != nil {
			schema.Numbers, schema.DateField, schema.Persons = before.Numbers, before.DateField, before.Persons
			if slices.Equal(before.Fields, schema.Fields) {
				schema = nil
			}
		}
	}
	return next, schema, schema == nil && alikeJSON(next, stored), nil
}

// alikeJSON compares two datasets as they are stored.
func alikeJSON(a, b Dataset) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(x) == string(y)
}

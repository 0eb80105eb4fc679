package system

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// ImportColumns of a file of systems; the first ImportNeeded must be there.
func ImportColumns() []string {
	return []string{"id", "name", "owner", "category", "layer", "operator", "vendor", "address", "technology", "api", "api_note", "contact", "security_contact"}
}

// ImportNeeded is how many of ImportColumns a file must have.
const ImportNeeded = 5

// maxImport is far above the systems of a province; a larger file is not this register.
const maxImport = 5000

// ImportRow is one line of a file: its number there and its cells by column.
type ImportRow struct {
	Line  int
	Cells map[string]string
}

// Imported counts what an import changed.
type Imported struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
}

// RowError is one wrong cell of an import.
type RowError struct {
	Row    int
	Column string
	Value  string
	Reason *fault.Fault
}

// ImportRefused is the fault system.import_rows with every wrong cell.
type ImportRefused struct {
	Rows  []RowError
	fault *fault.Fault
}

func (r *ImportRefused) Error() string { return r.fault.Error() }
func (r *ImportRefused) Unwrap() error { return r.fault }

// Import adds and changes systems from the rows of a file: all or none. A refusal is an *ImportRefused that names every
// wrong cell. Stewards import their own agency's systems only; what a file does not say of a known system stays as it is.
func (s *Service) Import(ctx context.Context, rows []ImportRow) (Imported, error) {
	who, err := access.Require(ctx, access.SystemRegister)
	if err != nil {
		return Imported{}, err
	}
	switch {
	case len(rows) == 0:
		return Imported{}, fault.New(fault.Invalid, "system.import_empty").At("file")
	case len(rows) > maxImport:
		return Imported{}, fault.New(fault.Invalid, "system.import_many", maxImport).At("file")
	}
	active := map[string]bool{}
	for _, r := range rows { // outside the transaction, which has one connection only
		owner := r.Cells["owner"]
		if _, known := active[owner]; known || owner == "" {
			continue
		}
		if active[owner], err = s.agencies.Active(ctx, owner); err != nil {
			return Imported{}, err
		}
	}
	var count Imported
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		count = Imported{}
		return s.importAll(ctx, q, who, rows, active, &count)
	})
	return count, err
}

func (s *Service) importAll(ctx context.Context, q controldb.Querier, who access.Actor, rows []ImportRow, active map[string]bool, count *Imported) error {
	known := map[string]*System{}
	all, err := allSystems(ctx, q)
	if err != nil {
		return err
	}
	names := map[string]string{} // spelling of a name to the system that has it
	for _, one := range all {
		known[one.ID], names[vitext.Key(one.Name)] = one, one.ID
	}
	im := importing{Service: s, who: who, known: known, names: names, active: active, seen: map[string]bool{}}
	for _, r := range rows {
		im.read(r)
	}
	if len(im.wrong) > 0 {
		return im.refusal()
	}
	for _, c := range im.changes {
		switch {
		case c.same:
			count.Same++
			continue
		case c.known:
			count.Changed++
		default:
			count.Added++
		}
		if err := s.save(ctx, q, who, c.system, "system.import", ""); err != nil {
			return err
		}
	}
	return nil
}

// importing is one import under way.
type importing struct {
	*Service
	who     access.Actor
	known   map[string]*System
	names   map[string]string
	active  map[string]bool
	seen    map[string]bool
	changes []importChange
	wrong   []RowError
}

type importChange struct {
	system      *System
	known, same bool
}

// read takes one row in, with all that is wrong with it.
func (im *importing) read(r ImportRow) {
	cell := func(name string) string { return strings.TrimSpace(vitext.NFC(r.Cells[name])) }
	at := func(column, code string, args ...any) {
		im.wrong = append(im.wrong, RowError{r.Line, column, r.Cells[column], fault.New(fault.Invalid, code, args...)})
	}
	in := im.base(cell("id"))
	before := *in
	for column, to := range map[string]*string{
		"name": &in.Name, "owner": &in.Owner, "operator": &in.Operator, "vendor": &in.Vendor, "address": &in.Address, "technology": &in.Technology,
		"api_note": &in.APINote, "contact": &in.Contact, "security_contact": &in.Security,
	} {
		if _, has := r.Cells[column]; has {
			*to = cell(column)
		}
	}
	in.Layer = Layer(cell("layer"))
	if _, has := r.Cells["api"]; has {
		in.API = API(cell("api"))
	}
	category, ok := CategoryOf(cell("category"))
	if in.Category = category; !ok {
		at("category", "system.import_category", cell("category"))
		in.Category = Ordered // named already
	}
	if err := in.check(); err != nil {
		f := fault.Of(err)
		for _, item := range append(slices.Clone(f.Items), f) {
			if item.Field != "" {
				at(item.Field, item.Code, item.Args...)
			}
		}
	}
	switch {
	case in.Owner == "":
	case !im.who.CanFor(access.SystemRegister, in.Owner) || im.known[in.ID] != nil && !im.who.CanFor(access.SystemRegister, im.known[in.ID].Owner):
		at("owner", "access.other_agency", in.Owner)
	case !im.active[in.Owner]:
		at("owner", "system.owner_inactive", in.Owner)
	}
	im.place(in, before, at)
}

// base is the system that a row changes, or a new one.
func (im *importing) base(id string) *System {
	if old := im.known[id]; old != nil {
		kept := *old
		return &kept
	}
	begun := im.fresher(im.who, System{ID: id})
	return &begun
}

// place compares a row with the register and the rows before it.
func (im *importing) place(in *System, before System, at func(column, code string, args ...any)) {
	if im.seen[in.ID] {
		at("id", "system.import_twice", in.ID)
	}
	im.seen[in.ID] = true
	key := vitext.Key(in.Name)
	if other, taken := im.names[key]; taken && other != in.ID {
		code := "system.name_taken"
		if im.seen[other] {
			code = "system.import_name_twice"
		}
		at("name", code)
	}
	im.names[key] = in.ID
	known := im.known[in.ID] != nil
	same := known && alike(before, *in)
	if known && !same {
		in.ChangedAt, in.Revision = im.clock.Now(), in.Revision+1
	}
	im.changes = append(im.changes, importChange{in, known, same})
}

func alike(a, b System) bool {
	return a.Name == b.Name && a.Owner == b.Owner && a.Category == b.Category && a.Layer == b.Layer && a.Operator == b.Operator && a.Vendor == b.Vendor &&
		a.Address == b.Address && a.Technology == b.Technology && a.API == b.API && a.APINote == b.APINote && a.Contact == b.Contact && a.Security == b.Security
}

func (im *importing) refusal() error {
	slices.SortStableFunc(im.wrong, func(a, b RowError) int { return a.Row - b.Row })
	f := fault.New(fault.Invalid, "system.import_rows", len(im.wrong))
	for _, r := range im.wrong {
		item := *r.Reason
		item.Field = fmt.Sprintf("row %d, %s", r.Row, r.Column)
		f.Items = append(f.Items, &item)
	}
	return &ImportRefused{im.wrong, f}
}

// CategoryOf reads a group as the regulation letters it (Điều 8.2: a, b, c, d, đ, e) or by its word here.
func CategoryOf(text string) (Category, bool) {
	for i, c := range Categories() {
		if letter := []string{"a", "b", "c", "d", "đ", "e"}[i]; strings.EqualFold(text, letter) || strings.EqualFold(text, string(c)) {
			return c, true
		}
	}
	return "", false
}

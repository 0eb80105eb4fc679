package agency

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vitext"
)

// Columns of an import file; the first three and valid_from are needed.
var columns = []string{"code", "name", "kind", "valid_from", "parent", "commune", "sponsor", "commitment", "valid_to"}

const neededColumns = 4

// Imported counts what an import changed.
type Imported struct {
	Added, Changed, Same int
}

// maxImport is far above the 120 agencies of a province; a larger file is not this register.
const maxImport = 8 << 20

// RowError is one wrong cell of an import.
type RowError struct {
	Row    int
	Column string
	Value  string
	Reason *fault.Fault
}

// ImportRefused is the fault agency.import_rows with every wrong cell.
type ImportRefused struct {
	Rows  []RowError
	fault *fault.Fault
}

func (r *ImportRefused) Error() string { return r.fault.Error() }
func (r *ImportRefused) Unwrap() error { return r.fault }

func refuse(rows []RowError) *ImportRefused {
	f := fault.New(fault.Invalid, "agency.import_rows", len(rows))
	for _, r := range rows {
		item := *r.Reason
		item.Field = fmt.Sprintf("row %d, %s", r.Row, r.Column)
		f.Items = append(f.Items, &item)
	}
	return &ImportRefused{rows, f}
}

// Import adds and changes agencies from a CSV file (UTF-8, comma or semicolon). Invariant 3: all rows or none; a refusal
// is an *ImportRefused that names every wrong cell.
func (s *Service) Import(ctx context.Context, file io.Reader) (Imported, error) {
	who, err := access.Require(ctx, access.AgencyChange)
	if err != nil {
		return Imported{}, err
	}
	rows, err := readRows(file)
	if err != nil {
		return Imported{}, err
	}
	var count Imported
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		count = Imported{}
		tree, err := loadTree(ctx, q)
		if err != nil {
			return err
		}
		if err := s.placeRows(ctx, tree, rows); err != nil {
			return err
		}
		for _, r := range rows {
			switch {
			case !r.known:
				count.Added++
			case r.same:
				count.Same++
				continue
			default:
				count.Changed++
			}
			if err := s.save(ctx, q, who, r.agency, "agency.import"); err != nil {
				return err
			}
		}
		return nil
	})
	return count, err
}

type importRow struct {
	line   int
	cells  map[string]string
	agency *Agency
	unread []*fault.Fault // what is wrong with the row by itself
	wrong  []*fault.Fault // and among the others
	known  bool
	same   bool
}

// placeRows puts every row into the tree first, so that rows may refer to each other in any order, then checks each.
func (s *Service) placeRows(ctx context.Context, tree Tree, rows []*importRow) error {
	now := s.clock.Now()
	seen, before := map[string]bool{}, map[string]*Agency{}
	for _, r := range rows {
		a := r.agency
		r.wrong = slices.Clone(r.unread) // a transaction may run again
		if seen[a.Code] {
			r.wrong = append(r.wrong, fault.New(fault.Invalid, "agency.import_twice", a.Code).At("code"))
			continue
		}
		seen[a.Code] = true
		a.CreatedAt, a.ChangedAt = now, now
		if old, known := tree[a.Code]; known {
			a.CreatedAt, before[a.Code] = old.CreatedAt, old
			r.known, r.same = true, alike(old, a)
		}
		tree[a.Code] = a
	}
	var wrong []RowError
	for _, r := range rows {
		if len(r.wrong) == 0 {
			if f := tree.checkPlace(r.agency); f != nil {
				r.wrong = append(r.wrong, f)
			}
			if f, err := s.mayBecome(ctx, before[r.agency.Code], r.agency); err != nil {
				return err
			} else if f != nil {
				r.wrong = append(r.wrong, f)
			}
		}
		for _, f := range r.wrong {
			wrong = append(wrong, RowError{r.line, f.Field, r.cells[f.Field], f})
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return refuse(wrong)
}

func alike(a, b *Agency) bool {
	x, y := *a, *b
	x.CreatedAt, x.ChangedAt, y.CreatedAt, y.ChangedAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	return x == y
}

func readRows(file io.Reader) ([]*importRow, error) {
	text, err := io.ReadAll(io.LimitReader(vitext.ValidUTF8(file), maxImport+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxImport { // cut off, the file would be imported in part
		return nil, fault.New(fault.TooLarge, "agency.import_large", maxImport>>20)
	}
	r := csv.NewReader(strings.NewReader(string(text)))
	if first, _, _ := strings.Cut(string(text), "\n"); strings.Count(first, ";") > strings.Count(first, ",") {
		r.Comma = ';'
	}
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil, fault.New(fault.Invalid, "agency.import_header", strings.Join(columns, ", "), strings.Join(columns[:neededColumns], ", "))
	}
	place, err := findColumns(header)
	if err != nil {
		return nil, err
	}
	var rows []*importRow
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			return nil, fault.New(fault.Invalid, "agency.import_unreadable", len(rows)+2).Because(err)
		}
		rows = append(rows, readRow(line, record, place))
	}
	if len(rows) == 0 {
		return nil, fault.New(fault.Invalid, "agency.import_empty")
	}
	return rows, nil
}

func findColumns(header []string) (map[string]int, error) {
	place := map[string]int{}
	for i, h := range header {
		name := strings.ToLower(strings.TrimSpace(h))
		if name == "type" { // what the regulation's tables call it
			name = "kind"
		}
		place[name] = i
	}
	var missing []string
	for _, c := range columns[:neededColumns] {
		if _, has := place[c]; !has {
			missing = append(missing, c)
		}
	}
	if len(missing) > 0 {
		return nil, fault.New(fault.Invalid, "agency.import_header", strings.Join(columns, ", "), strings.Join(missing, ", "))
	}
	return place, nil
}

func readRow(line int, record []string, place map[string]int) *importRow {
	cell := func(name string) string {
		i, has := place[name]
		if !has || i >= len(record) {
			return ""
		}
		return strings.TrimSpace(record[i])
	}
	r := &importRow{line: line, cells: map[string]string{}}
	for _, c := range columns {
		r.cells[c] = cell(c)
	}
	day := func(name string) time.Time {
		text := cell(name)
		if text == "" {
			return time.Time{}
		}
		for _, layout := range []string{time.DateOnly, "02/01/2006", "2/1/2006"} {
			if t, err := time.ParseInLocation(layout, text, i18n.Zone); err == nil {
				return t.UTC()
			}
		}
		r.unread = append(r.unread, fault.New(fault.Invalid, "agency.date_form", text).At(name))
		return time.Time{}
	}
	a := &Agency{
		Code: cell("code"), Name: cell("name"), Kind: Kind(cell("kind")), Parent: cell("parent"), Commune: cell("commune"),
		Sponsor: cell("sponsor"), Commitment: cell("commitment"), ValidFrom: day("valid_from"), ValidTo: day("valid_to"),
	}
	unread := slices.ContainsFunc(r.unread, func(f *fault.Fault) bool { return f.Code == "agency.date_form" })
	for _, f := range a.check() {
		if f.Code == "agency.validity" && unread { // the date itself has been named already
			continue
		}
		r.unread = append(r.unread, f)
	}
	r.agency = a
	return r
}

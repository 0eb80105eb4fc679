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

// Import adds and changes agencies from a CSV file (UTF-8, comma or semicolon). Invariant 3: all rows or none; a refusal
// names every wrong row as "row N, column".
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
	agency *Agency
	unread []*fault.Fault // what is wrong with the row by itself
	wrong  []*fault.Fault // and among the others
	known  bool
	same   bool
}

// placeRows puts every row into the tree first, so that rows may refer to each other in any order, then checks each.
func (s *Service) placeRows(ctx context.Context, tree Tree, rows []*importRow) error {
	now := s.clock.Now()
	seen := map[string]bool{}
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
			a.CreatedAt = old.CreatedAt
			r.known, r.same = true, alike(old, a)
		}
		tree[a.Code] = a
	}
	var wrong []*fault.Fault
	for _, r := range rows {
		if len(r.wrong) == 0 {
			if f := tree.checkPlace(r.agency); f != nil {
				r.wrong = append(r.wrong, f)
			}
			if f, err := s.mayEnd(ctx, r.agency); err != nil {
				return err
			} else if f != nil {
				r.wrong = append(r.wrong, f)
			}
		}
		for _, f := range r.wrong {
			placed := *f
			placed.Field = fmt.Sprintf("row %d, %s", r.line, f.Field)
			wrong = append(wrong, &placed)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return &fault.Fault{Kind: fault.Invalid, Code: "agency.import_rows", Args: []any{len(wrong)}, Items: wrong}
}

func alike(a, b *Agency) bool {
	x, y := *a, *b
	x.CreatedAt, x.ChangedAt, y.CreatedAt, y.ChangedAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	return x == y
}

func readRows(file io.Reader) ([]*importRow, error) {
	text, err := io.ReadAll(io.LimitReader(vitext.ValidUTF8(file), 8<<20))
	if err != nil {
		return nil, err
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
		place[strings.ToLower(strings.TrimSpace(h))] = i
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
	r := &importRow{line: line}
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

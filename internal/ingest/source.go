package ingest

import (
	"context"
	"errors"
	"io"
	"os"

	"lienthong/internal/ingest/sheet"
	"lienthong/internal/kit/fault"
)

// source gives the records of a delivered file, whatever its format.
type source interface {
	form() Form // known from the beginning
	next() (record, error)
	position() int64 // bytes of the file read so far
	close() error
}

// open begins to read a delivery's raw file. A file that cannot pass as a whole is an Invalid fault.
func (s *Service) open(ctx context.Context, d *Delivery) (source, error) {
	if d.Format == "" || d.Format == sheet.FormatCSV {
		raw, err := s.Files.OpenFile(d.rawName())
		if err != nil {
			return nil, err
		}
		in, err := openCSV(raw, d.Encoding)
		if err != nil {
			return nil, errors.Join(err, raw.Close())
		}
		return in, nil
	}
	raw, err := s.Files.Plain(d.rawName()) // the child that takes it apart has no keys
	if err != nil {
		return nil, err
	}
	in, err := openSheet(ctx, raw, d.Format)
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	return in, nil
}

// csvSource is a CSV file, converted from a stated encoding field by field: its signs are ASCII in all of them.
type csvSource struct {
	*csvReader
	raw    io.Closer
	legacy *legacy
	names  []string
}

func openCSV(raw io.ReadCloser, encoding string) (*csvSource, error) {
	l, err := legacyOf(encoding)
	if err != nil {
		return nil, err
	}
	c := &csvSource{csvReader: newCSVReader(raw), raw: raw, legacy: l}
	if c.names, err = c.header(); err != nil || l == nil {
		return c, err
	}
	for i, name := range c.names {
		c.names[i], _ = l.decode(name) // an unreadable name matches no field
	}
	return c, nil
}

func (c *csvSource) form() Form {
	return Form{BOM: c.bom, Delimiter: string(c.delim), Header: c.names}
}

func (c *csvSource) position() int64 { return c.bytes }
func (c *csvSource) close() error    { return c.raw.Close() }

func (c *csvSource) next() (record, error) {
	rec, err := c.csvReader.next()
	if err != nil || c.legacy == nil {
		return rec, err
	}
	for i, f := range rec.fields {
		if ascii(f) {
			continue
		}
		text, good := c.legacy.decode(f)
		if !good && rec.bad == "" {
			rec.bad = "ingest.undecodable"
		}
		rec.fields[i] = text
		rec.fixes = append(rec.fixes, cellFix{i, c.legacy.fix})
	}
	return rec, nil
}

// sheetSource is a file that a child reads.
type sheetSource struct {
	r   *sheet.Reader
	raw *os.File
}

func openSheet(ctx context.Context, raw *os.File, format string) (*sheetSource, error) {
	if format == sheet.FormatLines {
		format = sheet.FormatJSON
	}
	r, err := sheet.Open(ctx, raw, sheet.Options{Format: format})
	if err != nil {
		return nil, asFault(err)
	}
	return &sheetSource{r, raw}, nil
}

func (s *sheetSource) form() Form {
	h := s.r.Header()
	f := Form{BOM: h.BOM, Header: h.Columns, Sheet: h.Sheet, Skipped: h.Skipped, From1904: h.From1904, Records: h.Format == sheet.FormatJSON}
	if h.Format == sheet.FormatXLSX {
		f.HeaderLine = h.Line
	}
	return f
}

func (s *sheetSource) position() int64 { return s.r.Read() }
func (s *sheetSource) close() error    { return errors.Join(s.r.Close(), s.raw.Close()) }

func (s *sheetSource) next() (record, error) {
	row, err := s.r.Next()
	if err != nil {
		return record{}, asFault(err)
	}
	rec := record{line: row.Line, hidden: row.Hidden, cells: row.Cells, fields: make([]string, len(row.Cells))}
	for i := range row.Cells {
		rec.fields[i] = row.Cells[i].Text
	}
	if len(row.Missing)+len(row.Unknown) > 0 {
		rec.bad, rec.args = "ingest.members", []any{row.Line, list(row.Missing), len(row.Unknown)}
	}
	return rec, nil
}

// asFault turns what the reader of sheets refuses into a fault; other errors are ours.
func asFault(err error) error {
	var r *sheet.Refusal
	switch {
	case errors.As(err, &r) && r.Code == sheet.CodeLimits: // it was read on its way in: the cause may be ours
		return fault.New(fault.Unavailable, r.Code).Because(err)
	case errors.As(err, &r):
		return fault.New(fault.Invalid, r.Code, r.Args...)
	case errors.Is(err, sheet.ErrNoReader):
		return fault.New(fault.Unavailable, "ingest.no_reader").Because(err)
	}
	return err
}

// cellFix is what reading changed about one field of a record.
type cellFix struct {
	column int
	name   string
}

// typed judges a cell of a sheet before its text is checked: a value that a spreadsheet has lost or never had is no
// value. nil when the text may be checked.
func typed(c sheet.Cell) *problem {
	switch {
	case c.Kind == sheet.Error:
		return &problem{code: "ingest.cell_error", args: []any{c.Text}}
	case c.Flags&sheet.Uncached != 0:
		return &problem{code: "ingest.formula_uncached"}
	case c.Flags&sheet.Imprecise != 0:
		return &problem{code: "ingest.number_precision"}
	case c.Flags&sheet.NoDate != 0:
		return &problem{code: "ingest.no_such_serial"}
	}
	return nil
}

// typedFixes are what reading a cell brought to text.
func typedFixes(c sheet.Cell, text bool) []string {
	var fixes []string
	if c.Flags&sheet.Formula != 0 {
		fixes = append(fixes, "formula_value")
	}
	if c.Flags&sheet.Rounded != 0 {
		fixes = append(fixes, "float_digits")
	}
	switch {
	case text && c.Kind == sheet.Number:
		fixes = append(fixes, "number_as_text")
	case text && c.Kind == sheet.Date:
		fixes = append(fixes, "date_as_text")
	}
	return fixes
}

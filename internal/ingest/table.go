package ingest

import (
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/text/unicode/norm"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/catalog"
	"lienthong/internal/ingest/sheet"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// Table is a small table as somebody sent it: texts with the lines where they stand. It is for forms that people fill in,
// not for data.
type Table struct {
	Sheet  string // of a workbook
	Header []string
	Rows   []TableRow
	SHA256 string // of the file
}

// TableRow is one row of it.
type TableRow struct {
	Line  int64
	Cells []string
	Wrong *fault.Fault // the row cannot be taken apart into its columns
}

const (
	maxTable     = 10 << 20 // bytes of a filled-in form
	maxTableRows = 20_000
)

// ReadTables reads a filled-in form: the first sheet of a workbook and those of the further names, where they exist, or a
// CSV file. It is read as deliveries are, by a child that can do nothing else, and is not kept.
func (s *Service) ReadTables(ctx context.Context, fileName string, r io.Reader, further ...string) ([]Table, error) {
	sp, err := s.spool(ctx, fileName, r, maxTable)
	if err != nil {
		return nil, err
	}
	defer sp.drop()
	first, others, err := sp.table(ctx, "")
	if err != nil {
		return nil, err
	}
	tables := []Table{first}
	for _, name := range further {
		for _, other := range others {
			if other != name {
				continue
			}
			next, _, err := sp.table(ctx, name)
			if err != nil {
				return nil, err
			}
			tables = append(tables, next)
		}
	}
	return tables, nil
}

// spooled is a file that is looked at and not kept.
type spooled struct {
	s       *Service
	format  string
	sum     string
	size    int64
	content interface {
		Reopen() (*os.File, error)
		Abort()
	}
}

func (p *spooled) drop() { p.content.Abort() }

// spool writes a file aside, encrypted as everything is, while the gate looks at it. A stamped one is refused with an
// incident and leaves nothing (invariant 3).
func (s *Service) spool(ctx context.Context, fileName string, r io.Reader, most int64) (*spooled, error) {
	if stamp, found := catalog.SecretStamp(norm.NFC.String(fileName)); found {
		return nil, s.stampedSample(ctx, stampFault(stamp))
	}
	d := &Delivery{}
	r, err := s.sniff(d, &contextReader{ctx, r})
	if err != nil {
		return nil, err
	}
	w, err := s.Files.Create("sample/" + ids.New())
	if err != nil {
		return nil, err
	}
	p := &spooled{s: s, format: d.Format, content: w}
	g := newGate(r, most, func(int64) {})
	switch d.Format {
	case sheet.FormatXLSX:
		g.form = packed
	case sheet.FormatJSON:
		g.form = freeText
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{g}, make([]byte, 256<<10))
	switch {
	case fault.Is(err, "ingest.secret_marking"):
		err = s.stampedSample(ctx, fault.Of(err))
	case err == nil && g.refusal != nil:
		err = g.refusal
	case err == nil && w.Size() == 0:
		err = fault.New(fault.Invalid, "ingest.empty")
	}
	if err != nil {
		p.drop()
		return nil, err
	}
	p.sum, p.size = w.SHA256(), w.Size()
	return p, nil
}

// stampedSample records that a stamped file came: who and when, never what.
func (s *Service) stampedSample(ctx context.Context, refusal *fault.Fault) error {
	who := access.ActorOf(ctx)
	err := s.Incidents.Open(ctx, "state_secret", "critical", "Tệp mẫu dùng để đăng ký tập dữ liệu mang dấu mật. Hệ thống đã từ chối và không lưu nội dung.", map[string]string{"agency": who.Agency})
	if err != nil {
		return err
	}
	err = s.Log.Note(ctx, &audit.Record{
		Channel: audit.ChannelFile, Event: "catalog.discover", Actor: who.ForAudit(),
		Decision: audit.Decision{Result: audit.Deny, Reason: audit.ReasonSecret}, Result: audit.Result{Status: "422", ErrorCode: refusal.Code},
	})
	if err != nil {
		return err
	}
	return refusal
}

// open begins to read the spooled file. Stamps in a file that only the child takes apart are found on the way.
func (p *spooled) open(ctx context.Context, sheetName string) (source, *stampSearch, error) {
	raw, err := p.content.Reopen()
	if err != nil {
		return nil, nil, err
	}
	if p.format == sheet.FormatCSV {
		in, err := openCSV(raw, "")
		if err != nil {
			return nil, nil, errors.Join(err, raw.Close())
		}
		return in, nil, nil
	}
	format := p.format
	if format == sheet.FormatLines {
		format = sheet.FormatJSON
	}
	search := &stampSearch{}
	r, err := sheet.Open(ctx, raw, sheet.Options{Format: format, Sheet: sheetName, Seen: search.text})
	if err != nil {
		return nil, nil, p.refused(ctx, errors.Join(asFault(err), raw.Close()))
	}
	return &sheetSource{r, raw}, search, nil
}

// refused turns a stamp that was found inside into its incident.
func (p *spooled) refused(ctx context.Context, err error) error {
	if fault.Is(err, "ingest.secret_marking") {
		return p.s.stampedSample(ctx, fault.Of(err))
	}
	return err
}

// each passes every record on, after it was searched for stamps.
func (p *spooled) each(ctx context.Context, sheetName string, begin func(Form) error, take func(record) error) error {
	in, search, err := p.open(ctx, sheetName)
	if err != nil {
		return err
	}
	defer in.close()
	form := in.form()
	if search != nil {
		for _, name := range form.Header {
			if err := search.text(true, name); err != nil {
				return p.refused(ctx, err)
			}
		}
	}
	if err := begin(form); err != nil {
		return err
	}
	for {
		rec, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return p.refused(ctx, err)
		}
		if search != nil {
			if err := search.cells(rec.cells); err != nil {
				return p.refused(ctx, err)
			}
		}
		if err := take(rec); err != nil {
			return err
		}
	}
}

// table reads one sheet as texts and names the others.
func (p *spooled) table(ctx context.Context, sheetName string) (Table, []string, error) {
	t := Table{SHA256: p.sum}
	var others []string
	err := p.each(ctx, sheetName, func(f Form) error {
		t.Sheet, t.Header, others = f.Sheet, f.Header, f.Skipped
		return nil
	}, func(rec record) error {
		row := TableRow{Line: rec.line, Cells: rec.fields}
		switch {
		case rec.bad != "":
			row.Wrong = fault.New(fault.Invalid, rec.bad, rec.args...)
		case len(rec.fields) != len(t.Header):
			row.Wrong = fault.New(fault.Invalid, "ingest.column_count", rec.line, len(rec.fields), len(t.Header))
		}
		for i := range rec.cells {
			if bad := typed(rec.cells[i]); bad != nil {
				row.Wrong = fault.New(fault.Invalid, bad.code, bad.args...)
			}
		}
		if t.Rows = append(t.Rows, row); len(t.Rows) > maxTableRows {
			return fault.New(fault.TooLarge, "ingest.form_rows", maxTableRows)
		}
		return nil
	})
	return t, others, err
}

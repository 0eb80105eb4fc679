package dictionaryweb

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"lienthong/internal/dictionary"
	"lienthong/internal/ingest/sheet"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// fileSize is the most that a file of codes may carry.
const fileSize = 8 << 20

// itemsOf reads the codes of a CSV or XLSX file. Its format is told by its content; an XLSX is taken apart in a child process.
func itemsOf(ctx context.Context, file io.Reader) ([]dictionary.CodeItem, error) {
	body, err := io.ReadAll(io.LimitReader(file, fileSize+1))
	if err != nil {
		return nil, err
	}
	if len(body) > fileSize { // cut off, the file would be taken in part
		return nil, fault.New(fault.TooLarge, "web.body_too_large", fileSize>>20).At("file")
	}
	switch format, instead := sheet.Sniff(body); {
	case instead != "" || format == sheet.FormatJSON:
		return nil, fault.New(fault.Invalid, "dictionary.import_unreadable").At("file")
	case format == sheet.FormatXLSX:
		return itemsOfSheet(ctx, body)
	}
	return itemsOfCSV(body)
}

func itemsOfCSV(body []byte) ([]dictionary.CodeItem, error) {
	text, _, err := vitext.DecodeText(body)
	if err != nil {
		return nil, fault.Of(err).At("file")
	}
	r := csv.NewReader(strings.NewReader(text))
	if first, _, _ := strings.Cut(text, "\n"); strings.Count(first, ";") > strings.Count(first, ",") {
		r.Comma = ';'
	}
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		return nil, fault.New(fault.Invalid, "dictionary.import_empty").At("file")
	}
	var lines []dictionary.Line
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "dictionary.import_unreadable").At("file").Because(err)
		}
		line, _ := r.FieldPos(0)
		lines = append(lines, dictionary.Line{Number: line, Cells: record})
	}
	return dictionary.ItemsOf(header, lines)
}

func itemsOfSheet(ctx context.Context, body []byte) (items []dictionary.CodeItem, err error) {
	file, err := os.CreateTemp("", "codes-*.xlsx")
	if err != nil {
		return nil, fmt.Errorf("keep a workbook for its reading: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	if _, err := io.Copy(file, bytes.NewReader(body)); err != nil {
		return nil, fmt.Errorf("keep a workbook for its reading: %w", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("keep a workbook for its reading: %w", err)
	}
	r, err := sheet.Open(ctx, file, sheet.Options{Format: sheet.FormatXLSX})
	if err != nil {
		return nil, refusedSheet(err)
	}
	defer func() { _ = r.Close() }() // the child has said all that it had to say
	var lines []dictionary.Line
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refusedSheet(err)
		}
		l := dictionary.Line{Number: int(row.Line)}
		for _, c := range row.Cells {
			l.Cells = append(l.Cells, c.Text)
		}
		if lines = append(lines, l); len(lines) > dictionary.MaxItems {
			break
		}
	}
	return dictionary.ItemsOf(r.Header().Columns, lines)
}

// refusedSheet turns what the reader of workbooks refuses into a sentence; other errors are ours.
func refusedSheet(err error) error {
	var r *sheet.Refusal
	if errors.As(err, &r) {
		return fault.New(fault.Invalid, "dictionary.import_unreadable").At("file").Because(err)
	}
	return err
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// opImport proposes a code list, or its next version, from a file as the body of the request.
func (p *Pages) opImport(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	items, err := itemsOf(r.Context(), r.Body)
	if err != nil {
		return err
	}
	in, err := p.listProposing(r.Context(), listForm{Name: q.Get("name"), Title: q.Get("title"), Standard: q.Get("standard"), Reason: q.Get("reason"), Effective: q.Get("effective_from")}, items)
	if err != nil {
		return err
	}
	made, err := p.dictionary.Propose(r.Context(), in)
	if err != nil {
		return err
	}
	body, err := json.Marshal(p.asProposal(made))
	if err != nil {
		return fmt.Errorf("encode proposal %s: %w", made.Number, err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(body) // the caller has gone; there is nobody to tell
	return nil
}

// listForm is what a file of codes does not say.
type listForm struct {
	Name      string `form:"name"`
	Title     string `form:"title"`
	Standard  string `form:"standard"`
	Reason    string `form:"reason"`
	Level     string `form:"level"`
	Effective string `form:"effective_from"`
	Base      int    `form:"base"`
	Revision  int64  `form:"revision"`
}

// listProposing proposes the next version of a list that there is, which keeps title and standard where nothing else is
// said, or a new list.
func (p *Pages) listProposing(ctx context.Context, f listForm, items []dictionary.CodeItem) (dictionary.Proposing, error) {
	in := dictionary.Proposing{Kind: dictionary.ThingCodeList, Action: dictionary.Create, Reason: f.Reason, Level: dictionary.Level(f.Level), Base: f.Base}
	l := dictionary.CodeList{Name: f.Name, Title: f.Title, Standard: f.Standard, Items: items}
	all, err := p.dictionary.CodeListHistory(ctx, f.Name)
	if err != nil {
		return in, err
	}
	if len(all) > 0 {
		in.Action = dictionary.Revise
		l.Title, l.Standard = cmp.Or(l.Title, all[0].Title), cmp.Or(l.Standard, all[0].Standard)
	}
	in.List = &l
	if f.Effective != "" {
		in.Effective, err = p.dayOf("effective_from", f.Effective)
	}
	return in, err
}

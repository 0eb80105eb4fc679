package release

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"

	"lienthong/internal/document"
	"lienthong/internal/kit/i18n"
)

// issuedFiles makes and keeps the files of a release that a decision issues: once, and never again (invariant 3).
func (s *Service) issuedFiles(_ context.Context, r *Release, lines []*Line, signed Signed) ([]File, error) {
	name := fmt.Sprintf("%s-lan-%d", r.List.slug(), r.Number)
	sheet, err := s.sheet(r, lines)
	if err != nil {
		return nil, err
	}
	paper, err := s.listPaper(r, lines).DOCX()
	if err != nil {
		return nil, fmt.Errorf("print %s: %w", r.Key(), err)
	}
	rows, err := s.csv(r, lines)
	if err != nil {
		return nil, err
	}
	machine, err := asJSON(r, lines)
	if err != nil {
		return nil, err
	}
	return s.keep(r.ID,
		content{FileDecision, fileName(signed.Name, "quyet-dinh-"+name+".pdf"), "application/pdf", signed.Content},
		content{FileXLSX, name + ".xlsx", document.TypeXLSX, sheet},
		content{FileDOCX, name + ".docx", document.TypeDOCX, paper},
		content{FileCSV, name + ".csv", "text/csv; charset=utf-8", rows},
		content{FileJSON, name + ".json", "application/json", machine},
	)
}

// fileName is what an upload is called, without a path; a name that says nothing is replaced.
func fileName(given, instead string) string {
	given = given[strings.LastIndexAny(given, `/\`)+1:]
	given = strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == 0x7F {
			return -1
		}
		return r
	}, given)
	if len(given) < 5 || len(given) > 150 || !strings.HasSuffix(strings.ToLower(given), ".pdf") {
		return instead
	}
	return given
}

func (s *Service) sheet(r *Release, lines []*Line) ([]byte, error) {
	sheet := document.Sheet{Name: r.List.Title(), Title: []string{strings.ToUpper(r.List.Title()) + " CỦA TỈNH " + strings.ToUpper(s.Province), s.with(r)}}
	for i, title := range r.List.titles() {
		c := document.Column{Title: title, Width: 5, Align: document.Centre}
		if i > 0 {
			c.Width, c.Align = 2*r.List.columns()[i-1].width, document.Left
		}
		sheet.Columns = append(sheet.Columns, c)
	}
	for n, row := range s.rows(r.List, lines) {
		cells := []any{n + 1}
		for _, text := range row[1:] {
			cells = append(cells, text)
		}
		sheet.Rows = append(sheet.Rows, cells)
	}
	body, err := document.XLSX(sheet)
	if err != nil {
		return nil, fmt.Errorf("make the workbook of %s: %w", r.Key(), err)
	}
	return body, nil
}

// with says to which decision a list belongs; one that is not issued leaves number and day to the clerk.
func (s *Service) with(r *Release) string {
	if r.Decision.Number == "" {
		return "Kèm theo Quyết định số        /QĐ-UBND ngày        của Ủy ban nhân dân tỉnh " + s.Province
	}
	return fmt.Sprintf("Kèm theo Quyết định số %s của Ủy ban nhân dân tỉnh %s", r.Decision.Text(i18n.Date), s.Province)
}

// csv is for machines and for office programs alike: with a byte order mark, and no cell that they would compute.
func (s *Service) csv(r *Release, lines []*Line) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	if err := w.Write(append(r.List.titles(), "Mã cơ quan chủ quản")); err != nil {
		return nil, fmt.Errorf("write the table of %s: %w", r.Key(), err)
	}
	owners := heldOwners(lines)
	for n, row := range s.rows(r.List, lines) {
		row = append(row, owners[n])
		for i, cell := range row {
			row[i] = plainCell(cell)
		}
		if err := w.Write(row); err != nil {
			return nil, fmt.Errorf("write the table of %s: %w", r.Key(), err)
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

func heldOwners(lines []*Line) []string {
	var out []string
	for _, l := range lines {
		if l.Held {
			out = append(out, l.Owner)
		}
	}
	return out
}

// plainCell keeps office programs from reading a text as a formula.
func plainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// asJSON is the release for other systems: every member of every entry.
func asJSON(r *Release, lines []*Line) ([]byte, error) {
	out := struct {
		List     List     `json:"list"`
		Title    string   `json:"title"`
		Number   int64    `json:"number"`
		Decision Decision `json:"decision"`
		Entries  []Entry  `json:"entries"`
	}{r.List, r.List.Title(), r.Number, r.Decision, []Entry{}}
	for _, l := range lines {
		if l.Held {
			out.Entries = append(out.Entries, l.Entry)
		}
	}
	body, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", r.Key(), err)
	}
	return append(body, '\n'), nil
}

// table of a list for a page on its side.
func (s *Service) table(r *Release, lines []*Line) document.Block {
	t := document.Table{Rows: s.rows(r.List, lines)}
	for i, title := range r.List.titles() {
		c := document.Column{Title: title, Width: 5, Align: document.Centre}
		if i > 0 {
			c.Width, c.Align = r.List.columns()[i-1].width, document.Left
		}
		t.Columns = append(t.Columns, c)
	}
	return t
}

// listPaper is an issued list as it is printed.
func (s *Service) listPaper(r *Release, lines []*Line) document.Paper {
	d := r.Decision
	return document.Paper{
		Agency: "Ủy ban nhân dân tỉnh " + s.Province, Number: d.Number, Place: s.Province, Date: d.Date, Type: "DANH MỤC",
		Summary: strings.TrimPrefix(strings.Replace(r.List.Title(), "Danh mục ", "", 1), " ") + " của tỉnh " + s.Province,
		Body: []document.Block{
			document.Text(fmt.Sprintf("Danh mục ban hành lần %d, kèm theo Quyết định số %s của Ủy ban nhân dân tỉnh %s, người ký: %s.", r.Number, d.Text(i18n.Date), s.Province, d.Signer)),
			document.Text(fmt.Sprintf("Danh mục gồm %d mục, có hiệu lực từ ngày %s.", r.Counts.Held, i18n.Date(d.Effective))),
		},
		Annexes: []document.Annex{{Title: r.List.Title() + " của tỉnh " + s.Province, With: s.with(r), Wide: true, Body: []document.Block{s.table(r, lines)}}},
	}
}

package systemweb

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"lienthong/internal/document"
	"lienthong/internal/ingest/sheet"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vitext"
	"lienthong/internal/system"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// importSize is the largest file of an import in bytes.
const importSize = 8 << 20

func (p *Pages) newImport(w http.ResponseWriter, r *http.Request) error {
	return p.importPage(w, r, nil, nil)
}

func (p *Pages) importSystems(w http.ResponseWriter, r *http.Request) error {
	var count system.Imported
	var nothing struct{}
	sent := false
	err := web.DecodeUpload(r, &nothing, func(u web.Upload) (err error) {
		if u.Field != "file" || sent {
			return nil
		}
		sent = true
		count, err = p.importFrom(r.Context(), u.Body)
		return err
	})
	if err == nil && !sent {
		err = fault.New(fault.Invalid, "system.import_file_missing").At("file")
	}
	return p.importPage(w, r, &count, err)
}

func (p *Pages) importFrom(ctx context.Context, file io.Reader) (system.Imported, error) {
	rows, err := readRows(ctx, file)
	if err != nil {
		return system.Imported{}, err
	}
	return p.systems.Import(ctx, rows)
}

// readRows reads a CSV file (UTF-8, comma or semicolon) or a workbook, whose first row names the columns.
func readRows(ctx context.Context, file io.Reader) ([]system.ImportRow, error) {
	data, err := io.ReadAll(io.LimitReader(file, importSize+1))
	if err != nil {
		return nil, fmt.Errorf("read a file of systems: %w", err)
	}
	if len(data) == 0 {
		return nil, fault.New(fault.Invalid, "system.import_file_missing").At("file")
	}
	format, instead := sheet.Sniff(data[:min(len(data), 4096)])
	switch {
	case format == sheet.FormatXLSX:
		return readWorkbook(ctx, data)
	case format != sheet.FormatCSV || instead != "":
		return nil, fault.New(fault.Invalid, "system.import_kind").At("file")
	}
	return readCSV(data)
}

func readCSV(data []byte) ([]system.ImportRow, error) {
	text, err := io.ReadAll(vitext.ValidUTF8(bytes.NewReader(data)))
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(text))
	if first, _, _ := bytes.Cut(text, []byte("\n")); bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		r.Comma = ';'
	}
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err != nil {
		header = nil
	}
	columns, err := columnsOf(header)
	if err != nil {
		return nil, err
	}
	var rows []system.ImportRow
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "system.import_unreadable", len(rows)+2).At("file").Because(err)
		}
		line, _ := r.FieldPos(0)
		if row := rowOf(line, columns, record); len(row.Cells) > 0 {
			rows = append(rows, row)
		}
	}
}

// readWorkbook reads the first sheet in a child process that can do nothing but read.
func readWorkbook(ctx context.Context, data []byte) ([]system.ImportRow, error) {
	file, err := os.CreateTemp("", "lienthong-import-")
	if err != nil {
		return nil, fmt.Errorf("keep a workbook while it is read: %w", err)
	}
	defer file.Close()
	if err := os.Remove(file.Name()); err != nil { // it needs no name
		return nil, fmt.Errorf("keep a workbook while it is read: %w", err)
	}
	if _, err := file.Write(data); err != nil {
		return nil, fmt.Errorf("keep a workbook while it is read: %w", err)
	}
	in, err := sheet.Open(ctx, file, sheet.Options{Format: sheet.FormatXLSX, Seconds: 20})
	if err != nil {
		return nil, sheetFault(err)
	}
	defer in.Close()
	columns, err := columnsOf(in.Header().Columns)
	if err != nil {
		return nil, err
	}
	var rows []system.ImportRow
	for {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, sheetFault(err)
		}
		cells := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			cells[i] = c.Text
		}
		if one := rowOf(int(row.Line), columns, cells); len(one.Cells) > 0 {
			rows = append(rows, one)
		}
	}
}

// sheetFault keeps what a person can mend apart from what is broken here. The sentences of refusals are ingest's.
func sheetFault(err error) error {
	var refusal *sheet.Refusal
	if errors.As(err, &refusal) {
		return fault.New(fault.Invalid, refusal.Code, refusal.Args...).At("file")
	}
	return fmt.Errorf("read a workbook of systems: %w", err)
}

// columnsOf reads the header: our column at each place, empty for one that is not ours. A template's header may stand with
// its Vietnamese title in brackets.
func columnsOf(header []string) ([]string, error) {
	columns := make([]string, len(header))
	for i, h := range header {
		name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff"))), " ")
		if slices.Contains(system.ImportColumns(), name) {
			columns[i] = name
		}
	}
	var missing []string
	for _, c := range system.ImportColumns()[:system.ImportNeeded] {
		if !slices.Contains(columns, c) {
			missing = append(missing, c)
		}
	}
	if len(missing) > 0 {
		return nil, fault.New(fault.Invalid, "system.import_header", strings.Join(system.ImportColumns()[:system.ImportNeeded], ", "), strings.Join(missing, ", ")).At("file")
	}
	return columns, nil
}

// rowOf gives a row its cells by column; one whose cells are all empty has none.
func rowOf(line int, columns, record []string) system.ImportRow {
	row := system.ImportRow{Line: line, Cells: map[string]string{}}
	empty := true
	for i, name := range columns {
		if name == "" || i >= len(record) {
			continue
		}
		row.Cells[name] = strings.TrimSpace(record[i])
		empty = empty && row.Cells[name] == ""
	}
	if empty {
		row.Cells = nil
	}
	return row
}

// importPage shows the form, and with it what an import has done or every cell that it was refused for.
func (p *Pages) importPage(w http.ResponseWriter, r *http.Request, done *system.Imported, refusal error) error {
	t := p.shell.T(r)
	v := importView{T: t, Head: ui.Head{Title: t("system.import"), Lead: t("system.import_lead")},
		Form: ui.FormProps{Action: "/system/import", Submit: t("system.import_send"), Icon: ui.IconUpload, Upload: true, Cancel: "/system"},
		File: ui.FileChoice{Field: ui.Field{Name: "file", Label: t("system.import_file"), Hint: t("system.import_hint"), Required: true}, Accept: ".csv,.xlsx,text/csv", MaxText: "8 MB"},
		Templates: []ui.Action{
			{Label: t("system.import_template_xlsx"), Path: "/system/import/template.xlsx", Icon: ui.IconDownload}, {Label: t("system.import_template_csv"), Path: "/system/import/template.csv", Icon: ui.IconDownload},
		}}
	for i, c := range system.ImportColumns() {
		help := t("system.import_column." + c)
		if i < system.ImportNeeded {
			help = t("system.import_needed", help)
		}
		v.Columns = append(v.Columns, ui.Pair{Name: c, Text: help})
	}
	page := web.Page{Title: t("system.import"), Crumbs: []ui.Crumb{{Label: t("system.register"), Path: "/system"}, {Label: t("system.import")}}}
	errs, shown := p.shell.Refused(r, refusal)
	switch {
	case refusal != nil && !shown:
		return refusal
	case shown:
		f := fault.Of(refusal)
		page.Status = f.Kind.Status()
		var rows *system.ImportRefused
		if errors.As(refusal, &rows) {
			v.Wrong = wrongRows(t, rows.Rows)
			errs = ui.FormErrors{Text: t(f.Code, f.Args...)}
		}
		v.Form.Errors, v.File.Error = errs, errs.Of("file")
	case done != nil:
		v.Done = []ui.Tile{
			{Label: t("system.import_added"), Value: i18n.Number(int64(done.Added)), Tone: ui.Good, Icon: ui.IconAdd, Path: "/system"},
			{Label: t("system.import_changed"), Value: i18n.Number(int64(done.Changed)), Tone: ui.Info, Icon: ui.IconEdit},
			{Label: t("system.import_same"), Value: i18n.Number(int64(done.Same)), Icon: ui.IconDone},
		}
	}
	page.Body = importPage(v)
	return p.shell.Render(w, r, page)
}

// wrongRows is the table of the cells that were refused.
func wrongRows(t ui.T, rows []system.RowError) *ui.TableProps {
	props := &ui.TableProps{
		Caption: t("system.import_wrong"),
		Columns: []ui.Column{{Label: t("system.import_line"), Number: true}, {Label: t("system.import_col")}, {Label: t("system.import_value")}, {Label: t("system.import_reason")}},
	}
	for _, r := range rows {
		props.Rows = append(props.Rows, ui.Cells(ui.Number(int64(r.Row)), ui.Mono(r.Column), ui.Text(r.Value), ui.Text(t(r.Reason.Code, r.Reason.Args...))))
	}
	return props
}

// sampleRows are invented systems, as a file holds them.
func sampleRows() [][]string {
	return [][]string{
		{"vi-du-ho-tich", "Hệ thống hộ tịch điện tử (ví dụ)", "H38.04", "c", "source", "Phòng Công nghệ thông tin", "", "https://ho-tich.example.vn", "Java, PostgreSQL", "ready", "REST, OpenAPI 3", "Bộ phận kỹ thuật, máy lẻ 12", "Đầu mối an toàn thông tin, máy lẻ 15"},
		{"vi-du-van-ban", "Hệ thống quản lý văn bản và điều hành (ví dụ)", "H38.01", "b", "use", "", "", "", "", "planned", "", "", ""},
	}
}

func (p *Pages) templateCSV(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="he-thong-mau.csv"`)
	if _, err := w.Write([]byte("\ufeff")); err != nil { // spreadsheets read it as UTF-8 by this
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(system.ImportColumns()); err != nil {
		return err
	}
	return out.WriteAll(sampleRows())
}

func (p *Pages) templateXLSX(w http.ResponseWriter, r *http.Request) error {
	body, err := p.template(p.shell.T(r))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", `attachment; filename="he-thong-mau.xlsx"`)
	_, err = w.Write(body)
	return err
}

func (p *Pages) template(t ui.T) ([]byte, error) {
	columns, help := document.Sheet{Name: "He thong"}, document.Sheet{Name: "Huong dan"}
	for _, c := range system.ImportColumns() {
		columns.Columns = append(columns.Columns, document.Column{Title: c})
		help.Rows = append(help.Rows, []any{c, t("system.import_column." + c)})
	}
	for _, row := range sampleRows() {
		cells := make([]any, len(row))
		for i, c := range row {
			cells[i] = c
		}
		columns.Rows = append(columns.Rows, cells)
	}
	help.Columns = []document.Column{{Title: t("system.import_col")}, {Title: t("system.import_meaning")}}
	return document.XLSX(columns, help)
}

// opImport takes a file as the body of the request. A refusal names every wrong cell in "errors".
func (p *Pages) opImport(w http.ResponseWriter, r *http.Request) error {
	count, err := p.importFrom(r.Context(), r.Body)
	if err != nil {
		return err
	}
	body, err := json.Marshal(count)
	if err != nil {
		return fmt.Errorf("encode the counts of an import: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // the caller has gone; there is nobody to tell
	return nil
}

package obligationweb

import (
	"context"
	"encoding/csv"
	"net/http"
	"strings"

	"lienthong/internal/document"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/obligation"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// rows are all findings that the form selects, the names of columns first.
func (p *Pages) rows(ctx context.Context, t ui.T, form boardForm) ([][]string, error) {
	head := []string{t("obligation.code"), t("obligation.dataset"), t("obligation.owner_code"), t("obligation.owner"), t("obligation.decision")}
	for _, k := range obligation.Kinds() {
		head = append(head, t("obligation.kind."+string(k)), t("obligation.why"))
	}
	out := [][]string{head}
	f := form.filter()
	f.Limit, f.After = 0, ""
	for {
		list, err := p.obligations.List(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			row := []string{s.Dataset, s.Name, s.Owner, p.Agency(ctx, s.Owner), s.Decision}
			for _, k := range obligation.Kinds() {
				row = append(row, t("obligation.light."+string(s.Findings[k].Light)), why(t, s.Findings[k]))
			}
			out = append(out, row)
		}
		if len(list) < 1000 { // the last page
			return out, nil
		}
		f.After = list[len(list)-1].Dataset
	}
}

func (p *Pages) exportCSV(w http.ResponseWriter, r *http.Request) error {
	var form boardForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	rows, err := p.rows(r.Context(), p.shell.T(r), form)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="thuc-hien-danh-muc.csv"`)
	w.Header().Set("Cache-Control", "private, no-store")
	if _, err := w.Write([]byte("\ufeff")); err != nil { // spreadsheets read it as UTF-8 by this
		return err
	}
	out := csv.NewWriter(w)
	for _, row := range rows {
		for i, cell := range row {
			if strings.ContainsAny(cell[:min(len(cell), 1)], "=+-@\t") { // a spreadsheet would compute it
				row[i] = "'" + cell
			}
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (p *Pages) exportXLSX(w http.ResponseWriter, r *http.Request) error {
	var form boardForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	t := p.shell.T(r)
	rows, err := p.rows(r.Context(), t, form)
	if err != nil {
		return err
	}
	sheet := document.Sheet{Name: t("obligation.title"), Title: []string{t("obligation.title"), t("obligation.export_lead", i18n.DateTime(p.obligations.Clock.Now()))}}
	for _, title := range rows[0] {
		sheet.Columns = append(sheet.Columns, document.Column{Title: title})
	}
	for _, row := range rows[1:] {
		cells := make([]any, len(row))
		for i, c := range row {
			cells[i] = c
		}
		sheet.Rows = append(sheet.Rows, cells)
	}
	body, err := document.XLSX(sheet)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", `attachment; filename="thuc-hien-danh-muc.xlsx"`)
	w.Header().Set("Cache-Control", "private, no-store")
	_, err = w.Write(body)
	return err
}

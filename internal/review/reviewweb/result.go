package reviewweb

import (
	"context"
	"net/http"
	"strconv"

	"lienthong/internal/document"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/review"
	"lienthong/internal/web/ui"
)

const (
	xlsxType   = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	resultPage = 500
)

// downloadResult is the outcome of a review as an annex: every grant with its answer, who gave it, when and why.
func (p *Pages) downloadResult(w http.ResponseWriter, r *http.Request) error {
	ctx, t := r.Context(), p.shell.T(r)
	c, err := p.review.FindCampaign(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	rows, err := p.resultRows(ctx, t, c)
	if err != nil {
		return err
	}
	sheet := document.Sheet{
		Name:  c.Number,
		Title: []string{t("review.result_title", c.Number), p.title(ctx, t, c), t("review.result_counts", c.Counts.Total, c.Counts.Kept, c.Counts.Narrowed, c.Counts.Revoked, c.Counts.Suspended, c.Counts.Open)},
		Rows:  rows,
	}
	for _, key := range []string{"review.col_no", "review.col_grant", "review.col_dataset", "review.col_holder", "review.agency", "review.level", "review.col_reviewer", "review.col_state", "review.reason", "review.col_who", "review.col_when"} {
		sheet.Columns = append(sheet.Columns, document.Column{Title: t(key)})
	}
	body, err := document.XLSX(sheet)
	if err != nil {
		return err
	}
	return sendFile(w, "ra-soat-quyen-"+c.Number+".xlsx", xlsxType, body)
}

func (p *Pages) resultRows(ctx context.Context, t ui.T, c review.Campaign) ([][]any, error) {
	names := p.registers.Datasets(ctx)
	var rows [][]any
	for after := ""; ; {
		items, err := p.review.ListItems(ctx, review.ItemFilter{Campaign: c.ID, After: after, Limit: resultPage})
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			after = i.Number
			when := ""
			if !i.AnsweredAt.IsZero() {
				when = i18n.DateTime(i.AnsweredAt)
			} else if !i.HeldAt.IsZero() {
				when = i18n.DateTime(i.HeldAt)
			}
			rows = append(rows, []any{
				len(rows) + 1, i.Number, nameIn(names, i.Dataset), p.subject(ctx, t, i.Subject), p.registers.Agency(ctx, i.Agency), t("access.level." + string(i.Level)),
				p.registers.Agency(ctx, i.Reviewer), t("review.item." + string(i.State)), i.Reason, i.ByName, when,
			})
		}
		if len(items) < resultPage {
			return rows, nil
		}
	}
}

// sendFile answers with a file to keep; its name holds nothing of what stands in it.
func sendFile(w http.ResponseWriter, name, kind string, body []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, err := w.Write(body)
	return err
}

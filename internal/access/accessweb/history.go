package accessweb

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/document"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// mostExported is how many grants a file holds; whoever needs more narrows the filter.
const mostExported = 20_000

// historyForm is how the history of rights is asked for.
type historyForm struct {
	Account string `form:"account"`
	System  string `form:"system"`
	Dataset string `form:"dataset"`
	Agency  string `form:"agency"`
	Day     string `form:"as_of"`
	After   string `form:"after"`
}

func (f historyForm) filter() access.LifeFilter {
	clean := strings.TrimSpace
	return access.LifeFilter{Account: clean(f.Account), System: clean(f.System), Dataset: clean(f.Dataset), Agency: clean(f.Agency), Day: f.Day, After: f.After}
}

func (f historyForm) path(page, after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"account": f.Account, "system": f.System, "dataset": f.Dataset, "agency": f.Agency, "as_of": f.Day, "after": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return page
	}
	return page + "?" + q.Encode()
}

// historyView is the history of rights.
type historyView struct {
	T                                     ui.T
	Head                                  ui.Head
	Form                                  ui.FormProps
	Account, System, Dataset, Agency, Day ui.Field
	Table                                 ui.TableProps
}

func (p *Pages) showLives(w http.ResponseWriter, r *http.Request) error {
	var form historyForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	ctx, t := r.Context(), p.shell.T(r)
	lives, next, err := p.access.Lives(ctx, form.filter())
	errs, shown := p.shell.Refused(r, err)
	if err != nil && !shown {
		return err
	}
	field := func(name, label, value string) ui.Field {
		return ui.Field{Name: name, Label: t(label), Value: value, Error: errs.Of(name), MaxLength: 200}
	}
	v := historyView{
		T: t, Head: ui.Head{Title: t("access.lives"), Lead: t("access.lives_lead")}, Form: ui.FormProps{Action: "/access/history", Get: true, Submit: t("access.filter"), Icon: ui.IconFilter, Errors: errs},
		Account: field("account", "access.lives_account", form.Account), System: field("system", "access.lives_system", form.System), Dataset: field("dataset", "access.filter_dataset", form.Dataset),
		Agency: field("agency", "access.filter_agency", form.Agency), Day: field("as_of", "access.lives_day", form.Day),
	}
	v.Day.Type, v.Day.Short, v.Day.Hint, v.Agency.Short = "date", true, t("access.lives_day_hint"), true
	if len(lives) > 0 {
		v.Head.Actions = []ui.Action{{Label: t("access.lives_xlsx"), Path: form.path("/access/history.xlsx", ""), Icon: ui.IconDownload}, {Label: t("access.lives_csv"), Path: form.path("/access/history.csv", ""), Icon: ui.IconDownload}}
	}
	v.Table = ui.TableProps{Caption: t("access.lives"), Columns: []ui.Column{{Label: t("access.col_grant")}, {Label: t("access.col_subject")}, {Label: t("access.lives_may")}, {Label: t("access.lives_events")}},
		Empty: ui.Empty{Icon: ui.IconHistory, Title: t("access.lives_none"), Text: t("access.lives_none_do")}}
	names, purposes := p.registers.Datasets(ctx), p.purposeNames(ctx)
	for _, l := range lives {
		v.Table.Rows = append(v.Table.Rows, ui.Cells(
			ui.Lines(ui.Link(nameIn(names, l.Dataset), "/access/grants/"+l.ID), ui.Muted(l.Number), p.requestCell(r, t, l.Grant)), ui.Two(p.registers.Subject(ctx, l.Subject), p.registers.Agency(ctx, l.Agency)),
			ui.Stack(ui.Two(levelOf(t, l.Level)+" · "+inWords(purposes, l.Purposes), validity(t, l.Grant)), columnsCell(t, l.Grant)), p.eventsCell(ctx, t, l)))
	}
	if next != "" {
		v.Table.Pages = &ui.PageLinks{Next: form.path("/access/history", next)}
	}
	page := web.Page{Title: t("access.lives"), Crumbs: []ui.Crumb{{Label: t("access.lives")}}, Body: historyPage(v)}
	if shown {
		page.Status = fault.Of(err).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

// eventsCell tells the life of a grant, a line for each change.
func (p *Pages) eventsCell(ctx context.Context, t ui.T, l access.GrantLife) templ.Component {
	var lines []templ.Component
	for _, e := range l.Events {
		lines = append(lines, ui.Two(i18n.DateTime(e.At)+" · "+t("access.lives_what."+e.What), eventText(e)))
	}
	if len(lines) == 0 {
		return ui.Muted("–")
	}
	return ui.Stack(lines...)
}

func eventText(e access.LifeEvent) string {
	if e.Reason == "" {
		return e.Who
	}
	return e.Who + ": " + e.Reason
}

// lifeRows are all changes of the grants that the form finds, the names of columns first: a line for each change.
func (p *Pages) lifeRows(ctx context.Context, t ui.T, form historyForm) ([][]string, error) {
	out := [][]string{{t("access.col_grant"), t("access.col_dataset"), t("access.lives_dataset_code"), t("access.col_subject"), t("access.filter_agency"), t("access.col_level"), t("access.col_purposes"), t("access.col_columns"),
		t("access.col_validity"), t("access.col_request"), t("access.lives_at"), t("access.lives_change"), t("access.lives_who"), t("access.lives_reason")}}
	f, names, grants := form.filter(), p.registers.Datasets(ctx), 0
	f.After, f.Limit = "", 500
	for {
		lives, next, err := p.access.Lives(ctx, f)
		if err != nil {
			return nil, err
		}
		if grants += len(lives); grants > mostExported {
			return nil, fault.New(fault.TooLarge, "access.history_too_many", mostExported)
		}
		for _, l := range lives {
			out = append(out, p.lifeLines(ctx, t, names, l)...)
		}
		if f.After = next; next == "" {
			return out, p.access.NoteExport(ctx, f, len(out)-1)
		}
	}
}

func (p *Pages) lifeLines(ctx context.Context, t ui.T, names map[string]string, l access.GrantLife) [][]string {
	fields := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		fields[i] = c.Name
		if c.Mask != access.MaskNone {
			fields[i] += " (" + t("access.mask."+string(c.Mask)) + ")"
		}
	}
	request := l.RequestID
	if number, _, err := p.registers.Request(ctx, l.RequestID); err == nil && number != "" {
		request = number
	}
	head := []string{l.Number, nameIn(names, l.Dataset), l.Dataset, p.registers.Subject(ctx, l.Subject), l.Agency, levelOf(t, l.Level), strings.Join(l.Purposes, ", "), strings.Join(fields, ", "), validity(t, l.Grant), request}
	var out [][]string
	for _, e := range l.Events {
		out = append(out, append(head[:len(head):len(head)], i18n.DateTime(e.At), t("access.lives_what."+e.What), e.Who, e.Reason))
	}
	return out
}

func (p *Pages) livesCSV(w http.ResponseWriter, r *http.Request) error {
	var form historyForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	rows, err := p.lifeRows(r.Context(), p.shell.T(r), form)
	if err != nil {
		return err
	}
	body := bytes.NewBufferString("\ufeff") // spreadsheets read it as UTF-8 by this
	out := csv.NewWriter(body)
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
	return web.File("Lịch sử phân quyền.csv", "text/csv; charset=utf-8", body.Bytes()).Send(w)
}

func (p *Pages) livesXLSX(w http.ResponseWriter, r *http.Request) error {
	var form historyForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	t := p.shell.T(r)
	rows, err := p.lifeRows(r.Context(), t, form)
	if err != nil {
		return err
	}
	sheet := document.Sheet{Name: t("access.lives"), Title: []string{t("access.lives"), t("access.lives_made", i18n.DateTime(p.clock.Now()))}}
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
	return web.File("Lịch sử phân quyền.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body).Send(w)
}

type livesIn struct {
	Account string `query:"account" maxLength:"100" doc:"Id of the account that got the grant"`
	System  string `query:"system" maxLength:"100" doc:"Id of the system that got it"`
	Dataset string `query:"dataset" maxLength:"200" doc:"Dataset code"`
	Agency  string `query:"agency" maxLength:"100" doc:"Code of the agency that got it"`
	AsOf    string `query:"as_of" maxLength:"10" doc:"A day, 2026-11-24: only grants by which data could be read on it, as they were then"`
	After   string `query:"after" maxLength:"40" doc:"next of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type livesOut struct {
	Body struct {
		Grants []access.GrantLife `json:"grants"`
		Next   string             `json:"next,omitempty"`
	}
}

func (p *Pages) opLives(ctx context.Context, in *livesIn) (*livesOut, error) {
	lives, next, err := p.access.Lives(ctx, access.LifeFilter{Account: in.Account, System: in.System, Dataset: in.Dataset, Agency: in.Agency, Day: in.AsOf, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	var out livesOut
	out.Body.Grants, out.Body.Next = append([]access.GrantLife{}, lives...), next
	return &out, nil
}

package catalogweb

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const maxForm = 11 << 20 // a filled-in form with the fields around it

// showWays offers the three ways to register, which all end in the same draft (Điều 7.6).
func (p *Pages) showWays(w http.ResponseWriter, r *http.Request) error {
	t := p.shell.T(r)
	way := func(key string, actions ...ui.Action) part {
		return part{Card: ui.CardProps{Title: t("catalog.way_" + key), Lead: t("catalog.way_" + key + "_lead")}, Body: []templ.Component{ui.Buttons(actions...)}}
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("catalog.new"), Narrow: true, Crumbs: crumbs(t, catalog.Dataset{}, t("catalog.new")),
		Body: page(pageView{Head: ui.Head{Title: t("catalog.new"), Lead: t("catalog.ways_lead")}, Main: []part{
			way("form", ui.Action{Label: t("catalog.way_form_do"), Path: "/catalog/new", Icon: ui.IconEdit, Kind: ui.Primary}),
			way("sample", ui.Action{Label: t("catalog.way_sample_do"), Path: "/catalog/discover", Icon: ui.IconUpload}),
			way("template", ui.Action{Label: t("catalog.template"), Path: "/catalog/template/mau-dang-ky.xlsx", Icon: ui.IconDownload}, ui.Action{Label: t("catalog.way_template_do"), Path: "/catalog/import", Icon: ui.IconUpload}),
		}}),
	})
}

func (p *Pages) newImport(w http.ResponseWriter, r *http.Request) error {
	return p.importPage(w, r, nil)
}

// importPage shows the form for files; after a refusal with every wrong cell below it.
func (p *Pages) importPage(w http.ResponseWriter, r *http.Request, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	t := p.shell.T(r)
	answer := web.Page{Title: t("catalog.import"), Crumbs: crumbs(t, catalog.Dataset{}, t("catalog.import"))}
	var main []part
	var refused *catalog.ImportRefused
	if errors.As(refusal, &refused) {
		errs = ui.FormErrors{Text: t(fault.Of(refusal).Code, fault.Of(refusal).Args...)}
		main = append(main, part{Card: ui.CardProps{Title: t("catalog.import_wrong"), Flush: true}, Body: []templ.Component{ui.Table(wrongCells(t, refused.Cells))}})
	}
	file := func(name, label string, needed bool) templ.Component {
		return ui.FileInput(ui.FileChoice{Field: ui.Field{Name: name, Label: t(label), Hint: t(label + "_hint"), Required: needed, Optional: !needed, Error: errs.Of(name)}, Accept: ".xlsx,.csv", MaxText: "10 MB"})
	}
	send := form(ui.FormProps{Action: "/catalog/import", Submit: t("catalog.import_send"), Icon: ui.IconUpload, Upload: true, Cancel: "/catalog", Errors: errs}, []templ.Component{
		file("file", "catalog.import_datasets", true), file("fields", "catalog.import_fields", false),
	})
	templates := ui.Buttons(
		ui.Action{Label: t("catalog.template"), Path: "/catalog/template/mau-dang-ky.xlsx", Icon: ui.IconDownload},
		ui.Action{Label: t("catalog.template_csv"), Path: "/catalog/template/tap-du-lieu.csv", Icon: ui.IconDownload, Kind: ui.Quiet},
		ui.Action{Label: t("catalog.template_csv_fields"), Path: "/catalog/template/truong-du-lieu.csv", Icon: ui.IconDownload, Kind: ui.Quiet})
	main = append(main,
		part{Card: ui.CardProps{Title: t("catalog.import_step1"), Lead: t("catalog.import_step1_lead")}, Body: []templ.Component{templates}},
		part{Card: ui.CardProps{Title: t("catalog.import_step2"), Lead: t("catalog.import_step2_lead")}, Body: []templ.Component{send}})
	answer.Body = page(pageView{Head: ui.Head{Title: t("catalog.import"), Lead: t("catalog.import_lead")}, Main: main})
	if shown {
		answer.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, answer)
}

// wrongCells names every cell that was refused, where it stands and what to write.
func wrongCells(t ui.T, cells []catalog.CellFault) ui.TableProps {
	props := ui.TableProps{
		Caption: t("catalog.import_wrong"),
		Columns: []ui.Column{{Label: t("catalog.import_sheet")}, {Label: t("catalog.import_line"), Number: true}, {Label: t("catalog.import_cell")}, {Label: t("catalog.import_value")}, {Label: t("catalog.import_reason")}},
	}
	for _, c := range cells {
		sheet, entries := t("catalog.import_datasets"), datasetEntries()
		if c.OfFields {
			sheet, entries = t("catalog.import_fields"), fieldEntries()
		}
		props.Rows = append(props.Rows, ui.Cells(ui.Text(sheet), ui.Number(c.Line), ui.Text(titleOf(entries, c.Field)), ui.Text(dash(c.Value)), ui.Text(t(c.Fault.Code, c.Fault.Args...))))
	}
	return props
}

// titleOf is the title of the column to which a fault's field belongs.
func titleOf(entries []entry, field string) string {
	alias := map[string]string{"classification": "nature", "sharing.kinds": "sharing.who", "sharing.agencies": "sharing.who", "field": "name", "fields": "name", "schema": "name", "sharing.fields": "shared"}
	if to, has := alias[field]; has {
		field = to
	}
	for _, e := range entries {
		if e.field == field {
			return e.title
		}
	}
	return "–"
}

// previewImport reads the forms, and shows what would become of each dataset. Nothing is imported yet.
func (p *Pages) previewImport(w http.ResponseWriter, r *http.Request) error {
	tables, name, err := p.sentForms(r)
	if err != nil {
		return p.importPage(w, r, err)
	}
	result, err := p.runImport(r.Context(), tables, true)
	if err != nil {
		return p.importPage(w, r, err)
	}
	body, err := json.Marshal(tables)
	if err != nil {
		return fmt.Errorf("write the form %q: %w", name, err)
	}
	kept, err := p.Catalog.KeepForm(r.Context(), name, string(body))
	if err != nil {
		return err
	}
	return p.resultPage(w, r, kept, result)
}

// sentForms reads the files of the request: a workbook with both sheets, or one file for each form.
func (p *Pages) sentForms(r *http.Request) (sentTables, string, error) {
	var out sentTables
	var nothing struct{}
	name := ""
	err := web.DecodeUpload(r, &nothing, func(u web.Upload) error {
		if u.Field != "file" && u.Field != "fields" {
			return nil
		}
		body := new(bytes.Buffer)
		if _, err := io.Copy(body, io.LimitReader(u.Body, maxForm)); err != nil {
			return err
		}
		if body.Len() == 0 { // the field was left empty
			return nil
		}
		name = u.Name
		tables, err := p.Ingest.ReadTables(r.Context(), u.Name, body, sheetFields)
		if err != nil {
			if f := fault.Of(err); f.Kind == fault.Invalid && f.Field == "" {
				return f.At(u.Field)
			}
			return err
		}
		out.add(u.Field, tables)
		return nil
	})
	if err == nil && out.Datasets == nil && out.Fields == nil {
		err = fault.New(fault.Invalid, "catalog.import_file").At("file")
	}
	return out, name, err
}

func (s *sentTables) add(field string, tables []ingest.Table) {
	if field == "fields" {
		s.Fields = &tables[0]
		return
	}
	s.Datasets = &tables[0]
	if len(tables) > 1 && len(tables[1].Rows) > 0 && s.Fields == nil {
		s.Fields = &tables[1]
	}
}

func (p *Pages) runImport(ctx context.Context, t sentTables, preview bool) ([]catalog.Imported, error) {
	elements, err := p.elements(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := p.readForms(access.ActorOf(ctx), elements, t)
	if err != nil {
		return nil, err
	}
	return p.Catalog.Import(ctx, entries, preview)
}

func (p *Pages) applyImport(w http.ResponseWriter, r *http.Request) error {
	kept, err := p.Catalog.FindForm(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if kept.AppliedAt.IsZero() {
		var tables sentTables
		if err := json.Unmarshal([]byte(kept.Body), &tables); err != nil {
			return fmt.Errorf("read form %s: %w", kept.ID, err)
		}
		result, err := p.runImport(r.Context(), tables, false)
		if err != nil {
			return p.importPage(w, r, err)
		}
		if err := p.Catalog.FormApplied(r.Context(), kept.ID, result); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/catalog/import/"+kept.ID, http.StatusSeeOther)
	return nil
}

// showImport shows what became of a form; one that was only previewed is previewed again.
func (p *Pages) showImport(w http.ResponseWriter, r *http.Request) error {
	kept, err := p.Catalog.FindForm(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !kept.AppliedAt.IsZero() {
		return p.resultPage(w, r, kept, kept.Result)
	}
	var tables sentTables
	if err := json.Unmarshal([]byte(kept.Body), &tables); err != nil {
		return fmt.Errorf("read form %s: %w", kept.ID, err)
	}
	result, err := p.runImport(r.Context(), tables, true)
	if err != nil {
		return p.importPage(w, r, err)
	}
	return p.resultPage(w, r, kept, result)
}

func (p *Pages) resultPage(w http.ResponseWriter, r *http.Request, kept catalog.SentForm, result []catalog.Imported) error {
	t := p.shell.T(r)
	applied := !kept.AppliedAt.IsZero()
	counts := map[catalog.Outcome]int64{}
	props := ui.TableProps{Caption: t("catalog.import_result"), Columns: []ui.Column{{Label: t("catalog.dataset")}, {Label: t("catalog.fields"), Number: true}, {Label: t("catalog.import_outcome")}}}
	for _, one := range result {
		counts[one.Outcome]++
		name := ui.Two(one.Name, string(one.Code))
		if applied || one.Outcome != catalog.ImportCreate {
			name = ui.LinkTwo(one.Name, path(one.Code), string(one.Code))
		}
		tone := map[catalog.Outcome]ui.Tone{catalog.ImportCreate: ui.Good, catalog.ImportChange: ui.Info, catalog.ImportSame: ui.Neutral}[one.Outcome]
		props.Rows = append(props.Rows, ui.Cells(name, ui.Number(int64(one.Fields)), ui.Badge(ui.State{Label: t("catalog.import." + string(one.Outcome)), Tone: tone})))
	}
	title := "catalog.import_preview"
	if applied {
		title = "catalog.import_done"
	}
	tiles := ui.Stats(
		ui.Tile{Label: t("catalog.import.create"), Value: i18n.Number(counts[catalog.ImportCreate]), Icon: ui.IconAdd},
		ui.Tile{Label: t("catalog.import.change"), Value: i18n.Number(counts[catalog.ImportChange]), Icon: ui.IconEdit},
		ui.Tile{Label: t("catalog.import.same"), Value: i18n.Number(counts[catalog.ImportSame]), Icon: ui.IconDone})
	view := pageView{Head: ui.Head{Eyebrow: kept.FileName, Title: t(title), Lead: t(title + "_lead")}, Above: []templ.Component{tiles},
		Main: []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(props)}}}}
	if !applied {
		view.Main = append(view.Main, part{Body: []templ.Component{form(ui.FormProps{Action: "/catalog/import/" + kept.ID, Submit: t("catalog.import_do"), Icon: ui.IconDone, Cancel: "/catalog/import"}, nil)}})
	}
	return p.shell.Render(w, r, web.Page{Title: t(title), Crumbs: crumbs(t, catalog.Dataset{}, t("catalog.import")), Body: page(view)})
}

// opImport takes a workbook or a CSV file as the body of the request. With preview=1 nothing is kept; form=fields takes the
// form of fields alone.
func (p *Pages) opImport(w http.ResponseWriter, r *http.Request) error {
	tables, err := p.Ingest.ReadTables(r.Context(), r.URL.Query().Get("file_name"), r.Body, sheetFields)
	if err != nil {
		return err
	}
	var sent sentTables
	sent.add(map[bool]string{true: "fields", false: "file"}[r.URL.Query().Get("form") == "fields"], tables)
	preview := r.URL.Query().Get("preview") != "" && r.URL.Query().Get("preview") != "0"
	result, err := p.runImport(r.Context(), sent, preview)
	if err != nil {
		return err
	}
	return writeJSON(w, map[string]any{"preview": preview, "datasets": result})
}

func writeJSON(w http.ResponseWriter, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write an answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // the caller has gone; there is nobody to tell
	return nil
}

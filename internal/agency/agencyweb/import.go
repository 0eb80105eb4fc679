package agencyweb

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"

	"lienthong/internal/agency"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// sample is an import file as people can copy it: names and codes are invented.
const sample = "code,name,kind,valid_from,parent,commune,sponsor,commitment,valid_to\n" +
	"H38.10,Sở Y tế,department,2025-03-01,,,,,\n" +
	"H38.10.91,Bệnh viện Đa khoa Ví Dụ,service_unit,2025-07-01,H38.10,,,,\n" +
	"H38.99.01,UBND phường Lào Cai,commune,01/07/2025,,02647,,,\n"

func (p *Pages) newImport(w http.ResponseWriter, r *http.Request) error {
	return p.importPage(w, r, nil, nil)
}

func (p *Pages) importAgencies(w http.ResponseWriter, r *http.Request) error {
	var count agency.Imported
	var nothing struct{}
	sent := false
	err := web.DecodeUpload(r, &nothing, func(u web.Upload) (err error) {
		if u.Field != "file" || sent {
			return nil
		}
		sent = true
		count, err = p.agencies.Import(r.Context(), u.Body)
		return err
	})
	if err == nil && !sent {
		err = fault.New(fault.Invalid, "agency.import_file_missing").At("file")
	}
	return p.importPage(w, r, &count, err)
}

func (p *Pages) importProfile(w http.ResponseWriter, r *http.Request) error {
	count, err := p.agencies.ImportProfile(r.Context())
	return p.importPage(w, r, &count, err)
}

// importPage shows the form, and below it what an import has done or every row that it was refused for.
func (p *Pages) importPage(w http.ResponseWriter, r *http.Request, done *agency.Imported, refusal error) error {
	t := p.shell.T(r)
	v := importView{T: t, Head: ui.Head{Title: t("agency.import"), Lead: t("agency.import_lead")}, Sample: sample,
		Form:    ui.FormProps{Action: "/agency/import", Submit: t("agency.import_send"), Icon: ui.IconUpload, Upload: true, Cancel: "/agency"},
		Profile: ui.Action{Label: t("agency.import_profile"), Path: "/agency/import/profile", Icon: ui.IconAgency, Post: true, Confirm: t("agency.import_profile_confirm")},
		File:    ui.FileChoice{Field: ui.Field{Name: "file", Label: t("agency.import_file"), Hint: t("agency.import_hint"), Required: true}, Accept: ".csv,text/csv", MaxText: "8 MB"}}
	page := web.Page{Title: t("agency.import"), Crumbs: []ui.Crumb{{Label: t("agency.register"), Path: "/agency"}, {Label: t("agency.import")}}}
	errs, shown := p.shell.Refused(r, refusal)
	switch {
	case refusal != nil && !shown:
		return refusal
	case shown:
		f := fault.Of(refusal)
		page.Status = f.Kind.Status()
		var rows *agency.ImportRefused
		if errors.As(refusal, &rows) { // Invariant 2
			v.Wrong = wrongRows(t, rows.Rows)
			errs = ui.FormErrors{Text: t(f.Code, f.Args...)}
		}
		v.Form.Errors, v.File.Error = errs, errs.Of("file")
	case done != nil:
		v.Done = []ui.Tile{
			{Label: t("agency.import_added"), Value: i18n.Number(int64(done.Added)), Tone: ui.Good, Icon: ui.IconAdd},
			{Label: t("agency.import_changed"), Value: i18n.Number(int64(done.Changed)), Tone: ui.Info, Icon: ui.IconEdit},
			{Label: t("agency.import_same"), Value: i18n.Number(int64(done.Same)), Icon: ui.IconDone},
		}
	}
	page.Body = importBody(v)
	return p.shell.Render(w, r, page)
}

// wrongRows is the table of the cells that were refused.
func wrongRows(t ui.T, rows []agency.RowError) *ui.TableProps {
	props := &ui.TableProps{
		Caption: t("agency.import_wrong"),
		Columns: []ui.Column{{Label: t("agency.import_line"), Number: true}, {Label: t("agency.import_column")}, {Label: t("agency.import_value")}, {Label: t("agency.import_reason")}},
	}
	for _, r := range rows {
		props.Rows = append(props.Rows, ui.Cells(ui.Number(int64(r.Row)), ui.Mono(r.Column), ui.Text(r.Value), ui.Text(t(r.Reason.Code, r.Reason.Args...))))
	}
	return props
}

// opImport takes a CSV file as the body of the request. A refusal names every wrong row in "errors".
func (p *Pages) opImport(w http.ResponseWriter, r *http.Request) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "text/csv" {
		return fault.New(fault.Malformed, "agency.import_media_type")
	}
	count, err := p.agencies.Import(r.Context(), r.Body)
	if err != nil {
		return err
	}
	body, err := json.Marshal(importedJSON(count))
	if err != nil {
		return fmt.Errorf("encode the counts of an import: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // the caller has gone; there is nobody to tell
	return nil
}

type importedJSON struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
}

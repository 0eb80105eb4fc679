package ingestweb

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// uploadForm is what stands before the file.
type uploadForm struct {
	Dataset   string `form:"dataset"`
	System    string `form:"system"`
	DataTime  string `form:"data_time"`
	NotSecret bool   `form:"not_secret"`
}

func (p *Pages) newDelivery(w http.ResponseWriter, r *http.Request) error {
	return p.uploadPage(w, r, uploadForm{Dataset: r.URL.Query().Get("dataset")}, nil)
}

// enough of a refused upload is read for the browser to see the answer instead of a broken connection.
const enough = 32 << 20

func (p *Pages) deliver(w http.ResponseWriter, r *http.Request) error {
	var in uploadForm
	var d *ingest.Delivery
	start := p.ingest.Clock.Now()
	err := web.DecodeUpload(r, &in, func(u web.Upload) error {
		if u.Field != "file" || d != nil {
			return nil
		}
		at, err := readTime(in.DataTime)
		if err != nil {
			return err
		}
		d, err = p.ingest.Deliver(r.Context(), ingest.DeliveryInput{
			Dataset: catalog.Code(in.Dataset), System: in.System, NotSecret: in.NotSecret, FileName: u.Name, DataTime: at,
		}, u.Body)
		return err
	})
	if err == nil && d == nil {
		err = fault.New(fault.Invalid, "ingest.file_missing").At("file")
	}
	if err != nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, enough))
		return p.uploadPage(w, r, in, err)
	}
	next := "/ingest/" + string(d.ID)
	if d.ReceivedAt.Before(start) {
		next += "?again=1"
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// readTime reads the moment of the data in the forms that browsers and people write; zero when none is said.
func readTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02", "02/01/2006 15:04", "02/01/2006"} {
		if t, err := time.ParseInLocation(layout, s, i18n.Zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fault.New(fault.Invalid, "ingest.data_time_form").At("data_time")
}

// uploadPage asks for the dataset first, then for the file.
func (p *Pages) uploadPage(w http.ResponseWriter, r *http.Request, in uploadForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	t := p.shell.T(r)
	view := pageView{Head: ui.Head{Title: t("ingest.new"), Lead: t("ingest.new_lead")}}
	var err error
	if in.Dataset == "" {
		view.Above = []templ.Component{ui.ErrorSummary(errs)}
		view.Main, err = p.datasetChoice(r, t)
	} else {
		view.Main, err = p.fileForm(r, t, in, errs)
	}
	if err != nil {
		return err
	}
	answer := web.Page{Title: t("ingest.new"), Narrow: true, Crumbs: []ui.Crumb{{Label: t("ingest.list"), Path: listPath(r)}, {Label: t("ingest.new")}}, Body: page(view)}
	if shown {
		answer.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, answer)
}

// listPath is the list of deliveries for those who may read it.
func listPath(r *http.Request) string {
	if access.ActorOf(r.Context()).Can(access.IngestRead) {
		return "/ingest"
	}
	return ""
}

// datasetChoice offers the datasets of the person's agency that take files now.
func (p *Pages) datasetChoice(r *http.Request, t ui.T) (templ.Component, error) {
	all, err := p.catalog.List(r.Context(), catalog.Filter{Owner: access.ActorOf(r.Context()).Agency})
	if err != nil {
		return nil, err
	}
	c := ui.Choice{Field: ui.Field{Name: "dataset", Label: t("ingest.dataset"), Required: true}}
	for _, d := range all {
		if d.State.Live() && d.SchemaVersion > 0 {
			c.Options = append(c.Options, ui.Option{Value: string(d.Code), Label: d.Name, Hint: string(d.Code), On: len(c.Options) == 0})
		}
	}
	if len(c.Options) == 0 {
		return cards(part{Body: []templ.Component{ui.EmptyState(ui.Empty{
			Icon: ui.IconDataset, Title: t("ingest.no_dataset"), Text: t("ingest.no_dataset_text"), Action: &ui.Action{Label: t("ingest.to_catalog"), Path: "/catalog?owner=" + url.QueryEscape(access.ActorOf(r.Context()).Agency)},
		})}}), nil
	}
	return cards(part{Body: []templ.Component{form(ui.FormProps{Action: "/ingest/new", Get: true, Submit: t("ingest.continue"), Icon: ui.IconNext}, ui.Radios(c))}}), nil
}

func (p *Pages) fileForm(r *http.Request, t ui.T, in uploadForm, errs ui.FormErrors) (templ.Component, error) {
	about, err := p.catalog.Describe(r.Context(), catalog.Code(in.Dataset))
	if err != nil {
		return nil, err
	}
	if _, err := access.RequireFor(r.Context(), access.IngestDeliver, about.Owner); err != nil {
		return nil, err
	}
	systems, err := p.systems(r.Context(), about.Owner)
	if err != nil {
		return nil, err
	}
	source := ui.Choice{Field: ui.Field{Name: "system", Label: t("ingest.system"), Hint: t("ingest.system_hint"), Value: in.System, Error: errs.Of("system"), Required: true}}
	if source.Value == "" {
		source.Value = about.OfficialSystem
	}
	for _, s := range systems {
		o := ui.Option{Value: s.Code, Label: s.Name}
		if s.Code == about.OfficialSystem {
			o.Label += " · " + t("ingest.official")
		}
		source.Options = append(source.Options, o)
	}
	facts := []ui.Pair{
		{Name: t("ingest.dataset"), Value: ui.LinkTwo(about.Name, "/catalog/"+string(about.Code), string(about.Code))},
		{Name: t("ingest.on_failure"), Text: t("ingest.on_failure." + string(about.Load.OnFailure))},
	}
	template := ui.Action{Label: t("ingest.template"), Path: "/ingest/template?dataset=" + url.QueryEscape(in.Dataset), Icon: ui.IconDownload}
	secret := ui.Field{Name: "not_secret", Label: t("ingest.not_secret"), Error: errs.Of("not_secret"), Required: true}
	if in.NotSecret {
		secret.Value = "1"
	}
	props := ui.FormProps{Action: "/ingest", Submit: t("ingest.send"), Icon: ui.IconUpload, Cancel: "/ingest/new", Upload: true, Errors: errs, Hidden: []ui.Hidden{{Name: "dataset", Value: in.Dataset}}, Resume: resume(t)}
	return cards(
		part{Card: ui.CardProps{Title: about.Name, Actions: []ui.Action{template}}, Body: []templ.Component{ui.KeyValue(facts...)}},
		part{Body: []templ.Component{form(props,
			ui.Select(source),
			ui.Input(ui.Field{Name: "data_time", Label: t("ingest.data_time"), Hint: t("ingest.data_time_hint"), Value: in.DataTime, Error: errs.Of("data_time"), Type: "datetime-local", Short: true}),
			ui.Checkbox(secret),
			ui.FileInput(ui.FileChoice{Field: ui.Field{Name: "file", Label: t("ingest.file"), Hint: t("ingest.file_hint"), Error: errs.Of("file"), Required: true}, Accept: ".csv,.xlsx,.json,.jsonl", MaxText: size(p.ingest.MaxBytes)}),
		)}},
	), nil
}

// inPieces is from where a file goes in pieces: smaller ones are sent again as quickly as they are asked for.
const inPieces = 4 << 20

func resume(t ui.T) *ui.Resume {
	return &ui.Resume{
		Path: uploadsPath, Done: "/ingest/", Above: inPieces,
		Reading: t("ingest.resume_reading", "{0}"), Sending: t("ingest.resume_sending", "{0}"), Waiting: t("ingest.resume_waiting", "{0}"), Checking: t("ingest.resume_checking"),
	}
}

// size is a number of bytes as people read it.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d byte", n)
}

// downloadTemplate is an empty file with the header that the dataset expects.
func (p *Pages) downloadTemplate(w http.ResponseWriter, r *http.Request) error {
	about, err := p.catalog.Describe(r.Context(), catalog.Code(r.URL.Query().Get("dataset")))
	if err != nil {
		return err
	}
	if about.Schema == nil {
		return fault.New(fault.Conflict, "ingest.no_schema", about.Code)
	}
	names := make([]string, 0, len(about.Schema.Fields))
	for _, f := range about.Schema.Fields {
		names = append(names, f.Name)
	}
	attachment(w, "mau-"+lastPart(string(about.Code))+".csv")
	_, err = io.WriteString(w, "\uFEFF") // a spreadsheet takes a file without it for a legacy encoding
	out := csv.NewWriter(w)
	out.UseCRLF = true
	err = errors.Join(err, out.Write(names))
	out.Flush()
	return errors.Join(err, out.Error())
}

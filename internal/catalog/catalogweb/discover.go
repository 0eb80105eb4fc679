package catalogweb

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const maxSample = 65 << 20

// sampleForm is what stands beside a sample, and beside the fields that were found in it.
type sampleForm struct {
	schemaForm
	Dataset string `form:"dataset"` // of a draft that is there already
	Slug    string `form:"code"`
	Name    string `form:"name"`
	Persons int64  `form:"sample_persons"`
}

func (p *Pages) newSample(w http.ResponseWriter, r *http.Request) error {
	return p.samplePage(w, r, r.URL.Query().Get("dataset"), nil)
}

// samplePage asks for the sample.
func (p *Pages) samplePage(w http.ResponseWriter, r *http.Request, dataset string, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	t := p.shell.T(r)
	props := ui.FormProps{Action: "/catalog/discover", Submit: t("catalog.sample_read"), Icon: ui.IconUpload, Upload: true, Cancel: "/catalog/register", Errors: errs}
	if dataset != "" {
		props.Hidden, props.Cancel = []ui.Hidden{{Name: "dataset", Value: dataset}}, path(catalog.Code(dataset))+"/schema"
	}
	fields := []templ.Component{ui.FileInput(ui.FileChoice{
		Field:  ui.Field{Name: "file", Label: t("catalog.sample_file"), Hint: t("catalog.sample_file_hint"), Required: true, Error: errs.Of("file")},
		Accept: ".csv,.xlsx,.json", MaxText: "64 MB",
	})}
	answer := web.Page{
		Title: t("catalog.sample"), Narrow: true, Crumbs: crumbs(t, catalog.Dataset{}, t("catalog.sample")),
		Body: page(pageView{Head: ui.Head{Title: t("catalog.sample"), Lead: t("catalog.sample_lead")}, Main: []part{{Body: []templ.Component{form(props, fields)}}}}),
	}
	if shown {
		answer.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, answer)
}

// discover reads the sample and shows what was found, as the draft of the fields to be looked through.
func (p *Pages) discover(w http.ResponseWriter, r *http.Request) error {
	var in sampleForm
	var found *ingest.Discovery
	err := web.DecodeUpload(r, &in, func(u web.Upload) (err error) {
		if u.Field == "file" && found == nil {
			found, err = p.Ingest.Discover(r.Context(), u.Name, u.Body)
		}
		return err
	})
	if err == nil && found == nil {
		err = fault.New(fault.Invalid, "catalog.sample_missing").At("file")
	}
	if err != nil {
		if f := fault.Of(err); f.Kind == fault.Invalid && f.Field == "" && len(f.Items) == 0 {
			err = f.At("file")
		}
		return p.samplePage(w, r, in.Dataset, err)
	}
	in.Persons = found.Persons
	return p.foundPage(w, r, in, found, found.Schema(), nil)
}

// foundPage shows the findings, while they are there, and the draft of dataset and fields that they make.
func (p *Pages) foundPage(w http.ResponseWriter, r *http.Request, in sampleForm, found *ingest.Discovery, s catalog.Schema, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	elements, err := p.elements(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	f := filler{t: t, errors: errs}
	rows := min(maxRows, len(s.Fields)+1)
	var fields []templ.Component
	hidden := []ui.Hidden{{Name: "rows", Value: strconv.Itoa(rows)}, {Name: "sample_persons", Value: strconv.FormatInt(in.Persons, 10)}}
	cancel := "/catalog/discover"
	if in.Dataset != "" {
		hidden, cancel = append(hidden, ui.Hidden{Name: "dataset", Value: in.Dataset}), path(catalog.Code(in.Dataset))
	} else {
		code := short(must(f.field("code", "catalog.slug", in.Slug)))
		code.Hint, code.MaxLength = t("catalog.slug_hint", access.ActorOf(r.Context()).Agency), 80
		fields = append(fields, fieldSet(t("catalog.fs_name"), "", ui.Input(must(f.field("name", "catalog.name", in.Name))), ui.Input(code)))
	}
	for i := range rows {
		x := catalog.Field{}
		if i < len(s.Fields) {
			x = s.Fields[i]
		}
		fields = append(fields, f.schemaRow(i, x, elements))
	}
	fields = append(fields, f.schemaWhole(s)...)
	view := pageView{Head: ui.Head{Title: t("catalog.sample_found"), Lead: t("catalog.sample_found_lead")}}
	if found != nil {
		view.Above = []templ.Component{sampleTiles(t, found)}
		view.Main = append(view.Main, part{Card: ui.CardProps{Title: t("catalog.sample_columns"), Lead: t("catalog.sample_columns_lead"), Flush: true}, Body: []templ.Component{ui.Table(foundTable(t, found))}})
	}
	view.Main = append(view.Main, part{Card: ui.CardProps{Title: t("catalog.sample_draft"), Lead: t("catalog.sample_draft_lead")}, Body: []templ.Component{
		form(ui.FormProps{Action: "/catalog/discover/draft", Submit: t("catalog.save_draft"), Icon: ui.IconDone, Cancel: cancel, Hidden: hidden, Errors: atRows(errs, s)}, fields),
	}})
	answer := web.Page{Title: t("catalog.sample_found"), Crumbs: crumbs(t, catalog.Dataset{}, t("catalog.sample")), Body: page(view)}
	if shown {
		answer.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, answer)
}

func sampleTiles(t ui.T, d *ingest.Discovery) templ.Component {
	persons := ui.Tile{Label: t("catalog.persons"), Value: i18n.Number(d.Persons), Icon: ui.IconAccounts}
	if d.Persons == 0 {
		persons.Value, persons.Note = "–", t("catalog.sample_no_persons")
	}
	return ui.Stats(ui.Tile{Label: t("catalog.row_count"), Value: i18n.Number(d.Rows), Icon: ui.IconRows}, ui.Tile{Label: t("catalog.fields"), Value: i18n.Number(int64(len(d.Columns))), Icon: ui.IconDataset}, persons)
}

// foundTable says of each column what was seen. Values are not shown, only how they are written.
func foundTable(t ui.T, d *ingest.Discovery) ui.TableProps {
	props := ui.TableProps{
		Caption: t("catalog.sample_columns"),
		Columns: []ui.Column{{Label: t("catalog.field")}, {Label: t("catalog.sample_kind")}, {Label: t("catalog.sample_filled"), Number: true}, {Label: t("catalog.field_element")}, {Label: t("catalog.class")}},
	}
	for _, c := range d.Columns {
		kind := t("catalog.type." + string(c.Type))
		if c.MaxLength > 0 {
			kind = t("catalog.sample_length", kind, c.MaxLength)
		}
		element := ui.Muted(t("catalog.sample_no_element"))
		if len(c.Candidates) > 0 {
			var list []templ.Component
			for _, x := range c.Candidates {
				list = append(list, ui.Text(fmt.Sprintf("%s (%d%%)", x.Name, x.Confidence)))
			}
			element = ui.Lines(list...)
		}
		class := ui.Text(word(t, "catalog.class.", string(c.Class)))
		if c.ClassBy != "" {
			class = ui.Two(word(t, "catalog.class.", string(c.Class)), t("catalog.class_by."+c.ClassBy))
		}
		name := []templ.Component{ui.Two(c.Header, c.Name)}
		if c.Unique {
			name = append(name, ui.Badge(ui.State{Label: t("catalog.sample_unique"), Tone: ui.Info}))
		}
		if c.Person {
			name = append(name, ui.Badge(ui.State{Label: t("catalog.field_person"), Tone: ui.Warn}))
		}
		props.Rows = append(props.Rows, ui.Cells(ui.Group(name...), ui.Two(kind, strings.Join(c.Shapes, " · ")), ui.Text(i18n.Number(c.Filled)+"/"+i18n.Number(d.Rows)), element, class))
	}
	return props
}

// draftFromSample saves the draft: a new dataset with its fields, or the fields of a draft that is there.
func (p *Pages) draftFromSample(w http.ResponseWriter, r *http.Request) error {
	var in sampleForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	elements, err := p.elements(r.Context())
	if err != nil {
		return err
	}
	s := typedSchema(r.PostForm, in.schemaForm, elements)
	code := catalog.Code(in.Dataset)
	if in.Dataset == "" {
		agency := access.ActorOf(r.Context()).Agency
		d := startOf(agency)
		d.Code, d.Name, d.SamplePersons = codeOf(agency, in.Slug), in.Name, in.Persons
		d.Class = dictionary.SuggestClass(classesOf(s), in.Persons)
		for _, f := range s.Fields {
			d.Sharing.Fields = append(d.Sharing.Fields, f.Name)
		}
		code = d.Code
		_, err = p.Catalog.CreateWith(r.Context(), d, &s)
	} else {
		var d catalog.Dataset
		if d, err = p.Catalog.FindByCode(r.Context(), code); err == nil {
			_, err = p.Catalog.DefineFromSample(r.Context(), d.ID, s, in.Persons)
		}
	}
	if err != nil {
		return p.foundPage(w, r, in, nil, s, err)
	}
	http.Redirect(w, r, path(code)+"/edit", http.StatusSeeOther)
	return nil
}

func classesOf(s catalog.Schema) []dictionary.Class {
	list := make([]dictionary.Class, 0, len(s.Fields))
	for _, f := range s.Fields {
		list = append(list, f.Class)
	}
	return list
}

// startOf is what a new registration begins with.
func startOf(agency string) catalog.Dataset {
	return catalog.Dataset{
		Owner: agency, Method: catalog.MethodAPI, Form: catalog.FormTable, Load: catalog.DefaultLoadRules(),
		Classification: catalog.Classification{Nature: catalog.Specialised, Scope: catalog.Shared}, Sharing: catalog.Sharing{Everyone: true},
		Formats: []string{"CSV", "JSON"},
	}
}

// opDiscover answers the fields of a sample that is the body of the request.
func (p *Pages) opDiscover(w http.ResponseWriter, r *http.Request) error {
	found, err := p.Ingest.Discover(r.Context(), r.URL.Query().Get("file_name"), r.Body)
	if err != nil {
		return err
	}
	return writeJSON(w, map[string]any{"discovery": found, "schema": found.Schema()})
}

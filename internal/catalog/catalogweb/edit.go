package catalogweb

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// datasetPage shows the form of a dataset: a new one while it has no code. After a refusal it stands as it was typed.
func (p *Pages) datasetPage(w http.ResponseWriter, r *http.Request, d catalog.Dataset, refusal error, notes ...templ.Component) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	t := p.shell.T(r)
	f := filler{t: t, errors: errs}
	if shown {
		f.typed = r.PostForm
	}
	fields, err := p.datasetFields(r.Context(), f, d)
	if err != nil {
		return err
	}
	props := ui.FormProps{Action: "/catalog", Submit: t("catalog.save_draft"), Icon: ui.IconDone, Cancel: "/catalog", Errors: errs}
	head := ui.Head{Title: t("catalog.new"), Lead: t("catalog.form_lead")}
	last := head.Title
	if d.Code != "" {
		props.Action, props.Cancel = path(d.Code)+"/edit", path(d.Code)
		props.Hidden = []ui.Hidden{{Name: "revision", Value: strconv.FormatInt(d.Revision, 10)}}
		head, last = ui.Head{Eyebrow: string(d.Code), Title: d.Name, Lead: t("catalog.form_lead")}, t("catalog.edit")
	}
	above := append(returned(t, d), notes...)
	if d.Code != "" && refusal == nil {
		about, err := p.Catalog.Profile(r.Context(), d.Code)
		if err != nil {
			return err
		}
		above = append(above, missingList(t, d, about.Missing)...)
	}
	page := web.Page{
		Title: head.Title, Narrow: true, Crumbs: crumbs(t, d, last),
		Body: page(pageView{Head: head, Above: above, Main: []part{{Body: []templ.Component{form(props, fields)}}}}),
	}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

// returned shows the comments with which a registration came back.
func returned(t ui.T, d catalog.Dataset) []templ.Component {
	if d.State != catalog.Returned {
		return nil
	}
	return []templ.Component{ui.Alert(ui.Note{Tone: ui.Warn, Title: t("catalog.came_back"), Text: d.Note})}
}

func (p *Pages) datasetFields(ctx context.Context, f filler, d catalog.Dataset) ([]templ.Component, error) {
	sharing, err := p.sharingFields(ctx, f, d)
	if err != nil {
		return nil, err
	}
	systems, err := p.Sources.Systems(ctx, d.Owner)
	if err != nil {
		return nil, err
	}
	t := f.t
	return []templ.Component{
		fieldSet(t("catalog.fs_name"), "", p.nameFields(ctx, f, d)...),
		fieldSet(t("catalog.fs_sharing"), t("catalog.fs_sharing_hint"), sharing...),
		fieldSet(t("catalog.fs_method"), "",
			ui.Radios(choice(must(f.field("method", "catalog.method", string(d.Method))), words(t, "catalog.method.", catalog.Methods()))),
			ui.Textarea(hinted(f.field("method_reason", "catalog.method_reason", d.MethodReason), t("catalog.method_reason_hint"))),
			ui.Input(f.date("automate_by", "catalog.automate_by", d.AutomateBy.String())),
		),
		fieldSet(t("catalog.fs_frequency"), "", fieldRow(
			ui.Select(choice(must(f.field("frequency", "catalog.frequency", string(d.Frequency))), words(t, "catalog.frequency.", catalog.Frequencies()))),
			ui.Input(hinted(f.number("max_delay", "catalog.max_delay", int64(d.MaxDelay)), t("catalog.max_delay_hint"))),
		)),
		fieldSet(t("catalog.fs_standard"), "",
			ui.Checkboxes(f.many("formats", "catalog.formats", d.Formats, plain("JSON", "XML", "CSV", "XLSX"))),
			ui.Textarea(hinted(f.field("standards", "catalog.standards", strings.Join(d.Standards, "\n")), t("catalog.standards_hint"))),
			ui.Textarea(must(f.field("legal_basis", "catalog.legal_basis", d.LegalBasis))),
		),
		fieldSet(t("catalog.fs_class"), t("catalog.fs_class_hint"), classFields(f, d)...),
		fieldSet(t("catalog.fs_source"), t("catalog.fs_source_hint"),
			ui.Select(choice(hinted(must(f.field("official_system", "catalog.official_system", d.OfficialSystem)), noSystem(t, systems)), named(systems))),
			ui.Radios(choice(f.field("on_failure", "catalog.on_failure", string(d.Load.OnFailure)), words(t, "catalog.on_failure.", failures()))),
			ui.Input(hinted(f.number("min_valid", "catalog.min_valid", int64(math.Round(d.Load.MinValidShare*100))), t("catalog.min_valid_hint"))),
		),
	}, nil
}

// noSystem tells an agency that has registered no system what to do first: the list to choose from is empty.
func noSystem(t ui.T, systems []Named) string {
	if len(systems) > 0 {
		return ""
	}
	return t("catalog.no_system_hint")
}

func (p *Pages) nameFields(ctx context.Context, f filler, d catalog.Dataset) []templ.Component {
	fields := []templ.Component{ui.KeyValue(ui.Pair{Name: f.t("catalog.owner"), Text: p.agency(ctx, d.Owner), Help: f.t("catalog.owner_hint")})}
	if d.Code == "" {
		code := short(must(f.field("code", "catalog.slug", "")))
		code.Hint, code.MaxLength = f.t("catalog.slug_hint", d.Owner), 80
		fields = append(fields, ui.Input(code))
	}
	return append(fields,
		ui.Input(must(f.field("name", "catalog.name", d.Name))),
		ui.Textarea(hinted(must(f.field("description", "catalog.description", d.Description)), f.t("catalog.description_hint"))),
	)
}

func classFields(f filler, d catalog.Dataset) []templ.Component {
	t := f.t
	return []templ.Component{
		ui.Select(choice(must(f.field("form", "catalog.form", string(d.Form))), words(t, "catalog.form.", catalog.Forms()))),
		ui.Radios(choice(must(f.field("classification", "catalog.nature", string(d.Classification.Nature))), words(t, "catalog.nature.", natures()))),
		ui.Radios(choice(must(f.field("scope", "catalog.scope", string(d.Classification.Scope))), words(t, "catalog.scope.", scopes()))),
		f.check("steering", "catalog.steering", d.Classification.Steering),
		ui.Input(hinted(f.number("persons", "catalog.persons", d.Persons), t("catalog.persons_hint"))),
		ui.Select(choice(must(f.field("class", "catalog.class", string(d.Class))), words(t, "catalog.class.", dictionary.Classes()))),
	}
}

func (p *Pages) sharingFields(ctx context.Context, f filler, d catalog.Dataset) ([]templ.Component, error) {
	purposes, err := p.Sources.Purposes(ctx)
	if err != nil {
		return nil, err
	}
	t, who := f.t, listed
	if d.Sharing.Everyone {
		who = everyone
	}
	fields := []templ.Component{
		ui.Radios(choice(must(f.field("sharing.who", "catalog.sharing_who", who)), words(t, "catalog.who.", []string{everyone, listed}))),
		ui.Checkboxes(f.many("sharing.kinds", "catalog.sharing_kinds", d.Sharing.AgencyTypes, words(t, "catalog.kind.", agency.Kinds()))),
		ui.Textarea(hinted(f.field("sharing.agencies", "catalog.sharing_agencies", strings.Join(d.Sharing.Agencies, "\n")), t("catalog.sharing_agencies_hint"))),
		ui.Checkboxes(f.many("sharing.purposes", "catalog.sharing_purposes", d.Sharing.Purposes, named(purposes))),
		ui.Checkboxes(f.many("sharing.levels", "catalog.sharing_levels", d.Sharing.Levels, words(t, "catalog.level.", []access.Level{access.LevelView, access.LevelUse, access.LevelUpdate, access.LevelShare}))),
	}
	about, err := p.described(ctx, d)
	if err != nil {
		return nil, err
	}
	if about.Schema == nil {
		return append(fields, ui.Alert(ui.Note{Tone: ui.Info, Text: t("catalog.sharing_after_schema")})), nil
	}
	options := make([]ui.Option, 0, len(about.Schema.Fields))
	for _, x := range about.Schema.Fields {
		options = append(options, ui.Option{Value: x.Name, Label: x.Label, Hint: x.Name + " · " + t("catalog.class."+string(x.Class))})
	}
	fields = append(fields, ui.Checkboxes(f.many("sharing.fields", "catalog.sharing_fields", d.Sharing.Fields, options)))
	return append(fields, f.limits(d.Sharing.Rows, options)...), nil
}

// limits are the lines of the part "which rows": those there are, and one empty one.
func (f filler) limits(kept []catalog.RowLimit, columns []ui.Option) []templ.Component {
	count := min(maxLimits, len(kept)+1)
	if f.typed != nil {
		count = typedLimits(f.typed)
	}
	var fields []templ.Component
	for i := range count {
		n, limit := strconv.Itoa(i), catalog.RowLimit{}
		if i < len(kept) {
			limit = kept[i]
		}
		fields = append(fields, fieldRow(
			ui.Select(choice(f.field("row_column_"+n, "catalog.row_column", limit.Column), columns)),
			ui.Input(hinted(f.field("row_in_"+n, "catalog.row_in", strings.Join(limit.In, ", ")), f.t("catalog.row_in_hint"))),
			f.check("row_own_"+n, "catalog.row_own", limit.Own),
		))
	}
	return []templ.Component{fieldSet(f.t("catalog.rows"), f.t("catalog.rows_hint"), fields...)}
}

func typedLimits(typed url.Values) int {
	count := 1
	for i := range maxLimits {
		if typed.Get("row_column_"+strconv.Itoa(i)) != "" {
			count = min(maxLimits, i+2)
		}
	}
	return count
}

func plain(values ...string) []ui.Option {
	options := make([]ui.Option, len(values))
	for i, v := range values {
		options[i] = ui.Option{Value: v, Label: v}
	}
	return options
}

// described adds its schema to a dataset; one without a code is new and has none. While a change is pending that is the
// schema in force.
func (p *Pages) described(ctx context.Context, d catalog.Dataset) (catalog.Described, error) {
	if d.Code == "" {
		return catalog.Described{Dataset: d}, nil
	}
	return p.Catalog.Describe(ctx, d.Code)
}

package catalogweb

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// suggestion is an element that may define a field, with why.
type suggestion struct {
	Element dictionary.Code `json:"element"`
	Version int             `json:"version"`
	Name    string          `json:"name"`
	Why     string          `json:"why" enum:"code,name,words,proposed" doc:"Same code, same name, words in common, or proposed for this field and published since"`

	nearness int
}

const mostSuggested = 5

// suggestionsFor ranks the elements in force for a field: its own proposal that was published, the same code, the same name,
// words in common. A person decides.
func suggestionsFor(f catalog.Field, elements []dictionary.Element, proposed map[string]dictionary.Code) []suggestion {
	var out []suggestion
	fieldWords := vitext.Words(vitext.Fold(f.Label + " " + strings.ReplaceAll(f.Name, "_", " ")))
	for _, e := range elements {
		s := suggestion{Element: e.Code, Version: e.Version, Name: e.Name}
		switch {
		case proposed[f.Name] == e.Code:
			s.Why, s.nearness = "proposed", 1000
		case string(e.Code) == f.Name:
			s.Why, s.nearness = "code", 900
		case vitext.Fold(e.Name) == vitext.Fold(f.Label):
			s.Why, s.nearness = "name", 800
		default:
			common := 0
			for _, w := range vitext.Words(vitext.Fold(e.Name)) {
				if len(w) > 1 && slices.Contains(fieldWords, w) {
					common++
				}
			}
			if common < 2 && (common == 0 || len(fieldWords) > 2) {
				continue
			}
			s.Why, s.nearness = "words", common
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b suggestion) int {
		return cmp.Or(cmp.Compare(b.nearness, a.nearness), cmp.Compare(a.Element, b.Element))
	})
	return out[:min(len(out), mostSuggested)]
}

// mapped is what is known of one field of the mapping.
type mapped struct {
	Field       string             `json:"field"`
	Label       string             `json:"label"`
	Required    bool               `json:"required,omitempty"`
	Key         bool               `json:"key,omitempty"`
	Element     dictionary.Code    `json:"element,omitempty"`
	Version     int                `json:"version,omitempty"`
	Name        string             `json:"name,omitempty" doc:"Of the element"`
	Retired     dictionary.Code    `json:"replaced_by,omitempty" doc:"The element is retired; this one replaces it"`
	Proposal    string             `json:"proposal,omitempty" doc:"What is proposed to the dictionary, for a field without an element"`
	Proposals   []proposalOfField  `json:"dictionary_proposals,omitempty"`
	Suggestions []suggestion       `json:"suggestions,omitempty"`
	element     dictionary.Element `json:"-"`
}

type proposalOfField struct {
	ID     string           `json:"id"`
	Number string           `json:"number"`
	State  dictionary.State `json:"state" enum:"proposed,returned,consulting,published,rejected,withdrawn"`
}

// mapping is the whole table of a dataset: its pending schema while there is one, else the one in force.
type mapping struct {
	Schema  int  `json:"schema_version"`
	Pending bool `json:"pending,omitempty"`
	Percent int  `json:"coverage_percent" doc:"Fields with an element, of all"`
	catalog.Mapping
	Table []mapped `json:"table"`

	schema *catalog.Schema
}

func (p *Pages) mappingOf(ctx context.Context, d catalog.Dataset) (mapping, error) {
	version := d.SchemaVersion
	if d.PendingSchema > 0 {
		version = d.PendingSchema
	}
	m := mapping{Schema: version, Pending: d.PendingSchema > 0, Table: []mapped{}}
	about, err := p.Catalog.DescribeVersion(ctx, d.Code, version)
	if err != nil || about.Schema == nil {
		return m, err
	}
	elements, err := p.elements(ctx)
	if err != nil {
		return m, err
	}
	made, published, err := p.proposalsOf(ctx, d.Code)
	if err != nil {
		return m, err
	}
	m.schema, m.Mapping = about.Schema, about.Schema.Mapping()
	if m.Fields > 0 {
		m.Percent = m.Mapped * 100 / m.Fields
	}
	for _, f := range about.Schema.Fields {
		row := mapped{Field: f.Name, Label: f.Label, Required: f.Required, Key: f.Key, Element: f.Element.Code, Version: f.Element.Version, Proposal: f.Proposal, Proposals: made[f.Name]}
		if e, known := about.Elements[f.Element]; known {
			row.Name, row.element = e.Name, e
			if now, err := p.Dictionary.LatestElement(ctx, e.Code); err == nil {
				row.Retired = now.ReplacedBy
			}
		}
		if !f.Mapped() {
			row.Suggestions = suggestionsFor(f, elements, published)
		}
		m.Table = append(m.Table, row)
	}
	return m, nil
}

// proposalsOf are the proposals to the dictionary that arose from a dataset, by field, and the elements that they became.
func (p *Pages) proposalsOf(ctx context.Context, code catalog.Code) (map[string][]proposalOfField, map[string]dictionary.Code, error) {
	all, err := p.Dictionary.ListProposals(ctx, dictionary.ProposalFilter{Dataset: string(code), Limit: 1000})
	if err != nil {
		return nil, nil, err
	}
	made, published := map[string][]proposalOfField{}, map[string]dictionary.Code{}
	for _, x := range all {
		made[x.Origin.Field] = append(made[x.Origin.Field], proposalOfField{x.ID, x.Number, x.State})
		if x.State == dictionary.Published && published[x.Origin.Field] == "" {
			published[x.Origin.Field] = dictionary.Code(x.Subject)
		}
	}
	return made, published, nil
}

// remap gives the fields the elements and proposals named; the others stay as they are.
func (p *Pages) remap(ctx context.Context, d catalog.Dataset, given map[string]remapped) (catalog.Schema, error) {
	m, err := p.mappingOf(ctx, d)
	if err != nil {
		return catalog.Schema{}, err
	}
	if m.schema == nil {
		return catalog.Schema{}, fault.New(fault.Conflict, "catalog.schema_missing")
	}
	schema := *m.schema
	schema.Fields = slices.Clone(schema.Fields)
	var wrong []*fault.Fault
	for name := range given {
		if _, known := schema.Field(name); !known {
			wrong = append(wrong, fault.New(fault.Invalid, "catalog.unknown_field", name).At(name))
		}
	}
	for i, f := range schema.Fields {
		g, named := given[f.Name]
		if !named {
			continue
		}
		f.Element, f.Proposal = dictionary.Ref{}, strings.TrimSpace(g.Proposal)
		if g.Element != "" {
			e, err := p.Dictionary.LatestElement(ctx, g.Element)
			switch {
			case fault.Is(err, "dictionary.element_not_found"):
				wrong = append(wrong, fault.New(fault.Invalid, "catalog.unknown_element", g.Element).At(f.Name))
				continue
			case err != nil:
				return schema, err
			case e.ReplacedBy != "":
				wrong = append(wrong, fault.New(fault.Invalid, "dictionary.element_retired", g.Element).At(f.Name))
				continue
			}
			f.Element, f.Proposal, f.Class = e.Ref(), "", f.Class.Above(e.Rule.Class)
			f.Person = f.Person || e.Definition.Type == dictionary.PersonalID
		}
		schema.Fields[i] = f
	}
	if err := fault.Collect(wrong...); err != nil {
		return schema, err
	}
	return p.Catalog.DefineSchema(ctx, d.ID, schema)
}

type remapped struct {
	Element  dictionary.Code
	Proposal string
}

func (p *Pages) showMapping(w http.ResponseWriter, r *http.Request) error {
	d, err := p.find(r)
	if err != nil {
		return err
	}
	return p.mappingPage(w, r, d, nil)
}

func (p *Pages) changeMapping(w http.ResponseWriter, r *http.Request) error {
	d, err := p.find(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Malformed, "web.form_unreadable").Because(err)
	}
	given := map[string]remapped{}
	for key, values := range r.PostForm {
		if name, found := strings.CutPrefix(key, "element:"); found {
			given[name] = remapped{dictionary.Code(strings.TrimSpace(values[0])), vitext.NFC(strings.TrimSpace(r.PostForm.Get("proposal:" + name)))}
		}
	}
	if _, err := p.remap(r.Context(), d, given); err != nil {
		return p.mappingPage(w, r, d, err)
	}
	http.Redirect(w, r, path(d.Code)+"/mapping", http.StatusSeeOther)
	return nil
}

func (p *Pages) mappingPage(w http.ResponseWriter, r *http.Request, d catalog.Dataset, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	m, err := p.mappingOf(r.Context(), d)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	who := access.ActorOf(r.Context())
	open := who.CanFor(access.CatalogRegister, d.Owner) && (d.State.Editable() || d.State == catalog.Published)
	tone := ui.Good
	if len(m.Missing) > 0 {
		tone = ui.Warn
	}
	view := pageView{
		Head:  ui.Head{Eyebrow: string(d.Code), Title: t("catalog.mapping"), Lead: t("catalog.mapping_lead")},
		Above: []templ.Component{ui.Progress(ui.Meter{Label: t("catalog.coverage", m.Mapped, m.Fields), Value: int64(m.Mapped), Max: int64(m.Fields), Tone: tone})},
	}
	if len(m.Missing) > 0 {
		view.Above = append(view.Above, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("catalog.mapping_gate"), Text: strings.Join(m.Missing, ", ")}))
	}
	if m.Pending {
		view.Above = append(view.Above, ui.Alert(ui.Note{Tone: ui.Info, Title: t("catalog.mapping_pending")}))
	}
	table := ui.TableProps{
		Caption: t("catalog.mapping"), Empty: ui.Empty{Icon: ui.IconRows, Title: t("catalog.no_schema"), Text: t("catalog.no_schema_text")},
		Columns: []ui.Column{{Label: t("catalog.field")}, {Label: t("catalog.field_marks")}, {Label: t("catalog.field_element")}, {Label: t("catalog.mapping_next")}},
	}
	for _, row := range m.Table {
		f, _ := m.schema.Field(row.Field)
		table.Rows = append(table.Rows, ui.Cells(ui.Two(row.Label, row.Field), marks(t, f), mappedCell(t, row), p.nextCell(t, d, row, who.Can(access.DictionaryPropose))))
	}
	view.Main = []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(table)}}}
	if open && len(m.Table) > 0 {
		form, err := p.mappingForm(r, t, d, m, errs)
		if err != nil {
			return err
		}
		view.Main = append(view.Main, form)
	}
	out := web.Page{Title: t("catalog.mapping"), Crumbs: crumbs(t, d, t("catalog.mapping")), Body: page(view)}
	if shown {
		out.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, out)
}

func mappedCell(t ui.T, row mapped) templ.Component {
	switch {
	case row.Element == "":
		return ui.Lines(ui.Badge(ui.State{Label: t("catalog.not_in_dictionary"), Tone: ui.Warn}), ui.Muted(row.Proposal))
	case row.Retired != "":
		return ui.Lines(ui.LinkTwo(row.Name, "/dictionary/element/"+string(row.Element), string(row.Element)), ui.Badge(ui.State{Label: t("catalog.element_retired", row.Retired), Tone: ui.Warn}))
	}
	return ui.LinkTwo(row.Name, "/dictionary/element/"+string(row.Element), dictionary.Ref{Code: row.Element, Version: row.Version}.String())
}

// nextCell says what can be done about a field without an element.
func (p *Pages) nextCell(t ui.T, d catalog.Dataset, row mapped, mayPropose bool) templ.Component {
	if row.Element != "" {
		return ui.Muted("–")
	}
	var list []templ.Component
	for _, s := range row.Suggestions {
		list = append(list, ui.LinkTwo(s.Name, "/dictionary/element/"+string(s.Element), t("catalog.why."+s.Why)))
	}
	for _, x := range row.Proposals {
		list = append(list, ui.LinkTwo(x.Number, "/dictionary/proposals/"+x.ID, t("dictionary.state."+string(x.State))))
	}
	if mayPropose && !slices.ContainsFunc(row.Proposals, func(x proposalOfField) bool { return x.State.Open() }) {
		q := url.Values{"kind": {"element"}, "action": {"create"}, "code": {row.Field}, "name": {row.Label}, "meaning": {row.Proposal}, "dataset": {string(d.Code)}, "field": {row.Field}, "owner": {d.Owner}}
		list = append(list, ui.Button(ui.Action{Label: t("catalog.propose_element"), Path: "/dictionary/proposals/new?" + q.Encode(), Icon: ui.IconAdd, Kind: ui.Small}))
	}
	if len(list) == 0 {
		return ui.Muted("–")
	}
	return ui.Lines(list...)
}

// mappingForm offers an element for each field, the suggested ones first.
func (p *Pages) mappingForm(r *http.Request, t ui.T, d catalog.Dataset, m mapping, errs ui.FormErrors) (part, error) {
	elements, err := p.elements(r.Context())
	if err != nil {
		return part{}, err
	}
	f := filler{t: t, errors: errs}
	if r.Method == http.MethodPost {
		f.typed = r.PostForm
	}
	var fields []templ.Component
	for _, row := range m.Table {
		choice := ui.Choice{Field: f.field("element:"+row.Field, "catalog.field_element", string(row.Element))}
		choice.Error = errs.Of(row.Field)
		seen := map[dictionary.Code]bool{}
		offer := func(code dictionary.Code, name, why string) {
			if code == "" || seen[code] {
				return
			}
			seen[code] = true
			label := name + " (" + string(code) + ")"
			if why != "" {
				label += " · " + t("catalog.why."+why)
			}
			choice.Options = append(choice.Options, ui.Option{Value: string(code), Label: label, On: string(code) == choice.Value})
		}
		offer(row.Element, row.Name, "")
		for _, s := range row.Suggestions {
			offer(s.Element, s.Name, s.Why)
		}
		for _, e := range elements {
			offer(e.Code, e.Name, "")
		}
		proposal := f.field("proposal:"+row.Field, "catalog.field_proposal", row.Proposal)
		proposal.Optional = true
		fields = append(fields, fieldSet(row.Label+" ("+row.Field+")", "", fieldRow(ui.Select(choice), ui.Input(proposal))))
	}
	props := ui.FormProps{Action: path(d.Code) + "/mapping", Submit: t("catalog.mapping_save"), Icon: ui.IconDone, Errors: mappedErrors(errs)}
	card := ui.CardProps{ID: "map", Title: t("catalog.mapping_change"), Lead: t("catalog.mapping_change_lead")}
	if d.State == catalog.Published {
		card.Lead = t("catalog.schema_in_force_text")
	}
	return part{Card: card, Body: []templ.Component{form(props, fields)}}, nil
}

// mappedErrors lead to the choice of the field: the register names an error by the field's name.
func mappedErrors(errs ui.FormErrors) ui.FormErrors {
	out := ui.FormErrors{Text: errs.Text}
	for _, item := range errs.Items {
		item.Field = "element:" + item.Field
		out.Items = append(out.Items, item)
	}
	return out
}

type mappingOut struct{ Body mapping }

func (p *Pages) opMapping(ctx context.Context, in *Address) (*mappingOut, error) {
	d, err := p.Catalog.FindByCode(ctx, in.code())
	if err != nil {
		return nil, err
	}
	m, err := p.mappingOf(ctx, d)
	return &mappingOut{m}, err
}

type remapIn struct {
	Address
	Body struct {
		Fields []struct {
			Field    string `json:"field"`
			Element  string `json:"element,omitempty" doc:"Code; its version in force today is taken"`
			Proposal string `json:"proposal,omitempty" doc:"For a field without an element"`
		} `json:"fields" minItems:"1" maxItems:"500" doc:"Fields left out stay as they are"`
	}
}

func (p *Pages) opRemap(ctx context.Context, in *remapIn) (*mappingOut, error) {
	d, err := p.Catalog.FindByCode(ctx, in.code())
	if err != nil {
		return nil, err
	}
	given := map[string]remapped{}
	for _, f := range in.Body.Fields {
		given[f.Field] = remapped{dictionary.Code(f.Element), f.Proposal}
	}
	if _, err := p.remap(ctx, d, given); err != nil {
		return nil, err
	}
	return p.opMapping(ctx, &in.Address)
}

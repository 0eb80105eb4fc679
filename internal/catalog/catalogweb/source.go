package catalogweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const sourcesPage = 50

type sourcesForm struct {
	Entity string `form:"entity"`
	After  string `form:"after"`
}

// entities are the things that data is about, by code.
func (p *Pages) entities(ctx context.Context) ([]dictionary.CodeItem, map[string]string, error) {
	list, err := p.Dictionary.FindCodeList(ctx, dictionary.EntityList)
	if err != nil {
		return nil, nil, err
	}
	now := list.At(dictionary.DayOf(p.Clock.Now()))
	names := map[string]string{}
	for _, i := range list.Items {
		names[i.Code] = i.Label
	}
	return now, names, nil
}

// elementNames names the elements of sources.
func (p *Pages) elementNames(ctx context.Context) (map[dictionary.Code]string, error) {
	all, err := p.Dictionary.ListElements(ctx, dictionary.Filter{})
	names := make(map[dictionary.Code]string, len(all))
	for _, e := range all {
		names[e.Code] = e.Name
	}
	return names, err
}

// listSources is the screen "Nguồn chính thức": each element of an entity with its one source. With an entity chosen it is a
// matrix of elements and sources.
func (p *Pages) listSources(w http.ResponseWriter, r *http.Request) error {
	var in sourcesForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	limit := sourcesPage
	if in.Entity != "" {
		limit = 1000
	}
	list, err := p.Catalog.Sources(r.Context(), catalog.SourceFilter{Entity: in.Entity, After: in.After, Limit: limit + 1})
	if err != nil {
		return err
	}
	entities, names, err := p.entities(r.Context())
	if err != nil {
		return err
	}
	elements, err := p.elementNames(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	options := ui.Choice{Field: ui.Field{Name: "entity", Label: t("catalog.entity"), Value: in.Entity}, Any: true}
	for _, e := range entities {
		options.Options = append(options.Options, ui.Option{Value: e.Code, Label: e.Label, On: e.Code == in.Entity})
	}
	table := ui.TableProps{
		Caption: t("catalog.sources"), Pages: &ui.PageLinks{}, Empty: ui.Empty{Icon: ui.IconDatabase, Title: t("catalog.no_source"), Text: t("catalog.no_source_text")},
		Columns: []ui.Column{{Label: t("catalog.element")}, {Label: t("catalog.entity")}, {Label: t("catalog.official_source")}, {Label: t("catalog.since")}, {Label: t("catalog.copies")}},
	}
	at := func(after string) string {
		return "/catalog/sources?" + url.Values{"entity": {in.Entity}, "after": {after}}.Encode()
	}
	if len(list) > limit {
		list = list[:limit]
		table.Pages.Next = at(list[limit-1].Cursor())
	}
	if in.After != "" {
		table.Pages.Previous = at("")
	}
	copies, err := p.Catalog.Replicas(r.Context(), codesOf(list))
	if err != nil {
		return err
	}
	may := access.ActorOf(r.Context()).CanForAll(access.CatalogTransfer)
	if may {
		table.Columns = append(table.Columns, ui.Column{Label: t("catalog.transfer_source"), Hidden: true})
	}
	for _, x := range list {
		row := ui.Cells(ui.Two(elements[x.Element], string(x.Element)), ui.Text(names[x.Entity]), p.sourceCell(r, t, x), ui.Day(x.From), copiesCell(copies[x.Dataset]))
		if may {
			q := url.Values{"element": {string(x.Element)}, "entity": {x.Entity}}
			row.Cells = append(row.Cells, ui.Button(ui.Action{Label: t("catalog.transfer_source"), Path: "/catalog/sources/transfer?" + q.Encode(), Icon: ui.IconAgency, Kind: ui.Small}))
		}
		table.Rows = append(table.Rows, row)
	}
	main := []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(table)}}}
	if in.Entity != "" && len(list) > 0 {
		main = append([]part{matrix(t, list, elements, copies)}, main...)
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("catalog.sources"), Crumbs: []ui.Crumb{{Label: t("catalog.list"), Path: "/catalog"}, {Label: t("catalog.sources")}},
		Body: page(pageView{
			Head:  ui.Head{Title: t("catalog.sources"), Lead: t("catalog.sources_lead")},
			Above: []templ.Component{form(ui.FormProps{Action: "/catalog/sources", Get: true, Submit: t("catalog.filter"), Icon: ui.IconFilter}, []templ.Component{ui.Select(options)})},
			Main:  main,
		}),
	})
}

func codesOf(list []catalog.Source) []catalog.Code {
	var codes []catalog.Code
	for _, x := range list {
		if !slices.Contains(codes, x.Dataset) {
			codes = append(codes, x.Dataset)
		}
	}
	return codes
}

func (p *Pages) sourceCell(r *http.Request, t ui.T, x catalog.Source) templ.Component {
	owner, _, _ := cutCode(x.Dataset)
	name := string(x.Dataset)
	if d, err := p.Catalog.FindByCode(r.Context(), x.Dataset); err == nil {
		name, owner = d.Name, d.Owner
	}
	return ui.LinkTwo(name, path(x.Dataset)+"/sources", p.agency(r.Context(), owner)+" · "+string(x.Dataset))
}

func cutCode(c catalog.Code) (owner, slug string, found bool) {
	for i := range c {
		if c[i] == '/' {
			return string(c[:i]), string(c[i+1:]), true
		}
	}
	return string(c), "", false
}

func copiesCell(codes []catalog.Code) templ.Component {
	if len(codes) == 0 {
		return ui.Muted("–")
	}
	var list []templ.Component
	for i, c := range codes {
		if i == 5 {
			list = append(list, ui.Muted("+"+strconv.Itoa(len(codes)-5)))
			break
		}
		list = append(list, ui.Link(string(c), path(c)))
	}
	return ui.Lines(list...)
}

// matrix shows which of the sources of an entity holds which element.
func matrix(t ui.T, list []catalog.Source, names map[dictionary.Code]string, copies map[catalog.Code][]catalog.Code) part {
	sources := codesOf(list)
	const most = 8 // columns that can be read
	cut := len(sources) > most
	if cut {
		sources = sources[:most]
	}
	table := ui.TableProps{Caption: t("catalog.matrix"), Columns: []ui.Column{{Label: t("catalog.element")}}}
	for _, s := range sources {
		table.Columns = append(table.Columns, ui.Column{Label: string(s)})
	}
	for _, x := range list {
		if !slices.Contains(sources, x.Dataset) {
			continue
		}
		row := ui.Cells(ui.Two(names[x.Element], string(x.Element)))
		for _, s := range sources {
			if s == x.Dataset {
				row.Cells = append(row.Cells, ui.Badge(ui.State{Label: t("catalog.is_source"), Tone: ui.Good}))
			} else if slices.Contains(copies[x.Dataset], s) {
				row.Cells = append(row.Cells, ui.Badge(ui.State{Label: t("catalog.is_copy"), Tone: ui.Neutral, Icon: ui.IconCopy}))
			} else {
				row.Cells = append(row.Cells, ui.Muted("–"))
			}
		}
		table.Rows = append(table.Rows, row)
	}
	card := ui.CardProps{Title: t("catalog.matrix"), Flush: true}
	if cut {
		card.Lead = t("catalog.matrix_cut", most)
	}
	return part{Card: card, Body: []templ.Component{ui.Table(table)}}
}

// sourceForm is what the forms of a dataset's sources ask.
type sourceForm struct {
	Entity   string   `form:"entity"`
	Elements []string `form:"elements"`
	Element  string   `form:"element"`
	Basis    string   `form:"basis"`
	Source   string   `form:"source"`
	Reason   string   `form:"reason"`
}

func (p *Pages) showSources(w http.ResponseWriter, r *http.Request) error {
	d, err := p.find(r)
	if err != nil {
		return err
	}
	return p.sourcesOf(w, r, d, "", sourceForm{}, nil)
}

// takeSource serves one verb of a dataset's sources.
func (p *Pages) takeSource(verb string) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		var in sourceForm
		if err := web.Decode(r, &in); err != nil {
			return err
		}
		d, err := p.find(r)
		if err != nil {
			return err
		}
		if err := p.sourceStep(r.Context(), verb, d.ID, in); err != nil {
			return p.sourcesOf(w, r, d, verb, in, err)
		}
		http.Redirect(w, r, path(d.Code)+"/sources", http.StatusSeeOther)
		return nil
	}
}

func (p *Pages) sourceStep(ctx context.Context, verb string, id catalog.ID, in sourceForm) error {
	var err error
	switch verb {
	case "declare":
		var elements []dictionary.Code
		for _, e := range in.Elements {
			elements = append(elements, dictionary.Code(e))
		}
		_, err = p.Catalog.DeclareSources(ctx, id, in.Entity, elements, in.Basis)
	case "confirm":
		_, err = p.Catalog.ConfirmSources(ctx, id)
	case "withdraw":
		_, err = p.Catalog.WithdrawSource(ctx, id, dictionary.Code(in.Element), in.Entity)
	case "replica":
		_, err = p.Catalog.MarkReplica(ctx, id, catalog.Code(in.Source))
	case "dispute":
		err = p.Catalog.DisputeSource(ctx, id, dictionary.Code(in.Element), in.Entity, in.Reason)
	}
	return err
}

// sourcesOf is the page of one dataset: what it is the source of, and the forms of what the reader may do.
func (p *Pages) sourcesOf(w http.ResponseWriter, r *http.Request, d catalog.Dataset, verb string, in sourceForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	list, err := p.Catalog.Sources(r.Context(), catalog.SourceFilter{Dataset: d.Code})
	if err != nil {
		return err
	}
	about, err := p.Catalog.Describe(r.Context(), d.Code)
	if err != nil {
		return err
	}
	entities, names, err := p.entities(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	view := pageView{Head: ui.Head{Eyebrow: string(d.Code), Title: t("catalog.sources_of"), Lead: t("catalog.sources_of_lead")}, Above: replicaNote(t, d)}
	view.Main = append(view.Main, p.claims(r, t, d, list, names, about))
	of := func(v string) filler {
		if v == verb {
			return filler{t: t, errors: errs, typed: r.PostForm}
		}
		return filler{t: t}
	}
	who := access.ActorOf(r.Context())
	if who.Can(access.CatalogReview) && d.State.Live() && slices.ContainsFunc(list, func(x catalog.Source) bool { return x.State == catalog.SourceDeclared && x.DeclaredBy != who.ID }) {
		view.Main = append(view.Main, sourceCard(t, d, "confirm", of("confirm"), nil))
	} else if verb == "confirm" && shown {
		view.Main = append(view.Main, sourceCard(t, d, "confirm", of("confirm"), nil))
	}
	if who.CanFor(access.CatalogRegister, d.Owner) && d.State != catalog.Retired {
		view.Main = append(view.Main, p.ownerSources(t, d, about, entities, list, of)...)
	}
	out := web.Page{Title: t("catalog.sources_of"), Crumbs: crumbs(t, d, t("catalog.sources_of")), Body: page(view)}
	if shown {
		out.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, out)
}

// replicaNote says that a dataset is a copy, and of what.
func replicaNote(t ui.T, d catalog.Dataset) []templ.Component {
	if d.ReplicaOf == "" {
		return nil
	}
	return []templ.Component{ui.Alert(ui.Note{Tone: ui.Info, Title: t("catalog.is_replica")}), ui.Link(t("catalog.see_source", d.ReplicaOf), path(d.ReplicaOf))}
}

func (p *Pages) claims(r *http.Request, t ui.T, d catalog.Dataset, list []catalog.Source, names map[string]string, about catalog.Described) part {
	table := ui.TableProps{
		Caption: t("catalog.sources_of"), Empty: ui.Empty{Icon: ui.IconDatabase, Title: t("catalog.no_claim"), Text: t("catalog.no_claim_text")},
		Columns: []ui.Column{{Label: t("catalog.element")}, {Label: t("catalog.entity")}, {Label: t("catalog.basis_of")}, {Label: t("catalog.since")}, {Label: t("catalog.state")}},
	}
	who := access.ActorOf(r.Context())
	mine := who.CanFor(access.CatalogRegister, d.Owner)
	if mine {
		table.Columns = append(table.Columns, ui.Column{Label: t("catalog.withdraw_claim"), Hidden: true})
	}
	for _, x := range list {
		name := string(x.Element)
		for _, e := range about.Elements {
			if e.Code == x.Element {
				name = e.Name
			}
		}
		tone := map[catalog.SourceState]ui.Tone{catalog.SourceOfficial: ui.Good, catalog.SourceDeclared: ui.Info}[x.State]
		row := ui.Cells(ui.Two(name, string(x.Element)), ui.Text(names[x.Entity]), ui.Text(x.Basis), period(x), ui.Badge(ui.State{Label: t("catalog.source_state." + string(x.State)), Tone: tone}))
		if mine {
			cell := ui.Muted("–")
			if x.State == catalog.SourceDeclared {
				cell = ui.Button(ui.Action{Label: t("catalog.withdraw_claim"), Path: path(d.Code) + "/sources/withdraw", Post: true, Kind: ui.Small, Icon: ui.IconClose, Fields: []ui.Hidden{{Name: "element", Value: string(x.Element)}, {Name: "entity", Value: x.Entity}}})
			}
			row.Cells = append(row.Cells, cell)
		}
		table.Rows = append(table.Rows, row)
	}
	return part{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(table)}}
}

func period(x catalog.Source) templ.Component {
	if x.From.IsZero() {
		return ui.Muted("–")
	}
	if x.To.IsZero() {
		return ui.Day(x.From)
	}
	return ui.Text(i18n.Date(x.From) + " – " + i18n.Date(x.To))
}

// ownerSources are the forms of the agency that owns the dataset.
func (p *Pages) ownerSources(t ui.T, d catalog.Dataset, about catalog.Described, entities []dictionary.CodeItem, list []catalog.Source, of func(string) filler) []part {
	entity := func(f filler) ui.Choice {
		c := ui.Choice{Field: must(f.field("entity", "catalog.entity", ""))}
		for _, e := range entities {
			c.Options = append(c.Options, ui.Option{Value: e.Code, Label: e.Label, On: e.Code == c.Value})
		}
		return c
	}
	var held []ui.Option
	if about.Schema != nil {
		for _, x := range about.Schema.Fields {
			if x.Mapped() {
				held = append(held, ui.Option{Value: string(x.Element.Code), Label: about.Elements[x.Element].Name + " (" + string(x.Element.Code) + ")"})
			}
		}
	}
	var out []part
	if d.ReplicaOf == "" && len(held) > 0 {
		f := of("declare")
		basis := must(f.field("basis", "catalog.basis_of", ""))
		basis.Hint = t("catalog.basis_of_hint")
		out = append(out, sourceCard(t, d, "declare", f, []templ.Component{ui.Select(entity(f)), ui.Checkboxes(f.many("elements", "catalog.source_elements", nil, held)), ui.Input(basis)}))
	}
	f := of("replica")
	source := f.field("source", "catalog.replica_of", string(d.ReplicaOf))
	source.Hint, source.Optional = t("catalog.replica_of_hint"), true
	out = append(out, sourceCard(t, d, "replica", f, []templ.Component{ui.Input(source)}))
	if len(held) > 0 {
		f = of("dispute")
		element := ui.Choice{Field: must(f.field("element", "catalog.element", ""))}
		for _, o := range held {
			o.On = o.Value == element.Value
			element.Options = append(element.Options, o)
		}
		reason := must(f.field("reason", "catalog.dispute_reason", ""))
		reason.Rows, reason.MaxLength = 3, 2000
		out = append(out, sourceCard(t, d, "dispute", f, []templ.Component{fieldRow(ui.Select(element), ui.Select(entity(f))), ui.Textarea(reason)}))
	}
	return out
}

// sourceCard is one form: catalog.source.<verb> with its lead.
func sourceCard(t ui.T, d catalog.Dataset, verb string, f filler, fields []templ.Component) part {
	action := path(d.Code) + "/sources/" + verb
	switch verb {
	case "declare":
		action = path(d.Code) + "/sources"
	case "replica":
		action = path(d.Code) + "/replica"
	}
	icon := map[string]ui.Icon{"declare": ui.IconSend, "confirm": ui.IconDone, "replica": ui.IconCopy, "dispute": ui.IconIncident}[verb]
	return part{
		Card: ui.CardProps{ID: verb, Title: t("catalog.source." + verb), Lead: t("catalog.source." + verb + "_lead")},
		Body: []templ.Component{form(ui.FormProps{Action: action, Submit: t("catalog.source." + verb), Icon: icon, Errors: f.errors}, fields)},
	}
}

// transferSourceForm moves a source by a decision.
type transferSourceForm struct {
	Element  string `form:"element"`
	Entity   string `form:"entity"`
	Dataset  string `form:"dataset"`
	Decision string `form:"decision"`
	From     string `form:"from"`
}

func (p *Pages) newTransfer(w http.ResponseWriter, r *http.Request) error {
	var in transferSourceForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	return p.transferPage(w, r, in, nil)
}

func (p *Pages) takeTransfer(w http.ResponseWriter, r *http.Request) error {
	var in transferSourceForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if err := p.transferSource(r.Context(), in); err != nil {
		return p.transferPage(w, r, in, err)
	}
	http.Redirect(w, r, "/catalog/sources?entity="+url.QueryEscape(in.Entity), http.StatusSeeOther)
	return nil
}

func (p *Pages) transferSource(ctx context.Context, in transferSourceForm) error {
	d, err := p.Catalog.FindByCode(ctx, catalog.Code(in.Dataset))
	if err != nil {
		return fault.New(fault.Invalid, "catalog.not_found", in.Dataset).At("dataset")
	}
	var from time.Time
	if in.From != "" {
		day, problem := dictionary.ParseDay(in.From)
		if problem != nil {
			return problem.Fault("from")
		}
		y, m, dd := day.Time().Date()
		if from = time.Date(y, m, dd, 0, 0, 0, 0, i18n.Zone).UTC(); dictionary.DayOf(p.Clock.Now()) == day {
			from = p.Clock.Now() // the source before may have begun today, too
		}
	}
	_, err = p.Catalog.TransferSource(ctx, dictionary.Code(in.Element), in.Entity, d.ID, in.Decision, from)
	return err
}

func (p *Pages) transferPage(w http.ResponseWriter, r *http.Request, in transferSourceForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	t := p.shell.T(r)
	f := filler{t: t, errors: errs}
	now, err := p.Catalog.Sources(r.Context(), catalog.SourceFilter{Element: dictionary.Code(in.Element), Entity: in.Entity, Limit: 1})
	if err != nil {
		return err
	}
	_, names, err := p.entities(r.Context())
	if err != nil {
		return err
	}
	about := []ui.Pair{{Name: t("catalog.element"), Value: ui.Mono(in.Element)}, {Name: t("catalog.entity"), Text: dash(names[in.Entity])}}
	if len(now) > 0 {
		about = append(about, ui.Pair{Name: t("catalog.official_source"), Value: ui.Link(string(now[0].Dataset), path(now[0].Dataset))})
	}
	dataset := must(f.field("dataset", "catalog.new_source", in.Dataset))
	dataset.Hint = t("catalog.replica_of_hint")
	decision := must(f.field("decision", "catalog.decision", in.Decision))
	day := must(f.date("from", "catalog.since", in.From))
	out := web.Page{
		Title: t("catalog.transfer_source"), Narrow: true,
		Crumbs: []ui.Crumb{{Label: t("catalog.list"), Path: "/catalog"}, {Label: t("catalog.sources"), Path: "/catalog/sources"}, {Label: t("catalog.transfer_source")}},
		Body: page(pageView{
			Head: ui.Head{Title: t("catalog.transfer_source"), Lead: t("catalog.transfer_source_lead")},
			Main: []part{{Body: []templ.Component{ui.KeyValue(about...), form(ui.FormProps{
				Action: "/catalog/sources/transfer", Submit: t("catalog.transfer_source"), Icon: ui.IconDecision, Errors: errs, Cancel: "/catalog/sources",
				Hidden: []ui.Hidden{{Name: "element", Value: in.Element}, {Name: "entity", Value: in.Entity}},
			}, []templ.Component{ui.Input(dataset), ui.Input(decision), ui.Input(day)})}}},
		}),
	}
	if shown {
		out.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, out)
}

package dictionaryweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const pageSize = 50

type elementsForm struct {
	Text  string `form:"q"`
	After string `form:"after"`
}

func (p *Pages) filter(in elementsForm) dictionary.Filter {
	return dictionary.Filter{Text: in.Text, After: in.After, Limit: pageSize + 1}
}

func (p *Pages) listElements(w http.ResponseWriter, r *http.Request) error {
	var in elementsForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	list, err := p.dictionary.ListElements(r.Context(), p.filter(in))
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	head := ui.Head{Title: t("dictionary.title"), Lead: t("dictionary.lead")}
	if mayPropose(r) {
		head.Actions = append(head.Actions, ui.Action{Label: t("dictionary.propose_element"), Path: "/dictionary/proposals/new?kind=element&action=create", Icon: ui.IconAdd, Kind: ui.Primary})
	}
	for _, format := range []string{"xlsx", "csv", "json"} {
		head.Actions = append(head.Actions, ui.Action{Label: t("dictionary.export", strings.ToUpper(format)), Path: web.APIPrefix + "/dictionary/export?format=" + format, Icon: ui.IconDownload, Kind: ui.Quiet})
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("dictionary.title"), Crumbs: crumbs(t),
		Body: page(pageView{
			Head: head,
			Above: []templ.Component{
				ui.Tabs(t("dictionary.title"), parts(t, "/dictionary")),
				ui.SearchForm("/dictionary", "q", in.Text, t("dictionary.search"), t("dictionary.search_do")),
			},
			Main: []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(p.elementTable(r, t, in, list))}}},
		}),
	})
}

func (p *Pages) elementTable(r *http.Request, t ui.T, in elementsForm, list []dictionary.Element) ui.TableProps {
	props := ui.TableProps{
		Caption: t("dictionary.elements"),
		Columns: []ui.Column{{Label: t("dictionary.element")}, {Label: t("dictionary.type")}, {Label: t("dictionary.class")}, {Label: t("dictionary.owner")}, {Label: t("dictionary.version")}, {Label: t("dictionary.validity")}},
		Empty:   ui.Empty{Icon: ui.IconDictionary, Title: t("dictionary.no_element"), Text: t("dictionary.no_element_text")},
		Pages:   &ui.PageLinks{},
	}
	if in.Text != "" {
		props.Empty = ui.Empty{Icon: ui.IconSearch, Title: t("dictionary.none_found"), Action: &ui.Action{Label: t("dictionary.show_all"), Path: "/dictionary"}}
	}
	at := func(after string) string {
		return (&url.URL{Path: "/dictionary", RawQuery: url.Values{"q": {in.Text}, "after": {after}}.Encode()}).RequestURI()
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		props.Pages.Next = at(p.filter(in).Cursor(list[pageSize-1]))
	}
	if in.After != "" {
		props.Pages.Previous = at("")
	}
	for _, e := range list {
		props.Rows = append(props.Rows, ui.Cells(
			ui.LinkTwo(e.Name, elementPath(e.Code), string(e.Code)), ui.Text(t("dictionary.type."+string(e.Definition.Type))), ui.Text(t("dictionary.class."+string(e.Rule.Class))),
			ui.Text(p.agency(r.Context(), e.Rule.Owner)), ui.Two(e.Label, t("dictionary.number", e.Version)), ui.Badge(p.inForce(t, e)),
		))
	}
	return props
}

func elementPath(code dictionary.Code) string {
	return "/dictionary/element/" + url.PathEscape(string(code))
}

// inForce says whether an element may be used for new fields.
func (p *Pages) inForce(t ui.T, e dictionary.Element) ui.State {
	switch today := dictionary.DayOf(p.clock.Now()); {
	case e.ReplacedBy != "" || e.Rule.ValidTo != dictionary.NoDay && today > e.Rule.ValidTo:
		return ui.State{Label: t("dictionary.retired"), Tone: ui.Neutral, Icon: ui.IconStopped}
	case !today.Within(e.Rule.ValidFrom, e.Rule.ValidTo):
		return ui.State{Label: t("dictionary.not_yet"), Tone: ui.Info}
	}
	return ui.State{Label: t("dictionary.in_force"), Tone: ui.Good}
}

func (p *Pages) showElement(w http.ResponseWriter, r *http.Request) error {
	code := dictionary.Code(r.PathValue("code"))
	e, err := p.dictionary.LatestElement(r.Context(), code)
	if err != nil {
		return err
	}
	versions, err := p.dictionary.ElementHistory(r.Context(), code)
	if err != nil {
		return err
	}
	impact, err := p.dictionary.Impact(r.Context(), dictionary.ThingElement, string(code))
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	actions, above, err := p.proposalActions(r, t, dictionary.ThingElement, string(code), e.ReplacedBy != "")
	if err != nil {
		return err
	}
	if access.ActorOf(r.Context()).Type == access.User {
		a, err := p.follow(r, t, dictionary.ThingElement, string(code))
		if err != nil {
			return err
		}
		actions = append(actions, a)
	}
	state := p.inForce(t, e)
	view := pageView{
		Head:  ui.Head{Eyebrow: e.Ref().String() + " · " + e.Label, Title: e.Name, Lead: e.Meaning, State: &state, Actions: actions},
		Above: append(p.endOf(t, e, versions), above...),
		Main: []part{
			{Card: ui.CardProps{Title: t("dictionary.definition")}, Body: []templ.Component{ui.KeyValue(definition(t, e.Definition)...)}},
			{Card: ui.CardProps{Title: t("dictionary.rule")}, Body: []templ.Component{ui.KeyValue(p.rule(r, t, e)...)}},
			p.impactCard(r, t, impact), versionsCard(t, elementPath(code), elementVersions(t, e, versions)),
		},
	}
	return p.shell.Render(w, r, web.Page{Title: e.Name, Crumbs: crumbs(t, ui.Crumb{Label: e.Name}), Body: page(view)})
}

// endOf says that an element ends, or that another version will hold.
func (p *Pages) endOf(t ui.T, e dictionary.Element, versions []dictionary.Element) []templ.Component {
	var out []templ.Component
	if e.ReplacedBy != "" {
		out = append(out, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("dictionary.is_retired")}), ui.Link(t("dictionary.use_instead", e.ReplacedBy), elementPath(e.ReplacedBy)))
	}
	for _, v := range versions {
		if v.Version > e.Version {
			out = append(out, ui.Alert(ui.Note{Tone: ui.Info, Title: t("dictionary.next_version", v.Label, i18n.Date(v.Effective.Time())), Text: v.ChangeNote}))
		}
	}
	return out
}

func elementVersions(t ui.T, holds dictionary.Element, all []dictionary.Element) []version {
	list := make([]version, 0, len(all))
	for _, v := range all {
		list = append(list, version{v.Version, v.Label, v.Effective, v.ChangeNote, standing(t, v.Version, holds.Version)})
	}
	return list
}

// definition is the technical definition, with what it does not restrict left out.
func definition(t ui.T, d dictionary.Definition) []ui.Pair {
	pairs := []ui.Pair{{Name: t("dictionary.type"), Text: t("dictionary.type." + string(d.Type))}}
	add := func(key, text string) {
		if text != "" && text != "0" {
			pairs = append(pairs, ui.Pair{Name: t(key), Text: text})
		}
	}
	add("dictionary.format", d.Format)
	add("dictionary.min_length", strconv.Itoa(d.MinLength))
	add("dictionary.max_length", strconv.Itoa(d.MaxLength))
	add("dictionary.written", d.Pattern)
	add("dictionary.precision", strconv.Itoa(d.Precision))
	add("dictionary.scale", strconv.Itoa(d.Scale))
	add("dictionary.min", d.Min)
	add("dictionary.max", d.Max)
	add("dictionary.unit", d.Unit)
	if d.CodeList != "" {
		pairs = append(pairs, ui.Pair{Name: t("dictionary.code_list"), Value: ui.Link(d.CodeList, listPath(d.CodeList))})
	}
	if d.HouseholdB {
		pairs = append(pairs, ui.Pair{Name: t("dictionary.household"), Text: t("dictionary.household_text")})
	}
	return pairs
}

func (p *Pages) rule(r *http.Request, t ui.T, e dictionary.Element) []ui.Pair {
	return []ui.Pair{
		{Name: t("dictionary.owner"), Text: p.agency(r.Context(), e.Rule.Owner), Help: e.Rule.Owner},
		{Name: t("dictionary.class"), Text: t("dictionary.class." + string(e.Rule.Class))},
		{Name: t("dictionary.standard"), Text: dash(e.Rule.Standard)}, {Name: t("dictionary.master_code"), Text: dash(e.Rule.Master)},
		{Name: t("dictionary.version"), Text: dash(e.Label), Help: t("dictionary.number", max(e.Version, 1))},
		{Name: t("dictionary.validity"), Text: period(t, e.Rule.ValidFrom, e.Rule.ValidTo)},
	}
}

// period is a time of validity as people read it.
func period(t ui.T, from, to dictionary.Day) string {
	switch {
	case from == dictionary.NoDay && to == dictionary.NoDay:
		return t("dictionary.always")
	case from == dictionary.NoDay:
		return t("dictionary.until", i18n.Date(to.Time()))
	case to == dictionary.NoDay:
		return t("dictionary.since", i18n.Date(from.Time()))
	}
	return t("dictionary.between", i18n.Date(from.Time()), i18n.Date(to.Time()))
}

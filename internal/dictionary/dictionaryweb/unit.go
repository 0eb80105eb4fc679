package dictionaryweb

import (
	"net/http"
	"strings"

	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vitext"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

type unitsForm struct {
	At       string `form:"at"`
	Province string `form:"province"`
	Text     string `form:"q"`
}

func (p *Pages) listUnits(w http.ResponseWriter, r *http.Request) error {
	var in unitsForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	day, refusal := p.dayOf("at", in.At)
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	t := p.shell.T(r)
	at := dayField(t, "at", "dictionary.at", in.At)
	at.Error = errs.Of("at")
	view := pageView{
		Head: ui.Head{Title: t("dictionary.units"), Lead: t("dictionary.units_lead")},
		Above: []templ.Component{
			ui.Tabs(t("dictionary.title"), parts(t, "/dictionary/units")),
			search(ui.FormProps{Action: "/dictionary/units", Get: true, Submit: t("dictionary.show"), Icon: ui.IconFilter, Errors: errs},
				ui.Input(at), ui.Select(p.provinceChoice(t, in.Province, day)), ui.Input(ui.Field{Name: "q", Label: t("dictionary.unit_search"), Value: in.Text, Type: "search"})),
		},
	}
	answer := web.Page{Title: t("dictionary.units"), Crumbs: crumbs(t, ui.Crumb{Label: t("dictionary.units")})}
	if shown {
		answer.Status = fault.Of(refusal).Kind.Status()
	} else {
		if day < dictionary.MergerDay {
			view.Above = append(view.Above, ui.Alert(ui.Note{Tone: ui.Info, Text: t("dictionary.old_units")}))
		}
		view.Main = []part{p.unitCard(t, in, day)}
	}
	answer.Body = page(view)
	return p.shell.Render(w, r, answer)
}

// provinceChoice offers the provinces on a day; before the merger, those that became the provinces on record.
func (p *Pages) provinceChoice(t ui.T, chosen string, day dictionary.Day) ui.Choice {
	c := ui.Choice{Field: ui.Field{Name: "province", Label: t("dictionary.province"), Value: chosen}}
	for _, u := range p.dictionary.Units().Provinces(day) {
		c.Options = append(c.Options, ui.Option{Value: u.Code, Label: u.FullName + " (" + u.Code + ")"})
	}
	return c
}

// unitCard lists the communes that were asked for; the provinces while nothing was.
func (p *Pages) unitCard(t ui.T, in unitsForm, day dictionary.Day) part {
	units, title := p.dictionary.Units().Provinces(day), t("dictionary.provinces_at", i18n.Date(day.Time()))
	if in.Province != "" || in.Text != "" {
		units, title = found(p.dictionary.Units().Communes(in.Province, day), in.Text), t("dictionary.communes_at", i18n.Date(day.Time()))
	}
	today := dictionary.DayOf(p.clock.Now())
	props := ui.TableProps{
		Caption: title, Empty: ui.Empty{Icon: ui.IconMap, Title: t("dictionary.no_unit"), Text: t("dictionary.no_unit_text")},
		Columns: []ui.Column{{Label: t("dictionary.unit")}, {Label: t("dictionary.province")}, {Label: t("dictionary.validity")}, {Label: t("dictionary.now")}},
	}
	total := len(units)
	if total > maxShown {
		units = units[:maxShown]
	}
	for _, u := range units {
		props.Rows = append(props.Rows, ui.Cells(ui.Two(u.FullName, u.Code), ui.Text(u.Province), ui.Text(period(t, u.From, u.To)), p.becomes(t, u, day, today)))
	}
	card := ui.CardProps{Title: title, Lead: t("dictionary.count", i18n.Number(int64(total))), Flush: true}
	if total > maxShown {
		card.Lead = t("dictionary.count_cut", i18n.Number(int64(total)), i18n.Number(maxShown))
	}
	return part{Card: card, Body: []templ.Component{ui.Table(props)}}
}

const maxShown = 500

// found keeps the units whose name holds the text, in any spelling of tones, or whose code begins with it.
func found(units []dictionary.Unit, text string) []dictionary.Unit {
	if text == "" {
		return units
	}
	var list []dictionary.Unit
	want := vitext.Fold(text)
	for _, u := range units {
		if strings.Contains(vitext.Fold(u.FullName), want) || strings.HasPrefix(u.Code, text) {
			list = append(list, u)
		}
	}
	return list
}

// becomes says what a commune of a former day is today.
func (p *Pages) becomes(t ui.T, u dictionary.Unit, day, today dictionary.Day) templ.Component {
	if u.Province == "" || today.Within(u.From, u.To) {
		return ui.Muted(t("dictionary.unchanged"))
	}
	c, problem := p.dictionary.Units().Convert("", u.Code, day, today)
	if problem != nil {
		return ui.Badge(ui.State{Label: t(problem.Code, problem.Args...), Tone: ui.Warn})
	}
	return ui.Two(c.To.FullName, c.To.Code)
}

type convertForm struct {
	Province string `form:"province"`
	Commune  string `form:"commune"`
	From     string `form:"from"`
	To       string `form:"to"`
}

func (p *Pages) convertUnit(w http.ResponseWriter, r *http.Request) error {
	var in convertForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	from, to, err := p.days(in.From, in.To)
	errs, shown := p.shell.Refused(r, err)
	if err != nil && !shown {
		return err
	}
	t := p.shell.T(r)
	code := ui.Field{Name: "commune", Label: t("dictionary.commune_code"), Value: in.Commune, Short: true, InputMode: "numeric", Required: true, Hint: t("dictionary.commune_hint")}
	province := ui.Field{Name: "province", Label: t("dictionary.province_code"), Value: in.Province, Short: true, InputMode: "numeric", Hint: t("dictionary.province_hint")}
	first, last := dayField(t, "from", "dictionary.from", in.From), dayField(t, "to", "dictionary.to", in.To)
	first.Hint, last.Hint = t("dictionary.from_hint"), t("dictionary.to_hint")
	first.Error, last.Error = errs.Of("from"), errs.Of("to")
	view := pageView{
		Head: ui.Head{Title: t("dictionary.convert"), Lead: t("dictionary.convert_lead")},
		Above: []templ.Component{
			ui.Tabs(t("dictionary.title"), parts(t, "/dictionary/units/convert")),
			search(ui.FormProps{Action: "/dictionary/units/convert", Get: true, Submit: t("dictionary.convert_do"), Icon: ui.IconCall, Errors: errs},
				ui.Input(province), ui.Input(code), ui.Input(first), ui.Input(last)),
		},
	}
	if in.Commune != "" && !shown {
		view.Main = p.result(t, p.convert(in.Province, in.Commune, from, to), to)
	}
	answer := web.Page{Title: t("dictionary.convert"), Crumbs: crumbs(t, ui.Crumb{Label: t("dictionary.convert")}), Body: page(view)}
	if shown {
		answer.Status = fault.Of(err).Kind.Status()
	}
	return p.shell.Render(w, r, answer)
}

// days reads the two days of a conversion: the record's, which may be unknown, and the one it is taken to, today if none.
func (p *Pages) days(from, to string) (first, last dictionary.Day, err error) {
	if from != "" {
		if first, err = p.dayOf("from", from); err != nil {
			return first, last, err
		}
	}
	last, err = p.dayOf("to", to)
	return first, last, err
}

// converted is a conversion, or why there is none with the units among which a person must choose.
type converted struct {
	dictionary.Conversion
	problem    *dictionary.Problem
	candidates []dictionary.Unit
}

func (p *Pages) convert(province, code string, from, to dictionary.Day) converted {
	units := p.dictionary.Units()
	c, problem := units.Convert(province, code, from, to)
	out := converted{Conversion: c, problem: problem}
	if problem == nil {
		return out
	}
	switch problem.Code {
	case "dictionary.unit_split_back":
		out.candidates = units.Predecessors(code)
	case "dictionary.unit_needs_date":
		for _, day := range []dictionary.Day{dictionary.MergerDay - 1, dictionary.MergerDay} {
			if u, none := units.Commune(code, day); none == nil {
				out.candidates = append(out.candidates, u)
			}
		}
	}
	return out
}

func (p *Pages) result(t ui.T, c converted, to dictionary.Day) []part {
	if c.problem == nil {
		return []part{{Card: ui.CardProps{Title: t("dictionary.result")}, Body: []templ.Component{ui.KeyValue(
			ui.Pair{Name: t("dictionary.was"), Value: unitText(c.From), Help: period(t, c.From.From, c.From.To)},
			ui.Pair{Name: t("dictionary.is", i18n.Date(to.Time())), Value: unitText(c.To), Help: period(t, c.To.From, c.To.To)},
		)}}}
	}
	note := ui.Alert(ui.Note{Tone: ui.Warn, Title: t("dictionary.no_result"), Text: t(c.problem.Code, c.problem.Args...)})
	if len(c.candidates) == 0 {
		return []part{{Card: ui.CardProps{Title: t("dictionary.result")}, Body: []templ.Component{note}}}
	}
	props := ui.TableProps{Caption: t("dictionary.candidates"), Columns: []ui.Column{{Label: t("dictionary.unit")}, {Label: t("dictionary.province")}, {Label: t("dictionary.validity")}}}
	for _, u := range c.candidates {
		props.Rows = append(props.Rows, ui.Cells(ui.Two(u.FullName, u.Code), ui.Text(u.Province), ui.Text(period(t, u.From, u.To))))
	}
	return []part{
		{Card: ui.CardProps{Title: t("dictionary.result")}, Body: []templ.Component{note}},
		{Card: ui.CardProps{Title: t("dictionary.candidates"), Lead: t("dictionary.candidates_lead"), Flush: true}, Body: []templ.Component{ui.Table(props)}},
	}
}

func unitText(u dictionary.Unit) templ.Component { return ui.Two(u.FullName, u.Code) }

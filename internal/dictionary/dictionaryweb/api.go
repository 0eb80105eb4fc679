package dictionaryweb

import (
	"context"
	"net/http"

	"lienthong/internal/dictionary"
)

// elementJSON and unitJSON are those of the dictionary with their days in words.
type elementJSON struct {
	dictionary.Element
	Rule      ruleJSON `json:"rule"`
	Effective string   `json:"effective_from,omitempty" format:"date" doc:"First day of this version; absent: since it was made"`
}

type ruleJSON struct {
	dictionary.Rule
	ValidFrom string `json:"valid_from,omitempty" format:"date"`
	ValidTo   string `json:"valid_to,omitempty" format:"date" doc:"Last day; absent while in force"`
}

func asElement(e dictionary.Element) elementJSON {
	return elementJSON{e, ruleJSON{e.Rule, e.Rule.ValidFrom.String(), e.Rule.ValidTo.String()}, e.Effective.String()}
}

type unitJSON struct {
	dictionary.Unit
	From      string `json:"valid_from,omitempty" format:"date" doc:"Absent: longer than the record goes back"`
	To        string `json:"valid_to,omitempty" format:"date" doc:"Last day; absent while in force"`
	Successor string `json:"successor,omitempty" doc:"Code of the unit that it is today, for a former one"`
}

func asUnit(u dictionary.Unit) unitJSON {
	return unitJSON{Unit: u, From: u.From.String(), To: u.To.String()}
}

type elementsIn struct {
	Text  string `query:"q" doc:"Words of name or code, with or without tone marks"`
	After string `query:"after" doc:"next of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type elementsOut struct {
	Body struct {
		Elements []elementJSON `json:"elements"`
		Next     string        `json:"next,omitempty" doc:"Absent on the last page"`
	}
}

func (p *Pages) opElements(ctx context.Context, in *elementsIn) (*elementsOut, error) {
	filter := dictionary.Filter{Text: in.Text, After: in.After, Limit: in.Limit}
	list, err := p.dictionary.ListElements(ctx, filter)
	if err != nil {
		return nil, err
	}
	var out elementsOut
	out.Body.Elements = make([]elementJSON, 0, len(list))
	for _, e := range list {
		out.Body.Elements = append(out.Body.Elements, asElement(e))
	}
	if len(list) == in.Limit {
		out.Body.Next = filter.Cursor(list[len(list)-1])
	}
	return &out, nil
}

type elementIn struct {
	Code string `path:"code"`
}

type elementOut struct {
	Body struct {
		Versions []elementJSON `json:"versions"`
	}
}

func (p *Pages) opElement(ctx context.Context, in *elementIn) (*elementOut, error) {
	if _, err := p.dictionary.LatestElement(ctx, dictionary.Code(in.Code)); err != nil {
		return nil, err
	}
	versions, err := p.dictionary.ElementHistory(ctx, dictionary.Code(in.Code))
	if err != nil {
		return nil, err
	}
	var out elementOut
	for _, e := range versions {
		out.Body.Versions = append(out.Body.Versions, asElement(e))
	}
	return &out, nil
}

type unitsIn struct {
	At       string `query:"at" format:"date" doc:"Day on which the units are in force; today when left out" example:"2024-12-31"`
	Province string `query:"province" doc:"Only the communes of this province, by its code on that day"`
}

type unitsOut struct {
	Body struct {
		At        string     `json:"at" format:"date"`
		Provinces []unitJSON `json:"provinces"`
		Communes  []unitJSON `json:"communes"`
	}
}

func (p *Pages) opUnits(_ context.Context, in *unitsIn) (*unitsOut, error) {
	day, err := p.dayOf("at", in.At)
	if err != nil {
		return nil, err
	}
	units, today := p.dictionary.Units(), dictionary.DayOf(p.clock.Now())
	var out unitsOut
	out.Body.At, out.Body.Provinces, out.Body.Communes = day.String(), []unitJSON{}, []unitJSON{}
	for _, u := range units.Provinces(day) {
		if in.Province == "" || u.Code == in.Province {
			out.Body.Provinces = append(out.Body.Provinces, asUnit(u))
		}
	}
	for _, u := range units.Communes(in.Province, day) {
		x := asUnit(u)
		if !today.Within(u.From, u.To) {
			if c, problem := units.Convert("", u.Code, day, today); problem == nil {
				x.Successor = c.To.Code
			}
		}
		out.Body.Communes = append(out.Body.Communes, x)
	}
	return &out, nil
}

type convertIn struct {
	Body struct {
		To    string       `json:"to,omitempty" format:"date" doc:"Day to which the codes are taken; today when left out"`
		Units []convertOne `json:"units" minItems:"1" maxItems:"10000"`
	}
}

type convertOne struct {
	Province string `json:"province,omitempty" doc:"Code of the province on the day of the record; it is checked"`
	Commune  string `json:"commune"`
	At       string `json:"at,omitempty" format:"date" doc:"Day of the record; without it a code that changed its meaning is ambiguous"`
}

type convertOut struct {
	Body struct {
		To      string          `json:"to" format:"date"`
		Results []convertedJSON `json:"results" doc:"In the order of the question"`
		Unclear int             `json:"unclear" doc:"Results that are not converted"`
	}
}

type convertedJSON struct {
	From    *unitJSON    `json:"from,omitempty"`
	To      *unitJSON    `json:"to,omitempty"`
	Problem *problemJSON `json:"problem,omitempty"`
}

type problemJSON struct {
	Code       string     `json:"code" example:"dictionary.unit_split_back"`
	Detail     string     `json:"detail"`
	Candidates []unitJSON `json:"candidates,omitempty" doc:"Units among which a person must choose"`
}

func (p *Pages) opConvert(ctx context.Context, in *convertIn) (*convertOut, error) {
	to, err := p.dayOf("to", in.Body.To)
	if err != nil {
		return nil, err
	}
	t := p.shell.T((&http.Request{}).WithContext(ctx))
	var out convertOut
	out.Body.To = to.String()
	for _, x := range in.Body.Units {
		from := dictionary.NoDay
		if x.At != "" {
			if from, err = p.dayOf("at", x.At); err != nil {
				return nil, err
			}
		}
		c := p.convert(x.Province, x.Commune, from, to)
		if c.problem == nil {
			was, is := asUnit(c.From), asUnit(c.To)
			out.Body.Results = append(out.Body.Results, convertedJSON{From: &was, To: &is})
			continue
		}
		problem := problemJSON{Code: c.problem.Code, Detail: t(c.problem.Code, c.problem.Args...)}
		for _, u := range c.candidates {
			problem.Candidates = append(problem.Candidates, asUnit(u))
		}
		out.Body.Unclear++
		out.Body.Results = append(out.Body.Results, convertedJSON{Problem: &problem})
	}
	return &out, nil
}

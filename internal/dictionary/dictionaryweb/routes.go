package dictionaryweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/clock"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Pages of the dictionary.
type Pages struct {
	shell      *web.Shell
	dictionary *dictionary.Service
	clock      clock.Clock
	agency     func(ctx context.Context, code string) string
}

// New builds the pages. agencyName names an agency by its code; without it the code is shown.
func New(shell *web.Shell, s *dictionary.Service, c clock.Clock, agencyName func(ctx context.Context, code string) string) *Pages {
	if agencyName == nil {
		agencyName = func(_ context.Context, code string) string { return code }
	}
	return &Pages{shell, s, c, agencyName}
}

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		web.Get("/dictionary", access.DictionaryRead, p.listElements).InMenu(web.Nav{Group: web.GroupData, LabelKey: "dictionary.title", Icon: ui.IconDictionary, Order: 40}),
		web.Get("/dictionary/element/{code}", access.DictionaryRead, p.showElement),
		web.Get("/dictionary/code-list", access.DictionaryRead, p.listCodeLists),
		web.Get("/dictionary/code-list/{name}", access.DictionaryRead, p.showCodeList),
		web.Get("/dictionary/units", access.DictionaryRead, p.listUnits),
		web.Get("/dictionary/units/convert", access.DictionaryRead, p.convertUnit),
	}
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	op := func(id, method, path, summary string) web.OpSpec {
		return web.OpSpec{ID: "dictionary-" + id, Method: method, Path: path, Permission: access.DictionaryRead, Tag: "dictionary", Summary: summary}
	}
	web.Op(api, op("elements", http.MethodGet, "/dictionary/elements", "Newest versions of the elements, by code"), p.opElements)
	web.Op(api, op("element", http.MethodGet, "/dictionary/elements/{code}", "All versions of an element, the newest first"), p.opElement)
	web.Op(api, op("code-lists", http.MethodGet, "/code-lists", "Code lists, without their items"), p.opCodeLists)
	web.Op(api, op("code-list", http.MethodGet, "/code-lists/{name}", "A code list with the items in force on a day, or all"), p.opCodeList)
	web.Op(api, op("admin-units", http.MethodGet, "/code-lists/admin-units", "Administrative units in force on a day; those of before 1 July 2025 with their successor"), p.opUnits)
	web.Op(api, op("convert", http.MethodPost, "/dictionary/units/convert", "Follow commune codes from the day of the record to another day; what is ambiguous is reported"), p.opConvert)
}

// parts lead between the parts of the dictionary.
func parts(t ui.T, current string) []ui.Tab {
	list := []ui.Tab{
		{Label: t("dictionary.elements"), Path: "/dictionary"}, {Label: t("dictionary.code_lists"), Path: "/dictionary/code-list"},
		{Label: t("dictionary.units"), Path: "/dictionary/units"}, {Label: t("dictionary.convert"), Path: "/dictionary/units/convert"},
	}
	for i := range list {
		list[i].Current = list[i].Path == current
	}
	return list
}

// crumbs lead from the dictionary to a page of it.
func crumbs(t ui.T, labels ...ui.Crumb) []ui.Crumb {
	if len(labels) == 0 {
		return []ui.Crumb{{Label: t("dictionary.title")}}
	}
	return append([]ui.Crumb{{Label: t("dictionary.title"), Path: "/dictionary"}}, labels...)
}

// dayOf reads a day of the address; today when it says none.
func (p *Pages) dayOf(field, text string) (dictionary.Day, error) {
	if text == "" {
		return dictionary.DayOf(p.clock.Now()), nil
	}
	day, problem := dictionary.ParseDay(text)
	if problem != nil {
		return dictionary.NoDay, problem.Fault(field)
	}
	return day, nil
}

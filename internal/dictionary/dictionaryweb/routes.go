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
	agencies   func(ctx context.Context) ([]string, error)
}

// Owners tells the pages which agencies may answer for an element.
func (p *Pages) Owners(list func(ctx context.Context) ([]string, error)) *Pages {
	p.agencies = list
	return p
}

// New builds the pages. agencyName names an agency by its code; without it the code is shown.
func New(shell *web.Shell, s *dictionary.Service, c clock.Clock, agencyName func(ctx context.Context, code string) string) *Pages {
	if agencyName == nil {
		agencyName = func(_ context.Context, code string) string { return code }
	}
	return &Pages{shell: shell, dictionary: s, clock: c, agency: agencyName}
}

// Routes of the pages, and of files that other programs fetch or send.
func (p *Pages) Routes() []web.Route {
	const element, list, one, proposal = "/dictionary/element/{code}", "/dictionary/code-list/{name}", "/dictionary/identifiers/{code}", "/dictionary/proposals/{id}"
	read := func(path string, h web.HandlerFunc) web.Route { return web.Get(path, access.DictionaryRead, h) }
	importFile := web.Post(web.APIPrefix+"/code-lists/import", access.DictionaryPropose, p.opImport).Accepting(fileSize)
	importFile.JSON = true
	exportFile := read(web.APIPrefix+"/dictionary/export", p.export)
	exportFile.JSON = true
	routes := []web.Route{
		read("/dictionary", p.listElements).InMenu(web.Nav{Group: web.GroupData, LabelKey: "dictionary.title", Icon: ui.IconDictionary, Order: 40}),
		read(element, p.showElement),
		read("/dictionary/code-list", p.listCodeLists),
		read(list, p.showCodeList),
		read("/dictionary/units", p.listUnits),
		read("/dictionary/units/convert", p.convertUnit),
		read(element+"/diff", p.diffElement),
		read(list+"/diff", p.diffCodeList),
		read("/dictionary/identifiers", p.listIdentifiers),
		read(one, p.showIdentifier),
		web.Post(one+"/try", access.DictionaryRead, p.tryIdentifier),
		web.Post("/dictionary/follow", access.DictionaryRead, p.changeFollowing),
		read("/dictionary/proposals", p.listProposals),
		web.Get("/dictionary/proposals/new", access.DictionaryPropose, p.newProposal),
		web.Post("/dictionary/proposals", access.DictionaryPropose, p.createProposal).Accepting(fileSize),
		read(proposal, p.showProposal),
		web.Get(proposal+"/edit", access.DictionaryPropose, p.editProposal),
		web.Post(proposal+"/edit", access.DictionaryPropose, p.changeProposal).Accepting(fileSize),
		importFile, exportFile,
	}
	for verb, permission := range stepVerbs() {
		routes = append(routes, web.Post(proposal+"/"+verb, permission, p.takeStep(verb)))
	}
	return routes
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	op := func(id, method, path string, permission access.Permission, summary string) web.OpSpec {
		return web.OpSpec{ID: "dictionary-" + id, Method: method, Path: path, Permission: permission, Tag: "dictionary", Summary: summary}
	}
	read := func(id, path, summary string) web.OpSpec {
		return op(id, http.MethodGet, path, access.DictionaryRead, summary)
	}
	web.Op(api, read("elements", "/dictionary/elements", "Elements as they hold today; with a text the exact spelling comes first"), p.opElements)
	web.Op(api, read("element", "/dictionary/elements/{code}", "All versions of an element, the newest first"), p.opElement)
	web.Op(api, read("element-diff", "/dictionary/elements/{code}/diff", "What one version says otherwise than another"), p.opDiff)
	web.Op(api, read("element-impact", "/dictionary/elements/{code}/impact", "Fields, datasets and live connections that use an element"), p.opImpact)
	web.Op(api, op("element-remove", http.MethodDelete, "/dictionary/elements/{code}", access.DictionaryPropose, "Take back an element that was only proposed; one that is used or published is refused"), p.opRemove)
	web.Op(api, read("code-lists", "/code-lists", "Code lists, without their items"), p.opCodeLists)
	web.Op(api, read("code-list", "/code-lists/{name}", "A code list with the items in force on a day, or all"), p.opCodeList)
	web.Op(api, read("code-list-versions", "/code-lists/{name}/versions", "All versions of a code list, the newest first"), p.opListVersions)
	web.Op(api, read("code-list-diff", "/code-lists/{name}/diff", "What one version of a list says otherwise than another"), p.opDiffList)
	web.Op(api, read("code-list-impact", "/code-lists/{name}/impact", "Elements, fields and stored versions that a code list touches"), p.opImpactList)
	web.Op(api, read("admin-units", "/code-lists/admin-units", "Administrative units in force on a day; those of before 1 July 2025 with their successor"), p.opUnits)
	web.Op(api, op("convert", http.MethodPost, "/dictionary/units/convert", access.DictionaryRead, "Follow commune codes from the day of the record to another day; what is ambiguous is reported"), p.opConvert)
	web.Op(api, read("identifiers", "/dictionary/identifiers", "Kinds of identifiers with form, issuer and legal reference"), p.opIdentifiers)
	web.Op(api, read("identifier", "/dictionary/identifiers/{code}", "All versions of a kind of identifier, the newest first"), p.opIdentifier)
	web.Op(api, op("identifier-try", http.MethodPost, "/dictionary/identifiers/{code}/try", access.DictionaryRead, "Check a value against a kind of identifier; nothing of it is kept"), p.opTry)
	p.proposalOperations(api, op, read)
	api.Describe(web.RawSpec{OpSpec: read("export", "/dictionary/export", "The whole dictionary as a file"), Query: map[string]string{"format": "csv, json or xlsx", "q": "Only elements found by these words"}, Answer: "text/csv"})
	api.Describe(web.RawSpec{
		OpSpec: op("code-list-import", http.MethodPost, "/code-lists/import", access.DictionaryPropose, "Propose a code list from a CSV or XLSX file; every wrong line is named and nothing is kept then"),
		Body:   []string{"text/csv", xlsxType}, Answer: "application/json",
		Query: map[string]string{"name*": "Name of the list", "title": "Title; that of the list there is when left out", "standard": "Source standard", "reason*": "Why", "effective_from": "First day"},
	})
}

func (p *Pages) proposalOperations(api *web.API, op func(id, method, path string, permission access.Permission, summary string) web.OpSpec, read func(id, path, summary string) web.OpSpec) {
	const one = "/dictionary/proposals/{id}"
	post := func(verb string, permission access.Permission, summary string) web.OpSpec {
		return op("proposal-"+verb, http.MethodPost, one+"/"+verb, permission, summary)
	}
	web.Op(api, read("proposals", "/dictionary/proposals", "Proposals to change the dictionary, the newest first"), p.opProposals)
	web.Op(api, read("proposal", one, "One proposal with its impact, steps and comments"), p.opProposal)
	create := op("propose", http.MethodPost, "/dictionary/proposals", access.DictionaryPropose, "Propose an element, a code list or a kind of identifier: new, changed or retired")
	create.Status = http.StatusCreated
	web.Op(api, create, p.opPropose)
	web.Op(api, op("proposal-change", http.MethodPut, one, access.DictionaryPropose, "Put a returned proposal right and submit it again"), p.opChangeProposal)
	web.Op(api, post("return", access.DictionaryReview, "Send a proposal back with comments"), p.opReturn)
	web.Op(api, post("consult", access.DictionaryReview, "Open the consultation for some working days"), p.opConsult)
	web.Op(api, post("comments", access.DictionaryComment, "Give the opinion of the caller's agency"), p.opComment)
	web.Op(api, post("close-consultation", access.DictionaryReview, "End the consultation before its deadline, with the reason"), p.opCloseConsultation)
	web.Op(api, post("approve", access.DictionaryApprove, "Publish the version, as neither its proposer nor its reviewer"), p.opApprove)
	web.Op(api, post("reject", access.DictionaryApprove, "End a proposal with the reason"), p.opReject)
	web.Op(api, post("withdraw", access.DictionaryPropose, "Take the own agency's proposal back"), p.opWithdraw)
	web.Op(api, op("subscribe", http.MethodPut, "/dictionary/subscriptions/{kind}/{subject}", access.DictionaryRead, "Be told of what happens to a thing"), p.opSubscribe)
	web.Op(api, op("unsubscribe", http.MethodDelete, "/dictionary/subscriptions/{kind}/{subject}", access.DictionaryRead, "Be told no more"), p.opUnsubscribe)
}

// parts lead between the parts of the dictionary.
func parts(t ui.T, current string) []ui.Tab {
	list := []ui.Tab{
		{Label: t("dictionary.elements"), Path: "/dictionary"}, {Label: t("dictionary.code_lists"), Path: "/dictionary/code-list"},
		{Label: t("dictionary.identifiers"), Path: "/dictionary/identifiers"}, {Label: t("dictionary.proposals"), Path: "/dictionary/proposals"},
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

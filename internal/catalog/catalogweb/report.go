package catalogweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// reports of the register, each a page of its own under /catalog/report.
const (
	reportUnclassified = "unclassified" // labels missing or not confirmed (Điều 6.1)
	reportProposed     = "proposed"     // waits for a second person (Điều 6.2)
	reportManual       = "manual"       // still shared by file (Điều 10)
	reportLate         = "late"         // update overdue (Điều 7.3e)
	reportUnowned      = "unowned"      // no clear owner (Điều 20.2)
)

func reports() []string {
	return []string{reportUnclassified, reportProposed, reportManual, reportLate, reportUnowned}
}

type reportForm struct {
	Owner string `form:"owner"`
	After string `form:"after"`
}

func (p *Pages) showReports(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, "/catalog/report/"+reportUnclassified, http.StatusSeeOther)
	return nil
}

func (p *Pages) showReport(w http.ResponseWriter, r *http.Request) error {
	return p.reportPage(w, r, nil)
}

func (p *Pages) reportPage(w http.ResponseWriter, r *http.Request, refusal error) error {
	kind := r.PathValue("kind")
	if kind == "" {
		kind = reportUnclassified // where the actions on several datasets are sent from
	}
	if !slices.Contains(reports(), kind) {
		return fault.New(fault.NotFound, "catalog.no_report", kind)
	}
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	var in reportForm
	if r.Method == http.MethodGet {
		if err := web.Decode(r, &in); err != nil {
			return err
		}
	}
	t := p.shell.T(r)
	view, err := p.report(r.Context(), t, kind, in, errs)
	if err != nil {
		return err
	}
	view.Head = ui.Head{Title: t("catalog.report." + kind), Lead: t("catalog.report." + kind + "_lead")}
	list := make([]ui.Tab, 0, len(reports()))
	for _, k := range reports() {
		list = append(list, ui.Tab{Label: t("catalog.report." + k), Path: "/catalog/report/" + k, Current: k == kind})
	}
	view.Above = append([]templ.Component{ui.Tabs(t("catalog.reports"), list)}, view.Above...)
	page := web.Page{Title: t("catalog.report." + kind), Crumbs: []ui.Crumb{{Label: t("catalog.list"), Path: "/catalog"}, {Label: t("catalog.report." + kind)}}, Body: page(view)}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

func (p *Pages) report(ctx context.Context, t ui.T, kind string, in reportForm, errs ui.FormErrors) (pageView, error) {
	switch kind {
	case reportLate:
		return p.lateReport(ctx, t, in)
	case reportUnowned:
		return p.unownedReport(ctx, t)
	}
	f := catalog.Filter{Owner: in.Owner, After: in.After, Limit: pageSize, Unclassified: kind == reportUnclassified, Proposed: kind == reportProposed, Manual: kind == reportManual}
	list, err := p.Catalog.Search(ctx, f)
	if err != nil {
		return pageView{}, err
	}
	view := pageView{}
	if kind == reportUnclassified {
		if view.Above, err = p.unclassifiedTiles(ctx, t); err != nil {
			return view, err
		}
	}
	card, body := ui.CardProps{Flush: true}, ui.Table(p.reportTable(ctx, t, kind, in, list))
	if kind == reportUnclassified && len(list.Datasets) > 0 && access.ActorOf(ctx).Can(access.CatalogReview) {
		card.Flush = false
		body = bulk(bulkView{Action: "/catalog/report/unclassified", Errors: errs, Confirm: t("catalog.bulk_confirm"), Ask: t("catalog.bulk_ask"), Hint: t("catalog.bulk_hint"), Table: p.reportTable(ctx, t, kind, in, list)})
	}
	view.Main = []part{{Card: card, Body: []templ.Component{body}}}
	return view, nil
}

// unclassifiedTiles count what the report is to bring to 0: datasets in the catalogue, and all.
func (p *Pages) unclassifiedTiles(ctx context.Context, t ui.T) ([]templ.Component, error) {
	issued, err := p.Catalog.Search(ctx, catalog.Filter{Unclassified: true, Issued: true, Limit: 1})
	if err != nil {
		return nil, err
	}
	all, err := p.Catalog.Search(ctx, catalog.Filter{Unclassified: true, Limit: 1})
	if err != nil {
		return nil, err
	}
	inCatalogue := ui.Tile{Label: t("catalog.unclassified_issued"), Value: i18n.Number(int64(issued.Total)), Tone: ui.Good, Icon: ui.IconSuccess}
	if issued.Total > 0 {
		inCatalogue.Tone, inCatalogue.Icon = ui.Warn, ui.IconWarning
	}
	return []templ.Component{ui.Stats(inCatalogue, ui.Tile{Label: t("catalog.unclassified_all"), Value: i18n.Number(int64(all.Total)), Icon: ui.IconReview})}, nil
}

func (p *Pages) reportTable(ctx context.Context, t ui.T, kind string, in reportForm, list catalog.Page) ui.TableProps {
	props := ui.TableProps{
		Caption: t("catalog.report." + kind), Pages: reportPages(t, kind, in, list.Next, len(list.Datasets), list.Total),
		Columns: []ui.Column{{Label: t("catalog.dataset")}, {Label: t("catalog.owner")}, {Label: t("catalog.state")}},
		Empty:   ui.Empty{Icon: ui.IconSuccess, Title: t("catalog.report." + kind + "_none"), Text: t("catalog.report." + kind + "_none_text")},
	}
	bulk := kind == reportUnclassified && access.ActorOf(ctx).Can(access.CatalogReview)
	switch kind {
	case reportUnclassified:
		props.Columns = append(props.Columns, ui.Column{Label: t("catalog.lacks")})
	case reportProposed:
		props.Columns = append(props.Columns, ui.Column{Label: t("catalog.proposed_by")}, ui.Column{Label: t("catalog.proposed_new")})
	case reportManual:
		props.Columns = append(props.Columns, ui.Column{Label: t("catalog.method_reason")}, ui.Column{Label: t("catalog.automate_by")})
	}
	if bulk {
		props.Columns = append([]ui.Column{{Label: t("catalog.choose"), Number: true}}, props.Columns...)
	}
	for _, d := range list.Datasets {
		at := path(d.Code)
		if kind != reportManual {
			at += "/classification"
		}
		cells := []templ.Component{ui.LinkTwo(d.Name, at, string(d.Code)), ui.Text(p.agency(ctx, d.Owner)), ui.Badge(stateOf(t, d.State))}
		switch kind {
		case reportUnclassified:
			cells = append(cells, unclassifiedWhy(t, d))
		case reportProposed:
			cells = append(cells, ui.Two(d.Proposal.ByName, i18n.DateTime(d.Proposal.At)), ui.Two(word(t, "catalog.class.", string(d.Proposal.Class)), word(t, "catalog.scope.", string(d.Proposal.Scope))))
		case reportManual:
			cells = append(cells, ui.Two(word(t, "catalog.method.", string(d.Method)), d.MethodReason), p.automation(t, d))
		}
		if bulk {
			cells = append([]templ.Component{tick("dataset", string(d.Code), t("catalog.choose_one", d.Name))}, cells...)
		}
		props.Rows = append(props.Rows, ui.Cells(cells...))
	}
	return props
}

// automation is the day by which data is to be shared by itself, and whether it is past.
func (p *Pages) automation(t ui.T, d catalog.Dataset) templ.Component {
	day := ui.Day(d.AutomateBy.Time())
	if d.AutomateBy.Time().Before(p.Clock.Now()) {
		return ui.Group(day, ui.Badge(ui.State{Label: t("catalog.automation_late"), Tone: ui.Warn}))
	}
	return day
}

// unclassifiedWhy says what a dataset lacks, and whether its owner has been asked.
func unclassifiedWhy(t ui.T, d catalog.Dataset) templ.Component {
	c := d.Classification
	var list []templ.Component
	for _, x := range []struct {
		lacks bool
		key   string
	}{{!c.Nature.Valid(), "catalog.nature"}, {!c.Scope.Valid(), "catalog.scope"}, {!d.Class.Valid(), "catalog.class"}} {
		if x.lacks {
			list = append(list, ui.Badge(ui.State{Label: t(x.key), Tone: ui.Warn}))
		}
	}
	if len(list) == 0 {
		list = append(list, ui.Badge(ui.State{Label: t("catalog.unconfirmed"), Tone: ui.Info}))
	}
	if d.LabelsAsked {
		list = append(list, ui.Muted(t("catalog.was_asked")))
	}
	return ui.Group(list...)
}

func reportPages(t ui.T, kind string, in reportForm, next string, count, total int) *ui.PageLinks {
	at := func(after string) string {
		q := url.Values{}
		if in.Owner != "" {
			q.Set("owner", in.Owner)
		}
		if after != "" {
			q.Set("after", after)
		}
		return (&url.URL{Path: "/catalog/report/" + kind, RawQuery: q.Encode()}).RequestURI()
	}
	links := &ui.PageLinks{Summary: t("catalog.shown", i18n.Number(int64(count)), i18n.Number(int64(total)))}
	if next != "" {
		links.Next = at(next)
	}
	if in.After != "" {
		links.Previous = at("")
	}
	return links
}

func (p *Pages) lateReport(ctx context.Context, t ui.T, in reportForm) (pageView, error) {
	list, err := p.Catalog.Late(ctx, in.Owner, in.After, pageSize)
	if err != nil {
		return pageView{}, err
	}
	props := ui.TableProps{
		Caption: t("catalog.report.late"), Pages: reportPages(t, reportLate, in, list.Next, len(list.Updates), list.Total),
		Columns: []ui.Column{{Label: t("catalog.dataset")}, {Label: t("catalog.owner")}, {Label: t("catalog.frequency")}, {Label: t("catalog.data_time")}, {Label: t("catalog.next_due")}},
		Empty:   ui.Empty{Icon: ui.IconSuccess, Title: t("catalog.report.late_none"), Text: t("catalog.report.late_none_text")},
	}
	for _, d := range list.Updates {
		props.Rows = append(props.Rows, ui.Cells(ui.LinkTwo(d.Name, path(d.Code), string(d.Code)), ui.Text(p.agency(ctx, d.Owner)), ui.Text(word(t, "catalog.frequency.", string(d.Frequency))),
			ui.Moment(d.LastTime), ui.Group(ui.Badge(ui.State{Label: t("catalog.stale"), Tone: ui.Warn}), ui.Moment(d.DueAt))))
	}
	return pageView{Main: []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(props)}}}}, nil
}

// actOnSeveral confirms the labels of the chosen datasets, or asks their owners for them.
func (p *Pages) actOnSeveral(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Datasets []string `form:"dataset"`
		Do       string   `form:"do"`
	}
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	codes := make([]catalog.Code, len(in.Datasets))
	for i, c := range in.Datasets {
		codes[i] = catalog.Code(c)
	}
	act := p.Catalog.ConfirmLabels
	if in.Do == "ask" {
		act = p.Catalog.AskLabels
	}
	if _, err := act(r.Context(), codes); err != nil {
		return p.reportPage(w, r, err)
	}
	http.Redirect(w, r, "/catalog/report/"+reportUnclassified, http.StatusSeeOther)
	return nil
}

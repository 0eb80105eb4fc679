package warehouseweb

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/warehouse"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const pageSize = 50

type listForm struct {
	Text  string `form:"q"`
	After string `form:"after"`
}

func (p *Pages) listDatasets(w http.ResponseWriter, r *http.Request) error {
	var in listForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	list, err := p.catalog.Search(r.Context(), catalog.Filter{Text: in.Text, After: in.After, Limit: pageSize})
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	props, err := p.table(r, t, in, list)
	if err != nil {
		return err
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("warehouse.title"), Crumbs: []ui.Crumb{{Label: t("warehouse.title")}},
		Body: page(pageView{
			Head:  ui.Head{Title: t("warehouse.title"), Lead: t("warehouse.lead")},
			Above: []templ.Component{ui.SearchForm("/warehouse", "q", in.Text, t("warehouse.search"), t("warehouse.search_do"))},
			Main:  []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(props)}}},
		}),
	})
}

// table shows the version in force of each dataset, and that it is a copy as at a moment (Điều 13.4).
func (p *Pages) table(r *http.Request, t ui.T, in listForm, list catalog.Page) (ui.TableProps, error) {
	props := ui.TableProps{
		Caption: t("warehouse.title"),
		Columns: []ui.Column{{Label: t("warehouse.dataset")}, {Label: t("warehouse.owner")}, {Label: t("warehouse.copy")}, {Label: t("warehouse.version"), Number: true}, {Label: t("warehouse.rows"), Number: true}, {Label: t("warehouse.freshness")}},
		Empty:   ui.Empty{Icon: ui.IconWarehouse, Title: t("warehouse.empty"), Text: t("warehouse.empty_text")},
		Pages:   &ui.PageLinks{},
	}
	if in.Text != "" {
		props.Empty = ui.Empty{Icon: ui.IconSearch, Title: t("warehouse.none_found"), Action: &ui.Action{Label: t("warehouse.show_all"), Path: "/warehouse"}}
	}
	at := func(after string) string {
		return (&url.URL{Path: "/warehouse", RawQuery: url.Values{"q": {in.Text}, "after": {after}}.Encode()}).RequestURI()
	}
	if list.Next != "" {
		props.Pages.Next = at(list.Next)
	}
	if in.After != "" {
		props.Pages.Previous = at("")
	}
	for _, d := range list.Datasets {
		v, there, err := p.current(r.Context(), d)
		if err != nil {
			return props, err
		}
		name, owner := ui.LinkTwo(d.Name, path(d.Code), string(d.Code)), ui.Text(p.agency(r.Context(), d.Owner))
		if !there {
			props.Rows = append(props.Rows, ui.Cells(name, owner, ui.Muted(t("warehouse.no_copy")), ui.Muted("–"), ui.Muted("–"), ui.Muted("–")))
			continue
		}
		props.Rows = append(props.Rows, ui.Cells(name, owner, ui.Two(t("warehouse.copy_at", i18n.DateTime(v.Provenance.SourceTime)), v.Provenance.System), ui.Number(int64(v.Number)), ui.Number(v.Rows), ui.Badge(p.freshness(t, d, v))))
	}
	return props, nil
}

// current finds the version in force; false while there is none.
func (p *Pages) current(ctx context.Context, d catalog.Dataset) (warehouse.Version, bool, error) {
	v, err := p.warehouse.Current(ctx, string(d.Code))
	if fault.Is(err, "warehouse.no_version") {
		return warehouse.Version{}, false, nil
	}
	return v, err == nil, err
}

// freshness compares the age of the copy with the frequency that the owner has promised.
func (p *Pages) freshness(t ui.T, d catalog.Dataset, v warehouse.Version) ui.State {
	due, has := d.Frequency.NextDue(v.Provenance.SourceTime, d.MaxDelay)
	switch {
	case !has:
		return ui.State{Label: t("warehouse.no_due"), Tone: ui.Neutral, Icon: ui.IconInfo}
	case p.clock.Now().After(due):
		return ui.State{Label: t("warehouse.stale", i18n.Date(due)), Tone: ui.Warn}
	}
	return ui.State{Label: t("warehouse.fresh", i18n.Date(due)), Tone: ui.Good}
}

func path(c catalog.Code) string { return "/warehouse/" + string(c) }

func (p *Pages) listVersions(w http.ResponseWriter, r *http.Request) error {
	d, err := p.dataset(r.Context(), r.PathValue("owner"), r.PathValue("slug"))
	if err != nil {
		return err
	}
	before, _ := strconv.Atoi(r.URL.Query().Get("before"))
	list, err := p.warehouse.Versions(r.Context(), string(d.Code), before, pageSize+1)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	props := ui.TableProps{
		Caption: t("warehouse.versions"), Empty: ui.Empty{Icon: ui.IconWarehouse, Title: t("warehouse.no_copy"), Text: t("warehouse.no_copy_text")},
		Columns: []ui.Column{{Label: t("warehouse.version")}, {Label: t("warehouse.rows"), Number: true}, {Label: t("warehouse.data_time")}, {Label: t("warehouse.published")}, {Label: t("warehouse.source")}, {Label: t("warehouse.manifest")}},
		Pages:   &ui.PageLinks{},
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		props.Pages.Next = fmt.Sprintf("%s?before=%d", path(d.Code), list[pageSize-1].Number)
	}
	if before > 0 {
		props.Pages.Previous = path(d.Code)
	}
	for i, v := range list {
		number := ui.Link(t("warehouse.version_of", v.Number), fmt.Sprintf("%s/%d", path(d.Code), v.Number))
		if i == 0 && before == 0 {
			number = ui.Group(number, ui.Badge(ui.State{Label: t("warehouse.in_force"), Tone: ui.Good}))
		}
		props.Rows = append(props.Rows, ui.Cells(number, ui.Number(v.Rows), ui.Moment(v.Provenance.SourceTime), ui.Moment(v.PublishedAt), ui.Mono(v.Provenance.System), ui.Mono(v.ManifestSHA256[:min(16, len(v.ManifestSHA256))])))
	}
	head := ui.Head{Eyebrow: string(d.Code), Title: d.Name, Lead: t("warehouse.versions_lead"), Actions: []ui.Action{{Label: t("warehouse.profile"), Path: "/catalog/" + string(d.Code), Icon: ui.IconDataset}}}
	return p.shell.Render(w, r, web.Page{Title: d.Name, Crumbs: crumbs(t, d, ""), Body: page(pageView{
		Head: head, Main: []part{{Card: ui.CardProps{Title: t("warehouse.versions"), Flush: true}, Body: []templ.Component{ui.Table(props)}}},
	})})
}

func crumbs(t ui.T, d catalog.Dataset, last string) []ui.Crumb {
	way := []ui.Crumb{{Label: t("warehouse.title"), Path: "/warehouse"}, {Label: string(d.Code)}}
	if last == "" {
		return way
	}
	way[1].Path = path(d.Code)
	return append(way, ui.Crumb{Label: last})
}

// mayVerify reports that the person answers for the dataset.
func mayVerify(ctx context.Context, d catalog.Dataset) bool {
	return access.ActorOf(ctx).ActsFor(d.Owner)
}

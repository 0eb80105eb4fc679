package ingestweb

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vitext"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const pageSize = 50

type listForm struct {
	Dataset string `form:"dataset"`
	State   string `form:"state"`
	Before  string `form:"before"`
}

func (f listForm) path(before string) string {
	q := url.Values{}
	for name, value := range map[string]string{"dataset": f.Dataset, "state": f.State, "before": before} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return (&url.URL{Path: "/ingest", RawQuery: q.Encode()}).RequestURI()
}

func states() []ingest.State {
	return []ingest.State{ingest.Received, ingest.Checking, ingest.Published, ingest.Held, ingest.Rejected, ingest.Failed, ingest.Purged}
}

func (p *Pages) listDeliveries(w http.ResponseWriter, r *http.Request) error {
	var in listForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	list, err := p.ingest.List(r.Context(), ingest.Filter{Dataset: catalog.Code(in.Dataset), State: ingest.State(in.State), Before: ingest.ID(in.Before), Limit: pageSize + 1})
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	head := ui.Head{Title: t("ingest.list"), Lead: t("ingest.list_lead")}
	if access.ActorOf(r.Context()).Can(access.IngestDeliver) {
		head.Actions = []ui.Action{{Label: t("ingest.new"), Path: "/ingest/new", Icon: ui.IconUpload, Kind: ui.Primary}}
	}
	names := p.datasetNames(r.Context())
	state := ui.Choice{Any: true, Field: ui.Field{Name: "state", Label: t("ingest.state"), Value: in.State}}
	for _, s := range states() {
		state.Options = append(state.Options, ui.Option{Value: string(s), Label: t("ingest.state." + string(s))})
	}
	filter := form(ui.FormProps{Action: "/ingest", Get: true, Submit: t("ingest.filter"), Icon: ui.IconFilter},
		row(datasetFilter(t, in.Dataset, names), ui.Select(state)))
	return p.shell.Render(w, r, web.Page{
		Title: t("ingest.list"), Crumbs: []ui.Crumb{{Label: t("ingest.list")}},
		Body: page(pageView{Head: head, Above: []templ.Component{filter}, Main: cards(part{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(p.table(r, t, in, list, names))}})}),
	})
}

// datasetNames are the names of the datasets that the reader may see, by code.
func (p *Pages) datasetNames(ctx context.Context) map[string]string {
	all, err := p.catalog.List(ctx, catalog.Filter{Limit: 1000})
	if err != nil { // a list that shows codes is better than none
		return nil
	}
	names := make(map[string]string, len(all))
	for _, d := range all {
		names[string(d.Code)] = d.Name
	}
	return names
}

func datasetFilter(t ui.T, chosen string, names map[string]string) templ.Component {
	if len(names) == 0 {
		return ui.Input(ui.Field{Name: "dataset", Label: t("ingest.dataset_code"), Value: chosen, Short: true})
	}
	c := ui.Choice{Any: true, Field: ui.Field{Name: "dataset", Label: t("ingest.dataset"), Value: chosen}}
	for _, code := range slices.Sorted(maps.Keys(names)) {
		c.Options = append(c.Options, ui.Option{Value: code, Label: names[code]})
	}
	slices.SortStableFunc(c.Options, func(x, y ui.Option) int { return strings.Compare(vitext.SortKey(x.Label), vitext.SortKey(y.Label)) })
	return ui.Select(c)
}

// named is a dataset by its name with the code beneath, or by the code alone.
func named(names map[string]string, code catalog.Code) (name, under string) {
	if name := names[string(code)]; name != "" {
		return name, string(code)
	}
	return string(code), ""
}

func (p *Pages) table(r *http.Request, t ui.T, in listForm, list []*ingest.Delivery, names map[string]string) ui.TableProps {
	props := ui.TableProps{
		Caption: t("ingest.list"),
		Columns: []ui.Column{{Label: t("ingest.delivery")}, {Label: t("ingest.dataset")}, {Label: t("ingest.state")}, {Label: t("ingest.read"), Number: true}, {Label: t("ingest.accepted"), Number: true}, {Label: t("ingest.rejected"), Number: true}, {Label: t("ingest.duplicates"), Number: true}},
		Empty:   ui.Empty{Icon: ui.IconDelivery, Title: t("ingest.list_empty"), Text: t("ingest.list_empty_text")},
		Pages:   &ui.PageLinks{},
	}
	if in.Dataset != "" || in.State != "" {
		props.Empty = ui.Empty{Icon: ui.IconFilter, Title: t("ingest.list_none"), Action: &ui.Action{Label: t("ingest.show_all"), Path: "/ingest"}}
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		props.Pages.Next = in.path(string(list[pageSize-1].ID))
	}
	if in.Before != "" {
		props.Pages.Previous = in.path("")
	}
	for _, d := range list {
		dataset, _ := named(names, d.Dataset)
		props.Rows = append(props.Rows, ui.Cells(
			ui.Lines(ui.Link(title(t, d), "/ingest/"+string(d.ID)), ui.Muted(d.DeclaredName), ui.Moment(d.ReceivedAt)), ui.Two(dataset, p.agency(r.Context(), d.Owner)),
			ui.Badge(stateOf(t, d.State)), ui.Number(d.Counts.Read), ui.Number(d.Counts.Accepted), ui.Number(d.Counts.Rejected), ui.Number(d.Counts.Duplicates),
		))
	}
	return props
}

// title of a delivery: its file, or when it came where the name is gone.
func title(t ui.T, d *ingest.Delivery) string {
	if d.FileName != "" {
		return d.FileName
	}
	return t("ingest.of", i18n.DateTime(d.ReceivedAt))
}

func stateOf(t ui.T, s ingest.State) ui.State {
	state := ui.State{Label: t("ingest.state." + string(s)), Tone: ui.Info}
	switch s {
	case ingest.Published:
		state.Tone = ui.Good
	case ingest.Held:
		state.Tone = ui.Warn
	case ingest.Rejected, ingest.Failed:
		state.Tone = ui.Bad
	case ingest.Purged:
		state.Tone, state.Icon = ui.Neutral, ui.IconRemove
	}
	return state
}

func lastPart(code string) string { return path.Base(code) }

// attachment makes the answer a CSV file to keep.
func attachment(w http.ResponseWriter, name string) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
}

package obligationweb

import (
	"context"
	"net/http"
	"net/url"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/obligation"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// pageSize is how many datasets stand on a page.
const pageSize = 50

type boardForm struct {
	Owner string `form:"owner"`
	Kind  string `form:"kind"`
	Light string `form:"light"`
	Text  string `form:"q"`
	View  string `form:"view"` // agency: one line for each agency
	After string `form:"after"`
}

func (f boardForm) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"owner": f.Owner, "kind": f.Kind, "light": f.Light, "q": f.Text, "view": f.View, "after": f.After} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

func (f boardForm) path(page string) string {
	if q := f.query(); len(q) > 0 {
		return page + "?" + q.Encode()
	}
	return page
}

func (f boardForm) filter() obligation.Filter {
	return obligation.Filter{Owner: f.Owner, Kind: obligation.Kind(f.Kind), Light: obligation.Light(f.Light), Text: f.Text, After: f.After, Limit: pageSize + 1}
}

// showBoard is the screen "Thực hiện danh mục".
func (p *Pages) showBoard(w http.ResponseWriter, r *http.Request) error {
	var form boardForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	ctx, t := r.Context(), p.shell.T(r)
	totals, err := p.obligations.Totals(ctx, form.filter())
	if err != nil {
		return err
	}
	v := boardView{T: t, Head: p.head(t, form), Form: ui.FormProps{Action: "/obligation", Get: true, Submit: t("obligation.filter"), Icon: ui.IconFilter, Hidden: []ui.Hidden{{Name: "view", Value: form.View}}}, Tiles: p.tiles(t, form, totals)}
	if err := p.fields(ctx, t, form, &v); err != nil {
		return err
	}
	byAgency := form
	byAgency.View, byAgency.After = "agency", ""
	byDataset := byAgency
	byDataset.View = ""
	v.Tabs = []ui.Tab{
		{Label: t("obligation.by_dataset"), Path: byDataset.path("/obligation"), Count: i18n.Number(int64(totals.Datasets)), Current: form.View == ""},
		{Label: t("obligation.by_agency"), Path: byAgency.path("/obligation"), Count: i18n.Number(int64(len(totals.Agencies))), Current: form.View != ""},
	}
	if form.View != "" {
		v.Table = p.agencyTable(ctx, t, form, totals)
	} else if v.Table, err = p.datasetTable(ctx, t, form); err != nil {
		return err
	}
	return p.shell.Render(w, r, web.Page{Title: t("obligation.title"), Crumbs: []ui.Crumb{{Label: t("obligation.title")}}, Body: boardPage(v)})
}

func (p *Pages) head(t ui.T, form boardForm) ui.Head {
	return ui.Head{Title: t("obligation.title"), Lead: t("obligation.lead"), Actions: []ui.Action{
		{Label: t("obligation.export_xlsx"), Path: form.path("/obligation/export.xlsx"), Icon: ui.IconDownload}, {Label: t("obligation.export_csv"), Path: form.path("/obligation/export.csv"), Icon: ui.IconDownload},
	}}
}

// fields of the filter. Who sees one agency alone chooses none.
func (p *Pages) fields(ctx context.Context, t ui.T, form boardForm, v *boardView) error {
	v.Search = ui.Field{Name: "q", Label: t("obligation.search"), Value: form.Text, Type: "search"}
	v.Kind = ui.Choice{Any: true, Field: ui.Field{Name: "kind", Label: t("obligation.kind"), Value: form.Kind}}
	for _, k := range obligation.Kinds() {
		v.Kind.Options = append(v.Kind.Options, ui.Option{Value: string(k), Label: t("obligation.kind." + string(k)), On: form.Kind == string(k)})
	}
	v.Light = ui.Choice{Any: true, Field: ui.Field{Name: "light", Label: t("obligation.light"), Value: form.Light}}
	for _, l := range obligation.Lights() {
		v.Light.Options = append(v.Light.Options, ui.Option{Value: string(l), Label: t("obligation.light." + string(l)), On: form.Light == string(l)})
	}
	if !obligation.Sees(access.ActorOf(ctx)) {
		return nil
	}
	all, err := p.Agencies(ctx)
	if err != nil {
		return err
	}
	v.Owner = ui.Choice{Any: true, Field: ui.Field{Name: "owner", Label: t("obligation.owner"), Value: form.Owner}}
	for _, a := range all {
		v.Owner.Options = append(v.Owner.Options, ui.Option{Value: a.Code, Label: a.Name, On: form.Owner == a.Code})
	}
	return nil
}

// tiles are how many datasets meet each obligation.
func (p *Pages) tiles(t ui.T, form boardForm, totals obligation.Totals) []ui.Tile {
	var out []ui.Tile
	for _, k := range obligation.Kinds() {
		c := totals.Kinds[k]
		to := form
		to.Kind, to.Light, to.View, to.After = string(k), string(obligation.Unmet), "", ""
		tile := ui.Tile{
			Label: t("obligation.kind." + string(k)), Value: t("obligation.part", c[obligation.Met], totals.Datasets), Icon: ui.IconSuccess, Tone: ui.Good,
			Note: t("obligation.tile_note", c[obligation.Unmet], c[obligation.NotAssessed]), Path: to.path("/obligation"),
		}
		switch {
		case c[obligation.Unmet] > 0:
			tile.Icon, tile.Tone = ui.IconFailure, ui.Bad
		case c[obligation.NotAssessed] > 0 || totals.Datasets == 0:
			tile.Icon, tile.Tone = ui.IconTodo, ui.Neutral
		}
		out = append(out, tile)
	}
	return out
}

func (p *Pages) empty(t ui.T, form boardForm) ui.Empty {
	if form.Owner == "" && form.Kind == "" && form.Light == "" && form.Text == "" {
		return ui.Empty{Icon: ui.IconChart, Title: t("obligation.empty"), Text: t("obligation.empty_text")}
	}
	return ui.Empty{Icon: ui.IconFilter, Title: t("obligation.none_match"), Action: &ui.Action{Label: t("obligation.show_all"), Path: "/obligation"}}
}

func (p *Pages) datasetTable(ctx context.Context, t ui.T, form boardForm) (ui.TableProps, error) {
	props := ui.TableProps{Caption: t("obligation.title"), Columns: []ui.Column{{Label: t("obligation.dataset")}}, Empty: p.empty(t, form)}
	for _, k := range obligation.Kinds() {
		props.Columns = append(props.Columns, ui.Column{Label: t("obligation.kind." + string(k))})
	}
	list, err := p.obligations.List(ctx, form.filter())
	if err != nil {
		return props, err
	}
	more := len(list) > pageSize
	if more {
		list = list[:pageSize]
	}
	for _, s := range list {
		cells := []templ.Component{ui.LinkTwo(s.Name, "/catalog/"+s.Dataset, p.Agency(ctx, s.Owner))}
		for _, k := range obligation.Kinds() {
			f := s.Findings[k]
			cells = append(cells, ui.Lines(ui.Badge(lightState(t, f.Light)), ui.Muted(why(t, f))))
		}
		props.Rows = append(props.Rows, ui.Row{Cells: cells})
	}
	if more || form.After != "" {
		props.Pages = &ui.PageLinks{}
		first, next := form, form
		if first.After = ""; form.After != "" {
			props.Pages.Previous = first.path("/obligation")
		}
		if more {
			next.After = list[len(list)-1].Dataset
			props.Pages.Next = next.path("/obligation")
		}
	}
	return props, nil
}

// agencyTable has one line for each agency, with how many of its datasets meet each obligation.
func (p *Pages) agencyTable(ctx context.Context, t ui.T, form boardForm, totals obligation.Totals) ui.TableProps {
	props := ui.TableProps{Caption: t("obligation.by_agency"), Columns: []ui.Column{{Label: t("obligation.owner")}, {Label: t("obligation.datasets"), Number: true}}, Empty: p.empty(t, form)}
	for _, k := range obligation.Kinds() {
		props.Columns = append(props.Columns, ui.Column{Label: t("obligation.kind." + string(k))})
	}
	for _, a := range totals.Agencies {
		to := boardForm{Owner: a.Owner}
		cells := []templ.Component{ui.LinkTwo(p.Agency(ctx, a.Owner), to.path("/obligation"), a.Owner), ui.Number(int64(a.Datasets))}
		for _, k := range obligation.Kinds() {
			c := a.Kinds[k]
			state := ui.State{Label: t("obligation.part", c[obligation.Met], a.Datasets), Tone: ui.Good}
			switch {
			case c[obligation.Unmet] > 0:
				state.Tone = ui.Bad
			case c[obligation.NotAssessed] > 0:
				state.Tone = ui.Neutral
			}
			cells = append(cells, ui.Lines(ui.Badge(state), ui.Muted(t("obligation.tile_note", c[obligation.Unmet], c[obligation.NotAssessed]))))
		}
		props.Rows = append(props.Rows, ui.Row{Cells: cells})
	}
	return props
}

// lightState is a light as a badge: a word and a symbol, and only then a colour.
func lightState(t ui.T, l obligation.Light) ui.State {
	tone := map[obligation.Light]ui.Tone{obligation.Met: ui.Good, obligation.Unmet: ui.Bad, obligation.NotAssessed: ui.Neutral}[l]
	return ui.State{Label: t("obligation.light." + string(l)), Tone: tone}
}

// why is the sentence of what a finding rests on.
func why(t ui.T, f obligation.Finding) string {
	args := make([]any, len(f.Args))
	for i, a := range f.Args {
		args[i] = a
	}
	return t(f.Code, args...)
}

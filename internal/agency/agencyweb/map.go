package agencyweb

import (
	"fmt"
	"net/http"

	"lienthong/internal/agency"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// The steps of the map's colours.
const (
	noAgency  = 0
	noSteward = 2
	steward   = 5
)

// showMap shows which communes have a data steward; each area leads to the commune's page. The same is said in a table.
func (p *Pages) showMap(w http.ResponseWriter, r *http.Request) error {
	ctx, t := r.Context(), p.shell.T(r)
	outlines, err := p.outlines()
	if err != nil {
		return fmt.Errorf("draw the map of communes: %w", err)
	}
	communes, err := p.agencies.List(ctx, agency.Filter{Kind: agency.Commune, At: p.clock.Now()})
	if err != nil {
		return err
	}
	step, byUnit := map[string]int{}, map[string]*agency.Agency{}
	table := ui.TableProps{Caption: t("agency.map"), Columns: []ui.Column{{Label: t("agency.col_agency")}, {Label: t("agency.field_commune")}, {Label: t("agency.col_steward")}},
		Empty: ui.Empty{Icon: ui.IconMap, Title: t("agency.map_none"), Text: t("agency.empty_text")}}
	for _, a := range communes {
		s, err := p.agencies.ActiveSteward(ctx, a.Code)
		if err != nil {
			return err
		}
		byUnit[a.Commune], step[a.Commune] = a, noSteward
		if s != nil {
			step[a.Commune] = steward
		}
		table.Rows = append(table.Rows, ui.Cells(ui.LinkTwo(a.Name, path(a.Code), a.Code), ui.Mono(a.Commune), stewardCell(t, a, s)))
	}
	words := map[int]string{noAgency: t("agency.map_no_agency"), noSteward: t("agency.map_no_steward"), steward: t("agency.map_steward")}
	m := ui.MapProps{Title: t("agency.map"), Text: t("agency.map_text"), ViewBox: outlines.ViewBox,
		Key: []ui.MapStep{{Step: steward, Label: words[steward]}, {Step: noSteward, Label: words[noSteward]}, {Step: noAgency, Label: words[noAgency]}}}
	for _, o := range outlines.Areas {
		area := ui.MapArea{Name: o.Name, Outline: o.Outline, Step: step[o.Code], Text: words[step[o.Code]]}
		if a := byUnit[o.Code]; a != nil {
			area.Name, area.Path = a.Name, path(a.Code)
		}
		m.Areas = append(m.Areas, area)
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("agency.map"), Crumbs: []ui.Crumb{{Label: t("agency.register"), Path: "/agency"}, {Label: t("agency.map")}},
		Body: mapPage(ui.Head{Title: t("agency.map"), Lead: t("agency.map_lead")}, m, table),
	})
}

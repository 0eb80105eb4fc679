package releaseweb

import (
	"net/http"

	"lienthong/internal/release"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

type compareForm struct {
	With int64 `form:"with"`
}

// showCompare shows what became otherwise since another release.
func (p *Pages) showCompare(w http.ResponseWriter, r *http.Request) error {
	var in compareForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	v, err := p.find(r)
	if err != nil {
		return err
	}
	if in.With == 0 { // the release before
		in.With = max(1, v.Number-1)
	}
	all, err := p.Releases.Compare(r.Context(), v.List, in.With, v.Number)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	title := t("release.compared", in.With, v.Number)
	view := pageView{Head: ui.Head{Eyebrow: t("release.list." + string(v.List)), Title: title, Lead: t("release.compared_lead", len(all))}}
	view.Main = []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{ui.Table(compareTable(t, v, all))}}}
	return p.shell.Render(w, r, web.Page{Title: title, Crumbs: crumbs(t, v, t("release.compare")), Body: page(view)})
}

func compareTable(t ui.T, v release.View, all []release.Compared) ui.TableProps {
	props := ui.TableProps{
		Caption: t("release.compare"), Columns: []ui.Column{{Label: t("release.col_entry")}, {Label: t("release.col_owner")}, {Label: t("release.col_change")}, {Label: t("release.col_what")}},
		Empty: ui.Empty{Icon: ui.IconDone, Title: t("release.no_difference"), Action: &ui.Action{Label: t("release.back"), Path: v.Path()}},
	}
	for _, c := range all {
		var what []templ.Component
		for _, d := range c.Differences {
			if d.Member != "sharing" { // its words stand under the scope
				what = append(what, ui.Group(ui.Muted(t("release.member."+d.Member)+":"), wasIs(said(t, d.Member, d.Before), said(t, d.Member, d.After))))
			}
		}
		if c.Reason != "" {
			what = append(what, ui.Text(c.Reason))
		}
		if len(what) == 0 {
			what = append(what, ui.Muted("–"))
		}
		props.Rows = append(props.Rows, ui.Cells(ui.Two(c.Name, c.Subject), ui.Text(c.OwnerName), ui.Badge(changeState(t, c.Change)), ui.Stack(what...)))
	}
	return props
}

// said is a value in the words of officials.
func said(t ui.T, member, value string) string {
	prefix := map[string]string{
		"method": "catalog.method.", "frequency": "catalog.frequency.", "nature": "catalog.nature.", "class": "catalog.class.", "group": "system.category.", "layer": "system.layer.",
	}[member]
	switch {
	case value == "":
		return "–"
	case prefix == "":
		return value
	}
	return t(prefix + value)
}

package accessweb

import (
	"context"
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// mostGrants is how many grants a page shows; more are told of, not hidden.
const mostGrants = 300

type grantFilter struct {
	Dataset string `form:"dataset"`
	Agency  string `form:"agency"`
}

func (p *Pages) listGrants(w http.ResponseWriter, r *http.Request) error {
	var form grantFilter
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	grants, err := p.access.Grants(r.Context(), access.GrantFilter{Dataset: form.Dataset, Agency: form.Agency, Limit: mostGrants + 1})
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	v := grantsView{
		T: t, Head: ui.Head{Title: t("access.grants"), Lead: t("access.grants_lead")},
		Dataset: ui.Field{Name: "dataset", Label: t("access.filter_dataset"), Value: form.Dataset},
	}
	if access.ActorOf(r.Context()).Operates() {
		v.Agency = &ui.Field{Name: "agency", Label: t("access.filter_agency"), Value: form.Agency, Short: true}
	}
	if len(grants) > mostGrants {
		grants = grants[:mostGrants]
		v.TooMany = &ui.Note{Tone: ui.Warn, Title: t("access.too_many", mostGrants), Text: t("access.too_many_do")}
	}
	v.Table = p.grantTable(r, t, form, grants)
	return p.shell.Render(w, r, web.Page{Title: t("access.grants"), Crumbs: []ui.Crumb{{Label: t("access.grants")}}, Body: grantsPage(v)})
}

func (p *Pages) grantTable(r *http.Request, t ui.T, form grantFilter, grants []access.Grant) ui.TableProps {
	props := ui.TableProps{
		Caption: t("access.grants"),
		Columns: []ui.Column{{Label: t("access.col_grant")}, {Label: t("access.col_subject")}, {Label: t("access.col_purposes")},
			{Label: t("access.col_columns")}, {Label: t("access.col_status")}},
		Empty: ui.Empty{Icon: ui.IconGrant, Title: t("access.grants_empty"), Text: t("access.grants_none")},
	}
	if form != (grantFilter{}) {
		props.Empty = ui.Empty{Icon: ui.IconFilter, Title: t("access.grants_no_match"), Action: &ui.Action{Label: t("access.show_all"), Path: "/access/grants"}}
	}
	now := p.clock.Now()
	names, datasets := p.purposeNames(r.Context()), p.registers.Datasets(r.Context())
	for _, g := range grants {
		props.Rows = append(props.Rows, ui.Cells(
			ui.Lines(ui.Link(nameIn(datasets, g.Dataset), "/access/grants/"+g.ID), ui.Muted(g.Number), p.requestCell(r, t, g)), ui.Two(p.registers.Subject(r.Context(), g.Subject), p.registers.Agency(r.Context(), g.Agency)),
			ui.Two(inWords(names, g.Purposes), levelOf(t, g.Level)), columnsCell(t, g), ui.Stack(ui.Badge(statusOf(t, g, now)), ui.Muted(validity(t, g)))))
	}
	return props
}

// requestCell leads to the request that the grant came from. A request that cannot be named is no reason to hide a grant.
func (p *Pages) requestCell(r *http.Request, t ui.T, g access.Grant) templ.Component {
	if g.RequestID == "" {
		return ui.Muted("–")
	}
	number, path, err := p.registers.Request(r.Context(), g.RequestID)
	switch {
	case err != nil || path == "":
		return ui.Mono(g.RequestID)
	case number == "" || number == g.RequestID:
		return ui.Link(t("access.from_request"), path)
	}
	return ui.Link(number, path)
}

// purposeNames are the names of all purposes by their codes, in the reader's language.
func (p *Pages) purposeNames(ctx context.Context) map[string]string {
	all, err := p.access.Purposes(ctx)
	if err != nil { // codes say enough
		return nil
	}
	out := map[string]string{}
	for _, x := range all {
		out[x.Code] = x.Name
		if i18n.LangOf(ctx) == i18n.En && x.NameEn != "" {
			out[x.Code] = x.NameEn
		}
	}
	return out
}

func nameIn(names map[string]string, code string) string {
	if name := names[code]; name != "" {
		return name
	}
	return code
}

func inWords(names map[string]string, codes []string) string {
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = nameIn(names, code)
	}
	return strings.Join(out, ", ")
}

package privacyweb

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/privacy"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

type listForm struct {
	Standing string `form:"standing"`
	Owner    string `form:"owner"`
	Text     string `form:"q"`
	After    string `form:"after"`
}

// path is the list with other choices.
func (f listForm) path() string {
	q := url.Values{}
	for name, value := range map[string]string{"standing": f.Standing, "owner": f.Owner, "q": f.Text, "after": f.After} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/privacy"
	}
	return "/privacy?" + q.Encode()
}

const pageSize = 50

func (p *Pages) listEntries(w http.ResponseWriter, r *http.Request) error {
	var form listForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	found, counts, err := p.privacy.List(r.Context(), privacy.Filter{
		Owner: form.Owner, Standing: privacy.Standing(form.Standing), Text: form.Text, After: form.After, Limit: pageSize + 1,
	})
	if err != nil {
		return err
	}
	t, ctx := p.shell.T(r), r.Context()
	v := listView{
		T: t, Head: ui.Head{Title: t("privacy.register"), Lead: t("privacy.register_lead"), Actions: p.downloads(ctx, t, form)}, Standing: form.Standing,
		Search: ui.Field{Name: "q", Label: t("privacy.search"), Value: form.Text, Type: "search"}, Tabs: tabs(t, form, counts),
	}
	if access.ActorOf(ctx).Operates() {
		owners, err := p.registers.Owners(ctx)
		if err != nil {
			return err
		}
		v.Owner = ui.Choice{Any: true, Field: ui.Field{Name: "owner", Label: t("privacy.owner"), Value: form.Owner}, Options: named(owners, form.Owner)}
	}
	v.Table = p.table(ctx, t, form, found)
	return p.shell.Render(w, r, web.Page{Title: t("privacy.register"), Crumbs: []ui.Crumb{{Label: t("privacy.register")}}, Body: listPage(v)})
}

func named(all []Named, chosen ...string) []ui.Option {
	on := map[string]bool{}
	for _, c := range chosen {
		on[c] = true
	}
	out := make([]ui.Option, len(all))
	for i, x := range all {
		out[i] = ui.Option{Value: x.Code, Label: x.Name, Hint: x.Code, On: on[x.Code]}
	}
	return out
}

// downloads are the register of one agency as a paper and as a sheet: of the reader's own, or of the chosen one.
func (p *Pages) downloads(ctx context.Context, t ui.T, form listForm) []ui.Action {
	owner := form.Owner
	if who := access.ActorOf(ctx); owner == "" {
		if owner = who.Agency; who.Operates() {
			return nil // there is no register of all agencies on one paper: choose one
		}
	}
	q := "?" + url.Values{"owner": {owner}}.Encode()
	return []ui.Action{
		{Label: t("privacy.register_docx"), Path: "/privacy/register.docx" + q, Icon: ui.IconDownload},
		{Label: t("privacy.register_xlsx"), Path: "/privacy/register.xlsx" + q, Icon: ui.IconDownload},
	}
}

// tabs are the standings that occur, those that need work first.
func tabs(t ui.T, form listForm, counts map[privacy.Standing]int) []ui.Tab {
	all := 0
	for _, n := range counts {
		all += n
	}
	tab := func(s privacy.Standing, label string, n int) ui.Tab {
		to := listForm{Standing: string(s), Owner: form.Owner, Text: form.Text}
		return ui.Tab{Label: label, Path: to.path(), Count: i18n.Number(int64(n)), Current: form.Standing == string(s)}
	}
	out := []ui.Tab{tab("", t("privacy.all"), all)}
	for _, s := range privacy.Standings() {
		if counts[s] > 0 || form.Standing == string(s) {
			out = append(out, tab(s, t("privacy.standing."+string(s)), counts[s]))
		}
	}
	return out
}

func (p *Pages) table(ctx context.Context, t ui.T, form listForm, found []privacy.View) ui.TableProps {
	props := ui.TableProps{
		Caption: t("privacy.register"), Empty: ui.Empty{Icon: ui.IconProof, Title: t("privacy.empty"), Text: t("privacy.empty_text")},
		Columns: []ui.Column{{Label: t("privacy.dataset")}, {Label: t("privacy.owner")}, {Label: t("privacy.categories")}, {Label: t("privacy.standing")}, {Label: t("privacy.valid_to")}},
	}
	if form != (listForm{}) {
		props.Empty = ui.Empty{Icon: ui.IconFilter, Title: t("privacy.none_match"), Action: &ui.Action{Label: t("privacy.show_all"), Path: "/privacy"}}
	}
	if len(found) > pageSize {
		found = found[:pageSize]
		next := form
		next.After = found[pageSize-1].Dataset.Code
		props.Pages = &ui.PageLinks{Next: next.path()}
	}
	for _, v := range found {
		to := ui.Muted("–")
		if v.Entry != nil && v.Entry.InForce != nil {
			to = ui.Text(v.Entry.InForce.ValidTo.String())
		}
		row := ui.Cells(ui.LinkTwo(v.Dataset.Name, path(v.Dataset.Code), v.Dataset.Code), ui.Text(p.registers.Agency(ctx, v.Dataset.Owner)),
			ui.Text(categories(t, v.Dataset.Categories)), ui.Badge(badge(t, v.Standing)), to)
		props.Rows = append(props.Rows, row)
	}
	return props
}

func categories(t ui.T, all []privacy.Category) string {
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = t("privacy.category." + string(c))
	}
	return strings.Join(out, ", ")
}

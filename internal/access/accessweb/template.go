package accessweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Named is a choice in a form: a code with its name, and what else is said of it.
type Named struct{ Code, Name, Hint string }

func templatePath(dataset string) string { return "/access/templates/" + dataset }

func datasetOf(r *http.Request) string { return r.PathValue("owner") + "/" + r.PathValue("slug") }

func templateState(t ui.T, s access.TemplateState) ui.State {
	tone := ui.Neutral
	switch s {
	case access.TemplateInForce:
		tone = ui.Good
	case access.TemplateProposed:
		tone = ui.Info
	case access.TemplateReturned:
		tone = ui.Warn
	}
	return ui.State{Label: t("access.template_state." + string(s)), Tone: tone}
}

// templateList is how the list is asked for.
type templateList struct {
	Dataset string `form:"dataset"`
	Owner   string `form:"owner"`
	After   string `form:"after"` // dataset and version of the last line of the page before
}

const templatesOnPage = 50

func (p *Pages) listTemplates(w http.ResponseWriter, r *http.Request) error {
	var form templateList
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	f := access.TemplateFilter{Dataset: strings.TrimSpace(form.Dataset), Owner: strings.TrimSpace(form.Owner), Limit: templatesOnPage + 1}
	f.AfterDataset, f.AfterVersion = cursorOf(form.After)
	list, err := p.access.Templates(r.Context(), f)
	if err != nil {
		return err
	}
	t, ctx := p.shell.T(r), r.Context()
	v := templatesView{T: t, Head: ui.Head{Title: t("access.templates"), Lead: t("access.templates_lead")}, Dataset: ui.Field{Name: "dataset", Label: t("access.filter_dataset"), Value: form.Dataset},
		Owner: ui.Field{Name: "owner", Label: t("access.template_owner"), Value: form.Owner, Short: true}}
	v.Table = ui.TableProps{Caption: t("access.templates"), Columns: []ui.Column{{Label: t("access.col_dataset")}, {Label: t("access.template_owner")}, {Label: t("access.template_col_version")}, {Label: t("access.col_columns")}, {Label: t("access.col_status")}},
		Empty: ui.Empty{Icon: ui.IconRules, Title: t("access.templates_empty"), Text: t("access.templates_none")}}
	if len(list) > templatesOnPage {
		list = list[:templatesOnPage]
		last := list[len(list)-1]
		next := url.Values{"dataset": {form.Dataset}, "owner": {form.Owner}, "after": {last.Dataset + "@" + strconv.FormatInt(last.Version, 10)}}
		v.Table.Pages = &ui.PageLinks{Next: "/access/templates?" + next.Encode()}
	}
	names := p.registers.Datasets(ctx)
	for _, x := range list {
		v.Table.Rows = append(v.Table.Rows, ui.Cells(ui.LinkTwo(nameIn(names, x.Dataset), templatePath(x.Dataset), x.Dataset), ui.Text(p.registers.Agency(ctx, x.Owner)),
			ui.Number(x.Version), ui.Text(t("access.fields_count", len(x.Policy.Columns))), ui.Badge(templateState(t, x.State))))
	}
	if access.ActorOf(ctx).Can(access.AccessPropose) {
		own, err := p.registers.OwnDatasets(ctx, access.ActorOf(ctx).Agency)
		if err != nil {
			return err
		}
		v.Which = &ui.Choice{Field: ui.Field{Name: "dataset", Label: t("access.template_which"), Required: true}}
		for _, d := range own {
			v.Which.Options = append(v.Which.Options, ui.Option{Value: d.Code, Label: d.Name + " (" + d.Code + ")"})
		}
	}
	return p.shell.Render(w, r, web.Page{Title: t("access.templates"), Crumbs: []ui.Crumb{{Label: t("access.templates")}}, Body: templatesPage(v)})
}

// cursorOf reads "dataset@version".
func cursorOf(after string) (string, int64) {
	dataset, version, _ := strings.Cut(after, "@")
	n, err := strconv.ParseInt(version, 10, 64)
	if err != nil {
		return "", 0
	}
	return dataset, n
}

// chooseTemplate leads from the list to the form of the chosen dataset.
func (p *Pages) chooseTemplate(w http.ResponseWriter, r *http.Request) error {
	owner, slug, found := strings.Cut(r.URL.Query().Get("dataset"), "/")
	if !found {
		http.Redirect(w, r, "/access/templates", http.StatusSeeOther)
		return nil
	}
	http.Redirect(w, r, "/access/templates/"+url.PathEscape(owner)+"/"+url.PathEscape(slug)+"/propose", http.StatusSeeOther)
	return nil
}

func (p *Pages) showTemplate(w http.ResponseWriter, r *http.Request) error {
	return p.renderTemplate(w, r, nil)
}

// renderTemplate shows how the policy of a dataset stands, with what a refused step was refused for.
func (p *Pages) renderTemplate(w http.ResponseWriter, r *http.Request, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	ctx, dataset := r.Context(), datasetOf(r)
	x, err := p.access.FindTemplate(ctx, dataset)
	if err != nil {
		return err
	}
	versions, err := p.access.Templates(ctx, access.TemplateFilter{Dataset: dataset, Limit: 500})
	if err != nil {
		return err
	}
	t, who := p.shell.T(r), access.ActorOf(ctx)
	v := templateView{T: t, Head: ui.Head{Eyebrow: dataset, Title: nameIn(p.registers.Datasets(ctx), dataset), Lead: t("access.templates") + " · " + p.registers.Agency(ctx, x.Owner)}}
	mine := who.Can(access.AccessPropose) && who.ActsFor(x.Owner)
	if x.InForce != nil {
		s := templateState(t, access.TemplateInForce)
		v.Head.State, v.InForce = &s, p.policyView(ctx, t, x.InForce)
	}
	if mine && x.Proposed == nil {
		label := "access.template_new_version"
		if x.InForce == nil {
			label = "access.template_new"
		}
		v.Head.Actions = []ui.Action{{Label: t(label), Path: templatePath(dataset) + "/propose", Icon: ui.IconEdit, Kind: ui.Primary}}
	}
	if x.Proposed != nil {
		v.Proposed = p.policyView(ctx, t, x.Proposed)
		version := []ui.Hidden{{Name: "version", Value: strconv.FormatInt(x.Proposed.Version, 10)}}
		if who.Can(access.AccessApprove) && who.ActsFor(x.Owner) {
			if x.Proposed.ProposedBy == who.ID {
				v.Own = true
			} else {
				v.Approve = &ui.Action{Label: t("access.template_approve"), Path: templatePath(dataset) + "/approve", Post: true, Kind: ui.Primary, Icon: ui.IconDone, Fields: version}
				v.Return = &ui.FormProps{Action: templatePath(dataset) + "/return", Submit: t("access.template_return"), Hidden: version, Errors: errs}
				v.Reason = ui.Field{Name: "reason", Label: t("access.template_return_reason"), Required: true, MaxLength: 2000, Value: r.PostFormValue("reason"), Error: errs.Of("reason")}
			}
		}
		if mine {
			v.Withdraw = &ui.Action{Label: t("access.template_withdraw"), Path: templatePath(dataset) + "/withdraw", Post: true, Kind: ui.Secondary, Fields: version}
			v.Own = v.Own || v.Approve == nil
		}
	}
	v.Versions = p.versionTable(ctx, t, versions)
	page := web.Page{Title: t("access.templates"), Crumbs: []ui.Crumb{{Label: t("access.templates"), Path: "/access/templates"}, {Label: dataset}}}
	if shown {
		v.Errors, page.Status = errs, fault.Of(refusal).Kind.Status()
	}
	page.Body = templatePage(v)
	return p.shell.Render(w, r, page)
}

func (p *Pages) policyView(ctx context.Context, t ui.T, x *access.TemplateVersion) *policyView {
	pol := x.Policy
	agencies := make([]string, 0, len(pol.AgencyTypes)+len(pol.Agencies))
	for _, k := range pol.AgencyTypes {
		agencies = append(agencies, t("agency.kind."+k))
	}
	for _, code := range pol.Agencies {
		agencies = append(agencies, p.registers.Agency(ctx, code))
	}
	methods := t("access.template_methods_any")
	if len(pol.Methods) > 0 {
		methods = joined(t, "connection.method.", pol.Methods)
	}
	v := &policyView{Title: t("access.template_version", x.Version), Columns: columnsTable(t, access.Grant{Columns: pol.Columns})}
	v.Facts = []ui.Pair{
		{Name: t("access.template_levels"), Text: joined(t, "access.level.", pol.Levels)}, {Name: t("access.template_purposes"), Text: inWords(p.purposeNames(ctx), pol.Purposes)},
		{Name: t("access.template_who"), Text: strings.Join(agencies, ", ")}, {Name: t("access.template_methods"), Text: methods}, {Name: t("access.template_rows"), Text: rowRules(t, access.Grant{Rows: pol.Rows})},
		{Name: t("access.template_longest"), Text: t("access.template_months_of", pol.LongestMonths)}, {Name: t("access.template_quotas"), Text: quotas(t, pol)},
		{Name: t("access.template_by"), Text: x.Proposer, Help: i18n.DateTime(x.ProposedAt)},
	}
	if x.Decider != "" {
		v.Facts = append(v.Facts, ui.Pair{Name: t("access.template_decided"), Text: x.Decider, Help: i18n.DateTime(x.DecidedAt)})
	}
	if x.Note != "" {
		v.Facts = append(v.Facts, ui.Pair{Name: t("access.template_note"), Text: x.Note})
	}
	return v
}

func joined[S ~string](t ui.T, prefix string, list []S) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = t(prefix + string(x))
	}
	return strings.Join(out, ", ")
}

func quotas(t ui.T, p access.SharePolicy) string {
	c := conditions(t, access.Conditions{CallsPerMinute: p.CallsPerMinute, CallsPerDay: p.CallsPerDay, RecordsPerCall: p.RecordsPerCall, RecordsPerDay: p.RecordsPerDay, PersonsPerDay: p.PersonsPerDay})
	if len(c) == 0 {
		return t("access.template_no_quota")
	}
	return strings.Join(c, "; ")
}

// versionTable lists the versions, the newest first.
func (p *Pages) versionTable(ctx context.Context, t ui.T, versions []access.TemplateVersion) ui.TableProps {
	out := ui.TableProps{Caption: t("access.template_versions"), Columns: []ui.Column{{Label: t("access.template_col_version")}, {Label: t("access.template_by")}, {Label: t("access.template_decided")}, {Label: t("access.col_status")}}}
	for _, x := range slices.Backward(versions) {
		decided := ui.Muted("–")
		if x.Decider != "" {
			decided = ui.Two(x.Decider, i18n.DateTime(x.DecidedAt))
		}
		state := ui.Badge(templateState(t, x.State))
		if x.Reason != "" {
			state = ui.Stack(state, ui.Muted(x.Reason))
		}
		out.Rows = append(out.Rows, ui.Cells(ui.Number(x.Version), ui.Two(x.Proposer, i18n.DateTime(x.ProposedAt)), decided, state))
	}
	return out
}

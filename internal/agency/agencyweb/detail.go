package agencyweb

import (
	"context"
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

func (p *Pages) showAgency(w http.ResponseWriter, r *http.Request) error {
	return p.detail(w, r, stewardForm{ValidFrom: dayText(p.clock.Now())}, nil)
}

// detail shows an agency, with what a refused designation was refused for.
func (p *Pages) detail(w http.ResponseWriter, r *http.Request, form stewardForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	ctx, t := r.Context(), p.shell.T(r)
	a, err := p.agencies.Find(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	state, may := stateOf(t, a, p.clock.Now()), access.ActorOf(ctx).Can(access.AgencyChange)
	v := detailView{T: t, Head: ui.Head{Eyebrow: a.Code, Title: a.Name, State: &state}, Facts: p.facts(ctx, t, a), MayChange: may}
	if may {
		v.Head.Actions = []ui.Action{{Label: t("agency.edit"), Path: path(a.Code) + "/edit", Icon: ui.IconEdit}}
	}
	if v.Children, err = p.children(ctx, t, a); err != nil {
		return err
	}
	if a.Kind != agency.External {
		if v.Steward, err = p.stewardView(ctx, t, a, form, errs); err != nil {
			return err
		}
	}
	page := web.Page{Title: a.Name, Crumbs: []ui.Crumb{{Label: t("agency.register"), Path: "/agency"}, {Label: a.Name}}, Body: detailPage(v)}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

func (p *Pages) facts(ctx context.Context, t ui.T, a *agency.Agency) []ui.Pair {
	pairs := []ui.Pair{
		{Name: t("agency.field_code"), Value: ui.Mono(a.Code)},
		{Name: t("agency.field_kind"), Text: t("agency.kind." + string(a.Kind))},
	}
	link := func(key, code string) {
		if code != "" {
			pairs = append(pairs, ui.Pair{Name: t(key), Value: ui.LinkTwo(p.name(ctx, code), path(code), code)})
		}
	}
	link("agency.field_parent", a.Parent)
	if a.Commune != "" {
		pairs = append(pairs, ui.Pair{Name: t("agency.field_commune"), Value: ui.Mono(a.Commune)})
	}
	link("agency.field_sponsor", a.Sponsor)
	if a.Commitment != "" {
		pairs = append(pairs, ui.Pair{Name: t("agency.field_commitment"), Text: a.Commitment})
	}
	pairs = append(pairs, ui.Pair{Name: t("agency.field_valid_from"), Value: ui.Day(a.ValidFrom)})
	to := ui.Pair{Name: t("agency.field_valid_to"), Text: t("agency.no_end")}
	if !a.ValidTo.IsZero() {
		to = ui.Pair{Name: to.Name, Value: ui.Day(a.ValidTo), Help: t("agency.valid_to_hint")}
	}
	pairs = append(pairs, to, ui.Pair{Name: t("agency.changed"), Value: ui.Moment(a.ChangedAt)})
	ranked := ui.Pair{Name: t("agency.ranked"), Text: t("agency.ranked_yes")}
	if !a.Kind.Ranked() {
		ranked.Text = t("agency.ranked_no")
	}
	pairs = append(pairs, ranked)
	if a.Kind == agency.CentralVertical {
		pairs = append(pairs, ui.Pair{Name: t("agency.basis"), Text: t("agency.basis_central")})
	}
	return pairs
}

func (p *Pages) children(ctx context.Context, t ui.T, a *agency.Agency) (ui.TableProps, error) {
	props := ui.TableProps{
		Caption: t("agency.children"), Columns: []ui.Column{{Label: t("agency.col_agency")}, {Label: t("agency.col_kind")}, {Label: t("agency.col_state")}},
		Empty: ui.Empty{Icon: ui.IconTree, Title: t("agency.children_none")},
	}
	list, err := p.agencies.List(ctx, agency.Filter{Parent: a.Code})
	if err != nil {
		return props, err
	}
	for _, c := range list {
		props.Rows = append(props.Rows, ui.Cells(ui.LinkTwo(c.Name, path(c.Code), c.Code), ui.Text(t("agency.kind."+string(c.Kind))), ui.Badge(stateOf(t, c, p.clock.Now()))))
	}
	return props, nil
}

// stewardForm is a designation as a person types it.
type stewardForm struct {
	Name      string `form:"name"`
	Account   string `form:"account"`
	Decision  string `form:"decision"`
	Datasets  string `form:"datasets"`
	Deputy    string `form:"deputy"`
	ValidFrom string `form:"valid_from"`
	ValidTo   string `form:"valid_to"`
}

func (p *Pages) designate(w http.ResponseWriter, r *http.Request) error {
	var form stewardForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	from, wrongFrom := day("valid_from", form.ValidFrom)
	to, wrongTo := day("valid_to", form.ValidTo)
	err := fault.Collect(wrongFrom, wrongTo)
	if err == nil {
		_, err = p.agencies.Designate(r.Context(), agency.Steward{
			Agency: r.PathValue("code"), Account: form.Account, Name: form.Name, Decision: form.Decision,
			Datasets: codes(form.Datasets), Deputy: form.Deputy, ValidFrom: from, ValidTo: to,
		})
	}
	if err != nil {
		return p.detail(w, r, form, err)
	}
	http.Redirect(w, r, path(r.PathValue("code")), http.StatusSeeOther)
	return nil
}

// codes reads codes that stand in one text, parted by commas, semicolons or spaces.
func codes(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ';' || c <= ' ' })
}

func (p *Pages) endDesignation(w http.ResponseWriter, r *http.Request) error {
	if err := p.agencies.EndDesignation(r.Context(), r.PathValue("code"), r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r, path(r.PathValue("code")), http.StatusSeeOther)
	return nil
}

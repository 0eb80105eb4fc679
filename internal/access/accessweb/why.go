package accessweb

import (
	"context"
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

type whyIn struct {
	ID string `path:"id" maxLength:"100" doc:"X-Request-Id of the call's answer"`
}

type whyOut struct{ Body access.Why }

func (p *Pages) opWhy(ctx context.Context, in *whyIn) (*whyOut, error) {
	w, err := p.access.Why(ctx, in.ID)
	return &whyOut{w}, err
}

// showWhy explains a decision by its id; without one it asks for it.
func (p *Pages) showWhy(w http.ResponseWriter, r *http.Request) error {
	t, id := p.shell.T(r), strings.TrimSpace(r.URL.Query().Get("id"))
	v := whyView{T: t, Head: ui.Head{Title: t("access.why"), Lead: t("access.why_lead")}, ID: ui.Field{Name: "id", Label: t("access.why_id"), Hint: t("access.why_hint"), Value: id, MaxLength: 100}}
	page := web.Page{Title: t("access.why"), Crumbs: []ui.Crumb{{Label: t("access.why")}}}
	if id != "" {
		why, err := p.access.Why(r.Context(), id)
		switch {
		case fault.Is(err, "access.decision_not_found"):
			v.ID.Error, page.Status = t("access.decision_not_found", id), http.StatusNotFound
		case err != nil:
			return err
		default:
			p.explain(r, t, &v, why)
		}
	}
	page.Body = whyPage(v)
	return p.shell.Render(w, r, page)
}

// explain puts a decision into words.
func (p *Pages) explain(r *http.Request, t ui.T, v *whyView, why access.Why) {
	ctx := r.Context()
	v.Result = &ui.Note{Tone: ui.Good, Title: t("access.why_allowed")}
	if !why.Allowed {
		v.Result = &ui.Note{Tone: ui.Bad, Title: t("access.why_denied", t("access.check."+why.Check)), Text: why.Code}
	}
	v.Facts = []ui.Pair{
		{Name: t("access.why_at"), Text: i18n.DateTime(why.At)}, {Name: t("access.why_caller"), Value: ui.Two(why.Caller, p.registers.Agency(ctx, why.Agency))},
		{Name: t("access.col_dataset"), Text: nameIn(p.registers.Datasets(ctx), why.Dataset)}, {Name: t("access.col_purposes"), Text: nameIn(p.purposeNames(ctx), why.Purpose)},
		{Name: t("access.grant_policy"), Text: why.Policy},
	}
	if len(why.Fields) > 0 {
		v.Facts = append(v.Facts, ui.Pair{Name: t("access.col_columns"), Text: strings.Join(why.Fields, ", ")})
	}
	if g := why.Grant; g != nil {
		v.Facts = append(v.Facts, ui.Pair{Name: t("access.why_grant"), Value: ui.Link(g.Number, "/access/grants/"+g.ID), Help: validity(t, *g)}, ui.Pair{Name: t("access.col_request"), Value: p.requestCell(r, t, *g)})
	} else {
		v.Facts = append(v.Facts, ui.Pair{Name: t("access.why_grant"), Text: t("access.why_no_grant")})
	}
	if why.Dataset == access.UnknownWord {
		v.Facts[2].Text = t("access.why_untold")
	}
	v.Checks = ui.TableProps{Caption: t("access.why_checks"), Columns: []ui.Column{{Label: t("access.why_check")}, {Label: t("access.why_end")}, {Label: t("access.why_saw")}}}
	for _, c := range why.Checks {
		state := ui.State{Label: t("access.why_end." + string(c.State)), Tone: ui.Neutral}
		switch c.State {
		case access.CheckPassed:
			state.Tone = ui.Good
		case access.CheckFailed:
			state.Tone = ui.Bad
		}
		v.Checks.Rows = append(v.Checks.Rows, ui.Cells(ui.Text(t("access.check."+string(c.Check))), ui.Badge(state), ui.Text(c.Saw)))
	}
}

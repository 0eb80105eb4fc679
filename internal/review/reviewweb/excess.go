package reviewweb

import (
	"context"
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/review"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const excessOnPage = 50

func (p *Pages) listExcess(w http.ResponseWriter, r *http.Request) error {
	ctx, t, q := r.Context(), p.shell.T(r), r.URL.Query()
	kept := q.Get("kept") != ""
	all, err := p.review.ListExcess(ctx, review.ExcessFilter{After: q.Get("after"), WithKept: kept, Limit: excessOnPage + 1})
	if err != nil {
		return err
	}
	v := listView{Head: ui.Head{Title: t("review.excess"), Lead: t("review.excess_lead")}, Label: t("review.excess"), Tabs: []ui.Tab{
		{Label: t("review.excess_todo"), Path: excessPath, Current: !kept}, {Label: t("review.excess_all"), Path: excessPath + "?kept=1", Current: kept},
	}}
	v.Table = ui.TableProps{
		Caption: t("review.excess"), Columns: []ui.Column{{Label: t("review.col_grant")}, {Label: t("review.col_holder")}, {Label: t("review.col_found")}, {Label: t("review.col_last_use")}},
		Empty: ui.Empty{Icon: ui.IconRules, Title: t("review.excess_none"), Text: t("review.excess_none_text")},
	}
	if len(all) > excessOnPage {
		all = all[:excessOnPage]
		next := excessPath + "?after=" + all[excessOnPage-1].Number
		if kept {
			next += "&kept=1"
		}
		v.Table.Pages = &ui.PageLinks{Next: next}
	}
	names := p.registers.Datasets(ctx)
	for _, e := range all {
		v.Table.Rows = append(v.Table.Rows, ui.Cells(ui.LinkTwo(nameIn(names, e.Dataset), excessPath+"/"+e.Grant, e.Number), ui.Text(p.registers.Agency(ctx, e.Agency)), found(t, e), ui.Text(lastUse(t, e.LastUse))))
	}
	return p.shell.Render(w, r, web.Page{Title: t("review.excess"), Crumbs: []ui.Crumb{{Label: t("review.excess")}}, Body: listPage(v)})
}

// found says in a line what is too much, and what became of it.
func found(t ui.T, e review.Excess) templ.Component {
	parts := []templ.Component{ui.Text(foundText(t, e))}
	switch {
	case e.AskState != "":
		parts = append(parts, ui.Badge(ui.State{Label: t("review.ask_state.open"), Tone: ui.Info}))
	case e.Kept != nil:
		parts = append(parts, ui.Muted(t("review.kept_until", i18n.Date(e.Kept.Until))))
	}
	return ui.Lines(parts...)
}

func foundText(t ui.T, e review.Excess) string {
	if e.Unused {
		return t("review.all_unused")
	}
	var parts []string
	if len(e.Fields) > 0 {
		parts = append(parts, t("review.fields_unused", len(e.Fields), strings.Join(e.Fields, ", ")))
	}
	for _, q := range e.Quotas {
		parts = append(parts, t("review.quota_high", t("review.quota."+q.Name), i18n.Number(q.Granted), i18n.Number(q.Peak)))
	}
	return strings.Join(parts, "; ")
}

func (p *Pages) showExcess(w http.ResponseWriter, r *http.Request) error {
	return p.oneExcess(w, r, "", "", nil)
}

type reasonForm struct {
	Reason string `form:"reason"`
}

func (p *Pages) narrowExcess(w http.ResponseWriter, r *http.Request) error {
	return p.actOnExcess(w, r, "narrow", func(ctx context.Context, grant, reason string) (string, error) {
		a, err := p.review.AskByExcess(ctx, grant, reason)
		return asksPath + "/" + a.ID, err
	})
}

func (p *Pages) keepExcess(w http.ResponseWriter, r *http.Request) error {
	return p.actOnExcess(w, r, "keep", func(ctx context.Context, grant, reason string) (string, error) {
		_, err := p.review.KeepExcess(ctx, grant, reason)
		return excessPath, err
	})
}

func (p *Pages) actOnExcess(w http.ResponseWriter, r *http.Request, verb string, do func(ctx context.Context, grant, reason string) (string, error)) error {
	var form reasonForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	next, err := do(r.Context(), r.PathValue("grant"), form.Reason)
	if err != nil {
		return p.oneExcess(w, r, verb, form.Reason, err)
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// oneExcess shows what of one grant is not used, with the proposal and the way to leave it as it is.
func (p *Pages) oneExcess(w http.ResponseWriter, r *http.Request, verb, typed string, refusal error) error {
	errs, status, err := p.refusedForm(r, refusal)
	if err != nil {
		return err
	}
	ctx, t, who := r.Context(), p.shell.T(r), access.ActorOf(r.Context())
	e, err := p.review.FindExcess(ctx, r.PathValue("grant"))
	if err != nil {
		return err
	}
	proposal := narrowText(t, e.Proposal())
	if e.Unused {
		proposal = t("review.propose_end")
	}
	pairs := []ui.Pair{
		{Name: t("review.col_grant"), Value: grantLink(e.Number, e.Grant)}, {Name: t("review.col_holder"), Text: p.registers.Agency(ctx, e.Agency)},
		{Name: t("review.col_found"), Text: foundText(t, e)}, {Name: t("review.since"), Value: ui.Day(e.Since)}, {Name: t("review.col_last_use"), Text: lastUse(t, e.LastUse)},
		{Name: t("review.proposal"), Text: proposal},
	}
	v := oneView{Head: ui.Head{Eyebrow: e.Number, Title: nameIn(p.registers.Datasets(ctx), e.Dataset), Lead: t("review.excess_one")}, Cards: []cardView{{Card: ui.CardProps{Title: t("review.finding")}, Pairs: pairs}}}
	if e.Kept != nil {
		v.Notes = append(v.Notes, ui.Note{Tone: ui.Info, Title: t("review.kept_until", i18n.Date(e.Kept.Until)), Text: e.Kept.Reason + " – " + e.Kept.ByName})
	}
	switch {
	case e.AskState != "":
		v.Notes = append(v.Notes, ui.Note{Tone: ui.Info, Title: t("review.waits"), Text: t("review.waits_text")})
	case who.CanFor(access.ReviewAnswer, e.Owner):
		for _, x := range []string{"narrow", "keep"} {
			text, of := typed, errs
			if x != verb {
				text, of = "", ui.FormErrors{}
			}
			v.Cards = append(v.Cards, cardView{
				Card: ui.CardProps{ID: x, Title: t("review.excess_" + x), Lead: t("review.excess_" + x + "_lead")},
				Form: &formView{Form: ui.FormProps{Action: excessPath + "/" + e.Grant + "/" + x, Submit: t("review.excess_" + x + "_do"), Errors: of}, Text: []ui.Field{reasonField(t, "reason", "review.reason", text, of)}},
			})
		}
	}
	return p.shell.Render(w, r, web.Page{Title: e.Number, Crumbs: []ui.Crumb{{Label: t("review.excess"), Path: excessPath}, {Label: e.Number}}, Body: onePage(v), Status: status})
}

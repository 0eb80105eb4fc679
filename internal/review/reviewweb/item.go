package reviewweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/review"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

func (p *Pages) showItem(w http.ResponseWriter, r *http.Request) error {
	return p.item(w, r, oneAnswer{}, nil)
}

// oneAnswer is the answer for one grant as it is typed.
type oneAnswer struct {
	Verdict string   `form:"verdict"`
	Reason  string   `form:"reason"`
	Drop    []string `form:"drop"`
	quotaForm
}

// quotaForm are lower quotas as they are typed; empty leaves one as it is.
type quotaForm struct {
	CallsPerDay   int64 `form:"calls_per_day"`
	RecordsPerDay int64 `form:"records_per_day"`
	PersonsPerDay int64 `form:"persons_per_day"`
}

func (q quotaForm) narrowing(drop []string) access.Narrowing {
	return access.Narrowing{Drop: drop, CallsPerDay: q.CallsPerDay, RecordsPerDay: q.RecordsPerDay, PersonsPerDay: q.PersonsPerDay}
}

func (p *Pages) answerItem(w http.ResponseWriter, r *http.Request) error {
	var form oneAnswer
	if err := web.Decode(r, &form); err != nil {
		return p.item(w, r, form, err)
	}
	id := r.PathValue("id")
	a := review.Answer{Items: []string{r.PathValue("item")}, Verdict: review.Verdict(form.Verdict), Reason: form.Reason}
	if a.Verdict == review.Narrow {
		a.Narrow = form.quotaForm.narrowing(form.Drop)
	}
	if _, err := p.review.Answer(r.Context(), id, a); err != nil {
		return p.item(w, r, form, err)
	}
	http.Redirect(w, r, campaignsPath+"/"+id, http.StatusSeeOther)
	return nil
}

// findItem finds one grant of a review as far as the reader is concerned.
func (p *Pages) findItem(ctx context.Context, campaign, id string) (review.Item, error) {
	return p.review.FindItem(ctx, campaign, id)
}

// item shows one grant under review: what it gives, what of it is used, and the answer.
func (p *Pages) item(w http.ResponseWriter, r *http.Request, form oneAnswer, refusal error) error {
	errs, status, err := p.refusedForm(r, refusal)
	if err != nil {
		return err
	}
	ctx, t := r.Context(), p.shell.T(r)
	i, err := p.findItem(ctx, r.PathValue("id"), r.PathValue("item"))
	if err != nil {
		return err
	}
	c, err := p.review.FindCampaign(ctx, i.Campaign)
	if err != nil {
		return err
	}
	g, err := p.access.FindGrant(ctx, i.Grant)
	if err != nil && fault.Of(err).Kind != fault.NotFound {
		return err
	}
	uses, err := p.review.Uses(ctx, i.Grant)
	if err != nil {
		return err
	}
	state := itemState(t, i.State)
	v := oneView{Head: ui.Head{Eyebrow: c.Number + " · " + i.Number, Title: nameIn(p.registers.Datasets(ctx), i.Dataset), State: &state}}
	v.Cards = append(v.Cards, cardView{Card: ui.CardProps{Title: t("review.use"), Lead: t("review.use_lead"), Flush: true}, Table: useTable(t, g, uses)})
	if p.review.Mine(ctx, i) {
		v.Cards = append(v.Cards, cardView{Card: ui.CardProps{ID: "answer", Title: t("review.answer_one")}, Form: itemForm(t, c, i, g, form, errs)})
	}
	if i.Reason != "" {
		v.Notes = append(v.Notes, ui.Note{Tone: ui.Info, Title: t("review.answered_by", i.ByName), Text: i.Reason})
	}
	v.Aside = []cardView{{Card: ui.CardProps{Title: t("review.grant")}, Pairs: p.itemFacts(ctx, t, i, g)}}
	return p.shell.Render(w, r, web.Page{
		Title: i.Number, Body: onePage(v), Status: status,
		Crumbs: []ui.Crumb{{Label: t("review.campaigns"), Path: campaignsPath}, {Label: c.Number, Path: campaignsPath + "/" + c.ID}, {Label: i.Number}},
	})
}

func (p *Pages) itemFacts(ctx context.Context, t ui.T, i review.Item, g access.Grant) []ui.Pair {
	pairs := []ui.Pair{
		{Name: t("review.col_grant"), Value: grantLink(i.Number, i.Grant)}, {Name: t("review.col_holder"), Value: ui.Two(p.subject(ctx, t, i.Subject), p.registers.Agency(ctx, i.Agency))},
		{Name: t("review.col_reviewer"), Text: p.registers.Agency(ctx, i.Reviewer)}, {Name: t("review.level"), Text: t("access.level." + string(i.Level))},
	}
	if g.ID != "" {
		pairs = append(pairs, ui.Pair{Name: t("review.validity"), Text: t("access.from_to", i18n.Date(g.ValidFrom), i18n.Date(g.ValidTo))}, ui.Pair{Name: t("review.basis"), Text: g.LegalBasis})
	}
	if i.Ask != "" {
		pairs = append(pairs, ui.Pair{Name: t("review.ask"), Value: ui.Link(t("review.see_ask"), asksPath+"/"+i.Ask)})
	}
	return pairs
}

// useTable says of each field when it left last.
func useTable(t ui.T, g access.Grant, uses map[string]string) *ui.TableProps {
	props := &ui.TableProps{
		Caption: t("review.use"), Columns: []ui.Column{{Label: t("review.col_field")}, {Label: t("review.col_mask")}, {Label: t("review.col_last_use")}},
		Empty: ui.Empty{Icon: ui.IconHidden, Title: t("review.no_fields"), Text: t("review.no_fields_text")},
	}
	for _, c := range g.Columns {
		mask := "none"
		if c.Mask != access.MaskNone {
			mask = string(c.Mask)
		}
		props.Rows = append(props.Rows, ui.Cells(ui.Mono(c.Name), ui.Text(t("access.mask."+mask)), ui.Text(lastUse(t, uses[c.Out()]))))
	}
	return props
}

// lastUse says a day of the store as people write it.
func lastUse(t ui.T, day string) string {
	if len(day) != len("2026-01-02") {
		return t("review.never_used")
	}
	return day[8:] + "/" + day[5:7] + "/" + day[:4]
}

func itemForm(t ui.T, c review.Campaign, i review.Item, g access.Grant, form oneAnswer, errs ui.FormErrors) *formView {
	f := &formView{Form: ui.FormProps{Action: campaignsPath + "/" + c.ID + "/items/" + i.ID, Submit: t("review.answer_do"), Icon: ui.IconSend, Errors: errs, Cancel: campaignsPath + "/" + c.ID}}
	verdict := ui.Choice{Field: ui.Field{Name: "verdict", Label: t("review.verdict"), Value: form.Verdict, Error: errs.Of("verdict"), Required: true}}
	for _, x := range []review.Verdict{review.Keep, review.Narrow, review.Revoke} {
		verdict.Options = append(verdict.Options, ui.Option{Value: string(x), Label: t("review.verdict." + string(x)), Hint: t("review.verdict_hint." + string(x))})
	}
	f.Radios = []ui.Choice{verdict}
	f.Boxes = []ui.Choice{dropChoice(t, g, form.Drop, errs)}
	f.Numbers = quotaFields(t, g, form.quotaForm, errs)
	f.Text = []ui.Field{reasonField(t, "reason", "review.reason", form.Reason, errs)}
	return f
}

// dropChoice are the fields of a grant, of which some can be taken away.
func dropChoice(t ui.T, g access.Grant, chosen []string, errs ui.FormErrors) ui.Choice {
	text := errs.Of("drop")
	if text == "" {
		text = errs.Of("narrow")
	}
	out := ui.Choice{Field: ui.Field{Name: "drop", Label: t("review.drop"), Hint: t("review.drop_hint"), Error: text}}
	on := map[string]bool{}
	for _, name := range chosen {
		on[name] = true
	}
	for _, c := range g.Columns {
		out.Options = append(out.Options, ui.Option{Value: c.Name, Label: c.Name, On: on[c.Name]})
	}
	return out
}

func quotaFields(t ui.T, g access.Grant, form quotaForm, errs ui.FormErrors) []ui.Field {
	var out []ui.Field
	for _, q := range []struct {
		name       string
		now, typed int64
	}{
		{"calls_per_day", g.Conditions.CallsPerDay, form.CallsPerDay}, {"records_per_day", g.Conditions.RecordsPerDay, form.RecordsPerDay}, {"persons_per_day", g.Conditions.PersonsPerDay, form.PersonsPerDay},
	} {
		if q.now == 0 {
			continue
		}
		f := ui.Field{Name: q.name, Label: t("review.quota." + q.name), Hint: t("review.quota_now", i18n.Number(q.now)), Error: errs.Of(q.name), Optional: true, Short: true, InputMode: "numeric"}
		if q.typed > 0 {
			f.Value = i18n.Number(q.typed)
		}
		out = append(out, f)
	}
	return out
}

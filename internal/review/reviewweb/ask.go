package reviewweb

import (
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/review"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

const asksOnPage = 50

func (p *Pages) listAsks(w http.ResponseWriter, r *http.Request) error {
	ctx, t, q := r.Context(), p.shell.T(r), r.URL.Query()
	state := review.AskState(q.Get("state"))
	all, err := p.review.ListAsks(ctx, review.AskFilter{State: state, After: q.Get("after"), Limit: asksOnPage + 1})
	if err != nil {
		return err
	}
	v := listView{Head: ui.Head{Title: t("review.asks"), Lead: t("review.asks_lead")}, Label: t("review.asks")}
	for _, s := range []review.AskState{"", review.AskOpen, review.AskDone, review.AskRefused} {
		tab := ui.Tab{Label: t("review.tab_all"), Path: asksPath, Current: s == state}
		if s != "" {
			tab.Label, tab.Path = t("review.ask_state."+string(s)), asksPath+"?state="+string(s)
		}
		v.Tabs = append(v.Tabs, tab)
	}
	v.Table = ui.TableProps{
		Caption: t("review.asks"),
		Columns: []ui.Column{{Label: t("review.col_ask")}, {Label: t("review.col_dataset")}, {Label: t("review.col_asker")}, {Label: t("review.col_due")}, {Label: t("review.col_state")}},
		Empty:   ui.Empty{Icon: ui.IconSend, Title: t("review.asks_none"), Text: t("review.asks_none_text"), Action: &ui.Action{Label: t("access.grants"), Path: "/access/grants", Icon: ui.IconGrant}},
	}
	if len(all) > asksOnPage {
		all = all[:asksOnPage]
		next := asksPath + "?after=" + all[asksOnPage-1].ID
		if state != "" {
			next += "&state=" + string(state)
		}
		v.Table.Pages = &ui.PageLinks{Next: next}
	}
	names := p.registers.Datasets(ctx)
	for _, a := range all {
		v.Table.Rows = append(v.Table.Rows, ui.Cells(ui.LinkTwo(t("review.ask_kind."+string(a.Kind)), asksPath+"/"+a.ID, a.Number), ui.Text(nameIn(names, a.Dataset)),
			ui.Two(a.ByName, p.registers.Agency(ctx, a.ByAgency)), ui.Day(a.DueAt), ui.Badge(askState(t, a))))
	}
	return p.shell.Render(w, r, web.Page{Title: t("review.asks"), Crumbs: []ui.Crumb{{Label: t("review.asks")}}, Body: listPage(v)})
}

// askingForm is a request as it is typed.
type askingForm struct {
	Grant  string   `form:"grant"`
	Kind   string   `form:"kind"`
	Reason string   `form:"reason"`
	Drop   []string `form:"drop"`
	quotaForm
}

func (p *Pages) askForm(w http.ResponseWriter, r *http.Request) error {
	return p.asking(w, r, askingForm{Grant: r.URL.Query().Get("grant")}, nil)
}

func (p *Pages) ask(w http.ResponseWriter, r *http.Request) error {
	var form askingForm
	if err := web.Decode(r, &form); err != nil {
		return p.asking(w, r, form, err)
	}
	in := review.Asking{Grant: form.Grant, Kind: review.AskKind(form.Kind), Reason: form.Reason}
	if in.Kind == review.AskNarrow {
		in.Narrow = form.quotaForm.narrowing(form.Drop)
	}
	a, err := p.review.Ask(r.Context(), in)
	if err != nil {
		return p.asking(w, r, form, err)
	}
	http.Redirect(w, r, asksPath+"/"+a.ID, http.StatusSeeOther)
	return nil
}

// asking shows the form about one grant.
func (p *Pages) asking(w http.ResponseWriter, r *http.Request, form askingForm, refusal error) error {
	errs, status, err := p.refusedForm(r, refusal)
	if err != nil {
		return err
	}
	ctx, t := r.Context(), p.shell.T(r)
	g, err := p.access.FindGrant(ctx, form.Grant)
	if err != nil {
		return err
	}
	uses, err := p.review.Uses(ctx, g.ID)
	if err != nil {
		return err
	}
	kind := ui.Choice{Field: ui.Field{Name: "kind", Label: t("review.what_ask"), Value: form.Kind, Error: errs.Of("kind"), Required: true}}
	kinds := []review.AskKind{review.AskNarrow, review.AskSuspend, review.AskEnd}
	if g.HeldBy != "" {
		kinds = []review.AskKind{review.AskResume, review.AskNarrow, review.AskEnd}
	}
	for _, k := range kinds {
		kind.Options = append(kind.Options, ui.Option{Value: string(k), Label: t("review.ask_kind." + string(k)), Hint: t("review.ask_hint." + string(k))})
	}
	f := &formView{
		Form:   ui.FormProps{Action: "/reviews/ask", Submit: t("review.ask_do"), Icon: ui.IconSend, Errors: errs, Hidden: []ui.Hidden{{Name: "grant", Value: g.ID}}, Cancel: "/access/grants/" + g.ID},
		Radios: []ui.Choice{kind}, Boxes: []ui.Choice{dropChoice(t, g, form.Drop, errs)}, Numbers: quotaFields(t, g, form.quotaForm, errs),
		Text: []ui.Field{reasonField(t, "reason", "review.reason", form.Reason, errs)},
	}
	v := oneView{
		Head:  ui.Head{Eyebrow: g.Number, Title: t("review.ask_title", nameIn(p.registers.Datasets(ctx), g.Dataset)), Lead: t("review.ask_lead")},
		Cards: []cardView{{Card: ui.CardProps{Title: t("review.ask")}, Form: f}},
		Aside: []cardView{{Card: ui.CardProps{Title: t("review.use"), Flush: true}, Table: useTable(t, g, uses)}},
	}
	return p.shell.Render(w, r, web.Page{
		Title: t("review.ask"), Body: onePage(v), Status: status,
		Crumbs: []ui.Crumb{{Label: t("access.grants"), Path: "/access/grants"}, {Label: g.Number, Path: "/access/grants/" + g.ID}, {Label: t("review.ask")}},
	})
}

func (p *Pages) showAsk(w http.ResponseWriter, r *http.Request) error {
	return p.oneAsk(w, r, "", "", nil)
}

type resolveForm struct {
	Answer string `form:"answer"`
}

func (p *Pages) confirmAsk(w http.ResponseWriter, r *http.Request) error {
	return p.resolve(w, r, "confirm")
}

func (p *Pages) refuseAsk(w http.ResponseWriter, r *http.Request) error {
	return p.resolve(w, r, "refuse")
}

func (p *Pages) resolve(w http.ResponseWriter, r *http.Request, verb string) error {
	var form resolveForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	do := p.review.Confirm
	if verb == "refuse" {
		do = p.review.Refuse
	}
	id := r.PathValue("id")
	if _, err := do(r.Context(), id, form.Answer); err != nil {
		return p.oneAsk(w, r, verb, form.Answer, err)
	}
	http.Redirect(w, r, asksPath+"/"+id, http.StatusSeeOther)
	return nil
}

// oneAsk shows a request with its outcome; the operator gets the two ways to answer.
func (p *Pages) oneAsk(w http.ResponseWriter, r *http.Request, verb, typed string, refusal error) error {
	errs, status, err := p.refusedForm(r, refusal)
	if err != nil {
		return err
	}
	ctx, t, who := r.Context(), p.shell.T(r), access.ActorOf(r.Context())
	a, err := p.review.FindAsk(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	state := askState(t, a)
	v := oneView{Head: ui.Head{Eyebrow: a.Number, Title: t("review.ask_kind." + string(a.Kind)), Lead: a.Reason, State: &state}}
	pairs := []ui.Pair{
		{Name: t("review.col_grant"), Value: grantLink(a.Number, a.Grant)}, {Name: t("review.col_dataset"), Text: nameIn(p.registers.Datasets(ctx), a.Dataset)},
		{Name: t("review.col_holder"), Text: p.registers.Agency(ctx, a.Agency)}, {Name: t("review.col_asker"), Value: ui.Two(a.ByName, p.registers.Agency(ctx, a.ByAgency))},
		{Name: t("review.asked_at"), Value: ui.Moment(a.At)}, {Name: t("review.col_due"), Value: ui.Day(a.DueAt)},
	}
	if text := narrowText(t, a.Narrow); text != "" {
		pairs = append(pairs, ui.Pair{Name: t("review.taken_away"), Text: text})
	}
	if a.State != review.AskOpen {
		pairs = append(pairs, ui.Pair{Name: t("review.ask_answer"), Text: a.Answer, Help: a.AnswerName + " · " + i18n.DateTime(a.AnsweredAt)})
	}
	v.Cards = []cardView{{Card: ui.CardProps{Title: t("review.ask")}, Pairs: pairs}}
	switch {
	case a.State != review.AskOpen:
	case !who.Can(access.ReviewOpen):
		v.Notes = append(v.Notes, ui.Note{Tone: ui.Info, Title: t("review.waits"), Text: t("review.waits_text")})
	case a.By == who.ID:
		v.Notes = append(v.Notes, ui.Note{Tone: ui.Info, Title: t("review.own_ask_title"), Text: t("review.own_ask")})
	default:
		v.Cards = append(v.Cards, resolveCard(t, a, "confirm", verb, typed, errs), resolveCard(t, a, "refuse", verb, typed, errs))
	}
	return p.shell.Render(w, r, web.Page{Title: a.Number, Crumbs: []ui.Crumb{{Label: t("review.asks"), Path: asksPath}, {Label: a.Number}}, Body: onePage(v), Status: status})
}

// resolveCard is one way to answer; what was typed stands in the form that was sent.
func resolveCard(t ui.T, a review.Ask, verb, sent, typed string, errs ui.FormErrors) cardView {
	if verb != sent {
		typed, errs = "", ui.FormErrors{}
	}
	field := reasonField(t, "answer", "review.answer_"+verb, typed, errs)
	return cardView{
		Card: ui.CardProps{ID: verb, Title: t("review." + verb), Lead: t("review." + verb + "_lead")},
		Form: &formView{Form: ui.FormProps{Action: asksPath + "/" + a.ID + "/" + verb, Submit: t("review." + verb + "_do"), Danger: verb == "confirm" && a.Kind == review.AskEnd, Errors: errs}, Text: []ui.Field{field}},
	}
}

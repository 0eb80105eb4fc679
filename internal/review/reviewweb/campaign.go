package reviewweb

import (
	"net/http"
	"net/url"

	"lienthong/internal/access"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/review"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

const campaignsPage, itemsPage = 50, 100

func (p *Pages) listCampaigns(w http.ResponseWriter, r *http.Request) error {
	return p.campaigns(w, r, openForm{Class: "protected"}, nil)
}

// openForm is a review as it is typed.
type openForm struct {
	Class   string `form:"class"`
	Owner   string `form:"owner"`
	Agency  string `form:"agency"`
	Dataset string `form:"dataset"`
	Days    int64  `form:"days"`
	Note    string `form:"note"`
}

func (f openForm) opening() review.Opening {
	o := review.Opening{Note: f.Note, Days: f.Days, Scope: review.Scope{Owner: f.Owner, Agency: f.Agency, Dataset: f.Dataset}}
	switch f.Class {
	case "protected", "other":
		o.Scope.Class = f.Class
	case "all":
		o.Scope.Everybody = f.Owner == "" && f.Agency == "" && f.Dataset == ""
	}
	return o
}

func (p *Pages) openCampaign(w http.ResponseWriter, r *http.Request) error {
	var form openForm
	if err := web.Decode(r, &form); err != nil {
		return p.campaigns(w, r, form, err)
	}
	c, err := p.review.Open(r.Context(), form.opening())
	if err != nil {
		return p.campaigns(w, r, form, err)
	}
	http.Redirect(w, r, campaignsPath+"/"+c.ID, http.StatusSeeOther)
	return nil
}

// campaigns shows the list, with the form for those who open reviews.
func (p *Pages) campaigns(w http.ResponseWriter, r *http.Request, form openForm, refusal error) error {
	errs, status, err := p.refusedForm(r, refusal)
	if err != nil {
		return err
	}
	after := r.URL.Query().Get("after")
	all, err := p.review.ListCampaigns(r.Context(), review.CampaignFilter{After: after, Limit: campaignsPage + 1})
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	v := listView{
		Head:  ui.Head{Title: t("review.campaigns"), Lead: t("review.campaigns_lead"), Actions: []ui.Action{{Label: t("review.settings"), Path: "/reviews/settings", Icon: ui.IconSettings, Kind: ui.Quiet}}},
		Table: p.campaignTable(r, t, all),
	}
	if access.ActorOf(r.Context()).Can(access.ReviewOpen) {
		v.Below, v.Form = ui.CardProps{ID: "open", Title: t("review.open"), Lead: t("review.open_lead")}, openFields(t, form, errs)
	}
	return p.shell.Render(w, r, web.Page{Title: t("review.campaigns"), Crumbs: []ui.Crumb{{Label: t("review.campaigns")}}, Body: listPage(v), Status: status})
}

func (p *Pages) campaignTable(r *http.Request, t ui.T, all []review.Campaign) ui.TableProps {
	props := ui.TableProps{
		Caption: t("review.campaigns"),
		Columns: []ui.Column{{Label: t("review.col_campaign")}, {Label: t("review.col_progress")}, {Label: t("review.col_due")}, {Label: t("review.col_state")}},
		Empty:   ui.Empty{Icon: ui.IconReview, Title: t("review.none"), Text: t("review.none_text")},
	}
	if len(all) > campaignsPage {
		all = all[:campaignsPage]
		props.Pages = &ui.PageLinks{Next: campaignsPath + "?after=" + all[campaignsPage-1].ID}
	}
	for _, c := range all {
		note := t("review.answered_of", c.Counts.Answered(), c.Counts.Total)
		if c.Counts.Suspended > 0 {
			note += " · " + t("review.suspended_n", c.Counts.Suspended)
		}
		row := ui.Cells(ui.LinkTwo(p.title(r.Context(), t, c), campaignsPath+"/"+c.ID, c.Number), ui.Text(note), ui.Day(c.DueAt), ui.Badge(campaignState(t, c)))
		if c.State == review.Running && p.clock.Now().After(c.DueAt) {
			row.Tone = ui.Warn
		}
		props.Rows = append(props.Rows, row)
	}
	return props
}

func openFields(t ui.T, form openForm, errs ui.FormErrors) *openView {
	field := func(name, label, hint, value string) ui.Field {
		return ui.Field{Name: name, Label: t(label), Hint: hint, Value: value, Error: errs.Of(name), Optional: true, MaxLength: 200, Short: true}
	}
	days := ""
	if form.Days > 0 {
		days = i18n.Number(form.Days)
	}
	v := &openView{
		Form:    ui.FormProps{Action: campaignsPath, Submit: t("review.open_do"), Icon: ui.IconStart, Errors: errs},
		Class:   ui.Choice{Field: ui.Field{Name: "class", Label: t("review.which"), Value: form.Class, Error: errs.Of("scope"), Required: true}},
		Owner:   field("owner", "review.f_owner", t("review.f_code"), form.Owner),
		Agency:  field("agency", "review.f_agency", t("review.f_code"), form.Agency),
		Dataset: field("dataset", "review.f_dataset", t("review.f_dataset_ex"), form.Dataset),
		Days:    field("days", "review.f_days", t("review.f_days_hint"), days),
		Note:    reasonField(t, "note", "review.f_note", form.Note, errs),
	}
	v.Days.Type, v.Days.InputMode = "number", "numeric"
	for _, x := range []string{"protected", "other", "all"} {
		v.Class.Options = append(v.Class.Options, ui.Option{Value: x, Label: t("review.class." + x), Hint: t("review.class_hint." + x)})
	}
	return v
}

func (p *Pages) showCampaign(w http.ResponseWriter, r *http.Request) error {
	return p.campaign(w, r, answerForm{}, nil)
}

// answerForm is an answer for several grants as it is typed.
type answerForm struct {
	Items   []string `form:"items"`
	Verdict string   `form:"verdict"`
	Reason  string   `form:"reason"`
}

func (p *Pages) answerItems(w http.ResponseWriter, r *http.Request) error {
	var form answerForm
	if err := web.Decode(r, &form); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, err := p.review.Answer(r.Context(), id, review.Answer{Items: form.Items, Verdict: review.Verdict(form.Verdict), Reason: form.Reason}); err != nil {
		return p.campaign(w, r, form, err)
	}
	http.Redirect(w, r, campaignsPath+"/"+id, http.StatusSeeOther)
	return nil
}

// campaign shows one review; who has something to answer gets the form around the list.
func (p *Pages) campaign(w http.ResponseWriter, r *http.Request, form answerForm, refusal error) error {
	errs, status, err := p.refusedForm(r, refusal)
	if err != nil {
		return err
	}
	ctx, t, q := r.Context(), p.shell.T(r), r.URL.Query()
	c, err := p.review.FindCampaign(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	standings, err := p.review.Standings(ctx, c.ID)
	if err != nil {
		return err
	}
	f := review.ItemFilter{Campaign: c.ID, State: review.ItemState(q.Get("state")), Reviewer: q.Get("reviewer"), After: q.Get("after"), Limit: itemsPage + 1}
	items, err := p.review.ListItems(ctx, f)
	if err != nil {
		return err
	}
	state := campaignState(t, c)
	v := campaignView{
		T: t, Head: ui.Head{Eyebrow: c.Number, Title: p.title(ctx, t, c), State: &state, Lead: c.Note}, Tiles: tiles(t, c), Tabs: stateTabs(t, c, f),
		Facts: p.campaignFacts(t, c), Reviewers: p.standingTable(r, t, c, standings),
		Meter: ui.Meter{Label: t("review.progress"), Value: c.Counts.Answered(), Max: max(c.Counts.Total, 1), Text: t("review.answered_of", c.Counts.Answered(), c.Counts.Total)},
	}
	v.Head.Actions = []ui.Action{{Label: t("review.result"), Path: campaignsPath + "/" + c.ID + "/result.xlsx", Icon: ui.IconDownload, Kind: ui.Secondary}}
	mine := false
	for _, i := range items {
		mine = mine || p.review.Mine(ctx, i)
	}
	v.Items = p.itemTable(r, t, c, f, items, mine, form.Items)
	if mine {
		v.Answer = answerFields(t, c, form, errs)
	}
	if c.Counts.Suspended > 0 {
		v.Note = &ui.Note{Tone: ui.Warn, Title: t("review.suspended_note", c.Counts.Suspended), Text: t("review.suspended_do")}
	}
	return p.shell.Render(w, r, web.Page{
		Title: c.Number, Crumbs: []ui.Crumb{{Label: t("review.campaigns"), Path: campaignsPath}, {Label: c.Number}}, Body: campaignPage(v), Status: status,
	})
}

func answerFields(t ui.T, c review.Campaign, form answerForm, errs ui.FormErrors) *answerView {
	v := &answerView{
		Form:    ui.FormProps{Action: campaignsPath + "/" + c.ID + "/answer", Submit: t("review.answer_do"), Icon: ui.IconSend, Errors: errs},
		Verdict: ui.Choice{Field: ui.Field{Name: "verdict", Label: t("review.verdict"), Value: form.Verdict, Error: errs.Of("verdict"), Required: true}},
		Reason:  reasonField(t, "reason", "review.reason", form.Reason, errs),
	}
	for _, x := range []review.Verdict{review.Keep, review.Revoke} {
		v.Verdict.Options = append(v.Verdict.Options, ui.Option{Value: string(x), Label: t("review.verdict." + string(x)), Hint: t("review.verdict_hint." + string(x))})
	}
	return v
}

func tiles(t ui.T, c review.Campaign) []ui.Tile {
	n := c.Counts
	return []ui.Tile{
		{Label: t("review.tile_open"), Value: i18n.Number(n.Open), Tone: toneIf(n.Open > 0, ui.Info)}, {Label: t("review.tile_kept"), Value: i18n.Number(n.Kept)},
		{Label: t("review.tile_less"), Value: i18n.Number(n.Narrowed + n.Revoked), Note: noteIf(n.Waiting > 0, t("review.waiting_n", n.Waiting))},
		{Label: t("review.tile_suspended"), Value: i18n.Number(n.Suspended), Tone: toneIf(n.Suspended > 0, ui.Bad)},
	}
}

func toneIf(on bool, tone ui.Tone) ui.Tone {
	if on {
		return tone
	}
	return ""
}

func noteIf(on bool, text string) string {
	if on {
		return text
	}
	return ""
}

// stateTabs part the grants by how they stand.
func stateTabs(t ui.T, c review.Campaign, f review.ItemFilter) []ui.Tab {
	path := func(state review.ItemState) string {
		q := url.Values{}
		if state != "" {
			q.Set("state", string(state))
		}
		if f.Reviewer != "" {
			q.Set("reviewer", f.Reviewer)
		}
		if len(q) == 0 {
			return campaignsPath + "/" + c.ID
		}
		return campaignsPath + "/" + c.ID + "?" + q.Encode()
	}
	tabs := []ui.Tab{{Label: t("review.tab_all"), Path: path(""), Current: f.State == ""}}
	for _, s := range []review.ItemState{review.ItemOpen, review.ItemKept, review.ItemNarrowed, review.ItemRevoked, review.ItemSuspended} {
		tabs = append(tabs, ui.Tab{Label: t("review.item." + string(s)), Path: path(s), Current: f.State == s})
	}
	return tabs
}

func (p *Pages) campaignFacts(t ui.T, c review.Campaign) []ui.Pair {
	pairs := []ui.Pair{
		{Name: t("review.col_due"), Value: ui.Day(c.DueAt), Help: t("review.due_help")}, {Name: t("review.opened"), Value: ui.Day(c.CreatedAt)}, {Name: t("review.by"), Text: c.ByName},
	}
	if !c.ClosedAt.IsZero() {
		pairs = append(pairs, ui.Pair{Name: t("review.closed"), Value: ui.Day(c.ClosedAt)})
	}
	return pairs
}

func (p *Pages) standingTable(r *http.Request, t ui.T, c review.Campaign, all []review.Standing) ui.TableProps {
	props := ui.TableProps{
		Caption: t("review.reviewers"), Columns: []ui.Column{{Label: t("review.col_reviewer")}, {Label: t("review.col_left"), Number: true}},
		Empty: ui.Empty{Icon: ui.IconAgency, Title: t("review.no_reviewer"), Text: t("review.no_reviewer_text")},
	}
	for _, s := range all {
		row := ui.Cells(ui.Link(p.registers.Agency(r.Context(), s.Agency), campaignsPath+"/"+c.ID+"?reviewer="+url.QueryEscape(s.Agency)), ui.Text(t("review.left_of", s.Open, s.Total)))
		props.Rows = append(props.Rows, row)
	}
	return props
}

// itemTable lists the grants; those that the reader may answer for can be chosen.
func (p *Pages) itemTable(r *http.Request, t ui.T, c review.Campaign, f review.ItemFilter, items []review.Item, choose bool, chosen []string) ui.TableProps {
	ctx, names := r.Context(), p.registers.Datasets(r.Context())
	props := ui.TableProps{
		Caption: t("review.items"), Columns: []ui.Column{{Label: t("review.col_grant")}, {Label: t("review.col_holder")}, {Label: t("review.col_state")}, {Label: t("review.col_answer")}},
		Empty: ui.Empty{Icon: ui.IconFilter, Title: t("review.items_none"), Text: t("review.items_none_text")},
	}
	if len(items) > itemsPage {
		items = items[:itemsPage]
		q := r.URL.Query()
		q.Set("after", items[itemsPage-1].Number)
		props.Pages = &ui.PageLinks{Next: campaignsPath + "/" + c.ID + "?" + q.Encode()}
	}
	on := map[string]bool{}
	for _, id := range chosen {
		on[id] = true
	}
	for _, i := range items {
		var reason templ.Component = ui.Muted("–")
		if i.Reason != "" {
			reason = ui.Two(i.Reason, i.ByName)
		}
		grant := ui.LinkTwo(nameIn(names, i.Dataset), campaignsPath+"/"+c.ID+"/items/"+i.ID, i.Number+" · "+t("access.level."+string(i.Level)))
		if choose && p.review.Mine(ctx, i) {
			grant = ui.Group(box("items", i.ID, t("review.choose_one", i.Number), on[i.ID]), grant)
		}
		props.Rows = append(props.Rows, ui.Cells(grant, ui.Two(p.subject(ctx, t, i.Subject), p.registers.Agency(ctx, i.Agency)), ui.Badge(itemState(t, i.State)), reason))
	}
	return props
}

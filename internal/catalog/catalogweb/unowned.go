package catalogweb

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// unownedReport is the report “Dữ liệu chưa rõ chủ quản” (Điều 20.2): what waits, and what was decided.
func (p *Pages) unownedReport(ctx context.Context, t ui.T) (pageView, error) {
	found, orphans, err := p.Catalog.WithoutOwner(ctx)
	if err != nil {
		return pageView{}, err
	}
	assigned, err := p.Catalog.Assigned(ctx)
	if err != nil {
		return pageView{}, err
	}
	who := access.ActorOf(ctx)
	open := ui.TableProps{
		Caption: t("catalog.report.unowned"), Columns: []ui.Column{{Label: t("catalog.unowned_what")}, {Label: t("catalog.unowned_why")}, {Label: t("catalog.unowned_proposed")}},
		Empty: ui.Empty{Icon: ui.IconSuccess, Title: t("catalog.report.unowned_none"), Text: t("catalog.report.unowned_none_text")},
	}
	for _, u := range found {
		open.Rows = append(open.Rows, ui.Cells(ui.LinkTwo(u.Name, unownedPath(u.ID), t("catalog.unowned_found_by", u.FoundName, i18n.Date(u.FoundAt))), ui.Text(t("catalog.unowned_unregistered")), p.proposedOwner(ctx, t, &u)))
	}
	for _, o := range orphans {
		at := path(o.Dataset.Code) + "/propose-owner"
		if o.Question != nil {
			at = unownedPath(o.Question.ID)
		} else if !who.Can(access.CatalogReview) {
			at = path(o.Dataset.Code)
		}
		open.Rows = append(open.Rows, ui.Cells(ui.LinkTwo(o.Dataset.Name, at, string(o.Dataset.Code)), ui.Text(t("catalog.unowned_ended", p.agency(ctx, o.Dataset.Owner))), p.proposedOwner(ctx, t, o.Question)))
	}
	done := ui.TableProps{
		Caption: t("catalog.assigned"), Columns: []ui.Column{{Label: t("catalog.unowned_what")}, {Label: t("catalog.owner")}, {Label: t("catalog.decision")}, {Label: t("catalog.decided_by")}},
		Empty: ui.Empty{Icon: ui.IconHistory, Title: t("catalog.assigned_none"), Text: t("catalog.assigned_none_text")},
	}
	for _, u := range assigned {
		done.Rows = append(done.Rows, ui.Cells(ui.LinkTwo(u.Name, unownedPath(u.ID), string(u.Became)), ui.Text(p.agency(ctx, u.Agency)), ui.Text(u.Decision), ui.Two(u.Decider, i18n.Date(u.DecidedAt))))
	}
	card := ui.CardProps{Title: t("catalog.report.unowned"), Flush: true}
	if who.Can(access.CatalogRegister) || who.Can(access.CatalogReview) {
		card.Actions = []ui.Action{{Label: t("catalog.unowned_report"), Path: "/catalog/unowned/new", Icon: ui.IconAdd}}
	}
	return pageView{Main: []part{
		{Card: card, Body: []templ.Component{ui.Table(open)}},
		{Card: ui.CardProps{Title: t("catalog.assigned"), Flush: true}, Body: []templ.Component{ui.Table(done)}},
	}}, nil
}

func (p *Pages) proposedOwner(ctx context.Context, t ui.T, u *catalog.Unowned) templ.Component {
	if u == nil || u.State == catalog.UnownedOpen {
		return ui.Badge(ui.State{Label: t("catalog.unowned.open"), Tone: ui.Warn})
	}
	return ui.Two(p.agency(ctx, u.Agency), t("catalog.unowned_by", u.Proposer, i18n.Date(u.ProposedAt)))
}

func unownedPath(id string) string { return "/catalog/unowned/" + id }

type unownedForm struct {
	Name        string `form:"name"`
	Description string `form:"description"`
	Agency      string `form:"agency"`
	Why         string `form:"why"`
	Slug        string `form:"code"`
	System      string `form:"official_system"`
	Decision    string `form:"decision"`
	From        string `form:"from"`
	Revision    int64  `form:"revision"`
}

func (p *Pages) newUnowned(w http.ResponseWriter, r *http.Request) error {
	return p.newUnownedPage(w, r, nil)
}

func (p *Pages) newUnownedPage(w http.ResponseWriter, r *http.Request, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	if who := access.ActorOf(r.Context()); !who.Can(access.CatalogRegister) && !who.Can(access.CatalogReview) {
		return fault.New(fault.Denied, "access.permission_missing", access.CatalogRegister)
	}
	t := p.shell.T(r)
	f := filler{t: t, errors: errs}
	if shown {
		f.typed = r.PostForm
	}
	fields := []templ.Component{
		ui.Input(must(f.field("name", "catalog.name", ""))),
		ui.Textarea(hinted(must(f.field("description", "catalog.description", "")), t("catalog.unowned_description_hint"))),
	}
	props := ui.FormProps{Action: "/catalog/unowned", Submit: t("catalog.unowned_report"), Icon: ui.IconDone, Cancel: "/catalog/report/unowned", Errors: errs}
	return p.unownedPage(w, r, t("catalog.unowned_report"), refusal, pageView{
		Head: ui.Head{Title: t("catalog.unowned_report"), Lead: t("catalog.unowned_report_lead")}, Main: []part{{Body: []templ.Component{form(props, fields)}}},
	})
}

func (p *Pages) unownedPage(w http.ResponseWriter, r *http.Request, title string, refusal error, view pageView) error {
	t := p.shell.T(r)
	page := web.Page{
		Title: title, Narrow: true, Body: page(view),
		Crumbs: []ui.Crumb{{Label: t("catalog.list"), Path: "/catalog"}, {Label: t("catalog.report.unowned"), Path: "/catalog/report/unowned"}, {Label: title}},
	}
	if refusal != nil {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

func (p *Pages) reportUnownedData(w http.ResponseWriter, r *http.Request) error {
	var in unownedForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	u, err := p.Catalog.ReportUnowned(r.Context(), in.Name, in.Description)
	if err != nil {
		return p.newUnownedPage(w, r, err)
	}
	http.Redirect(w, r, unownedPath(u.ID), http.StatusSeeOther)
	return nil
}

func (p *Pages) showUnowned(w http.ResponseWriter, r *http.Request) error {
	return p.showUnownedPage(w, r, "", unownedForm{}, nil)
}

// showUnownedPage shows one question with what this person can do about it. sent is the form that was refused.
func (p *Pages) showUnownedPage(w http.ResponseWriter, r *http.Request, sent string, in unownedForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	u, err := p.Catalog.FindUnowned(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	pairs := []ui.Pair{
		{Name: t("catalog.description"), Text: u.Description},
		{Name: t("catalog.unowned_found"), Text: t("catalog.unowned_by", u.FoundName, i18n.Date(u.FoundAt))},
	}
	if u.State != catalog.UnownedOpen {
		pairs = append(pairs, ui.Pair{Name: t("catalog.unowned_proposed"), Text: p.agency(r.Context(), u.Agency), Help: t("catalog.unowned_because", u.Why, u.Proposer, i18n.Date(u.ProposedAt))})
	}
	if u.State == catalog.UnownedAssigned {
		pairs = append(pairs, p.assignedPairs(r, t, u)...)
	}
	state := unownedState(t, u.State)
	view := pageView{
		Head: ui.Head{Eyebrow: string(u.Dataset), Title: u.Name, State: &state}, Above: changedMeanwhile(t, errs, refusal),
		Main: []part{{Card: ui.CardProps{Title: t("catalog.report.unowned")}, Body: []templ.Component{ui.KeyValue(pairs...)}}},
	}
	forms, err := p.unownedForms(r, t, u, sent, in, errs)
	if err != nil {
		return err
	}
	view.Main = append(view.Main, forms...)
	return p.unownedPage(w, r, u.Name, refusal, view)
}

func unownedState(t ui.T, s catalog.UnownedState) ui.State {
	return ui.State{Label: t("catalog.unowned." + string(s)), Tone: map[catalog.UnownedState]ui.Tone{catalog.UnownedOpen: ui.Warn, catalog.UnownedProposed: ui.Info, catalog.UnownedAssigned: ui.Good}[s]}
}

func (p *Pages) assignedPairs(r *http.Request, t ui.T, u catalog.Unowned) []ui.Pair {
	pairs := []ui.Pair{
		{Name: t("catalog.owner"), Text: p.agency(r.Context(), u.Agency)},
		{Name: t("catalog.decision"), Text: u.Decision, Help: t("catalog.unowned_by", u.Decider, i18n.Date(u.DecidedAt))},
		{Name: t("catalog.unowned_became"), Value: ui.Link(string(u.Became), path(u.Became))},
	}
	if u.Paper != nil {
		pairs = append(pairs, ui.Pair{Name: t("catalog.paper"), Value: ui.Link(u.Paper.Name, unownedPath(u.ID)+"/paper"), Help: "SHA-256 " + u.Paper.SHA256})
	}
	return pairs
}

// unownedForms are the proposal of the operator and the decision by a second person.
func (p *Pages) unownedForms(r *http.Request, t ui.T, u catalog.Unowned, sent string, in unownedForm, errs ui.FormErrors) ([]part, error) {
	who := access.ActorOf(r.Context())
	if u.State == catalog.UnownedAssigned {
		return nil, nil
	}
	agencies, err := p.Sources.Agencies(r.Context())
	if err != nil {
		return nil, err
	}
	var parts []part
	if who.Can(access.CatalogReview) {
		f := filler{t: t}
		if sent == "propose" {
			f.errors = errs
		}
		parts = append(parts, part{Card: ui.CardProps{Title: t("catalog.unowned_propose"), Lead: t("catalog.unowned_propose_lead")}, Body: []templ.Component{
			form(ui.FormProps{Action: unownedPath(u.ID) + "/propose", Submit: t("catalog.unowned_propose"), Icon: ui.IconSend, Errors: f.errors}, []templ.Component{
				ui.Select(choice(must(f.field("agency", "catalog.unowned_proposed", orElse(in.Agency, u.Agency))), named(agencies))),
				ui.Textarea(must(f.field("why", "catalog.reason", orElse(in.Why, u.Why)))),
			})}})
	}
	if who.CanForAll(access.CatalogTransfer) && u.State == catalog.UnownedProposed && u.ProposedBy != who.ID {
		parts = append(parts, p.assignForm(t, u, sent, in, errs, agencies))
	}
	return parts, nil
}

func orElse(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

func (p *Pages) assignForm(t ui.T, u catalog.Unowned, sent string, in unownedForm, errs ui.FormErrors, agencies []Named) part {
	f := filler{t: t}
	if sent == "assign" {
		f.errors = errs
	}
	fields := []templ.Component{ui.Select(choice(must(f.field("agency", "catalog.new_owner", orElse(in.Agency, u.Agency))), named(agencies)))}
	if u.Dataset == "" {
		fields = append(fields, ui.Input(short(hinted(must(f.field("code", "catalog.slug", in.Slug)), t("catalog.unowned_slug_hint")))))
	} else {
		fields = append(fields, ui.Input(short(hinted(must(f.field("official_system", "catalog.new_system", in.System)), t("catalog.new_system_hint")))))
	}
	fields = append(fields,
		ui.Input(hinted(must(f.field("decision", "catalog.decision", in.Decision)), t("catalog.decision_hint"))),
		ui.Input(must(f.date("from", "catalog.from", in.From))),
		ui.FileInput(ui.FileChoice{Field: ui.Field{Name: "paper", Label: t("catalog.paper"), Optional: true, Error: f.errors.Of("paper")}, Accept: ".pdf,application/pdf", MaxText: "20 MB"}))
	return part{Card: ui.CardProps{Title: t("catalog.unowned_assign"), Lead: t("catalog.unowned_assign_lead")}, Body: []templ.Component{
		form(ui.FormProps{
			Action: unownedPath(u.ID) + "/assign", Submit: t("catalog.unowned_assign"), Icon: ui.IconDecision, Upload: true, Errors: f.errors,
			Hidden: []ui.Hidden{{Name: "revision", Value: strconv.FormatInt(u.Revision, 10)}},
		}, fields)}}
}

func (p *Pages) proposeOwner(w http.ResponseWriter, r *http.Request) error {
	var in unownedForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	if _, err := p.Catalog.ProposeOwner(r.Context(), r.PathValue("id"), in.Agency, in.Why); err != nil {
		return p.showUnownedPage(w, r, "propose", in, err)
	}
	http.Redirect(w, r, unownedPath(r.PathValue("id")), http.StatusSeeOther)
	return nil
}

func (p *Pages) assignOwner(w http.ResponseWriter, r *http.Request) error {
	var in unownedForm
	done := false
	act := func(name string, body io.Reader) error {
		done = true
		a, err := in.assignment()
		if err != nil {
			return err
		}
		a.PaperIs, a.Paper = name, body
		_, err = p.Catalog.AssignOwner(r.Context(), r.PathValue("id"), in.Revision, a)
		return err
	}
	err := web.DecodeUpload(r, &in, func(u web.Upload) error {
		if u.Field != "paper" || done {
			return nil
		}
		return act(u.Name, u.Body)
	})
	if err == nil && !done {
		err = act("", nil)
	}
	if err != nil {
		return p.showUnownedPage(w, r, "assign", in, err)
	}
	http.Redirect(w, r, unownedPath(r.PathValue("id")), http.StatusSeeOther)
	return nil
}

func (in unownedForm) assignment() (catalog.Assignment, error) {
	a := catalog.Assignment{Agency: in.Agency, Slug: in.Slug, System: in.System, Decision: in.Decision}
	if in.From == "" {
		return a, nil
	}
	day, problem := dictionary.ParseDay(in.From)
	if problem != nil {
		return a, problem.Fault("from")
	}
	y, m, d := day.Time().Date()
	a.From = time.Date(y, m, d, 0, 0, 0, 0, i18n.Zone)
	return a, nil
}

func (p *Pages) downloadPaper(w http.ResponseWriter, r *http.Request) error {
	paper, in, err := p.Catalog.OpenPaper(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	defer in.Close()
	w.Header().Set("Content-Type", "application/octet-stream") // what it says to be is the sender's word
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": paper.Name}))
	_, err = io.Copy(w, in)
	return err
}

// newOwnerOf begins the question of an owner for a dataset whose agency has ended.
func (p *Pages) newOwnerOf(w http.ResponseWriter, r *http.Request) error {
	return p.newOwnerPage(w, r, nil)
}

func (p *Pages) newOwnerPage(w http.ResponseWriter, r *http.Request, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	d, err := p.find(r)
	if err != nil {
		return err
	}
	agencies, err := p.Sources.Agencies(r.Context())
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	f := filler{t: t, errors: errs}
	if shown {
		f.typed = r.PostForm
	}
	fields := []templ.Component{
		ui.Select(choice(must(f.field("agency", "catalog.unowned_proposed", "")), named(agencies))),
		ui.Textarea(must(f.field("why", "catalog.reason", ""))),
	}
	props := ui.FormProps{Action: path(d.Code) + "/propose-owner", Submit: t("catalog.unowned_propose"), Icon: ui.IconSend, Cancel: "/catalog/report/unowned", Errors: errs}
	return p.unownedPage(w, r, t("catalog.unowned_propose"), refusal, pageView{
		Head: ui.Head{Eyebrow: string(d.Code), Title: d.Name, Lead: t("catalog.unowned_propose_lead")}, Main: []part{{Body: []templ.Component{form(props, fields)}}},
	})
}

func (p *Pages) proposeNewOwner(w http.ResponseWriter, r *http.Request) error {
	var in unownedForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	u, err := p.Catalog.ProposeOwner(r.Context(), string(codeOf(r.PathValue("owner"), r.PathValue("slug"))), in.Agency, in.Why)
	if err != nil {
		return p.newOwnerPage(w, r, err)
	}
	http.Redirect(w, r, unownedPath(u.ID), http.StatusSeeOther)
	return nil
}

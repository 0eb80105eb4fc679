package dictionaryweb

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

func proposalPath(id string) string { return "/dictionary/proposals/" + url.PathEscape(id) }

type proposalsForm struct {
	State string `form:"state"`
	After string `form:"after"`
}

func (p *Pages) listProposals(w http.ResponseWriter, r *http.Request) error {
	var in proposalsForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	f := dictionary.ProposalFilter{State: dictionary.State(in.State), After: in.After, Limit: pageSize + 1}
	if in.State == "open" {
		f.State, f.Open = "", true
	}
	list, err := p.dictionary.ListProposals(r.Context(), f)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	head := ui.Head{Title: t("dictionary.proposals"), Lead: t("dictionary.proposals_lead")}
	if mayPropose(r) {
		head.Actions = []ui.Action{
			{Label: t("dictionary.propose_element"), Path: "/dictionary/proposals/new?kind=element&action=create", Icon: ui.IconAdd, Kind: ui.Primary},
			{Label: t("dictionary.propose_list"), Path: "/dictionary/proposals/new?kind=code_list&action=create", Icon: ui.IconList},
			{Label: t("dictionary.propose_identifier"), Path: "/dictionary/proposals/new?kind=identifier&action=create", Icon: ui.IconDictionary},
		}
	}
	states := append([]ui.Option{{Value: "open", Label: t("dictionary.state.open")}}, words(t, "dictionary.state.", dictionary.States())...)
	for i := range states {
		states[i].On = states[i].Value == in.State
	}
	filter := search(ui.FormProps{Action: "/dictionary/proposals", Get: true, Submit: t("dictionary.show"), Icon: ui.IconFilter},
		ui.Select(ui.Choice{Field: ui.Field{Name: "state", Label: t("dictionary.state"), Value: in.State}, Options: states, Any: true}))
	return p.shell.Render(w, r, web.Page{
		Title: t("dictionary.proposals"), Crumbs: crumbs(t, ui.Crumb{Label: t("dictionary.proposals")}),
		Body: page(pageView{
			Head: head, Above: []templ.Component{ui.Tabs(t("dictionary.title"), parts(t, "/dictionary/proposals")), filter},
			Main: []part{{Card: ui.CardProps{Flush: true}, Body: []templ.Component{p.proposalTable(r, t, in, list)}}},
		}),
	})
}

func (p *Pages) proposalTable(r *http.Request, t ui.T, in proposalsForm, list []*dictionary.Proposal) templ.Component {
	table := ui.TableProps{
		Caption: t("dictionary.proposals"), Pages: &ui.PageLinks{},
		Columns: []ui.Column{{Label: t("dictionary.proposal")}, {Label: t("dictionary.thing")}, {Label: t("dictionary.proposer")}, {Label: t("dictionary.proposed_at")}, {Label: t("dictionary.state")}},
		Empty:   ui.Empty{Icon: ui.IconInbox, Title: t("dictionary.no_proposal"), Text: t("dictionary.no_proposal_text")},
	}
	at := func(after string) string {
		return (&url.URL{Path: "/dictionary/proposals", RawQuery: url.Values{"state": {in.State}, "after": {after}}.Encode()}).RequestURI()
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		table.Pages.Next = at(list[pageSize-1].ID)
	}
	if in.After != "" {
		table.Pages.Previous = at("")
	}
	for _, x := range list {
		table.Rows = append(table.Rows, ui.Cells(
			ui.LinkTwo(x.Title, proposalPath(x.ID), x.Number), ui.Two(t("dictionary.thing."+string(x.Kind)), t("dictionary.action."+string(x.Action))),
			ui.Text(p.agency(r.Context(), x.Agency)), ui.Day(x.At), ui.Badge(p.proposalState(t, x)),
		))
	}
	return ui.Table(table)
}

func (p *Pages) proposalState(t ui.T, x *dictionary.Proposal) ui.State {
	if x.ConsultationOver(p.clock.Now()) {
		return ui.State{Label: t("dictionary.state.decide"), Tone: ui.Info, Icon: ui.IconDecision}
	}
	tone := map[dictionary.State]ui.Tone{dictionary.Returned: ui.Warn, dictionary.Published: ui.Good, dictionary.Rejected: ui.Bad, dictionary.Withdrawn: ui.Neutral}[x.State]
	if tone == "" {
		tone = ui.Info
	}
	return ui.State{Label: t("dictionary.state." + string(x.State)), Tone: tone}
}

// refusedStep is a form of the page that was refused.
type refusedStep struct {
	verb string
	in   stepForm
	err  error
}

// stepForm is what the steps of a proposal ask; each asks part of it.
type stepForm struct {
	Revision  int64    `form:"revision"`
	Comments  string   `form:"comments"`
	Reason    string   `form:"reason"`
	Days      int64    `form:"days"`
	Everyone  bool     `form:"everyone"`
	Agencies  []string `form:"agencies"`
	Stance    string   `form:"stance"`
	Text      string   `form:"text"`
	Effective string   `form:"effective_from"`
}

func (p *Pages) showProposal(w http.ResponseWriter, r *http.Request) error {
	return p.proposalPage(w, r, refusedStep{})
}

// takeStep serves one verb of a proposal.
func (p *Pages) takeStep(verb string) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		var in stepForm
		if err := web.Decode(r, &in); err != nil {
			return err
		}
		if err := p.step(r, verb, in); err != nil {
			return p.proposalPage(w, r, refusedStep{verb, in, err})
		}
		http.Redirect(w, r, proposalPath(r.PathValue("id")), http.StatusSeeOther)
		return nil
	}
}

func (p *Pages) step(r *http.Request, verb string, in stepForm) error {
	ctx, id := r.Context(), r.PathValue("id")
	var err error
	switch verb {
	case "return":
		_, err = p.dictionary.Return(ctx, id, in.Revision, in.Comments)
	case "consult":
		asked := in.Agencies
		if in.Everyone {
			asked = []string{dictionary.Everyone}
		}
		_, err = p.dictionary.Consult(ctx, id, in.Revision, int(in.Days), asked)
	case "comments":
		_, err = p.dictionary.Comment(ctx, id, dictionary.Stance(in.Stance), in.Text)
	case "close-consultation":
		_, err = p.dictionary.CloseConsultation(ctx, id, in.Revision, in.Reason)
	case "approve":
		day := dictionary.NoDay
		if in.Effective != "" {
			if day, err = p.dayOf("effective_from", in.Effective); err != nil {
				return err
			}
		}
		_, err = p.dictionary.Approve(ctx, id, in.Revision, day)
	case "reject":
		_, err = p.dictionary.Reject(ctx, id, in.Revision, in.Reason)
	case "withdraw":
		_, err = p.dictionary.Withdraw(ctx, id, in.Revision)
	}
	return err
}

func (p *Pages) proposalPage(w http.ResponseWriter, r *http.Request, refused refusedStep) error {
	errs, shown := p.shell.Refused(r, refused.err)
	if refused.err != nil && !shown {
		return refused.err
	}
	x, steps, comments, err := p.dictionary.FindProposal(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	impact, err := p.dictionary.Impact(r.Context(), x.Kind, x.Subject)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	state := p.proposalState(t, x)
	v := pageView{
		Head:  ui.Head{Eyebrow: x.Number + " · " + t("dictionary.thing."+string(x.Kind)) + " · " + t("dictionary.action."+string(x.Action)), Title: x.Title, Lead: x.Reason, State: &state},
		Above: []templ.Component{ui.Stepper(t("dictionary.way"), p.way(t, x, steps))},
		Aside: []part{
			{Card: ui.CardProps{Title: t("dictionary.about_proposal")}, Body: []templ.Component{ui.KeyValue(p.aboutProposal(r, t, x)...)}},
			{Card: ui.CardProps{Title: t("dictionary.steps")}, Body: []templ.Component{ui.Timeline(t("dictionary.steps"), p.events(t, steps))}},
		},
	}
	if x.Note != "" && (x.State == dictionary.Returned || x.State == dictionary.Rejected) {
		v.Above = append(v.Above, ui.Alert(ui.Note{Tone: ui.Warn, Title: t("dictionary.is_" + string(x.State)), Text: x.Note}))
	}
	forms := p.stepCards(r, t, x, refused, errs)
	for _, f := range forms[:min(len(forms), 1)] { // what there is to read stands first, so the way to the form is shown
		if f.Card.ID != "" {
			v.Head.Actions = append(v.Head.Actions, ui.Action{Label: f.Card.Title, Path: "#" + f.Card.ID, Icon: ui.IconDown, Kind: ui.Primary})
		}
	}
	v.Head.Actions = append(v.Head.Actions, p.proposerActions(r, t, x)...)
	if shown { // what was refused is seen at once
		v.Main = append(v.Main, forms...)
		forms = nil
	}
	if x.Action != dictionary.Create {
		v.Main = append(v.Main, part{Card: ui.CardProps{Title: t("dictionary.changes"), Lead: t("dictionary.level_is", t("dictionary.level."+string(x.Level)), x.Label), Flush: true}, Body: []templ.Component{p.changesTable(r, t, x.Changes)}})
	}
	v.Main = append(v.Main, p.contentCards(r, t, x)...)
	if x.Kind != dictionary.ThingIdentifier {
		v.Main = append(v.Main, p.impactCard(r, t, impact))
	}
	v.Main = append(append(v.Main, p.commentsCard(r, t, x, comments)), forms...)
	out := web.Page{Title: x.Number + " · " + x.Title, Crumbs: crumbs(t, ui.Crumb{Label: t("dictionary.proposals"), Path: "/dictionary/proposals"}, ui.Crumb{Label: x.Number}), Body: page(v)}
	if shown {
		out.Status = fault.Of(refused.err).Kind.Status()
	}
	return p.shell.Render(w, r, out)
}

// way is the straight way of a proposal, with who took each step and when.
func (p *Pages) way(t ui.T, x *dictionary.Proposal, steps []dictionary.Step) []ui.Step {
	reached := func(s dictionary.State) (time.Time, string) {
		for _, one := range steps {
			if one.To == s {
				return one.At, one.WhoName
			}
		}
		return time.Time{}, ""
	}
	list := []ui.Step{
		{Label: t("dictionary.way.propose"), State: ui.StepDone, When: x.At, Who: x.ByName}, {Label: t("dictionary.way.review"), State: ui.StepTodo},
		{Label: t("dictionary.way.consult"), State: ui.StepTodo}, {Label: t("dictionary.way.approve"), State: ui.StepTodo}, {Label: t("dictionary.way.publish"), State: ui.StepTodo},
	}
	now := p.clock.Now()
	switch x.State {
	case dictionary.Proposed:
		list[1].State = ui.StepCurrent
	case dictionary.Returned:
		list[0].State, list[0].Note = ui.StepCurrent, t("dictionary.state.returned")
	case dictionary.Rejected, dictionary.Withdrawn:
		at, who := reached(x.State)
		list[3] = ui.Step{Label: t("dictionary.state." + string(x.State)), State: ui.StepFailed, When: at, Who: who}
		list = list[:4]
	}
	if !x.ConsultAt.IsZero() {
		list[1].State, list[1].When, list[1].Who = ui.StepDone, x.ConsultAt, x.Reviewer
		list[2].State, list[2].When, list[2].Due = ui.StepCurrent, x.ConsultAt, x.ConsultTo
		if x.State != dictionary.Consulting || x.ConsultationOver(now) {
			list[2].State = ui.StepDone
		}
		if x.ConsultationOver(now) {
			list[3].State = ui.StepCurrent
		}
	}
	if x.State == dictionary.Published {
		at, who := reached(dictionary.Published)
		list[3].State, list[3].When, list[3].Who = ui.StepDone, at, who
		list[4].State, list[4].Note = ui.StepDone, t("dictionary.published_as", x.Label, i18n.Date(x.Effective.Time()))
		if x.Effective > dictionary.DayOf(now) {
			list[4].State = ui.StepCurrent
		}
	}
	return list
}

func (p *Pages) aboutProposal(r *http.Request, t ui.T, x *dictionary.Proposal) []ui.Pair {
	effective := t("dictionary.when_approved")
	if x.Effective != dictionary.NoDay {
		effective = i18n.Date(x.Effective.Time())
	}
	pairs := []ui.Pair{
		{Name: t("dictionary.proposer"), Text: x.ByName, Help: p.agency(r.Context(), x.Agency)}, {Name: t("dictionary.proposed_at"), Value: ui.Moment(x.At)},
		{Name: t("dictionary.semantic_version"), Text: x.Label, Help: levelHelp(t, x)}, {Name: t("dictionary.effective_from"), Text: effective},
	}
	if x.Origin.Dataset != "" {
		pairs = append(pairs, ui.Pair{Name: t("dictionary.origin"), Value: ui.Link(x.Origin.Dataset, "/catalog/"+x.Origin.Dataset+"/mapping"), Help: x.Origin.Field})
	}
	if !x.ConsultTo.IsZero() {
		pairs = append(pairs, ui.Pair{Name: t("dictionary.consult_to"), Value: ui.Moment(x.ConsultTo), Help: x.Closed}, ui.Pair{Name: t("dictionary.consulted"), Text: t("dictionary.consulted_n", len(x.Consulted))})
	}
	if x.State == dictionary.Published {
		pairs = append(pairs, ui.Pair{Name: t("dictionary.now"), Value: ui.Link(x.Subject, thingPath(x.Kind, x.Subject))})
	}
	return pairs
}

// levelHelp is the level of a change; something new has none.
func levelHelp(t ui.T, x *dictionary.Proposal) string {
	if x.Action == dictionary.Create {
		return ""
	}
	return t("dictionary.level." + string(x.Level))
}

func (p *Pages) events(t ui.T, steps []dictionary.Step) []ui.Event {
	events := make([]ui.Event, 0, len(steps))
	for _, s := range steps {
		what := t("dictionary.state." + string(s.To))
		if s.From == s.To || s.From == dictionary.Returned && s.To == dictionary.Proposed {
			what = t("dictionary.sent_again")
		}
		events = append(events, ui.Event{When: s.At, What: what, Who: s.WhoName, Detail: s.Note, Tone: ui.Neutral})
	}
	return events
}

// proposerActions are what the agency that proposed may do.
func (p *Pages) proposerActions(r *http.Request, t ui.T, x *dictionary.Proposal) []ui.Action {
	who := access.ActorOf(r.Context())
	if !who.Can(access.DictionaryPropose) || who.Agency != x.Agency || !x.State.Open() {
		return nil
	}
	var list []ui.Action
	if x.State == dictionary.Proposed || x.State == dictionary.Returned {
		list = append(list, ui.Action{Label: t("dictionary.edit_proposal"), Path: proposalPath(x.ID) + "/edit", Icon: ui.IconEdit, Kind: ui.Secondary})
	}
	return append(list, ui.Action{
		Label: t("dictionary.withdraw"), Path: proposalPath(x.ID) + "/withdraw", Icon: ui.IconBack, Post: true, Confirm: t("dictionary.withdraw_confirm"),
		Fields: []ui.Hidden{{Name: "revision", Value: strconv.FormatInt(x.Revision, 10)}},
	})
}

func (p *Pages) contentCards(r *http.Request, t ui.T, x *dictionary.Proposal) []part {
	switch {
	case x.Element != nil:
		e := *x.Element
		e.Label, e.Version = x.Label, x.Base+1
		about := []ui.Pair{{Name: t("dictionary.code"), Value: ui.Mono(string(e.Code))}, {Name: t("dictionary.col_name"), Text: e.Name}, {Name: t("dictionary.col_meaning"), Text: e.Meaning}}
		if e.ReplacedBy != "" {
			about = append(about, ui.Pair{Name: t("dictionary.replaced_by"), Value: ui.Link(string(e.ReplacedBy), elementPath(e.ReplacedBy))})
		}
		return []part{
			{Card: ui.CardProps{Title: t("dictionary.fs_business")}, Body: []templ.Component{ui.KeyValue(about...)}},
			{Card: ui.CardProps{Title: t("dictionary.definition")}, Body: []templ.Component{ui.KeyValue(definition(t, e.Definition)...)}},
			{Card: ui.CardProps{Title: t("dictionary.rule")}, Body: []templ.Component{ui.KeyValue(p.rule(r, t, e)...)}},
		}
	case x.List != nil:
		return []part{{Card: ui.CardProps{Title: t("dictionary.items_of", x.List.Title), Lead: t("dictionary.codes_n", len(x.List.Items)), Flush: true}, Body: []templ.Component{itemTable(t, x.List.Title, x.List.Items)}}}
	case x.Identifier != nil:
		return []part{{Card: ui.CardProps{Title: t("dictionary.form_of")}, Body: []templ.Component{ui.KeyValue(identifierPairs(t, *x.Identifier)...)}}}
	}
	return nil
}

func (p *Pages) commentsCard(r *http.Request, t ui.T, x *dictionary.Proposal, comments []dictionary.Comment) part {
	table := ui.TableProps{
		Caption: t("dictionary.comments"), Empty: ui.Empty{Icon: ui.IconInbox, Title: t("dictionary.no_comment"), Text: t("dictionary.no_comment_text")},
		Columns: []ui.Column{{Label: t("dictionary.agency")}, {Label: t("dictionary.stance")}, {Label: t("dictionary.opinion")}, {Label: t("dictionary.at_time")}},
	}
	asked := map[string]bool{}
	for _, c := range comments {
		tone := map[dictionary.Stance]ui.Tone{dictionary.Agree: ui.Good, dictionary.Amend: ui.Warn, dictionary.Disagree: ui.Bad}[c.Stance]
		asked[c.Agency] = true
		table.Rows = append(table.Rows, ui.Cells(ui.Two(p.agency(r.Context(), c.Agency), c.WhoName), ui.Badge(ui.State{Label: t("dictionary.stance." + string(c.Stance)), Tone: tone}), ui.Text(dash(c.Text)), ui.Moment(c.At)))
	}
	card := ui.CardProps{ID: "comments", Title: t("dictionary.comments"), Flush: true}
	if len(x.Consulted) > 0 {
		answered := 0
		var silent []string
		for _, code := range x.Consulted {
			if asked[code] {
				answered++
			} else if len(silent) < 5 {
				silent = append(silent, p.agency(r.Context(), code))
			}
		}
		card.Lead = t("dictionary.answered", answered, len(x.Consulted))
		if len(silent) > 0 {
			card.Lead += " " + t("dictionary.silent", strings.Join(silent, "; "), fmt.Sprint(len(x.Consulted)-answered))
		}
	}
	return part{Card: card, Body: []templ.Component{ui.Table(table)}}
}

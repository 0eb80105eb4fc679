package releaseweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/release"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// opinionForm is what an agency says of a draft.
type opinionForm struct {
	Verdict string `form:"verdict"`
	Subject string `form:"subject"`
	Text    string `form:"text"`
}

func opinionPath(v release.View, subject string) string {
	u := url.URL{Path: v.Path() + "/opinion"}
	if subject != "" {
		u.RawQuery = url.Values{"subject": {subject}}.Encode()
	}
	return u.RequestURI()
}

func (p *Pages) showOpinion(w http.ResponseWriter, r *http.Request) error {
	var in opinionForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	return p.opinionPage(w, r, in, nil)
}

func (p *Pages) giveOpinion(w http.ResponseWriter, r *http.Request) error {
	var in opinionForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	list, number, err := address(r)
	if err != nil {
		return err
	}
	ref := release.Ref{List: list, Number: number}
	switch release.Verdict(in.Verdict) {
	case release.Agreed:
		err = p.Releases.Agree(r.Context(), ref)
	case release.Commented:
		_, err = p.Releases.Comment(r.Context(), ref, in.Subject, in.Text)
		if fault.Is(err, "release.entry_not_found") {
			err = fault.New(fault.Invalid, "release.entry_not_found", in.Subject).At("subject")
		}
	default:
		err = fault.New(fault.Invalid, "release.opinion_missing").At("verdict")
	}
	if err != nil {
		return p.opinionPage(w, r, in, err)
	}
	http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
	return nil
}

func (p *Pages) opinionPage(w http.ResponseWriter, r *http.Request, in opinionForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	v, err := p.find(r)
	if err != nil {
		return err
	}
	who := access.ActorOf(r.Context())
	said, err := p.Releases.Consultation(r.Context(), v.List, v.Number)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	view := pageView{Head: p.head(t, v)}
	view.Head.Title, view.Head.Lead = t("release.opinion_title", v.Number), t("release.opinion_lead", i18n.Date(v.Deadline.Add(-time.Second)))
	view.Head.Actions = []ui.Action{{Label: t("release.see_entries"), Path: v.Path() + "#entries", Icon: ui.IconSee}}
	mine, asked := opinionOf(said, who.Agency)
	own := commentsOf(said, who.Agency)
	open := v.State == release.Consultation && p.Clock.Now().Before(v.Deadline)
	switch {
	case !open:
		view.Above = append(view.Above, ui.Alert(ui.Note{Tone: ui.Info, Title: t("release.opinion_over"), Text: t("release.opinion_over_text")}))
	case !asked:
		view.Above = append(view.Above, ui.Alert(ui.Note{Tone: ui.Info, Title: t("release.opinion_not_asked"), Text: t("release.opinion_not_asked_text")}))
	default:
		if mine.Verdict != release.Waiting {
			view.Above = append(view.Above, ui.Alert(ui.Note{Tone: ui.Good, Title: t("release.opinion_sent." + string(mine.Verdict)), Text: t("release.opinion_sent_text", mine.ByName, i18n.DateTime(mine.At))}))
		}
		view.Main = append(view.Main, opinionPart(t, v, in, errs, len(own) > 0))
	}
	if len(own) > 0 {
		view.Main = append(view.Main, part{Card: ui.CardProps{Title: t("release.own_comments"), Flush: true}, Body: []templ.Component{ui.Table(p.commentTable(r, t, v, own))}})
	}
	page := web.Page{Title: t("release.opinion_title", v.Number), Narrow: len(own) == 0, Crumbs: crumbs(t, v, t("release.give_opinion")), Body: page(view)}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

func opinionOf(c release.Consulted, agency string) (release.Opinion, bool) {
	for _, o := range c.Opinions {
		if o.Agency == agency {
			return o, true
		}
	}
	return release.Opinion{}, false
}

func commentsOf(c release.Consulted, agency string) []release.Comment {
	var out []release.Comment
	for _, x := range c.Comments {
		if x.Agency == agency {
			out = append(out, x)
		}
	}
	return out
}

// opinionPart is the form of an agency; after a first comment it only asks for further ones.
func opinionPart(t ui.T, v release.View, in opinionForm, errs ui.FormErrors, more bool) part {
	if in.Subject != "" && in.Verdict == "" || more {
		in.Verdict = string(release.Commented)
	}
	verdict := ui.Choice{Field: ui.Field{Name: "verdict", Label: t("release.opinion"), Value: in.Verdict, Error: errs.Of("verdict"), Required: true}, Options: []ui.Option{
		{Value: string(release.Agreed), Label: t("release.verdict.agreed"), Hint: t("release.verdict.agreed_hint")},
		{Value: string(release.Commented), Label: t("release.verdict.commented"), Hint: t("release.verdict.commented_hint")},
	}}
	subject := ui.Field{Name: "subject", Label: t("release.comment_subject"), Hint: t("release.comment_subject_hint"), Value: in.Subject, Error: errs.Of("subject"), Optional: true, MaxLength: 200}
	text := ui.Field{Name: "text", Label: t("release.comment_text"), Hint: t("release.comment_text_hint"), Value: in.Text, Error: errs.Of("text"), Rows: 5, MaxLength: 4000}
	props := ui.FormProps{Action: v.Path() + "/opinion", Submit: t("release.send_opinion"), Icon: ui.IconSend, Errors: errs, Cancel: v.Path()}
	if more {
		props.Hidden = []ui.Hidden{{Name: "verdict", Value: in.Verdict}}
		return part{Card: ui.CardProps{Title: t("release.more_comment")}, Body: []templ.Component{form(props, ui.Input(subject), ui.Textarea(text))}}
	}
	return part{Card: ui.CardProps{Title: t("release.opinion")}, Body: []templ.Component{form(props, ui.Radios(verdict), ui.Input(subject), ui.Textarea(text))}}
}

// commentTable lists comments with their answers; who answers them is led to the page for it.
func (p *Pages) commentTable(r *http.Request, t ui.T, v release.View, all []release.Comment) ui.TableProps {
	props := ui.TableProps{
		Caption: t("release.comments"), Columns: []ui.Column{{Label: t("release.col_agency")}, {Label: t("release.col_about")}, {Label: t("release.col_comment")}, {Label: t("release.col_answer")}},
		Empty: ui.Empty{Icon: ui.IconList, Title: t("release.no_comments")},
	}
	answers := access.ActorOf(r.Context()).Can(access.ReleasePrepare) && (v.State == release.Consultation || v.State == release.Reviewing)
	for _, c := range all {
		about := ui.Text(t("release.whole_draft"))
		if c.Subject != "" {
			about = ui.Link(c.Subject, entryPath(&v, c.Subject))
		}
		answer := []templ.Component{ui.Badge(verdictState(t, c.Verdict))}
		if c.Answer != "" {
			answer = append(answer, ui.Text(c.Answer))
		}
		if answers {
			answer = append(answer, ui.Link(t("release.answer"), v.Path()+"/comments/"+c.ID))
		}
		props.Rows = append(props.Rows, ui.Cells(ui.Two(p.agency(r.Context(), c.Agency), c.ByName), about, ui.Two(c.Text, i18n.DateTime(c.At)), ui.Lines(answer...)))
	}
	return props
}

func verdictState(t ui.T, v release.Verdict) ui.State {
	s := ui.State{Label: t("release.verdict." + string(v)), Tone: ui.Good}
	switch v {
	case release.Waiting:
		s.Label, s.Tone, s.Icon = t("release.verdict.waiting"), ui.Warn, ui.IconWaiting
	case release.Rejected, release.Commented:
		s.Tone, s.Icon = ui.Info, ui.IconInfo
	}
	return s
}

// showOpinions is how a consultation stands.
func (p *Pages) showOpinions(w http.ResponseWriter, r *http.Request) error {
	v, err := p.find(r)
	if err != nil {
		return err
	}
	all, err := p.Releases.Consultation(r.Context(), v.List, v.Number)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	view := pageView{Head: p.head(t, v)}
	view.Head.Title = t("release.opinions_title", v.Number)
	view.Main = append(view.Main, part{Card: ui.CardProps{Title: t("release.comments"), Flush: true}, Body: []templ.Component{ui.Table(p.commentTable(r, t, v, all.Comments))}})
	if access.ActorOf(r.Context()).Operates() {
		view.Head.Lead = t("release.opinions_lead", countSaid(all.Opinions), len(all.Opinions), i18n.Date(v.Deadline.Add(-time.Second)))
		meter := ui.Meter{Label: t("release.answered"), Value: int64(countSaid(all.Opinions)), Max: int64(len(all.Opinions)), Text: strconv.Itoa(countSaid(all.Opinions)) + "/" + strconv.Itoa(len(all.Opinions))}
		view.Main = append(view.Main, part{Card: ui.CardProps{Title: t("release.agencies"), Flush: true}, Body: []templ.Component{pad(ui.Progress(meter)), ui.Table(opinionTable(t, all.Opinions))}})
	}
	return p.shell.Render(w, r, web.Page{Title: view.Head.Title, Crumbs: crumbs(t, v, t("release.opinions")), Body: page(view)})
}

func countSaid(all []release.Opinion) int {
	n := 0
	for _, o := range all {
		if o.Verdict != release.Waiting {
			n++
		}
	}
	return n
}

func opinionTable(t ui.T, all []release.Opinion) ui.TableProps {
	props := ui.TableProps{Caption: t("release.agencies"), Columns: []ui.Column{{Label: t("release.col_agency")}, {Label: t("release.opinion")}, {Label: t("release.col_by")}}, Empty: ui.Empty{Icon: ui.IconAgency, Title: t("release.nobody_asked")}}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b release.Opinion) int { return waitsLast(a) - waitsLast(b) })
	for _, o := range all {
		props.Rows = append(props.Rows, ui.Cells(ui.Two(o.Name, o.Agency), ui.Badge(verdictState(t, o.Verdict)), ui.Lines(ui.Text(o.ByName), ui.Moment(o.At))))
	}
	return props
}

func waitsLast(o release.Opinion) int {
	if o.Verdict == release.Waiting {
		return 1
	}
	return 0
}

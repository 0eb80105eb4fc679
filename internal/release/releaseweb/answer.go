package releaseweb

import (
	"fmt"
	"io"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/release"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// answerForm is the operator's answer to a comment.
type answerForm struct {
	Verdict  string `form:"verdict"`
	Answer   string `form:"answer"`
	Revision int64  `form:"revision"`
}

func (p *Pages) showComment(w http.ResponseWriter, r *http.Request) error {
	return p.answerPage(w, r, answerForm{}, nil)
}

func (p *Pages) answerComment(w http.ResponseWriter, r *http.Request) error {
	var in answerForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	list, number, err := address(r)
	if err != nil {
		return err
	}
	made, err := p.Releases.Answer(r.Context(), release.Ref{List: list, Number: number, Revision: in.Revision}, r.PathValue("id"), release.Verdict(in.Verdict), in.Answer)
	if err != nil {
		return p.answerPage(w, r, in, err)
	}
	http.Redirect(w, r, made.Path()+"/opinions", http.StatusSeeOther)
	return nil
}

func (p *Pages) answerPage(w http.ResponseWriter, r *http.Request, in answerForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	v, err := p.find(r)
	if err != nil {
		return err
	}
	c, err := p.comment(r, v)
	if err != nil {
		return err
	}
	if !shown {
		in.Verdict, in.Answer = string(c.Verdict), c.Answer
	}
	t := p.shell.T(r)
	about := ui.Pair{Name: t("release.col_about"), Text: t("release.whole_draft")}
	if c.Subject != "" {
		about.Value = ui.Link(c.Subject, entryPath(&v, c.Subject))
	}
	view := pageView{Head: p.head(t, v)}
	view.Head.Title = t("release.answer_title")
	view.Main = []part{
		{Card: ui.CardProps{Title: p.agency(r.Context(), c.Agency), Lead: c.ByName + " · " + i18n.DateTime(c.At)}, Body: []templ.Component{paragraph(c.Text), ui.KeyValue(about)}},
		{Card: ui.CardProps{Title: t("release.answer")}, Body: []templ.Component{p.answerFormOf(r, t, v, c, in, errs)}},
	}
	page := web.Page{Title: t("release.answer_title"), Narrow: true, Crumbs: crumbs(t, v, t("release.answer_title")), Body: page(view)}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

func (p *Pages) comment(r *http.Request, v release.View) (release.Comment, error) {
	all, err := p.Releases.Consultation(r.Context(), v.List, v.Number)
	if err != nil {
		return release.Comment{}, err
	}
	for _, c := range all.Comments {
		if c.ID == r.PathValue("id") {
			return c, nil
		}
	}
	return release.Comment{}, fault.New(fault.NotFound, "release.comment_not_found")
}

func (p *Pages) answerFormOf(r *http.Request, t ui.T, v release.View, c release.Comment, in answerForm, errs ui.FormErrors) templ.Component {
	if !access.ActorOf(r.Context()).Can(access.ReleasePrepare) || v.State != release.Consultation && v.State != release.Reviewing {
		return ui.KeyValue(ui.Pair{Name: t("release.answer"), Value: ui.Badge(verdictState(t, c.Verdict)), Help: c.Answer})
	}
	verdict := ui.Choice{Field: ui.Field{Name: "verdict", Label: t("release.answer_verdict"), Value: in.Verdict, Error: errs.Of("verdict"), Required: true}, Options: []ui.Option{
		{Value: string(release.Accepted), Label: t("release.verdict.accepted"), Hint: t("release.verdict.accepted_hint")},
		{Value: string(release.Rejected), Label: t("release.verdict.rejected"), Hint: t("release.verdict.rejected_hint")},
	}}
	text := ui.Field{Name: "answer", Label: t("release.answer_text"), Value: in.Answer, Error: errs.Of("answer"), Rows: 4, MaxLength: 4000}
	return form(ui.FormProps{
		Action: v.Path() + "/comments/" + c.ID, Submit: t("release.send_answer"), Icon: ui.IconSend, Cancel: v.Path() + "/opinions", Errors: errs,
		Hidden: []ui.Hidden{{Name: "revision", Value: fmt.Sprint(v.Revision)}},
	}, ui.Radios(verdict), ui.Textarea(text))
}

// readSigned reads the file of a decision; one that is too large is told by the service, so a byte more is enough.
func readSigned(u web.Upload) (release.Signed, error) {
	body, err := io.ReadAll(io.LimitReader(u.Body, release.MaxDecision+1))
	if err != nil {
		return release.Signed{}, fault.New(fault.Malformed, "web.form_unreadable").Because(err)
	}
	return release.Signed{Name: u.Name, Content: body}, nil
}

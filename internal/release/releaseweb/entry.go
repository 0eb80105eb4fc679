package releaseweb

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/release"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// entryForm is what the operator decides on an entry of a draft.
type entryForm struct {
	Subject  string `form:"subject"`
	Reason   string `form:"reason"`
	Revision int64  `form:"revision"`
}

func (p *Pages) showEntry(w http.ResponseWriter, r *http.Request) error {
	var in entryForm
	if err := web.Decode(r, &in); err != nil {
		return err
	}
	return p.entryPage(w, r, in, nil)
}

// decideEntry takes one decision on an entry and shows the draft again.
func (p *Pages) decideEntry(decide func(ctx context.Context, ref release.Ref, in entryForm) (*release.Release, error)) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		var in entryForm
		if err := web.Decode(r, &in); err != nil {
			return err
		}
		list, number, err := address(r)
		if err != nil {
			return err
		}
		if _, err := decide(r.Context(), release.Ref{List: list, Number: number, Revision: in.Revision}, in); err != nil {
			return p.entryPage(w, r, in, err)
		}
		http.Redirect(w, r, fmt.Sprintf("/release/%s/%d#entries", list, number), http.StatusSeeOther)
		return nil
	}
}

func (p *Pages) entryPage(w http.ResponseWriter, r *http.Request, in entryForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	v, err := p.find(r)
	if err != nil {
		return err
	}
	l, err := p.Releases.FindLine(r.Context(), v.List, v.Number, in.Subject)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	state := changeState(t, l.Change)
	view := pageView{Head: ui.Head{Eyebrow: l.Subject, Title: l.Name, State: &state, Lead: l.Reason}}
	view.Main = append(view.Main, part{Card: ui.CardProps{Title: t("release.entry")}, Body: []templ.Component{ui.KeyValue(entryPairs(t, v.List, l.Entry)...)}})
	view.Main = append(view.Main, p.decisions(r, t, v, l, in, errs)...)
	comments, err := p.entryComments(r, t, v, l)
	if err != nil {
		return err
	}
	view.Main = append(view.Main, comments...)
	page := web.Page{Title: l.Name, Crumbs: crumbs(t, v, l.Subject), Body: page(view)}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

// entryPairs are the members of an entry in the order of the regulation.
func entryPairs(t ui.T, list release.List, e release.Entry) []ui.Pair {
	name := func(member string) string { return t("release.member." + member) }
	pairs := []ui.Pair{{Name: name("subject"), Value: ui.Mono(e.Subject)}, {Name: name("owner_name"), Text: e.OwnerName}}
	if list == release.Systems {
		level := ""
		if e.Level > 0 {
			level = fmt.Sprint(e.Level)
		}
		return append(pairs, ui.Pair{Name: name("group"), Text: said(t, "group", e.Group)}, ui.Pair{Name: name("layer"), Text: said(t, "layer", e.Layer)},
			ui.Pair{Name: name("operator"), Text: e.Operator}, ui.Pair{Name: name("level"), Text: level})
	}
	often := said(t, "frequency", e.Frequency)
	if e.MaxDelay > 0 {
		often += " · " + t("release.member.max_delay_minutes") + " " + fmt.Sprint(e.MaxDelay)
	}
	return append(pairs,
		ui.Pair{Name: name("description"), Text: e.Description}, ui.Pair{Name: name("scope"), Text: e.Scope}, ui.Pair{Name: name("fields"), Text: strings.Join(e.Fields, ", ")}, ui.Pair{Name: name("method"), Text: said(t, "method", e.Method)},
		ui.Pair{Name: name("frequency"), Text: often}, ui.Pair{Name: name("standards"), Text: strings.Join(e.Standards, ", ")}, ui.Pair{Name: name("formats"), Text: strings.Join(e.Formats, ", ")},
		ui.Pair{Name: name("legal_basis"), Text: e.LegalBasis}, ui.Pair{Name: name("nature"), Text: said(t, "nature", e.Nature)}, ui.Pair{Name: name("class"), Text: said(t, "class", e.Class)})
}

// decisions let the operator leave an entry out of a draft, or take it in again.
func (p *Pages) decisions(r *http.Request, t ui.T, v release.View, l *release.Line, in entryForm, errs ui.FormErrors) []part {
	if !access.ActorOf(r.Context()).Can(access.ReleasePrepare) || !v.State.Editable() {
		return nil
	}
	hidden := []ui.Hidden{{Name: "subject", Value: l.Subject}, {Name: "revision", Value: fmt.Sprint(v.Revision)}}
	if l.Held {
		reason := ui.Field{Name: "reason", Label: t("release.reason"), Hint: t("release.leave_out_hint"), Value: in.Reason, Error: errs.Of("reason"), Required: true, MaxLength: 1000}
		return []part{{Card: ui.CardProps{Title: t("release.leave_out"), Lead: t("release.leave_out_lead")}, Body: []templ.Component{
			form(ui.FormProps{Action: v.Path() + "/entry/leave-out", Submit: t("release.leave_out"), Icon: ui.IconRemove, Hidden: hidden, Errors: errs}, ui.Textarea(reason)),
		}}}
	}
	if !l.Returns() {
		return []part{{Card: ui.CardProps{Title: t("release.gone")}, Body: []templ.Component{paragraph(t("release.gone_text"))}}}
	}
	return []part{{Card: ui.CardProps{Title: t("release.take_in"), Lead: t("release.take_in_lead")}, Body: []templ.Component{
		form(ui.FormProps{Action: v.Path() + "/entry/take-in", Submit: t("release.take_in"), Icon: ui.IconAdd, Hidden: hidden, Errors: errs}),
	}}}
}

// entryComments are the comments on this entry that the reader may see, and the way to give one.
func (p *Pages) entryComments(r *http.Request, t ui.T, v release.View, l *release.Line) ([]part, error) {
	all, err := p.Releases.Consultation(r.Context(), v.List, v.Number)
	if err != nil {
		return nil, err
	}
	var own []release.Comment
	for _, c := range all.Comments {
		if c.Subject == l.Subject {
			own = append(own, c)
		}
	}
	card := ui.CardProps{Title: t("release.comments"), Flush: len(own) > 0}
	if v.State == release.Consultation && access.ActorOf(r.Context()).Can(access.ReleaseComment) {
		card.Actions = []ui.Action{{Label: t("release.comment_on"), Path: opinionPath(v, l.Subject), Icon: ui.IconEdit}}
	}
	if len(own) == 0 && len(card.Actions) == 0 {
		return nil, nil
	}
	body := []templ.Component{paragraph(t("release.no_comments"))}
	if len(own) > 0 {
		body = []templ.Component{ui.Table(p.commentTable(r, t, v, own))}
	}
	return []part{{Card: card, Body: body}}, nil
}

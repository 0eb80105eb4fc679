package releaseweb

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/release"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// stepForm is what a step may ask; each asks part of it.
type stepForm struct {
	Revision  int64  `form:"revision"`
	Deadline  string `form:"deadline"`
	Reason    string `form:"reason"`
	Number    string `form:"number"`
	Date      string `form:"date"`
	Effective string `form:"effective"`
	Signer    string `form:"signer"`

	signed release.Signed
}

// step is one thing that can be done with a draft.
type step struct {
	verb       string // last part of the address; its messages are release.do.<verb> and release.do.<verb>_lead
	permission access.Permission
	icon       ui.Icon
	danger     bool
	main       bool // the step that takes the draft on
	upload     bool
	offered    func(v release.View) bool
	fields     func(t ui.T, v release.View, in stepForm, errs ui.FormErrors) []templ.Component
	take       func(ctx context.Context, ref release.Ref, in stepForm) (*release.Release, error)
}

func at(states ...release.State) func(release.View) bool {
	return func(v release.View) bool { return slices.Contains(states, v.State) }
}

// steps in the order in which a page offers them.
func (p *Pages) steps() []step {
	s := p.Releases
	return []step{
		{verb: "consult", permission: access.ReleasePrepare, icon: ui.IconSend, main: true, offered: at(release.Draft), fields: deadlineField,
			take: func(ctx context.Context, ref release.Ref, in stepForm) (*release.Release, error) {
				until, err := day(in.Deadline, "deadline")
				if err != nil {
					return nil, err
				}
				return s.Consult(ctx, ref, until)
			}},
		{verb: "close", permission: access.ReleasePrepare, icon: ui.IconDone, offered: at(release.Consultation), fields: reasonField("release.close_reason", false),
			take: func(ctx context.Context, ref release.Ref, in stepForm) (*release.Release, error) {
				return s.Close(ctx, ref, in.Reason)
			}},
		{verb: "approve", permission: access.ReleaseApprove, icon: ui.IconDone, main: true, offered: at(release.Reviewing), fields: noFields,
			take: func(ctx context.Context, ref release.Ref, _ stepForm) (*release.Release, error) {
				return s.Approve(ctx, ref)
			}},
		{verb: "decision", permission: access.ReleaseRecord, icon: ui.IconDecision, main: true, upload: true, offered: at(release.Approved), fields: decisionFields, take: p.record},
		{verb: "collect", permission: access.ReleasePrepare, icon: ui.IconRetry, offered: at(release.Draft, release.Reviewing), fields: noFields,
			take: func(ctx context.Context, ref release.Ref, _ stepForm) (*release.Release, error) {
				return s.Collect(ctx, ref)
			}},
		{verb: "reopen", permission: access.ReleasePrepare, icon: ui.IconBack, offered: at(release.Approved), fields: reasonField("release.reason", true),
			take: func(ctx context.Context, ref release.Ref, in stepForm) (*release.Release, error) {
				return s.Reopen(ctx, ref, in.Reason)
			}},
		{verb: "discard", permission: access.ReleasePrepare, icon: ui.IconStopped, danger: true, fields: reasonField("release.reason", true),
			offered: at(release.Draft, release.Consultation, release.Reviewing, release.Approved),
			take: func(ctx context.Context, ref release.Ref, in stepForm) (*release.Release, error) {
				return s.Discard(ctx, ref, in.Reason)
			}},
	}
}

func (p *Pages) record(ctx context.Context, ref release.Ref, in stepForm) (*release.Release, error) {
	date, wrongDate := day(in.Date, "date")
	effective, wrongEffective := day(in.Effective, "effective")
	if err := fault.Collect(faultsOf(wrongDate, wrongEffective)...); err != nil {
		return nil, err
	}
	return p.Releases.Record(ctx, ref, release.Decision{Number: in.Number, Date: date, Effective: effective, Signer: in.Signer}, in.signed)
}

func noFields(ui.T, release.View, stepForm, ui.FormErrors) []templ.Component { return nil }

func deadlineField(t ui.T, _ release.View, in stepForm, errs ui.FormErrors) []templ.Component {
	return []templ.Component{ui.Input(ui.Field{Name: "deadline", Type: "date", Label: t("release.deadline"), Hint: t("release.deadline_hint"), Value: in.Deadline, Error: errs.Of("deadline"), Required: true, Short: true})}
}

func reasonField(key string, required bool) func(ui.T, release.View, stepForm, ui.FormErrors) []templ.Component {
	return func(t ui.T, _ release.View, in stepForm, errs ui.FormErrors) []templ.Component {
		return []templ.Component{ui.Textarea(ui.Field{Name: "reason", Label: t(key), Hint: t(key + "_hint"), Value: in.Reason, Error: errs.Of("reason"), Required: required, Optional: !required, MaxLength: 1000})}
	}
}

func decisionFields(t ui.T, _ release.View, in stepForm, errs ui.FormErrors) []templ.Component {
	field := func(name, kind, value string) ui.Field {
		return ui.Field{Name: name, Type: kind, Label: t("release.field_" + name), Hint: t("release.field_" + name + "_hint"), Value: value, Error: errs.Of(name), Required: true, MaxLength: 200}
	}
	short := func(f ui.Field) ui.Field { f.Short = true; return f }
	return []templ.Component{
		ui.Input(short(field("number", "", in.Number))), fieldRow(ui.Input(short(field("date", "date", in.Date))), ui.Input(short(field("effective", "date", in.Effective)))),
		ui.Input(field("signer", "", in.Signer)),
		ui.FileInput(ui.FileChoice{Field: field("file", "", ""), Accept: ".pdf,application/pdf", MaxText: "20 MB"}),
	}
}

func (p *Pages) showStep(s step) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error { return p.stepPage(w, r, s, stepForm{}, nil) }
}

func (p *Pages) takeStep(s step) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		in, err := readStep(r, s)
		if err != nil {
			return err
		}
		list, number, err := address(r)
		if err != nil {
			return err
		}
		made, err := s.take(r.Context(), release.Ref{List: list, Number: number, Revision: in.Revision}, in)
		if err != nil {
			return p.stepPage(w, r, s, in, err)
		}
		to := made.Path()
		if made.State == release.Discarded {
			to = listPath(list)
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
}

// readStep reads the form of a step, and of the one with a file what the file holds.
func readStep(r *http.Request, s step) (stepForm, error) {
	var in stepForm
	if !s.upload {
		return in, web.Decode(r, &in)
	}
	err := web.DecodeUpload(r, &in, func(u web.Upload) error {
		var err error
		in.signed, err = readSigned(u)
		return err
	})
	return in, err
}

func (p *Pages) stepPage(w http.ResponseWriter, r *http.Request, s step, in stepForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	v, err := p.find(r)
	if err != nil {
		return err
	}
	t := p.shell.T(r)
	title := t("release.do." + s.verb)
	view := pageView{Head: p.head(t, v)}
	props := ui.FormProps{
		Action: v.Path() + "/" + s.verb, Submit: title, Icon: s.icon, Danger: s.danger, Cancel: v.Path(), Errors: errs, Upload: s.upload, Hidden: []ui.Hidden{{Name: "revision", Value: fmt.Sprint(v.Revision)}},
	}
	body := []templ.Component{form(props, s.fields(t, v, in, errs)...)}
	if !s.offered(v) && !shown {
		body = []templ.Component{ui.EmptyState(ui.Empty{Icon: s.icon, Title: t("release.step_over"), Text: t("release.step_over_text", stateOf(t, v).Label), Action: &ui.Action{Label: t("release.back"), Path: v.Path()}})}
	}
	view.Main = []part{{Card: ui.CardProps{Title: title, Lead: t("release.do." + s.verb + "_lead")}, Body: body}}
	page := web.Page{Title: title, Narrow: true, Crumbs: crumbs(t, v, title), Body: page(view)}
	if shown {
		page.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, page)
}

// openDraft begins the draft of a list.
func (p *Pages) openDraft(list release.List) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		made, err := p.Releases.Open(r.Context(), list)
		if err != nil {
			return err
		}
		http.Redirect(w, r, made.Path(), http.StatusSeeOther)
		return nil
	}
}

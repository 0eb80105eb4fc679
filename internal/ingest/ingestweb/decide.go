package ingestweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"

	"github.com/a-h/templ"
)

// decision is what an officer can decide about a delivery; each gives its reason.
type decision struct {
	verb       string // last part of the address; its messages are ingest.do.<verb> and ingest.do.<verb>_lead
	permission access.Permission
	icon       ui.Icon
	danger     bool
	take       func(ctx context.Context, id ingest.ID, reason string) (*ingest.Delivery, error)
}

func (p *Pages) decisions() []decision {
	return []decision{
		{"release", access.IngestRead, ui.IconDone, false, p.ingest.Release},   // by who releases, or the owner's steward for older data; the service knows
		{"withdraw", access.IngestRead, ui.IconBack, false, p.ingest.Withdraw}, // by the owner's steward or who releases; the service knows
		{"purge", access.IncidentHandle, ui.IconRemove, true, p.ingest.Purge},
	}
}

// actions are what this person can do about the delivery now.
func (p *Pages) actions(who access.Actor, t ui.T, d *ingest.Delivery) []ui.Action {
	var list []ui.Action
	add := func(verb string, icon ui.Icon, kind ui.ActionKind) {
		list = append(list, ui.Action{Label: t("ingest.do." + verb), Path: "/ingest/" + string(d.ID) + "/" + verb, Icon: icon, Kind: kind})
	}
	mine := who.CanFor(access.IngestDeliver, d.Owner)
	older := d.OnlyOlder && mine && who.Has(access.Steward)
	if d.State == ingest.Held && (older || who.Can(access.IngestRelease)) {
		add("release", ui.IconDone, ui.Primary)
	}
	if d.State == ingest.Held && (mine || who.Can(access.IngestRelease)) {
		add("withdraw", ui.IconBack, ui.Secondary)
	}
	if d.State.Final() && d.State != ingest.Purged && who.Can(access.IncidentHandle) {
		add("purge", ui.IconRemove, ui.Danger)
	}
	if d.State.Final() && mine {
		list = append(list, ui.Action{Label: t("ingest.deliver_again"), Path: "/ingest/new?dataset=" + string(d.Dataset), Icon: ui.IconUpload})
	}
	return list
}

type decisionForm struct {
	Reason string `form:"reason"`
}

func (p *Pages) showDecision(d decision) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		return p.decisionPage(w, r, d, decisionForm{}, nil)
	}
}

func (p *Pages) takeDecision(d decision) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		var in decisionForm
		if err := web.Decode(r, &in); err != nil {
			return err
		}
		done, err := d.take(r.Context(), ingest.ID(r.PathValue("id")), in.Reason)
		if err != nil {
			return p.decisionPage(w, r, d, in, err)
		}
		if !access.ActorOf(r.Context()).Can(access.IngestRead) {
			return p.decided(w, r, d, done)
		}
		http.Redirect(w, r, "/ingest/"+string(done.ID), http.StatusSeeOther)
		return nil
	}
}

func (p *Pages) decisionPage(w http.ResponseWriter, r *http.Request, d decision, in decisionForm, refusal error) error {
	errs, shown := p.shell.Refused(r, refusal)
	if refusal != nil && !shown {
		return refusal
	}
	t, back := p.shell.T(r), listPath(r)
	if back != "" {
		one, err := p.ingest.Find(r.Context(), ingest.ID(r.PathValue("id")))
		if err != nil {
			return err
		}
		back = "/ingest/" + string(one.ID)
	}
	label := t("ingest.do." + d.verb)
	reason := ui.Field{Name: "reason", Label: t("ingest.reason"), Hint: t("ingest.reason_hint"), Value: in.Reason, Error: errs.Of("reason"), Required: true, MaxLength: 2000}
	props := ui.FormProps{Action: "/ingest/" + r.PathValue("id") + "/" + d.verb, Submit: label, Icon: d.icon, Danger: d.danger, Cancel: back, Errors: errs}
	answer := web.Page{
		Title: label, Narrow: true, Crumbs: []ui.Crumb{{Label: t("ingest.list"), Path: listPath(r)}, {Label: label}},
		Body: page(pageView{Head: ui.Head{Title: label, Lead: t("ingest.do." + d.verb + "_lead")}, Main: cards(part{Body: []templ.Component{form(props, ui.Textarea(reason))}})}),
	}
	if shown {
		answer.Status = fault.Of(refusal).Kind.Status()
	}
	return p.shell.Render(w, r, answer)
}

// decided confirms to someone who may decide but not read deliveries.
func (p *Pages) decided(w http.ResponseWriter, r *http.Request, d decision, done *ingest.Delivery) error {
	t := p.shell.T(r)
	label := t("ingest.do." + d.verb)
	facts := ui.KeyValue(
		ui.Pair{Name: t("ingest.dataset"), Value: ui.Mono(string(done.Dataset))}, ui.Pair{Name: t("ingest.state"), Value: ui.Badge(stateOf(t, done.State))},
		ui.Pair{Name: t("ingest.received"), Value: ui.Moment(done.ReceivedAt)}, ui.Pair{Name: t("ingest.sha256"), Value: ui.Mono(done.SHA256)},
	)
	return p.shell.Render(w, r, web.Page{Title: label, Narrow: true, Crumbs: []ui.Crumb{{Label: label}}, Body: page(pageView{
		Head: ui.Head{Title: t("ingest.outcome." + string(done.State))}, Main: cards(part{Body: []templ.Component{facts}}),
	})})
}

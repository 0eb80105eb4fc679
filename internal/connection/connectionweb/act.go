package connectionweb

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// pageStep is a form of the request's page: its verb, the actions it stands for, and the use case behind it.
type pageStep struct {
	verb       string
	permission access.Permission
	actions    []connection.Action
	do         func(ctx context.Context, id connection.ID, f actForm, in connection.Input) error
}

type useCase func(context.Context, connection.ID, connection.Input) (*connection.Request, error)

// simple is a step whose form has nothing of its own.
func simple(verb string, p access.Permission, take useCase, actions ...connection.Action) pageStep {
	return pageStep{verb, p, actions, func(ctx context.Context, id connection.ID, _ actForm, in connection.Input) error {
		_, err := take(ctx, id, in)
		return err
	}}
}

func (p *Pages) steps() []pageStep {
	s := p.connections
	return slices.Concat([]pageStep{
		simple("submit", access.ConnectionDraft, s.Submit, connection.ActSubmit, connection.ActResubmit),
		simple("withdraw", access.ConnectionDraft, s.Withdraw, connection.ActWithdraw),
		simple("recall", access.ConnectionDraft, s.Recall, connection.ActRecall),
		simple("return", access.ConnectionAppr, s.Return, connection.ActReturn),
		simple("start-appraisal", access.ConnectionAppr, s.StartAppraisal, connection.ActStartAppraisal),
		{"appraise", access.ConnectionAppr, []connection.Action{connection.ActAppraise}, func(ctx context.Context, id connection.ID, f actForm, in connection.Input) error {
			in.Checklist = f.checklist()
			_, err := s.Appraise(ctx, id, in)
			return err
		}},
		simple("ask-owner", access.ConnectionAppr, s.AskOwner, connection.ActAskOwner),
		simple("opinion", access.ConnectionOpinion, s.GiveOpinion, connection.ActGiveOpinion),
		simple("consent", access.ConnectionOpinion, s.Consent, connection.ActConsent),
		simple("deem-agreed", access.ConnectionAppr, s.DeemAgreed, connection.ActDeemAgreed),
		{"approve", access.ConnectionApprove, []connection.Action{connection.ActApprove, connection.ActApproveDecided}, func(ctx context.Context, id connection.ID, f actForm, in connection.Input) error {
			in.Scope = f.scope()
			_, err := s.Approve(ctx, id, in)
			return err
		}},
		simple("reject", access.ConnectionApprove, s.Reject, connection.ActReject, connection.ActRejectDecided),
		simple("escalate", access.ConnectionAppr, s.Escalate, connection.ActEscalate),
	}, p.shortenedSteps(), p.setUpSteps(), p.liveSteps())
}

func (p *Pages) setUpSteps() []pageStep {
	s := p.connections
	return []pageStep{
		{"reconfigure", access.ConnectionSetUp, []connection.Action{connection.ActReconfigure}, func(ctx context.Context, id connection.ID, f actForm, in connection.Input) error {
			v, err := s.Find(ctx, id)
			if err != nil {
				return err
			}
			if v.Request.InForce != nil {
				in.Parameters = f.parameters(v.Request.InForce.Parameters)
			}
			_, err = s.Reconfigure(ctx, id, in)
			return err
		}},
		{"rollback", access.ConnectionSetUp, nil, func(ctx context.Context, id connection.ID, f actForm, in connection.Input) error {
			_, err := s.Rollback(ctx, id, f.Version, in)
			return err
		}},
		simple("review", access.ConnectionReview, s.Review, connection.ActReview),
		simple("start-testing", access.ConnectionSetUp, s.StartTesting, connection.ActStartTesting),
		{"test", access.ConnectionTest, []connection.Action{connection.ActRecordRun}, func(ctx context.Context, id connection.ID, _ actForm, _ connection.Input) error {
			_, _, err := p.test.Run(ctx, id)
			return err
		}},
		simple("pass-testing", access.ConnectionTest, s.PassTesting, connection.ActPassTesting),
		simple("fail-testing", access.ConnectionTest, s.FailTesting, connection.ActFailTesting),
	}
}

func (p *Pages) liveSteps() []pageStep {
	s := p.connections
	confirm := func(side connection.Side) useCase {
		return func(ctx context.Context, id connection.ID, in connection.Input) (*connection.Request, error) {
			return s.Confirm(ctx, id, side, in)
		}
	}
	return []pageStep{
		simple("confirm-operator", access.ConnectionAccept, confirm(connection.Operator), connection.ActConfirmOperator),
		simple("confirm-owner", access.ConnectionAccept, confirm(connection.Owner), connection.ActConfirmOwner),
		simple("confirm-requester", access.ConnectionAccept, confirm(connection.Requester), connection.ActConfirmConsumer),
		simple("go-live", access.ConnectionAccept, s.GoLive, connection.ActGoLive),
		simple("retest", access.ConnectionAccept, s.Retest, connection.ActRetest),
		simple("ask-suspend", access.ConnectionOpinion, s.AskSuspend, connection.ActAskSuspend),
		simple("suspend", access.ConnectionSuspend, s.Suspend, connection.ActSuspend),
		simple("resume", access.ConnectionSuspend, s.Resume, connection.ActResume),
		simple("terminate", access.ConnectionRead, s.Terminate, connection.ActTerminate, connection.ActEndOwn),
	}
}

// readForm decodes the form of a step and keeps what was typed.
func readForm(r *http.Request) (actForm, error) {
	var f actForm
	err := web.Decode(r, &f)
	f.values = r.Form
	return f, err
}

// take is the handler of a step: decode, one call, back to the request; refused, the page again with what was typed.
func (p *Pages) take(s pageStep) web.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		id := connection.ID(r.PathValue("id"))
		f, err := readForm(r)
		if err == nil {
			err = s.do(r.Context(), id, f, f.input())
		}
		if err == nil {
			http.Redirect(w, r, path(id), http.StatusSeeOther)
			return nil
		}
		return p.refuse(w, r, id, s.verb, f, err)
	}
}

func (p *Pages) refuse(w http.ResponseWriter, r *http.Request, id connection.ID, verb string, f actForm, err error) error {
	errs, shown := p.shell.Refused(r, err)
	if !shown {
		return err
	}
	if verb == "submit" {
		errs = elsewhere(p.shell.T(r), path(id)+"/edit", errs)
	}
	return p.renderStep(w, r, id, typed{verb: verb, values: f.values, errors: errs})
}

// elsewhere leads from what a submission lacks to its fields, which stand on the page of the need; there each says its name.
func elsewhere(t ui.T, page string, errs ui.FormErrors) ui.FormErrors {
	labels := needLabels()
	for i, e := range errs.Items {
		if label, known := labels[e.Field]; known {
			errs.Items[i].Path, errs.Items[i].Text = page, t(label)+": "+e.Text
		}
		if e.Field == "impact" { // has a page of its own
			errs.Items[i].Path = strings.TrimSuffix(page, "/edit") + "/impact"
		}
	}
	return errs
}

// typed is a refused form with its errors; its zero value is a page that was asked for.
type typed struct {
	verb   string
	values url.Values
	errors ui.FormErrors
}

func path(id connection.ID) string { return "/connections/" + string(id) }

// provision says who picks the credential's secret up, and where.
func (p *Pages) provision(w http.ResponseWriter, r *http.Request) error {
	id := connection.ID(r.PathValue("id"))
	f, err := readForm(r)
	if err != nil {
		return p.refuse(w, r, id, "provision", f, err)
	}
	v, err := p.connections.Find(r.Context(), id)
	if err != nil {
		return err
	}
	in := f.input()
	in.Scope, in.Parameters = f.setUp(v)
	granted, err := p.grant.Run(r.Context(), id, in)
	if err != nil {
		return p.refuse(w, r, id, "provision", f, err)
	}
	if granted.Credential.ID == "" { // people sign in themselves
		http.Redirect(w, r, path(id), http.StatusSeeOther)
		return nil
	}
	t := p.shell.T(r)
	return p.shell.Render(w, r, web.Page{
		Title: t("connection.secret_title"), Narrow: true, Crumbs: p.crumbs(t, granted.Request, t("connection.secret_title")),
		Body: issuedPage(issuedView{
			Head:     ui.Head{Eyebrow: granted.Request.Number, Title: t("connection.secret_title"), Lead: t("connection.secret_lead")},
			ClientID: ui.Pair{Name: t("connection.client_id"), Value: ui.Copyable(granted.Credential.ClientID)},
			Back:     ui.Action{Label: t("connection.back"), Path: path(id), Kind: ui.Primary},
		}),
	})
}

package connectionweb

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/flow"
	"lienthong/internal/web"
)

// ConnectionStep is what every step may bring with it; exported, since huma leaves unexported embedded structs out.
type ConnectionStep struct {
	Revision  int64                 `json:"revision,omitempty" doc:"Revision that the caller saw; another one is refused with 409"`
	Comment   string                `json:"comment,omitempty"`
	Documents []connection.Document `json:"documents,omitempty"`
}

func (s ConnectionStep) input() connection.Input {
	return connection.Input{Revision: s.Revision, Comment: s.Comment, Documents: s.Documents}
}

type requestIn struct {
	ID string `path:"id"`
}

type stepIn[B any] struct {
	ID   string `path:"id"`
	Body *B
}

// documentOut is a document of this slice as the domain encodes it.
type documentOut struct {
	CacheControl string `header:"Cache-Control"`
	Body         json.RawMessage
}

func answer(v any, err error) (*documentOut, error) {
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return &documentOut{CacheControl: "no-store", Body: raw}, nil
}

// step adds the operation of one step; its answer is the request after it.
func step[B any](api *web.API, verb string, p access.Permission, summary string, take func(context.Context, connection.ID, B) (*connection.Request, error)) {
	spec := web.OpSpec{
		ID: "connection-" + verb, Method: http.MethodPost, Path: "/connections/requests/{id}/" + verb, Permission: p, Tag: "connection", Summary: summary,
	}
	web.Op(api, spec, func(ctx context.Context, in *stepIn[B]) (*documentOut, error) {
		var body B
		if in.Body != nil {
			body = *in.Body
		}
		return answer(take(ctx, connection.ID(in.ID), body))
	})
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	p.readOperations(api)
	p.paperOperations(api)
	p.appraisalOperations(api)
	p.shortenedOperations(api)
	p.setUpOperations(api)
	p.liveOperations(api)
}

func (p *Pages) appraisalOperations(api *web.API) {
	s := p.connections
	step(api, "submit", access.ConnectionDraft, "Submit a draft with its attestation, or a returned request with its answer",
		func(ctx context.Context, id connection.ID, b connectionSubmit) (*connection.Request, error) {
			in := b.input()
			in.Attest = b.Attest
			return s.Submit(ctx, id, in)
		})
	step(api, "withdraw", access.ConnectionDraft, "Withdraw the request", plain(s.Withdraw))
	step(api, "recall", access.ConnectionDraft, "The owner takes an offer back that was not submitted", plain(s.Recall))
	step(api, "return", access.ConnectionAppr, "Send the request back with the missing items",
		func(ctx context.Context, id connection.ID, b connectionReturn) (*connection.Request, error) {
			in := b.input()
			in.Missing = b.Missing
			return s.Return(ctx, id, in)
		})
	step(api, "start-appraisal", access.ConnectionAppr, "Take the request into appraisal", plain(s.StartAppraisal))
	step(api, "appraise", access.ConnectionAppr, "Answer checklist items and judge the necessity of fields",
		func(ctx context.Context, id connection.ID, b connectionChecklist) (*connection.Request, error) {
			in := b.input()
			in.Checklist = b.Checklist
			return s.Appraise(ctx, id, in)
		})
	step(api, "ask-owner", access.ConnectionAppr, "Ask the data owner for an opinion",
		func(ctx context.Context, id connection.ID, b connectionQuestions) (*connection.Request, error) {
			in := b.input()
			in.Questions = b.Questions
			return s.AskOwner(ctx, id, in)
		})
	step(api, "opinion", access.ConnectionOpinion, "Give the owner's opinion",
		func(ctx context.Context, id connection.ID, b connectionOpinion) (*connection.Request, error) {
			in := b.input()
			in.Opinion = connection.Opinion{Stand: b.Stand, Exclude: b.Exclude, Limits: b.Limits, Citation: b.Citation}
			return s.GiveOpinion(ctx, id, in)
		})
	step(api, "consent", access.ConnectionOpinion, "Agree, as the owner, after silence was taken for agreement: what lies outside the sharing policy needs it", plain(s.Consent))
	step(api, "deem-agreed", access.ConnectionAppr, "Go on without the owner's answer after the limit, where no personal data is asked", plain(s.DeemAgreed))
	step(api, "approve", access.ConnectionApprove, "Approve a scope within the requested one",
		func(ctx context.Context, id connection.ID, b connectionApprove) (*connection.Request, error) {
			in := b.input()
			in.Scope, in.Decision = b.Scope, b.Decision
			return s.Approve(ctx, id, in)
		})
	step(api, "reject", access.ConnectionApprove, "Refuse with reason (comment) and legal citation",
		func(ctx context.Context, id connection.ID, b connectionReject) (*connection.Request, error) {
			in := b.input()
			in.Citation, in.Decision = b.Citation, b.Decision
			return s.Reject(ctx, id, in)
		})
	step(api, "escalate", access.ConnectionAppr, "Submit a disagreement to the authority", plain(s.Escalate))
}

func (p *Pages) setUpOperations(api *web.API) {
	s := p.connections
	spec := web.OpSpec{
		ID: "connection-provision", Method: http.MethodPost, Path: "/connections/requests/{id}/provision", Permission: access.ConnectionSetUp, Tag: "connection",
		Summary: "Create configuration, grants and credential; the agency of the system picks up the secret",
	}
	web.Op(api, spec, func(ctx context.Context, in *stepIn[connectionProvision]) (*documentOut, error) {
		var b connectionProvision
		if in.Body != nil {
			b = *in.Body
		}
		input := b.input()
		input.Scope, input.Parameters = b.Scope, b.Parameters
		granted, err := p.grant.Run(ctx, connection.ID(in.ID), input)
		return answer(provisioned(granted), err)
	})
	step(api, "reconfigure", access.ConnectionSetUp, "Make a configuration version with other parameters; the comment is the reason",
		func(ctx context.Context, id connection.ID, b connectionParameters) (*connection.Request, error) {
			in := b.input()
			in.Parameters = b.Parameters
			return s.Reconfigure(ctx, id, in)
		})
	step(api, "rollback", access.ConnectionSetUp, "Make a new version with the parameters of an earlier one",
		func(ctx context.Context, id connection.ID, b connectionRollback) (*connection.Request, error) {
			return s.Rollback(ctx, id, b.Version, b.input())
		})
	step(api, "review", access.ConnectionReview, "A second operator's review of the newest configuration",
		func(ctx context.Context, id connection.ID, b connectionReview) (*connection.Request, error) {
			in := b.input()
			in.Reviewed, in.OK = b.Version, b.OK
			return s.Review(ctx, id, in)
		})
	step(api, "start-testing", access.ConnectionSetUp, "Open the connection for the platform's own test calls", plain(s.StartTesting))
	spec.ID, spec.Path, spec.Permission = "connection-test", "/connections/requests/{id}/test", access.ConnectionTest
	spec.Summary = "Run the platform's own tests through the real exchange; a failing verdict goes back to set-up"
	web.Op(api, spec, func(ctx context.Context, in *requestIn) (*documentOut, error) {
		r, run, err := p.test.Run(ctx, connection.ID(in.ID))
		return answer(testReport{r, run}, err)
	})
	step(api, "pass-testing", access.ConnectionTest, "Take a connection whose verdicts passed to its acceptance", plain(s.PassTesting))
	step(api, "fail-testing", access.ConnectionTest, "Send a connection back to set-up", plain(s.FailTesting))
}

func (p *Pages) liveOperations(api *web.API) {
	s := p.connections
	step(api, "confirm", access.ConnectionAccept, "Confirm the acceptance for one party; the last confirmation makes the connection live",
		func(ctx context.Context, id connection.ID, b connectionConfirm) (*connection.Request, error) {
			return s.Confirm(ctx, id, b.Party, b.input())
		})
	step(api, "go-live", access.ConnectionAccept, "Make live what is fully confirmed", plain(s.GoLive))
	step(api, "retest", access.ConnectionAccept, "Go back from acceptance to testing", plain(s.Retest))
	step(api, "ask-suspend", access.ConnectionOpinion, "The owner asks to suspend", plain(s.AskSuspend))
	step(api, "suspend", access.ConnectionSuspend, "Suspend a live connection with its grants",
		func(ctx context.Context, id connection.ID, b connectionSuspend) (*connection.Request, error) {
			in := b.input()
			in.ReasonClass, in.AskedBy, in.ExpectedEnd = b.Class, b.AskedBy, b.ExpectedEnd
			return s.Suspend(ctx, id, in)
		})
	step(api, "resume", access.ConnectionSuspend, "Resume a suspended connection with its grants", plain(s.Resume))
	step(api, "terminate", access.ConnectionRead, "End the connection: by the operator, or by the requester", plain(s.Terminate))
}

func plain(take func(context.Context, connection.ID, connection.Input) (*connection.Request, error)) func(context.Context, connection.ID, ConnectionStep) (*connection.Request, error) {
	return func(ctx context.Context, id connection.ID, b ConnectionStep) (*connection.Request, error) {
		return take(ctx, id, b.input())
	}
}

// credentialOut names a credential, without a secret: that is for the agency of the system alone.
type credentialOut struct {
	ID       string `json:"id"`
	ClientID string `json:"client_id"`
}

type provisionOut struct {
	Request    *connection.Request `json:"request"`
	Config     connection.Config   `json:"config"`
	Credential *credentialOut      `json:"credential,omitempty" doc:"Absent where people look on screen, who sign in themselves"`
}

func provisioned(g flow.Granted) provisionOut {
	out := provisionOut{Request: g.Request, Config: g.Config}
	if g.Credential.ID != "" {
		out.Credential = &credentialOut{g.Credential.ID, g.Credential.ClientID}
	}
	return out
}

type testReport struct {
	Request *connection.Request `json:"request"`
	Run     connection.Run      `json:"run"`
}

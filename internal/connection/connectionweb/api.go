package connectionweb

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

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

type connectionSubmit struct {
	ConnectionStep
	Attest bool `json:"attest,omitempty" doc:"The caller takes responsibility for the content, by name and time"`
}

type connectionReturn struct {
	ConnectionStep
	Missing []string `json:"missing_items,omitempty"`
}

type connectionChecklist struct {
	ConnectionStep
	connection.Checklist
}

type connectionQuestions struct {
	ConnectionStep
	Questions string `json:"questions,omitempty"`
}

type connectionOpinion struct {
	ConnectionStep
	Stand    connection.Stand `json:"stand,omitempty" enum:"agree,agree_with_limits,object"`
	Exclude  []string         `json:"exclude_fields,omitempty"`
	Limits   string           `json:"limits,omitempty"`
	Citation string           `json:"legal_citation,omitempty" doc:"Needed with object"`
}

type connectionApprove struct {
	ConnectionStep
	Scope    *connection.Scope   `json:"approved_scope,omitempty" doc:"Within the requested scope"`
	Decision connection.Document `json:"decision,omitzero" doc:"Of the authority, after an escalation"`
}

type connectionReject struct {
	ConnectionStep
	Citation string              `json:"legal_citation,omitempty"`
	Decision connection.Document `json:"decision,omitzero"`
}

type connectionProvision struct {
	ConnectionStep
	Scope      *connection.Scope      `json:"scope,omitempty" doc:"Narrower than the approved scope; the approved one when absent"`
	Parameters *connection.Parameters `json:"parameters,omitempty" doc:"Defaults by class of data when absent"`
}

type connectionParameters struct {
	ConnectionStep
	Parameters *connection.Parameters `json:"parameters,omitempty"`
}

type connectionRollback struct {
	ConnectionStep
	Version int64 `json:"version,omitempty"`
}

type connectionReview struct {
	ConnectionStep
	Version int64 `json:"version,omitempty"`
	OK      bool  `json:"ok,omitempty"`
}

type connectionConfirm struct {
	ConnectionStep
	Party connection.Side `json:"party,omitempty" enum:"operator,owner,requester"`
}

type connectionSuspend struct {
	ConnectionStep
	Class       string         `json:"reason_class,omitempty" enum:"maintenance,incident,owner_request,level_lapsed,violation,expiry,other"`
	AskedBy     string         `json:"asked_by,omitempty"`
	ExpectedEnd connection.Day `json:"expected_end,omitempty"`
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

type listIn struct {
	State   string `query:"state"`
	Agency  string `query:"agency" doc:"Requesting agency"`
	Owner   string `query:"owner" doc:"Owner agency of the dataset"`
	Dataset string `query:"dataset"`
	System  string `query:"system"`
	Waiting string `query:"waiting" doc:"Agency whose move it is"`
	Late    bool   `query:"late" doc:"Only what is past its deadline"`
	After   string `query:"after" doc:"Cursor: id of the last request of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (in listIn) filter(now time.Time) connection.Filter {
	f := connection.Filter{
		State: connection.State(in.State), Agency: in.Agency, Owner: in.Owner, Dataset: in.Dataset, System: in.System, Waiting: in.Waiting, After: in.After, Limit: in.Limit,
	}
	if in.Late {
		f.LateAt = now
	}
	return f
}

func (p *Pages) readOperations(api *web.API) {
	spec := web.OpSpec{ID: "connection-list", Method: http.MethodGet, Path: "/connections/requests", Permission: access.ConnectionRead, Tag: "connection",
		Summary: "Requests of all agencies, the newest first; papers and addresses only to the parties"}
	web.Op(api, spec, func(ctx context.Context, in *listIn) (*documentOut, error) {
		all, err := p.connections.List(ctx, in.filter(p.clock.Now()))
		out := struct {
			Requests []*connection.Request `json:"requests"`
			Next     string                `json:"next,omitempty"`
		}{Requests: all}
		if len(all) > 0 && len(all) == in.Limit {
			out.Next = string(all[len(all)-1].ID)
		}
		return answer(out, err)
	})
	spec.ID, spec.Method, spec.Permission, spec.Status = "connection-create", http.MethodPost, access.ConnectionDraft, http.StatusCreated
	spec.Summary = "Register a need as a draft; members may be missing until it is submitted"
	web.Op(api, spec, func(ctx context.Context, in *struct{ Body connection.Need }) (*documentOut, error) {
		return answer(p.connections.Create(ctx, in.Body))
	})
	spec = web.OpSpec{ID: "connection-find", Method: http.MethodGet, Path: "/connections/requests/{id}", Permission: access.ConnectionRead, Tag: "connection",
		Summary: "One request with its history; configurations, test runs and papers only to the parties"}
	web.Op(api, spec, func(ctx context.Context, in *requestIn) (*documentOut, error) {
		return answer(p.connections.Find(ctx, connection.ID(in.ID)))
	})
	spec.ID, spec.Method, spec.Permission = "connection-change", http.MethodPatch, access.ConnectionDraft
	spec.Summary = "Replace members of the need of a draft or returned request; unknown members are refused"
	web.Op(api, spec, p.opChange)
	spec.ID, spec.Method, spec.Path, spec.Status = "connection-copy", http.MethodPost, "/connections/requests/{id}/copy", http.StatusCreated
	spec.Summary = "New draft with the need of an earlier request of the same agency"
	web.Op(api, spec, func(ctx context.Context, in *requestIn) (*documentOut, error) {
		return answer(p.connections.Copy(ctx, connection.ID(in.ID)))
	})
	spec = web.OpSpec{ID: "connection-durations", Method: http.MethodGet, Path: "/connections/durations", Permission: access.ConnectionRead, Tag: "connection",
		Summary: "Working days by phase and agency, over all requests"}
	web.Op(api, spec, func(ctx context.Context, _ *struct{}) (*documentOut, error) {
		all, err := p.connections.Durations(ctx)
		return answer(struct {
			Durations []connection.Duration `json:"durations"`
		}{all}, err)
	})
}

type changeIn struct {
	ID       string          `path:"id"`
	Revision int64           `query:"revision" doc:"Revision that the caller saw"`
	Body     json.RawMessage `doc:"Members of a need to replace, as in the operation that creates one"`
}

// opChange reads the body itself: what a need does not have must be named in the refusal (T34).
func (p *Pages) opChange(ctx context.Context, in *changeIn) (*documentOut, error) {
	return answer(p.connections.Change(ctx, connection.ID(in.ID), in.Revision, in.Body))
}

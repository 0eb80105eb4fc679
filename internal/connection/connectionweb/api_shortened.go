package connectionweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/web"
)

type connectionObject struct {
	ConnectionStep
	Citation string `json:"legal_citation,omitempty" doc:"Required: article or document number; the comment is the reason"`
}

type connectionCheck struct {
	ConnectionStep
	Scope   *connection.Scope `json:"approved_scope,omitempty" doc:"The requested data with masks and limits; the proposed protection when absent"`
	Reasons map[string]string `json:"unmasked_because,omitempty" doc:"By sensitive field: why it is not masked"`
}

type connectionContinue struct {
	ConnectionStep
	Decision connection.Document `json:"decision,omitzero" doc:"Of the authority"`
	Scope    *connection.Scope   `json:"approved_scope,omitempty" doc:"Narrower scope that the decision leaves; absent: as asked"`
}

type connectionOrder struct {
	ConnectionStep
	Order connection.Document      `json:"order,omitzero" doc:"Urgent order of the People's Committee"`
	Hours map[connection.Phase]int `json:"hours,omitempty" doc:"Limit in hours (1-72) by phase: security_check, set_up, testing, acceptance"`
}

type connectionLimits struct {
	Revision int64                    `json:"revision" doc:"Revision that the caller saw; another one is refused with 409"`
	Reason   string                   `json:"reason,omitempty"`
	Full     map[connection.Phase]int `json:"full" doc:"Working days by phase, in all at most 17 (D1)"`
	Short    map[connection.Phase]int `json:"shortened" doc:"Working days by phase, in all at most 7 (D2)"`
}

// shortenedOperations are the steps of section 5.1b, the route of a need that is not saved yet, and the time limits.
func (p *Pages) shortenedOperations(api *web.API) {
	s := p.connections
	step(api, "start-check", access.ConnectionCheck, "Take a request of the shortened process into the security and privacy check", plain(s.StartCheck))
	step(api, "return-check", access.ConnectionCheck, "Send it back with the missing items",
		func(ctx context.Context, id connection.ID, b connectionReturn) (*connection.Request, error) {
			in := b.input()
			in.Missing = b.Missing
			return s.ReturnCheck(ctx, id, in)
		})
	step(api, "pass-check", access.ConnectionCheck, "Pass the check: what was asked is approved, with masks and limits",
		func(ctx context.Context, id connection.ID, b connectionCheck) (*connection.Request, error) {
			in := b.input()
			in.Scope, in.Checklist = b.Scope, connection.Checklist{Fields: map[string]connection.Necessity{}}
			for field, why := range b.Reasons {
				in.Checklist.Fields[field] = connection.Necessity{Needed: true, Comment: why}
			}
			return s.PassCheck(ctx, id, in)
		})
	step(api, "object", access.ConnectionOpinion, "The owner's legal objection, which the authority decides; refused without a citation",
		func(ctx context.Context, id connection.ID, b connectionObject) (*connection.Request, error) {
			in := b.input()
			in.Citation = b.Citation
			return s.Object(ctx, id, in)
		})
	step(api, "continue", access.ConnectionApprove, "Go on after an objection as the authority decided, with a narrower scope when one is given",
		func(ctx context.Context, id connection.ID, b connectionContinue) (*connection.Request, error) {
			in := b.input()
			in.Decision, in.Scope = b.Decision, b.Scope
			return s.Continue(ctx, id, in)
		})
	step(api, "order", access.ConnectionApprove, "Enter an urgent order that sets limits in hours; no step is skipped",
		func(ctx context.Context, id connection.ID, b connectionOrder) (*connection.Request, error) {
			in := b.input()
			in.Decision, in.Hours = b.Order, b.Hours
			return s.Order(ctx, id, in)
		})
	p.routeOperations(api)
}

func (p *Pages) routeOperations(api *web.API) {
	s := p.connections
	web.Op(api, web.OpSpec{
		ID: "connection-route", Method: http.MethodPost, Path: "/connections/route", Permission: access.ConnectionDraft, Tag: "connection",
		Summary: "Which process a need would take as things stand, with the reason of each condition; nothing is kept",
	}, func(ctx context.Context, in *struct{ Body connection.Need }) (*documentOut, error) {
		return answer(s.Outlook(ctx, in.Body))
	})
	web.Op(api, web.OpSpec{
		ID: "connection-limits", Method: http.MethodGet, Path: "/connections/limits", Permission: access.ConnectionRead, Tag: "connection",
		Summary: "Time limits of the phases in working days, in the full and in the shortened process",
	}, func(ctx context.Context, _ *struct{}) (*documentOut, error) {
		return answer(s.Limits(ctx))
	})
	web.Op(api, web.OpSpec{
		ID: "connection-change-limits", Method: http.MethodPut, Path: "/connections/limits", Permission: access.SettingsChange, Tag: "connection",
		Summary: "Set the time limits with a reason; a phase that runs keeps the limit with which it began",
	}, func(ctx context.Context, in *struct{ Body connectionLimits }) (*documentOut, error) {
		return answer(s.ChangeLimits(ctx, connection.Limits{Full: in.Body.Full, Shortened: in.Body.Short}, in.Body.Revision, in.Body.Reason))
	})
}

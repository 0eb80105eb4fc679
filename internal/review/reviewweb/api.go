package reviewweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/review"
	"lienthong/internal/web"
)

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	op := func(id, method, path string, permission access.Permission, summary string) web.OpSpec {
		return web.OpSpec{ID: id, Method: method, Path: path, Permission: permission, Tag: "review", Summary: summary}
	}
	web.Op(api, op("review-list", http.MethodGet, "/reviews/campaigns", access.AccessRead, "Reviews of rights, newest first: all for the operator and the auditor, else those with a grant of the caller's agency or on its data"), p.opList)
	open := op("review-open", http.MethodPost, "/reviews/campaigns", access.ReviewOpen, "Open a review by hand")
	open.Status = http.StatusCreated
	web.Op(api, open, p.opOpen)
	web.Op(api, op("review-settings", http.MethodGet, "/reviews/settings", access.AccessRead, "Parameters of reviews"), p.opSettings)
	web.Op(api, op("review-change-settings", http.MethodPut, "/reviews/settings", access.SettingsChange, "Change the parameters; running reviews keep their deadline"), p.opChangeSettings)
	web.Op(api, op("review-list-excess", http.MethodGet, "/reviews/excess", access.AccessRead, "Grants that hold more than is used: fields, quotas, or all of them"), p.opExcess)
	web.Op(api, op("review-calculate-excess", http.MethodPost, "/reviews/excess/calculate", access.ReviewOpen, "Find anew which grants hold more than is used"), p.opCalculate)
	web.Op(api, op("review-keep-excess", http.MethodPost, "/reviews/excess/{grant}/keep", access.ReviewAnswer, "Leave a grant as it is for half a year, with the reason"), p.opKeepExcess)
	ask := op("review-ask-by-excess", http.MethodPost, "/reviews/excess/{grant}/narrow", access.ReviewAnswer, "Ask the operator to take away what is not used")
	ask.Status = http.StatusCreated
	web.Op(api, ask, p.opAskByExcess)
	web.Op(api, op("review-list-asks", http.MethodGet, "/reviews/asks", access.AccessRead, "Requests to the operator about grants, newest first"), p.opAsks)
	ask = op("review-ask", http.MethodPost, "/reviews/asks", access.ReviewAnswer, "Ask the operator to narrow, suspend, resume or end a grant on the caller's data")
	ask.Status = http.StatusCreated
	web.Op(api, ask, p.opAsk)
	web.Op(api, op("review-find-ask", http.MethodGet, "/reviews/asks/{id}", access.AccessRead, "One request with its outcome"), p.opFindAsk)
	web.Op(api, op("review-confirm-ask", http.MethodPost, "/reviews/asks/{id}/confirm", access.ReviewOpen, "Carry out a request of somebody else's"), p.opConfirm)
	web.Op(api, op("review-refuse-ask", http.MethodPost, "/reviews/asks/{id}/refuse", access.ReviewOpen, "Turn down a request of somebody else's, with the reason"), p.opRefuse)
	web.Op(api, op("review-find", http.MethodGet, "/reviews/campaigns/{id}", access.AccessRead, "One review with how far each reviewer has come"), p.opFind)
	web.Op(api, op("review-list-items", http.MethodGet, "/reviews/campaigns/{id}/items", access.AccessRead, "Grants of a review, by number"), p.opItems)
	web.Op(api, op("review-answer", http.MethodPost, "/reviews/campaigns/{id}/answers", access.ReviewAnswer, "Answer for one grant or several: keep, narrow or revoke; all or none"), p.opAnswer)
}

type listIn struct {
	State string `query:"state" enum:"collecting,running,closed"`
	Cause string `query:"cause" enum:"regular,protected,hand,left,moved,agency,class,owner,system"`
	After string `query:"after" doc:"Id of the last review of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type listOut struct {
	Body struct {
		Reviews []review.Campaign `json:"reviews"`
	}
}

func (p *Pages) opList(ctx context.Context, in *listIn) (*listOut, error) {
	all, err := p.review.ListCampaigns(ctx, review.CampaignFilter{State: review.CampaignState(in.State), Cause: review.Cause(in.Cause), After: in.After, Limit: in.Limit})
	var out listOut
	out.Body.Reviews = append([]review.Campaign{}, all...)
	return &out, err
}

type campaignOut struct{ Body review.Campaign }

func (p *Pages) opOpen(ctx context.Context, in *struct{ Body review.Opening }) (*campaignOut, error) {
	c, err := p.review.Open(ctx, in.Body)
	return &campaignOut{c}, err
}

type idIn struct {
	ID string `path:"id" maxLength:"100"`
}

type findOut struct {
	Body struct {
		review.Campaign
		Reviewers []review.Standing `json:"reviewers"`
	}
}

func (p *Pages) opFind(ctx context.Context, in *idIn) (*findOut, error) {
	c, err := p.review.FindCampaign(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	all, err := p.review.Standings(ctx, in.ID)
	var out findOut
	out.Body.Campaign, out.Body.Reviewers = c, append([]review.Standing{}, all...)
	return &out, err
}

type itemsIn struct {
	ID       string `path:"id" maxLength:"100"`
	State    string `query:"state" enum:"open,kept,narrowing,narrowed,revoking,revoked,suspended,gone"`
	Reviewer string `query:"reviewer" maxLength:"35" doc:"Code of the agency that answers"`
	After    string `query:"after" doc:"Number of the last grant of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type itemsOut struct {
	Body struct {
		Items []review.Item `json:"items"`
	}
}

func (p *Pages) opItems(ctx context.Context, in *itemsIn) (*itemsOut, error) {
	all, err := p.review.ListItems(ctx, review.ItemFilter{Campaign: in.ID, State: review.ItemState(in.State), Reviewer: in.Reviewer, After: in.After, Limit: in.Limit})
	var out itemsOut
	out.Body.Items = append([]review.Item{}, all...)
	return &out, err
}

type answerIn struct {
	ID   string `path:"id" maxLength:"100"`
	Body review.Answer
}

func (p *Pages) opAnswer(ctx context.Context, in *answerIn) (*campaignOut, error) {
	c, err := p.review.Answer(ctx, in.ID, in.Body)
	return &campaignOut{c}, err
}

type settingsOut struct{ Body review.Settings }

func (p *Pages) opSettings(ctx context.Context, _ *struct{}) (*settingsOut, error) {
	s, err := p.review.FindSettings(ctx)
	return &settingsOut{s}, err
}

func (p *Pages) opChangeSettings(ctx context.Context, in *struct{ Body review.Settings }) (*settingsOut, error) {
	s, err := p.review.ChangeSettings(ctx, in.Body)
	return &settingsOut{s}, err
}

type excessIn struct {
	Owner  string `query:"owner" maxLength:"35" doc:"Code of the agency that owns the data"`
	Agency string `query:"agency" maxLength:"35" doc:"Code of the agency that holds the grants"`
	Kept   bool   `query:"kept" doc:"Also those that somebody decided to leave as they are"`
	After  string `query:"after" doc:"Number of the last grant of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type excessOut struct {
	Body struct {
		Grants []review.Excess `json:"grants"`
	}
}

func (p *Pages) opExcess(ctx context.Context, in *excessIn) (*excessOut, error) {
	all, err := p.review.ListExcess(ctx, review.ExcessFilter{Owner: in.Owner, Agency: in.Agency, WithKept: in.Kept, After: in.After, Limit: in.Limit})
	var out excessOut
	out.Body.Grants = append([]review.Excess{}, all...)
	return &out, err
}

func (p *Pages) opCalculate(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, p.review.Calculate(ctx)
}

type reasonIn struct {
	Grant string `path:"grant" maxLength:"100"`
	Body  struct {
		Reason string `json:"reason" maxLength:"1000" doc:"Why, at least 10 characters"`
	}
}

type oneExcessOut struct{ Body review.Excess }

func (p *Pages) opKeepExcess(ctx context.Context, in *reasonIn) (*oneExcessOut, error) {
	e, err := p.review.KeepExcess(ctx, in.Grant, in.Body.Reason)
	return &oneExcessOut{e}, err
}

type askOut struct{ Body review.Ask }

func (p *Pages) opAskByExcess(ctx context.Context, in *reasonIn) (*askOut, error) {
	a, err := p.review.AskByExcess(ctx, in.Grant, in.Body.Reason)
	return &askOut{a}, err
}

type asksIn struct {
	State string `query:"state" enum:"open,done,refused"`
	Grant string `query:"grant" maxLength:"100" doc:"Id of a grant"`
	After string `query:"after" doc:"Id of the last request of the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type asksOut struct {
	Body struct {
		Asks []review.Ask `json:"asks"`
	}
}

func (p *Pages) opAsks(ctx context.Context, in *asksIn) (*asksOut, error) {
	all, err := p.review.ListAsks(ctx, review.AskFilter{State: review.AskState(in.State), Grant: in.Grant, After: in.After, Limit: in.Limit})
	var out asksOut
	out.Body.Asks = append([]review.Ask{}, all...)
	return &out, err
}

func (p *Pages) opAsk(ctx context.Context, in *struct{ Body review.Asking }) (*askOut, error) {
	a, err := p.review.Ask(ctx, in.Body)
	return &askOut{a}, err
}

func (p *Pages) opFindAsk(ctx context.Context, in *idIn) (*askOut, error) {
	a, err := p.review.FindAsk(ctx, in.ID)
	return &askOut{a}, err
}

type resolveIn struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Answer string `json:"answer" maxLength:"1000" doc:"Why, at least 10 characters"`
	}
}

func (p *Pages) opConfirm(ctx context.Context, in *resolveIn) (*askOut, error) {
	a, err := p.review.Confirm(ctx, in.ID, in.Body.Answer)
	return &askOut{a}, err
}

func (p *Pages) opRefuse(ctx context.Context, in *resolveIn) (*askOut, error) {
	a, err := p.review.Refuse(ctx, in.ID, in.Body.Answer)
	return &askOut{a}, err
}

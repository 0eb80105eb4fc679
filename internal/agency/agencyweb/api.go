package agencyweb

import (
	"context"

	"lienthong/internal/agency"
	"lienthong/internal/kit/fault"
)

type listIn struct {
	Kind   string `query:"kind" enum:"department,commune,service_unit,central_vertical,other,external"`
	Parent string `query:"parent" maxLength:"35" doc:"Code of the agency to which they belong"`
	Text   string `query:"q" maxLength:"200" doc:"Part of code or name; diacritics and case do not count"`
	At     string `query:"at" maxLength:"40" doc:"Only those existing on that day (2026-12-31, in Viet Nam) or at that moment (RFC 3339); all when absent"`
	Ranked bool   `query:"ranked" doc:"Only those that the province ranks and inspects by default: no central vertical agencies, no outside bodies (Điều 2.2)"`
	Limit  int    `query:"limit" minimum:"1" maximum:"5000" default:"1000"`
}

type listOut struct {
	Body struct {
		Agencies []*agency.Agency `json:"agencies"`
	}
}

func (p *Pages) opList(ctx context.Context, in *listIn) (*listOut, error) {
	at, wrong := moment("at", in.At)
	if wrong != nil {
		return nil, wrong
	}
	list, err := p.agencies.List(ctx, agency.Filter{Kind: agency.Kind(in.Kind), Parent: in.Parent, Text: in.Text, At: at, Ranked: in.Ranked, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	var out listOut
	out.Body.Agencies = append([]*agency.Agency{}, list...)
	return &out, nil
}

// agencyJSON is an agency with who answers for its data.
type agencyJSON struct {
	agency.Agency
	Active  bool            `json:"active" doc:"It exists now"`
	Ranked  bool            `json:"ranked" doc:"The province ranks it unless a ranking says otherwise (Điều 2.2)"`
	Inspect bool            `json:"inspected" doc:"Inspection plans hold it unless a plan says otherwise"`
	Steward *agency.Steward `json:"steward,omitempty" doc:"In force now; its agency tells whether it is the parent's"`
}

type codeIn struct {
	Code string `path:"code" maxLength:"35"`
}

type findOut struct{ Body agencyJSON }

func (p *Pages) opFind(ctx context.Context, in *codeIn) (*findOut, error) {
	a, err := p.agencies.Find(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	return p.shown(ctx, a)
}

func (p *Pages) shown(ctx context.Context, a *agency.Agency) (*findOut, error) {
	s, err := p.agencies.ActiveSteward(ctx, a.Code)
	if err != nil {
		return nil, err
	}
	return &findOut{agencyJSON{*a, a.ActiveAt(p.clock.Now()), a.Kind.Ranked(), a.Kind.Inspected(), s}}, nil
}

type saveIn struct {
	Code string `path:"code" maxLength:"35"`
	Body struct {
		Name       string `json:"name" maxLength:"200"`
		Kind       string `json:"kind" enum:"department,commune,service_unit,central_vertical,other,external"`
		Parent     string `json:"parent,omitempty" maxLength:"35"`
		Commune    string `json:"commune,omitempty" maxLength:"10"`
		Sponsor    string `json:"sponsor,omitempty" maxLength:"35"`
		Commitment string `json:"commitment,omitempty" maxLength:"200"`
		ValidFrom  string `json:"valid_from" maxLength:"40" doc:"First day (2026-12-31, in Viet Nam) or moment (RFC 3339)"`
		ValidTo    string `json:"valid_to,omitempty" maxLength:"40" doc:"First day or moment at which it no longer exists"`
	}
}

func (p *Pages) opSave(ctx context.Context, in *saveIn) (*findOut, error) {
	b := in.Body
	from, wrongFrom := moment("valid_from", b.ValidFrom)
	to, wrongTo := moment("valid_to", b.ValidTo)
	if err := fault.Collect(wrongFrom, wrongTo); err != nil {
		return nil, err
	}
	next := agency.Agency{
		Code: in.Code, Name: b.Name, Kind: agency.Kind(b.Kind), Parent: b.Parent, Commune: b.Commune, Sponsor: b.Sponsor,
		Commitment: b.Commitment, ValidFrom: from, ValidTo: to,
	}
	a, err := p.agencies.Change(ctx, next)
	if fault.Is(err, "agency.not_found") {
		a, err = p.agencies.Create(ctx, next)
	}
	if err != nil {
		return nil, err
	}
	return p.shown(ctx, a)
}

type stewardsOut struct {
	Body struct {
		Stewards []*agency.Steward `json:"stewards"`
		Active   *agency.Steward   `json:"active,omitempty" doc:"In force now, the parent's for a service unit without its own; absent when there is none"`
	}
}

func (p *Pages) opStewards(ctx context.Context, in *codeIn) (*stewardsOut, error) {
	if _, err := p.agencies.Find(ctx, in.Code); err != nil {
		return nil, err
	}
	all, err := p.agencies.Stewards(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	var out stewardsOut
	out.Body.Stewards = append([]*agency.Steward{}, all...)
	out.Body.Active, err = p.agencies.ActiveSteward(ctx, in.Code)
	return &out, err
}

type designateIn struct {
	Code string `path:"code" maxLength:"35"`
	Body struct {
		Name      string   `json:"name" maxLength:"200" doc:"Person or section"`
		Decision  string   `json:"decision" maxLength:"200" doc:"Number and date of the designation"`
		Account   string   `json:"account,omitempty" maxLength:"64"`
		Datasets  []string `json:"datasets,omitempty" maxItems:"200" doc:"Codes of the datasets covered; none means all"`
		Deputy    string   `json:"deputy,omitempty" maxLength:"200"`
		ValidFrom string   `json:"valid_from" maxLength:"40" doc:"Day or moment"`
		ValidTo   string   `json:"valid_to,omitempty" maxLength:"40" doc:"First day or moment at which it no longer holds"`
	}
}

type designateOut struct{ Body *agency.Steward }

func (p *Pages) opDesignate(ctx context.Context, in *designateIn) (*designateOut, error) {
	b := in.Body
	from, wrongFrom := moment("valid_from", b.ValidFrom)
	to, wrongTo := moment("valid_to", b.ValidTo)
	if err := fault.Collect(wrongFrom, wrongTo); err != nil {
		return nil, err
	}
	s, err := p.agencies.Designate(ctx, agency.Steward{
		Agency: in.Code, Account: b.Account, Name: b.Name, Decision: b.Decision, Datasets: b.Datasets, Deputy: b.Deputy, ValidFrom: from, ValidTo: to,
	})
	if err != nil {
		return nil, err
	}
	return &designateOut{s}, nil
}

type endIn struct {
	Code string `path:"code" maxLength:"35"`
	ID   string `path:"id" maxLength:"64"`
}

func (p *Pages) opEndDesignation(ctx context.Context, in *endIn) (*struct{}, error) {
	return nil, p.agencies.EndDesignation(ctx, in.Code, in.ID)
}

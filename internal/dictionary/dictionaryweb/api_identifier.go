package dictionaryweb

import (
	"context"
	"net/http"

	"lienthong/internal/dictionary"
)

type identifierJSON struct {
	dictionary.Identifier
	Effective string `json:"effective_from,omitempty" format:"date" doc:"First day of this version; absent: since it was made"`
}

func asIdentifier(i dictionary.Identifier) identifierJSON {
	return identifierJSON{i, i.Effective.String()}
}

type identifiersOut struct {
	Body struct {
		Identifiers []identifierJSON `json:"identifiers"`
	}
}

func (p *Pages) opIdentifiers(ctx context.Context, _ *struct{}) (*identifiersOut, error) {
	list, err := p.dictionary.ListIdentifiers(ctx)
	if err != nil {
		return nil, err
	}
	var out identifiersOut
	out.Body.Identifiers = make([]identifierJSON, 0, len(list))
	for _, i := range list {
		out.Body.Identifiers = append(out.Body.Identifiers, asIdentifier(i))
	}
	return &out, nil
}

type identifierOut struct {
	Body struct {
		Versions []identifierJSON `json:"versions"`
	}
}

func (p *Pages) opIdentifier(ctx context.Context, in *elementIn) (*identifierOut, error) {
	if _, err := p.dictionary.FindIdentifier(ctx, in.Code); err != nil {
		return nil, err
	}
	all, err := p.dictionary.IdentifierHistory(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	var out identifierOut
	for _, i := range all {
		out.Body.Versions = append(out.Body.Versions, asIdentifier(i))
	}
	return &out, nil
}

type tryIn struct {
	Code string `path:"code" example:"ma_so_doanh_nghiep"`
	Body struct {
		Value     string         `json:"value" maxLength:"200" doc:"Checked as it stands; it is neither kept nor logged"`
		Sex       dictionary.Sex `json:"sex,omitempty" enum:"male,female" doc:"Of the person, for a check against the identifier"`
		BirthYear int            `json:"birth_year,omitempty" minimum:"1900" maximum:"2100"`
		At        string         `json:"at,omitempty" format:"date" doc:"Day of the record, for administrative units"`
	}
}

type tryOut struct {
	Body struct {
		Valid   bool              `json:"valid"`
		Facts   []dictionary.Fact `json:"facts,omitempty" doc:"What the identifier tells by its form"`
		Problem *problemJSON      `json:"problem,omitempty"`
	}
}

// opTry is a POST, since an identifier of a person stands in no address.
func (p *Pages) opTry(ctx context.Context, in *tryIn) (*tryOut, error) {
	x := dictionary.Trial{Value: in.Body.Value, Sex: in.Body.Sex, BirthYear: in.Body.BirthYear}
	if in.Body.At != "" {
		day, err := p.dayOf("at", in.Body.At)
		if err != nil {
			return nil, err
		}
		x.At = day
	}
	facts, problem, err := p.dictionary.TryIdentifier(ctx, in.Code, x)
	if err != nil {
		return nil, err
	}
	var out tryOut
	out.Body.Valid, out.Body.Facts = problem == nil, facts
	if problem != nil {
		t := p.shell.T((&http.Request{}).WithContext(ctx))
		out.Body.Facts, out.Body.Problem = nil, &problemJSON{Code: problem.Code, Detail: t(problem.Code, problem.Args...)}
	}
	return &out, nil
}

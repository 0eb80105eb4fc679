package systemweb

import (
	"cmp"
	"context"
	"encoding/json"

	"lienthong/internal/system"
)

// clientKeyJSON is a key with its public part as an object.
type clientKeyJSON struct {
	system.ClientKey
	JWK json.RawMessage `json:"jwk"`
}

type clientKeysOut struct {
	Body struct {
		Keys []clientKeyJSON `json:"keys"`
	}
}

func (p *Pages) opClientKeys(ctx context.Context, in *idIn) (*clientKeysOut, error) {
	list, err := p.systems.ClientKeys(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var out clientKeysOut
	out.Body.Keys = make([]clientKeyJSON, 0, len(list))
	for _, k := range list {
		out.Body.Keys = append(out.Body.Keys, clientKeyJSON{*k, json.RawMessage(k.JWK)})
	}
	return &out, nil
}

type addClientKeyIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		JWK     json.RawMessage `json:"jwk,omitempty" doc:"Public key as JWK, without the private part; kid and alg are optional"`
		PEM     string          `json:"pem,omitempty" maxLength:"8000" doc:"Or as PEM (BEGIN PUBLIC KEY)"`
		Label   string          `json:"label,omitempty" maxLength:"120" doc:"What it is for"`
		ValidTo string          `json:"valid_to" maxLength:"40" doc:"Day or moment from which it opens nothing; at most 24 months from now"`
	}
}

type clientKeyOut struct{ Body clientKeyJSON }

func (p *Pages) opAddClientKey(ctx context.Context, in *addClientKeyIn) (*clientKeyOut, error) {
	to, wrong := day("valid_to", in.Body.ValidTo)
	if wrong != nil {
		return nil, wrong
	}
	k, err := p.systems.AddClientKey(ctx, in.ID, cmp.Or(in.Body.PEM, string(in.Body.JWK)), in.Body.Label, to)
	if err != nil {
		return nil, err
	}
	return &clientKeyOut{clientKeyJSON{*k, json.RawMessage(k.JWK)}}, nil
}

type revokeClientKeyIn struct {
	ID   string `path:"id" maxLength:"40"`
	Key  string `path:"kid" maxLength:"64"`
	Body struct {
		Reason string `json:"reason" maxLength:"1000" doc:"At least 10 characters, without personal data"`
	}
}

func (p *Pages) opRevokeClientKey(ctx context.Context, in *revokeClientKeyIn) (*struct{}, error) {
	return nil, p.systems.RevokeClientKey(ctx, in.ID, in.Key, in.Body.Reason)
}

type boundIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Required bool   `json:"required"`
		Reason   string `json:"reason" maxLength:"1000" doc:"At least 10 characters, without personal data"`
	}
}

func (p *Pages) opBound(ctx context.Context, in *boundIn) (*systemOut, error) {
	return p.answer(p.systems.BindCertificates(ctx, in.ID, in.Body.Required, in.Body.Reason))
}

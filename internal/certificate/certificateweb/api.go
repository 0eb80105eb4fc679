package certificateweb

import (
	"context"

	"lienthong/internal/certificate"
)

type idIn struct {
	ID string `path:"id" maxLength:"40"`
}

type listOut struct {
	Body struct {
		Certificates []*certificate.Certificate `json:"certificates"`
	}
}

func (p *Pages) opList(ctx context.Context, in *idIn) (*listOut, error) {
	list, err := p.certificates.List(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var out listOut
	out.Body.Certificates = append([]*certificate.Certificate{}, list...)
	return &out, nil
}

// Wanted is what a certificate is asked with; exported because embedded fields are described only then.
type Wanted struct {
	CSR   string `json:"csr" maxLength:"16000" doc:"PKCS #10 request as PEM; only its public key is taken over"`
	Label string `json:"label,omitempty" maxLength:"120" doc:"What it is for"`
	Days  int    `json:"days,omitempty" minimum:"0" maximum:"825" doc:"How long it is good for; the platform's own term when absent"`
}

type issueIn struct {
	ID   string `path:"id" maxLength:"40"`
	Body Wanted
}

type certificateOut struct{ Body *certificate.Certificate }

func (p *Pages) opIssue(ctx context.Context, in *issueIn) (*certificateOut, error) {
	c, err := p.certificates.Issue(ctx, in.ID, certificate.Ask{Request: in.Body.CSR, Label: in.Body.Label, Days: in.Body.Days})
	if err != nil {
		return nil, err
	}
	return &certificateOut{c}, nil
}

type renewIn struct {
	ID     string `path:"id" maxLength:"40"`
	Serial string `path:"serial" maxLength:"40"`
	Body   struct {
		Wanted
		Overlap int `json:"overlap_days" minimum:"0" maximum:"30" doc:"Days that the older certificate still opens; 0 ends it and its tokens at once"`
	}
}

func (p *Pages) opRenew(ctx context.Context, in *renewIn) (*certificateOut, error) {
	c, err := p.certificates.Issue(ctx, in.ID, certificate.Ask{
		Request: in.Body.CSR, Label: in.Body.Label, Days: in.Body.Days, Replaces: in.Serial, Overlap: in.Body.Overlap,
	})
	if err != nil {
		return nil, err
	}
	return &certificateOut{c}, nil
}

type revokeIn struct {
	ID     string `path:"id" maxLength:"40"`
	Serial string `path:"serial" maxLength:"40"`
	Body   struct {
		Code   string `json:"code" enum:"key_compromise,superseded,affiliation_changed,cessation_of_operation,privilege_withdrawn"`
		Reason string `json:"reason" maxLength:"1000" doc:"At least 10 characters, without personal data"`
	}
}

func (p *Pages) opRevoke(ctx context.Context, in *revokeIn) (*struct{}, error) {
	return nil, p.certificates.Revoke(ctx, in.ID, in.Serial, certificate.Reason(in.Body.Code), in.Body.Reason)
}

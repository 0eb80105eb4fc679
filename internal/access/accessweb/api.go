package accessweb

import (
	"context"

	"lienthong/internal/access"
)

type grantsIn struct {
	Dataset string `query:"dataset" doc:"Dataset code"`
	Agency  string `query:"agency" doc:"Code of the consuming agency; others than the operator and the auditor always get their own"`
	Request string `query:"request" doc:"Id of the connection request"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type grantsOut struct {
	Body struct {
		Grants []access.Grant `json:"grants"`
	}
}

func (p *Pages) opGrants(ctx context.Context, in *grantsIn) (*grantsOut, error) {
	grants, err := p.access.Grants(ctx, access.GrantFilter{Dataset: in.Dataset, Agency: in.Agency, RequestID: in.Request, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	var out grantsOut
	out.Body.Grants = append([]access.Grant{}, grants...)
	return &out, nil
}

type grantIn struct {
	ID string `path:"id"`
}

type grantOut struct {
	Body struct {
		access.Grant
		History []access.GrantEvent `json:"history" doc:"Changes of the status, newest first"`
	}
}

func (p *Pages) opGrant(ctx context.Context, in *grantIn) (*grantOut, error) {
	g, err := p.access.FindGrant(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	history, err := p.access.GrantHistory(ctx, g)
	if err != nil {
		return nil, err
	}
	var out grantOut
	out.Body.Grant, out.Body.History = g, append([]access.GrantEvent{}, history...)
	return &out, nil
}

type verifyOut struct {
	Body struct {
		Checked int              `json:"checked"`
		Altered []access.Altered `json:"altered" doc:"Grants that were changed past the platform; they decide nothing"`
	}
}

func (p *Pages) opVerifyGrants(ctx context.Context, _ *struct{}) (*verifyOut, error) {
	checked, altered, err := p.access.VerifyGrants(ctx)
	if err != nil {
		return nil, err
	}
	var out verifyOut
	out.Body.Checked, out.Body.Altered = checked, append([]access.Altered{}, altered...)
	return &out, nil
}

type purposesOut struct {
	Body struct {
		Purposes []access.Purpose `json:"purposes"`
	}
}

func (p *Pages) opPurposes(ctx context.Context, _ *struct{}) (*purposesOut, error) {
	all, err := p.access.Purposes(ctx)
	if err != nil {
		return nil, err
	}
	var out purposesOut
	out.Body.Purposes = append([]access.Purpose{}, all...)
	return &out, nil
}

type purposeOut struct{ Body access.Purpose }

func (p *Pages) opPurpose(ctx context.Context, in *struct {
	Code string `path:"code" maxLength:"100"`
}) (*purposeOut, error) {
	one, err := p.access.FindPurpose(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	return &purposeOut{one}, nil
}

type addPurposeIn struct {
	Body struct {
		Parent       string `json:"parent" enum:"QLNN,DVC-TTHC,CDDH,PTDB,DLM"`
		Code         string `json:"code" example:"DVC-TTHC.BANTRU"`
		Name         string `json:"name" maxLength:"200"`
		NameEn       string `json:"name_en" maxLength:"200"`
		CaseRequired bool   `json:"case_required,omitempty"`
		Procedure    string `json:"procedure,omitempty" maxLength:"50"`
	}
}

func (p *Pages) opAddPurpose(ctx context.Context, in *addPurposeIn) (*struct{}, error) {
	b := in.Body
	return nil, p.access.AddPurpose(ctx, access.Purpose{Code: b.Code, Parent: b.Parent, Name: b.Name, NameEn: b.NameEn, CaseRequired: b.CaseRequired, Procedure: b.Procedure})
}

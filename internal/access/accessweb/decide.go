package accessweb

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// question is a request that nobody makes: who would ask, for what.
type question struct {
	Subject struct {
		Type   string   `json:"type" enum:"system,user"`
		ID     string   `json:"id" doc:"Id of the system or account"`
		Agency string   `json:"agency" doc:"Code of the agency for which it acts"`
		Roles  []string `json:"roles,omitempty" doc:"Roles; of a system system_account when absent"`
		Auth   string   `json:"auth,omitempty" enum:"pwd,pwd+totp,passkey,sso,oauth2,mtls" doc:"How it has proved who it is; oauth2 for a system and pwd+totp for a user when absent"`
	} `json:"subject"`
	Action    string    `json:"action" enum:"view_record,list_records,lookup_record,export_file,update_source,change_copy,share_onward,call_service"`
	Dataset   string    `json:"dataset" example:"H38.04/khai-sinh"`
	Purpose   string    `json:"purpose,omitempty"`
	Case      string    `json:"case,omitempty" doc:"Case number"`
	Officer   string    `json:"officer,omitempty" doc:"Id of the acting officer"`
	Columns   []string  `json:"columns,omitempty" doc:"Fields asked for; all that are granted when absent"`
	Uses      []string  `json:"uses,omitempty" doc:"Fields in filters and sorting"`
	Service   string    `json:"service,omitempty" doc:"Operation of a provider's service" example:"GET /ho-so/{id}"`
	Recipient string    `json:"recipient,omitempty" doc:"Agency code, for share_onward"`
	Match     []string  `json:"match,omitempty" doc:"Fields whose exact value is stated to look up single records, for view_record"`
	Unmask    []string  `json:"unmask,omitempty" doc:"Fields asked without their mask, for view_record"`
	Reason    string    `json:"reason,omitempty" doc:"Why a value is asked unmasked"`
	Limit     int64     `json:"limit,omitempty" minimum:"0" doc:"Records asked for at most"`
	Address   string    `json:"address,omitempty" doc:"Address from which the call would come" example:"10.20.3.14"`
	At        time.Time `json:"at,omitzero" doc:"Moment of the call; now when absent"`
}

// request is the question as Decide reads it.
func (q question) request() (access.Request, error) {
	a := access.Actor{Type: access.ActorType(q.Subject.Type), ID: q.Subject.ID, Name: q.Subject.ID, Agency: q.Subject.Agency, Auth: access.Auth(q.Subject.Auth)}
	for _, r := range q.Subject.Roles {
		a.Roles = append(a.Roles, access.Role(r))
	}
	channel := access.ChannelScreen
	if a.Type == access.System {
		channel = access.ChannelGateway
		if len(a.Roles) == 0 {
			a.Roles = []access.Role{access.SystemAccount}
		}
	}
	switch {
	case a.Auth != "":
	case a.Type == access.System:
		a.Auth = access.AuthOAuth2
	default:
		a.Auth = access.AuthTwo
	}
	r := access.Request{
		At: q.At, Channel: channel, Action: access.Action(q.Action), Actor: a, Dataset: q.Dataset, Purpose: q.Purpose, Case: q.Case, Officer: q.Officer,
		Reason: q.Reason, Unmask: q.Unmask, Columns: q.Columns, Uses: q.Uses, Match: q.Match, Service: q.Service, Recipient: q.Recipient, Limit: q.Limit,
	}
	if q.Address != "" {
		address, err := netip.ParseAddr(q.Address)
		if err != nil {
			return r, fault.New(fault.Invalid, "access.address_invalid", q.Address).At("address")
		}
		r.Address, r.Actor.Address = address, address
	}
	return r, nil
}

type decideIn struct{ Body question }

// verdict is the decision in the words of the API.
type verdict struct {
	Allowed  bool             `json:"allowed"`
	Check    string           `json:"check" doc:"OK, or the first check that fails: AUTHN, ROLE, GRANT, LEVEL, PURPOSE, SCOPE, TIME, QUOTA, STATE"`
	Code     string           `json:"code,omitempty" doc:"Stable code of the refusal"`
	Sentence string           `json:"sentence,omitempty" doc:"The refusal in the language of Accept-Language"`
	Grant    string           `json:"grant,omitempty" doc:"Number of the grant that allows it, or that came furthest"`
	Columns  []access.Column  `json:"columns" doc:"Fields that would leave, each with its mask"`
	Masked   []string         `json:"masked" doc:"Names of those that would leave masked"`
	Rows     []access.RowRule `json:"rows" doc:"Rules that every row would have to meet"`
	Policy   string           `json:"policy_version"`
}

type decideOut struct{ Body verdict }

func (p *Pages) opDecide(ctx context.Context, in *decideIn) (*decideOut, error) {
	r, err := in.Body.request()
	if err != nil {
		return nil, err
	}
	d, err := p.access.Try(ctx, r)
	if err != nil {
		return nil, err
	}
	out := verdict{
		Allowed: d.Allowed, Check: string(d.Check), Code: d.Code, Policy: d.Policy,
		Columns: append([]access.Column{}, d.Columns...), Masked: append([]string{}, d.Masked()...), Rows: append([]access.RowRule{}, d.Rows...),
	}
	if f := d.Fault(); f != nil {
		out.Sentence = p.shell.T(new(http.Request).WithContext(ctx))(f.Code, f.Args...)
	}
	if d.Grant != nil {
		out.Grant = d.Grant.Number
	}
	return &decideOut{out}, nil
}

package accountweb

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"lienthong/internal/access"
	"lienthong/internal/account"
)

// caller finds what of an operation's request is no parameter.
type caller struct{ request *http.Request }

// Resolve is huma's hook for it.
func (c *caller) Resolve(ctx huma.Context) []error {
	c.request, _ = humago.Unwrap(ctx)
	return nil
}

type accountSignInInput struct {
	caller
	Body struct {
		Username string `json:"username"`
		Password string `json:"password"`
		Code     string `json:"code,omitempty" doc:"Code of the second factor, or a recovery code"`
	}
}

type accountSession struct {
	Body struct {
		Token      string    `json:"token" doc:"Bearer token of the session"`
		ExpiresAt  time.Time `json:"expires_at"`
		Strong     bool      `json:"strong" doc:"A second factor was used"`
		EnrolFirst bool      `json:"enrol_first" doc:"A role of the account gives nothing until a second factor is set"`
	}
}

func (p *Pages) opSignIn(ctx context.Context, in *accountSignInInput) (*accountSession, error) {
	got, err := p.account.SignIn(ctx, in.Body.Username, in.Body.Password, in.Body.Code, fromOf(in.request))
	if err != nil {
		return nil, err
	}
	out := &accountSession{}
	out.Body.Token, out.Body.ExpiresAt, out.Body.Strong = got.Token.Reveal(), got.Expires, got.Strong
	out.Body.EnrolFirst = got.Account.NeedsSecond() && !got.Strong
	return out, nil
}

func (p *Pages) opSignOut(ctx context.Context, in *struct{ caller }) (*struct{}, error) {
	return nil, p.account.SignOut(ctx, p.account.TokenOf(in.request))
}

type accountBody struct{ Body *account.Account }

func (p *Pages) opSetUp(ctx context.Context, in *struct{ Body setUpForm }) (*accountBody, error) {
	a, err := p.account.SetUp(ctx, in.Body.Token, in.Body.Username, in.Body.FullName, in.Body.Password)
	return &accountBody{a}, err
}

func (p *Pages) opTakeLink(ctx context.Context, in *struct {
	Body struct {
		Token    string `json:"token"`
		Password string `json:"password"`
	}
}) (*struct{}, error) {
	return nil, p.account.TakeLink(ctx, in.Body.Token, in.Body.Password)
}

func (p *Pages) opOwn(ctx context.Context, _ *struct{}) (*accountBody, error) {
	a, err := p.account.Own(ctx)
	return &accountBody{a}, err
}

type accountEnrolment struct {
	Body struct {
		Secret   string   `json:"secret,omitempty" doc:"Key for the authenticator app"`
		Ticket   string   `json:"ticket,omitempty" doc:"Send it back with a code of the app"`
		Recovery []string `json:"recovery_codes,omitempty" doc:"Shown once; sign in again afterwards"`
	}
}

func (p *Pages) opEnrol(ctx context.Context, in *struct {
	Body struct {
		Ticket string `json:"ticket,omitempty"`
		Code   string `json:"code,omitempty"`
	}
}) (*accountEnrolment, error) {
	out := &accountEnrolment{}
	if in.Body.Code == "" {
		key, err := p.account.BeginEnrol(ctx)
		out.Body.Secret, out.Body.Ticket = key.Secret, key.Ticket
		return out, err
	}
	codes, err := p.account.Enrol(ctx, in.Body.Ticket, in.Body.Code)
	out.Body.Recovery = codes
	return out, err
}

type accountsBody struct {
	Body struct {
		Accounts []*account.Account `json:"accounts"`
	}
}

func (p *Pages) opList(ctx context.Context, in *struct {
	Agency string      `query:"agency"`
	Role   access.Role `query:"role" doc:"Only accounts that hold the role"`
	Text   string      `query:"q" doc:"Part of a name, with or without diacritics"`
	Limit  int         `query:"limit" minimum:"1" maximum:"1000" default:"1000"`
}) (*accountsBody, error) {
	all, err := p.account.List(ctx, account.Filter{Agency: in.Agency, Role: in.Role, Text: in.Text, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &accountsBody{}
	out.Body.Accounts = append([]*account.Account{}, all...)
	return out, nil
}

func (p *Pages) opFind(ctx context.Context, in *struct {
	ID string `path:"id"`
}) (*accountBody, error) {
	a, err := p.account.Find(ctx, in.ID)
	return &accountBody{a}, err
}

type accountCreated struct {
	Body struct {
		Account *account.Account `json:"account,omitempty"`
		Token   string           `json:"one_time_token" doc:"For the first password; works once within 72 hours"`
	}
}

func (p *Pages) opCreate(ctx context.Context, in *struct{ Body account.New }) (*accountCreated, error) {
	a, token, err := p.account.Create(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	out := &accountCreated{}
	out.Body.Account, out.Body.Token = a, token.Reveal()
	return out, nil
}

func (p *Pages) opRoles(ctx context.Context, in *struct {
	ID   string `path:"id"`
	Body struct {
		Roles []access.Role `json:"roles"`
	}
}) (*accountBody, error) {
	a, err := p.account.ChangeRoles(ctx, in.ID, in.Body.Roles)
	return &accountBody{a}, err
}

func (p *Pages) opActive(ctx context.Context, in *struct {
	ID   string `path:"id"`
	Body struct {
		Active bool `json:"active"`
	}
}) (*accountBody, error) {
	a, err := p.account.SetActive(ctx, in.ID, in.Body.Active)
	return &accountBody{a}, err
}

func (p *Pages) opReset(ctx context.Context, in *struct {
	ID string `path:"id"`
}) (*accountCreated, error) {
	token, err := p.account.Reset(ctx, in.ID)
	out := &accountCreated{}
	out.Body.Token = token.Reveal()
	return out, err
}

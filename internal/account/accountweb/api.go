package accountweb

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/access"
	"lienthong/internal/account"
)

// caller finds the socket's address and the token of an operation.
type caller struct {
	address netip.Addr
	token   string
}

// Resolve is huma's hook to read what is no parameter.
func (c *caller) Resolve(ctx huma.Context) []error {
	at, _ := netip.ParseAddrPort(ctx.RemoteAddr()) // zero when unknown
	c.address = at.Addr().Unmap()
	c.token, _ = strings.CutPrefix(ctx.Header("Authorization"), "Bearer ")
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
	got, err := p.account.SignIn(ctx, in.Body.Username, in.Body.Password, in.Body.Code, in.address)
	if err != nil {
		return nil, err
	}
	out := &accountSession{}
	out.Body.Token, out.Body.ExpiresAt, out.Body.Strong = got.Token.Reveal(), got.Expires, got.Strong
	out.Body.EnrolFirst = got.Account.NeedsSecond() && !got.Strong
	return out, nil
}

func (p *Pages) opSignOut(ctx context.Context, in *struct{ caller }) (*struct{}, error) {
	return nil, p.account.SignOut(ctx, in.token)
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
	Agency string `query:"agency"`
	Text   string `query:"q"`
}) (*accountsBody, error) {
	all, err := p.account.List(ctx, account.Filter{Agency: in.Agency, Text: in.Text})
	out := &accountsBody{}
	out.Body.Accounts = all
	return out, err
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

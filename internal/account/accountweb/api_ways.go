package accountweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/web"
)

// wayOperations are the operations about ways into an account. Passkeys and single sign-on themselves need a browser.
func (p *Pages) wayOperations(api *web.API) {
	op := func(id, method, path string, perm access.Permission, summary string) web.OpSpec {
		return web.OpSpec{ID: id, Method: method, Path: path, Permission: perm, Tag: "account", Summary: summary}
	}
	web.Op(api, op("account-sessions", http.MethodGet, "/account/me/sessions", access.SignedIn, "Where the caller is signed in"), p.opSessions)
	web.Op(api, op("account-session-end", http.MethodPost, "/account/me/sessions/{id}/end", access.SignedIn, "End one of the caller's sessions"), p.opEndSession)
	web.Op(api, op("account-sessions-end-others", http.MethodPost, "/account/me/sessions/end-others", access.SignedIn, "End all of the caller's sessions but this one"), p.opEndOthers)
	web.Op(api, op("account-passkeys", http.MethodGet, "/account/me/passkeys", access.SignedIn, "The caller's passkeys"), p.opPasskeys)
	web.Op(api, op("account-passkey-remove", http.MethodPost, "/account/me/passkeys/{id}/remove", access.SignedIn, "Remove one of the caller's passkeys"), p.opRemovePasskey)
	web.Op(api, op("account-identities", http.MethodGet, "/account/accounts/{id}/identities", access.AccountRead, "Identities that are linked to an account"), p.opIdentities)
	web.Op(api, op("account-identity-link", http.MethodPost, "/account/accounts/{id}/identities", access.AccountChange, "Link an identity of a provider to an account"), p.opLink)
	web.Op(api, op("account-identity-unlink", http.MethodPost, "/account/accounts/{id}/identities/remove", access.AccountChange, "Take an identity away from an account"), p.opUnlink)
}

type sessionsBody struct {
	Body struct {
		Sessions []account.Session `json:"sessions"`
	}
}

func (p *Pages) opSessions(ctx context.Context, in *struct{ caller }) (*sessionsBody, error) {
	all, err := p.account.Sessions(ctx, p.account.TokenOf(in.request))
	if err != nil {
		return nil, err
	}
	out := &sessionsBody{}
	out.Body.Sessions = append([]account.Session{}, all...)
	return out, nil
}

type byID struct {
	ID string `path:"id"`
}

func (p *Pages) opEndSession(ctx context.Context, in *byID) (*struct{}, error) {
	return nil, p.account.EndSession(ctx, in.ID)
}

type endedBody struct {
	Body struct {
		Ended int `json:"ended"`
	}
}

func (p *Pages) opEndOthers(ctx context.Context, in *struct{ caller }) (*endedBody, error) {
	n, err := p.account.EndOtherSessions(ctx, p.account.TokenOf(in.request))
	out := &endedBody{}
	out.Body.Ended = n
	return out, err
}

type passkeysBody struct {
	Body struct {
		Passkeys []account.Passkey `json:"passkeys"`
	}
}

func (p *Pages) opPasskeys(ctx context.Context, _ *struct{}) (*passkeysBody, error) {
	all, err := p.account.ListPasskeys(ctx, access.ActorOf(ctx).ID)
	if err != nil {
		return nil, err
	}
	out := &passkeysBody{}
	out.Body.Passkeys = append([]account.Passkey{}, all...)
	return out, nil
}

func (p *Pages) opRemovePasskey(ctx context.Context, in *byID) (*struct{}, error) {
	return nil, p.account.RemovePasskey(ctx, in.ID)
}

type identitiesBody struct {
	Body struct {
		Identities []account.Identity `json:"identities"`
	}
}

func (p *Pages) opIdentities(ctx context.Context, in *byID) (*identitiesBody, error) {
	all, err := p.account.Identities(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &identitiesBody{}
	out.Body.Identities = append([]account.Identity{}, all...)
	return out, nil
}

func (p *Pages) opLink(ctx context.Context, in *struct {
	byID
	Body struct {
		Provider string `json:"provider" doc:"Key of the provider in the configuration"`
		Subject  string `json:"subject" doc:"Name of the person at the provider"`
	}
}) (*accountBody, error) {
	a, err := p.account.LinkAs(ctx, in.ID, in.Body.Provider, in.Body.Subject)
	return &accountBody{a}, err
}

func (p *Pages) opUnlink(ctx context.Context, in *struct {
	byID
	Body struct {
		Issuer string `json:"issuer"`
	}
}) (*accountBody, error) {
	a, err := p.account.UnlinkAs(ctx, in.ID, in.Body.Issuer)
	return &accountBody{a}, err
}

package accountweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/kit/clock"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Pages of accounts.
type Pages struct {
	shell   *web.Shell
	account *account.Service
	clock   clock.Clock
	agency  func(ctx context.Context, code string) string
	issuer  string // name of the platform in authenticator apps
}

// New builds the pages. agency names an agency by its code.
func New(shell *web.Shell, s *account.Service, c clock.Clock, agency func(ctx context.Context, code string) string) *Pages {
	if agency == nil {
		agency = func(_ context.Context, code string) string { return code }
	}
	return &Pages{shell, s, c, agency, "Lien thong"}
}

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		web.Get("/sign-in", access.Public, p.showSignIn),
		web.Post("/sign-in", access.Public, p.signIn),
		web.Get("/sign-in/code", access.Public, p.beginAgain),
		web.Post("/sign-in/code", access.Public, p.signInCode),
		web.Get("/sign-in/sso/{provider}", access.Public, p.beginSSO),
		web.Get("/sign-in/sso/{provider}/callback", access.Public, p.finishSSO),
		web.Post("/sign-in/passkey", access.Public, p.signInByPasskey),
		web.Post("/sign-out", access.Public, p.signOut),
		web.Get("/set-up", access.Public, p.showSetUp),
		web.Post("/set-up", access.Public, p.setUp),
		web.Get("/password/{token}", access.Public, p.showLink),
		web.Post("/password/{token}", access.Public, p.takeLink),
		web.Get("/me", access.SignedIn, p.showOwn),
		web.Post("/me/password", access.SignedIn, p.changePassword),
		web.Get("/me/second-factor", access.SignedIn, p.showEnrol),
		web.Post("/me/second-factor", access.SignedIn, p.enrol),
		web.Get("/me/passkeys/new", access.SignedIn, p.showNewPasskey),
		web.Post("/me/passkeys/new", access.SignedIn, p.beginPasskey),
		web.Post("/me/passkeys", access.SignedIn, p.addPasskey),
		web.Post("/me/passkeys/{id}/remove", access.SignedIn, p.removePasskey),
		web.Get("/me/identities/{provider}", access.SignedIn, p.showLinkIdentity),
		web.Post("/me/identities/{provider}", access.SignedIn, p.linkIdentity),
		web.Post("/me/identities/remove", access.SignedIn, p.unlinkIdentity),
		web.Post("/me/sessions/{id}/end", access.SignedIn, p.endSession),
		web.Post("/me/sessions/end-others", access.SignedIn, p.endOtherSessions),
		web.Get("/account", access.AccountRead, p.listAccounts).InMenu(web.Nav{Group: web.GroupAdmin, LabelKey: "account.menu", Icon: ui.IconAccounts, Order: 20}),
		web.Get("/account/new", access.AccountChange, p.newAccount),
		web.Post("/account", access.AccountChange, p.createAccount),
		web.Get(proposalsPath, access.AccountConfirm, p.listProposals).InMenu(web.Nav{Group: web.GroupAdmin, LabelKey: "account.proposals", Icon: ui.IconAccounts, Order: 21}),
		web.Post(proposalsPath+"/{id}/confirm", access.AccountConfirm, p.confirmProposal),
		web.Post(proposalsPath+"/{id}/refuse", access.AccountConfirm, p.refuseProposal),
		web.Get("/account/{id}", access.AccountRead, p.showAccount),
		web.Post("/account/{id}/roles", access.AccountChange, p.changeRoles),
		web.Post("/account/{id}/active", access.AccountChange, p.setActive),
		web.Post("/account/{id}/reset", access.AccountChange, p.resetAccount),
		web.Post("/account/{id}/identities", access.AccountChange, p.linkAs),
		web.Post("/account/{id}/identities/remove", access.AccountChange, p.unlinkAs),
	}
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	op := func(id, method, path string, perm access.Permission, summary string) web.OpSpec {
		return web.OpSpec{ID: id, Method: method, Path: path, Permission: perm, Tag: "account", Summary: summary}
	}
	web.Op(api, op("account-sign-in", http.MethodPost, "/account/sign-in", access.Public, "Open a session; its token is sent as a bearer token"), p.opSignIn)
	web.Op(api, op("account-sign-out", http.MethodPost, "/account/sign-out", access.SignedIn, "End the session"), p.opSignOut)
	web.Op(api, op("account-set-up", http.MethodPost, "/account/set-up", access.Public, "Make the first account with the one-time token"), p.opSetUp)
	web.Op(api, op("account-take-link", http.MethodPost, "/account/password", access.Public, "Set the first password with a one-time token"), p.opTakeLink)
	web.Op(api, op("account-own", http.MethodGet, "/account/me", access.SignedIn, "The caller's own account"), p.opOwn)
	web.Op(api, op("account-enrol", http.MethodPost, "/account/second-factor", access.SignedIn, "Set a second factor; without a code the answer holds a new secret"), p.opEnrol)
	web.Op(api, op("account-list", http.MethodGet, "/account/accounts", access.AccountRead, "Accounts"), p.opList)
	web.Op(api, op("account-create", http.MethodPost, "/account/accounts", access.AccountChange, "Add an account; the answer holds the one-time token of its first password"), p.opCreate)
	web.Op(api, op("account-find", http.MethodGet, "/account/accounts/{id}", access.AccountRead, "One account"), p.opFind)
	web.Op(api, op("account-roles", http.MethodPost, "/account/accounts/{id}/roles", access.AccountChange, "Give an account other roles"), p.opRoles)
	web.Op(api, op("account-active", http.MethodPost, "/account/accounts/{id}/active", access.AccountChange, "Disable an account, or let it sign in again"), p.opActive)
	web.Op(api, op("account-reset", http.MethodPost, "/account/accounts/{id}/reset", access.AccountChange, "Take password and second factor away; the answer holds a one-time token"), p.opReset)
	web.Op(api, web.OpSpec{ID: "access-list-roles", Method: http.MethodGet, Path: "/access/roles", Permission: access.SignedIn, Tag: "access",
		Summary: "The roles, what each may do and which exclude each other"}, p.opRoleMatrix)
	p.wayOperations(api)
	p.proposalOperations(api)
}

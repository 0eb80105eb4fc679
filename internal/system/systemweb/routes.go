package systemweb

import (
	"context"
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/agency"
	"lienthong/internal/certificate"
	"lienthong/internal/kit/clock"
	"lienthong/internal/system"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

// Agencies lists who may own a system; agency.Service is one.
type Agencies interface {
	List(ctx context.Context, f agency.Filter) ([]*agency.Agency, error)
}

// Pages of the register of information systems.
type Pages struct {
	shell    *web.Shell
	systems  *system.Service
	agencies Agencies
	clock    clock.Clock
	agency   func(ctx context.Context, code string) string

	certificates *certificate.Service // nil shows none
	use          func(ctx context.Context, id string) (uses, serves []Named, err error)
}

// Named is a dataset with its name.
type Named struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// WithUse shows the datasets that a system uses and provides.
func (p *Pages) WithUse(use func(ctx context.Context, id string) (uses, serves []Named, err error)) *Pages {
	p.use = use
	return p
}

// New builds the pages. agencyName names an agency by its code; without it the code is shown.
func New(shell *web.Shell, s *system.Service, agencies Agencies, c clock.Clock, agencyName func(ctx context.Context, code string) string) *Pages {
	if agencyName == nil {
		agencyName = func(_ context.Context, code string) string { return code }
	}
	return &Pages{shell: shell, systems: s, agencies: agencies, clock: c, agency: agencyName}
}

// WithCertificates shows the certificates of systems in their pages.
func (p *Pages) WithCertificates(s *certificate.Service) *Pages {
	p.certificates = s
	return p
}

// newPath cannot be the page of a system: the service refuses its last word as a code.
const newPath = "/system/new"

// Routes of the pages.
func (p *Pages) Routes() []web.Route {
	routes := []web.Route{
		web.Get("/system", access.SystemRead, p.listSystems).InMenu(web.Nav{Group: web.GroupAdmin, LabelKey: "system.register", Icon: ui.IconSystem, Order: 30}),
		web.Get(newPath, access.SystemRegister, p.newSystem),
		web.Post("/system", access.SystemRegister, p.registerSystem),
		web.Get("/system/status", access.SystemRead, p.showProgress),
		web.Get("/system/import", access.SystemRegister, p.newImport),
		web.Post("/system/import", access.SystemRegister, p.importSystems).Accepting(importSize),
		web.Get("/system/import/template.csv", access.SystemRegister, p.templateCSV),
		web.Get("/system/import/template.xlsx", access.SystemRegister, p.templateXLSX),
		web.Get("/system/{id}", access.SystemRead, p.showSystem),
		web.Get("/system/{id}/edit", access.SystemRegister, p.editSystem),
		web.Post("/system/{id}/edit", access.SystemRegister, p.changeSystem),
		web.Post("/system/{id}/officer-key/remove", access.SystemCredential, p.removeKey),
	}
	if p.certificates != nil {
		routes = append(routes, web.Get("/system/{id}/certificate/{serial}/pem", access.SystemRead, p.certificateFile))
	}
	for _, a := range p.acts() {
		post := web.Post(a.pattern, a.permission, p.take(a))
		if a.upload {
			post = post.Accepting(uploadRoom)
		}
		routes = append(routes, web.Get(a.pattern, a.permission, p.ask(a)), post)
	}
	importFile := web.Post(web.APIPrefix+"/systems/import", access.SystemRegister, p.opImport).Accepting(importSize)
	importFile.JSON = true
	return append(append(routes, p.levelRoutes()...), importFile)
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	spec := func(id, method, path string, need access.Permission, summary string) web.OpSpec {
		return web.OpSpec{ID: "system-" + id, Method: method, Path: "/systems" + path, Permission: need, Tag: "system", Summary: summary}
	}
	created := func(s web.OpSpec) web.OpSpec {
		s.Status = http.StatusCreated
		return s
	}
	web.Op(api, spec("list", http.MethodGet, "", access.SystemRead, "Systems in Vietnamese order; the search ignores diacritics"), p.opList)
	web.Op(api, created(spec("register", http.MethodPost, "", access.SystemRegister, "Register a system; its code is never given to another")), p.opRegister)
	web.Op(api, spec("find", http.MethodGet, "/{id}", access.SystemRead, "One system, with the security level in force"), p.opFind)
	web.Op(api, spec("change", http.MethodPut, "/{id}", access.SystemRegister, "Replace what may change of a system"), p.opChange)
	p.levelOperations(api, spec, created)
	web.Op(api, spec("suspend", http.MethodPost, "/{id}/suspend", access.AccessSuspend, "Stop every call of the system at once"), p.opSuspend)
	web.Op(api, spec("resume", http.MethodPost, "/{id}/resume", access.AccessSuspend, "Let a suspended system call again"), p.opResume)
	web.Op(api, spec("credentials", http.MethodGet, "/{id}/credentials", access.SystemRead, "Credentials of a system, newest first, without their secrets"), p.opCredentials)
	web.Op(api, created(spec("credential-issue", http.MethodPost, "/{id}/credentials", access.SystemCredential, "Make a credential; the system's own agency picks up its secret")), p.opIssue)
	web.Op(api, spec("credential-pick-up", http.MethodPost, "/{id}/credentials/{cid}/pick-up", access.SystemSecret, "Pick up the secret, once, by the system's own agency; only this answer holds it"), p.opPickUp)
	web.Op(api, created(spec("credential-rotate", http.MethodPost, "/{id}/credentials/{cid}/rotate", access.SystemSecret, "A new secret in place of this one, which opens for 7 days more; only this answer holds it")), p.opRotate)
	web.Op(api, spec("credential-revoke", http.MethodPost, "/{id}/credentials/{cid}/revoke", access.SystemCredential, "End a credential; once answered, it and its tokens open nothing"), p.opRevoke)
	web.Op(api, spec("certificate-bound", http.MethodPost, "/{id}/certificate-bound", access.SystemCredential, "Set whether only tokens bound to a certificate open anything (RFC 8705)"), p.opBound)
	web.Op(api, spec("client-keys", http.MethodGet, "/{id}/client-keys", access.SystemRead, "Public keys with which the system signs for itself (private_key_jwt)"), p.opClientKeys)
	web.Op(api, created(spec("client-key-add", http.MethodPost, "/{id}/client-keys", access.SystemCredential, "Add a public key (JWK or PEM)")), p.opAddClientKey)
	web.Op(api, spec("client-key-revoke", http.MethodPost, "/{id}/client-keys/{kid}/revoke", access.SystemCredential, "End a key; once answered, it and the tokens given for it open nothing"), p.opRevokeClientKey)
	web.Op(api, spec("keys", http.MethodGet, "/{id}/officer-keys", access.SystemRead, "Public keys with which the system signs for its officers"), p.opKeys)
	web.Op(api, created(spec("key-add", http.MethodPost, "/{id}/officer-keys", access.SystemCredential, "Add a public key (JWK)")), p.opAddKey)
	web.Op(api, spec("key-remove", http.MethodDelete, "/{id}/officer-keys/{kid}", access.SystemCredential, "Remove a public key"), p.opRemoveKey)
}

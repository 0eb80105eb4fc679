package certificateweb

import (
	"net/http"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/certificate"
	"lienthong/internal/kit/fault"
	"lienthong/internal/web"
)

// Pages of the platform's certificates.
type Pages struct{ certificates *certificate.Service }

// New builds the pages.
func New(s *certificate.Service) *Pages { return &Pages{s} }

// Routes of what everybody may fetch.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		web.Get("/certificate/authority.pem", access.Public, p.authorities),
		web.Get("/certificate/crl/{number}", access.Public, p.list),
	}
}

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	spec := func(id, method, path string, need access.Permission, summary string) web.OpSpec {
		return web.OpSpec{ID: "certificate-" + id, Method: method, Path: "/systems/{id}/certificates" + path, Permission: need, Tag: "certificate", Summary: summary}
	}
	created := func(s web.OpSpec) web.OpSpec {
		s.Status = http.StatusCreated
		return s
	}
	web.Op(api, spec("list", http.MethodGet, "", access.SystemRead, "Certificates of a system, newest first"), p.opList)
	web.Op(api, created(spec("issue", http.MethodPost, "", access.SystemCredential, "Give a system a certificate for the key of a PKCS #10 request")), p.opIssue)
	web.Op(api, created(spec("renew", http.MethodPost, "/{serial}/renew", access.SystemCredential, "Give a certificate that takes over from this one, which opens for the overlap")), p.opRenew)
	web.Op(api, spec("revoke", http.MethodPost, "/{serial}/revoke", access.SystemCredential, "End a certificate; once answered, it and the tokens bound to it open nothing"), p.opRevoke)
}

// authorities are the signing certificates, newest first, as one PEM file.
func (p *Pages) authorities(w http.ResponseWriter, r *http.Request) error {
	all, err := p.certificates.Authorities(r.Context())
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.New(fault.NotFound, "certificate.authority_not_found")
	}
	var b strings.Builder
	for _, a := range all {
		b.WriteString(a.PEM)
	}
	return send(w, "application/x-pem-file", []byte(b.String()))
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 32)
	if err != nil {
		return fault.New(fault.NotFound, "certificate.authority_not_found")
	}
	der, err := p.certificates.RevocationList(r.Context(), number)
	if err != nil {
		return err
	}
	return send(w, "application/pkix-crl", der)
}

func send(w http.ResponseWriter, kind string, body []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache") // a revocation is to be seen at once
	_, err := w.Write(body)
	return err
}

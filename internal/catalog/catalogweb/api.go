package catalogweb

import (
	"net/http"

	"lienthong/internal/access"
	"lienthong/internal/web"
)

// Operations of the JSON API.
func (p *Pages) Operations(api *web.API) {
	const one = "/datasets/{owner}/{slug}"
	op := func(id, method, path string, permission access.Permission, summary string) web.OpSpec {
		return web.OpSpec{ID: "dataset-" + id, Method: method, Path: path, Permission: permission, Tag: "catalog", Summary: summary}
	}
	web.Op(api, op("list", http.MethodGet, "/datasets", access.CatalogRead, "Datasets in Vietnamese order"), p.opList)
	web.Op(api, op("create", http.MethodPost, "/datasets", access.CatalogRegister, "Open a draft of a dataset of the caller's agency"), p.opCreate)
	web.Op(api, op("find", http.MethodGet, one, access.CatalogRead, "One dataset"), p.opFind)
	web.Op(api, op("change", http.MethodPut, one, access.CatalogRegister, "Change a draft or returned dataset; what is left out becomes empty"), p.opChange)
	web.Op(api, op("profile", http.MethodGet, one+"/profile", access.CatalogRead, "The seven blocks of the profile, each with its last change"), p.opProfile)
	web.Op(api, op("schema", http.MethodGet, one+"/schema", access.CatalogRead, "The schema in force as JSON Schema 2020-12"), p.opSchema)
	web.Op(api, op("fields", http.MethodGet, one+"/fields", access.CatalogRead, "The schema in force with the elements of its fields"), p.opFields)
	web.Op(api, op("schema-define", http.MethodPost, one+"/schema", access.CatalogRegister, "Add a schema version"), p.opDefine)
	web.Op(api, op("schema-accept", http.MethodPost, one+"/accept-schema", access.CatalogReview, "Put a pending schema in force"), p.opAcceptSchema)
	web.Op(api, op("register", http.MethodPost, one+"/register", access.CatalogRegister, "Submit the registration with declaration and attestation"), p.opRegister)
	web.Op(api, op("return", http.MethodPost, one+"/return", access.CatalogReview, "Send a registration back with comments"), p.opReturn)
	web.Op(api, op("review", http.MethodPost, one+"/review", access.CatalogReview, "Accept a registration, with the basis of the review"), p.opReview)
	web.Op(api, op("approve", http.MethodPost, one+"/approve", access.CatalogApprove, "Take a reviewed dataset into the draft catalogue"), p.opApprove)
	web.Op(api, op("suspend", http.MethodPost, one+"/suspend", access.CatalogReview, "Stop a dataset with the reason"), p.opSuspend)
	web.Op(api, op("resume", http.MethodPost, one+"/resume", access.CatalogReview, "End a suspension"), p.opResume)
	web.Op(api, op("transfer", http.MethodPost, one+"/transfer", access.CatalogTransfer, "Move a dataset to another owner agency by a decision"), p.opTransfer)
	web.Op(api, op("retire", http.MethodPost, one+"/retire", access.CatalogApprove, "Announce the end of a dataset"), p.opRetire)
	web.Op(api, op("end", http.MethodPost, one+"/end", access.CatalogApprove, "Complete a retirement when no grant is left"), p.opEnd)
	p.classifyOperations(api)
	p.sourceOperations(api, op)
}

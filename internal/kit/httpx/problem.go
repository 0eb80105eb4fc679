package httpx

import (
	"encoding/json"
	"net/http"
	"strconv"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// ProblemType is the media type of a problem.
const ProblemType = "application/problem+json"

// Problem is an error as other systems read it (RFC 9457), with the stable code beside the sentence.
type Problem struct {
	Type     string        `json:"type" doc:"urn:lienthong:problem: and the code" example:"urn:lienthong:problem:catalog.not_found"`
	Title    string        `json:"title" doc:"What the status means, in the language of Accept-Language (vi, en)"`
	Status   int           `json:"status" doc:"HTTP status"`
	Detail   string        `json:"detail" doc:"What is wrong and what to do next"`
	Code     string        `json:"code" doc:"Stable code; decide by this, never by the sentences"`
	Instance string        `json:"instance,omitempty" doc:"Request id; name it when you report the problem"`
	Errors   []ProblemItem `json:"errors,omitempty" doc:"Each wrong field of the input"`
}

// ProblemItem is one wrong field.
type ProblemItem struct {
	Field  string `json:"field" doc:"Name of the field, or path inside the body"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// ProblemOf is the problem that tells of an error. Invariant 1: of an error that is no fault it tells only the reference.
func ProblemOf(err error, catalog *i18n.Catalog, lang i18n.Lang, requestID string) Problem {
	f := fault.Of(err)
	p := Problem{
		Type: "urn:lienthong:problem:" + f.Code, Title: Title(f.Kind, catalog, lang), Status: f.Kind.Status(),
		Detail: Sentence(f, catalog, lang, requestID), Code: f.Code, Instance: requestID,
	}
	for _, item := range Items(f) {
		p.Errors = append(p.Errors, ProblemItem{Field: item.Field, Code: item.Code, Detail: Sentence(item, catalog, lang, requestID)})
	}
	return p
}

// Items lists the faults that name a field: the further ones of a collected fault, or the fault itself.
func Items(f *fault.Fault) []*fault.Fault {
	if len(f.Items) > 0 {
		return f.Items
	}
	if f.Field != "" {
		return []*fault.Fault{f}
	}
	return nil
}

// Title says what the kind of fault means.
func Title(k fault.Kind, catalog *i18n.Catalog, lang i18n.Lang) string {
	return catalog.Say(lang, "http.status_"+strconv.Itoa(k.Status()))
}

// Sentence is what a person reads about a fault. A code without a sentence falls back to what its kind means, so that no
// bare key is ever shown.
func Sentence(f *fault.Fault, catalog *i18n.Catalog, lang i18n.Lang, requestID string) string {
	switch {
	case f.Code != "internal" && catalog.Has(f.Code):
		return catalog.Say(lang, f.Code, f.Args...)
	case f.Kind == fault.Internal:
		return catalog.Say(lang, "internal", requestID)
	}
	return Title(f.Kind, catalog, lang)
}

// WriteProblem answers an error as JSON. It is the only way in which an error leaves a JSON interface; headers that
// belong to the answer, such as Retry-After, are set before.
func WriteProblem(w http.ResponseWriter, r *http.Request, catalog *i18n.Catalog, err error) {
	f := fault.Of(err)
	Note(w, f)
	lang := AcceptLang(r)
	body, jsonErr := json.Marshal(ProblemOf(f, catalog, lang, RequestIDOf(r.Context())))
	if jsonErr != nil { // every field is a string or a number
		panic("httpx: problem cannot be written: " + jsonErr.Error())
	}
	h := w.Header()
	h.Set("Content-Type", ProblemType)
	h.Set("Content-Language", string(lang))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(f.Kind.Status())
	_, _ = w.Write(body) // the caller has gone; there is nobody to tell
}

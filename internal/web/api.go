package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// APIPrefix is where the JSON API lives.
const APIPrefix = "/api/v1"

// API collects the JSON operations of all slices; NewMux adds them to the route table.
type API struct {
	shell    *Shell
	huma     huma.API
	handlers *capture
	routes   []Route
	wrong    []error
	slice    string // of the operation that is being registered, see schemaName
	names    map[string]reflect.Type
}

// OpSpec is one operation. Path is relative to APIPrefix.
type OpSpec struct {
	ID          string // unique, "catalog-find-dataset"
	Method      string
	Path        string
	Permission  access.Permission
	Summary     string
	Description string
	Tag         string // the slice's noun
	Status      int    // of success; 200 (or 204 without a body) when 0
	MaxBody     int64
}

// NewAPI makes an empty API.
func NewAPI(s *Shell, version string) *API {
	a := &API{shell: s, handlers: &capture{byPattern: map[string]http.HandlerFunc{}}, names: map[string]reflect.Type{}}
	config := huma.DefaultConfig(s.deps.Site.Name.En, version)
	config.Info.Title = s.deps.Site.Title.Vi
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", "" // we serve the description ourselves, without a CDN
	config.CreateHooks = nil                                             // no "$schema" in every answer
	config.Transformers = []huma.Transformer{a.problems}
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", a.schemaName)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "Token of an information system"},
	}
	a.huma = humago.New(a.handlers, config)
	return a
}

// Op adds an operation. Its input and output are structs in the form that huma reads: fields tagged path, query or
// header, and a Body.
func Op[I, O any](a *API, spec OpSpec, handler func(context.Context, *I) (*O, error)) {
	full := APIPrefix + spec.Path
	rt := Route{Method: strings.ToUpper(spec.Method), Pattern: full, Permission: spec.Permission, MaxBody: spec.MaxBody, JSON: true}
	if spec.ID == "" || !strings.HasPrefix(spec.Path, "/") || strings.HasPrefix(spec.Path, "/api") {
		a.wrong = append(a.wrong, fmt.Errorf("operation %q %s %s: it needs an id and a path below %s", spec.ID, spec.Method, spec.Path, APIPrefix))
		return
	}
	size := spec.MaxBody
	if size == 0 {
		size = DefaultBody
	}
	op := huma.Operation{
		OperationID: spec.ID, Method: rt.Method, Path: full, Summary: spec.Summary, Description: spec.Description,
		Tags: []string{spec.Tag}, DefaultStatus: spec.Status, MaxBodyBytes: size,
		Responses:  map[string]*huma.Response{"default": a.problemResponse()},
		Extensions: map[string]any{"x-permission": string(spec.Permission)},
	}
	if spec.Permission != access.Public {
		op.Security = []map[string][]string{{"bearer": {}}}
	}
	a.slice = spec.Tag
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		if place, found := nulIn(in); found {
			return nil, &refused{nulFault(fault.Invalid).At(place)}
		}
		out, err := handler(ctx, in)
		if err != nil {
			return nil, &refused{fault.Of(err)}
		}
		return out, nil
	})
	rt.MaxBody = size + 1 // huma finds the excess and says so itself
	rt.Handler = plain(a.handlers.byPattern[rt.Method+" "+full])
	a.routes = append(a.routes, rt)
}

// schemaName puts the slice's noun before the name of a type, since slices name theirs alike, and counts where a slice
// and its pages have two of one name.
func (a *API) schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	from := a.slice
	if path := t.PkgPath(); strings.HasPrefix(path, "github.com/danielgtaylor/huma") {
		return name
	} else if path != "" {
		from = strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], "web")
	}
	if from != "" {
		from = strings.ToUpper(from[:1]) + from[1:]
		name = from + strings.TrimPrefix(name, from)
	}
	unique := name
	for n := 2; a.names[unique] != nil && a.names[unique] != t; n++ {
		unique = name + strconv.Itoa(n)
	}
	a.names[unique] = t
	return unique
}

func plain(h http.HandlerFunc) HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) error {
		h(w, r)
		return nil
	}
}

// capture stands where huma expects a mux and keeps the handlers, which then are routes like any others.
type capture struct{ byPattern map[string]http.HandlerFunc }

func (c *capture) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	c.byPattern[pattern] = h
}

func (c *capture) ServeHTTP(http.ResponseWriter, *http.Request) {
	panic("web: operations are served through the route table")
}

// refused carries a fault through huma, which asks for the status before it asks for the body.
type refused struct{ fault *fault.Fault }

func (e *refused) Error() string             { return e.fault.Error() }
func (e *refused) Unwrap() error             { return e.fault }
func (e *refused) GetStatus() int            { return e.fault.Kind.Status() }
func (e *refused) ContentType(string) string { return httpx.ProblemType }

// problems turns refusals, and huma's own errors, into the one shape of a problem.
func (a *API) problems(ctx huma.Context, status string, v any) (any, error) {
	r, w := humago.Unwrap(ctx)
	lang, id := i18n.LangOf(r.Context()), httpx.RequestIDOf(r.Context())
	var f *fault.Fault
	switch e := v.(type) {
	case *refused:
		f = classify(e.fault)
	case *huma.ErrorModel:
		return a.ownError(w, e, lang, id), nil
	default:
		return v, nil
	}
	httpx.Note(w, f)
	w.Header().Set("Content-Language", string(lang))
	return httpx.ProblemOf(f, a.shell.deps.Catalog, lang, id), nil
}

// ownError is an error that huma found before the handler ran: a body that is no JSON, a field out of bounds.
func (a *API) ownError(w http.ResponseWriter, e *huma.ErrorModel, lang i18n.Lang, id string) httpx.Problem {
	f := fault.New(fault.Invalid, "api.invalid")
	switch {
	case e.Status == http.StatusUnsupportedMediaType:
		f.Code = "api.media_type"
	case e.Status == http.StatusNotAcceptable:
		f.Code = "api.not_acceptable"
	case e.Status == http.StatusRequestEntityTooLarge:
		f = fault.New(fault.TooLarge, "web.body_too_large", megabytes(DefaultBody))
	case e.Status >= http.StatusInternalServerError:
		f = fault.Of(errors.New(e.Detail))
	}
	httpx.Note(w, f)
	w.Header().Set("Content-Language", string(lang))
	p := httpx.ProblemOf(f, a.shell.deps.Catalog, lang, id)
	p.Status = e.Status
	p.Title = a.shell.deps.Catalog.Say(lang, fmt.Sprintf("http.status_%d", e.Status))
	for _, item := range e.Errors {
		if f.Kind != fault.Internal {
			p.Errors = append(p.Errors, httpx.ProblemItem{Field: item.Location, Code: f.Code, Detail: apiSentence(lang, item.Message)})
		}
	}
	return p
}

func (a *API) problemResponse() *huma.Response {
	schema := huma.SchemaFromType(a.huma.OpenAPI().Components.Schemas, problemType)
	return &huma.Response{
		Description: "A refusal or an error (RFC 9457)",
		Content:     map[string]*huma.MediaType{httpx.ProblemType: {Schema: schema}},
	}
}

// finish adds the description of the API and its page to the operations.
func (a *API) finish() ([]Route, error) {
	if len(a.wrong) > 0 {
		return nil, errors.Join(a.wrong...)
	}
	delete(a.huma.OpenAPI().Components.Schemas.Map(), "ErrorModel") // huma's own shape, which never leaves
	spec, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	description := Get(APIPrefix+"/openapi.json", access.Public, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Content-Type", "application/openapi+json")
		writeCompressed(w, r, http.StatusOK, spec)
		return nil
	})
	description.JSON = true
	return append([]Route{description, Get("/api", access.Public, a.showDocs)}, a.routes...), nil
}

package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/access"

	"github.com/danielgtaylor/huma/v2"
)

// RawSpec describes an operation whose body or answer is a file. Its route stands in the route table like a page's,
// since it reads and writes a stream; Describe lets the description tell of it all the same.
type RawSpec struct {
	OpSpec
	Body   []string          // media types that it takes; empty without a body
	Query  map[string]string // parameters of the query and what they mean; * behind a name: it must be there
	Header map[string]string // headers that it reads
	Answer string            // media type of a success
	More   []int             // further statuses of success
}

// Describe adds the operation to the description of the API and serves nothing.
func (a *API) Describe(spec RawSpec) {
	op := &huma.Operation{
		OperationID: spec.ID, Method: spec.Method, Path: APIPrefix + spec.Path, Summary: spec.Summary, Description: spec.Description, Tags: []string{spec.Tag},
		Responses:  map[string]*huma.Response{"default": a.problemResponse()},
		Extensions: map[string]any{"x-permission": string(spec.Permission)},
	}
	if spec.Permission != access.Public {
		op.Security = []map[string][]string{{"bearer": {}}}
	}
	status := spec.Status
	if status == 0 {
		status = http.StatusOK
	}
	for _, code := range append([]int{status}, spec.More...) {
		op.Responses[strconv.Itoa(code)] = &huma.Response{Description: http.StatusText(code), Content: map[string]*huma.MediaType{spec.Answer: {}}}
	}
	if len(spec.Body) > 0 {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
		for _, kind := range spec.Body {
			op.RequestBody.Content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		}
	}
	op.Parameters = append(parameters("query", spec.Query), parameters("header", spec.Header)...)
	for part := range strings.SplitSeq(spec.Path, "/") {
		if name, found := strings.CutPrefix(part, "{"); found {
			op.Parameters = append(op.Parameters, &huma.Param{Name: strings.TrimSuffix(name, "}"), In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
		}
	}
	a.huma.OpenAPI().AddOperation(op)
}

func parameters(in string, all map[string]string) []*huma.Param {
	var out []*huma.Param
	for name, doc := range all {
		plainName, required := strings.CutSuffix(name, "*")
		out = append(out, &huma.Param{Name: plainName, In: in, Description: doc, Required: required, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	slices.SortFunc(out, func(a, b *huma.Param) int { return strings.Compare(a.Name, b.Name) })
	return out
}

package web

import (
	"cmp"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"lienthong/internal/kit/httpx"
	"lienthong/internal/web/ui"

	"github.com/danielgtaylor/huma/v2"
)

var (
	problemType  = reflect.TypeFor[httpx.Problem]()
	pastListType = reflect.TypeFor[pastList]()
)

// showDocs is the documentation for people, made from the same operations, without foreign scripts.
func (a *API) showDocs(w http.ResponseWriter, r *http.Request) error {
	t := a.shell.T(r)
	body := ui.Operations(ui.Head{
		Title: t("api.title"), Lead: t("api.lead"),
		Actions: []ui.Action{{Label: t("api.spec"), Path: APIPrefix + "/openapi.json", Icon: ui.IconDownload}},
	}, a.operations(), t("api.none"))
	return a.shell.Render(w, r, Page{Title: t("api.title"), Crumbs: []ui.Crumb{{Label: t("api.title")}}, Body: body})
}

// operations groups what huma knows by tag, in the order of paths.
func (a *API) operations() []ui.OperationGroup {
	byTag := map[string][]ui.Operation{}
	for path, item := range a.huma.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
		} {
			if op == nil {
				continue
			}
			tag := strings.Join(op.Tags, ", ")
			byTag[tag] = append(byTag[tag], describe(method, path, op))
		}
	}
	var out []ui.OperationGroup
	for tag, ops := range byTag {
		slices.SortFunc(ops, func(x, y ui.Operation) int {
			return cmp.Or(cmp.Compare(x.Path, y.Path), cmp.Compare(x.Method, y.Method))
		})
		out = append(out, ui.OperationGroup{Tag: tag, Operations: ops})
	}
	slices.SortFunc(out, func(x, y ui.OperationGroup) int { return cmp.Compare(x.Tag, y.Tag) })
	return out
}

func describe(method, path string, op *huma.Operation) ui.Operation {
	permission, _ := op.Extensions["x-permission"].(string)
	o := ui.Operation{Method: method, Path: path, Summary: op.Summary, Description: op.Description, Permission: permission}
	for _, p := range op.Parameters {
		if p.Schema == nil {
			continue
		}
		o.Inputs = append(o.Inputs, ui.OperationInput{Name: p.Name, In: p.In, Type: p.Schema.Type, Required: p.Required, Text: p.Description})
	}
	if op.RequestBody != nil {
		o.Inputs = append(o.Inputs, ui.OperationInput{Name: "body", In: "body", Type: "object", Required: op.RequestBody.Required, Text: op.RequestBody.Description})
	}
	return o
}

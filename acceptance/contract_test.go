package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

// spec is the served description, as far as the contract is checked against it.
type spec struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]*schema }
}

type operation struct {
	OperationID string `json:"operationId"`
	Permission  string `json:"x-permission"`
	Responses   map[string]struct {
		Content map[string]struct{ Schema *schema }
	}
}

// schema is JSON Schema in so far as the description uses it.
type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Properties map[string]*schema
	Required   []string
	Items      *schema
	Enum       []any
	More       any `json:"additionalProperties"`
}

// TestContract compares the route table, the served description and the answers of the running binary with each other.
func TestContract(t *testing.T) {
	p := withData(t, harness.Options{}, 10)
	p.live(t, nil)
	var s spec
	ok(t, harness.NewClient(t, p.Console).Get("/api/v1/openapi.json"), http.StatusOK).Into(t, &s)
	t.Run("X6 each operation of the route table is described with its permission, and nothing else is", func(t *testing.T) { describedWhole(t, s) })
	t.Run("X6 answers are as described; a member that is not described is found", func(t *testing.T) { answersAsDescribed(t, p, s) })
	t.Run("X6 refusals are problems with code, a Vietnamese sentence and each wrong field", func(t *testing.T) { refusalsAreProblems(t, p, s) })
}

func describedWhole(t *testing.T, s spec) {
	out, code := harness.CLI(t, "", "routes")
	if code != 0 {
		t.Fatal(out)
	}
	described := map[string]string{}
	for path, operations := range s.Paths {
		for method, op := range operations {
			described[strings.ToUpper(method)+" "+path] = op.Permission
		}
	}
	served := 0
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		if len(f) < 3 || !strings.HasPrefix(f[1], "/api/v1/") || f[1] == "/api/v1/openapi.json" {
			continue
		}
		served++
		name := f[0] + " " + f[1]
		if permission, found := described[name]; !found || permission != f[2] {
			t.Errorf("%s needs %s, described: %v %q", name, f[2], found, permission)
		}
		delete(described, name)
	}
	if served < 100 || len(described) > 0 {
		t.Errorf("%d operations are served; described and not served: %v", served, described)
	}
}

var placeholder = regexp.MustCompile(`\{[^}]+\}`)

func answersAsDescribed(t *testing.T, p *province, s spec) {
	filled := strings.NewReplacer("/agencies/{code}", "/agencies/"+owner, "/systems/{id}", "/systems/"+callerSystem, "/datasets/{owner}/{slug}", "/datasets/"+households,
		"/purposes/{code}", "/purposes/"+purpose)
	checked := 0
	for path, operations := range s.Paths {
		op, readable := operations["get"]
		at := filled.Replace(path)
		if !readable || placeholder.MatchString(at) {
			continue
		}
		for _, who := range []*harness.Person{p.admin, p.engineer, p.ownerSteward} {
			a := who.Get(at)
			if a.Status != http.StatusOK {
				continue
			}
			content, found := op.Responses["200"].Content["application/json"]
			if !found {
				continue // a page or a file
			}
			var body any
			a.Into(t, &body)
			for _, wrong := range s.compare(content.Schema, body, "") {
				t.Errorf("GET %s (%s): %s", at, op.OperationID, wrong)
			}
			checked++
		}
	}
	if checked < 40 {
		t.Errorf("only %d answers were compared", checked)
	}
	one := s.Paths["/api/v1/agencies/{code}"]["get"].Responses["200"].Content["application/json"].Schema
	var body map[string]any
	ok(t, p.admin.Get("/api/v1/agencies/"+owner), http.StatusOK).Into(t, &body)
	body["undescribed"], body["name"] = true, 7
	if wrong := s.compare(one, body, ""); len(wrong) != 2 {
		t.Errorf("the comparison does not find a changed answer: %q", wrong)
	}
}

func refusalsAreProblems(t *testing.T, p *province, s spec) {
	for what, a := range map[string]harness.Answer{
		"no session":     harness.NewClient(t, p.Console).Get("/api/v1/agencies"),
		"no permission":  p.consumerSteward.Post("/api/v1/account/accounts", m{"username": "x", "full_name": "X", "agency": owner, "roles": []string{"steward"}}),
		"unknown":        p.admin.Get("/api/v1/agencies/H38.9Z"),
		"wrong fields":   p.admin.Post("/api/v1/account/accounts", m{"username": 7, "agency": true}),
		"no JSON":        p.admin.With("Content-Type", "application/json").Post("/api/v1/purposes", "{"),
		"other media":    p.admin.With("Content-Type", "text/plain").Post("/api/v1/purposes", "x"),
		"unknown path":   p.admin.Get("/api/v1/khong-co"),
		"unknown method": p.admin.Do(http.MethodPatch, "/api/v1/agencies", nil),
	} {
		var body map[string]any
		a.Into(t, &body)
		for _, wrong := range s.compare(s.problem(t), body, "") {
			t.Errorf("%s: %s", what, wrong)
		}
		detail, _ := body["detail"].(string)
		if a.Status < 400 || a.Header.Get("Content-Type") != "application/problem+json" || body["status"] != float64(a.Status) || a.Code() == "" ||
			body["type"] != "urn:lienthong:problem:"+a.Code() || !vietnamese(detail) || body["instance"] != a.Header.Get("X-Request-Id") {
			t.Errorf("%s: %s", what, a)
		}
		if what == "wrong fields" && len(body["errors"].([]any)) < 2 {
			t.Errorf("each wrong field is told: %s", a)
		}
	}
}

// problem is the form of a refusal, which each operation describes alike.
func (s spec) problem(t *testing.T) *schema {
	t.Helper()
	found := s.Paths["/api/v1/agencies"]["get"].Responses["default"].Content["application/problem+json"].Schema
	if found == nil || len(found.Required) < 5 {
		t.Fatalf("the description does not tell what a refusal looks like: %+v", found)
	}
	return found
}

// compare says where a value is not as the schema has it.
func (s spec) compare(want *schema, got any, at string) []string {
	if want == nil {
		return nil
	}
	if want.Ref != "" {
		return s.compare(s.Components.Schemas[want.Ref[strings.LastIndexByte(want.Ref, '/')+1:]], got, at)
	}
	if kinds := kindsOf(want.Type); len(kinds) > 0 && !slices.ContainsFunc(kinds, func(k string) bool { return isKind(k, got) }) {
		return []string{fmt.Sprintf("%s is %T, described as %v", at, got, kinds)}
	}
	if len(want.Enum) > 0 && got != nil && !slices.Contains(want.Enum, got) {
		return []string{fmt.Sprintf("%s is %v, described as one of %v", at, got, want.Enum)}
	}
	var wrong []string
	switch v := got.(type) {
	case []any:
		for i, one := range v {
			wrong = append(wrong, s.compare(want.Items, one, fmt.Sprintf("%s[%d]", at, i))...)
		}
	case map[string]any:
		for _, name := range want.Required {
			if _, there := v[name]; !there {
				wrong = append(wrong, at+"/"+name+" is missing")
			}
		}
		for name, one := range v {
			inner, described := want.Properties[name]
			if !described && want.More == false {
				wrong = append(wrong, at+"/"+name+" is not described")
			}
			wrong = append(wrong, s.compare(inner, one, at+"/"+name)...)
		}
	}
	return wrong
}

func kindsOf(t any) []string {
	switch v := t.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, k := range v {
			out = append(out, fmt.Sprint(k))
		}
		return out
	}
	return nil
}

func isKind(kind string, v any) bool {
	switch v := v.(type) {
	case nil:
		return kind == "null"
	case bool:
		return kind == "boolean"
	case string:
		return kind == "string"
	case float64:
		return kind == "number" || kind == "integer" && v == float64(int64(v))
	case json.Number:
		return kind == "number" || kind == "integer"
	case []any:
		return kind == "array"
	case map[string]any:
		return kind == "object"
	}
	return false
}

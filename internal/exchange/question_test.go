package exchange_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/exchange"
	"lienthong/internal/kit/fault"
)

// T12, T33, T47: the body of a question is read against its declaration, judged like a query, and what the provider gets
// is what was judged.
func TestQuestionBodies(t *testing.T) {
	b := Start(t, Operations("POST /tim", "POST /trong"))
	b.Provider.Says(Answer(200, `{"tong":7,"data":[]}`))
	rows := []struct {
		name, path, body string
		status           int
		code             string
	}{
		{"unknown member", "/tim", `{"q":"a","where":"1=1"}`, 400, "exchange.member_unknown"},
		{"member in another case", "/tim", `{"SO":"1"}`, 400, "exchange.member_unknown"},
		{"member twice", "/tim", `{"xa":"02701","xa":"02702"}`, 400, "exchange.member_twice"},
		{"member twice by an escape", "/tim", `{"xa":"02701","\u0078a":"02702"}`, 400, "exchange.member_twice"},
		{"nested object", "/tim", `{"q":{"$ne":""}}`, 400, "exchange.member_type"},
		{"list for a text", "/tim", `{"xa":["02701"]}`, 400, "exchange.member_type"},
		{"text for a number", "/tim", `{"trang":"1"}`, 400, "exchange.member_type"},
		{"number for a text", "/tim", `{"so":999190000123}`, 400, "exchange.member_type"},
		{"null", "/tim", `{"q":null}`, 400, "exchange.member_type"},
		{"text for a boolean", "/tim", `{"con_song":"true"}`, 400, "exchange.member_type"},
		{"list within a list", "/tim", `{"cac_so":[["1"]]}`, 400, "exchange.member_type"},
		{"too long a list", "/tim", `{"cac_so":["1"` + strings.Repeat(`,"1"`, 100) + `]}`, 400, "exchange.member_type"},
		{"too long a text", "/tim", `{"q":"` + strings.Repeat("x", 2001) + `"}`, 400, "exchange.member_type"},
		{"control character", "/tim", `{"q":"a\u0000b"}`, 400, "exchange.member_type"},
		{"not an object", "/tim", `["x"]`, 400, "exchange.body_invalid"},
		{"more after the end", "/tim", `{"q":"x"}{}`, 400, "exchange.body_invalid"},
		{"cut", "/tim", `{"q":"x"`, 400, "exchange.body_invalid"},
		{"not UTF-8", "/tim", "{\"q\":\"\xff\"}", 400, "exchange.body_invalid"},
		{"no body is declared", "/trong", `{}`, 400, "exchange.body_undeclared"},
		{"hidden column", "/tim", `{"dia_chi":"Bản Phố"}`, 403, "access.filter_not_granted"},
		{"masked column", "/tim", `{"dan_toc":"Mông"}`, 403, "access.filter_not_granted"},
		{"another commune's rows", "/tim", `{"xa":"02702"}`, 403, "access.filter_outside_rows"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			before := len(b.Records())
			got := b.Call("POST", svc+row.path, "", row.body)
			if got.Status != row.status {
				t.Errorf("got %+v", got)
			}
			denied(t, b, before, []Reply{got}, row.code)
		})
	}
	for _, kind := range []string{"application/json; charset=utf-16", "application/json; charset=utf-7", "application/json;x=y", "application/json; charset=utf-8; charset=utf-16", "text/json"} {
		if got := b.Call("POST", svc+"/tim", "Content-Type: "+kind+"\r\n", `{"q":"x"}`); got.Code() != "exchange.content_type" {
			t.Errorf("%s: %+v", kind, got)
		}
	}
	if got := b.Call("POST", svc+"/tim", "Content-Type: application/json; charset=UTF-8\r\n", `{"q":"x"}`); got.Status != 200 {
		t.Errorf("%+v", got)
	}
	b.Provider.Forget()
	if got := b.Call("POST", svc+"/tim", "", `{"where":"1"}`); !strings.Contains(got.Body, "where") {
		t.Errorf("the refusal does not name the member: %s", got.Body)
	}
	before := settled(t, b)
	got := b.Call("POST", svc+"/tim", "", `{ "so" : "`+Citizen+`", "cac_so":["`+Stranger+`"], "xa":"\u003002701"  , "trang":1e0,"con_song":true,"sap_xep":"giam" }`)
	if got.Status != 403 { // the value reads 002701
		t.Errorf("%+v", got)
	}
	before = settled(t, b)
	got = b.Call("POST", svc+"/tim", "", `{ "so" : "`+Citizen+`", "cac_so":["`+Stranger+`"], "xa":"\u00302701"  , "trang":1e0,"con_song":true,"sap_xep":"giam" }`)
	if got.Status != http.StatusOK {
		t.Fatalf("%+v", got)
	}
	want := `{"so":"` + Citizen + `","cac_so":["` + Stranger + `"],"xa":"02701","trang":1e0,"con_song":true,"sap_xep":"giam"}`
	if seen := b.Provider.Seen(); len(seen) != 1 || !strings.HasSuffix(seen[0], "\r\n\r\n"+want) {
		t.Errorf("the provider got %q", seen)
	}
	outcome(t, b, before, "200", "")
	rec := b.Records()[before]
	for _, id := range []string{Citizen, Stranger} {
		if key := b.Log.PersonKey(id); !slices.Contains(rec.Content.SubjectKeys, key) || !strings.Contains(rec.Content.Filter, key) {
			t.Errorf("%s is not among the subjects %q or in the filter %q", id, rec.Content.SubjectKeys, rec.Content.Filter)
		}
		if strings.Contains(b.Raw(), id) {
			t.Errorf("%s stands in the evidence", id)
		}
	}
	if !strings.Contains(rec.Content.Filter, "xa in ") {
		t.Errorf("filter %q", rec.Content.Filter)
	}
}

// The declaration itself is checked when a service is registered.
func TestMembersAreDeclaredOnce(t *testing.T) {
	b := Start(t)
	ctx := access.WithActor(t.Context(), access.Actor{Type: access.User, ID: "ks", Agency: "H38", Roles: []access.Role{access.OpEngineer}, Auth: access.AuthTwo})
	for name, o := range map[string]exchange.Operation{
		"member twice":           {Method: "POST", Members: []exchange.Member{{Name: "a"}, {Name: "a"}}},
		"member without a name":  {Method: "POST", Members: []exchange.Member{{}}},
		"unknown type":           {Method: "POST", Members: []exchange.Member{{Name: "a", Type: "object"}}},
		"use without a column":   {Method: "POST", Members: []exchange.Member{{Name: "a", Use: exchange.UseSort}}},
		"body of a GET":          {Method: "GET", Members: []exchange.Member{{Name: "a"}}},
		"parameter twice":        {Method: "GET", Params: []exchange.Param{{Name: "a"}, {Name: "a", Column: "xa"}}},
		"parameter, unknown use": {Method: "GET", Params: []exchange.Param{{Name: "a", Column: "xa", Use: "like"}}},
	} {
		o.Path, o.Records = "/moi", "$"
		_, err := b.Service.RegisterRoute(ctx, exchange.Route{Owner: Owner, System: "hotich", Name: "moi", Dataset: Dataset, Base: "http://127.0.0.1:9/api", Addresses: []string{"127.0.0.0/8"}, Operations: []*exchange.Operation{&o}})
		if !fault.Is(err, "exchange.route_invalid") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// R21.4c: a total beside the records would count the rows that the grant hides.
func TestTotalsGoWithTheRows(t *testing.T) {
	for name, row := range map[string]struct {
		rows []access.RowRule
		want string
	}{
		"rows restricted": {[]access.RowRule{{Column: "xa", In: []string{"02701"}}}, `{"data":[{"ho_ten":"A","xa":"02701"}]}`},
		"all rows":        {nil, `{"tong":9,"data":[{"ho_ten":"A","xa":"02701"},{"ho_ten":"B","xa":"02702"}]}`},
	} {
		b := Start(t, Operations("POST /tim"), func(g *access.Grant) { g.Rows = row.rows })
		b.Provider.Says(Answer(200, `{"tong":9,"data":[{"ho_ten":"A","xa":"02701"},{"ho_ten":"B","xa":"02702"}]}`))
		if got := b.Call("POST", svc+"/tim", "", `{"q":"x"}`); got.Status != 200 || got.Body != row.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A look-up is for one record: decided and counted as one.
func TestLookupOfManyIsRefused(t *testing.T) {
	b := withRows(t)
	before := settled(t, b)
	got := b.Call("POST", data+"/lookup", "", `{"key":{"xa":"02701"}}`)
	if got.Status != http.StatusConflict || got.Code() != "exchange.lookup_ambiguous" || strings.Contains(got.Body, "Người") {
		t.Errorf("%+v", got)
	}
	if rec := outcome(t, b, before, "409", "exchange.lookup_ambiguous"); rec.Content.Records != 0 {
		t.Errorf("%+v", rec.Content)
	}
	if p := read(t, b.Call("POST", data+"/lookup", "", `{"key":{"ho_ten":"Người 04"}}`)); len(p.Records) != 1 {
		t.Errorf("%+v", p)
	}
}

// T47, T59: the fields asked for are named once each, and not without end.
func TestFieldsAreNamedOnce(t *testing.T) {
	b := withRows(t)
	many := strings.TrimSuffix(strings.Repeat("ho_ten,", 1000), ",")
	for _, row := range []struct{ fields, code string }{
		{"ho_ten,ho_ten", "exchange.field_twice"}, {"ho_ten,xa,ho_ten", "exchange.field_twice"}, {"", "exchange.fields_invalid"}, {"ho_ten,", "exchange.fields_invalid"},
		{many, "exchange.fields_invalid"}, {"ho_ten,khong_co", "access.field_not_granted"},
	} {
		status := 400
		if strings.HasPrefix(row.code, "access.") {
			status = 403
		}
		if got := b.Call("GET", data+"/records?fields="+row.fields, "", ""); got.Status != status || got.Code() != row.code {
			t.Errorf("%.40s: %+v", row.fields, got)
		}
		body := `{"key":{"ho_ten":"Người 04"},"fields":["` + strings.ReplaceAll(row.fields, ",", `","`) + `"]}`
		if got := b.Call("POST", data+"/lookup", "", body); got.Status != status || got.Code() != row.code {
			t.Errorf("look-up, %.40s: %+v", row.fields, got)
		}
	}
}

// Whoever has no right gets one answer for what exists and what does not, however the question is malformed.
func TestExistenceIsNotTold(t *testing.T) {
	b := Start(t, func(g *access.Grant) { g.Subject.ID = "another system" })
	for _, query := range []string{"?so_dinh_danh=1", "?SO_DINH_DANH.in=1,2", "?dia_chi=1", "?fields=so_dinh_danh", "?xa.gte=1&so_dinh_danh=2", ""} {
		here, nowhere := b.Call("GET", data+"/records"+query, "", ""), b.Call("GET", "/data/H38.04/khong-co/records"+query, "", "")
		if here.Status != 403 || here.Status != nowhere.Status || here.Code() != "access.grant_missing" || nowhere.Code() != here.Code() {
			t.Errorf("%s: %d %s and %d %s", query, here.Status, here.Code(), nowhere.Status, nowhere.Code())
		}
	}
	for target, body := range map[string]string{svc + "/tim": `{"khong":1}`, svc + "/trong": `{}`} {
		if got := b.Call("POST", target, "", body); got.Code() != "access.grant_missing" {
			t.Errorf("%s: %+v", target, got)
		}
	}
	if got := b.Call("GET", svc+"/ho-so?khong=1", "", ""); got.Code() != "access.grant_missing" {
		t.Errorf("%+v", got)
	}
}

// No personal value enters the log by a caller's text.
func TestCallersTextsStayOut(t *testing.T) {
	b := withRows(t)
	for _, row := range []struct{ target, head, code string }{
		{data + "/records", "Lienthong-Case: " + Citizen + "\r\n", "exchange.reference_person"},
		{data + "/records", "Lienthong-Case: CCCD " + Citizen + "\r\n", "exchange.reference_person"},
		{data + "/records", "Lienthong-Case: CMND:999190001\r\n", "exchange.reference_person"},
		{data + "/records", "Lienthong-Case: 999 190 000 123\r\n", "exchange.reference_person"},
		{data + "/records", "Lienthong-Case: " + strings.Repeat("x", 101) + "\r\n", "exchange.reference_long"},
		{data + "/records", "Lienthong-Case: a\tb\r\n", "exchange.header_text"},
		{data + "/records", "Lienthong-Purpose: " + Citizen + "\r\n", "access.purpose_unknown"},
		{data + "/records", "Lienthong-Purpose: " + strings.Repeat(Citizen, 20) + "\r\n", "access.purpose_unknown"},
		{data + "/records?x" + Citizen + "=1", "", "access.filter_not_granted"},
		{"/data/H38.04/" + Citizen + "/records", "", "access.grant_missing"},
		{"/data/" + Citizen + "/x/records", "Authorization: Bearer x\r\n", "exchange.token_invalid"},
		{"/" + Citizen, "", "exchange.route_unknown"},
		{"/svc/" + Citizen + "/x/y/z", "", "exchange.service_unknown"},
		{svc + "/" + Citizen, "", "exchange.operation_unknown"},
		{svc + "/ho-so?" + "x" + Citizen + "=1", "", "exchange.parameter_unknown"},
	} {
		before := len(b.Records())
		got := b.Call("GET", row.target, row.head, "")
		recs := b.Records()[before:]
		if got.Code() != row.code || len(recs) != 1 || recs[0].Decision.Result != audit.Deny || recs[0].Result.ErrorCode != row.code {
			t.Errorf("%s %s: %+v, records %+v", row.target, row.head, got, recs)
		}
	}
	for _, text := range []string{Citizen, "999190001", "999 190"} {
		if strings.Contains(b.Raw(), text) {
			t.Errorf("%q stands in the log", text)
		}
	}
	recs := b.Records()
	unknown := slices.ContainsFunc(recs, func(r *audit.Record) bool { return strings.HasPrefix(r.Purpose.Code, access.UnknownWord+":") })
	named := slices.ContainsFunc(recs, func(r *audit.Record) bool { return r.Purpose.Code == Purpose && r.Target.Dataset == Dataset })
	if !unknown || !named {
		t.Error("an unknown purpose is to be told as unknown, a known one by its code")
	}
	for _, ref := range []string{CaseRef, "000.00.00.H38-260512-0007", "H38.02-260512-0007", "20261124103000", "HS/2026/11-0009"} {
		if got := b.Call("GET", data+"/records", "Lienthong-Case: "+ref+"\r\n", ""); got.Status != 200 {
			t.Errorf("%s: %+v", ref, got)
		}
	}
}

// A number of records above the grant's is refused with the maximum; nobody gets fewer without a word.
func TestLimitAboveTheGrant(t *testing.T) {
	b := Start(t, func(g *access.Grant) { g.Conditions.RecordsPerCall = 5 })
	for i := range 9 {
		b.Rows = append(b.Rows, map[string]any{"so_dinh_danh": fmt.Sprintf("99919000%04d", i), "ho_ten": "A", "xa": "02701"})
	}
	got := b.Call("GET", data+"/records?limit=6", "", "")
	if got.Status != http.StatusForbidden || got.Code() != "access.quota_records_call" || !strings.Contains(got.Body, "5") || got.Header.Get("Retry-After") != "" {
		t.Errorf("%+v", got)
	}
	if p := read(t, b.Call("GET", data+"/records?limit=5", "", "")); len(p.Records) != 5 {
		t.Errorf("%d records", len(p.Records))
	}
	first := read(t, b.Call("GET", data+"/records", "", "")) // no number named: a page of what one call may carry
	rest := read(t, b.Call("GET", data+"/records?cursor="+first.Next, "", ""))
	if len(first.Records) != 5 || len(rest.Records) != 4 || rest.Next != "" {
		t.Errorf("%d and %d records", len(first.Records), len(rest.Records))
	}
}

// T03, T33: what stands in the path is judged and recorded like a parameter, and a literal path is its own operation,
// whatever was registered first.
func TestPathsAreJudged(t *testing.T) {
	b := Start(t, Operations("GET /xa/{xa}/ho-so", "GET /{so}", "GET /dia-chi/{noi}", "GET /to/{to}"))
	ctx := access.WithActor(t.Context(), access.Actor{Type: access.User, ID: "ks", Agency: "H38", Roles: []access.Role{access.OpEngineer}, Auth: access.AuthTwo})
	op := func(path string, params ...exchange.Param) *exchange.Operation {
		return &exchange.Operation{Method: "GET", Path: path, Records: "$", Params: params}
	}
	_, err := b.Service.RegisterRoute(ctx, exchange.Route{Owner: Owner, System: "hotich", Name: "duong", Dataset: Dataset, Base: "http://" + b.Provider.Addr + "/api", Addresses: []string{"127.0.0.0/8"},
		Operations: []*exchange.Operation{op("/{so}"), op("/tat-ca"), op("/xa/{xa}/ho-so", exchange.Param{Name: "xa", Column: "xa"}), op("/dia-chi/{noi}", exchange.Param{Name: "noi", Column: "dia_chi"}), op("/to/{to}")}})
	b.must(err)
	const at = "/svc/H38.04/hotich/duong"
	for target, code := range map[string]string{
		at + "/tat-ca": "access.operation_not_granted", at + "/xa/02702/ho-so": "access.filter_outside_rows", at + "/dia-chi/x": "access.filter_not_granted",
		at + "/xa/02701/ho-so?xa=02702": "exchange.parameter_unknown",
	} {
		before := settled(t, b)
		denied(t, b, before, []Reply{b.Call("GET", target, "", "")}, code)
	}
	for target, filter := range map[string]string{at + "/xa/02701/ho-so": "xa eq " + b.Log.PersonKey("02701"), at + "/to/Bản Phố": "{to} eq " + b.Log.PersonKey("Bản Phố")} {
		before := settled(t, b)
		got := b.Call("GET", strings.ReplaceAll(strings.ReplaceAll(target, "Bản", "B%E1%BA%A3n"), " Phố", "%20Ph%E1%BB%91"), "", "")
		if rec := b.Records()[before]; got.Status != 200 || rec.Content.Filter != filter {
			t.Errorf("%+v, filter %q, want %q", got, rec.Content.Filter, filter)
		}
	}
}

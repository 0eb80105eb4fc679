package acceptance

import (
	"crypto/ed25519"
	"encoding/base64"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// called is a request that changed something.
type called struct{ method, path, id string }

// calls keeps the successful requests of people that are not reads.
type calls struct {
	next http.RoundTripper
	mu   sync.Mutex
	made []called
}

func (c *calls) RoundTrip(r *http.Request) (*http.Response, error) {
	a, err := c.next.RoundTrip(r)
	if err == nil && a.StatusCode < 400 && r.Method != http.MethodGet {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.made = append(c.made, called{r.Method, r.URL.Path, a.Header.Get("X-Request-Id")})
	}
	return a, err
}

// listen hears what the people of the province ask from now on; who signs in again is not heard until it is called again.
func (c *calls) listen(p *province) {
	for _, who := range []*harness.Person{p.admin, p.appraiser, p.approver, p.engineer, p.second, p.security, p.admin.Second, p.ownerSteward, p.ownerHead, p.consumerSteward, p.consumerHead} {
		if who.HTTP.Transport != nil && who.HTTP.Transport != c {
			c.next = who.HTTP.Transport
		}
		who.HTTP.Transport = c
	}
}

// unkept are routes that change nothing that is configured, with the reason. A path ending in * is a prefix.
var unkept = map[string]string{
	"POST /api/v1/connections/advice":            "only asks which method fits",
	"POST /account/proposals/{id}/refuse":        "a refused proposal changes nothing; recorded as account.*",
	"POST /api/v1/account/proposals":             "a proposal changes nothing until it is confirmed; recorded as account.*",
	"POST /api/v1/account/proposals/{id}/refuse": "a refused proposal changes nothing; recorded as account.*",
	"POST /backup":        "makes a copy",
	"POST /api/v1/backup": "makes a copy",
	"POST /api/v1/datasets/{owner}/{slug}/export":                   "reads data; recorded as data.*",
	"POST /system/{id}/certificate*":                                "a certificate never changes but for its revocation, which its own row and the records certificate.* tell",
	"POST /api/v1/systems/{id}/certificates*":                       "as on the page",
	"POST /sign-in*":                                                "a session; recorded as auth.*",
	"POST /sign-out":                                                "a session",
	"POST /api/v1/account/sign-in":                                  "a session; recorded as auth.*",
	"POST /api/v1/account/sign-out":                                 "a session",
	"POST /me/sessions/*":                                           "a session",
	"POST /api/v1/account/me/sessions/*":                            "a session",
	"POST /tasks/notices/read":                                      "a mark in one's own inbox",
	"POST /api/v1/tasks/notices/read":                               "a mark in one's own inbox",
	"POST /ingest*":                                                 "data, not configuration; every delivery has its own report and records",
	"POST /api/v1/ingest/*":                                         "data, not configuration",
	"PATCH /api/v1/ingest/*":                                        "data, not configuration",
	"DELETE /api/v1/ingest/*":                                       "data, not configuration",
	"POST /warehouse/*":                                             "reads data, or checks its files; recorded as data.*",
	"POST /api/v1/datasets/{owner}/{slug}/versions/{number}/verify": "checks files",
	"POST /api/v1/datasets/{owner}/{slug}/view":                     "reads data; recorded as data.*",
	"POST /api/v1/dictionary/units/convert":                         "computes",
	"POST /dictionary/identifiers/{code}/try":                       "computes; nothing of the value is kept",
	"POST /api/v1/dictionary/identifiers/{code}/try":                "computes; nothing of the value is kept",
	"POST /catalog/{owner}/{slug}/sources/dispute":                  "a report; it opens an incident, which its own record tells",
	"POST /api/v1/datasets/{owner}/{slug}/sources/dispute":          "a report; it opens an incident, which its own record tells",
	"POST /dictionary/follow":                                       "what one is told of oneself; recorded as dictionary.subscribe",
	"PUT /api/v1/dictionary/subscriptions/*":                        "what one is told of oneself; recorded as dictionary.subscribe",
	"DELETE /api/v1/dictionary/subscriptions/*":                     "what one is told of oneself; recorded as dictionary.unsubscribe",
	"POST /audit/*":                                                 "reads and checks the log; recorded as log.*",
	"POST /api/v1/audit/*":                                          "reads and checks the log; recorded as log.*",
	"POST /api/v1/authz/decide":                                     "asks a question; recorded as access.try",
	"POST /api/v1/access/grants/verify":                             "checks a signature",
	"POST /access/grants/verify":                                    "checks a signature",
	"POST /catalog/discover":                                        "reads a sample, of which nothing is kept",
	"POST /api/v1/datasets/discover":                                "reads a sample, of which nothing is kept",
	"POST /catalog/import":                                          "shows what a form would register; nothing is kept but the form itself, for its sender",
	"POST /connections/route":                                       "computes the way of a need; nothing is kept",
	"POST /api/v1/connections/route":                                "computes the way of a need; nothing is kept",
	"POST /api/v1/reviews/excess/calculate":                         "computes a report from the use of grants",
	"POST /tasks/mail":                                              "how one is told oneself; recorded as task.mail, never with the address",
	"POST /tasks/mail/*":                                            "one's own address; recorded as task.mail_*, never with the address",
	"PUT /api/v1/tasks/mail":                                        "how one is told oneself; recorded as task.mail, never with the address",
	"POST /api/v1/tasks/mail/*":                                     "one's own address; recorded as task.mail_*, never with the address",
	"POST /tasks/mailing/*":                                         "sends messages, again or for a trial; changes no setting",
	"POST /api/v1/tasks/mailing/*":                                  "sends messages, again or for a trial; changes no setting",
	"POST /incident/{id}/step":                                      "a case, not configuration; its record tells before and after",
	"POST /api/v1/incident/{id}/step":                               "a case, not configuration; its record tells before and after",
}

// alike are routes that this test does not take, with the route it takes that ends in the same function of the service.
// The state of a request that the test's connection does not pass is one of these.
var alike = map[string]string{
	"POST /agency": "PUT /api/v1/agencies/{code}", "POST /agency/{code}/edit": "PUT /api/v1/agencies/{code}",
	"POST /agency/import": "POST /api/v1/agencies/import", "POST /agency/import/profile": "POST /api/v1/agencies/import",
	"POST /agency/{code}/steward": "POST /api/v1/agencies/{code}/stewards", "POST /agency/{code}/steward/{id}/end": "POST /api/v1/agencies/{code}/stewards/{id}/end",
	"POST /account": "POST /api/v1/account/accounts", "POST /account/{id}/roles": "POST /api/v1/account/accounts/{id}/roles",
	"POST /account/{id}/active": "POST /api/v1/account/accounts/{id}/active", "POST /account/{id}/reset": "POST /api/v1/account/accounts/{id}/reset",
	"POST /account/proposals/{id}/confirm": "POST /api/v1/account/proposals/{id}/confirm",
	"POST /set-up":                         "POST /api/v1/account/accounts", "POST /api/v1/account/set-up": "POST /api/v1/account/accounts",
	// one's own ways to sign in: account.Service.save, or its Log.Change of the same subject
	"POST /password/{token}": "POST /api/v1/account/accounts/{id}/reset", "POST /api/v1/account/password": "POST /api/v1/account/accounts/{id}/reset",
	"POST /me/password": "POST /api/v1/account/accounts/{id}/reset", "POST /me/second-factor": "POST /api/v1/account/accounts/{id}/reset",
	"POST /api/v1/account/second-factor": "POST /api/v1/account/accounts/{id}/reset", "POST /me/passkeys/new": "POST /api/v1/account/accounts/{id}/reset",
	"POST /me/passkeys": "POST /api/v1/account/accounts/{id}/reset", "POST /me/passkeys/{id}/remove": "POST /api/v1/account/accounts/{id}/reset",
	"POST /api/v1/account/me/passkeys/{id}/remove": "POST /api/v1/account/accounts/{id}/reset",
	"POST /me/identities/{provider}":               "POST /api/v1/account/accounts/{id}/reset", "POST /me/identities/remove": "POST /api/v1/account/accounts/{id}/reset",
	"POST /account/{id}/identities": "POST /api/v1/account/accounts/{id}/reset", "POST /account/{id}/identities/remove": "POST /api/v1/account/accounts/{id}/reset",
	"POST /api/v1/account/accounts/{id}/identities": "POST /api/v1/account/accounts/{id}/reset", "POST /api/v1/account/accounts/{id}/identities/remove": "POST /api/v1/account/accounts/{id}/reset",
	"POST /system": "POST /api/v1/systems", "POST /system/{id}/edit": "PUT /api/v1/systems/{id}", "POST /system/{id}/officer-key/remove": "DELETE /api/v1/systems/{id}/officer-keys/{kid}",
	"POST /system/{id}/officer-key": "POST /api/v1/systems/{id}/officer-keys", "POST /system/{id}/client-key": "POST /api/v1/systems/{id}/client-keys",
	"POST /system/{id}/client-key/{kid}/revoke": "POST /api/v1/systems/{id}/client-keys/{kid}/revoke", "POST /system/{id}/credential": "POST /api/v1/systems/{id}/credentials",
	"POST /system/import": "POST /api/v1/systems/import", "POST /system/{id}/plan": "PUT /api/v1/systems/{id}/plan", "POST /system/{id}/level": "POST /api/v1/systems/{id}/levels",
	"POST /system/{id}/level/{lid}/record": "POST /api/v1/systems/{id}/levels/{lid}/record", "POST /system/{id}/level/{lid}/return": "POST /api/v1/systems/{id}/levels/{lid}/return",
	"POST /system/{id}/level/{lid}/withdraw": "POST /api/v1/systems/{id}/levels/{lid}/withdraw",
	"POST /access/purposes":                  "POST /api/v1/purposes", "POST /catalog": "POST /api/v1/datasets", "POST /catalog/{owner}/{slug}/edit": "PUT /api/v1/datasets/{owner}/{slug}",
	"POST /catalog/{owner}/{slug}/mapping": "PUT /api/v1/datasets/{owner}/{slug}/mapping", "POST /catalog/sources/transfer": "POST /api/v1/official-sources/transfer",
	"POST /privacy/{owner}/{slug}/edit": "PUT /api/v1/privacy/entries/{owner}/{slug}",
	"POST /dictionary/proposals":        "POST /api/v1/dictionary/proposals", "POST /dictionary/proposals/{id}/edit": "PUT /api/v1/dictionary/proposals/{id}",
	"POST /connections": "POST /api/v1/connections/requests", "POST /connections/{id}/edit": "PATCH /api/v1/connections/requests/{id}",
	"POST /connections/{id}/impact": "PATCH /api/v1/connections/requests/{id}", "POST /connections/offer": "POST /api/v1/connections/requests",
	"POST /api/v1/connections/offers": "POST /api/v1/connections/requests", "POST /api/v1/connections/requests/{id}/renew": "POST /api/v1/connections/requests/{id}/copy",
	"POST /connections/{id}/renew":                "POST /api/v1/connections/requests/{id}/copy",
	"POST /api/v1/datasets/{owner}/{slug}/return": "POST /api/v1/datasets/{owner}/{slug}/suspend", "POST /api/v1/datasets/{owner}/{slug}/end": "POST /api/v1/datasets/{owner}/{slug}/suspend",
	"POST /api/v1/datasets/{owner}/{slug}/retire": "POST /api/v1/datasets/{owner}/{slug}/suspend", "POST /api/v1/datasets/{owner}/{slug}/transfer": "POST /api/v1/datasets/{owner}/{slug}/suspend",
	"POST /api/v1/exchange/services/{owner}/{system}/{name}/status": "POST /api/v1/exchange/services",
	"POST /connections/limits":                                      "PUT /api/v1/connections/limits",
	// a sample's draft is made by catalog.Service.CreateWith, a row of a form by the import of the API; a new owner by ProposeOwner in both cases
	"POST /catalog/discover/draft": "POST /api/v1/datasets/import", "POST /catalog/import/{id}": "POST /api/v1/datasets/import",
	"POST /catalog/report/unclassified": "POST /api/v1/datasets/labels/confirm", "POST /catalog/unowned": "POST /api/v1/datasets/unowned",
	"POST /catalog/unowned/{id}/propose": "POST /api/v1/datasets/unowned/{id}/propose", "POST /catalog/unowned/{id}/assign": "POST /api/v1/datasets/unowned/{id}/assign",
	"POST /api/v1/datasets/{owner}/{slug}/propose-owner": "POST /api/v1/datasets/unowned/{id}/propose",
	"POST /release/catalogue":                            "POST /api/v1/releases/{list}", "POST /release/systems": "POST /api/v1/releases/{list}", "POST /release/open": "POST /api/v1/releases/{list}",
	"POST /release/{list}/{number}/entry/leave-out": "POST /api/v1/releases/{list}/{number}/leave-out", "POST /release/{list}/{number}/entry/take-in": "POST /api/v1/releases/{list}/{number}/take-in",
	"POST /release/{list}/{number}/opinion": "POST /api/v1/releases/{list}/{number}/comments", "POST /release/{list}/{number}/comments/{id}": "POST /api/v1/releases/{list}/{number}/comments/{id}/answer",
	"POST /release/publications": "POST /api/v1/releases/publications", "POST /release/publications/{id}": "POST /api/v1/releases/publications/{id}/take-back",
	"POST /reviews/campaigns/{id}/answer": "POST /api/v1/reviews/campaigns/{id}/answers", "POST /reviews/campaigns/{id}/items/{item}": "POST /api/v1/reviews/campaigns/{id}/answers",
	"POST /reviews/ask": "POST /api/v1/reviews/asks", "POST /reviews/settings": "PUT /api/v1/reviews/settings",
}

// other steps of a request than the ones taken: connection.Service.take records them all.
var otherSteps = []string{"consent", "return", "deem-agreed", "reject", "escalate", "reconfigure", "rollback", "fail-testing", "go-live", "retest", "ask-suspend", "recall"}

// twin is the operation whose form a page's route is.
func twin(route string) string {
	if one, has := alike[route]; has {
		return one
	}
	for from, to := range map[string]string{
		"POST /connections/{id}/": "POST /api/v1/connections/requests/{id}/", "POST /catalog/{owner}/{slug}/": "POST /api/v1/datasets/{owner}/{slug}/",
		"POST /access/templates/{owner}/{slug}/": "POST /api/v1/access/templates/{owner}/{slug}/",
		"POST /privacy/{owner}/{slug}/":          "POST /api/v1/privacy/entries/{owner}/{slug}/",
		"POST /dictionary/proposals/{id}/":       "POST /api/v1/dictionary/proposals/{id}/",
		"POST /release/{list}/{number}/":         "POST /api/v1/releases/{list}/{number}/", "POST /reviews/": "POST /api/v1/reviews/",
		"POST /system/{id}/credential/": "POST /api/v1/systems/{id}/credentials/", "POST /system/{id}/": "POST /api/v1/systems/{id}/",
	} {
		if strings.HasPrefix(route, "POST /system/{id}/credential/") && from == "POST /system/{id}/" {
			continue
		}
		if rest, found := strings.CutPrefix(route, from); found {
			if strings.HasPrefix(rest, "confirm-") {
				rest = "confirm"
			}
			one := to + rest
			if other, has := alike[one]; has {
				return other
			}
			return one
		}
	}
	return route
}

func exempt(route string) bool {
	for pattern := range unkept {
		if prefix, any := strings.CutSuffix(pattern, "*"); pattern == route || any && strings.HasPrefix(route, prefix) {
			return true
		}
	}
	return false
}

// Every route that changes what is configured leaves a change with before and after: one by one, from the route table of
// the binary (X7). A new route fails here until this test takes it, or says why it changes nothing.
func TestEveryChangingRouteLeavesAChange(t *testing.T) {
	p := withData(t, harness.Options{Move: true}, 3)
	rec := &calls{next: http.DefaultTransport}
	rec.listen(p)
	subjects := changeEverything(t, p, rec)

	kept := map[string]bool{}
	for _, api := range subjects {
		reader := p.engineer
		if strings.HasPrefix(api, "/account/") || strings.HasPrefix(api, "/privacy/") {
			reader = p.admin
		}
		if strings.HasPrefix(api, "/reviews/") {
			reader = p.security
		}
		for _, v := range history(t, reader, api) {
			kept[v.Request] = true
		}
	}
	out, err := exec.Command(harness.Binary(t), "routes").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("X7 each route of the table that changes configuration leaves a change with before and after", func(t *testing.T) {
		taken := 0
		for line := range strings.Lines(string(out)) {
			words := strings.Fields(line)
			if len(words) < 3 || words[0] == http.MethodGet {
				continue
			}
			route := words[0] + " " + words[1]
			if exempt(route) {
				continue
			}
			one := twin(route)
			if rest, found := strings.CutPrefix(one, "POST /api/v1/connections/requests/{id}/"); found && slices.Contains(otherSteps, rest) {
				one = "POST /api/v1/connections/requests/{id}/suspend"
			}
			switch found, recorded := rec.find(one, kept); {
			case !found:
				t.Errorf("%s (%s): not taken by this test; take it, or say why it changes nothing that is configured", route, one)
			case !recorded:
				t.Errorf("%s (%s): no change with before and after was left", route, one)
			default:
				taken++
			}
		}
		if taken < 100 {
			t.Errorf("only %d routes were checked", taken)
		}
	})
	t.Run("X7 a read leaves none, a refused change leaves none", func(t *testing.T) {
		before := len(history(t, p.admin, "/agencies/"+foreign))
		refused(t, p.ownerSteward.Do(http.MethodPut, "/api/v1/agencies/"+foreign, m{"name": "Sở Đổi tên", "kind": "department", "valid_from": "2026-01-01"}), http.StatusForbidden, "access.permission_missing")
		ok(t, p.admin.Get("/agency/"+foreign), http.StatusOK)
		if after := len(history(t, p.admin, "/agencies/"+foreign)); after != before {
			t.Fatalf("%d changes became %d", before, after)
		}
	})
}

// find tells whether a call of the route was made, and whether every one of them is among the recorded requests.
func (c *calls) find(route string, kept map[string]bool) (found, recorded bool) {
	method, pattern, _ := strings.Cut(route, " ")
	form := regexp.MustCompile("^" + regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(pattern), "[^/]+") + "$")
	recorded = true
	for _, one := range c.made {
		if one.method == method && form.MatchString(one.path) {
			found = true
			recorded = recorded && kept[one.id]
		}
	}
	return found, recorded
}

// changeEverything takes every kind of change once and gives the things that were changed, as the API names them.
func changeEverything(t *testing.T, p *province, rec *calls) []string {
	day := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	api := "/api/v1"
	// agencies
	ok(t, p.admin.Do(http.MethodPut, api+"/agencies/H38.70", m{"name": "Sở Thay đổi", "kind": "department", "valid_from": "2026-01-01"}), http.StatusOK)
	ok(t, p.admin.With("Content-Type", "text/csv").Post(api+"/agencies/import", "code,name,kind,valid_from,parent\nH38.71,Sở Nhập từ tệp,department,2026-01-01,\n"), http.StatusOK)
	steward := p.designate(t, "H38.70")
	if a := p.admin.Post(api+"/agencies/H38.70/stewards/"+steward+"/end", nil); a.Status >= 300 {
		t.Fatal(a)
	}
	// accounts
	who := p.admin.Hire(t, "moi.thay.doi", "Người Mọi Thay Đổi", owner, nil, "analyst")
	at := api + "/account/accounts/" + who.ID
	ok(t, p.admin.Post(at+"/roles", m{"roles": []string{"lookup_officer"}}), http.StatusOK)
	ok(t, p.admin.Post(at+"/active", m{"active": false}), http.StatusOK)
	ok(t, p.admin.Post(at+"/reset", nil), http.StatusOK)
	confirmed := p.admin.Hire(t, "chat.luong", "Người Chất Lượng", operator, nil, "op_quality") // one proposes, another confirms
	// a purpose
	ok(t, p.admin.Post(api+"/purposes", m{"parent": "QLNN", "code": "QLNN.THAYDOI", "name": "Kiểm tra lịch sử thay đổi", "name_en": "Check of histories"}), http.StatusCreated)
	changeSystem(t, p, day)
	changeDataset(t, p)
	request, copied := changeRequest(t, p, day)
	governed := slices.Concat(changeReviews(t, p), changeReleases(t, p), changeClassification(t, p), changeUnowned(t, p), changeShortened(t, p))
	changePublished(t, p)
	dictionary := slices.Concat(governed, changeDictionary(t, p), changeSources(t, p), []string{changeProcessing(t, p)})
	svc := service("http://127.0.0.1:9")
	svc["dataset"] = households
	if a := p.engineer.Post(api+"/exchange/services", svc); a.Status >= 300 {
		t.Fatal(a)
	}
	var grants struct {
		Grants []struct{ ID string }
	}
	ok(t, p.engineer.Get(api+"/access/grants?request="+request), http.StatusOK).Into(t, &grants)
	changeTemplate(t, p)
	dictionary = slices.Concat(dictionary, changeExcess(t, p, rec), issuedReleases(t, p)) // the first moves the clock
	return append(dictionary, []string{
		"/access/templates/" + households, "/agencies/H38.70", "/agencies/H38.71", "/account/accounts/" + who.ID, "/account/accounts/" + confirmed.ID, "/purposes/QLNN.THAYDOI", "/systems/he-thong-doi", "/systems/" + callerSystem,
		"/datasets/" + owner + "/doi-moi", "/datasets/" + households, "/connections/requests/" + request, "/connections/requests/" + copied, "/access/grants/" + grants.Grants[0].ID,
		"/exchange/services/" + svc["owner"].(string) + "/" + svc["system"].(string) + "/" + svc["name"].(string),
	}...)
}

// changeSources changes mappings and official sources.
func changeSources(t *testing.T, p *province) []string {
	t.Helper()
	for i, slug := range []string{"doi-nguon", "doi-nguon-hai"} {
		p.reviewed(t, slug, fields[:5+i])
	}
	one, two := "/api/v1/datasets/"+owner+"/doi-nguon", "/api/v1/datasets/"+owner+"/doi-nguon-hai"
	claim := m{"entity": "nguoi", "elements": []string{"ngay_sinh"}, "basis": "Nghị định về hộ tịch"}
	ok(t, p.ownerSteward.Post(one+"/sources", claim), http.StatusCreated)
	ok(t, p.ownerSteward.Post(one+"/sources/withdraw", m{"element": "ngay_sinh", "entity": "nguoi"}), http.StatusOK)
	ok(t, p.ownerSteward.Post(one+"/sources", claim), http.StatusCreated)
	ok(t, p.appraiser.Post(one+"/sources/confirm", nil), http.StatusOK)
	ok(t, p.approver.Post("/api/v1/official-sources/transfer", m{"element": "ngay_sinh", "entity": "nguoi", "dataset": owner + "/doi-nguon-hai", "decision": "15/QĐ-UBND", "from": today()}), http.StatusOK)
	ok(t, p.ownerSteward.Post(one+"/replica", m{"source": owner + "/doi-nguon-hai"}), http.StatusOK)
	ok(t, p.ownerSteward.Do(http.MethodPut, "/api/v1/datasets/"+households+"/mapping", m{"fields": []m{{"field": "so_nguoi", "element": "so_luong"}}}), http.StatusOK)
	return []string{strings.TrimPrefix(one, "/api/v1"), strings.TrimPrefix(two, "/api/v1")}
}

// changeDictionary takes every step of a proposal once.
func changeDictionary(t *testing.T, p *province) []string {
	t.Helper()
	const api = "/api/v1/dictionary/proposals"
	propose := func(code string) (at string, in m) {
		t.Helper()
		in = newElement(code, "Phần tử để thay đổi "+code)
		var made struct{ ID string }
		ok(t, p.ownerSteward.Post(api, in), http.StatusCreated).Into(t, &made)
		return api + "/" + made.ID, in
	}
	var subjects []string
	done := func(at string) { subjects = append(subjects, strings.TrimPrefix(at, "/api/v1")) }
	one, in := propose("thay_doi_mot")
	ok(t, p.appraiser.Post(one+"/return", m{"comments": "Hãy bổ sung định nghĩa"}), http.StatusOK)
	in["reason"] = "Đã bổ sung định nghĩa nghiệp vụ"
	ok(t, p.ownerSteward.Do(http.MethodPut, one, in), http.StatusOK)
	ok(t, p.appraiser.Post(one+"/consult", m{"days": 3, "agencies": []string{consumer}}), http.StatusOK)
	ok(t, p.consumerSteward.Post(one+"/comments", m{"stance": "agree"}), http.StatusOK)
	ok(t, p.appraiser.Post(one+"/close-consultation", m{"reason": "Các cơ quan đã trả lời đủ"}), http.StatusOK)
	ok(t, p.approver.Post(one+"/approve", nil), http.StatusOK)
	done(one)
	two, _ := propose("thay_doi_hai")
	ok(t, p.approver.Post(two+"/reject", m{"reason": "Trùng với phần tử đã có"}), http.StatusOK)
	done(two)
	three, _ := propose("thay_doi_ba")
	ok(t, p.ownerSteward.Post(three+"/withdraw", nil), http.StatusOK)
	done(three)
	four, _ := propose("thay_doi_bon")
	ok(t, p.ownerSteward.Do(http.MethodDelete, "/api/v1/dictionary/elements/thay_doi_bon", nil), http.StatusNoContent)
	done(four)
	var listed struct{ ID string }
	a := p.ownerSteward.With("Content-Type", "text/csv").Post("/api/v1/code-lists/import?name=thay_doi_danh_muc&title=Danh+m%E1%BB%A5c&reason=C%E1%BA%A7n+cho+ki%E1%BB%83m+tra", "code,label\nA,Một\n")
	ok(t, a, http.StatusCreated).Into(t, &listed)
	done(api + "/" + listed.ID)
	return append(subjects, "/dictionary/elements/thay_doi_mot")
}

func changeSystem(t *testing.T, p *province, day func(int) string) {
	t.Helper()
	p.registerSystem(t, "he-thong-doi", "Hệ thống để thay đổi", consumer)
	at := "/api/v1/systems/he-thong-doi"
	ok(t, p.engineer.Do(http.MethodPut, at, m{"name": "Hệ thống đã thay đổi", "owner": consumer, "category": "sector", "layer": "source"}), http.StatusOK)
	ok(t, p.engineer.With("Content-Type", "text/csv").Post("/api/v1/systems/import", importHead+"he-thong-doi,Hệ thống đã thay đổi lần nữa,"+consumer+",c,source,planned,,\n"), http.StatusOK)
	ok(t, p.consumerSteward.Do(http.MethodPut, at+"/plan", m{"target": day(60), "steps": "Xây dựng API và gửi yêu cầu kết nối"}), http.StatusOK)
	for _, end := range []string{"return", "withdraw"} { // recorded by registerSystem before
		var dossier struct{ ID string }
		ok(t, p.consumerSteward.Post(at+"/levels", proposal(2)), http.StatusCreated).Into(t, &dossier)
		who := map[string]*harness.Person{"return": p.security, "withdraw": p.consumerSteward}[end]
		ok(t, who.Post(at+"/levels/"+dossier.ID+"/"+end, m{"reason": "Thiếu thuyết minh phương án"}), http.StatusOK)
	}
	ok(t, p.security.Post(at+"/suspend", m{"reason": "Kiểm tra an toàn thông tin định kỳ"}), http.StatusOK)
	ok(t, p.security.Post(at+"/resume", m{"reason": "Đã kiểm tra xong, không có vấn đề"}), http.StatusOK)
	var made struct{ ID string }
	ok(t, p.engineer.Post(at+"/credentials", m{"label": "Nạp dữ liệu", "valid_to": day(90)}), http.StatusCreated).Into(t, &made)
	p.pickUp(t, p.consumerSteward, "he-thong-doi", made.ID)
	if a := p.consumerSteward.Post(at+"/credentials/"+made.ID+"/rotate", m{"overlap_hours": 1}); a.Status >= 300 {
		t.Fatal(a)
	}
	if a := p.engineer.Post(at+"/credentials/"+made.ID+"/revoke", m{"reason": "Thu hồi sau khi kiểm tra"}); a.Status >= 300 {
		t.Fatal(a)
	}
	if a := p.engineer.Post(at+"/certificate-bound", m{"required": true, "reason": "Hệ thống dùng chứng thư theo quy định"}); a.Status >= 300 {
		t.Fatal(a)
	}
	for _, kind := range []string{"client-keys", "officer-keys"} {
		public, _, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		key := m{"kty": "OKP", "crv": "Ed25519", "kid": kind + "-1", "x": base64.RawURLEncoding.EncodeToString(public)}
		if kind == "client-keys" {
			key["alg"] = "EdDSA"
		}
		body := m{"jwk": key}
		if kind == "client-keys" {
			body["valid_to"] = day(300)
		}
		a := p.engineer.Post(at+"/"+kind, body)
		if a.Status >= 300 {
			t.Fatal(a)
		}
		var added struct{ ID, Kid string }
		a.Into(t, &added)
		if kind == "client-keys" {
			a = p.engineer.Post(at+"/client-keys/"+added.ID+"/revoke", m{"reason": "Thu hồi sau khi kiểm tra"})
		} else {
			a = p.engineer.Do(http.MethodDelete, at+"/officer-keys/"+added.Kid, nil)
		}
		if a.Status >= 300 {
			t.Fatal(a)
		}
	}
}

func changeDataset(t *testing.T, p *province) {
	t.Helper()
	at := "/api/v1/datasets/" + owner + "/doi-moi"
	about, fewer := registration("doi-moi"), fields[:7] // another content than the dataset that is there already
	about["sharing"].(m)["fields"] = names(fewer)
	ok(t, p.ownerSteward.Post("/api/v1/datasets", about), http.StatusCreated)
	about["description"] = "Mô tả đã được viết lại đầy đủ hơn để kiểm tra lịch sử thay đổi của tập dữ liệu này."
	delete(about, "slug")
	about["revision"] = 1
	ok(t, p.ownerSteward.Do(http.MethodPut, at, about), http.StatusOK)
	schema := m{"fields": fewer, "persons": []m{{"id": "so_dinh_danh", "sex": "gioi_tinh", "birth": "ngay_sinh"}}}
	ok(t, p.ownerSteward.Post(at+"/schema", schema), http.StatusCreated)
	ok(t, p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/review", m{"basis": "Điều 7 Quy chế, phiếu rà soát 05"}), http.StatusOK)
	ok(t, p.approver.Post(at+"/approve", nil), http.StatusOK)
	harness.IssueList(t, harness.Catalogue, p.appraiser, p.approver)
}

// changePublished changes a dataset that has data.
func changePublished(t *testing.T, p *province) {
	t.Helper()
	at, schema := "/api/v1/datasets/"+households, m{"fields": fields, "persons": []m{{"id": "so_dinh_danh", "sex": "gioi_tinh", "birth": "ngay_sinh"}}}
	ok(t, p.ownerSteward.Post(at+"/schema", schema), http.StatusCreated)
	ok(t, p.appraiser.Post(at+"/accept-schema", nil), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/suspend", m{"reason": "Rà soát lại căn cứ chia sẻ dữ liệu"}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/resume", m{"reason": "Đã rà soát xong căn cứ chia sẻ"}), http.StatusOK)
}

func changeRequest(t *testing.T, p *province, day func(int) string) (request, copied string) {
	t.Helper()
	c := p.live(t, nil)
	c.must(t, p.security, "suspend", m{"reason_class": "maintenance", "comment": "Bảo trì hệ thống theo kế hoạch", "expected_end": day(7)})
	c.must(t, p.security, "resume", m{"comment": "Đã bảo trì xong theo kế hoạch"})
	var made struct{ ID string }
	ok(t, p.consumerSteward.Post("/api/v1/connections/requests/"+c.ID+"/copy", nil), http.StatusCreated).Into(t, &made)
	ok(t, p.consumerSteward.Do(http.MethodPatch, "/api/v1/connections/requests/"+made.ID, m{"calls_per_day": 15000}), http.StatusOK)
	other := &connection{ID: made.ID, p: p}
	other.must(t, p.consumerSteward, "submit", m{"attest": true})
	other.must(t, p.consumerSteward, "withdraw", m{"comment": "Không còn nhu cầu khai thác"})
	c.must(t, p.consumerSteward, "terminate", m{"comment": "Chấm dứt theo đề nghị của đơn vị"})
	return c.ID, made.ID
}

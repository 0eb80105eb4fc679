package acceptance

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// route is one line of `lienthong routes`.
type route struct{ method, pattern, permission string }

func routesOf(t *testing.T) []route {
	t.Helper()
	out, code := harness.CLI(t, "", "routes")
	if code != 0 {
		t.Fatal(out)
	}
	var all []route
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		f := strings.Fields(line)
		all = append(all, route{f[0], f[1], f[2]})
	}
	return all
}

func (r route) api() bool { return strings.HasPrefix(r.pattern, "/api/") }

var blank = regexp.MustCompile(`\{[^}]+\}`)

// path puts the ids of objects that exist, and belong to the owner agency, into a pattern.
func (r route) path(ids map[string]string) string {
	path := strings.TrimSuffix(r.pattern, "{$}")
	for _, known := range []struct{ under, name string }{
		{"/connections", "connection"}, {"/ingest", "delivery"}, {"/account", "account"}, {"/grants", "grant"}, {"/system", "system"}, {"/calls", "call"},
	} {
		if strings.Contains(path, known.under) {
			path = strings.ReplaceAll(path, "{id}", ids[known.name])
		}
	}
	path = strings.NewReplacer("{owner}", owner, "{slug}", "ho-ngheo", "{number}", "1", "{code}", owner).Replace(path)
	return blank.ReplaceAllString(path, "x")
}

// ask sends what a browser or a program would send; the body is empty of everything that a rule asks for.
func (r route) ask(c *harness.Client, path string) harness.Answer {
	switch {
	case r.method == http.MethodGet:
		return c.Get(path)
	case r.api():
		return c.Do(r.method, path, m{})
	}
	return c.With("Content-Type", "application/x-www-form-urlencoded").With("Origin", c.Base).Do(r.method, path, "")
}

// T32: every route as nobody and as each role. Who lacks the permission that stands beside a route gets nothing from it,
// with ids of objects that exist; and nobody ever gets a broken page.
func TestEveryRouteAsEveryRole(t *testing.T) {
	p := withData(t, harness.Options{}, 30)
	conn := p.live(t, nil)
	ids := p.someIDs(t, conn)
	may := permissionsOf(t, p)
	people := map[string]*harness.Person{"op_admin": p.admin, "op_appraiser": p.appraiser, "op_approver": p.approver, "op_engineer": p.engineer, "op_security": p.security, "auditor": p.auditor}
	for i, role := range []string{"agency_head", "steward", "deputy_steward", "agency_admin", "analyst", "lookup_officer", "privacy_officer", "commune_officer", "open_data_editor", "legal_reviewer", "leader", "vendor", "opendata_developer"} {
		var more m
		if role == "vendor" {
			more = m{"sponsor": foreign, "commitment": "05/CK-BM", "valid_to": time.Now().AddDate(0, 1, 0).UTC().Format(time.RFC3339)}
		}
		people[role] = p.admin.Hire(t, "nguoi.la."+string(rune('a'+i)), "Người Thử Vai", foreign, more, role)
	}
	for _, role := range []string{"op_quality", "op_portal"} {
		people[role] = p.admin.Hire(t, strings.ReplaceAll(role, "_", "."), "Người Thử Vai", operator, nil, role)
	}
	for role := range may {
		if people[role] == nil && role != "system_account" && role != "system_job" {
			t.Errorf("no person of the sweep holds the role %s", role)
		}
	}
	nobody := harness.NewClient(t, p.Console)
	for _, r := range routesOf(t) {
		path := r.path(ids)
		if r.permission == "public" || strings.Contains(path, "sign-out") {
			continue
		}
		if a := r.ask(nobody, path); a.Status != http.StatusUnauthorized && (a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/sign-in")) {
			t.Errorf("%s %s to nobody: %.200s", r.method, path, a)
		}
		for role, who := range people {
			if r.permission == "signed_in" || r.method != http.MethodGet && slices.Contains(may[role], r.permission) {
				continue // what they may, they are not asked to do here
			}
			a := r.ask(who.Client, path)
			if a.Status >= 500 || !slices.Contains(may[role], r.permission) && a.Status != http.StatusForbidden {
				t.Errorf("%s %s (%s) to %s: %.300s", r.method, path, r.permission, role, a)
			}
		}
	}
}

// T32: people of an agency that has no part in it, who hold every role that an agency can give, change nothing of the
// owner's datasets, deliveries, systems and connections, and read neither its deliveries nor its grants.
func TestAnotherAgencyChangesNothing(t *testing.T) {
	p := withData(t, harness.Options{}, 30)
	conn := p.live(t, nil)
	ids := p.someIDs(t, conn)
	all := []string{"agency_head", "steward", "deputy_steward", "agency_admin", "analyst", "lookup_officer", "privacy_officer", "commune_officer"}
	stranger := p.admin.Hire(t, "nguoi.la", "Người Của Sở Khác", foreign, nil, all...)
	concerns := regexp.MustCompile(`/(catalog|datasets|ingest|connections|system|systems|grants|calls|account|accounts|agency|agencies|warehouse|services)/`)
	closed := regexp.MustCompile(`/(ingest|account/accounts|account|grants|calls)/|/credentials|\.csv|/verify`)
	for _, r := range routesOf(t) {
		path := r.path(ids)
		if !concerns.MatchString(r.pattern+"/") || !blank.MatchString(r.pattern) || strings.Contains(path, "/x") {
			continue
		}
		if r.method == http.MethodGet && !closed.MatchString(path) {
			continue // registers and the course of a connection are for every agency to see (R12.1)
		}
		a := r.ask(stranger.Client, path)
		if a.Status < 300 || a.Status >= 500 || a.Status == http.StatusSeeOther && !strings.HasPrefix(a.Header.Get("Location"), "/connections/") {
			t.Errorf("%s %s to another agency: %.300s", r.method, path, a)
		}
	}
	for _, path := range []string{"/api/v1/ingest/deliveries", "/api/v1/access/grants", "/api/v1/exchange/counts"} {
		if a := stranger.Get(path); a.Status == http.StatusOK && strings.Contains(a.String(), owner) {
			t.Errorf("%s tells another agency of %s: %s", path, owner, a)
		}
	}
	if s := conn.state(t); s != "live" {
		t.Errorf("the connection is %s", s)
	}
}

// Drafts are nobody's business but the owner's.
func TestDraftsStayHidden(t *testing.T) {
	p := newProvince(t, harness.Options{})
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	ok(t, p.ownerSteward.Post("/api/v1/datasets", registration("chua-dang-ky")), http.StatusCreated)
	const code = owner + "/chua-dang-ky"
	ok(t, p.ownerHead.Get("/api/v1/datasets/"+code), http.StatusOK)
	for _, path := range []string{"/api/v1/datasets/" + code, "/api/v1/datasets/" + code + "/profile", "/api/v1/datasets/" + code + "/schema", "/api/v1/datasets/" + code + "/fields", "/catalog/" + code, "/warehouse/" + code, "/catalog/" + code + "/edit"} {
		if a, none := p.consumerSteward.Get(path), p.consumerSteward.Get(strings.Replace(path, "chua-dang-ky", "khong-co", 1)); a.Status != http.StatusNotFound || none.Status != http.StatusNotFound {
			t.Errorf("%s: a draft answers %d, what does not exist %d", path, a.Status, none.Status)
		}
	}
	for _, path := range []string{"/api/v1/datasets", "/api/v1/datasets?state=draft", "/api/v1/datasets?q=chua-dang-ky", "/catalog", "/catalog?q=chua", "/warehouse", "/api/v1/warehouse/datasets"} {
		if a := p.consumerSteward.Get(path); strings.Contains(a.String(), "chua-dang-ky") {
			t.Errorf("%s tells of the draft", path)
		}
	}
	draft := p.consumerSteward.Post("/api/v1/connections/requests", m{"system": callerSystem})
	var made struct{ ID string }
	ok(t, draft, http.StatusCreated).Into(t, &made)
	for _, who := range []*harness.Person{p.ownerSteward, p.engineer, p.appraiser, p.auditor} {
		refused(t, who.Get("/api/v1/connections/requests/"+made.ID), http.StatusNotFound, "connection.request_not_found")
		if a := who.Get("/api/v1/connections/requests"); strings.Contains(a.String(), made.ID) {
			t.Errorf("the list of %s tells of the draft", who.Username)
		}
	}
}

// T60, T62, T63: what a browser is told and asked, on pages, errors and redirects alike.
func TestBrowserDefences(t *testing.T) {
	p := newProvince(t, harness.Options{})
	open := harness.NewClient(t, p.Console)
	answers := map[string]harness.Answer{
		"first page": open.Get("/"), "a page": p.engineer.Get("/catalog"), "no page": open.Get("/khong-co"), "no operation": open.Get("/api/v1/khong-co"),
		"wrong method": open.Post("/livez", ""), "not allowed": p.ownerSteward.Get("/audit"), "not signed in": open.Get("/catalog"), "broken body": p.admin.Post("/api/v1/purposes", "{"),
		"static": open.Get("/static/khong-co"), "health": open.Get("/readyz"), "description": open.Get("/api/v1/openapi.json"), "checkpoint": open.Get("/audit/log/checkpoint"),
	}
	for name, a := range answers {
		policy := a.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "base-uri 'none'") {
			t.Errorf("T62 %s: policy %q", name, policy)
		}
		if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Referrer-Policy") == "" || a.Header.Get("Cross-Origin-Opener-Policy") != "same-origin" || a.Header.Get("Server") != "" {
			t.Errorf("T62 %s: %v", name, a.Header)
		}
	}
	for _, next := range []string{"//evil.example", `/\evil.example`, "https://evil.example/", "/..//evil.example", "/%2f%2fevil.example", "/\tevil", "javascript:alert(1)"} {
		for _, a := range []harness.Answer{p.engineer.Get("/sign-in?" + url.Values{"next": {next}}.Encode()), open.Get("/sign-in?lang=en&" + url.Values{"next": {next}}.Encode())} {
			to := a.Header.Get("Location")
			if u, err := url.Parse(to); err != nil || u.Host != "" || u.IsAbs() || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) {
				t.Errorf("T63 next=%q leads to %q", next, to)
			}
		}
	}
	cookie := p.engineer.With("Cookie", "lienthong="+p.engineer.Token())
	for name, c := range map[string]*harness.Client{
		"another site":      cookie.With("Sec-Fetch-Site", "cross-site"),
		"another origin":    cookie.With("Origin", "https://evil.example"),
		"no origin at all":  cookie,
		"the origin null":   cookie.With("Origin", "null"),
		"a sister's origin": cookie.With("Sec-Fetch-Site", "same-site").With("Origin", "http://sister.example"),
	} {
		for _, path := range []string{"/tasks/notices/read", "/system", "/api/v1/systems"} {
			a := c.With("Content-Type", "text/plain").Post(path, `{"id":"tu-xa"}`)
			if a.Status != http.StatusForbidden || strings.HasPrefix(path, "/api/") && a.Code() != "web.cross_site" {
				t.Errorf("T60 %s from %s: %.200s", path, name, a)
			}
		}
	}
}

// someIDs are objects of the owner agency and of the connection to its data.
func (p *province) someIDs(t *testing.T, conn *connection) map[string]string {
	t.Helper()
	var deliveries struct{ Deliveries []struct{ ID string } }
	ok(t, p.engineer.Get("/api/v1/ingest/deliveries"), http.StatusOK).Into(t, &deliveries)
	var grants struct{ Grants []struct{ ID string } }
	ok(t, p.engineer.Get("/api/v1/access/grants"), http.StatusOK).Into(t, &grants)
	call := conn.client(t).Get(recordsPath + "?limit=1")
	readPage(t, call)
	ids := map[string]string{
		"connection": conn.ID, "delivery": deliveries.Deliveries[0].ID, "account": p.ownerSteward.ID, "grant": grants.Grants[0].ID, "system": sourceSystem,
		"call": call.Header.Get("X-Request-Id"),
	}
	for name, id := range ids {
		if id == "" {
			t.Fatalf("no %s to ask for", name)
		}
	}
	return ids
}

func permissionsOf(t *testing.T, p *province) map[string][]string {
	t.Helper()
	var got struct {
		Roles []struct {
			Role        string
			Permissions []string
		}
	}
	ok(t, p.admin.Get("/api/v1/access/roles"), http.StatusOK).Into(t, &got)
	may := map[string][]string{}
	for _, r := range got.Roles {
		may[r.Role] = r.Permissions
	}
	return may
}

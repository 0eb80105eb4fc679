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

// past is one change of a history.
type past struct {
	Version   int64
	At        time.Time
	Event     string
	EventName string `json:"event_name"`
	Reason    string
	Actor     struct {
		ID   string `json:"account_id"`
		Name string
	}
	Changes []struct{ Field, Before, After string }
	Record  string
	Request string `json:"request_id"`
	Digest  string `json:"state_digest"`
}

// history reads the history of a thing, the newest change first.
func history(t *testing.T, who *harness.Person, api string) []past {
	t.Helper()
	var got struct{ Changes []past }
	ok(t, who.Get("/api/v1"+api+"/history?limit=200"), http.StatusOK).Into(t, &got)
	return got.Changes
}

// became finds in the newest change of a member what it was and became.
func became(list []past, event, field string) (before, after string, found bool) {
	for _, v := range list {
		for _, c := range v.Changes {
			if v.Event == event && c.Field == field {
				return c.Before, c.After, true
			}
		}
	}
	return "", "", false
}

// then reads a thing as it was at a moment.
func then(t *testing.T, who *harness.Person, api string, at time.Time) m {
	t.Helper()
	got := m{}
	ok(t, who.Get("/api/v1"+api+"?as_of="+url.QueryEscape(at.UTC().Format(time.RFC3339Nano))), http.StatusOK).Into(t, &got)
	return got
}

// Every change of configuration, roles, grants, rules and code lists is kept with before, after and who, and is seen as of
// a date (X7).
func TestHistory(t *testing.T) {
	p := withData(t, harness.Options{}, 3)
	outsider := p.admin.Hire(t, "dau.moi.yt", "Giàng Thị Ngoài", foreign, nil, "steward")
	foreignHead := p.admin.Hire(t, "thu.truong.yt", "Tẩn Thị Trưởng", foreign, nil, "agency_head")
	c := p.live(t, nil)
	var grants struct {
		Grants []struct{ ID, Number string }
	}
	ok(t, p.engineer.Get("/api/v1/access/grants?request="+c.ID), http.StatusOK).Into(t, &grants)
	grant := "/access/grants/" + grants.Grants[0].ID

	t.Run("X7 a grant: who suspended it, why, and what it was before", func(t *testing.T) {
		before := time.Now()
		time.Sleep(5 * time.Millisecond)
		c.must(t, p.security, "suspend", m{"reason_class": "violation", "comment": "Lượt gọi bất thường ngoài giờ làm việc", "expected_end": time.Now().AddDate(0, 0, 7).Format(time.DateOnly)})
		list := history(t, p.consumerHead, grant)
		was, is, found := became(list, "grant.suspended", "status")
		if !found || was != "active" || is != "suspended" || list[0].Actor.ID != p.security.ID || !strings.Contains(list[0].Reason, "bất thường") {
			t.Fatalf("the suspension: %+v", list[0])
		}
		if got := then(t, p.consumerHead, grant, before); got["status"] != "active" || got["state_version"] != 1.0 {
			t.Fatalf("before it was suspended: %v", got["status"])
		}
		if got := then(t, p.consumerHead, grant, time.Now().Add(-time.Millisecond)); got["status"] != "suspended" {
			t.Fatalf("after it was suspended: %v", got["status"])
		}
		refused(t, foreignHead.Get("/api/v1"+grant+"/history"), http.StatusNotFound, "access.grant_not_found") // what exists is not told
		refused(t, foreignHead.Get("/api/v1"+grant+"?as_of="+today()), http.StatusNotFound, "access.grant_not_found")
	})
	t.Run("X7 roles: before, after and who; the name of the person is not kept in clear", func(t *testing.T) {
		who := p.admin.Hire(t, "doi.vai.tro", "Người Đổi Vai", owner, nil, "analyst")
		at := "/account/accounts/" + who.ID
		before := time.Now()
		time.Sleep(5 * time.Millisecond)
		ok(t, p.admin.Post("/api/v1"+at+"/roles", m{"roles": []string{"lookup_officer", "analyst"}}), http.StatusOK)
		list := history(t, p.admin, at)
		was, is, found := became(list, "account.roles", "roles")
		if !found || was != "analyst" || is != "lookup_officer, analyst" || list[0].Actor.ID != p.admin.ID || list[0].Request == "" {
			t.Fatalf("the change of roles: %+v", list[0])
		}
		got := then(t, p.admin, at, before)
		if roles := got["roles"].([]any); len(roles) != 1 || roles[0] != "analyst" || strings.Contains(got["full_name"].(string), "Đổi") {
			t.Fatalf("the account as it was: %v", got)
		}
		refused(t, outsider.Get("/api/v1"+at+"/history"), http.StatusForbidden, "access.permission_missing")
		var records []m
		for _, e := range p.log(t, m{"event": "account.roles"}) {
			if e.Record["subject"] == "account/doi.vai.tro" {
				records = append(records, e.Record)
			}
		}
		if len(records) != 1 || records[0]["state"] != list[0].Digest || records[0]["version"] != float64(list[0].Version) {
			t.Fatalf("the evidence log does not vouch for the kept state %s: %v", list[0].Digest, records)
		}
	})
	t.Run("X7 a code list and an element: the first state, who, and nothing before it", func(t *testing.T) {
		for _, at := range []string{"/code-lists/gioi_tinh", "/dictionary/elements/ho_ten"} {
			list := history(t, outsider, at) // the dictionary is every agency's
			if len(list) != 1 || !strings.Contains(list[0].Actor.Name, "first start") || len(list[0].Changes) == 0 {
				t.Fatalf("%s: %+v", at, list)
			}
			if got := then(t, outsider, at, time.Now().Add(-time.Millisecond)); got["version"] != 1.0 {
				t.Fatalf("%s: %v", at, got)
			}
			refused(t, outsider.Get("/api/v1"+at+"?as_of=2026-01-31"), http.StatusNotFound, "audit.no_state_then")
			refused(t, harness.NewClient(t, p.Console).Get("/api/v1"+at+"/history"), http.StatusUnauthorized, "access.sign_in_required")
		}
	})
	t.Run("X7 a dataset: what the owner and the operator changed; another agency does not see its history", func(t *testing.T) {
		at := "/datasets/" + households
		ok(t, p.appraiser.Post("/api/v1"+at+"/suspend", m{"reason": "Rà soát lại căn cứ chia sẻ dữ liệu"}), http.StatusOK)
		list := history(t, p.ownerSteward, at)
		if was, is, found := became(list, "catalog.suspend", "state"); !found || was != "published" || is != "suspended" {
			t.Fatalf("the suspension: %+v", list[0])
		}
		if was, is, found := became(list, "catalog.schema", "schema.fields[ho_ten].label"); found {
			t.Fatalf("a field that was never declared: %q %q", was, is)
		}
		var events []string
		for _, v := range list {
			events = append(events, v.Event)
		}
		for _, want := range []string{"catalog.create", "catalog.schema", "catalog.register", "catalog.review", "catalog.approve", "catalog.issue"} {
			if !slices.Contains(events, want) {
				t.Errorf("%s is missing in %v", want, events)
			}
		}
		refused(t, outsider.Get("/api/v1"+at+"/history"), http.StatusForbidden, "access.other_agency")
		refused(t, outsider.Get("/api/v1"+at+"?as_of="+today()), http.StatusForbidden, "access.other_agency")
		refused(t, p.ownerSteward.Get("/api/v1"+at+"?as_of=2099-01-01"), http.StatusUnprocessableEntity, "web.as_of_future")
		refused(t, p.ownerSteward.Get("/api/v1"+at+"?as_of=30/04/2026"), http.StatusUnprocessableEntity, "web.as_of_form")
	})
	t.Run("X7 a system: its networks before and after, its credentials without their secrets", func(t *testing.T) {
		at := "/systems/" + callerSystem
		ok(t, p.engineer.Do(http.MethodPut, "/api/v1"+at, m{"name": "Cơ sở dữ liệu ngành giáo dục tỉnh", "owner": consumer, "category": "sector", "layer": "source", "contact": "Phòng Kỹ thuật"}), http.StatusOK)
		list := history(t, p.consumerSteward, at)
		if was, is, found := became(list, "system.change", "name"); !found || was != "Cơ sở dữ liệu ngành giáo dục" || is != "Cơ sở dữ liệu ngành giáo dục tỉnh" {
			t.Fatalf("the new name: %+v", list[0])
		}
		if _, id, found := became(list, "system.credential_issue", "credentials["+c.ClientID+"].client_id"); !found || id != c.ClientID {
			t.Fatalf("the credential: %+v", list)
		}
		whole := ok(t, p.consumerSteward.Get("/api/v1"+at+"/history?limit=200"), http.StatusOK).String() + ok(t, p.consumerSteward.Get("/api/v1"+at+"?as_of="+today()), http.StatusOK).String()
		if strings.Contains(whole, c.Secret) {
			t.Fatal("the history holds the secret of a credential")
		}
		refused(t, outsider.Get("/api/v1"+at+"/history"), http.StatusForbidden, "access.other_agency")
	})
	t.Run("X7 an agency: its name, its steward, and its request to others", func(t *testing.T) {
		before := time.Now()
		time.Sleep(5 * time.Millisecond)
		steward := p.designate(t, foreign)
		list := history(t, outsider, "/agencies/"+foreign)
		if _, is, found := became(list, "agency.designate", "stewards["+"Phòng Dữ liệu số"+"#2].decision"); !found || is == "" {
			t.Fatalf("designation %s: %+v", steward, list[0])
		}
		if got := then(t, outsider, "/agencies/"+foreign, before); len(got["stewards"].([]any)) != 1 {
			t.Fatalf("the agency as it was: %v", got)
		}
		refused(t, outsider.Get("/api/v1/agencies/"+owner+"/history"), http.StatusForbidden, "access.other_agency")
		requested := history(t, p.consumerSteward, "/connections/requests/"+c.ID)
		if was, is, found := became(requested, "connection.suspend", "state"); !found || was != "live" || is != "suspended" {
			t.Fatalf("the request: %+v", requested[0])
		}
		if all := ok(t, p.consumerSteward.Get("/api/v1/connections/requests/"+c.ID+"/history?limit=200"), http.StatusOK).String(); strings.Contains(all, "02140000000") || strings.Contains(all, "kythuat@example.vn") {
			t.Fatal("the history holds a telephone number or an address of a person")
		}
		refused(t, outsider.Get("/api/v1/connections/requests/"+c.ID+"/history"), http.StatusForbidden, "access.other_agency")
	})
	t.Run("X7 the page: a tab, before and after in words, a state that nobody can act on", func(t *testing.T) {
		page := string(ok(t, p.admin.Get("/agency/"+foreign), http.StatusOK).Body)
		if !strings.Contains(page, `href="/agency/`+foreign+`/history"`) {
			t.Fatal("the page has no tab with its history")
		}
		page = string(ok(t, p.admin.Get("/agency/"+foreign+"/history"), http.StatusOK).Body)
		if !strings.Contains(page, "Phân công đầu mối") || !strings.Contains(page, "Đầu mối dữ liệu") || !strings.Contains(page, `type="date"`) {
			t.Fatal("the history is not told in words")
		}
		page = string(ok(t, p.admin.Get("/agency/"+foreign+"?as_of="+today()), http.StatusOK).Body)
		main := regexp.MustCompile(`(?s)<main.*</main>`).FindString(page)
		if !strings.Contains(main, "Trạng thái tại ") || strings.Contains(main, `method="post"`) || strings.Contains(main, "/edit") {
			t.Fatal("the state of a date has no banner, or something to do")
		}
		if a := p.admin.Get("/agency/" + foreign + "/history?as_of=2099-01-01"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(string(a.Body), "tương lai") {
			t.Fatalf("a date in the future: %d", a.Status)
		}
		if a := outsider.Get("/agency/" + owner + "/history"); a.Status != http.StatusForbidden {
			t.Fatalf("another agency's history: %d", a.Status)
		}
		if page := string(ok(t, outsider.Get("/agency/"+owner), http.StatusOK).Body); strings.Contains(page, "/agency/"+owner+"/history") {
			t.Fatal("a tab leads to what is refused")
		}
	})
	t.Run("X7 the history outlives a restart, which adds nothing to it", func(t *testing.T) {
		before := history(t, p.admin, "/agencies/"+foreign)
		p.Stop()
		p.Run()
		if after := history(t, p.admin, "/agencies/"+foreign); len(after) != len(before) || after[0].Digest != before[0].Digest {
			t.Fatalf("%d changes became %d", len(before), len(after))
		}
	})
}

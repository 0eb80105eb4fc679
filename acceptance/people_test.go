package acceptance

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

// peopleNeed is a request for people of the consumer who look on screen, with the scope that is approved of it.
func peopleNeed(level string, roles ...string) (need_, scope_ m) {
	n, s := need(), scope()
	for _, name := range []string{"system", "method", "frequency", "response_ms", "environment", "technical_contact"} {
		delete(n, name)
	}
	n["roles"], n["level"], n["purposes"], n["procedures"] = roles, level, []string{"QLNN"}, []string{}
	n["calls_per_day"], n["peak_per_minute"] = 4000, 2000
	s["roles"], s["levels"], s["purposes"], s["calls_per_day"], s["calls_per_minute"] = roles, []string{level}, []string{"QLNN"}, 4000, 2000
	for _, c := range s["columns"].([]m) {
		if c["name"] == "so_dinh_danh" {
			c["reveal"] = true
		}
	}
	return n, s
}

// forPeople takes such a request to the acceptance, and accepts it when asked to.
func (p *province) forPeople(t *testing.T, accept bool, n, s m) *connection {
	t.Helper()
	var made struct{ ID string }
	ok(t, p.consumerSteward.Post("/api/v1/connections/requests", n), http.StatusCreated).Into(t, &made)
	c := &connection{ID: made.ID, p: p}
	c.must(t, p.consumerSteward, "submit", m{"attest": true})
	c.approve(t, s, n["fields"].([]string))
	c.provision(t)
	c.test(t)
	if accept {
		c.accept(t)
	}
	return c
}

func (p *province) officer(t *testing.T, username, agency, role string) *harness.Person {
	t.Helper()
	who := p.admin.Hire(t, username, "Người "+username, agency, nil, role)
	who.Enrol()
	return who
}

func refusedPage(t *testing.T, a harness.Answer, status int, sentence string) {
	t.Helper()
	page := string(ok(t, a, status).Body)
	if !strings.Contains(page, sentence) || strings.Contains(page, heldID) || strings.Contains(page, "marked__over") {
		t.Errorf("the page does not say %q, or shows more", sentence)
	}
}

// The levels of Điều 21.3 for people, from the registered request to the screen.
func TestPeopleLook(t *testing.T) {
	p := withData(t, harness.Options{}, 60)
	var same strings.Builder
	for n := range 8 { // eight households of one person
		fmt.Fprintf(&same, "H001%02d,Giàng A Nhiều,999061000777,1,01/01/1961,01,02701,3,1500000\n", n)
	}
	if d := deliver(t, p.ownerSteward, households, file(60)+same.String()); d.State != "published" {
		t.Fatalf("%+v", d)
	}
	officer, analyst := p.officer(t, "tra.cuu.gd", consumer, "lookup_officer"), p.officer(t, "phan.tich.gd", consumer, "analyst")
	n, s := peopleNeed("view", "lookup_officer", "analyst")
	t.Run("R21.3a a request for View names roles that look, and no system", func(t *testing.T) { wrongRequests(t, p) })
	c := p.forPeople(t, false, n, s)
	t.Run("R21.3a nobody looks before the acceptance", func(t *testing.T) {
		p.denied(t, officer.Post(viewPath, lookUp("so_dinh_danh", heldID)), http.StatusForbidden, "access.not_accepted", "STATE")
	})
	c.accept(t)
	t.Run("R21.3a VIEW shows one record or page on screen, masked, within the granted rows and columns", func(t *testing.T) { onScreen(t, p, officer) })
	t.Run("R21.3a VIEW exports nothing and lists nothing by API", func(t *testing.T) { noFile(t, p, officer, analyst) })
	t.Run("R21.3a an identifier of many records shows none", func(t *testing.T) {
		refused(t, officer.Post(viewPath, lookUp("so_dinh_danh", "999061000777")), http.StatusConflict, "flow.too_many_matches")
		page := sendForm(officer, viewPage, url.Values{"purpose": {"QLNN"}, "case": {viewCase}, "column": {"so_dinh_danh"}, "value": {"999061000777"}})
		refusedPage(t, page, http.StatusConflict, "hơn 5 bản ghi")
	})
	t.Run("R21.3c VIEW changes nothing, at the source or in the warehouse", func(t *testing.T) {
		for _, action := range []string{"update_source", "change_copy"} {
			if allowed, check, code := verdictOf(t, p, asPerson(analyst, action)); allowed {
				t.Errorf("%s: %s %s", action, check, code)
			}
		}
		if allowed, _, code := verdictOf(t, p, asPerson(analyst, "view_record")); !allowed {
			t.Errorf("looking itself: %s", code)
		}
	})
	t.Run("R21.3d VIEW passes nothing on", func(t *testing.T) {
		if allowed, check, code := verdictOf(t, p, asPerson(analyst, "share_onward")); allowed {
			t.Errorf("%s %s", check, code)
		}
		yt := p.officer(t, "tra.cuu.yt2", foreign, "lookup_officer")
		p.denied(t, yt.Post(viewPath, lookUp("so_dinh_danh", heldID)), http.StatusForbidden, "access.grant_missing", "GRANT")
	})
	t.Run("R21.4c a suspended connection closes the screen", func(t *testing.T) {
		c.must(t, p.security, "suspend", m{"reason_class": "maintenance", "comment": "Bảo trì hệ thống nguồn"})
		p.denied(t, officer.Post(viewPath, lookUp("so_dinh_danh", heldID)), http.StatusForbidden, "access.connection_suspended", "GRANT")
		c.must(t, p.security, "resume", m{"comment": "Đã bảo trì xong"})
		look(t, officer, lookUp("so_dinh_danh", heldID))
		c.must(t, p.security, "terminate", m{"comment": "Hết nhu cầu sử dụng"})
		p.denied(t, officer.Post(viewPath, lookUp("so_dinh_danh", heldID)), http.StatusForbidden, "access.grant_ended", "GRANT")
		if list := string(ok(t, officer.Get("/warehouse/view"), http.StatusOK).Body); strings.Contains(list, viewPage) {
			t.Error("what has ended is still offered")
		}
	})
	t.Run("R21.3b USE takes a file within its quota, with the mark, by an analyst alone", func(t *testing.T) { takesFile(t, p, officer, analyst) })
}

func asPerson(who *harness.Person, action string) m {
	return m{"subject": m{"type": "user", "id": who.ID, "agency": who.Agency, "roles": []string{"analyst"}}, "action": action, "purpose": "QLNN", "recipient": foreign}
}

func wrongRequests(t *testing.T, p *province) {
	for code, change := range map[string]func(n m){
		"connection.roles_missing":        func(n m) { delete(n, "roles") },
		"connection.role_does_not_look":   func(n m) { n["roles"] = []string{"lookup_officer", "op_engineer"} },
		"connection.system_or_people":     func(n m) { n["system"] = callerSystem },
		"connection.level_of_people":      func(n m) { n["level"] = "update" },
		"connection.operations_of_people": func(n m) { n["operations"] = []string{"GET /ho/{id}"} },
	} {
		n, _ := peopleNeed("view", "lookup_officer")
		change(n)
		var made struct{ ID string }
		ok(t, p.consumerSteward.Post("/api/v1/connections/requests", n), http.StatusCreated).Into(t, &made)
		a := p.consumerSteward.Post("/api/v1/connections/requests/"+made.ID+"/submit", m{"attest": true})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(string(a.Body), code) {
			t.Errorf("%s: %s", code, a)
		}
	}
}

func onScreen(t *testing.T, p *province, officer *harness.Person) {
	got := look(t, officer, lookUp("so_dinh_danh", heldID))
	if len(got.Records) != 1 || len(got.Records[0]) != 6 || got.Records[0]["so_dinh_danh"] != maskedID {
		t.Fatalf("%+v", got.Records)
	}
	if _, isBool := got.Records[0]["la_dan_toc_thieu_so"].(bool); !isBool {
		t.Errorf("the ethnic group is not a yes or no: %v", got.Records[0])
	}
	// Household 4 lies in a commune outside the granted rows: the same answer as for one that does not exist.
	outside := refused(t, officer.Post(viewPath, lookUp("so_dinh_danh", "999064000004")), http.StatusNotFound, "flow.record_not_found")
	unknown := refused(t, officer.Post(viewPath, lookUp("so_dinh_danh", "999064999999")), http.StatusNotFound, "flow.record_not_found")
	if outside.Detail != unknown.Detail {
		t.Errorf("%q is not %q", outside.Detail, unknown.Detail)
	}
	ask := m{"purpose": "QLNN", "case": viewCase}
	first := look(t, officer, ask)
	if len(first.Records) != 20 || first.Next == "" {
		t.Fatalf("%d records on the first page", len(first.Records))
	}
	ask["after"] = first.Next
	if second := look(t, officer, ask); len(second.Records) != 18 || second.Next != "" || second.Records[0]["ma_ho"] == first.Records[0]["ma_ho"] {
		t.Fatalf("%d records on the second page", len(second.Records))
	}
	for _, r := range first.Records {
		if r["ma_xa"] != "02701" || !strings.Contains(r["so_dinh_danh"].(string), "•") {
			t.Fatalf("beyond the grant: %v", r)
		}
	}
	ask = lookUp("so_dinh_danh", heldID)
	ask["fields"] = []string{"ma_ho", "ngay_sinh"}
	p.denied(t, officer.Post(viewPath, ask), http.StatusForbidden, "access.field_not_granted", "SCOPE")
	p.denied(t, officer.Post(viewPath, lookUp("dan_toc", "01")), http.StatusForbidden, "access.filter_not_granted", "SCOPE")
	page := sendForm(officer, viewPage, url.Values{"purpose": {"QLNN"}, "case": {viewCase}, "column": {"-"}})
	if body := string(ok(t, page, http.StatusOK).Body); strings.Contains(body, heldID) || !strings.Contains(body, maskedID) || !strings.Contains(body, "marked__over") {
		t.Error("the page shows values unmasked, or without the mark")
	}
	refusedPage(t, sendForm(officer, viewPage, url.Values{"purpose": {"QLNN"}, "case": {viewCase}, "column": {"so_dinh_danh"}, "value": {"999064000004"}}), http.StatusNotFound, "Không tìm thấy bản ghi")
	refusedPage(t, sendForm(officer, viewPage, url.Values{"column": {"so_dinh_danh"}, "value": {heldID}}), http.StatusUnprocessableEntity, "Hãy chọn mục đích tra cứu")
	if a := sendForm(officer, viewPage+"?so_dinh_danh="+heldID, url.Values{"column": {"-"}}); strings.Contains(a.String(), heldID) {
		t.Errorf("an identifier in the address comes back: %s", a)
	}
}

const exportPath = "/api/v1/datasets/" + households + "/export"

func noFile(t *testing.T, p *province, officer, analyst *harness.Person) {
	p.denied(t, analyst.Post(exportPath, m{"purpose": "QLNN", "case": viewCase}), http.StatusForbidden, "access.level_required", "LEVEL")
	p.denied(t, officer.Post(exportPath, m{"purpose": "QLNN", "case": viewCase}), http.StatusForbidden, "access.permission_missing", "ROLE")
	for _, action := range []string{"export_file", "list_records"} {
		if allowed, check, code := verdictOf(t, p, asPerson(analyst, action)); allowed || check != "LEVEL" || code != "access.level_required" {
			t.Errorf("%s with VIEW: %v %s %s", action, allowed, check, code)
		}
	}
	// The gateway knows no people: neither their session nor anything made of it opens it.
	gateway := harness.NewClient(t, p.Exchange).With("Authorization", "Bearer "+analyst.Token()).With("Lienthong-Purpose", "QLNN")
	p.denied(t, gateway.Get(recordsPath), http.StatusUnauthorized, "exchange.token_invalid", "AUTHN")
	page := string(ok(t, analyst.Get(viewPage), http.StatusOK).Body)
	for _, never := range []string{"/export", "download", ".csv"} {
		if strings.Contains(page, never) {
			t.Errorf("the page offers %q", never)
		}
	}
}

func takesFile(t *testing.T, p *province, officer, analyst *harness.Person) {
	n, s := peopleNeed("use", "analyst", "lookup_officer")
	n["purposes"], s["purposes"] = []string{"PTDB"}, []string{"PTDB"}
	p.forPeople(t, true, n, s)
	p.denied(t, officer.Post(exportPath, m{"purpose": "PTDB", "case": viewCase}), http.StatusForbidden, "access.permission_missing", "ROLE")
	a := ok(t, analyst.Post(exportPath, m{"purpose": "PTDB", "case": viewCase}), http.StatusOK)
	text, id := string(a.Body), a.Header.Get("X-Request-Id")
	if lines := strings.Count(text, "\r\n"); lines != 25+3 || strings.Count(text, id) != 2 || !strings.Contains(text, maskedID) || strings.Contains(text, heldID) {
		t.Errorf("%d lines:\n%s", lines, text)
	}
	if d := p.decisionOf(t, a); d["event"] != "data.export" || d["channel"] != "file" {
		t.Errorf("the record says %v", d)
	}
	p.denied(t, analyst.Post(exportPath, m{"purpose": "PTDB"}), http.StatusForbidden, "access.case_missing", "PURPOSE")
	look(t, officer, m{"purpose": "PTDB", "case": viewCase, "identifier": "so_dinh_danh", "value": heldID})
}

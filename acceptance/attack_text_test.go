package acceptance

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// hostileText would run as script wherever it left without escaping: as an element, in an attribute of either quote, and
// in a script.
const hostileText = `"'><img src=x onerror=alert(1)></script><svg onload=alert(1)>`

// alive finds hostileText where a browser would read markup.
var alive = regexp.MustCompile(`(?i)<img src=x|<svg onload|"'>`)

// T43, T52: hostile texts in every place that keeps a text, then every page that shows one; hostile texts in every place
// that asks for one.
func TestHostileTexts(t *testing.T) {
	p := withData(t, harness.Options{}, 30)
	plant := func(what string, a harness.Answer) {
		if a.Status >= 500 {
			t.Errorf("%s: %s", what, a)
		}
		if a.Status >= 400 {
			t.Logf("%s refuses it: %s", what, a.Code())
		}
	}
	plant("name of an agency", p.admin.Do(http.MethodPut, "/api/v1/agencies/H38.10.66", m{"name": hostileText, "kind": "service_unit", "parent": foreign, "valid_from": "2026-01-01"}))
	plant("steward", p.admin.Post("/api/v1/agencies/"+foreign+"/stewards", m{"name": hostileText, "decision": hostileText, "valid_from": "2026-03-02"}))
	plant("system", p.engineer.Post("/api/v1/systems", m{"id": "thu-tan-cong", "name": "Hệ thống " + hostileText, "owner": owner, "category": "sector", "layer": "source", "contact": hostileText, "technology": hostileText}))
	hostileLevel(t, p, plant)
	plant("suspension", p.security.Post("/api/v1/systems/thu-tan-cong/suspend", m{"reason": hostileText}))
	plant("credential", p.engineer.Post("/api/v1/systems/"+otherSystem+"/credentials", m{"label": hostileText, "valid_to": "2027-06-01"}))
	plant("purpose", p.admin.Post("/api/v1/purposes", m{"code": "QLNN.XSS", "parent": "QLNN", "name": hostileText, "name_en": hostileText, "case_required": false, "procedure": ""}))
	hostileDataset(t, p)
	d := hostileDelivery(t, p)
	c := hostileConnection(t, p)
	pages := []string{
		"/", "/agency", "/agency/map", "/agency/H38.10.66", "/agency/" + foreign, "/system", "/system/thu-tan-cong", "/system/" + otherSystem, "/access/purposes", "/access/grants", "/account", "/tasks", "/tasks/notices",
		"/catalog", "/catalog/" + owner + "/tan-cong", "/catalog/" + owner + "/tan-cong?tab=status", "/catalog/" + owner + "/tan-cong/schema", "/warehouse", "/ingest", "/ingest/" + d, "/ingest/" + d + "/progress", "/incident",
		"/connections", "/connections/" + c.ID, "/connections/" + c.ID + "/edit", "/connections/new", "/exchange", "/exchange/calls", "/exchange/services", "/dictionary", "/audit", "/support/terms",
	}
	for _, asked := range []string{"/catalog?q=", "/agency?q=", "/system?q=", "/warehouse?q=", "/dictionary?q=", "/connections?q=", "/ingest?dataset=", "/sign-in?next=/", "/catalog/", "/agency/", "/ingest/", "/connections/", "/exchange/calls?id=", "/exchange/calls/", "/warehouse/" + households + "/", "/dictionary/code-list/"} {
		pages = append(pages, asked+url.QueryEscape(hostileText), asked+url.QueryEscape(`' OR 1=1 --`), asked+url.QueryEscape("\x00"), asked+strings.Repeat("a", 4000))
	}
	for _, who := range []*harness.Person{p.ownerSteward, p.consumerSteward, p.engineer, p.admin, p.security, p.auditor} {
		for _, page := range pages {
			a := who.Get(page)
			if a.Status >= 500 {
				t.Errorf("%s to %s: %.300s", page, who.Username, a)
			}
			if strings.Contains(a.Header.Get("Content-Type"), "html") && alive.Match(a.Body) {
				at := alive.FindIndex(a.Body)
				t.Errorf("T52 %s to %s is alive: …%s…", page, who.Username, a.Body[max(0, at[0]-80):min(len(a.Body), at[1]+40)])
			}
		}
	}
	searched := p.auditor.With("Content-Type", "application/x-www-form-urlencoded").With("Origin", p.Console).Post("/audit/search", url.Values{"reason": {"Kiểm tra " + hostileText}, "dataset": {hostileText}}.Encode())
	if searched.Status >= 500 || alive.Match(searched.Body) {
		t.Errorf("the search of the log: %.500s", searched)
	}
	hostileQuestions(t, p)
}

// hostileQuestions are hostile texts where the API asks for one: nothing breaks, and nothing widens what is answered.
func hostileQuestions(t *testing.T, p *province) {
	stranger := p.admin.Hire(t, "nguoi.doc", "Người Đọc Sở Khác", foreign, nil, "agency_head")
	for _, path := range []string{"/api/v1/datasets?q=", "/api/v1/datasets?owner=", "/api/v1/datasets?after=", "/api/v1/systems?q=", "/api/v1/agencies?q=", "/api/v1/agencies?parent=", "/api/v1/connections/requests?state=", "/api/v1/ingest/deliveries?dataset=", "/api/v1/ingest/deliveries?before=", "/api/v1/exchange/services?dataset=", "/api/v1/access/grants?dataset=", "/api/v1/dictionary/elements?q="} {
		for _, text := range []string{`' OR '1'='1`, `%' OR 1=1 --`, `"; DROP TABLE catalog_dataset; --`, "\x00", "%", "!_", "/", strings.Repeat("(", 3000)} {
			a := stranger.Get(path + url.QueryEscape(text))
			if a.Status >= 500 || a.Status == http.StatusOK && !strings.Contains(path, "?q=") && strings.Contains(a.String(), "ho-ngheo") && !strings.Contains(path, "after=") {
				t.Errorf("T43 %s%q: %.300s", path, text, a)
			}
		}
	}
	ok(t, p.engineer.Get("/api/v1/datasets/"+households), http.StatusOK)
}

func hostileDataset(t *testing.T, p *province) {
	t.Helper()
	about := registration("tan-cong")
	about["name"], about["description"], about["legal_basis"] = "Dữ liệu "+hostileText, "Mô tả đủ dài để được nhận, có chứa "+hostileText, hostileText
	ok(t, p.ownerSteward.Post("/api/v1/datasets", about), http.StatusCreated)
	schema := m{"fields": []m{{"name": "ma_ho", "label": hostileText, "element": "ma_ho", "key": true}, {"name": "chu_ho", "label": "Chủ hộ " + hostileText, "element": "ho_ten"}}}
	a := p.ownerSteward.Post("/api/v1/datasets/"+owner+"/tan-cong/schema", schema)
	if a.Status >= 500 {
		t.Errorf("labels: %s", a)
	}
	ok(t, p.ownerSteward.Get("/api/v1/datasets/"+owner+"/tan-cong"), http.StatusOK)
}

// hostileDelivery has the text as the file's name, as a column and as a value that goes to quarantine.
func hostileDelivery(t *testing.T, p *province) string {
	t.Helper()
	quoted := `"` + strings.ReplaceAll(hostileText, `"`, `""`) + `"`
	for _, body := range []string{headerLine + "," + quoted + "\n", file(29) + "H90001,Giàng A Thử," + quoted + ",1,01/01/1980,01,02683,3,100\n"} {
		var d delivery
		a := send(p.ownerSteward, households, body, url.Values{"file_name": {hostileText + ".csv"}})
		if a.Status >= 300 {
			t.Fatalf("deliver: %s", a)
		}
		a.Into(t, &d)
		wait(t, p.ownerSteward, d.ID)
		page := p.ownerSteward.Get("/ingest/" + d.ID)
		if alive.Match(page.Body) {
			t.Error("T52 the page of a delivery is alive")
		}
		if errors := p.ownerSteward.Get("/ingest/" + d.ID + "/errors.csv"); errors.Header.Get("Content-Disposition") == "" || !strings.Contains(errors.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("T51 the error file: %v", errors.Header)
		}
		if strings.Contains(body, "H90001") {
			return d.ID
		}
	}
	return ""
}

func hostileConnection(t *testing.T, p *province) *connection {
	t.Helper()
	c := p.request(t, func(n m) {
		n["legal_basis"], n["environment"], n["responsible_person"], n["impact_assessment"] = hostileText, hostileText, hostileText, hostileText
		n["technical_contact"] = m{"name": hostileText, "email": "kythuat@example.vn", "phone": "02140000000"}
	})
	c.must(t, p.appraiser, "return", m{"missing_items": []string{hostileText}, "comment": "Bổ sung " + hostileText})
	return c
}

// hostileLevel has the text in everything that is written of a security level.
func hostileLevel(t *testing.T, p *province, plant func(what string, a harness.Answer)) {
	t.Helper()
	at := "/api/v1/systems/thu-tan-cong/levels"
	long := "Căn cứ đủ dài để được nhận: " + hostileText
	a := p.engineer.Post(at, m{"kind": "exception", "level": 3, "number": hostileText, "justification": long, "measures": long, "file": m{"name": hostileText, "content": []byte("%PDF-1.7\n")}})
	plant("proposed level", a)
	var made struct{ ID string }
	a.Into(t, &made)
	d := decision()
	d["authority"], d["decision"], d["decided_at"] = "Ủy ban "+hostileText, hostileText, time.Now().Format(time.DateOnly)
	d["valid_to"], d["file"] = time.Now().AddDate(0, 0, 60).Format(time.DateOnly), m{"name": hostileText, "content": []byte("%PDF-1.7\n")}
	plant("decided level", p.security.Post(at+"/"+made.ID+"/record", d))
	plant("plan", p.ownerSteward.Do(http.MethodPut, "/api/v1/systems/thu-tan-cong/plan", m{"target": "2027-06-01", "steps": long, "obstacles": hostileText}))
}

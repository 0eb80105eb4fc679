package acceptance

import (
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// No data without an owner: what is found is assigned by a decision of two people (Điều 20.2).
func TestDieu20Owner(t *testing.T) {
	p := newProvince(t, harness.Options{})
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	t.Run("R20.2 nothing is saved without an owner", func(t *testing.T) {
		refused(t, p.admin.Post("/api/v1/datasets", registration("khong-chu")), http.StatusForbidden, "access.permission_missing")
		about := registration("chu-la")
		about["official_system"] = "khong-co"
		if codes, _ := attempt(t, p, about); codes == nil {
			t.Error("a system that nobody owns was taken as the source")
		}
	})
	t.Run("R20.2 reported data is assigned by proposal and decision, and becomes its owner's draft", func(t *testing.T) { assignedByDecision(t, p) })
}

func assignedByDecision(t *testing.T, p *province) {
	const about = "Số liệu điểm đo mưa của các huyện cũ, đang lưu trên máy chủ dùng chung, chưa rõ cơ quan nào quản lý."
	page := func() string {
		return html.UnescapeString(string(ok(t, p.appraiser.Get("/catalog/report/unowned"), http.StatusOK).Body))
	}
	if !strings.Contains(page(), "Mọi dữ liệu đã có chủ quản") {
		t.Error("the report is not empty at first")
	}
	refused(t, p.ownerHead.Post("/api/v1/datasets/unowned", m{"name": "Điểm đo mưa", "description": about}), http.StatusForbidden, "access.permission_missing")
	refused(t, p.ownerSteward.Post("/api/v1/datasets/unowned", m{"name": "Điểm đo mưa", "description": "ngắn"}), http.StatusUnprocessableEntity, "catalog.description_short")
	var u struct {
		ID, State, Became string
		Revision          int64
	}
	ok(t, p.ownerSteward.Post("/api/v1/datasets/unowned", m{"name": "Điểm đo mưa", "description": about}), http.StatusCreated).Into(t, &u)
	if !strings.Contains(page(), "Điểm đo mưa") {
		t.Error("the report does not show it")
	}
	at := "/api/v1/datasets/unowned/" + u.ID
	decision := m{"revision": 2, "agency": owner, "slug": "diem-do-mua", "decision": "31/QĐ-UBND ngày 20/11/2026", "from": time.Now().AddDate(0, 0, -1).Format(time.DateOnly)}
	refused(t, p.approver.Post(at+"/assign", decision), http.StatusConflict, "catalog.unowned_not_proposed")
	refused(t, p.ownerSteward.Post(at+"/propose", m{"agency": owner, "why": "Theo chức năng"}), http.StatusForbidden, "access.permission_missing")
	ok(t, p.appraiser.Post(at+"/propose", m{"agency": owner, "why": "Theo chức năng, nhiệm vụ"}), http.StatusOK).Into(t, &u)
	refused(t, p.ownerHead.Post(at+"/assign", decision), http.StatusForbidden, "access.permission_missing")
	a := sendFiles(t, p.approver, "/catalog/unowned/"+u.ID+"/assign", map[string]string{"revision": "2", "agency": owner, "code": "diem-do-mua", "decision": " ", "from": decision["from"].(string)}, map[string][]byte{"paper:quyết định.pdf": []byte("%PDF-1.7 quyết định")})
	if body := html.UnescapeString(string(ok(t, a, http.StatusUnprocessableEntity).Body)); !strings.Contains(body, "Hãy ghi số và ngày quyết định") {
		t.Error("without a decision")
	}
	a = sendFiles(t, p.approver, "/catalog/unowned/"+u.ID+"/assign", map[string]string{"revision": "2", "agency": owner, "code": "diem-do-mua", "decision": decision["decision"].(string), "from": decision["from"].(string)}, map[string][]byte{"paper:quyết định.pdf": []byte("%PDF-1.7 quyết định")})
	ok(t, a, http.StatusSeeOther)
	var got struct {
		Overview struct {
			Dataset struct{ State, Owner string }
			Owners  []struct{ Agency, Decision string }
		}
	}
	ok(t, p.ownerSteward.Get("/api/v1/datasets/"+owner+"/diem-do-mua/profile"), http.StatusOK).Into(t, &got)
	if o := got.Overview; o.Dataset.State != "draft" || o.Dataset.Owner != owner || len(o.Owners) != 1 || o.Owners[0].Decision != decision["decision"] {
		t.Fatalf("%+v", o)
	}
	if paper := ok(t, p.ownerSteward.Get("/catalog/unowned/"+u.ID+"/paper"), http.StatusOK); string(paper.Body) != "%PDF-1.7 quyết định" {
		t.Errorf("the attached decision: %s", paper)
	}
	refused(t, p.approver.Post(at+"/assign", decision), http.StatusConflict, "catalog.unowned_assigned")
	if text := page(); !strings.Contains(text, "Mọi dữ liệu đã có chủ quản") || !strings.Contains(text, "31/QĐ-UBND") {
		t.Error("the report still asks, or forgets the decision")
	}
}

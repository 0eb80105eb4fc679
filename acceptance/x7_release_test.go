package acceptance

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// changeReleases takes every step of a release once, and asks to publish openly.
func changeReleases(t *testing.T, p *province) []string {
	t.Helper()
	p.approveDataset(t, "nha-o", plainDataset)
	p.approveDataset(t, "diem-mo", columnsOf(8, func(about m) { about["scope"] = "open" }))
	at := harness.DraftList(t, harness.Catalogue, p.appraiser)
	ok(t, p.appraiser.Post(at+"/leave-out", m{"subject": houses, "reason": "Chờ cơ quan chủ quản rà soát"}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/take-in", m{"subject": houses}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/collect", m{}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/consult", m{"deadline": harness.Day(p.Now().AddDate(0, 0, 7))}), http.StatusOK)
	var said struct{ ID string }
	ok(t, p.consumerSteward.Post(at+"/comments", m{"subject": households, "text": "Đề nghị cập nhật hằng tuần để đối chiếu"}), http.StatusOK).Into(t, &said)
	ok(t, p.ownerSteward.Post(at+"/agree", m{}), http.StatusNoContent)
	ok(t, p.appraiser.Post(at+"/close", m{"reason": "Đã họp thống nhất"}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/comments/"+said.ID+"/answer", m{"verdict": "rejected", "answer": "Danh sách rà soát hằng năm"}), http.StatusOK)
	ok(t, p.approver.Post(at+"/approve", m{}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/reopen", m{"reason": "Sửa lỗi trong tờ trình"}), http.StatusOK)
	ok(t, p.approver.Post(at+"/approve", m{}), http.StatusOK)
	harness.RecordDecision(t, at, p.appraiser, time.Now(), time.Now())

	given := harness.DraftList(t, harness.OpenData, p.appraiser)
	ok(t, p.appraiser.Post(given+"/discard", m{"reason": "Lập lại sau khi rà soát"}), http.StatusOK)
	harness.IssueList(t, harness.OpenData, p.appraiser, p.approver)
	var made struct{ ID string }
	ok(t, p.ownerSteward.Post("/api/v1/releases/publications", m{"dataset": owner + "/diem-mo"}), http.StatusCreated).Into(t, &made)
	ok(t, p.ownerSteward.Post("/api/v1/releases/publications/"+made.ID+"/take-back", m{"reason": "Chờ thẩm định lại"}), http.StatusNoContent)
	return []string{"/releases/publications/" + made.ID, "/datasets/" + houses, "/datasets/" + owner + "/diem-mo", "/privacy/entries/" + owner + "/diem-mo"}
}

// issuedReleases names every release of every list.
func issuedReleases(t *testing.T, p *province) []string {
	t.Helper()
	var out []string
	for _, list := range []string{harness.Catalogue, harness.OpenData, harness.Systems} {
		var got struct{ Releases []releaseView }
		ok(t, p.appraiser.Get("/api/v1/releases/"+list), http.StatusOK).Into(t, &got)
		if len(got.Releases) == 0 {
			t.Fatalf("no release of %s", list)
		}
		for _, r := range got.Releases {
			out = append(out, fmt.Sprintf("/releases/%s/%d", list, r.Number))
		}
	}
	return out
}

// changeShortened takes the steps of the shortened process, and the limits of both. What is asked later takes it too.
func changeShortened(t *testing.T, p *province) []string {
	t.Helper()
	harness.IssueList(t, harness.Systems, p.appraiser, p.approver)
	one, two := p.request(t, plainNeed), p.request(t, plainNeed)
	one.must(t, p.approver, "order", m{"order": m{"number": "05/CĐ-UBND", "title": "Công điện"}, "hours": m{"security_check": 4, "testing": 6}})
	one.must(t, p.security, "start-check", nil)
	one.must(t, p.security, "return-check", m{"comment": "Cần bổ sung thuyết minh", "missing_items": []string{"Địa chỉ nguồn"}})
	two.must(t, p.security, "start-check", nil)
	two.must(t, p.ownerHead, "object", m{"comment": "Dữ liệu đang được thanh tra", "legal_citation": "Luật Thanh tra 11/2022/QH15, Điều 49"})
	two.must(t, p.approver, "continue", m{"decision": m{"number": "77/QĐ-UBND", "title": "Quyết định về ý kiến phản đối"}})
	two.must(t, p.security, "pass-check", nil)
	limits := m{"revision": 0, "reason": "Theo chỉ đạo rút ngắn thời hạn", "full": m{"intake": 2, "appraisal": 5, "opinion": 3, "set_up": 3, "testing": 5, "acceptance": 2}, "shortened": m{"security_check": 1, "set_up": 2, "testing": 2, "acceptance": 1}}
	ok(t, p.admin.Do(http.MethodPut, "/api/v1/connections/limits", limits), http.StatusOK)
	return []string{"/connections/requests/" + one.ID, "/connections/requests/" + two.ID, "/connections/limits"}
}

package acceptance

import (
	"net/http"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

func TestDieu18OpenList(t *testing.T) {
	p := newProvince(t, harness.Options{})
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	p.approveDataset(t, "diem-mo", columnsOf(8, func(about m) { about["scope"] = "open" }))
	p.approveDataset(t, "ho-ngheo", nil)
	const at = "/api/v1/releases/publications"
	t.Run("R18.3d what no issued open list holds cannot be published openly", func(t *testing.T) {
		ask := m{"dataset": owner + "/diem-mo"}
		refused(t, p.ownerSteward.Post(at, ask), http.StatusConflict, "release.not_in_open_catalogue")
		harness.IssueList(t, harness.Catalogue, p.appraiser, p.approver) // the shared catalogue opens nothing
		refused(t, p.ownerSteward.Post(at, ask), http.StatusConflict, "release.not_in_open_catalogue")
		issued := harness.IssueList(t, harness.OpenData, p.appraiser, p.approver)
		refused(t, p.ownerSteward.Post(at, m{"dataset": households}), http.StatusConflict, "release.not_in_open_catalogue")
		refused(t, p.consumerSteward.Post(at, ask), http.StatusForbidden, "access.other_agency")
		refused(t, p.appraiser.Post(at, ask), http.StatusForbidden, "access.permission_missing")
		var made struct{ ID, Decision string }
		ok(t, p.ownerSteward.Post(at, ask), http.StatusCreated).Into(t, &made)
		if made.Decision != issued.Decision {
			t.Fatalf("let in by %q, not by %q", made.Decision, issued.Decision)
		}
		refused(t, p.ownerSteward.Post(at, ask), http.StatusConflict, "release.publication_stands")
		refused(t, p.consumerSteward.Post(at+"/"+made.ID+"/take-back", m{"reason": "thử"}), http.StatusNotFound, "release.publication_not_found")
		page := string(ok(t, p.ownerSteward.Get("/release/publications"), http.StatusOK).Body)
		if !strings.Contains(page, "diem-mo") || !strings.Contains(page, issued.Decision) || !strings.Contains(page, "Đã ghi nhận") {
			t.Error("the screen does not show the request")
		}
		if page := string(ok(t, p.consumerSteward.Get("/release/publications"), http.StatusOK).Body); strings.Contains(page, "diem-mo") {
			t.Error("another agency sees the request")
		}
		form := p.ownerSteward.With("Content-Type", "application/x-www-form-urlencoded")
		if a := form.Post("/release/publications", "dataset=H38.05%2Fho-ngheo"); a.Status != http.StatusConflict || !strings.Contains(string(a.Body), "không có trong Danh mục dữ liệu mở") {
			t.Errorf("the form of what is not listed: %s", a)
		}
		ok(t, p.ownerSteward.Post(at+"/"+made.ID+"/take-back", m{"reason": "Chờ thẩm định lại"}), http.StatusNoContent)
		ok(t, p.ownerSteward.Post(at, ask), http.StatusCreated)
	})
}

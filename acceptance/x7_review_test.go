package acceptance

import (
	"net/http"
	"testing"
	"time"
)

// changeReviews opens a review and answers it, asks about a grant, and changes the settings.
func changeReviews(t *testing.T, p *province) []string {
	t.Helper()
	const api = "/api/v1/reviews"
	set := m{}
	ok(t, p.security.Get(api+"/settings"), http.StatusOK).Into(t, &set)
	delete(set, "$schema")
	set["unused_days"] = 7
	ok(t, p.admin.Do(http.MethodPut, api+"/settings", set), http.StatusOK)

	c := p.live(t, nil)
	g := p.grantOf(t, c)
	var opened struct{ ID string }
	ok(t, p.security.Post(api+"/campaigns", m{"note": "Rà soát trước khi báo cáo năm", "scope": m{"grants": []string{g.ID}}}), http.StatusCreated).Into(t, &opened)
	items := p.itemsOf(t, p.ownerSteward, opened.ID)
	if len(items) != 1 {
		t.Fatalf("the review holds %d grants", len(items))
	}
	ok(t, p.ownerSteward.Post(api+"/campaigns/"+opened.ID+"/answers", m{"items": []string{items[0].ID}, "verdict": "keep", "reason": reviewReason}), http.StatusOK)

	subjects := []string{"/connections/requests/" + c.ID, "/reviews/settings", "/reviews/campaigns/" + opened.ID}
	for _, end := range []string{"refuse", "confirm"} {
		var ask struct{ ID string }
		ok(t, p.ownerSteward.Post(api+"/asks", m{"grant": g.ID, "kind": "narrow", "reason": "Không dùng số tiền trợ cấp", "narrow": m{"drop": []string{"so_tien"}}}), http.StatusCreated).Into(t, &ask)
		ok(t, p.security.Post(api+"/asks/"+ask.ID+"/"+end, m{"answer": "Đã trao đổi với cơ quan khai thác"}), http.StatusOK)
		subjects = append(subjects, "/reviews/asks/"+ask.ID)
	}
	return subjects
}

// changeExcess moves the clock until a grant counts as unused, keeps it, and asks to take it away.
func changeExcess(t *testing.T, p *province, rec *calls) []string {
	t.Helper()
	const api = "/api/v1/reviews/excess"
	p.later(t, 9*24*time.Hour)
	rec.listen(p)
	ok(t, p.security.Post(api+"/calculate", nil), http.StatusNoContent)
	var list struct{ Grants []struct{ Grant string } }
	ok(t, p.ownerSteward.Get(api), http.StatusOK).Into(t, &list)
	if len(list.Grants) != 1 {
		t.Fatalf("beyond their use: %+v", list.Grants)
	}
	at := api + "/" + list.Grants[0].Grant
	ok(t, p.ownerSteward.Post(at+"/keep", m{"reason": reviewReason}), http.StatusOK)
	var ask struct{ ID string }
	ok(t, p.ownerSteward.Post(at+"/narrow", m{"reason": "Không còn sử dụng dữ liệu này"}), http.StatusCreated).Into(t, &ask)
	return []string{"/reviews/excess/" + list.Grants[0].Grant, "/reviews/asks/" + ask.ID}
}

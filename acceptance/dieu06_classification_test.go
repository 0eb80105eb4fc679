package acceptance

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

// Labels and protection classes: set by the owner, suggested by the platform, confirmed and lowered by two people
// (Điều 6.1, 6.2).
func TestDieu06Classification(t *testing.T) {
	p := newProvince(t, harness.Options{})
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	t.Run("R6.2 dân tộc of more than 100,000 persons is suggested as core data; below it two people answer", func(t *testing.T) { coreSuggested(t, p) })
	t.Run("R6.1 labels are confirmed by the operator, dated and kept; what is not is found and confirmed in bulk", func(t *testing.T) { labelsConfirmed(t, p) })
	t.Run("R6.2 a higher class holds at once, a lower one after the second person", func(t *testing.T) { raisedAndLowered(t, p) })
}

const lowerWhy = "Đã khử nhận dạng, chỉ còn số liệu theo thôn bản"

type classified struct {
	State, Class   string
	Revision       int64
	SchemaVersion  int `json:"schema_version"`
	Proposal       *struct{ By string }
	Lowered        *struct{ Suggested string }
	Classification struct {
		Nature, Scope string
		SetBy         string `json:"set_by"`
		SetAt         string `json:"set_at"`
		ConfirmedBy   string `json:"confirmed_by"`
		ConfirmedAt   string `json:"confirmed_at"`
	}
}

func (p *province) classified(t *testing.T, slug string) classified {
	t.Helper()
	var d classified
	ok(t, p.ownerSteward.Get("/api/v1/datasets/"+owner+"/"+slug), http.StatusOK).Into(t, &d)
	return d
}

func coreSuggested(t *testing.T, p *province) {
	about := registration("toan-tinh")
	about["persons"] = 100_001
	at := "/api/v1/datasets/" + owner + "/toan-tinh"
	ok(t, p.ownerSteward.Post("/api/v1/datasets", about), http.StatusCreated)
	ok(t, p.ownerSteward.Post(at+"/schema", m{"fields": fields}), http.StatusCreated)
	var got struct {
		Overview struct {
			Suggested string `json:"suggested_class"`
			Persons   int64
			From      string `json:"persons_from"`
			Missing   []struct{ Code string }
		}
	}
	ok(t, p.ownerSteward.Get(at+"/profile"), http.StatusOK).Into(t, &got)
	if o := got.Overview; o.Suggested != "core" || o.Persons != 100_001 || o.From != "declared" || len(o.Missing) != 1 {
		t.Fatalf("%+v", o)
	}
	page := html.UnescapeString(string(ok(t, p.ownerSteward.Get("/catalog/"+owner+"/toan-tinh"), http.StatusOK).Body))
	if !strings.Contains(page, "Dữ liệu cốt lõi") || !strings.Contains(page, "thấp hơn mức gợi ý") {
		t.Error("the page does not suggest it")
	}
	refused(t, p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusUnprocessableEntity, "catalog.class_below_suggestion")
	propose := func(reason string) harness.Answer {
		return p.ownerSteward.Post(at+"/classification", m{"revision": p.classified(t, "toan-tinh").Revision, "nature": "specialised", "scope": "shared", "class": "sensitive_personal", "reason": reason})
	}
	refused(t, propose("vì vậy"), http.StatusUnprocessableEntity, "catalog.lowering_reason")
	ok(t, propose(lowerWhy), http.StatusOK)
	d := p.classified(t, "toan-tinh")
	refused(t, p.ownerSteward.Post(at+"/classification/confirm", m{"revision": d.Revision}), http.StatusForbidden, "access.permission_missing")
	if tasksOf(t, p.appraiser, "catalog.confirm", owner+"/toan-tinh") != 1 {
		t.Error("the appraiser has no task")
	}
	refused(t, p.appraiser.Post(at+"/classification/confirm", m{"revision": d.Revision - 1}), http.StatusConflict, "catalog.changed_meanwhile")
	ok(t, p.appraiser.Post(at+"/classification/confirm", m{"revision": d.Revision}), http.StatusOK)
	if d = p.classified(t, "toan-tinh"); d.Lowered == nil || d.Lowered.Suggested != "core" || tasksOf(t, p.appraiser, "catalog.confirm", owner+"/toan-tinh") != 0 {
		t.Fatalf("%+v", d)
	}
	ok(t, p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusOK)

	// One person in both duties, on one object: the proposer is refused although the right is there.
	both := p.admin.Hire(t, "hai.vai", "Má Hai Vai", operator, nil, "deputy_steward", "op_appraiser")
	p.registerSystem(t, "csdl-khcn", "Cơ sở dữ liệu nhiệm vụ khoa học", operator)
	mine := registration("cua-van-hanh")
	mine["official_system"], mine["persons"] = "csdl-khcn", 200_000
	own := "/api/v1/datasets/" + operator + "/cua-van-hanh"
	ok(t, both.Post("/api/v1/datasets", mine), http.StatusCreated)
	ok(t, both.Post(own+"/schema", m{"fields": fields}), http.StatusCreated)
	ok(t, both.Post(own+"/classification", m{"revision": 2, "nature": "specialised", "scope": "shared", "class": "sensitive_personal", "reason": lowerWhy}), http.StatusOK)
	refused(t, both.Post(own+"/classification/confirm", m{"revision": 3}), http.StatusForbidden, "catalog.own_proposal")
}

func labelsConfirmed(t *testing.T, p *province) {
	p.registerDataset(t, "nhan", func(_, schema m) { schema["fields"] = fields[:8] })
	d := p.classified(t, "nhan")
	if c := d.Classification; c.SetBy == "" || c.SetAt == "" || c.ConfirmedBy == "" || c.ConfirmedAt == "" || c.SetBy == c.ConfirmedBy {
		t.Fatalf("%+v", c)
	}
	count := func(query string) int {
		var got struct{ Total int }
		ok(t, p.appraiser.Get("/api/v1/datasets?"+query), http.StatusOK).Into(t, &got)
		return got.Total
	}
	if n := count("unclassified=true&issued=true"); n != 0 {
		t.Fatalf("%d datasets of the catalogue are not classified", n)
	}
	at := "/api/v1/datasets/" + owner + "/nhan"
	ok(t, p.ownerSteward.Post(at+"/classification", m{"revision": d.Revision, "nature": "specialised", "scope": "shared", "class": "important"}), http.StatusOK)
	if n := count("unclassified=true&issued=true"); n != 1 {
		t.Fatalf("after a change %d are to be confirmed", n)
	}
	ok(t, p.ownerSteward.Post("/api/v1/datasets", m{"slug": "chua-nhan", "name": "Bản nháp chưa có nhãn"}), http.StatusCreated)
	page := html.UnescapeString(string(ok(t, p.appraiser.Get("/catalog/report/unclassified"), http.StatusOK).Body))
	if !strings.Contains(page, owner+"/nhan") || !strings.Contains(page, owner+"/chua-nhan") {
		t.Error("the bulk view does not show both")
	}
	form := func(do string, slugs ...string) harness.Answer {
		q := url.Values{"do": {do}}
		for _, s := range slugs {
			q.Add("dataset", owner+"/"+s)
		}
		return p.appraiser.With("Content-Type", "application/x-www-form-urlencoded").Post("/catalog/report/unclassified", q.Encode())
	}
	both := html.UnescapeString(string(ok(t, form("confirm", "nhan", "chua-nhan"), http.StatusConflict).Body))
	if !strings.Contains(both, "H38.05/chua-nhan chưa đủ nhãn") || p.classified(t, "nhan").Classification.ConfirmedBy != "" {
		t.Error("one was confirmed although the other cannot be")
	}
	ok(t, form("ask", "chua-nhan"), http.StatusSeeOther)
	if tasksOf(t, p.ownerSteward, "catalog.classify", owner+"/chua-nhan") != 1 {
		t.Error("the owner has no task")
	}
	ok(t, form("confirm", "nhan"), http.StatusSeeOther)
	if n := count("unclassified=true&issued=true"); n != 0 {
		t.Errorf("%d left", n)
	}
	refused(t, p.ownerSteward.Post("/api/v1/datasets/labels/confirm", m{"datasets": []string{owner + "/nhan"}}), http.StatusForbidden, "access.permission_missing")
	history := html.UnescapeString(string(ok(t, p.appraiser.Get("/catalog/"+owner+"/nhan/history"), http.StatusOK).Body))
	if !strings.Contains(history, "Xác nhận nhãn phân loại") || !strings.Contains(history, "Thay đổi phân loại tập dữ liệu") {
		t.Error("the history does not tell it")
	}
}

func raisedAndLowered(t *testing.T, p *province) {
	p.registerDataset(t, "nang-ha", func(_, schema m) { schema["fields"] = fields[:7] })
	at := "/api/v1/datasets/" + owner + "/nang-ha"
	change := func(class string, reason string, of m) harness.Answer {
		return p.ownerSteward.Post(at+"/classification", m{"revision": p.classified(t, "nang-ha").Revision, "nature": "specialised", "scope": "shared", "class": class, "reason": reason, "fields": of})
	}
	ok(t, change("important", "", m{"ma_xa": "internal"}), http.StatusOK)
	d := p.classified(t, "nang-ha")
	if d.Class != "important" || d.SchemaVersion != 2 || d.Proposal != nil {
		t.Fatalf("a higher class: %+v", d)
	}
	ok(t, change("sensitive_personal", lowerWhy, m{"ma_xa": "normal"}), http.StatusOK)
	if d = p.classified(t, "nang-ha"); d.Class != "important" || d.SchemaVersion != 2 || d.Proposal == nil {
		t.Fatalf("before the second person: %+v", d)
	}
	refused(t, p.consumerSteward.Post(at+"/classification", m{"revision": d.Revision, "nature": "specialised", "scope": "shared", "class": "core"}), http.StatusForbidden, "access.other_agency")
	page := html.UnescapeString(string(ok(t, p.appraiser.Get("/catalog/report/proposed"), http.StatusOK).Body))
	if !strings.Contains(page, owner+"/nang-ha") {
		t.Error("the list of what waits does not show it")
	}
	ok(t, p.appraiser.Post(at+"/classification/confirm", m{"revision": d.Revision}), http.StatusOK)
	if d = p.classified(t, "nang-ha"); d.Class != "sensitive_personal" || d.SchemaVersion != 3 || d.Classification.ConfirmedBy == "" {
		t.Fatalf("after it: %+v", d)
	}
}

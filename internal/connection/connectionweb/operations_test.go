package connectionweb

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/connection"
	"lienthong/internal/connection/connectiontest"
)

func TestOperationsOfProvidersInTheForms(t *testing.T) {
	s := newSite(t)
	form := "/connections/new?dataset=" + url.QueryEscape(connectiontest.Dataset) + "&system=" + connectiontest.System
	if page := s.page(t, form, "steward"); strings.Contains(page, `name="operations"`) {
		t.Fatal("a dataset without services offers operations")
	}
	s.Supply.Operations = []connection.Operation{
		{Code: "GET /khai-sinh/{so}", Service: "H38.06/hotich/khai-sinh", Active: true}, {Code: "GET /khai-sinh", Service: "H38.06/hotich/khai-sinh", Active: true},
		{Code: "PUT /khai-sinh/{so}", Service: "H38.06/hotich/khai-sinh", Active: true, Updates: true},
	}
	page := s.page(t, form, "steward")
	for _, want := range []string{`value="GET /khai-sinh/{so}"`, `name="test_subjects"`, "Thay đổi dữ liệu nguồn · H38.06/hotich/khai-sinh"} {
		if !strings.Contains(page, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	v := needValues()
	v["operations"], v["test_subjects"] = []string{"GET /khai-sinh/{so}", "GET /khai-sinh"}, []string{"999190000123"}
	at := s.post(t, "/connections", "steward", v).Header().Get("Location")
	if w := s.post(t, at+"/impact", "steward", impactValues()); w.Code != http.StatusSeeOther {
		t.Fatalf("impact: %d %s", w.Code, w.Body)
	}
	for _, step := range []struct {
		who, verb string
		form      url.Values
	}{
		{"steward", "submit", url.Values{"attest": {"1"}}}, {"appraiser", "start-appraisal", nil}, {"appraiser", "appraise", checklistValues()},
		{"appraiser", "ask-owner", url.Values{"questions": {"Cho ý kiến"}}}, {"owner", "opinion", url.Values{"stand": {"agree_with_limits"}, "exclude_fields": {"dia_chi_cha_me"}}},
	} {
		if w := s.post(t, at+"/"+step.verb, step.who, step.form); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", step.verb, w.Code, w.Body)
		}
	}
	if page := s.page(t, at+"/approve", "approver"); strings.Count(page, `name="operations"`) != 2 || strings.Contains(page, "PUT /khai-sinh") {
		t.Error("the approval must offer what was asked and nothing else")
	}
	scope := approveValues()
	scope["operations"] = []string{"PUT /khai-sinh/{so}"}
	if w := s.post(t, at+"/approve", "approver", scope); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an operation that was not asked was approved: %d", w.Code)
	}
	scope["operations"] = []string{"GET /khai-sinh/{so}"}
	if w := s.post(t, at+"/approve", "approver", scope); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page = s.page(t, at, "steward")
	if !strings.Contains(page, "GET /khai-sinh/{so}, GET /khai-sinh") || !strings.Contains(page, "999190000123") {
		t.Error("requested and approved operations do not stand side by side")
	}
	if page := s.page(t, at, "other"); strings.Contains(page, "999190000123") {
		t.Error("others see the identifiers for tests")
	}
}

package acceptance

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

// otherLaw is what Điều 2.2 adds to the legal basis of data and rights of central vertical agencies.
const otherLaw = "theo quy định của pháp luật có liên quan"

// centralVertical lets two agencies of the test's own, a central vertical one and a department, own and consume data.
func centralVertical(t *testing.T, p *province) {
	const central, department, system, source = "H38.78", "H38.79", "nghiep-vu-trung-uong", "nguon-so-thu"
	add := func(code, name, kind string) {
		ok(t, p.admin.Do(http.MethodPut, "/api/v1/agencies/"+code, m{"name": name, "kind": kind, "valid_from": "2026-01-01"}), http.StatusOK)
		p.designate(t, code)
	}
	add(central, "Chi cục Dự trữ thử nghiệm", "central_vertical")
	add(department, "Sở Thử nghiệm liên thông", "department")
	hire := func(username, name, agency, role string) *harness.Person {
		return p.admin.Hire(t, username, name, agency, nil, role)
	}
	steward, head := hire("dau.moi.tw", "Vương Thị Trung", central, "steward"), hire("thu.truong.tw", "Bùi Văn Ương", central, "agency_head")
	other, otherHead := hire("dau.moi.tn", "Thào A Thử", department, "steward"), hire("thu.truong.tn", "Cư Seo Thử", department, "agency_head")
	p.registerSystem(t, system, "Hệ thống nghiệp vụ trung ương", central)
	p.registerSystem(t, source, "Hệ thống nguồn của sở thử nghiệm", department)

	basis := func(a harness.Answer) string {
		var got struct {
			LegalBasis string `json:"legal_basis"`
		}
		ok(t, a, http.StatusOK).Into(t, &got)
		return got.LegalBasis
	}
	register := func(who *harness.Person, system string) {
		about := registration("du-lieu-thu")
		about["official_system"], about["legal_basis"], about["name"] = system, "Nghị định 85/2024/NĐ-CP", "Dữ liệu thử nghiệm của "+who.Agency
		ok(t, who.Post("/api/v1/datasets", about), http.StatusCreated)
	}

	// As owner: the dataset says it on API and page; a department's does not.
	register(steward, system)
	if got := basis(steward.Get("/api/v1/datasets/" + central + "/du-lieu-thu")); got != "Nghị định 85/2024/NĐ-CP; "+otherLaw {
		t.Fatalf("the dataset of a central vertical agency cites %q", got)
	}
	if page := string(ok(t, steward.Get("/catalog/"+central+"/du-lieu-thu"), http.StatusOK).Body); !strings.Contains(page, otherLaw) {
		t.Fatal("its page does not say it")
	}
	register(other, source)
	if got := basis(other.Get("/api/v1/datasets/" + department + "/du-lieu-thu")); got != "Nghị định 85/2024/NĐ-CP" {
		t.Fatalf("the dataset of a department cites %q", got)
	}

	// As consumer: request and grant say it.
	q := *p
	q.ownerSteward, q.ownerHead, q.consumerSteward, q.consumerHead = other, otherHead, steward, head
	at := "/api/v1/datasets/" + department + "/du-lieu-thu"
	ok(t, other.Post(at+"/schema", m{"fields": fields, "persons": []m{{"id": "so_dinh_danh", "sex": "gioi_tinh", "birth": "ngay_sinh"}}}), http.StatusCreated)
	ok(t, other.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/review", m{"basis": "Điều 7 Quy chế, phiếu rà soát 04"}), http.StatusOK)
	ok(t, p.approver.Post(at+"/approve", nil), http.StatusOK)
	harness.IssueList(t, harness.Catalogue, p.appraiser, p.approver)
	var sent delivery
	ok(t, send(other, department+"/du-lieu-thu", file(2), url.Values{"system": {source}}), http.StatusAccepted).Into(t, &sent)
	if d := wait(t, other, sent.ID); d.State != "published" {
		t.Fatalf("the file: %+v", d)
	}
	var asked []string
	c := q.request(t, func(n m) {
		n["system"], n["dataset"] = system, department+"/du-lieu-thu"
		asked = n["fields"].([]string)
	})
	if page := string(ok(t, steward.Get("/connections/"+c.ID), http.StatusOK).Body); !strings.Contains(page, "Điều 7; "+otherLaw) {
		t.Fatal("the page of the request, which is printed, does not say it")
	}
	q.registerProcessing(t, department+"/du-lieu-thu")
	c.approve(t, scope(), asked)
	c.must(t, p.engineer, "provision", nil)
	var grants struct {
		Grants []struct {
			ID         string
			LegalBasis string `json:"legal_basis"`
		}
	}
	ok(t, head.Get("/api/v1/access/grants?request="+c.ID), http.StatusOK).Into(t, &grants)
	if len(grants.Grants) != 1 || !strings.HasSuffix(grants.Grants[0].LegalBasis, "; "+otherLaw) {
		t.Fatalf("the grant: %+v", grants.Grants)
	}
	if page := string(ok(t, head.Get("/access/grants/"+grants.Grants[0].ID), http.StatusOK).Body); !strings.Contains(page, otherLaw) {
		t.Fatal("the page of the grant does not say it")
	}
	apart := hire("thu.truong.ngoai", "Lù Thị Ngoài", foreign, "agency_head")
	refused(t, apart.Get("/api/v1/access/grants/"+grants.Grants[0].ID), http.StatusNotFound, "access.grant_not_found")

	// By type on the register, and not where the province ranks and inspects.
	unranked(t, p, central, department)
}

func unranked(t *testing.T, p *province, central, department string) {
	t.Helper()
	c := p.admin.Client
	has := func(list []agency, code string) bool {
		for _, a := range list {
			if a.Code == code {
				return true
			}
		}
		return false
	}
	byKind := agencies(t, c, url.Values{"kind": {"central_vertical"}})
	if !has(byKind, central) || has(byKind, department) {
		t.Fatalf("by type: %+v", byKind)
	}
	page := string(ok(t, c.Get("/agency?kind=central_vertical"), http.StatusOK).Body)
	if !strings.Contains(page, "Chi cục Dự trữ thử nghiệm") || strings.Contains(page, "Sở Thử nghiệm liên thông") {
		t.Fatal("the page does not filter by type")
	}
	ranked := agencies(t, c, url.Values{"ranked": {"true"}})
	if !has(ranked, department) || has(ranked, central) {
		t.Fatalf("ranked: %d agencies", len(ranked))
	}
	for _, a := range ranked {
		if a.Kind == "central_vertical" {
			t.Errorf("the province ranks %s", a.Code)
		}
	}
	if a := c.Get("/api/v1/agencies?kind=trung_uong"); a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("an unknown type: %s", a)
	}
	page = string(ok(t, c.Get("/agency/"+central), http.StatusOK).Body)
	if !strings.Contains(page, "Mặc định không đưa vào xếp hạng") || !strings.Contains(page, otherLaw) {
		t.Fatal("the page of the agency does not say that it is not ranked, and by which law it shares")
	}
}

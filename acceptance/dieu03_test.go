package acceptance

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// What the regulation calls things, who owns data, and who answers for it (Điều 3, 7.3, 14.6c).
func TestDieu03(t *testing.T) {
	p := newProvince(t, harness.Options{})
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	p.registerSystem(t, otherSystem, "Hệ thống thông tin y tế", foreign)
	t.Run("R3.0 the page of terms shows each definition beside the feature that implements it", func(t *testing.T) { terms(t, p) })
	t.Run("R3.5 a dataset has one owner; a transfer needs a decision and is kept", func(t *testing.T) { ownership(t, p) })
	t.Run("R14.6c an agency without an active steward submits no registration", func(t *testing.T) { stewardship(t, p) })
	t.Run("R1.4 a registration that carries a stamp is refused and opens an incident", func(t *testing.T) { stampedRegistration(t, p) })
	t.Run("a new dataset has a profile, an unknown one has none", func(t *testing.T) { profile(t, p) })
	t.Run("R17.1 five roots of purposes, children under them alone", func(t *testing.T) { purposes(t, p) })
}

func terms(t *testing.T, p *province) {
	open := harness.NewClient(t, p.Console)
	page := ok(t, open.Get("/support/terms"), http.StatusOK)
	text := string(page.Body)
	for _, definition := range []string{
		"là thông tin được biểu diễn dưới dạng số, chữ viết, hình ảnh, âm thanh hoặc dạng tương tự khác, được tạo ra, thu thập, xử lý và lưu trữ trên môi trường số.",
		"là cơ quan, đơn vị được giao quản lý, xây dựng, cập nhật, duy trì, cung cấp và chịu trách nhiệm về chất lượng, tính chính xác, đầy đủ của dữ liệu thuộc phạm vi quản lý.",
		"là việc thiết lập kết nối kỹ thuật giữa các hệ thống thông tin, cơ sở dữ liệu để trao đổi, cung cấp, khai thác và sử dụng dữ liệu theo quy định.",
	} {
		if !strings.Contains(text, definition) {
			t.Errorf("not word for word on the page: %s", definition)
		}
	}
	links := regexp.MustCompile(`href="(/(?:catalog|agency|connections|exchange|audit|access/grants|api))"`).FindAllStringSubmatch(text, -1)
	if len(links) < 7 {
		t.Fatalf("only %d links to features", len(links))
	}
	for _, l := range links {
		if a := p.engineer.Get(l[1]); a.Status != http.StatusOK && a.Status != http.StatusForbidden {
			t.Errorf("%s leads nowhere: %d", l[1], a.Status)
		}
	}
	if a := open.Get("/support/terms?q=chu+quan"); !strings.Contains(string(a.Body), "Chủ quản dữ liệu") || strings.Contains(string(a.Body), "là dữ liệu cốt lõi") {
		t.Error("a search without tone marks does not find the one definition")
	}
	refused(t, open.Get("/api/v1/datasets"), http.StatusUnauthorized, "access.sign_in_required")
}

func ownership(t *testing.T, p *province) {
	p.registerDataset(t, "doi-chu", nil)
	at := "/api/v1/datasets/" + owner + "/doi-chu"
	move := func(who *harness.Person, agency, system, decision string) harness.Answer {
		return who.Post(at+"/transfer", m{"agency": agency, "official_system": system, "decision": decision, "from": time.Now().Add(-24 * time.Hour).Format(time.DateOnly)})
	}
	refused(t, move(p.approver, "", otherSystem, "9/QĐ-UBND"), http.StatusUnprocessableEntity, "catalog.owner_required")
	refused(t, move(p.approver, foreign, otherSystem, " "), http.StatusUnprocessableEntity, "catalog.decision_missing")
	refused(t, move(p.approver, "H38.9Z", otherSystem, "9/QĐ-UBND"), http.StatusUnprocessableEntity, "catalog.owner_unknown")
	if a := move(p.approver, foreign, sourceSystem, "9/QĐ-UBND"); a.Status < 400 {
		t.Fatalf("the source system stays with the old owner: %s", a)
	}
	refused(t, move(p.consumerHead, foreign, otherSystem, "9/QĐ-UBND"), http.StatusForbidden, "access.other_agency")
	ok(t, move(p.approver, foreign, otherSystem, "9/QĐ-UBND ngày 20/11/2026"), http.StatusOK)
	var got struct {
		Overview struct {
			Dataset struct{ Owner string }
			Owners  []struct{ Agency, Decision string }
		}
	}
	ok(t, p.engineer.Get(at+"/profile"), http.StatusOK).Into(t, &got)
	o := got.Overview
	if o.Dataset.Owner != foreign || len(o.Owners) != 2 || o.Owners[0].Agency != foreign || o.Owners[0].Decision == "" || o.Owners[1].Agency != owner {
		t.Fatalf("the owners: %+v", o)
	}
	refused(t, p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusForbidden, "access.other_agency")
}

func stewardship(t *testing.T, p *province) {
	slug := "khong-dau-moi"
	about := registration(slug)
	ok(t, p.ownerSteward.Post("/api/v1/datasets", about), http.StatusCreated)
	at := "/api/v1/datasets/" + owner + "/" + slug
	ok(t, p.ownerSteward.Post(at+"/schema", m{"fields": fields}), http.StatusCreated)
	var st struct{ Stewards []struct{ ID string } }
	ok(t, p.admin.Get("/api/v1/agencies/"+owner+"/stewards"), http.StatusOK).Into(t, &st)
	for _, s := range st.Stewards {
		if a := p.admin.Post("/api/v1/agencies/"+owner+"/stewards/"+s.ID+"/end", nil); a.Status >= 300 {
			t.Fatal(a)
		}
	}
	defer p.designate(t, owner)
	page := string(ok(t, p.admin.Get("/agency/"+owner), http.StatusOK).Body)
	if !strings.Contains(page, "Chưa có đầu mối") {
		t.Error("the operator's screen does not say that the agency has no steward")
	}
	a := p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": true})
	refused(t, a, http.StatusConflict, "agency.no_active_steward")
	p.designate(t, owner)
	ok(t, p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusOK)
}

func stampedRegistration(t *testing.T, p *province) {
	before := len(incidents(t, p, "state_secret"))
	about := registration("mat-ma")
	about["name"] = "Kế hoạch phòng thủ - TỐI MẬT"
	refused(t, p.ownerSteward.Post("/api/v1/datasets", about), http.StatusUnprocessableEntity, "catalog.secret_marking")
	found := incidents(t, p, "state_secret")
	if len(found) != before+1 || found[0].Severity != "critical" {
		t.Fatalf("incidents: %+v", found)
	}
	refused(t, p.ownerSteward.Get("/api/v1/datasets/"+owner+"/mat-ma"), http.StatusNotFound, "catalog.not_found")
	about = registration("bao-mat")
	about["name"] = "Danh sách cán bộ phụ trách bảo mật"
	ok(t, p.ownerSteward.Post("/api/v1/datasets", about), http.StatusCreated)
	ok(t, p.ownerSteward.Post("/api/v1/datasets/"+owner+"/bao-mat/schema", m{"fields": fields}), http.StatusCreated)
	a := p.ownerSteward.Post("/api/v1/datasets/"+owner+"/bao-mat/register", m{"not_secret": false, "attest": true})
	refused(t, a, http.StatusUnprocessableEntity, "catalog.declaration_missing")
}

type incident struct{ ID, Kind, Severity, State, Summary string }

func incidents(t *testing.T, p *province, kind string) []incident {
	t.Helper()
	var got struct{ Incidents []incident }
	ok(t, p.security.Get("/api/v1/incident?kind="+kind), http.StatusOK).Into(t, &got)
	return got.Incidents
}

func profile(t *testing.T, p *province) {
	p.registerDataset(t, "ho-so", func(_, schema m) { schema["fields"] = fields[:7] })
	var blocks map[string]map[string]any
	ok(t, p.consumerSteward.Get("/api/v1/datasets/"+owner+"/ho-so/profile"), http.StatusOK).Into(t, &blocks)
	for _, name := range []string{"overview", "status", "connections", "grants", "quality", "usage", "incidents"} {
		if blocks[name] == nil {
			t.Errorf("the profile lacks %s", name)
		}
	}
	if blocks["status"]["state"] != "in_catalogue" {
		t.Errorf("status %v", blocks["status"])
	}
	page := string(ok(t, p.consumerSteward.Get("/catalog/"+owner+"/ho-so"), http.StatusOK).Body)
	if !strings.Contains(page, "Hồ sơ tập dữ liệu") && !strings.Contains(page, "Danh sách hộ nghèo") {
		t.Error("no page of the profile")
	}
	refused(t, p.consumerSteward.Get("/api/v1/datasets/"+owner+"/khong-co/profile"), http.StatusNotFound, "catalog.not_found")
}

func purposes(t *testing.T, p *province) {
	var got struct {
		Purposes []struct{ Code, Parent string }
	}
	ok(t, p.admin.Get("/api/v1/purposes"), http.StatusOK).Into(t, &got)
	var roots []string
	for _, x := range got.Purposes {
		if x.Parent == "" {
			roots = append(roots, x.Code)
		}
	}
	if strings.Join(roots, " ") != "CDDH DLM DVC-TTHC PTDB QLNN" {
		t.Fatalf("roots %v", roots)
	}
	add := func(who *harness.Person, parent, code string) harness.Answer {
		return who.Post("/api/v1/purposes", m{"parent": parent, "code": code, "name": "Hỗ trợ học sinh bán trú", "name_en": "Boarding pupils", "case_required": true, "procedure": "1.005144"})
	}
	if a := add(p.admin, "DVC-TTHC", "DVC-TTHC.BANTRU"); a.Status >= 300 {
		t.Fatal(a)
	}
	refused(t, add(p.admin, "DVC-TTHC", "DVC-TTHC.BANTRU"), http.StatusConflict, "access.purpose_taken")
	if a := add(p.admin, "THUONG-MAI", "THUONG-MAI.X"); a.Status < 400 {
		t.Fatalf("a sixth root: %s", a)
	}
	refused(t, add(p.consumerSteward, "QLNN", "QLNN.X"), http.StatusForbidden, "access.permission_missing")
}

// The shipped interface has no word that the glossary forbids; the lint over the sources runs in internal/support.
func TestNothingPointsOutside(t *testing.T) {
	s := harness.Start(t, harness.Options{})
	open := harness.NewClient(t, s.Console)
	address := regexp.MustCompile(`https?://[a-zA-Z0-9.-]+`)
	for _, path := range []string{"/set-up", "/support/terms"} {
		a := ok(t, open.Get(path), http.StatusOK)
		if policy := a.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		for _, at := range address.FindAllString(string(a.Body), -1) {
			if !strings.Contains(at, "127.0.0.1") && !strings.Contains(at, "www.w3.org") {
				t.Errorf("X3: %s loads or links %s", path, at)
			}
		}
		for _, asset := range regexp.MustCompile(`(?:src|href)="(/static/[^"]+)"`).FindAllStringSubmatch(string(a.Body), -1) {
			ok(t, open.Get(asset[1]), http.StatusOK)
		}
	}
	if _, err := os.Stat(s.Dir); err != nil {
		t.Fatal(err)
	}
}

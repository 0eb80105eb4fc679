package acceptance

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

type agency struct {
	Code, Name, Kind, Parent string
	Active                   bool
	Steward                  *struct{ Agency, Name string }
}

func agencies(t *testing.T, c *harness.Client, query url.Values) []agency {
	t.Helper()
	var got struct{ Agencies []agency }
	ok(t, c.Get("/api/v1/agencies?"+query.Encode()), http.StatusOK).Into(t, &got)
	return got.Agencies
}

func TestDieu02(t *testing.T) {
	p := newProvince(t, harness.Options{})
	c := p.admin.Client
	t.Run("R2.1a the profile has 99 communes in two tiers and no district", func(t *testing.T) {
		communes := agencies(t, c, url.Values{"kind": {"commune"}})
		var xa, phuong int
		for _, a := range communes {
			switch {
			case strings.HasPrefix(a.Name, "Ủy ban nhân dân xã "), strings.HasPrefix(a.Name, "UBND xã "), strings.HasPrefix(a.Name, "Xã "):
				xa++
			case strings.HasPrefix(a.Name, "Ủy ban nhân dân phường "), strings.HasPrefix(a.Name, "UBND phường "), strings.HasPrefix(a.Name, "Phường "):
				phuong++
			}
			if a.Parent != "" {
				t.Errorf("%s stands under %s; there is no tier between province and commune", a.Code, a.Parent)
			}
		}
		if len(communes) != 99 || xa != 89 || phuong != 10 {
			t.Fatalf("%d communes, %d xã, %d phường", len(communes), xa, phuong)
		}
		if n := len(agencies(t, c, url.Values{"kind": {"department"}})); n < 14 {
			t.Fatalf("%d departments", n)
		}
		a := c.Do(http.MethodPut, "/api/v1/agencies/H38.77", m{"name": "Huyện Bát Xát", "kind": "district", "valid_from": "2026-01-01"})
		if a.Status != http.StatusUnprocessableEntity {
			t.Fatalf("a district was not refused: %s", a)
		}
		if page := string(ok(t, c.Get("/agency/new"), http.StatusOK).Body); strings.Contains(strings.ToLower(page), "huyện") || !strings.Contains(page, `value="commune"`) {
			t.Fatal("the form offers a district, or no commune")
		}
	})
	t.Run("R2.1a a bulk import adds, changes and leaves alone, all rows or none", func(t *testing.T) {
		csv := c.With("Content-Type", "text/csv")
		good := "code,name,kind,valid_from,parent\nH38.09.91,Trường Mầm non thử nghiệm,service_unit,2026-01-01,H38.09\nH38.09,Sở Giáo dục và Đào tạo,department,2025-03-01,\n"
		var counts struct{ Added, Changed, Same int }
		a := csv.Post("/api/v1/agencies/import", good)
		ok(t, a, http.StatusOK).Into(t, &counts)
		if counts.Added != 1 || counts.Same != 1 || counts.Changed != 0 {
			t.Fatalf("counts %+v", counts)
		}
		renamed := strings.Replace(good, "thử nghiệm", "Hoa Mận", 1)
		ok(t, csv.Post("/api/v1/agencies/import", renamed), http.StatusOK).Into(t, &counts)
		if counts.Changed != 1 || agencies(t, c, url.Values{"q": {"hoa man"}})[0].Code != "H38.09.91" {
			t.Fatalf("counts %+v", counts)
		}
		bad := "code,name,kind,valid_from,parent\nH38.09.92,Trường khác,service_unit,2026-01-01,H38.09\nH38.09.93,Huyện Mường Khương,district,2026-01-01,\n"
		problem := refused(t, csv.Post("/api/v1/agencies/import", bad), http.StatusUnprocessableEntity, "agency.import_rows")
		if len(problem.Errors) != 1 || !strings.Contains(problem.Errors[0].Field, "row 3") {
			t.Fatalf("the wrong row is not named: %+v", problem.Errors)
		}
		if a := c.Get("/api/v1/agencies/H38.09.92"); a.Status != http.StatusNotFound {
			t.Fatalf("half of a refused import stayed: %s", a)
		}
		refused(t, p.ownerSteward.With("Content-Type", "text/csv").Post("/api/v1/agencies/import", good), http.StatusForbidden, "access.permission_missing")
	})
	t.Run("R2.1c a hospital without a steward has its department's", func(t *testing.T) {
		var got agency
		ok(t, c.Get("/api/v1/agencies/H38.10.01"), http.StatusOK).Into(t, &got)
		if got.Kind != "service_unit" || got.Parent != foreign || got.Steward == nil || got.Steward.Agency != foreign {
			t.Fatalf("the hospital: %+v", got)
		}
		ok(t, c.Get("/api/v1/agencies/H38.11"), http.StatusOK).Into(t, &got)
		got = agency{}
		ok(t, c.Get("/api/v1/agencies/H38.11"), http.StatusOK).Into(t, &got)
		if got.Steward != nil {
			t.Fatalf("a department inherits a steward: %+v", got)
		}
		p.designate(t, "H38.10.01")
		ok(t, c.Get("/api/v1/agencies/H38.10.01"), http.StatusOK).Into(t, &got)
		if got.Steward == nil || got.Steward.Agency != "H38.10.01" {
			t.Fatalf("its own steward does not come first: %+v", got.Steward)
		}
		a := c.Do(http.MethodPut, "/api/v1/agencies/H38.10.99", m{"name": "Bệnh viện không cha", "kind": "service_unit", "valid_from": "2026-01-01"})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.String(), "parent") {
			t.Fatalf("a unit without a parent: %s", a)
		}
	})
	t.Run("R2.2 a central vertical agency owns and consumes, by the laws that concern it, unranked", func(t *testing.T) { centralVertical(t, p) })
	t.Run("R2.3 a vendor is sponsored, bound in time, and sees its own only", func(t *testing.T) { vendor(t, p) })
}

func vendor(t *testing.T, p *province) {
	external := func(more m) harness.Answer {
		body := m{"name": "Công ty Phần mềm Thử nghiệm", "kind": "external", "valid_from": "2026-01-01"}
		for k, v := range more {
			body[k] = v
		}
		return p.admin.Do(http.MethodPut, "/api/v1/agencies/V99", body)
	}
	if a := external(nil); a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("an external party without sponsor, end and commitment: %s", a)
	}
	ok(t, external(m{"sponsor": consumer, "commitment": "05/CK-BM ngày 02/03/2026", "valid_to": "2030-01-01"}), http.StatusOK)
	body := m{"username": "nha.thau", "full_name": "Người Nhà Thầu", "agency": "V99", "roles": []string{"vendor"}}
	refused(t, p.admin.Post("/api/v1/account/accounts", body), http.StatusUnprocessableEntity, "account.vendor_incomplete")
	end := time.Now().Add(4 * time.Second)
	v := p.admin.Hire(t, "nha.thau", "Người Nhà Thầu", "V99", m{"sponsor": consumer, "commitment": "05/CK-BM", "valid_to": end.UTC().Format(time.RFC3339Nano)}, "vendor")
	ok(t, v.Get("/api/v1/account/me"), http.StatusOK)
	refused(t, v.Get("/api/v1/connections/requests"), http.StatusForbidden, "access.permission_missing")
	time.Sleep(time.Until(end.Add(50 * time.Millisecond)))
	refused(t, v.Get("/api/v1/account/me"), http.StatusUnauthorized, "access.sign_in_required")
	open := harness.NewClient(t, p.Console)
	refused(t, open.Post("/api/v1/account/sign-in", m{"username": "nha.thau", "password": harness.Password}), http.StatusUnauthorized, "account.sign_in_failed")
}

package acceptance

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

// The register of identifiers with its tester gives exactly the vectors of section 3.2.
func TestDieu11Identifiers(t *testing.T) {
	p := newProvince(t, harness.Options{})
	t.Run("R11.3d each kind of identifier with pattern, issuer, legal reference, sample and check", func(t *testing.T) { identifierRegister(t, p) })
	t.Run("R11.3d the tester, by API and by page", func(t *testing.T) { identifierVectors(t, p) })
	t.Run("R11.3d what is tried stands in no log and no record", func(t *testing.T) { triedIsNotKept(t, p) })
	t.Run("R11.3d a kind changes by the process only, and its sample must be right", func(t *testing.T) { identifierChanges(t, p) })
}

func identifierRegister(t *testing.T, p *province) {
	var got struct {
		Identifiers []struct {
			Code, Pattern, Issuer, Sample, Checksum string
			Legal                                   string `json:"legal_reference"`
		}
	}
	ok(t, p.consumerHead.Get("/api/v1/dictionary/identifiers"), http.StatusOK).Into(t, &got)
	have := map[string]bool{}
	for _, i := range got.Identifiers {
		have[i.Code] = true
		if i.Pattern == "" || i.Issuer == "" || i.Legal == "" || i.Sample == "" || i.Checksum == "" {
			t.Errorf("something is missing: %+v", i)
		}
		var tried struct{ Valid bool }
		ok(t, p.consumerHead.Post("/api/v1/dictionary/identifiers/"+i.Code+"/try", m{"value": i.Sample, "at": "2026-01-01"}), http.StatusOK).Into(t, &tried)
		if !tried.Valid {
			t.Errorf("the sample of %s is refused", i.Code)
		}
	}
	for _, code := range []string{"so_dinh_danh_ca_nhan", "ma_so_doanh_nghiep", "ma_xa", "ma_tinh", "ma_co_quan", "ma_ho_so_tthc", "ma_so_bhxh", "ma_the_bhyt", "ma_thua_dat", "ma_truong_hoc", "ma_co_so_y_te", "ma_tap_du_lieu"} {
		if !have[code] {
			t.Errorf("not in the register: %s", code)
		}
	}
	page := string(ok(t, p.consumerHead.Get("/dictionary/identifiers"), http.StatusOK).Body)
	for _, text := range []string{"Mã định danh", "Mã thửa đất", "Quyết định 20/2020/QĐ-TTg", "H38.02-260512-0007"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not show %q", text)
		}
	}
	refused(t, p.consumerHead.Get("/api/v1/dictionary/identifiers/khong_co"), http.StatusNotFound, "dictionary.identifier_not_found")
	refused(t, harness.NewClient(t, p.Console).Post("/api/v1/dictionary/identifiers/ma_xa/try", m{"value": "02683"}), http.StatusUnauthorized, "access.sign_in_required")
}

func identifierVectors(t *testing.T, p *province) {
	for _, v := range []struct {
		kind string
		body m
		code string // of the refusal; empty when it is right
		fact string
	}{
		{"so_dinh_danh_ca_nhan", m{"value": "999190000123"}, "", `{"name":"sex","value":"female"},{"name":"birth_year","value":"1990"}`},
		{"so_dinh_danh_ca_nhan", m{"value": "999190000123", "sex": "female", "birth_year": 1990}, "", ""},
		{"so_dinh_danh_ca_nhan", m{"value": "999190000123", "sex": "male"}, "dictionary.sex_contradicts_id", ""},
		{"so_dinh_danh_ca_nhan", m{"value": "999190000123", "birth_year": 1991}, "dictionary.birth_year_contradicts_id", ""},
		{"so_dinh_danh_ca_nhan", m{"value": "99190000123"}, "dictionary.lost_leading_zero", ""},
		{"so_dinh_danh_ca_nhan", m{"value": " 999190000123"}, "dictionary.not_a_personal_id", ""},
		{"ma_so_doanh_nghiep", m{"value": "0100109106"}, "", ""},
		{"ma_so_doanh_nghiep", m{"value": "0100684378"}, "", ""},
		{"ma_so_doanh_nghiep", m{"value": "0101248141"}, "", ""},
		{"ma_so_doanh_nghiep", m{"value": "0100109107"}, "dictionary.business_check_digit", ""},
		{"ma_so_doanh_nghiep", m{"value": "0100109106-001"}, "", `"branch_of"`},
		{"ma_so_doanh_nghiep", m{"value": "0100109106001"}, "dictionary.business_id_dash", ""},
		{"ma_co_quan", m{"value": "H38.02"}, "", ""},
		{"ma_co_quan", m{"value": "H38.99.05"}, "", ""},
		{"ma_co_quan", m{"value": "h38-02"}, "dictionary.not_an_agency_code", ""},
		{"ma_co_quan", m{"value": "H38." + strings.Repeat("0001.", 7) + "01"}, "dictionary.too_long", ""},
		{"ma_ho_so_tthc", m{"value": "H38.02-260512-0007"}, "", `{"name":"agency","value":"H38.02"},{"name":"day","value":"2026-05-12"}`},
		{"ma_ho_so_tthc", m{"value": "H38.02-261312-0007"}, "dictionary.case_day", ""},
		{"ma_tap_du_lieu", m{"value": "H38.05/ho-ngheo"}, "", ""},
		{"ma_tap_du_lieu", m{"value": "H38.05/Hộ nghèo"}, "dictionary.pattern", ""},
		{"ma_tinh", m{"value": "15", "at": "2024-01-01"}, "", "Yên Bái"},
		{"ma_tinh", m{"value": "15", "at": "2026-01-01"}, "", "Lào Cai"},
		{"ma_xa", m{"value": "02671", "at": "2023-01-01"}, "", "Nam Cường"},
		{"ma_xa", m{"value": "02671", "at": "2026-01-01"}, "", "Cam Đường"},
		{"ma_xa", m{"value": "02671"}, "dictionary.unit_needs_date", ""},
	} {
		var got struct {
			Valid   bool
			Problem struct{ Code, Detail string }
		}
		a := ok(t, p.consumerHead.Post("/api/v1/dictionary/identifiers/"+v.kind+"/try", v.body), http.StatusOK)
		a.Into(t, &got)
		if got.Valid != (v.code == "") || got.Problem.Code != v.code || v.code != "" && got.Problem.Detail == "" || !strings.Contains(string(a.Body), v.fact) {
			t.Errorf("%s %v: %s", v.kind, v.body, a)
		}
		form := url.Values{}
		for key, value := range v.body {
			if text, is := value.(string); is {
				form.Set(key, text)
			}
		}
		if v.body["birth_year"] != nil || strings.HasPrefix(form.Get("value"), " ") { // the page trims what is typed
			continue
		}
		page := p.consumerHead.With("Content-Type", "application/x-www-form-urlencoded").Post("/dictionary/identifiers/"+v.kind+"/try", form.Encode())
		if want := map[bool]string{true: "Đúng mẫu", false: "Không đúng"}[v.code == ""]; page.Status != http.StatusOK || !strings.Contains(string(page.Body), want) {
			t.Errorf("the page on %s %v: %d", v.kind, v.body, page.Status)
		}
	}
}

func triedIsNotKept(t *testing.T, p *province) {
	const value = "999199887766"
	ok(t, p.consumerHead.Post("/api/v1/dictionary/identifiers/so_dinh_danh_ca_nhan/try", m{"value": value}), http.StatusOK)
	page := p.consumerHead.With("Content-Type", "application/x-www-form-urlencoded").Post("/dictionary/identifiers/so_dinh_danh_ca_nhan/try", "value="+value)
	ok(t, page, http.StatusOK)
	if page.Header.Get("Cache-Control") != "no-store" {
		t.Error("the page with the value may be kept by the browser")
	}
	refused(t, p.consumerHead.Get("/api/v1/dictionary/identifiers/so_dinh_danh_ca_nhan/try?value="+value), http.StatusMethodNotAllowed, "web.method_not_allowed")
	p.Stop()
	if strings.Contains(strings.ReplaceAll(p.Output(), "try?value="+value, ""), value) {
		t.Error("the server's output holds the value")
	}
	err := filepath.WalkDir(p.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(body), value) {
			t.Errorf("%s holds the value", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Run()
	for _, who := range []*harness.Person{p.ownerSteward, p.appraiser, p.approver, p.engineer} {
		if who.Get("/api/v1/dictionary/identifiers").Status == http.StatusUnauthorized {
			who.SignIn()
		}
	}
}

func identifierChanges(t *testing.T, p *province) {
	in := m{"kind": "identifier", "action": "create", "reason": "Cần quản lý mã rừng theo kiểm kê", "identifier": m{
		"code": "ma_lo_rung", "name": "Mã lô rừng", "meaning": "Mã của một lô rừng trong hồ sơ quản lý rừng", "issuer": "Cơ quan kiểm lâm", "legal_reference": "Luật Lâm nghiệp",
		"pattern": "[0-9]{3}[a-z]", "checksum": "none", "sample": "12", "class": "normal",
	}}
	refused(t, p.ownerSteward.Post("/api/v1/dictionary/proposals", in), http.StatusUnprocessableEntity, "dictionary.sample_wrong")
	in["identifier"].(m)["sample"] = "123a"
	p.publishNow(t, in, nil)
	var tried struct{ Valid bool }
	ok(t, p.engineer.Post("/api/v1/dictionary/identifiers/ma_lo_rung/try", m{"value": "077b"}), http.StatusOK).Into(t, &tried)
	if !tried.Valid {
		t.Error("the new kind does not take a right value")
	}
	if a := p.engineer.Do(http.MethodPut, "/api/v1/dictionary/identifiers/ma_lo_rung", in); a.Status != http.StatusMethodNotAllowed {
		t.Errorf("changed past the process: %s", a)
	}
}

package catalogweb

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

const base = "/api/v1/datasets/H38.05/ho-ngheo"

const draft = `{"slug":"ho-ngheo","name":"Danh sách hộ nghèo","description":"Danh sách hộ nghèo, hộ cận nghèo của toàn tỉnh theo kết quả rà soát hằng năm.",
"sharing":{"everyone":true,"fields":["ma_ho"],"purposes":["QLNN"],"levels":["use"]},"method":"file","method_reason":"Phần mềm chưa có giao diện","automate_by":"2027-06-30","frequency":"daily",
"formats":["CSV"],"legal_basis":"Quy chế dữ liệu số","form":"table","nature":"specialised","scope":"shared","class":"internal","official_system":"sys-05"}`

// api calls an operation and holds its status.
func (s *site) api(t *testing.T, status int, method, path string, who person, body string) string {
	t.Helper()
	code, answer := s.call(t, method, path, who, body)
	if code != status {
		t.Fatalf("%s %s as %s: %d, want %d\n%s", method, path, who.role, code, status, answer)
	}
	return answer
}

func TestOperationsOfTheWholeWay(t *testing.T) {
	s := newSite(t)
	s.api(t, http.StatusUnauthorized, "GET", "/api/v1/datasets", nobody, "")
	s.api(t, http.StatusForbidden, "POST", "/api/v1/datasets", appraiser, draft)
	s.api(t, http.StatusUnprocessableEntity, "POST", "/api/v1/datasets", steward, `{"slug":"ho-ngheo","name":""}`)
	made := s.api(t, http.StatusCreated, "POST", "/api/v1/datasets", steward, draft)
	if !strings.Contains(made, `"automate_by":"2027-06-30"`) || !strings.Contains(made, `"owner":"H38.05"`) {
		t.Errorf("created: %s", made)
	}
	s.api(t, http.StatusConflict, "POST", "/api/v1/datasets", steward, draft)
	s.api(t, http.StatusConflict, "PUT", base, steward, strings.Replace(draft, `"slug":"ho-ngheo"`, `"revision":7`, 1))
	s.api(t, http.StatusNotFound, "PUT", base, stranger, strings.Replace(draft, `"slug":"ho-ngheo"`, `"revision":1`, 1))
	s.api(t, http.StatusOK, "PUT", base, steward, strings.Replace(draft, `"slug":"ho-ngheo"`, `"revision":1`, 1))
	s.api(t, http.StatusNotFound, "GET", base+"/schema", steward, "")
	s.api(t, http.StatusUnprocessableEntity, "POST", base+"/schema", steward, `{"fields":[{"name":"ma_ho","element":"khong_co","key":true}]}`)
	if answer := s.api(t, http.StatusCreated, "POST", base+"/schema", steward, `{"fields":[{"name":"ma_ho","element":"ma_ho","key":true}]}`); !strings.Contains(answer, `"version":1`) {
		t.Errorf("schema: %s", answer)
	}
	if answer := s.api(t, http.StatusOK, "GET", base+"/schema", steward, ""); !strings.Contains(answer, "https://json-schema.org/draft/2020-12/schema") {
		t.Errorf("JSON Schema: %s", answer)
	}
	if answer := s.api(t, http.StatusUnprocessableEntity, "POST", base+"/register", steward, `{"not_secret":false,"attest":true}`); !strings.Contains(answer, "catalog.declaration_missing") {
		t.Errorf("without the declaration: %s", answer)
	}
	s.api(t, http.StatusNotFound, "POST", base+"/register", stranger, `{"not_secret":true,"attest":true}`)
	for _, step := range []struct {
		verb, body, state string
		who               person
	}{
		{"register", `{"not_secret":true,"attest":true}`, "registered", steward},
		{"return", `{"comments":"Nêu rõ thời kỳ"}`, "returned", appraiser},
		{"register", `{"not_secret":true,"attest":true}`, "registered", steward},
		{"review", `{"basis":"Điều 7"}`, "reviewed", appraiser},
		{"approve", "", "approved", approver},
		{"suspend", `{"reason":"Rà soát nguồn"}`, "suspended", appraiser},
		{"resume", "", "in_catalogue", appraiser},
		{"transfer", `{"agency":"H38.04","official_system":"sys-04","decision":"15/QĐ-UBND","from":"2026-01-01"}`, "in_catalogue", approver},
		{"retire", `{"reason":"Gộp dữ liệu"}`, "retiring", approver},
		{"end", "", "retired", approver},
	} {
		if step.verb == "suspend" {
			s.issue(t, "12/QĐ-UBND")
		}
		if answer := s.api(t, http.StatusOK, "POST", base+"/"+step.verb, step.who, step.body); !strings.Contains(answer, `"state":"`+step.state+`"`) {
			t.Errorf("%s: %s", step.verb, answer)
		}
	}
	if answer := s.api(t, http.StatusOK, "GET", "/api/v1/datasets?q=ho+ngheo&owner=H38.04", steward, ""); strings.Count(answer, `"code":`) != 1 {
		t.Errorf("list: %s", answer)
	}
}

// R1.1: the profile answers the seven blocks, each with its last change or the permission that is missing.
func TestProfileOperation(t *testing.T) {
	s := newSite(t)
	s.reviewed(t)
	s.deliver(t, "ma_ho,chu_ho,so_dinh_danh\nH1,Giàng Thị Mẩy,999190000123\n")
	var blocks map[string]map[string]any
	if err := json.Unmarshal([]byte(s.api(t, http.StatusOK, "GET", base+"/profile", steward, "")), &blocks); err != nil {
		t.Fatal(err)
	}
	if len(blocks) != 7 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for _, name := range []string{"overview", "status", "quality"} {
		if blocks[name]["changed_at"] == nil {
			t.Errorf("%s has no last change", name)
		}
	}
	if blocks["grants"]["forbidden"] != nil || blocks["connections"]["forbidden"] != nil {
		t.Errorf("grants %v, connections %v", blocks["grants"], blocks["connections"])
	}
	current, _ := blocks["quality"]["current"].(map[string]any)
	if current["number"] != float64(1) || current["rows"] != float64(1) {
		t.Errorf("current version: %v", current)
	}
	if _, last := blocks["quality"]["last_deliveries"]; !last {
		t.Error("the owner does not see the deliveries")
	}
	var others map[string]map[string]any
	if err := json.Unmarshal([]byte(s.api(t, http.StatusOK, "GET", base+"/profile", stranger, "")), &others); err != nil {
		t.Fatal(err)
	}
	if _, last := others["quality"]["last_deliveries"]; last || others["quality"]["forbidden"] != "access.other_agency" {
		t.Errorf("another agency sees %v", others["quality"])
	}
}

func TestDescriptionOfDays(t *testing.T) {
	s := newSite(t)
	spec := s.api(t, http.StatusOK, "GET", "/api/v1/openapi.json", nobody, "")
	if !strings.Contains(spec, `"automate_by":{"format":"date","type":"string"}`) {
		t.Error("the day of automation is not described as a date")
	}
}

package acceptance

import (
	"encoding/csv"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/acceptance/harness"
	"lienthong/internal/document"
)

// newElement is a proposal of an element as a steward sends it.
func newElement(code, name string) m {
	return m{
		"kind": "element", "action": "create", "reason": "Cần cho việc kiểm kê rừng năm 2026",
		"element": m{
			"code": code, "name": name, "meaning": "Diện tích rừng của chủ rừng theo kết quả kiểm kê",
			"definition": m{"type": "decimal", "precision": 12, "scale": 2, "unit": "ha"}, "rule": m{"owner": owner, "class": "normal", "standard": "TCVN 11565:2016"},
		},
	}
}

// dictProposal as the API tells it.
type dictProposal struct {
	ID, Number, State string
	Label             string `json:"semantic_version"`
	Level             string
	Revision          int64
	Version           int
	Changes           []struct{ Field, Before, After, Level string }
	Impact            struct {
		Datasets, Versions int
		Published          int `json:"published_versions"`
		Fields             []struct{ Dataset, Field string }
		Connections        []struct{ Number string }
	}
}

// propose sends a proposal and gives it back.
func (p *province) propose(t *testing.T, in m) dictProposal {
	t.Helper()
	var made dictProposal
	ok(t, p.ownerSteward.Post("/api/v1/dictionary/proposals", in), http.StatusCreated).Into(t, &made)
	return made
}

// publishNow takes a proposal through review, consultation and approval.
func (p *province) publishNow(t *testing.T, in m, approve m) dictProposal {
	t.Helper()
	made := p.propose(t, in)
	at := "/api/v1/dictionary/proposals/" + made.ID
	ok(t, p.appraiser.Post(at+"/consult", m{"days": 3}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/close-consultation", m{"reason": "Các cơ quan đã trả lời đủ"}), http.StatusOK)
	if approve == nil {
		approve = m{}
	}
	ok(t, p.approver.Post(at+"/approve", approve), http.StatusOK).Into(t, &made)
	return made
}

func (p *province) element(t *testing.T, code string) (versions []struct {
	Version   int
	Name      string
	Label     string `json:"semantic_version"`
	Effective string `json:"effective_from"`
	Replaced  string `json:"replaced_by"`
}) {
	t.Helper()
	var got struct{ Versions any }
	got.Versions = &versions
	ok(t, p.engineer.Get("/api/v1/dictionary/elements/"+code), http.StatusOK).Into(t, &got)
	return versions
}

// Điều 11: the dictionary and the code lists change by a process only (R11.6b, R3.11).
func TestDieu11Dictionary(t *testing.T) {
	p := withData(t, harness.Options{}, 5)
	t.Run("R11.6b proposal, review, consultation, approval by another, version with its date", func(t *testing.T) { wayOfAProposal(t, p) })
	t.Run("R11.6b nobody changes the dictionary past the process", func(t *testing.T) { noWayRound(t, p) })
	t.Run("R11.6b an element in use is not removed, only retired with a replacement", func(t *testing.T) { usedStays(t, p) })
	t.Run("R11.6b two at once about the same thing: one is taken", func(t *testing.T) { oneAtATime(t, p) })
	t.Run("R11.6b code lists: a file with every wrong line, versions, no code lost", func(t *testing.T) { codeLists(t, p) })
	t.Run("R3.11 elements with their four blocks, found without marks, exact spelling first; difference of two versions; export", func(t *testing.T) { elements(t, p) })
}

func wayOfAProposal(t *testing.T, p *province) {
	at := "/api/v1/dictionary/proposals"
	refused(t, p.consumerHead.Post(at, newElement("dien_tich_rung", "Diện tích rừng")), http.StatusForbidden, "access.permission_missing")
	bad := newElement("Sai Mã", " ")
	bad["reason"] = "ngắn"
	a := p.ownerSteward.Post(at, bad)
	for _, code := range []string{"dictionary.bad_code", "dictionary.name_missing", "dictionary.reason_missing"} {
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(string(a.Body), code) {
			t.Errorf("all that is wrong at once: %s lacks %s", a, code)
		}
	}
	made := p.propose(t, newElement("dien_tich_rung", "Diện tích rừng"))
	one := at + "/" + made.ID
	if made.State != "proposed" || made.Label != "1.0.0" {
		t.Fatalf("%+v", made)
	}
	refused(t, p.ownerSteward.Post(one+"/consult", m{"days": 3}), http.StatusForbidden, "access.permission_missing")
	refused(t, p.approver.Post(one+"/approve", nil), http.StatusConflict, "dictionary.wrong_state")
	refused(t, p.appraiser.Post(one+"/consult", m{"days": 99}), http.StatusUnprocessableEntity, "dictionary.days_out_of_range")
	refused(t, p.appraiser.Post(one+"/consult", m{"days": 3, "agencies": []string{"H38.9Z"}}), http.StatusUnprocessableEntity, "dictionary.agency_unknown")
	ok(t, p.appraiser.Post(one+"/consult", m{"days": 3, "agencies": []string{consumer}}), http.StatusOK)
	if !p.hasTask(t, p.consumerSteward, "/dictionary/proposals/"+made.ID) {
		t.Error("the agency asked has no task in its inbox")
	}
	refused(t, p.consumerSteward.Post(one+"/comments", m{"stance": "disagree"}), http.StatusUnprocessableEntity, "dictionary.comment_missing")
	ok(t, p.consumerSteward.Post(one+"/comments", m{"stance": "amend", "text": "Nên ghi rõ năm kiểm kê"}), http.StatusOK)
	if p.hasTask(t, p.consumerSteward, "/dictionary/proposals/"+made.ID) {
		t.Error("the task of an agency that has answered stays open")
	}
	refused(t, p.approver.Post(one+"/approve", nil), http.StatusConflict, "dictionary.still_consulting")
	ok(t, p.appraiser.Post(one+"/close-consultation", m{"reason": "Các cơ quan đã trả lời đủ"}), http.StatusOK)
	refused(t, p.approver.Post(one+"/approve", m{"effective_from": "2020-01-01"}), http.StatusUnprocessableEntity, "dictionary.effective_past")
	ok(t, p.approver.Post(one+"/approve", nil), http.StatusOK)
	if v := p.element(t, "dien_tich_rung"); len(v) != 1 || v[0].Label != "1.0.0" {
		t.Fatalf("%+v", v)
	}
	var log struct {
		Steps    []struct{ To string }
		Comments []struct{ Agency, Text string }
	}
	ok(t, p.consumerHead.Get(one), http.StatusOK).Into(t, &log)
	if len(log.Steps) != 3 || len(log.Comments) != 1 || log.Comments[0].Agency != consumer {
		t.Fatalf("the way is not told: %+v", log)
	}

	// nobody approves what he proposed or reviewed
	own := newElement("cua_phe_duyet", "Phần tử của người phê duyệt")
	var mine dictProposal
	ok(t, p.approver.Post(at, own), http.StatusCreated).Into(t, &mine)
	ok(t, p.appraiser.Post(at+"/"+mine.ID+"/consult", m{"days": 1}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/"+mine.ID+"/close-consultation", m{"reason": "Chỉ cơ quan vận hành dùng"}), http.StatusOK)
	refused(t, p.approver.Post(at+"/"+mine.ID+"/approve", nil), http.StatusForbidden, "dictionary.own_proposal")
	var reviewed dictProposal
	ok(t, p.appraiser.Post(at, newElement("cua_tham_dinh", "Phần tử của người thẩm định")), http.StatusCreated).Into(t, &reviewed)
	refused(t, p.appraiser.Post(at+"/"+reviewed.ID+"/consult", m{"days": 1}), http.StatusForbidden, "dictionary.own_proposal")

	// a version with a day to come: the one before holds until then; who follows it is told
	ok(t, p.consumerSteward.Do(http.MethodPut, "/api/v1/dictionary/subscriptions/element/dien_tich_rung", nil), http.StatusNoContent)
	refused(t, p.consumerSteward.Do(http.MethodPut, "/api/v1/dictionary/subscriptions/element/khong_co", nil), http.StatusNotFound, "dictionary.element_not_found")
	next := newElement("dien_tich_rung", "Diện tích rừng theo kiểm kê")
	next["action"], next["base"], next["level"] = "revise", 1, "patch"
	next["element"].(m)["definition"] = m{"type": "decimal", "precision": 8, "scale": 2, "unit": "ha"}
	refused(t, p.ownerSteward.Post(at, next), http.StatusUnprocessableEntity, "dictionary.level_too_low")
	delete(next, "level")
	tomorrow := time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	later := p.publishNow(t, next, m{"effective_from": tomorrow})
	if later.Label != "2.0.0" || later.Level != "major" {
		t.Fatalf("%+v", later)
	}
	v := p.element(t, "dien_tich_rung")
	if len(v) != 2 || v[0].Effective != tomorrow {
		t.Fatalf("%+v", v)
	}
	var now struct {
		Elements []struct {
			Code    string
			Version int
		}
	}
	ok(t, p.engineer.Get("/api/v1/dictionary/elements?q=dien+tich+rung"), http.StatusOK).Into(t, &now)
	if len(now.Elements) != 1 || now.Elements[0].Version != 1 {
		t.Fatalf("before its day the new version holds: %+v", now)
	}
	if a := p.consumerSteward.Get("/tasks/notices"); !strings.Contains(string(a.Body), "2.0.0") {
		t.Error("who follows the element was not told")
	}
}

// hasTask looks into somebody's inbox.
func (p *province) hasTask(t *testing.T, who *harness.Person, path string) bool {
	t.Helper()
	return strings.Contains(string(ok(t, who.Get("/tasks"), http.StatusOK).Body), path)
}

func noWayRound(t *testing.T, p *province) {
	for _, who := range []*harness.Person{p.admin, p.engineer, p.approver, p.ownerSteward} {
		for _, call := range [][2]string{{http.MethodPost, "/api/v1/dictionary/elements"}, {http.MethodPut, "/api/v1/dictionary/elements/ho_ten"}, {http.MethodPut, "/api/v1/code-lists/gioi_tinh"}, {http.MethodPost, "/api/v1/code-lists"}} {
			if a := who.Do(call[0], call[1], newElement("ho_ten", "Tên")); a.Status != http.StatusMethodNotAllowed && a.Status != http.StatusNotFound {
				t.Errorf("%s %s by %s: %s", call[0], call[1], who.Username, a)
			}
		}
	}
}

func usedStays(t *testing.T, p *province) {
	remove := func(who *harness.Person, code string) harness.Answer {
		return who.Do(http.MethodDelete, "/api/v1/dictionary/elements/"+code, nil)
	}
	a := remove(p.appraiser, "dan_toc")
	refused(t, a, http.StatusConflict, "dictionary.element_used")
	if !strings.Contains(string(a.Body), households) {
		t.Errorf("the user is not named: %s", a)
	}
	refused(t, remove(p.appraiser, "slug"), http.StatusConflict, "dictionary.element_published")
	refused(t, remove(p.appraiser, "khong_co"), http.StatusNotFound, "dictionary.element_not_found")
	made := p.propose(t, newElement("se_rut", "Phần tử sẽ rút"))
	refused(t, remove(p.consumerSteward, "se_rut"), http.StatusForbidden, "access.other_agency")
	ok(t, remove(p.ownerSteward, "se_rut"), http.StatusNoContent)
	var left dictProposal
	ok(t, p.ownerSteward.Get("/api/v1/dictionary/proposals/"+made.ID), http.StatusOK).Into(t, &left)
	if left.State != "withdrawn" {
		t.Fatalf("%+v", left)
	}
	retire := m{"kind": "element", "action": "retire", "subject": "so_thanh_vien", "reason": "Thay bằng phần tử chung về số lượng"}
	refused(t, p.ownerSteward.Post("/api/v1/dictionary/proposals", retire), http.StatusUnprocessableEntity, "dictionary.replacement_missing")
	retire["replacement"] = "so_luong"
	before := p.propose(t, retire)
	var whole dictProposal
	ok(t, p.approver.Get("/api/v1/dictionary/proposals/"+before.ID), http.StatusOK).Into(t, &whole)
	if whole.Impact.Datasets != 1 || len(whole.Impact.Fields) != 1 || whole.Impact.Fields[0].Field != "so_nguoi" || whole.Impact.Published != 1 {
		t.Fatalf("what it touches is not told before the approval: %+v", whole.Impact)
	}
	ok(t, p.ownerSteward.Post("/api/v1/dictionary/proposals/"+before.ID+"/withdraw", nil), http.StatusOK)
	p.publishNow(t, retire, nil)
	if v := p.element(t, "so_thanh_vien"); v[0].Replaced != "so_luong" || v[0].Label != "1.1.0" || len(v) != 2 {
		t.Fatalf("%+v", v)
	}
	if page := string(ok(t, p.engineer.Get("/dictionary/element/so_thanh_vien"), http.StatusOK).Body); !strings.Contains(page, "Dùng phần tử thay thế: so_luong") {
		t.Error("the page does not lead to the replacement")
	}
}

func oneAtATime(t *testing.T, p *province) {
	var made, taken int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, who := range []*harness.Person{p.ownerSteward, p.consumerSteward, p.engineer, p.second} {
		wg.Go(func() {
			a, err := who.Try(http.MethodPost, "/api/v1/dictionary/proposals", newElement("cung_luc", "Phần tử cùng lúc"))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && a.Status == http.StatusCreated:
				made++
			case err == nil && a.Status == http.StatusConflict && a.Code() == "dictionary.proposal_open":
				taken++
			default:
				t.Errorf("%v %s", err, a)
			}
		})
	}
	wg.Wait()
	if made != 1 || taken != 3 {
		t.Errorf("%d made, %d refused", made, taken)
	}
}

func codeLists(t *testing.T, p *province) {
	at := "/api/v1/code-lists/import?name=loai_rung&title=Lo%E1%BA%A1i+r%E1%BB%ABng&reason=C%E1%BA%A7n+cho+vi%E1%BB%87c+ki%E1%BB%83m+k%C3%AA"
	send := func(who *harness.Person, at, body string) harness.Answer {
		return who.With("Content-Type", "text/csv").Post(at, body)
	}
	a := send(p.ownerSteward, at, "code;label;valid_from;valid_to\nSX;Rừng sản xuất;;\n;Thiếu mã;;\nPH;Rừng phòng hộ;31/02/2026;\nSX;Lặp lại;;\nDD;Rừng đặc dụng;2026-05-01;2026-04-01\n")
	refused(t, a, http.StatusUnprocessableEntity, "dictionary.import_rows")
	for _, row := range []string{"row 3, code", "row 4, valid_from", "row 5, code", "row 6, valid_to"} {
		if !strings.Contains(string(a.Body), row) {
			t.Errorf("not told: %s in %s", row, a)
		}
	}
	if list := p.ownerSteward.Get("/api/v1/dictionary/proposals?kind=code_list&subject=loai_rung"); !strings.Contains(string(list.Body), `"proposals":[]`) {
		t.Errorf("something of the refused file was kept: %s", list)
	}
	refused(t, send(p.consumerHead, at, "code,label\nSX,Rừng\n"), http.StatusForbidden, "access.permission_missing")
	refused(t, send(p.ownerSteward, at, "ma so,ghi chu\nSX,Rừng\n"), http.StatusUnprocessableEntity, "dictionary.import_columns")
	decide := func(id string) {
		t.Helper()
		one := "/api/v1/dictionary/proposals/" + id
		ok(t, p.appraiser.Post(one+"/consult", m{"days": 3}), http.StatusOK)
		ok(t, p.appraiser.Post(one+"/close-consultation", m{"reason": "Các cơ quan đã trả lời đủ"}), http.StatusOK)
		ok(t, p.approver.Post(one+"/approve", nil), http.StatusOK)
	}
	var made dictProposal
	ok(t, send(p.ownerSteward, at, "Mã;Tên;Từ ngày;Đến ngày\nSX;Rừng sản xuất;;31/12/2025\nPH;Rừng phòng hộ;01/01/2026;\n"), http.StatusCreated).Into(t, &made)
	decide(made.ID)
	a = send(p.ownerSteward, at, "code,label\nPH,Rừng phòng hộ\n")
	refused(t, a, http.StatusConflict, "dictionary.code_removed")
	ok(t, send(p.ownerSteward, at, "code,label,valid_from,valid_to\nSX,Rừng sản xuất,,2025-12-31\nPH,Rừng phòng hộ,2026-01-01,\nDD,Rừng đặc dụng,2026-01-01,\n"), http.StatusCreated).Into(t, &made)
	if made.Label != "1.1.0" || len(made.Changes) != 1 || made.Changes[0].Field != "item:DD" {
		t.Fatalf("%+v", made)
	}
	decide(made.ID)
	for day, want := range map[string]string{"2025-06-01": `"SX"`, "2026-06-01": `"DD"`} {
		a := ok(t, p.engineer.Get("/api/v1/code-lists/loai_rung?at="+day), http.StatusOK)
		if !strings.Contains(string(a.Body), want) || strings.Contains(string(a.Body), `"SX"`) == (day > "2026") {
			t.Errorf("as of %s: %s", day, a)
		}
	}
	if a := ok(t, p.engineer.Get("/api/v1/code-lists/loai_rung/diff?from=1&to=2"), http.StatusOK); !strings.Contains(string(a.Body), "Rừng đặc dụng") {
		t.Errorf("the difference: %s", a)
	}
	if a := ok(t, p.engineer.Get("/api/v1/code-lists/loai_rung?version=1"), http.StatusOK); strings.Contains(string(a.Body), `"DD"`) {
		t.Errorf("version 1: %s", a)
	}
	byCommand(t, p)
	past := history(t, p.engineer, "/code-lists/loai_rung")
	if len(past) < 2 {
		t.Errorf("the history of the list holds %d changes", len(past))
	}
}

func elements(t *testing.T, p *province) {
	for code, name := range map[string]string{"ho_ngheo_a": "Hộ nghèo", "ho_ngheo_b": "Hồ nghèo đặc biệt", "ho_ngheo_c": "Danh sách hộ nghèo"} {
		e := newElement(code, name)
		e["element"].(m)["rule"].(m)["master_code"] = "DLC." + code
		e["element"].(m)["definition"].(m)["format"] = "1.234,56"
		p.publishNow(t, e, nil)
	}
	var got struct {
		Elements []struct {
			Code, Name, Meaning string
			Definition          struct{ Type, Unit, Format string }
			Rule                struct {
				Owner, Class, Standard string
				Master                 string `json:"master_code"`
				From                   string `json:"valid_from"`
			}
		}
		Next string
	}
	find := func(q string) []string {
		ok(t, p.engineer.Get("/api/v1/dictionary/elements?q="+q), http.StatusOK).Into(t, &got)
		var codes []string
		for _, e := range got.Elements {
			codes = append(codes, e.Code)
		}
		return codes
	}
	if codes := find("ho+ngheo"); len(codes) != 3 {
		t.Errorf("without marks: %v", codes)
	}
	if codes := find("h%E1%BB%93+ngh%C3%A8o"); len(codes) != 3 || codes[0] != "ho_ngheo_b" {
		t.Errorf("hồ nghèo: %v", codes)
	}
	if codes := find("h%E1%BB%99+ngh%C3%A8o"); len(codes) != 3 || codes[0] != "ho_ngheo_a" || codes[1] != "ho_ngheo_c" {
		t.Errorf("hộ nghèo: %v", codes)
	}
	e := got.Elements[0]
	if e.Meaning == "" || e.Definition.Type != "decimal" || e.Definition.Unit != "ha" || e.Definition.Format == "" || e.Rule.Owner != owner || e.Rule.Class != "normal" || e.Rule.Standard == "" || e.Rule.Master == "" || e.Rule.From == "" {
		t.Errorf("the four blocks: %+v", e)
	}
	ok(t, p.engineer.Get("/api/v1/dictionary/elements?q=ho+ngheo&limit=2"), http.StatusOK).Into(t, &got)
	first := got.Elements[0].Code + got.Elements[1].Code
	ok(t, p.engineer.Get("/api/v1/dictionary/elements?q=ho+ngheo&limit=2&after="+got.Next), http.StatusOK).Into(t, &got)
	if len(got.Elements) != 1 || strings.Contains(first, got.Elements[0].Code) {
		t.Errorf("the second page: %+v after %s", got.Elements, first)
	}
	next := newElement("ho_ngheo_a", "Hộ nghèo theo chuẩn mới")
	next["action"], next["base"] = "revise", 1
	p.publishNow(t, next, nil)
	if a := ok(t, p.engineer.Get("/api/v1/dictionary/elements/ho_ngheo_a/diff?from=1&to=2"), http.StatusOK); !strings.Contains(string(a.Body), "Hộ nghèo theo chuẩn mới") {
		t.Errorf("the difference: %s", a)
	}
	if page := string(ok(t, p.engineer.Get("/dictionary/element/ho_ngheo_a/diff?from=1&to=2"), http.StatusOK).Body); !strings.Contains(page, "Hộ nghèo theo chuẩn mới") || !strings.Contains(page, "Mã trường dữ liệu chủ quốc gia") {
		t.Error("the page of the difference does not tell it")
	}
	refused(t, p.engineer.Get("/api/v1/dictionary/elements/ho_ngheo_a/diff?from=1&to=7"), http.StatusNotFound, "dictionary.element_not_found")

	table := ok(t, p.engineer.Get("/api/v1/dictionary/export?format=csv"), http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(table.Body), "\uFEFF"))).ReadAll()
	if err != nil || len(rows) < 30 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if a := ok(t, p.engineer.Get("/api/v1/dictionary/export?format=xlsx"), http.StatusOK); !strings.HasPrefix(string(a.Body), "PK") {
		t.Error("the workbook is none")
	}
	var all struct{ Elements []any }
	ok(t, p.engineer.Get("/api/v1/dictionary/export?format=json"), http.StatusOK).Into(t, &all)
	if len(all.Elements) != len(rows)-1 {
		t.Errorf("%d elements as JSON, %d rows", len(all.Elements), len(rows)-1)
	}
	refused(t, p.engineer.Get("/api/v1/dictionary/export?format=doc"), http.StatusUnprocessableEntity, "dictionary.bad_format")
	refused(t, harness.NewClient(t, p.Console).Get("/api/v1/dictionary/elements"), http.StatusUnauthorized, "access.sign_in_required")
}

// byCommand proposes a list from a workbook and exports the dictionary, as a script would.
func byCommand(t *testing.T, p *province) {
	t.Helper()
	kept := filepath.Join(t.TempDir(), "session")
	run := func(in string, args ...string) (string, int) {
		return harness.CLI(t, in, append(args, "--session", kept)...)
	}
	if out, code := run(harness.Password+"\n", "sign-in", "--server", p.Console, "--username", p.ownerSteward.Username); code != 0 {
		t.Fatal(out)
	}
	write := func(rows ...[]any) string {
		file, err := document.XLSX(document.Sheet{Name: "Mã", Columns: []document.Column{{Title: "code"}, {Title: "label"}, {Title: "valid_from"}}, Rows: rows})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "ma.xlsx")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	propose := []string{"dictionary", "propose-list", "--name", "chat_lieu_nha", "--title", "Chất liệu nhà", "--reason", "Cần cho rà soát nhà tạm"}
	if out, code := run("", append(propose, write([]any{"01", "Gỗ", "ngày mai"}, []any{"", "Tre", ""}))...); code == 0 || !strings.Contains(out, "row 2, valid_from") || !strings.Contains(out, "row 3, code") {
		t.Errorf("a workbook with wrong lines: exit %d: %s", code, out)
	}
	out, code := run("", append(propose, write([]any{"01", "Gỗ", "2026-01-01"}, []any{"02", "Tre, nứa", ""}))...)
	if code != 0 || !strings.Contains(out, `"01"`) || !strings.Contains(out, "Tre, nứa") || !strings.Contains(out, "proposed") {
		t.Errorf("a workbook: exit %d: %s", code, out)
	}
	if out, code := run("", "dictionary", "export", "--format", "csv"); code != 0 || !strings.Contains(out, "so_dinh_danh_ca_nhan") {
		t.Errorf("export: exit %d: %.300s", code, out)
	}
}

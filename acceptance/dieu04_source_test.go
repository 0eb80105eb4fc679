package acceptance

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// mapping as the API tells it.
type mappingAnswer struct {
	Percent int `json:"coverage_percent"`
	Mapped  int
	Fields  int
	Missing []string
	Table   []struct {
		Field, Element, Proposal string
		Suggestions              []struct{ Element, Why string }
		Proposals                []struct{ Number, State string } `json:"dictionary_proposals"`
	}
}

// Điều 4.3 and 4.5: one official source of each fact, and every field of shared data in the dictionary.
func TestDieu04Sources(t *testing.T) {
	p := newProvince(t, harness.Options{})
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	p.registerSystem(t, otherSystem, "Hệ thống thông tin y tế", foreign)
	t.Run("R4.5 mapping, coverage, suggestions, a proposal for what is not in the dictionary; the gate", func(t *testing.T) { mappingGate(t, p) })
	t.Run("R4.3a one official source of each element of an entity; copies, conflicts, transfer by decision", func(t *testing.T) { oneSource(t, p) })
}

func mappingGate(t *testing.T, p *province) {
	at := "/api/v1/datasets/" + owner + "/anh-xa"
	about := registration("anh-xa")
	ok(t, p.ownerSteward.Post("/api/v1/datasets", about), http.StatusCreated)
	own := []m{
		{"name": "ma_ho", "element": "ma_ho", "key": true, "required": true},
		{"name": "nguon_nuoc", "label": "Nguồn nước sinh hoạt", "proposal": "loại nguồn nước chính của hộ", "required": true, "class": "internal"},
		{"name": "ho_va_ten", "label": "Họ và tên", "proposal": "họ tên chủ hộ", "class": "basic_personal"},
	}
	about["sharing"].(m)["fields"], about["revision"] = names(own), 1
	delete(about, "slug")
	ok(t, p.ownerSteward.Do(http.MethodPut, at, about), http.StatusOK)
	ok(t, p.ownerSteward.Post(at+"/schema", m{"fields": own}), http.StatusCreated)
	var got mappingAnswer
	ok(t, p.ownerSteward.Get(at+"/mapping"), http.StatusOK).Into(t, &got)
	if got.Percent != 33 || got.Mapped != 1 || got.Fields != 3 || fmt.Sprint(got.Missing) != "[nguon_nuoc]" {
		t.Fatalf("%+v", got)
	}
	if s := got.Table[2].Suggestions; len(s) == 0 || s[0].Element != "ho_ten" || s[0].Why != "name" {
		t.Errorf("suggested for họ và tên: %+v", s)
	}
	ok(t, p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusOK)
	refused(t, p.appraiser.Post(at+"/review", m{"basis": "Điều 4.5 Quy chế"}), http.StatusConflict, "catalog.mapping_incomplete")
	ok(t, p.appraiser.Post(at+"/return", m{"comments": "Hãy ánh xạ trường bắt buộc"}), http.StatusOK)
	put := func(who *harness.Person, fields ...m) harness.Answer {
		return who.Do(http.MethodPut, at+"/mapping", m{"fields": fields})
	}
	refused(t, put(p.consumerSteward, m{"field": "ma_ho", "element": "ma_ho"}), http.StatusNotFound, "catalog.not_found")
	a := put(p.ownerSteward, m{"field": "khong_co", "element": "ho_ten"}, m{"field": "nguon_nuoc", "element": "khong_co"})
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(string(a.Body), "catalog.unknown_field") || !strings.Contains(string(a.Body), "catalog.unknown_element") {
		t.Errorf("all that is wrong: %s", a)
	}

	// what the dictionary lacks is proposed from the field, published, and then suggested for it
	e := newElement("nguon_nuoc_sinh_hoat", "Nguồn nước sinh hoạt")
	e["element"].(m)["definition"] = m{"type": "text", "max_length": 100}
	e["dataset"], e["field"] = owner+"/anh-xa", "nguon_nuoc"
	p.publishNow(t, e, nil)
	ok(t, p.ownerSteward.Get(at+"/mapping"), http.StatusOK).Into(t, &got)
	row := got.Table[1]
	if len(row.Proposals) != 1 || row.Proposals[0].State != "published" || len(row.Suggestions) == 0 || row.Suggestions[0].Element != "nguon_nuoc_sinh_hoat" || row.Suggestions[0].Why != "proposed" {
		t.Fatalf("%+v", row)
	}
	page := string(ok(t, p.ownerSteward.Get("/catalog/"+owner+"/anh-xa/mapping"), http.StatusOK).Body)
	for _, text := range []string{"Chưa có trong từ điển", "Đã ánh xạ 1/3 trường", "Trường bắt buộc chưa ánh xạ"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
	got = mappingAnswer{}
	ok(t, put(p.ownerSteward, m{"field": "nguon_nuoc", "element": "nguon_nuoc_sinh_hoat"}), http.StatusOK).Into(t, &got)
	if got.Percent != 66 || len(got.Missing) != 0 {
		t.Fatalf("%+v", got)
	}
	ok(t, p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/review", m{"basis": "Điều 4.5 Quy chế, phiếu rà soát 07"}), http.StatusOK)
}

func oneSource(t *testing.T, p *province) {
	first, second, third := "/api/v1/datasets/"+owner+"/nguon-mot", "/api/v1/datasets/"+owner+"/nguon-hai", "/api/v1/datasets/"+owner+"/nguon-ba"
	for i, slug := range []string{"nguon-mot", "nguon-hai", "nguon-ba"} {
		p.reviewed(t, slug, fields[:7+i]) // none holds the same elements as another
	}
	claim := func(who *harness.Person, at, entity string, elements ...string) harness.Answer {
		return who.Post(at+"/sources", m{"entity": entity, "elements": elements, "basis": "Nghị định 07/2021/NĐ-CP"})
	}
	refused(t, claim(p.consumerSteward, first, "ho_gia_dinh", "dan_toc"), http.StatusForbidden, "access.other_agency")
	refused(t, claim(p.ownerSteward, first, "cay_coi", "dan_toc"), http.StatusUnprocessableEntity, "catalog.entity_unknown")
	refused(t, claim(p.ownerSteward, first, "ho_gia_dinh", "so_tien"), http.StatusUnprocessableEntity, "catalog.source_not_held")
	ok(t, claim(p.ownerSteward, first, "ho_gia_dinh", "dan_toc", "ma_xa"), http.StatusCreated)
	refused(t, p.ownerSteward.Post(first+"/sources/confirm", nil), http.StatusForbidden, "access.permission_missing")
	ok(t, p.appraiser.Post(first+"/sources/confirm", nil), http.StatusOK)

	a := claim(p.ownerSteward, second, "ho_gia_dinh", "dan_toc")
	refused(t, a, http.StatusConflict, "catalog.official_source_exists")
	if !strings.Contains(string(a.Body), owner+"/nguon-mot") {
		t.Errorf("the source there is is not named: %s", a)
	}
	form := p.ownerSteward.With("Content-Type", "application/x-www-form-urlencoded").Post("/catalog/"+owner+"/nguon-hai/sources", "entity=ho_gia_dinh&elements=dan_toc&basis=Ngh%E1%BB%8B+%C4%91%E1%BB%8Bnh")
	if form.Status != http.StatusConflict || !strings.Contains(string(form.Body), "Dùng nguồn hiện có, ghi là bản sao") || !strings.Contains(string(form.Body), "Gửi phản ánh xung đột nguồn") {
		t.Errorf("the refusal does not offer what can be done: %d", form.Status)
	}
	before := len(incidents(t, p, "quality"))
	refused(t, p.ownerSteward.Post(second+"/sources/dispute", m{"element": "dan_toc", "entity": "ho_gia_dinh", "reason": "ngắn"}), http.StatusUnprocessableEntity, "catalog.dispute_reason_missing")
	ok(t, p.ownerSteward.Post(second+"/sources/dispute", m{"element": "dan_toc", "entity": "ho_gia_dinh", "reason": "Số liệu hai nơi khác nhau từ năm 2025"}), http.StatusNoContent)
	if after := incidents(t, p, "quality"); len(after) != before+1 {
		t.Errorf("%d incidents became %d", before, len(after))
	}
	ok(t, p.ownerSteward.Post(second+"/replica", m{"source": owner + "/nguon-mot"}), http.StatusOK)
	if a := ok(t, p.engineer.Get(second), http.StatusOK); !strings.Contains(string(a.Body), `"replica_of":"`+owner+`/nguon-mot"`) {
		t.Errorf("the API does not mark the copy: %s", a)
	}
	if page := string(ok(t, p.engineer.Get("/catalog/"+owner+"/nguon-hai"), http.StatusOK).Body); !strings.Contains(page, "Tập dữ liệu này là bản sao") || !strings.Contains(page, `href="/catalog/`+owner+`/nguon-mot"`) {
		t.Error("the page does not mark the copy with a link to its source")
	}
	refused(t, claim(p.ownerSteward, second, "nguoi", "dan_toc"), http.StatusConflict, "catalog.replica_no_source")

	// at the same moment: the store holds that one becomes official
	fourth := "/api/v1/datasets/" + owner + "/nguon-bon"
	p.reviewed(t, "nguon-bon", fields[:6])
	for _, at := range []string{third, fourth} {
		ok(t, claim(p.ownerSteward, at, "nguoi", "gioi_tinh"), http.StatusCreated)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for _, at := range []string{third, fourth} {
		wg.Go(func() {
			if a, err := p.appraiser.Try(http.MethodPost, at+"/sources/confirm", nil); err == nil {
				mu.Lock()
				statuses[a.Status]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if statuses[http.StatusOK] != 1 || statuses[http.StatusConflict] != 1 {
		t.Errorf("confirmed at the same moment: %v", statuses)
	}

	move := func(who *harness.Person, dataset, decision string) harness.Answer {
		return who.Post("/api/v1/official-sources/transfer", m{"element": "dan_toc", "entity": "ho_gia_dinh", "dataset": dataset, "decision": decision, "from": today()})
	}
	refused(t, move(p.ownerHead, owner+"/nguon-ba", "12/QĐ-UBND"), http.StatusForbidden, "access.permission_missing")
	refused(t, move(p.approver, owner+"/nguon-ba", " "), http.StatusUnprocessableEntity, "catalog.decision_missing")
	refused(t, move(p.approver, owner+"/nguon-hai", "12/QĐ-UBND"), http.StatusConflict, "catalog.replica_no_source")
	ok(t, move(p.approver, owner+"/nguon-ba", "12/QĐ-UBND ngày 20/11/2026"), http.StatusOK)
	var now struct {
		Sources []struct{ Element, Dataset, State string }
	}
	ok(t, p.consumerHead.Get("/api/v1/official-sources?entity=ho_gia_dinh&element=dan_toc"), http.StatusOK).Into(t, &now)
	if len(now.Sources) != 1 || now.Sources[0].Dataset != owner+"/nguon-ba" {
		t.Fatalf("%+v", now)
	}
	ok(t, p.consumerHead.Get("/api/v1/official-sources?entity=ho_gia_dinh&element=dan_toc&state=ended"), http.StatusOK).Into(t, &now)
	if len(now.Sources) != 1 || now.Sources[0].Dataset != owner+"/nguon-mot" {
		t.Fatalf("the source before: %+v", now)
	}
	page := string(ok(t, p.consumerHead.Get("/catalog/sources?entity=ho_gia_dinh"), http.StatusOK).Body)
	for _, text := range []string{"Phần tử theo nguồn", owner + "/nguon-ba", "ma_xa"} {
		if !strings.Contains(page, text) {
			t.Errorf("the matrix does not show %q", text)
		}
	}
	refused(t, harness.NewClient(t, p.Console).Get("/api/v1/official-sources"), http.StatusUnauthorized, "access.sign_in_required")
}

// today in Viet Nam, as a form sends it.
func today() string { return time.Now().UTC().Add(7 * time.Hour).Format(time.DateOnly) }

// reviewed registers a dataset of the owner with some fields and has it reviewed.
func (p *province) reviewed(t *testing.T, slug string, some []m) {
	t.Helper()
	about := registration(slug)
	about["sharing"].(m)["fields"] = names(some)
	at := "/api/v1/datasets/" + owner + "/" + slug
	ok(t, p.ownerSteward.Post("/api/v1/datasets", about), http.StatusCreated)
	ok(t, p.ownerSteward.Post(at+"/schema", m{"fields": some}), http.StatusCreated)
	ok(t, p.ownerSteward.Post(at+"/register", m{"not_secret": true, "attest": true}), http.StatusOK)
	ok(t, p.appraiser.Post(at+"/review", m{"basis": "Điều 7 Quy chế, phiếu rà soát 05"}), http.StatusOK)
}

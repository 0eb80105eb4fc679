package acceptance

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// entryAnswer is an entry as the API tells it.
type entryAnswer struct {
	Standing string
	Missing  []struct{ Field, Code string }
	Dataset  struct{ Categories []string }
	Entry    struct {
		Revision int64
		InForce  *struct{ Number int } `json:"in_force"`
	}
}

func (p *province) entry(t *testing.T, who *harness.Person, dataset string) entryAnswer {
	t.Helper()
	var got entryAnswer
	ok(t, who.Get(entries+dataset), http.StatusOK).Into(t, &got)
	return got
}

// The register of personal-data processing (Sổ đăng ký xử lý DLCN): what is served, and what is not.
func TestDieu27(t *testing.T) {
	p := withData(t, harness.Options{}, 60)
	conn := p.live(t, nil)
	c := conn.client(t)
	officer := p.admin.Hire(t, "bao.ve.dlcn", "Hà Bảo Vệ", owner, nil, "privacy_officer")

	t.Run("R27.1 a complete entry serves; withdrawn it stops at once, in the answer and in the log", func(t *testing.T) { processingServes(t, p, c) })
	t.Run("R27.1 an incomplete entry names everything that it lacks and does not serve", func(t *testing.T) { processingIncomplete(t, p, c, officer) })
	t.Run("R27.1 nobody confirms what they wrote, and another agency sees and does nothing", func(t *testing.T) { processingApart(t, p, officer) })
	t.Run("R27.1 a confirmed entry serves again, also on screen and in the dry run", func(t *testing.T) { processingAgain(t, p, c) })
	t.Run("R27.1 a change stands beside what is in force until it is confirmed", func(t *testing.T) { processingBeside(t, p, c) })
	t.Run("R27.1 the register of a request's purposes is a condition of the shortened process", func(t *testing.T) { processingIsCondition(t, p) })
	t.Run("X5 an entry and the register of an agency are DOCX and XLSX", func(t *testing.T) { processingPapers(t, p) })
	t.Run("R27.1 by hand: the form keeps what was typed and says what is missing", func(t *testing.T) { processingByForm(t, p) })
	t.Run("R27.1 two people at once: one saves, the other is told", func(t *testing.T) {
		revision := p.entry(t, p.ownerSteward, households).Entry.Revision
		at := entries + households + "?" + url.Values{"revision": {strconv.FormatInt(revision, 10)}}.Encode()
		ok(t, p.ownerSteward.Do(http.MethodPut, at, processing("QLNN")), http.StatusOK)
		refused(t, officer.Do(http.MethodPut, at, processing("PTDB")), http.StatusConflict, "privacy.changed_meanwhile")
	})
}

func processingServes(t *testing.T, p *province, c *harness.Client) {
	if got := readPage(t, c.Get(recordsPath)); len(got.Records) == 0 {
		t.Fatal("a complete entry serves nothing")
	}
	refused(t, p.ownerHead.Post(entries+households+"/withdraw", m{"reason": "ngắn"}), http.StatusUnprocessableEntity, "privacy.reason_missing")
	ok(t, p.ownerHead.Post(entries+households+"/withdraw", m{"reason": "Chờ cập nhật hồ sơ đánh giá tác động"}), http.StatusOK)
	d := p.denied(t, c.Get(recordsPath), http.StatusForbidden, "access.processing_withdrawn", "STATE")
	if d["target"].(map[string]any)["dataset_code"] != households && d["target"].(map[string]any)["dataset"] != households {
		t.Errorf("the record does not name the dataset: %v", d["target"])
	}
	page := string(ok(t, p.ownerSteward.Get("/catalog/"+households), http.StatusOK).Body)
	if !strings.Contains(page, "Đã thu hồi") || !strings.Contains(page, "Dữ liệu chưa được cung cấp") {
		t.Error("the profile of the dataset does not say that it is not served")
	}
	changes := p.log(t, m{"event": "privacy.withdraw"})
	if len(changes) != 1 || changes[0].Record["reason"] != "Chờ cập nhật hồ sơ đánh giá tác động" {
		t.Errorf("the withdrawal is not in the log: %v", changes)
	}
}

func processingIncomplete(t *testing.T, p *province, c *harness.Client, officer *harness.Person) {
	body := processing("QLNN")
	body["categories"], body["measures"], body["impact_assessment"] = []string{"basic"}, []string{}, m{"status": "in_progress"}
	ok(t, officer.Do(http.MethodPut, entries+households, body), http.StatusOK)
	a := officer.Post(entries+households+"/send", nil)
	refused(t, a, http.StatusUnprocessableEntity, "input.several")
	for _, code := range []string{"privacy.missing_category_sensitive", "privacy.missing_measures", "privacy.missing_impact"} {
		if !strings.Contains(a.String(), code) {
			t.Errorf("the refusal does not name %s: %s", code, a)
		}
	}
	got := p.entry(t, officer, households)
	if len(got.Missing) != 3 || got.Standing != "withdrawn" || len(got.Dataset.Categories) != 2 {
		t.Errorf("%+v", got)
	}
	p.denied(t, c.Get(recordsPath), http.StatusForbidden, "access.processing_withdrawn", "STATE")
	page := string(ok(t, officer.Get("/privacy/"+households), http.StatusOK).Body)
	if !strings.Contains(page, "Dữ liệu không được cung cấp") || !strings.Contains(page, `/edit#f-measures"`) {
		t.Error("the page does not lead to what is missing")
	}
	body = processing("KHONG-CO")
	body["measures"], body["valid_to"] = []string{"magic"}, "31-12-2030"
	a = officer.Do(http.MethodPut, entries+households, body)
	refused(t, a, http.StatusUnprocessableEntity, "input.several")
	for _, code := range []string{"privacy.purpose_unknown", "privacy.measure_unknown", "privacy.date_form"} {
		if !strings.Contains(a.String(), code) {
			t.Errorf("a draft takes what no list has: %s is not named: %s", code, a)
		}
	}
}

func processingApart(t *testing.T, p *province, officer *harness.Person) {
	ok(t, officer.Do(http.MethodPut, entries+households, processing("QLNN", "DVC-TTHC")), http.StatusOK)
	ok(t, p.ownerSteward.Post(entries+households+"/send", nil), http.StatusOK)
	refused(t, officer.Post(entries+households+"/confirm", nil), http.StatusForbidden, "access.permission_missing")
	both := p.admin.Hire(t, "kiem.nhiem", "Kiều Kiêm Nhiệm", owner, nil, "agency_head", "privacy_officer")
	ok(t, p.ownerHead.Post(entries+households+"/return", m{"reason": "Bổ sung bên nhận dữ liệu"}), http.StatusOK)
	ok(t, both.Do(http.MethodPut, entries+households, processing("QLNN", "DVC-TTHC")), http.StatusOK)
	ok(t, p.ownerSteward.Post(entries+households+"/send", nil), http.StatusOK)
	refused(t, both.Post(entries+households+"/confirm", nil), http.StatusForbidden, "privacy.confirm_own")
	foreigner := p.admin.Hire(t, "dau.moi.yt", "Đầu Mối Y Tế", foreign, nil, "steward", "agency_head")
	for _, path := range []string{"", "/paper"} {
		refused(t, foreigner.Get(entries+households+path), http.StatusForbidden, "access.other_agency")
	}
	refused(t, foreigner.Post(entries+households+"/confirm", nil), http.StatusForbidden, "access.other_agency")
	refused(t, foreigner.Do(http.MethodPut, entries+households, processing("QLNN")), http.StatusForbidden, "access.other_agency")
	refused(t, foreigner.Get("/api/v1/privacy/registers/"+owner), http.StatusForbidden, "access.other_agency")
	if a := ok(t, foreigner.Get("/api/v1/privacy/entries"), http.StatusOK); strings.Contains(a.String(), households) {
		t.Errorf("the list of another agency shows %s", households)
	}
	refused(t, p.engineer.Get(entries+households), http.StatusForbidden, "access.permission_missing")
}

func processingAgain(t *testing.T, p *province, c *harness.Client) {
	p.denied(t, c.Get(recordsPath), http.StatusForbidden, "access.processing_withdrawn", "STATE") // sent is not in force
	before := time.Now()
	ok(t, p.security.Post(entries+households+"/confirm", nil), http.StatusOK) // the operator may, too
	if got := readPage(t, c.Get(recordsPath)); len(got.Records) == 0 || time.Since(before) > time.Second {
		t.Errorf("not served within a second of the confirmation")
	}
	if got := p.entry(t, p.ownerHead, households); got.Standing != "in_force" || got.Entry.InForce.Number != 2 {
		t.Errorf("%+v", got)
	}
	page := string(ok(t, p.ownerSteward.Get("/privacy/"+households+"/history"), http.StatusOK).Body)
	for _, want := range []string{"Đặng An Toàn", "Hà Bảo Vệ"} {
		if !strings.Contains(page, want) {
			t.Errorf("the history does not name %s", want)
		}
	}
}

func processingBeside(t *testing.T, p *province, c *harness.Client) {
	body := processing("QLNN", "DVC-TTHC", "PTDB")
	body["source"] = "Khảo sát bổ sung của ngành"
	ok(t, p.ownerSteward.Do(http.MethodPut, entries+households, body), http.StatusOK)
	readPage(t, c.Get(recordsPath))
	ok(t, p.ownerSteward.Post(entries+households+"/send", nil), http.StatusOK)
	refused(t, p.ownerSteward.Do(http.MethodPut, entries+households, body), http.StatusConflict, "privacy.already_sent")
	readPage(t, c.Get(recordsPath))
	tasks := ok(t, p.ownerHead.Get("/api/v1/tasks"), http.StatusOK).String()
	if !strings.Contains(tasks, "/privacy/"+households) {
		t.Errorf("the head has no task to confirm: %s", tasks)
	}
	confirmProcessing(t, p.ownerHead, households)
	if strings.Contains(ok(t, p.ownerHead.Get("/api/v1/tasks?state=open"), http.StatusOK).String(), "privacy.confirm") {
		t.Error("the task stays after the confirmation")
	}
	if got := p.entry(t, p.ownerHead, households); got.Entry.InForce.Number != 3 {
		t.Errorf("%+v", got)
	}
}

// processingIsCondition: whether the register carries a request's purposes stands among the conditions of the shortened process.
func processingIsCondition(t *testing.T, p *province) {
	met := func(purposes []string) bool {
		c := p.request(t, func(n m) { n["purposes"] = purposes })
		var got struct {
			Request struct {
				Conditions []struct {
					Code string
					Met  bool
				}
			}
		}
		ok(t, p.consumerSteward.Get("/api/v1/connections/requests/"+c.ID), http.StatusOK).Into(t, &got)
		for _, x := range got.Request.Conditions {
			if x.Code == "register" {
				return x.Met
			}
		}
		t.Fatalf("no condition on the register: %+v", got)
		return false
	}
	if !met([]string{purpose}) || met([]string{"CDDH"}) {
		t.Error("the condition does not follow the purposes of the entry")
	}
}

func processingPapers(t *testing.T, p *province) {
	a := ok(t, p.ownerSteward.Get(entries+households+"/paper"), http.StatusOK)
	d := readDocx(t, a.Body)
	for _, want := range []string{"SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG", "PHIẾU ĐĂNG KÝ", "15/ĐGTĐ-SNNMT", "Dữ liệu cá nhân nhạy cảm", "Khảo sát bổ sung của ngành", "Phạm Thủ Trưởng", "Dân tộc"} {
		if !strings.Contains(d.text, want) {
			t.Errorf("the paper does not say %q", want)
		}
	}
	a = ok(t, p.ownerHead.Get("/privacy/register.docx"), http.StatusOK)
	if d := readDocx(t, a.Body); !strings.Contains(d.text, "SỔ ĐĂNG KÝ") || !strings.Contains(d.text, households) || !strings.Contains(d.parts["word/document.xml"], `w:orient="landscape"`) {
		t.Error("the register as a paper lacks its entries or its annex")
	}
	if text := opened(t, "so-dang-ky.docx", a.Body); text != "" && !strings.Contains(text, "SỔ ĐĂNG KÝ") {
		t.Errorf("LibreOffice shows:\n%s", text)
	}
	a = ok(t, p.security.Get("/api/v1/privacy/registers/"+owner+"?format=xlsx"), http.StatusOK)
	if !strings.Contains(a.Header.Get("Content-Disposition"), ".xlsx") {
		t.Errorf("%v", a.Header)
	}
	if text := opened(t, "so-dang-ky.xlsx", a.Body); text != "" && !strings.Contains(text, households) {
		t.Errorf("LibreOffice shows:\n%s", text)
	}
	refused(t, p.security.Get("/api/v1/privacy/registers/"+consumer), http.StatusNotFound, "privacy.register_empty")
}

func processingByForm(t *testing.T, p *province) {
	form := url.Values{"categories": {"basic"}, "function": {"Quản lý hộ nghèo"}, "send": {"1"}, "retention_months": {"12"}}
	a := sendForm(p.ownerSteward, "/privacy/"+households+"/edit", form)
	page := string(ok(t, a, http.StatusUnprocessableEntity).Body)
	for _, want := range []string{"Quản lý hộ nghèo", "hãy chọn loại này", "Nội dung đã được lưu", "Hãy chọn ít nhất một mục đích"} {
		if !strings.Contains(page, want) {
			t.Errorf("the refused form does not say %q", want)
		}
	}
	if got := p.entry(t, p.ownerSteward, households); got.Standing != "in_force" || len(got.Missing) == 0 {
		t.Errorf("what was typed is lost, or what is in force is touched: %+v", got)
	}
}

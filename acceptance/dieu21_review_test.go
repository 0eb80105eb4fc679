package acceptance

import (
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// heldGrant is a grant as the API shows it.
type heldGrant struct {
	ID, Number, Status string
	Version            int64
	HeldBy             string `json:"held_by"`
	Columns            []struct{ Name string }
	History            []struct{ Status, Reason string }
}

func (p *province) grantOf(t *testing.T, c *connection) heldGrant {
	t.Helper()
	var list struct{ Grants []heldGrant }
	ok(t, p.security.Get("/api/v1/access/grants?request="+c.ID), http.StatusOK).Into(t, &list)
	if len(list.Grants) != 1 {
		t.Fatalf("%d grants of %s", len(list.Grants), c.ID)
	}
	var one heldGrant
	ok(t, p.security.Get("/api/v1/access/grants/"+list.Grants[0].ID), http.StatusOK).Into(t, &one)
	return one
}

// reviewOf waits for the only review of a cause.
func (p *province) reviewOf(t *testing.T, cause string) (id, number string) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		var list struct {
			Reviews []struct{ ID, Number, State string }
		}
		ok(t, p.security.Get("/api/v1/reviews/campaigns?cause="+cause), http.StatusOK).Into(t, &list)
		if len(list.Reviews) == 1 && list.Reviews[0].State != "collecting" {
			return list.Reviews[0].ID, list.Reviews[0].Number
		}
		if time.Now().After(until) {
			t.Fatalf("%d reviews for %s", len(list.Reviews), cause)
		}
	}
}

func (p *province) itemsOf(t *testing.T, who *harness.Person, review string) (out []struct{ ID, Grant, State, Reviewer string }) {
	t.Helper()
	var list struct {
		Items []struct{ ID, Grant, State, Reviewer string }
	}
	ok(t, who.Get("/api/v1/reviews/campaigns/"+review+"/items"), http.StatusOK).Into(t, &list)
	return list.Items
}

const reviewReason = "Vẫn cần để giải quyết thủ tục của học sinh"

// Rights do not outlive their reason (Điều 21.2c, 21.5c).
func TestDieu21Review(t *testing.T) {
	p := withData(t, harness.Options{Move: true}, 60)
	conn := p.live(t, nil)
	officer := p.officer(t, "tra.cuu.gd", consumer, "lookup_officer")
	n, s := peopleNeed("view", "lookup_officer")
	people := p.forPeople(t, true, n, s)
	second := p.admin.Hire(t, "an.toan.hai", "Bùi An Toàn", operator, nil, "op_security")
	t.Run("R21.2c no wildcard in an approval, each named", func(t *testing.T) { noWildcards(t, p) })
	t.Run("R20.4a the owner sees every grant on its data and asks; another person of the operator carries it out", func(t *testing.T) { ownerAsks(t, p, conn) })
	t.Run("R21.2c what is taken away is gone on the next call, and nothing can be added", func(t *testing.T) { narrowed(t, p, conn) })
	t.Run("R21.4d a party learns why a call was allowed or refused, others not that it was made", func(t *testing.T) { why(t, p, conn) })
	t.Run("R21.5c who leaves leaves no right behind", func(t *testing.T) { leaver(t, p, officer, people) })
	t.Run("R21.5c a review from its opening to the automatic suspension, on screen", func(t *testing.T) { campaign(t, p, conn) })
	t.Run("R21.5c the time of regular reviews comes by itself, with settings that have a history", func(t *testing.T) { scheduled(t, p, second) })
	t.Run("R21.2c a grant that nobody uses is found and can be kept only with a reason", func(t *testing.T) { unused(t, p) })
}

func noWildcards(t *testing.T, p *province) {
	c := p.request(t, nil)
	c.must(t, p.appraiser, "start-appraisal", nil)
	c.must(t, p.appraiser, "appraise", checklist(need()["fields"].([]string)))
	c.must(t, p.appraiser, "ask-owner", m{"questions": "Đề nghị cho ý kiến về phạm vi."})
	c.must(t, p.ownerHead, "opinion", m{"stand": "agree"})
	for member, change := range map[string]func(s m){
		"columns":          func(s m) { s["columns"] = []m{{"name": "*"}} },
		"purposes":         func(s m) { s["purposes"] = []string{"all"} },
		"source_addresses": func(s m) { s["source_addresses"] = []string{"0.0.0.0/0"} },
		"rows":             func(s m) { s["rows"] = []m{{"column": "ma_xa", "in": []string{"*"}}} },
	} {
		wide := scope()
		change(wide)
		a := c.step(p.approver, "approve", m{"approved_scope": wide})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(string(a.Body), `"`+member+`"`) {
			t.Errorf("%s: %s", member, a)
		}
	}
	long := scope()
	long["valid_to"] = time.Now().AddDate(0, 13, 0).Format(time.DateOnly)
	if a := c.step(p.approver, "approve", m{"approved_scope": long}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(string(a.Body), "valid_to") {
		t.Errorf("13 months on data of persons: %s", a)
	}
	c.must(t, p.approver, "approve", m{"approved_scope": scope()})
}

func ownerAsks(t *testing.T, p *province, c *connection) {
	g := p.grantOf(t, c)
	if !strings.Contains(ok(t, p.ownerSteward.Get("/api/v1/access/grants"), http.StatusOK).String(), g.Number) {
		t.Errorf("the owner does not see %s", g.Number)
	}
	ask := m{"grant": g.ID, "kind": "suspend", "reason": "Dấu hiệu khai thác quá nhiều, căn cứ khoản 6 Điều 21"}
	refused(t, p.consumerSteward.Post("/api/v1/reviews/asks", ask), http.StatusForbidden, "review.not_owner")
	var made struct{ ID string }
	ok(t, p.ownerSteward.Post("/api/v1/reviews/asks", ask), http.StatusCreated).Into(t, &made)
	client := c.client(t)
	readPage(t, client.Get(recordsPath+"?limit=1"))
	refused(t, p.ownerSteward.Post("/api/v1/reviews/asks/"+made.ID+"/confirm", m{"answer": reviewReason}), http.StatusForbidden, "access.permission_missing")
	ok(t, p.security.Post("/api/v1/reviews/asks/"+made.ID+"/confirm", m{"answer": "Đồng ý, kiểm tra trong ngày"}), http.StatusOK)
	began := time.Now()
	p.denied(t, client.Get(recordsPath+"?limit=1"), http.StatusForbidden, "access.grant_suspended", "GRANT")
	if took := time.Since(began); took > time.Second {
		t.Errorf("the suspension took %s to hold", took)
	}
	ok(t, p.ownerSteward.Post("/api/v1/reviews/asks", m{"grant": g.ID, "kind": "resume", "reason": "Đã làm rõ, lượt gọi tăng do tuyển sinh"}), http.StatusCreated).Into(t, &made)
	ok(t, p.security.Post("/api/v1/reviews/asks/"+made.ID+"/confirm", m{"answer": "Đã kiểm tra, cho hoạt động lại"}), http.StatusOK)
	readPage(t, client.Get(recordsPath+"?limit=1"))
}

func narrowed(t *testing.T, p *province, c *connection) {
	g := p.grantOf(t, c)
	wider := m{"grant": g.ID, "kind": "narrow", "reason": reviewReason, "narrow": m{"calls_per_day": 30000}}
	refused(t, p.ownerSteward.Post("/api/v1/reviews/asks", wider), http.StatusUnprocessableEntity, "access.narrow_wider")
	var made struct{ ID string }
	ok(t, p.ownerSteward.Post("/api/v1/reviews/asks", m{"grant": g.ID, "kind": "narrow", "reason": "Không dùng số tiền trợ cấp", "narrow": m{"drop": []string{"so_tien"}}}), http.StatusCreated).Into(t, &made)
	client := c.client(t)
	if r := readPage(t, client.Get(recordsPath+"?limit=1")).Records; len(r) != 1 || r[0]["so_tien"] == nil {
		t.Fatalf("before the operator confirmed: %v", r)
	}
	ok(t, p.security.Post("/api/v1/reviews/asks/"+made.ID+"/confirm", m{"answer": "Đúng nguyên tắc tối thiểu"}), http.StatusOK)
	if r := readPage(t, client.Get(recordsPath+"?limit=1")).Records; len(r) != 1 || r[0]["so_tien"] != nil || r[0]["ma_ho"] == nil {
		t.Errorf("after it: %v", r)
	}
	p.denied(t, client.Get(recordsPath+"?limit=1&fields=so_tien"), http.StatusForbidden, "access.field_not_granted", "SCOPE")
	if now := p.grantOf(t, c); now.Version != 2 || len(now.Columns) != len(g.Columns)-1 || now.History[0].Status != "narrowed" {
		t.Errorf("%+v", now)
	}
	var verified struct{ Altered []any }
	ok(t, p.security.Post("/api/v1/access/grants/verify", nil), http.StatusOK).Into(t, &verified)
	if len(verified.Altered) != 0 {
		t.Errorf("the log does not know the narrower version: %v", verified.Altered)
	}
}

func leaver(t *testing.T, p *province, officer *harness.Person, c *connection) {
	if g := p.grantOf(t, c); g.Status != "active" {
		t.Fatalf("%+v", g)
	}
	ok(t, p.admin.Post("/api/v1/account/accounts/"+officer.ID+"/active", m{"active": false}), http.StatusOK)
	id, number := p.reviewOf(t, "left")
	g := p.grantOf(t, c)
	if g.Status != "suspended" || !strings.HasPrefix(g.HeldBy, "review/") || !strings.Contains(g.History[0].Reason, number) {
		t.Fatalf("what only the leaver could use: %+v", g)
	}
	items := p.itemsOf(t, p.ownerSteward, id)
	if len(items) != 1 || items[0].Grant != g.ID || items[0].Reviewer != owner {
		t.Fatalf("%+v", items)
	}
	refused(t, p.consumerHead.Post("/api/v1/reviews/campaigns/"+id+"/answers", m{"items": []string{items[0].ID}, "verdict": "keep", "reason": reviewReason}), http.StatusForbidden, "review.other_reviewer")
	ok(t, p.ownerSteward.Post("/api/v1/reviews/campaigns/"+id+"/answers", m{"items": []string{items[0].ID}, "verdict": "keep", "reason": reviewReason}), http.StatusOK)
	if g := p.grantOf(t, c); g.Status != "active" {
		t.Errorf("after the answer: %+v", g)
	}
}

// campaign goes the whole way on screen: opened by the security officer, answered in part by the owner, and what was
// not answered is suspended by the clock.
func campaign(t *testing.T, p *province, c *connection) {
	v := newVisitor(t, p.Console)
	v.become(p.security.Token(), "vi")
	v.look("reviews", "/reviews/campaigns")
	v.b.Width(1280)
	v.b.Open(p.Console + "/reviews/campaigns")
	v.b.Until(`document.readyState === "complete"`)
	v.b.Say(`document.querySelector("[name=class][value=all]").checked = true`)
	v.b.Fill("owner", owner)
	v.b.Say(`document.querySelector("[name=note]").value = "Rà soát trước khi báo cáo năm"`)
	v.b.Say(`document.querySelector("form[action='/reviews/campaigns']").requestSubmit()`)
	v.b.Until(`location.pathname.startsWith("/reviews/campaigns/")`)
	id, number := p.reviewOf(t, "hand")
	shot(t, v, "campaign-security")
	items := p.itemsOf(t, p.ownerSteward, id)
	if len(items) != 2 {
		t.Fatalf("%d grants under review, want those of the two connections: %+v", len(items), items)
	}
	mine := p.grantOf(t, c)
	var silent string
	for _, i := range items {
		if i.Grant != mine.ID {
			silent = i.Grant
		}
	}
	v.become(p.ownerSteward.Token(), "vi")
	v.look("inbox with a review", "/tasks")
	v.look("a review to answer", "/reviews/campaigns/"+id)
	shot(t, v, "campaign-owner")
	for _, i := range items {
		if i.Grant == mine.ID {
			v.look("one grant under review", "/reviews/campaigns/"+id+"/items/"+i.ID)
			shot(t, v, "campaign-item")
			v.b.Open(p.Console + "/reviews/campaigns/" + id)
			v.b.Until(`document.readyState === "complete"`)
			v.b.Say(`document.querySelector("[name=items][value='` + i.ID + `']").checked = true`)
		}
	}
	v.b.Say(`document.querySelector("[name=verdict][value=keep]").checked = true`)
	v.b.Say(`document.querySelector("form[action$='/answer']").requestSubmit()`) // without a reason
	v.b.Until(`document.querySelector("#form-errors") !== null`)
	shot(t, v, "campaign-refused")
	v.b.Say(`document.querySelector("[name=reason]").value = "` + reviewReason + `"`)
	v.b.Say(`document.querySelector("form[action$='/answer']").requestSubmit()`)
	v.b.Until(`document.querySelector("#form-errors") === null && document.body.innerText.includes("` + reviewReason + `")`)

	p.Shift(28 * 24 * time.Hour)
	p.signInAgain()
	for until := time.Now().Add(60 * time.Second); ; time.Sleep(300 * time.Millisecond) {
		var g heldGrant
		ok(t, p.security.Get("/api/v1/access/grants/"+silent), http.StatusOK).Into(t, &g)
		if g.Status == "suspended" {
			if !strings.Contains(g.History[0].Reason, number) {
				t.Errorf("the record does not name the review: %+v", g.History)
			}
			break
		}
		if time.Now().After(until) {
			t.Fatalf("past the deadline the grant is %s", g.Status)
		}
	}
	if g := p.grantOf(t, c); g.Status != "active" {
		t.Errorf("the grant that was answered is %s", g.Status)
	}
	v.become(p.consumerSteward.Token(), "vi")
	v.look("the holder sees what was suspended", "/reviews/campaigns/"+id)
	shot(t, v, "campaign-holder")
	file := ok(t, p.ownerSteward.Get("/reviews/campaigns/"+id+"/result.xlsx"), http.StatusOK)
	if !strings.HasPrefix(string(file.Body), "PK") || !strings.Contains(file.Header.Get("Content-Disposition"), number) {
		t.Errorf("the result: %v", file.Header)
	}
	if a := p.auditor.Get("/reviews/campaigns/" + id); a.Status != http.StatusOK {
		t.Errorf("the auditor: %d", a.Status)
	}
}

// signInAgain signs everybody in again: their sessions ended when the clock moved.
func (p *province) signInAgain() {
	for _, who := range []*harness.Person{p.admin, p.admin.Second, p.security, p.auditor, p.ownerSteward, p.ownerHead, p.consumerSteward, p.consumerHead} {
		who.SignIn()
	}
}

// shot keeps a picture of the page where a folder for them is named.
func shot(t *testing.T, v *visitor, name string) {
	t.Helper()
	dir := os.Getenv("LIENTHONG_TEST_PICTURES")
	if dir == "" {
		return
	}
	for _, width := range []int{360, 1280} {
		v.b.Width(width)
		raw, err := base64.StdEncoding.DecodeString(v.b.Picture())
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name+map[int]string{360: "-360", 1280: ""}[width]+".png"), raw, 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

func scheduled(t *testing.T, p *province, second *harness.Person) {
	var set map[string]any
	ok(t, p.security.Get("/api/v1/reviews/settings"), http.StatusOK).Into(t, &set)
	if set["regular_months"] != 6.0 || set["protected_months"] != 3.0 || set["event_days"] != 5.0 {
		t.Fatalf("%v", set)
	}
	delete(set, "$schema")
	set["answer_days"] = 10
	refused(t, p.security.Do(http.MethodPut, "/api/v1/reviews/settings", set), http.StatusForbidden, "access.permission_missing")
	ok(t, p.admin.Do(http.MethodPut, "/api/v1/reviews/settings", set), http.StatusOK)
	if h := ok(t, p.admin.Get("/api/v1/reviews/settings/history"), http.StatusOK).String(); !strings.Contains(h, "answer_days") {
		t.Errorf("no history: %s", h)
	}
	p.Shift(66 * 24 * time.Hour)
	p.signInAgain()
	id, _ := p.reviewOf(t, "protected")
	if items := p.itemsOf(t, p.security, id); len(items) != 2 {
		t.Errorf("%+v", items)
	}
	p.Kill()
	p.Run() // what the clock brings goes on after a restart
	p.signInAgain()
	if again, _ := p.reviewOf(t, "protected"); again != id {
		t.Errorf("a second review after the restart: %s and %s", id, again)
	}
	_ = second
}

func unused(t *testing.T, p *province) {
	ok(t, p.security.Post("/api/v1/reviews/excess/calculate", nil), http.StatusNoContent)
	var list struct {
		Grants []struct {
			Grant  string
			Unused bool
			Fields []string
		}
	}
	ok(t, p.ownerSteward.Get("/api/v1/reviews/excess"), http.StatusOK).Into(t, &list)
	if len(list.Grants) != 2 || !list.Grants[0].Unused && len(list.Grants[0].Fields) == 0 {
		t.Fatalf("%+v", list)
	}
	path := "/api/v1/reviews/excess/" + list.Grants[0].Grant
	refused(t, p.consumerSteward.Post(path+"/keep", m{"reason": reviewReason}), http.StatusForbidden, "review.not_owner")
	refused(t, p.ownerSteward.Post(path+"/keep", m{"reason": ""}), http.StatusUnprocessableEntity, "review.reason_missing")
	v := newVisitor(t, p.Console)
	v.become(p.ownerSteward.Token(), "vi")
	v.look("rights beyond their use", "/reviews/excess")
	shot(t, v, "excess")
	v.look("one of them", "/reviews/excess/"+list.Grants[0].Grant)
	shot(t, v, "excess-one")
	ok(t, p.ownerSteward.Post(path+"/keep", m{"reason": reviewReason}), http.StatusOK)
	ok(t, p.ownerSteward.Get("/api/v1/reviews/excess"), http.StatusOK).Into(t, &list)
	if len(list.Grants) != 1 {
		t.Errorf("kept and still on the list: %+v", list)
	}
	v.look("requests about rights", "/reviews/asks")
	shot(t, v, "asks")
	v.look("the settings", "/reviews/settings")
}

func why(t *testing.T, p *province, c *connection) {
	type told struct {
		Allowed     bool
		Check, Code string
		Checks      []struct{ Check, State, Saw string }
		Grant       *struct {
			Number  string
			Columns []any
		}
	}
	ask := func(who *harness.Person, a harness.Answer) (got told) {
		ok(t, who.Get("/api/v1/authz/decisions/"+a.Header.Get("X-Request-Id")), http.StatusOK).Into(t, &got)
		return got
	}
	client := c.client(t)
	g := p.grantOf(t, c)
	good := client.Get(recordsPath + "?limit=1")
	if got := ask(p.ownerSteward, good); !got.Allowed || len(got.Checks) != 9 || got.Checks[8].State != "passed" || got.Grant == nil || got.Grant.Number != g.Number || len(got.Grant.Columns) != len(g.Columns) {
		t.Errorf("allowed: %+v", got)
	}
	bad := client.With("Lienthong-Purpose", "QLNN").Get(recordsPath + "?limit=1")
	got := ask(p.consumerSteward, bad)
	if got.Allowed || got.Check != "PURPOSE" || got.Code != "access.purpose_mismatch" || got.Checks[3].State != "passed" || got.Checks[4].State != "failed" || got.Checks[5].State != "not_asked" {
		t.Errorf("refused: %+v", got)
	}
	outsider := p.admin.Hire(t, "dau.moi.yt", "Lý Đầu Mối", foreign, nil, "steward")
	refused(t, outsider.Get("/api/v1/authz/decisions/"+bad.Header.Get("X-Request-Id")), http.StatusNotFound, "access.decision_not_found")
	page := string(ok(t, p.auditor.Get("/access/decisions?id="+bad.Header.Get("X-Request-Id")), http.StatusOK).Body)
	if !strings.Contains(page, "bị từ chối ở bước kiểm tra mục đích") || !strings.Contains(page, g.Number) {
		t.Errorf("the page does not explain: %d bytes", len(page))
	}
	v := newVisitor(t, p.Console)
	v.become(p.consumerSteward.Token(), "vi")
	v.look("why refused", "/access/decisions?id="+bad.Header.Get("X-Request-Id"))
	shot(t, v, "why")
}

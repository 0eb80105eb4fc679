package acceptance

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

const newSystem = "ung-dung-moi" // of the consumer, without a level

// R26.2a: a system goes live by an approved level or a decided exception of at most 90 days, and by nothing else.
func TestDieu26Level(t *testing.T) {
	p := withData(t, harness.Options{Move: true}, 30)
	at := "/api/v1/systems/" + newSystem + "/levels"
	var dossier struct{ ID string }
	t.Run("R26.2a without an approved level nothing goes live", func(t *testing.T) {
		ok(t, p.consumerSteward.Post("/api/v1/systems", m{"id": newSystem, "name": "Ứng dụng mới của ngành giáo dục", "owner": consumer, "category": "demand", "layer": "use"}), http.StatusCreated)
		c := p.request(t, func(n m) { n["system"] = newSystem })
		c.must(t, p.appraiser, "start-appraisal", nil)
		c.must(t, p.appraiser, "appraise", checklist(need()["fields"].([]string)))
		c.must(t, p.appraiser, "ask-owner", m{"questions": "Đề nghị cho ý kiến về phạm vi."})
		c.must(t, p.ownerHead, "opinion", m{"stand": "agree"})
		if a := c.step(p.approver, "approve", m{"approved_scope": scope()}); a.Status != http.StatusConflict || !strings.Contains(a.String(), "connection.security_level_low") {
			t.Fatalf("a system without a level: %s", a)
		}
	})
	t.Run("R26.2a the owner proposes and another person of the operator records", func(t *testing.T) {
		refused(t, p.ownerSteward.Post(at, proposal(3)), http.StatusForbidden, "access.other_agency")
		ask := proposal(3)
		ask["kind"] = "exception"
		refused(t, p.consumerSteward.Post(at, ask), http.StatusUnprocessableEntity, "system.level_measures")
		ask["measures"] = "Chỉ gọi từ mạng số liệu chuyên dùng, giám sát hằng ngày"
		ok(t, p.consumerSteward.Post(at, ask), http.StatusCreated).Into(t, &dossier)
		if kinds := openTasks(t, p.security, "system.level_dossier/"+newSystem); kinds != "system.level_appraise" {
			t.Errorf("the operator's security officer is told: %q", kinds)
		}
		refused(t, p.consumerSteward.Post(at+"/"+dossier.ID+"/record", decision()), http.StatusForbidden, "access.permission_missing")
		refused(t, p.engineer.Post(at+"/"+dossier.ID+"/record", decision()), http.StatusForbidden, "access.permission_missing")
		both := p.admin.Hire(t, "an.toan.hai", "Bàn An Toàn", operator, nil, "op_security")
		own := "/api/v1/systems/" + sourceSystem + "/levels"
		refused(t, both.Post(own, proposal(2)), http.StatusForbidden, "access.permission_missing")
	})
	record := func(to time.Time) harness.Answer {
		d := decision()
		d["decided_at"], d["valid_to"] = p.Now().Format(time.DateOnly), to.Format(time.DateOnly)
		return p.security.Post(at+"/"+dossier.ID+"/record", d)
	}
	var conn *connection
	t.Run("R26.2a an exception beyond 90 days is refused, one within lets the system live at its stated level", func(t *testing.T) {
		refused(t, record(p.Now().AddDate(0, 0, 92)), http.StatusUnprocessableEntity, "system.exception_long")
		ok(t, record(p.Now().AddDate(0, 0, 60)), http.StatusOK)
		var got struct {
			LevelInForce int    `json:"level_in_force"`
			LevelState   string `json:"level_state"`
		}
		ok(t, p.consumerSteward.Get("/api/v1/systems/"+newSystem), http.StatusOK).Into(t, &got)
		if got.LevelInForce != 3 || got.LevelState != "exception" {
			t.Fatalf("the exception in force: %+v", got)
		}
		conn = p.request(t, func(n m) { n["system"] = newSystem })
		s := scope()
		conn.approve(t, s, need()["fields"].([]string))
		conn.provisionFor(t, p.consumerSteward, newSystem)
		conn.test(t)
		conn.accept(t)
	})
	t.Run("R26.2a before its end the owner is told, and after it the connection is suspended by itself", func(t *testing.T) {
		p.later(t, 54*24*time.Hour)
		soon(t, "the task of renewing", func() bool { return openTasks(t, p.consumerSteward, "system.level/"+newSystem) == "system.level_renew" })
		var told struct{ Notices []struct{ Title string } }
		ok(t, p.consumerSteward.Get("/api/v1/tasks/notices"), http.StatusOK).Into(t, &told)
		if s := conn.state(t); s != "live" {
			t.Fatalf("six days before the end: %s", s)
		}
		p.later(t, 7*24*time.Hour)
		soon(t, "the suspension", func() bool { return conn.state(t) == "suspended" })
		if got := findSystem(t, p.engineer, newSystem); got.LevelState != "lapsed" {
			t.Errorf("after its end: %+v", got)
		}
		var made struct{ ID string }
		ask := proposal(3)
		ask["kind"], ask["measures"] = "exception", "Chỉ gọi từ mạng số liệu chuyên dùng, giám sát hằng ngày"
		ok(t, p.consumerSteward.Post(at, ask), http.StatusCreated).Into(t, &made)
		dossier = made
		p.security.SignIn()
		refused(t, record(p.Now().AddDate(0, 0, 60)), http.StatusUnprocessableEntity, "system.exception_long") // 121 days since the first
		ok(t, p.security.Post(at+"/"+dossier.ID+"/return", m{"reason": "Đã hết thời gian ngoại lệ, lập hồ sơ phê duyệt"}), http.StatusOK)
		approveLevel(t, p.consumerSteward, p.security, newSystem, 3)
		if got := findSystem(t, p.engineer, newSystem); got.LevelState != "valid" {
			t.Errorf("after the approval: %+v", got)
		}
		page := string(ok(t, p.engineer.Get("/system/level"), http.StatusOK).Body)
		if !strings.Contains(page, "Ứng dụng mới của ngành giáo dục") || !strings.Contains(page, "45/QĐ-UBND") {
			t.Error("the screen of levels lacks the system and its decision")
		}
	})
}

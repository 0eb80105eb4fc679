package acceptance

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// The security and privacy assessment of a request (Điều 12.2b): what blocks is listed by name, and nothing else does.
func TestSecurityAssessment(t *testing.T) {
	p := withData(t, harness.Options{}, 20)
	fields := need()["fields"].([]string)
	// judged is a request of a system of the consumer that waits for the approval.
	judged := func(t *testing.T, system string) *connection {
		t.Helper()
		c := p.request(t, func(n m) { n["system"] = system })
		c.must(t, p.appraiser, "start-appraisal", nil)
		c.must(t, p.appraiser, "appraise", checklist(fields))
		c.must(t, p.appraiser, "ask-owner", m{"questions": "Đề nghị cho ý kiến về phạm vi."})
		c.must(t, p.ownerHead, "opinion", m{"stand": "agree"})
		return c
	}
	// blocked refuses the approval for this reason alone, which the assessment lists and the page names; quota and masks are
	// the approver's to set.
	blocked := func(t *testing.T, c *connection, what, code, words string) {
		t.Helper()
		a := c.step(p.approver, "approve", m{"approved_scope": scope()})
		if a.Status != http.StatusConflict || !strings.Contains(a.String(), code) {
			t.Fatalf("not refused with %s: %s", code, a)
		}
		h := c.held(t, p.appraiser)
		if h.Request.State != "appraising" {
			t.Errorf("refused and yet %s", h.Request.State)
		}
		listed := false
		for _, x := range h.Security {
			listed = listed || x.Blocks && x.What == what
			if x.Blocks && x.What != what && x.What != "quota" && x.What != "masking" {
				t.Errorf("%s blocks too", x.What)
			}
		}
		if !listed {
			t.Errorf("the list does not name %s: %+v", what, h.Security)
		}
		if page := string(p.appraiser.Get("/connections/" + c.ID).Body); !strings.Contains(page, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	register := func(t *testing.T, id string) {
		t.Helper()
		made := m{"id": id, "name": "Hệ thống " + id, "owner": consumer, "category": "sector", "layer": "source", "contact": "Phòng Kỹ thuật"}
		ok(t, p.engineer.Post("/api/v1/systems", made), http.StatusCreated)
	}
	t.Run("R12.2b3 a system of level 2 that asks for sensitive personal data is blocked with the field listed; of level 3 it passes", func(t *testing.T) {
		for level, id := range map[int]string{2: "hoc-ba-cap-hai", 3: "hoc-ba-cap-ba"} {
			register(t, id)
			approveLevel(t, p.engineer, p.security, id, level)
		}
		low := judged(t, "hoc-ba-cap-hai")
		blocked(t, low, "level", "connection.security_level_low", "Dân tộc")
		if a := low.step(p.approver, "approve", m{"approved_scope": scope()}); !strings.Contains(a.String(), "dan_toc") || !strings.Contains(a.String(), "3 trở lên") {
			t.Errorf("field and level are not named: %s", a)
		}
		judged(t, "hoc-ba-cap-ba").must(t, p.approver, "approve", m{"approved_scope": scope()})
	})
	t.Run("R12.2b3 without an entry in the register of processing it is blocked; when the entry is in force again it passes", func(t *testing.T) {
		c := judged(t, callerSystem)
		ok(t, p.ownerHead.Post(entries+households+"/withdraw", m{"reason": "Rà soát lại việc xử lý dữ liệu"}), http.StatusOK)
		blocked(t, c, "register", "connection.security_register", "Mục đích có trong sổ đăng ký xử lý dữ liệu cá nhân")
		p.registerProcessing(t, households)
		c.must(t, p.approver, "approve", m{"approved_scope": scope()})
	})
	t.Run("R12.2b3 a security check of more than a year ago blocks; after a new check it passes", func(t *testing.T) {
		checkedAt := func(months int) {
			var made struct{ ID string }
			ok(t, p.engineer.Post("/api/v1/systems/hoc-ba-cu/levels", proposal(3)), http.StatusCreated).Into(t, &made)
			d := decision()
			d["checked_at"] = time.Now().AddDate(0, -months, 0).Format(time.DateOnly)
			ok(t, p.security.Post("/api/v1/systems/hoc-ba-cu/levels/"+made.ID+"/record", d), http.StatusOK)
		}
		register(t, "hoc-ba-cu")
		checkedAt(13)
		c := judged(t, "hoc-ba-cu")
		blocked(t, c, "check_date", "connection.security_check_date", "Kết quả kiểm tra an toàn còn hạn")
		checkedAt(1)
		c.must(t, p.approver, "approve", m{"approved_scope": scope()})
	})
}

package acceptance

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// parameters of the version in force, with one of them changed.
func (c *connection) parameters(t *testing.T, name string, value any) m {
	t.Helper()
	var got struct {
		Request struct {
			InForce struct{ Parameters m } `json:"config_in_force"`
		}
	}
	ok(t, c.p.engineer.Get(requestsPath+"/"+c.ID), http.StatusOK).Into(t, &got)
	got.Request.InForce.Parameters[name] = value
	return got.Request.InForce.Parameters
}

func TestSetUpIsVersioned(t *testing.T) {
	p := withData(t, harness.Options{}, 40)
	c := p.live(t, nil)
	client := c.client(t)
	records := func() int { return len(readPage(t, client.Get(recordsPath+"?limit=25")).Records) }
	full := records()
	if full <= 5 {
		t.Fatalf("only %d records to page through", full)
	}
	t.Run("R12.2c1 the configuration follows from the approval: ways with their upstream, fields with what is done to them", func(t *testing.T) {
		first := c.held(t, p.engineer).Configs[0]
		if len(first.Routes) == 0 || first.Routes[0].Call != "GET /data/"+households+"/records" || first.Routes[0].Upstream != "warehouse" {
			t.Errorf("ways %+v", first.Routes)
		}
		masks := map[string]string{}
		for _, o := range first.Output {
			masks[o.Name] = o.Field + " " + o.Mask
		}
		if masks["la_dan_toc_thieu_so"] != "dan_toc yes_no" || masks["so_dinh_danh"] != "so_dinh_danh partial" {
			t.Errorf("output %+v", first.Output)
		}
	})
	t.Run("R12.2c1 parameters of a live connection change by two people with a reason, within five seconds, and come back", func(t *testing.T) {
		small := m{"parameters": c.parameters(t, "page_size", 5)}
		refused(t, c.step(p.engineer, "reconfigure", small), http.StatusUnprocessableEntity, "connection.reason_missing")
		small["comment"] = "Giảm tải hệ thống nguồn"
		c.must(t, p.engineer, "reconfigure", small)
		if records() != full {
			t.Error("a proposed version serves before its review")
		}
		refused(t, c.step(p.engineer, "review", m{"version": 2, "ok": true}), http.StatusForbidden, "connection.review_own_config")
		c.must(t, p.second, "review", m{"version": 2, "ok": true})
		for until := time.Now().Add(5 * time.Second); records() != 5; time.Sleep(100 * time.Millisecond) {
			if time.Now().After(until) {
				t.Fatalf("%d records a page, five seconds after the review", records())
			}
		}
		page := string(p.engineer.Get("/connections/" + c.ID + "/configs/2?with=1").Body)
		if !strings.Contains(page, "Khác biệt: phiên bản 1 → 2") || !strings.Contains(page, "Cỡ trang") && !strings.Contains(page, "Bản ghi mỗi trang") {
			t.Error("the page does not compare the versions")
		}
		c.must(t, p.engineer, "rollback", m{"version": 1, "comment": "Trở lại như cũ"})
		c.must(t, p.second, "review", m{"version": 3, "ok": true})
		for until := time.Now().Add(5 * time.Second); records() != full; time.Sleep(100 * time.Millisecond) {
			if time.Now().After(until) {
				t.Fatal("the rollback does not serve")
			}
		}
		refused(t, c.step(p.second, "review", m{"version": 3, "ok": true}), http.StatusConflict, "connection.nothing_proposed")
	})
}

func TestTestsAreJudged(t *testing.T) {
	p := withData(t, harness.Options{}, 20)
	c := p.request(t, nil)
	c.approve(t, scope(), need()["fields"].([]string))
	c.provision(t)
	type report struct {
		Request struct{ State string }
		Run     struct {
			Passed    bool
			Stability struct {
				Calls, Errors int64
				P95           int64 `json:"p95_ms"`
				Most          int64 `json:"max_p95_ms"`
				Pass          bool
			}
			Accuracy struct {
				Compared int64 `json:"values_compared"`
				Percent  float64
				Pass     bool
			}
			Safety struct {
				Cases, Denied int64
				Pass          bool
			}
		}
	}
	run := func(t *testing.T) report {
		t.Helper()
		c.must(t, p.engineer, "start-testing", nil)
		var got report
		c.must(t, p.engineer, "test", nil).Into(t, &got)
		return got
	}
	t.Run("R12.2d2 a verdict beyond its threshold sends the connection back to set-up with what failed", func(t *testing.T) {
		refused(t, c.step(p.engineer, "reconfigure", m{"comment": "ngưỡng sai", "parameters": c.parameters(t, "min_accuracy_pct", 40)}), http.StatusUnprocessableEntity, "connection.parameter_range")
		c.must(t, p.engineer, "reconfigure", m{"comment": "Ngưỡng thử", "parameters": c.parameters(t, "max_p95_ms", 1)})
		c.must(t, p.second, "review", m{"version": 2, "ok": true})
		got := run(t)
		if got.Run.Passed || got.Run.Stability.Pass || got.Run.Stability.P95 <= 1 || got.Run.Stability.Calls == 0 || got.Request.State != "provisioning" {
			t.Fatalf("%+v", got)
		}
		if page := string(p.engineer.Get("/connections/" + c.ID).Body); !strings.Contains(page, "đã trả về thiết lập") || !strings.Contains(strings.ToLower(page), "ổn định") {
			t.Error("the page does not say what failed")
		}
		refused(t, c.step(p.engineer, "pass-testing", nil), http.StatusConflict, "connection.wrong_state")
	})
	t.Run("R12.2d2 three measured verdicts within their thresholds let it pass", func(t *testing.T) {
		c.must(t, p.engineer, "reconfigure", m{"comment": "Ngưỡng theo nhu cầu", "parameters": c.parameters(t, "max_p95_ms", 2000)})
		c.must(t, p.second, "review", m{"version": 3, "ok": true})
		got := run(t)
		if !got.Run.Passed || got.Run.Accuracy.Compared == 0 || got.Run.Accuracy.Percent != 100 || got.Run.Safety.Cases < 4 || got.Run.Safety.Denied != got.Run.Safety.Cases {
			t.Fatalf("%+v", got)
		}
		c.must(t, p.engineer, "pass-testing", nil)
	})
}

func TestLifeOfAConnection(t *testing.T) {
	p := withData(t, harness.Options{Move: true}, 20)
	c := p.live(t, nil)
	client := c.client(t)
	t.Run("R12.2đ1 suspended with a reason it answers 403 and says so; resumed it serves again", func(t *testing.T) {
		refused(t, c.step(p.security, "suspend", m{"reason_class": "maintenance"}), http.StatusUnprocessableEntity, "connection.reason_missing")
		c.must(t, p.security, "suspend", m{"reason_class": "maintenance", "comment": "Bảo trì hệ thống nguồn"})
		a := client.Get(recordsPath)
		refused(t, a, http.StatusForbidden, "access.connection_suspended")
		if said := a.String(); !strings.Contains(said, "Loại lý do: Bảo trì") || strings.Contains(said, "Bảo trì hệ thống nguồn") {
			t.Errorf("the caller is told the class of the reason and no details: %s", said)
		}
		c.must(t, p.security, "resume", m{"comment": "Đã bảo trì xong"})
		if a := client.Get(recordsPath); a.Status != http.StatusOK {
			t.Errorf("resumed and yet %s", a)
		}
	})
	t.Run("R12.2đ1 both sides are reminded 60, 30 and 7 days before the end, once each over restarts; the renewal begins where it ends", func(t *testing.T) { c.reminders(t) })
}

// reminders moves the clock towards the end, restarting in between.
func (c *connection) reminders(t *testing.T) {
	t.Helper()
	p := c.p
	end, err := time.Parse(time.DateOnly, need()["valid_to"].(string))
	if err != nil {
		t.Fatal(err)
	}
	told := func(who *harness.Person) int {
		return strings.Count(string(ok(t, who.Get("/api/v1/tasks/notices"), http.StatusOK).Body), "ngày nữa hết thời hạn")
	}
	at := func(days, want int) {
		t.Helper()
		p.Shift(end.AddDate(0, 0, -days).Sub(p.Now()))
		for _, who := range []*harness.Person{p.consumerSteward, p.ownerSteward} {
			who.SignIn()
			for until := time.Now().Add(30 * time.Second); told(who) != want; time.Sleep(200 * time.Millisecond) {
				if time.Now().After(until) {
					t.Fatalf("%s is told %d times %d days before the end, want %d", who.Username, told(who), days, want)
				}
			}
		}
	}
	at(59, 1)
	p.Stop()
	p.Run()
	at(45, 1)
	at(29, 2)
	at(6, 3)
	refused(t, p.ownerSteward.Post(requestsPath+"/"+c.ID+"/renew", nil), http.StatusForbidden, "access.other_agency")
	var next struct {
		ID, Renews string
		Need       struct {
			From string `json:"valid_from"`
		}
	}
	ok(t, p.consumerSteward.Post(requestsPath+"/"+c.ID+"/renew", nil), http.StatusCreated).Into(t, &next)
	if next.Renews != c.ID || next.Need.From != end.AddDate(0, 0, 1).Format(time.DateOnly) {
		t.Errorf("the renewal is %+v", next)
	}
	refused(t, p.consumerSteward.Post(requestsPath+"/"+c.ID+"/renew", nil), http.StatusConflict, "connection.renewal_open")
}

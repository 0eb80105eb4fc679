package acceptance

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// houses is a dataset without data of persons, of the owner's other register.
const houses = owner + "/nha-o"

// plainNeed asks for it within the issued scope.
func plainNeed(n m) {
	n["dataset"], n["purposes"], n["procedures"], n["rows"] = houses, []string{"QLNN"}, []string{}, []m{}
	n["fields"], n["impact_assessment"] = []string{"ma_xa", "so_nguoi"}, ""
}

// plainDataset makes a registration that of the houses.
func plainDataset(about, schema m) {
	delete(schema, "persons")
	schema["fields"] = []m{
		{"name": "ma_ho", "element": "ma_ho", "key": true, "required": true}, {"name": "ma_xa", "element": "ma_xa", "required": true},
		{"name": "so_nguoi", "element": "so_thanh_vien"}, {"name": "so_tien", "element": "so_tien"},
	}
	about["name"], about["class"] = "Nhà ở của hộ dân", "internal"
}

// issuedLists is a province whose catalogue and list of systems are issued.
func issuedLists(t *testing.T, o harness.Options) *province {
	t.Helper()
	p := newProvince(t, o)
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	p.registerSystem(t, callerSystem, "Cơ sở dữ liệu ngành giáo dục", consumer)
	p.registerDataset(t, "ho-ngheo", nil) // so that the catalogue is not empty when the other leaves it
	p.registerDataset(t, "nha-o", plainDataset)
	harness.IssueList(t, harness.Systems, p.appraiser, p.approver)
	body := "ma_ho,ma_xa,so_nguoi,so_tien\n"
	for _, line := range []string{"H1,02683,4,1500000", "H2,02701,3,1600000", "H3,02683,6,1700000"} {
		body += line + "\n"
	}
	if d := deliver(t, p.ownerSteward, houses, body); d.State != "published" {
		t.Fatalf("the file: %+v", d)
	}
	return p
}

// progress of a request as the API tells it.
type progress struct {
	Request struct {
		Route, State, Number string
		Converted            struct {
			From    string
			Reasons []struct{ Code string }
		}
		Clock struct {
			Limit    int `json:"limit_days"`
			Hours    int `json:"limit_hours"`
			Deadline time.Time
		}
		Minutes struct{ Participants map[string]any }
	}
	Outlook struct {
		Route      string
		Conditions []condition
	}
	Total struct {
		Used  int `json:"used_days"`
		Limit int `json:"limit_days"`
	}
	Steps []struct {
		Action, From, To string
		By               struct{ Role string }
		Conditions       []condition
	}
}

type condition struct {
	Code    string
	Met     bool
	Reasons []struct{ Code string }
}

func (c *connection) progress(t *testing.T) progress {
	t.Helper()
	var got progress
	ok(t, c.p.engineer.Get("/api/v1/connections/requests/"+c.ID), http.StatusOK).Into(t, &got)
	return got
}

// checked takes a submitted request of the shortened process through its check.
func (c *connection) checked(t *testing.T) {
	t.Helper()
	c.must(t, c.p.security, "start-check", nil)
	c.must(t, c.p.security, "pass-check", nil)
}

func TestShortenedProcess(t *testing.T) {
	t.Parallel()
	p := issuedLists(t, harness.Options{})
	t.Run("R12.3 listed data and systems, scope within: the shortened process, in seven working days", func(t *testing.T) {
		c := p.request(t, plainNeed)
		got := c.progress(t)
		if got.Request.Route != "shortened" || got.Request.State != "submitted" || got.Request.Clock.Limit != 2 || got.Request.Clock.Deadline.IsZero() || got.Total.Limit != 7 {
			t.Fatalf("%+v", got)
		}
		for _, k := range got.Outlook.Conditions {
			if !k.Met || len(k.Reasons) == 0 {
				t.Fatalf("condition %s: %+v", k.Code, k)
			}
		}
		if n := p.ownerHead.Get("/api/v1/tasks/notices"); !strings.Contains(n.String(), c.ID) {
			t.Fatalf("the owner is not told: %s", n)
		}
		refused(t, c.step(p.appraiser, "start-appraisal", nil), http.StatusConflict, "connection.wrong_state")
		refused(t, c.step(p.appraiser, "pass-check", nil), http.StatusForbidden, "access.permission_missing")
		refused(t, c.step(p.engineer, "provision", nil), http.StatusConflict, "connection.wrong_state")
		c.checked(t)
		c.provision(t)
		c.test(t)
		c.must(t, p.engineer, "confirm", m{"party": "operator"})
		c.must(t, p.consumerHead, "confirm", m{"party": "requester"})
		got = c.progress(t)
		var way []string
		for _, s := range got.Steps {
			if s.From != s.To {
				way = append(way, s.To)
			}
		}
		want := []string{"draft", "submitted", "security_check", "provisioning", "testing", "acceptance", "live"}
		if !slices.Equal(way, want) || len(got.Request.Minutes.Participants) != 2 || got.Total.Used > 7 {
			t.Fatalf("way %v, %+v", way, got.Total)
		}
		a := c.client(t).With("Lienthong-Purpose", "QLNN").Get("/data/" + houses + "/records?fields=ma_xa")
		if a.Status != http.StatusOK {
			t.Fatalf("what is live does not answer: %s", a)
		}
		if a := c.client(t).With("Lienthong-Purpose", "QLNN").Get("/data/" + houses + "/records?fields=so_tien"); a.Status == http.StatusOK {
			t.Fatalf("a field that nobody asked for: %s", a)
		}
	})
	t.Run("R12.3 one condition fails: the full process, with the reason shown", func(t *testing.T) {
		n := need()
		plainNeed(n)
		would := func() (string, string) {
			var got struct {
				Route      string
				Conditions []condition
			}
			ok(t, p.consumerSteward.Post("/api/v1/connections/route", n), http.StatusOK).Into(t, &got)
			for _, k := range got.Conditions {
				if !k.Met {
					return got.Route, k.Code
				}
			}
			return got.Route, ""
		}
		if r, _ := would(); r != "shortened" {
			t.Fatalf("within the scope: %s", r)
		}
		n["purposes"] = []string{"PTDB"}
		if r, why := would(); r != "full" || why != "scope" {
			t.Fatalf("a purpose outside the scope: %s because of %s", r, why)
		}
		c := p.request(t, func(n m) { plainNeed(n); n["purposes"] = []string{"PTDB"} })
		if got := c.progress(t); got.Request.Route != "full" || got.Request.Clock.Limit != 2 || got.Total.Limit != 17 {
			t.Fatalf("%+v", got)
		}
		refused(t, c.step(p.security, "start-check", nil), http.StatusConflict, "connection.wrong_state")
	})
	t.Run("R9.2 the data leaves the catalogue in the middle: the request goes over to the full process", func(t *testing.T) {
		c := p.request(t, plainNeed)
		c.checked(t)
		c.provision(t)
		removed(t, p)
		refused(t, c.step(p.engineer, "start-testing", nil), http.StatusConflict, "connection.converted")
		got := c.progress(t)
		if got.Request.State != "appraising" || got.Request.Route != "full" || got.Request.Converted.From != "provisioning" || got.Request.Converted.Reasons[0].Code != "dataset_listed" {
			t.Fatalf("%+v", got.Request)
		}
		if a := c.token(t); a.Status == http.StatusOK {
			t.Fatal("the credential of a converted request still opens")
		}
		last := got.Steps[len(got.Steps)-1]
		if last.Action != "convert" || last.By.Role != "system_job" || len(last.Conditions) != 6 {
			t.Fatalf("%+v", last)
		}
	})
}

// removed issues a catalogue without the dataset.
func removed(t *testing.T, p *province) {
	t.Helper()
	at := harness.DraftList(t, harness.Catalogue, p.appraiser)
	ok(t, p.appraiser.Post(at+"/leave-out", m{"subject": houses, "reason": "Chuyển sang cơ sở dữ liệu quốc gia"}), http.StatusOK)
	harness.Consulted(t, at, p.appraiser)
	ok(t, p.approver.Post(at+"/approve", struct{}{}), http.StatusOK)
	harness.RecordDecision(t, at, p.appraiser, time.Now(), time.Now())
}

func TestOwnersObjection(t *testing.T) {
	t.Parallel()
	p := issuedLists(t, harness.Options{})
	t.Run("R4.4 no agreement is asked for or taken, and silence holds nobody up", func(t *testing.T) {
		n := need()
		plainNeed(n)
		n["agreement"] = "Thỏa thuận số 5"
		refused(t, p.consumerSteward.Post("/api/v1/connections/requests", n), http.StatusUnprocessableEntity, "api.invalid")
		form := p.consumerSteward.Get("/connections/new?dataset=" + houses + "&system=" + callerSystem)
		if body := string(form.Body); form.Status != http.StatusOK || strings.Contains(strings.ToLower(body), "thỏa thuận") {
			t.Fatal("the form asks for an agreement")
		}
	})
	t.Run("R9.2 the owner objects on a legal ground only, and the authority decides", func(t *testing.T) {
		c := p.request(t, plainNeed)
		refused(t, c.step(p.ownerHead, "object", m{"comment": "Chưa có thỏa thuận giữa hai cơ quan"}), http.StatusUnprocessableEntity, "connection.legal_basis_required")
		refused(t, c.step(p.ownerHead, "object", m{"comment": "Không đồng ý", "legal_citation": "không có"}), http.StatusUnprocessableEntity, "connection.legal_basis_required")
		if got := c.progress(t); got.Request.State != "submitted" {
			t.Fatalf("a refused objection moved the request: %s", got.Request.State)
		}
		c.must(t, p.security, "start-check", nil)
		c.must(t, p.ownerHead, "object", m{"comment": "Dữ liệu đang được thanh tra", "legal_citation": "Luật Thanh tra 11/2022/QH15, Điều 49"})
		if got := c.progress(t); got.Request.State != "escalated" {
			t.Fatal(got.Request.State)
		}
		refused(t, c.step(p.security, "pass-check", nil), http.StatusConflict, "connection.wrong_state")
		refused(t, c.step(p.approver, "continue", m{}), http.StatusUnprocessableEntity, "connection.decision_missing")
		c.must(t, p.approver, "continue", m{"decision": m{"number": "77/QĐ-UBND", "title": "Quyết định về ý kiến phản đối"}})
		if got := c.progress(t); got.Request.State != "security_check" {
			t.Fatal(got.Request.State)
		}
		c.must(t, p.security, "pass-check", nil)
		c.provision(t)
		c.test(t)
		refused(t, c.step(p.ownerHead, "object", m{"comment": "Quá muộn", "legal_citation": "Luật Thanh tra 11/2022/QH15, Điều 49"}), http.StatusConflict, "connection.wrong_state")
	})
	t.Run("R12.3 an urgent order counts in hours and skips no step; the limits are settings with history", func(t *testing.T) {
		c := p.request(t, plainNeed)
		refused(t, c.step(p.approver, "order", m{"hours": m{"testing": 4}}), http.StatusUnprocessableEntity, "connection.order_missing")
		c.must(t, p.approver, "order", m{"order": m{"number": "05/CĐ-UBND", "title": "Công điện"}, "hours": m{"security_check": 4, "testing": 6}})
		got := c.progress(t)
		if got.Request.Clock.Hours != 4 || time.Until(got.Request.Clock.Deadline) > 4*time.Hour {
			t.Fatalf("%+v", got.Request.Clock)
		}
		refused(t, c.step(p.engineer, "provision", nil), http.StatusConflict, "connection.wrong_state")
		limits := m{"revision": 0, "reason": "Theo chỉ đạo rút ngắn thời hạn", "full": m{"intake": 2, "appraisal": 5, "opinion": 3, "set_up": 3, "testing": 5, "acceptance": 2}, "shortened": m{"security_check": 1, "set_up": 2, "testing": 2, "acceptance": 1}}
		refused(t, p.approver.Do(http.MethodPut, "/api/v1/connections/limits", limits), http.StatusForbidden, "access.permission_missing")
		ok(t, p.admin.Do(http.MethodPut, "/api/v1/connections/limits", limits), http.StatusOK)
		if h := ok(t, p.admin.Get("/api/v1/connections/limits/history"), http.StatusOK); !strings.Contains(h.String(), "security_check") {
			t.Fatalf("no history of the limits: %s", h)
		}
		c = p.request(t, plainNeed)
		if got := c.progress(t); got.Request.Clock.Limit != 1 {
			t.Fatalf("the new limit does not count: %+v", got.Request.Clock)
		}
	})
}

package acceptance

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

const templates = "/api/v1/access/templates/" + households

// sharePolicy lets departments look at communes and number of persons of Y Tý, for one purpose and six months.
func sharePolicy() m {
	return m{
		"levels": []string{"use"}, "columns": []m{{"name": "ma_xa"}, {"name": "so_nguoi"}, {"name": "so_dinh_danh", "mask": "partial"}}, "purposes": []string{purpose},
		"agency_types": []string{"department"}, "rows": []m{{"column": "ma_xa", "in": []string{"02701"}}}, "methods": []string{"api"}, "longest_months": 6,
		"calls_per_minute": 600, "calls_per_day": 2000,
	}
}

// proposePolicy makes a version and gives its number.
func (p *province) proposePolicy(t *testing.T, policy m) int64 {
	t.Helper()
	var made struct{ Version int64 }
	ok(t, p.ownerSteward.Post(templates+"/propose", m{"policy": policy, "note": "Theo Quy chế"}), http.StatusCreated).Into(t, &made)
	return made.Version
}

// changeTemplate takes every step of a sharing policy once.
func changeTemplate(t *testing.T, p *province) {
	t.Helper()
	ok(t, p.ownerHead.Post(templates+"/return", m{"version": p.proposePolicy(t, sharePolicy()), "reason": "Rút ngắn thời hạn"}), http.StatusOK)
	ok(t, p.ownerSteward.Post(templates+"/withdraw", m{"version": p.proposePolicy(t, sharePolicy())}), http.StatusOK)
	ok(t, p.ownerHead.Post(templates+"/approve", m{"version": p.proposePolicy(t, sharePolicy())}), http.StatusOK)
}

type shareTemplate struct {
	InForce *struct {
		Version int64
		Decider string
	} `json:"in_force"`
	Proposed *struct{ Version int64 }
}

func TestDieu20Template(t *testing.T) {
	p := withData(t, harness.Options{Move: true}, 20)
	t.Run("R20.4b the owner's steward proposes, another person approves, and a new request begins with it", func(t *testing.T) { templateSteps(t, p) })
	t.Run("R21.5 a grant outside the policy needs the owner's recorded consent, each member outside is named", func(t *testing.T) { outsideTemplate(t, p) })
}

func templateSteps(t *testing.T, p *province) {
	wrong := sharePolicy()
	wrong["columns"], wrong["longest_months"], wrong["agency_types"] = []m{{"name": "khong_co"}}, 60, []string{}
	a := p.ownerSteward.Post(templates+"/propose", m{"policy": wrong})
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatal(a)
	}
	for _, code := range []string{"access.template_field_unknown", "access.template_months", "access.template_recipients_missing"} {
		if !strings.Contains(a.String(), code) {
			t.Errorf("%s is not named: %s", code, a)
		}
	}
	refused(t, p.consumerSteward.Post(templates+"/propose", m{"policy": sharePolicy()}), http.StatusForbidden, "access.other_agency")
	refused(t, p.ownerHead.Post(templates+"/propose", m{"policy": sharePolicy()}), http.StatusForbidden, "access.permission_missing")
	v := p.proposePolicy(t, sharePolicy())
	refused(t, p.ownerSteward.Post(templates+"/propose", m{"policy": sharePolicy()}), http.StatusConflict, "access.template_waiting")
	refused(t, p.consumerHead.Post(templates+"/approve", m{"version": v}), http.StatusForbidden, "access.other_agency")
	both := p.admin.Hire(t, "hai.vai", "Hai Vai Trò", owner, nil, "steward", "agency_head")
	ok(t, p.ownerSteward.Post(templates+"/withdraw", m{"version": v}), http.StatusOK)
	var made struct{ Version int64 }
	ok(t, both.Post(templates+"/propose", m{"policy": sharePolicy()}), http.StatusCreated).Into(t, &made)
	refused(t, both.Post(templates+"/approve", m{"version": made.Version}), http.StatusForbidden, "access.template_own")
	var of shareTemplate
	if ok(t, p.consumerSteward.Get(templates), http.StatusOK).Into(t, &of); of.InForce != nil || of.Proposed != nil {
		t.Errorf("another agency sees a proposal: %+v", of)
	}
	if !strings.Contains(ok(t, p.ownerHead.Get("/api/v1/tasks?state=open"), http.StatusOK).String(), households) {
		t.Error("the head has no task")
	}
	refused(t, p.ownerHead.Post(templates+"/return", m{"version": made.Version, "reason": " "}), http.StatusUnprocessableEntity, "access.template_reason")
	ok(t, p.ownerHead.Post(templates+"/approve", m{"version": made.Version}), http.StatusOK)
	refused(t, p.ownerHead.Post(templates+"/approve", m{"version": made.Version}), http.StatusConflict, "access.template_not_proposed")
	if ok(t, p.consumerSteward.Get(templates), http.StatusOK).Into(t, &of); of.InForce == nil || of.InForce.Version != made.Version {
		t.Fatalf("%+v", of)
	}
	var filled struct {
		Version int64 `json:"policy_version"`
		Need    struct {
			Fields, Purposes []string
			Calls            int64  `json:"calls_per_day"`
			To               string `json:"valid_to"`
		}
	}
	ok(t, p.consumerSteward.Get("/api/v1/connections/requests/template?dataset="+households+"&system="+callerSystem), http.StatusOK).Into(t, &filled)
	if filled.Version != made.Version || !slices.Equal(filled.Need.Fields, []string{"ma_xa", "so_nguoi", "so_dinh_danh"}) || filled.Need.Calls != 2000 || filled.Need.To == "" {
		t.Errorf("%+v", filled)
	}
	if a := p.consumerSteward.Get("/connections/new?dataset=" + households + "&system=" + callerSystem); !strings.Contains(string(a.Body), "Đã điền sẵn theo chính sách chia sẻ") {
		t.Error("the form does not say that it is filled in")
	}
	history := p.ownerHead.Get(templates + "/history")
	if ok(t, history, http.StatusOK); !strings.Contains(string(history.Body), "access.template_approve") {
		t.Errorf("no history: %s", history)
	}
}

// silentNeed asks for what is not of persons, so that silence may be taken for agreement.
func silentNeed(fields ...string) func(n m) {
	return func(n m) {
		n["fields"], n["rows"], n["peak_per_minute"], n["calls_per_day"] = fields, []m{{"column": "ma_xa", "in": []string{"02701"}}}, 600, 2000
		n["valid_to"] = time.Now().AddDate(0, 5, 0).Format(time.DateOnly)
	}
}

func silentScope(fields ...string) m {
	s := scope()
	columns := []m{}
	for _, f := range fields {
		columns = append(columns, m{"name": f})
	}
	s["columns"], s["calls_per_minute"], s["calls_per_day"] = columns, 600, 2000
	s["valid_to"] = time.Now().AddDate(0, 5, 0).Format(time.DateOnly)
	return s
}

func outsideTemplate(t *testing.T, p *province) {
	one := []string{"ma_xa", "so_nguoi", "so_tien"}
	c := p.request(t, silentNeed(one...))
	c.must(t, p.appraiser, "start-appraisal", nil)
	c.must(t, p.appraiser, "appraise", checklist(one))
	c.must(t, p.appraiser, "ask-owner", m{"questions": "Đề nghị cho ý kiến về phạm vi."})
	p.Shift(30 * 24 * time.Hour)
	for _, who := range []*harness.Person{p.appraiser, p.approver, p.engineer, p.second, p.ownerHead, p.ownerSteward, p.consumerSteward} {
		who.SignIn()
	}
	c.must(t, p.appraiser, "deem-agreed", nil)
	c.must(t, p.approver, "approve", m{"approved_scope": silentScope(one...)})
	a := c.step(p.engineer, "provision", nil)
	if a.Status != http.StatusConflict || !strings.Contains(string(a.Body), "so_tien") || !strings.Contains(string(a.Body), "access.outside_template.columns") {
		t.Fatalf("outside the policy on the owner's silence: %s", a)
	}
	if s := c.state(t); s != "approved" {
		t.Errorf("half done: %s", s)
	}
	refused(t, c.step(p.consumerSteward, "consent", nil), http.StatusForbidden, "connection.other_side")
	refused(t, c.step(p.engineer, "consent", nil), http.StatusForbidden, "access.permission_missing")
	c.must(t, p.ownerHead, "consent", m{"comment": "Đồng ý cho yêu cầu này"})
	refused(t, c.step(p.ownerHead, "consent", nil), http.StatusConflict, "connection.consent_given")
	c.must(t, p.engineer, "provision", nil)
	var list struct{ Grants []struct{ Number string } }
	ok(t, p.ownerSteward.Get("/api/v1/access/grants?request="+c.ID), http.StatusOK).Into(t, &list)
	if len(list.Grants) != 1 {
		t.Fatalf("%d grants", len(list.Grants))
	}
}

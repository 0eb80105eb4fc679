package acceptance

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// systemView is a system as the API tells it.
type systemView struct {
	ID, Status, Listed, Need string
	LastSuccess              time.Time `json:"last_success"`
	LastWay                  string    `json:"last_way"`
	LevelState               string    `json:"level_state"`
	Uses, Serves             []struct{ Code string }
}

type systemsView struct {
	Systems []systemView
	Counts  struct {
		All              int
		Category, Status map[string]int
	}
}

func findSystem(t *testing.T, who *harness.Person, id string) systemView {
	t.Helper()
	var v systemView
	ok(t, who.Get("/api/v1/systems/"+id), http.StatusOK).Into(t, &v)
	return v
}

func listSystems(t *testing.T, who *harness.Person, q url.Values) systemsView {
	t.Helper()
	var v systemsView
	ok(t, who.Get("/api/v1/systems?"+q.Encode()), http.StatusOK).Into(t, &v)
	return v
}

// openTasks are the kinds of an agency's open tasks about a subject.
func openTasks(t *testing.T, who *harness.Person, subject string) string {
	t.Helper()
	var inbox struct {
		Tasks []struct{ Kind, Subject string }
	}
	ok(t, who.Get("/api/v1/tasks?state=open"), http.StatusOK).Into(t, &inbox)
	var kinds []string
	for _, x := range inbox.Tasks {
		if x.Subject == subject {
			kinds = append(kinds, x.Kind)
		}
	}
	return strings.Join(kinds, " ")
}

const importHead = "id,name,owner,category,layer,api,api_note,contact\n"

func TestDieu08Systems(t *testing.T) {
	p := newProvince(t, harness.Options{})
	t.Run("R8.2 the six groups of the regulation, filtered and counted", func(t *testing.T) { sixGroups(t, p) })
	t.Run("R8.1 systems are registered by their owner and imported from a file, all or none", func(t *testing.T) { importSystems(t, p) })
}

func sixGroups(t *testing.T, p *province) {
	var rows strings.Builder
	for i, letter := range []string{"a", "b", "c", "d", "đ", "e"} {
		rows.WriteString("nhom-" + string(rune('1'+i)) + ",Hệ thống nhóm " + letter + " của tỉnh," + operator + "," + letter + ",use,ready,REST,Phòng Kỹ thuật\n")
	}
	ok(t, p.engineer.With("Content-Type", "text/csv").Post("/api/v1/systems/import", importHead+rows.String()), http.StatusOK)
	all := listSystems(t, p.engineer, nil)
	for _, group := range []string{"procedures", "documents", "sector", "steering", "demand", "ordered"} {
		if all.Counts.Category[group] != 1 {
			t.Errorf("group %s holds %d systems, want one", group, all.Counts.Category[group])
		}
		if one := listSystems(t, p.engineer, url.Values{"category": {group}}); len(one.Systems) != 1 {
			t.Errorf("filter by %s finds %d", group, len(one.Systems))
		}
	}
	page := string(ok(t, p.ownerSteward.Get("/system"), http.StatusOK).Body)
	for _, words := range []string{
		"a) Hệ thống thông tin giải quyết thủ tục hành chính, dịch vụ công trực tuyến", "b) Hệ thống quản lý văn bản và điều hành",
		"c) Các cơ sở dữ liệu chuyên ngành của các sở, ban, ngành", "d) Hệ thống thông tin phục vụ chỉ đạo, điều hành, Trung tâm điều hành thông minh (IOC)",
		"đ) Các hệ thống thông tin có nhu cầu khai thác, sử dụng dữ liệu dùng chung hoặc cung cấp dữ liệu cho các hệ thống khác",
		"e) Các hệ thống thông tin khác theo yêu cầu của Ủy ban nhân dân tỉnh",
	} {
		if !strings.Contains(page, words) {
			t.Errorf("the page lacks the words of the regulation: %s", words)
		}
	}
	a := p.engineer.Post("/api/v1/systems", m{"id": "nhom-7", "name": "Hệ thống ngoài sáu nhóm", "owner": operator, "category": "other", "layer": "use"})
	refused(t, a, http.StatusUnprocessableEntity, "api.invalid")
}

func importSystems(t *testing.T, p *province) {
	csv := p.ownerSteward.With("Content-Type", "text/csv")
	before := listSystems(t, p.engineer, nil).Counts.All
	bad := csv.Post("/api/v1/systems/import", importHead+"ho-ngheo,Cơ sở dữ liệu hộ nghèo,"+owner+",c,source,ready,REST,\nX,Hệ thống sai,"+consumer+",z,nguồn,có,,\n")
	if problem := refused(t, bad, http.StatusUnprocessableEntity, "system.import_rows"); !strings.Contains(bad.String(), `"row 3, category"`) || len(problem.Errors) != 5 {
		t.Errorf("every wrong cell is named: %s", bad)
	}
	if after := listSystems(t, p.engineer, nil).Counts.All; after != before {
		t.Fatalf("a refused file left %d systems behind", after-before)
	}
	template := ok(t, p.ownerSteward.Get("/system/import/template.xlsx"), http.StatusOK)
	refused(t, p.ownerSteward.With("Content-Type", "application/octet-stream").Post("/api/v1/systems/import", string(template.Body)), http.StatusUnprocessableEntity, "system.import_rows") // its examples are other agencies'
	ok(t, p.engineer.With("Content-Type", "application/octet-stream").Post("/api/v1/systems/import", string(template.Body)), http.StatusOK)
	ok(t, csv.Post("/api/v1/systems/import", importHead+"ho-ngheo,Cơ sở dữ liệu hộ nghèo,"+owner+",c,source,ready,REST,\n"), http.StatusOK)
	about := m{"name": "Cơ sở dữ liệu hộ nghèo, cận nghèo", "owner": consumer, "category": "sector", "layer": "source", "api": "ready", "api_note": "REST, OpenAPI 3", "sources": []string{"10.0.0.0/8"}}
	var got struct {
		Owner, Name string
		Sources     []string
	}
	ok(t, p.ownerSteward.Do(http.MethodPut, "/api/v1/systems/ho-ngheo", about), http.StatusOK).Into(t, &got)
	if got.Owner != owner || len(got.Sources) != 0 || got.Name != about["name"] {
		t.Errorf("the owner's steward changed what is the operator's: %+v", got)
	}
	refused(t, p.consumerSteward.Do(http.MethodPut, "/api/v1/systems/ho-ngheo", about), http.StatusForbidden, "access.other_agency")
}

// R8.3a: the status follows from traffic alone.
func TestDieu08Status(t *testing.T) {
	p := withData(t, harness.Options{Move: true}, 30)
	status := func() systemView { t.Helper(); return findSystem(t, p.engineer, callerSystem) }
	t.Run("R8.3a a status is computed from calls, idle after 30 days and never declared", func(t *testing.T) {
		if s := status(); s.Status != "not_connected" || !s.LastSuccess.IsZero() {
			t.Fatalf("before any connection: %+v", s)
		}
		declared := m{"name": "Cơ sở dữ liệu ngành giáo dục", "owner": consumer, "category": "sector", "layer": "source", "status": "connected"}
		refused(t, p.consumerSteward.Do(http.MethodPut, "/api/v1/systems/"+callerSystem, declared), http.StatusUnprocessableEntity, "api.invalid")
		conn := p.live(t, nil)
		soonStatus(t, status, "testing")
		if s := status(); !s.LastSuccess.IsZero() {
			t.Errorf("live, tested by the platform and never called: %+v", s)
		}
		harness.IssueList(t, harness.Systems, p.appraiser, p.approver)
		ok(t, conn.client(t).Get(recordsPath), http.StatusOK)
		soonStatus(t, status, "connected")
		s := status()
		if s.LastWay != "calls" || s.LastSuccess.Before(time.Now().Add(-time.Minute)) || len(s.Uses) != 1 || s.Uses[0].Code != households {
			t.Errorf("after a call: %+v", s)
		}
		if got := findSystem(t, p.engineer, otherSystem); got.Status != "not_connected" {
			t.Errorf("a system that never called: %+v", got)
		}
		p.later(t, 31*24*time.Hour)
		soonStatus(t, status, "idle")
		if found := listSystems(t, p.engineer, url.Values{"status": {"idle"}}); len(found.Systems) != 1 || found.Counts.Status["idle"] != 1 {
			t.Errorf("filter by status: %+v", found)
		}
		ok(t, conn.client(t).Get(recordsPath), http.StatusOK)
		soonStatus(t, status, "connected")
		p.security.SignIn()
		conn.must(t, p.security, "suspend", m{"reason_class": "incident", "comment": "Dấu hiệu gọi bất thường"})
		soonStatus(t, status, "disconnected")
	})
	t.Run("R8.3a a listed system that is not connected has a plan of its agency, and an overdue one is a task", func(t *testing.T) { plans(t, p) })
}

func soonStatus(t *testing.T, status func() systemView, want string) {
	t.Helper()
	soon(t, "the status "+want, func() bool { return status().Status == want })
}

func plans(t *testing.T, p *province) {
	steward := p.admin.Hire(t, "dau.moi.yt", "Phàn Đầu Mối", foreign, nil, "steward")
	need := func() string { return findSystem(t, p.engineer, otherSystem).Need }
	soon(t, "a plan is owed", func() bool { return need() == "plan" })
	subject := "system.plan/" + otherSystem
	if kinds := openTasks(t, steward, subject); kinds != "system.plan" {
		t.Errorf("tasks of the agency: %q", kinds)
	}
	at := "/api/v1/systems/" + otherSystem + "/plan"
	plan := m{"target": p.Now().AddDate(0, 0, 20).Format(time.DateOnly), "steps": "Xây dựng API, phê duyệt cấp độ, gửi yêu cầu kết nối"}
	refused(t, p.consumerSteward.Do(http.MethodPut, at, plan), http.StatusForbidden, "system.plan_own")
	refused(t, p.engineer.Do(http.MethodPut, at, plan), http.StatusForbidden, "system.plan_own")
	refused(t, steward.Do(http.MethodPut, at, m{"target": "2026-01-01", "steps": "Xây dựng API và gửi yêu cầu kết nối"}), http.StatusUnprocessableEntity, "system.plan_target")
	ok(t, steward.Do(http.MethodPut, at, plan), http.StatusOK)
	if kinds := openTasks(t, steward, subject); need() != "" || kinds != "" {
		t.Errorf("with a plan: need %q, tasks %q", need(), kinds)
	}
	p.later(t, 22*24*time.Hour)
	steward.SignIn()
	soon(t, "the plan is overdue", func() bool { return need() == "overdue" })
	if kinds := openTasks(t, steward, subject); kinds != "system.plan_overdue" {
		t.Errorf("tasks past the target day: %q", kinds)
	}
	page := string(ok(t, p.engineer.Get("/system/status"), http.StatusOK).Body)
	if !strings.Contains(page, "Quá hạn kế hoạch") || !strings.Contains(page, "bar__value") {
		t.Error("the page of progress shows neither the overdue plan nor a chart")
	}
}

package acceptance

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

type findingView struct {
	Light, Code, Why string
	Args             []string
}

type complianceView struct {
	Datasets []struct {
		Dataset, Owner string
		Findings       map[string]findingView
	}
	Totals struct {
		Datasets int
		Kinds    map[string]map[string]int
		Agencies []struct{ Owner string }
	}
}

func compliance(t *testing.T, who *harness.Person, q url.Values) complianceView {
	t.Helper()
	var v complianceView
	ok(t, who.Get("/api/v1/catalog/compliance?"+q.Encode()), http.StatusOK).Into(t, &v)
	return v
}

// lights of the only dataset, in the order of the four obligations: m met, u unmet, n not assessed.
func lights(t *testing.T, who *harness.Person) string {
	t.Helper()
	v := compliance(t, who, nil)
	if len(v.Datasets) != 1 {
		t.Fatalf("%d datasets on the board, want one", len(v.Datasets))
	}
	out := ""
	for _, k := range []string{"connected", "standardised", "updated", "quality"} {
		out += v.Datasets[0].Findings[k].Light[:1]
	}
	return out
}

func TestDieu07Obligations(t *testing.T) {
	p := newProvince(t, harness.Options{Move: true})
	p.registerSystem(t, sourceSystem, "Cơ sở dữ liệu hộ nghèo", owner)
	p.registerSystem(t, callerSystem, "Cơ sở dữ liệu ngành giáo dục", consumer)
	see := func(want string) {
		t.Helper()
		soon(t, "the lights "+want, func() bool { return lights(t, p.appraiser) == want })
	}
	tasks := func() string { t.Helper(); return openTasks(t, p.ownerSteward, "obligation/"+households) }
	t.Run("R7.4 only datasets of the catalogue in force are judged", func(t *testing.T) {
		p.approveDataset(t, "ho-ngheo", func(_, schema m) { // one field is not of the dictionary yet
			schema["fields"] = append(append([]m{}, fields...), m{"name": "ghi_chu", "label": "Ghi chú", "proposal": "Ghi chú của cán bộ rà soát", "class": "internal"})
		})
		if v := compliance(t, p.appraiser, nil); len(v.Datasets) != 0 {
			t.Fatalf("before the catalogue is issued: %+v", v)
		}
		harness.IssueList(t, harness.Catalogue, p.appraiser, p.approver)
		soon(t, "the dataset on the board", func() bool { return len(compliance(t, p.appraiser, nil).Datasets) == 1 })
	})
	t.Run("R7.4 what was not seen is red, what cannot be judged is not assessed and never green", func(t *testing.T) {
		see("uuun")
		if got := tasks(); !strings.Contains(got, "obligation.connected") || !strings.Contains(got, "obligation.standardised") || !strings.Contains(got, "obligation.updated") || strings.Contains(got, "quality") {
			t.Errorf("tasks of the steward: %q", got)
		}
		page := string(ok(t, p.ownerSteward.Get("/obligation"), http.StatusOK).Body)
		for _, words := range []string{"Chưa đạt", "Chưa đánh giá", "Mới 9/10 trường theo Từ điển", "Chưa có lượt nạp nào được kiểm tra"} {
			if !strings.Contains(page, words) {
				t.Errorf("the screen lacks %q", words)
			}
		}
	})
	t.Run("R7.4 a delivery and a call turn their lights, and the tasks end by themselves", func(t *testing.T) {
		if d := deliver(t, p.ownerSteward, households, withNote(file(30))); d.State != "published" {
			t.Fatalf("the file: %+v", d)
		}
		see("uumm")
		conn := p.live(t, nil)
		see("uumm") // the platform's own tests are no flow
		ok(t, conn.client(t).Get(recordsPath), http.StatusOK)
		see("mumm")
		if got := tasks(); got != "obligation.standardised" {
			t.Errorf("tasks that are left: %q", got)
		}
		v := compliance(t, p.appraiser, url.Values{"kind": {"standardised"}, "light": {"unmet"}, "owner": {owner}})
		if len(v.Datasets) != 1 || v.Totals.Kinds["connected"]["met"] != 1 || len(v.Totals.Agencies) != 1 || v.Datasets[0].Findings["quality"].Why == "" {
			t.Errorf("filtered: %+v", v)
		}
		if v := compliance(t, p.appraiser, url.Values{"kind": {"connected"}, "light": {"unmet"}}); len(v.Datasets) != 0 {
			t.Errorf("filtered away: %+v", v)
		}
	})
	t.Run("R7.4 an agency sees its own, and files hold what the screen shows", func(t *testing.T) {
		if v := compliance(t, p.consumerSteward, nil); len(v.Datasets) != 0 {
			t.Errorf("another agency sees %+v", v)
		}
		refused(t, p.consumerSteward.Get("/api/v1/catalog/compliance?owner="+owner), http.StatusForbidden, "access.other_agency")
		csv := ok(t, p.appraiser.Get("/obligation/export.csv"), http.StatusOK).String()
		if !strings.Contains(csv, households) || !strings.Contains(csv, "Chưa đạt") {
			t.Errorf("the file: %.300s", csv)
		}
		if a := ok(t, p.appraiser.Get("/obligation/export.xlsx?light=unmet"), http.StatusOK); !strings.HasPrefix(string(a.Body), "PK") {
			t.Error("the workbook is none")
		}
	})
	t.Run("R20.3d the owner's board counts what its lists show", func(t *testing.T) { ownerBoard(t, p) })
	t.Run("R7.4 time alone turns connected and updated red again", func(t *testing.T) {
		p.later(t, 36*24*time.Hour) // monthly, with three days of grace
		see("uuum")
		if got := tasks(); !strings.Contains(got, "obligation.connected") || !strings.Contains(got, "obligation.updated") {
			t.Errorf("tasks after 36 days: %q", got)
		}
	})
}

// withNote adds a column to a file of households.
func withNote(body string) string {
	lines := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	for i := range lines {
		lines[i] += map[bool]string{true: ",ghi_chu", false: ",bình thường"}[i == 0]
	}
	return strings.Join(lines, "\n") + "\n"
}

func ownerBoard(t *testing.T, p *province) {
	var got struct {
		Agency string
		Blocks []struct {
			Key     string
			Figures []struct {
				Key, Path string
				Value, Of int64
			}
		}
	}
	ok(t, p.ownerHead.Get("/api/v1/obligation/owner"), http.StatusOK).Into(t, &got)
	values := map[string]int64{}
	for _, b := range got.Blocks {
		for _, f := range b.Figures {
			values[f.Key] = f.Value
			if a := p.ownerHead.Get(f.Path); a.Status != http.StatusOK {
				t.Errorf("%s leads to %s: %d", f.Key, f.Path, a.Status)
			}
		}
	}
	want := map[string]int64{"unmet": 1, "connected": 1, "standardised": 0, "quality": 1, "stored": 1, "users": 1, "user_agencies": 1, "systems_connected": 0, "requests_waiting": 0}
	for key, n := range want {
		if v, has := values[key]; !has || v != n {
			t.Errorf("%s: %d (there: %v), want %d", key, v, has, n)
		}
	}
	if _, has := values["incidents"]; has != (p.ownerHead.Get("/incident").Status == http.StatusOK) {
		t.Error("a figure is shown exactly to who may open its list")
	}
	refused(t, p.ownerHead.Get("/api/v1/obligation/owner?agency="+consumer), http.StatusForbidden, "access.other_agency")
	ok(t, p.appraiser.Get("/api/v1/obligation/owner?agency="+owner), http.StatusOK)
	page := string(ok(t, p.ownerHead.Get("/obligation/owner"), http.StatusOK).Body)
	if !strings.Contains(page, "Bảng điều khiển chủ quản") || !strings.Contains(page, `href="/obligation?`) {
		t.Error("the page of the owner leads nowhere")
	}
	if home := string(ok(t, p.ownerHead.Get("/"), http.StatusOK).Body); !strings.Contains(home, `href="/obligation/owner"`) {
		t.Error("the owner's board is more than one click from the first page")
	}
}

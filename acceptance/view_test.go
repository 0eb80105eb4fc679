package acceptance

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

const (
	viewPage = "/warehouse/view/" + households
	viewPath = "/api/v1/datasets/" + households + "/view"
)

// Household 5 of the files of this package; nothing that is shown, written or sent may hold its identifier whole.
const (
	heldID     = "999065000005"
	maskedID   = "999•••••0005"
	heldHouse  = "H00005"
	viewCase   = "H38.05-261124-0031"
	viewReason = "Đối chiếu bản chính của hồ sơ"
)

// lookUp is a look-up by an identifier.
func lookUp(column, value string) m {
	return m{"purpose": "QLNN", "case": viewCase, "identifier": column, "value": value}
}

// sendForm posts the form of a page.
func sendForm(who *harness.Person, path string, form url.Values) harness.Answer {
	return who.With("Content-Type", "application/x-www-form-urlencoded").Post(path, form.Encode())
}

// seenRecords is the answer of a look.
type seenRecords struct {
	ID, Mark, Grant, Next string
	Records               []map[string]any
	Columns               []struct{ Name, Label, Mask string }
}

func look(t *testing.T, who *harness.Person, body m) seenRecords {
	t.Helper()
	a := ok(t, who.Post(viewPath, body), http.StatusOK)
	if a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("an answer with data may be kept: %q", a.Header.Get("Cache-Control"))
	}
	var got seenRecords
	a.Into(t, &got)
	return got
}

// People look at records on screen: masked, marked, recorded (Điều 21.3a, 27.3).
func TestViewOwn(t *testing.T) {
	p := withData(t, harness.Options{}, 60)
	officer := p.admin.Hire(t, "tra.cuu.nn", "Vàng Tra Cứu", owner, nil, "lookup_officer")
	t.Run("R21.4a one factor reads no record of a person", func(t *testing.T) {
		p.denied(t, officer.Post(viewPath, lookUp("so_dinh_danh", heldID)), http.StatusForbidden, "access.strong_auth_required", "AUTHN")
		page := string(ok(t, officer.Get(viewPage), http.StatusOK).Body)
		if !strings.Contains(page, "Cần xác thực hai bước") || !strings.Contains(page, "/me/second-factor") {
			t.Error("the page does not say how to go on")
		}
		officer.Enrol()
		look(t, officer, lookUp("so_dinh_danh", heldID))
	})
	t.Run("R21.3a a record is shown masked, with the mark of who sees it, and recorded before", func(t *testing.T) { masked(t, p, officer) })
	t.Run("R27.3 a mask is lifted for one record, with a reason, recorded as such", func(t *testing.T) { lifted(t, p, officer) })
	t.Run("R21.3a another agency's people see nothing", func(t *testing.T) {
		other := p.admin.Hire(t, "tra.cuu.yt", "Lý Tra Cứu", foreign, nil, "lookup_officer")
		other.Enrol()
		p.denied(t, other.Post(viewPath, lookUp("so_dinh_danh", heldID)), http.StatusForbidden, "access.grant_missing", "GRANT")
		if page := ok(t, other.Get(viewPage), http.StatusForbidden); !strings.Contains(string(page.Body), "Chưa có quyền xem dữ liệu") {
			t.Error("the page does not say why")
		}
		if list := string(ok(t, other.Get("/warehouse/view"), http.StatusOK).Body); strings.Contains(list, viewPage) {
			t.Error("a dataset without a grant is offered")
		}
		if list := string(ok(t, officer.Get("/warehouse/view"), http.StatusOK).Body); !strings.Contains(list, viewPage) {
			t.Error("the agency's own dataset is not offered")
		}
	})
	t.Run("R27.3 what is typed is checked, and nothing wrong is decided", func(t *testing.T) {
		for field, body := range map[string]m{
			"value": {"purpose": "QLNN", "case": viewCase, "identifier": "so_dinh_danh"}, "identifier": {"purpose": "QLNN", "case": viewCase, "value": heldID},
			"case": {"purpose": "QLNN", "case": "hồ sơ của " + heldID, "identifier": "so_dinh_danh", "value": heldID},
		} {
			if a := officer.Post(viewPath, body); a.Status != http.StatusUnprocessableEntity || strings.Contains(string(a.Body), heldID) {
				t.Errorf("%s: %s", field, a)
			}
		}
	})
	p.Stop()
	t.Run("R27.3 no identifier stands in a log, a journal or a database", func(t *testing.T) {
		if strings.Contains(p.Output(), heldID) {
			t.Error("the log holds the identifier")
		}
		for _, name := range append(journalFiles(t, p.Dir), filepath.Join(p.Dir, "control.db")) {
			if text, err := os.ReadFile(name); err == nil && strings.Contains(string(text), heldID) {
				t.Errorf("%s holds the identifier", name)
			}
		}
	})
}

func masked(t *testing.T, p *province, officer *harness.Person) {
	got := look(t, officer, lookUp("so_dinh_danh", heldID))
	if len(got.Records) != 1 || got.Records[0]["so_dinh_danh"] != maskedID || got.Records[0]["ma_ho"] != heldHouse {
		t.Fatalf("%+v", got.Records)
	}
	if !strings.Contains(got.Mark, "Vàng Tra Cứu") || !strings.Contains(got.Mark, got.ID) {
		t.Errorf("the mark says %q", got.Mark)
	}
	a := sendForm(officer, viewPage, url.Values{"purpose": {"QLNN"}, "case": {viewCase}, "column": {"so_dinh_danh"}, "value": {heldID}})
	page := string(ok(t, a, http.StatusOK).Body)
	id := a.Header.Get("X-Request-Id")
	for _, want := range []string{maskedID, "Vàng Tra Cứu", id, "/exchange/calls/" + id, "marked__over"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, never := range []string{heldID, "Giàng A Thử F", "style=", "download", "export"} {
		if strings.Contains(page, never) {
			t.Errorf("the page holds %q", never)
		}
	}
	if a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the page may be kept: %q", a.Header.Get("Cache-Control"))
	}
	d := p.decisionOf(t, a)
	if d["channel"] != "screen" || d["purpose"].(m)["case_ref"] != viewCase || d["actor"].(m)["account_id"] != officer.ID || d["content"].(m)["subject_keys"] == nil {
		t.Errorf("the record says %v", d)
	}
	if trace := string(ok(t, officer.Get("/exchange/calls/"+id), http.StatusOK).Body); !strings.Contains(trace, viewCase) {
		t.Error("the trace does not show the case")
	}
	refused(t, officer.Post(viewPath, lookUp("so_dinh_danh", "999065009999")), http.StatusNotFound, "flow.record_not_found")
	p.denied(t, officer.Post(viewPath, m{"purpose": "PTDB", "case": viewCase}), http.StatusForbidden, "access.purpose_mismatch", "PURPOSE")
	p.denied(t, officer.Post(viewPath, m{"purpose": "QLNN"}), http.StatusForbidden, "access.case_missing", "PURPOSE")
}

func lifted(t *testing.T, p *province, officer *harness.Person) {
	ask := lookUp("so_dinh_danh", heldID)
	ask["unmask"] = []string{"so_dinh_danh"}
	p.denied(t, officer.Post(viewPath, ask), http.StatusForbidden, "access.unmask_reason_missing", "SCOPE")
	ask["reason"] = viewReason
	a := ok(t, officer.Post(viewPath, ask), http.StatusOK)
	if !strings.Contains(string(a.Body), heldID) {
		t.Fatalf("the mask was not lifted: %s", a)
	}
	if d := p.decisionOf(t, a); d["event"] != "unmask" || d["reason"] != viewReason {
		t.Errorf("the record says %v", d)
	}
	p.denied(t, officer.Post(viewPath, m{"purpose": "QLNN", "case": viewCase, "unmask": []string{"so_dinh_danh"}, "reason": viewReason}), http.StatusForbidden, "access.unmask_single_record", "SCOPE")
	first := sendForm(officer, viewPage, url.Values{"purpose": {"QLNN"}, "case": {viewCase}, "column": {"so_dinh_danh"}, "value": {heldID}})
	ticket := between(string(ok(t, first, http.StatusOK).Body), `name="ticket" value="`, `"`)
	again := url.Values{"purpose": {"QLNN"}, "case": {viewCase}, "column": {"so_dinh_danh"}, "ticket": {ticket}, "lift": {"1"}}
	if a := sendForm(officer, viewPage, again); a.Status != http.StatusUnprocessableEntity || strings.Contains(string(a.Body), heldID) {
		t.Errorf("without fields and reason: %d", a.Status)
	}
	again["unmask"], again["reason"] = []string{"so_dinh_danh"}, []string{viewReason}
	if page := string(ok(t, sendForm(officer, viewPage, again), http.StatusOK).Body); !strings.Contains(page, heldID) || strings.Contains(page, "value=\""+heldID) {
		t.Error("the page does not show the value, or writes it into a field")
	}
	again["ticket"] = []string{ticket[:len(ticket)-2] + "xx"}
	if a := sendForm(officer, viewPage, again); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a forged ticket: %d", a.Status)
	}
}

func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	got, _, _ := strings.Cut(rest, after)
	return got
}

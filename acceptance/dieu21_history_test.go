package acceptance

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// lives are histories of grants as the API shows them.
type lives struct {
	Grants []struct {
		Number  string
		Columns []struct{ Name string }
		Events  []struct{ What, Who, Reason string }
	}
}

// What became of rights, and who could read what on a day (X7).
func TestDieu21History(t *testing.T) {
	p := withData(t, harness.Options{Move: true}, 20)
	c := p.live(t, nil)
	g := p.grantOf(t, c)
	given := p.Now()
	var made struct{ ID string }
	ok(t, p.ownerSteward.Post("/api/v1/reviews/asks", m{"grant": g.ID, "kind": "narrow", "reason": "Không dùng số tiền trợ cấp", "narrow": m{"drop": []string{"so_tien"}}}), http.StatusCreated).Into(t, &made)
	p.Shift(5 * 24 * time.Hour)
	for _, who := range []*harness.Person{p.security, p.ownerSteward, p.consumerSteward, p.auditor, p.engineer} {
		who.SignIn()
	}
	ok(t, p.security.Post("/api/v1/reviews/asks/"+made.ID+"/confirm", m{"answer": "Đúng nguyên tắc tối thiểu"}), http.StatusOK)
	ok(t, p.security.Post("/api/v1/connections/requests/"+c.ID+"/terminate", m{"comment": "Hết nhu cầu khai thác"}), http.StatusOK)
	p.Shift(3 * 24 * time.Hour)
	for _, who := range []*harness.Person{p.security, p.ownerSteward, p.consumerSteward, p.auditor, p.engineer} {
		who.SignIn()
	}
	day := func(at time.Time) string { return at.In(time.FixedZone("ICT", 7*3600)).Format(time.DateOnly) }
	find := func(who *harness.Person, query string) (out lives) {
		t.Helper()
		ok(t, who.Get("/api/v1/access/history?"+query), http.StatusOK).Into(t, &out)
		return out
	}
	t.Run("X7 a grant's whole life is told: given, narrowed, ended, by whom and why", func(t *testing.T) {
		for _, query := range []string{"dataset=" + households, "agency=" + consumer, "system=" + callerSystem} {
			got := find(p.ownerSteward, query)
			if len(got.Grants) != 1 || len(got.Grants[0].Events) != 3 {
				t.Fatalf("%s: %+v", query, got)
			}
			e := got.Grants[0].Events
			if e[0].What != "given" || e[1].What != "narrowed" || e[2].What != "ended" || e[0].Who == "" || e[2].Reason == "" {
				t.Errorf("%+v", e)
			}
		}
		if got := find(p.auditor, "dataset=khong/co"); len(got.Grants) != 0 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("X7 as of a day: who could read what, with the scope of that day", func(t *testing.T) {
		then := find(p.auditor, "as_of="+day(given))
		if len(then.Grants) != 1 || len(then.Grants[0].Columns) != len(g.Columns) {
			t.Errorf("on the day it was given: %+v", then)
		}
		last := find(p.auditor, "as_of="+day(given.Add(5*24*time.Hour)))
		if len(last.Grants) != 1 || len(last.Grants[0].Columns) != len(g.Columns)-1 {
			t.Errorf("on the day it was narrowed and ended: %+v", last)
		}
		for _, at := range []time.Time{given.Add(-2 * 24 * time.Hour), given.Add(7 * 24 * time.Hour)} {
			if got := find(p.auditor, "as_of="+day(at)); len(got.Grants) != 0 {
				t.Errorf("%s: %+v", day(at), got)
			}
		}
		refused(t, p.auditor.Get("/api/v1/access/history?as_of=2999-01-01"), http.StatusUnprocessableEntity, "access.history_day")
	})
	t.Run("X7 the history of others is not told", func(t *testing.T) {
		other := p.admin
		other.SignIn()
		steward := p.admin.Hire(t, "dau.moi.yt", "Đầu Mối Y Tế", foreign, nil, "steward")
		if got := find(steward, "dataset="+households); len(got.Grants) != 0 {
			t.Errorf("an agency without part in it sees %+v", got)
		}
		analyst := p.admin.Hire(t, "phan.tich.gd", "Phân Tích", consumer, nil, "analyst")
		refused(t, analyst.Get("/api/v1/access/history"), http.StatusForbidden, "access.permission_missing")
		if a := steward.Get("/access/history.csv?dataset=" + households); a.Status != http.StatusOK || strings.Contains(string(a.Body), g.Number) {
			t.Errorf("the file of a third agency: %s", a)
		}
	})
	t.Run("X7 page and files hold the same", func(t *testing.T) {
		for _, at := range []string{"/access/history", "/access/history.csv"} {
			if a := p.ownerSteward.Get(at); a.Status != http.StatusOK || !strings.Contains(string(a.Body), g.Number) || !strings.Contains(string(a.Body), "Thu hẹp") {
				t.Errorf("%s: %s", at, a)
			}
		}
		if a := p.ownerSteward.Get("/access/history.xlsx"); a.Status != http.StatusOK || !strings.HasPrefix(string(a.Body), "PK") {
			t.Errorf("the workbook: %d", a.Status)
		}
	})
}

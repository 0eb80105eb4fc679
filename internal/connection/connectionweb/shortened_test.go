package connectionweb

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/connection"
	"lienthong/internal/connection/connectiontest"
)

// The form says which process the typed need would take, by script and without, and keeps what was typed.
func TestTheFormShowsItsRoute(t *testing.T) {
	s := newSite(t)
	s.Issue()
	v := needValues()
	v.Del("fields")
	for _, f := range s.Need().Fields {
		v.Add("fields", f)
	}
	ask := func(v url.Values, script bool) string {
		t.Helper()
		r := httptest.NewRequest(http.MethodPost, "/connections/route", strings.NewReader(v.Encode()))
		r.Header.Set("Test-Actor", "steward")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if script {
			r.Header.Set("HX-Request", "true")
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return w.Body.String()
	}
	for _, script := range []bool{true, false} {
		if body := ask(v, script); !strings.Contains(body, "Quy trình rút gọn") || strings.Contains(body, "<html") == script {
			t.Fatalf("script %v: within the scope it is not the shortened process", script)
		}
	}
	v.Add("fields", "dia_chi_cha_me")
	body := ask(v, false)
	if !strings.Contains(body, "Quy trình đầy đủ") || !strings.Contains(body, "“Địa chỉ của cha, mẹ” nằm ngoài phạm vi chia sẻ") || !strings.Contains(body, "kythuat@example.vn") {
		t.Fatal("a field outside the scope does not switch the form to the full process, or what was typed is lost")
	}
	if all, err := s.Service.List(connectiontest.Steward(), connection.Filter{}); err != nil || len(all) != 0 {
		t.Fatalf("asking for the route kept something: %v %v", all, err)
	}
}

func TestPagesOfTheShortenedProcess(t *testing.T) {
	s := newSite(t)
	s.Issue()
	r := s.UntilShortened(connection.SecurityCheck)
	at := path(r.ID)
	body := s.page(t, at, "security")
	for _, want := range []string{"Kiểm tra an toàn, bảo vệ dữ liệu", "Quy trình rút gọn – vì sao", "0/7 ngày làm việc", "pass-check", "return-check"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(s.page(t, at, "appraiser"), "pass-check") {
		t.Error("an appraiser is offered the security check")
	}
	w := s.post(t, at+"/object", "owner", url.Values{"comment": {"Không đồng ý"}})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "căn cứ pháp lý") {
		t.Fatalf("an objection without its ground: %d", w.Code)
	}
	s.Dataset.Listed = ""
	if w := s.post(t, at+"/return-check", "security", url.Values{"missing_items": {"Số hồ sơ"}}); w.Code == http.StatusSeeOther {
		t.Fatalf("a step of the shortened process after a condition fell away: %d", w.Code)
	}
	if body := s.page(t, at, "security"); !strings.Contains(body, "Đã chuyển sang quy trình đầy đủ") || !strings.Contains(body, "chưa có trong Danh mục đã ban hành") {
		t.Fatal("the page does not say that the request went over, and why")
	}
}

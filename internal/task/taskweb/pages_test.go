package taskweb

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/task"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

var monday = time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC)

type site struct {
	http.Handler
	db    *controldb.DB
	clock *clock.Adjustable
	task  *task.Service
}

// newSite is the console with these pages; who calls stands in the test's own header.
func newSite(t *testing.T) *site {
	t.Helper()
	db, c := testkit.DB(t), clock.NewAdjustable(clock.Fixed(monday))
	log, err := audit.Open(t.TempDir(), audit.Options{
		Journal:   journal.Options{Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), Origin: "example.test/audit/1"},
		PersonKey: bytes.Repeat([]byte{2}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	if err := log.UseOutbox(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	cal, err := clock.VietNam()
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := i18n.NewCatalog(Messages, task.Messages, access.Messages, web.Messages, ui.Messages, httpx.Messages,
		i18n.Messages{"connection.task.opinion": {Vi: "Cho ý kiến về yêu cầu {0}", En: "Give an opinion on request {0}"}})
	if err != nil {
		t.Fatal(err)
	}
	shell, err := web.NewShell(web.Deps{Catalog: catalog, Log: slog.New(slog.DiscardHandler), Clock: c, Authenticate: signedIn})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{db: db, clock: c, task: task.NewService(db, c, cal, log)}
	p := New(shell, s.task, func(_ context.Context, code string) string { return "Cơ quan " + code })
	api := web.NewAPI(shell, "test")
	p.Operations(api)
	if s.Handler, err = web.NewMux(shell, p.Routes(), api); err != nil {
		t.Fatal(err)
	}
	return s
}

func signedIn(r *http.Request) (context.Context, error) {
	agency, role, found := strings.Cut(r.Header.Get("Test-Actor"), "/")
	if !found {
		return r.Context(), nil
	}
	a := access.Actor{Type: access.User, ID: "account:" + role, Name: "Người thử", Agency: agency, Roles: []access.Role{access.Role(role)}}
	return access.WithActor(r.Context(), a), nil
}

func (s *site) call(t *testing.T, method, path, actor string, form url.Values) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Test-Actor", actor)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(body)
}

func (s *site) open(t *testing.T) {
	t.Helper()
	err := s.db.InTx(context.Background(), func(q controldb.Querier) error {
		return s.task.Open(context.Background(), q, task.Task{
			Kind: "connection.opinion", Agency: "H38.04", Subject: "connection.request/1", Path: "/connection/1",
			TitleKey: "connection.task.opinion", TitleArgs: []string{"2026-0001"}, WorkingDays: 3,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

const steward, operator = "H38.04/steward", "H38.02/op_appraiser"

func TestInboxInItsStates(t *testing.T) {
	s := newSite(t)
	if code, _ := s.call(t, "GET", "/tasks", "", nil); code != http.StatusSeeOther {
		t.Errorf("nobody: %d, want a way to sign in", code)
	}
	if code, body := s.call(t, "GET", "/tasks", steward, nil); code != 200 || !strings.Contains(body, "Không có việc nào đang chờ") {
		t.Errorf("empty inbox: %d", code)
	}
	s.open(t)
	for _, c := range []struct {
		name  string
		after time.Duration
		words string
	}{
		{"new", 0, "Còn 3 ngày làm việc"},
		{"two days later", 48 * time.Hour, "Còn 1 ngày làm việc"},
		{"on the day", 72 * time.Hour, "Đến hạn hôm nay"},
		{"the day after", 96 * time.Hour, "Quá hạn 1 ngày làm việc"},
	} {
		s.clock.Shift(c.after - s.clock.Offset())
		code, body := s.call(t, "GET", "/tasks", steward, nil)
		for _, want := range []string{c.words, `href="/connection/1"`, "Cho ý kiến về yêu cầu 2026-0001", "Cơ quan H38.04"} {
			if code != 200 || !strings.Contains(body, want) {
				t.Errorf("%s: %d without %q", c.name, code, want)
			}
		}
	}
	if _, body := s.call(t, "GET", "/tasks", "H38.05/steward", nil); strings.Contains(body, "2026-0001") {
		t.Error("another agency sees the task")
	}
	if _, body := s.call(t, "GET", "/tasks?show=done", steward, nil); !strings.Contains(body, "Chưa có việc nào hoàn thành") {
		t.Error("the list of done tasks is not empty")
	}
}

func TestNoticesAreReadOneByOneOrAll(t *testing.T) {
	s := newSite(t)
	if _, body := s.call(t, "GET", "/tasks/notices", steward, nil); !strings.Contains(body, "Không có thông báo nào") {
		t.Error("no word about an empty list")
	}
	s.open(t)
	s.clock.Shift(100 * time.Hour)
	if err := s.task.Remind(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{steward, operator} {
		if _, body := s.call(t, "GET", "/tasks/notices", who, nil); !strings.Contains(body, "Đã quá hạn") || !strings.Contains(body, "Đánh dấu đã đọc tất cả") {
			t.Errorf("%s does not see the notice", who)
		}
	}
	if code, _ := s.call(t, "POST", "/tasks/notices/read", steward, url.Values{}); code != http.StatusSeeOther {
		t.Errorf("mark all: %d", code)
	}
	if _, body := s.call(t, "GET", "/tasks/notices", steward, nil); strings.Contains(body, "Đánh dấu đã đọc tất cả") {
		t.Error("still unread after all were read")
	}
	if _, body := s.call(t, "GET", "/tasks/notices", operator, nil); !strings.Contains(body, "Đánh dấu đã đọc tất cả") {
		t.Error("the steward's reading marked the operator's notice")
	}
}

func TestOperations(t *testing.T) {
	s := newSite(t)
	s.open(t)
	s.clock.Shift(100 * time.Hour)
	if err := s.task.Remind(context.Background()); err != nil {
		t.Fatal(err)
	}
	var list struct{ Tasks []map[string]any }
	_, body := s.call(t, "GET", "/api/v1/tasks?state=open", steward, nil)
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list.Tasks) != 1 {
		t.Fatalf("list: %v %s", err, body)
	}
	if got := list.Tasks[0]; got["stage"] != "overdue" || got["working_days"] != 1.0 || got["escalated"] != true || got["path"] != "/connection/1" {
		t.Errorf("task: %v", got)
	}
	_, body = s.call(t, "GET", "/api/v1/tasks/counts", steward, nil)
	if want := `{"open":1,"due_today":0,"overdue":1,"unread_notices":1}`; strings.TrimSpace(body) != want {
		t.Errorf("counts %s, want %s", body, want)
	}
	_, body = s.call(t, "GET", "/api/v1/tasks/notices", steward, nil)
	if !strings.Contains(body, `"stage":"overdue"`) {
		t.Errorf("notices %s", body)
	}
	r := httptest.NewRequest(http.MethodPost, "/api/v1/tasks/notices/read", strings.NewReader(`{}`))
	r.Header.Set("Test-Actor", steward)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if _, body = s.call(t, "GET", "/api/v1/tasks/counts", steward, nil); w.Code != http.StatusNoContent || !strings.Contains(body, `"unread_notices":0`) {
		t.Errorf("mark all as read: %d, then %s", w.Code, body)
	}
	if code, body := s.call(t, "GET", "/api/v1/tasks", "", nil); code != http.StatusUnauthorized || !strings.Contains(body, "access.sign_in_required") {
		t.Errorf("nobody: %d %s", code, body)
	}
	if code, _ := s.call(t, "GET", "/api/v1/tasks?state=late", steward, nil); code != http.StatusUnprocessableEntity {
		t.Errorf("unknown state: %d", code)
	}
}

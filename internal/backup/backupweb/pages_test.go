package backupweb

import (
	"context"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit/audittest"
	"lienthong/internal/backup"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/secret"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

func signedIn(r *http.Request) (context.Context, error) {
	role := access.Role(r.Header.Get("Test-Role"))
	if role == "" {
		return r.Context(), nil
	}
	return access.WithActor(r.Context(), access.Actor{Type: access.User, ID: string(role), Name: "Người thử", Agency: "H38.02", Roles: []access.Role{role}}), nil
}

type site struct {
	http.Handler
	backup *backup.Service
	clock  *clock.Adjustable
	away   string
}

func newSite(t *testing.T, scheduled bool) *site {
	t.Helper()
	db, data := testkit.DB(t), t.TempDir()
	s := &site{clock: clock.NewAdjustable(clock.System()), away: t.TempDir()}
	if _, err := secret.Open(filepath.Join(data, "secrets")); err != nil {
		t.Fatal(err)
	}
	settings := backup.Settings{Every: 24 * time.Hour, Keep: 3, WarnAfter: 36 * time.Hour}
	if scheduled {
		settings.Dir = s.away
	}
	var err error
	s.backup, err = backup.NewService(context.Background(), backup.Parts{DB: db, Log: audittest.Log(t, db), Clock: s.clock, Logger: slog.New(slog.DiscardHandler), DataDir: data, Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.NewCatalog(Messages, backup.Messages, access.Messages, web.Messages, ui.Messages, httpx.Messages)
	if err != nil {
		t.Fatal(err)
	}
	shell, err := web.NewShell(web.Deps{Catalog: words, Log: slog.New(slog.DiscardHandler), Clock: s.clock, Authenticate: signedIn})
	if err != nil {
		t.Fatal(err)
	}
	p, api := New(shell, s.backup), web.NewAPI(shell, "test")
	p.Operations(api)
	if s.Handler, err = web.NewMux(shell, p.Routes(), api); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) useKey(t *testing.T) {
	t.Helper()
	k, err := backup.NewRecoveryKey()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.backup.UseKey(context.Background(), k.Public().Text()); err != nil {
		t.Fatal(err)
	}
}

func (s *site) ask(method, path string, role access.Role) (int, string) {
	r := httptest.NewRequest(method, path, strings.NewReader(url.Values{}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Test-Role", string(role))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, html.UnescapeString(w.Body.String())
}

func (s *site) shows(t *testing.T, role access.Role, want ...string) {
	t.Helper()
	code, body := s.ask(http.MethodGet, "/backup", role)
	for _, text := range want {
		if code != http.StatusOK || !strings.Contains(body, text) {
			t.Errorf("%d, without %q", code, text)
		}
	}
}

func TestThePageInEveryState(t *testing.T) {
	s := newSite(t, true)
	s.shows(t, access.OpAdmin, "Chưa có khóa sao lưu", "lienthong backup key", "Chưa có lần sao lưu nào", "Chưa lập khóa sao lưu")
	if code, body := s.ask(http.MethodPost, "/backup", access.OpAdmin); code != http.StatusConflict || !strings.Contains(body, "Chưa sao lưu được") {
		t.Fatalf("without a key: %d", code)
	}
	s.useKey(t)
	s.shows(t, access.OpAdmin, "Chờ lần đầu", "Sao lưu ngay", "Mỗi 24 giờ")
	if code, _ := s.ask(http.MethodPost, "/backup", access.OpAdmin); code != http.StatusSeeOther {
		t.Fatalf("%d", code)
	}
	s.shows(t, access.OpAdmin, "Đúng lịch", "Đã đọc lại, nguyên vẹn", ".ltb")
	if made, err := filepath.Glob(filepath.Join(s.away, "*.ltb")); err != nil || len(made) != 1 {
		t.Fatalf("%v, %v", made, err)
	}
	s.clock.Shift(40 * time.Hour)
	s.shows(t, access.OpAdmin, "Quá hạn", "40 giờ trước")
	code, body := s.ask(http.MethodGet, web.APIPrefix+"/backup", access.OpSecurity)
	if code != http.StatusOK || !strings.Contains(body, `"late":true`) || strings.Contains(body, s.away) {
		t.Fatalf("%d %s", code, body)
	}
}

func TestAPlatformWithoutASchedule(t *testing.T) {
	s := newSite(t, false)
	s.useKey(t)
	s.shows(t, access.OpAdmin, "Chưa sao lưu theo lịch", "backup.dir", "Chưa đặt thư mục sao lưu")
	if code, body := s.ask(http.MethodPost, web.APIPrefix+"/backup", access.OpAdmin); code != http.StatusConflict || !strings.Contains(body, "backup.no_dir") {
		t.Fatalf("%d %s", code, body)
	}
}

func TestWhoMay(t *testing.T) {
	s := newSite(t, true)
	s.useKey(t)
	for role, want := range map[access.Role][2]int{"": {303, 303}, access.Steward: {403, 403}, access.OpEngineer: {403, 403}, access.OpSecurity: {200, 403}, access.OpAdmin: {200, 303}} {
		get, _ := s.ask(http.MethodGet, "/backup", role)
		post, _ := s.ask(http.MethodPost, "/backup", role)
		if role != "" && (get != want[0] || post != want[1]) || role == "" && (get == 200 || post == 200) {
			t.Errorf("%q: GET %d, POST %d, want %v", role, get, post, want)
		}
	}
	if _, body := s.ask(http.MethodGet, "/backup", access.OpSecurity); strings.Contains(body, "Sao lưu ngay") {
		t.Error("a button for someone who may not")
	}
	if made, err := filepath.Glob(filepath.Join(s.away, "*.ltb")); err != nil || len(made) != 1 {
		t.Fatalf("only the administrator's backup is made: %v, %v", made, err)
	}
}

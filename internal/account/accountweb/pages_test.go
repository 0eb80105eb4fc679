package accountweb

import (
	"bytes"
	"context"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/audit"
	"lienthong/internal/audit/audittest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/web"
	"lienthong/internal/web/ui"
)

const (
	operator = "H38.02"
	phrase   = "ruộng bậc thang mùa lúa chín"
)

var noon = time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)

type everyAgency struct{}

func (everyAgency) Ended(context.Context, string) (bool, error) { return false, nil }

func (everyAgency) Active(_ context.Context, code string) (bool, error) { return code != "H38.99", nil }

// site is the real pages on the real service, as one browser sees them.
type site struct {
	http.Handler
	t       *testing.T
	clock   *clock.Adjustable
	service *account.Service
	cookies map[string]string
}

func newSite(t *testing.T, https bool) *site {
	return newSiteWith(t, https, clock.Fixed(noon), func(*account.Parts) {})
}

func newSiteWith(t *testing.T, https bool, base clock.Clock, change func(*account.Parts)) *site {
	t.Helper()
	db, c := testkit.DB(t), clock.NewAdjustable(base)
	parts := account.Parts{
		DB: db, Clock: c, Log: audittest.Log(t, db), Agencies: everyAgency{}, Operator: operator, Key: bytes.Repeat([]byte{5}, 32), HTTPS: https,
	}
	change(&parts)
	service, err := account.NewService(parts)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := i18n.NewCatalog(Messages, account.Messages, access.Messages, audit.Messages, web.Messages, ui.Messages, httpx.Messages)
	if err != nil {
		t.Fatal(err)
	}
	shell, err := web.NewShell(web.Deps{Catalog: catalog, Log: slog.New(slog.DiscardHandler), Clock: c, Authenticate: service.Authenticate, HTTPS: https, MyPage: "/me"})
	if err != nil {
		t.Fatal(err)
	}
	p, api := New(shell, service, c, func(_ context.Context, code string) string { return "Cơ quan " + code }), web.NewAPI(shell, "test")
	p.Operations(api)
	s := &site{t: t, clock: c, service: service, cookies: map[string]string{}}
	if s.Handler, err = web.NewMux(shell, p.Routes(), api); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) send(r *http.Request) (*http.Response, string) {
	s.t.Helper()
	for name, value := range s.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	got := w.Result()
	for _, c := range got.Cookies() {
		s.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(s.cookies, c.Name)
		}
	}
	return got, html.UnescapeString(w.Body.String())
}

func (s *site) get(path string) (*http.Response, string) {
	s.t.Helper()
	return s.send(httptest.NewRequest(http.MethodGet, path, nil))
}

func (s *site) post(path string, pairs ...string) (*http.Response, string) {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.send(r)
}

// goes checks that the answer sends the browser on to a path.
func (s *site) goes(got *http.Response, body, to string) {
	s.t.Helper()
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != to {
		s.t.Fatalf("%d to %q, want to %q: %s", got.StatusCode, got.Header.Get("Location"), to, main(body))
	}
}

func (s *site) shows(got *http.Response, body string, status int, texts ...string) {
	s.t.Helper()
	if got.StatusCode != status {
		s.t.Fatalf("%d, want %d: %s", got.StatusCode, status, main(body))
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			s.t.Fatalf("lacks %q: %s", text, main(body))
		}
	}
}

func main(body string) string {
	if _, rest, found := strings.Cut(body, "<main"); found {
		return rest
	}
	return body
}

// hidden is the value that a form on the page carries along.
func (s *site) hidden(body, name string) string {
	s.t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		s.t.Fatalf("no %s on the page: %s", name, main(body))
	}
	return m[1]
}

func (s *site) code(secret string) string {
	s.t.Helper()
	code, err := account.TOTPCode(secret, s.clock.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return code
}

var admin = access.Actor{Type: access.User, ID: "x", Name: "Người tạo", Agency: operator, Roles: []access.Role{access.OpAdmin}}

func (s *site) person(username, secret, agency string, roles ...access.Role) *account.Account {
	s.t.Helper()
	a, _, err := s.service.Create(access.WithActor(context.Background(), admin), account.New{
		Username: username, FullName: "Người " + username, Agency: agency, Roles: roles, Password: phrase, TOTPSecret: secret})
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// enter signs the browser in.
func (s *site) enter(username, secret string) {
	s.t.Helper()
	got, body := s.post("/sign-in", "username", username, "password", phrase)
	if secret != "" {
		got, body = s.post("/sign-in/code", "ticket", s.hidden(body, "ticket"), "code", s.code(secret))
	}
	if got.StatusCode != http.StatusSeeOther {
		s.t.Fatalf("%d: %s", got.StatusCode, main(body))
	}
}

// From an empty platform to an administrator who adds the first colleague.
func TestFromNothingToTheFirstColleague(t *testing.T) {
	s := newSite(t, false)
	got, body := s.get("/sign-in")
	s.goes(got, body, "/set-up")
	token, _, err := s.service.EnsureSetUpToken(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	first := []string{"username", "quantri", "full_name", "Quản Trị Giả", "password", phrase}
	got, body = s.post("/set-up", append([]string{"token", "ABC"}, first...)...)
	s.shows(got, body, http.StatusForbidden, "không đúng, đã dùng hoặc đã hết hạn", `value="quantri"`)
	if strings.Contains(body, phrase) {
		t.Fatal("the password comes back")
	}
	got, body = s.post("/set-up", "token", token, "username", "quantri", "full_name", "Quản Trị Giả", "password", "ngắn")
	s.shows(got, body, http.StatusUnprocessableEntity, "ít nhất 12 ký tự")
	got, body = s.post("/set-up", append([]string{"token", token}, first...)...)
	s.goes(got, body, "/sign-in")
	got, body = s.get("/set-up")
	s.goes(got, body, "/sign-in")
	got, body = s.post("/set-up", append([]string{"token", token}, first...)...)
	s.shows(got, body, http.StatusConflict, "đã được thiết lập")

	got, body = s.post("/sign-in", "username", "quantri", "password", phrase, "next", "/account")
	s.goes(got, body, "/me/second-factor")
	got, body = s.get("/account")
	s.shows(got, body, http.StatusForbidden, "account.read")
	got, body = s.get("/me/second-factor")
	s.shows(got, body, http.StatusOK, "Vai trò của bạn cần xác thực hai yếu tố", `role="img"`, "otpauth://totp/")
	secret := regexp.MustCompile(`secret=([A-Z2-7]{32})`).FindStringSubmatch(body)[1]
	ticket := s.hidden(body, "ticket")
	got, body = s.post("/me/second-factor", "ticket", ticket, "code", "000000")
	s.shows(got, body, http.StatusUnprocessableEntity, "Mã xác thực không đúng", secret)
	got, body = s.post("/me/second-factor", "ticket", ticket, "code", s.code(secret))
	s.shows(got, body, http.StatusOK, "Mã dự phòng")
	if n := len(regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`).FindAllString(body, -1)); n != 10 {
		t.Fatalf("%d recovery codes", n)
	}
	got, body = s.get("/account")
	s.goes(got, body, "/sign-in?next=%2Faccount")

	s.clock.Shift(30 * time.Second)
	got, body = s.post("/sign-in", "username", "quantri", "password", phrase, "next", "/account")
	s.shows(got, body, http.StatusOK, "Mật khẩu đã đúng")
	got, body = s.post("/sign-in/code", "ticket", s.hidden(body, "ticket"), "next", s.hidden(body, "next"), "code", s.code(secret))
	s.goes(got, body, "/account")
	got, body = s.get("/account")
	s.shows(got, body, http.StatusOK, "Quản Trị Giả", "Cơ quan H38.02", "Quản trị nền tảng", "Đang hoạt động")
	got, body = s.post("/account", "username", "lan", "full_name", "Nguyễn Giả Lan", "agency", "H38.04", "roles", "steward")
	s.shows(got, body, http.StatusOK, "Chỉ hiển thị một lần")
	link := regexp.MustCompile(`http://example\.com(/password/[A-Za-z0-9_-]+)`).FindStringSubmatch(body)[1]

	lan := &site{Handler: s.Handler, t: t, clock: s.clock, service: s.service, cookies: map[string]string{}}
	got, body = lan.get(link)
	lan.shows(got, body, http.StatusOK, "Tên đăng nhập", `<code class="mono">lan</code>`)
	got, body = lan.post(link, "password", "mật khẩu của lan đây")
	lan.shows(got, body, http.StatusUnprocessableEntity, "không được chứa tên đăng nhập")
	got, body = lan.post(link, "password", phrase)
	lan.goes(got, body, "/sign-in")
	got, body = lan.post(link, "password", phrase)
	lan.shows(got, body, http.StatusForbidden, "Đường dẫn không dùng được")
	got, body = lan.get(link)
	lan.shows(got, body, http.StatusForbidden, "Đường dẫn không dùng được")
	got, body = lan.post("/sign-in", "username", "lan", "password", phrase)
	lan.goes(got, body, "/")
	got, body = lan.get("/account")
	lan.shows(got, body, http.StatusForbidden)
}

// T23 on the page: an unknown name and a wrong password read alike, and the password never comes back.
func TestARefusedSignInTellsNothing(t *testing.T) {
	s := newSite(t, false)
	s.person("lan", "", "H38.04", access.Steward)
	var pages []string
	for _, username := range []string{"lan", "may"} {
		got, body := s.post("/sign-in", "username", username, "password", "sai mật khẩu rồi đó")
		s.shows(got, body, http.StatusUnauthorized, "hoặc tài khoản đang tạm khóa")
		if strings.Contains(body, "sai mật khẩu") || len(got.Cookies()) > 0 {
			t.Fatal("the password comes back, or a cookie is set")
		}
		pages = append(pages, strings.ReplaceAll(main(body), `value="`+username+`"`, ""))
	}
	if pages[0] != pages[1] {
		t.Fatalf("told apart:\n%s\n%s", pages[0], pages[1])
	}
	for range 30 {
		s.post("/sign-in", "username", "may", "password", "x")
	}
	got, body := s.post("/sign-in", "username", "lan", "password", phrase)
	s.shows(got, body, http.StatusTooManyRequests, "quá nhiều lần đăng nhập sai")
}

// T30: the second step cannot be reached by its address or with a made-up ticket.
func TestTheSecondStepCannotBeSkipped(t *testing.T) {
	s := newSite(t, false)
	secret := account.NewTOTPSecret()
	s.person("hoa", secret, operator, access.OpSecurity)
	got, body := s.post("/sign-in", "username", "hoa", "password", phrase)
	s.shows(got, body, http.StatusOK, "Mã xác thực")
	if len(got.Cookies()) > 0 {
		t.Fatal("a cookie before the second step")
	}
	ticket := s.hidden(body, "ticket")
	got, body = s.get("/me")
	s.goes(got, body, "/sign-in?next=%2Fme")
	got, body = s.get("/sign-in/code")
	s.goes(got, body, "/sign-in")
	got, body = s.post("/sign-in/code", "ticket", "made up", "code", s.code(secret))
	s.shows(got, body, http.StatusUnauthorized, "Hãy đăng nhập lại từ đầu", `name="password"`)
	got, body = s.post("/sign-in/code", "ticket", ticket, "code", "000000")
	s.shows(got, body, http.StatusUnauthorized, `name="code"`)
	got, body = s.post("/sign-in/code", "ticket", ticket, "code", s.code(secret))
	s.goes(got, body, "/")
	got, body = s.post("/sign-in/code", "ticket", ticket, "code", s.code(secret))
	s.shows(got, body, http.StatusUnauthorized)
}

// T25: a sign-in gives a new session and ends the one that the browser brought along; sign-out ends it on the server.
func TestSessionsOfABrowser(t *testing.T) {
	for name, https := range map[string]bool{"http": false, "https": true} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, https)
			s.person("lan", "", "H38.04", access.Steward)
			s.person("binh", "", "H38.04", access.Steward)
			cookie := map[bool]string{false: "lienthong", true: "__Host-lienthong"}[https]
			s.cookies[cookie] = "planted"
			got, _ := s.post("/sign-in", "username", "lan", "password", phrase)
			c := got.Cookies()[0]
			if c.Name != cookie || c.Value == "planted" || !c.HttpOnly || c.Secure != https || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Fatalf("%+v", c)
			}
			first := s.cookies[cookie]
			s.enter("binh", "")
			second := s.cookies[cookie]
			old := &site{Handler: s.Handler, t: t, cookies: map[string]string{cookie: first}}
			answer, body := old.get("/me")
			old.goes(answer, body, "/sign-in?next=%2Fme")
			answer, body = s.get("/me")
			s.shows(answer, body, http.StatusOK, "Người binh")
			answer, body = s.post("/sign-out")
			s.goes(answer, body, "/sign-in")
			if len(s.cookies) > 0 {
				t.Error("the cookie stays")
			}
			replay := &site{Handler: s.Handler, t: t, cookies: map[string]string{cookie: second}}
			answer, body = replay.get("/me")
			replay.goes(answer, body, "/sign-in?next=%2Fme")
		})
	}
}

// T63: after the sign-in the browser stays on this site.
func TestNextStaysOnThisSite(t *testing.T) {
	for next, want := range map[string]string{"/me": "/me", "//evil.example": "/", "https://evil.example/": "/", `/\evil.example`: "/", "javascript:alert(1)": "/"} {
		t.Run(next, func(t *testing.T) {
			s := newSite(t, false)
			s.person("lan", "", "H38.04", access.Steward)
			got, body := s.get("/sign-in?next=" + url.QueryEscape(next))
			s.shows(got, body, http.StatusOK)
			if s.hidden(body, "next") != want {
				t.Errorf("the form carries %q", s.hidden(body, "next"))
			}
			got, body = s.post("/sign-in", "username", "lan", "password", phrase, "next", next)
			s.goes(got, body, want)
			got, body = s.get("/sign-in?next=" + url.QueryEscape(next))
			s.goes(got, body, want)
		})
	}
}

// T60: no other site changes anything here.
func TestOtherSitesCannotPost(t *testing.T) {
	s := newSite(t, false)
	secret := account.NewTOTPSecret()
	s.person("quantri", secret, operator, access.OpAdmin)
	lan := s.person("lan", "", "H38.04", access.Steward)
	s.enter("quantri", secret)
	for _, path := range []string{"/sign-in", "/sign-in/code", "/sign-out", "/me/password", "/me/second-factor", "/account", "/account/" + lan.ID + "/roles", "/account/" + lan.ID + "/active", "/account/" + lan.ID + "/reset", "/api/v1/account/accounts/" + lan.ID + "/reset", "/api/v1/account/sign-in"} {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader("active=0"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		r.Header.Set("Origin", "https://evil.example")
		if got, _ := s.send(r); got.StatusCode != http.StatusForbidden || len(got.Cookies()) > 0 {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
		if got, _ := s.get(path); got.StatusCode == http.StatusOK && strings.HasPrefix(path, "/account/") {
			t.Errorf("GET %s answers", path)
		}
	}
	if got, body := s.get("/account/" + lan.ID); got.StatusCode != http.StatusOK || !strings.Contains(body, "Đang hoạt động") {
		t.Error("something changed")
	}
}

func TestTheAdministratorsPages(t *testing.T) {
	s := newSite(t, false)
	secret := account.NewTOTPSecret()
	me := s.person("quantri", secret, operator, access.OpAdmin)
	lan := s.person("lan", "", "H38.04", access.Steward)
	s.enter("quantri", secret)

	got, body := s.post("/account", "username", "Lan", "full_name", "A", "agency", "H38.04", "roles", "vendor", "roles", "op_admin", "valid_to", "2026-12-31")
	s.shows(got, body, http.StatusUnprocessableEntity, "Tên đăng nhập gồm", "Hãy ghi họ tên đầy đủ", "chỉ dành cho tài khoản của đơn vị vận hành", "phải có đơn vị bảo lãnh")
	if n := strings.Count(body, " checked"); n != 2 {
		t.Errorf("%d roles are still chosen", n)
	}
	got, body = s.post("/account", "username", "mai", "full_name", "Nguyễn Giả Mai", "agency", "H38.99", "roles", "steward")
	s.shows(got, body, http.StatusUnprocessableEntity, "H38.99 không tồn tại")
	got, body = s.post("/account", "username", "mai", "full_name", "Nguyễn Giả Mai", "agency", "H38.04", "roles", "steward", "valid_to", "31/12")
	s.shows(got, body, http.StatusUnprocessableEntity, "không đúng dạng")
	got, body = s.post("/account", "username", "lan", "full_name", "Nguyễn Giả Lan", "agency", "H38.04", "roles", "steward")
	s.shows(got, body, http.StatusConflict, "đã được dùng")

	got, body = s.get("/account?role=op_admin")
	s.shows(got, body, http.StatusOK, "Người quantri")
	if strings.Contains(body, "Người lan") {
		t.Error("the filter by role shows others")
	}
	got, body = s.get("/account?q=khong-co-ai")
	s.shows(got, body, http.StatusOK, "Không có tài khoản phù hợp")

	path := "/account/" + lan.ID
	got, body = s.post(path+"/roles", "roles", "open_data_editor", "roles", "legal_reviewer")
	s.shows(got, body, http.StatusUnprocessableEntity, "không được giữ cùng lúc")
	got, body = s.post(path + "/roles")
	s.shows(got, body, http.StatusUnprocessableEntity, "ít nhất một vai trò")
	got, body = s.post(path+"/roles", "roles", "analyst", "roles", "steward")
	s.goes(got, body, path)
	got, body = s.get(path)
	s.shows(got, body, http.StatusOK, "Cán bộ phân tích, Đầu mối quản lý dữ liệu")
	got, body = s.post(path+"/active", "active", "0")
	s.goes(got, body, path)
	got, body = s.get(path)
	s.shows(got, body, http.StatusOK, "Đã khóa", "Mở lại tài khoản")
	got, body = s.post(path+"/active", "active", "1")
	s.goes(got, body, path)
	got, body = s.post(path + "/reset")
	s.shows(got, body, http.StatusOK, "/password/")

	got, body = s.get("/account/" + me.ID)
	s.shows(got, body, http.StatusOK)
	if strings.Contains(body, "/roles") || strings.Contains(body, "/reset") {
		t.Error("one's own account can be changed")
	}
	got, body = s.post("/account/"+me.ID+"/active", "active", "0")
	s.shows(got, body, http.StatusForbidden, "của chính mình")
	got, body = s.get("/account/none")
	s.shows(got, body, http.StatusNotFound)
}

func TestOwnPassword(t *testing.T) {
	s := newSite(t, false)
	s.person("lan", "", "H38.04", access.Steward)
	s.enter("lan", "")
	got, body := s.post("/me/password", "old", "sai rồi sai rồi", "password", "một câu hoàn toàn khác hẳn")
	s.shows(got, body, http.StatusUnprocessableEntity, "Mật khẩu hiện tại không đúng")
	got, body = s.post("/me/password", "old", phrase, "password", "một câu hoàn toàn khác hẳn")
	s.goes(got, body, "/sign-in")
	got, body = s.get("/me")
	s.goes(got, body, "/sign-in?next=%2Fme")
}

func TestAQRCodeIsOnePath(t *testing.T) {
	q, err := newQR(account.OTPAuth("Lien thong", strings.Repeat("a", 64), account.NewTOTPSecret()))
	if err != nil || !regexp.MustCompile(`^0 0 \d+ \d+$`).MatchString(q.Box) || !regexp.MustCompile(`^(M\d+ \d+h\d+v1h-\d+z)+$`).MatchString(q.Path) {
		t.Fatalf("%+v %v", q, err)
	}
	if _, err := newQR(strings.Repeat("a", 5000)); err == nil {
		t.Error("what fits no code is drawn")
	}
}

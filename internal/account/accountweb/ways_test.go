package accountweb

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/account/accounttest/op"
	"lienthong/internal/account/sso"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
)

const console = "http://localhost:8080"

// newProvince is a site with a real identity provider and passkeys.
func newProvince(t *testing.T, https bool) (*site, *op.Provider) {
	t.Helper()
	idp, err := op.Start(op.Client{ID: "console", Secret: "bí mật thử", Redirect: console + "/sign-in/sso/tinh/callback"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(idp.Close)
	s := newSiteWith(t, https, clock.System(), func(p *account.Parts) {
		p.Origin = console
		p.Providers = []sso.Config{{Key: "tinh", Name: i18n.Text{Vi: "Cổng đăng nhập tỉnh", En: "Provincial sign-on"}, Issuer: idp.URL, ClientID: "console", ClientSecret: "bí mật thử"}}
	})
	return s, idp
}

// follow goes to the provider and comes back to the console.
func (s *site) follow(idp *op.Provider, address string) (*http.Response, string) {
	s.t.Helper()
	back, err := idp.Visit(address)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.get(back.RequestURI())
}

func (s *site) link(body, label string) string {
	s.t.Helper()
	before, _, found := strings.Cut(body, "<span>"+label)
	at := strings.LastIndex(before, `href="`)
	if !found || at < 0 {
		s.t.Fatalf("no link %q: %s", label, main(body))
	}
	address, _, _ := strings.Cut(before[at+len(`href="`):], `"`)
	return address
}

// The holder links an identity with password and code, and signs in with it; the page of the code follows.
func TestSigningInThroughTheProvider(t *testing.T) {
	s, idp := newProvince(t, false)
	key := account.NewTOTPSecret()
	s.person("hoa", key, operator, access.OpSecurity)
	s.enter("hoa", key)
	got, body := s.get("/me")
	s.shows(got, body, 200, "Chưa liên kết danh tính nào", "Liên kết Cổng đăng nhập tỉnh")
	got, body = s.get("/me/identities/tinh")
	s.shows(got, body, 200, "Nhập lại mật khẩu và mã xác thực")
	s.clock.Shift(30e9)
	got, body = s.post("/me/identities/tinh", "old", "sai mật khẩu rồi", "code", s.code(key))
	s.shows(got, body, http.StatusUnprocessableEntity, "Mật khẩu hiện tại không đúng")
	got, body = s.post("/me/identities/tinh", "old", phrase, "code", s.code(key))
	s.shows(got, body, 200, "Sang Cổng đăng nhập tỉnh")
	idp.SignIn(op.Person{Subject: "cb-0042"})
	got, body = s.follow(idp, s.link(body, "Sang Cổng đăng nhập tỉnh"))
	s.goes(got, body, "/me#identities")
	got, body = s.get("/me")
	s.shows(got, body, 200, "cb-0042", "Bỏ liên kết")
	s.post("/sign-out")

	got, body = s.get("/sign-in?next=/task")
	path := s.link(body, "Đăng nhập qua Cổng đăng nhập tỉnh")
	if path != "/sign-in/sso/tinh?next=%2Ftask" {
		t.Fatal(path)
	}
	got, body = s.get(path)
	if got.StatusCode != http.StatusSeeOther || !strings.HasPrefix(got.Header.Get("Location"), idp.URL) || got.Header.Get("Cache-Control") != "no-store" {
		t.Fatal(got.StatusCode, got.Header)
	}
	q := mustParse(t, got.Header.Get("Location")).Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" || q.Get("state") == "" || q.Get("response_type") != "code" || q.Get("redirect_uri") != console+"/sign-in/sso/tinh/callback" {
		t.Fatal(q)
	}
	got, body = s.follow(idp, got.Header.Get("Location"))
	s.shows(got, body, 200, "Mã xác thực")
	if _, in := s.cookies["lienthong"]; in {
		t.Fatal("there is a session before the code")
	}
	s.clock.Shift(30e9)
	got, body = s.post("/sign-in/code", "ticket", s.hidden(body, "ticket"), "next", s.hidden(body, "next"), "code", s.code(key))
	s.goes(got, body, "/task")
	got, body = s.get("/me")
	s.shows(got, body, 200, "Đăng nhập một lần và yếu tố thứ hai", "Phiên này")
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// T26, T27, F14 as a browser meets them: a sentence on the sign-in page, and no session.
func TestRefusedSignInsThroughTheProvider(t *testing.T) {
	s, idp := newProvince(t, true)
	s.person("lan", "", "H38.04", access.Steward)
	idp.SignIn(op.Person{Subject: "lan", Claims: map[string]any{"email": "lan@laocai.example"}})
	got, _ := s.get("/sign-in/sso/tinh?next=//evil.example")
	c := got.Cookies()[0]
	if c.Name != "__Host-lienthong-sso" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge != 600 {
		t.Fatalf("%+v", c)
	}
	back, err := idp.Visit(got.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	twice := back.Query()
	twice.Add("state", "x")
	for name, query := range map[string]string{"wrong state": "code=x&state=y", "nothing": "", "state twice": twice.Encode()} {
		s.cookies["__Host-lienthong-sso"] = c.Value
		got, body := s.get("/sign-in/sso/tinh/callback?" + query)
		if got.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "không bắt đầu từ trình duyệt này") {
			t.Errorf("%s: %d %s", name, got.StatusCode, main(body))
		}
		if _, kept := s.cookies["__Host-lienthong-sso"]; kept {
			t.Errorf("%s: the cookie stays", name)
		}
	}
	s.cookies["__Host-lienthong-sso"] = c.Value
	got, body := s.get(back.RequestURI())
	s.shows(got, body, http.StatusForbidden, "chưa liên kết với tài khoản nào", `name="password"`)
	s.cookies["__Host-lienthong-sso"] = c.Value
	got, body = s.get(back.RequestURI())
	s.shows(got, body, http.StatusUnauthorized, "đã được dùng")
	if _, in := s.cookies["__Host-lienthong"]; in {
		t.Fatal("a session")
	}
	got, body = s.get("/sign-in/sso/khac")
	s.shows(got, body, http.StatusNotFound)
	fresh, idp := newProvince(t, false)
	fresh.person("lan", "", "H38.04", access.Steward)
	idp.Close()
	got, body = fresh.get("/sign-in/sso/tinh")
	fresh.shows(got, body, http.StatusServiceUnavailable, "không trả lời", `name="password"`)
	fresh.enter("lan", "")
}

// An administrator links by the person's name at the provider.
func TestAnAdministratorLinksAnIdentity(t *testing.T) {
	s, idp := newProvince(t, false)
	key := account.NewTOTPSecret()
	s.person("quantri", key, operator, access.OpAdmin)
	a := s.person("lan", "", "H38.04", access.Steward)
	s.enter("quantri", key)
	path := "/account/" + a.ID
	got, body := s.post(path+"/identities", "provider", "tinh", "subject", "")
	s.shows(got, body, http.StatusUnprocessableEntity, "mã định danh của người dùng")
	got, body = s.post(path+"/identities", "provider", "tinh", "subject", "cb-7")
	s.goes(got, body, path+"#identities")
	got, body = s.get(path)
	s.shows(got, body, 200, "cb-7")
	s.post("/sign-out")
	idp.SignIn(op.Person{Subject: "cb-7"})
	got, _ = s.get("/sign-in/sso/tinh")
	got, body = s.follow(idp, got.Header.Get("Location"))
	s.goes(got, body, "/")
	got, body = s.post(path+"/identities/remove", "issuer", idp.URL)
	s.shows(got, body, http.StatusForbidden)
}

// A passkey from the page that makes it to the page where it signs in. The forms are hidden until script shows them.
func TestAPasskeyOnThePages(t *testing.T) {
	s, _ := newProvince(t, false)
	a := s.person("hoa", "", operator, access.OpSecurity)
	s.enter("hoa", "")
	got, body := s.get("/me/passkeys/new")
	s.shows(got, body, 200, "Tên khóa")
	if strings.Contains(body, `name="code"`) {
		t.Fatal("a code is asked of an account that has none")
	}
	got, body = s.post("/me/passkeys/new", "name", "", "old", phrase)
	s.shows(got, body, http.StatusUnprocessableEntity, "Hãy đặt tên cho khóa")
	got, body = s.post("/me/passkeys/new", "name", "Điện thoại", "old", phrase)
	s.shows(got, body, 200, `data-passkey="create"`, "Trình duyệt này không dùng được khóa truy cập")
	rp := virtualwebauthn.RelyingParty{ID: "localhost", Name: "Liên thông", Origin: console}
	phone := virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(a.ID)})
	key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeRSA)
	asked, err := virtualwebauthn.ParseAttestationOptions(s.options(body))
	if err != nil {
		t.Fatal(err)
	}
	got, body = s.post("/me/passkeys", "ticket", s.hidden(body, "ticket"), "response", virtualwebauthn.CreateAttestationResponse(rp, phone, key, *asked))
	s.goes(got, body, "/me#passkeys")
	got, body = s.get("/me")
	s.shows(got, body, 200, "Điện thoại", "Bằng 1 khóa truy cập")
	s.post("/sign-out")

	got, body = s.get("/sign-in?next=/task")
	s.shows(got, body, 200, `action="/sign-in/passkey"`)
	if !regexp.MustCompile(`<form[^>]*data-passkey="get"[^>]* hidden>`).MatchString(body) {
		t.Fatal("the form is shown without script")
	}
	question, err := virtualwebauthn.ParseAssertionOptions(s.options(body))
	if err != nil {
		t.Fatal(err)
	}
	key.Counter++
	ticket := s.hidden(body, "ticket")
	answer := virtualwebauthn.CreateAssertionResponse(rp, phone, key, *question)
	got, body = s.post("/sign-in/passkey", "ticket", ticket, "response", answer, "next", "//evil.example")
	s.goes(got, body, "/")
	got, body = s.get("/me")
	s.shows(got, body, 200, "Khóa truy cập", "Cán bộ an toàn thông tin")
	got, body = s.post("/sign-in/passkey", "ticket", ticket, "response", answer)
	s.shows(got, body, http.StatusUnauthorized, "đã được dùng")
	id := regexp.MustCompile(`/me/passkeys/([^/"]+)/remove`).FindStringSubmatch(s.page("/me"))
	got, body = s.post("/me/passkeys/" + id[1] + "/remove")
	s.goes(got, body, "/me#passkeys")
}

func (s *site) page(path string) string {
	s.t.Helper()
	_, body := s.get(path)
	return body
}

// options is the question that a page puts to the browser.
func (s *site) options(body string) string {
	s.t.Helper()
	_, rest, found := strings.Cut(body, `data-options="`)
	text, _, ended := strings.Cut(rest, `" hidden`)
	if !found || !ended || !json.Valid([]byte(text)) {
		s.t.Fatal("no question on the page:", main(body))
	}
	return text
}

func TestSessionsOnOnesOwnPage(t *testing.T) {
	s := newSite(t, false)
	s.person("lan", "", "H38.04", access.Steward)
	s.enter("lan", "")
	if strings.Contains(s.page("/me"), "Kết thúc mọi phiên khác") {
		t.Fatal("offers to end what is not there")
	}
	elsewhere := httptest.NewRequest("GET", "/", nil)
	elsewhere.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 <b>")
	if _, err := s.service.SignIn(context.Background(), "lan", phrase, "", fromOf(elsewhere)); err != nil {
		t.Fatal(err)
	}
	got, body := s.get("/me")
	s.shows(got, body, 200, "Chrome, Android", "Phiên này", "Kết thúc mọi phiên khác")
	id := regexp.MustCompile(`/me/sessions/([^/"]+)/end`).FindStringSubmatch(body)
	got, body = s.post("/me/sessions/" + id[1] + "/end")
	s.goes(got, body, "/me#sessions")
	if strings.Contains(s.page("/me"), "Chrome, Android") {
		t.Fatal("the session did not end")
	}
	var all struct{ Sessions []account.Session }
	in, err := s.service.SignIn(context.Background(), "lan", phrase, "", fromOf(elsewhere))
	if err != nil {
		t.Fatal(err)
	}
	if code := s.call("GET", "/api/v1/account/me/sessions", in.Token.Reveal(), "", &all); code != 200 || len(all.Sessions) != 2 {
		t.Fatal(code, all)
	}
	got, body = s.post("/me/sessions/end-others")
	s.goes(got, body, "/me#sessions")
	if code := s.call("GET", "/api/v1/account/me/sessions", in.Token.Reveal(), "", &all); code != 401 {
		t.Fatal(code)
	}
}

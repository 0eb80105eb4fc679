package acceptance

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lienthong/acceptance/harness"
	"lienthong/internal/account/accounttest/op"
)

// Attacks on how people sign in, against the shipped binary.
func TestSignInAttacks(t *testing.T) {
	t.Run("T31 no account and no password exist before the set-up", noDefaults)
	t.Run("T26 T27 single sign-on", singleSignOn)
	p := newProvince(t, harness.Options{})
	t.Run("T24 names and passwords that are equal when written one after the other", func(t *testing.T) { concatenated(t, p) })
	t.Run("T25 sessions begin new and end on the server", func(t *testing.T) { sessions(t, p) })
	t.Run("T28 SAML is not offered", func(t *testing.T) { noSAML(t, p) })
	t.Run("T30 the second factor is used once and not passed by", func(t *testing.T) { secondFactor(t, p) })
	t.Run("T23 guessing is slowed down and tells nothing", func(t *testing.T) { guessing(t, p) }) // last: it closes this address
}

func signIn(c *harness.Client, username, password, code string) harness.Answer {
	return c.Post("/api/v1/account/sign-in", m{"username": username, "password": password, "code": code})
}

func noDefaults(t *testing.T) {
	s := harness.Start(t, harness.Options{})
	open := harness.NewClient(t, s.Console)
	for _, x := range [][2]string{{"admin", "admin"}, {"admin", ""}, {"quan.tri", "quan.tri"}, {"root", "root"}, {"", ""}} {
		if a := signIn(open, x[0], x[1], ""); a.Status < 400 || a.Status >= 500 {
			t.Errorf("T31 %q/%q: %s", x[0], x[1], a)
		}
	}
	out, code := harness.CLI(t, "", "serve", "--data", filepath.Join(t.TempDir(), "data"), "--set", "console.listen=0.0.0.0:0", "--set", "exchange.listen=127.0.0.1:0", "--set", "portal.listen=127.0.0.1:0")
	if code == 0 {
		t.Errorf("T31 open to other machines without a certificate: %s", out)
	}
}

func concatenated(t *testing.T, p *province) {
	create := func(username, password string) {
		t.Helper()
		var made struct {
			Token string `json:"one_time_token"`
		}
		p.admin.Post("/api/v1/account/accounts", m{"username": username, "full_name": "Người Thử Nghiệm", "agency": owner, "roles": []string{"analyst"}}).Into(t, &made)
		if a := harness.NewClient(t, p.Console).Post("/api/v1/account/password", m{"token": made.Token, "password": password}); a.Status >= 300 {
			t.Fatalf("password of %s: %s", username, a)
		}
	}
	pairs := [][2]string{{"xuan", "hoang.duong.ve.ban.2026"}, {"xuanho", "ang.duong.ve.ban.2026"}}
	for _, x := range pairs {
		create(x[0], x[1])
	}
	var all sync.WaitGroup
	wrong := make(chan string, 40)
	for i := range 20 {
		x := pairs[i%2]
		all.Add(1)
		go func() {
			defer all.Done()
			c := harness.NewClient(t, p.Console)
			a, err := c.Try(http.MethodPost, "/api/v1/account/sign-in", m{"username": x[0], "password": x[1]})
			var got struct{ Token string }
			if err != nil || a.Status != http.StatusOK {
				wrong <- fmt.Sprintf("%s: %s %v", x[0], a, err)
				return
			}
			a.Into(t, &got)
			me, err := c.With("Authorization", "Bearer "+got.Token).Try(http.MethodGet, "/api/v1/account/me", nil)
			var who struct {
				Username string
				Account  struct{ Username string }
			}
			if err == nil {
				me.Into(t, &who)
			}
			if who.Username+who.Account.Username != x[0] {
				wrong <- fmt.Sprintf("%s is %s", x[0], me)
			}
		}()
	}
	all.Wait()
	close(wrong)
	for w := range wrong {
		t.Errorf("T24 %s", w)
	}
	for _, x := range [][2]string{{"xuan", pairs[1][1]}, {"xuanho", pairs[0][1]}, {"xuanhoang.duong.ve.ban.2026", ""}, {"", "xuanhoang.duong.ve.ban.2026"}} {
		if a := signIn(harness.NewClient(t, p.Console), x[0], x[1], ""); a.Status == http.StatusOK {
			t.Errorf("T24 %q with %q signs in", x[0], x[1])
		}
	}
}

func sessions(t *testing.T, p *province) {
	who := p.admin.Hire(t, "phien.thu", "Phiên Thử Nghiệm", owner, nil, "analyst")
	browser := harness.NewClient(t, p.Console)
	planted := strings.Repeat("A", 43)
	form := url.Values{"username": {"phien.thu"}, "password": {harness.Password}}.Encode()
	a := browser.With("Cookie", "lienthong="+planted).With("Origin", p.Console).With("Content-Type", "application/x-www-form-urlencoded").Post("/sign-in", form)
	cookie := ""
	for _, line := range a.Header["Set-Cookie"] {
		if value, is := strings.CutPrefix(line, "lienthong="); is {
			cookie, _, _ = strings.Cut(value, ";")
			if !strings.Contains(line, "HttpOnly") || !strings.Contains(line, "SameSite=Lax") {
				t.Errorf("T25 %s", line)
			}
		}
	}
	if a.Status != http.StatusSeeOther || cookie == "" || cookie == planted {
		t.Fatalf("T25 the session of the sign-in: %s %v", a, a.Header)
	}
	me := func(cookie string) harness.Answer {
		return harness.NewClient(t, p.Console).With("Cookie", "lienthong="+cookie).Get("/me")
	}
	if a := me(planted); a.Status == http.StatusOK {
		t.Errorf("T25 the planted session is signed in: %s", a)
	}
	ok(t, me(cookie), http.StatusOK)
	out := harness.NewClient(t, p.Console).With("Cookie", "lienthong="+cookie).With("Origin", p.Console).With("Content-Type", "application/x-www-form-urlencoded")
	out.Post("/sign-out", "")
	if a := me(cookie); a.Status == http.StatusOK {
		t.Errorf("T25 the session opens after the sign-out: %s", a)
	}
	// A reset of the account ends what is open with the password of before.
	ok(t, who.Get("/api/v1/account/me"), http.StatusOK)
	if a := p.admin.Post("/api/v1/account/accounts/"+who.ID+"/reset", m{}); a.Status >= 300 {
		t.Fatalf("reset: %s", a)
	}
	refused(t, who.Get("/api/v1/account/me"), http.StatusUnauthorized, "access.sign_in_required")
	if a := signIn(harness.NewClient(t, p.Console), "phien.thu", harness.Password, ""); a.Status == http.StatusOK {
		t.Errorf("T25 the password of before opens after the reset: %s", a)
	}
}

func noSAML(t *testing.T, p *province) {
	open := harness.NewClient(t, p.Console)
	for _, path := range []string{"/saml/acs", "/saml2/acs", "/sso/saml", "/sign-in/saml", "/saml/metadata", "/saml/slo"} {
		if a := open.Get(path); a.Status != http.StatusNotFound {
			t.Errorf("T28 %s: %d", path, a.Status)
		}
	}
	for _, rt := range routesOf(t) {
		if strings.Contains(strings.ToLower(rt.pattern), "saml") {
			t.Errorf("T28 %s", rt.pattern)
		}
	}
}

func secondFactor(t *testing.T, p *province) {
	open := harness.NewClient(t, p.Console)
	name := p.engineer.Username
	if a := signIn(open, name, harness.Password, ""); a.Status == http.StatusOK {
		t.Errorf("T30 the password alone opens: %s", a)
	}
	code := p.engineer.NextCode()
	ok(t, signIn(open, name, harness.Password, code), http.StatusOK)
	if a := signIn(open, name, harness.Password, code); a.Status == http.StatusOK {
		t.Errorf("T30 a code opens twice: %s", a)
	}
	// The browser's second step cannot be skipped: after the password alone no page opens.
	browser := harness.NewClient(t, p.Console)
	form := browser.With("Origin", p.Console).With("Content-Type", "application/x-www-form-urlencoded")
	a := form.Post("/sign-in", url.Values{"username": {name}, "password": {harness.Password}}.Encode())
	for _, line := range a.Header["Set-Cookie"] {
		if strings.HasPrefix(line, "lienthong=") && !strings.HasPrefix(line, "lienthong=;") {
			t.Errorf("T30 a session after the first step: %s", line)
		}
	}
	if a := browser.Get("/system"); a.Status == http.StatusOK {
		t.Errorf("T30 a page opens after the first step: %d", a.Status)
	}
	form.Post("/sign-in/code", url.Values{"ticket": {"x"}, "code": {p.engineer.NextCode()}}.Encode())
	if a := browser.Get("/system"); a.Status == http.StatusOK {
		t.Errorf("T30 a made-up ticket opens: %d", a.Status)
	}
	for range 8 {
		signIn(open, p.second.Username, harness.Password, "000000")
	}
	if a := signIn(open, p.second.Username, harness.Password, p.second.NextCode()); a.Status == http.StatusOK {
		t.Errorf("T30 guessing the code does not close the account: %s", a)
	}
}

func guessing(t *testing.T, p *province) {
	p.admin.Hire(t, "bi.doan", "Bị Đoán Mật Khẩu", owner, nil, "analyst")
	open := harness.NewClient(t, p.Console)
	known, unknown := signIn(open, "bi.doan", "mat-khau-sai-2026-a", ""), signIn(open, "khong.co.ai", "mat-khau-sai-2026-a", "")
	if known.Status != unknown.Status || known.Code() != unknown.Code() {
		t.Errorf("T23 an unknown name is told apart: %s and %s", known, unknown)
	}
	for range 10 {
		signIn(open, "bi.doan", "mat-khau-sai-2026-a", "")
	}
	if a := signIn(open, "bi.doan", harness.Password, ""); a.Status == http.StatusOK {
		t.Errorf("T23 the right password opens right after ten wrong ones: %s", a)
	}
	limited := false
	for i := range 40 { // one password over many names
		a := signIn(open, fmt.Sprintf("ten.thu.%d", i), "mat-khau-pho-bien-2026", "")
		limited = limited || a.Status == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("T23 one password over many names is not slowed down")
	}
}

func singleSignOn(t *testing.T) {
	// The binary learns the provider's address at its start, the provider the console's: the console's port is taken first.
	p := newProvince(t, harness.Options{})
	p.admin.Hire(t, "nan.nhan", "Nạn Nhân", operator, nil, "op_portal")
	s := p.Server
	s.Stop()
	const secret = "bí mật của trang thử, đủ dài để ký"
	idp, err := op.Start(op.Client{ID: "console", Secret: secret, Redirect: s.Console + "/sign-in/sso/tinh/callback"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(idp.Close)
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Set("sso.key=tinh", "sso.issuer="+idp.URL, "sso.client_id=console", "sso.client_secret_file="+file)
	s.Run()
	browser := harness.NewClient(t, s.Console)
	begin := func() *url.URL {
		t.Helper()
		a := browser.With("Sec-Fetch-Site", "same-origin").Get("/sign-in/sso/tinh")
		if a.Status != http.StatusSeeOther && a.Status != http.StatusFound {
			t.Fatalf("begin: %s", a)
		}
		to, err := url.Parse(a.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		return to
	}
	to := begin()
	q := to.Query()
	if q.Get("redirect_uri") != s.Console+"/sign-in/sso/tinh/callback" || q.Get("state") == "" || q.Get("nonce") == "" || q.Get("code_challenge_method") != "S256" {
		t.Errorf("T26 what is asked of the provider: %v", q)
	}
	signedIn := func(c *harness.Client, callback string) bool {
		c.Get(callback)
		return c.Get("/me").Status == http.StatusOK
	}
	// T27: the provider knows somebody with the victim's name and address; the platform links nobody by those.
	idp.SignIn(op.Person{Subject: "ke-gian", Claims: m{"email": "nan.nhan@example.vn", "email_verified": true, "preferred_username": "nan.nhan"}})
	back, err := idp.Visit(to.String())
	if err != nil {
		t.Fatal(err)
	}
	callback := back.RequestURI()
	for name, path := range map[string]string{
		"no state": "/sign-in/sso/tinh/callback?code=" + back.Query().Get("code"), "another state": "/sign-in/sso/tinh/callback?code=" + back.Query().Get("code") + "&state=x",
		"state twice": callback + "&state=x", "no code": "/sign-in/sso/tinh/callback?state=" + q.Get("state"),
	} {
		if signedIn(harness.NewClient(t, s.Console), path) {
			t.Errorf("T26 %s signs in", name)
		}
	}
	if signedIn(harness.NewClient(t, s.Console), callback) {
		t.Error("T26 another browser redeems the code")
	}
	if signedIn(browser, callback) {
		t.Error("T27 an account is linked by name or address")
	}
	if signedIn(browser, callback) {
		t.Error("T26 a code opens when it comes twice")
	}
	if a := harness.NewClient(t, s.Console).Get("/sign-in/sso/khac"); a.Status < 400 {
		t.Errorf("T26 an unknown provider: %s", a)
	}
}

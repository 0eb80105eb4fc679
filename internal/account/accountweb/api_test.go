package accountweb

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/account"
	"lienthong/internal/kit/i18n"
)

func (s *site) call(method, path, token, body string, out any) int {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			s.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
	}
	return w.Code
}

func TestTheAPI(t *testing.T) {
	s := newSite(t, false)
	secret := account.NewTOTPSecret()
	s.person("quantri", secret, operator, access.OpAdmin)
	const base = "/api/v1/account"
	var problem struct{ Code string }
	if code := s.call("POST", base+"/sign-in", "", `{"username":"quantri","password":"`+phrase+`"}`, &problem); code != 401 || problem.Code != "account.code_required" {
		t.Fatal(code, problem)
	}
	var in struct {
		Token     string    `json:"token"`
		ExpiresAt time.Time `json:"expires_at"`
		Strong    bool      `json:"strong"`
	}
	body := `{"username":"quantri","password":"` + phrase + `","code":"` + s.code(secret) + `"}`
	if code := s.call("POST", base+"/sign-in", "", body, &in); code != 200 || !in.Strong || !in.ExpiresAt.Equal(noon.Add(12*time.Hour)) {
		t.Fatal(code, in)
	}
	if code := s.call("POST", base+"/sign-in", "", body, &problem); code != 401 || problem.Code != "account.sign_in_failed" {
		t.Fatal("the code opens a second session", code, problem)
	}
	var made struct {
		Account account.Account
		Token   string `json:"one_time_token"`
	}
	if code := s.call("POST", base+"/accounts", in.Token, `{"username":"lan","full_name":"Nguyễn Giả Lan","agency":"H38.04","roles":["steward"]}`, &made); code != 200 || made.Token == "" || made.Account.ID == "" {
		t.Fatal(code, made)
	}
	if code := s.call("POST", base+"/accounts", in.Token, `{"username":"lan2","full_name":"Nguyễn Giả","agency":"H38.04","roles":["steward"],"password":"`+phrase+`"}`, &problem); code != 422 {
		t.Fatal("a password is set by the API", code)
	}
	if code := s.call("POST", base+"/password", "", `{"token":"`+made.Token+`","password":"`+phrase+`"}`, nil); code != 204 {
		t.Fatal(code)
	}
	var lan struct{ Token string }
	if code := s.call("POST", base+"/sign-in", "", `{"username":"lan","password":"`+phrase+`"}`, &lan); code != 200 {
		t.Fatal(code)
	}
	if code := s.call("GET", base+"/accounts", lan.Token, "", &problem); code != 403 {
		t.Fatal("a steward lists accounts", code)
	}
	var list struct{ Accounts []map[string]any }
	if code := s.call("GET", base+"/accounts?role=steward", in.Token, "", &list); code != 200 || len(list.Accounts) != 1 || list.Accounts[0]["username"] != "lan" {
		t.Fatal(code, list)
	}
	for name := range list.Accounts[0] {
		if strings.Contains(name, "password") || strings.Contains(name, "totp") {
			t.Errorf("%s is told", name)
		}
	}
	if code := s.call("POST", base+"/accounts/"+made.Account.ID+"/active", in.Token, `{"active":false}`, nil); code != 200 {
		t.Fatal(code)
	}
	if code := s.call("GET", base+"/me", lan.Token, "", &problem); code != 401 {
		t.Fatal("a disabled account's token opens", code)
	}
	if code := s.call("POST", base+"/sign-out", in.Token, "", nil); code != 204 {
		t.Fatal(code)
	}
	if code := s.call("GET", base+"/me", in.Token, "", &problem); code != 401 {
		t.Fatal("the token opens after sign-out", code)
	}
}

func TestTheRolesAsJSON(t *testing.T) {
	s := newSite(t, false)
	s.person("lan", "", "H38.04", access.Steward)
	got, err := s.service.SignIn(context.Background(), "lan", phrase, "", fromOf(httptest.NewRequest("GET", "/", nil)))
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Roles []struct {
			Role, Name            string
			TwoFactor             bool `json:"two_factor"`
			Permissions, Excludes []string
		}
	}
	if code := s.call("GET", "/api/v1/access/roles", got.Token.Reveal(), "", &out); code != 200 || len(out.Roles) != len(access.AllRoles()) {
		t.Fatal(code, out)
	}
	for _, r := range out.Roles {
		if r.Name == "" || r.Name == r.Role {
			t.Errorf("%s has no name", r.Role)
		}
		if r.Role == "auditor" && (!r.TwoFactor || !slices.Contains(r.Excludes, "op_admin") || !slices.Contains(r.Permissions, "audit.read")) {
			t.Errorf("%+v", r)
		}
	}
	if code := s.call("GET", "/api/v1/access/roles", "", "", nil); code != 401 {
		t.Error(code)
	}
	for _, r := range access.AllRoles() {
		if RoleLabel(r, i18n.Vi) == "" || RoleLabel(r, i18n.En) == "" || RoleLabel(r, i18n.Vi) == RoleLabel(r, i18n.En) {
			t.Errorf("%s is not named in both languages", r)
		}
	}
}

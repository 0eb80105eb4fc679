package acceptance

import (
	"net/http"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

// Sign-in, passwords, second factors, life of accounts and roles (Điều 19.2c, 21.2a, 21.4a).
func TestDieu21Accounts(t *testing.T) {
	s := harness.Start(t, harness.Options{})
	admin := s.SetUpAdmin(t)
	if a := admin.Post("/agency/import/profile", ""); a.Status >= 400 {
		t.Fatal(a)
	}
	admin.Hire(t, "chat.luong", "Người Chất Lượng", operator, nil, "op_quality") // and a second administrator with it
	open := harness.NewClient(t, s.Console)
	signIn := func(name, password, code string) harness.Answer {
		return open.Post("/api/v1/account/sign-in", m{"username": name, "password": password, "code": code})
	}
	t.Run("R21.4a an operator's role gives nothing before a second factor", func(t *testing.T) {
		body := m{"username": "moi.vao", "full_name": "Người Mới Vào", "agency": operator, "roles": []string{"op_security"}}
		var made struct {
			Token string `json:"one_time_token"`
		}
		ok(t, admin.Confirmed(t, m{"kind": "create", "new": body}), http.StatusOK).Into(t, &made)
		link := func(password string) harness.Answer {
			return open.Post("/api/v1/account/password", m{"token": made.Token, "password": password})
		}
		for _, weak := range []string{"ngan", "moi.vao.2026.lt", "laocai123456"} {
			if a := link(weak); a.Status != http.StatusUnprocessableEntity || !strings.HasPrefix(a.Code(), "account.password_") {
				t.Fatalf("password %q: %s", weak, a)
			}
		}
		ok(t, link(harness.Password), http.StatusNoContent)
		refused(t, link(harness.Password), http.StatusForbidden, "account.link_invalid")
		var in struct {
			Token      string
			EnrolFirst bool `json:"enrol_first"`
		}
		ok(t, signIn("moi.vao", harness.Password, ""), http.StatusOK).Into(t, &in)
		weak := open.With("Authorization", "Bearer "+in.Token)
		if !in.EnrolFirst {
			t.Fatal("the answer does not say that a second factor is needed")
		}
		refused(t, weak.Get("/api/v1/incident"), http.StatusForbidden, "access.permission_missing")
		strong := admin.Hire(t, "an.toan", "Đặng An Toàn", operator, nil, "op_security")
		ok(t, strong.Get("/api/v1/incident"), http.StatusOK)
		refused(t, signIn("an.toan", harness.Password, ""), http.StatusUnauthorized, "account.code_required")
		refused(t, signIn("an.toan", harness.Password, "000000"), http.StatusUnauthorized, "account.sign_in_failed")
	})
	t.Run("R21.4a five failures lock the account, and the right password does not open it", func(t *testing.T) {
		admin.Hire(t, "bi.khoa", "Người Bị Khóa", owner, nil, "analyst")
		ok(t, signIn("bi.khoa", harness.Password, ""), http.StatusOK)
		for range 5 {
			refused(t, signIn("bi.khoa", "mật khẩu sai rồi", ""), http.StatusUnauthorized, "account.sign_in_failed")
		}
		refused(t, signIn("bi.khoa", harness.Password, ""), http.StatusUnauthorized, "account.sign_in_failed")
		refused(t, signIn("khong.co.ai", harness.Password, ""), http.StatusUnauthorized, "account.sign_in_failed")
	})
	t.Run("R21.4a a code opens one session only", func(t *testing.T) {
		p := admin.Hire(t, "mot.lan", "Người Một Lần", operator, nil, "op_quality")
		code := p.NextCode()
		ok(t, signIn("mot.lan", harness.Password, code), http.StatusOK)
		refused(t, signIn("mot.lan", harness.Password, code), http.StatusUnauthorized, "account.sign_in_failed")
	})
	t.Run("R19.2c disabling an account ends its sessions at once; enabling asks for a new sign-in", func(t *testing.T) {
		p := admin.Hire(t, "chuyen.vien", "Giàng Chuyên Viên", owner, nil, "analyst")
		ok(t, p.Get("/api/v1/agencies"), http.StatusOK)
		ok(t, admin.Post("/api/v1/account/accounts/"+p.ID+"/active", m{"active": false}), http.StatusOK)
		refused(t, p.Get("/api/v1/agencies"), http.StatusUnauthorized, "access.sign_in_required")
		refused(t, signIn("chuyen.vien", harness.Password, ""), http.StatusUnauthorized, "account.sign_in_failed")
		ok(t, admin.Post("/api/v1/account/accounts/"+p.ID+"/active", m{"active": true}), http.StatusOK)
		refused(t, p.Get("/api/v1/agencies"), http.StatusUnauthorized, "access.sign_in_required")
		p.SignIn()
		ok(t, p.Get("/api/v1/agencies"), http.StatusOK)
		var reset struct {
			Token string `json:"one_time_token"`
		}
		ok(t, admin.Post("/api/v1/account/accounts/"+p.ID+"/reset", nil), http.StatusOK).Into(t, &reset)
		refused(t, p.Get("/api/v1/agencies"), http.StatusUnauthorized, "access.sign_in_required")
		refused(t, signIn("chuyen.vien", harness.Password, ""), http.StatusUnauthorized, "account.sign_in_failed")
		if reset.Token == "" {
			t.Fatal("no one-time token after a reset")
		}
		a := admin.Post("/api/v1/account/accounts", m{"username": "nguoi.la", "full_name": "Người Lạ", "agency": "H38.9Z", "roles": []string{"analyst"}})
		if a.Status != http.StatusUnprocessableEntity {
			t.Fatalf("an account of an unknown agency: %s", a)
		}
	})
	t.Run("R21.2a roles that may not meet in one person are refused, and an agency gets no operator's role", func(t *testing.T) {
		p := admin.Hire(t, "hai.vai", "Lý Hai Vai", operator, nil, "op_appraiser")
		give := func(roles ...string) harness.Answer {
			return admin.Post("/api/v1/account/accounts/"+p.ID+"/roles", m{"roles": roles})
		}
		refused(t, give("op_appraiser", "op_quality"), http.StatusConflict, "account.second_person")
		ok(t, admin.Confirmed(t, m{"kind": "roles", "account": p.ID, "roles": []string{"op_appraiser", "op_quality"}}), http.StatusOK)
		for _, pair := range [][]string{{"op_appraiser", "op_approver"}, {"op_approver", "op_engineer"}, {"op_security", "auditor"}, {"op_admin", "op_approver"}} {
			refused(t, give(pair...), http.StatusUnprocessableEntity, "account.roles_incompatible")
		}
		refused(t, give("system_account"), http.StatusUnprocessableEntity, "account.role_unknown")
		refused(t, admin.Post("/api/v1/account/accounts", m{"username": "leo.quyen", "full_name": "Người Leo Quyền", "agency": owner, "roles": []string{"op_approver"}}),
			http.StatusUnprocessableEntity, "account.role_operator")
		refused(t, admin.Post("/api/v1/account/accounts/"+admin.ID+"/roles", m{"roles": []string{"op_admin"}}), http.StatusForbidden, "account.own_account")
		page := string(ok(t, admin.Get("/access/roles"), http.StatusOK).Body)
		for _, role := range []string{"op_admin", "op_appraiser", "op_security", "agency_head", "steward", "analyst", "lookup_officer", "commune_officer", "leader", "auditor", "system_account", "open_data_editor"} {
			if !strings.Contains(page, role) {
				t.Errorf("the matrix of roles lacks %s", role)
			}
		}
	})
}

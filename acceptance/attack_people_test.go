package acceptance

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// What people and systems of an agency may do ends with the agency, by the clock, and nobody has to press anything.
func TestAgencyEndsByTheClock(t *testing.T) {
	p := withData(t, harness.Options{}, 30)
	conn := p.live(t, nil)
	c := conn.client(t)
	waiting := p.request(t, nil)
	readPage(t, c.Get(recordsPath+"?limit=1"))
	open := harness.NewClient(t, p.Console)
	signIn := func(password string) harness.Answer {
		return open.Post("/api/v1/account/sign-in", m{"username": p.consumerHead.Username, "password": password})
	}
	ok(t, signIn(harness.Password), http.StatusOK)
	end := time.Now().Add(3 * time.Second)
	body := m{"name": "Sở Giáo dục và Đào tạo", "kind": "department", "valid_from": "2025-03-01", "valid_to": end.UTC().Format(time.RFC3339Nano)}
	ok(t, p.admin.Do(http.MethodPut, "/api/v1/agencies/"+consumer, body), http.StatusOK)
	ok(t, p.consumerHead.Get("/api/v1/account/me"), http.StatusOK)
	time.Sleep(time.Until(end.Add(50 * time.Millisecond)))
	t.Run("R2.1a sessions of its people end and sign-in says why", func(t *testing.T) {
		for _, who := range []*harness.Person{p.consumerHead, p.consumerSteward} {
			refused(t, who.Get("/api/v1/account/me"), http.StatusUnauthorized, "access.sign_in_required")
		}
		refused(t, signIn(harness.Password), http.StatusUnauthorized, "account.agency_ended")
		refused(t, signIn("mật khẩu sai rồi"), http.StatusUnauthorized, "account.sign_in_failed")
		ok(t, p.ownerSteward.Get("/api/v1/account/me"), http.StatusOK)
	})
	t.Run("R21.4a keys of its systems open nothing, and give no token", func(t *testing.T) {
		p.denied(t, c.Get(recordsPath+"?limit=1"), http.StatusForbidden, "access.agency_inactive", "STATE")
		if a := conn.token(t); a.Status != http.StatusBadRequest || !strings.Contains(a.String(), "unauthorized_client") {
			t.Fatalf("a token for a system whose agency has ended: %s", a)
		}
	})
	t.Run("nothing goes on with what it asked for", func(t *testing.T) {
		refused(t, waiting.step(p.appraiser, "start-appraisal", nil), http.StatusConflict, "connection.requester_ended")
	})
}

// A suspended system gets no token and no answer, within a second, and both again when it is resumed.
func TestSuspendedSystemGetsNoToken(t *testing.T) {
	p := withData(t, harness.Options{}, 30)
	conn := p.live(t, nil)
	c := conn.client(t)
	at := "/api/v1/systems/" + callerSystem
	ok(t, p.security.Post(at+"/suspend", m{"reason": "Nghi ngờ lộ khóa của hệ thống gọi"}), http.StatusOK)
	since := time.Now()
	a, call := conn.token(t), c.Get(recordsPath+"?limit=1")
	if took := time.Since(since); took > time.Second {
		t.Fatalf("the answers took %s", took)
	}
	if a.Status != http.StatusBadRequest || !strings.Contains(a.String(), "unauthorized_client") {
		t.Fatalf("R21.4a a suspended system gets a token: %s", a)
	}
	refused(t, call, http.StatusForbidden, "access.account_suspended")
	ok(t, p.security.Post(at+"/resume", m{"reason": "Đã kiểm tra xong hệ thống gọi"}), http.StatusOK)
	readPage(t, conn.client(t).Get(recordsPath+"?limit=1"))
}

// The console answers at its own names only: a page of another name that leads here is no page of ours.
func TestConsoleHosts(t *testing.T) {
	s := harness.Start(t, harness.Options{Demo: true, Args: []string{"--set", "console.hosts=quantri.lienthong.example"}})
	at, err := url.Parse(s.Console)
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]int{
		at.Host: http.StatusOK, "localhost:" + at.Port(): http.StatusOK, "quantri.lienthong.example": http.StatusOK,
		"evil.example": http.StatusMisdirectedRequest, "evil.example:" + at.Port(): http.StatusMisdirectedRequest, "127.0.0.1.evil.example": http.StatusMisdirectedRequest,
	} {
		r, err := http.NewRequest(http.MethodGet, s.Console+"/demo", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body := make([]byte, 1<<20)
		n, _ := resp.Body.Read(body)
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("host %s: %d, want %d", host, resp.StatusCode, want)
		}
		if want != http.StatusOK && (!vietnamese(string(body[:n])) || strings.Contains(string(body[:n]), "vanhanh.")) {
			t.Errorf("host %s: %.300s", host, body[:n])
		}
	}
}

// One administrator sets an empty platform up; from the second on nobody alone gives a role of the operator, or a way into
// the account of somebody who has one.
func TestTwoForOperatorRoles(t *testing.T) {
	s := harness.Start(t, harness.Options{})
	admin := s.SetUpAlone(t)
	alone := func() bool {
		return strings.Contains(string(ok(t, admin.Get("/account"), http.StatusOK).Body), "đang trong giai đoạn thiết lập")
	}
	account := func(name, role string) m {
		return m{"username": name, "full_name": "Người Được Cấp", "agency": operator, "roles": []string{role}}
	}
	t.Run("R21.2a while the platform is set up one acts alone, and the page says so", func(t *testing.T) {
		if !alone() {
			t.Fatal("the page does not say that the platform is being set up")
		}
		if a := admin.Post("/agency/import/profile", ""); a.Status >= 400 {
			t.Fatal(a)
		}
		admin.Second = admin.Hire(t, "an.toan", "Đặng An Toàn", operator, nil, "op_security")
		if alone() {
			t.Fatal("the page still says that the platform is being set up")
		}
		ok(t, admin.Post("/api/v1/account/accounts/"+admin.Second.ID+"/active", m{"active": false}), http.StatusOK)
		refused(t, admin.Post("/api/v1/account/accounts", account("leo.quyen", "op_approver")), http.StatusConflict, "account.second_person")
		ok(t, admin.Post("/api/v1/account/accounts/"+admin.Second.ID+"/active", m{"active": true}), http.StatusOK)
		admin.Second.SignIn()
	})
	t.Run("R21.2a proposed by one, confirmed by another, in the inbox until then", func(t *testing.T) {
		var asked struct{ ID string }
		ok(t, admin.Post("/api/v1/account/proposals", m{"kind": "create", "new": account("phe.duyet", "op_approver")}), http.StatusOK).Into(t, &asked)
		at := "/api/v1/account/proposals/" + asked.ID + "/confirm"
		refused(t, admin.Post(at, nil), http.StatusForbidden, "account.second_person_same")
		for _, path := range []string{"/tasks", "/account/proposals"} {
			if page := string(ok(t, admin.Second.Get(path), http.StatusOK).Body); !strings.Contains(page, "phe.duyet") {
				t.Errorf("%s does not tell of the proposal", path)
			}
		}
		var made struct {
			Account struct{ ID string }
			Token   string `json:"one_time_token"`
		}
		ok(t, admin.Second.Post(at, nil), http.StatusOK).Into(t, &made)
		if made.Token == "" {
			t.Fatal("no one-time token after the confirmation")
		}
		refused(t, admin.Second.Post(at, nil), http.StatusConflict, "account.proposal_over")
		refused(t, admin.Post("/api/v1/account/accounts/"+made.Account.ID+"/reset", nil), http.StatusConflict, "account.second_person")
		if page := string(ok(t, admin.Second.Get("/tasks"), http.StatusOK).Body); strings.Contains(page, "phe.duyet") {
			t.Error("the task stays after the confirmation")
		}
	})
	t.Run("R21.2a an agency's own people need one administrator only", func(t *testing.T) {
		p := admin.Hire(t, "chuyen.vien", "Giàng Chuyên Viên", owner, nil, "analyst")
		refused(t, p.Get("/api/v1/account/proposals"), http.StatusForbidden, "access.permission_missing")
		ok(t, admin.Post("/api/v1/account/accounts/"+p.ID+"/reset", nil), http.StatusOK)
	})
}

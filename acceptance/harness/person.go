package harness

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Password of every person of a test world.
const Password = "đường về bản xa 2026"

// Person is somebody who is signed in to the console.
type Person struct {
	*Client
	ID, Username, Agency string
	secret               string         // of the authenticator app, empty without
	step                 int64          // newest time step whose code was used
	skew                 *time.Duration // of the server's clock

	Second  *Person // administrator who confirms what this one proposes; nil: nobody does
	founder bool    // hires a second administrator before anybody else of the operator
}

// Token of the person's session.
func (p *Person) Token() string { return p.Header.Get("Authorization")[len("Bearer "):] }

// NextCode of the person's authenticator app: one that was not used yet. It waits when all codes near the present are
// used, as a person would.
func (p *Person) NextCode() string {
	for {
		now := time.Now().Add(*p.skew).Unix() / 30
		step := max(now-1, p.step+1)
		if step <= now+1 {
			p.step = step
			return totp(p.secret, step)
		}
		time.Sleep(time.Second)
	}
}

func totp(secret string, step int64) string {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		panic("harness: the server gave a secret that is not base 32: " + secret)
	}
	mac := hmac.New(sha1.New, key)
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step)) //nolint:gosec // positive
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0x0f
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1_000_000)
}

type signedIn struct {
	Token      string
	Strong     bool
	EnrolFirst bool `json:"enrol_first"`
}

// SignIn signs the person in again, with a code when there is a second factor.
func (p *Person) SignIn() {
	p.t.Helper()
	body := map[string]string{"username": p.Username, "password": Password}
	if p.secret != "" {
		body["code"] = p.NextCode()
	}
	open := NewClient(p.t, p.Base)
	var got signedIn
	open.Must(open.Post("/api/v1/account/sign-in", body), http.StatusOK).Into(p.t, &got)
	*p.Client = *NewClient(p.t, p.Base).With("Authorization", "Bearer "+got.Token)
	if got.EnrolFirst {
		p.enrol()
		p.SignIn()
	}
}

// Enrol sets a second factor and signs the person in with it.
func (p *Person) Enrol() {
	p.t.Helper()
	p.enrol()
	p.SignIn()
}

// enrol sets the second factor.
func (p *Person) enrol() {
	p.t.Helper()
	var key struct{ Secret, Ticket string }
	p.Must(p.Post("/api/v1/account/second-factor", map[string]string{}), http.StatusOK).Into(p.t, &key)
	p.secret = key.Secret
	p.Must(p.Post("/api/v1/account/second-factor", map[string]string{"ticket": key.Ticket, "code": p.NextCode()}), http.StatusOK)
}

// SetUpAdmin makes the first account, the operator's administrator, with the token that the server printed. Before
// anybody else of the operator it hires a second administrator, who confirms from then on what the first proposes.
func (s *Server) SetUpAdmin(t testing.TB) *Person {
	t.Helper()
	p := s.SetUpAlone(t)
	p.founder = true
	return p
}

// SetUpAlone makes the first account only.
func (s *Server) SetUpAlone(t testing.TB) *Person {
	t.Helper()
	open := NewClient(t, s.Console)
	body := map[string]string{"token": s.SetUp, "username": "quan.tri", "full_name": "Quản Trị Viên", "password": Password}
	var made struct{ ID, Agency string }
	open.Must(open.Post("/api/v1/account/set-up", body), http.StatusOK).Into(t, &made)
	p := &Person{Client: open, ID: made.ID, Username: "quan.tri", Agency: made.Agency, skew: s.skew}
	p.SignIn()
	return p
}

// Confirmed proposes and has the second administrator confirm.
func (p *Person) Confirmed(t testing.TB, ask map[string]any) Answer {
	t.Helper()
	var made struct{ ID string }
	p.Must(p.Post("/api/v1/account/proposals", ask), http.StatusOK).Into(t, &made)
	return p.Second.Post("/api/v1/account/proposals/"+made.ID+"/confirm", nil)
}

// Hire makes an account, sets its password by the one-time link, and signs in.
func (p *Person) Hire(t testing.TB, username, name, agency string, more map[string]any, roles ...string) *Person {
	t.Helper()
	if p.founder && p.Second == nil && (strings.HasPrefix(roles[0], "op_") || roles[0] == "auditor") {
		p.founder = false
		p.Second = p.Hire(t, "quan.tri.hai", "Quản Trị Viên Hai", p.Agency, nil, "op_admin")
	}
	body := map[string]any{"username": username, "full_name": name, "agency": agency, "roles": roles}
	for k, v := range more {
		body[k] = v
	}
	var made struct {
		Account struct{ ID string }
		Token   string `json:"one_time_token"`
	}
	a := p.Post("/api/v1/account/accounts", body)
	if a.Code() == "account.second_person" && p.Second != nil {
		a = p.Confirmed(t, map[string]any{"kind": "create", "new": body})
	}
	if a.Status != http.StatusCreated && a.Status != http.StatusOK {
		t.Fatalf("make account %s: %s", username, a)
	}
	a.Into(t, &made)
	open := NewClient(t, p.Base)
	if a := open.Post("/api/v1/account/password", map[string]string{"token": made.Token, "password": Password}); a.Status >= 300 {
		t.Fatalf("set the password of %s: %s", username, a)
	}
	hired := &Person{Client: open, ID: made.Account.ID, Username: username, Agency: agency, skew: p.skew}
	hired.SignIn()
	return hired
}

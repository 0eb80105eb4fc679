package acceptance

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

// problem is a refusal as the API gives it.
type problem struct {
	Status int
	Code   string
	Title  string
	Detail string
	Errors []struct{ Field, Detail, Code string }
}

// refused checks status and code of a refusal, and that its sentence is Vietnamese and tells something.
func refused(t testing.TB, a harness.Answer, status int, code string) problem {
	t.Helper()
	if a.Status != status || a.Code() != code {
		t.Fatalf("want %d %s, got %s", status, code, a)
	}
	var p problem
	a.Into(t, &p)
	if !vietnamese(p.Detail) {
		t.Fatalf("%s: no Vietnamese sentence: %q", code, p.Detail)
	}
	return p
}

// ok checks the status of an answer.
func ok(t testing.TB, a harness.Answer, status int) harness.Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("want status %d, got %s", status, a)
	}
	return a
}

// vietnamese reports letters that only Vietnamese writes.
func vietnamese(s string) bool {
	return strings.ContainsAny(strings.ToLower(s), "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")
}

func TestFirstStart(t *testing.T) {
	s := harness.Start(t, harness.Options{})
	if s.SetUp == "" {
		t.Fatalf("no set-up token printed:\n%s", s.Output())
	}
	open := harness.NewClient(t, s.Console)
	form := map[string]string{"token": "SAI-SAI-SAI-SAI", "username": "quan.tri", "full_name": "Quản Trị Viên", "password": harness.Password}
	if a := open.Post("/api/v1/account/set-up", form); a.Status < 400 || a.Status >= 500 {
		t.Fatalf("a wrong token: %s", a)
	}
	admin := s.SetUpAdmin(t)
	t.Run("a set-up token works once", func(t *testing.T) {
		form["token"], form["username"] = s.SetUp, "ke.khac"
		refused(t, open.Post("/api/v1/account/set-up", form), http.StatusConflict, "account.set_up_done")
		s.Stop()
		s.Run()
		if strings.Contains(s.Output(), "set-up token:") {
			t.Fatal("a set up platform prints a token again")
		}
	})
	t.Run("the session outlives a restart", func(t *testing.T) {
		ok(t, admin.Get("/api/v1/account/me"), http.StatusOK)
		refused(t, open.Get("/api/v1/account/me"), http.StatusUnauthorized, "access.sign_in_required")
	})
	t.Run("a second server on the folder names the first", func(t *testing.T) {
		out, code := harness.CLI(t, "", "serve", "--data", s.Dir, "--set", "console.listen=127.0.0.1:0", "--set", "exchange.listen=127.0.0.1:0", "--set", "portal.listen=127.0.0.1:0")
		if code == 0 || !strings.Contains(out, s.Console) || !strings.Contains(out, "process id") {
			t.Fatalf("exit %d: %s", code, out)
		}
		ok(t, admin.Get("/api/v1/account/me"), http.StatusOK)
	})
}

func TestConfiguration(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lienthong.toml")
	if err := os.WriteFile(file, []byte("[console]\nlisten = \"127.0.0.1:9001\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code := harness.CLI(t, "", "config", "print", "--effective", "--config", file, "--set", "exchange.listen=127.0.0.1:9002")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	for _, want := range []string{"console.listen", `"127.0.0.1:9001"`, "# file", `"127.0.0.1:9002"`, "# flag", "portal.listen", "# default"} {
		if !strings.Contains(out, want) {
			t.Errorf("the effective configuration lacks %q:\n%s", want, out)
		}
	}
	out, code = harness.CLI(t, "", "config", "check", "--set", "console.lisen=127.0.0.1:1")
	if code == 0 || !strings.Contains(out, `did you mean "console.listen"?`) {
		t.Fatalf("exit %d: %s", code, out)
	}
	out, code = harness.CLI(t, "", "serve", "--data", t.TempDir(), "--set", "console.lisen=127.0.0.1:1")
	if code == 0 || !strings.Contains(out, `did you mean "console.listen"?`) {
		t.Fatalf("serve with an unknown key: exit %d: %s", code, out)
	}
}

// publicRoutes may be asked by anyone; a new one must be put here on purpose.
const publicRoutes = `
GET /static/{file}
GET /{$}
GET /sign-in
POST /sign-in
GET /sign-in/code
POST /sign-in/code
POST /sign-in/passkey
GET /sign-in/sso/{provider}
GET /sign-in/sso/{provider}/callback
POST /sign-out
GET /set-up
POST /set-up
GET /password/{token}
POST /password/{token}
POST /audit/witness/add-checkpoint
GET /audit/log/cosigned
GET /audit/log/checkpoint
GET /audit/log/tile/{level}/{path...}
GET /certificate/authority.pem
GET /certificate/crl/{number}
GET /support/terms
GET /livez
GET /readyz
GET /api
GET /api/v1/openapi.json
POST /api/v1/account/sign-in
POST /api/v1/account/set-up
POST /api/v1/account/password
GET /api/v1/purposes
GET /api/v1/purposes/{code}
GET /api/v1/audit/checkpoint
GET /api/v1/support/terms
`

func TestEveryRouteHasAPermission(t *testing.T) {
	out, code := harness.CLI(t, "", "routes")
	if code != 0 {
		t.Fatal(out)
	}
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		f := strings.Fields(line)
		if len(f) != 3 {
			t.Fatalf("no permission stands beside %q", line)
		}
		if f[2] == "public" && !strings.Contains(publicRoutes, "\n"+f[0]+" "+f[1]+"\n") {
			t.Errorf("%s %s is open to anyone", f[0], f[1])
		}
	}
}

package acceptance

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// demoPassword is printed at the start of a demo.
const demoPassword = "Demo lien thong 2026"

// The living demo: a province that nobody has to set up, whose clock can be moved.
func TestDemo(t *testing.T) {
	s := harness.Start(t, harness.Options{Demo: true})
	soon(t, "the demo", func() bool { return strings.Contains(s.Output(), "demo: ready") || !s.Alive() })
	if !s.Alive() {
		t.Fatal("the demo ended")
	}
	open := harness.NewClient(t, s.Console)
	signIn := func(name string) harness.Answer {
		return open.Post("/api/v1/account/sign-in", m{"username": name, "password": demoPassword, "code": demoCode(t, open, name)})
	}
	as := func(name string) *harness.Client {
		var got struct{ Token string }
		ok(t, signIn(name), http.StatusOK).Into(t, &got)
		return harness.NewClient(t, s.Console).With("Authorization", "Bearer "+got.Token)
	}
	steward := as("nnmt.daumoi")
	t.Run("X3 the demo stands after one command, with fictional people of the province's communes", func(t *testing.T) {
		var got struct {
			Datasets []struct{ Code, State string }
		}
		ok(t, steward.Get("/api/v1/datasets?limit=500"), http.StatusOK).Into(t, &got)
		if len(got.Datasets) < 5 {
			t.Fatalf("%d datasets", len(got.Datasets))
		}
		if n := len(agencies(t, steward, map[string][]string{"kind": {"commune"}})); n != 99 {
			t.Fatalf("%d communes", n)
		}
		for _, name := range []string{"nnmt.daumoi", "vanhanh.thamdinh", "yte.daumoi"} {
			if !strings.Contains(s.Output(), name) {
				t.Errorf("the account %s is not announced", name)
			}
		}
		refused(t, open.Post("/api/v1/account/sign-in", m{"username": "nnmt.daumoi", "password": "sai mật khẩu"}), http.StatusUnauthorized, "account.sign_in_failed")
	})
	t.Run("every page opens or says who may see it", func(t *testing.T) { everyPage(t, steward, as("giaoduc.lanhdao"), as("bacha.canbo")) })
	t.Run("X2 the demo's clock moves, a real platform's never", func(t *testing.T) {
		if out, code := harness.CLI(t, "", "demo", "clock", "--data", s.Dir, "mai"); code == 0 {
			t.Fatalf("moved by nonsense: %s", out)
		}
		if out, code := harness.CLI(t, "", "demo", "clock", "--data", s.Dir, "+2h"); code != 0 || !strings.Contains(out, "/") {
			t.Fatalf("exit %d: %s", code, out)
		}
		refused(t, steward.Get("/api/v1/datasets"), http.StatusUnauthorized, "access.sign_in_required")
		ok(t, signIn("nnmt.daumoi"), http.StatusOK)
		other := harness.Start(t, harness.Options{})
		if out, code := harness.CLI(t, "", "demo", "clock", "--data", other.Dir, "+2h"); code == 0 || !strings.Contains(out, "never moved") {
			t.Fatalf("a real platform: exit %d: %s", code, out)
		}
	})
	t.Run("X2 an empty demo is a platform to practise on, with a clock that moves", func(t *testing.T) {
		bare := harness.Start(t, harness.Options{Move: true})
		admin := bare.SetUpAdmin(t)
		bare.Shift(72 * time.Hour)
		refused(t, admin.Get("/api/v1/tasks"), http.StatusUnauthorized, "access.sign_in_required")
		admin.SignIn()
		var me struct {
			LastSignIn time.Time `json:"last_sign_in"`
		}
		ok(t, admin.Get("/api/v1/account/accounts/"+admin.ID), http.StatusOK).Into(t, &me)
		if late := bare.Now().Sub(me.LastSignIn); late < 0 || late > time.Minute {
			t.Fatalf("the sign-in was %v before the moved clock's now", late)
		}
		if n := len(agencies(t, admin.Client, nil)); n > 0 {
			t.Fatalf("%d agencies stand in an empty demo", n)
		}
	})
	s.Stop()
	if out, code := verify(t, s.Dir); code != 0 {
		t.Fatalf("the demo's log: exit %d: %s", code, out)
	}
}

var (
	tag     = regexp.MustCompile(`<[^>]*>`)
	sixOnly = regexp.MustCompile(`\b[0-9]{6}\b`)
)

// demoCode is the code of the second factor that the demo's page shows for an account.
func demoCode(t testing.TB, open *harness.Client, name string) string {
	t.Helper()
	_, after, found := strings.Cut(tag.ReplaceAllString(string(ok(t, open.Get("/demo"), http.StatusOK).Body), " "), " "+name+" ")
	if !found {
		t.Fatalf("the page of the demo does not name %s", name)
	}
	return sixOnly.FindString(after)
}

// everyPage opens all pages without parameters.
func everyPage(t *testing.T, people ...*harness.Client) {
	out, code := harness.CLI(t, "", "routes")
	if code != 0 {
		t.Fatal(out)
	}
	opened := 0
	for _, line := range strings.Split(out, "\n") {
		f := strings.Fields(line)
		if len(f) != 3 || f[0] != http.MethodGet || strings.Contains(strings.TrimSuffix(f[1], "{$}"), "{") {
			continue
		}
		for _, who := range people {
			a := who.Get(strings.TrimSuffix(f[1], "{$}"))
			switch {
			case a.Status == http.StatusOK:
				opened++
				if page := string(a.Body); strings.HasPrefix(page, "<!doctype") && (strings.Contains(page, "%!") || strings.Contains(page, "ZgotmplZ")) {
					t.Errorf("%s holds what no reader understands", f[1])
				}
			case a.Status >= 500 || a.Status == http.StatusNotFound && f[1] != "/ingest/template" && f[1] != "/reviews/ask" && f[1] != "/audit/log/cosigned" && f[1] != "/certificate/authority.pem": // those ask for something that is not there
				t.Errorf("%s: %s", f[1], a)
			}
		}
	}
	if opened < 40 {
		t.Fatalf("only %d pages opened", opened)
	}
}

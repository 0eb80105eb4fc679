package acceptance

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

// Metrics and traces: what an operator sees of the platform's work, and who else does not.
func TestObservability(t *testing.T) {
	p, s := providedBy(t, harness.Options{Metrics: true})
	c := p.live(t, askOnline)
	x := c.client(t)
	t.Run("X13 calls are counted by verdict, code, route and provider; no person, case or path is in the numbers", func(t *testing.T) { countsCalls(t, p, x, s) })
	t.Run("X13 a call's trace goes on to the provider and its steps are shown to the operator alone", func(t *testing.T) { followsCall(t, p, x, s) })
	t.Run("X13 metrics are closed unless opened, and away from the machine need a token", func(t *testing.T) { closedMetrics(t, p) })
}

func countsCalls(t *testing.T, p *province, x *harness.Client, s *source) {
	const (
		served   = `lienthong_exchange_calls_total{verdict="allow",code="ok"}`
		refusals = `lienthong_exchange_calls_total{verdict="deny",code="access.purpose_mismatch"}`
		failures = `lienthong_exchange_calls_total{verdict="allow",code="exchange.provider_error"}`
		asked    = `lienthong_exchange_provider_seconds_count{service="` + owner + "/" + sourceSystem + `/ho",result="ok"}`
		requests = `lienthong_exchange_requests_total{route="/svc/{owner}/{system}/{service}",method="GET",status="2xx"}`
		commits  = `lienthong_journal_commit_seconds_count{result="ok"}`
		incident = `lienthong_incident_open{kind="availability"}`
	)
	before := p.Scrape(t)
	ok(t, x.With("Lienthong-Case", "HS-999-001").Get(onlinePath+"/ho/H00001"), http.StatusOK)
	refused(t, x.With("Lienthong-Purpose", "QLNN").Get(onlinePath+"/ho/H00001"), http.StatusForbidden, "access.purpose_mismatch")
	s.says(http.StatusInternalServerError, "{}")
	refused(t, x.Get(onlinePath+"/ho/H00001"), http.StatusBadGateway, "exchange.provider_error")
	s.says(0, "")
	after := p.Scrape(t)
	for _, series := range []string{served, refusals, failures, asked, requests} {
		if got := after.Of(series) - before.Of(series); got != 1 {
			t.Errorf("%s rose by %v, want 1", series, got)
		}
	}
	if after.Of(commits) <= before.Of(commits) || after.Of("lienthong_ready") != 1 || after.Of("lienthong_account_sessions") < 5 ||
		after.Of(`lienthong_disk_free_bytes{folder="data"}`) <= 0 || !strings.Contains(after.Text, incident+" 0\n") || !strings.Contains(after.Text, "lienthong_build_info{") {
		t.Errorf("numbers are missing:\n%s", after.Text)
	}
	for _, part := range []string{"jobs", "deliveries", "incidents", "tasks", "sessions"} {
		if !strings.Contains(after.Text, `lienthong_metrics_unread{part="`+part+`"} 0`) {
			t.Errorf("%s are not told", part)
		}
	}
	for _, secret := range []string{"H00001", "HS-999-001", "9990660000", p.admin.ID, p.engineer.Username, "/ho/", x.Header.Get("Authorization")} {
		if strings.Contains(after.Text, secret) {
			t.Errorf("the numbers hold %q", secret)
		}
	}
	wellFormed(t, after.Text)
	alertsRead(t, after.Text)
	for i := range 50 { // paths and methods that somebody makes up are not labels
		x.Do("X"+strconv.Itoa(i), "/made/up/"+strconv.Itoa(i), nil)
		harness.NewClient(t, p.Console).Get("/made/up/" + strconv.Itoa(i))
	}
	if more := p.Scrape(t); strings.Contains(more.Text, "/made/") || strings.Count(more.Text, "\n") > strings.Count(after.Text, "\n")+10 {
		t.Errorf("made-up paths make new series:\n%s", more.Text)
	}
}

var line = regexp.MustCompile(`^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[^"]*",?)+\})? [0-9.e+-]+|[a-z_]+_bucket\{.*le="[^"]+"\} \d+)$`)

// alertsRead: each rule that we ship asks for a number that is told.
func alertsRead(t *testing.T, text string) {
	t.Helper()
	rules, err := os.ReadFile("../docs/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`lienthong_[a-z_]+`).FindAllString(string(rules), -1)
	if len(names) < 20 {
		t.Fatalf("the rules name %d numbers", len(names))
	}
	for _, name := range names {
		family := strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count")
		if !strings.Contains(text, "# TYPE "+family+" ") {
			t.Errorf("a rule asks for %s, which is not told", name)
		}
	}
}

// wellFormed: each family is told once, with its type before its values.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	seen := map[string]bool{}
	for _, l := range strings.Split(strings.TrimSpace(text), "\n") {
		if !line.MatchString(l) {
			t.Errorf("not a line of metrics: %s", l)
		}
		if name, found := strings.CutPrefix(l, "# TYPE "); found {
			name, _, _ = strings.Cut(name, " ")
			if seen[name] {
				t.Errorf("%s is told twice", name)
			}
			seen[name] = true
		}
	}
}

func followsCall(t *testing.T, p *province, x *harness.Client, s *source) {
	const trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	sent := func(traceparent string) (id, atProvider string) {
		t.Helper()
		s.Forget()
		a := ok(t, x.With("Traceparent", traceparent).Get(onlinePath+"/ho/H00001"), http.StatusOK)
		all := s.Requests()
		if len(all) != 1 {
			t.Fatalf("%d requests at the provider", len(all))
		}
		_, rest, _ := strings.Cut(string(all[0]), "\r\nTraceparent: ")
		atProvider, _, _ = strings.Cut(rest, "\r\n")
		return a.Header.Get("X-Request-Id"), atProvider
	}
	id, passed := sent("00-" + trace + "-" + span + "-01")
	if !strings.HasPrefix(passed, "00-"+trace+"-") || strings.Contains(passed, span) || len(passed) != 55 {
		t.Errorf("the provider received %q", passed)
	}
	if _, passed := sent("00-" + trace + "-" + span + "-01 999060000001"); strings.Contains(passed, "999060000001") || strings.Contains(passed, trace) || len(passed) != 55 {
		t.Errorf("of a header that is no traceparent the provider received %q", passed)
	}
	type traced struct {
		Trace *struct {
			ID, Parent string
			Steps      []struct {
				Name string
				Took int64 `json:"took_us"`
			}
		}
	}
	var got traced
	ok(t, p.engineer.Get("/api/v1/exchange/calls/"+id), http.StatusOK).Into(t, &got)
	if got.Trace == nil || got.Trace.ID != trace || got.Trace.Parent != span {
		t.Fatalf("the trace: %+v", got.Trace)
	}
	steps := ""
	for _, step := range got.Trace.Steps {
		steps += step.Name + " "
	}
	if steps != "read token decide evidence provider filter answer outcome " {
		t.Errorf("steps %q", steps)
	}
	if page := string(ok(t, p.engineer.Get("/exchange/calls/"+id), http.StatusOK).Body); !strings.Contains(page, "Chờ bên cung cấp trả lời") || !strings.Contains(page, trace) {
		t.Error("the page does not show the steps")
	}
	ok(t, p.engineer.Get("/exchange/slow"), http.StatusOK)
	got = traced{} // the caller's own agency sees its call, and not how the platform works inside
	ok(t, p.consumerSteward.Get("/api/v1/exchange/calls/"+id), http.StatusOK).Into(t, &got)
	if page := string(ok(t, p.consumerSteward.Get("/exchange/calls/"+id), http.StatusOK).Body); got.Trace != nil || strings.Contains(page, trace) {
		t.Error("the caller's agency sees the steps")
	}
	if a := p.consumerSteward.Get("/exchange/slow"); a.Status != http.StatusForbidden {
		t.Errorf("the slow calls for an agency: %s", a)
	}
}

func closedMetrics(t *testing.T, p *province) {
	for _, open := range []string{p.Console, p.Exchange} {
		if a := harness.NewClient(t, open).Get("/metrics"); a.Status != http.StatusNotFound || strings.Contains(a.String(), "lienthong_") {
			t.Errorf("/metrics at %s: %s", open, a)
		}
	}
	if a := harness.NewClient(t, strings.TrimSuffix(p.Metrics, "/metrics")).Get("/"); a.Status != http.StatusNotFound {
		t.Errorf("another path: %s", a)
	}
	file := filepath.Join(t.TempDir(), "token")
	write := func(token string) {
		if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, code := harness.CLI(t, "", "config", "check", "--set", "metrics.listen=0.0.0.0:9100")
	if code == 0 || !strings.Contains(out, "metrics.token_file") {
		t.Errorf("open to all without a token: %d %s", code, out)
	}
	write("short")
	if out, code := harness.CLI(t, "", "config", "check", "--set", "metrics.listen=0.0.0.0:9100", "--set", "metrics.token_file="+file); code == 0 || !strings.Contains(out, "24") {
		t.Errorf("a token that can be tried: %d %s", code, out)
	}
	const token = "ma-giam-sat-cua-phong-may-chu-999"
	write(token)
	guarded := harness.Start(t, harness.Options{Metrics: true, Args: []string{"--set", "metrics.token_file=" + file}})
	c := harness.NewClient(t, guarded.Metrics)
	if a := c.Get(""); a.Status != http.StatusUnauthorized || strings.Contains(a.String(), "lienthong_") {
		t.Errorf("without the token: %s", a)
	}
	if a := c.With("Authorization", "Bearer "+token+"x").Get(""); a.Status != http.StatusUnauthorized {
		t.Errorf("with another token: %s", a)
	}
	if a := c.With("Authorization", "Bearer "+token).Get(""); a.Status != http.StatusOK || !strings.Contains(string(a.Body), "lienthong_ready 1") {
		t.Errorf("with the token: %s", a)
	}
}

package crash

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
	"lienthong/acceptance/invariant"
)

// ontoSmallDisk moves the log of a stopped server onto a file system of its own, so that filling it hurts nothing else.
func ontoSmallDisk(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("mounting a small disk needs root")
	}
	old := dir + ".moved"
	if err := os.Rename(dir, old); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("mount a small disk: %v %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	})
	if err := os.CopyFS(dir, os.DirFS(old)); err != nil {
		t.Fatal(err)
	}
}

// fill takes all room that is left and gives the file that takes it.
func fill(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "filler")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4096)
	for {
		if _, err := f.Write(block); err != nil {
			return path
		}
	}
}

// TestFullLog is F08, R4.6 and X11: while the log cannot be written nothing leaves and nothing changes, the reason is
// said in one sentence, and after a restart with room everything goes on from the last record.
func TestFullLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	audit := filepath.Join(dir, "audit")
	w := newWorld(t, harness.Options{Dir: dir})
	w.populate()
	w.Stop()
	ontoSmallDisk(t, audit)
	w.Run()
	j := w.newJudge(1)
	h := &history{History: invariant.History{Base: j.base, Runs: []invariant.Run{{Started: j.started}}, Earlier: j.loads}}
	w.record(h)
	l := &load{w: w, h: h, round: 1}
	c, p := newCaller(w, h), w.parties[0]
	token := l.token(c, p.System, p.Credential, p.Client, p.Secret)
	filler := fill(t, audit)
	w.untilClosed(l, c, token)
	seen := len(w.provider.Requests())
	for _, path := range []string{pagePath, servicePath, "/data/" + dataset + "/schema"} {
		kept := invariant.Call{Tag: l.tag(), System: p.System, Credential: p.Credential, Purpose: purpose, Dataset: dataset}
		got, body := c.call(l.get(path, token), kept)
		if got.Status != http.StatusServiceUnavailable || got.Code != "audit.closed" || strings.Contains(string(body), "tram-") {
			t.Errorf("%s while the log is full: %d %s", path, got.Status, body)
		}
	}
	if n := len(w.provider.Requests()); n != seen {
		t.Errorf("the provider was called %d times while the log was full", n-seen)
	}
	if l.token(c, p.System, p.Credential, p.Client, p.Secret) != "" {
		t.Error("a token was given that no record tells of")
	}
	w.closedConsole()
	w.readyReason()
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	h.Runs[0].Killed = time.Now() // what was under way when the log closed has no end that anybody saw
	began := time.Now()
	w.Stop()
	t.Logf("stopped within %v", time.Since(began))
	w.Run()
	h.Runs = append(h.Runs, invariant.Run{Started: time.Now()})
	w.after(l)
	w.state(h)
	j.judge(h)
}

// untilClosed calls until the log has no room left for a record.
func (w *world) untilClosed(l *load, c *caller, token string) {
	w.t.Helper()
	p := w.parties[0]
	for range 2000 {
		kept := invariant.Call{Tag: l.tag(), System: p.System, Credential: p.Credential, Purpose: purpose, Dataset: dataset}
		got, body := c.call(l.get(pagePath, token), kept)
		switch {
		case got.Code == "audit.closed":
			return
		case got.Status != http.StatusOK:
			w.t.Fatalf("before the log was full: %d %s", got.Status, body)
		}
	}
	w.t.Fatal("2000 calls were served with no room for their records")
}

// closedConsole: no change is made that could not be recorded.
func (w *world) closedConsole() {
	w.t.Helper()
	body := m{"username": "can.bo.moi", "full_name": "Cán Bộ Mới", "agency": consumer, "roles": []string{"analyst"}}
	if a := w.admin.Post("/api/v1/account/accounts", body); a.Status != http.StatusServiceUnavailable || a.Code() != "audit.closed" {
		w.t.Errorf("a new account while the log is full: %s", a)
	}
	var got struct{ Accounts []struct{ Username string } }
	w.must(w.admin.Get("/api/v1/account/accounts?q=Cán+Bộ+Mới")).Into(w.t, &got)
	if len(got.Accounts) > 0 {
		w.t.Errorf("the account was made without a record: %+v", got.Accounts)
	}
	if a := w.steward.With("Content-Type", "text/csv").Post(deliverPath(dataset, "khi-day"), content("khi-day")); a.Status != http.StatusServiceUnavailable {
		w.t.Errorf("a delivery while the log is full: %s", a)
	}
}

// readyReason: the operator is told why in one sentence; other systems are told that the exchange is closed.
func (w *world) readyReason() {
	w.t.Helper()
	a := harness.NewClient(w.t, w.Console).Get("/readyz")
	text := string(a.Body)
	if a.Status != http.StatusServiceUnavailable || !strings.Contains(text, "audit") || !strings.Contains(text, "no space left") || strings.Count(strings.TrimSpace(text), "\n") > 2 {
		w.t.Errorf("console: %s", a)
	}
	if a := harness.NewClient(w.t, w.Exchange).Get("/readyz"); a.Status != http.StatusServiceUnavailable {
		w.t.Errorf("exchange: %s", a)
	}
}

// TestReadOnlyLog is F09: a server whose log folder cannot be written does not start, says why, and starts by itself
// once it can.
func TestReadOnlyLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	audit := filepath.Join(dir, "audit")
	s := harness.Start(t, harness.Options{Dir: dir})
	s.Stop()
	ontoSmallDisk(t, audit)
	remount := func(how string) {
		if out, err := exec.Command("mount", "-o", "remount,"+how, audit).CombinedOutput(); err != nil {
			t.Fatalf("remount %s: %v %s", how, err, out)
		}
	}
	remount("ro")
	s.Launch()
	if err := s.WaitReady(15 * time.Second); err == nil {
		t.Error("the server is ready with a log that it cannot write")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for s.Alive() && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	if s.Alive() || !strings.Contains(s.Output(), "read-only file system") {
		t.Errorf("the server should end and say why:\n%s", s.Output())
	}
	s.Kill()
	remount("rw")
	s.Run()
}

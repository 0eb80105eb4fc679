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
func ontoSmallDisk(t *testing.T, dir, size string) {
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
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("mount a small disk: %v %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	})
	for _, at := range []string{"reserve", "audit/reserve"} { // made anew, as large as this disk bears
		_ = os.Remove(filepath.Join(old, at))
	}
	if out, err := exec.Command("cp", "-a", old+"/.", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
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

// TestFullLog is F08, F01, R4.6 and X11: while the disk of the log is full nothing leaves and no right is given, the reason
// is said in one sentence, and signing in and revoking go on in the reserve. With room again the platform goes on by itself;
// a kill in between loses nothing. With the reserve used up as well the log closes until a restart, and even then a right can
// be taken away.
func TestFullLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	audit := filepath.Join(dir, "audit")
	w := newWorld(t, harness.Options{Dir: dir})
	w.populate()
	w.system(stoppedSystem, "Hệ thống bị tạm dừng khi đầy đĩa", consumer)
	w.Stop()
	ontoSmallDisk(t, audit, "4m")
	w.Run()
	j := w.newJudge(1)
	h := &history{History: invariant.History{Base: j.base, Runs: []invariant.Run{{Started: j.started}}, Earlier: j.loads}}
	w.record(h)
	l := &load{w: w, h: h, round: 1}
	c, p := newCaller(w, h), w.parties[0]
	first, second := l.issue(c, p, "khoa mot"), l.issue(c, p, "khoa hai")
	token := l.token(c, p.System, p.Credential, p.Client, p.Secret)

	filler := fill(t, audit)
	w.untilClosed(l, c, token, "audit.disk_full")
	w.onlyVital(l, c, token, "audit.disk_full")
	w.security.SignIn()
	l.takeBack(c, first)
	w.freed(filler)
	l.page(c, p, p.Credential, token)
	w.onDiskTold()

	filler = fill(t, audit)
	w.untilClosed(l, c, token, "audit.disk_full")
	w.Kill()
	h.Runs[0].Killed = time.Now()
	w.freed(filler)
	w.Run()
	h.Runs = append(h.Runs, invariant.Run{Started: time.Now()})
	token = l.token(c, p.System, p.Credential, p.Client, p.Secret)

	w.untilClosed(l, c, token, "audit.closed", func() { _ = os.Rename(fill(t, audit), filepath.Join(audit, l.tag())) })
	w.onlyVital(l, c, token, "audit.closed")
	w.security.SignIn()
	l.takeBack(c, second)
	for _, f := range fillers(t, audit) {
		w.freed(f)
	}
	h.Runs[1].Killed = time.Now() // what was under way when the log closed has no end that anybody saw
	w.Stop()
	w.Run()
	h.Runs = append(h.Runs, invariant.Run{Started: time.Now()})
	w.after(l)
	w.state(h)
	j.judge(h)
}

// stoppedSystem is a system that is suspended while the disk is full.
const stoppedSystem = "he-thong-bi-dung"

// onlyVital: no data leaves, no provider is asked, no token is given and no right.
func (w *world) onlyVital(l *load, c *caller, token, code string) {
	w.t.Helper()
	p, seen := w.parties[0], len(w.provider.Requests())
	for _, path := range []string{pagePath, servicePath, "/data/" + dataset + "/schema"} {
		kept := invariant.Call{Tag: l.tag(), System: p.System, Credential: p.Credential, Purpose: purpose, Dataset: dataset}
		got, body := c.call(l.get(path, token), kept)
		if got.Status != http.StatusServiceUnavailable || got.Code != code || strings.Contains(string(body), "tram-") {
			w.t.Errorf("%s while the log is full: %d %s", path, got.Status, body)
		}
	}
	if n := len(w.provider.Requests()); n != seen {
		w.t.Errorf("the provider was called %d times while the log was full", n-seen)
	}
	if l.token(c, p.System, p.Credential, p.Client, p.Secret) != "" {
		w.t.Error("a token was given that no record tells of")
	}
	w.closedConsole(code)
	w.readyReason()
}

// issue makes a credential that is taken back later.
func (l *load) issue(c *caller, p *party, label string) revoked {
	l.w.t.Helper()
	at := "/api/v1/systems/" + p.System + "/credentials"
	var made struct {
		ID     string
		Client string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	l.w.must(l.w.engineer.Post(at, m{"label": label, "valid_to": day(100)})).Into(l.w.t, &made)
	l.w.must(l.w.consumerSteward.Post(at+"/"+made.ID+"/pick-up", nil)).Into(l.w.t, &made)
	token := l.token(c, p.System, made.ID, made.Client, made.Secret)
	if token == "" {
		l.w.t.Fatal("a new credential got no token")
	}
	return revoked{"revocation/" + label, p, made.ID, made.Client, made.Secret, token}
}

// takeBack revokes it; after holds that it is refused after the restart, and the judge that the log tells of it.
func (l *load) takeBack(c *caller, r revoked) {
	l.w.t.Helper()
	x := invariant.Write{Key: r.key, Event: "system.credential_revoke", Want: "revoked", Began: time.Now()}
	a := l.w.must(l.w.engineer.Post("/api/v1/systems/"+r.party.System+"/credentials/"+r.credential+"/revoke", m{"reason": "Thu hồi theo kế hoạch kiểm thử"}))
	l.h.wrote(x, a.Status, nil)
	l.w.ban(invariant.Ban{Key: r.key, Credential: r.credential, From: time.Now()})
	l.w.revoked(r)
	l.page(c, r.party, r.credential, r.token)
}

// freed removes what fills the disk; a server that runs goes on by itself.
func (w *world) freed(filler string) {
	w.t.Helper()
	if err := os.Remove(filler); err != nil {
		w.t.Fatal(err)
	}
	ready := func() bool { return harness.NewClient(w.t, w.Exchange).Get("/readyz").Status == http.StatusOK }
	for until := time.Now().Add(10 * time.Second); w.Alive() && strings.HasSuffix(filler, "filler") && !ready(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(until) {
			w.t.Fatalf("with room again: %s", harness.NewClient(w.t, w.Console).Get("/readyz"))
		}
	}
}

func fillers(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "vu-viec-*"))
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	return all
}

// onDiskTold: an incident tells of the full disk.
func (w *world) onDiskTold() {
	w.t.Helper()
	var got struct{ Incidents []struct{ Source string } }
	for until := time.Now().Add(5 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		w.must(w.security.Get("/api/v1/incident")).Into(w.t, &got)
		if len(got.Incidents) > 0 && got.Incidents[0].Source == "audit disk" {
			return
		}
		if time.Now().After(until) {
			w.t.Errorf("no incident tells of the full disk: %+v", got)
			return
		}
	}
}

// untilClosed calls until the log has no room left for a record, and does before each call what fills it.
func (w *world) untilClosed(l *load, c *caller, token, code string, before ...func()) {
	w.t.Helper()
	p := w.parties[0]
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); {
		for _, f := range before {
			f()
		}
		kept := invariant.Call{Tag: l.tag(), System: p.System, Credential: p.Credential, Purpose: purpose, Dataset: dataset}
		got, body := c.call(l.get(pagePath, token), kept)
		switch {
		case got.Code == code:
			return
		case got.Code == "audit.disk_full": // a record more, which finds the reserve used up
			w.must(w.security.Post("/api/v1/systems/"+stoppedSystem+"/suspend", m{"reason": "Nghi ngờ lộ khóa " + l.tag()}))
		case got.Status != http.StatusOK:
			w.t.Fatalf("before the log was full: %d %s", got.Status, body)
		}
	}
	w.t.Fatalf("calls are not refused with %s though there is no room for their records", code)
}

// closedConsole: no change is made that could not be recorded.
func (w *world) closedConsole(code string) {
	w.t.Helper()
	body := m{"username": "can.bo.moi", "full_name": "Cán Bộ Mới", "agency": consumer, "roles": []string{"analyst"}}
	if a := w.admin.Post("/api/v1/account/accounts", body); a.Status != http.StatusServiceUnavailable || a.Code() != code {
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
	ontoSmallDisk(t, audit, "4m")
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

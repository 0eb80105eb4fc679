package acceptance

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"

	"github.com/ncruces/go-sqlite3/driver"
)

// brokenWorld is a platform on which every kind of work goes on, so that each thing it stands on can be taken away.
type brokenWorld struct {
	*province
	source *source
	caller *harness.Client // of a dataset that lies in the warehouse and behind a service
	second string
}

// TestBrokenDependencies takes away, one after the other, what the running platform stands on, and says what then stays
// open, what closes and with which code. What is brought back works again. A full disk, a dead one and a log that cannot
// be written stand in acceptance/crash.
func TestBrokenDependencies(t *testing.T) {
	second := filepath.Join(t.TempDir(), "copy")
	p, s := providedBy(t, harness.Options{Metrics: true, Args: []string{"--set", "audit.second_dir=" + second}})
	p.registerSystem(t, otherSystem, "Hệ thống thông tin y tế", foreign)
	if d := deliver(t, p.ownerSteward, online, file(12)); d.State != "published" {
		t.Fatalf("the file: %+v", d)
	}
	x := p.live(t, askOnline).client(t)
	w := &brokenWorld{province: p, source: s, second: second, caller: x}
	for _, c := range []struct {
		name                 string
		breaks, mends        func(t *testing.T)
		stored, through      string // code of a call's refusal; empty when it is served
		probe, exchangeProbe int
		tells                string // what /readyz of the console says
		number               string // what the metrics say
		people               bool   // sign-in and revocation stay alive
	}{
		{
			"X11 warehouse folder missing: providers' services go on", w.closedAway, w.back("warehouse"),
			"warehouse.files_damaged", "", http.StatusServiceUnavailable, http.StatusOK, "warehouse: ", `lienthong_part_failed{part="warehouse",stops="no"} 1`, true,
		},
		{
			"X11 provider fails: the warehouse goes on", func(*testing.T) { s.says(http.StatusInternalServerError, "{}") }, func(*testing.T) { s.says(0, "") },
			"", "exchange.provider_error", http.StatusOK, http.StatusOK, `"ok"`, `result="exchange.provider_error"`, true,
		},
		{
			"X11 raw files missing: calls go on", w.away("raw"), w.back("raw"),
			"", "", http.StatusServiceUnavailable, http.StatusOK, "raw files: ", `lienthong_part_failed{part="raw files",stops="no"} 1`, true,
		},
		{
			"X11 second folder of the log gone: an alarm, and all goes on", w.lose, nil,
			"", "", http.StatusOK, http.StatusOK, "warnings", "lienthong_journal_folders_failed 1", true,
		},
		{
			"F06 both folders of the log gone: data and rights close, sign-in and revocation go on", w.away("audit"), w.restart("audit"),
			"audit.closed", "audit.closed", http.StatusServiceUnavailable, http.StatusServiceUnavailable, "stopped at record", "lienthong_ready 0", false,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.served(t, "", "")
			c.breaks(t)
			a := w.settles(t, c.probe, c.tells)
			if c.probe == http.StatusOK && a.Status != http.StatusOK {
				t.Errorf("readyz: %s", a)
			}
			if a := harness.NewClient(t, p.Exchange).Get("/readyz"); a.Status != c.exchangeProbe {
				t.Errorf("readyz of the exchange: %s", a)
			}
			before := len(s.Requests())
			w.served(t, c.stored, c.through)
			if n := len(s.Requests()); c.through == "audit.closed" && n != before {
				t.Errorf("the provider was asked %d times without evidence", n-before)
			}
			if text := p.Scrape(t).Text; !strings.Contains(text, c.number) {
				t.Errorf("the numbers do not tell %s:\n%s", c.number, text)
			}
			if c.people {
				w.peopleWork(t)
			} else {
				w.rightsOnlyTaken(t)
			}
			if c.mends != nil {
				c.mends(t)
				w.settles(t, http.StatusOK, `"ok"`)
				w.served(t, "", "")
				w.peopleWork(t)
			}
		})
	}
	t.Run("X11 control store locked by another: calls go on, a change waits its turn", func(t *testing.T) { w.locked(t) })
}

func (w *brokenWorld) away(part string) func(t *testing.T) {
	return func(t *testing.T) {
		t.Helper()
		folder := filepath.Join(w.Dir, part)
		if err := os.Rename(folder, folder+"-away"); err != nil {
			t.Fatal(err)
		}
	}
}

// closedAway takes the warehouse away while none of its files is open: what is open can be read on.
func (w *brokenWorld) closedAway(t *testing.T) {
	t.Helper()
	w.Stop()
	w.Run()
	w.away("warehouse")(t)
}

func (w *brokenWorld) back(part string) func(t *testing.T) {
	return func(t *testing.T) {
		t.Helper()
		folder := filepath.Join(w.Dir, part)
		if err := os.Rename(folder+"-away", folder); err != nil {
			t.Fatal(err)
		}
	}
}

// lose takes the copy of the log away for good; it is made anew from the first folder.
func (w *brokenWorld) lose(t *testing.T) {
	t.Helper()
	if err := os.RemoveAll(w.second); err != nil {
		t.Fatal(err)
	}
}

// settles waits until the probe says what it should; what nobody touches is found within a checkpoint.
func (w *brokenWorld) settles(t *testing.T, status int, tells string) harness.Answer {
	t.Helper()
	c := harness.NewClient(t, w.Console)
	var a harness.Answer
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		w.caller.Get("/data/" + online + "/records?limit=1") // a record more, so that there is something to write
		if a = c.Get("/readyz"); a.Status == status && strings.Contains(a.String(), tells) {
			return a
		}
	}
	t.Fatalf("readyz: %s, want %d and %q", a, status, tells)
	return a
}

// served makes both kinds of call and compares how they end.
func (w *brokenWorld) served(t *testing.T, stored, through string) {
	t.Helper()
	for what, c := range map[string]struct {
		a    harness.Answer
		code string
	}{"a call on the warehouse": {w.caller.Get("/data/" + online + "/records?limit=5"), stored}, "a call to a provider": {w.caller.Get(onlinePath + "/ho/H00001"), through}} {
		if c.code == "" && c.a.Status != http.StatusOK || c.code != "" && (c.a.Status < 500 || c.a.Code() != c.code) {
			t.Errorf("%s: %s, want %q", what, c.a, c.code)
		}
	}
}

// peopleWork signs somebody in and stops a system, which is how a right is taken away in a hurry.
func (w *brokenWorld) peopleWork(t *testing.T) {
	t.Helper()
	w.signInAndSuspend(t, "Nghi ngờ lộ khóa của hệ thống gọi")
	ok(t, w.security.Post("/api/v1/systems/"+otherSystem+"/resume", m{"reason": "Đã đổi khóa của hệ thống gọi"}), http.StatusOK)
}

func (w *brokenWorld) signInAndSuspend(t *testing.T, reason string) {
	t.Helper()
	in := harness.NewClient(t, w.Console).Post("/api/v1/account/sign-in", m{"username": w.ownerSteward.Username, "password": harness.Password})
	ok(t, in, http.StatusOK)
	ok(t, w.security.Post("/api/v1/systems/"+otherSystem+"/suspend", m{"reason": reason}), http.StatusOK)
}

const whileClosed = "Nghi ngờ lộ khóa trong lúc nhật ký không ghi được"

// rightsOnlyTaken: with the log closed a right can be taken away and not given back.
func (w *brokenWorld) rightsOnlyTaken(t *testing.T) {
	t.Helper()
	w.signInAndSuspend(t, whileClosed)
	resume := w.security.Post("/api/v1/systems/"+otherSystem+"/resume", m{"reason": "Đã đổi khóa của hệ thống gọi"})
	refused(t, resume, http.StatusServiceUnavailable, "audit.closed")
}

// restart: a log that was closed opens again with the next start only, and then tells what was done while it was closed.
func (w *brokenWorld) restart(part string) func(t *testing.T) {
	return func(t *testing.T) {
		t.Helper()
		w.Kill()
		w.back(part)(t)
		w.Run()
		a := ok(t, w.auditor.Post("/api/v1/audit/search", m{"reason": "Kiểm tra sau khi khởi động lại", "event": "system.suspend"}), http.StatusOK)
		if strings.Count(string(a.Body), `"reason":"`+whileClosed) != 1 {
			t.Errorf("the log does not tell once of the system that was stopped while it was closed: %s", a)
		}
		ok(t, w.security.Post("/api/v1/systems/"+otherSystem+"/resume", m{"reason": "Đã đổi khóa của hệ thống gọi"}), http.StatusOK)
	}
}

func (w *brokenWorld) locked(t *testing.T) {
	other, err := driver.Open("file:" + filepath.Join(w.Dir, "control", "control.db") + "?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan harness.Answer, 1)
	go func() {
		a, _ := w.security.Try(http.MethodPost, "/api/v1/systems/"+otherSystem+"/suspend", m{"reason": "Nghi ngờ lộ khóa của hệ thống gọi"})
		done <- a
	}()
	for until := time.Now().Add(2 * time.Second); time.Now().Before(until) && !t.Failed(); time.Sleep(50 * time.Millisecond) {
		w.served(t, "", "")
	}
	if got := w.Scrape(t).Of(`lienthong_control_connections{use="write",state="in_use"}`); got != 1 {
		t.Errorf("%v writing connections wait", got)
	}
	select {
	case a := <-done:
		t.Errorf("a change while the store was locked: %s", a)
	default:
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	select {
	case a := <-done:
		ok(t, a, http.StatusOK)
	case <-time.After(10 * time.Second):
		t.Error("the change did not go on")
	}
}

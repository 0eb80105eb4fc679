package crash

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// TestFullDataDisk is F08 with everything on one disk: the reserve gives the control store its room as well, so that people
// sign in and take rights away; what gives rights is refused, and all goes on by itself when the disk is freed.
func TestFullDataDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	w := newWorld(t, harness.Options{Dir: dir})
	w.system(stoppedSystem, "Hệ thống bị tạm dừng khi đầy đĩa", consumer)
	w.Stop()
	ontoSmallDisk(t, dir, "96m")
	w.Run()
	at := "/api/v1/systems/" + stoppedSystem
	filler := fill(t, dir)
	resumed := func() harness.Answer {
		return w.security.Post(at+"/resume", m{"reason": "Đã đổi khóa của hệ thống"})
	}
	w.must(w.suspendedSoon(at))
	if a := resumed(); a.Status != http.StatusServiceUnavailable || a.Code() != "audit.disk_full" {
		t.Errorf("a right given back on a full disk: %s", a)
	}
	w.readyReason()
	w.security.SignIn()
	for range 20 {
		w.must(w.security.Post(at+"/suspend", m{"reason": "Nghi ngờ lộ khóa của hệ thống"}))
	}
	if a := w.engineer.Post(at+"/credentials", m{"label": "khoa moi", "valid_to": day(100)}); a.Code() != "audit.disk_full" {
		t.Errorf("a credential given on a full disk: %s", a)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if a := resumed(); a.Status == http.StatusOK {
			return
		} else if time.Now().After(until) {
			t.Fatalf("with room again: %s", a)
		}
	}
}

// suspendedSoon: within moments of the disk filling up a right can be taken away. The control store itself may find the
// disk full until the reserve is given up.
func (w *world) suspendedSoon(at string) harness.Answer {
	var a harness.Answer
	for until := time.Now().Add(2 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		full := harness.NewClient(w.t, w.Exchange).Get("/readyz").Status == http.StatusServiceUnavailable
		if a = w.security.Post(at+"/suspend", m{"reason": "Nghi ngờ lộ khóa của hệ thống"}); full && a.Status == http.StatusOK {
			return a
		}
	}
	return a
}

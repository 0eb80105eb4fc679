package acceptance

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// The probe tells each reason why the platform is not what it should be: a folder that is gone, a byte of the log's stored
// hashes that is another.
func TestHealthTellsReasons(t *testing.T) {
	p := withData(t, harness.Options{}, 10)
	open := harness.NewClient(t, p.Console)
	exchange := harness.NewClient(t, p.Exchange)
	ok(t, open.Get("/readyz"), http.StatusOK)
	for _, part := range []string{"warehouse", "raw"} {
		folder := filepath.Join(p.Dir, part)
		if err := os.Rename(folder, folder+"-away"); err != nil {
			t.Fatal(err)
		}
		if a := open.Get("/readyz"); a.Status != http.StatusServiceUnavailable || !strings.Contains(a.String(), folder) {
			t.Errorf("without %s: %s", part, a)
		}
		ok(t, exchange.Get("/readyz"), http.StatusOK) // X11: it goes on with the services of providers
		if err := os.Rename(folder+"-away", folder); err != nil {
			t.Fatal(err)
		}
		ok(t, open.Get("/readyz"), http.StatusOK)
	}
	p.Stop()
	hashes := filepath.Join(p.Dir, "audit", "tree.hashes")
	flip(t, hashes, 70)
	p.Launch()
	var a harness.Answer
	for until := time.Now().Add(10 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		a, _ = open.Try(http.MethodGet, "/readyz", nil) // not listening at first
		if a.Status == http.StatusServiceUnavailable {
			break
		}
	}
	if a.Status != http.StatusServiceUnavailable || !strings.Contains(a.String(), "tree.hashes") || !strings.Contains(a.String(), "lienthong audit verify --dir") {
		t.Fatalf("a flipped byte of the hashes: %s", a)
	}
	p.Stop()
	flip(t, hashes, 70)
	p.Run()
	time.Sleep(500 * time.Millisecond)
	ok(t, open.Get("/readyz"), http.StatusOK)
}

func flip(t *testing.T, path string, at int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 1
	if _, err := f.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
}

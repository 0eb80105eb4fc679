package acceptance

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// T69: one part of the data folder is taken away at a time. The server refuses to begin, names the part, and destroys
// nothing: with the part back it serves as before.
func TestPartOfTheDataFolderIsMissing(t *testing.T) {
	p := withData(t, harness.Options{}, 20)
	p.Stop()
	before := filesBelow(t, p.Dir, "warehouse", "raw")
	for _, part := range []string{"secrets/master.key", "secrets", "control", "audit"} {
		t.Run("T69 "+part, func(t *testing.T) {
			away := filepath.Join(t.TempDir(), "away")
			if err := os.Rename(filepath.Join(p.Dir, part), away); err != nil {
				t.Fatal(err)
			}
			out, code := startAnyway(t, p.Dir)
			if code <= 0 || !strings.Contains(out, part) || !strings.Contains(out, "is missing") || strings.Contains(out, "set-up token") {
				t.Fatalf("exit %d: %s", code, out)
			}
			if after := filesBelow(t, p.Dir, "warehouse", "raw"); after != before {
				t.Fatalf("files were removed:\n%s\nof\n%s", after, before)
			}
			if err := os.RemoveAll(filepath.Join(p.Dir, part)); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(away, filepath.Join(p.Dir, part)); err != nil {
				t.Fatal(err)
			}
		})
	}
	p.Run()
	if d := deliver(t, p.ownerSteward, households, file(21)); d.State != "published" || d.Version != 2 {
		t.Fatalf("after every part is back: %+v", d)
	}
}

// startAnyway starts a server that should end by itself; one that does not is ended after a while, with code -1.
func startAnyway(t *testing.T, dir string) (out string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, harness.Binary(t), "serve", "--data", dir, "--set", "console.listen=127.0.0.1:0", "--set", "exchange.listen=127.0.0.1:0", "--set", "portal.listen=127.0.0.1:0")
	got, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(got), cmd.ProcessState.ExitCode()
}

// filesBelow lists the files of some folders.
func filesBelow(t *testing.T, dir string, parts ...string) string {
	t.Helper()
	var list []string
	for _, part := range parts {
		err := filepath.WalkDir(filepath.Join(dir, part), func(path string, d os.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				list = append(list, strings.TrimPrefix(path, dir))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return strings.Join(list, "\n")
}

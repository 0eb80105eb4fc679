package acceptance

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/acceptance/harness"
)

// backups drives the life of a backup (R26.3b, R26.4c): made under load, nothing of it in clear, refused when anything is
// wrong with it, and after the loss of the machine the platform of that moment again.
func backups(t *testing.T) {
	p := withData(t, harness.Options{}, 40)
	conn := p.live(t, nil)
	c := conn.client(t)
	if d := deliver(t, p.ownerSteward, households, marked(300)); d.State != "published" {
		t.Fatalf("the marked file: %+v", d)
	}
	away := t.TempDir()
	recovery := filepath.Join(away, "khoa-phuc-hoi.txt")
	refusedCreation(t, p, away)
	ok0(t, "backup", "key", "--data", p.Dir, "--to", recovery)
	file := filepath.Join(away, "backup.ltb")
	underLoad(t, c, func() { ok0(t, "backup", "create", "--data", p.Dir, "--to", file) })
	backupIsClosed(t, p, file, recovery)
	damagedBackups(t, file, recovery)
	if out := ok0(t, "backup", "verify", file, "--key", recovery); !strings.Contains(out, "the backup is whole") {
		t.Fatal(out)
	}
	// What comes after the backup is lost with the machine, and must be told.
	p.denied(t, c.With("Lienthong-Purpose", "QLNN").Get(recordsPath), http.StatusForbidden, "access.purpose_mismatch", "PURPOSE")
	late := p.checkpoint(t)
	p.Kill()
	if err := os.RemoveAll(p.Dir); err != nil {
		t.Fatal(err)
	}
	lateFile := filepath.Join(away, "late")
	write(t, lateFile, late)
	out := ok0(t, "backup", "restore", "--from", file, "--key", recovery, "--data", p.Dir, "--kept", lateFile)
	if !strings.Contains(out, "records are lost") {
		t.Fatalf("the loss is not told: %s", out)
	}
	restoredPlatform(t, p, conn, lateFile)
}

// ok0 runs a command that must succeed.
func ok0(t *testing.T, args ...string) string {
	t.Helper()
	out, code := harness.CLI(t, "", args...)
	if code != 0 {
		t.Fatalf("%v: exit %d: %s", args, code, out)
	}
	return out
}

func failed(t *testing.T, want string, args ...string) {
	t.Helper()
	if out, code := harness.CLI(t, "", args...); code == 0 || !strings.Contains(out, want) {
		t.Errorf("%v: exit %d: %s, want %s", args, code, out, want)
	}
}

func (p *province) checkpoint(t *testing.T) []byte {
	t.Helper()
	time.Sleep(time.Second) // signed within half a second
	return []byte(ok0(t, "audit", "checkpoint", "--data", p.Dir))
}

func refusedCreation(t *testing.T, p *province, away string) {
	t.Helper()
	failed(t, "There is no backup key", "backup", "create", "--data", p.Dir, "--to", filepath.Join(away, "a.ltb"))
	failed(t, "must not lie in the data folder", "backup", "key", "--data", p.Dir, "--to", filepath.Join(p.Dir, "recovery"))
	ok0(t, "backup", "key", "--data", p.Dir, "--to", filepath.Join(away, "first-key"))
	failed(t, "must lie outside the data folder", "backup", "create", "--data", p.Dir, "--to", p.Dir)
	failed(t, "cannot be opened", "backup", "create", "--data", p.Dir, "--to", filepath.Join(away, "missing", "a.ltb"))
}

// underLoad calls the exchange without a pause while f runs; no call may fail.
func underLoad(t *testing.T, c *harness.Client, f func()) {
	t.Helper()
	stop := make(chan struct{})
	var calls, bad int
	var group sync.WaitGroup
	group.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if a := c.Get(recordsPath + "?limit=5"); a.Status != http.StatusOK {
				bad++
			}
			calls++
		}
	})
	f()
	close(stop)
	group.Wait()
	if bad > 0 || calls == 0 {
		t.Errorf("%d of %d calls failed during the backup", bad, calls)
	}
}

func backupIsClosed(t *testing.T, p *province, file, recovery string) {
	t.Helper()
	nothingInClear(t, "in the backup", filepath.Dir(file))
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, clear := range []string{"Giàng", "H38.05", "access_grant", "SQLite format", "PAR1", "dau.moi.nn", "segment-"} {
		if bytes.Contains(body, []byte(clear)) {
			t.Errorf("the backup holds %q in clear", clear)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	failed(t, "A backup overwrites nothing", "backup", "create", "--data", p.Dir, "--to", file)
	key, err := os.ReadFile(recovery)
	if err != nil {
		t.Fatal(err)
	}
	digits := string(key[bytes.Index(key, []byte("LTBK1")):])
	if held := everywhere(t, p.Dir, strings.TrimSpace(digits)); len(held) > 0 {
		t.Errorf("the recovery key lies on the server: %v", held)
	}
}

func damagedBackups(t *testing.T, file, recovery string) {
	t.Helper()
	away := filepath.Dir(file)
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.ltb")
	target := filepath.Join(t.TempDir(), "restored")
	flipped := func(at int) []byte {
		b := bytes.Clone(body)
		b[at] ^= 1
		return b
	}
	for name, changed := range map[string][]byte{
		"one byte of the head": flipped(60), "one byte of the content": flipped(len(body) / 2), "the last byte": flipped(len(body) - 1),
		"cut in the midst": body[:len(body)/2], "cut by a byte": body[:len(body)-1], "a byte more": append(bytes.Clone(body), 0),
	} {
		write(t, bad, changed)
		if out, code := harness.CLI(t, "", "backup", "verify", bad, "--key", recovery); code == 0 {
			t.Errorf("%s passes verification: %s", name, out)
		}
		if out, code := harness.CLI(t, "", "backup", "restore", "--from", bad, "--key", recovery, "--data", target); code == 0 {
			t.Errorf("%s is restored: %s", name, out)
		}
		if left, _ := os.ReadDir(target); len(left) > 0 {
			t.Errorf("%s: something was restored: %v", name, left)
		}
	}
	failed(t, "opens with recovery key", "backup", "verify", file, "--key", filepath.Join(away, "first-key"))
	failed(t, "not in its form", "backup", "verify", file, "--key", file)
	full := t.TempDir()
	write(t, filepath.Join(full, "something"), nil)
	failed(t, "is not empty", "backup", "restore", "--from", file, "--key", recovery, "--data", full)
}

// restoredPlatform starts the restored folder and looks for everything in it.
func restoredPlatform(t *testing.T, p *province, conn *connection, late string) {
	t.Helper()
	p.Launch()
	if err := p.WaitReady(30 * time.Second); err != nil {
		t.Fatalf("%v\n%s", err, p.Output())
	}
	got := readPage(t, conn.client(t).Get(recordsPath+"?ma_ho=M00042")) // the grant, the credential and the data of before
	if _, names := markers(); len(got.Records) != 1 || !strings.Contains(fmt.Sprint(got.Records), names[42]) {
		t.Fatalf("the restored platform answers %v", got.Records)
	}
	p.denied(t, conn.client(t).With("Lienthong-Purpose", "QLNN").Get(recordsPath), http.StatusForbidden, "access.purpose_mismatch", "PURPOSE")
	ok(t, p.engineer.Get("/api/v1/datasets/"+owner+"/ho-ngheo"), http.StatusOK) // sessions of before hold as well
	records := p.log(t, m{"event": "backup.restore"})
	if len(records) != 1 {
		t.Fatalf("records of the restore: %v", records)
	}
	if lost := records[0].Record["detail"].(map[string]any)["log_lost"]; lost == "" || lost == "0" {
		t.Errorf("the loss is not in the log: %v", records[0].Record)
	}
	key := p.verifierKey(t)
	p.Stop()
	if out, code := verify(t, p.Dir, "--key", key); code != 0 {
		t.Errorf("the restored log: exit %d: %s", code, out)
	}
	if out, code := verify(t, p.Dir, "--key", key, "--kept", late); code != 3 {
		t.Errorf("a checkpoint from after the backup must show the roll-back: exit %d: %s", code, out)
	}
}

// Điều 26.4c: what was saved comes back, and what was not is told.
func TestBackup(t *testing.T) {
	t.Run("R26.4c a restore that has the second folder of the log loses no record", restoreWithTheSecondLog)
	t.Run("R26.4c a stopped platform is backed up and a restore cut off does not start", backupOfAStoppedPlatform)
}

// A restore that still has the second folder of the log loses no record of it (R26.4c): a checkpoint from after the backup
// holds against the restored log.
func restoreWithTheSecondLog(t *testing.T) {
	second := filepath.Join(t.TempDir(), "second")
	away := t.TempDir()
	set := []string{"--set", "audit.second_dir=" + second, "--set", "backup.dir=" + away}
	p := withData(t, harness.Options{Args: set}, 20)
	recovery := filepath.Join(t.TempDir(), "recovery")
	ok0(t, "backup", "key", "--data", p.Dir, "--to", recovery)
	refused(t, p.security.Post("/api/v1/backup", nil), http.StatusForbidden, "access.permission_missing")
	var made struct{ File, State string }
	ok(t, p.admin.Post("/api/v1/backup", nil), http.StatusOK).Into(t, &made)
	if made.State != "done" {
		t.Fatalf("%+v", made)
	}
	p.log(t, m{"event": "backup.create"}) // reading the log leaves records after the backup
	late, key := p.checkpoint(t), p.verifierKey(t)
	p.Kill()
	if err := os.RemoveAll(p.Dir); err != nil {
		t.Fatal(err)
	}
	lateFile := filepath.Join(t.TempDir(), "late")
	write(t, lateFile, late)
	args := append([]string{"backup", "restore", "--from", filepath.Join(away, made.File), "--key", recovery, "--data", p.Dir, "--kept", lateFile}, set...)
	out := ok0(t, args...)
	if strings.Contains(out, "records are lost") || !strings.Contains(out, "later than the restored state") {
		t.Fatal(out)
	}
	p.Launch()
	if err := p.WaitReady(30 * time.Second); err != nil {
		t.Fatalf("%v\n%s", err, p.Output())
	}
	if list := p.log(t, m{"event": "backup.restore"}); len(list) != 1 || list[0].Record["detail"].(map[string]any)["log_lost"] != "0" {
		t.Fatalf("%v", list)
	}
	p.Stop()
	if out, code := verify(t, p.Dir, "--key", key, "--kept", lateFile); code != 0 {
		t.Errorf("exit %d: %s", code, out)
	}
}

// A folder that a restore left half way does not start, and a backup can be made while the server is down.
func backupOfAStoppedPlatform(t *testing.T) {
	p := newProvince(t, harness.Options{})
	away := t.TempDir()
	recovery := filepath.Join(away, "recovery")
	ok0(t, "backup", "key", "--data", p.Dir, "--to", recovery)
	p.Stop()
	failed(t, "reach the server", "backup", "key", "--data", p.Dir, "--to", filepath.Join(away, "other"))
	if _, err := os.Stat(filepath.Join(away, "other")); !os.IsNotExist(err) {
		t.Errorf("a recovery key for nothing: %v", err)
	}
	file := filepath.Join(away, "b.ltb")
	ok0(t, "backup", "create", "--data", p.Dir, "--to", file)
	ok0(t, "backup", "verify", file, "--key", recovery)
	target := filepath.Join(away, "restored")
	ok0(t, "backup", "restore", "--from", file, "--key", recovery, "--data", target)
	write(t, filepath.Join(target, "restore.unfinished"), nil)
	failed(t, "did not end", "serve", "--data", target)
}

package crash

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"lienthong/acceptance/harness"
	"lienthong/acceptance/invariant"
)

// disk is a file system of its own in a file. Cutting its power drops what no fsync has brought to it, as a real power
// cut does with the caches of the system.
type disk struct {
	t          testing.TB
	image, dir string
}

func newDisk(t testing.TB) *disk {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("mounting a disk needs root")
	}
	at := t.TempDir()
	d := &disk{t, filepath.Join(at, "disk.img"), filepath.Join(at, "mounted")}
	if err := os.Mkdir(d.dir, 0o750); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(d.image)
	if err == nil {
		err = f.Truncate(1 << 30)
	}
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if out, err := exec.Command("mkfs.ext4", "-q", d.image).CombinedOutput(); err != nil {
		t.Skipf("make a file system: %v %s", err, out)
	}
	if out, err := exec.Command("mount", "-o", "loop", d.image, d.dir).CombinedOutput(); err != nil {
		t.Skipf("mount it: %v %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", "-l", d.dir).Run() })
	return d
}

const (
	shutdownCall = 0x8004587d // EXT4_IOC_SHUTDOWN
	noFlush      = 2          // not even the file system's own log reaches the disk
)

// cut ends all writing to the disk at once.
func (d *disk) cut() {
	d.t.Helper()
	f, err := os.Open(d.dir)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	how := uint32(noFlush)
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), shutdownCall, uintptr(unsafe.Pointer(&how))); errno != 0 {
		d.t.Skipf("this kernel cannot cut the power of a file system: %v", errno)
	}
}

// restore brings back what is on the disk.
func (d *disk) restore() {
	d.t.Helper()
	var out []byte
	var err error
	for range 100 { // the kernel may hold the files of a process that has just ended
		if out, err = exec.Command("umount", d.dir).CombinedOutput(); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		d.t.Fatalf("umount: %v %s", err, out)
	}
	if out, err := exec.Command("mount", "-o", "loop", d.image, d.dir).CombinedOutput(); err != nil {
		d.t.Fatalf("mount: %v %s", err, out)
	}
}

// TestPowerCutLosesWhatWasNotSynced tests the test: of 1000 lines with one fsync after 500, 500 are left.
func TestPowerCutLosesWhatWasNotSynced(t *testing.T) {
	d := newDisk(t)
	f, err := os.Create(filepath.Join(d.dir, "lines"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		fmt.Fprintf(f, "line %03d\n", i)
		if i == 499 {
			if err := f.Sync(); err != nil {
				t.Fatal(err)
			}
			syscall.Sync()
		}
	}
	d.cut()
	f.Close()
	d.restore()
	text, err := os.ReadFile(filepath.Join(d.dir, "lines"))
	if n := bytes.Count(text, []byte("\n")); err != nil || n != 500 {
		t.Fatalf("%d lines are left, %v", n, err)
	}
}

// freeze stops the process between two instructions, as a power cut does: whatever it is about to say, nobody hears.
func (w *world) freeze() {
	w.t.Helper()
	pid, err := w.pid()
	if err == nil && pid <= 1 {
		err = fmt.Errorf("the server gives no process id, but %d", pid)
	}
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGSTOP)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	for until := time.Now().Add(5 * time.Second); !stopped(pid); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			w.t.Fatal("the server does not stop")
		}
	}
}

// stopped reports that no thread runs. One that waits for the disk inside the kernel stops before it comes back.
func stopped(pid int) bool {
	all, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, path := range all {
		text, _ := os.ReadFile(path) // a thread may have ended
		_, after, found := bytes.Cut(text, []byte(") "))
		if found && after[0] != 'T' && after[0] != 'D' {
			return false
		}
	}
	return err == nil && len(all) > 0
}

// TestPowerCut is F03 under mixed work: the power goes at a random moment, everything that no fsync has brought to the
// disk is gone, and after the next start I1 to I9 hold.
func TestPowerCut(t *testing.T) {
	d := newDisk(t)
	rounds := int(number(t, "LIENTHONG_TEST_POWER_ROUNDS", 10))
	seed := number(t, "LIENTHONG_TEST_SEED", time.Now().UnixNano()%1_000_000)
	t.Logf("seed %d, %d rounds; repeat with LIENTHONG_TEST_SEED=%d", seed, rounds, seed)
	w := newWorld(t, harness.Options{Dir: filepath.Join(d.dir, "data")})
	w.populate()
	w.prepare(rounds)
	j := w.newJudge(seed)
	for w.number = 1; w.number <= rounds && !t.Failed(); w.number++ {
		if w.number%renew == 0 {
			w.replace()
		}
		j.judge(w.fault(seed, j, func() {
			w.freeze()
			w.dark.Store(true)
			d.cut()
			w.Kill()
		}, func() {
			d.restore()
			w.dark.Store(false)
		}))
	}
	j.sum()
}

// TestDeadDisk is F06 and I10: from the moment when the disk takes nothing more, no call is served, no change is made
// and nothing reaches the provider, while the process lives on. A write that failed is never tried again: the log stays
// closed until the next start, and then nothing is missing.
func TestDeadDisk(t *testing.T) {
	d := newDisk(t)
	w := newWorld(t, harness.Options{Dir: filepath.Join(d.dir, "data")})
	w.populate()
	j := w.newJudge(1)
	h := &history{History: invariant.History{Base: j.base, Runs: []invariant.Run{{Started: j.started}}, Earlier: j.loads}}
	w.record(h)
	w.number = 1
	l := &load{w: w, h: h, round: 1}
	c, p := newCaller(w, h), w.parties[0]
	token := l.token(c, p.System, p.Credential, p.Client, p.Secret)
	l.page(c, p, p.Credential, token)
	time.Sleep(50 * time.Millisecond) // the end of that call is on its way to the disk
	h.Runs[0].Killed = time.Now()
	w.dark.Store(true)
	d.cut()
	seen := len(w.provider.Requests())
	for range 20 {
		for _, path := range []string{pagePath, servicePath} {
			kept := invariant.Call{Tag: l.tag(), System: p.System, Credential: p.Credential, Purpose: purpose, Dataset: dataset}
			if got, body := c.call(l.get(path, token), kept); got.Status != http.StatusServiceUnavailable {
				t.Errorf("%s with a dead disk: %d %s", path, got.Status, body)
			}
		}
	}
	if n := len(w.provider.Requests()); n != seen {
		t.Errorf("the provider was called %d times with a dead disk", n-seen)
	}
	if a, err := w.steward.With("Content-Type", "text/csv").Try(http.MethodPost, deliverPath(dataset, "khi-hong"), content("khi-hong")); err == nil && a.Status < 500 {
		t.Errorf("a delivery with a dead disk: %s", a)
	}
	if a := harness.NewClient(t, w.Console).Get("/readyz"); a.Status != http.StatusServiceUnavailable {
		t.Errorf("readyz with a dead disk: %s", a)
	}
	w.Kill()
	d.restore()
	w.dark.Store(false)
	w.Run()
	h.Runs = append(h.Runs, invariant.Run{Started: time.Now()})
	w.after(l)
	w.state(h)
	j.judge(h)
}

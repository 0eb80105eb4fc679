package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// smallDisk takes capacity bytes: those written, those that others take, and the reserve.
type smallDisk struct {
	realDisk
	dir      string
	mu       sync.Mutex
	capacity int64
	used     int64
	others   int64
	failSync bool
	syncs    int
}

func (d *smallDisk) free() int64 {
	held, _ := fileSize(filepath.Join(d.dir, reserveFile))
	return max(0, d.capacity-d.used-d.others-held)
}

func (d *smallDisk) room(string) (diskRoom, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return diskRoom{free: d.free(), total: d.capacity, files: -1}, nil
}

func (d *smallDisk) write(f *os.File, b []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	part := b[:min(d.free(), int64(len(b)))]
	d.used += int64(len(part))
	if err := d.realDisk.write(f, part); err != nil {
		return err
	}
	if len(part) < len(b) {
		return syscall.ENOSPC
	}
	return nil
}

func (d *smallDisk) sync(f *os.File) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failSync {
		d.syncs++
		return syscall.EIO
	}
	return d.realDisk.sync(f)
}

// leave has others take everything but n bytes.
func (d *smallDisk) leave(n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.others += d.free() - n
}

func openSmall(t *testing.T) (*Journal, *smallDisk, string) {
	t.Helper()
	dir := t.TempDir()
	disk := &smallDisk{dir: dir, capacity: 1 << 20}
	j := testOpen(t, dir, func(o *Options) {
		o.disk, o.room, o.Reserve, o.CheckpointEvery = disk, disk.room, 64<<10, 20*time.Millisecond
	})
	return j, disk, dir
}

func wholeAfter(t *testing.T, dir string, records int64) {
	t.Helper()
	j := testOpen(t, dir, nil)
	if j.Size() != records {
		t.Fatalf("%d acknowledged, %d after a restart", records, j.Size())
	}
	appendMany(t, j, int(records), int(records)+2)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if report := mustVerify(t, dir, VerifyOptions{}); !report.OK() || report.Records != records+2 {
		t.Fatalf("%+v", report)
	}
}

// TestFullDiskIsWrittenIntoTheReserve is F08: records go on into the reserve, without a gap and none twice, a kill in the
// middle loses none, and with room again the reserve is there again.
func TestFullDiskIsWrittenIntoTheReserve(t *testing.T) {
	for free := int64(0); free < 300; free += 43 {
		j, disk, dir := openSmall(t)
		appendMany(t, j, 0, 5)
		if why := j.Sparing(); why != "" {
			t.Fatalf("sparing with room: %s", why)
		}
		disk.leave(free)
		appendMany(t, j, 5, 60) // fails if one is refused or has another seq
		if j.Sparing() == "" {
			t.Fatalf("%d bytes free: not sparing", free)
		}
		killed := filepath.Join(t.TempDir(), "killed")
		if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		wholeAfter(t, killed, 60)
		disk.mu.Lock()
		disk.others = 0
		disk.mu.Unlock()
		for until := time.Now().Add(5 * time.Second); j.Sparing() != "" && time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		}
		if why := j.Sparing(); why != "" {
			t.Fatalf("with room again: %s", why)
		}
		if held, err := fileSize(filepath.Join(dir, reserveFile)); err != nil || held != 64<<10 {
			t.Errorf("the reserve has %d bytes, %v", held, err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		wholeAfter(t, dir, 60)
	}
}

func TestReserveIsGivenUpStepByStep(t *testing.T) {
	j, disk, dir := openSmall(t)
	for left := int64(64 << 10); left > 0; left -= 8 << 10 {
		if held, _ := fileSize(filepath.Join(dir, reserveFile)); held != left {
			t.Fatalf("the reserve has %d bytes, want %d", held, left)
		}
		disk.leave(0)
		j.reserve.look()
	}
	disk.leave(0)
	var stopped *Stopped
	if _, err := j.Append(context.Background(), testBody(1)); !errors.As(err, &stopped) {
		t.Fatalf("append with the reserve used up: %v", err)
	}
}

func TestStartOnAFullDiskIsSparing(t *testing.T) {
	j, disk, dir := openSmall(t)
	appendMany(t, j, 0, 5)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, reserveFile)); err != nil { // as a killed process that used it up leaves it
		t.Fatal(err)
	}
	disk.leave(20 << 10)
	j = testOpen(t, dir, func(o *Options) { o.disk, o.room, o.Reserve = disk, disk.room, 64<<10 })
	if j.Sparing() == "" {
		t.Fatal("not sparing")
	}
	appendMany(t, j, 5, 10)
}

// TestFailedFsyncIsNotTriedAgainWithAReserve is F06.
func TestFailedFsyncIsNotTriedAgainWithAReserve(t *testing.T) {
	j, disk, dir := openSmall(t)
	appendMany(t, j, 0, 5)
	disk.mu.Lock()
	disk.failSync = true
	disk.mu.Unlock()
	for range 3 {
		if _, err := j.Append(context.Background(), testBody(1)); err == nil {
			t.Fatal("acknowledged")
		}
	}
	_ = j.Close()
	if disk.syncs != 1 {
		t.Errorf("fsync was called %d times after it failed", disk.syncs)
	}
	if held, _ := fileSize(filepath.Join(dir, reserveFile)); held != 64<<10 {
		t.Errorf("a failed fsync gave up the reserve: %d bytes left", held)
	}
}

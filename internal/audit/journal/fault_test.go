package journal

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// badDisk fails as a real disk does, for files whose path contains `in`, all when nil.
type badDisk struct {
	in        atomic.Pointer[string]
	failSync  atomic.Bool
	failWrite atomic.Int64 // bytes still free, when > 0; -1 = full
	syncs     atomic.Int64 // after the failure began
}

func (d *badDisk) hit(f *os.File) bool {
	in := d.in.Load()
	return in == nil || strings.Contains(f.Name(), *in)
}

func (d *badDisk) write(f *os.File, b []byte) error {
	if free := d.failWrite.Load(); free != 0 && d.hit(f) {
		part := b[:min(max(free, 0), int64(len(b)))]
		if _, err := f.Write(part); err != nil {
			return err
		}
		if len(part) < len(b) {
			d.failWrite.Store(-1)
			return syscall.ENOSPC
		}
		d.failWrite.Add(-int64(len(part)))
		return nil
	}
	_, err := f.Write(b)
	return err
}

func (d *badDisk) open(path string, flag int) (*os.File, error) { return realDisk{}.open(path, flag) }

func (d *badDisk) sync(f *os.File) error {
	if d.failSync.Load() && d.hit(f) {
		d.syncs.Add(1)
		return syscall.EIO
	}
	return datasync(f)
}

func TestFailedFsyncStopsAcknowledgingForGood(t *testing.T) {
	dir := t.TempDir()
	disk := &badDisk{}
	j := testOpen(t, dir, func(o *Options) { o.disk = disk; o.CheckpointEvery = time.Hour })
	appendMany(t, j, 0, 10)
	disk.failSync.Store(true)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := j.Append(context.Background(), testBody(1)); err == nil {
				t.Error("a record was acknowledged after its fsync failed")
			}
		})
	}
	wg.Wait()
	if n := disk.syncs.Load(); n != 1 {
		t.Errorf("fsync was called %d times after it failed, it must not be retried", n)
	}
	disk.failSync.Store(false) // the disk "works" again: still closed
	var stopped *Stopped
	if _, err := j.Append(context.Background(), testBody(1)); !errors.As(err, &stopped) {
		t.Fatalf("append after a failed fsync: %v", err)
	}
	if why := j.Health().Error(); !strings.Contains(why, "input/output error") || strings.Contains(why, "\n") {
		t.Errorf("health does not give the reason in one sentence: %q", why)
	}
	if err := j.Close(); err == nil {
		t.Error("close hides that the journal had stopped")
	}
	j = testOpen(t, dir, nil)
	if j.Size() < 10 {
		t.Fatalf("acknowledged records are missing after restart: %d", j.Size())
	}
	if _, err := j.Append(context.Background(), testBody(1)); err != nil {
		t.Fatalf("after restart: %v", err)
	}
}

func TestFullDiskStopsAndRestartRecovers(t *testing.T) {
	for free := int64(1); free < 400; free += 7 {
		dir := t.TempDir()
		disk := &badDisk{}
		j := testOpen(t, dir, func(o *Options) { o.disk = disk; o.CheckpointEvery = time.Hour })
		appendMany(t, j, 0, 5)
		disk.failWrite.Store(free)
		acked := int64(5)
		for n := 5; ; n++ {
			if _, err := j.Append(context.Background(), testBody(n)); err != nil {
				break
			}
			acked++
		}
		_ = j.Close()
		j = testOpen(t, dir, nil)
		if j.Size() != acked {
			t.Fatalf("with %d bytes free: %d acknowledged, %d after restart", free, acked, j.Size())
		}
		appendMany(t, j, int(acked), int(acked)+3)
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if report := mustVerify(t, dir, VerifyOptions{}); !report.OK() {
			t.Fatalf("with %d bytes free: %v", free, report.Findings)
		}
	}
}

func TestOneOfTwoFoldersFailingIsAnAlarmBothClose(t *testing.T) {
	first, second := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "second")
	for _, in := range []string{"first", "second"} {
		disk := &badDisk{}
		disk.in.Store(&in)
		j := testOpen(t, first, func(o *Options) {
			o.disk, o.SecondSink, o.CheckpointEvery, o.SegmentBytes = disk, second, time.Millisecond, 1500
		})
		from := int(j.Size())
		appendMany(t, j, from, from+30)
		disk.failWrite.Store(-1)
		appendMany(t, j, from+30, from+60)
		if err := j.Health(); err != nil || !strings.Contains(j.Alarm(), in) {
			t.Fatalf("%s full: health %v, alarm %q", in, err, j.Alarm())
		}
		disk.in.Store(nil)
		if _, err := j.Append(context.Background(), testBody(1)); err == nil {
			t.Fatal("both full: a record was acknowledged")
		}
		_ = j.Close()
	}
	j := testOpen(t, first, func(o *Options) { o.SecondSink = second })
	if j.Size() != 120 {
		t.Fatalf("%d records after both folders had failed once", j.Size())
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{first, second} {
		if report := mustVerify(t, dir, VerifyOptions{}); !report.OK() || report.Records != 120 {
			t.Fatalf("%s: %+v", dir, report)
		}
	}
}

func TestFoldersThatDifferAreRefused(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	for i, dir := range []string{first, second} {
		j := testOpen(t, dir, nil)
		appendMany(t, j, 0, 5)
		if _, err := j.Append(context.Background(), []byte{'a' + byte(i)}); err != nil {
			t.Fatal(err)
		}
		_ = j.Close()
	}
	if _, err := tryOpen(first, func(o *Options) { o.SecondSink = second }); err == nil || !strings.Contains(err.Error(), "different records") {
		t.Fatalf("open: %v", err)
	}
}

// crashed makes a folder as a killed process leaves it: records behind the last checkpoint.
func crashed(t *testing.T) (string, []byte) {
	t.Helper()
	dir := t.TempDir()
	j := testOpen(t, dir, nil)
	appendMany(t, j, 0, 5)
	_ = j.Close()
	signed := readAll(t, dir)
	j = testOpen(t, dir, func(o *Options) { o.CheckpointEvery = time.Hour })
	bodies := make([][]byte, 60)
	for i := range bodies {
		bodies[i] = bytes.Repeat([]byte{'x'}, 300)
	}
	if _, err := j.Append(context.Background(), bodies...); err != nil {
		t.Fatal(err)
	}
	_ = j.Close()
	content := readAll(t, dir)[segmentName(0)]
	writeFiles(t, dir, map[string][]byte{checkpointFile: signed[checkpointFile], historyFile: signed[historyFile], hashFile: signed[hashFile], segmentName(0): content})
	return dir, content
}

func TestTornTailIsCutOnlyWhereItWasNeverAcknowledged(t *testing.T) {
	dir, whole := crashed(t)
	segment := filepath.Join(dir, segmentName(0))
	clean := readAll(t, dir)
	start := bytes.LastIndex(whole, []byte(batchMagic))
	hole := bytes.Clone(whole)
	copy(hole[8192:12288], make([]byte, 4096))
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-10] ^= 1
	older := bytes.Clone(whole)
	older[segmentHeaderLen+batchHeaderLen+frameHeaderLen+3] ^= 1
	tests := map[string]struct {
		content []byte
		opens   bool
		size    int64
	}{
		"whole":                                   {whole, true, 65},
		"file ends inside the last batch":         {whole[:len(whole)-100], true, 5},
		"file ends inside the last batch header":  {whole[:start+10], true, 5},
		"blocks of the last batch never written":  {hole, true, 5},
		"last batch is zeros":                     {append(bytes.Clone(whole[:start]), make([]byte, 9000)...), true, 5},
		"flipped bit in the last batch":           {flipped, false, 0},
		"flipped bit before the last batch":       {older, false, 0},
		"something else behind the last batch":    {append(bytes.Clone(whole), "garbage that nobody wrote"...), false, 0},
		"shorter than the signed checkpoint":      {whole[:segmentHeaderLen+50], false, 0},
		"empty file where the checkpoint says 5":  {nil, false, 0},
		"header of another segment in its place":  {append(segmentHeader{first: 7}.bytes(), whole[segmentHeaderLen:]...), false, 0},
		"damaged header with records behind it":   {append([]byte{'X'}, whole[1:]...), false, 0},
		"short piece that is not a batch's start": {append(bytes.Clone(whole), "LTB1"...), true, 65},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			files := map[string][]byte{}
			for n, c := range clean {
				files[n] = c
			}
			files[segmentName(0)] = test.content
			writeFiles(t, dir, files)
			j, err := tryOpen(dir, nil)
			if !test.opens {
				if err == nil {
					_ = j.Close()
					t.Fatal("opened")
				}
				if !strings.Contains(err.Error(), segmentName(0)) || !strings.Contains(err.Error(), "audit verify") {
					t.Errorf("the refusal names no file or no next step: %v", err)
				}
				if now, _ := os.ReadFile(segment); !bytes.Equal(now, test.content) && len(test.content) > 0 {
					t.Error("a refused file was changed")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if j.Size() != test.size {
				t.Errorf("%d records, want %d", j.Size(), test.size)
			}
			appendMany(t, j, int(test.size), int(test.size)+2)
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			if report := mustVerify(t, dir, VerifyOptions{}); !report.OK() {
				t.Errorf("after recovery: %v", report.Findings)
			}
		})
	}
}

func TestOlderSegmentCutShortIsRefusedAtStart(t *testing.T) {
	dir := t.TempDir()
	j := testOpen(t, dir, func(o *Options) { o.SegmentBytes = 1000 })
	appendMany(t, j, 0, 60)
	_ = j.Close()
	firsts, _ := segments(dir)
	clean := readAll(t, dir)
	for name, change := range map[string]func(map[string][]byte){
		"cut":     func(f map[string][]byte) { n := segmentName(firsts[1]); f[n] = f[n][:len(f[n])-5] },
		"emptied": func(f map[string][]byte) { f[segmentName(firsts[1])] = nil },
		"missing": func(f map[string][]byte) { delete(f, segmentName(firsts[1])) },
		"swapped": func(f map[string][]byte) {
			a, b := segmentName(firsts[1]), segmentName(firsts[2])
			f[a], f[b] = f[b], f[a]
		},
	} {
		files := make(map[string][]byte)
		for n, c := range clean {
			files[n] = c
		}
		change(files)
		writeFiles(t, dir, files)
		if j, err := tryOpen(dir, nil); err == nil {
			_ = j.Close()
			t.Errorf("%s: opened", name)
		} else if !strings.Contains(err.Error(), segmentName(firsts[1])) {
			t.Errorf("%s: the refusal does not name %s: %v", name, segmentName(firsts[1]), err)
		}
	}
}

func TestDamagedHashesAreMadeAgain(t *testing.T) {
	dir := t.TempDir()
	j := testOpen(t, dir, nil)
	appendMany(t, j, 0, 50)
	_ = j.Close()
	for name, content := range map[string][]byte{"missing": nil, "short": readAll(t, dir)[hashFile][:333], "other": bytes.Repeat([]byte{9}, 3200)} {
		if err := os.WriteFile(filepath.Join(dir, hashFile), content, 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := tryOpen(dir, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_ = j.Close()
		if report := mustVerify(t, dir, VerifyOptions{}); !report.OK() {
			t.Errorf("%s: %v", name, report.Findings)
		}
	}
}

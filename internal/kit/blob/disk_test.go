package blob_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/fault"
)

// badDisk is the real disk with a record of what was asked in which order, and a failure at one chosen step.
type badDisk struct {
	root  string
	steps []string
	fail  map[string]error // "sync x", "fsync", "write", "rename", "create"
}

func (d *badDisk) did(step string) error {
	d.steps = append(d.steps, step)
	return d.fail[step]
}

func (d *badDisk) short(path string) string {
	rel, err := filepath.Rel(d.root, path)
	if err != nil {
		return path
	}
	if strings.HasPrefix(rel, ".tmp/") {
		if i := strings.IndexByte(rel[5:], '/'); i >= 0 {
			return "TMP" + rel[5+i:]
		}
		return "TMP"
	}
	return rel
}

type badFile struct {
	*os.File
	d *badDisk
}

func (f badFile) Write(p []byte) (int, error) {
	if err := f.d.did("write"); err != nil {
		return 0, err
	}
	return f.File.Write(p)
}

func (f badFile) Sync() error { return f.d.did("fsync") }

func (d *badDisk) Create(path string) (blob.File, error) {
	if err := d.did("create"); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	return badFile{f, d}, err
}

func (d *badDisk) Rename(from, to string) error {
	if err := d.did("rename " + d.short(from) + " " + d.short(to)); err != nil {
		return err
	}
	return os.Rename(from, to)
}

func (d *badDisk) Sync(path string) error { return d.did("sync " + d.short(path)) }

func bad(t *testing.T) (*blob.Store, *badDisk) {
	t.Helper()
	d := &badDisk{root: filepath.Join(t.TempDir(), "store"), fail: map[string]error{}}
	s, err := blob.OpenOn(d.root, d)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"sync ..", "sync ."}; !slices.Equal(d.steps, want) {
		t.Fatalf("open: %v", d.steps)
	}
	d.steps = nil
	return s, d
}

func TestTheOrderThatSurvivesAPowerCut(t *testing.T) {
	s, d := bad(t)
	if err := s.Put("v/a/rows", []byte("x")); err != nil {
		t.Fatal(err)
	}
	want := []string{"create", "write", "fsync", "sync .", "sync v", "rename TMP v/a/rows", "sync v/a"}
	if !slices.Equal(d.steps, want) {
		t.Fatalf("put:\n got %v\nwant %v", d.steps, want)
	}
	d.steps = nil
	if err := s.Put("v/a/more", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if want := []string{"create", "write", "fsync", "rename TMP v/a/more", "sync v/a"}; !slices.Equal(d.steps, want) {
		t.Fatalf("put into a known folder: %v", d.steps)
	}

	tmp, err := s.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"p/1", "m"} {
		p := filepath.Join(tmp, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d.steps = nil
	if err := s.CommitDir(tmp, "v/b"); err != nil {
		t.Fatal(err)
	}
	if want := []string{"sync TMP/m", "sync TMP/p/1", "sync TMP/p", "sync TMP", "rename TMP v/b", "sync v"}; !slices.Equal(d.steps, want) {
		t.Fatalf("commit folder: %v", d.steps)
	}

	d.steps = nil
	if err := s.Remove("v/b"); err != nil {
		t.Fatal(err)
	}
	if want := []string{"rename v/b TMP", "sync v"}; !slices.Equal(d.steps, want) {
		t.Fatalf("remove: %v", d.steps)
	}
}

func TestAFolderLeftByAnEarlierRunIsSyncedBeforeUse(t *testing.T) {
	s, d := bad(t)
	if err := os.MkdirAll(filepath.Join(d.root, "v", "a"), 0o700); err != nil { // made, then cut off before its sync
		t.Fatal(err)
	}
	if err := s.Put("v/a/rows", nil); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(d.steps, "sync .") || !slices.Contains(d.steps, "sync v") {
		t.Fatal(d.steps)
	}
}

func TestAFailedSyncStopsTheStoreForGood(t *testing.T) {
	for _, step := range []string{"fsync", "sync .", "sync v"} {
		t.Run(step, func(t *testing.T) {
			s, d := bad(t)
			if err := s.Put("before", []byte("safe")); err != nil {
				t.Fatal(err)
			}
			d.steps = nil
			d.fail[step] = syscall.EIO
			err := s.Put("v/rows", []byte("x"))
			if !fault.Is(err, "blob.storage_failed") || fault.Of(err).Kind != fault.Unavailable {
				t.Fatalf("got %v", err)
			}
			if n := count(d.steps, step); n != 1 {
				t.Fatalf("%s was asked %d times", step, n)
			}
			delete(d.fail, step) // the disk now answers well, as Linux does after it dropped the pages
			d.steps = nil
			_, errTmp := s.TempDir()
			for what, err := range map[string]error{
				"put": s.Put("later", nil), "remove": s.Remove("before"), "commit folder": s.CommitDir(t.TempDir(), "dir"), "temp": errTmp, "err": s.Err(),
			} {
				if !fault.Is(err, "blob.storage_failed") {
					t.Errorf("%s after the failure: %v", what, err)
				}
			}
			if len(d.steps) != 0 {
				t.Errorf("the disk was touched: %v", d.steps)
			}
			if read(t, s, "before") != "safe" {
				t.Error("what was committed can still be read")
			}
		})
	}
}

func count(steps []string, step string) int {
	n := 0
	for _, s := range steps {
		if s == step {
			n++
		}
	}
	return n
}

func TestAFullDiskIsToldAndPasses(t *testing.T) {
	s, d := bad(t)
	for _, step := range []string{"create", "write", "rename TMP a"} {
		d.fail[step] = syscall.ENOSPC
		if err := s.Put("a", []byte("x")); !fault.Is(err, "blob.disk_full") || fault.Of(err).Kind != fault.Unavailable {
			t.Errorf("%s: %v", step, err)
		}
		if _, err := s.OpenFile("a"); !fault.Is(err, "blob.not_found") {
			t.Errorf("%s: a half file is seen: %v", step, err)
		}
		if n := leftovers(t, d.root); n != 0 {
			t.Errorf("%s: %d files left", step, n)
		}
		delete(d.fail, step)
		if err := s.Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Put("a", []byte("x")); err != nil {
		t.Fatal("with space again:", err)
	}
}

func TestACommitAfterAFailedWriteIsRefused(t *testing.T) {
	s, d := bad(t)
	w, err := s.Create("a")
	if err != nil {
		t.Fatal(err)
	}
	d.fail["write"] = syscall.EIO
	if _, err := w.Write([]byte("lost")); err == nil {
		t.Fatal("the write failed")
	}
	delete(d.fail, "write")
	if err := w.Commit(); err == nil {
		t.Fatal("a file with a hole was committed")
	}
	if _, err := s.OpenFile("a"); !fault.Is(err, "blob.not_found") {
		t.Fatal(err)
	}
}

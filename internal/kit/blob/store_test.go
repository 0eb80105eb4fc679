package blob_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/fault"
)

func open(t *testing.T) (*blob.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "deep", "store")
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func read(t *testing.T, s *blob.Store, name string) string {
	t.Helper()
	f, err := s.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func put(t *testing.T, s *blob.Store, names ...string) {
	t.Helper()
	for _, n := range names {
		if err := s.Put(n, []byte(n)); err != nil {
			t.Fatal(err)
		}
	}
}

// leftovers counts what lies under .tmp.
func leftovers(t *testing.T, dir string) int {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, ".tmp"))
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestAFileIsSeenOnlyAfterCommit(t *testing.T) {
	s, dir := open(t)
	w, err := s.Create("versions/a/rows.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	for _, part := range []string{"Hòa", "\n"} {
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.OpenFile("versions/a/rows.csv"); !fault.Is(err, "blob.not_found") {
		t.Fatalf("before Commit: %v", err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("Hòa\n"))
	if read(t, s, "versions/a/rows.csv") != "Hòa\n" || w.Size() != 5 || w.SHA256() != hex.EncodeToString(sum[:]) {
		t.Fatal(w.Size(), w.SHA256())
	}
	if err := w.Commit(); err == nil {
		t.Error("a second Commit is refused")
	}
	if _, err := w.Write([]byte("x")); err == nil {
		t.Error("a write after Commit is refused")
	}
	info, err := os.Stat(s.Path("versions/a/rows.csv"))
	if err != nil || info.Mode().Perm() != 0o600 || leftovers(t, dir) != 0 {
		t.Fatal(info.Mode(), err, leftovers(t, dir))
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	s, dir := open(t)
	w, err := s.Create("a")
	if err != nil {
		t.Fatal(err)
	}
	w.Abort()
	w.Abort()
	if names, err := s.List(""); err != nil || len(names) != 0 || leftovers(t, dir) != 0 {
		t.Fatal(names, err)
	}
	if err := w.Commit(); err == nil {
		t.Fatal("a Commit after Abort is refused")
	}
}

func TestPutReplacesWhole(t *testing.T) {
	s, _ := open(t)
	for _, v := range []string{"first and longer", "second"} {
		if err := s.Put("a", []byte(v)); err != nil || read(t, s, "a") != v {
			t.Fatal(err)
		}
	}
}

func TestNamesThatCouldEscapeAreRefused(t *testing.T) {
	s, dir := open(t)
	for _, name := range []string{
		"", ".", "..", "/", "/a", "a/", "a//b", "../a", "a/../b", "a/..", "./a", ".tmp/a", ".a", "a/.b", `a\b`, `..\a`, "a\x00b", "a\nb", "C:a", "\xff",
		strings.Repeat("a", 201), strings.Repeat("a/", 600) + "a",
	} {
		_, errCreate := s.Create(name)
		_, errOpen := s.OpenFile(name)
		errDir := s.CommitDir(dir, name)
		for what, err := range map[string]error{"create": errCreate, "open": errOpen, "put": s.Put(name, nil), "remove": s.Remove(name), "commit dir": errDir} {
			if !fault.Is(err, "blob.bad_name") || fault.Of(err).Kind != fault.Invalid {
				t.Errorf("%s %q: %v", what, name, err)
			}
		}
		if s.Path(name) != "" {
			t.Errorf("path of %q is %q", name, s.Path(name))
		}
	}
	for _, name := range []string{"a", "b/b.csv", "Đắk Lắk/xã 1.csv", "a..b", "a.", strings.Repeat("a", 200)} {
		if err := s.Put(name, nil); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestList(t *testing.T) {
	s, _ := open(t)
	put(t, s, "v/b/2", "v/a/1", "v/a/2", "va", "w")
	for prefix, want := range map[string][]string{
		"": {"v/a/1", "v/a/2", "v/b/2", "va", "w"}, "v": {"v/a/1", "v/a/2", "v/b/2", "va"}, "v/": {"v/a/1", "v/a/2", "v/b/2"},
		"v/a/": {"v/a/1", "v/a/2"}, "v/a": {"v/a/1", "v/a/2"}, "x/y/": {},
	} {
		if got, err := s.List(prefix); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v", prefix, got, err)
		}
	}
	for _, prefix := range []string{"../", "/etc/", ".tmp/"} {
		if got, err := s.List(prefix); !fault.Is(err, "blob.bad_name") {
			t.Errorf("%q: %v, %v", prefix, got, err)
		}
	}
}

func TestRemove(t *testing.T) {
	s, dir := open(t)
	put(t, s, "v/a/1", "v/a/2", "v/b")
	for _, name := range []string{"v/a", "v/b", "v/a", "never"} {
		if err := s.Remove(name); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if names, err := s.List(""); err != nil || len(names) != 0 || leftovers(t, dir) != 0 {
		t.Fatal(names, err)
	}
	put(t, s, "v/a/1")
	if read(t, s, "v/a/1") != "v/a/1" {
		t.Fatal("a removed folder can be made again")
	}
}

func TestSweepClearsWhatACrashLeft(t *testing.T) {
	s, dir := open(t)
	put(t, s, "kept")
	crashed, err := s.Create("a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := crashed.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.TempDir(); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(); err != nil || leftovers(t, dir) != 2 {
		t.Fatalf("what is in use stays: %d, %v", leftovers(t, dir), err)
	}
	next, err := blob.Open(dir) // as after a kill: nothing was ended
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Sweep(); err != nil || leftovers(t, dir) != 0 || read(t, next, "kept") != "kept" {
		t.Fatal(leftovers(t, dir), err)
	}
}

func TestCommitDir(t *testing.T) {
	s, dir := open(t)
	tmp, err := s.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(tmp, "part"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"manifest.json", "part/rows.parquet"} {
		if err := os.WriteFile(filepath.Join(tmp, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.CommitDir(tmp, "versions/1"); err != nil {
		t.Fatal(err)
	}
	if read(t, s, "versions/1/part/rows.parquet") != "part/rows.parquet" || leftovers(t, dir) != 0 {
		t.Fatal("the folder is not in place")
	}
	if err := s.DropDir(tmp); err != nil {
		t.Fatal("a deferred DropDir after CommitDir does nothing:", err)
	}
	again, err := s.TempDir()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CommitDir(again, "versions/1"); !fault.Is(err, "blob.exists") {
		t.Fatalf("what is stored is not overwritten: %v", err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(again, "link")); err != nil {
		t.Fatal(err)
	}
	if err := s.CommitDir(again, "versions/2"); err == nil {
		t.Fatal("a link is refused")
	}
	if err := s.DropDir(again); err != nil || leftovers(t, dir) != 0 {
		t.Fatal(err)
	}
	if err := s.DropDir(s.Path("versions")); err == nil {
		t.Fatal("DropDir removes only temporary folders")
	}
}

func TestManyWritersAtOnce(t *testing.T) {
	s, dir := open(t)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			name := "d/" + string(rune('a'+i%4)) + "/" + string(rune('a'+i))
			if err := s.Put(name, []byte(name)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if names, err := s.List("d/"); err != nil || len(names) != 16 || leftovers(t, dir) != 0 {
		t.Fatal(len(names), err)
	}
}

func TestSyncDir(t *testing.T) {
	if err := blob.SyncDir(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if err := blob.SyncDir(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Fatal("a folder that is not there cannot be on disk")
	}
}

func TestSetAsideKeepsAndHides(t *testing.T) {
	s, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a/b/1.csv", "a/b/2.csv", "a/c.csv"} {
		if err := s.Put(name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	place, err := s.SetAside("a/b", "2026-11-24")
	if err != nil {
		t.Fatal(err)
	}
	if body, err := os.ReadFile(filepath.Join(place, "2.csv")); err != nil || string(body) != "a/b/2.csv" {
		t.Fatalf("%q, %v", body, err)
	}
	if names, err := s.List(""); err != nil || len(names) != 1 || names[0] != "a/c.csv" {
		t.Fatalf("%v, %v", names, err)
	}
	if again, err := s.SetAside("a/b", "2026-11-24"); err != nil || again != "" {
		t.Fatalf("what is gone: %q, %v", again, err)
	}
	for _, name := range []string{"lost+found", "lost+found/2026-11-24/a/b/1.csv"} {
		if _, err := s.OpenFile(name); !fault.Is(err, "blob.bad_name") {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.Put(name, nil); !fault.Is(err, "blob.bad_name") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

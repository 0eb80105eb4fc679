package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/blob/blobtest"
	"lienthong/internal/kit/fault"
)

const headBytes = 3 * 512

func sealedStore(t *testing.T, dir string, now byte) *blob.Store {
	t.Helper()
	s, err := blob.OpenSealed(dir, blobtest.Keys{Now: now}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func whole(s *blob.Store, name string) ([]byte, error) {
	f, err := s.OpenFile(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

func TestSealedContentComesBackAtEverySizeAndPlace(t *testing.T) {
	dir := t.TempDir()
	s := sealedStore(t, dir, 0)
	for _, size := range []int{0, 1, blob.StreamChunk - 1, blob.StreamChunk, blob.StreamChunk + 1, 2 * blob.StreamChunk, 3*blob.StreamChunk + 7} {
		body := noise(size)
		w, err := s.Create("a/file")
		if err != nil {
			t.Fatal(err)
		}
		for rest := body; len(rest) > 0; { // in pieces that fit no chunk
			n := min(len(rest), 10_007)
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		sum := sha256.Sum256(body)
		if w.SHA256() != hex.EncodeToString(sum[:]) || w.Size() != int64(size) {
			t.Fatalf("%d: sums are not those of the content", size)
		}
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		got, err := whole(s, "a/file")
		if err != nil || !bytes.Equal(got, body) {
			t.Fatalf("%d: %d bytes, %v", size, len(got), err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, "a", "file"))
		if err != nil || size > 16 && bytes.Contains(raw, body[:16]) {
			t.Fatalf("%d: in clear (%v)", size, err)
		}
		f, err := s.OpenFile("a/file")
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{size / 2, size - 3, blob.StreamChunk - 2} {
			if at < 0 || at+4 > size {
				continue
			}
			part := make([]byte, 4)
			if _, err := f.ReadAt(part, int64(at)); err != nil || !bytes.Equal(part, body[at:at+4]) {
				t.Fatalf("%d at %d: %v", size, at, err)
			}
		}
		_ = f.Close()
		plain, err := s.Plain("a/file")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(plain); err != nil || !bytes.Equal(got, body) {
			t.Fatalf("%d for a child: %v", size, err)
		}
		_ = plain.Close()
	}
}

func TestWhatIsWrittenCanBeJudgedBeforeItIsKept(t *testing.T) {
	s := sealedStore(t, t.TempDir(), 0)
	w, err := s.Create("file")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	body := noise(100_000)
	_, _ = w.Write(body)
	f, err := w.Reopen()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, body) {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("more")); err == nil {
		t.Fatal("content grew after it was judged")
	}
}

// Each change of the stored bytes is refused by a code, and nothing of the changed chunk is given out.
func TestChangedFilesAreRefused(t *testing.T) {
	const size = 3*blob.StreamChunk + 100
	const full = blob.StreamChunk + 16
	body := noise(size)
	for name, change := range map[string]func(raw, other []byte) []byte{
		"a byte of the first chunk":                    func(raw, _ []byte) []byte { raw[headBytes+5] ^= 1; return raw },
		"a byte of the last tag":                       func(raw, _ []byte) []byte { raw[len(raw)-1] ^= 1; return raw },
		"a byte of the file's id":                      func(raw, _ []byte) []byte { raw[15] ^= 1; return raw },
		"a byte of the wrapped key":                    func(raw, _ []byte) []byte { raw[512+25] ^= 1; return raw },
		"an unused byte behind the prefix":             func(raw, _ []byte) []byte { raw[300] ^= 1; return raw },
		"an unused byte behind the wrapped key":        func(raw, _ []byte) []byte { raw[1000] ^= 1; return raw },
		"the first byte of the free slot":              func(raw, _ []byte) []byte { raw[1024] ^= 1; return raw },
		"an unused byte in the midst of the free slot": func(raw, _ []byte) []byte { raw[1200] ^= 1; return raw },
		"the last byte of the head":                    func(raw, _ []byte) []byte { raw[headBytes-1] ^= 1; return raw },
		"the size of chunks":                           func(raw, _ []byte) []byte { raw[11] ^= 16; return raw },
		"cut in a chunk":                               func(raw, _ []byte) []byte { return raw[:len(raw)-3] },
		"cut between chunks":                           func(raw, _ []byte) []byte { return raw[:headBytes+2*full] },
		"cut to the head":                              func(raw, _ []byte) []byte { return raw[:headBytes] },
		"cut in the head":                              func(raw, _ []byte) []byte { return raw[:700] },
		"two chunks changed places": func(raw, _ []byte) []byte {
			return join(raw[:headBytes], raw[headBytes+full:headBytes+2*full], raw[headBytes:headBytes+full], raw[headBytes+2*full:])
		},
		"a chunk twice": func(raw, _ []byte) []byte { return join(raw[:headBytes+full], raw[headBytes:]) },
		"a byte more":   func(raw, _ []byte) []byte { return append(raw, 0) },
		"the chunk of another file": func(raw, other []byte) []byte {
			return join(raw[:headBytes], other[headBytes:headBytes+full], raw[headBytes+full:])
		},
		"the whole of another file":  func(_, other []byte) []byte { return other },
		"head and slot of the other": func(raw, other []byte) []byte { return join(other[:headBytes], raw[headBytes:]) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := sealedStore(t, dir, 0)
			for file, content := range map[string][]byte{"file": body, "other": noise(size + 1)} {
				if err := s.Put(file, content); err != nil {
					t.Fatal(err)
				}
			}
			raw, err := os.ReadFile(filepath.Join(dir, "file"))
			if err != nil {
				t.Fatal(err)
			}
			other, err := os.ReadFile(filepath.Join(dir, "other"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "file"), change(raw, other), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := whole(s, "file")
			if !fault.Is(err, "blob.damaged") {
				t.Fatalf("got %v", err)
			}
			if !bytes.HasPrefix(body, got) {
				t.Fatal("changed bytes were given out")
			}
		})
	}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestAFileInClearIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := sealedStore(t, dir, 0)
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("so_dinh_danh\n999190000001\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := whole(s, "file"); !fault.Is(err, "blob.not_sealed") {
		t.Fatalf("got %v", err)
	}
}

func TestANewKeyWrapsEveryFileAndTheOldOneOpensNone(t *testing.T) {
	dir := t.TempDir()
	before := sealedStore(t, dir, 0)
	for _, name := range []string{"a/1", "a/2", "b/3"} {
		if err := before.Put(name, []byte("content of "+name)); err != nil {
			t.Fatal(err)
		}
	}
	reading, err := before.OpenFile("a/1")
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Close()
	after := sealedStore(t, dir, 1)
	if got, err := whole(after, "a/2"); err != nil || string(got) != "content of a/2" {
		t.Fatalf("an older key must open: %q, %v", got, err)
	}
	for _, want := range []int{3, 0} {
		if n, err := after.Rewrap(context.Background()); err != nil || n != want {
			t.Fatalf("%d files, want %d: %v", n, want, err)
		}
	}
	if got, err := whole(after, "b/3"); err != nil || string(got) != "content of b/3" {
		t.Fatalf("%q, %v", got, err)
	}
	if _, err := whole(before, "b/3"); !fault.Is(err, "blob.damaged") {
		t.Fatalf("the old key still opens: %v", err)
	}
	if got, err := io.ReadAll(reading); err != nil || string(got) != "content of a/1" {
		t.Fatalf("a reader was disturbed: %q, %v", got, err)
	}
}

// A power cut leaves one slot half written; the other still opens the file, and the next run finishes.
func TestARewrapCutOffLosesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := sealedStore(t, dir, 0).Put("file", []byte("content")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "file")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(raw[1024:], "\x06test b and half of what should follow")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	after := sealedStore(t, dir, 1)
	if got, err := whole(after, "file"); err != nil || string(got) != "content" {
		t.Fatalf("%q, %v", got, err)
	}
	if n, err := after.Rewrap(context.Background()); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	if got, err := whole(after, "file"); err != nil || string(got) != "content" {
		t.Fatalf("%q, %v", got, err)
	}
}

// A run cut off between the two writes leaves the file wrapped by both keys; the next run takes the old one away.
func TestARewrapCutOffBetweenTheSlotsEndsTheOldKey(t *testing.T) {
	dir := t.TempDir()
	if err := sealedStore(t, dir, 0).Put("file", []byte("content")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "file")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rewrapped := sealedStore(t, dir, 1) // into the second slot, then again into the first
	if _, err := rewrapped.Rewrap(context.Background()); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, both := range map[string][]byte{"old first": join(before[:1024], after[1024:]), "new first": join(before[:512], after[1024:1536], before[512:1024], after[1536:])} {
		if err := os.WriteFile(path, both, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := whole(rewrapped, "file"); err != nil || string(got) != "content" {
			t.Fatalf("%s: %q, %v", name, got, err)
		}
		if _, err := rewrapped.Rewrap(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got, err := whole(rewrapped, "file"); err != nil || string(got) != "content" {
			t.Fatalf("%s: %q, %v", name, got, err)
		}
		if raw, err := os.ReadFile(path); err != nil || bytes.Contains(raw[:headBytes], []byte("test a")) {
			t.Fatalf("%s: the old key still opens the file: %v", name, err)
		}
	}
}

// Whoever still has the bytes of a removed file, through a second link here, cannot open them any more.
func TestRemoveDestroysTheKey(t *testing.T) {
	dir := t.TempDir()
	s := sealedStore(t, dir, 0)
	for _, name := range []string{"v/1/rows", "v/1/more"} {
		if err := s.Put(name, []byte("content")); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Link(filepath.Join(dir, "v", "1", "rows"), filepath.Join(dir, "kept")); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove("v/1"); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "v", "1"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "kept"), filepath.Join(dir, "v", "1", "rows")); err != nil {
		t.Fatal(err)
	}
	if _, err := whole(s, "v/1/rows"); !fault.Is(err, "blob.damaged") {
		t.Fatalf("the content opens: %v", err)
	}
}

func TestScratchIsEmptyAtEveryStart(t *testing.T) {
	name := "test-" + filepath.Base(t.TempDir()) + filepath.Base(filepath.Dir(t.TempDir()))
	fallback := filepath.Join(t.TempDir(), "scratch")
	dir, _, err := blob.Scratch(name, fallback)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, "left"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, _, err := blob.Scratch(name, fallback)
	if err != nil || again != dir {
		t.Fatalf("%s, %v", again, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Fatalf("%v, %v", left, err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
}

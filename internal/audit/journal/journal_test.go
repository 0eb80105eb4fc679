package journal

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/audit/merkle"
)

const testOrigin = "example.test/audit/1"

var testKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32))

func testVerifier(t testing.TB) string {
	t.Helper()
	key, err := merkle.VerifierKey(testOrigin, testKey.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func testOpen(t testing.TB, dir string, change func(*Options)) *Journal {
	t.Helper()
	j, err := tryOpen(dir, change)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func tryOpen(dir string, change func(*Options)) (*Journal, error) {
	opts := Options{Signer: testKey, Origin: testOrigin}
	if change != nil {
		change(&opts)
	}
	return Open(dir, opts)
}

func testBody(n int) []byte {
	return fmt.Appendf(nil, `{"kind":"decision","id":"%06d","pad":"%s"}`, n, strings.Repeat("x", n%97))
}

func appendMany(t testing.TB, j *Journal, from, to int) {
	t.Helper()
	for n := from; n < to; n++ {
		seq, err := j.Append(context.Background(), testBody(n))
		if err != nil || seq != int64(n) {
			t.Fatalf("append %d: seq %d, %v", n, seq, err)
		}
	}
}

func mustVerify(t testing.TB, dir string, opts VerifyOptions) Report {
	t.Helper()
	report, err := Verify(dir, testVerifier(t), opts)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestAppendedRecordsAreThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	small := func(o *Options) { o.SegmentBytes = 2000 }
	j := testOpen(t, dir, small)
	appendMany(t, j, 0, 100)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = testOpen(t, dir, small)
	appendMany(t, j, 100, 150)
	n := 0
	err := j.Each(0, 150, func(e Entry) error {
		if !bytes.Equal(e.Body, testBody(n)) || e.Seq != int64(n) {
			t.Errorf("record %d came back as %d %s", n, e.Seq, e.Body)
		}
		again, err := j.ReadAt(e.Pos, e.Seq)
		if err != nil || !bytes.Equal(again, testBody(n)) {
			t.Errorf("record %d at its place: %v", n, err)
		}
		n++
		return nil
	})
	if err != nil || n != 150 {
		t.Fatalf("read %d records: %v", n, err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	report := mustVerify(t, dir, VerifyOptions{})
	if !report.OK() || report.Records != 150 || report.Signed != 150 {
		t.Fatalf("clean folder: %+v", report)
	}
	if firsts, _ := segments(dir); len(firsts) < 3 {
		t.Fatalf("only %d segments", len(firsts))
	}
}

func TestManyWritersGetGaplessSeqs(t *testing.T) {
	dir := t.TempDir()
	j := testOpen(t, dir, func(o *Options) {
		o.CheckpointEvery = 2 * time.Millisecond
		o.SegmentBytes = 20_000
		o.QueueBytes = 4000
	})
	const writers, each = 32, 50
	seqs := make([][]int64, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				seq, err := j.Append(context.Background(), testBody(w*each+i), testBody(9))
				if err != nil {
					t.Error(err)
					return
				}
				seqs[w] = append(seqs[w], seq)
			}
		})
	}
	wg.Wait()
	seen := make(map[int64]bool)
	for w, list := range seqs {
		for i, seq := range list {
			body, err := j.Read(seq)
			if seen[seq] || err != nil || !bytes.Equal(body, testBody(w*each+i)) {
				t.Fatalf("writer %d record %d: seq %d, %v", w, i, seq, err)
			}
			seen[seq] = true
		}
	}
	if j.Size() != 2*writers*each {
		t.Fatalf("size %d", j.Size())
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if report := mustVerify(t, dir, VerifyOptions{}); !report.OK() || report.Records != 2*writers*each {
		t.Fatalf("%+v", report)
	}
}

func TestSubmittedRecordIsDurableAndReported(t *testing.T) {
	dir := t.TempDir()
	j := testOpen(t, dir, nil)
	told := make(chan error, 1)
	if err := j.Submit(context.Background(), testBody(0), func(err error) { told <- err }); err != nil {
		t.Fatal(err)
	}
	if err := <-told; err != nil || j.Size() != 1 {
		t.Fatalf("told %v with %d records", err, j.Size())
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	testOpen(t, dir, nil)
	if _, err := tryOpen(dir, nil); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Fatalf("second open: %v", err)
	}
}

func TestProofs(t *testing.T) {
	j := testOpen(t, t.TempDir(), func(o *Options) { o.CheckpointEvery = time.Millisecond })
	ctx := context.Background()
	appendMany(t, j, 0, 40)
	if err := j.signed(ctx, 40); err != nil {
		t.Fatal(err)
	}
	kept, _ := j.Checkpoint()
	appendMany(t, j, 40, 100)
	p, err := j.ProveRecord(ctx, 77)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(testVerifier(t)); err != nil || p.Leaf != merkle.LeafHash(testBody(77)) {
		t.Fatalf("proof of 77: %v", err)
	}
	p.Leaf = merkle.LeafHash(testBody(78))
	if p.Check(testVerifier(t)) == nil {
		t.Fatal("proof of another record was accepted")
	}
	if err := j.signed(ctx, 100); err != nil {
		t.Fatal(err)
	}
	path, note, err := j.ProveGrowth(kept.Size)
	if err != nil {
		t.Fatal(err)
	}
	c, err := merkle.ParseCheckpoint(note, testVerifier(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := merkle.CheckConsistency(path, c.Size, c.Root, kept.Size, kept.Root); err != nil {
		t.Fatal(err)
	}
}

// readAll gives every file of a folder, by its path in it.
func readAll(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == lockFile {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// writeFiles makes a folder hold these files and no others.
func writeFiles(t testing.TB, dir string, files map[string][]byte) {
	t.Helper()
	for name := range readAll(t, dir) {
		if _, keep := files[name]; !keep {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
			_ = os.Remove(filepath.Dir(filepath.Join(dir, name))) // when it is empty now
		}
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

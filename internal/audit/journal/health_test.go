package journal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"lienthong/internal/audit/merkle"
)

func TestAByteOfTheStoredHashesIsFoundWhileTheLogRuns(t *testing.T) {
	dir := t.TempDir()
	j := testOpen(t, dir, nil)
	ctx := context.Background()
	for i := range 40 {
		if _, err := j.Append(ctx, []byte(fmt.Sprintf(`{"n":%d}`, i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.signed(ctx, j.Size()); err != nil {
		t.Fatal(err)
	}
	if err := j.CheckHashes(ctx); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, hashFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int64{0, 70, merkle.StoredCount(20)*merkle.HashLen + 3, merkle.StoredCount(40)*merkle.HashLen - 1} {
		bad := append([]byte(nil), whole...)
		bad[at] ^= 1
		write(t, path, bad)
		if err := j.CheckHashes(ctx); err == nil {
			t.Errorf("byte %d is not found", at)
		}
	}
	write(t, path, whole[:len(whole)-40])
	if j.Present() == nil || j.CheckHashes(ctx) == nil {
		t.Error("a file that was cut is not found")
	}
	write(t, path, whole)
	if err := j.CheckHashes(ctx); err != nil || j.Present() != nil {
		t.Fatalf("whole again: %v, %v", err, j.Present())
	}
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if j.Present() == nil {
		t.Error("a missing file is not found")
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Append(ctx, []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string, body []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0o600) // the writer keeps its handle
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(body); err != nil {
		t.Fatal(err)
	}
}

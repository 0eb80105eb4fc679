package blob_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"lienthong/internal/kit/blob"
)

// childDir tells the test binary to be the process that is killed.
const childDir = "LIENTHONG_TEST_BLOB_CHILD"

func content(i int) []byte { return bytes.Repeat(fmt.Appendf(nil, "dòng %d\n", i), 20000) }

// writeForEver acknowledges each file on its output, as a server does to its callers.
func writeForEver(dir string) error {
	s, err := blob.Open(dir)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		if err := s.Put(fmt.Sprintf("v/%d/rows", i), content(i)); err != nil {
			return err
		}
		fmt.Println(i)
	}
}

func TestNothingAcknowledgedIsLostInAKill(t *testing.T) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Println("stopped:", writeForEver(dir))
		return
	}
	dir := filepath.Join(t.TempDir(), "store")
	child := exec.Command(os.Args[0], "-test.run=^TestNothingAcknowledgedIsLostInAKill$")
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := -1
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, err := fmt.Sscan(lines.Text(), &acknowledged); err != nil {
			t.Fatalf("the writer said %q", lines.Text())
		}
		if acknowledged == 20 {
			_ = child.Process.Kill() // what it still said before it died is read as well
		}
	}
	_ = child.Wait()
	if acknowledged < 20 {
		t.Fatalf("the writer ended by itself after %d", acknowledged)
	}
	s, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(); err != nil || leftovers(t, dir) != 0 {
		t.Fatal(err)
	}
	names, err := s.List("v/")
	if err != nil || len(names) < acknowledged+1 {
		t.Fatalf("%d files for %d acknowledged: %v", len(names), acknowledged+1, err)
	}
	for i := range names {
		if read(t, s, fmt.Sprintf("v/%d/rows", i)) != string(content(i)) {
			t.Errorf("file %d is not whole", i)
		}
	}
}

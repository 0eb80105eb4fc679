//go:build linux

package sheet_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/internal/ingest/sheet"
)

const tryCommand = "__try-everything"

// tryEverything is what code that has taken the child over might do.
func tryEverything() {
	if err := sheet.Confine(2); err != nil {
		fmt.Println("confine:", err)
		return
	}
	tell := func(what string, err error) { fmt.Println(what, err == nil) }
	_, err := os.Open("/etc/passwd")
	tell("open", err)
	_, err = os.Create(filepath.Join(os.TempDir(), "x"))
	tell("create", err)
	_, err = net.Dial("tcp", "127.0.0.1:80")
	tell("dial", err)
	_, err = net.Listen("tcp", "127.0.0.1:0")
	tell("listen", err)
	tell("run", exec.Command("/bin/true").Run())
	tell("environment", func() error {
		if len(os.Environ()) > 0 {
			return nil
		}
		return os.ErrNotExist
	}())
	if len(os.Args) > 2 && os.Args[2] == "memory" {
		var all [][]byte
		for range 64 {
			all = append(all, make([]byte, 64<<20))
			for i := 0; i < len(all[len(all)-1]); i += 4096 {
				all[len(all)-1][i] = 1
			}
		}
		fmt.Println("memory", len(all) == 64)
	}
	if len(os.Args) > 2 && os.Args[2] == "time" {
		for n := 0; ; n++ { // the limit ends it
			_ = n
		}
	}
}

func tried(t *testing.T, args ...string) (string, error) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, append([]string{tryCommand}, args...)...)
	cmd.Env = []string{}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// Invariant 1: nothing but reading is left to the child.
func TestTheChildCanDoNothingElse(t *testing.T) {
	out, err := tried(t)
	if err != nil {
		t.Fatalf("%v %s", err, out)
	}
	for _, what := range []string{"open", "create", "dial", "listen", "run", "environment"} {
		if !strings.Contains(out, what+" false\n") {
			t.Errorf("%s works: %s", what, out)
		}
	}
	t.Run("its memory ends", func(t *testing.T) {
		out, err := tried(t, "memory")
		stumbled := strings.Contains(out, "SIGSEGV") // now and then the runtime falls over the memory that it did not get
		if err == nil || strings.Contains(out, "memory true") || !sheet.OutOfMemory(out) && !stumbled {
			t.Errorf("4 GB were given: %v %.2000s", err, out)
		}
	})
	t.Run("its time ends", func(t *testing.T) {
		start := time.Now()
		if _, err := tried(t, "time"); err == nil || time.Since(start) > time.Minute {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

package crash

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// busy is what the whole machine has worked and could have worked, and what the given processes have, in ticks.
type busy struct{ all, idle, own float64 }

func ticks(b *testing.B, pids ...int) busy {
	b.Helper()
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		b.Skip("the noise of the machine is read from /proc")
	}
	line, _, _ := strings.Cut(string(text), "\n")
	var t busy
	for i, f := range strings.Fields(line)[1:9] {
		n, err := strconv.ParseFloat(f, 64)
		if err != nil {
			b.Fatal(err)
		}
		t.all += n
		if i == 3 || i == 4 { // idle, and waiting for the disk
			t.idle += n
		}
	}
	for _, pid := range pids {
		text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		if err != nil {
			b.Fatal(err)
		}
		_, after, _ := bytes.Cut(text, []byte(") "))
		fields := bytes.Fields(after)
		for _, f := range fields[11:13] { // in user and in kernel mode
			n, err := strconv.ParseFloat(string(f), 64)
			if err != nil {
				b.Fatal(err)
			}
			t.own += n
		}
	}
	return t
}

// others is the share of the machine that everybody else has used since then, in percent.
func (t busy) others(since busy) float64 {
	all := t.all - since.all
	return max(0, 100*(all-(t.idle-since.idle)-(t.own-since.own))/all)
}

// pid of the server, as it says itself.
func (w *world) pid() (int, error) {
	text, err := os.ReadFile(filepath.Join(w.Dir, "server.lock"))
	if err != nil {
		return 0, err
	}
	var holder struct{ PID int }
	err = json.Unmarshal(text, &holder)
	return holder.PID, err
}

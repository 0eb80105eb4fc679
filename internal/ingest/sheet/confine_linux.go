package sheet

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
)

const (
	dataLimit = 512 << 20 // of everything writable that the child maps
	heapAim   = 320 << 20 // from here on memory is collected eagerly
)

// confine takes from this process what reading does not need (invariant 1). RLIMIT_AS would kill a Go program at its
// start, because it reserves addresses that it never uses; RLIMIT_DATA counts what can be written to. With no descriptor
// left to open there is no file, no network and no other process.
func confine(seconds uint64) error {
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0) // the first to go where memory is short; not allowed everywhere
	runtime.GOMAXPROCS(2)                                           // each thread takes a stack of the C library, 8 MB that count
	debug.SetMemoryLimit(heapAim)
	time.AfterFunc(1000*time.Hour, func() {}) // the runtime's timers take their descriptors now
	for _, l := range []struct {
		what  int
		limit uint64
	}{
		{syscall.RLIMIT_CORE, 0}, {syscall.RLIMIT_FSIZE, 0}, {syscall.RLIMIT_CPU, seconds}, {syscall.RLIMIT_DATA, dataLimit}, {syscall.RLIMIT_NOFILE, 0},
	} {
		if err := syscall.Setrlimit(l.what, &syscall.Rlimit{Cur: l.limit, Max: l.limit}); err != nil {
			return fmt.Errorf("set limit %d: %w", l.what, err)
		}
	}
	return nil
}

// overrun reports that the child died at one of its limits.
func overrun(state *os.ProcessState, said string) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	if !ok {
		return false
	}
	return status.Signaled() && (status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGXCPU) || outOfMemory(said)
}

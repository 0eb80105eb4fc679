package journal

import (
	"os"
	"syscall"
)

// datasync flushes data and length, but not the times, which nobody needs after a crash.
func datasync(f *os.File) error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if err != syscall.EINTR { //nolint:errorlint // a raw errno; an interrupted call did not report on the data
			return err
		}
	}
}

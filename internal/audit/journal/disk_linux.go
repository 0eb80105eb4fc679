package journal

import (
	"errors"
	"fmt"
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

// roomOf is what the platform may still write to the disk of a folder.
func roomOf(dir string) (diskRoom, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return diskRoom{}, err
	}
	r := diskRoom{free: int64(fs.Bavail) * fs.Bsize, total: int64(fs.Blocks) * fs.Bsize, files: -1} //nolint:gosec // no disk is that large
	if fs.Files > 0 {
		r.files = int64(fs.Ffree) //nolint:gosec // as above
	}
	return r, nil
}

// allocate occupies the room of a file for good, or fails at once.
func allocate(f *os.File, size int64) error {
	err := syscall.Fallocate(int(f.Fd()), 0, 0, size)
	if errors.Is(err, syscall.EOPNOTSUPP) {
		return writeZeros(f, size)
	}
	if err != nil {
		return fmt.Errorf("allocate %d bytes: %w", size, err)
	}
	return nil
}

func writeZeros(f *os.File, size int64) error {
	zeros := make([]byte, 1<<16)
	for at := int64(0); at < size; at += int64(len(zeros)) {
		if _, err := f.WriteAt(zeros[:min(int64(len(zeros)), size-at)], at); err != nil {
			return err
		}
	}
	return nil
}

package app

import "syscall"

// room is how many bytes the platform may still write to the disk of a folder, and how large that disk is.
func room(dir string) (free, total uint64, err error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return 0, 0, err
	}
	block := uint64(fs.Bsize) //nolint:gosec // positive
	return fs.Bavail * block, fs.Blocks * block, nil
}

const unsynchronised = 0x40 // STA_UNSYNC

// clockSynchronised asks the kernel whether something keeps its clock right.
func clockSynchronised() (yes, known bool) {
	var t syscall.Timex
	if _, err := syscall.Adjtimex(&t); err != nil {
		return false, false
	}
	return t.Status&unsynchronised == 0, true
}

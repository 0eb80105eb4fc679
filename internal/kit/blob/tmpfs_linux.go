package blob

import "syscall"

const (
	tmpfsMagic  = 0x01021994
	leastMemory = 1 << 30 // a container's usual 64 MB would be full in the first large load
)

// isTmpfs tells whether the folder lies in memory and has room for a load.
func isTmpfs(dir string) bool {
	var st syscall.Statfs_t
	return syscall.Statfs(dir, &st) == nil && st.Type == tmpfsMagic && st.Bavail*uint64(st.Bsize) >= leastMemory //nolint:gosec // a block size is positive
}

package blob

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// Disk is the part of the file system that can fail a promise; tests put a failing one in its place.
type Disk interface {
	// Create makes a new file that must not exist yet.
	Create(path string) (File, error)
	Rename(from, to string) error
	// Sync puts a file or a folder, as it stands, on disk.
	Sync(path string) error
}

// File is a file being written.
type File interface {
	io.Writer
	Sync() error
	Close() error
}

type osDisk struct{}

func (osDisk) Create(path string) (File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func (osDisk) Rename(from, to string) error { return os.Rename(from, to) }

func (osDisk) Sync(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// SyncDir puts the entries of a folder on disk, for code that keeps files of its own outside a store.
func SyncDir(dir string) error { return osDisk{}.Sync(filepath.Clean(dir)) }

// IsFull reports that a disk or a quota is full.
func IsFull(err error) bool { return isFull(err) }

func isFull(err error) bool {
	var errno syscall.Errno
	return errors.As(err, &errno) && (errno == syscall.ENOSPC || errno == syscall.EDQUOT)
}

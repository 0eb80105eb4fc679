package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"syscall"
)

// disk is what a folder does to its files, so that tests can make it fail as a real disk does.
type disk interface {
	write(f *os.File, b []byte) error
	sync(f *os.File) error
	open(path string, flag int) (*os.File, error)
}

type realDisk struct{}

func (realDisk) write(f *os.File, b []byte) error {
	_, err := f.Write(b)
	return err
}

func (realDisk) open(path string, flag int) (*os.File, error) { return os.OpenFile(path, flag, 0o640) }

func (realDisk) sync(f *os.File) error { return datasync(f) }

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	err = d.Sync()
	return errors.Join(err, d.Close())
}

// writeWhole replaces a file so that a crash leaves the old one or the new one.
func writeWhole(d disk, dir, name string, content []byte) error {
	temp := filepath.Join(dir, name+".tmp")
	f, err := d.open(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	err = d.write(f, content)
	if err == nil {
		err = d.sync(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp, filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncFolder(dir)
}

// lockFolder refuses a second writer. The lock ends with the process, also when it is killed.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("lock journal folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("the journal folder %s is in use by another process: stop it first", dir)
	}
	return f, nil
}

// segments lists the first seqs of a folder's segment files in order.
func segments(dir string) ([]int64, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list journal folder: %w", err)
	}
	var firsts []int64
	for _, e := range entries {
		if first, ok := segmentFirst(e.Name()); ok {
			firsts = append(firsts, first)
		}
	}
	sort.Slice(firsts, func(i, k int) bool { return firsts[i] < firsts[k] })
	return firsts, nil
}

func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

//go:build !linux

package journal

import (
	"errors"
	"os"
)

func datasync(f *os.File) error { return f.Sync() }

func roomOf(string) (diskRoom, error) { return diskRoom{}, errors.ErrUnsupported }

func allocate(*os.File, int64) error { return errors.ErrUnsupported }

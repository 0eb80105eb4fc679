package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// holder is what the lock file says of the server that holds the data folder.
type holder struct {
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	Console string    `json:"console"`
}

// lock is the exclusive hold of one server on one data folder. The kernel drops it when the process ends, however it
// ends, so a crash leaves nothing to clean.
type lock struct{ file *os.File }

func lockFolder(dir, console string, now time.Time) (*lock, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	path := filepath.Join(dir, "server.lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		var h holder
		if json.NewDecoder(f).Decode(&h) != nil {
			return nil, fmt.Errorf("data folder %s is in use by another server", dir)
		}
		return nil, fmt.Errorf("data folder %s is in use by the server with process id %d, started %s, console %s: stop it first, or choose another folder with --data",
			dir, h.PID, h.Started.Local().Format("2006-01-02 15:04:05"), h.Console)
	}
	l := &lock{f}
	body, err := json.Marshal(holder{os.Getpid(), now, console})
	if err == nil {
		err = errors.Join(f.Truncate(0), write(f, body))
	}
	if err != nil {
		_ = l.release()
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	return l, nil
}

func write(f *os.File, body []byte) error {
	_, err := f.WriteAt(body, 0)
	return err
}

func (l *lock) release() error { return l.file.Close() }

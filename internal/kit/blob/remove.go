package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Remove removes a file or a whole folder of files, durably. A name that does not exist is no fault, so that a removal
// cut off half way can be repeated.
func (s *Store) Remove(name string) error {
	p, err := s.locate(name)
	if err != nil {
		return err
	}
	if err := s.Err(); err != nil {
		return err
	}
	gone := s.tmpPath()
	defer s.release(gone)
	s.heads.Lock()
	defer s.heads.Unlock()
	if err := s.destroyKeys(p); err != nil {
		return err
	}
	// One rename takes it away, so that no reader sees half a folder; the bytes go afterwards.
	switch err := s.disk.Rename(p, gone); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return classify("remove blob", err)
	}
	if err := s.disk.Sync(filepath.Dir(p)); err != nil {
		return s.fail("sync folder after remove", err)
	}
	s.forget(p)
	if err := os.RemoveAll(gone); err != nil {
		return classify("remove blob", err)
	}
	return nil
}

// forget drops what is known of folders at and under p, which may be made again later.
func (s *Store) forget(p string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for dir := range s.synced {
		if dir == p || strings.HasPrefix(dir, p+string(filepath.Separator)) {
			delete(s.synced, dir)
		}
	}
}

// Sweep removes what earlier runs left uncommitted. Call it once at start.
func (s *Store) Sweep() error {
	entries, err := os.ReadDir(filepath.Join(s.dir, tmpFolder))
	if err != nil {
		return fmt.Errorf("sweep blob store: %w", err)
	}
	for _, e := range entries {
		p := filepath.Join(s.dir, tmpFolder, e.Name())
		s.mu.Lock()
		used := s.open[p]
		s.mu.Unlock()
		if used {
			continue
		}
		if err := os.RemoveAll(p); err != nil {
			return fmt.Errorf("sweep blob store: %w", err)
		}
	}
	return nil
}

package blob

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// SetAside moves a file or a whole folder of files out of the store, durably, to lost+found/<batch>/<name> below the
// store's folder, and gives that place. Nothing is destroyed: moved back to its name, it is what it was, for a sealed file
// opens under its own name only. A name that does not exist is no fault.
func (s *Store) SetAside(name, batch string) (string, error) {
	p, err := s.locate(name)
	if err != nil {
		return "", err
	}
	if err := s.Err(); err != nil {
		return "", err
	}
	place := filepath.Join(s.dir, lostFolder, batch, filepath.FromSlash(name))
	if err := s.ensure(filepath.Dir(place)); err != nil {
		return "", err
	}
	s.heads.Lock()
	defer s.heads.Unlock()
	switch err := s.disk.Rename(p, place); {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", classify("set a blob aside", err)
	}
	s.forget(p)
	for _, dir := range []string{filepath.Dir(place), filepath.Dir(p)} {
		if err := s.disk.Sync(dir); err != nil {
			return "", s.fail("sync folder after a move", err)
		}
	}
	return place, nil
}

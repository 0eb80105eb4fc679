package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lienthong/internal/kit/fault"
)

// Rewrap wraps the key of every file by the current key and answers how many it changed. Contents stay as they are, and
// readers are not disturbed. One that was cut off is continued by the next.
func (s *Store) Rewrap(ctx context.Context) (int, error) {
	if s.keys == nil {
		return 0, nil
	}
	names, err := s.List("")
	if err != nil {
		return 0, err
	}
	changed := 0
	var bad error
	for _, name := range names {
		if err := errors.Join(ctx.Err(), s.Err()); err != nil {
			return changed, errors.Join(bad, err)
		}
		did, err := s.rewrap(name)
		switch {
		case did:
			changed++
		case err != nil: // one damaged file must not keep the others under the old key
			bad = errors.Join(bad, fmt.Errorf("wrap the key of %s: %w", name, err))
		}
	}
	return changed, bad
}

func (s *Store) rewrap(name string) (bool, error) {
	p, err := s.locate(name)
	if err != nil {
		return false, err
	}
	s.heads.Lock()
	defer s.heads.Unlock()
	changed, err := rewrapFile(p, name, s.keys)
	if errors.Is(err, fs.ErrNotExist) { // removed meanwhile
		return false, nil
	}
	return changed, err
}

// destroyKeys makes the content of a file, or of every file of a folder, unreadable before it is removed.
func (s *Store) destroyKeys(p string) error {
	if s.keys == nil {
		return nil
	}
	if err := s.tellDestruction(p); err != nil {
		return err
	}
	err := filepath.WalkDir(p, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		return destroyKey(file)
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return classify("destroy the key of a blob", err)
	}
	return nil
}

// tellDestruction lets the owner of the keys know first, so that the record is there before the keys are gone.
func (s *Store) tellDestruction(p string) error {
	m, counts := s.keys.(Meter)
	if !counts {
		return nil
	}
	keys := map[string]int{}
	err := filepath.WalkDir(p, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		for _, id := range wrappedBy(file) {
			keys[id]++
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(keys) == 0 {
		return nil
	}
	if err != nil {
		return classify("find the keys of a blob", err)
	}
	name, err := filepath.Rel(s.dir, p)
	if err != nil {
		return err
	}
	return m.Destroying(filepath.ToSlash(name), keys)
}

// Scratch gives a private folder for content that is being worked on: in memory (tmpfs) where the system has one, else
// under fallback. name tells the installations of one machine apart. What an earlier run left in it is removed.
func Scratch(name, fallback string) (dir string, inMemory bool, err error) {
	const shm = "/dev/shm"
	dir = fallback
	if isTmpfs(shm) {
		memory := filepath.Join(shm, fmt.Sprintf("lienthong-%d-%s", os.Getuid(), strings.ReplaceAll(name, "/", "-")))
		if err := fresh(memory); err == nil {
			return memory, true, os.RemoveAll(fallback)
		}
	}
	if err := fresh(dir); err != nil {
		return "", false, classify("make the scratch folder", err)
	}
	return dir, false, nil
}

// fresh makes the folder anew; one that somebody else made is not ours to use.
func fresh(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Mkdir(dir, 0o700)
}

// Sealed gives the file as it lies on the disk, for a backup: its head as it is between two changes of key, then the
// chunks, which never change.
func (s *Store) Sealed(name string) (io.ReadCloser, error) {
	p, err := s.locate(name)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "blob.not_found", name)
	}
	if err != nil {
		return nil, classify("open blob "+name, err)
	}
	if s.keys == nil {
		return f, nil
	}
	raw := make([]byte, headSize)
	s.heads.Lock()
	_, err = io.ReadFull(f, raw)
	s.heads.Unlock()
	if err != nil {
		return nil, errors.Join(damaged(name, err), f.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(raw), f), f}, nil
}

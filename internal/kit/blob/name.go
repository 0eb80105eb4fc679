package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"lienthong/internal/kit/fault"
)

// locate checks a name and gives its path.
func (s *Store) locate(name string) (string, error) {
	if !validName(name) {
		return "", fault.New(fault.Invalid, "blob.bad_name")
	}
	return filepath.Join(s.dir, filepath.FromSlash(name)), nil
}

func validName(name string) bool {
	if !fs.ValidPath(name) || name == "." || len(name) > 1024 {
		return false
	}
	if name == lostFolder || strings.HasPrefix(name, lostFolder+"/") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part[0] == '.' || len(part) > 200 {
			return false
		}
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7F || r == '\\' || r == ':' })
}

// Path is where the file of that name lies, for readers that need a path; "" when the name may not exist.
func (s *Store) Path(name string) string {
	p, err := s.locate(name)
	if err != nil {
		return ""
	}
	return p
}

// List gives the names of committed files that begin with prefix ("" for all), in byte order.
func (s *Store) List(prefix string) ([]string, error) {
	folder := path.Dir(prefix + "x")
	if folder != "." && !validName(folder) {
		return nil, fault.New(fault.Invalid, "blob.bad_name")
	}
	names := []string{}
	err := filepath.WalkDir(filepath.Join(s.dir, filepath.FromSlash(folder)), func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // never there, or removed while we looked
		}
		if err != nil {
			return err
		}
		if p != s.dir && (strings.HasPrefix(d.Name(), ".") || p == filepath.Join(s.dir, lostFolder)) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(s.dir, p)
		if err != nil {
			return err
		}
		if name := filepath.ToSlash(rel); d.Type().IsRegular() && strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list blobs under %q: %w", prefix, err)
	}
	sort.Strings(names)
	return names, nil
}

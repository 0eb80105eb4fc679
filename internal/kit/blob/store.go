package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// tmpFolder holds what is not committed. Names cannot begin with a dot, so none reaches it.
const tmpFolder = ".tmp"

// lostFolder holds what SetAside took out of the store. It is no part of it: no name reaches it and no list tells of it.
const lostFolder = "lost+found"

// Store is one folder of committed files.
type Store struct {
	dir     string
	disk    Disk
	keys    Keys   // nil: files are written as they are
	scratch string // where content may lie in clear for a moment

	heads sync.Mutex // one change of a file's wrapped key at a time

	mu     sync.Mutex
	broken error           // the first failed sync
	synced map[string]bool // folders whose entry in their parent is known to be on disk
	open   map[string]bool // temporary paths in use, which Sweep leaves alone
}

// Open opens the store in dir, and creates the folder when it is missing.
func Open(dir string) (*Store, error) { return OpenOn(dir, osDisk{}) }

// OpenSealed is Open for a store whose files are encrypted: AES-256-GCM in chunks, under a key of each file's own, which
// lies in the file's head, wrapped by one of keys. Names, sizes and sums stay those of the content. scratch is a folder
// whose files nobody finds on a disk later (see Scratch).
func OpenSealed(dir string, keys Keys, scratch string) (*Store, error) {
	s, err := Open(dir)
	if err != nil {
		return nil, err
	}
	s.keys, s.scratch = keys, scratch
	return s, nil
}

// ScratchDir makes a folder in which content may lie in clear while it is worked on. End it with DropScratch.
func (s *Store) ScratchDir() (string, error) {
	if s.scratch == "" {
		return s.TempDir()
	}
	dir, err := os.MkdirTemp(s.scratch, "work-")
	if err != nil {
		return "", classify("create scratch folder", err)
	}
	return dir, nil
}

// Nameless makes path lead to a file that has no name: another library writes it by path, and a kill leaves nothing of it.
// Where the system has no such paths (not Linux) it is a plain file.
func (s *Store) Nameless(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, classify("make a nameless file", err)
	}
	through := fmt.Sprintf("/proc/self/fd/%d", f.Fd())
	if s.scratch == "" || !leadsTo(through, f) {
		return f, nil
	}
	if err := errors.Join(os.Remove(path), os.Symlink(through, path)); err != nil {
		return nil, errors.Join(classify("make a nameless file", err), f.Close())
	}
	return f, nil
}

// leadsTo tells whether the path opens that very file.
func leadsTo(path string, f *os.File) bool {
	there, err := os.Stat(path)
	here, err2 := f.Stat()
	return err == nil && err2 == nil && os.SameFile(there, here)
}

// DropScratch removes a folder of ScratchDir.
func (s *Store) DropScratch(dir string) error {
	s.release(dir)
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("drop scratch folder: %w", err)
	}
	return nil
}

// OpenOn is Open on another disk.
func OpenOn(dir string, disk Disk) (*Store, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open blob store %s: %w", dir, err)
	}
	s := &Store{dir: abs, disk: disk, synced: map[string]bool{}, open: map[string]bool{}}
	if err := s.ensure(abs); err != nil {
		return nil, fmt.Errorf("open blob store %s: %w", dir, err)
	}
	if err := s.ensure(filepath.Join(abs, tmpFolder)); err != nil {
		return nil, fmt.Errorf("open blob store %s: %w", dir, err)
	}
	return s, nil
}

// Err is the fault of a store that lost a promise, for the health probe; nil while all is well.
func (s *Store) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err()
}

// Present is Err, and tells a folder that was taken away while the program runs. It costs two looks at the folder.
func (s *Store) Present() error {
	if err := s.Err(); err != nil {
		return err
	}
	for _, dir := range []string{s.dir, filepath.Join(s.dir, tmpFolder)} {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return fault.New(fault.Unavailable, "blob.folder_missing", dir).Because(err)
		}
	}
	return nil
}

func (s *Store) err() error {
	if s.broken == nil {
		return nil
	}
	return fault.New(fault.Unavailable, "blob.storage_failed").Because(s.broken)
}

// fail upholds invariant 3.
func (s *Store) fail(what string, cause error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken == nil {
		s.broken = fmt.Errorf("%s: %w", what, cause)
	}
	return s.err()
}

// ensure makes the folder and its parents, and syncs the parent of each that this process has not seen before: it may
// have been made by a run that was cut off in between. Folders above the store are synced only when they are made here.
func (s *Store) ensure(dir string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ensureLocked(dir)
}

func (s *Store) ensureLocked(dir string) error {
	if s.synced[dir] {
		return nil
	}
	parent := filepath.Dir(dir)
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) && parent != dir {
		if err := s.ensureLocked(parent); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o700)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return classify("create folder", err)
	}
	inside := dir != s.dir && strings.HasPrefix(dir, s.dir+string(filepath.Separator))
	if inside && err != nil { // it existed
		if err := s.ensureLocked(parent); err != nil {
			return err
		}
	}
	existed := err != nil
	if err := s.disk.Sync(parent); err != nil {
		if existed && !inside && errors.Is(err, fs.ErrPermission) { // an administrator made the folder and its parent is not ours
			s.synced[dir] = true
			return nil
		}
		if s.broken == nil {
			s.broken = fmt.Errorf("sync folder: %w", err)
		}
		return s.err()
	}
	s.synced[dir] = true
	return nil
}

// OpenFile opens a committed file for reading.
func (s *Store) OpenFile(name string) (*Reader, error) {
	p, err := s.locate(name)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "blob.not_found", name)
	}
	if err != nil {
		return nil, fmt.Errorf("open blob %s: %w", name, err)
	}
	return newReader(f, s.keys, name)
}

// Plain opens a committed file for a reader in another process.
func (s *Store) Plain(name string) (*os.File, error) {
	r, err := s.OpenFile(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return r.Plain(s.scratch)
}

// tmpPath reserves a fresh path under .tmp.
func (s *Store) tmpPath() string {
	p := filepath.Join(s.dir, tmpFolder, ids.New())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[p] = true
	return p
}

func (s *Store) release(p string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, p)
}

// classify tells a full disk, which someone can clear, from our own mistakes.
func classify(what string, err error) error {
	if isFull(err) {
		return fault.New(fault.Unavailable, "blob.disk_full").Because(err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
)

// Writer is a file that exists under its name only after Commit.
type Writer struct {
	s     *Store
	name  string
	final string // empty for a file of a prepared folder
	tmp   string
	file  File // nil once ended
	seal  *sealer
	sum   hash.Hash
	size  int64
	err   error
}

// Create begins a file. name may hold subfolders with "/", never "..", a leading "/" or "."; it is replaced whole if it
// exists. End it with Commit; a deferred Abort does nothing after that.
func (s *Store) Create(name string) (*Writer, error) {
	final, err := s.locate(name)
	if err != nil {
		return nil, err
	}
	return s.begin(&Writer{s: s, name: name, final: final, tmp: s.tmpPath(), sum: sha256.New()}, StreamChunk)
}

// CreateIn begins a file of a prepared folder (TempDir) that CommitDir will put in place as folder name. Its Commit ends
// the file; CommitDir puts it on disk. Files of which single pages will be read take PageChunk, others StreamChunk.
func (s *Store) CreateIn(tmpDir, name, file string, chunk int) (*Writer, error) {
	full := name + "/" + file
	if _, err := s.locate(full); err != nil {
		return nil, err
	}
	return s.begin(&Writer{s: s, name: full, tmp: filepath.Join(tmpDir, filepath.FromSlash(file)), sum: sha256.New()}, chunk)
}

// begin makes the file and, in a sealed store, its head.
func (s *Store) begin(w *Writer, chunk int) (*Writer, error) {
	if err := s.Err(); err != nil {
		s.release(w.tmp)
		return nil, err
	}
	var err error
	if w.file, err = s.disk.Create(w.tmp); err != nil {
		s.release(w.tmp)
		return nil, classify("create blob", err)
	}
	if s.keys == nil {
		return w, nil
	}
	seal, first, err := newSealer(s.keys, w.name, chunk)
	if err == nil {
		_, err = w.file.Write(first)
	}
	if err != nil {
		w.Abort()
		return nil, classify("create blob", err)
	}
	w.seal = seal
	return w, nil
}

// Write adds bytes. After an error the writer can only be aborted.
func (w *Writer) Write(p []byte) (int, error) {
	if w.file == nil {
		return 0, fmt.Errorf("write blob %s: already ended", w.name)
	}
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.take(p)
	w.sum.Write(p[:n])
	w.size += int64(n)
	if err != nil {
		w.err = classify("write blob "+w.name, err)
	}
	return n, w.err
}

func (w *Writer) take(p []byte) (int, error) {
	if w.seal != nil {
		return w.seal.write(w.file, p)
	}
	return w.file.Write(p)
}

// SHA256 is the digest of all bytes written so far, in hex.
func (w *Writer) SHA256() string { return hex.EncodeToString(w.sum.Sum(nil)) }

// KeyID names the key that wraps the file's own; empty in a store that is not sealed.
func (w *Writer) KeyID() string {
	if w.seal == nil {
		return ""
	}
	return w.seal.head.keyID
}

// Size is the number of bytes written so far.
func (w *Writer) Size() int64 { return w.size }

// Reopen opens what has been written so far for reading, so that it can be judged before it is kept. The
// content ends here.
func (w *Writer) Reopen() (*os.File, error) {
	if w.file == nil || w.err != nil {
		return nil, fmt.Errorf("reopen blob %s: ended or broken", w.name)
	}
	if err := w.end(); err != nil {
		return nil, err
	}
	f, err := os.Open(w.tmp)
	if err != nil {
		return nil, classify("reopen blob "+w.name, err)
	}
	if w.seal == nil {
		return f, nil
	}
	r, err := newReader(f, w.s.keys, w.name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return r.Plain(w.s.scratch)
}

// end writes the last chunk of a sealed file.
func (w *Writer) end() error {
	if w.seal == nil {
		return nil
	}
	if err := w.seal.end(w.file); err != nil {
		w.err = classify("write blob "+w.name, err)
	}
	return w.err
}

// Commit puts the file on disk under its name. When it answers nil the file survives a power cut; otherwise the name
// shows what it showed before, except after blob.storage_failed, when either may be on disk.
func (w *Writer) Commit() error {
	if w.file == nil {
		return fmt.Errorf("commit blob %s: already ended", w.name)
	}
	defer w.Abort()
	if w.err != nil {
		return w.err
	}
	if err := w.s.Err(); err != nil {
		return err
	}
	if err := w.end(); err != nil {
		return err
	}
	if w.final != "" {
		if err := w.file.Sync(); err != nil {
			return w.s.fail("sync file", err)
		}
	}
	err := w.file.Close()
	w.file = nil
	if err != nil {
		return classify("close blob "+w.name, err)
	}
	if w.final == "" {
		w.tmp = "" // the folder has it now
		return nil
	}
	return w.s.place(w.tmp, w.final)
}

// Abort drops the file. It does nothing when the writer has ended.
func (w *Writer) Abort() {
	if w.file != nil {
		_ = w.file.Close() // the bytes are dropped anyway
		w.file = nil
	}
	if w.tmp != "" {
		_ = os.Remove(w.tmp) // gone after a commit; else Sweep finds it at the next start
		w.s.release(w.tmp)
		w.tmp = ""
	}
}

// place renames what is synced to where it is seen, and syncs the folder. Invariant 2.
func (s *Store) place(tmp, final string) error {
	if err := s.ensure(filepath.Dir(final)); err != nil {
		return err
	}
	if err := s.disk.Rename(tmp, final); err != nil {
		return classify("rename blob into place", err)
	}
	if err := s.disk.Sync(filepath.Dir(final)); err != nil {
		return s.fail("sync folder", err)
	}
	return nil
}

// Put writes a small file whole.
func (s *Store) Put(name string, data []byte) error {
	w, err := s.Create(name)
	if err != nil {
		return err
	}
	defer w.Abort()
	if _, err := w.Write(data); err != nil {
		return err
	}
	return w.Commit()
}

// TempDir makes a folder in which several files that belong together are prepared for CommitDir. Give an unused one back
// with DropDir; after a crash Sweep finds it.
func (s *Store) TempDir() (string, error) {
	if err := s.Err(); err != nil {
		return "", err
	}
	dir := s.tmpPath()
	if err := os.Mkdir(dir, 0o700); err != nil {
		s.release(dir)
		return "", classify("create temporary folder", err)
	}
	return dir, nil
}

// DropDir removes a folder of TempDir that is not to be committed; after CommitDir it does nothing.
func (s *Store) DropDir(tmpDir string) error {
	defer s.release(tmpDir)
	if filepath.Dir(tmpDir) != filepath.Join(s.dir, tmpFolder) {
		return fmt.Errorf("drop folder %s: it is not one of TempDir", tmpDir)
	}
	if err := os.RemoveAll(tmpDir); err != nil {
		return fmt.Errorf("drop temporary folder: %w", err)
	}
	return nil
}

// CommitDir puts every file and folder of a prepared folder on disk and renames it into place as finalName, which must
// not exist. The folder must lie on the same file system, best in TempDir; its files must be closed.
func (s *Store) CommitDir(tmpDir, finalName string) error {
	final, err := s.locate(finalName)
	if err != nil {
		return err
	}
	if err := s.Err(); err != nil {
		return err
	}
	if _, err := os.Lstat(final); err == nil {
		return exists(finalName)
	}
	if err := s.syncTree(tmpDir); err != nil {
		return err
	}
	err = s.place(tmpDir, final)
	if errors.Is(err, fs.ErrExist) {
		return exists(finalName)
	}
	if err == nil {
		s.release(tmpDir)
	}
	return err
}

// syncTree syncs the files first and each folder after what it holds.
func (s *Store) syncTree(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read prepared folder: %w", err)
	}
	for _, e := range entries {
		p := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
			if err := s.syncTree(p); err != nil {
				return err
			}
		case e.Type().IsRegular():
			if err := s.disk.Sync(p); err != nil {
				return s.fail("sync file", err)
			}
		default:
			return fmt.Errorf("prepared folder: %s is neither file nor folder", e.Name())
		}
	}
	if err := s.disk.Sync(dir); err != nil {
		return s.fail("sync folder", err)
	}
	return nil
}

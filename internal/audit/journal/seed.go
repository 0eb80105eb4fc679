package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"lienthong/internal/audit/merkle"
)

// seed begins an empty second folder behind what has left the first one: it gets the archives and the hashes, and its
// segments go on from there.
func (w *folder) seed(to *folder, verifierKey string) error {
	if to.size > 0 {
		return fmt.Errorf("the folder ends at record %d, and those up to %d have left the other folder for its archives: move the folder away and start with an empty one", to.size, w.base)
	}
	last, err := w.archivesBefore(w.base, verifierKey)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(to.dir, archiveFolder)); err != nil { // of a try that did not finish
		return err
	}
	if err := copyArchives(w.dir, to.dir, w.base); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(to.dir, hashFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := copyBytes(w.dir, to.dir, hashFile, merkle.StoredCount(w.base)*merkle.HashLen); err != nil {
		return err
	}
	if err := errors.Join(to.segment.Close(), os.Remove(to.path(0))); err != nil {
		return err
	}
	to.segment, to.first, to.written = nil, last.First, last.bytes
	to.size, to.base = w.base, w.base
	return to.startSegment(w.base)
}

// copyArchives copies what has left a folder before record base.
func copyArchives(dir, to string, base int64) error {
	firsts, err := archiveFirsts(dir)
	if err != nil {
		return err
	}
	for _, first := range firsts {
		if first >= base {
			break
		}
		from, into := archiveDir(dir, first), archiveDir(to, first)
		files, err := os.ReadDir(from)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(into, 0o750); err != nil {
			return err
		}
		for _, f := range files {
			if err := copyBytes(from, into, f.Name(), -1); err != nil {
				return err
			}
		}
		if err := syncFolder(into); err != nil {
			return err
		}
	}
	if len(firsts) == 0 {
		return nil
	}
	if err := os.MkdirAll(filepath.Join(to, archiveFolder), 0o750); err != nil {
		return err
	}
	return errors.Join(syncFolder(filepath.Join(to, archiveFolder)), syncFolder(to))
}

package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lienthong/internal/audit/merkle"
)

// recoverHashes opens the stored hashes up to the newest checkpoint, whose root they must give, and adds those of the
// later records. Hashes that do not fit are made again from the records; if the records do not give the signed root
// either, the folder is refused.
func (w *folder) recoverHashes() (*merkle.Tree, error) {
	f, err := os.OpenFile(filepath.Join(w.dir, hashFile), os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("open stored hashes: %w", err)
	}
	w.hashes = f
	signed := int64(0)
	if w.newest != nil {
		signed = w.newest.Size
	}
	tree, ok := w.storedTree(signed)
	if !ok {
		// Records that have left for an archive cannot be hashed again; their part must be as it was stored.
		if tree, err = merkle.LoadTree(w.base, merkle.Stored(w.hashes)); err != nil {
			return nil, w.refuse(&damage{file: hashFile, what: "the stored hashes of records that have left for an archive are missing"})
		}
		signed = w.base
	}
	if err := w.addHashes(tree, signed); err != nil {
		return nil, err
	}
	return tree, w.flushHashes()
}

func (w *folder) storedTree(signed int64) (*merkle.Tree, bool) {
	tree, err := merkle.LoadTree(signed, merkle.Stored(w.hashes))
	if err != nil || (signed > 0 && tree.Root() != w.newest.Root) {
		return nil, false
	}
	return tree, true
}

func (w *folder) addHashes(tree *merkle.Tree, from int64) error {
	end := merkle.StoredCount(from) * merkle.HashLen
	if err := w.hashes.Truncate(end); err != nil {
		return fmt.Errorf("cut stored hashes: %w", err)
	}
	if _, err := w.hashes.Seek(end, 0); err != nil {
		return fmt.Errorf("continue stored hashes: %w", err)
	}
	w.pending = w.pending[:0]
	check := func() error {
		if w.newest != nil && tree.Size() == w.newest.Size && tree.Root() != w.newest.Root {
			return w.refuse(&damage{file: "the journal", seq: tree.Size(),
				what: "the records before this one are not those of the signed checkpoint"})
		}
		return nil
	}
	err := readFolder(w.dir, from, w.size, func(e Entry) error {
		w.keepHashes(tree.Add(merkle.LeafHash(e.Body), nil))
		if len(w.pending) > 1<<16 {
			if err := w.flushHashes(); err != nil {
				return err
			}
		}
		return check()
	})
	var d *damage
	if errors.As(err, &d) {
		return w.refuse(d)
	}
	return err
}

func (w *folder) keepHashes(hashes []merkle.Hash) {
	for i := range hashes {
		w.pending = append(w.pending, hashes[i][:]...)
	}
}

func (w *folder) flushHashes() error {
	if len(w.pending) == 0 {
		return nil
	}
	if err := w.disk.write(w.hashes, w.pending); err != nil {
		return fmt.Errorf("write %s: %w", hashFile, err)
	}
	w.pending = w.pending[:0]
	return nil
}

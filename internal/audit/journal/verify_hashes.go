package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"lienthong/internal/audit/merkle"
)

// hashFileReader reads stored hashes one after the other.
type hashFileReader struct {
	file *os.File
	r    *bufio.Reader
	size int64
	done bool
}

func (h *hashFileReader) close() {
	if h.file != nil {
		_ = h.file.Close()
	}
}

func (v *verifier) openHashes() error {
	f, err := os.Open(filepath.Join(v.dir, hashFile))
	if errors.Is(err, fs.ErrNotExist) {
		v.stored.done = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("verify journal: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(fmt.Errorf("verify journal: %w", err), f.Close())
	}
	v.stored = hashFileReader{file: f, r: bufio.NewReaderSize(f, 1<<18), size: info.Size()}
	return nil
}

// nextLeaf reads the next stored leaf hash and checks the inner hashes stored behind it. False at the end of the file.
func (v *verifier) nextLeaf() (merkle.Hash, bool, error) {
	leaf, ok, err := v.readHash()
	if err != nil || !ok {
		return leaf, false, err
	}
	seq := v.leaves.Size()
	want := v.leaves.Add(leaf, nil)
	for i, inner := range want[1:] {
		got, ok, err := v.readHash()
		if err != nil {
			return leaf, false, err
		}
		if v.wrongHash == nil && (!ok || got != inner) {
			v.wrongHash = &Finding{Seq: -1, File: hashFile, Offset: (merkle.StoredCount(seq) + int64(i) + 1) * merkle.HashLen, What: "a stored hash does not follow from the stored leaf hashes"}
		}
	}
	return leaf, true, nil
}

func (v *verifier) readHash() (h merkle.Hash, ok bool, err error) {
	if v.stored.done {
		return h, false, nil
	}
	_, err = io.ReadFull(v.stored.r, h[:])
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		v.stored.done = true
		return h, false, nil
	}
	if err != nil {
		return h, false, fmt.Errorf("verify journal: read %s: %w", hashFile, err)
	}
	return h, true, nil
}

// drainLeaves reads the stored leaves behind the last whole record, so that it is known whether they are the signed
// ones.
func (v *verifier) drainLeaves() error {
	for {
		_, ok, err := v.nextLeaf()
		if err != nil || !ok {
			return err
		}
		v.passMarks()
	}
}

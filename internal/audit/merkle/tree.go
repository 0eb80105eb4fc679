package merkle

import (
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a node of the tree.
type Hash = tlog.Hash

// HashLen is the length of a hash in the stored-hash file.
const HashLen = tlog.HashSize

// LeafHash is the hash of one record's bytes.
func LeafHash(body []byte) Hash { return tlog.RecordHash(body) }

// Tree grows leaf by leaf and remembers only the right edge: one hash per complete subtree, largest first.
type Tree struct {
	size int64
	edge []Hash // edge[i] belongs to the i-th set bit of size, from the highest
}

// Size is the number of leaves.
func (t *Tree) Size() int64 { return t.size }

// Add appends a leaf and appends to out the hashes that the stored-hash file gains, in tlog's order.
func (t *Tree) Add(leaf Hash, out []Hash) []Hash {
	out = append(out, leaf)
	h := leaf
	for n := t.size; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(t.edge[len(t.edge)-1], h)
		t.edge = t.edge[:len(t.edge)-1]
		out = append(out, h)
	}
	t.edge = append(t.edge, h)
	t.size++
	return out
}

// Root is the hash of the whole tree.
func (t *Tree) Root() Hash {
	if len(t.edge) == 0 {
		root, _ := tlog.TreeHash(0, nil) // of the empty tree: needs no reader and cannot fail
		return root
	}
	h := t.edge[len(t.edge)-1]
	for i := len(t.edge) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.edge[i], h)
	}
	return h
}

// LoadTree reads the right edge of a tree of n leaves from stored hashes.
func LoadTree(n int64, stored tlog.HashReader) (*Tree, error) {
	t := &Tree{size: n}
	var at []int64
	var done int64
	for level := 62; level >= 0; level-- {
		if n>>level&1 == 1 {
			at = append(at, tlog.StoredHashIndex(level, done>>level))
			done += 1 << level
		}
	}
	if len(at) == 0 {
		return t, nil
	}
	edge, err := stored.ReadHashes(at)
	if err != nil {
		return nil, fmt.Errorf("load the edge of a tree of %d: %w", n, err)
	}
	t.edge = edge
	return t, nil
}

// StoredCount is the number of hashes stored for n leaves.
func StoredCount(n int64) int64 { return tlog.StoredHashCount(n) }

// Stored reads hashes from a file that holds them one after the other.
func Stored(f io.ReaderAt) tlog.HashReader {
	return tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(at))
		for i, index := range at {
			if _, err := f.ReadAt(hashes[i][:], index*HashLen); err != nil {
				return nil, fmt.Errorf("read stored hash %d: %w", index, err)
			}
		}
		return hashes, nil
	})
}

// StoredLeaf reads the hash of leaf seq.
func StoredLeaf(seq int64, stored tlog.HashReader) (Hash, error) {
	found, err := stored.ReadHashes([]int64{tlog.StoredHashIndex(0, seq)})
	if err != nil {
		return Hash{}, err
	}
	return found[0], nil
}

// Inclusion proves that leaf seq is in the tree of size n.
func Inclusion(n, seq int64, stored tlog.HashReader) ([]Hash, error) {
	return tlog.ProveRecord(n, seq, stored)
}

// CheckInclusion checks a proof of Inclusion.
func CheckInclusion(proof []Hash, n int64, root Hash, seq int64, leaf Hash) error {
	return tlog.CheckRecord(proof, n, root, seq, leaf)
}

// Consistency proves that the tree of size n begins with the tree of size old.
func Consistency(n, old int64, stored tlog.HashReader) ([]Hash, error) {
	return tlog.ProveTree(n, old, stored)
}

// CheckConsistency checks a proof of Consistency.
func CheckConsistency(proof []Hash, n int64, root Hash, old int64, oldRoot Hash) error {
	return tlog.CheckTree(proof, n, root, old, oldRoot)
}

// ParseHash reads a hash as String writes it.
func ParseHash(text string) (Hash, error) { return tlog.ParseHash(text) }

// CheckGrowth checks that the tree of size n begins with that of size old, which may be empty or the same.
func CheckGrowth(proof []Hash, n int64, root Hash, old int64, oldRoot Hash) error {
	if old == 0 || old == n {
		if len(proof) > 0 {
			return fmt.Errorf("a proof of growth from %d to %d must be empty", old, n)
		}
		if old == n && root != oldRoot {
			return fmt.Errorf("two trees of %d records have different roots", n)
		}
		return nil
	}
	return CheckConsistency(proof, n, root, old, oldRoot)
}

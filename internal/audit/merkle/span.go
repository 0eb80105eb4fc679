package merkle

import (
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Span proves that the leaves from ≤ seq < to stand in a tree: the hashes of all that is left and right of them.
// Unlike one inclusion proof a leaf it is a few dozen hashes for any number of leaves.
type Span struct {
	From, To, Size int64
	Left, Right    []Hash
}

// subtree is a complete one: leaves at<<level ≤ seq < (at+1)<<level.
type subtree struct {
	level int
	at    int64
}

// cover splits from ≤ seq < to into the fewest complete subtrees, in order.
func cover(from, to int64) []subtree {
	var list []subtree
	for from < to {
		level := bits.Len64(uint64(to-from)) - 1
		if from > 0 {
			level = min(level, bits.TrailingZeros64(uint64(from)))
		}
		list = append(list, subtree{level, from >> level})
		from += 1 << level
	}
	return list
}

// ProveSpan reads the proof from stored hashes.
func ProveSpan(size, from, to int64, stored tlog.HashReader) (Span, error) {
	s := Span{From: from, To: to, Size: size}
	if from < 0 || from >= to || to > size {
		return s, fmt.Errorf("prove records %d to %d of %d: there are none", from, to, size)
	}
	for _, side := range []struct {
		from, to int64
		hashes   *[]Hash
	}{{0, from, &s.Left}, {to, size, &s.Right}} {
		var at []int64
		for _, sub := range cover(side.from, side.to) {
			at = append(at, tlog.StoredHashIndex(sub.level, sub.at))
		}
		if len(at) == 0 {
			continue
		}
		hashes, err := stored.ReadHashes(at)
		if err != nil {
			return s, fmt.Errorf("prove records %d to %d: %w", from, to, err)
		}
		*side.hashes = hashes
	}
	return s, nil
}

// Begin is the tree left of the span; the span's leaves are added to it, then End closes it.
func (s Span) Begin() (*Tree, error) {
	if len(s.Left) != len(cover(0, s.From)) || len(s.Right) != len(cover(s.To, s.Size)) {
		return nil, fmt.Errorf("the proof of records %d to %d does not have its hashes", s.From, s.To)
	}
	return &Tree{size: s.From, edge: append([]Hash(nil), s.Left...)}, nil
}

// End gives the root of the whole tree, from a tree to which every leaf of the span was added.
func (s Span) End(t *Tree) (Hash, error) {
	if t.size != s.To {
		return Hash{}, fmt.Errorf("the proof is of the records to %d, %d were added", s.To, t.size)
	}
	for i, sub := range cover(s.To, s.Size) {
		t.addSubtree(sub.level, s.Right[i])
	}
	return t.Root(), nil
}

// addSubtree appends a complete subtree; the tree's size must be a multiple of the subtree's.
func (t *Tree) addSubtree(level int, h Hash) {
	for n := t.size >> level; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(t.edge[len(t.edge)-1], h)
		t.edge = t.edge[:len(t.edge)-1]
	}
	t.edge = append(t.edge, h)
	t.size += 1 << level
}

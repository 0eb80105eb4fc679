package merkle

import (
	"bytes"
	"fmt"
	"testing"
)

func TestSpansGiveTheRootAndNothingElseDoes(t *testing.T) {
	var file stored
	var tree Tree
	const size = 70
	for n := range size {
		file.add(tree.Add(LeafHash(fmt.Appendf(nil, "record %d", n)), nil))
	}
	reader := Stored(bytes.NewReader(file.Bytes()))
	root := func(s Span, spoil int64) Hash {
		t.Helper()
		part, err := s.Begin()
		if err != nil {
			t.Fatal(err)
		}
		for n := s.From; n < s.To; n++ {
			word := "record"
			if n == spoil {
				word = "forged"
			}
			part.Add(LeafHash(fmt.Appendf(nil, "%s %d", word, n)), nil)
		}
		got, err := s.End(part)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for from := range int64(size) {
		for to := from + 1; to <= size; to++ {
			s, err := ProveSpan(size, from, to, reader)
			if err != nil {
				t.Fatal(err)
			}
			if root(s, -1) != tree.Root() {
				t.Fatalf("records %d to %d do not give the root", from, to)
			}
			if root(s, to-1) == tree.Root() {
				t.Fatalf("a forged record in %d to %d gives the root", from, to)
			}
		}
	}
	s, err := ProveSpan(size, 10, 20, reader)
	if err != nil {
		t.Fatal(err)
	}
	s.Right = s.Right[1:]
	if _, err := s.Begin(); err == nil {
		t.Error("a proof without one of its hashes was taken")
	}
	if _, err := ProveSpan(size, 5, size+1, reader); err == nil {
		t.Error("records behind the tree were proved")
	}
}

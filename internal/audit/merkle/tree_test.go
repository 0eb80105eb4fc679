package merkle

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

type stored struct{ bytes.Buffer }

func (s *stored) add(hashes []Hash) {
	for _, h := range hashes {
		s.Write(h[:])
	}
}

func TestTreeAgreesWithTlog(t *testing.T) {
	var file stored
	var tree Tree
	roots := []Hash{tree.Root()}
	for n := int64(0); n < 300; n++ {
		file.add(tree.Add(LeafHash(fmt.Appendf(nil, "record %d", n)), nil))
		reader := Stored(bytes.NewReader(file.Bytes()))
		want, err := tlog.TreeHash(n+1, reader)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Root(); got != want {
			t.Fatalf("root of %d: got %v, tlog says %v", n+1, got, want)
		}
		loaded, err := LoadTree(n+1, reader)
		if err != nil || loaded.Root() != want {
			t.Fatalf("loaded edge of %d does not give the root: %v", n+1, err)
		}
		roots = append(roots, want)
	}
	reader := Stored(bytes.NewReader(file.Bytes()))
	for _, seq := range []int64{0, 1, 63, 64, 255, 299} {
		proof, err := Inclusion(300, seq, reader)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckInclusion(proof, 300, roots[300], seq, LeafHash(fmt.Appendf(nil, "record %d", seq))); err != nil {
			t.Errorf("inclusion of %d: %v", seq, err)
		}
		if CheckInclusion(proof, 300, roots[300], seq, LeafHash([]byte("other"))) == nil {
			t.Errorf("inclusion of another record at %d was accepted", seq)
		}
	}
	for _, old := range []int64{1, 2, 100, 256, 300} {
		proof, err := Consistency(300, old, reader)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckConsistency(proof, 300, roots[300], old, roots[old]); err != nil {
			t.Errorf("consistency from %d: %v", old, err)
		}
		if old < 300 && CheckConsistency(proof, 300, roots[300], old, roots[old-1]) == nil {
			t.Errorf("consistency with a forked tree of %d was accepted", old)
		}
	}
}

func TestCheckpointRoundTripAndEveryFlip(t *testing.T) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	origin := "example.test/audit"
	vkey, err := VerifierKey(origin, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	want := Checkpoint{Origin: origin, Size: 42, Root: LeafHash([]byte("root")), HistoryLen: 9}
	raw, err := want.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseCheckpoint(raw, vkey)
	if err != nil || got != want {
		t.Fatalf("round trip: %+v, %v", got, err)
	}
	for i := range raw {
		for bit := range 8 {
			bad := bytes.Clone(raw)
			bad[i] ^= 1 << bit
			if _, err := ParseCheckpoint(bad, vkey); err == nil {
				t.Errorf("flip of bit %d in byte %d (%q) was accepted", bit, i, raw[i])
			}
		}
	}
}

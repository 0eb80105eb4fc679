package merkle

import (
	"bytes"
	"crypto/ed25519"
	"testing"
	"time"
)

func TestCosignatureRoundTripAndEveryFlip(t *testing.T) {
	logKey, witnessKey := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32))
	c := Checkpoint{Origin: "example.test/audit", Size: 42, Root: LeafHash([]byte("root"))}
	raw, err := c.Sign(logKey)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := ParseForeign(raw)
	if err != nil || foreign.Size != 42 || foreign.Root != c.Root || foreign.Origin != c.Origin {
		t.Fatalf("read as a foreign checkpoint: %+v, %v", foreign, err)
	}
	at := time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)
	raw = append(raw, Cosign(foreign.Text, "witness.test/w1", witnessKey, at)...)
	w, err := ParseCosigner(NewCosigner("witness.test/w1", witnessKey.Public().(ed25519.PublicKey)).String())
	if err != nil {
		t.Fatal(err)
	}
	text, sigs, err := OpenCosigned(raw, w)
	if err != nil || len(sigs) != 1 || !sigs[0].At.Equal(at) || !bytes.Equal(text, foreign.Text) {
		t.Fatalf("cosigned: %+v, %v", sigs, err)
	}
	key, err := VerifierKey(c.Origin, logKey.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseCheckpoint(raw, key); err != nil || got != c {
		t.Fatalf("a cosigned checkpoint is still the log's: %+v, %v", got, err)
	}
	for i := range raw {
		for bit := range 8 {
			bad := bytes.Clone(raw)
			bad[i] ^= 1 << bit
			_, byLog := ParseCheckpoint(bad, key)
			_, sigs, byWitness := OpenCosigned(bad, w)
			if byLog == nil && byWitness == nil && len(sigs) == 1 {
				t.Errorf("flip of bit %d in byte %d was accepted", bit, i)
			}
		}
	}
	other := NewCosigner("witness.test/w1", logKey.Public().(ed25519.PublicKey))
	if _, sigs, err := OpenCosigned(raw, other); err != nil || len(sigs) != 0 {
		t.Errorf("a cosignature under another key: %v, %v", sigs, err)
	}
}

// Package audittest opens real evidence logs for tests.
package audittest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"testing"

	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/controldb"
)

// Log is an evidence log in a folder of its own, tied to the store, that ends with the test.
func Log(t testing.TB, db *controldb.DB) *audit.Log {
	t.Helper()
	l, err := audit.Open(t.TempDir(), audit.Options{
		PersonKey: bytes.Repeat([]byte{7}, 32),
		Journal:   journal.Options{Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32)), Origin: "test.example/audit"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if err := l.UseOutbox(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	return l
}

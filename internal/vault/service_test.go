package vault_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/secret"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/vault"
	"lienthong/internal/warehouse/warehousetest"
)

func TestKeysChangeAndOldOnesStillOpen(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		ctx := context.Background()
		keys, err := secret.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		log := warehousetest.Log(t, db)
		start := func() *vault.Service {
			t.Helper()
			s, err := vault.NewService(ctx, vault.Parts{DB: db, Log: log, Clock: clock.System(), Keys: keys, Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		dir, scratch := t.TempDir(), t.TempDir()
		wrappedBy := func(name string) string {
			raw, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			return string(raw[512:1536])
		}
		s := start()
		store, err := s.Open("raw", dir, scratch)
		if err != nil {
			t.Fatal(err)
		}
		if err := store.Put("first", []byte("content")); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Rotate(ctx); err != nil || n != 2 {
			t.Fatalf("%d, %v", n, err)
		}
		if err := store.Put("second", []byte("content")); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(wrappedBy("first"), "raw 1") || !strings.Contains(wrappedBy("second"), "raw 2") {
			t.Fatal("only new files are wrapped by the new key at once")
		}
		// A restart before the re-wrapping knows the current key and finishes.
		s = start()
		if store, err = s.Open("raw", dir, scratch); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Rewrap(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if by := wrappedBy("first"); strings.Contains(by, "raw 1") || !strings.Contains(by, "raw 2") {
			t.Fatal("the old key still wraps a file")
		}
		f, err := store.OpenFile("first")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if got, err := io.ReadAll(f); err != nil || string(got) != "content" {
			t.Fatalf("%q, %v", got, err)
		}
		other, err := s.Open("warehouse", dir, scratch) // key separation: one store's keys open nothing of another
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.OpenFile("first"); !fault.Is(err, "blob.damaged") {
			t.Fatalf("got %v", err)
		}
		var done, all int
		if err := db.QueryRowContext(ctx, `SELECT COUNT(*), SUM(CASE WHEN wrapped_at > 0 THEN 1 ELSE 0 END) FROM vault_key`).Scan(&all, &done); err != nil || all != 2 || done != 1 {
			t.Fatalf("%d keys, %d wrap everything: %v", all, done, err)
		}
	})
}

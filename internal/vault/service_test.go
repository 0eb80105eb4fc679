package vault_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/blob"
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
		want := map[string]int{"vault.first_key": 1, "vault.rotate": 1, "vault.open": 2, "vault.rewrap": 1, "vault.use": 0}
		if got := events(t, log); !maps.Equal(got.times(want), want) {
			t.Fatalf("records of keys: %v", got)
		}
		var done, all int
		if err := db.QueryRowContext(ctx, `SELECT COUNT(*), SUM(CASE WHEN wrapped_at > 0 THEN 1 ELSE 0 END) FROM vault_key`).Scan(&all, &done); err != nil || all != 2 || done != 1 {
			t.Fatalf("%d keys, %d wrap everything: %v", all, done, err)
		}
	})
}

type records []*audit.Record

func events(t *testing.T, log *audit.Log) records {
	t.Helper()
	var all records
	err := log.Journal().Each(0, log.Journal().Size(), func(e journal.Entry) error {
		r, err := audit.Decode(e.Body)
		all = append(all, r)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// times counts the records of the named events.
func (all records) times(named map[string]int) map[string]int {
	n := map[string]int{}
	for event := range named {
		n[event] = 0
		for _, r := range all {
			if r.Event == event {
				n[event]++
			}
		}
	}
	return n
}

func (all records) String() string {
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintln(&b, r.Event, r.Subject, r.Detail)
	}
	return b.String()
}

type bench struct {
	db    *controldb.DB
	log   *audit.Log
	keys  *secret.Keyring
	clock *clock.Adjustable
}

func newBench(t *testing.T, db *controldb.DB) *bench {
	keys, err := secret.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &bench{db: db, log: warehousetest.Log(t, db), keys: keys, clock: clock.NewAdjustable(clock.System())}
}

func (b *bench) node(t *testing.T) (*vault.Service, *blob.Store, string) {
	t.Helper()
	s, err := vault.NewService(context.Background(), vault.Parts{DB: b.db, Log: b.log, Clock: b.clock, Keys: b.keys, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	store, err := s.Open("raw", dir, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s, store, dir
}

func TestAnotherNodesKeyIsUsedWithoutARestart(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		ctx := context.Background()
		b := newBench(t, db)
		first, _, _ := b.node(t)
		second, store, dir := b.node(t)
		if err := store.Put("old", []byte("content")); err != nil {
			t.Fatal(err)
		}
		if _, err := first.Rotate(ctx); err != nil {
			t.Fatal(err)
		}
		if err := first.Rewrap(ctx); err != nil { // the mark of the shared store must not spare the second node its own files
			t.Fatal(err)
		}
		if err := second.Follow(ctx); err != nil {
			t.Fatal(err)
		}
		if err := store.Put("new", []byte("content")); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"old", "new"} {
			raw, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil || !strings.Contains(string(raw[:1536]), "raw 2") || strings.Contains(string(raw[:1536]), "raw 1") {
				t.Errorf("%s is not wrapped by the new key: %v", name, err)
			}
		}
	})
}

func TestUsesAreCountedByKeyPurposeAndHour(t *testing.T) {
	ctx := context.Background()
	b := newBench(t, testkit.DB(t))
	s, store, _ := b.node(t)
	read := func() {
		t.Helper()
		f, err := store.OpenFile("file")
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	if err := store.Put("file", []byte("content")); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		read()
	}
	for range 3 { // a record at the first use only
		if err := s.RecordUse(ctx, false); err != nil {
			t.Fatal(err)
		}
		read()
	}
	want := map[string]int{"vault.use": 2, "vault.use_total": 0}
	if got := events(t, b.log); !maps.Equal(got.times(want), want) {
		t.Fatalf("within the hour:\n%s", got)
	}
	b.clock.Shift(time.Hour)
	read()
	if err := s.RecordUse(ctx, false); err != nil {
		t.Fatal(err)
	}
	want = map[string]int{"vault.use": 3, "vault.use_total": 2}
	got := events(t, b.log)
	if !maps.Equal(got.times(want), want) {
		t.Fatalf("in the next hour:\n%s", got)
	}
	for _, r := range got {
		if r.Event != "vault.use_total" {
			continue
		}
		expect := map[string]string{"seal": "1", "open": "8"}[r.Detail["purpose"]]
		if r.Detail["count"] != expect || r.Detail["key"] != "raw 1" || !strings.Contains(r.Detail["process"], "pid ") || r.Actor.Type != "job" {
			t.Errorf("%s, want %s times", r.Detail, expect)
		}
	}
	if err := s.RecordUse(ctx, true); err != nil { // at the end of the process
		t.Fatal(err)
	}
	if got := events(t, b.log); got.times(want)["vault.use_total"] != 3 {
		t.Fatalf("at the end:\n%s", got)
	}
}

func TestKeysAreDestroyedOnlyWithARecord(t *testing.T) {
	b := newBench(t, testkit.DB(t))
	_, store, dir := b.node(t)
	for _, name := range []string{"v/1/rows", "v/1/more", "v/2/rows"} {
		if err := store.Put(name, []byte("content")); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Remove("v/1"); err != nil {
		t.Fatal(err)
	}
	all := events(t, b.log)
	last := all[len(all)-1]
	if last.Event != "vault.destroy" || last.Subject != "vault.file/raw/v/1" || last.Detail["files_of raw 1"] != "2" {
		t.Fatalf("%s", all)
	}
	if err := b.log.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.Remove("v/2"); err == nil {
		t.Error("keys went without a record")
	}
	if _, err := os.Stat(filepath.Join(dir, "v", "2", "rows")); err != nil {
		t.Error(err)
	}
	f, err := store.OpenFile("v/2/rows")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != "content" {
		t.Errorf("%q, %v", got, err)
	}
}

package ingest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/warehouse/warehousetest"
)

func TestTheSameTwiceChangesNothing(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		b := newBench(t, db, warehousetest.Plain{})
		b.register(t, nil)
		in := input("a.csv")
		in.IdempotencyKey = "k1"
		one, two := head+"H1,Xy,,1,,02647,3\n", head+"H1,Xy,,1,,02647,4\n"
		first := b.deliver(t, in, one)
		files := len(filesUnder(t, b.folder))

		again := b.deliver(t, in, one)
		if again.ID != first.ID {
			t.Fatal("the same key made another delivery")
		}
		if same := b.deliver(t, input("b.csv"), one); same.ID != first.ID {
			t.Fatal("the same file made another delivery")
		}
		sum := sha256.Sum256([]byte(two))
		in.SHA256 = hex.EncodeToString(sum[:])
		if _, err := b.Deliver(system("sys-05"), in, strings.NewReader(two)); !fault.Is(err, "ingest.key_reused") {
			t.Fatalf("the same key with another file: %v", err)
		}
		if n := len(filesUnder(t, b.folder)); n != files {
			t.Fatalf("%d files became %d", files, n)
		}
		if vs, err := b.warehouse.Versions(context.Background(), string(households), 0, 0); err != nil || len(vs) != 1 {
			t.Fatalf("%d versions, %v", len(vs), err)
		}
		if d := b.deliver(t, input("b.csv"), two); d.Version != 2 {
			t.Fatalf("another file: version %d", d.Version)
		}
	})
}

func TestPurgeLeavesWhoWhenAndHash(t *testing.T) {
	b := plain(t)
	b.register(t, func(d *catalog.Dataset, _ *catalog.Schema) { d.Load.MinValidShare = 0 })
	first := b.deliver(t, input("a.csv"), head+"H1,Xy,,1,,02647,3\n")
	second := b.deliver(t, input("bí mật.csv"), head+"H1,DẤU VẾT RIÊNG,,1,,02647,4\nH2,DẤU VẾT RIÊNG,,1,,99999,4\n")
	security := dictionarytest.Actor("security", "H38.02", access.OpSecurity)
	if _, err := b.Purge(catalogtest.Steward("H38.05"), second.ID, "nội dung thuộc bí mật nhà nước"); !fault.Is(err, "access.permission_missing") {
		t.Fatalf("the steward: %v", err)
	}
	for range 2 { // a purge that was cut off can be repeated
		got, err := b.Purge(security, second.ID, "nội dung thuộc bí mật nhà nước")
		if err != nil || got.State != ingest.Purged || got.SHA256 == "" || got.DeclaredBy != "sys-05" || got.FileName != "" {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	for _, folder := range []string{b.folder, b.warehouse.Folder} {
		for name, body := range filesUnder(t, folder) {
			if bytes.Contains(body, []byte("DẤU VẾT RIÊNG")) || strings.Contains(name, string(second.ID)) {
				t.Errorf("%s is left", name)
			}
		}
	}
	v, err := b.warehouse.Current(context.Background(), string(households))
	if err != nil || v.ID != first.VersionID {
		t.Fatalf("the version before is not back: %+v, %v", v.Number, err)
	}
	if d := b.deliver(t, input("c.csv"), head+"H1,Xy,,1,,02647,5\n"); d.Version != 3 {
		t.Fatalf("a number was given again: %d", d.Version)
	}
	if _, err := b.warehouse.Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := b.Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := b.warehouse.Verify(context.Background(), v.ID); err != nil {
		t.Fatal(err)
	}
}

func TestInterruptedDeliveriesAreResumed(t *testing.T) {
	db := testkit.DB(t)
	b := newBench(t, db, warehousetest.Plain{})
	b.register(t, nil)
	d, err := b.Deliver(system("sys-05"), input("a.csv"), strings.NewReader(head+"H1,Xy,,1,,02647,3\n"))
	if err != nil {
		t.Fatal(err)
	}
	// What a kill in the middle of a check leaves: the claim, temporary files, a raw file that never became known.
	if _, err := db.ExecContext(context.Background(), `UPDATE ingest_delivery SET state = 'checking', node = '1/old', lease_until = ?, attempts = 1`, time.Now().Add(time.Hour).UnixMicro()); err != nil {
		t.Fatal(err)
	}
	if err := b.files.Put("raw/H38.05/ho-ngheo/0191-unknown.csv", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if held, err := b.Check(context.Background(), d.ID); err != nil || held.State != ingest.Checking {
		t.Fatalf("a delivery that another worker holds: %+v, %v", held, err)
	}
	if err := b.Recover(context.Background()); err != nil {
		t.Fatal(err)
	}
	if files := filesUnder(t, b.folder); len(files) != 2 {
		t.Fatalf("%d files", len(files))
	}
	kept := filesUnder(t, filepath.Join(b.folder, "lost+found"))
	if len(kept) != 1 || b.catalog.Incidents.Count() != 1 || b.catalog.Incidents.Refs[0]["set_aside"] != "1" || b.catalog.Incidents.Refs[0]["in_log"] != "0" {
		t.Fatalf("set aside: %d files, %v", len(kept), b.catalog.Incidents.Refs)
	}
	got, err := b.Check(context.Background(), d.ID)
	if err != nil || got.State != ingest.Published {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestOurFailureIsTriedAgainAndThenTold(t *testing.T) {
	db := testkit.DB(t)
	b := newBench(t, db, warehousetest.Plain{})
	b.register(t, nil)
	d, err := b.Deliver(system("sys-05"), input("a.csv"), strings.NewReader(head+"H1,Xy,,1,,02647,3\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(b.folder, "raw", string(households), string(d.ID)+".csv")); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := b.Check(context.Background(), d.ID); err == nil {
			t.Fatal("a check without its file went well")
		}
	}
	got, err := b.Check(context.Background(), d.ID)
	if err != nil || got.State != ingest.Failed || got.Refusal.Code != "ingest.failed" {
		t.Fatalf("%s %+v, %v", got.State, got.Refusal, err)
	}
}

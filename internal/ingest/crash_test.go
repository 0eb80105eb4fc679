package ingest_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/catalog"
	"lienthong/internal/catalog/catalogtest"
	"lienthong/internal/dictionary"
	"lienthong/internal/dictionary/dictionarytest"
	"lienthong/internal/ingest"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/warehouse"
	"lienthong/internal/warehouse/warehousetest"
	"lienthong/migrations"
)

const crashFolder = "LIENTHONG_TEST_CRASH_FOLDER"

// house is a whole ingest in one folder, as a process would open it.
type house struct {
	*ingest.Service
	warehouse *warehouse.Service
	register  *catalogtest.Bench
	close     func()
}

func openHouse(t testing.TB, folder string) *house {
	t.Helper()
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	db, err := controldb.Open(ctx, "sqlite:"+filepath.Join(folder, "control.db"))
	must(err)
	must(db.Migrate(ctx, migrations.Files))
	log, err := audit.Open(filepath.Join(folder, "audit"), audit.Options{
		Journal:   journal.Options{Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), Origin: "example.test/audit/1"},
		PersonKey: bytes.Repeat([]byte{2}, 32),
	})
	must(err)
	must(log.UseOutbox(ctx, db))
	d, err := dictionary.NewService(db, log, clock.System())
	must(err)
	must(d.Seed(dictionarytest.Job(), "H38.02"))
	register := &catalogtest.Bench{DB: db, Log: log, Dictionary: d, Incidents: &catalogtest.Incidents{}}
	register.Service = catalog.NewService(catalog.Parts{
		DB: db, Log: log, Clock: clock.System(), Dictionary: d, Agencies: catalogtest.Agencies{"H38.05": true}, Systems: catalogtest.Systems{"sys-05": "H38.05"}, Incidents: register.Incidents,
	})
	versions, err := blob.Open(filepath.Join(folder, "warehouse"))
	must(err)
	files, err := blob.Open(filepath.Join(folder, "ingest"))
	must(err)
	key := bytes.Repeat([]byte{3}, 32)
	w, err := warehouse.NewService(warehouse.Parts{
		DB: db, Files: versions, Columnar: warehousetest.Plain{}, Log: log, Clock: clock.System(), Masker: access.Masker{Key: key}, Secret: key,
	})
	must(err)
	s := ingest.NewService(ingest.Parts{
		DB: db, Files: files, Log: log, Clock: clock.System(), Catalog: register.Service, Dictionary: d, Warehouse: w, Incidents: register.Incidents,
	})
	_, err = w.Recover(ctx)
	must(err)
	must(s.Recover(ctx))
	return &house{s, w, register, func() { w.Close(); _ = log.Close(); _ = db.Close() }}
}

func crashFile(n int) string {
	var b strings.Builder
	b.WriteString(head)
	for i := range 3000 {
		fmt.Fprintf(&b, "H%06d,Giàng A Phử,,1,,02647,%d\n", i, n%9+1)
	}
	fmt.Fprintf(&b, "X%d,Giàng A Phử,,1,,02647,1\n", n)
	return b.String()
}

// TestCrashChild delivers until it is killed. It runs only as the child of TestKilledAtAnyMoment.
func TestCrashChild(t *testing.T) {
	folder := os.Getenv(crashFolder)
	if folder == "" {
		t.Skip("not the child")
	}
	h := openHouse(t, folder)
	fmt.Println("ready")
	for n := rand.IntN(1 << 30); ; n++ {
		d, err := h.Deliver(system("sys-05"), input("a.csv"), strings.NewReader(crashFile(n)))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("received", d.ID)
		if d, err = h.Check(context.Background(), d.ID); err != nil || d.State != ingest.Published {
			t.Fatal(d.State, err)
		}
		fmt.Println("published", d.ID)
	}
}

// I4, I5, I8: what was acknowledged is there after a kill, whole and once; what was not is there whole or not at all.
func TestKilledAtAnyMoment(t *testing.T) {
	folder := t.TempDir()
	h := openHouse(t, folder)
	(&bench{catalog: h.register}).register(t, nil)
	h.close()
	acknowledged := map[string]string{}
	for round := range 6 {
		killOne(t, folder, time.Duration(20+rand.IntN(300))*time.Millisecond, acknowledged)
		h := openHouse(t, folder)
		ctx := context.Background()
		for id, said := range acknowledged {
			before, err := h.Find(catalogtest.Steward("H38.05"), ingest.ID(id))
			if err != nil {
				t.Fatalf("round %d: %s was %s and is lost: %v", round, id, said, err)
			}
			if said == "published" && before.State != ingest.Published {
				t.Fatalf("round %d: %s was published and is %s", round, id, before.State)
			}
			if d, err := h.Check(ctx, ingest.ID(id)); err != nil || d.State != ingest.Published {
				t.Fatalf("round %d: %s cannot be resumed: %v", round, id, err)
			}
		}
		versions, err := h.warehouse.Versions(ctx, string(households), 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range versions {
			if v.Rows != 3001 {
				t.Fatalf("round %d: version %d has %d rows", round, v.Number, v.Rows)
			}
			if err := h.warehouse.Verify(ctx, v.ID); err != nil {
				t.Fatalf("round %d: version %d: %v", round, v.Number, err)
			}
		}
		if len(versions) > 0 && versions[0].Number != len(versions) {
			t.Fatalf("round %d: %d versions, the newest is %d", round, len(versions), versions[0].Number)
		}
		for _, left := range []string{"warehouse/.tmp", "ingest/.tmp"} {
			if n := len(filesUnder(t, filepath.Join(folder, left))); n != 0 {
				t.Fatalf("round %d: %d files are left in %s", round, n, left)
			}
		}
		h.close()
	}
	if len(acknowledged) == 0 {
		t.Fatal("no round acknowledged anything: the test proves nothing")
	}
}

// killOne starts a child, lets it work for a while after its start, and kills it.
func killOne(t *testing.T, folder string, after time.Duration, acknowledged map[string]string) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestCrashChild$", "-test.v")
	child.Env = append(os.Environ(), crashFolder+"="+folder)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) == 1 && words[0] == "ready":
			time.AfterFunc(after, func() { _ = child.Process.Kill() })
		case len(words) == 2 && (words[0] == "received" || words[0] == "published"):
			acknowledged[words[1]] = words[0]
		case strings.Contains(lines.Text(), "FAIL"):
			t.Errorf("the child failed: %s", lines.Text())
		}
	}
	_ = child.Wait() // it was killed
}

package acceptance

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/acceptance/harness"
)

// An older control store beside newer files: nothing that was published since is destroyed, it is set aside and told, and
// with the newer control store and the files back in their place everything is as it was.
func TestAnOlderControlStoreDestroysNothing(t *testing.T) {
	p := withData(t, harness.Options{}, 20)
	control, older, newer := filepath.Join(p.Dir, "control"), filepath.Join(t.TempDir(), "older"), filepath.Join(t.TempDir(), "newer")
	p.Stop()
	copyFolder(t, control, older)
	p.Run()
	second := deliver(t, p.ownerSteward, households, file(25))
	if second.State != "published" || second.Version != 2 {
		t.Fatalf("%+v", second)
	}
	p.Stop()
	before := filesBelow(t, p.Dir, "warehouse", "raw")
	if err := os.Rename(control, newer); err != nil {
		t.Fatal(err)
	}
	copyFolder(t, older, control)
	p.Run()
	if after := filesBelow(t, p.Dir, "warehouse", "raw"); strings.Count(after, "\n") != strings.Count(before, "\n") {
		t.Fatalf("files were removed:\n%s\nof\n%s", after, before)
	}
	if kept := filesBelow(t, p.Dir, "raw/lost+found"); !strings.Contains(kept, second.ID) {
		t.Errorf("the delivered file is not in lost+found: %s", kept)
	}
	if !strings.Contains(p.Output(), "was set aside") {
		t.Error("the technical log says nothing")
	}
	found := incidents(t, p, "availability")
	if len(found) != 2 || found[0].Severity != "high" || found[1].Severity != "high" {
		t.Errorf("incidents %+v", found)
	}
	refused(t, p.ownerSteward.Get("/api/v1/ingest/deliveries/"+second.ID), http.StatusNotFound, "ingest.not_found")
	p.Stop()
	if err := os.RemoveAll(control); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(newer, control); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"warehouse", "raw"} {
		bringBack(t, filepath.Join(p.Dir, part))
	}
	p.Run()
	var got struct{ Delivery delivery }
	ok(t, p.ownerSteward.Get("/api/v1/ingest/deliveries/"+second.ID), http.StatusOK).Into(t, &got)
	if got.Delivery.Version != 2 || filesBelow(t, p.Dir, "warehouse", "raw") != before {
		t.Fatalf("after the newer store is back: %+v", got)
	}
	if d := deliver(t, p.ownerSteward, households, file(30)); d.Version != 3 {
		t.Fatalf("the next delivery: %+v", d)
	}
}

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// bringBack moves what was set aside to where it was, as the operator's guide says.
func bringBack(t *testing.T, store string) {
	t.Helper()
	batches, err := os.ReadDir(filepath.Join(store, "lost+found"))
	if err != nil {
		t.Fatal(err)
	}
	for _, batch := range batches {
		root := filepath.Join(store, "lost+found", batch.Name())
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			to := filepath.Join(store, strings.TrimPrefix(path, root))
			if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
				return err
			}
			return os.Rename(path, to)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(filepath.Join(store, "lost+found")); err != nil {
		t.Fatal(err)
	}
}

package acceptance

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"lienthong/acceptance/harness"
)

// markers are 100 persons: an identifier and a name that occur nowhere else.
func markers() (ids, names []string) {
	for n := range 100 {
		ids = append(ids, fmt.Sprintf("9990%02d%06d", 60+n%40, 770000+n))
		names = append(names, fmt.Sprintf("Giàng Thị Mốc %c%c", 'A'+rune(n/26), 'A'+rune(n%26)))
	}
	return ids, names
}

// marked is a file of filler rows with the markers among them.
func marked(filler int) string {
	ids, names := markers()
	var b strings.Builder
	b.WriteString(headerLine + "\n")
	every := max(1, filler/len(ids))
	for n := 1; n <= filler; n++ {
		b.WriteString(household(n, "02701") + "\n")
		if i := n/every - 1; n%every == 0 && i < len(ids) {
			fmt.Fprintf(&b, "M%05d,%s,%s,1,%02d/%02d/19%02d,01,02701,3,1500000\n", i, names[i], ids[i], 1+i%28, 1+i%12, 60+i%40)
		}
	}
	return b.String()
}

// inClear tells which files under the folder hold a marker, in UTF-8 or UTF-16.
func inClear(t *testing.T, dir string) []string {
	t.Helper()
	ids, names := markers()
	var patterns [][]byte
	for _, m := range append(ids, names...) {
		patterns = append(patterns, []byte(m), wide(m, false), wide(m, true))
	}
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if os.IsNotExist(err) || err == nil && !d.Type().IsRegular() {
			return nil
		}
		if err != nil {
			return err
		}
		body, err := os.ReadFile(path)
		if os.IsNotExist(err) { // the server works meanwhile
			return nil
		}
		for _, p := range patterns {
			if bytes.Contains(body, p) {
				found = append(found, fmt.Sprintf("%s holds %q", path, p))
				break
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func wide(s string, big bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

func nothingInClear(t *testing.T, when, dir string) {
	t.Helper()
	if found := inClear(t, dir); len(found) > 0 {
		t.Fatalf("%s: %v", when, found)
	}
}

// stored lists the files of one name under a part of the data folder.
func stored(t *testing.T, dir, suffix string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, suffix) && !strings.Contains(path, "/.tmp/") {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// What lies on the disk cannot be read without the keys, at rest and after a kill in mid-load (Điều 26.3b).
func TestDataAtRest(t *testing.T) {
	p := withData(t, harness.Options{}, 20)
	conn := p.live(t, nil)
	c := conn.client(t)
	if d := deliver(t, p.ownerSteward, households, marked(300)+"M99999,Giàng Thị Mốc AA,không phải số,1,01/01/1960,01,02701,3,1\n"); d.State != "published" || d.Counts.Accepted != 400 {
		t.Fatalf("the marked file: %+v", d)
	}
	nothingInClear(t, "after a delivery", p.Dir)
	t.Run("the scan finds what is in clear", func(t *testing.T) {
		dir := t.TempDir()
		ids, names := markers()
		for name, body := range map[string][]byte{"a": []byte("x" + ids[7]), "b": wide(names[50], false), "c": append([]byte{0}, wide(ids[99], true)...)} {
			if err := os.WriteFile(filepath.Join(dir, name), body, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if found := inClear(t, dir); len(found) != 3 {
			t.Fatalf("found %v", found)
		}
	})
	t.Run("a kill in mid-load leaves nothing in clear, and the delivery is taken up again", func(t *testing.T) {
		a := send(p.ownerSteward, households, marked(60_000), nil)
		if a.Status >= 300 {
			t.Fatalf("deliver: %s", a)
		}
		var d delivery
		a.Into(t, &d)
		soon(t, "the load", func() bool { return len(draftsOf(t, p.Dir)) > 0 })
		nothingInClear(t, "in mid-load", p.Dir)
		p.Kill()
		nothingInClear(t, "after the kill", p.Dir)
		p.Run()
		if d := wait(t, p.ownerSteward, d.ID); d.State != "published" {
			t.Fatalf("after the restart: %+v", d)
		}
		if left := draftsOf(t, p.Dir); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		nothingInClear(t, "after the restart", p.Dir)
		_, names := markers()
		marker := readPage(t, c.Get(recordsPath+"?ma_ho=M00042"))
		if got := fmt.Sprint(marker.Records); len(marker.Records) != 1 || !strings.Contains(got, names[42]) {
			t.Fatalf("the exchange answers %s", got)
		}
	})
	t.Run("a new key wraps every file and data stays readable", func(t *testing.T) {
		out, err := exec.Command(harness.Binary(t), "keys", "rotate", "--data", p.Dir).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "key 2 is current") {
			t.Fatalf("%v: %s", err, out)
		}
		soon(t, "the new key on every file", func() bool {
			for _, path := range append(stored(t, filepath.Join(p.Dir, "warehouse"), ""), stored(t, filepath.Join(p.Dir, "raw"), "")...) {
				if body, err := os.ReadFile(path); err != nil || bytes.Contains(body[:1536], []byte("raw 1")) || bytes.Contains(body[:1536], []byte("warehouse 1")) {
					return false
				}
			}
			return true
		})
		if got := readPage(t, c.Get(recordsPath+"?limit=5")); len(got.Records) != 5 {
			t.Fatalf("after the change of key: %v", got)
		}
		p.Kill()
		p.Run()
		if got := readPage(t, c.Get(recordsPath+"?limit=5")); len(got.Records) != 5 {
			t.Fatalf("after a restart with the new key: %v", got)
		}
	})
	t.Run("one changed byte is refused and never served", func(t *testing.T) {
		p.Stop()
		for _, path := range stored(t, filepath.Join(p.Dir, "warehouse"), "rows.sqlite") {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for at := 1536 + 100; at < len(body); at += 4096 + 16 { // one in every page, whichever the answer needs
				body[at] ^= 1
			}
			if err := os.WriteFile(path, body, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		p.Run()
		if a := c.Get(recordsPath + "?limit=5"); a.Status != http.StatusServiceUnavailable || !strings.Contains(a.String(), "warehouse.files_damaged") {
			t.Fatalf("got %s", a)
		}
	})
	t.Run("a file in clear is refused", func(t *testing.T) {
		p.Stop()
		for _, path := range stored(t, filepath.Join(p.Dir, "warehouse"), "rows.sqlite") {
			if err := os.WriteFile(path, append([]byte("SQLite format 3\x00"), make([]byte, 8176)...), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		p.Run()
		if a := c.Get(recordsPath + "?limit=5"); a.Status != http.StatusServiceUnavailable || !strings.Contains(a.String(), "warehouse.files_damaged") {
			t.Fatalf("got %s", a)
		}
	})
}

// draftsOf lists row files in the making that hold something.
func draftsOf(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "warehouse", ".tmp", "*", "rows.draft"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

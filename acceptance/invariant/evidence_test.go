package invariant_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/acceptance/invariant"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
)

// written is a log with an access in it, closed and signed, its key and its checkpoint.
func written(t *testing.T, dir string, accesses int) (key string, note []byte) {
	t.Helper()
	l, err := audit.Open(dir, audit.Options{PersonKey: bytes.Repeat([]byte{7}, 32), Journal: journal.Options{
		Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32)), Origin: "test.example/audit"}})
	if err != nil {
		t.Fatal(err)
	}
	for range accesses {
		r := &audit.Record{Channel: audit.ChannelGateway, Event: "data.read", Decision: audit.Decision{Result: audit.Allow}}
		if err := l.Decide(context.Background(), r); err != nil {
			t.Fatal(err)
		}
		l.Outcome(&audit.Record{Of: r.ID, Result: audit.Result{Status: "200"}})
	}
	key = l.Journal().VerifierKey()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if note, err = os.ReadFile(filepath.Join(dir, "checkpoint")); err != nil {
		t.Fatal(err)
	}
	return key, note
}

func segment(t *testing.T, dir string) string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "segment-*.log"))
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	return all[0]
}

func TestEvidenceIsReadWithPlacesThatMarksCover(t *testing.T) {
	dir := t.TempDir()
	key, note := written(t, dir, 3)
	e, err := invariant.ReadEvidence(dir, key, [][]byte{note}, 0)
	if err != nil || len(e.Findings) > 0 || len(e.Records) < 7 {
		t.Fatalf("%d records, %v, %v", len(e.Records), e.Findings, err)
	}
	m, err := invariant.ReadMark(dir)
	if err != nil {
		t.Fatal(err)
	}
	last := e.Records[len(e.Records)-1]
	if m.Segment != last.Segment || m.Length <= last.Offset {
		t.Fatalf("mark %+v, last record at %d in %d", m, last.Offset, last.Segment)
	}
}

func TestAnAlteredOrOlderLogBreaksI7(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, dir string){
		"a flipped bit": func(t *testing.T, dir string) {
			path := segment(t, dir)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b[len(b)/2] ^= 1
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"a cut end": func(t *testing.T, dir string) {
			path := segment(t, dir)
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(path, info.Size()-40); err != nil {
				t.Fatal(err)
			}
		},
		"a shorter log, honestly signed": func(t *testing.T, dir string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			written(t, dir, 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "audit")
			key, note := written(t, dir, 20)
			harm(t, dir)
			e, err := invariant.ReadEvidence(dir, key, [][]byte{note}, 0)
			if err != nil {
				t.Fatal(err)
			}
			got := invariant.Check(invariant.History{Base: 1 << 40}, e)
			if len(got) == 0 || got[0].Rule != "I7" || !strings.Contains(got[0].String(), "log") {
				t.Fatalf("%v", got)
			}
		})
	}
}

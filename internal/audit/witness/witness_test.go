package witness

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/audit/journal"
	"lienthong/internal/audit/merkle"
)

const origin = "example.test/audit/1"

var (
	logKey     = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32))
	witnessKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{5}, 32))
	noon       = time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)
)

func vkey(t *testing.T, name string, key ed25519.PrivateKey) string {
	t.Helper()
	k, err := merkle.VerifierKey(name, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func openWitness(t *testing.T, dir string, refused func(Refusal)) *Witness {
	t.Helper()
	w, err := Open(dir, Options{Name: "witness.test/w1", Key: witnessKey, Logs: []string{vkey(t, origin, logKey)}, Now: func() time.Time { return noon }, Refused: refused})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// history is a log in memory.
type history struct {
	stored bytes.Buffer
	tree   merkle.Tree
}

func (h *history) grow(n int, word string) {
	for range n {
		for _, hash := range h.tree.Add(merkle.LeafHash(fmt.Appendf(nil, "%s %d", word, h.tree.Size())), nil) {
			h.stored.Write(hash[:])
		}
	}
}

func (h *history) note(t *testing.T, key ed25519.PrivateKey) []byte {
	t.Helper()
	raw, err := merkle.Checkpoint{Origin: origin, Size: h.tree.Size(), Root: h.tree.Root()}.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (h *history) ask(t *testing.T, old int64) []byte {
	t.Helper()
	r := request{old: old, raw: h.note(t, logKey)}
	if old > 0 && old < h.tree.Size() {
		var err error
		if r.proof, err = merkle.Consistency(h.tree.Size(), old, merkle.Stored(bytes.NewReader(h.stored.Bytes()))); err != nil {
			t.Fatal(err)
		}
	}
	return r.body()
}

func TestAWitnessCosignsOnlyWhatGoesOn(t *testing.T) {
	dir := t.TempDir()
	var refused []Refusal
	w := openWitness(t, dir, func(r Refusal) { refused = append(refused, r) })
	var log, fork history
	log.grow(10, "record")
	fork.grow(6, "record")
	fork.grow(4, "other")
	must := func(what string, body []byte, status int) Answer {
		t.Helper()
		a := w.AddCheckpoint(body)
		if a.Status != status {
			t.Fatalf("%s: %d %s, want %d", what, a.Status, a.Body, status)
		}
		return a
	}
	a := must("the first checkpoint", log.ask(t, 0), http.StatusOK)
	if _, sigs, err := merkle.OpenCosigned(append(log.note(t, logKey), a.Body...), w.Cosigner()); err != nil || len(sigs) != 1 || !sigs[0].At.Equal(noon) {
		t.Fatalf("the cosignature: %+v, %v", sigs, err)
	}
	must("the same again", log.ask(t, 10), http.StatusOK)
	must("another root of the same size", fork.ask(t, 10), http.StatusConflict)
	log.grow(90, "record")
	fork.grow(90, "other")
	if a := must("a wrong old size", log.ask(t, 7), http.StatusConflict); string(a.Body) != "10\n" || a.Type != "text/x.tlog.size" {
		t.Errorf("a conflict says %q as %s", a.Body, a.Type)
	}
	must("a fork", fork.ask(t, 10), http.StatusUnprocessableEntity)
	must("growth", log.ask(t, 10), http.StatusOK)
	var small history
	small.grow(50, "record")
	must("a roll-back", small.ask(t, 50), http.StatusConflict)
	must("an old size above the checkpoint's", request{old: 101, raw: log.note(t, logKey)}.body(), http.StatusBadRequest)
	must("another key", request{old: 100, raw: log.note(t, witnessKey)}.body(), http.StatusForbidden)
	must("another log", bytes.ReplaceAll(log.ask(t, 100), []byte(origin), []byte("other.test/audit/1")), http.StatusNotFound)
	for _, bad := range []string{"", "old 1", "old 01\n\n" + string(log.note(t, logKey)), "old 100\nx\n\n" + string(log.note(t, logKey)), "old 100\n\nno note",
		"old 100\n" + strings.Repeat("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", 64) + "\n" + string(log.note(t, logKey))} {
		must("a malformed request", []byte(bad), http.StatusBadRequest)
	}
	if len(refused) != 2 || refused[0].Size != 10 || refused[1].Size != 100 {
		t.Errorf("two histories were shown twice, reported: %+v", refused)
	}
	again := openWitness(t, dir, nil)
	if s := again.Seen(); len(s) != 1 || s[0].Size != 100 || s[0].Root != log.tree.Root() {
		t.Fatalf("after a restart the witness has seen %+v", s)
	}
	if a := again.AddCheckpoint(small.ask(t, 0)); a.Status != http.StatusConflict {
		t.Errorf("after a restart a roll-back is answered %d", a.Status)
	}
}

func TestADamagedStateClosesTheWitness(t *testing.T) {
	dir := t.TempDir()
	w := openWitness(t, dir, nil)
	var log history
	log.grow(10, "record")
	if a := w.AddCheckpoint(log.ask(t, 0)); a.Status != http.StatusOK {
		t.Fatal(a.Status)
	}
	path := filepath.Join(dir, fileOf(origin))
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(origin)+1] = '5' // size
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{Name: "witness.test/w1", Key: witnessKey, Logs: []string{vkey(t, origin, logKey)}}); err == nil {
		t.Fatal("a changed state was taken")
	}
}

func TestRacingRequestsNeverRollBack(t *testing.T) {
	w := openWitness(t, t.TempDir(), nil)
	var log history
	var asks [][]byte
	for n := 1; n <= 30; n++ {
		log.grow(1, "record")
		asks = append(asks, log.ask(t, int64(n-1)))
	}
	var wg sync.WaitGroup
	largest := make([]int64, 4)
	for i := range largest {
		wg.Go(func() {
			for _, ask := range asks {
				w.AddCheckpoint(ask)
				now := w.Seen()[0].Size
				if now < largest[i] {
					t.Errorf("the witness went back from %d to %d", largest[i], now)
				}
				largest[i] = now
			}
		})
	}
	wg.Wait()
}

// server answers as a platform does.
func server(t *testing.T, w *Witness) (*httptest.Server, Peer) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body := new(bytes.Buffer)
		if _, err := body.ReadFrom(r.Body); err != nil || r.URL.Path != "/audit/witness/add-checkpoint" {
			rw.WriteHeader(http.StatusNotFound)
			return
		}
		a := w.AddCheckpoint(body.Bytes())
		rw.Header().Set("Content-Type", a.Type)
		rw.WriteHeader(a.Status)
		_, _ = rw.Write(a.Body)
	}))
	t.Cleanup(s.Close)
	return s, Peer{URL: s.URL + "/audit/witness", Key: w.Cosigner().String()}
}

func openJournal(t *testing.T, dir string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(dir, journal.Options{Signer: logKey, Origin: origin, CheckpointEvery: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func write(t *testing.T, j *journal.Journal, n int, word string) {
	t.Helper()
	for i := range n {
		if _, err := j.Append(context.Background(), fmt.Appendf(nil, `{"%s":%d}`, word, i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := j.ProveRecord(context.Background(), j.Size()-1); err != nil {
		t.Fatal(err)
	}
}

func copyFolder(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestRollBackAndForkOfTheWholeFolderAreSeenByTheWitness(t *testing.T) {
	ctx := context.Background()
	w := openWitness(t, t.TempDir(), nil)
	_, peer := server(t, w)
	dir := t.TempDir()
	j := openJournal(t, dir)
	ask := func(j *journal.Journal) (PeerState, []PeerState) {
		t.Helper()
		var alarms []PeerState
		c, err := NewClient(journal.Witnessed{Journal: j}, []Peer{peer}, func(s PeerState) { alarms = append(alarms, s) })
		if err != nil {
			t.Fatal(err)
		}
		_ = c.Round(ctx)
		return c.States()[0], alarms
	}
	write(t, j, 20, "day one")
	if s, _ := ask(j); s.Size != 20 || s.Problem != "" || !s.At.Equal(noon) {
		t.Fatalf("after the first day: %+v", s)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	yesterday := copyFolder(t, dir)
	j = openJournal(t, dir)
	write(t, j, 30, "day two")
	if s, _ := ask(j); s.Size != 50 {
		t.Fatalf("a new client learns the size from the conflict: %+v", s)
	}
	cosigned, err := journal.CosignedNote(dir)
	if err != nil || cosigned == nil {
		t.Fatal("the cosigned checkpoint was not kept", err)
	}

	// Rolled back by root, started again with the right key, and going on.
	old := openJournal(t, yesterday)
	if s, alarms := ask(old); !s.Alarm || len(alarms) != 1 || !strings.Contains(s.Problem, "rolled back") {
		t.Fatalf("a rolled-back log: %+v", s)
	}
	write(t, old, 30, "another day two")
	if s, alarms := ask(old); !s.Alarm || len(alarms) != 1 || !strings.Contains(s.Problem, "same 50 records") {
		t.Fatalf("a fork of the same size: %+v", s)
	}
	write(t, old, 5, "more")
	if s, alarms := ask(old); !s.Alarm || len(alarms) != 1 || !strings.Contains(s.Problem, "does not go on from") {
		t.Fatalf("a longer fork: %+v", s)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	// The same is found offline by whoever kept the cosigned checkpoint, and the place is named.
	report, err := journal.Verify(yesterday, vkey(t, origin, logKey), journal.VerifyOptions{Kept: [][]byte{cosigned}, Witnesses: []merkle.Cosigner{w.Cosigner()}})
	if first, bad := report.First(); err != nil || !bad || first.Seq < 0 || first.Seq > 20 {
		t.Fatalf("verified against the kept checkpoint: %v, %v", first, err)
	}
	if s, _ := ask(j); s.Problem != "" {
		t.Errorf("the true log is still cosigned: %+v", s)
	}
}

func TestAForgedCosignatureIsNotKept(t *testing.T) {
	w := openWitness(t, t.TempDir(), nil)
	_, peer := server(t, w)
	peer.Key = merkle.NewCosigner("witness.test/w1", logKey.Public().(ed25519.PublicKey)).String()
	dir := t.TempDir()
	j := openJournal(t, dir)
	write(t, j, 3, "record")
	c, err := NewClient(journal.Witnessed{Journal: j}, []Peer{peer}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Round(context.Background()); err == nil {
		t.Error("a cosignature of another key was taken")
	}
	if raw, err := journal.CosignedNote(dir); err != nil || raw != nil {
		t.Errorf("kept: %s, %v", raw, err)
	}
}

func TestPeersInTheConfiguration(t *testing.T) {
	key := merkle.NewCosigner("witness.test/w1", witnessKey.Public().(ed25519.PublicKey)).String()
	if p, err := ParsePeer("https://a.test/audit/witness/ " + key); err != nil || p.URL != "https://a.test/audit/witness" || p.Key != key {
		t.Errorf("%+v, %v", p, err)
	}
	for _, bad := range []string{"", key, "https://a.test", "ftp://a.test " + key, "https://a.test " + vkey(t, origin, logKey), "https://a.test " + key[:len(key)-2] + "=="} {
		if _, err := ParsePeer(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

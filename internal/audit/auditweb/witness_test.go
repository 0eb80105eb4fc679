package auditweb

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/audit/merkle"
	"lienthong/internal/audit/witness"
)

// Two provinces: each platform is the witness of the other's log.
func TestTwoPlatformsCosignEachOther(t *testing.T) {
	witnessKey := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{5}, 32))
	logKey, err := merkle.VerifierKey("example.test/audit/1", ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)).Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	theirs := newSite(t, nil)
	w, err := witness.Open(t.TempDir(), witness.Options{Name: "tinh-ban.test/witness", Key: witnessKey, Logs: []string{logKey}, Now: theirs.clock.Now, Refused: theirs.log.Accuse})
	if err != nil {
		t.Fatal(err)
	}
	theirs.pages.WithWitness(w)
	server := httptest.NewServer(theirs)
	t.Cleanup(server.Close)

	peer, err := witness.ParsePeer(server.URL + "/audit/witness " + w.Cosigner().String())
	if err != nil {
		t.Fatal(err)
	}
	ours := newSite(t, func(o *audit.Options) { o.Witnesses, o.WitnessEvery = []witness.Peer{peer}, time.Hour })
	ours.fill(t, 50)
	if err := ours.log.AskWitnesses(context.Background()); err != nil {
		t.Fatal(err)
	}
	code, note := getRaw(t, ours, "/audit/log/cosigned", "")
	if _, sigs, err := merkle.OpenCosigned([]byte(note), w.Cosigner()); code != http.StatusOK || err != nil || len(sigs) != 1 {
		t.Fatalf("cosigned checkpoint: %d, %v, %v", code, sigs, err)
	}
	report, err := audit.Verify(ours.log.Journal().Dir(), logKey, journal.VerifyOptions{Live: true, Kept: [][]byte{[]byte(note)}, Witnesses: []merkle.Cosigner{w.Cosigner()}})
	if err != nil || !report.OK() || len(report.Cosigned) != 1 {
		t.Fatalf("verified with the witness's key: %+v, %v", report, err)
	}
	if _, page := ours.call(t, "GET", "/audit", "auditor", ""); !strings.Contains(page, "tinh-ban.test/witness") || !strings.Contains(page, "Đã chứng nhận 51 bản ghi") {
		t.Error("our page does not show the witness")
	}
	if _, page := theirs.call(t, "GET", "/audit", "auditor", ""); !strings.Contains(page, "example.test/audit/1") {
		t.Error("their page does not show the log that they cosign")
	}

	// The same key signs another history, smaller and not ours: refused, recorded, shown.
	fork := newSite(t, func(o *audit.Options) { o.Witnesses, o.WitnessEvery = []witness.Peer{peer}, time.Hour })
	fork.fill(t, 70)
	if err := fork.log.AskWitnesses(context.Background()); err == nil || !strings.Contains(fork.log.Alarm(), "does not go on from") {
		t.Fatalf("the fork was cosigned: %v, alarm %q", err, fork.log.Alarm())
	}
	for name, s := range map[string]struct {
		*site
		event string
	}{"the accused": {fork, "log.witness_alarm"}, "the witness": {theirs, "log.witness_refused"}} {
		found, err := s.log.List(context.Background(), audit.Filter{Event: s.event, Abnormal: true})
		if err != nil || len(found.Items) == 0 {
			t.Errorf("%s recorded nothing of the fork: %v", name, err)
		}
	}
	if _, page := fork.call(t, "GET", "/audit", "auditor", ""); !strings.Contains(page, "Cảnh báo về nhật ký") {
		t.Error("the page of the fork shows no alarm")
	}
}

func TestWitnessRouteWithoutWitness(t *testing.T) {
	s := newSite(t, nil)
	if code, _ := s.call(t, "POST", "/audit/witness/add-checkpoint", "", "old 0\n\nx"); code != http.StatusNotFound {
		t.Errorf("without a witness: %d", code)
	}
	if code, _ := getRaw(t, s, "/audit/log/cosigned", ""); code != http.StatusNotFound {
		t.Errorf("no cosigned checkpoint: %d", code)
	}
}

func TestASearchOfArchivedTimeSaysWhereTheRecordsAre(t *testing.T) {
	s := newSite(t, func(o *audit.Options) { o.Journal.SegmentBytes = 2000 })
	for range 8 {
		s.fill(t, 5) // what stays of the old records must fit on one page, which is then the last
	}
	s.clock.Shift(3 * 365 * 24 * time.Hour)
	s.fill(t, 1)
	run, err := s.log.Archive(context.Background())
	if err != nil || len(run.Archived) == 0 {
		t.Fatal(run, err)
	}
	form := "reason=thanh+tra&from=2026-11-01&to=2026-11-30"
	if code, page := s.call(t, "POST", "/audit/search", "auditor", form); code != http.StatusOK || !strings.Contains(page, "Gói lưu trữ của khoảng thời gian này") || !strings.Contains(page, "00000000000000000000") {
		t.Errorf("the page names no archive: %d", code)
	}
	r := httptest.NewRequest(http.MethodPost, "/api/v1/audit/search", strings.NewReader(`{"reason":"thanh tra","from":"2026-11-01","to":"2026-11-30"}`))
	r.Header.Set("Test-Role", "auditor")
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"place":"00000000000000000000"`) {
		t.Errorf("the operation names no archive: %d %s", w.Code, w.Body)
	}
}

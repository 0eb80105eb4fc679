package audit

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/controldb"
	"lienthong/migrations"
)

const (
	crashDir   = "LIENTHONG_AUDIT_CRASH_DIR"
	crashStore = "LIENTHONG_AUDIT_CRASH_STORE"
)

// TestMain lets the test binary play the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := crashChild(dir, os.Getenv(crashStore)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// crashChild writes decisions, outcomes and changes from 64 writers and says which were acknowledged, until it is killed.
func crashChild(dir, store string) error {
	opts := testOptions()
	opts.Journal.CheckpointEvery, opts.Journal.SegmentBytes, opts.Journal.HistoryEvery = 5*time.Millisecond, 200_000, 20*time.Millisecond
	l, err := Open(dir, opts)
	if err != nil {
		return err
	}
	ctx := context.Background()
	db, err := controldb.Open(ctx, "sqlite:"+store)
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx, migrations.Files); err != nil {
		return err
	}
	if err := l.UseOutbox(ctx, db); err != nil {
		return err
	}
	var say sync.Mutex
	acked := func(kind, id string) {
		say.Lock()
		fmt.Println(kind, id) // one write: the parent sees whole lines
		say.Unlock()
	}
	acked("ready", "-")
	var writers sync.WaitGroup
	for w := range 64 {
		writers.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), uint64(time.Now().UnixNano())))
			for n := 0; ; n++ {
				if w%16 == 0 {
					subject := fmt.Sprintf("test/%d-%d-%d", os.Getpid(), w, n)
					err := db.InTx(ctx, func(q controldb.Querier) error {
						return l.Change(ctx, q, Entry{Event: "test.change", Subject: subject})
					})
					if err == nil {
						acked("change", subject)
					}
					continue
				}
				c := randomRecord(r, n)
				if l.Decide(ctx, c) == nil {
					acked("decision", c.ID)
					l.Outcome(&Record{Of: c.ID, Channel: c.Channel, Event: c.Event, Result: Result{Status: "200"}})
				}
			}
		})
	}
	writers.Wait()
	return nil
}

// TestNothingAcknowledgedIsMissingAfterKill kills the process at random moments, round after round on the same folder.
func TestNothingAcknowledgedIsMissingAfterKill(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	dir, store := t.TempDir(), t.TempDir()+"/control.db"
	r := rand.New(rand.NewPCG(24, 4))
	acked := make(map[string]string)
	for round := range rounds {
		killAfter(t, dir, store, time.Duration(20+r.IntN(250))*time.Millisecond, acked)
		if report, err := journal.Verify(dir, testVerifierKey(t), journal.VerifyOptions{Live: true}); err != nil || !report.OK() {
			t.Fatalf("round %d: as the killed process left it: %v %v", round, err, report.Findings)
		}
	}
	l := openLog(t, dir)
	db, err := controldb.Open(context.Background(), "sqlite:"+store)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := l.UseOutbox(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	checkAfterKills(t, all(t, l), acked)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	report, err := journal.Verify(dir, testVerifierKey(t), journal.VerifyOptions{})
	if err != nil || !report.OK() {
		t.Fatalf("after the last start: %v %v", err, report.Findings)
	}
	t.Logf("%d rounds, %d acknowledged, %d records", rounds, len(acked), report.Records)
}

func killAfter(t *testing.T, dir, store string, after time.Duration, acked map[string]string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashDir+"="+dir, crashStore+"="+store)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs strings.Builder
	child.Stderr = &errs
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		kind, id, whole := strings.Cut(lines.Text(), " ")
		if !whole {
			continue
		}
		if kind == "ready" {
			time.AfterFunc(after, func() { _ = child.Process.Kill() })
			continue
		}
		acked[id] = kind
	}
	_ = child.Wait() // killed, as it should be
	if errs.Len() > 0 {
		t.Fatalf("the process failed by itself: %s", errs.String())
	}
}

func checkAfterKills(t *testing.T, recs []*Record, acked map[string]string) {
	t.Helper()
	count := make(map[string]int)
	outcomes := make(map[string]int)
	for _, r := range recs {
		switch r.Kind {
		case KindDecision:
			count[r.ID]++
		case KindChange:
			count[r.Subject]++
		case KindOutcome:
			outcomes[r.Of]++
			if count[r.Of] != 1 {
				t.Errorf("outcome %s at %d stands before its decision", r.Of, r.Seq)
			}
		}
	}
	for id, kind := range acked {
		if count[id] != 1 {
			t.Errorf("acknowledged %s %s is in the journal %d times", kind, id, count[id])
		}
	}
	for _, r := range recs {
		if r.Kind == KindChange && r.Event == "test.change" && count[r.Subject] != 1 {
			t.Errorf("change %s is in the journal %d times", r.Subject, count[r.Subject])
		}
		if r.Kind == KindDecision && outcomes[r.ID] != 1 {
			t.Errorf("decision %s has %d outcomes", r.ID, outcomes[r.ID])
		}
	}
}

func testVerifierKey(t testing.TB) string {
	t.Helper()
	l := openLog(t, t.TempDir())
	return l.Journal().VerifierKey()
}

package audit

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/testkit"
)

// closeJournal makes the journal fail as it does when its folder is taken away: the next checkpoint cannot be written.
func closeJournal(t *testing.T, l *Log, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for l.Health() == nil {
		// A record more, so that there is something to sign. It may or may not be taken.
		_ = l.Note(context.Background(), &Record{Event: "test.note"})
	}
}

func TestClosedJournalRefusesAccessAndChange(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	l := openLog(t, dir)
	db := testkit.DB(t)
	ctx := context.Background()
	if err := l.UseOutbox(ctx, db); err != nil {
		t.Fatal(err)
	}
	closeJournal(t, l, dir)

	err := l.Decide(ctx, &Record{Event: "data.read", Decision: Decision{Result: Allow}})
	if !fault.Is(err, "audit.closed") || fault.Of(err).Kind != fault.Unavailable {
		t.Errorf("decide: %v", err)
	}
	reached := false
	err = db.InTx(ctx, func(q controldb.Querier) error {
		if err := l.Change(ctx, q, Entry{Event: "grant.create"}); err != nil {
			return err
		}
		reached = true
		return nil
	})
	if !fault.Is(err, "audit.closed") || reached {
		t.Errorf("change: %v", err)
	}
	rows, err := listOutbox(ctx, db, testOptions().Journal.Origin, "", 10)
	if err != nil || len(rows) != 0 {
		t.Errorf("a refused change left %d rows, %v", len(rows), err)
	}
	if err := l.Note(ctx, &Record{Event: "auth.login", Channel: ChannelGateway}); !fault.Is(err, "audit.closed") {
		t.Errorf("sign-in of a system: %v", err)
	}
	if _, err := l.Search(ctx, Actor{}, "xem", Filter{}); !fault.Is(err, "audit.closed") {
		t.Errorf("search: %v", err)
	}
}

// TestVitalEventsGoOnWhileTheJournalIsClosed is F06: what takes rights away is recorded in the control store before it is
// answered, and stands in the journal after the next start, once and in order.
func TestVitalEventsGoOnWhileTheJournalIsClosed(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "audit")
	l := openLog(t, dir)
	db := testkit.DB(t)
	ctx := context.Background()
	if err := l.UseOutbox(ctx, db); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(base, "kept")
	if err := os.CopyFS(kept, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	closeJournal(t, l, dir)
	change := func(event string) error {
		return db.InTx(ctx, func(q controldb.Querier) error { return l.Change(ctx, q, Entry{Event: event}) })
	}
	if err := l.Note(ctx, &Record{Event: "auth.login", Channel: ChannelScreen}); err != nil {
		t.Fatalf("sign-in: %v", err)
	}
	for _, event := range []string{"system.suspend", "system.credential_revoke", "grant.ended"} {
		if err := change(event); err != nil {
			t.Errorf("%s: %v", event, err)
		}
	}
	for _, event := range []string{"system.resume", "grant.active", "grant.create", "system.credential_issue", "account.enable", "warehouse.publish"} {
		if err := change(event); !fault.Is(err, "audit.closed") {
			t.Errorf("%s while the journal is closed: %v", event, err)
		}
	}
	if err := l.Note(ctx, &Record{Event: "auth.logout", Channel: ChannelScreen}); err != nil {
		t.Errorf("sign-out: %v", err)
	}
	if n := l.Waiting(); n != 5 {
		t.Errorf("%d records wait", n)
	}
	_ = l.Close()
	for range 2 {
		l = openLog(t, kept)
		if err := l.UseOutbox(ctx, db); err != nil {
			t.Fatal(err)
		}
		if got := events(all(t, l)); !strings.Contains(got, "log.open auth.login system.suspend system.credential_revoke grant.ended auth.logout") || strings.Count(got, "grant.ended") != 1 {
			t.Errorf("journal holds %q", got)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWhatWaitsInTheControlStoreIsBounded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	l := openLog(t, dir)
	ctx := context.Background()
	db := testkit.DB(t)
	if err := l.UseOutbox(ctx, db); err != nil {
		t.Fatal(err)
	}
	closeJournal(t, l, dir)
	l.outbox.kept.Store(mostWaiting/2 - 1)
	if err := l.Note(ctx, &Record{Event: "auth.fail", Channel: ChannelScreen}); err != nil {
		t.Errorf("the last sign-in that has room: %v", err)
	}
	if err := l.Note(ctx, &Record{Event: "auth.fail", Channel: ChannelScreen}); !fault.Is(err, "audit.closed") {
		t.Errorf("one sign-in more: %v", err)
	}
	suspend := func() error {
		return db.InTx(ctx, func(q controldb.Querier) error { return l.Change(ctx, q, Entry{Event: "system.suspend"}) })
	}
	if err := suspend(); err != nil {
		t.Errorf("failed sign-ins keep a system from being stopped: %v", err)
	}
	l.outbox.kept.Store(mostWaiting)
	if err := suspend(); !fault.Is(err, "audit.closed") {
		t.Errorf("one change more than may wait: %v", err)
	}
}

func TestChangeCommittedBeforeACrashIsMovedOnceByTheNextRun(t *testing.T) {
	dir := t.TempDir()
	db := testkit.DB(t)
	ctx := context.Background()
	l := openLog(t, dir)
	// No UseOutbox: as if the process had ended between commit and journal.
	for _, event := range []string{"a.one", "a.two", "a.three"} {
		err := db.InTx(ctx, func(q controldb.Querier) error { return l.Change(ctx, q, Entry{Event: event}) })
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = openLog(t, dir)
	if err := l.UseOutbox(ctx, db); err != nil {
		t.Fatal(err)
	}
	if got := events(all(t, l)); got != "log.open log.open a.one a.two a.three" {
		t.Errorf("journal holds %q", got)
	}
}

func TestRowsThatAreInTheJournalAlreadyAreNotWrittenTwice(t *testing.T) {
	dir := t.TempDir()
	db := testkit.DB(t)
	ctx := context.Background()
	l := openLog(t, dir)
	err := db.InTx(ctx, func(q controldb.Querier) error { return l.Change(ctx, q, Entry{Event: "a.one"}) })
	if err != nil {
		t.Fatal(err)
	}
	rows, err := listOutbox(ctx, db, testOptions().Journal.Origin, "", 10)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	// As if the process had ended between journal and outbox.
	if _, err := l.journal.Append(ctx, []byte(rows[0].body)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		l = openLog(t, dir)
		if err := l.UseOutbox(ctx, db); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(events(all(t, l)), "a.one"); n != 1 {
		t.Errorf("the change is in the journal %d times", n)
	}
}

func TestCallerThatStopsWaitingLeavesAClosedDecision(t *testing.T) {
	l := openLog(t, t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := &Record{Event: "data.read", Decision: Decision{Result: Allow}}
	if err := l.Decide(ctx, r); err == nil {
		return // the disk was faster than the cancelled context
	} else if !fault.Is(err, "audit.busy") {
		t.Fatalf("decide: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	open := make(map[string]bool)
	l = openLog(t, l.journal.Dir())
	for _, r := range all(t, l) {
		switch r.Kind {
		case KindDecision:
			open[r.ID] = true
		case KindOutcome:
			if r.Result.Status != "cancelled" && r.Result.Status != StatusUnknown {
				t.Errorf("outcome %+v", r.Result)
			}
			delete(open, r.Of)
		}
	}
	if len(open) > 0 {
		t.Errorf("decisions without an outcome: %v", open)
	}
}

func TestMessagesAreComplete(t *testing.T) {
	for code, m := range Messages {
		if m.Vi == "" || m.En == "" {
			t.Errorf("%s lacks a language", code)
		}
	}
	if _, err := i18n.NewCatalog(Messages); err != nil {
		t.Error(err)
	}
}

func TestOpenRefusesAWeakPersonKey(t *testing.T) {
	opts := testOptions()
	opts.PersonKey = []byte("short")
	if _, err := Open(t.TempDir(), opts); err == nil {
		t.Error("opened")
	}
}

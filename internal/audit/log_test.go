package audit

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"

	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/testkit"
)

func testOptions() Options {
	return Options{
		Journal:   journal.Options{Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), Origin: "example.test/audit/1"},
		PersonKey: bytes.Repeat([]byte{2}, 32),
	}
}

func openLog(t testing.TB, dir string) *Log {
	t.Helper()
	l, err := Open(dir, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// all decodes every record of the journal.
func all(t testing.TB, l *Log) []*Record {
	t.Helper()
	var recs []*Record
	err := l.journal.Each(0, l.journal.Size(), func(e journal.Entry) error {
		r, err := Decode(e.Body)
		if err != nil {
			return err
		}
		r.Seq = e.Seq
		recs = append(recs, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return recs
}

func TestDecisionWithoutOutcomeIsClosedAsUnknown(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir)
	ctx := context.Background()
	lost := &Record{Channel: ChannelGateway, Event: "data.read", Decision: Decision{Result: Allow, Reason: ReasonOK}}
	ended := &Record{Channel: ChannelGateway, Event: "data.read", Decision: Decision{Result: Allow, Reason: ReasonOK}}
	refused := &Record{Channel: ChannelGateway, Event: "data.read", Decision: Decision{Result: Deny, Reason: ReasonPurpose}}
	for _, r := range []*Record{lost, ended, refused} {
		if err := l.Decide(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	l.Outcome(&Record{Of: ended.ID, Channel: ChannelGateway, Event: "data.read", Result: Result{Status: "200"}})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var unknown []string
	for _, r := range all(t, openLog(t, dir)) {
		if r.Kind == KindOutcome && r.Result.Status == StatusUnknown {
			unknown = append(unknown, r.Of)
		}
	}
	if len(unknown) != 1 || unknown[0] != lost.ID {
		t.Fatalf("closed as unknown: %v, want only %s", unknown, lost.ID)
	}
}

func TestChangeIsInTheJournalWhenInTxAnswers(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		dir := t.TempDir()
		l := openLog(t, dir)
		ctx := context.Background()
		if err := l.UseOutbox(ctx, db); err != nil {
			t.Fatal(err)
		}
		err := db.InTx(ctx, func(q controldb.Querier) error {
			return errors.Join(
				l.Change(ctx, q, Entry{Event: "grant.create", Subject: "access.grant/1"}),
				l.Change(ctx, q, Entry{Event: "grant.sign", Subject: "access.grant/1"}))
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := events(all(t, l)); got != "log.open grant.create grant.sign" {
			t.Fatalf("journal holds %q", got)
		}
		rollback := errors.New("rolled back")
		err = db.InTx(ctx, func(q controldb.Querier) error {
			return errors.Join(l.Change(ctx, q, Entry{Event: "grant.revoke"}), rollback)
		})
		if !errors.Is(err, rollback) {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		// Rows may still be in the table: the next run must not write them again.
		l = openLog(t, dir)
		if err := l.UseOutbox(ctx, db); err != nil {
			t.Fatal(err)
		}
		if got := events(all(t, l)); got != "log.open grant.create grant.sign log.open" {
			t.Fatalf("after restart the journal holds %q", got)
		}
		rows, err := listOutbox(ctx, db, testOptions().Journal.Origin, "", 10)
		if err != nil || len(rows) != 0 {
			t.Fatalf("outbox after restart: %d rows, %v", len(rows), err)
		}
	})
}

func events(recs []*Record) string {
	var names []string
	for _, r := range recs {
		names = append(names, r.Event)
	}
	return strings.Join(names, " ")
}

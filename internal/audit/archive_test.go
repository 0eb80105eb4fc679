package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// years is a log that is filled as its clock moves.
type years struct {
	*Log
	dir   string
	clock *clock.Adjustable
	opts  Options
}

func openYears(t *testing.T) *years {
	t.Helper()
	y := &years{dir: t.TempDir(), clock: clock.NewAdjustable(clock.Fixed(time.Date(2026, 1, 1, 5, 0, 0, 0, time.UTC))), opts: testOptions()}
	y.opts.Journal.SegmentBytes, y.opts.Journal.CheckpointEvery, y.opts.Journal.Now = 4000, time.Millisecond, y.clock.Now
	y.open(t)
	return y
}

func (y *years) open(t *testing.T) {
	t.Helper()
	var err error
	if y.Log, err = Open(y.dir, y.opts); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = y.Log.Close() })
	y.index.wait(context.Background(), time.Minute) // a search waits a second only
}

// month lets a month pass in which somebody reads a person's data every third day.
func (y *years) month(t *testing.T, person string) {
	t.Helper()
	for range 10 {
		y.clock.Shift(72 * time.Hour)
		d := &Record{Channel: ChannelGateway, Event: "data.read", Target: Target{Dataset: "H38.05/ho-ngheo", Connection: "c1"},
			Decision: Decision{Result: Allow, Reason: ReasonOK}, Content: Content{SubjectKeys: []string{y.PersonKey(person)}}}
		if err := y.Decide(context.Background(), d); err != nil {
			t.Fatal(err)
		}
		if err := y.Note(context.Background(), &Record{Kind: KindOutcome, Of: d.ID, Channel: ChannelGateway, Event: "data.read", Result: Result{Status: "200"}}); err != nil {
			t.Fatal(err)
		}
		y.Log.open.end(d.ID)
	}
}

func (y *years) verify(t *testing.T, kept ...[]byte) journal.Report {
	t.Helper()
	if _, err := y.Prove(context.Background(), y.journal.Size()-1); err != nil { // waits for the checkpoint
		t.Fatal(err)
	}
	report, err := Verify(y.dir, y.journal.VerifierKey(), journal.VerifyOptions{Live: true, Kept: kept})
	if err != nil || !report.OK() {
		t.Fatalf("the log does not verify: %v, %v", err, report.Findings)
	}
	return report
}

func TestRecordsLeaveAfter24MonthsAndStayProvable(t *testing.T) {
	y, ctx := openYears(t), context.Background()
	for range 6 {
		y.month(t, "999000000001")
	}
	y.verify(t)
	kept, err := journal.NewestNote(y.dir)
	if err != nil {
		t.Fatal(err)
	}
	evidence, err := y.ReadEvidence(ctx, Actor{}, "kiểm tra", 5)
	if err != nil {
		t.Fatal(err)
	}
	for range 23 {
		y.month(t, "999000000002")
	}
	y.index.wait(ctx, time.Minute)
	before, err := y.Counts(ctx, CountFilter{})
	if err != nil {
		t.Fatal(err)
	}
	run, err := y.Archive(ctx)
	if err != nil || len(run.Archived) < 3 || len(run.Purged) != 0 {
		t.Fatalf("archived %d, purged %d, %v", len(run.Archived), len(run.Purged), err)
	}
	limit := y.clock.Now().AddDate(0, -24, 0)
	for _, a := range run.Archived {
		if !a.To.Before(limit) {
			t.Errorf("records of %v left, the limit is %v", a.To, limit)
		}
	}
	y.verify(t, kept)
	if err := evidence.Check(y.journal.VerifierKey()); err != nil {
		t.Errorf("evidence handed out before: %v", err)
	}
	if e, err := y.ReadEvidence(ctx, Actor{}, "kiểm tra", 5); err != nil || e.Record != evidence.Record || e.Check(y.journal.VerifierKey()) != nil {
		t.Errorf("an archived record is proved from its archive: %v", err)
	}

	// Who read this person: what is online is listed, and where the rest went is said.
	page, err := y.List(ctx, Filter{PersonKey: y.PersonKey("999000000001"), Limit: 500})
	if err != nil || len(page.Archives) != len(run.Archived) {
		t.Fatalf("the search names %d archives, %v", len(page.Archives), err)
	}
	for _, item := range page.Items {
		if item.Seq < y.journal.First() {
			t.Errorf("record %d has left and is still listed", item.Seq)
		}
	}
	if page, err := y.List(ctx, Filter{From: limit}); err != nil || len(page.Archives) != 0 {
		t.Errorf("a search of the time online names %d archives, %v", len(page.Archives), err)
	}
	if page, err := y.List(ctx, Filter{Event: "log.archive"}); err != nil || len(page.Items) != len(run.Archived) {
		t.Errorf("recorded %d of %d archives, %v", len(page.Items), len(run.Archived), err)
	}
	var left int
	if err := y.index.db.QueryRow(`SELECT (SELECT COUNT(*) FROM audit_entry WHERE seq < ?) + (SELECT COUNT(*) FROM audit_person WHERE person = ? AND exchange NOT IN (SELECT exchange FROM audit_entry))`,
		y.journal.First(), y.PersonKey("999000000001")).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows of archived records are still in the index, %v", left, err)
	}

	// The index is derived: without it the counts of calls come back, and archived records do not.
	if err := y.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(y.dir, indexFolder)); err != nil {
		t.Fatal(err)
	}
	y.open(t)
	after, err := y.Counts(ctx, CountFilter{})
	if err != nil || !reflect.DeepEqual(before, after) {
		t.Errorf("%d days counted, %d before: %v", len(after), len(before), err)
	}
	if again, err := y.Archive(ctx); err != nil || len(again.Archived) != 0 {
		t.Errorf("archived %d again, %v", len(again.Archived), err)
	}
}

func TestArchivesAreRemovedAfterFiveYears(t *testing.T) {
	y, ctx := openYears(t), context.Background()
	for range 30 {
		y.month(t, "999000000001")
	}
	y.verify(t)
	kept, err := journal.NewestNote(y.dir)
	if err != nil {
		t.Fatal(err)
	}
	run, err := y.Archive(ctx)
	if err != nil || len(run.Archived) == 0 {
		t.Fatalf("archived %d, %v", len(run.Archived), err)
	}
	y.clock.Shift(4 * 365 * 24 * time.Hour)
	if again, err := y.Archive(ctx); err != nil || len(again.Purged) != 0 {
		t.Fatalf("after 4 years %d were removed, %v", len(again.Purged), err)
	}
	y.clock.Shift(370 * 24 * time.Hour)
	again, err := y.Archive(ctx)
	if err != nil || len(again.Purged) != len(run.Archived) {
		t.Fatalf("after 5 years %d of %d were removed, %v", len(again.Purged), len(run.Archived), err)
	}
	report := y.verify(t, kept)
	if report.Purged != run.Archived[len(run.Archived)-1].End {
		t.Errorf("%+v", report)
	}
	if e, err := y.Prove(ctx, 2); err != nil || e.Check(y.journal.VerifierKey()) != nil {
		t.Errorf("the hash of a removed record is not proved: %v", err)
	}
	_, err = y.ReadEvidence(ctx, Actor{}, "kiểm tra", 2)
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != "audit.archived" {
		t.Errorf("a removed record is read: %v", err)
	}
	if page, err := y.List(ctx, Filter{Event: "log.purge", Limit: 500}); err != nil || len(page.Items) != len(again.Purged) {
		t.Errorf("recorded %d of %d removals, %v", len(page.Items), len(again.Purged), err)
	}
	if err := y.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(y.dir, indexFolder)); err != nil {
		t.Fatal(err)
	}
	y.open(t)
	if page, err := y.List(ctx, Filter{Event: "log.open"}); err != nil || len(page.Items) == 0 || page.Archives[0].PurgedAt.IsZero() {
		t.Errorf("a new index behind removed archives finds %d records, %v", len(page.Items), err)
	}
}

func TestShortRetentionAndAnUnsureClockAreRefused(t *testing.T) {
	for _, r := range []Retention{{OnlineMonths: 11}, {ArchiveYears: 4}, {OnlineMonths: -1}} {
		opts := testOptions()
		opts.Retention = r
		_, err := Open(t.TempDir(), opts)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Code != "audit.retention_too_short" {
			t.Errorf("%+v: %v", r, err)
		}
	}
	opts := testOptions()
	opts.Retention = Retention{OnlineMonths: 12, ArchiveYears: 5}
	opts.ClockOK = func() bool { return false }
	l, err := Open(t.TempDir(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if _, err := l.Archive(context.Background()); fault.Of(err).Code != "audit.clock_unsure" {
		t.Errorf("archived with an unsure clock: %v", err)
	}
}

// T67: no planted identifier is anywhere in what the log keeps, also not in archives and what the program logs.
func TestNoIdentifierIsKeptAnywhere(t *testing.T) {
	const person, phone = "999201004567", "0999123456"
	y, ctx := openYears(t), context.Background()
	var technical bytes.Buffer
	if err := y.Close(); err != nil {
		t.Fatal(err)
	}
	y.opts.Logger = slog.New(slog.NewJSONHandler(&technical, &slog.HandlerOptions{Level: slog.LevelDebug}))
	y.open(t)
	for month := range 26 {
		y.month(t, person)
		if month%5 > 0 {
			continue
		}
		who := Actor{Type: "user", AccountID: "auditor-1"}
		for _, text := range []string{person, "công dân " + person, "gọi " + phone, fmt.Sprintf("CCCD %s %s", person[:3], person[3:])} {
			r := &Record{Channel: ChannelGateway, Event: "data.read", Decision: Decision{Result: Deny, Reason: ReasonPurpose}, Reason: text, Detail: map[string]string{"note": text},
				Target: Target{Operation: "GET /x?cccd=" + text}, Purpose: Purpose{CaseRef: text}, Content: Content{Filter: "so_dinh_danh=" + text, SubjectKeys: []string{y.PersonKey(person)}}}
			if err := y.Decide(ctx, r); err != nil {
				t.Fatal(err)
			}
			if _, err := y.Search(ctx, who, "tìm "+text, Filter{PersonKey: y.PersonKey(person), Subject: text}); err != nil {
				t.Fatal(err)
			}
		}
	}
	run, err := y.Archive(ctx)
	if err != nil || len(run.Archived) == 0 {
		t.Fatalf("archived %d, %v", len(run.Archived), err)
	}
	to := filepath.Join(t.TempDir(), "export")
	if err := y.Export(ctx, to); err != nil {
		t.Fatal(err)
	}
	if err := y.Close(); err != nil {
		t.Fatal(err)
	}
	kept := map[string][]byte{"technical log": technical.Bytes()}
	for _, dir := range []string{y.dir, to} {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			if kept[path], err = os.ReadFile(path); err == nil && filepath.Ext(path) == ".zst" {
				kept[path+" unpacked"], err = journal.Unpack(kept[path])
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(kept) < 10 {
		t.Fatalf("only %d files were looked through", len(kept))
	}
	for name, content := range kept {
		for _, secret := range []string{person, person[:3] + " " + person[3:], phone} {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
}

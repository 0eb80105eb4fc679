package audit

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/fault"
)

// fill writes calls with their outcomes and returns the decisions.
func fill(t testing.TB, l *Log, n int) []*Record {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var calls []*Record
	for i := range n {
		c := randomRecord(r, i)
		if i%5 == 4 {
			c.Decision = Decision{Result: Deny, Reason: ReasonPurpose}
		}
		if err := l.Decide(context.Background(), c); err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
		if c.open() {
			l.Outcome(&Record{Of: c.ID, Channel: c.Channel, Event: c.Event, Result: Result{Status: "200"}, Duration: int64(i), Content: Content{Records: 1, Bytes: 10, SubjectKeys: []string{"k1:out"}}})
		}
	}
	return calls
}

func seqs(items []Item) []int64 {
	var list []int64
	for _, i := range items {
		list = append(list, i.Seq)
	}
	return list
}

func TestListFindsWhatTheJournalHolds(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir)
	calls := fill(t, l, 120)
	ctx := context.Background()
	tests := map[string]struct {
		filter Filter
		match  func(*Record) bool
	}{
		"actor":                        {Filter{Actor: "sys-2"}, func(r *Record) bool { return r.Actor.AccountID == "sys-2" }},
		"dataset":                      {Filter{Dataset: "H38.04/ds-1"}, func(r *Record) bool { return r.Target.Dataset == "H38.04/ds-1" }},
		"connection":                   {Filter{Connection: "KN-3"}, func(r *Record) bool { return r.Target.Connection == "KN-3" }},
		"refused":                      {Filter{Result: Deny}, func(r *Record) bool { return r.Decision.Result == Deny }},
		"person":                       {Filter{PersonKey: "k1:0003"}, func(r *Record) bool { return r.Content.SubjectKeys[0] == "k1:0003" }},
		"person known only at the end": {Filter{PersonKey: "k1:out"}, func(r *Record) bool { return r.Decision.Result == Allow }},
		"two conditions": {Filter{Actor: "sys-1", Dataset: "H38.04/ds-0"}, func(r *Record) bool {
			return r.Actor.AccountID == "sys-1" && r.Target.Dataset == "H38.04/ds-0"
		}},
		"purpose and channel": {Filter{Purpose: "DVC", Channel: ChannelGateway}, func(*Record) bool { return true }},
		"events of a slice":   {Filter{Event: "data.*"}, func(*Record) bool { return true }},
		"time before all":     {Filter{To: time.Now().Add(-time.Hour), Event: "data.read"}, func(*Record) bool { return false }},
		"one exchange":        {Filter{RequestID: calls[7].ID}, func(r *Record) bool { return r.ID == calls[7].ID }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var want []int64
			for _, c := range slices.Backward(calls) {
				if test.match(c) {
					want = append(want, c.Seq)
				}
			}
			var got []int64
			f := test.filter
			f.Limit = 7
			for {
				page, err := l.List(ctx, f)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, seqs(page.Items)...)
				if f.Cursor = page.Next; f.Cursor == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %v\nwant %v", got, want)
			}
		})
	}
	page, err := l.List(ctx, Filter{RequestID: calls[7].ID})
	if err != nil || len(page.Items) != 1 || page.Items[0].Outcome == nil || page.Items[0].Outcome.Duration != 7 {
		t.Errorf("the call does not stand with its outcome: %+v, %v", page.Items, err)
	}
	trace, err := l.Trace(ctx, calls[8].ID)
	if err != nil || len(trace) != 2 || trace[0].Kind != KindDecision || trace[1].Kind != KindOutcome {
		t.Errorf("trace: %v, %v", trace, err)
	}
	if _, err := l.Trace(ctx, "nothing"); !fault.Is(err, "audit.record_not_found") {
		t.Errorf("trace of nothing: %v", err)
	}
}

func TestIndexIsMadeAgain(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"deleted": func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, indexFolder)); err != nil {
				t.Fatal(err)
			}
		},
		"damaged": func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, indexFolder, indexFile), []byte("not a database, and long enough to be read as one: 0123456789 0123456789 0123456789"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"of another journal": func(t *testing.T, dir string) {
			other := t.TempDir()
			l := openLog(t, other)
			fill(t, l, 10)
			l.index.wait(context.Background(), 5*time.Second)
			_ = l.Close()
			if err := os.RemoveAll(filepath.Join(dir, indexFolder)); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(filepath.Join(other, indexFolder), filepath.Join(dir, indexFolder)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			l := openLog(t, dir)
			fill(t, l, 20)
			l.index.wait(context.Background(), 5*time.Second)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			spoil(t, dir)
			l = openLog(t, dir)
			page, err := l.List(context.Background(), Filter{Event: "data.read", Limit: 100})
			if err != nil || len(page.Items) != 20 {
				t.Fatalf("%d records, %v", len(page.Items), err)
			}
		})
	}
}

func TestCountsAgreeWithTheCalls(t *testing.T) {
	l := openLog(t, t.TempDir())
	calls := fill(t, l, 200)
	list, err := l.Counts(context.Background(), CountFilter{})
	if err != nil {
		t.Fatal(err)
	}
	type sum struct{ calls, denied, records int64 }
	want, got := make(map[string]sum), make(map[string]sum)
	durations := make(map[string][]int64)
	for i, c := range calls {
		s := want[c.Target.Connection]
		s.calls++
		if c.Decision.Result == Deny {
			s.denied++
		} else {
			s.records++
			durations[c.Target.Connection] = append(durations[c.Target.Connection], int64(i))
		}
		want[c.Target.Connection] = s
	}
	for _, c := range list {
		s := got[c.Key]
		got[c.Key] = sum{s.calls + c.Calls, s.denied + c.Denied, s.records + c.Records}
		d := durations[c.Key]
		for q, value := range map[float64]int64{0.5: c.P50, 0.95: c.P95} {
			exact := d[int(float64(len(d))*q+0.9999)-1]
			if value < exact || float64(value) > float64(exact)*1.05+1 {
				t.Errorf("%s quantile %v: %d, exactly %d", c.Key, q, value, exact)
			}
		}
	}
	for key, s := range want {
		if got[key] != s {
			t.Errorf("%s: got %+v, want %+v", key, got[key], s)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d connections, want %d", len(got), len(want))
	}
}

func TestReadingTheLogIsRecordedFirst(t *testing.T) {
	l := openLog(t, t.TempDir())
	fill(t, l, 3)
	ctx := context.Background()
	who := Actor{Type: "user", AccountID: "kt-01", Name: "Cán bộ kiểm tra", AgencyCode: "H38.02"}
	before := l.journal.Size()
	if _, err := l.Search(ctx, who, " ", Filter{}); !fault.Is(err, "audit.reason_required") {
		t.Fatalf("without a reason: %v", err)
	}
	if l.journal.Size() != before {
		t.Fatal("a refused search was recorded as reading")
	}
	page, err := l.Search(ctx, who, "Kiểm tra định kỳ", Filter{Dataset: "H38.04/ds-1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range page.Items {
		if i.Target.Dataset != "H38.04/ds-1" {
			t.Errorf("record %d is of %s", i.Seq, i.Target.Dataset)
		}
	}
	own, err := l.List(ctx, Filter{Event: "log.read"})
	if err != nil || len(own.Items) != 1 {
		t.Fatalf("%d records of reading, %v", len(own.Items), err)
	}
	r := own.Items[0]
	if r.Actor != who || r.Reason != "Kiểm tra định kỳ" || r.Detail["dataset"] != "H38.04/ds-1" {
		t.Errorf("recorded %+v", r.Record)
	}
}

func TestLimitIsKept(t *testing.T) {
	l := openLog(t, t.TempDir())
	fill(t, l, 60)
	page, err := l.List(context.Background(), Filter{})
	if err != nil || len(page.Items) != 50 || page.Next != strconv.FormatInt(page.Items[49].Seq, 10) {
		t.Fatalf("%d items, next %q, %v", len(page.Items), page.Next, err)
	}
	if _, err := l.List(context.Background(), Filter{Cursor: "1; DROP TABLE"}); !fault.Is(err, "audit.filter_invalid") {
		t.Fatalf("bad cursor: %v", err)
	}
}

// A search that reads the whole index takes seconds in a log of two years.
func TestNoSearchReadsTheWholeIndex(t *testing.T) {
	l := openLog(t, t.TempDir())
	at := time.Now()
	for name, f := range map[string]Filter{
		"account": {Actor: "x"}, "agency": {Agency: "x"}, "dataset": {Dataset: "x"}, "purpose": {Purpose: "x"}, "connection": {Connection: "x"},
		"grant": {Grant: "x"}, "subject": {Subject: "x"}, "person": {PersonKey: "x"}, "time": {From: at, To: at}, "exchange": {RequestID: "x"},
		"refused for a reason": {Result: Deny, Reason: ReasonQuota}, "abnormal": {Abnormal: true},
		"change": {Event: "grant.create"}, "changes of a slice": {Event: "grant.*"}, "account and time": {Actor: "x", From: at, To: at},
	} {
		where, args, err := f.clauses()
		if err != nil {
			t.Fatal(err)
		}
		rows, err := l.index.db.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+listQuery(where), append(args, 51)...)
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, step)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(plan, "; "); !strings.Contains(text, "USING INDEX audit_entry_") && !strings.Contains(text, "USING COVERING INDEX") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

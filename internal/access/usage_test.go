package access

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/testkit"
)

// T58: at the edge of a quota no more is reserved than is left, whatever comes at once and whatever the store is asked
// meanwhile; what a call did not use is there for the next.
func TestReservationsNeverPassTheQuota(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		d := newDesk(t, db)
		g := d.grant
		g.Conditions = Conditions{CallsPerDay: 500, RecordsPerDay: 320, PersonsPerDay: 320}
		r := question()
		r.At = noon
		var passed, over atomic.Int64
		var work sync.WaitGroup
		for range 64 {
			work.Go(func() {
				for range 10 {
					reserved, taken := d.Reserve(r, Decision{Allowed: true, Grant: &g, Records: 10})
					if !taken {
						continue
					}
					if u := d.usage.read(g.ID, noon); u.RecordsDay+u.Held > 320 {
						over.Add(1)
					}
					passed.Add(1)
					p, _ := Issue(r, reserved)
					d.Settle(p, 4, 4) // six of ten come back
					d.Settle(p, 4, 4) // a second end counts nothing
				}
			})
		}
		for range 5 {
			work.Go(func() {
				if err := errors.Join(d.StoreUsage(context.Background()), d.LoadUsage(context.Background())); err != nil {
					t.Error(err)
				}
			})
		}
		work.Wait()
		u := d.usage.read(g.ID, noon)
		if over.Load() > 0 || u.Held != 0 || u.RecordsDay != 4*passed.Load() || u.RecordsDay > 320 || u.CallsDay != passed.Load() {
			t.Errorf("%d calls passed, %d times over the quota, %+v", passed.Load(), over.Load(), u)
		}
		for passed.Load() < 78 { // 77 calls use 308; with 12 left one of ten still fits
			reserved, taken := d.Reserve(r, Decision{Allowed: true, Grant: &g, Records: 10})
			if !taken {
				t.Fatalf("%d calls passed, %+v", passed.Load(), d.usage.read(g.ID, noon))
			}
			passed.Add(1)
			p, _ := Issue(r, reserved)
			d.Settle(p, 4, 4)
		}
		if _, taken := d.Reserve(r, Decision{Allowed: true, Grant: &g, Records: 10}); taken {
			t.Error("more than is left was reserved")
		}
		if err := d.StoreUsage(context.Background()); err != nil {
			t.Fatal(err)
		}
		next := NewService(db, d.clock, d.log)
		if err := next.RecoverUsage(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := next.usage.read(g.ID, noon); got.RecordsDay != 312 || got.CallsDay != 78 || got.Held != 0 {
			t.Errorf("after a restart: %+v", got)
		}
	})
}

// A restart after a crash counts what the log has, also where the store was not written any more.
func TestUsageIsRecoveredFromTheLog(t *testing.T) {
	d := newDesk(t, testkit.DB(t))
	ctx := context.Background()
	for _, id := range []string{"a", "b", "c"} {
		rec := &audit.Record{ID: id, At: noon, Channel: audit.ChannelGateway, Event: "data.list", Target: audit.Target{Grant: d.grant.ID, Dataset: d.grant.Dataset},
			Decision: audit.Decision{Result: audit.Allow, Reason: "OK"}}
		if id == "c" {
			rec.Decision = audit.Decision{Result: audit.Deny, Reason: "SCOPE"}
		}
		if err := d.log.Decide(ctx, rec); err != nil {
			t.Fatal(err)
		}
	}
	d.log.Outcome(&audit.Record{Of: "a", At: noon, Channel: audit.ChannelGateway, Event: "data.list", Content: audit.Content{Records: 30, Persons: 20}, Result: audit.Result{Status: "200"}})
	deadline := time.Now().Add(10 * time.Second)
	for got := (Usage{}); got != (Usage{CallsDay: 2, RecordsDay: 30, PersonsDay: 20}); {
		next := NewService(d.db, d.clock, d.log)
		if err := next.RecoverUsage(ctx); err != nil {
			t.Fatal(err)
		}
		if got = next.usage.read(d.grant.ID, noon); time.Now().After(deadline) {
			t.Fatalf("recovered %+v", got)
		}
	}
}

// The counters go forward only: neither a call that ends after the turn of its minute or day, nor a question about
// another moment, gives a quota anew.
func TestCountersGoForward(t *testing.T) {
	u := newUsage("n")
	g := &Grant{ID: "g", Conditions: Conditions{CallsPerMinute: 3, CallsPerDay: 5, RecordsPerDay: 50}}
	evening := time.Date(2026, 11, 24, 16, 59, 58, 0, time.UTC) // 23:59:58 in Viet Nam
	slow, taken := u.reserve(g, evening, 10)
	if !taken {
		t.Fatal("the first call is refused")
	}
	after := evening.Add(10 * time.Second)
	for range 3 {
		h, taken := u.reserve(g, after, 10)
		if !taken {
			t.Fatal("a call of the new day is refused")
		}
		u.settle(h, after, 10, 0)
	}
	u.settle(slow, evening, 10, 0) // ends with the old time
	u.read("g", after.AddDate(0, 0, 3))
	if got := u.read("g", after); got.CallsMinute != 3 || got.CallsDay != 3 || got.RecordsDay != 40 || got.Held != 0 {
		t.Errorf("%+v", got)
	}
	if _, taken := u.reserve(g, evening, 1); taken {
		t.Error("a call with an older time begins the minute anew")
	}
	if got := u.read("g", after.AddDate(0, 0, 1)); got.CallsDay != 0 || got.RecordsDay != 0 || got.CallsMinute != 0 {
		t.Errorf("tomorrow: %+v", got)
	}
}

// A call that never ends loses what it held; one whose decision could not be recorded leaves no trace.
func TestForgottenReservationsEnd(t *testing.T) {
	u := newUsage("n")
	g := &Grant{ID: "g", Conditions: Conditions{CallsPerDay: 5, RecordsPerDay: 10}}
	lost, _ := u.reserve(g, noon, 10)
	if _, taken := u.reserve(g, noon.Add(time.Minute), 1); taken {
		t.Fatal("what is held was given twice")
	}
	later := noon.Add(holdLife + time.Second)
	h, taken := u.reserve(g, later, 8)
	if !taken {
		t.Fatal("a forgotten reservation still holds")
	}
	u.cancel(h, later)
	u.settle(h, later, 8, 8)
	if got := u.read("g", later); got.CallsDay != 1 || got.Held != 0 || got.RecordsDay != 0 {
		t.Errorf("%+v", got)
	}
	u.settle(lost, later, 10, 1) // late, and counted all the same
	if got := u.read("g", later); got.RecordsDay != 10 || got.Held != 0 {
		t.Errorf("%+v", got)
	}
}

// What could not be stored is stored the next time.
func TestUnstoredUsageIsKept(t *testing.T) {
	d := newDesk(t, testkit.DB(t))
	g := d.grant
	h, _ := d.usage.reserve(&g, noon, 5)
	d.usage.settle(h, noon, 5, 5)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if err := d.StoreUsage(cancelled); err == nil {
		t.Fatal("stored with a context that is over")
	}
	if err := d.StoreUsage(context.Background()); err != nil {
		t.Fatal(err)
	}
	next := NewService(d.db, d.clock, d.log)
	if err := next.LoadUsage(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := next.usage.read(g.ID, noon); got.RecordsDay != 5 || got.CallsDay != 1 {
		t.Errorf("%+v", got)
	}
}

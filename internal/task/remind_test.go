package task

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/testkit"
)

// inbox says what a person was told: stage and subject, in order of sending.
func (w *world) inbox(t *testing.T, ctx context.Context) string {
	t.Helper()
	notices, err := w.Notices(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range notices {
		got = append(got, n.Stage.String()+":"+n.Task.Subject)
	}
	slices.Reverse(got)
	return fmt.Sprint(got)
}

func (w *world) remindTwice(t *testing.T) {
	t.Helper()
	for range 2 { // each stage is told once, however often the job runs
		if err := w.Remind(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStewardThenHeadThenOperator(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w, ctx := newWorld(t, db), context.Background()
		w.tx(t, func(q controldb.Querier) error { return w.Open(ctx, q, opinion("a")) })
		steward, head, operator := as("H38.04", access.Steward), as("H38.04", access.AgencyHead), as("H38.02", access.OpAppraiser)
		for _, step := range []struct {
			name                    string
			at                      time.Duration
			steward, head, operator string
		}{
			{"before half of the time nobody", 39 * time.Hour, "[]", "[]", "[]"},
			{"at half of the time the steward", 40 * time.Hour, "[half:a]", "[]", "[]"},
			{"on the evening before nothing new", 62*time.Hour + 59*time.Minute, "[half:a]", "[]", "[]"},
			{"on the day of the deadline the head too", 63 * time.Hour, "[half:a due:a]", "[due:a]", "[]"},
			{"at the deadline itself nothing new", 80 * time.Hour, "[half:a due:a]", "[due:a]", "[]"},
			{"when it has passed the operator too", 80*time.Hour + time.Second, "[half:a due:a overdue:a]", "[due:a overdue:a]", "[overdue:a]"},
			{"and never again", 2000 * time.Hour, "[half:a due:a overdue:a]", "[due:a overdue:a]", "[overdue:a]"},
		} {
			w.at(step.at)
			w.remindTwice(t)
			for _, x := range []struct {
				who  string
				ctx  context.Context
				want string
			}{{"steward", steward, step.steward}, {"head", head, step.head}, {"operator", operator, step.operator}} {
				if got := w.inbox(t, x.ctx); got != x.want {
					t.Errorf("%s: %s was told %s, want %s", step.name, x.who, got, x.want)
				}
			}
		}
		for who, ctx := range map[string]context.Context{"other agency": as("H38.05", access.Steward, access.AgencyHead), "auditor": as("H38.09", access.Auditor), "analyst": as("H38.04", access.Analyst)} {
			if got := w.inbox(t, ctx); got != "[]" {
				t.Errorf("%s was told %s", who, got)
			}
		}
		if !w.list(t, operator, Filter{})[0].Escalated() {
			t.Error("an overdue task is not shown as escalated")
		}
		if n := w.recorded(t); n != 3 {
			t.Errorf("%d records of reminding, want one for each stage", n)
		}
	})
}

// recorded counts the records of reminding.
func (w *world) recorded(t *testing.T) int {
	t.Helper()
	page, err := w.log.List(context.Background(), audit.Filter{Event: "task.remind"})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Items)
}

func TestAfterAStandstillOnlyTheReachedStageIsTold(t *testing.T) {
	w, ctx := newWorld(t, testkit.DB(t)), context.Background()
	w.tx(t, func(q controldb.Querier) error { return w.Open(ctx, q, opinion("a")) })
	w.at(200 * time.Hour)
	w.remindTwice(t)
	if got := w.inbox(t, as("H38.04", access.Steward)); got != "[overdue:a]" {
		t.Fatalf("steward was told %s, want only that it is overdue", got)
	}
}

func TestNoReminderOfWhatHasEndedOrHasNoDeadline(t *testing.T) {
	w, ctx := newWorld(t, testkit.DB(t)), context.Background()
	free := opinion("free")
	free.WorkingDays = 0
	w.tx(t, func(q controldb.Querier) error {
		return errors.Join(w.Open(ctx, q, free), w.Open(ctx, q, opinion("done")), w.Open(ctx, q, opinion("cancelled")))
	})
	w.tx(t, func(q controldb.Querier) error {
		return errors.Join(w.Done(ctx, q, "connection.opinion", "done"), w.Cancel(ctx, q, "cancelled"))
	})
	w.at(500 * time.Hour)
	w.remindTwice(t)
	if got := w.inbox(t, as("H38.04", access.Steward, access.AgencyHead)); got != "[]" {
		t.Fatalf("told %s of tasks that are done, cancelled or without a deadline", got)
	}
}

func TestOnePersonAndTheHeadsOwnTask(t *testing.T) {
	w, ctx := newWorld(t, testkit.DB(t)), context.Background()
	one, head := opinion("one"), opinion("head")
	one.Account, head.Role = "account:H38.04/analyst", access.AgencyHead
	w.tx(t, func(q controldb.Querier) error { return errors.Join(w.Open(ctx, q, one), w.Open(ctx, q, head)) })
	w.at(200 * time.Hour)
	w.remindTwice(t)
	for who, want := range map[access.Role]string{access.Analyst: "[overdue:one]", access.AgencyHead: "[overdue:one overdue:head]", access.Steward: "[]"} {
		if got := w.inbox(t, as("H38.04", who)); got != want {
			t.Errorf("%s was told %s, want %s", who, got, want)
		}
	}
}

func TestMoreTasksThanOnePageAreAllReminded(t *testing.T) {
	w, ctx := newWorld(t, testkit.DB(t)), context.Background()
	w.tx(t, func(q controldb.Querier) error {
		for i := range 205 {
			if err := w.Open(ctx, q, opinion(fmt.Sprint(i))); err != nil {
				return err
			}
		}
		return nil
	})
	w.at(41 * time.Hour)
	w.remindTwice(t)
	counts, err := w.Counts(as("H38.04", access.Steward))
	if err != nil || counts.Unread != 205 {
		t.Fatalf("%d unread, %v; want 205", counts.Unread, err)
	}
}

func TestReadIsEachPersonsOwn(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w, ctx := newWorld(t, db), context.Background()
		w.tx(t, func(q controldb.Querier) error {
			return errors.Join(w.Open(ctx, q, opinion("a")), w.Open(ctx, q, opinion("b")))
		})
		w.at(41 * time.Hour)
		w.remindTwice(t)
		steward, deputy, stranger := as("H38.04", access.Steward), as("H38.04", access.DeputySteward), as("H38.05", access.Steward)
		unread := func(ctx context.Context) int {
			c, err := w.Counts(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return c.Unread
		}
		notices, err := w.Notices(steward, 0)
		if err != nil || len(notices) != 2 {
			t.Fatalf("%d notices, %v", len(notices), err)
		}
		for _, ctx := range []context.Context{stranger, steward, steward} { // the stranger's does nothing, the second of one's own neither
			if err := w.MarkRead(ctx, notices[0].ID); err != nil {
				t.Fatal(err)
			}
		}
		if s, d := unread(steward), unread(deputy); s != 1 || d != 2 {
			t.Fatalf("unread: steward %d, deputy %d; want 1 and 2", s, d)
		}
		if err := w.MarkRead(deputy, ""); err != nil {
			t.Fatal(err)
		}
		if s, d := unread(steward), unread(deputy); s != 1 || d != 0 {
			t.Fatalf("unread: steward %d, deputy %d; want 1 and 0", s, d)
		}
	})
}

package task

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

// monday 9:00 in Viet Nam; three working days later is Thursday 17:00.
var monday = time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC)

type world struct {
	*Service
	db    *controldb.DB
	clock *clock.Adjustable
	log   *audit.Log
}

func newWorld(t *testing.T, db *controldb.DB) *world {
	t.Helper()
	log, err := audit.Open(t.TempDir(), audit.Options{
		Journal:   journal.Options{Signer: ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)), Origin: "example.test/audit/1"},
		PersonKey: bytes.Repeat([]byte{2}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	if err := log.UseOutbox(context.Background(), db); err != nil {
		t.Fatal(err)
	}
	cal, err := clock.VietNam()
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewAdjustable(clock.Fixed(monday))
	return &world{NewService(db, c, cal, log), db, c, log}
}

func (w *world) tx(t *testing.T, fn func(q controldb.Querier) error) {
	t.Helper()
	if err := w.db.InTx(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// at moves the clock to a moment counted from monday 9:00.
func (w *world) at(d time.Duration) { w.clock.Shift(d - w.clock.Offset()) }

func opinion(subject string) Task {
	return Task{Kind: "connection.opinion", Agency: "H38.04", Subject: subject, Path: "/connection/" + subject, TitleKey: "connection.task.opinion", TitleArgs: []string{"2026-0001"}, WorkingDays: 3}
}

func as(agency string, roles ...access.Role) context.Context {
	id := "account:" + agency
	for _, r := range roles {
		id += "/" + string(r)
	}
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: id, Name: "Người thử", Agency: agency, Roles: roles, Auth: access.AuthTwo})
}

func (w *world) list(t *testing.T, ctx context.Context, f Filter) []Task {
	t.Helper()
	tasks, err := w.List(ctx, f)
	if err != nil {
		t.Fatal(err)
	}
	return tasks
}

func TestOpenedTwiceIsOneTaskUntilItIsDone(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w, ctx := newWorld(t, db), context.Background()
		open := func(q controldb.Querier) error { return w.Open(ctx, q, opinion("a")) }
		w.tx(t, open)
		w.at(26 * time.Hour)
		w.tx(t, open)
		steward := as("H38.04", access.Steward)
		tasks := w.list(t, steward, Filter{State: Open})
		if len(tasks) != 1 || !tasks[0].CreatedAt.Equal(monday) {
			t.Fatalf("open tasks: %+v, want the first alone", tasks)
		}
		if want := time.Date(2026, 12, 3, 10, 0, 0, 0, time.UTC); !tasks[0].DueAt.Equal(want) {
			t.Fatalf("due %v, want %v: the end of the third working day", tasks[0].DueAt, want)
		}
		w.tx(t, func(q controldb.Querier) error { return w.Done(ctx, q, "connection.opinion", "a") })
		w.tx(t, open) // a request sent back and submitted again
		if n := len(w.list(t, steward, Filter{State: Open})); n != 1 {
			t.Fatalf("%d open tasks after it was done and opened again, want 1", n)
		}
		if n := len(w.list(t, steward, Filter{State: Done})); n != 1 {
			t.Fatalf("%d done tasks, want 1", n)
		}
	})
}

func TestTaskFollowsTheCallersTransaction(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w, ctx := newWorld(t, db), context.Background()
		broken := errors.New("the step failed")
		err := db.InTx(ctx, func(q controldb.Querier) error { return errors.Join(w.Open(ctx, q, opinion("a")), broken) })
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		steward := as("H38.04", access.Steward)
		if n := len(w.list(t, steward, Filter{})); n != 0 {
			t.Fatalf("%d tasks of a step that was rolled back", n)
		}
		w.tx(t, func(q controldb.Querier) error { return w.Open(ctx, q, opinion("a")) })
		err = db.InTx(ctx, func(q controldb.Querier) error {
			return errors.Join(w.Done(ctx, q, "connection.opinion", "a"), broken)
		})
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		if n := len(w.list(t, steward, Filter{State: Open})); n != 1 {
			t.Fatalf("%d open tasks after the end was rolled back, want 1", n)
		}
	})
}

func TestCancelEndsAllTasksOfTheSubjectAndNoOther(t *testing.T) {
	w, ctx := newWorld(t, testkit.DB(t)), context.Background()
	other := opinion("a")
	other.Kind = "connection.answer"
	w.tx(t, func(q controldb.Querier) error {
		return errors.Join(w.Open(ctx, q, opinion("a")), w.Open(ctx, q, other), w.Open(ctx, q, opinion("b")))
	})
	w.tx(t, func(q controldb.Querier) error { return w.Cancel(ctx, q, "a") })
	tasks := w.list(t, as("H38.04", access.Steward), Filter{State: Open})
	if len(tasks) != 1 || tasks[0].Subject != "b" {
		t.Fatalf("still open: %+v, want that of b", tasks)
	}
}

func TestWhoSeesWhichTasks(t *testing.T) {
	w, ctx := newWorld(t, testkit.DB(t)), context.Background()
	mine := opinion("c")
	mine.Account, mine.Kind = "account:H38.04/vendor", "system.confirm"
	head := opinion("d")
	head.Role = access.AgencyHead
	elsewhere := opinion("b")
	elsewhere.Agency = "H38.05"
	w.tx(t, func(q controldb.Querier) error {
		return errors.Join(w.Open(ctx, q, opinion("a")), w.Open(ctx, q, elsewhere), w.Open(ctx, q, mine), w.Open(ctx, q, head))
	})
	for _, c := range []struct {
		name string
		ctx  context.Context
		f    Filter
		want string
	}{
		{"an agency sees its own", as("H38.04", access.Analyst), Filter{}, "[a c d]"},
		{"another agency cannot ask for them", as("H38.05", access.Steward), Filter{Agency: "H38.04"}, "[b]"},
		{"the operator sees all", as("H38.02", access.OpAppraiser), Filter{}, "[a b c d]"},
		{"the operator chooses an agency", as("H38.02", access.OpAppraiser), Filter{Agency: "H38.05"}, "[b]"},
		{"without a role a task is the steward's", as("H38.04", access.Steward), Filter{Mine: true}, "[a]"},
		{"the deputy shares the steward's", as("H38.04", access.DeputySteward), Filter{Mine: true}, "[a]"},
		{"the head has the head's", as("H38.04", access.AgencyHead), Filter{Mine: true}, "[d]"},
		{"a vendor sees what is addressed to the account", as("H38.04", access.Vendor), Filter{}, "[c]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, task := range w.list(t, c.ctx, c.f) {
				got = append(got, task.Subject)
			}
			if fmt.Sprint(got) != c.want {
				t.Fatalf("sees %v, want %s", got, c.want)
			}
		})
	}
}

func TestNobodyIsRefused(t *testing.T) {
	w, ctx := newWorld(t, testkit.DB(t)), context.Background()
	for name, call := range map[string]func() error{
		"List":     func() error { _, err := w.List(ctx, Filter{}); return err },
		"Counts":   func() error { _, err := w.Counts(ctx); return err },
		"Notices":  func() error { _, err := w.Notices(ctx, 0); return err },
		"MarkRead": func() error { return w.MarkRead(ctx, "") },
	} {
		if err := call(); !fault.Is(err, "access.sign_in_required") {
			t.Errorf("%s without an actor: %v", name, err)
		}
	}
	if _, err := w.List(as("H38.04", access.Steward), Filter{State: "late"}); !fault.Is(err, "task.state_unknown") {
		t.Errorf("unknown state: %v", err)
	}
}

func TestTaskWithoutPageOrTitleIsOurMistake(t *testing.T) {
	w, ctx := newWorld(t, testkit.DB(t)), context.Background()
	for name, spoil := range map[string]func(*Task){
		"no title": func(x *Task) { x.TitleKey = "" }, "no agency": func(x *Task) { x.Agency = "" }, "no subject": func(x *Task) { x.Subject = "" },
		"foreign page": func(x *Task) { x.Path = "//example.test/a" }, "no page": func(x *Task) { x.Path = "" },
	} {
		bad := opinion("a")
		spoil(&bad)
		err := w.db.InTx(ctx, func(q controldb.Querier) error { return w.Open(ctx, q, bad) })
		if err == nil || fault.Of(err).Kind != fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOverdueFirstAndDaysInWorkingDays(t *testing.T) {
	w, ctx := newWorld(t, testkit.DB(t)), context.Background()
	short, free := opinion("short"), opinion("free")
	short.WorkingDays, free.WorkingDays = 1, 0
	w.tx(t, func(q controldb.Querier) error {
		return errors.Join(w.Open(ctx, q, free), w.Open(ctx, q, opinion("three")), w.Open(ctx, q, short))
	})
	w.at(3 * 24 * time.Hour) // Thursday 9:00
	steward := as("H38.04", access.Steward)
	got := ""
	for _, x := range w.list(t, steward, Filter{State: Open}) {
		got += fmt.Sprintf("%s %s %d %v; ", x.Subject, x.Standing.Stage, x.Standing.Days, x.Standing.Counted)
	}
	if want := "short overdue 2 true; three due 0 true; free early 0 false; "; got != want {
		t.Fatalf("list is %q, want %q", got, want)
	}
	counts, err := w.Counts(steward)
	if err != nil || counts != (Counts{Open: 3, Today: 1, Overdue: 1}) {
		t.Fatalf("counts %+v, %v", counts, err)
	}
	w.at(7 * 24 * time.Hour) // Monday after: the weekend is not counted
	if x := w.list(t, steward, Filter{State: Open})[1]; x.Subject != "three" || x.Standing.Days != 2 {
		t.Fatalf("overdue over a weekend: %+v, want 2 working days", x.Standing)
	}
}

func TestWhatIsToldIsToldOnce(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w, ctx := newWorld(t, db), context.Background()
		renewal := Telling{
			Key: "connection.renewal/a/60", To: []Recipient{{Agency: "H38.04", Role: access.Steward}, {Account: "u-2"}}, TitleKey: "connection.task.opinion", TitleArgs: []string{"2026-0001"},
			Path: "/connection/a", Subject: "connection/a",
		}
		for range 2 {
			w.tx(t, func(q controldb.Querier) error { return w.Tell(ctx, q, renewal) })
		}
		steward, stranger := as("H38.04", access.Steward), as("H38.05", access.Steward)
		if got := w.inbox(t, steward); got != "[early:]" {
			t.Errorf("the steward was told %s", got)
		}
		if got := w.inbox(t, stranger); got != "[]" {
			t.Errorf("the steward of another agency was told %s", got)
		}
		nobody := renewal
		nobody.To = []Recipient{{Agency: "H38.04"}}
		if err := w.db.InTx(ctx, func(q controldb.Querier) error { return w.Tell(ctx, q, nobody) }); err == nil {
			t.Error("a notice to nobody was kept")
		}
	})
}

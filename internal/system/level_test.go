package system_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/system"
	"lienthong/internal/system/systemtest"
)

func proposal() system.Dossier {
	return system.Dossier{Kind: system.ForApproval, Level: 3, Number: "07/HSĐX-CĐ", Justification: "Hệ thống xử lý dữ liệu cá nhân của người dân toàn tỉnh"}
}

func decision() system.LevelDecision {
	return system.LevelDecision{Level: 3, Authority: "Ủy ban nhân dân tỉnh", Number: "12/QĐ-UBND", DecidedAt: now.AddDate(0, 0, -1), ValidTo: now.AddDate(1, 0, 0), CheckedAt: now.AddDate(0, -1, 0)}
}

// approved takes the system tthc to an approved level, by two people.
func (w *world) approved(t *testing.T, level int, to time.Time) {
	t.Helper()
	p, d := proposal(), decision()
	p.Level, d.Level, d.ValidTo = level, level, to
	w.decided(t, p, d)
}

func (w *world) decided(t *testing.T, p system.Dossier, d system.LevelDecision) {
	t.Helper()
	made, err := w.ProposeLevel(as("H38.02", access.Steward), "tthc", p, systemtest.PDF())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.RecordLevel(security(), "tthc", made.ID, d, systemtest.PDF()); err != nil {
		t.Fatal(err)
	}
}

func (w *world) level(t *testing.T, want int, when string) {
	t.Helper()
	f, err := w.Facts(context.Background(), "tthc")
	if err != nil || f.SecurityLevel != want {
		t.Errorf("%s: %+v, %v, want %d", when, f, err, want)
	}
}

func TestALevelIsProposedAndRecordedByTwoPeople(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		w.registered(t)
		steward := as("H38.02", access.Steward, access.OpSecurity) // one person who holds both roles
		made, err := w.ProposeLevel(steward, "tthc", proposal(), systemtest.PDF())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.ProposeLevel(steward, "tthc", proposal(), nil); !fault.Is(err, "system.level_open") {
			t.Errorf("a second dossier while one waits: %v", err)
		}
		if _, err := w.RecordLevel(steward, "tthc", made.ID, decision(), systemtest.PDF()); !fault.Is(err, "system.level_own") {
			t.Errorf("invariant 8: whoever proposed records: %v", err)
		}
		if _, err := w.RecordLevel(engineer(), "tthc", made.ID, decision(), systemtest.PDF()); !fault.Is(err, "access.permission_missing") {
			t.Errorf("an engineer records: %v", err)
		}
		w.level(t, 0, "while the dossier waits")
		for code, change := range map[string]func(*system.LevelDecision){
			"system.level_range":            func(d *system.LevelDecision) { d.Level = 6 },
			"system.level_decision_missing": func(d *system.LevelDecision) { d.Number = " " },
			"system.level_authority":        func(d *system.LevelDecision) { d.Authority = "" },
			"system.level_valid_to":         func(d *system.LevelDecision) { d.ValidTo = now },
			"system.level_decided_at":       func(d *system.LevelDecision) { d.DecidedAt = now.Add(time.Hour) },
			"system.level_review_at":        func(d *system.LevelDecision) { d.ReviewAt = d.ValidTo.Add(time.Hour) },
			"system.level_checked_at":       func(d *system.LevelDecision) { d.CheckedAt = now.Add(time.Hour) },
		} {
			d := decision()
			change(&d)
			if _, err := w.RecordLevel(security(), "tthc", made.ID, d, systemtest.PDF()); !fault.Is(err, code) {
				t.Errorf("want %s, got %v", code, err)
			}
		}
		if _, err := w.RecordLevel(security(), "tthc", made.ID, decision(), nil); !fault.Is(err, "system.level_file_missing") {
			t.Errorf("without the decision's file: %v", err)
		}
		if n := w.papers.Len(); n != 1 {
			t.Errorf("%d files after refusals, want the dossier's alone", n)
		}
		if _, err := w.RecordLevel(security(), "tthc", made.ID, decision(), systemtest.PDF()); err != nil {
			t.Fatal(err)
		}
		w.level(t, 3, "after the decision")
		if _, err := w.RecordLevel(security(), "tthc", made.ID, decision(), systemtest.PDF()); !fault.Is(err, "system.level_ended") {
			t.Errorf("a decision twice: %v", err)
		}
		all, err := w.Dossiers(steward, "tthc")
		if err != nil || len(all) != 1 || all[0].Decided.Number != "12/QĐ-UBND" || all[0].EndedBy == all[0].ProposedBy {
			t.Fatalf("dossiers: %+v, %v", all, err)
		}
		if _, _, err := w.OpenPaper(as("H38.09", access.Steward), "tthc", made.ID, "decision"); !fault.Is(err, "access.other_agency") {
			t.Errorf("another agency opens the decision: %v", err)
		}
		w.clock.Shift(365*24*time.Hour + time.Hour)
		w.level(t, 0, "invariant 4: when the approval has lapsed")
	})
}

func TestReturnedAndWithdrawnDossiers(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	w.registered(t)
	steward := as("H38.02", access.Steward)
	made, err := w.ProposeLevel(steward, "tthc", proposal(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.ReturnLevel(security(), "tthc", made.ID, "thiếu"); !fault.Is(err, "system.reason_missing") {
		t.Errorf("returned without a reason: %v", err)
	}
	if d, err := w.ReturnLevel(security(), "tthc", made.ID, "Thiếu thuyết minh phương án bảo đảm an toàn"); err != nil || d.State != system.Returned {
		t.Fatal(d, err)
	}
	if made, err = w.ProposeLevel(steward, "tthc", proposal(), nil); err != nil {
		t.Fatal(err)
	}
	if d, err := w.WithdrawLevel(steward, "tthc", made.ID); err != nil || d.State != system.Withdrawn {
		t.Fatal(d, err)
	}
	bad := system.Dossier{Kind: system.ForException, Level: 0, Number: "", Justification: "ngắn"}
	_, err = w.ProposeLevel(steward, "tthc", bad, nil)
	var codes []string
	for _, i := range fault.Of(err).Items {
		codes = append(codes, i.Code)
	}
	if want := []string{"system.level_range", "system.level_number", "system.level_justification", "system.level_measures"}; !slices.Equal(codes, want) {
		t.Errorf("all mistakes at once: %v, want %v", codes, want)
	}
}

func TestExceptionsLastNinetyDaysTogether(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	w.registered(t)
	p := proposal()
	p.Kind, p.Measures = system.ForException, "Chỉ cho phép gọi từ mạng số liệu chuyên dùng, giám sát hằng ngày"
	steward := as("H38.02", access.Steward)
	made, err := w.ProposeLevel(steward, "tthc", p, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := decision()
	d.Level, d.DecidedAt, d.ValidTo = 2, now, now.AddDate(0, 0, 91)
	if _, err := w.RecordLevel(security(), "tthc", made.ID, d, systemtest.PDF()); !fault.Is(err, "system.exception_long") {
		t.Fatalf("R26.2a an exception of 91 days: %v", err)
	}
	d.ValidTo = now.AddDate(0, 0, 60)
	if _, err := w.RecordLevel(security(), "tthc", made.ID, d, systemtest.PDF()); err != nil {
		t.Fatal(err)
	}
	w.level(t, 2, "during the exception")
	w.clock.Shift(50 * 24 * time.Hour)
	if made, err = w.ProposeLevel(steward, "tthc", p, nil); err != nil {
		t.Fatal(err)
	}
	d.DecidedAt, d.ValidTo = now.AddDate(0, 0, 50), now.AddDate(0, 0, 100)
	if _, err := w.RecordLevel(security(), "tthc", made.ID, d, systemtest.PDF()); !fault.Is(err, "system.exception_long") {
		t.Fatalf("R26.2a a second exception beyond 90 days from the first: %v", err)
	}
	d.ValidTo = now.AddDate(0, 0, 90)
	if _, err := w.RecordLevel(security(), "tthc", made.ID, d, systemtest.PDF()); err != nil {
		t.Fatal(err)
	}
	w.clock.Shift(40*24*time.Hour - time.Hour)
	w.level(t, 2, "in the last hour")
	sys, err := w.Known(context.Background(), "tthc")
	if err != nil || sys.LevelStateAt(w.clock.Now()) != system.LevelException {
		t.Errorf("state: %v, %v", sys.LevelStateAt(w.clock.Now()), err)
	}
	w.clock.Shift(time.Hour)
	w.level(t, 0, "when the exception has ended")
	if sys.LevelStateAt(w.clock.Now()) != system.LevelLapsed {
		t.Errorf("state: %v", sys.LevelStateAt(w.clock.Now()))
	}
}

func TestLevelsAreFilteredByHowTheyStand(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		w.registered(t)
		want := func(state system.LevelState, when string) {
			t.Helper()
			for _, s := range system.LevelStates() {
				list, err := w.List(engineer(), system.Filter{Level: s})
				if err != nil {
					t.Fatal(err)
				}
				all, _, err := w.ListStandings(engineer(), system.Filter{Level: s})
				if found := len(all) == 1; err != nil || found != (s == state) || len(list) > 1 {
					t.Errorf("%s: filter %s finds %d, %v", when, s, len(all), err)
				}
			}
		}
		want(system.LevelNone, "before")
		w.approved(t, 3, now.AddDate(0, 0, 100))
		want(system.LevelValid, "approved")
		w.clock.Shift(50 * 24 * time.Hour)
		want(system.LevelExpiring, "fifty days before its end")
		w.clock.Shift(50 * 24 * time.Hour)
		want(system.LevelLapsed, "after its end")
	})
}

func TestRemindersAreSentOncePerThreshold(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	w.registered(t)
	var told []string
	w.OnLevelDue(func(_ context.Context, _ controldb.Querier, sys *system.System, due system.LevelDue) error {
		told = append(told, fmt.Sprintf("%s %s %d", sys.ID, due.What, due.Days))
		return nil
	})
	w.approved(t, 3, now.AddDate(0, 0, 100))
	day := 0
	at := func(days int) {
		t.Helper()
		w.clock.Shift(time.Duration(days-day) * 24 * time.Hour)
		day = days
		for range 2 {
			if err := w.RemindLevels(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, days := range []int{0, 39, 41, 69, 71, 92, 94, 99, 101} {
		at(days)
	}
	if want := []string{"tthc approval 60", "tthc approval 30", "tthc approval 7", "tthc approval 0"}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

package obligation_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit/audittest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
	"lienthong/internal/obligation"
)

var now = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

type world struct {
	*obligation.Service
	clock *clock.Adjustable
	known []obligation.Known
	told  []string
}

func newWorld(t *testing.T, db *controldb.DB) *world {
	t.Helper()
	w := &world{clock: clock.NewAdjustable(clock.Fixed(now))}
	w.Service = obligation.NewService(obligation.Parts{
		DB: db, Log: audittest.Log(t, db), Clock: w.clock, Facts: func(context.Context) ([]obligation.Known, error) { return w.known, nil },
		Found: func(_ context.Context, _ controldb.Querier, e obligation.Entry, k obligation.Kind, unmet bool) error {
			w.told = append(w.told, fmt.Sprintf("%s %s %s %v", e.Dataset, e.Owner, k, unmet))
			return nil
		},
		Gone: func(_ context.Context, _ controldb.Querier, dataset string) error {
			w.told = append(w.told, dataset+" gone")
			return nil
		},
	})
	return w
}

func as(agency string, r access.Role) context.Context {
	return access.WithActor(context.Background(), access.Actor{Type: access.User, ID: "u1", Agency: agency, Roles: []access.Role{r}, Auth: access.AuthTwo})
}

func dataset(code, name, owner string, f obligation.Facts) obligation.Known {
	return obligation.Known{Entry: obligation.Entry{Dataset: code, Name: name, Owner: owner, Decision: "88/QĐ-UBND"}, Facts: f}
}

// good facts meet all but quality, which nobody has judged.
func good() obligation.Facts {
	return obligation.Facts{LastFlow: now, Table: true, Fields: 3, Mapped: 3, Stored: true, DataTime: now, DueAt: now.AddDate(0, 1, 0)}
}

func TestFindingsAreKeptAndTold(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		bad := good()
		bad.Mapped = 2
		w.known = []obligation.Known{dataset("H38.05/ho-ngheo", "Hộ nghèo", "H38.05", bad), dataset("H38.10/giuong", "Giường bệnh", "H38.10", good())}
		evaluate := func(want ...string) {
			t.Helper()
			for range 2 { // the second time there is nothing to tell
				if err := w.Evaluate(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(w.told, want) {
				t.Errorf("told %q, want %q", w.told, want)
			}
			w.told = nil
		}
		evaluate("H38.05/ho-ngheo H38.05 standardised true")
		operator := as("H38.02", access.OpAppraiser)
		list, err := w.List(operator, obligation.Filter{Kind: obligation.Standardised, Light: obligation.Unmet})
		if err != nil || len(list) != 1 || list[0].Dataset != "H38.05/ho-ngheo" {
			t.Fatalf("unmet: %v %v", list, err)
		}
		totals, err := w.Totals(operator, obligation.Filter{})
		if err != nil || totals.Datasets != 2 || totals.Kinds[obligation.Standardised][obligation.Met] != 1 || totals.Kinds[obligation.Quality][obligation.NotAssessed] != 2 || len(totals.Agencies) != 2 {
			t.Fatalf("totals: %+v %v", totals, err)
		}
		if found, err := w.List(operator, obligation.Filter{Text: "ho ngheo"}); err != nil || len(found) != 1 {
			t.Errorf("search without diacritics: %v %v", found, err)
		}
		page, err := w.List(operator, obligation.Filter{Limit: 1})
		if err != nil || len(page) != 1 {
			t.Fatal(page, err)
		}
		if next, err := w.List(operator, obligation.Filter{Limit: 1, After: page[0].Dataset}); err != nil || len(next) != 1 || next[0].Dataset == page[0].Dataset {
			t.Errorf("next page: %v %v", next, err)
		}
		w.known[0].Facts.Mapped = 3
		evaluate("H38.05/ho-ngheo H38.05 standardised false")
		w.known[0].Facts.Mapped = 2
		evaluate("H38.05/ho-ngheo H38.05 standardised true")
		w.known[0].Owner = "H38.03" // transferred: the task goes along
		evaluate("H38.05/ho-ngheo gone", "H38.05/ho-ngheo H38.03 standardised true")
		w.known = w.known[1:]
		evaluate("H38.05/ho-ngheo gone")
		w.clock.Shift(24 * time.Hour)
		evaluate()
		days, err := w.Days(operator, "H38.10/giuong", now.AddDate(0, 0, -7))
		if err != nil || len(days) != 2 || days[1].Lights != "mmmn" {
			t.Errorf("days: %v %v", days, err)
		}
	})
}

func TestAnAgencySeesItsOwnFindings(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	w.known = []obligation.Known{dataset("H38.05/ho-ngheo", "Hộ nghèo", "H38.05", good()), dataset("H38.10/giuong", "Giường bệnh", "H38.10", good())}
	steward := as("H38.05", access.Steward)
	list, err := w.List(steward, obligation.Filter{})
	if err != nil || len(list) != 1 || list[0].Owner != "H38.05" {
		t.Errorf("invariant 4: %v %v", list, err)
	}
	if _, err := w.List(steward, obligation.Filter{Owner: "H38.10"}); !fault.Is(err, "access.other_agency") {
		t.Errorf("another agency's: %v", err)
	}
	for _, all := range []context.Context{as("H38.01", access.Leader), as("H38.13", access.Auditor), as("H38.02", access.OpEngineer)} {
		if list, err := w.List(all, obligation.Filter{}); err != nil || len(list) != 2 {
			t.Errorf("who sees all: %v %v", list, err)
		}
	}
	if _, err := w.List(as("H38.05", access.Analyst), obligation.Filter{}); !fault.Is(err, "access.permission_missing") {
		t.Errorf("without the right: %v", err)
	}
	if _, err := w.Totals(context.Background(), obligation.Filter{}); !fault.Is(err, "access.sign_in_required") {
		t.Errorf("nobody: %v", err)
	}
}

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
)

func TestStatusIsWhatTrafficShows(t *testing.T) {
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	for name, c := range map[string]struct {
		traffic   system.Traffic
		suspended bool
		want      system.Status
	}{
		"nothing at all":                           {system.Traffic{}, false, system.NotConnected},
		"a connection that ended unused":           {system.Traffic{Closed: 1}, false, system.NotConnected},
		"a request in test":                        {system.Traffic{Trying: 1}, false, system.Testing},
		"live and never called":                    {system.Traffic{Open: 1}, false, system.Testing},
		"called today":                             {system.Traffic{Open: 1, LastAt: now}, false, system.Connected},
		"called thirty days ago":                   {system.Traffic{Open: 1, LastAt: ago(30)}, false, system.Connected},
		"called thirty-one days ago":               {system.Traffic{Open: 1, LastAt: ago(31)}, false, system.Idle},
		"all its connections ended":                {system.Traffic{Closed: 2, LastAt: ago(1)}, false, system.Disconnected},
		"ended, and another on its way":            {system.Traffic{Closed: 2, Trying: 1, LastAt: ago(1)}, false, system.Testing},
		"suspended while its connections are live": {system.Traffic{Open: 1, LastAt: now}, true, system.Disconnected},
		"suspended and never called":               {system.Traffic{Open: 1}, true, system.NotConnected},
	} {
		if got := system.StatusOf(c.traffic, c.suspended, now); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestStatusesAreKeptWithPlansAndNeeds(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		w.registered(t)
		traffic := map[string]system.Traffic{"tthc": {Listed: "12/QĐ-UBND"}}
		w.UseTraffic(func(context.Context) (map[string]system.Traffic, error) { return traffic, nil })
		var owed []string
		w.OnNeed(func(_ context.Context, _ controldb.Querier, sys *system.System, n system.Need, _ *system.Plan) error {
			owed = append(owed, fmt.Sprintf("%s:%s", sys.ID, n))
			return nil
		})
		refresh := func() *system.Standing {
			t.Helper()
			for range 2 { // the second time there is nothing to tell
				if err := w.RefreshStatuses(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			s, err := w.FindStanding(engineer(), "tthc")
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		if s := refresh(); s.Status != system.NotConnected || s.Need != system.NeedPlan || s.Listed != "12/QĐ-UBND" {
			t.Fatalf("listed and not connected: %+v", s)
		}
		steward := as("H38.02", access.Steward)
		plan := system.Plan{TargetAt: now.AddDate(0, 0, 20), Steps: "Xây dựng API và gửi yêu cầu kết nối"}
		if _, err := w.SetPlan(steward, "tthc", system.Plan{TargetAt: now, Steps: "ngắn"}); !fault.Is(err, "input.several") {
			t.Errorf("a plan for today without steps: %v", err)
		}
		if _, err := w.SetPlan(as("H38.04", access.Steward), "tthc", plan); !fault.Is(err, "system.plan_own") {
			t.Errorf("another agency plans: %v", err)
		}
		made, err := w.SetPlan(steward, "tthc", plan)
		if err != nil {
			t.Fatal(err)
		}
		if s := refresh(); s.Need != system.NeedNothing || s.Plan == nil {
			t.Errorf("with a plan in time: %+v", s)
		}
		plan.Revision = made.Revision + 5
		if _, err := w.SetPlan(steward, "tthc", plan); !fault.Is(err, "system.changed_meanwhile") {
			t.Errorf("a plan that rests on another revision: %v", err)
		}
		w.clock.Shift(22 * 24 * time.Hour)
		if s := refresh(); s.Need != system.NeedOverdue {
			t.Errorf("past its target day: %+v", s)
		}
		list, counts, err := w.ListStandings(engineer(), system.Filter{Need: true, Listed: true})
		if err != nil || len(list) != 1 || list[0].Plan == nil || counts.Category[system.Procedures] != 1 || counts.Status[system.NotConnected] != 1 {
			t.Errorf("owing: %v %+v %v", list, counts, err)
		}
		last := w.clock.Now()
		traffic = map[string]system.Traffic{"tthc": {Listed: "12/QĐ-UBND", Open: 1, LastAt: last, Way: "calls"}}
		if s := refresh(); s.Status != system.Connected || s.Need != system.NeedNothing || !s.LastSuccess.Equal(last) || s.LastWay != "calls" {
			t.Errorf("after the first call: %+v", s)
		}
		traffic = map[string]system.Traffic{"tthc": {Listed: "12/QĐ-UBND", Open: 1}} // the log has let go of the call
		if s := refresh(); s.Status != system.Connected || !s.LastSuccess.Equal(last) {
			t.Errorf("what was seen once stays seen: %+v", s)
		}
		if want := []string{"tthc:plan", "tthc:", "tthc:overdue", "tthc:"}; !slices.Equal(owed, want) {
			t.Errorf("told %v, want %v", owed, want)
		}
		days, err := w.Progress(engineer(), true, 90)
		if err != nil || len(days) != 2 || days[1].Number[system.Connected] != 1 || days[0].Number[system.NotConnected] != 1 {
			t.Errorf("progress by day: %v %v", days, err)
		}
	})
}

func TestImportAllOrNone(t *testing.T) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) {
		w := newWorld(t, db)
		w.registered(t)
		row := func(line int, id, name, owner, category, layer string) system.ImportRow {
			return system.ImportRow{Line: line, Cells: map[string]string{"id": id, "name": name, "owner": owner, "category": category, "layer": layer}}
		}
		bad := []system.ImportRow{
			row(2, "ho-tich", "Hệ thống hộ tịch điện tử", "H38.04", "c", "source"),
			row(3, "ho-tich", "Hệ thống thứ hai", "H38.04", "g", "nguồn"),
			row(4, "X", procedures().Name, "H38.77", "a", "use"),
		}
		_, err := w.Import(engineer(), bad)
		refused, is := err.(*system.ImportRefused) //nolint:errorlint // it is given as it is
		if !is {
			t.Fatalf("got %v", err)
		}
		var wrong []string
		for _, r := range refused.Rows {
			wrong = append(wrong, fmt.Sprintf("%d %s %s", r.Row, r.Column, r.Reason.Code))
		}
		if want := []string{
			"3 category system.import_category", "3 layer system.layer_unknown", "3 id system.import_twice",
			"4 id system.id_form", "4 owner system.owner_inactive", "4 name system.name_taken",
		}; !slices.Equal(wrong, want) {
			t.Errorf("wrong cells %q\nwant %q", wrong, want)
		}
		if all, _ := w.List(engineer(), system.Filter{}); len(all) != 1 {
			t.Fatalf("%d systems after a refusal, want the one of before", len(all))
		}
		good := []system.ImportRow{row(2, "ho-tich", "Hệ thống hộ tịch điện tử", "H38.04", "c", "source"), row(3, "tthc", procedures().Name, "H38.02", "đ", "use")}
		if got, err := w.Import(engineer(), good); err != nil || got != (system.Imported{Added: 1, Changed: 1}) {
			t.Fatal(got, err)
		}
		if got, err := w.Import(engineer(), good); err != nil || got != (system.Imported{Same: 2}) {
			t.Fatal(got, err)
		}
		if _, err := w.Import(as("H38.09", access.Steward), good[:1]); !fault.Is(err, "system.import_rows") {
			t.Errorf("a steward imports another agency's systems: %v", err)
		}
	})
}

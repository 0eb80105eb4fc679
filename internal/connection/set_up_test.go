package connection_test

import (
	"context"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/connection/connectiontest"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

func TestProvision(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		ctx := context.Background()
		t.Run("wider than approved is refused and nothing is left behind", func(t *testing.T) {
			r := w.Until(connection.Approved)
			wide := connectiontest.Scope()
			wide.Columns = append(wide.Columns, access.Column{Name: "dia_chi_cha_me"})
			_, _, err := w.Service.Provision(connectiontest.Engineer(), r.ID, in{Scope: &wide}, w.Setup)
			wantCode(t, err, "connection.scope_wider")
			if grants, _ := w.Access.GrantsOfRequest(ctx, string(r.ID)); len(grants) != 0 {
				t.Fatalf("grants %v", grants)
			}
		})
		t.Run("a failing credential takes grant, configuration and state back", func(t *testing.T) {
			r := w.Until(connection.Approved)
			boom := fault.New(fault.Unavailable, "system.credential_failed")
			_, _, err := w.Service.Provision(connectiontest.Engineer(), r.ID, in{}, func(ctx context.Context, q controldb.Querier, who access.Actor, r *connection.Request, g []access.Grant, p bool) (connection.Setup, error) {
				if _, err := w.Setup(ctx, q, who, r, g, p); err != nil {
					t.Fatal(err)
				}
				return connection.Setup{}, boom
			})
			wantCode(t, err, "system.credential_failed")
			v, err := w.Service.Find(connectiontest.Engineer(), r.ID)
			if err != nil || v.Request.State != connection.Approved || len(v.Configs) != 0 {
				t.Fatalf("state %s, %v", v.Request.State, err)
			}
			if grants, _ := w.Access.GrantsOfRequest(ctx, string(r.ID)); len(grants) != 0 {
				t.Fatalf("grants %v", grants)
			}
		})
		t.Run("missing technical documents block", func(t *testing.T) {
			r := w.Until(connection.Approved)
			w.Dataset.MissingDocuments = []string{"OpenAPI"}
			defer func() { w.Dataset.MissingDocuments = nil }()
			_, _, err := w.Service.Provision(connectiontest.Engineer(), r.ID, in{}, w.Setup)
			wantCode(t, err, "connection.documents_incomplete")
		})
		t.Run("versions are added, never changed; a rollback is a new one", func(t *testing.T) {
			r := w.Until(connection.Provisioning)
			v, _ := w.Service.Find(connectiontest.Engineer(), r.ID)
			first := v.Configs[0]
			p := first.Parameters
			p.PageSize = 50
			if _, err := w.Service.Reconfigure(connectiontest.Engineer(), r.ID, in{Parameters: &p, Comment: "Giảm cỡ trang"}); err != nil {
				t.Fatal(err)
			}
			_, err := w.Service.Review(connectiontest.Second(), r.ID, in{Reviewed: 1, OK: true})
			wantCode(t, err, "connection.config_not_newest")
			if _, err := w.Service.Rollback(connectiontest.Engineer(), r.ID, 1, in{Comment: "Quay lại"}); err != nil {
				t.Fatal(err)
			}
			v, err = w.Service.Find(connectiontest.Engineer(), r.ID)
			if err != nil || len(v.Configs) != 3 || v.Configs[0].Digest != first.Digest || v.Configs[2].Of != 1 || v.Configs[2].Parameters != first.Parameters {
				t.Fatalf("configs %+v, %v", v.Configs, err)
			}
		})
	})
}

func TestFailedRunGoesBackToSetUp(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		r := w.Until(connection.Testing)
		_, err := w.Service.PassTesting(connectiontest.Engineer(), r.ID, in{})
		wantCode(t, err, "connection.run_missing")
		run := connectiontest.Passed(r, w.Clock.Now())
		run.Safety.Pass = false
		got, kept, err := w.Service.RecordRun(connectiontest.Engineer(), run)
		if err != nil || got.State != connection.Provisioning || kept.Passed || got.Reviewed != 0 {
			t.Fatalf("state %s, run %+v, %v", got.State, kept, err)
		}
		v, err := w.Service.Find(connectiontest.Engineer(), r.ID)
		if err != nil || len(v.Runs) != 1 || !v.Runs[0].Intact() {
			t.Fatalf("runs %+v, %v", v.Runs, err)
		}
		// A new round needs a new review, and yesterday's run does not count.
		_, err = w.Service.StartTesting(connectiontest.Engineer(), r.ID, in{})
		wantCode(t, err, "connection.review_missing")
	})
}

func TestOldRunDoesNotCount(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		r := w.Until(connection.Acceptance)
		if _, err := w.Service.Retest(connectiontest.OwnerHead(), r.ID, in{Comment: "Thiếu trường hợp kiểm thử"}); err != nil {
			t.Fatal(err)
		}
		w.Clock.Shift(time.Minute)
		_, err := w.Service.Retest(connectiontest.OwnerHead(), r.ID, in{Comment: "x"})
		wantCode(t, err, "connection.wrong_state")
		v, _ := w.Service.Find(connectiontest.Engineer(), r.ID)
		if v.Request.Run != 0 || len(v.Request.Confirmed) != 0 {
			t.Fatalf("a new round starts without results: %+v", v.Request)
		}
		old := connectiontest.Passed(v.Request, connectiontest.Start.Add(-time.Hour))
		_, _, err = w.Service.RecordRun(connectiontest.Engineer(), old)
		wantCode(t, err, "connection.config_not_newest")
	})
}

func TestNothingIsOpenBeforeAcceptance(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		for _, state := range []connection.State{connection.Provisioning, connection.Testing, connection.Acceptance} {
			r := w.Until(state)
			grants, err := w.Access.GrantsOfRequest(context.Background(), string(r.ID))
			if err != nil || len(grants) != 1 {
				t.Fatal(err)
			}
			facts := access.Facts{
				Account:    &access.AccountFacts{Active: true},
				Dataset:    &access.DatasetFacts{Owner: connectiontest.Owner, Served: true, Fields: map[string]access.Class{}, Processing: access.Processing{Register: access.RegisterInForce, Until: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}},
				System:     &access.SystemFacts{AgencyActive: true, SecurityLevel: 5},
				Grants:     grants,
				Purposes:   map[string]access.PurposeFacts{"DVC-TTHC": {Active: true}},
				Connection: map[string]access.ConnectionFacts{},
			}
			facts.Connection[string(r.ID)], _ = w.Service.State(context.Background(), string(r.ID))
			ask := access.Request{
				At: w.Clock.Now(), Action: access.ListRecords, Dataset: connectiontest.Dataset, Purpose: "DVC-TTHC",
				Actor: access.Actor{Type: access.System, ID: connectiontest.System, Roles: []access.Role{access.SystemAccount}},
			}
			for _, p := range grants[0].Conditions.Addresses {
				ask.Address = p.Addr()
			}
			if d := access.Decide(ask, facts); d.Allowed || d.Code != "access.not_accepted" {
				t.Fatalf("%s: an ordinary call got %+v", state, d)
			}
			ask.Actor.Probe = string(r.ID)
			if d := access.Decide(ask, facts); d.Allowed != (state == connection.Testing) {
				t.Fatalf("%s: the platform's own probe got %+v", state, d)
			}
		}
	})
}

func TestFutureStartIsNotLive(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	r := w.Until(connection.Live)
	w.Clock.Shift(-4 * 24 * time.Hour) // the approved start lies ahead again
	f, err := w.Service.State(context.Background(), string(r.ID))
	if err != nil || f.State == "live" {
		t.Fatalf("got %+v, %v", f, err)
	}
}

func TestSweep(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		job := access.WithActor(context.Background(), access.JobActor("connection_sweep"))
		lapsed := w.Until(connection.Live)
		w.System.SecurityLevel = 1
		if err := w.Service.Sweep(job); err != nil {
			t.Fatal(err)
		}
		v, _ := w.Service.Find(connectiontest.Security(), lapsed.ID)
		if v.Request.State != connection.Suspended || v.Request.Pause.Class != "level_lapsed" {
			t.Fatalf("a lapsed level must suspend: %s", v.Request.State)
		}
		_, err := w.Service.Resume(connectiontest.Security(), lapsed.ID, in{Comment: "x"})
		wantCode(t, err, "connection.security_level_low")
		w.Clock.Shift(366 * 24 * time.Hour)
		if err := w.Service.Sweep(job); err != nil {
			t.Fatal(err)
		}
		if v, _ = w.Service.Find(connectiontest.Security(), lapsed.ID); v.Request.State != connection.Terminated {
			t.Fatalf("the end date must end: %s", v.Request.State)
		}
	})
}

// What an agency has asked for ends with it, by the clock too: at once nothing goes on, and the sweep ends the rest.
func TestRequestsEndWithTheirAgency(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		job := access.WithActor(context.Background(), access.JobActor("connection_sweep"))
		draft, err := w.Service.Create(connectiontest.Steward(), connectiontest.Need())
		if err != nil {
			t.Fatal(err)
		}
		submitted, live := w.Until(connection.Submitted), w.Until(connection.Live)
		if err := w.Service.Sweep(job); err != nil {
			t.Fatal(err)
		}
		if v, _ := w.Service.Find(connectiontest.Security(), submitted.ID); v.Request.State != connection.Submitted {
			t.Fatalf("the request of an active agency became %s", v.Request.State)
		}
		w.Ended.Store(true)
		_, err = w.Service.StartAppraisal(connectiontest.Appraiser(), submitted.ID, in{})
		wantCode(t, err, "connection.requester_ended")
		if err := w.Service.Sweep(job); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[connection.ID]connection.State{draft.ID: connection.Withdrawn, submitted.ID: connection.Withdrawn, live.ID: connection.Terminated} {
			v, err := w.Service.Find(connectiontest.Steward(), id)
			if err != nil || v.Request.State != want {
				t.Errorf("got %v, want %s; %v", v.Request, want, err)
			}
		}
		grants, err := w.Access.GrantsOfRequest(context.Background(), string(live.ID))
		if err != nil || len(grants) == 0 || grants[0].Status != access.GrantEnded || w.Revoked.Load() == 0 {
			t.Errorf("grants %v, %v", grants, err)
		}
	})
}

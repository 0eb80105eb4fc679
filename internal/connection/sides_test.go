package connection_test

import (
	"context"
	"slices"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/connection/connectiontest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

func TestSeparationOfDuties(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		// One person to whom every role was given; agency and operator at once.
		everything := connectiontest.As("con-steward", connectiontest.Consumer, access.Steward, access.AgencyHead, access.OpAppraiser, access.OpApprover, access.OpEngineer)
		r := ready(t, w)
		s := connectiontest.Scope()
		_, err := w.Service.Approve(everything, r.ID, in{Scope: &s})
		wantCode(t, err, "connection.duties_separated")

		approverToo := connectiontest.As("op-approver", "H38.02", access.OpApprover, access.OpEngineer)
		r = w.Until(connection.Approved)
		_, _, err = w.Service.Provision(approverToo, r.ID, in{}, w.Setup)
		wantCode(t, err, "connection.duties_separated")

		r = w.Until(connection.Provisioning)
		_, err = w.Service.StartTesting(connectiontest.Engineer(), r.ID, in{})
		wantCode(t, err, "connection.review_missing")
		_, err = w.Service.Review(connectiontest.Engineer(), r.ID, in{Reviewed: 1, OK: true})
		wantCode(t, err, "connection.review_own_config")

		r = w.Until(connection.Acceptance)
		_, err = w.Service.Confirm(connectiontest.Steward(), r.ID, connection.Requester, in{})
		wantCode(t, err, "connection.duties_separated")
		_, err = w.Service.Confirm(connectiontest.ConsumerHead(), r.ID, connection.Owner, in{})
		wantCode(t, err, "connection.other_side")
		both := connectiontest.As("op-engineer", connectiontest.Owner, access.AgencyHead, access.OpEngineer)
		if _, err := w.Service.Confirm(both, r.ID, connection.Operator, in{}); err != nil {
			t.Fatal(err)
		}
		_, err = w.Service.Confirm(both, r.ID, connection.Owner, in{})
		wantCode(t, err, "connection.confirmed_by_one_person")
	})
}

func TestDueNamesWhoseMoveItIs(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	want := map[connection.State][]connection.Side{
		connection.Draft: {connection.Requester}, connection.Submitted: {connection.Operator}, connection.OwnerOpinion: {connection.Owner},
		connection.Acceptance: {connection.Operator, connection.Owner, connection.Requester}, connection.Live: nil,
	}
	for state, sides := range want {
		r := w.Until(state)
		var got []connection.Side
		for _, d := range r.Due() {
			got = append(got, d.Side)
			if (d.Agency == "") != (d.Side == connection.Operator) {
				t.Errorf("%s: %+v", state, d)
			}
		}
		if !slices.Equal(got, sides) {
			t.Errorf("%s: got %v", state, got)
		}
	}
	r := w.Until(connection.Acceptance)
	r, err := w.Service.Confirm(connectiontest.OwnerHead(), r.ID, connection.Owner, in{})
	if err != nil || len(r.Due()) != 2 {
		t.Fatalf("who has confirmed is no longer waited for: %+v, %v", r.Due(), err)
	}
}

func TestWhoSeesWhat(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		draft, err := w.Service.Create(connectiontest.Steward(), connectiontest.Need())
		if err != nil {
			t.Fatal(err)
		}
		r := w.Until(connection.Live)
		v, err := w.Service.Find(connectiontest.OtherSteward(), r.ID)
		if err != nil || v.Party || v.Request.State != connection.Live || v.Request.Number == "" {
			t.Fatalf("progress is visible to every agency: %+v, %v", v, err)
		}
		q := v.Request
		if q.Need.Contact.Email != "" || q.Need.Addresses != nil || q.Opinion != nil || q.Minutes != nil || len(v.Runs) > 0 || len(v.Configs) > 0 || q.Credential != "" || len(v.Actions) > 0 {
			t.Fatalf("papers, people and addresses are for the parties: %+v", q)
		}
		for _, s := range v.Steps {
			if s.Comment != "" || s.Documents != nil || s.By.Account != "" || s.Detail != nil {
				t.Fatalf("step %+v", s)
			}
		}
		_, err = w.Service.Find(connectiontest.OtherSteward(), draft.ID)
		wantCode(t, err, "connection.request_not_found")
		_, err = w.Service.Find(context.Background(), r.ID)
		wantCode(t, err, "access.sign_in_required")
		all, err := w.Service.List(connectiontest.OtherSteward(), connection.Filter{})
		if err != nil || len(all) != 1 || all[0].Need.Contact.Email != "" {
			t.Fatalf("list %v, %v", all, err)
		}
		waiting, err := w.Service.List(connectiontest.Steward(), connection.Filter{Waiting: connectiontest.Consumer})
		if err != nil || len(waiting) != 1 || waiting[0].ID != draft.ID {
			t.Fatalf("waiting %v, %v", waiting, err)
		}
		_, err = w.Service.Copy(connectiontest.OtherSteward(), r.ID)
		wantCode(t, err, "access.other_agency")
		_, err = w.Service.Copy(connectiontest.OtherSteward(), draft.ID)
		wantCode(t, err, "connection.request_not_found")
		_, err = w.Service.Change(connectiontest.OtherSteward(), draft.ID, 0, []byte(`{"no_such_member": 1}`))
		wantCode(t, err, "connection.request_not_found")
		c, err := w.Service.Copy(connectiontest.Steward(), r.ID)
		if err != nil || c.State != connection.Draft || c.Number != "" || c.Approved != nil || c.Need.LegalBasis != r.Need.LegalBasis {
			t.Fatalf("copy %+v, %v", c, err)
		}
		d, err := w.Service.Durations(connectiontest.OtherSteward())
		if err != nil || len(d) == 0 {
			t.Fatalf("durations %v, %v", d, err)
		}
	})
}

// Every use case refuses a caller without an actor, and one whose role does not hold the permission.
func TestPermissionSweep(t *testing.T) {
	w := newWorld(t, testkit.DB(t))
	r := w.Until(connection.Live)
	s := w.Service
	calls := map[string]func(ctx context.Context) error{
		"Create":  func(ctx context.Context) error { _, err := s.Create(ctx, connectiontest.Need()); return err },
		"Copy":    func(ctx context.Context) error { _, err := s.Copy(ctx, r.ID); return err },
		"Change":  func(ctx context.Context) error { _, err := s.Change(ctx, r.ID, 0, []byte(`{}`)); return err },
		"Bench":   func(ctx context.Context) error { _, err := s.Bench(ctx, r.ID); return err },
		"Sweep":   s.Sweep,
		"Confirm": func(ctx context.Context) error { _, err := s.Confirm(ctx, r.ID, connection.Owner, in{}); return err },
		"Provision": func(ctx context.Context) error {
			_, _, err := s.Provision(ctx, r.ID, in{}, w.Setup)
			return err
		},
		"RecordRun": func(ctx context.Context) error {
			_, _, err := s.RecordRun(ctx, connection.Run{Request: r.ID})
			return err
		},
		"Rollback": func(ctx context.Context) error { _, err := s.Rollback(ctx, r.ID, 1, in{}); return err },
		"Reconfigure": func(ctx context.Context) error {
			_, err := s.Reconfigure(ctx, r.ID, in{Parameters: &connection.Parameters{}})
			return err
		},
	}
	for name, f := range map[string]func(context.Context, connection.ID, in) (*connection.Request, error){
		"Submit": s.Submit, "Withdraw": s.Withdraw, "Return": s.Return, "StartAppraisal": s.StartAppraisal, "Appraise": s.Appraise, "AskOwner": s.AskOwner,
		"GiveOpinion": s.GiveOpinion, "DeemAgreed": s.DeemAgreed, "Approve": s.Approve, "Reject": s.Reject, "Escalate": s.Escalate, "Review": s.Review,
		"StartTesting": s.StartTesting, "FailTesting": s.FailTesting, "PassTesting": s.PassTesting, "GoLive": s.GoLive, "Retest": s.Retest,
		"AskSuspend": s.AskSuspend, "Suspend": s.Suspend, "Resume": s.Resume, "Terminate": s.Terminate,
	} {
		calls[name] = func(ctx context.Context) error { _, err := f(ctx, r.ID, in{}); return err }
	}
	for name, call := range calls {
		if err := call(context.Background()); fault.Of(err).Kind != fault.Unauthenticated {
			t.Errorf("%s without an actor: %v", name, err)
		}
		if err := call(connectiontest.AuditorPerson()); fault.Of(err).Kind != fault.Denied {
			t.Errorf("%s by an auditor: %v", name, err)
		}
	}
}

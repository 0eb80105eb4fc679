package connection_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/connection/connectiontest"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/testkit"
)

type in = connection.Input

func engines(t *testing.T, run func(t *testing.T, w *connectiontest.World)) {
	testkit.Engines(t, func(t *testing.T, db *controldb.DB) { run(t, newWorld(t, db)) })
}

// newWorld is the world whose provisioning creates the grants for real.
func newWorld(t *testing.T, db *controldb.DB) *connectiontest.World {
	t.Helper()
	w := connectiontest.New(t, db)
	w.Setup = func(ctx context.Context, q controldb.Querier, who access.Actor, _ *connection.Request, grants []access.Grant, personal bool) (connection.Setup, error) {
		s := connection.Setup{Credential: "sha256:test"}
		for _, g := range grants {
			made, err := w.Access.CreateGrant(ctx, q, who, g, personal, access.Basis{})
			if err != nil {
				return s, err
			}
			s.Grants = append(s.Grants, made.ID)
		}
		return s, nil
	}
	return w
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	f := fault.Of(err)
	if f == nil {
		t.Fatalf("got no error, want %s", code)
	}
	if f.Code == code || slices.ContainsFunc(f.Items, func(i *fault.Fault) bool { return i.Code == code }) {
		return
	}
	t.Fatalf("got %v, want %s", err, code)
}

func TestFullWay(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		ctx := context.Background()
		state := func(id connection.ID) string {
			t.Helper()
			f, err := w.Service.State(ctx, string(id))
			if err != nil {
				t.Fatal(err)
			}
			return f.State
		}
		r := w.Until(connection.Live)
		if r.Number != "2026-0001/KNDL-H38.05" || r.Minutes == nil || len(r.Minutes.Participants) != 3 || r.Minutes.RunHash == "" {
			t.Fatalf("number %q, minutes %+v", r.Number, r.Minutes)
		}
		if state(r.ID) != "live" {
			t.Fatal("an accepted connection must be live at once")
		}
		grants, err := w.Access.GrantsOfRequest(ctx, string(r.ID))
		if err != nil || len(grants) != 1 {
			t.Fatalf("grants %v, %v", grants, err)
		}
		g := grants[0]
		if g.Subject.ID != connectiontest.System || len(g.Columns) != 4 || g.Columns[3].Mask != access.MaskYesNo || g.Connection != string(r.ID) || g.Rows[0].In[0] != "02683" {
			t.Fatalf("the grant is not the approved scope: %+v", g)
		}
		status := func(want access.GrantStatus) {
			t.Helper()
			all, err := w.Access.GrantsOfRequest(ctx, string(r.ID))
			if err != nil || all[0].Status != want {
				t.Fatalf("grant %v, want %s", all, want)
			}
		}

		if _, err := w.Service.Suspend(connectiontest.Security(), r.ID, in{ReasonClass: "incident", Comment: "Sự cố"}); err != nil {
			t.Fatal(err)
		}
		if state(r.ID) != "suspended" {
			t.Fatal("a suspension must be in force when it is acknowledged")
		}
		status(access.GrantSuspended)
		if _, err := w.Service.Resume(connectiontest.Security(), r.ID, in{Comment: "Đã khắc phục"}); err != nil {
			t.Fatal(err)
		}
		status(access.GrantActive)
		if _, err := w.Service.Terminate(connectiontest.Steward(), r.ID, in{Comment: "Hết nhu cầu"}); err != nil {
			t.Fatal(err)
		}
		status(access.GrantEnded)
		if state(r.ID) != "terminated" || w.Revoked.Load() == 0 {
			t.Fatal("ending must revoke the credentials")
		}
		_, err = w.Service.Resume(connectiontest.Security(), r.ID, in{Comment: "x"})
		wantCode(t, err, "connection.wrong_state")

		v, err := w.Service.Find(connectiontest.OwnerHead(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		var got []connection.Action
		for _, s := range v.Steps {
			got = append(got, s.Action)
			if s.By.Account == "" || s.By.Role == "" || s.By.Agency == "" || s.At.IsZero() {
				t.Errorf("step %s does not say who and when: %+v", s.Action, s)
			}
		}
		want := []connection.Action{
			"create", "submit", "start_appraisal", "appraise", "ask_owner", "give_opinion", "approve", "provision", "review_config", "start_testing",
			"record_run", "pass_testing", "confirm_operator", "confirm_owner", "confirm_consumer", "go_live", "suspend", "resume", "end_own",
		}
		if !slices.Equal(got, want) {
			t.Fatalf("history %v", got)
		}
	})
}

func TestSubmit(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		s := w.Service
		for _, c := range []struct {
			name, code string
			change     func(n *connection.Need)
		}{
			{"a purpose of one's own words", "connection.purpose_unknown", func(n *connection.Need) { n.Purposes = []string{"để xem"} }},
			{"no purpose", "connection.purpose_missing", func(n *connection.Need) { n.Purposes = nil }},
			{"no legal ground", "connection.legal_basis_required", func(n *connection.Need) { n.LegalBasis = "" }},
			{"a procedure purpose without its code", "connection.procedure_missing", func(n *connection.Need) { n.Procedures = nil }},
			{"no field", "connection.field_missing", func(n *connection.Need) { n.Fields = nil }},
			{"a field that does not exist", "connection.field_unknown", func(n *connection.Need) { n.Fields = []string{"luong"} }},
			{"a wildcard", "connection.field_unknown", func(n *connection.Need) { n.Fields = []string{"*"} }},
			{"no technical contact", "connection.contact_missing", func(n *connection.Need) { n.Contact.Name = "" }},
			{"no source address", "connection.address_missing", func(n *connection.Need) { n.Addresses = nil }},
			{"every address", "connection.address_any", func(n *connection.Need) { n.Addresses = []string{"0.0.0.0/0"} }},
			{"by file without a reason", "connection.method_reason_missing", func(n *connection.Need) { n.Method = "file" }},
			{"another agency's system", "connection.system_not_yours", func(n *connection.Need) { n.System = "sys-khac" }},
			{"a dataset that does not exist", "connection.dataset_not_shareable", func(n *connection.Need) { n.Dataset = "H38.06/khong-co" }},
			{"an old schema version", "connection.schema_version_changed", func(n *connection.Need) { n.SchemaVersion = 7 }},
			{"personal data without its impact file", "connection.impact_missing", func(n *connection.Need) { n.ImpactAssessment = "" }},
			{"an end in the past", "connection.date_past", func(n *connection.Need) { n.From, n.To = "2025-01-01", "2025-12-31" }},
			{"an end before the start", "connection.dates_reversed", func(n *connection.Need) { n.To = "2026-10-01" }},
		} {
			t.Run(c.name, func(t *testing.T) {
				n := connectiontest.Need()
				c.change(&n)
				r, err := s.Create(connectiontest.Steward(), n)
				if err != nil {
					t.Fatal(err)
				}
				_, err = s.Submit(connectiontest.Steward(), r.ID, in{Attest: true})
				wantCode(t, err, c.code)
			})
		}
		r, err := s.Create(connectiontest.Steward(), connectiontest.Need())
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Submit(connectiontest.Steward(), r.ID, in{})
		wantCode(t, err, "connection.attestation_missing")
		_, err = s.Submit(connectiontest.OtherSteward(), r.ID, in{Attest: true})
		wantCode(t, err, "connection.request_not_found")
		w.Steward = false
		_, err = s.Create(connectiontest.Steward(), connectiontest.Need())
		wantCode(t, err, "connection.no_active_steward")
		_, err = s.Submit(connectiontest.Steward(), r.ID, in{Attest: true})
		wantCode(t, err, "connection.no_active_steward")
		w.Steward = true
		if r, err = s.Submit(connectiontest.Steward(), r.ID, in{Attest: true}); err != nil {
			t.Fatal(err)
		}
		if r.Route != connection.Full || len(r.Conditions) != 6 || r.Conditions[0].Met || r.Conditions[0].Reasons[0].Code != "dataset_not_listed" || !r.Conditions[3].Met {
			t.Fatalf("the request must say why it goes the full way: %+v", r.Conditions)
		}
	})
}

func TestNumbersHaveNoGaps(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		const n = 8
		var ids []connection.ID
		for range n {
			r, err := w.Service.Create(connectiontest.Steward(), connectiontest.Need())
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, r.ID)
		}
		var mu sync.Mutex
		var wg sync.WaitGroup
		numbers := map[string]bool{}
		for _, id := range ids {
			wg.Go(func() {
				_, _ = w.Service.Submit(connectiontest.Steward(), id, in{}) // refused: takes no number
				r, err := w.Service.Submit(connectiontest.Steward(), id, in{Attest: true})
				for fault.Is(err, "controldb.busy") {
					r, err = w.Service.Submit(connectiontest.Steward(), id, in{Attest: true})
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				numbers[r.Number] = true
			})
		}
		wg.Wait()
		for i := range n {
			if want := fmt.Sprintf("2026-%04d/KNDL-H38.05", i+1); !numbers[want] {
				t.Errorf("number %s is missing among %v", want, numbers)
			}
		}
	})
}

func TestTwoApprovalsRace(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		r := ready(t, w)
		scope := connectiontest.Scope()
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for i := range 4 {
			who := connectiontest.As(fmt.Sprintf("approver-%d", i), "H38.02", access.OpApprover)
			wg.Go(func() {
				_, err := w.Service.Approve(who, r.ID, in{Scope: &scope})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if k := fault.Of(err).Kind; k != fault.Conflict && k != fault.Unavailable {
					t.Errorf("got %v", err)
				}
			})
		}
		wg.Wait()
		if won != 1 {
			t.Fatalf("%d approvals won", won)
		}
		v, err := w.Service.Find(connectiontest.Approver(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, s := range v.Steps {
			if s.Action == connection.ActApprove {
				n++
			}
		}
		if n != 1 || v.Request.State != connection.Approved {
			t.Fatalf("%d approvals in the history, state %s", n, v.Request.State)
		}
	})
}

// ready is a request that waits for the approver.
func ready(t *testing.T, w *connectiontest.World) *connection.Request {
	t.Helper()
	r := w.Until(connection.OwnerOpinion)
	r, err := w.Service.GiveOpinion(connectiontest.OwnerHead(), r.ID, in{Opinion: connection.Opinion{Stand: connection.Agree}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestApprove(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		for _, c := range []struct {
			name, code string
			change     func(s *connection.Scope)
		}{
			{"a field that was not asked", "connection.scope_wider", func(s *connection.Scope) { s.Columns = append(s.Columns, access.Column{Name: "ma_xa"}) }},
			{"a field that the appraisal found unnecessary", "connection.field_not_needed", func(s *connection.Scope) {
				s.Columns = append(s.Columns, access.Column{Name: "dia_chi_cha_me"})
			}},
			{"rows that were not asked", "connection.scope_wider", func(s *connection.Scope) { s.Rows = nil }},
			{"a purpose that was not asked", "connection.scope_wider", func(s *connection.Scope) { s.Purposes = []string{"QLNN"} }},
			{"a level that was not asked", "connection.scope_wider", func(s *connection.Scope) { s.Levels = []access.Level{access.LevelShare} }},
			{"no level", "connection.level_missing", func(s *connection.Scope) { s.Levels = nil }},
			{"no limit of records on personal data", "connection.security_quota", func(s *connection.Scope) { s.RecordsPerDay = 0 }},
			{"a sensitive field in clear that was judged to need yes or no", "connection.mask_required", func(s *connection.Scope) { s.Columns[3] = access.Column{Name: "dan_toc"} }},
		} {
			t.Run(c.name, func(t *testing.T) {
				r := ready(t, w)
				s := connectiontest.Scope()
				c.change(&s)
				_, err := w.Service.Approve(connectiontest.Approver(), r.ID, in{Scope: &s})
				wantCode(t, err, c.code)
			})
		}

		t.Run("system of level 2 asking for sensitive data is blocked", func(t *testing.T) {
			r := ready(t, w)
			s := connectiontest.Scope()
			w.System.SecurityLevel = 2
			defer func() { w.System.SecurityLevel = 3 }()
			_, err := w.Service.Approve(connectiontest.Approver(), r.ID, in{Scope: &s})
			wantCode(t, err, "connection.security_level_low")
		})
		t.Run("an open item blocks", func(t *testing.T) {
			r := ready(t, w)
			open := connection.Checklist{Items: map[connection.Item]connection.Finding{"elsewhere": {Answer: connection.Fail, Comment: "Đã có trong Kho"}}}
			if _, err := w.Service.Appraise(connectiontest.Appraiser(), r.ID, in{Checklist: open}); err != nil {
				t.Fatal(err)
			}
			s := connectiontest.Scope()
			_, err := w.Service.Approve(connectiontest.Approver(), r.ID, in{Scope: &s})
			wantCode(t, err, "connection.item_failed")
		})
		t.Run("an objection blocks, and a decision of the authority opens", func(t *testing.T) {
			r := w.Until(connection.OwnerOpinion)
			objection := connection.Opinion{Stand: connection.Object, Citation: "Không đồng ý"}
			_, err := w.Service.GiveOpinion(connectiontest.OwnerHead(), r.ID, in{Opinion: objection})
			wantCode(t, err, "connection.legal_basis_required")
			objection.Citation = "Điều 10 Luật Hộ tịch 60/2014/QH13"
			if _, err := w.Service.GiveOpinion(connectiontest.OwnerHead(), r.ID, in{Opinion: objection}); err != nil {
				t.Fatal(err)
			}
			s := connectiontest.Scope()
			_, err = w.Service.Approve(connectiontest.Approver(), r.ID, in{Scope: &s})
			wantCode(t, err, "connection.owner_objects")
			if _, err := w.Service.Escalate(connectiontest.Appraiser(), r.ID, in{Comment: "Chủ quản phản đối"}); err != nil {
				t.Fatal(err)
			}
			_, err = w.Service.Approve(connectiontest.Approver(), r.ID, in{Scope: &s})
			wantCode(t, err, "connection.decision_missing")
			got, err := w.Service.Approve(connectiontest.Approver(), r.ID, in{Scope: &s, Decision: connection.Document{Number: "88/QĐ-UBND", Title: "Quyết định về chia sẻ dữ liệu"}})
			if err != nil || got.State != connection.Approved {
				t.Fatalf("got %v", err)
			}
		})
		t.Run("a refusal needs reason and legal ground", func(t *testing.T) {
			r := ready(t, w)
			_, err := w.Service.Reject(connectiontest.Approver(), r.ID, in{Comment: "Không phù hợp"})
			wantCode(t, err, "connection.legal_basis_required")
			got, err := w.Service.Reject(connectiontest.Approver(), r.ID, in{Comment: "Không phù hợp", Citation: "khoản 2 Điều 12 Quy chế"})
			if err != nil || got.State != connection.Rejected {
				t.Fatalf("got %v", err)
			}
		})
	})
}

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

func TestEditAfterSubmission(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		r, err := w.Service.Create(connectiontest.Steward(), connectiontest.Need())
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.Service.Change(connectiontest.Steward(), r.ID, r.Revision, []byte(`{"calls_per_day": 900}`))
		if err != nil || got.Need.CallsPerDay != 900 {
			t.Fatalf("got %v", err)
		}
		_, err = w.Service.Change(connectiontest.Steward(), r.ID, r.Revision, []byte(`{"calls_per_day": 901}`))
		wantCode(t, err, "connection.changed_meanwhile")
		_, err = w.Service.Change(connectiontest.Steward(), r.ID, 0, []byte(`{"state": "live"}`))
		wantCode(t, err, "connection.unknown_field")
		for _, state := range []connection.State{connection.Submitted, connection.Approved, connection.Live} {
			r := w.Until(state)
			_, err = w.Service.Change(connectiontest.Steward(), r.ID, 0, []byte(`{"calls_per_day": 1}`))
			wantCode(t, err, "connection.wrong_state")
		}
	})
}

func TestReturnAndResubmit(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		r := w.Until(connection.Submitted)
		number := r.Number
		_, err := w.Service.Return(connectiontest.Appraiser(), r.ID, in{})
		wantCode(t, err, "connection.items_missing")
		if _, err = w.Service.Return(connectiontest.Appraiser(), r.ID, in{Missing: []string{"Mã thủ tục"}}); err != nil {
			t.Fatal(err)
		}
		w.Clock.Shift(20 * 24 * time.Hour)
		_, err = w.Service.Submit(connectiontest.Steward(), r.ID, in{Attest: true})
		wantCode(t, err, "connection.answer_missing")
		got, err := w.Service.Submit(connectiontest.Steward(), r.ID, in{Attest: true, Comment: "Đã bổ sung mã thủ tục"})
		if err != nil || got.Number != number || got.Clock.Used != 0 {
			t.Fatalf("number %q, clock %+v, %v", got.Number, got.Clock, err)
		}
	})
}

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

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

package connection_test

import (
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/connection/connectiontest"
	"lienthong/internal/kit/fault"
)

var (
	ground   = in{Comment: "Dữ liệu đang tranh chấp quyền quản lý", Citation: "Luật 60/2024/QH15, Điều 19"}
	decision = connection.Document{Number: "20/QĐ-UBND", Title: "Quyết định về ý kiến phản đối"}
)

func object(t *testing.T, w *connectiontest.World, r *connection.Request) *connection.Request {
	t.Helper()
	got, err := w.Service.Object(connectiontest.OwnerHead(), r.ID, ground)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestAnObjectionNeedsItsGround(t *testing.T) {
	issued(t, func(t *testing.T, w *connectiontest.World) {
		r := w.UntilShortened(connection.Submitted)
		for _, c := range []in{{Comment: "Chúng tôi không muốn"}, {Comment: "Chưa có thỏa thuận giữa hai cơ quan", Citation: "thỏa thuận"}} {
			_, err := w.Service.Object(connectiontest.OwnerHead(), r.ID, c)
			wantCode(t, err, "connection.legal_basis_required")
			if fault.Of(err).Kind != fault.Invalid {
				t.Fatalf("got %v, want 422", err)
			}
		}
		if v := found(t, w, r.ID); v.Request.State != connection.Submitted || v.Request.Objection != nil {
			t.Fatalf("a refused objection changed the request: %s", v.Request.State)
		}
		for who, ctx := range map[string]func() error{
			"the requester": func() error { _, err := w.Service.Object(connectiontest.Steward(), r.ID, ground); return err },
			"a stranger":    func() error { _, err := w.Service.Object(connectiontest.OtherSteward(), r.ID, ground); return err },
			"the operator":  func() error { _, err := w.Service.Object(connectiontest.Check(), r.ID, ground); return err },
		} {
			if err := ctx(); err == nil || fault.Of(err).Kind != fault.Denied {
				t.Errorf("%s objects for the owner: %v", who, err)
			}
		}
	})
}

// Whatever the owner does not say holds nobody up, and after the acceptance has begun it is too late to object.
func TestAnObjectionEndsInADecision(t *testing.T) {
	issued(t, func(t *testing.T, w *connectiontest.World) {
		for _, state := range []connection.State{connection.Submitted, connection.SecurityCheck, connection.Provisioning, connection.Testing} {
			t.Run("resumed at "+string(state), func(t *testing.T) {
				r := w.UntilShortened(state)
				w.Clock.Shift(24 * time.Hour)
				r = object(t, w, r)
				if r.State != connection.Escalated || r.Clock.Phase != "" {
					t.Fatalf("%s, clock %+v", r.State, r.Clock)
				}
				w.Clock.Shift(72 * time.Hour)
				_, err := w.Service.Continue(connectiontest.Approver(), r.ID, in{})
				wantCode(t, err, "connection.decision_missing")
				got, err := w.Service.Continue(connectiontest.Approver(), r.ID, in{Decision: decision})
				if err != nil || got.State != state || got.Clock.Used != 1 {
					t.Fatalf("it goes on at %v with the day that was used before: %v", got, err)
				}
				w.Clock.Shift(-96 * time.Hour)
			})
		}
		t.Run("narrowed after the set-up", func(t *testing.T) {
			r := object(t, w, w.UntilShortened(connection.Testing))
			wider := w.Need().Requested()
			wider.Columns = append(wider.Columns, access.Column{Name: "dia_chi_cha_me"})
			_, err := w.Service.Continue(connectiontest.Approver(), r.ID, in{Decision: decision, Scope: &wider})
			if err == nil {
				t.Fatal("a decision on an objection widened the scope")
			}
			s := *r.Approved
			s.Columns = s.Columns[:2]
			got, err := w.Service.Continue(connectiontest.Approver(), r.ID, in{Decision: decision, Scope: &s})
			if err != nil || got.State != connection.Provisioning || len(got.Grants) > 0 {
				t.Fatalf("what was set up for more is void: %v, %v", got, err)
			}
			_, err = w.Service.StartTesting(connectiontest.Engineer(), r.ID, in{})
			wantCode(t, err, "connection.wrong_state")
			if _, _, err = w.Service.Provision(connectiontest.Engineer(), r.ID, in{}, w.Setup); err != nil {
				t.Fatal(err)
			}
			grants, err := w.Access.GrantsOfRequest(t.Context(), string(r.ID))
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range grants {
				if ended := g.Status == access.GrantEnded; ended == (len(g.Columns) == 2) {
					t.Fatalf("grant of %d columns is %s", len(g.Columns), g.Status)
				}
			}
		})
		t.Run("narrowed before the check", func(t *testing.T) {
			r := object(t, w, w.UntilShortened(connection.SecurityCheck))
			s := w.Need().Requested()
			s.Columns = s.Columns[:2]
			if _, err := w.Service.Continue(connectiontest.Approver(), r.ID, in{Decision: decision, Scope: &s}); err != nil {
				t.Fatal(err)
			}
			got, err := w.Service.PassCheck(connectiontest.Check(), r.ID, in{})
			if err != nil || len(got.Approved.Columns) != 2 || len(got.Approval.Narrower) == 0 {
				t.Fatalf("the check approves what the authority left: %v, %v", got, err)
			}
		})
		t.Run("rejected", func(t *testing.T) {
			r := object(t, w, w.UntilShortened(connection.Testing))
			revoked := w.Revoked.Load()
			got, err := w.Service.Reject(connectiontest.Approver(), r.ID, in{Decision: decision, Comment: "Phản đối đúng", Citation: "Luật 60/2024/QH15, Điều 19"})
			if err != nil || got.State != connection.Rejected || got.Objection.Outcome != connection.Refused || w.Revoked.Load() == revoked {
				t.Fatalf("%v, %v", got, err)
			}
			grants, _ := w.Access.GrantsOfRequest(t.Context(), string(r.ID))
			if grants[0].Status != access.GrantEnded {
				t.Fatalf("the grant of a rejected request is %s", grants[0].Status)
			}
		})
		t.Run("too late at the acceptance", func(t *testing.T) {
			r := w.UntilShortened(connection.Acceptance)
			_, err := w.Service.Object(connectiontest.OwnerHead(), r.ID, ground)
			wantCode(t, err, "connection.wrong_state")
		})
		t.Run("an approval of the full process is no way out", func(t *testing.T) {
			r := object(t, w, w.UntilShortened(connection.SecurityCheck))
			scope := w.Need().Requested()
			_, err := w.Service.Approve(connectiontest.Approver(), r.ID, in{Decision: decision, Scope: &scope})
			wantCode(t, err, "connection.wrong_state")
		})
	})
}

func TestTheCheckProtects(t *testing.T) {
	issued(t, func(t *testing.T, w *connectiontest.World) {
		r := w.UntilShortened(connection.SecurityCheck)
		pass := func(change func(*connection.Scope), more in) error {
			s := w.Protected(r)
			change(s)
			more.Scope = s
			_, err := w.Service.PassCheck(connectiontest.Check(), r.ID, more)
			return err
		}
		wantCode(t, pass(func(s *connection.Scope) { s.Columns[3].Mask = access.MaskNone }, in{}), "connection.security_masking")
		wantCode(t, pass(func(s *connection.Scope) { s.RecordsPerDay = 0 }, in{}), "connection.security_quota")
		wantCode(t, pass(func(s *connection.Scope) { s.Columns = s.Columns[:3] }, in{}), "connection.scope_narrower")
		wantCode(t, pass(func(s *connection.Scope) { s.Columns = append(s.Columns, access.Column{Name: "dia_chi_cha_me"}) }, in{}), "connection.scope_wider")
		wantCode(t, pass(func(s *connection.Scope) { s.Levels = []access.Level{access.LevelShare} }, in{}), "connection.scope_wider")
		for who, ctx := range map[string]func() error{
			"an appraiser":  func() error { _, err := w.Service.PassCheck(connectiontest.Appraiser(), r.ID, in{}); return err },
			"an engineer":   func() error { _, err := w.Service.PassCheck(connectiontest.Engineer(), r.ID, in{}); return err },
			"the requester": func() error { _, err := w.Service.PassCheck(connectiontest.Steward(), r.ID, in{}); return err },
		} {
			if err := ctx(); err == nil || fault.Of(err).Kind != fault.Denied {
				t.Errorf("%s passes the check: %v", who, err)
			}
		}
		got, err := w.Service.ReturnCheck(connectiontest.Check(), r.ID, in{Missing: []string{"Nêu đầu mối kỹ thuật trực 24 giờ"}})
		if err != nil || got.State != connection.Returned || !got.Clock.Paused {
			t.Fatalf("%v, %v", got, err)
		}
		got, err = w.Service.Submit(connectiontest.Steward(), r.ID, in{Attest: true, Comment: "Đã bổ sung"})
		if err != nil || got.State != connection.Submitted || got.Route != connection.Shortened || got.Clock.Phase != connection.PhaseCheck {
			t.Fatalf("%v, %v", got, err)
		}
		both := connectiontest.As("both", "H38.02", access.OpSecurity, access.OpEngineer)
		if _, err = w.Service.StartCheck(both, r.ID, in{}); err != nil {
			t.Fatal(err)
		}
		r = found(t, w, r.ID).Request
		if _, err = w.Service.PassCheck(connectiontest.OtherCheck(), r.ID, in{Scope: w.Protected(r)}); err != nil {
			t.Fatal(err)
		}
		_, _, err = w.Service.Provision(both, r.ID, in{}, w.Setup) // who took part in the check sets nothing up
		wantCode(t, err, "connection.duties_separated")
	})
}

func TestLimitsOfTheShortenedProcess(t *testing.T) {
	issued(t, func(t *testing.T, w *connectiontest.World) {
		for state, days := range map[connection.State]int{
			connection.Submitted: 2, connection.SecurityCheck: 2, connection.Provisioning: 2, connection.Testing: 2, connection.Acceptance: 1,
		} {
			if r := w.UntilShortened(state); r.Clock.Limit != days || r.Clock.Deadline.IsZero() {
				t.Errorf("%s: limit %d, deadline %v; D2 says %d", state, r.Clock.Limit, r.Clock.Deadline, days)
			}
		}
		admin := connectiontest.As("admin", "H38.02", access.OpAdmin)
		set, err := w.Service.Limits(admin)
		if err != nil {
			t.Fatal(err)
		}
		set.Shortened[connection.PhaseCheck] = 1
		if _, err := w.Service.ChangeLimits(connectiontest.Check(), set.Limits, set.Revision, "Rút ngắn"); fault.Of(err) == nil || fault.Of(err).Kind != fault.Denied {
			t.Fatalf("without the right to settings: %v", err)
		}
		_, err = w.Service.ChangeLimits(admin, set.Limits, set.Revision, " ")
		wantCode(t, err, "connection.reason_missing")
		before := w.UntilShortened(connection.Submitted)
		if _, err = w.Service.ChangeLimits(admin, set.Limits, set.Revision, "Rút ngắn theo chỉ đạo"); err != nil {
			t.Fatal(err)
		}
		_, err = w.Service.ChangeLimits(admin, set.Limits, set.Revision, "Rút ngắn theo chỉ đạo")
		wantCode(t, err, "connection.limits_changed")
		after := w.UntilShortened(connection.Submitted)
		if v := found(t, w, before.ID); v.Request.Clock.Limit != 2 || after.Clock.Limit != 1 {
			t.Fatalf("a phase that runs keeps its limit: %d, %d", v.Request.Clock.Limit, after.Clock.Limit)
		}
	})
}

func TestAnUrgentOrder(t *testing.T) {
	issued(t, func(t *testing.T, w *connectiontest.World) {
		r := w.UntilShortened(connection.SecurityCheck)
		hours := map[connection.Phase]int{connection.PhaseCheck: 4, connection.PhaseTesting: 6}
		order := connection.Document{Number: "05/CĐ-UBND", Title: "Công điện về ứng phó lũ quét"}
		for code, bad := range map[string]in{
			"connection.order_missing": {Hours: hours},
			"connection.order_hours":   {Decision: order, Hours: map[connection.Phase]int{connection.PhaseTesting: -1}},
			"connection.limit_unknown": {Decision: order, Hours: map[connection.Phase]int{connection.PhaseAppraisal: 4}},
		} {
			_, err := w.Service.Order(connectiontest.Approver(), r.ID, bad)
			wantCode(t, err, code)
		}
		got, err := w.Service.Order(connectiontest.Approver(), r.ID, in{Decision: order, Hours: hours})
		if err != nil || got.State != connection.SecurityCheck || !got.Clock.Deadline.Equal(w.Clock.Now().Truncate(time.Microsecond).Add(4*time.Hour)) && got.Clock.Deadline.Sub(w.Clock.Now()) > 4*time.Hour {
			t.Fatalf("%+v, %v", got.Clock, err)
		}
		w.Clock.Shift(90 * time.Minute)
		if _, err = w.Service.ReturnCheck(connectiontest.Check(), r.ID, in{Missing: []string{"Số hồ sơ"}}); err != nil {
			t.Fatal(err)
		}
		w.Clock.Shift(24 * time.Hour)
		if got, err = w.Service.Submit(connectiontest.Steward(), r.ID, in{Attest: true, Comment: "Đã bổ sung"}); err != nil || got.Clock.UsedMinutes != 90 || got.Clock.Hours != 4 {
			t.Fatalf("hours stand still while the request is returned: %+v, %v", got.Clock, err)
		}
		_, err = w.Service.PassTesting(connectiontest.Engineer(), r.ID, in{})
		wantCode(t, err, "connection.wrong_state") // no step is skipped
	})
}

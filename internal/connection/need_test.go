package connection_test

import (
	"context"
	"testing"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/connection/connectiontest"
	"lienthong/internal/kit/controldb"
)

func TestAdvice(t *testing.T) {
	for want, a := range map[string]connection.Answers{
		"api at_once":            {Nature: "records", Use: "look_up", Speed: "at_once", Infrastructure: "calls"},
		"warehouse analysis":     {Nature: "figures", Use: "analyse", Speed: "days", Infrastructure: "batch"},
		"sync_event changes":     {Nature: "records", Use: "follow", Speed: "hours", Infrastructure: "calls"},
		"sync_periodic batches":  {Nature: "bulk", Use: "copy", Speed: "days", Infrastructure: "batch"},
		"file no_infrastructure": {Nature: "records", Use: "look_up", Speed: "at_once", Infrastructure: "none"},
	} {
		got, ok := connection.Advise(a)
		if !ok || string(got.Method)+" "+got.Reason != want {
			t.Errorf("%+v: got %+v, want %s", a, got, want)
		}
	}
	if _, ok := connection.Advise(connection.Answers{Nature: "records"}); ok {
		t.Error("advice without all answers")
	}
}

// What a need lacks is said at once, each point at its field.
func TestNeedIsRefusedWithEveryPoint(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		n := w.Need()
		n.Answers.Speed, n.Readiness, n.Procedures, n.Purposes = "", "", []string{"thủ tục bán trú"}, []string{"vì cần"}
		n.Impact = nil
		r, err := w.Service.Create(connectiontest.Steward(), n)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Service.Submit(connectiontest.Steward(), r.ID, in{Attest: true})
		for _, code := range []string{"connection.advice_answer_missing", "connection.readiness_missing", "connection.procedure_invalid", "connection.purpose_unknown", "connection.impact_statement_missing"} {
			wantCode(t, err, code)
		}
		n = w.Need()
		n.Method, n.MethodReason = "sync_periodic", ""
		r, _ = w.Service.Create(connectiontest.Steward(), n)
		_, err = w.Service.Submit(connectiontest.Steward(), r.ID, in{Attest: true})
		wantCode(t, err, "connection.departure_reason_missing")
		if r, err = w.Service.Change(connectiontest.Steward(), r.ID, 0, []byte(`{"method_reason":"Hệ thống đang dùng đồng bộ"}`)); err != nil {
			t.Fatal(err)
		}
		if r, err = w.Service.Submit(connectiontest.Steward(), r.ID, in{Attest: true}); err != nil || r.Advice == nil || !r.Advice.Departs || r.Advice.Method != "api" {
			t.Errorf("%+v, %v: the departure stays with the request", r.Advice, err)
		}
	})
}

func TestImpactIsJudged(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		r := w.Until(connection.Appraising)
		judge := func(x connection.Necessity) error {
			_, err := w.Service.Appraise(connectiontest.Appraiser(), r.ID, in{Checklist: connection.Checklist{Fields: map[string]connection.Necessity{"ho_ten": x}}})
			return err
		}
		wantCode(t, judge(connection.Necessity{Needed: true, Alternative: "không"}), "connection.alternative_unknown")
		wantCode(t, judge(connection.Necessity{Needed: true, Alternative: connection.AsItIs, Mask: access.MaskPartial}), "connection.alternative_mask")
		wantCode(t, judge(connection.Necessity{Needed: true, Alternative: connection.ByAggregate}), "connection.aggregate_is_no_record")
		if err := judge(connection.Necessity{Needed: true, Alternative: connection.ByMask, Comment: "Chỉ cần họ"}); err != nil {
			t.Fatal(err)
		}
		v, err := w.Service.Find(connectiontest.Appraiser(), r.ID)
		if err != nil || v.Request.Checklist.Fields["ho_ten"].Mask != access.MaskPartial {
			t.Errorf("%+v, %v: the mask follows from the judged form", v.Request.Checklist.Fields["ho_ten"], err)
		}
	})
	engines(t, func(t *testing.T, w *connectiontest.World) {
		r := w.Until(connection.Appraising)
		list := connectiontest.Checklist()
		list.Fields["ho_ten"] = connection.Necessity{Needed: true}
		for _, step := range []func() error{
			func() error {
				_, err := w.Service.Appraise(connectiontest.Appraiser(), r.ID, in{Checklist: list})
				return err
			},
			func() error {
				_, err := w.Service.AskOwner(connectiontest.Appraiser(), r.ID, in{Questions: "?"})
				return err
			},
			func() error {
				_, err := w.Service.GiveOpinion(connectiontest.OwnerHead(), r.ID, in{Opinion: connection.Opinion{Stand: connection.Agree}})
				return err
			},
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		s := connectiontest.Scope()
		_, err := w.Service.Approve(connectiontest.Approver(), r.ID, in{Scope: &s})
		wantCode(t, err, "connection.impact_open")
	})
}

func TestOffer(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		owner := connectiontest.As("own-steward", connectiontest.Owner, access.Steward)
		need := connection.Need{Dataset: connectiontest.Dataset, Fields: []string{"ho_ten"}}
		_, err := w.Service.Offer(connectiontest.OtherSteward(), connectiontest.Consumer, need, "")
		wantCode(t, err, "connection.other_side")
		_, err = w.Service.Offer(owner, connectiontest.Owner, need, "")
		wantCode(t, err, "connection.offer_to_self")
		r, err := w.Service.Offer(owner, connectiontest.Consumer, need, "Sở Tư pháp đề nghị cung cấp dữ liệu khai sinh")
		if err != nil || r.State != connection.Draft || r.Agency != connectiontest.Consumer || r.Offer == nil {
			t.Fatalf("%+v, %v", r, err)
		}
		for who, sees := range map[context.Context]bool{owner: true, connectiontest.Steward(): true, connectiontest.OtherSteward(): false} {
			_, err := w.Service.Find(who, r.ID)
			list, _ := w.Service.List(who, connection.Filter{})
			if (err == nil) != sees || (len(list) == 1) != sees {
				t.Errorf("%s: %v, %d in the list", access.ActorOf(who).ID, err, len(list))
			}
		}
		_, err = w.Service.Change(owner, r.ID, 0, []byte(`{"responsible_person":"x"}`))
		wantCode(t, err, "connection.other_side")
		if _, err = w.Service.Change(connectiontest.Steward(), r.ID, 0, []byte(`{"responsible_person":"Chánh Văn phòng"}`)); err != nil {
			t.Fatal(err)
		}
		if r, err = w.Service.Recall(owner, r.ID, in{Comment: "Gửi nhầm"}); err != nil || r.State != connection.Withdrawn {
			t.Fatalf("%v", err)
		}
		own, err := w.Service.Create(connectiontest.Steward(), w.Need())
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Service.Recall(owner, own.ID, in{Comment: "không phải của tôi"})
		wantCode(t, err, "connection.request_not_found")
	})
}

func TestParametersOfALiveConnectionTakeTwoPeople(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		r := w.Until(connection.Live)
		s, ctx := w.Service, context.Background()
		page := func() int64 {
			x, err := s.Tuning(ctx, string(r.ID))
			if err != nil {
				t.Fatal(err)
			}
			return x.PageMost
		}
		first := r.InForce
		p := first.Parameters
		p.PageSize = 10
		_, err := s.Reconfigure(connectiontest.Engineer(), r.ID, in{Parameters: &p})
		wantCode(t, err, "connection.reason_missing")
		r, err = s.Reconfigure(connectiontest.Engineer(), r.ID, in{Parameters: &p, Comment: "Giảm tải hệ thống nguồn"})
		if err != nil || r.State != connection.Live || !r.Pending() || r.InForce.Version != 1 || page() != first.Parameters.PageSize {
			t.Fatalf("%+v, %v: a proposed version serves already", r.InForce, err)
		}
		_, err = s.Review(connectiontest.Engineer(), r.ID, in{Reviewed: 2, OK: true})
		wantCode(t, err, "connection.review_own_config")
		r, err = s.Review(connectiontest.Second(), r.ID, in{Reviewed: 2, OK: true})
		if err != nil || r.Pending() || r.InForce.Version != 2 || page() != 10 || r.State != connection.Live {
			t.Fatalf("%+v, %v", r.InForce, err)
		}
		if r, err = s.Rollback(connectiontest.Engineer(), r.ID, 1, in{Comment: "Trở lại như cũ"}); err != nil || page() != 10 {
			t.Fatalf("%v", err)
		}
		if r, err = s.Review(connectiontest.Second(), r.ID, in{Reviewed: 3, OK: false, Comment: "Chưa cần"}); err != nil || r.Pending() || r.InForce.Version != 2 || page() != 10 {
			t.Fatalf("%+v, %v: a refused change took effect", r.InForce, err)
		}
		if r, err = s.Rollback(connectiontest.Engineer(), r.ID, 1, in{Comment: "Trở lại như cũ"}); err != nil {
			t.Fatal(err)
		}
		if r, err = s.Review(connectiontest.Second(), r.ID, in{Reviewed: 4, OK: true}); err != nil || page() != first.Parameters.PageSize || r.InForce.Version != 4 {
			t.Fatalf("%+v, %v", r.InForce, err)
		}
	})
}

func TestRenewal(t *testing.T) {
	engines(t, func(t *testing.T, w *connectiontest.World) {
		var told []int
		w.Expiring = func(_ context.Context, _ controldb.Querier, _ *connection.Request, days int) error {
			told = append(told, days)
			return nil
		}
		r := w.Until(connection.Live) // until 2027-10-31
		job := access.WithActor(context.Background(), access.JobActor("renewals"))
		at := func(day string, want ...int) {
			t.Helper()
			moment, _ := connection.Day(day).Start()
			w.Clock.Shift(moment.Sub(w.Clock.Now()))
			told = nil
			for range 2 {
				if err := w.Service.RemindRenewal(job); err != nil {
					t.Fatal(err)
				}
			}
			if len(told) != len(want) || len(want) == 1 && told[0] != want[0] {
				t.Errorf("%s: told %v, want %v", day, told, want)
			}
		}
		at("2027-08-01")
		at("2027-09-05", 60)
		at("2027-09-20")
		at("2027-10-05", 30)
		if _, err := w.Service.Renew(connectiontest.OtherSteward(), r.ID); err == nil {
			t.Error("another agency renews")
		}
		next, err := w.Service.Renew(connectiontest.Steward(), r.ID)
		if err != nil || next.Renews != r.ID || next.Need.From != "2027-11-01" || next.Need.To <= "2028-10-01" || next.Need.To > "2028-10-31" {
			t.Fatalf("%+v, %v", next, err)
		}
		_, err = w.Service.Renew(connectiontest.Steward(), r.ID)
		wantCode(t, err, "connection.renewal_open")
		at("2027-10-28") // it is being renewed
		_, err = w.Service.Renew(connectiontest.Steward(), next.ID)
		wantCode(t, err, "connection.nothing_to_renew")
	})
}

package review

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

const why = "Vẫn cần cho nhiệm vụ được giao"

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestReviewsComeWithTime(t *testing.T) {
	engines(t, func(b *bench) {
		plain := b.grant(func(g *access.Grant) { g.Columns = []access.Column{{Name: "ma_ho"}} })
		b.grant(func(g *access.Grant) {
			g.Columns = append(g.Columns, access.Column{Name: "dan_toc", Mask: access.MaskHide})
		})
		b.clock.Shift(89 * 24 * time.Hour)
		b.sweep()
		if all, _ := b.ListCampaigns(guard, CampaignFilter{}); len(all) != 0 {
			t := b.t
			t.Fatalf("%d reviews before their time", len(all))
		}
		b.clock.Shift(4 * 24 * time.Hour)
		b.sweep()
		b.sweep()
		first := b.only(CauseProtected)
		if items := b.items(first); len(items) != 1 || items[0].Grant == plain.ID || items[0].Reviewer != owner {
			b.t.Errorf("the review of protected data holds %+v", items)
		}
		b.clock.Shift(92 * 24 * time.Hour)
		b.sweep()
		b.sweep()
		if items := b.items(b.only(CauseRegular)); len(items) != 1 || items[0].Grant != plain.ID {
			b.t.Errorf("the regular review holds %+v", items)
		}
		if all, _ := b.ListCampaigns(guard, CampaignFilter{Cause: CauseProtected}); len(all) != 2 {
			b.t.Errorf("%d reviews of protected data in half a year, want 2", len(all))
		}
	})
}

func TestUnansweredIsSuspendedOnce(t *testing.T) {
	engines(t, func(b *bench) {
		kept, silent, ended := b.grant(nil), b.grant(nil), b.grant(nil)
		c, err := b.Open(guard, Opening{Note: "Rà soát trước khi báo cáo năm", Scope: Scope{Owner: owner}, Days: 2})
		if err != nil || c.Counts.Total != 3 || c.State != Running {
			b.t.Fatalf("%+v, %v", c, err)
		}
		items := b.items(c)
		if _, err := b.Answer(steward, c.ID, Answer{Items: []string{items[0].ID}, Verdict: Keep, Reason: why}); err != nil {
			b.t.Fatal(err)
		}
		b.tx(func(q controldb.Querier) error {
			return b.Access.EndGrant(context.Background(), q, access.JobActor("test"), ended.ID, "hết nhu cầu")
		})
		b.clock.Shift(c.DueAt.Sub(start) - time.Minute)
		b.sweep()
		if s := b.status(silent); s != "active" {
			b.t.Fatalf("before the deadline the grant is %s", s)
		}
		b.clock.Shift(2 * time.Minute)
		b.sweep()
		b.sweep() // as after a restart
		for g, want := range map[string]string{kept.ID: "active", silent.ID: "suspended review", ended.ID: "ended"} {
			if s := b.status(access.Grant{ID: g}); s != want {
				b.t.Errorf("grant %s is %s, want %s", g, s, want)
			}
		}
		if n := len(slices.DeleteFunc(slices.Clone(b.told), func(s string) bool { return s != "suspended "+silent.Number })); n != 1 {
			b.t.Errorf("told %d times of one suspension: %v", n, b.told)
		}
		c, _ = b.FindCampaign(guard, c.ID)
		if c.State != Closed || c.Counts != (Counts{Total: 3, Kept: 1, Suspended: 1, Gone: 1}) {
			b.t.Errorf("%s %+v", c.State, c.Counts)
		}
		history, err := b.Access.GrantHistory(guard, silent)
		if err != nil || history[0].Status != access.GrantSuspended || !containsText(history[0].Reason, c.Number) {
			b.t.Errorf("the record does not name the review: %+v, %v", history, err)
		}
		// Resuming the connection does not take back what a review holds; an answer does.
		b.tx(func(q controldb.Querier) error {
			return b.Access.SetStatus(context.Background(), q, access.JobActor("test"), silent.RequestID, access.GrantActive, "kết nối hoạt động lại")
		})
		if s := b.status(silent); s != "suspended review" {
			b.t.Errorf("the connection's resumption left the grant %s", s)
		}
		if _, err := b.Answer(steward, c.ID, Answer{Items: []string{itemOf(b, c, silent)}, Verdict: Keep, Reason: why}); err != nil {
			b.t.Fatal(err)
		}
		if s := b.status(silent); s != "active" {
			b.t.Errorf("after a late answer the grant is %s", s)
		}
	})
}

func containsText(text, part string) bool {
	for i := range text {
		if len(text)-i >= len(part) && text[i:i+len(part)] == part {
			return true
		}
	}
	return false
}

func itemOf(b *bench, c Campaign, g access.Grant) string {
	for _, i := range b.items(c) {
		if i.Grant == g.ID {
			return i.ID
		}
	}
	b.t.Fatalf("no item of %s", g.Number)
	return ""
}

func TestWhoAnswersWhat(t *testing.T) {
	engines(t, func(b *bench) {
		g := b.grant(func(g *access.Grant) { g.ApprovedBy = "head" })
		c, err := b.Open(guard, Opening{Note: "Kiểm tra ai được trả lời", Scope: Scope{Dataset: dataset}})
		if err != nil {
			b.t.Fatal(err)
		}
		item := itemOf(b, c, g)
		keep := Answer{Items: []string{item}, Verdict: Keep, Reason: why}
		_, err = b.Answer(holder, c.ID, keep)
		refused(b.t, err, "review.other_reviewer")
		_, err = b.Answer(stranger, c.ID, keep)
		refused(b.t, err, "review.campaign_not_found")
		_, err = b.Answer(guard, c.ID, keep)
		refused(b.t, err, "review.other_reviewer")
		_, err = b.Answer(as("head", owner, access.AgencyHead), c.ID, keep)
		refused(b.t, err, "review.own_grant")
		_, err = b.Answer(steward, c.ID, Answer{Items: []string{item}, Reason: "ngắn"})
		refused(b.t, err, "input.several")
		if items, err := b.ListItems(holder, ItemFilter{Campaign: c.ID}); err != nil || len(items) != 1 {
			b.t.Errorf("the holder sees %d of its grants, %v", len(items), err)
		}
		if _, err := b.Open(steward, Opening{Note: "Tự mở đợt rà soát", Scope: Scope{Owner: owner}}); fault.Of(err).Kind != fault.Denied {
			b.t.Errorf("a steward opens a review: %v", err)
		}
		_, err = b.Open(guard, Opening{Note: "Không nêu phạm vi"})
		refused(b.t, err, "review.scope_missing")
		if _, err := b.Answer(steward, c.ID, keep); err != nil {
			b.t.Fatal(err)
		}
		_, err = b.Answer(steward, c.ID, keep)
		refused(b.t, err, "review.answered")
		if c, _ = b.FindCampaign(guard, c.ID); c.State != Closed { // all is answered
			b.t.Errorf("state %s", c.State)
		}
	})
}

func TestNarrowAndRevokeWaitForAnother(t *testing.T) {
	engines(t, func(b *bench) {
		narrow, revoke, stays := b.grant(nil), b.grant(nil), b.grant(nil)
		c, err := b.Open(guard, Opening{Note: "Thu hẹp quyền dư thừa", Scope: Scope{Dataset: dataset}})
		if err != nil {
			b.t.Fatal(err)
		}
		for g, a := range map[string]Answer{
			narrow.ID: {Verdict: Narrow, Narrow: access.Narrowing{Drop: []string{"ma_xa"}, CallsPerDay: 500}}, revoke.ID: {Verdict: Revoke}, stays.ID: {Verdict: Revoke},
		} {
			a.Items, a.Reason = []string{itemOf(b, c, access.Grant{ID: g})}, why
			if _, err := b.Answer(steward, c.ID, a); err != nil {
				b.t.Fatal(err)
			}
		}
		if b.status(revoke) != "active" {
			b.t.Error("revoked before the operator confirmed")
		}
		asks, err := b.ListAsks(guard, AskFilter{State: AskOpen})
		if err != nil || len(asks) != 3 {
			b.t.Fatalf("%d requests, %v", len(asks), err)
		}
		for _, a := range asks {
			_, err := b.Confirm(steward, a.ID, why)
			if fault.Of(err).Kind != fault.Denied {
				b.t.Errorf("an owner confirms: %v", err)
			}
			if a.Grant == stays.ID {
				_, err = b.Refuse(guard, a.ID, "Thuộc Danh mục bắt buộc chia sẻ")
			} else {
				_, err = b.Confirm(guard, a.ID, why)
			}
			if err != nil {
				b.t.Fatal(err)
			}
			_, err = b.Confirm(guardTwo, a.ID, why)
			refused(b.t, err, "review.ask_over")
		}
		g, _ := b.Access.GrantOf(context.Background(), b.DB, narrow.ID)
		if g.Version != 2 || len(g.Columns) != 2 || g.Conditions.CallsPerDay != 500 || g.Conditions.RecordsPerDay != 1000 {
			b.t.Errorf("narrowed to %+v", g)
		}
		if s := b.status(revoke); s != "ended" {
			b.t.Errorf("revoked: %s", s)
		}
		if c, _ = b.FindCampaign(guard, c.ID); c.Counts != (Counts{Total: 3, Kept: 1, Narrowed: 1, Revoked: 1}) {
			b.t.Errorf("%+v", c.Counts)
		}
		if _, altered, err := b.Access.VerifyGrants(as("auditor", "H38.13", access.Auditor)); err != nil || len(altered) != 0 {
			b.t.Errorf("after all this the log and the grants differ: %+v, %v", altered, err)
		}
	})
}

func TestOwnerAsks(t *testing.T) {
	engines(t, func(b *bench) {
		g := b.grant(nil)
		_, err := b.Ask(holder, Asking{Grant: g.ID, Kind: AskSuspend, Reason: why})
		refused(b.t, err, "review.not_owner")
		_, err = b.Ask(stranger, Asking{Grant: g.ID, Kind: AskSuspend, Reason: why})
		refused(b.t, err, "access.grant_not_found")
		_, err = b.Ask(steward, Asking{Grant: g.ID, Kind: AskNarrow, Reason: why, Narrow: access.Narrowing{CallsPerDay: 30_000}})
		refused(b.t, err, "access.narrow_wider")
		a, err := b.Ask(steward, Asking{Grant: g.ID, Kind: AskSuspend, Reason: why})
		if err != nil {
			b.t.Fatal(err)
		}
		_, err = b.Ask(steward, Asking{Grant: g.ID, Kind: AskEnd, Reason: why})
		refused(b.t, err, "review.asked_already")
		_, err = b.Confirm(guard, a.ID, "ừ")
		refused(b.t, err, "review.reason_missing")
		b.clock.Shift(10 * 24 * time.Hour)
		if a, _ = b.FindAsk(steward, a.ID); !a.Late {
			b.t.Error("a request past its deadline is not late")
		}
		if a, err = b.Confirm(guard, a.ID, why); err != nil || b.status(g) != "suspended ask" || !a.Late {
			b.t.Fatalf("%v %s %v", err, b.status(g), a.Late)
		}
		own, err := b.Ask(guard, Asking{Grant: g.ID, Kind: AskResume, Reason: why})
		if err != nil {
			b.t.Fatal(err)
		}
		_, err = b.Confirm(guard, own.ID, why)
		refused(b.t, err, "review.own_ask")
		if _, err = b.Confirm(guardTwo, own.ID, why); err != nil || b.status(g) != "active" {
			b.t.Fatalf("%v %s", err, b.status(g))
		}
	})
}

func TestSettings(t *testing.T) {
	engines(t, func(b *bench) {
		now, err := b.FindSettings(steward)
		if err != nil || now.RegularMonths != 6 || now.ProtectedMonths != 3 || now.EventDays != 5 {
			b.t.Fatalf("%+v, %v", now, err)
		}
		bad := now
		bad.RegularMonths, bad.EventDays = 2, 0
		_, err = b.ChangeSettings(admin, bad)
		refused(b.t, err, "input.several")
		_, err = b.ChangeSettings(guard, now)
		if fault.Of(err).Kind != fault.Denied {
			b.t.Errorf("a security officer changes settings: %v", err)
		}
		now.ProtectedMonths = 2
		if _, err = b.ChangeSettings(admin, now); err != nil {
			b.t.Fatal(err)
		}
		_, err = b.ChangeSettings(admin, now)
		refused(b.t, err, "review.changed_meanwhile")
		history, err := b.Log.History(context.Background(), "review.settings/platform", 0, 10)
		if err != nil || len(history) != 2 || fmt.Sprint(history[0].Changes[0].Before, history[0].Changes[0].After) != "32" {
			b.t.Errorf("%+v, %v", history, err)
		}
	})
}

package demo

import (
	"context"
	"fmt"

	"lienthong/internal/access"
	"lienthong/internal/review"
)

// reviews shows two reviews of rights: one that is closed, all answered, and one of all rights that only some owners have
// answered.
func (l *loader) reviews(ctx context.Context) error {
	guard, found := l.whoHolds(access.OpSecurity, "")
	if !found || l.Reviews == nil {
		return nil
	}
	ctx = access.WithActor(ctx, guard)
	known, err := l.Reviews.ListCampaigns(ctx, review.CampaignFilter{Cause: review.CauseHand, Limit: 1})
	if err != nil || len(known) > 0 { // loaded before
		return err
	}
	whole, err := l.Reviews.Open(ctx, review.Opening{Note: "Rà soát toàn bộ quyền trước khi báo cáo năm", Scope: review.Scope{Everybody: true}})
	if err != nil {
		return fmt.Errorf("open the review of all rights: %w", err)
	}
	items, err := l.Reviews.ListItems(ctx, review.ItemFilter{Campaign: whole.ID, Limit: 500})
	if err != nil || len(items) == 0 {
		return err
	}
	closed, err := l.Reviews.Open(ctx, review.Opening{Note: "Rà soát quyền trên một tập dữ liệu sau khi đổi đầu mối", Scope: review.Scope{Dataset: items[0].Dataset}})
	if err != nil {
		return fmt.Errorf("open the review of %s: %w", items[0].Dataset, err)
	}
	if err := l.answer(ctx, closed, 1); err != nil {
		return err
	}
	return l.answer(ctx, whole, 2)
}

// answer keeps every n-th grant of a review, in the name of the owners' stewards.
func (l *loader) answer(ctx context.Context, c review.Campaign, n int) error {
	items, err := l.Reviews.ListItems(ctx, review.ItemFilter{Campaign: c.ID, Limit: 500})
	if err != nil {
		return err
	}
	byReviewer := map[string][]string{}
	for i, item := range items {
		if i%n == 0 {
			byReviewer[item.Reviewer] = append(byReviewer[item.Reviewer], item.ID)
		}
	}
	for agency, ids := range byReviewer {
		who, found := l.whoHolds(access.Steward, agency)
		if !found {
			continue
		}
		_, err := l.Reviews.Answer(access.WithActor(ctx, who), c.ID, review.Answer{Items: ids, Verdict: review.Keep, Reason: "Vẫn cần cho nhiệm vụ được giao, đúng mục đích đã duyệt"})
		if err != nil {
			return fmt.Errorf("answer review %s for %s: %w", c.Number, agency, err)
		}
	}
	return nil
}

// whoHolds finds a person of the world by role, of an agency or of any.
func (l *loader) whoHolds(role access.Role, agency string) (access.Actor, bool) {
	var first access.Actor
	name := ""
	for username, a := range l.people {
		if a.Has(role) && (agency == "" || a.Agency == agency) && (name == "" || username < name) {
			first, name = a, username
		}
	}
	return first, name != ""
}

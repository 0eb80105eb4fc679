package review

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// closeBatch is how many unanswered grants one transaction suspends.
const closeBatch = 50

// close suspends every grant without an answer and ends the campaign (invariant 1). It may be cut off anywhere: what is
// left is done by the next turn.
func (s *Service) close(ctx context.Context, c Campaign) error {
	reason := fmt.Sprintf("Rà soát %s: hết thời hạn mà chưa có trả lời (điểm c khoản 5 Điều 21)", c.Number)
	for {
		left := 0
		err := s.DB.InTx(ctx, func(q controldb.Querier) error {
			items, err := listItems(ctx, q, ItemFilter{Campaign: c.ID, State: ItemOpen, Limit: closeBatch})
			left = len(items)
			if err != nil {
				return err
			}
			for _, i := range items {
				if err := s.lapse(ctx, q, c, i, reason); err != nil {
					return fmt.Errorf("suspend grant %s of review %s: %w", i.Number, c.Number, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if left < closeBatch {
			break
		}
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		now, err := findCampaign(ctx, q, c.ID)
		if err != nil || now.State == Closed {
			return err
		}
		return s.finish(ctx, q, jobActor(), now)
	})
}

// lapse suspends one grant for want of an answer.
func (s *Service) lapse(ctx context.Context, q controldb.Querier, c Campaign, i Item, reason string) error {
	g, err := s.Access.GrantOf(ctx, q, i.Grant)
	if err != nil {
		return err
	}
	if g.Status == access.GrantEnded || !g.ValidTo.After(s.Clock.Now()) {
		i.State = ItemGone
		return saveItem(ctx, q, &i)
	}
	if _, err := s.Access.Hold(ctx, q, jobActor(), i.Grant, i.holder(), reason); err != nil {
		return err
	}
	i.State = ItemSuspended
	if i.HeldAt.IsZero() {
		i.HeldAt = s.Clock.Now().UTC().Truncate(time.Microsecond)
	}
	if err := saveItem(ctx, q, &i); err != nil {
		return err
	}
	return s.Inbox.ReviewSuspended(ctx, q, c, i)
}

// finish closes a campaign, when its time is over or nothing is open any more.
func (s *Service) finish(ctx context.Context, q controldb.Querier, who access.Actor, c Campaign) error {
	c.State, c.ClosedAt = Closed, s.Clock.Now().UTC().Truncate(time.Microsecond)
	if err := saveCampaign(ctx, q, &c); err != nil {
		return err
	}
	counted, err := findCounted(ctx, q, c.ID)
	if err != nil {
		return err
	}
	reviewers, err := listReviewers(ctx, q, c.ID)
	if err != nil {
		return err
	}
	for _, agency := range reviewers {
		if err := s.Inbox.ReviewAnswered(ctx, q, c, agency); err != nil {
			return err
		}
	}
	n := counted.Counts
	return s.note(ctx, q, who, "review.close", c, "", map[string]string{
		"total": num(n.Total), "kept": num(n.Kept), "narrowed": num(n.Narrowed), "revoked": num(n.Revoked), "waiting": num(n.Waiting), "suspended": num(n.Suspended), "gone": num(n.Gone),
	})
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

// Answer takes a reviewer's word on one grant or several, all or none. Keeping a grant that the review suspended lets it
// go on; narrowing and revoking are asked of the operator, who confirms.
func (s *Service) Answer(ctx context.Context, campaign string, a Answer) (Campaign, error) {
	who, err := access.Require(ctx, access.ReviewAnswer)
	if err != nil {
		return Campaign{}, err
	}
	if _, err := s.FindCampaign(ctx, campaign); err != nil {
		return Campaign{}, err
	}
	if err := a.check(); err != nil {
		return Campaign{}, err
	}
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		c, err := findCampaign(ctx, q, campaign)
		if err != nil {
			return err
		}
		var refused []*fault.Fault
		for _, id := range a.Items {
			err := s.answerOne(ctx, q, who, c, id, a)
			if f := fault.Of(err); f != nil {
				if f.Kind == fault.Internal {
					return err
				}
				refused = append(refused, f)
			}
		}
		if err := fault.Collect(refused...); err != nil {
			return err
		}
		if err := s.note(ctx, q, who, "review.answer", c, a.Reason, map[string]string{"verdict": string(a.Verdict), "grants": num(int64(len(a.Items)))}); err != nil {
			return err
		}
		return s.settle(ctx, q, who, c)
	})
	if err != nil {
		return Campaign{}, err
	}
	return findCounted(ctx, s.DB, campaign)
}

// settle ends the tasks of reviewers who have answered all, and the campaign when nothing is open.
func (s *Service) settle(ctx context.Context, q controldb.Querier, who access.Actor, c Campaign) error {
	if c.State != Running {
		return nil
	}
	open, err := countReviewers(ctx, q, c.ID)
	if err != nil {
		return err
	}
	all, err := listReviewers(ctx, q, c.ID)
	if err != nil {
		return err
	}
	for _, agency := range all {
		if open[agency] == 0 {
			if err := s.Inbox.ReviewAnswered(ctx, q, c, agency); err != nil {
				return err
			}
		}
	}
	if len(open) == 0 {
		return s.finish(ctx, q, who, c)
	}
	return nil
}

// answerOne applies an answer to one grant.
func (s *Service) answerOne(ctx context.Context, q controldb.Querier, who access.Actor, c Campaign, id string, a Answer) error {
	i, err := findItem(ctx, q, id)
	if err != nil {
		return err
	}
	if i.Campaign != c.ID {
		return fault.New(fault.NotFound, "review.item_not_found", id).At("items")
	}
	g, err := s.Access.GrantOf(ctx, q, i.Grant)
	if err != nil {
		return err
	}
	switch {
	case !s.mayAnswer(who, i):
		return fault.New(fault.Denied, "review.other_reviewer", i.Number, i.Reviewer)
	case who.ID == g.ApprovedBy || g.Subject == (access.Subject{Type: access.SubjectAccount, ID: who.ID}):
		return fault.New(fault.Denied, "review.own_grant", i.Number) // invariant 3
	case !i.State.answerable():
		return fault.New(fault.Conflict, "review.answered", i.Number).At("items")
	case g.Status == access.GrantEnded:
		return fault.New(fault.Conflict, "access.grant_ended", i.Number).At("items")
	}
	i.Reason, i.By, i.ByName, i.AnsweredAt = a.Reason, who.ID, who.Name, s.Clock.Now().UTC().Truncate(time.Microsecond)
	if a.Verdict == Keep {
		i.State = ItemKept
		if _, err := s.Access.Release(ctx, q, who, g.ID, i.holder(), "Rà soát "+c.Number+": "+a.Reason); err != nil {
			return err
		}
		return saveItem(ctx, q, &i)
	}
	ask := Ask{Kind: AskEnd, Reason: a.Reason, Item: i.ID}
	i.State = ItemRevoking
	if a.Verdict == Narrow {
		ask.Kind, ask.Narrow, i.State = AskNarrow, a.Narrow, ItemNarrowing
	}
	if i.Ask, err = s.ask(ctx, q, who, g, ask); err != nil {
		return err
	}
	return saveItem(ctx, q, &i)
}

func (s *Service) mayAnswer(who access.Actor, i Item) bool {
	return who.Agency == i.Reviewer && i.Reviewer != s.Operator || i.Reviewer == s.Operator && who.CanForAll(access.ReviewAnswer)
}

// ask writes a request about a grant and tells the operator.
func (s *Service) ask(ctx context.Context, q controldb.Querier, who access.Actor, g access.Grant, a Ask) (string, error) {
	if a.Kind == AskNarrow {
		if _, err := g.Narrowed(a.Narrow); err != nil {
			return "", err
		}
	}
	set, err := findSettings(ctx, q)
	if err != nil {
		return "", err
	}
	d, err := s.World.Dataset(ctx, g.Dataset)
	if err != nil {
		return "", fmt.Errorf("read dataset %s: %w", g.Dataset, err)
	}
	if d != nil {
		a.Owner = d.Owner
	}
	now := s.Clock.Now().UTC().Truncate(time.Microsecond)
	due, err := s.Calendar.AddWorkingDays(now, int(set.AskDays))
	if err != nil {
		return "", fmt.Errorf("count the deadline of a request: %w", err)
	}
	a.ID, a.Grant, a.Number, a.Agency, a.Dataset = ids.New(), g.ID, g.Number, g.Agency, g.Dataset
	a.By, a.ByName, a.ByAgency, a.At, a.DueAt, a.State = who.ID, who.Name, who.Agency, now, due.UTC(), AskOpen
	if err := insertAsk(ctx, q, &a); err != nil {
		if controldb.IsUnique(err) {
			return "", fault.New(fault.Conflict, "review.asked_already", g.Number)
		}
		return "", err
	}
	if err := s.noteAsk(ctx, q, who, "review.ask", a, a.Reason); err != nil {
		return "", err
	}
	return a.ID, s.Inbox.AskWaits(ctx, q, a)
}

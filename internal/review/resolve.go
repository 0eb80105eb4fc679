package review

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Ask makes a request about a grant: the owner of its data asks the operator to narrow, suspend, resume or end it (Điều
// 20.4a); the operator's own security people ask each other, so that two of them look at it.
func (s *Service) Ask(ctx context.Context, in Asking) (Ask, error) {
	who, err := access.Require(ctx, access.ReviewAnswer)
	if err != nil {
		return Ask{}, err
	}
	if err := in.check(); err != nil {
		return Ask{}, err
	}
	var id string
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		g, err := s.Access.GrantOf(ctx, q, in.Grant)
		if err != nil {
			return err
		}
		if err := s.mayAsk(ctx, who, g); err != nil {
			return err
		}
		switch {
		case g.Status == access.GrantEnded:
			return fault.New(fault.Conflict, "access.grant_ended", g.Number)
		case in.Kind == AskResume && g.HeldBy == "":
			return fault.New(fault.Conflict, "review.not_held", g.Number)
		case in.Kind == AskSuspend && g.HeldBy != "":
			return fault.New(fault.Conflict, "access.grant_suspended", g.Number)
		}
		id, err = s.ask(ctx, q, who, g, Ask{Kind: in.Kind, Narrow: in.Narrow, Reason: in.Reason})
		return err
	})
	if err != nil {
		return Ask{}, err
	}
	return findAsk(ctx, s.DB, id)
}

// mayAsk: the owner of the data, or the operator.
func (s *Service) mayAsk(ctx context.Context, who access.Actor, g access.Grant) error {
	if who.CanForAll(access.ReviewAnswer) {
		return nil
	}
	d, err := s.World.Dataset(ctx, g.Dataset)
	if err != nil {
		return fmt.Errorf("read dataset %s: %w", g.Dataset, err)
	}
	if d != nil && d.Owner == who.Agency {
		return nil
	}
	if who.Agency == g.Agency { // a holder knows the grant, an outsider does not
		return fault.New(fault.Denied, "review.not_owner", g.Number)
	}
	return fault.New(fault.NotFound, "access.grant_not_found", g.ID)
}

// noteAsk records a step of a request.
func (s *Service) noteAsk(ctx context.Context, q controldb.Querier, who access.Actor, event string, a Ask, reason string) error {
	return s.Log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: event, Subject: "review.ask/" + a.ID, Agency: a.Owner, Dataset: a.Dataset, Grant: a.Grant, Reason: reason,
		Detail: map[string]string{"kind": string(a.Kind), "number": a.Number, "item": a.Item},
	})
}

// Confirm carries out what was asked; Refuse turns it down. Both are the operator's, never of the person who asked, and
// say why.
func (s *Service) Confirm(ctx context.Context, id, answer string) (Ask, error) {
	who, a, err := s.toResolve(ctx, id, answer)
	if err != nil {
		return a, err
	}
	if a.Kind == AskEnd {
		if err := s.endConnection(ctx, a, answer); err != nil {
			return a, err
		}
	}
	return s.resolve(ctx, who, a, AskDone, answer, func(q controldb.Querier) error { return s.carryOut(ctx, q, who, a, answer) })
}

// Refuse turns a request down with the reason, for example that the data must be shared by law (Điều 4.4).
func (s *Service) Refuse(ctx context.Context, id, answer string) (Ask, error) {
	who, a, err := s.toResolve(ctx, id, answer)
	if err != nil {
		return a, err
	}
	return s.resolve(ctx, who, a, AskRefused, answer, func(controldb.Querier) error { return nil })
}

func (s *Service) toResolve(ctx context.Context, id, answer string) (access.Actor, Ask, error) {
	who, err := access.Require(ctx, access.ReviewOpen)
	if err != nil {
		return who, Ask{}, err
	}
	a, err := findAsk(ctx, s.DB, id)
	if err != nil {
		return who, a, err
	}
	if a.State != AskOpen {
		return who, a, fault.New(fault.Conflict, "review.ask_over", a.Number)
	}
	if a.By == who.ID {
		return who, a, fault.New(fault.Denied, "review.own_ask")
	}
	if f := reasoned(answer, "answer"); f != nil {
		return who, a, f
	}
	return who, a, nil
}

// endConnection ends the whole connection where the grant is the last of it: a connection without rights is none. It is a
// transaction of its own; when it was cut off after it, confirming again finds the grant ended.
func (s *Service) endConnection(ctx context.Context, a Ask, answer string) error {
	g, err := s.Access.GrantOf(ctx, s.DB, a.Grant)
	if err != nil || g.Connection == "" || g.Status == access.GrantEnded || s.End == nil {
		return err
	}
	all, err := s.Access.GrantsOfRequest(ctx, g.RequestID)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID != g.ID && other.Status != access.GrantEnded {
			return nil
		}
	}
	return s.End(ctx, g.Connection, a.Reason+" – "+answer)
}

// resolve writes the outcome with what it does, all in one transaction.
func (s *Service) resolve(ctx context.Context, who access.Actor, a Ask, state AskState, answer string, do func(q controldb.Querier) error) (Ask, error) {
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		now, err := findAsk(ctx, q, a.ID)
		if err != nil {
			return err
		}
		if now.State != AskOpen { // somebody was quicker
			return fault.New(fault.Conflict, "review.ask_over", a.Number)
		}
		if err := do(q); err != nil {
			return err
		}
		if state == AskDone { // what was found of the grant is no longer so; the next calculation looks again
			if err := removeExcess(ctx, q, now.Grant); err != nil {
				return err
			}
		}
		now.State, now.Answer, now.AnsweredBy, now.AnswerName, now.AnsweredAt = state, answer, who.ID, who.Name, s.Clock.Now().UTC().Truncate(time.Microsecond)
		if err := saveAsk(ctx, q, &now); err != nil {
			return err
		}
		a = now
		if err := s.itemResolved(ctx, q, now); err != nil {
			return err
		}
		event := "review.confirm"
		if state == AskRefused {
			event = "review.refuse"
		}
		if err := s.noteAsk(ctx, q, who, event, now, answer); err != nil {
			return err
		}
		return s.Inbox.AskAnswered(ctx, q, now)
	})
	a.Late = late(a, s.Clock.Now())
	return a, err
}

// carryOut does what was asked. What was held by a review stays held until the review is answered with keep.
func (s *Service) carryOut(ctx context.Context, q controldb.Querier, who access.Actor, a Ask, answer string) error {
	g, err := s.Access.GrantOf(ctx, q, a.Grant)
	if err != nil {
		return err
	}
	reason := a.Reason + " – " + answer
	switch a.Kind {
	case AskNarrow:
		if err := s.Narrow(ctx, q, who, g, a.Narrow, reason); err != nil {
			return err
		}
		if a.Item == "" {
			return nil
		}
		_, err = s.Access.Release(ctx, q, who, g.ID, "review/"+a.Item, reason) // its review is answered
		return err
	case AskSuspend:
		held, err := s.Access.Hold(ctx, q, who, g.ID, a.holder(), reason)
		if err == nil && !held {
			err = fault.New(fault.Conflict, "review.cannot_hold", g.Number)
		}
		return err
	case AskResume:
		if g.HeldBy == "" {
			return fault.New(fault.Conflict, "review.not_held", g.Number)
		}
		_, err := s.Access.Release(ctx, q, who, g.ID, g.HeldBy, reason)
		return err
	}
	return s.Access.EndGrant(ctx, q, who, g.ID, reason)
}

// itemResolved takes the outcome to the item of a review that the request came from. What the operator refused to take
// away is kept.
func (s *Service) itemResolved(ctx context.Context, q controldb.Querier, a Ask) error {
	if a.Item == "" {
		return nil
	}
	i, err := findItem(ctx, q, a.Item)
	if err != nil {
		return err
	}
	switch {
	case a.State == AskRefused:
		i.State = ItemKept
		if _, err := s.Access.Release(ctx, q, jobActor(), i.Grant, i.holder(), a.Answer); err != nil {
			return err
		}
	case a.Kind == AskNarrow:
		i.State = ItemNarrowed
	default:
		i.State = ItemRevoked
	}
	return saveItem(ctx, q, &i)
}

func late(a Ask, now time.Time) bool {
	if a.State == AskOpen {
		return now.After(a.DueAt)
	}
	return a.AnsweredAt.After(a.DueAt)
}

// FindAsk shows one request: to the operator and the auditor, to who owns the data and to who holds the grant.
func (s *Service) FindAsk(ctx context.Context, id string) (Ask, error) {
	who, err := access.Require(ctx, access.AccessRead)
	if err != nil {
		return Ask{}, err
	}
	a, err := findAsk(ctx, s.DB, id)
	if err != nil {
		return a, err
	}
	if !who.Operates() && who.Agency != a.Owner && who.Agency != a.Agency {
		return Ask{}, fault.New(fault.NotFound, "review.ask_not_found", id)
	}
	a.Late = late(a, s.Clock.Now())
	return a, nil
}

// ListAsks lists requests, newest first, as far as the reader is concerned.
func (s *Service) ListAsks(ctx context.Context, f AskFilter) ([]Ask, error) {
	who, err := access.Require(ctx, access.AccessRead)
	if err != nil {
		return nil, err
	}
	if !who.Operates() {
		f.concerned = who.Agency
	}
	all, err := listAsks(ctx, s.DB, f)
	for i := range all {
		all[i].Late = late(all[i], s.Clock.Now())
	}
	return all, err
}

package connection

import (
	"context"
	"errors"
	"slices"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Confirm is one party's word at the acceptance. With the last one the connection is live, in the same transaction.
func (s *Service) Confirm(ctx context.Context, id ID, side Side, in Input) (*Request, error) {
	action, known := map[Side]Action{Operator: ActConfirmOperator, Owner: ActConfirmOwner, Requester: ActConfirmConsumer}[side]
	if !known {
		return nil, fault.New(fault.Invalid, "connection.side_unknown", side).At("party")
	}
	return s.take(ctx, id, action, in, func(ctx context.Context, q controldb.Querier, t *taken) error {
		if err := allConfirmed(t.request, in, t.facts); err != nil {
			return nil //nolint:nilerr // what still stands in the way is shown on the request; the word itself counts
		}
		return s.then(ctx, q, t, ActGoLive)
	})
}

// GoLive takes an acceptance to operation whose confirmations are complete: needed where the owner stayed silent past
// the limit, or where a system's security level had to be renewed after the last confirmation.
func (s *Service) GoLive(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActGoLive, in, nil)
}

// Retest goes back from acceptance to testing.
func (s *Service) Retest(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActRetest, in, nil)
}

// AskSuspend is the owner's request to suspend; the operator decides.
func (s *Service) AskSuspend(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActAskSuspend, in, nil)
}

// Suspend stops a live connection at once, with its grants.
func (s *Service) Suspend(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActSuspend, in, noting("reason_class", in.ReasonClass))
}

// Resume opens a suspended connection and its grants again.
func (s *Service) Resume(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActResume, in, nil)
}

// Terminate ends the connection for good, by the operator or on the requester's own wish: grants closed, credentials revoked.
func (s *Service) Terminate(ctx context.Context, id ID, in Input) (*Request, error) {
	action := ActTerminate
	if !access.ActorOf(ctx).Can(access.ConnectionEnd) {
		action = ActEndOwn
	}
	return s.take(ctx, id, action, in, nil)
}

// Sweep ends connections at their last day, suspends those whose system is no longer safe enough, and takes requests of the
// shortened process that lost a condition over to the full one. A job calls it.
func (s *Service) Sweep(ctx context.Context) error {
	if _, err := access.Require(ctx, access.ConnectionEnd); err != nil {
		return err
	}
	var all []error
	for _, state := range []State{Live, Suspended} {
		over, err := listRequests(ctx, s.db, Filter{State: state, EndedAt: s.clock.Now()})
		if err != nil {
			return err
		}
		for _, r := range over {
			_, err := s.Terminate(ctx, r.ID, Input{Comment: "Hết thời hạn đã được chấp thuận"})
			all = append(all, ignoreConflict(err))
		}
	}
	all = append(all, s.sweepEnded(ctx))
	all = append(all, s.sweepConditions(ctx)...)
	for after := ""; ; {
		page, err := listRequests(ctx, s.db, Filter{State: Live, After: after})
		if err != nil {
			return errors.Join(append(all, err)...)
		}
		for _, r := range page {
			all = append(all, ignoreConflict(s.lapse(ctx, r)))
			after = string(r.ID)
		}
		if len(page) < maxPage {
			return errors.Join(all...)
		}
	}
}

// sweepEnded ends what agencies that exist no more have asked for, whatever its state, and brings the rest to the owner that
// its data has now.
func (s *Service) sweepEnded(ctx context.Context) error {
	ended := map[string]bool{}
	var all []error
	for after := ""; ; {
		page, err := listRequests(ctx, s.db, Filter{After: after, open: true})
		if err != nil {
			return errors.Join(append(all, err)...)
		}
		for _, r := range page {
			after = string(r.ID)
			over, known := ended[r.Agency]
			if !known {
				a, err := s.sources.Agency(ctx, r.Agency)
				over = err == nil && a.Ended
				ended[r.Agency] = over
			}
			if over {
				all = append(all, ignoreConflict(s.endOf(ctx, r)))
				continue
			}
			all = append(all, ignoreConflict(s.followOwner(ctx, r)))
		}
		if len(page) < maxPage {
			return errors.Join(all...)
		}
	}
}

func (s *Service) endOf(ctx context.Context, r *Request) error {
	action := ActLapse
	if r.State == Live || r.State == Suspended {
		action = ActTerminate
	}
	_, err := s.take(ctx, r.ID, action, Input{Comment: "Cơ quan đăng ký " + r.Agency + " đã hết hiệu lực"}, nil)
	return err
}

// lapse suspends a connection whose system no longer has the level that the data needs.
func (s *Service) lapse(ctx context.Context, r *Request) error {
	f, err := s.facts(ctx, r, Input{})
	if err != nil {
		return err
	}
	// An entry of the register that lapsed closes the data by itself, and opens it again when it is renewed.
	found := slices.DeleteFunc(AssessSecurity(r.Need, *r.Approved, r.Checklist, f), func(i SecurityItem) bool { return i.What == "register" })
	if blocking(found) == nil {
		return nil
	}
	_, err = s.Suspend(ctx, r.ID, Input{ReasonClass: "level_lapsed", Comment: "Hệ thống khai thác không còn đáp ứng yêu cầu an toàn của dữ liệu"})
	return err
}

// ignoreConflict: somebody acted on the same connection first, which the next sweep will see.
func ignoreConflict(err error) error {
	if err != nil && fault.Of(err).Kind == fault.Conflict {
		return nil
	}
	return err
}

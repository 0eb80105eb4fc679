package connection

import (
	"context"
	"strings"

	"lienthong/internal/kit/controldb"
)

// Withdraw takes the request back before its appraisal.
func (s *Service) Withdraw(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActWithdraw, in, nil)
}

// Return sends a submitted request back with the list of what is missing; its clock stands still meanwhile.
func (s *Service) Return(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActReturn, in, noting("missing", strings.Join(in.Missing, "; ")))
}

// StartAppraisal takes the request into appraisal; the actor becomes its appraiser.
func (s *Service) StartAppraisal(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActStartAppraisal, in, nil)
}

// Appraise answers questions of the checklist and judges fields; what is not named stays as it was.
func (s *Service) Appraise(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActAppraise, in, nil)
}

// AskOwner asks for the opinion of the data's owner.
func (s *Service) AskOwner(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActAskOwner, in, noting("questions", in.Questions))
}

// GiveOpinion is the owner's answer; an objection needs its legal ground.
func (s *Service) GiveOpinion(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActGiveOpinion, in, noting("stand", string(in.Opinion.Stand)))
}

// DeemAgreed goes on without an answer after the limit, where the data is not personal; the request stays flagged.
func (s *Service) DeemAgreed(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActDeemAgreed, in, nil)
}

// Approve approves a scope within the requested one; after an escalation with the authority's decision.
func (s *Service) Approve(ctx context.Context, id ID, in Input) (*Request, error) {
	action, err := s.decided(ctx, id, ActApprove, ActApproveDecided)
	if err != nil {
		return nil, err
	}
	return s.take(ctx, id, action, in, nil)
}

// Reject refuses in writing, with reason and legal ground.
func (s *Service) Reject(ctx context.Context, id ID, in Input) (*Request, error) {
	action, err := s.decided(ctx, id, ActReject, ActRejectDecided)
	if err != nil {
		return nil, err
	}
	return s.take(ctx, id, action, in, noting("legal_citation", in.Citation))
}

// decided picks the row of an escalated request. A wrong guess is harmless: the row's own state check decides.
func (s *Service) decided(ctx context.Context, id ID, plain, escalated Action) (Action, error) {
	seen, err := findRequest(ctx, s.db, id)
	if err != nil {
		return "", err
	}
	if seen.State == Escalated {
		return escalated, nil
	}
	return plain, nil
}

// Escalate asks the authority to decide a disagreement.
func (s *Service) Escalate(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActEscalate, in, nil)
}

func noting(key, value string) also {
	return func(_ context.Context, _ controldb.Querier, t *taken) error {
		if value != "" {
			t.note(key, value)
		}
		return nil
	}
}

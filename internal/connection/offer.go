package connection

import (
	"context"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// Offer is the owner's proposal to provide data to a consumer (Điều 12.2a: "khai thác hoặc cung cấp"). What it proposes is
// a draft of the consumer's, which completes and submits it, or lets it be.
type Offer struct {
	By   Person    `json:"by"`
	At   time.Time `json:"at"`
	Note string    `json:"note,omitempty"`
}

// Offer proposes a draft to another agency: its need may be as incomplete as any draft.
func (s *Service) Offer(ctx context.Context, to string, need Need, note string) (*Request, error) {
	who, err := access.Require(ctx, access.ConnectionDraft)
	if err != nil {
		return nil, err
	}
	if err := need.sane(); err != nil {
		return nil, err
	}
	r := &Request{ID: ID(ids.New()), Agency: to, Need: need, Route: Full}
	f, err := s.facts(ctx, r, Input{})
	if err != nil {
		return nil, err
	}
	if !f.RequesterKnown {
		return nil, fault.New(fault.Invalid, "connection.consumer_unknown", to).At("agency")
	}
	r.Owner, r.CreatedAt, r.Need = f.Dataset.Owner, f.Now, filled(need, f)
	return s.begin(ctx, who, r, f, ActOffer, Input{Comment: note})
}

// begin registers a request with its first step.
func (s *Service) begin(ctx context.Context, who access.Actor, r *Request, f Facts, first Action, in Input) (*Request, error) {
	err := s.db.InTx(ctx, func(q controldb.Querier) error {
		fresh := r.clone()
		fresh.Advice = fresh.Need.advice()
		t := &taken{who: who, request: fresh, facts: f}
		if err := s.step(ctx, q, t, first, in, nil); err != nil {
			return err
		}
		fresh.Revision = 1
		if err := insertRequest(ctx, q, fresh); err != nil {
			return err
		}
		*r = *fresh
		return nil
	})
	return r, err
}

// mayOffer: data of the own agency, to another one that can answer.
func mayOffer(r *Request, in Input, f Facts) error {
	if r.Agency == f.By.Agency {
		return fault.New(fault.Invalid, "connection.offer_to_self").At("agency")
	}
	return stewardActive(r, in, f)
}

func keepOffer(r *Request, in Input, f Facts, who Person) {
	r.Offer = &Offer{By: who, At: f.Now, Note: in.Comment}
}

// offered: the owner takes back what the owner proposed, nothing else.
func offered(r *Request, in Input, f Facts) error {
	if r.Offer == nil {
		return fault.New(fault.Conflict, "connection.wrong_state", ActRecall, r.State)
	}
	return commented(r, in, f)
}

// Recall takes an offer back that the consumer has not submitted.
func (s *Service) Recall(ctx context.Context, id ID, in Input) (*Request, error) {
	return s.take(ctx, id, ActRecall, in, nil)
}

// hiddenFrom reports a draft of others, whose existence is not told: the consumer sees its drafts, the owner those that
// it proposed.
func (r *Request) hiddenFrom(a access.Actor) bool {
	return r.State == Draft && a.Agency != r.Agency && (r.Offer == nil || a.Agency != r.Owner)
}

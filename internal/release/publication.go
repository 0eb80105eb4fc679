package release

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/ids"
)

// Publication is an agency's request to publish a dataset openly. The open data list lets it in (Điều 18.3d); what follows,
// the check for personal data, the legal review and the publication itself, is the open data portal's.
type Publication struct {
	ID       string    `json:"id"`
	Dataset  string    `json:"dataset"`
	Name     string    `json:"name"`
	Owner    string    `json:"owner"`
	Release  string    `json:"release" doc:"Identity of the release that listed it"`
	Number   int64     `json:"number"`
	Decision string    `json:"decision" doc:"Decision by which it was listed when it was asked"`
	By       string    `json:"-"`
	ByName   string    `json:"by_name"`
	At       time.Time `json:"at"`
	EndedAt  time.Time `json:"ended_at,omitzero" doc:"When the agency took the request back"`
	Reason   string    `json:"reason,omitempty"`
	Listed   bool      `json:"listed" history:"-" doc:"The open list in force holds it now"`
}

// Propose asks to publish a dataset of the caller's agency openly. What no open data list in force holds is refused.
func (s *Service) Propose(ctx context.Context, dataset string) (Publication, error) {
	who, err := access.Require(ctx, access.ReleasePublish)
	if err != nil {
		return Publication{}, err
	}
	l, err := s.RequireOpen(ctx, strings.TrimSpace(dataset))
	if err != nil {
		return Publication{}, at(err, "dataset")
	}
	if who, err = access.RequireFor(ctx, access.ReleasePublish, l.Entry.Owner); err != nil {
		return Publication{}, err
	}
	p := Publication{
		ID: ids.New(), Dataset: l.Entry.Subject, Name: l.Entry.Name, Owner: l.Entry.Owner, Release: l.Release, Number: l.Number, Decision: l.Decision,
		By: who.ID, ByName: who.Name, At: s.Clock.Now(), Listed: true,
	}
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		if err := insertPublication(ctx, q, p); err != nil {
			return err
		}
		return s.Log.Change(ctx, q, publicationEntry(who, p, "release.propose", ""))
	})
	return p, err
}

// at names the field of a refusal.
func at(err error, field string) error {
	f := fault.Of(err)
	if f.Kind == fault.Internal {
		return err
	}
	return f.At(field)
}

func publicationEntry(who access.Actor, p Publication, event, reason string) audit.Entry {
	return audit.Entry{
		Actor: who.ForAudit(), Event: event, Subject: "release.publication/" + p.ID, Agency: p.Owner, Dataset: p.Dataset, Reason: reason,
		Detail: map[string]string{"decision": p.Decision, "release": fmt.Sprintf("%s-%d", Open, p.Number)},
	}
}

// TakeBack ends a request, with the reason.
func (s *Service) TakeBack(ctx context.Context, id, reason string) error {
	if _, err := access.Require(ctx, access.ReleasePublish); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return fault.New(fault.Invalid, "release.reason_missing").At("reason")
	}
	return s.DB.InTx(ctx, func(q controldb.Querier) error {
		p, err := findPublication(ctx, q, id)
		if err != nil {
			return err
		}
		if !access.ActorOf(ctx).CanFor(access.ReleasePublish, p.Owner) {
			return fault.New(fault.NotFound, "release.publication_not_found") // what exists is not told
		}
		who := access.ActorOf(ctx)
		if !p.EndedAt.IsZero() {
			return fault.New(fault.Conflict, "release.publication_ended")
		}
		if err := endPublication(ctx, q, id, s.Clock.Now(), reason); err != nil {
			return err
		}
		return s.Log.Change(ctx, q, publicationEntry(who, p, "release.take_back", reason))
	})
}

// FindPublication shows one request to the operator and its agency.
func (s *Service) FindPublication(ctx context.Context, id string) (Publication, error) {
	who, err := access.Require(ctx, access.ReleaseRead)
	if err != nil {
		return Publication{}, err
	}
	p, err := findPublication(ctx, s.DB, id)
	if err == nil && !who.ActsFor(p.Owner) {
		err = fault.New(fault.NotFound, "release.publication_not_found") // what exists is not told
	}
	if err != nil {
		return Publication{}, err
	}
	_, p.Listed, err = s.Listed(ctx, Open, p.Dataset)
	return p, err
}

// Publications lists the requests that stand and those taken back, the newest first: all to the operator, to others those
// of their agency.
func (s *Service) Publications(ctx context.Context, before string, limit int) ([]Publication, error) {
	who, err := access.Require(ctx, access.ReleaseRead)
	if err != nil {
		return nil, err
	}
	owner := who.Agency
	if who.Operates() {
		owner = ""
	}
	all, err := listPublications(ctx, s.DB, owner, before, limit)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if _, all[i].Listed, err = s.Listed(ctx, Open, all[i].Dataset); err != nil {
			return nil, err
		}
	}
	return all, nil
}

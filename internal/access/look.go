package access

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/fault"
)

// FindGrant shows one grant: any to those who act for all agencies, else one of the actor's own agency or on its
// datasets.
func (s *Service) FindGrant(ctx context.Context, id string) (Grant, error) {
	who, err := Require(ctx, AccessRead)
	if err != nil {
		return Grant{}, err
	}
	g, err := findGrant(ctx, s.db, id)
	if err != nil {
		return g, err
	}
	mine, err := s.concerns(ctx, who, g)
	if err != nil {
		return Grant{}, err
	}
	if !mine {
		return Grant{}, fault.New(fault.NotFound, "access.grant_not_found", id) // what exists is not told
	}
	return g, nil
}

// GrantEvent is one change of a grant's status.
type GrantEvent struct {
	At     time.Time   `json:"at"`
	Status GrantStatus `json:"status"`
	Who    string      `json:"who"`
	Agency string      `json:"agency"`
	Reason string      `json:"reason,omitempty"`
}

// GrantNarrowed is what the history calls a new version of a grant, from which something was taken away.
const GrantNarrowed GrantStatus = "narrowed"

// GrantHistory lists what happened to a grant, newest first. Its only source is the log, which keeps no second story.
func (s *Service) GrantHistory(ctx context.Context, g Grant) ([]GrantEvent, error) {
	who, err := Require(ctx, AccessRead)
	if err != nil {
		return nil, err
	}
	if mine, err := s.concerns(ctx, who, g); err != nil {
		return nil, err
	} else if !mine {
		return nil, fault.New(fault.Denied, "access.other_agency", g.Agency)
	}
	page, err := s.log.List(ctx, audit.Filter{Kind: audit.KindChange, Subject: "access.grant/" + g.Number, Event: "grant.*", Limit: 200})
	if err != nil {
		return nil, fmt.Errorf("read history of grant %s: %w", g.Number, err)
	}
	var out []GrantEvent
	for _, r := range page.Items {
		status := GrantStatus(strings.TrimPrefix(r.Event, "grant."))
		switch {
		case status == "create":
			status = GrantActive
		case r.Event == eventNarrow:
			status = GrantNarrowed
		}
		out = append(out, GrantEvent{At: r.At, Status: status, Who: r.Actor.Name, Agency: r.Actor.AgencyCode, Reason: r.Reason})
	}
	return out, nil
}

// Try answers what Decide would say of a request, to those who may see grants. Nothing is opened, charged or issued: what
// comes back is no key (only flow makes a Permit). The question itself is recorded, since its answer tells of rights.
func (s *Service) Try(ctx context.Context, r Request) (Decision, error) {
	who, err := Require(ctx, AccessRead)
	if err != nil {
		return Decision{}, err
	}
	if r.At.IsZero() {
		r.At = s.clock.Now()
	}
	f, err := s.Facts(ctx, r)
	if err != nil {
		return Decision{}, fmt.Errorf("read facts of the question: %w", err)
	}
	if !who.Operates() && !asksOfOwn(who, r, f) {
		return Decision{}, fault.New(fault.Denied, "access.other_agency", r.Actor.Agency)
	}
	d := Decide(r, f)
	result := audit.Allow
	if !d.Allowed {
		result = audit.Deny
	}
	// Not as a decision record: nobody got anything, and counts of use must not change.
	return d, s.log.Note(ctx, &audit.Record{
		Kind: audit.KindChange, Channel: audit.ChannelScreen, Event: "access.try", Actor: who.ForAudit(), Subject: "access.decision/" + string(r.Actor.Type) + "/" + r.Actor.ID,
		Target: audit.Target{Dataset: r.Dataset}, Purpose: audit.Purpose{Code: r.Purpose},
		Detail: map[string]string{"action": string(r.Action), "result": result, "check": string(d.Check), "code": d.Code, "policy": d.Policy},
	})
}

// asksOfOwn: without a task for all agencies one may ask about systems of the own agency and about oneself, so that
// nobody learns what others may.
func asksOfOwn(who Actor, r Request, f Facts) bool {
	if r.Actor.Agency != who.Agency {
		return false
	}
	switch r.Actor.Type {
	case System:
		return f.System != nil && f.System.Agency == who.Agency
	case User:
		return r.Actor.ID == who.ID
	}
	return false
}

// CountOf counts the grants of an agency, and of its systems and people, that are in force or suspended.
func (s *Service) CountOf(ctx context.Context, agency string) (int, error) {
	all, err := listGrants(ctx, s.db, GrantFilter{Agency: agency})
	if err != nil {
		return 0, err
	}
	n, now := 0, s.clock.Now()
	for _, g := range all {
		if g.Status != GrantEnded && now.Before(g.ValidTo) {
			n++
		}
	}
	return n, nil
}

// CountLive counts the grants on a dataset that have not ended.
func (s *Service) CountLive(ctx context.Context, dataset string) (int, error) {
	all, err := listGrants(ctx, s.db, GrantFilter{Dataset: dataset})
	if err != nil {
		return 0, err
	}
	n := 0
	for _, g := range all {
		if g.Status != GrantEnded {
			n++
		}
	}
	return n, nil
}

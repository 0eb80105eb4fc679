package connection

import (
	"context"
	"fmt"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// ActNarrow is a narrower configuration of a connection in operation. It changes no state and so stands in no row of the
// process; it is taken by flow.NarrowGrant alone, after one person has asked and another confirmed.
const ActNarrow Action = "narrow"

// Narrow makes the next configuration of a live or suspended connection with a part of its scope taken away (Điều 21.2c),
// in the caller's transaction, and names its grants, which are to go the same way.
func (s *Service) Narrow(ctx context.Context, q controldb.Querier, who access.Actor, id ID, n access.Narrowing, reason string) ([]string, error) {
	r, err := findRequest(ctx, q, id)
	if err != nil {
		return nil, err
	}
	if r.State != Live && r.State != Suspended {
		return nil, fault.New(fault.Conflict, "connection.wrong_state", ActNarrow, r.State)
	}
	old, err := findConfig(ctx, q, id, r.Config)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	next := old
	if r.InForce != nil { // what one person proposed and nobody reviewed goes no further with a narrower scope
		next.Parameters = r.InForce.Parameters
	}
	if next.Scope, err = old.Scope.narrowed(n); err != nil {
		return nil, err
	}
	if size := next.Scope.RecordsPerCall; size > 0 && next.Parameters.PageSize > size {
		next.Parameters.PageSize = size
	}
	next.Version, next.Of, next.Reason, next.By, next.At = r.Config+1, 0, reason, person(who, access.ReviewOpen), now
	if err := next.seal(); err != nil {
		return nil, err
	}
	if err := insertConfig(ctx, q, &next); err != nil {
		return nil, err
	}
	r.Config, r.Reviewed, r.UpdatedAt = next.Version, next.Version, now // two people have looked at it: who asked and who confirmed
	r.apply(next)
	step := Step{Action: ActNarrow, From: r.State, To: r.State, By: next.By, At: now, Comment: reason, Detail: map[string]string{"config_version": fmt.Sprint(next.Version), "config_digest": next.Digest}}
	if err := insertStep(ctx, q, id, &step); err != nil {
		return nil, err
	}
	if err := saveRequest(ctx, q, r); err != nil {
		return nil, err
	}
	return r.Grants, s.log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: "connection." + string(ActNarrow), Subject: "connection.request/" + string(r.ID), Agency: r.Agency,
		Dataset: r.Need.Dataset, Connection: string(r.ID), RequestNo: r.Number, Reason: reason, Detail: step.Detail,
	})
}

// narrowed takes the same away from the scope as from the grants that it was made into: the rules are those of access.
func (s Scope) narrowed(n access.Narrowing) (Scope, error) {
	from, _ := s.From.Start()
	to, _ := s.To.End()
	g, err := access.Grant{
		Columns: s.Columns, Purposes: s.Purposes, ValidFrom: from, ValidTo: to,
		Conditions: access.Conditions{
			CallsPerMinute: s.CallsPerMinute, CallsPerDay: s.CallsPerDay, RecordsPerCall: s.RecordsPerCall, RecordsPerDay: s.RecordsPerDay, PersonsPerDay: s.PersonsPerDay,
		},
	}.Narrowed(n)
	if err != nil {
		return s, err
	}
	s.Columns, s.Purposes = g.Columns, g.Purposes
	s.CallsPerMinute, s.CallsPerDay, s.RecordsPerCall = g.Conditions.CallsPerMinute, g.Conditions.CallsPerDay, g.Conditions.RecordsPerCall
	s.RecordsPerDay, s.PersonsPerDay = g.Conditions.RecordsPerDay, g.Conditions.PersonsPerDay
	if !n.ValidTo.IsZero() {
		s.To = DayOf(g.ValidTo.AddDate(0, 0, -1))
	}
	return s, nil
}

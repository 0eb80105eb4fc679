package access

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/ids"
)

// CreateGrant saves the grant that an approved request describes, in the caller's transaction. Only flow calls it. A grant
// outside the owner's sharing policy needs a consent in its basis (see CheckShared).
func (s *Service) CreateGrant(ctx context.Context, q controldb.Querier, who Actor, g Grant, personal bool, b Basis) (Grant, error) {
	known, err := s.personal(ctx, g)
	if err != nil {
		return g, err
	}
	if err := g.check(personal || known); err != nil {
		return g, err
	}
	for _, p := range g.Purposes {
		if _, err := findPurpose(ctx, q, p); err != nil {
			return g, err
		}
	}
	compared, err := s.shared(ctx, q, []Grant{g}, b)
	if err != nil {
		return g, err
	}
	n, err := nextNumber(ctx, q, "grant")
	if err != nil {
		return g, err
	}
	g.ID, g.Version, g.Number = ids.New(), 1, fmt.Sprintf("Q-%06d", n)
	g.Status, g.PolicyVersion = GrantActive, PolicyVersion
	g.ValidFrom, g.ValidTo = g.ValidFrom.UTC().Truncate(time.Microsecond), g.ValidTo.UTC().Truncate(time.Microsecond) // as they are read again
	if err := insertGrant(ctx, q, &g, s.clock.Now()); err != nil {
		return g, err
	}
	made, err := findGrant(ctx, q, g.ID) // what is recorded is what is kept
	if err != nil {
		return g, err
	}
	detail := described(g)
	maps.Copy(detail, compared)
	if detail[detailScope], err = made.digest(); err != nil {
		return g, err
	}
	return g, s.log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: "grant.create", Subject: "access.grant/" + g.Number, Agency: g.Agency, Dataset: g.Dataset,
		Connection: g.Connection, Grant: g.ID, Detail: detail})
}

// described is what the record of a new grant says of its scope.
func described(g Grant) map[string]string {
	columns := make([]string, len(g.Columns))
	for i, c := range g.Columns {
		columns[i] = c.Name
		if c.Mask != MaskNone {
			columns[i] += ":" + string(c.Mask)
		}
	}
	detail := map[string]string{
		"subject": string(g.Subject.Type) + "/" + g.Subject.ID, "level": string(g.Level), "purposes": strings.Join(g.Purposes, ","),
		"columns": strings.Join(columns, ","), "valid_from": g.ValidFrom.Format(time.RFC3339), "valid_to": g.ValidTo.Format(time.RFC3339),
		"request": g.RequestID, "approved_by": g.ApprovedBy,
	}
	if len(g.Operations) > 0 {
		detail["operations"] = strings.Join(g.Operations, ",")
	}
	return detail
}

// SetStatus suspends, resumes or ends every grant of a request, in the caller's transaction. A grant that something else
// than its connection holds (see Hold) is not resumed with it.
func (s *Service) SetStatus(ctx context.Context, q controldb.Querier, who Actor, requestID string, status GrantStatus, reason string) error {
	all, err := listGrants(ctx, q, GrantFilter{RequestID: requestID})
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.Status == status || g.Status == GrantEnded || status == GrantActive && g.HeldBy != "" {
			continue
		}
		if err := s.turn(ctx, q, who, g, status, reason, nil); err != nil {
			return err
		}
	}
	return nil
}

// turn changes the status of one grant and records it.
func (s *Service) turn(ctx context.Context, q controldb.Querier, who Actor, g Grant, status GrantStatus, reason string, more map[string]string) error {
	s.attested.forget(g.ID)
	if err := setGrantStatus(ctx, q, g.ID, status, g.HeldBy, reason, s.clock.Now()); err != nil {
		return err
	}
	detail := map[string]string{"before": string(g.Status), "after": string(status)}
	maps.Copy(detail, more)
	channel := ""
	if who.Type == Job {
		channel = audit.ChannelJob
	}
	return s.log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Channel: channel, Event: "grant." + string(status), Subject: "access.grant/" + g.Number, Agency: g.Agency, Dataset: g.Dataset,
		Connection: g.Connection, Grant: g.ID, Reason: reason, Detail: detail,
	})
}

// Hold suspends one grant for a cause of its own, named by `by` ("review/0191…"), whatever becomes of its connection: only
// Release of the same cause, or its end, takes that back. It is for the transaction of whoever decides so (Điều 21.5c); a
// grant that has ended or is held already stays as it is, and false is answered.
func (s *Service) Hold(ctx context.Context, q controldb.Querier, who Actor, id, by, reason string) (bool, error) {
	g, err := findGrant(ctx, q, id)
	if err != nil || g.Status == GrantEnded || g.HeldBy != "" {
		return false, err
	}
	g.HeldBy = by
	return true, s.turn(ctx, q, who, g, GrantSuspended, reason, map[string]string{"held_by": by})
}

// Release takes back a Hold of the same cause. The grant is in force again when its connection is live; else it stays
// suspended with its connection. False is answered when the cause does not hold it.
func (s *Service) Release(ctx context.Context, q controldb.Querier, who Actor, id, by, reason string) (bool, error) {
	g, err := findGrant(ctx, q, id)
	if err != nil || g.HeldBy != by || g.Status == GrantEnded {
		return false, err
	}
	status := GrantActive
	if g.Connection != "" && s.sources.Connection != nil {
		facts, err := s.sources.Connection(ctx, g.Connection)
		if err != nil {
			return false, fmt.Errorf("read the connection of grant %s: %w", g.Number, err)
		}
		if facts.State == "suspended" {
			status = GrantSuspended
		}
	}
	g.HeldBy = ""
	return true, s.turn(ctx, q, who, g, status, reason, map[string]string{"released_from": by})
}

// EndGrant ends one grant for good.
func (s *Service) EndGrant(ctx context.Context, q controldb.Querier, who Actor, id, reason string) error {
	g, err := findGrant(ctx, q, id)
	if err != nil || g.Status == GrantEnded {
		return err
	}
	return s.turn(ctx, q, who, g, GrantEnded, reason, nil)
}

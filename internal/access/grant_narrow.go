package access

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Narrowing takes away a part of a grant (Điều 21.2c). It has no member that could add anything: what it does not name
// stays, a figure of 0 leaves the quota as it is.
type Narrowing struct {
	Drop           []string            `json:"drop,omitempty" doc:"Fields that are no longer given"`
	Masks          map[string]MaskKind `json:"masks,omitempty" doc:"Fields given in clear until now that leave masked from now on: hide, partial, hash or generalise"`
	DropPurposes   []string            `json:"drop_purposes,omitempty" doc:"Purposes that are no longer allowed"`
	CallsPerMinute int64               `json:"calls_per_minute,omitempty" minimum:"0" doc:"New, lower quota; 0 leaves it"`
	CallsPerDay    int64               `json:"calls_per_day,omitempty" minimum:"0" doc:"New, lower quota; 0 leaves it"`
	RecordsPerCall int64               `json:"records_per_call,omitempty" minimum:"0" doc:"New, lower quota; 0 leaves it"`
	RecordsPerDay  int64               `json:"records_per_day,omitempty" minimum:"0" doc:"New, lower quota; 0 leaves it"`
	PersonsPerDay  int64               `json:"persons_per_day,omitempty" minimum:"0" doc:"New, lower quota; 0 leaves it"`
	ValidTo        time.Time           `json:"valid_to,omitzero" doc:"Earlier end"`
}

// Empty reports a narrowing that takes nothing away.
func (n Narrowing) Empty() bool {
	return len(n.Drop)+len(n.Masks)+len(n.DropPurposes) == 0 && n.CallsPerMinute+n.CallsPerDay+n.RecordsPerCall+n.RecordsPerDay+n.PersonsPerDay == 0 && n.ValidTo.IsZero()
}

// Narrowed is the grant with the narrowing applied; everything in it that would widen the grant or that the grant does
// not hold is a fault at its member.
func (g Grant) Narrowed(n Narrowing) (Grant, error) {
	if n.Empty() {
		return g, fault.New(fault.Invalid, "access.narrow_nothing").At("narrow")
	}
	var p []*fault.Fault
	when := func(bad bool, field, code string, args ...any) {
		if bad {
			p = append(p, fault.New(fault.Invalid, code, args...).At(field))
		}
	}
	out := g
	out.Columns = nil
	for _, c := range g.Columns {
		if slices.Contains(n.Drop, c.Name) {
			continue
		}
		if m, asked := n.Masks[c.Name]; asked {
			when(c.Mask != MaskNone || m == MaskNone || m == MaskYesNo || !m.Known(), "masks", "access.narrow_mask", c.Name)
			c.Mask, c.Reveal = m, false
		}
		out.Columns = append(out.Columns, c)
	}
	for _, name := range append(slices.Clone(n.Drop), slices.Sorted(maps.Keys(n.Masks))...) {
		_, has := g.Column(name)
		when(!has, "drop", "access.narrow_not_granted", name)
	}
	when(len(out.Columns) == 0, "drop", "access.narrow_all")
	out.Purposes = slices.DeleteFunc(slices.Clone(g.Purposes), func(x string) bool { return slices.Contains(n.DropPurposes, x) })
	for _, x := range n.DropPurposes {
		when(!slices.Contains(g.Purposes, x), "drop_purposes", "access.narrow_not_granted", x)
	}
	when(len(out.Purposes) == 0, "drop_purposes", "access.narrow_all")
	for _, q := range []struct {
		field string
		want  int64
		has   *int64
	}{
		{"calls_per_minute", n.CallsPerMinute, &out.Conditions.CallsPerMinute}, {"calls_per_day", n.CallsPerDay, &out.Conditions.CallsPerDay},
		{"records_per_call", n.RecordsPerCall, &out.Conditions.RecordsPerCall}, {"records_per_day", n.RecordsPerDay, &out.Conditions.RecordsPerDay},
		{"persons_per_day", n.PersonsPerDay, &out.Conditions.PersonsPerDay},
	} {
		when(q.want < 0 || q.want > 0 && *q.has > 0 && q.want > *q.has, q.field, "access.narrow_wider", q.want)
		if q.want > 0 {
			*q.has = q.want
		}
	}
	if !n.ValidTo.IsZero() {
		when(n.ValidTo.After(g.ValidTo) || !n.ValidTo.After(g.ValidFrom), "valid_to", "access.narrow_wider", n.ValidTo.Format(time.DateOnly))
		out.ValidTo = n.ValidTo.UTC().Truncate(time.Microsecond)
	}
	return out, fault.Collect(p...)
}

// eventNarrow is the record of a grant's next, narrower version.
const eventNarrow = "grant.narrow"

// NarrowGrant makes the next version of a grant, of which a part is taken away, in the caller's transaction. Only flow
// calls it (archtest): the connection's configuration goes the same way there.
func (s *Service) NarrowGrant(ctx context.Context, q controldb.Querier, who Actor, id string, n Narrowing, reason string) (Grant, error) {
	g, err := findGrant(ctx, q, id)
	if err != nil {
		return g, err
	}
	if g.Status == GrantEnded {
		return g, fault.New(fault.Conflict, "access.grant_ended", g.Number)
	}
	next, err := g.Narrowed(n)
	if err != nil {
		return g, err
	}
	next.Version++
	s.attested.forget(g.ID)
	if err := insertGrant(ctx, q, &next, s.clock.Now()); err != nil {
		return g, err
	}
	made, err := findGrant(ctx, q, id)
	if err != nil {
		return g, err
	}
	detail := described(made)
	detail["status"], detail["version"], detail["dropped"] = string(made.Status), fmt.Sprint(made.Version), strings.Join(n.Drop, ",")
	if detail[detailScope], err = made.digest(); err != nil {
		return g, err
	}
	return made, s.log.Change(ctx, q, audit.Entry{
		Actor: who.ForAudit(), Event: eventNarrow, Subject: "access.grant/" + made.Number, Agency: made.Agency, Dataset: made.Dataset,
		Connection: made.Connection, Grant: made.ID, Reason: reason, Detail: detail,
	})
}

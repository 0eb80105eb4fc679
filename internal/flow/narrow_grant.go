package flow

import (
	"context"
	"fmt"

	"lienthong/internal/access"
	"lienthong/internal/connection"
	"lienthong/internal/kit/controldb"
)

// NarrowGrant takes a part of a connection's rights away (Điều 21.2c): the next configuration of the connection and the
// next version of each of its grants, in one transaction. It is the only place that makes a version of a grant (archtest
// holds it), and it cannot widen one.
type NarrowGrant struct {
	connections *connection.Service
	access      *access.Service
}

// NewNarrowGrant builds the use case.
func NewNarrowGrant(c *connection.Service, a *access.Service) *NarrowGrant {
	return &NarrowGrant{c, a}
}

// Run narrows the grant and those that share its connection's scope. The caller has checked that one person asked for it
// and another confirms it.
func (n *NarrowGrant) Run(ctx context.Context, q controldb.Querier, who access.Actor, g access.Grant, part access.Narrowing, reason string) error {
	ids := []string{g.ID}
	if g.Connection != "" {
		var err error
		if ids, err = n.connections.Narrow(ctx, q, who, connection.ID(g.Connection), part, reason); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if _, err := n.access.NarrowGrant(ctx, q, who, id, part, reason); err != nil {
			return fmt.Errorf("narrow grant %s: %w", id, err)
		}
	}
	return nil
}

package exchange

import (
	"context"
	"strings"
	"time"

	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/secret"
)

// probeMark begins the credential of a token that the platform gave itself to test a connection. Credentials of systems
// are UUIDs, so none of them can be taken for it.
const probeMark = "probe:"

// IssueProbe makes a token with which the platform itself calls as the system, for its own test of a connection. mark is
// what the actor then carries as Probe. A life of zero or less makes a token that is over.
func (s *Service) IssueProbe(ctx context.Context, system, mark string, life time.Duration) (string, error) {
	now := s.clock.Now()
	value := secret.NewToken(32)
	return value, s.db.InTx(ctx, func(q controldb.Querier) error {
		if err := removeExpired(ctx, q, system, now); err != nil {
			return err
		}
		return insertToken(ctx, q, token{Hash: secret.HashToken(value), System: system, Credential: probeMark + mark, Issued: now.Add(-time.Minute), Expires: now.Add(life)})
	})
}

// ProbeOf tells the mark of a probe's credential.
func ProbeOf(credential string) (mark string, ok bool) {
	return strings.CutPrefix(credential, probeMark)
}

// Serves reports that an active route of a provider carries the dataset.
func (s *Service) Serves(ctx context.Context, dataset string) (bool, error) {
	routes, err := listRoutes(ctx, s.db, dataset)
	if err != nil {
		return false, err
	}
	for _, r := range routes {
		if r.Status == RouteActive {
			return true, nil
		}
	}
	return false, nil
}

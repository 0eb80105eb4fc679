package access

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// Reserve takes the call, and what it may carry at most, off the grant's quotas, and gives the decision with its
// reservation: false when other calls have taken what the decision saw as left. Every reservation ends with Settle or
// Cancel; one that is forgotten ends by itself.
func (s *Service) Reserve(r Request, d Decision) (Decision, bool) {
	h, taken := s.usage.reserve(d.Grant, r.At, d.Records)
	d.hold = h
	return d, taken
}

// Widen makes room for an answer of a provider, whose size shows only when it is there. Nothing of it may leave before.
func (s *Service) Widen(p Permit, records int64) error {
	v := s.usage.widen(p.p.decision.hold, p.p.decision.Grant.Conditions, s.clock.Now(), records)
	if v.check == CheckOK {
		return nil
	}
	return fault.New(v.kind, v.code, v.args...)
}

// Settle counts the records and persons of an answer and gives back what the call held beyond them.
func (s *Service) Settle(p Permit, records, persons int64) {
	s.usage.settle(p.p.decision.hold, s.clock.Now(), records, persons)
}

// Cancel takes a reservation back whole, when the decision could not be recorded and so does not hold.
func (s *Service) Cancel(d Decision) { s.usage.cancel(d.hold, s.clock.Now()) }

// RecoverUsage begins today's counters where the last run ended: what was stored, and of the seconds before a crash what
// the log has. It comes before the first call.
func (s *Service) RecoverUsage(ctx context.Context) error {
	now := s.clock.Now()
	if err := s.usage.load(ctx, s.db, now); err != nil {
		return err
	}
	counts, err := s.log.Counts(ctx, audit.CountFilter{From: now, To: now, By: "grant"})
	if err != nil {
		return fmt.Errorf("read today's calls from the log: %w", err)
	}
	for _, c := range counts {
		if c.Key != "" {
			s.usage.recover(c.Key, now, Usage{CallsDay: c.Calls - c.Denied, RecordsDay: c.Records, PersonsDay: c.Persons})
		}
	}
	return nil
}

// LoadUsage reads what other nodes used today; StoreUsage writes ours. app calls both on a timer.
func (s *Service) LoadUsage(ctx context.Context) error {
	return s.usage.load(ctx, s.db, s.clock.Now())
}

// StoreUsage writes the counters that changed since the last time.
func (s *Service) StoreUsage(ctx context.Context) error {
	rows := s.usage.takeDirty()
	if len(rows) == 0 {
		return nil
	}
	err := s.db.InTx(ctx, func(q controldb.Querier) error { return s.usage.store(ctx, q, rows) })
	if err != nil {
		s.usage.putBack(rows)
	}
	return err
}

// RefreshUsage reads the counters of the facts' grants again.
func (s *Service) RefreshUsage(f *Facts, at time.Time) {
	for id := range f.Usage {
		f.Usage[id] = s.usage.read(id, at)
	}
}

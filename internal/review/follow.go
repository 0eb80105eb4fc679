package review

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/i18n"
)

// use is a field that left under a grant; the empty field stands for any use of it.
type use struct{ grant, field string }

const (
	followBatch = 2000 // records that one turn reads
	placeEvery  = 5000 // records without anything to keep, after which the place is kept all the same
	mostWritten = 200_000
)

// Follow reads what the log has new, opens the reviews that changes call for, and keeps when each field of a grant was used
// last (invariant 5). It reports whether more is waiting. One goroutine calls it.
func (s *Service) Follow(ctx context.Context) (more bool, err error) {
	if s.forward == nil {
		place, err := findPlace(ctx, s.DB, s.Log.Origin())
		if err != nil {
			return false, err
		}
		s.forward = s.Log.Forward(place)
	}
	began := s.forward.Place()
	records, err := s.forward.Next(followBatch)
	if err == nil {
		err = s.take(ctx, records, began)
	}
	if err != nil { // what was not kept is read again
		s.forward.Close()
		s.forward = nil
		return false, err
	}
	return len(records) == followBatch, nil
}

// take works on records in order, then keeps uses and place in one transaction.
func (s *Service) take(ctx context.Context, records []*audit.Record, began int64) error {
	found := map[use]string{}
	for _, r := range records {
		if err := s.event(ctx, r); err != nil {
			return fmt.Errorf("open the review of record %d: %w", r.Seq, err)
		}
		for u, day := range usesOf(r) {
			if s.written[u] < day {
				found[u] = day
			}
		}
	}
	if len(found) == 0 && s.forward.Place()-began < followBatch && s.forward.Place()%placeEvery != 0 {
		return s.placeLater(ctx, records)
	}
	return s.keep(ctx, found)
}

// placeLater keeps the place only when a change of rights was read: reading the rest once more costs little, and a commit
// for each second of traffic would cost more.
func (s *Service) placeLater(ctx context.Context, records []*audit.Record) error {
	for _, r := range records {
		if r.Kind == audit.KindChange {
			return s.keep(ctx, nil)
		}
	}
	return nil
}

func (s *Service) keep(ctx context.Context, found map[use]string) error {
	err := s.DB.InTx(ctx, func(q controldb.Querier) error {
		for u, day := range found {
			if err := saveUse(ctx, q, u, day); err != nil {
				return err
			}
		}
		return savePlace(ctx, q, s.Log.Origin(), s.forward.Place())
	})
	if err != nil {
		return err
	}
	if len(s.written) > mostWritten {
		clear(s.written)
	}
	for u, day := range found {
		s.written[u] = day
	}
	return nil
}

// usesOf is what an allowed decision used of its grant.
func usesOf(r *audit.Record) map[use]string {
	if r.Kind != audit.KindDecision || r.Decision.Result != audit.Allow || r.Target.Grant == "" {
		return nil
	}
	day := dayOf(r.At)
	out := map[use]string{{r.Target.Grant, ""}: day}
	for _, field := range r.Content.Fields {
		out[use{r.Target.Grant, field}] = day
	}
	return out
}

func dayOf(t time.Time) string { return t.In(i18n.Zone).Format(time.DateOnly) }

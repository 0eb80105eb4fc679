package system

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/kit/controldb"
)

// LevelDue is the next end that a system's owner is told of.
type LevelDue struct {
	What string    // approval, review or exception
	At   time.Time // when it ends
	Days int       // the threshold that is reached: 60, 30 or 7 days before, 0 when it has ended
}

// OnLevelDue is called inside the transaction that notes that a threshold is reached, once for each.
func (s *Service) OnLevelDue(f func(ctx context.Context, q controldb.Querier, sys *System, due LevelDue) error) {
	s.onLevelDue = f
}

// RemindLevels tells of every level, review and exception that ends within 60, 30 and 7 days and of those that have ended,
// once each. It is a job's work.
func (s *Service) RemindLevels(ctx context.Context) error {
	now := s.clock.Now()
	systems, noted, err := listLevelsDue(ctx, s.db, now.Add(Soon))
	if err != nil || s.onLevelDue == nil {
		return err
	}
	for i, sys := range systems {
		due, has := sys.levelDue(now)
		if !has || due.note() == noted[i] {
			continue
		}
		err := s.db.InTx(ctx, func(q controldb.Querier) error {
			if err := s.onLevelDue(ctx, q, sys, due); err != nil {
				return err
			}
			return noteLevel(ctx, q, sys.ID, due.note())
		})
		if err != nil {
			return fmt.Errorf("tell of the end of the level of %s: %w", sys.ID, err)
		}
	}
	return nil
}

func (d LevelDue) note() string { return fmt.Sprintf("%s/%d/%d", d.What, d.At.UnixMicro(), d.Days) }

// levelDue is the end that asks for attention first: what still holds before what has ended.
func (s *System) levelDue(now time.Time) (LevelDue, bool) {
	var due LevelDue
	consider := func(what string, at time.Time) {
		if at.IsZero() || now.Before(at.Add(-Soon)) {
			return
		}
		if due.At.IsZero() || at.Before(due.At) && at.After(now) || due.At.Before(now) && at.After(due.At) {
			due = LevelDue{What: what, At: at}
		}
	}
	if s.Level > 0 {
		consider("approval", s.LevelValidTo)
		consider("review", s.LevelReviewAt)
	}
	if s.Exception != nil {
		consider("exception", s.Exception.To)
	}
	if due.At.IsZero() {
		return due, false
	}
	switch left := due.At.Sub(now); {
	case left <= 0:
		due.Days = 0
	case left <= 7*24*time.Hour:
		due.Days = 7
	case left <= 30*24*time.Hour:
		due.Days = 30
	default:
		due.Days = 60
	}
	return due, true
}

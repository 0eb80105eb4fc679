package system

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// freshFor is how old statuses may be on a page; a job computes them each minute besides.
const freshFor = 5 * time.Second

// UseTraffic says what others know of each system, by its id.
func (s *Service) UseTraffic(f func(ctx context.Context) (map[string]Traffic, error)) { s.traffic = f }

// OnNeed is called inside the transaction that notes that an agency owes something else than before for a system.
func (s *Service) OnNeed(f func(ctx context.Context, q controldb.Querier, sys *System, need Need, p *Plan) error) {
	s.onNeed = f
}

// RefreshStatuses computes the status of every system from traffic and keeps what changed. A job calls it, and pages that
// show statuses when the last time is a while ago.
func (s *Service) RefreshStatuses(ctx context.Context) error {
	if s.traffic == nil {
		return nil
	}
	s.refreshing.Lock()
	defer s.refreshing.Unlock()
	return s.refresh(ctx)
}

// fresh refreshes what is older than a page may show.
func (s *Service) fresh(ctx context.Context) error {
	if s.traffic == nil {
		return nil
	}
	s.refreshing.Lock()
	defer s.refreshing.Unlock()
	if age := s.clock.Now().Sub(s.refreshed); age >= 0 && age < freshFor {
		return nil
	}
	return s.refresh(ctx)
}

func (s *Service) refresh(ctx context.Context) error {
	traffic, err := s.traffic(ctx)
	if err != nil {
		return fmt.Errorf("read the traffic of systems: %w", err)
	}
	now := s.clock.Now()
	changed, err := s.changedStatuses(ctx, traffic, now)
	if err != nil {
		return err
	}
	if len(changed) > 0 {
		err := s.db.InTx(ctx, func(q controldb.Querier) error {
			for _, c := range changed {
				if err := s.keepStatus(ctx, q, c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if today := now.In(i18n.Zone).Format(time.DateOnly); len(changed) > 0 || today != s.counted {
		if err := s.db.InTx(ctx, func(q controldb.Querier) error { return countDay(ctx, q, today) }); err != nil {
			return err
		}
		s.counted = today
	}
	s.refreshed = now
	return nil
}

// statusChange is a system whose kept status is not what traffic shows now.
type statusChange struct {
	sys   *System
	plan  *Plan
	row   statusRow
	other bool // what is owed is otherwise too
}

func (s *Service) changedStatuses(ctx context.Context, traffic map[string]Traffic, now time.Time) ([]statusChange, error) {
	kept, err := listStatusRows(ctx, s.db)
	if err != nil {
		return nil, err
	}
	systems, err := allSystems(ctx, s.db)
	if err != nil {
		return nil, err
	}
	plans, err := listPlans(ctx, s.db)
	if err != nil {
		return nil, err
	}
	var changed []statusChange
	for _, sys := range systems {
		t, old := traffic[sys.ID], kept[sys.ID]
		row := statusRow{System: sys.ID, Status: StatusOf(t, sys.Suspended, now), Since: now, LastAt: t.LastAt, LastWay: t.Way, Listed: t.Listed}
		if old.LastAt.After(row.LastAt) { // what was seen once stays seen, also when the log has let go of it
			row.LastAt, row.LastWay = old.LastAt, old.LastWay
			t.LastAt = old.LastAt
			row.Status = StatusOf(t, sys.Suspended, now)
		}
		if row.Status == old.Status {
			row.Since = old.Since
		}
		row.Need = needOf(t.Listed != "", row.Status, plans[sys.ID], now)
		if row != old {
			changed = append(changed, statusChange{sys, plans[sys.ID], row, row.Need != old.Need})
		}
	}
	return changed, nil
}

func (s *Service) keepStatus(ctx context.Context, q controldb.Querier, c statusChange) error {
	if c.other && s.onNeed != nil {
		if err := s.onNeed(ctx, q, c.sys, c.row.Need, c.plan); err != nil {
			return err
		}
	}
	return saveStatus(ctx, q, c.row)
}

// Counts are how many systems a list holds by group and by status, whatever of both is chosen.
type Counts struct {
	All      int              `json:"all"`
	Category map[Category]int `json:"category"`
	Status   map[Status]int   `json:"status"`
}

// ListStandings lists systems with what traffic shows of them, in Vietnamese order, with the counts of all that match the
// other filters.
func (s *Service) ListStandings(ctx context.Context, f Filter) ([]*Standing, Counts, error) {
	who, err := access.Require(ctx, access.SystemRead)
	if err != nil {
		return nil, Counts{}, err
	}
	if onlyVendor(who) {
		f.mine = who.Agency
	}
	if err := s.fresh(ctx); err != nil {
		return nil, Counts{}, err
	}
	f.at = s.clock.Now()
	list, err := listStandings(ctx, s.db, f)
	if err != nil {
		return nil, Counts{}, err
	}
	if f.Need {
		plans, err := listPlans(ctx, s.db)
		if err != nil {
			return nil, Counts{}, err
		}
		for _, one := range list {
			one.Plan = plans[one.ID]
		}
	}
	counts, err := countStandings(ctx, s.db, f)
	return list, counts, err
}

// FindStanding is one system with what traffic shows of it.
func (s *Service) FindStanding(ctx context.Context, id string) (*Standing, error) {
	sys, err := s.Find(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := s.fresh(ctx); err != nil {
		return nil, err
	}
	return findStanding(ctx, s.db, sys)
}

// Progress is how many systems of the mandatory list (or of all) had which status, for the last days, the oldest first.
func (s *Service) Progress(ctx context.Context, listed bool, days int) ([]DayCount, error) {
	if _, err := access.Require(ctx, access.SystemRead); err != nil {
		return nil, err
	}
	if err := s.fresh(ctx); err != nil {
		return nil, err
	}
	from := s.clock.Now().In(i18n.Zone).AddDate(0, 0, -days).Format(time.DateOnly)
	return listDays(ctx, s.db, listed, from)
}

// SetPlan says by when and how a system will be connected: its own agency's people do.
func (s *Service) SetPlan(ctx context.Context, id string, in Plan) (*Plan, error) {
	who, err := access.Require(ctx, access.SystemRegister)
	if err != nil {
		return nil, err
	}
	sys, err := s.Find(ctx, id)
	if err != nil {
		return nil, err
	}
	if who.Agency != sys.Owner {
		return nil, fault.New(fault.Denied, "system.plan_own", sys.Owner)
	}
	now := s.clock.Now()
	var g gather
	g.when(!in.TargetAt.After(now), "target", "system.plan_target")
	g.when(in.TargetAt.After(now.AddDate(3, 0, 0)), "target", "system.plan_far")
	g.text(&in.Steps, "steps", "system.plan_steps", minLong, maxLong)
	g.text(&in.Obstacles, "obstacles", "system.plan_obstacles", 0, maxLong)
	if err := fault.Collect(g...); err != nil {
		return nil, err
	}
	err = s.db.InTx(ctx, func(q controldb.Querier) error {
		old, has, err := findPlan(ctx, q, id)
		if err != nil {
			return err
		}
		if has && in.Revision != 0 && in.Revision != old.Revision {
			return fault.New(fault.Conflict, "system.changed_meanwhile", sys.Name)
		}
		in.SetBy, in.SetName, in.SetAt, in.Revision = who.ID, who.Name, now, old.Revision+1
		if err := savePlan(ctx, q, id, in); err != nil {
			return err
		}
		return s.log.Change(ctx, q, audit.Entry{
			Actor: who.ForAudit(), Event: "system.plan", Subject: "system/" + id, Agency: sys.Owner, Reason: strings.TrimSpace(in.Steps),
			Detail: map[string]string{"target": day(in.TargetAt)},
		})
	})
	if err != nil {
		return nil, err
	}
	return &in, s.RefreshStatuses(ctx) // what was owed may be settled
}

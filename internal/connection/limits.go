package connection

import (
	"time"

	"lienthong/internal/kit/clock"
)

// Limits are the working days of each phase in either process. They are settings with history; a phase that runs keeps
// the limit with which it began.
type Limits struct {
	Full      map[Phase]int `json:"full"`      // parameter D1
	Shortened map[Phase]int `json:"shortened"` // parameter D2
}

// Longest totals of working days that the limits may add up to.
const (
	MostFull      = 17
	MostShortened = 7
)

// DefaultLimits are parameters D1 and D2.
func DefaultLimits() Limits {
	return Limits{
		Full:      map[Phase]int{PhaseIntake: 2, PhaseAppraisal: 5, PhaseOpinion: 3, PhaseSetUp: 3, PhaseTesting: 5, PhaseAcceptance: 2},
		Shortened: map[Phase]int{PhaseCheck: 2, PhaseSetUp: 2, PhaseTesting: 2, PhaseAcceptance: 1},
	}
}

// Phases of a route in their order. The owner's opinion lies inside the appraisal.
func (r Route) Phases() []Phase {
	if r == Shortened {
		return []Phase{PhaseCheck, PhaseSetUp, PhaseTesting, PhaseAcceptance}
	}
	return []Phase{PhaseIntake, PhaseAppraisal, PhaseOpinion, PhaseSetUp, PhaseTesting, PhaseAcceptance}
}

// On the route.
func (l Limits) On(r Route) map[Phase]int {
	if r == Shortened {
		return l.Shortened
	}
	return l.Full
}

// Total working days of a route; the owner's opinion lies inside the appraisal.
func (l Limits) Total(r Route) int {
	total := 0
	for phase, days := range l.On(r) {
		if phase != PhaseOpinion {
			total += days
		}
	}
	return total
}

// check says everything that is wrong: a phase without a day, an opinion longer than its appraisal, a total above D1 or D2.
func (l Limits) check(p *problems) {
	for _, route := range []Route{Full, Shortened} {
		at, days := string(route), l.On(route)
		for _, phase := range route.Phases() {
			p.when(days[phase] < 1, at+"."+string(phase), "connection.limit_missing")
		}
		p.when(len(days) != len(route.Phases()), at, "connection.limit_unknown")
	}
	p.when(l.Total(Full) > MostFull, "full", "connection.limit_total", l.Total(Full), MostFull)
	p.when(l.Total(Shortened) > MostShortened, "shortened", "connection.limit_total", l.Total(Shortened), MostShortened)
	p.when(l.Full[PhaseOpinion] > l.Full[PhaseAppraisal], "full."+string(PhaseOpinion), "connection.limit_opinion")
}

// Clock is the running time limit of the present phase. Under an urgent order it counts hours of the calendar, else
// working days.
type Clock struct {
	Phase       Phase     `json:"phase,omitempty"`
	Since       time.Time `json:"since,omitzero"`
	Used        int       `json:"used_days"` // before Since
	Limit       int       `json:"limit_days"`
	Hours       int       `json:"limit_hours,omitempty"`  // instead of working days
	UsedMinutes int64     `json:"used_minutes,omitempty"` // before Since, when hours count
	Deadline    time.Time `json:"deadline,omitzero"`
	Paused      bool      `json:"paused,omitempty"`
}

// Minutes used of a limit in hours up to now.
func (c Clock) Minutes(now time.Time) int64 {
	if c.Hours == 0 || c.Paused {
		return c.UsedMinutes
	}
	return c.UsedMinutes + int64(now.Sub(c.Since)/time.Minute)
}

// Measure counts time limits in working days, and in hours where an urgent order says so.
type Measure struct {
	Calendar *clock.Calendar
	Limits   Limits
}

// leaving notes in the step how much of the limit was used.
func (m Measure) leaving(r *Request, s *Step, now time.Time) error {
	used, err := m.used(r.Clock, now)
	if err != nil {
		return err
	}
	s.Phase, s.Used, s.Limit, s.Deadline = r.Clock.Phase, used, r.Clock.Limit, r.Clock.Deadline
	s.LimitHours, s.UsedMinutes = r.Clock.Hours, r.Clock.Minutes(now)
	s.Late = !r.Clock.Deadline.IsZero() && now.After(r.Clock.Deadline)
	return nil
}

// used working days of the phase up to now.
func (m Measure) used(c Clock, now time.Time) (int, error) {
	if c.Phase == "" || c.Paused {
		return c.Used, nil
	}
	n, err := m.Calendar.WorkingDaysBetween(c.Since, now)
	return c.Used + n, err
}

// move enters the next state and sets its clock. A return for completion pauses the phase that it leaves, and so does a
// legal objection; asking the owner keeps the appraisal running, since the opinion lies inside it; every other phase
// begins anew.
func (m Measure) move(r *Request, to State, now time.Time) error {
	left, err := m.stopped(r.Clock, now)
	if err != nil {
		return err
	}
	if r.Kept == nil {
		r.Kept = map[Phase]Clock{}
	}
	phase := r.Route.Phase(to)
	kept, waits := r.Kept[phase]
	switch {
	case to == Returned:
		r.Clock = left
	case r.Clock.Phase == phase && r.Clock.Paused:
		r.Clock, err = m.begin(r, phase, r.Clock, now)
	case r.Clock.Phase == phase && phase != "":
		// approved → provisioning is one phase, submitted → security_check in the shortened process too
	case r.State == Appraising && to == OwnerOpinion:
		r.Kept[PhaseAppraisal] = r.Clock
		r.Clock, err = m.begin(r, phase, Clock{}, now)
	case r.State == OwnerOpinion && to == Appraising:
		r.Clock = r.Kept[PhaseAppraisal]
	case r.Route == Shortened && to == Escalated:
		r.Kept[left.Phase], r.Clock = left, Clock{}
	case r.State == Escalated && waits && kept.Paused:
		delete(r.Kept, phase)
		r.Clock, err = m.begin(r, phase, kept, now)
	default:
		r.Clock, err = m.begin(r, phase, Clock{}, now)
	}
	if err != nil {
		return err
	}
	r.State, r.Since = to, now
	return nil
}

// stopped is a running clock that stands still from now on.
func (m Measure) stopped(c Clock, now time.Time) (Clock, error) {
	used, err := m.used(c, now)
	if err != nil {
		return c, err
	}
	c.Used, c.UsedMinutes, c.Paused, c.Deadline = used, c.Minutes(now), true, time.Time{}
	return c, nil
}

// begin a phase, or go on with one of which some time is used.
func (m Measure) begin(r *Request, p Phase, before Clock, now time.Time) (Clock, error) {
	if p == "" {
		return Clock{}, nil
	}
	c := Clock{Phase: p, Since: now, Used: before.Used, Limit: m.Limits.On(r.Route)[p]}
	if hours := r.hours(p); hours > 0 {
		c.Hours, c.UsedMinutes = hours, before.UsedMinutes
		c.Deadline = now.Add(max(time.Duration(hours)*time.Hour-time.Duration(before.UsedMinutes)*time.Minute, 0))
		return c, nil
	}
	deadline, err := m.Calendar.AddWorkingDays(now, max(c.Limit-c.Used, 0))
	c.Deadline = deadline
	return c, err
}

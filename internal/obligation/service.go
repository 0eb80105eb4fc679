package obligation

import (
	"context"
	"fmt"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Known is an entry with its facts.
type Known struct {
	Entry
	Facts Facts
}

// Parts are what the findings stand on.
type Parts struct {
	DB    *controldb.DB
	Log   *audit.Log
	Clock clock.Clock
	// Facts gathers every dataset of the catalogue in force with what others know of it.
	Facts func(ctx context.Context) ([]Known, error)
	// Found is told inside the transaction that keeps a finding that is unmet, or no longer so, for the steward's inbox.
	Found func(ctx context.Context, q controldb.Querier, e Entry, k Kind, unmet bool) error
	// Gone is told inside the transaction in which a dataset is no longer listed or changes its owner.
	Gone func(ctx context.Context, q controldb.Querier, dataset string) error
}

// Service keeps the findings.
type Service struct {
	Parts

	evaluating sync.Mutex // one evaluation at a time
	evaluated  time.Time
	took       time.Duration
	counted    string // day whose findings are kept whole
}

// NewService ties the findings to their parts.
func NewService(p Parts) *Service { return &Service{Parts: p} }

// Standing is a dataset with what was found.
type Standing struct {
	Entry
	Findings  map[Kind]Finding `json:"findings"`
	ChangedAt time.Time        `json:"changed_at" doc:"When a finding last became otherwise"`
}

// freshFor is how old findings may be on a page; where an evaluation takes long, pages leave it to the job.
const (
	freshFor  = 5 * time.Second
	tooLong   = 200 * time.Millisecond
	staleFrom = 15 * time.Minute // the job has not run: better late than wrong
)

// Evaluate judges every dataset of the catalogue in force and keeps what became otherwise. A job calls it.
func (s *Service) Evaluate(ctx context.Context) error {
	s.evaluating.Lock()
	defer s.evaluating.Unlock()
	return s.evaluate(ctx)
}

// fresh evaluates anew what is older than a page may show.
func (s *Service) fresh(ctx context.Context) error {
	s.evaluating.Lock()
	defer s.evaluating.Unlock()
	age := s.Clock.Now().Sub(s.evaluated)
	if age >= 0 && (age < freshFor || s.took > tooLong && age < staleFrom) {
		return nil
	}
	return s.evaluate(ctx)
}

// chunk is how many datasets are kept in one transaction.
const chunk = 100

func (s *Service) evaluate(ctx context.Context) error {
	began, now := time.Now(), s.Clock.Now()
	known, err := s.Facts(ctx)
	if err != nil {
		return fmt.Errorf("gather the facts of the catalogue: %w", err)
	}
	kept, err := loadStandings(ctx, s.DB)
	if err != nil {
		return err
	}
	var changed []*Standing
	for _, k := range known {
		fresh := &Standing{Entry: k.Entry, Findings: Evaluate(k.Facts, now), ChangedAt: now}
		if old := kept[k.Dataset]; old == nil || !fresh.carryOn(old) {
			changed = append(changed, fresh)
		}
	}
	listed := make(map[string]bool, len(known))
	for _, k := range known {
		listed[k.Dataset] = true
	}
	for start := 0; start < len(changed); start += chunk {
		part := changed[start:min(start+chunk, len(changed))]
		if err := s.DB.InTx(ctx, func(q controldb.Querier) error { return s.keep(ctx, q, part, kept) }); err != nil {
			return err
		}
	}
	if err := s.dropUnlisted(ctx, kept, listed); err != nil {
		return err
	}
	if err := s.keepDay(ctx, now, len(changed) > 0); err != nil {
		return err
	}
	s.evaluated, s.took = now, time.Since(began)
	return nil
}

// carryOn takes over since when each finding stands, and reports that nothing became otherwise.
func (s *Standing) carryOn(old *Standing) bool {
	same := s.Entry == old.Entry
	for _, k := range Kinds() {
		f, was := s.Findings[k], old.Findings[k]
		f.Since = s.ChangedAt
		if f.Light == was.Light {
			f.Since = was.Since
		}
		same = same && f.Light == was.Light && f.Code == was.Code && equal(f.Args, was.Args)
		s.Findings[k] = f
	}
	if s.lights() == old.lights() {
		s.ChangedAt = old.ChangedAt
	}
	return same
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// lights are the four findings as one letter each.
func (s *Standing) lights() string {
	out := ""
	for _, k := range Kinds() {
		out += string(s.Findings[k].Light[:1])
	}
	return out
}

// keep saves findings with their tasks and records (invariant 3).
func (s *Service) keep(ctx context.Context, q controldb.Querier, part []*Standing, kept map[string]*Standing) error {
	for _, one := range part {
		old := kept[one.Dataset]
		moved := old != nil && old.Owner != one.Owner
		if moved {
			if err := s.Gone(ctx, q, one.Dataset); err != nil {
				return err
			}
		}
		for _, k := range Kinds() {
			f := one.Findings[k]
			if f.Since.IsZero() {
				f.Since = one.ChangedAt
				one.Findings[k] = f
			}
			was := old != nil && !moved && old.Findings[k].Light == Unmet
			if is := f.Light == Unmet; is != was {
				if err := s.Found(ctx, q, one.Entry, k, is); err != nil {
					return err
				}
			}
		}
		if err := saveStanding(ctx, q, one); err != nil {
			return err
		}
		if old != nil && old.lights() == one.lights() && !moved {
			continue // the same lights with newer dates need no record
		}
		if err := s.note(ctx, q, one, "obligation.evaluate"); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) note(ctx context.Context, q controldb.Querier, one *Standing, event string) error {
	detail := map[string]string{}
	for k, f := range one.Findings {
		detail[string(k)] = string(f.Light)
	}
	return s.Log.Change(ctx, q, audit.Entry{
		Actor: access.JobActor("obligations").ForAudit(), Channel: audit.ChannelJob, Event: event, Subject: "obligation/" + one.Dataset, Agency: one.Owner, Dataset: one.Dataset, Detail: detail,
	})
}

// dropUnlisted forgets datasets that the catalogue in force holds no more, with their tasks.
func (s *Service) dropUnlisted(ctx context.Context, kept map[string]*Standing, listed map[string]bool) error {
	for dataset, old := range kept {
		if listed[dataset] {
			continue
		}
		err := s.DB.InTx(ctx, func(q controldb.Querier) error {
			if err := s.Gone(ctx, q, dataset); err != nil {
				return err
			}
			if err := dropStanding(ctx, q, dataset); err != nil {
				return err
			}
			return s.note(ctx, q, old, "obligation.unlisted")
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keepDay keeps the findings as those of today.
func (s *Service) keepDay(ctx context.Context, now time.Time, changed bool) error {
	today := now.In(i18n.Zone).Format(time.DateOnly)
	if !changed && today == s.counted {
		return nil
	}
	if err := s.DB.InTx(ctx, func(q controldb.Querier) error { return saveDay(ctx, q, today) }); err != nil {
		return err
	}
	s.counted = today
	return nil
}

// Sees reports whether the actor sees the findings of all agencies (invariant 4).
func Sees(who access.Actor) bool { return who.Operates() || who.Has(access.Leader) }

// List shows findings, in Vietnamese order of the datasets.
func (s *Service) List(ctx context.Context, f Filter) ([]*Standing, error) {
	f, err := s.prepared(ctx, f)
	if err != nil {
		return nil, err
	}
	return listStandings(ctx, s.DB, f)
}

// Totals counts the findings that the filter selects, by agency in Vietnamese order and together.
func (s *Service) Totals(ctx context.Context, f Filter) (Totals, error) {
	f, err := s.prepared(ctx, f)
	if err != nil {
		return Totals{}, err
	}
	return countStandings(ctx, s.DB, f)
}

// prepared is a filter within what the actor may see, on fresh findings.
func (s *Service) prepared(ctx context.Context, f Filter) (Filter, error) {
	who, err := access.Require(ctx, access.ObligationRead)
	if err != nil {
		return f, err
	}
	if !Sees(who) {
		if f.Owner != "" && f.Owner != who.Agency {
			return f, fault.New(fault.Denied, "access.other_agency", f.Owner)
		}
		f.Owner = who.Agency
	}
	return f, s.fresh(ctx)
}

package release

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/audit"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/ids"
)

// Agency that is asked for its opinion.
type Agency struct{ Code, Name string }

// Sources are what releases need of other slices; app wires them.
type Sources struct {
	// Candidates are the entries that belong into a list as of now, for the actor of the context.
	Candidates func(ctx context.Context, list List) ([]Entry, error)
	// Consulted are the agencies whose opinion is asked.
	Consulted func(ctx context.Context) ([]Agency, error)
	// Ask puts the question into the inboxes of the agencies, Answered takes it out of one, in the caller's transaction.
	Ask      func(ctx context.Context, q controldb.Querier, r *Release, agencies []Agency) error
	Answered func(ctx context.Context, q controldb.Querier, r *Release, agency string) error
	// TakeEffect does what follows from a release in force, in the caller's transaction: added entries enter the list,
	// removed ones leave it.
	TakeEffect func(ctx context.Context, q controldb.Querier, r *Release, added, removed []string) error
	// Altered hears of a release that is not what was issued. It is called outside any transaction.
	Altered func(ctx context.Context, r *Release, what string) error
}

// Parts are what the releases stand on.
type Parts struct {
	DB       *controldb.DB
	Files    *blob.Store
	Log      *audit.Log
	Clock    clock.Clock
	Logger   *slog.Logger
	Key      []byte                               // of the seals
	Province string                               // "Lào Cai", for the papers
	Operator func(ctx context.Context) string     // name of the agency that keeps the lists
	Say      func(key string, args ...any) string // a sentence in Vietnamese, for the papers
	Sources  Sources
}

// Service keeps the releases of the lists.
type Service struct {
	Parts
	heads *controldb.Fresh[[]*Release]

	mu   sync.Mutex
	sets map[string]*set
	told map[string]time.Time // releases whose alteration was reported, and when
}

// NewService ties the releases to their parts.
func NewService(p Parts) *Service {
	s := &Service{Parts: p, sets: map[string]*set{}, told: map[string]time.Time{}}
	s.heads = controldb.NewFresh(p.DB, 10, func(ctx context.Context, list string) ([]*Release, error) { return listIssued(ctx, p.DB, List(list)) })
	p.Log.Keep("release", keeper())
	p.Log.Keep("release.publication", keepPublication())
	return s
}

// Ref names a release as its reader saw it. Revision 0 stands for whatever it is now.
type Ref struct {
	List     List
	Number   int64
	Revision int64
}

// Open begins the draft of a list's next release and collects its entries from the register.
func (s *Service) Open(ctx context.Context, list List) (*Release, error) {
	who, err := access.Require(ctx, access.ReleasePrepare)
	if err != nil {
		return nil, err
	}
	if !list.Valid() {
		return nil, fault.New(fault.NotFound, "release.list_unknown", list)
	}
	found, err := s.Sources.Candidates(ctx, list)
	if err != nil {
		return nil, err
	}
	var r *Release
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		before, err := newest(ctx, q, list)
		if err != nil {
			return err
		}
		if before != nil && !before.State.Over() {
			return fault.New(fault.Conflict, "release.draft_exists", before.Number)
		}
		now := s.Clock.Now()
		r = &Release{ID: ids.New(), List: list, Number: 1, State: Draft, CreatedAt: now, ChangedAt: now, Revision: 1}
		if before != nil {
			r.Number, r.Base = before.Number+1, before.ID
		}
		r.Steps = []Step{{To: Draft, By: who.ID, ByName: who.Name, Agency: who.Agency, At: now}}
		r.hand(who.ID)
		if err := insertRelease(ctx, q, r); err != nil {
			return err
		}
		if err := s.fill(ctx, q, r, found); err != nil {
			return err
		}
		if err := updateRelease(ctx, q, r); err != nil {
			return err
		}
		return s.note(ctx, q, who, r, "release.open", "", nil)
	})
	return r, err
}

// alter is one change of a release: permission, revision, rule, save, record.
func (s *Service) alter(ctx context.Context, ref Ref, p access.Permission, event, reason string, rule func(q controldb.Querier, who access.Actor, r *Release) error) (*Release, error) {
	who, err := access.Require(ctx, p)
	if err != nil {
		return nil, err
	}
	var r *Release
	err = s.DB.InTx(ctx, func(q controldb.Querier) error {
		if r, err = findRelease(ctx, q, ref.List, ref.Number); err != nil {
			return err
		}
		if err := r.seen(ref); err != nil {
			return err
		}
		if err := rule(q, who, r); err != nil {
			return err
		}
		r.ChangedAt = s.Clock.Now()
		if err := updateRelease(ctx, q, r); err != nil {
			return err
		}
		return s.note(ctx, q, who, r, event, reason, nil)
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// seen refuses a change of what its reader has not seen.
func (r *Release) seen(ref Ref) error {
	if ref.Revision != 0 && ref.Revision != r.Revision {
		return fault.New(fault.Conflict, "release.changed_meanwhile")
	}
	return nil
}

func (s *Service) note(ctx context.Context, q controldb.Querier, who access.Actor, r *Release, event, reason string, more map[string]string) error {
	detail := map[string]string{"list": string(r.List), "state": string(r.State)}
	for k, v := range more {
		detail[k] = v
	}
	return s.Log.Change(ctx, q, audit.Entry{Actor: who.ForAudit(), Event: event, Subject: "release/" + r.Key(), Reason: reason, Detail: detail})
}

func (s *Service) stepBy(who access.Actor, reason string) Step {
	return Step{By: who.ID, ByName: who.Name, Agency: who.Agency, At: s.Clock.Now(), Reason: reason}
}

// Consult asks the agencies for their opinion until the end of a day.
func (s *Service) Consult(ctx context.Context, ref Ref, day time.Time) (*Release, error) {
	if _, err := access.Require(ctx, access.ReleasePrepare); err != nil {
		return nil, err
	}
	if day.IsZero() {
		return nil, fault.New(fault.Invalid, "release.deadline_missing").At("deadline")
	}
	agencies, err := s.Sources.Consulted(ctx)
	if err != nil {
		return nil, err
	}
	return s.alter(ctx, ref, access.ReleasePrepare, "release.consult", "", func(q controldb.Querier, who access.Actor, r *Release) error {
		end := startOf(day).AddDate(0, 0, 1)
		if !startOf(day).After(s.Clock.Now()) {
			return fault.New(fault.Invalid, "release.deadline_past").At("deadline")
		}
		if r.Counts.Held == 0 {
			return fault.New(fault.Conflict, "release.empty")
		}
		if err := r.step(Consultation, s.stepBy(who, "")); err != nil {
			return err
		}
		r.Deadline = end
		r.hand(who.ID)
		for _, a := range agencies {
			if err := insertOpinion(ctx, q, r.ID, Opinion{Agency: a.Code, Name: a.Name}); err != nil {
				return err
			}
		}
		return s.Sources.Ask(ctx, q, r, agencies)
	})
}

// startOf is the first moment of a day in Viet Nam.
func startOf(day time.Time) time.Time {
	y, m, d := day.In(i18n.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, i18n.Zone)
}

// Close ends the consultation: by itself when its time is over or everybody has answered, else with a reason.
func (s *Service) Close(ctx context.Context, ref Ref, reason string) (*Release, error) {
	reason = strings.TrimSpace(reason)
	return s.alter(ctx, ref, access.ReleasePrepare, "release.close", reason, func(q controldb.Querier, who access.Actor, r *Release) error {
		if err := r.step(Reviewing, s.stepBy(who, reason)); err != nil {
			return err
		}
		waiting, err := s.waiting(ctx, q, r)
		if err != nil {
			return err
		}
		if len(waiting) > 0 && s.Clock.Now().Before(r.Deadline) && reason == "" {
			return fault.New(fault.Conflict, "release.consultation_runs", len(waiting)).At("reason")
		}
		r.hand(who.ID)
		return s.endAsking(ctx, q, r, waiting)
	})
}

func (s *Service) waiting(ctx context.Context, q controldb.Querier, r *Release) ([]string, error) {
	opinions, err := listOpinions(ctx, q, r.ID, "")
	var out []string
	for _, o := range opinions {
		if o.Verdict == Waiting {
			out = append(out, o.Agency)
		}
	}
	return out, err
}

func (s *Service) endAsking(ctx context.Context, q controldb.Querier, r *Release, agencies []string) error {
	for _, agency := range agencies {
		if err := s.Sources.Answered(ctx, q, r, agency); err != nil {
			return err
		}
	}
	return nil
}

// Reopen takes an approved draft back to be put right, before it is issued.
func (s *Service) Reopen(ctx context.Context, ref Ref, reason string) (*Release, error) {
	reason = strings.TrimSpace(reason)
	return s.alter(ctx, ref, access.ReleasePrepare, "release.reopen", reason, func(_ controldb.Querier, who access.Actor, r *Release) error {
		if reason == "" {
			return fault.New(fault.Invalid, "release.reason_missing").At("reason")
		}
		if r.State != Approved {
			return fault.New(fault.Conflict, "release.wrong_state", r.State, Reviewing)
		}
		r.ApprovedBy = ""
		r.hand(who.ID)
		return r.step(Reviewing, s.stepBy(who, reason))
	})
}

// Discard gives a draft up. What was issued stays.
func (s *Service) Discard(ctx context.Context, ref Ref, reason string) (*Release, error) {
	reason = strings.TrimSpace(reason)
	return s.alter(ctx, ref, access.ReleasePrepare, "release.discard", reason, func(q controldb.Querier, who access.Actor, r *Release) error {
		if reason == "" {
			return fault.New(fault.Invalid, "release.reason_missing").At("reason")
		}
		if err := r.step(Discarded, s.stepBy(who, reason)); err != nil {
			return err
		}
		waiting, err := s.waiting(ctx, q, r)
		if err != nil {
			return err
		}
		return s.endAsking(ctx, q, r, waiting)
	})
}

// Approve judges the draft ready for the People's Committee and makes the papers of the submission. Who had a hand in the
// draft may not (invariant 5), and every comment must have its answer (invariant 6).
func (s *Service) Approve(ctx context.Context, ref Ref) (*Release, error) {
	if _, err := access.Require(ctx, access.ReleaseApprove); err != nil {
		return nil, err
	}
	seen, err := findRelease(ctx, s.DB, ref.List, ref.Number)
	if err != nil {
		return nil, err
	}
	if err := s.upToDate(ctx, seen); err != nil {
		return nil, err
	}
	files, err := s.submission(ctx, seen)
	if err != nil {
		return nil, err
	}
	ref.Revision = cmpRevision(ref.Revision, seen.Revision)
	r, err := s.alter(ctx, ref, access.ReleaseApprove, "release.approve", "", func(q controldb.Querier, who access.Actor, r *Release) error {
		if err := r.step(Approved, s.stepBy(who, "")); err != nil {
			return err
		}
		if slices.Contains(r.Prepared, who.ID) {
			return fault.New(fault.Denied, "release.own_draft")
		}
		if r.Counts.Held == 0 {
			return fault.New(fault.Conflict, "release.empty")
		}
		open, err := countOpen(ctx, q, r.ID)
		if err != nil {
			return err
		}
		if open > 0 {
			return fault.New(fault.Conflict, "release.comments_open", open)
		}
		r.ApprovedBy = who.ID
		return saveFiles(ctx, q, r.ID, files)
	})
	if err != nil {
		s.drop(files)
	}
	return r, err
}

// cmpRevision is the revision that a change rests on: what the reader saw, else what was read to make it.
func cmpRevision(asked, read int64) int64 {
	if asked != 0 {
		return asked
	}
	return read
}

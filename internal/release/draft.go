package release

import (
	"context"
	"slices"
	"strings"

	"lienthong/internal/access"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// gone is why a draft leaves out what the register no longer offers.
const gone = "Sổ đăng ký không còn mục này ở trạng thái thuộc danh mục"

// Collect reads the register again into the draft. What the operator left out stays out.
func (s *Service) Collect(ctx context.Context, ref Ref) (*Release, error) {
	if _, err := access.Require(ctx, access.ReleasePrepare); err != nil {
		return nil, err
	}
	found, err := s.Sources.Candidates(ctx, ref.List)
	if err != nil {
		return nil, err
	}
	return s.alter(ctx, ref, access.ReleasePrepare, "release.collect", "", func(q controldb.Querier, who access.Actor, r *Release) error {
		if err := r.editable(); err != nil {
			return err
		}
		r.hand(who.ID)
		return s.fill(ctx, q, r, found)
	})
}

func (r *Release) editable() error {
	if !r.State.Editable() {
		return fault.New(fault.Conflict, "release.not_editable", r.State)
	}
	return nil
}

// fill makes the lines of the draft what the register offers and the base held.
func (s *Service) fill(ctx context.Context, q controldb.Querier, r *Release, found []Entry) error {
	base, err := held(ctx, q, r.Base)
	if err != nil {
		return err
	}
	before, err := allLines(ctx, q, r.ID)
	if err != nil {
		return err
	}
	lines, err := compose(found, base, before)
	if err != nil {
		return err
	}
	if err := replaceLines(ctx, q, r.ID, lines); err != nil {
		return err
	}
	r.CollectedAt = s.Clock.Now()
	r.Counts, err = countLines(ctx, q, r.ID)
	return err
}

// held are the lines that a release holds, by subject; none for an empty id.
func held(ctx context.Context, q controldb.Querier, release string) (map[string]*Line, error) {
	out := map[string]*Line{}
	if release == "" {
		return out, nil
	}
	lines, err := allLines(ctx, q, release)
	for _, l := range lines {
		if l.Held {
			out[l.Subject] = l
		}
	}
	return out, err
}

// compose joins what the register offers with what the base held; of the draft before it keeps what was left out by hand.
func compose(found []Entry, base map[string]*Line, before []*Line) ([]*Line, error) {
	leftOut := map[string]string{}
	for _, l := range before {
		if !l.Held && l.candidate {
			leftOut[l.Subject] = l.Reason
		}
	}
	var lines []*Line
	seen := map[string]bool{}
	for _, e := range found {
		seen[e.Subject] = true
		reason, out := leftOut[e.Subject]
		lines = append(lines, &Line{Entry: e, Held: !out, candidate: true, Reason: reason})
	}
	for subject, l := range base {
		if !seen[subject] {
			lines = append(lines, &Line{Entry: l.Entry, Reason: gone})
		}
	}
	for _, l := range lines {
		if err := l.complete(); err != nil {
			return nil, err
		}
		l.settle(base[l.Subject])
	}
	return lines, nil
}

// LeaveOut takes an entry out of the draft, with the reason.
func (s *Service) LeaveOut(ctx context.Context, ref Ref, subject, reason string) (*Release, error) {
	reason = strings.TrimSpace(reason)
	return s.decideLine(ctx, ref, subject, "release.leave_out", reason, func(l *Line) error {
		if reason == "" {
			return fault.New(fault.Invalid, "release.reason_missing").At("reason")
		}
		l.Held, l.Reason = false, reason
		return nil
	})
}

// TakeIn takes an entry that was left out into the draft again. What the register no longer offers cannot come back.
func (s *Service) TakeIn(ctx context.Context, ref Ref, subject string) (*Release, error) {
	return s.decideLine(ctx, ref, subject, "release.take_in", "", func(l *Line) error {
		if !l.candidate {
			return fault.New(fault.Conflict, "release.entry_not_found", subject)
		}
		l.Held, l.Reason = true, ""
		return nil
	})
}

func (s *Service) decideLine(ctx context.Context, ref Ref, subject, event, reason string, rule func(*Line) error) (*Release, error) {
	return s.alter(ctx, ref, access.ReleasePrepare, event, reason, func(q controldb.Querier, who access.Actor, r *Release) error {
		if err := r.editable(); err != nil {
			return err
		}
		l, err := findLine(ctx, q, r.ID, subject)
		if err != nil {
			return err
		}
		if err := rule(l); err != nil {
			return err
		}
		base, err := findBase(ctx, q, r.Base, subject)
		if err != nil {
			return err
		}
		l.settle(base)
		if err := setLine(ctx, q, r.ID, l); err != nil {
			return err
		}
		r.hand(who.ID)
		r.Counts, err = countLines(ctx, q, r.ID)
		return err
	})
}

// findBase is the line of the base with the subject; nil when the base does not hold it.
func findBase(ctx context.Context, q controldb.Querier, base, subject string) (*Line, error) {
	if base == "" {
		return nil, nil //nolint:nilnil // a first release has no base
	}
	l, err := findLine(ctx, q, base, subject)
	if fault.Is(err, "release.entry_not_found") || err == nil && !l.Held {
		return nil, nil //nolint:nilnil // as said
	}
	return l, err
}

// upToDate refuses a draft that the register has left behind since its entries were collected.
func (s *Service) upToDate(ctx context.Context, r *Release) error {
	found, err := s.Sources.Candidates(ctx, r.List)
	if err != nil {
		return err
	}
	lines, err := allLines(ctx, s.DB, r.ID)
	if err != nil {
		return err
	}
	offered := map[string]string{}
	for _, e := range found {
		if _, offered[e.Subject], err = e.body(); err != nil {
			return err
		}
	}
	var moved []string
	for _, l := range lines {
		digest, still := offered[l.Subject]
		if l.candidate != still || still && l.digest != digest {
			moved = append(moved, l.Subject)
		}
		delete(offered, l.Subject)
	}
	for subject := range offered {
		moved = append(moved, subject)
	}
	if len(moved) == 0 {
		return nil
	}
	slices.Sort(moved)
	return fault.New(fault.Conflict, "release.register_moved", len(moved), moved[0])
}

package release

import (
	"context"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// Listing is a line of the list in force, with the decision that issued it.
type Listing struct {
	List      List      `json:"list"`
	Release   string    `json:"release" doc:"Identity of the release"`
	Number    int64     `json:"number"`
	Decision  string    `json:"decision"`
	Date      time.Time `json:"date"`
	Effective time.Time `json:"effective"`
	Entry     Entry     `json:"entry"`
}

// Listed reports whether the list in force now holds the subject, a dataset's code or a system's id, by which decision and
// with which entry as issued. It asks no permission: rules ask it, and what is issued is public to every state agency. It
// answers from memory. A release that no longer fits its seal lists nothing (invariant 2).
func (s *Service) Listed(ctx context.Context, list List, subject string) (Listing, bool, error) {
	r, err := s.inForce(ctx, list)
	if err != nil || r == nil {
		return Listing{}, false, err
	}
	all, err := s.setOf(ctx, r)
	if err != nil || all.altered {
		return Listing{}, false, err
	}
	l, found := all.lines[subject]
	if !found || !l.Held {
		return Listing{}, false, nil
	}
	return Listing{
		List: list, Release: r.ID, Number: r.Number, Decision: r.Decision.Number, Date: r.Decision.Date, Effective: r.Decision.Effective, Entry: l.Entry,
	}, true, nil
}

// Subjects lists what the list in force now holds, in no order, for those who count duties of its entries.
func (s *Service) Subjects(ctx context.Context, list List) ([]string, error) {
	r, err := s.inForce(ctx, list)
	if err != nil || r == nil {
		return nil, err
	}
	all, err := s.setOf(ctx, r)
	if err != nil || all.altered {
		return nil, err
	}
	var out []string
	for subject, l := range all.lines {
		if l.Held {
			out = append(out, subject)
		}
	}
	return out, nil
}

// RequireOpen refuses what is not in the open data list in force (Điều 18.3d). Whoever publishes openly asks it first.
func (s *Service) RequireOpen(ctx context.Context, dataset string) (Listing, error) {
	l, found, err := s.Listed(ctx, Open, dataset)
	if err == nil && !found {
		err = fault.New(fault.Conflict, "release.not_in_open_catalogue", dataset)
	}
	return l, err
}

// inForce is the release of a list that is in force now; nil while none is.
func (s *Service) inForce(ctx context.Context, list List) (*Release, error) {
	issued, err := s.heads.Find(ctx, string(list))
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	for _, r := range issued { // the newest first; a later one never begins before an earlier
		if !r.Decision.Effective.After(now) {
			return r, nil
		}
	}
	return nil, nil //nolint:nilnil // no release is in force
}

// InForce is the release of a list that is in force now; false while none is.
func (s *Service) InForce(ctx context.Context, list List) (*Release, bool, error) {
	if _, err := access.Require(ctx, access.ReleaseRead); err != nil {
		return nil, false, err
	}
	if !list.Valid() {
		return nil, false, fault.New(fault.NotFound, "release.list_unknown", list)
	}
	r, err := s.inForce(ctx, list)
	return r, r != nil, err
}

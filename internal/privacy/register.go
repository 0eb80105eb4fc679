package privacy

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/catalog"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// register is every dataset with personal data, with its entry, in the order of names. Datasets without an entry must
// stand in it too, and which those are only their fields tell; so it is kept in memory, and only what has another
// revision than before is read again.
type register struct {
	mu       sync.Mutex
	datasets map[catalog.Code]int64 // revisions read, those without personal data too
	entries  map[string]int64
	lines    map[string]*line // by dataset code
	sorted   []*line          // never changed once it is given out
}

// line of the register.
type line struct {
	dataset   Dataset
	entry     *Entry
	key, fold string // to sort and to search by
}

func newRegister() *register {
	return &register{datasets: map[catalog.Code]int64{}, entries: map[string]int64{}, lines: map[string]*line{}}
}

// renew reads what changed since the last time.
func (r *register) renew(ctx context.Context, s *Service) (*register, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	datasets, err := s.Catalog.Revisions(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := entryRevisions(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	changed := map[string]bool{}
	for code, revision := range datasets {
		if r.datasets[code] != revision {
			changed[string(code)] = true
		}
	}
	for code, revision := range entries {
		if r.entries[code] != revision {
			changed[code] = true
		}
	}
	for code := range r.datasets {
		if _, kept := datasets[code]; !kept {
			delete(r.lines, string(code))
		}
	}
	for code := range changed {
		if err := r.read(ctx, s, code); err != nil {
			return nil, err
		}
	}
	r.datasets, r.entries = datasets, entries
	out := &register{lines: maps.Clone(r.lines), sorted: slices.Collect(maps.Values(r.lines))}
	slices.SortFunc(out.sorted, func(a, b *line) int {
		return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.dataset.Code, b.dataset.Code))
	})
	return out, nil
}

// read makes the line of one dataset anew; one without personal data and entry has none.
func (r *register) read(ctx context.Context, s *Service, code string) error {
	described, err := s.Catalog.Describe(ctx, catalog.Code(code))
	if fault.Is(err, "catalog.not_found") {
		delete(r.lines, code)
		return nil
	}
	if err != nil {
		return err
	}
	e, err := findEntry(ctx, s.DB, code)
	if err != nil {
		return err
	}
	d := datasetOf(described)
	if len(d.Categories) == 0 && e == nil {
		delete(r.lines, code)
		return nil
	}
	r.lines[code] = &line{d, e, vitext.SortKey(d.Name), vitext.Fold(d.Name + " " + d.Code)}
	return nil
}

// Filter narrows the register; zero values do not.
type Filter struct {
	Owner    string
	Standing Standing
	Text     string // words of name or code, without diacritics
	After    string // code of the last dataset of the page before
	Limit    int    // 50 when 0, at most 500
}

// List shows the register in Vietnamese order: to the operator and the auditor all of it, to others that of their own
// agency. The counts are of everything that the filter finds, by standing, whichever standing it asks for.
func (s *Service) List(ctx context.Context, f Filter) ([]View, map[Standing]int, error) {
	who, err := access.Require(ctx, access.PrivacyRead)
	if err != nil {
		return nil, nil, err
	}
	if f.Standing != "" && !slices.Contains(Standings(), f.Standing) {
		return nil, nil, fault.New(fault.Invalid, "privacy.standing_unknown", f.Standing).At("standing")
	}
	all, err := s.register.Find(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	now, counts := s.Clock.Now(), map[Standing]int{}
	var out []View
	behind := f.After == "" || all.lines[f.After] == nil
	for _, l := range all.sorted {
		if l.shown(who, f) {
			standing := l.entry.Standing(l.dataset.Categories, now)
			counts[standing]++
			if behind && (f.Standing == "" || f.Standing == standing) && len(out) < min(f.Limit, 500) {
				out = append(out, view(l.dataset, l.entry, now))
			}
		}
		behind = behind || l.dataset.Code == f.After
	}
	return out, counts, nil
}

func (l *line) shown(who access.Actor, f Filter) bool {
	if f.Owner != "" && l.dataset.Owner != f.Owner || !who.ActsFor(l.dataset.Owner) {
		return false
	}
	for _, word := range strings.Fields(vitext.Fold(f.Text)) {
		if !strings.Contains(l.fold, word) {
			return false
		}
	}
	return true
}

// Remind opens the review of entries whose last day is near, once each. A job calls it.
func (s *Service) Remind(ctx context.Context) error {
	now := s.Clock.Now()
	for after := ""; ; {
		page, err := listEnding(ctx, s.DB, now.Add(endingWithin), after)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, e := range page {
			after = e.Dataset
			if e.Draft != nil { // somebody is at it
				continue
			}
			if err := s.remind(ctx, e, now); err != nil {
				return err
			}
		}
	}
}

func (s *Service) remind(ctx context.Context, e *Entry, now time.Time) error {
	if s.Stepped == nil {
		return nil
	}
	return s.DB.Apart(ctx, func(q controldb.Querier) error { return s.Stepped(ctx, q, e, e.Standing(nil, now)) })
}

package catalog

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/kit/fault"
)

// Grace is how long after its due date an update is not yet late: a tenth of the period, at least an hour and at most
// three days (parameter D8).
func Grace(last, due time.Time) time.Duration {
	return min(max(due.Sub(last)/10, time.Hour), 72*time.Hour)
}

// Due is when the next update of a dataset falls due after that of the moment, and from when on it is late. False when
// nothing says so: data that is served live, or an event without a delay.
func (d Dataset) Due(last time.Time) (due, late time.Time, has bool) {
	return dueAfter(d.Frequency, d.MaxDelay, last)
}

func dueAfter(f Frequency, delay Minutes, last time.Time) (due, late time.Time, has bool) {
	if due, has = f.NextDue(last, delay); !has {
		return due, late, false
	}
	return due, due.Add(Grace(last, due)), true
}

// LateUpdate is a dataset whose update is overdue.
type LateUpdate struct {
	Dataset
	LastTime time.Time // as at which the version in force is
	DueAt    time.Time
}

// LatePage is one page of them.
type LatePage struct {
	Updates []LateUpdate
	Next    string
	Total   int
}

// Late lists the datasets whose update is overdue beyond the grace, the longest first. owner narrows it to one agency.
func (s *Service) Late(ctx context.Context, owner, after string, limit int) (LatePage, error) {
	if _, err := access.Require(ctx, access.CatalogRead); err != nil {
		return LatePage{}, err
	}
	list, err := s.lateEntries(ctx, owner)
	if err != nil {
		return LatePage{}, err
	}
	page := LatePage{Total: len(list)}
	start := 0
	if after != "" {
		micro, code, found := strings.Cut(after, "/")
		at, err := strconv.ParseInt(micro, 10, 64)
		if !found || err != nil {
			return page, fault.New(fault.Invalid, "catalog.bad_cursor").At("after")
		}
		start = sortedPast(list, at, Code(code))
	}
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	end := min(len(list), start+limit)
	if end < len(list) {
		last := list[end-1]
		page.Next = strconv.FormatInt(last.due.UnixMicro(), 10) + "/" + string(last.code)
	}
	ids := make([]ID, 0, end-start)
	for _, e := range list[start:end] {
		ids = append(ids, e.id)
	}
	datasets, err := s.inOrder(ctx, ids)
	if err != nil || len(datasets) != len(ids) {
		return page, err
	}
	for i, e := range list[start:end] {
		page.Updates = append(page.Updates, LateUpdate{datasets[i], e.last, e.due})
	}
	return page, nil
}

type lateEntry struct {
	*entry
	last, due time.Time
}

func (s *Service) lateEntries(ctx context.Context, owner string) ([]lateEntry, error) {
	if s.holdings == nil {
		return nil, nil
	}
	held, err := s.holdings.Holdings(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.index.all(ctx)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	var list []lateEntry
	for _, e := range all {
		h, there := held[e.code]
		if !there || !e.state.Live() || owner != "" && e.owner != owner {
			continue
		}
		if due, late, has := dueAfter(e.every, e.delay, h.SourceTime); has && now.After(late) {
			list = append(list, lateEntry{e, h.SourceTime, due})
		}
	}
	slices.SortFunc(list, func(a, b lateEntry) int { return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.code, b.code)) })
	return list, nil
}

func sortedPast(list []lateEntry, due int64, code Code) int {
	for i, e := range list {
		if c := cmp.Or(cmp.Compare(e.due.UnixMicro(), due), cmp.Compare(e.code, code)); c > 0 {
			return i
		}
	}
	return len(list)
}

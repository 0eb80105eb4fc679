package catalog

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"lienthong/internal/access"
	"lienthong/internal/dictionary"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/vitext"
)

// Filter narrows a list of datasets; zero values do not. After is Next of the page before.
type Filter struct {
	Text         string // words of name, code, description, owner or fields, with or without tone marks
	Owner        string
	State        State
	Scope        Scope
	Class        dictionary.Class
	Method       Method
	Frequency    Frequency
	Manual       bool // shared by file or by other means only (Điều 10)
	Unclassified bool // labels or class are missing, or not confirmed
	Proposed     bool // a change of labels or a lower class waits for a second person
	Issued       bool // only what is in the catalogue in force
	After        string
	Limit        int // 500 when 0, at most 500
}

// Page is one page of a list.
type Page struct {
	Datasets []Dataset
	Next     string // empty on the last page
	Total    int    // of all pages, among what the reader may see
}

// Search finds datasets: those that hold the text in its exact spelling first, then those that hold it without regard to
// tone marks, each in Vietnamese order. What the reader may not see is neither shown nor counted.
func (s *Service) Search(ctx context.Context, f Filter) (Page, error) {
	who, err := access.Require(ctx, access.CatalogRead)
	if err != nil {
		return Page{}, err
	}
	from, err := readCursor(f.After)
	if err != nil {
		return Page{}, err
	}
	all, err := s.index.all(ctx)
	if err != nil {
		return Page{}, err
	}
	hits, err := s.hits(ctx, who, f, all)
	if err != nil {
		return Page{}, err
	}
	page := Page{Total: len(hits)}
	start := sortedAfter(hits, from)
	limit := f.Limit
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	end := min(len(hits), start+limit)
	if end < len(hits) {
		page.Next = hits[end-1].cursor()
	}
	ids := make([]ID, 0, end-start)
	for _, h := range hits[start:end] {
		ids = append(ids, h.id)
	}
	page.Datasets, err = s.inOrder(ctx, ids)
	return page, err
}

const maxPage = 500

// List is Search without the rest of the page.
func (s *Service) List(ctx context.Context, f Filter) ([]Dataset, error) {
	page, err := s.Search(ctx, f)
	return page.Datasets, err
}

// inOrder reads datasets in the order of their ids.
func (s *Service) inOrder(ctx context.Context, ids []ID) ([]Dataset, error) {
	found := make(map[ID]Dataset, len(ids))
	for part := range slices.Chunk(ids, chunk) {
		list, err := findDatasets(ctx, s.DB, part)
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			found[d.ID] = d
		}
	}
	var out []Dataset
	for _, id := range ids {
		if d, there := found[id]; there {
			out = append(out, d)
		}
	}
	return out, nil
}

// hit is an entry with how well it answers the text: 0 is best.
type hit struct {
	*entry
	rank int
}

func (h hit) cursor() string { return fmt.Sprintf("%d/%s/%s", h.rank, h.sort, h.id) }

func (s *Service) hits(ctx context.Context, who access.Actor, f Filter, all []*entry) ([]hit, error) {
	var owners map[string]string
	if f.Text != "" {
		var err error
		if owners, err = s.owners.folded(ctx); err != nil {
			return nil, err
		}
	}
	q := queryOf(f.Text)
	var hits []hit
	for _, e := range all {
		if !e.shownTo(who) || !f.takes(e) {
			continue
		}
		if rank, found := q.rank(e, owners[e.owner]); found {
			hits = append(hits, hit{e, rank})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.rank, b.rank) }) // the entries stand in their order
	return hits, nil
}

// shownTo is invariant 6.
func (e *entry) shownTo(who access.Actor) bool { return !e.state.Editable() || who.ActsFor(e.owner) }

func (f Filter) takes(e *entry) bool {
	return (f.Owner == "" || f.Owner == e.owner) && (f.State == "" || f.State == e.state) && (f.Scope == "" || f.Scope == e.scope) &&
		(f.Class == "" || f.Class == e.class) && (f.Method == "" || f.Method == e.method) && (f.Frequency == "" || f.Frequency == e.every) &&
		(!f.Manual || e.method.Manual() && e.state != Retired) && (!f.Unclassified || e.state != Retired && !(e.labelled && e.settled)) &&
		(!f.Proposed || e.proposed) && (!f.Issued || e.state.Issued())
}

// query is a text as it is looked for.
type query struct {
	exact, folded           string
	exactWords, foldedWords []string
}

func queryOf(text string) query {
	q := query{exact: vitext.Key(text), folded: vitext.Fold(text)}
	q.exactWords, q.foldedWords = strings.Fields(q.exact), strings.Fields(q.folded)
	return q
}

// rank orders what is found: the whole text as spelled in the name, all words as spelled, the whole text in the name
// without tone marks, all words without them.
func (q query) rank(e *entry, owner string) (int, bool) {
	switch {
	case len(q.foldedWords) == 0:
		return 0, true
	case !containsAll(e.folded, owner, q.foldedWords): // who has the spelling has the letters
		return 0, false
	case strings.Contains(e.nameExact, q.exact):
		return 0, true
	case containsAll(e.exact, "", q.exactWords):
		return 1, true
	case strings.Contains(e.nameFolded, q.folded):
		return 2, true
	}
	return 3, true
}

func containsAll(text, more string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) && !strings.Contains(more, w) {
			return false
		}
	}
	return true
}

// place is where a list goes on.
type place struct {
	rank int
	sort string
	id   ID
}

func readCursor(s string) (*place, error) {
	if s == "" {
		return nil, nil //nolint:nilnil // from the beginning
	}
	rank, rest, one := strings.Cut(s, "/")
	sort, id, two := strings.Cut(rest, "/")
	n, err := strconv.Atoi(rank)
	if !one || !two || err != nil {
		return nil, fault.New(fault.Invalid, "catalog.bad_cursor").At("after")
	}
	return &place{n, sort, ID(id)}, nil
}

func sortedAfter(hits []hit, p *place) int {
	if p == nil {
		return 0
	}
	at, _ := slices.BinarySearchFunc(hits, *p, func(h hit, p place) int {
		if c := cmp.Or(cmp.Compare(h.rank, p.rank), cmp.Compare(h.sort, p.sort), cmp.Compare(h.id, p.id)); c != 0 {
			return c
		}
		return -1 // the last of the page before stands before the next page
	})
	return at
}

// ownerNames keeps the names of agencies for the search; a new name is found within a minute.
type ownerNames struct {
	list func(ctx context.Context) (map[string]string, error)
	mu   sync.Mutex
	read time.Time
	kept map[string]string
}

func (o *ownerNames) folded(ctx context.Context) (map[string]string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.list == nil || o.kept != nil && time.Since(o.read) < time.Minute {
		return o.kept, nil
	}
	names, err := o.list(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the names of owners: %w", err)
	}
	o.kept, o.read = make(map[string]string, len(names)), time.Now()
	for code, name := range names {
		o.kept[code] = vitext.Fold(name)
	}
	return o.kept, nil
}

// NameOwners says how the search learns the names of agencies, by their codes.
func (s *Service) NameOwners(list func(ctx context.Context) (map[string]string, error)) {
	s.owners.list = list
}

package catalog

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"lienthong/internal/dictionary"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/vitext"
)

// entry is what memory holds of a dataset, so that lists, searches and reports over thousands are answered without reading
// them all: where it belongs, and the words by which it is found. The dataset itself is read from the store.
type entry struct {
	id       ID
	code     Code
	name     string
	owner    string
	state    State
	scope    Scope
	class    dictionary.Class
	method   Method
	every    Frequency
	delay    Minutes
	automate dictionary.Day
	labelled bool // nature, scope and class are said
	settled  bool // the operator has confirmed them
	proposed bool // a change of labels or a lower class waits for a second person
	sort     string
	revision int64
	changed  int64 // microseconds

	nameExact, nameFolded string
	exact, folded         string // name, code, description, labels of fields
}

// index keeps the entries as the store has them, in Vietnamese order.
type index struct {
	db   *controldb.DB
	kept *controldb.Fresh[[]*entry]

	mu      sync.Mutex // of what follows
	sum     [2]int64   // number of datasets and of their changes at the last reading
	newest  int64      // time of the newest change, in microseconds
	entries map[ID]*entry
	sorted  []*entry // never changed, only replaced
}

func newIndex(db *controldb.DB) *index {
	x := &index{db: db, entries: map[ID]*entry{}}
	x.kept = controldb.NewFresh(db, 1, func(ctx context.Context, _ string) ([]*entry, error) { return x.refresh(ctx) })
	return x
}

// all gives every entry in Vietnamese order of names. The list must not be changed.
func (x *index) all(ctx context.Context) ([]*entry, error) { return x.kept.Find(ctx, "") }

// refresh reads again what has changed since the last time. Each change of a dataset raises its revision, so the sum says
// whether anything has; the time of the change usually says what. A clock that was set back shows itself by a sum that is
// not reached, and everything is compared.
func (x *index) refresh(ctx context.Context) ([]*entry, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	sum, err := sumOfChanges(ctx, x.db)
	if err != nil || sum == x.sum {
		return x.sorted, err
	}
	changed, err := listChangedSince(ctx, x.db, x.newest)
	if err == nil {
		err = x.take(ctx, changed)
	}
	if err == nil && x.sum != sum {
		if changed, err = x.differing(ctx); err == nil {
			err = x.take(ctx, changed)
		}
	}
	return x.sorted, err
}

// differing lists every dataset whose revision is another one than that in memory, and forgets those that are gone.
func (x *index) differing(ctx context.Context) ([]ID, error) {
	revisions, err := listRevisions(ctx, x.db)
	if err != nil {
		return nil, err
	}
	var changed []ID
	for id, revision := range revisions {
		if e := x.entries[id]; e == nil || e.revision != revision {
			changed = append(changed, id)
		}
	}
	for id := range x.entries {
		if _, there := revisions[id]; !there {
			delete(x.entries, id)
		}
	}
	return changed, nil
}

// take reads datasets anew and puts them in their places.
func (x *index) take(ctx context.Context, changed []ID) error {
	for part := range slices.Chunk(changed, chunk) {
		if err := x.read(ctx, part); err != nil {
			return err
		}
	}
	sorted := make([]*entry, 0, len(x.entries))
	if len(changed) > chunk || len(x.sorted) == 0 {
		sorted = slices.AppendSeq(sorted, maps.Values(x.entries))
		slices.SortFunc(sorted, inOrder)
	} else {
		for _, e := range x.sorted {
			if x.entries[e.id] == e { // neither changed nor gone
				sorted = append(sorted, e)
			}
		}
		for _, id := range changed {
			if e := x.entries[id]; e != nil {
				if at, there := slices.BinarySearchFunc(sorted, e, inOrder); !there {
					sorted = slices.Insert(sorted, at, e)
				}
			}
		}
	}
	x.sorted, x.sum = sorted, [2]int64{int64(len(sorted))}
	for _, e := range sorted {
		x.sum[1] += e.revision
		x.newest = max(x.newest, e.changed)
	}
	return nil
}

func inOrder(a, b *entry) int { return cmp.Or(cmp.Compare(a.sort, b.sort), cmp.Compare(a.id, b.id)) }

// chunk is how many rows one statement names.
const chunk = 400

func (x *index) read(ctx context.Context, ids []ID) error {
	list, err := findDatasets(ctx, x.db, ids)
	if err != nil {
		return err
	}
	labels, err := fieldLabels(ctx, x.db, list)
	if err != nil {
		return err
	}
	for _, d := range list {
		x.entries[d.ID] = entryOf(d, labels[d.ID])
	}
	return nil
}

func entryOf(d Dataset, labels string) *entry {
	c := d.Classification
	text := strings.Join([]string{d.Name, string(d.Code), d.Description, labels}, " ")
	return &entry{
		id: d.ID, code: d.Code, name: d.Name, owner: d.Owner, state: d.State, scope: c.Scope, class: d.Class, method: d.Method, every: d.Frequency, delay: d.MaxDelay,
		automate: d.AutomateBy, labelled: c.Nature.Valid() && c.Scope.Valid() && d.Class.Valid(), settled: c.ConfirmedBy != "", proposed: d.Proposal != nil,
		sort: vitext.SortKey(d.Name), revision: d.Revision, changed: d.ChangedAt.UnixMicro(),
		nameExact: vitext.Key(d.Name), nameFolded: vitext.Fold(d.Name), exact: vitext.Key(text), folded: vitext.Fold(text),
	}
}

// fieldLabels are the names and labels of the fields in force, by dataset.
func fieldLabels(ctx context.Context, q controldb.Querier, list []Dataset) (map[ID]string, error) {
	var args []any
	var in []string
	version := map[ID]int{}
	for _, d := range list {
		if d.SchemaVersion > 0 {
			version[d.ID] = d.SchemaVersion
			args, in = append(args, string(d.ID)), append(in, "?")
		}
	}
	labels := map[ID]string{}
	if len(in) == 0 {
		return labels, nil
	}
	rows, err := q.QueryContext(ctx, `SELECT dataset, version, body FROM catalog_schema WHERE dataset IN (`+strings.Join(in, ", ")+`) ORDER BY dataset, version`, args...)
	if err != nil {
		return nil, fmt.Errorf("list the fields of datasets: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id ID
		var number int
		var body string
		if err := rows.Scan(&id, &number, &body); err != nil {
			return nil, fmt.Errorf("list the fields of datasets: %w", err)
		}
		if number != version[id] {
			continue
		}
		var s struct {
			Fields []struct{ Name, Label string }
		}
		if err := json.Unmarshal([]byte(body), &s); err != nil {
			return nil, fmt.Errorf("read the fields of dataset %s: %w", id, err)
		}
		var words strings.Builder
		for _, f := range s.Fields {
			words.WriteString(f.Name + " " + f.Label + " ")
		}
		labels[id] = words.String()
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list the fields of datasets: %w", err)
	}
	return labels, nil
}

package invariant

import (
	"fmt"
	"slices"
	"time"

	"lienthong/internal/audit"
)

// endsWithin is how long before a kill an answered call may have ended without its outcome on disk: outcomes wait for
// nobody, so the last ones of a life can be lost, and are closed as unknown.
const endsWithin = 3 * time.Second

// Check judges a history against the evidence. No violation means that every rule holds; the first one of the lowest
// rule comes first.
func Check(h History, e Evidence) []Violation {
	c := newChecker(h, e)
	c.log()
	c.decisions()
	c.calls()
	c.provider()
	c.writes()
	c.reads()
	c.bans()
	slices.SortStableFunc(c.found, func(a, b Violation) int { return int(a.Rule[1]) - int(b.Rule[1]) })
	return c.found
}

type checker struct {
	h     History
	e     Evidence
	found []Violation

	byTag     map[string]*Call // by tag
	byID      map[string]*Call
	decided   map[string][]Record // decisions by exchange id
	ended     map[string][]Record // outcomes by the decision they close
	noted     map[string][]Record // changes by their own id
	changes   map[string][]Record // changes by event and subject
	seen      map[string][]Seen   // by exchange id
	statesOf  map[string][]Found
	writesOf  map[string]*Write
	watched   map[string]bool
	explained map[string]bool // changes that belong to a write of the history
}

func newChecker(h History, e Evidence) *checker {
	c := &checker{
		h: h, e: e, byTag: map[string]*Call{}, byID: map[string]*Call{}, decided: map[string][]Record{}, ended: map[string][]Record{},
		noted: map[string][]Record{}, changes: map[string][]Record{}, seen: map[string][]Seen{}, statesOf: map[string][]Found{},
		writesOf: map[string]*Write{}, watched: map[string]bool{}, explained: map[string]bool{},
	}
	for i := range h.Calls {
		call := &h.Calls[i]
		c.byTag[call.Tag] = call
		if call.ID != "" {
			if c.byID[call.ID] != nil {
				c.violate("I1", call.ID, "two answers carry this exchange id")
			}
			c.byID[call.ID] = call
		}
	}
	for _, r := range e.Records {
		if r.Seq < h.Base {
			continue
		}
		switch r.Kind {
		case audit.KindDecision:
			c.decided[r.ID] = append(c.decided[r.ID], r)
		case audit.KindOutcome:
			c.ended[r.Of] = append(c.ended[r.Of], r)
		default:
			c.noted[r.ID] = append(c.noted[r.ID], r)
			c.changes[r.Event+" "+r.Subject] = append(c.changes[r.Event+" "+r.Subject], r)
		}
	}
	for _, s := range h.Seen {
		c.seen[s.ID] = append(c.seen[s.ID], s)
	}
	for _, f := range h.Found {
		c.statesOf[f.Key] = append(c.statesOf[f.Key], f)
	}
	for i := range h.Writes {
		w := &h.Writes[i]
		if c.writesOf[w.Key] != nil {
			c.violate("I4", w.Key, "the history names two writes alike and cannot be judged")
		}
		c.writesOf[w.Key], c.watched[w.Event] = w, true
	}
	return c
}

func (c *checker) violate(rule, of, format string, args ...any) {
	c.found = append(c.found, Violation{rule, of, fmt.Sprintf(format, args...)})
}

// log is I7.
func (c *checker) log() {
	for _, f := range c.e.Findings {
		c.violate("I7", "log", "%s", f)
	}
	size := int64(0)
	for i, n := range append(slices.Clone(c.e.Sizes), c.e.Size()) {
		if n < size {
			c.violate("I7", "log", "reading %d found %d records, the one before %d", i, n, size)
		}
		size = max(size, n)
	}
	for i, r := range c.e.Records {
		if r.Seq != c.e.From+int64(i) {
			c.violate("I7", "log", "record %d stands at place %d", r.Seq, c.e.From+int64(i))
			return
		}
	}
}

// cutShort reports that the server was killed soon enough after the moment to take an outcome with it.
func (c *checker) cutShort(at time.Time) bool {
	return slices.ContainsFunc(c.h.Runs, func(r Run) bool {
		return !r.Killed.IsZero() && !at.Before(r.Started) && at.Before(r.Killed.Add(endsWithin)) && r.Killed.Sub(at) < endsWithin
	})
}

package invariant

import (
	"slices"
	"strings"
)

// writes is I4, the stored half of I5, and I8.
func (c *checker) writes() {
	for _, w := range c.h.Writes {
		all := c.statesOf[w.Key]
		if len(all) != 1 {
			c.violate("I4", w.Key, "the state after the fault was read %d times and cannot be judged", len(all))
			continue
		}
		c.write(w, all[0])
	}
	for _, f := range c.h.Found {
		if c.writesOf[f.Key] == nil {
			c.violate("I8", f.Key, "it is there and nobody asked for it")
		}
	}
	c.unexplained()
}

func (c *checker) write(w Write, f Found) {
	records := c.recordsOf(w, f)
	switch {
	case f.Count > 1:
		c.violate("I4", w.Key, "it is there %d times", f.Count)
	case f.Count == 0 && w.Acked:
		c.violate("I4", w.Key, "it was acknowledged and is not there")
	case f.Count == 1 && w.Refused:
		c.violate("I8", w.Key, "it was refused and is there")
	case f.Count == 1 && f.Value != w.Want:
		rule := "I8"
		if w.Acked {
			rule = "I4"
		}
		if w.Rows > 0 {
			rule = "I5"
		}
		c.violate(rule, w.Key, "it is there as %q, %q was written", f.Value, w.Want)
	}
	if f.Count == 1 && len(records) != 1 {
		c.violate("I8", w.Key, "it is there and has %d records %s of %s", len(records), w.Event, f.Subject)
	}
}

func (c *checker) recordsOf(w Write, f Found) []Record {
	var mine []Record
	if f.Count == 0 {
		return nil
	}
	for _, r := range c.changes[w.Event+" "+f.Subject] {
		if f.Mark == "" || slices.ContainsFunc(texts(r), func(s string) bool { return strings.Contains(s, f.Mark) }) {
			mine = append(mine, r)
			c.explained[r.ID] = true
		}
	}
	return mine
}

func texts(r Record) []string {
	all := []string{r.Reason}
	for _, v := range r.Detail {
		all = append(all, v)
	}
	return all
}

// unexplained: a record of a change that is not in the store is half a change, too.
func (c *checker) unexplained() {
	for _, r := range c.e.Records {
		if r.Seq >= c.h.Base && c.watched[r.Event] && !c.explained[r.ID] {
			c.violate("I8", r.Subject, "record %d says %s, but the change is not there", r.Seq, r.Event)
		}
	}
}

// reads is the visible half of I5: an answer that shows some rows of a load shows all of them.
func (c *checker) reads() {
	for _, call := range c.h.Calls {
		if !call.served() || !call.Whole {
			continue
		}
		if len(call.Batches) > 1 {
			c.violate("I5", call.ID, "the call %s shows rows of %d loads at once", call.Tag, len(call.Batches))
		}
		for key, n := range call.Batches {
			w := c.writesOf[key]
			if all, known := c.h.Earlier[key]; known && w == nil {
				w = &Write{Rows: all}
			}
			switch {
			case w == nil:
				c.violate("I5", call.ID, "the call %s shows rows of the load %s, which nobody made", call.Tag, key)
			case n != w.Rows:
				c.violate("I5", call.ID, "the call %s shows %d of the %d rows of the load %s", call.Tag, n, w.Rows, key)
			case !call.Ended.After(w.Began):
				c.violate("I5", call.ID, "the call %s shows the load %s before it was sent", call.Tag, key)
			}
		}
	}
}

// bans is I6.
func (c *checker) bans() {
	for _, b := range c.h.Bans {
		for _, call := range c.h.Calls {
			if call.served() && b.meets(call) {
				c.violate("I6", b.Key, "it was taken away at %s, and the call %s (%s) was served at %s", b.From.Format(clock), call.Tag, call.ID, call.Began.Format(clock))
			}
		}
	}
}

const clock = "15:04:05.000000"

package dictionary

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Level says what a new version means to those who use the one before; it decides which part of the semantic version rises.
type Level string

const (
	Patch Level = "patch" // other words, the same values
	Minor Level = "minor" // takes everything that was taken before, and more
	Major Level = "major" // values that were right before may no longer be
)

// Rank orders the levels; -1 for an unknown one.
func (l Level) Rank() int { return slices.Index([]Level{Patch, Minor, Major}, l) }

// Above gives the more weighty of the two.
func (l Level) Above(other Level) Level {
	if other.Rank() > l.Rank() {
		return other
	}
	return l
}

// Change is one thing that a version says otherwise than the one before.
type Change struct {
	Field  string `json:"field"` // message key without its slice: "max_length"; of a list "item:<code>"
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Level  Level  `json:"level"`
}

// LevelOf is the weightiest of the changes, and the least level that a version with them may have.
func LevelOf(changes []Change) Level {
	level := Patch
	for _, c := range changes {
		level = level.Above(c.Level)
	}
	return level
}

// Raise gives the label that follows one by a change of the level; the first label is 1.0.0.
func Raise(label string, level Level) string {
	var n [3]int
	parts := strings.Split(label, ".")
	for i := range n {
		if i < len(parts) {
			n[i], _ = strconv.Atoi(parts[i]) // what is no number counts from zero
		}
	}
	switch {
	case label == "":
		return "1.0.0"
	case level == Major:
		return fmt.Sprintf("%d.0.0", n[0]+1)
	case level == Minor:
		return fmt.Sprintf("%d.%d.0", n[0], n[1]+1)
	}
	return fmt.Sprintf("%d.%d.%d", n[0], n[1], n[2]+1)
}

// comparison collects changes.
type comparison struct{ changes []Change }

func (c *comparison) add(field, before, after string, level Level) {
	if before != after {
		c.changes = append(c.changes, Change{field, before, after, level})
	}
}

// bound adds a change of a limit that narrows when it moves one way: more tells whether it lets more values pass.
func (c *comparison) bound(field, before, after string, more bool) {
	level := Major
	if more {
		level = Minor
	}
	c.add(field, before, after, level)
}

// Compare says what an element says otherwise than another of the same code, and how much that matters: what narrows the
// values is major, what widens them minor, other words are a patch. A pattern that changes may refuse what it took before,
// so only its loss is no major change.
func Compare(before, now Element) []Change {
	var c comparison
	c.add("name", before.Name, now.Name, Patch)
	c.add("meaning", before.Meaning, now.Meaning, Patch)
	c.definition(before.Definition, now.Definition)
	c.add("owner", before.Rule.Owner, now.Rule.Owner, Patch)
	classLevel := Minor
	if now.Rule.Class.Rank() > before.Rule.Class.Rank() {
		classLevel = Major // fields of a lower class are no longer right
	}
	c.add("class", string(before.Rule.Class), string(now.Rule.Class), classLevel)
	c.add("standard", before.Rule.Standard, now.Rule.Standard, Patch)
	c.add("master_code", before.Rule.Master, now.Rule.Master, Minor)
	c.add("valid_from", before.Rule.ValidFrom.String(), now.Rule.ValidFrom.String(), Patch)
	c.add("valid_to", before.Rule.ValidTo.String(), now.Rule.ValidTo.String(), Minor)
	c.add("replaced_by", string(before.ReplacedBy), string(now.ReplacedBy), Minor)
	return c.changes
}

func (c *comparison) definition(b, n Definition) {
	c.add("type", string(b.Type), string(n.Type), Major)
	c.add("format", b.Format, n.Format, Patch)
	c.bound("min_length", count(b.MinLength), count(n.MinLength), n.MinLength < b.MinLength)
	c.bound("max_length", count(b.MaxLength), count(n.MaxLength), wider(b.MaxLength, n.MaxLength))
	c.bound("pattern", b.Pattern, n.Pattern, n.Pattern == "")
	c.bound("precision", count(b.Precision), count(n.Precision), wider(b.Precision, n.Precision))
	c.bound("scale", count(b.Scale), count(n.Scale), n.Scale > b.Scale)
	c.bound("min", b.Min, n.Min, looser(b, n, b.Min, n.Min, -1))
	c.bound("max", b.Max, n.Max, looser(b, n, b.Max, n.Max, 1))
	c.bound("unit", b.Unit, n.Unit, b.Unit == "")
	c.add("code_list", b.CodeList, n.CodeList, Major)
	c.bound("household", yes(b.HouseholdB), yes(n.HouseholdB), n.HouseholdB)
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return ""
}

// wider reports that a largest number lets more pass; 0 lets all pass.
func wider(before, now int) bool { return now == 0 || before != 0 && now > before }

// looser reports that a limit lets more values pass than before. Where either cannot be read it does not.
func looser(b, n Definition, before, now string, sign int64) bool {
	if now == "" || before == "" {
		return now == ""
	}
	was, bad := parseBound(b, before)
	is, worse := parseBound(n, now)
	return bad == nil && worse == nil && b.Type == n.Type && b.Scale == n.Scale && sign*(is-was) > 0
}

// CompareLists says what a version of a code list says otherwise: a code that ends or begins later is major, a new one or a
// longer time minor, another label a patch.
func CompareLists(before, now CodeList) []Change {
	var c comparison
	c.add("title", before.Title, now.Title, Patch)
	c.add("standard", before.Standard, now.Standard, Patch)
	c.add("replaced_by", before.ReplacedBy, now.ReplacedBy, Minor)
	was := byCode(before.Items)
	for _, item := range now.Items {
		old := was[item.Code]
		if len(old) == 0 {
			c.add("item:"+item.Code, "", describe(item), Minor)
			continue
		}
		was[item.Code] = old[1:]
		level := Patch
		switch o := old[0]; {
		case later(item.ValidFrom, o.ValidFrom), earlierEnd(item.ValidTo, o.ValidTo):
			level = Major
		case o.ValidFrom != item.ValidFrom, o.ValidTo != item.ValidTo:
			level = Minor
		}
		c.add("item:"+item.Code, describe(old[0]), describe(item), level)
	}
	for _, item := range before.Items { // in the order of the list
		if left := was[item.Code]; len(left) > 0 {
			c.add("item:"+item.Code, describe(left[0]), "", Major)
			was[item.Code] = left[1:]
		}
	}
	return c.changes
}

func byCode(items []CodeItem) map[string][]CodeItem {
	m := make(map[string][]CodeItem, len(items))
	for _, item := range items {
		m[item.Code] = append(m[item.Code], item)
	}
	return m
}

func later(now, before Day) bool { return now != NoDay && now > before }

func earlierEnd(now, before Day) bool { return now != NoDay && (before == NoDay || now < before) }

// describe is an item of a list on one line.
func describe(i CodeItem) string {
	text := i.Label
	if i.ValidFrom != NoDay || i.ValidTo != NoDay {
		text += " (" + i.ValidFrom.String() + " … " + i.ValidTo.String() + ")"
	}
	return text
}

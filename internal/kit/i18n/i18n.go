// Package i18n holds every sentence shown to people, in Vietnamese and English.
//
// Owns: languages, the catalogue of sentences, number and date forms.
// Does not own: the sentences themselves; each slice declares its own as Messages.
//
// Invariants:
//  1. Vietnamese is complete; English falls back to Vietnamese, never to a bare key in a release build's pages.
//  2. A key is declared once.
//
// Start reading at Catalog.
package i18n

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Lang is a language of the interface.
type Lang string

const (
	Vi Lang = "vi"
	En Lang = "en"
)

// Text is one sentence in both languages; {0}, {1} are filled from arguments.
type Text struct{ Vi, En string }

// Messages is what a slice declares: key (fault code, label key) to sentence.
type Messages map[string]Text

// Catalog is the sum of all slices' messages.
type Catalog struct{ texts map[string]Text }

// NewCatalog joins the slices' messages; a key declared twice is a programming error.
func NewCatalog(all ...Messages) (*Catalog, error) {
	c := &Catalog{texts: make(map[string]Text)}
	for _, m := range all {
		for key, t := range m {
			if _, twice := c.texts[key]; twice {
				return nil, fmt.Errorf("i18n: key %q declared twice", key)
			}
			c.texts[key] = t
		}
	}
	return c, nil
}

// Has reports whether the key is declared.
func (c *Catalog) Has(key string) bool { _, ok := c.texts[key]; return ok }

// Keys lists all keys in order.
func (c *Catalog) Keys() []string {
	keys := make([]string, 0, len(c.texts))
	for k := range c.texts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Say gives the sentence of a key with its arguments; the key itself when it is unknown.
func (c *Catalog) Say(lang Lang, key string, args ...any) string {
	t, ok := c.texts[key]
	if !ok {
		return key
	}
	s := t.Vi
	if lang == En && t.En != "" {
		s = t.En
	}
	for i, a := range args {
		if k, word := a.(Key); word {
			args = slices.Clone(args)
			args[i] = c.Say(lang, string(k))
		}
	}
	return fill(s, args)
}

// Key as an argument of a sentence stands for its own words in the reader's language.
type Key string

func fill(s string, args []any) string {
	if len(args) == 0 || !strings.Contains(s, "{") {
		return s
	}
	pairs := make([]string, 0, 2*len(args))
	for i, a := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", fmt.Sprint(a))
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

type langKey struct{}

// WithLang puts the reader's language into the context.
func WithLang(ctx context.Context, l Lang) context.Context {
	return context.WithValue(ctx, langKey{}, l)
}

// LangOf is the reader's language, Vietnamese by default.
func LangOf(ctx context.Context) Lang {
	if l, ok := ctx.Value(langKey{}).(Lang); ok {
		return l
	}
	return Vi
}

// Zone is the wall clock of Viet Nam, which has had no other offset since 1975.
var Zone = time.FixedZone("+07:00", 7*3600)

// Date shows a day as 31/12/2026.
func Date(t time.Time) string { return t.In(Zone).Format("02/01/2006") }

// DateTime shows a moment as 31/12/2026 08:05.
func DateTime(t time.Time) string { return t.In(Zone).Format("02/01/2006 15:04") }

// Number shows 1234567 as 1.234.567.
func Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(r)
	}
	if neg {
		return "-" + b.String()
	}
	return b.String()
}

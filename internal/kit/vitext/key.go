package vitext

import (
	"encoding/hex"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// NFC is the form in which text is stored and answered.
func NFC(s string) string { return norm.NFC.String(s) }

// Fold is the key for searching without marks: "Đông Hòa " and "dong hoa" have the same. It is lower case, without tone
// and vowel marks, with single spaces.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(oneSpace(strings.ToLower(norm.NFC.String(s)))) {
		switch {
		case isMark(r):
		case r == 'đ':
			b.WriteByte('d')
		default:
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// isMark: the combining marks of the Latin script. Other scripts keep theirs.
func isMark(r rune) bool { return r >= 0x0300 && r <= 0x036F }

// isTone: grave, acute, tilde, hook above, dot below.
func isTone(r rune) bool {
	return r == 0x0300 || r == 0x0301 || r == 0x0303 || r == 0x0309 || r == 0x0323
}

func oneSpace(s string) string { return strings.Join(strings.Fields(s), " ") }

// SameSpelling reports that a and b are one name written in two accepted ways: the tone mark on another vowel of the
// syllable (hoà, hòa), case, spaces, the form or doubling of an apostrophe. Different tones or vowels stay different.
func SameSpelling(a, b string) bool { return Key(a) == Key(b) }

// Key is the comparison key of SameSpelling: in every word the tone marks stand behind its letters.
func Key(s string) string {
	s = norm.NFD.String(oneApostrophe(oneSpace(strings.ToLower(norm.NFC.String(s)))))
	var b strings.Builder
	b.Grow(len(s))
	var tones []rune
	flush := func() {
		for _, t := range tones {
			b.WriteRune(t)
		}
		tones = tones[:0]
	}
	for _, r := range s {
		switch {
		case isTone(r):
			tones = append(tones, r)
			continue
		case !unicode.IsLetter(r) && !unicode.IsMark(r):
			flush()
		}
		b.WriteRune(r)
	}
	flush()
	return norm.NFC.String(b.String())
}

func isApostrophe(r rune) bool { return strings.ContainsRune("'’‘ʼʹ′`´", r) }

// oneApostrophe writes every apostrophe, doubled or typographic, as one plain '.
func oneApostrophe(s string) string {
	if !strings.ContainsFunc(s, isApostrophe) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	before := false
	for _, r := range s {
		now := isApostrophe(r)
		if now && !before {
			b.WriteByte('\'')
		}
		if !now {
			b.WriteRune(r)
		}
		before = now
	}
	return b.String()
}

// A Collator is costly to make and not safe for concurrent use, so idle ones wait here; they hold no data.
var collators = sync.Pool{New: func() any {
	return &collation{c: collate.New(language.Vietnamese)}
}}

type collation struct {
	c   *collate.Collator
	buf collate.Buffer
}

// SortKey is the Vietnamese order of s as lower-case hex, to be stored and ordered bytewise by any database:
// An, Ăn, Ân, Dong, Duyên, Đa, Đông.
func SortKey(s string) string {
	c := collators.Get().(*collation)
	defer collators.Put(c)
	c.buf.Reset()
	return hex.EncodeToString(c.c.KeyFromString(&c.buf, oneSpace(norm.NFC.String(s))))
}

// Slug is s as part of an address: lower-case ASCII letters and digits with single hyphens, or "" when s has neither.
func Slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range Fold(s) {
		if r > unicode.MaxASCII || (!unicode.IsLetter(r) && !unicode.IsDigit(r)) {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Words are the runs of letters and digits of s, in order, as written.
func Words(s string) []string {
	return strings.FieldsFunc(norm.NFC.String(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
}

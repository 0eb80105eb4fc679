package dictionary

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// cleanText brings a written text to the standard form: NFC, without invisible characters and spaces around, with the
// Vietnamese letters in place of their look-alikes. Invariant 4: it tells what it changed.
func cleanText(raw string) (string, Fix) {
	if plainText(raw) {
		return raw, 0
	}
	var fixes Fix
	s := raw
	if strings.ContainsFunc(s, odd) {
		s = strings.Map(func(r rune) rune {
			switch r {
			case 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD:
				fixes |= FixInvisible
				return -1
			case 0x00A0, 0x2007, 0x202F:
				fixes |= FixTrim
				return ' '
			case 0x00F0: // eth
				fixes |= FixLookalike
				return 'đ'
			case 0x00D0, 0x0189: // capital eth, African D
				fixes |= FixLookalike
				return 'Đ'
			case 0x0340:
				fixes |= FixLookalike
				return 0x0300
			case 0x0341:
				fixes |= FixLookalike
				return 0x0301
			}
			return r
		}, s)
	}
	if t := strings.TrimFunc(s, unicode.IsSpace); len(t) != len(s) {
		s, fixes = t, fixes|FixTrim
	}
	if !norm.NFC.IsNormalString(s) {
		s, fixes = norm.NFC.String(s), fixes|FixUnicode
	}
	return s, fixes
}

func odd(r rune) bool {
	switch r {
	case 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD, 0x00A0, 0x2007, 0x202F, 0x00F0, 0x00D0, 0x0189, 0x0340, 0x0341:
		return true
	}
	return false
}

// plainText reports whether the text is ASCII without spaces around, which needs no further look.
func plainText(s string) bool {
	if s == "" {
		return true
	}
	if s[0] <= ' ' || s[len(s)-1] <= ' ' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func hasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' && s[i] != '\n' && s[i] != '\r' && s[i] != '\t' || s[i] == 0x7F {
			return true
		}
	}
	return false
}

func (c *Checker) parseText(s string, fixes Fix) (Value, *Problem) {
	if hasControl(s) {
		return Value{}, refuse("dictionary.control_character")
	}
	d := c.definition
	if d.MaxLength > 0 && len(s) > d.MaxLength && utf8.RuneCountInString(s) > d.MaxLength {
		return Value{}, refuse("dictionary.too_long", d.MaxLength)
	}
	if d.MinLength > 0 && utf8.RuneCountInString(s) < d.MinLength {
		return Value{}, refuse("dictionary.too_short", d.MinLength)
	}
	if c.pattern != nil && !c.pattern.MatchString(s) {
		return Value{}, refuse("dictionary.pattern", d.Pattern)
	}
	return Value{Kind: KindText, Text: s, Fixes: fixes}, nil
}

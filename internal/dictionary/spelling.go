package dictionary

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The tone marks as combining characters: huyền, sắc, ngã, hỏi, nặng.
const toneMarks = "\u0300\u0301\u0303\u0309\u0323"

// SpellingKey is equal for spellings of one name that differ only in letter case, spacing, apostrophes or in where the
// tone mark stands (Hòa, Hoà). The tone itself is kept: Hương and Hưởng stay different.
func SpellingKey(s string) string {
	words := strings.Fields(strings.ToLower(norm.NFC.String(s)))
	for i, w := range words {
		words[i] = wordKey(w)
	}
	return strings.Join(words, " ")
}

// wordKey takes the tone out of a word and appends it, so that its place no longer matters.
func wordKey(w string) string {
	var letters []rune
	var tone rune
	for _, r := range norm.NFD.String(w) {
		switch {
		case strings.ContainsRune(toneMarks, r):
			tone = r
		case r == '\'' || r == '’' || r == 'ʼ' || r == '‘':
			if n := len(letters); n == 0 || letters[n-1] != '\'' { // an apostrophe doubled by an export
				letters = append(letters, '\'')
			}
		case r == 'ð':
			letters = append(letters, 'đ')
		case unicode.IsControl(r):
		default:
			letters = append(letters, r)
		}
	}
	if tone != 0 {
		letters = append(letters, tone)
	}
	return string(letters)
}

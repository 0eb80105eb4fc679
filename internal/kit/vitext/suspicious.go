package vitext

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// latinTwins are the Cyrillic and Greek letters that look like Latin ones.
const latinTwins = "асеорхуіјѕһԁԛԝьАВСЕНІЈКМОРЅТХУԜҮοανικτυρχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"

// Suspicious reports that s could pass for another text: characters that cannot be seen or that turn the direction of
// writing, Latin beside Cyrillic, Greek or stylised letters, a word made only of such twins, a foreign letter in place of
// đ, or a heap of combining marks. A name for which this holds is refused at the door or shown with a warning.
func Suspicious(s string) bool {
	var latin, other bool
	onlyTwins, marks := true, 0
	for _, r := range norm.NFC.String(s) {
		if invisible(r) || stylised(r) {
			return true
		}
		if unicode.Is(unicode.Mn, r) {
			if marks++; marks > 2 {
				return true
			}
			continue
		}
		marks = 0
		switch {
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu):
			other = true
			onlyTwins = onlyTwins && strings.ContainsRune(latinTwins, r)
		}
	}
	return other && (latin || onlyTwins)
}

// invisible: controls, format characters (zero width, direction, tags), fillers, separators of lines, unassigned and
// private characters.
func invisible(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x2028, 0x2029, 0x2800, 0x3164, 0xFFA0, unicode.ReplacementChar:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) || unicode.Is(unicode.Variation_Selector, r)
}

// stylised: full-width and mathematical letters, and the letters of other languages that look like Đ and đ.
func stylised(r rune) bool {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E, r >= 0x1D400 && r <= 0x1D7FF, r >= 0x2460 && r <= 0x24FF:
		return true
	}
	return r == 0x00D0 || r == 0x00F0 || r == 0x0189 || r == 0x0256
}

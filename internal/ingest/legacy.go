package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"lienthong/internal/kit/fault"
)

// legacy is an encoding of Vietnamese from before Unicode. Files are converted from it when the sender states it.
type legacy struct {
	name  string
	fix   string            // under which converted values are counted
	bytes [128]rune         // of the bytes from 0x80; 0 for none
	marks map[byte][]string // VNI: what a mark makes of the letter before it
}

// legacyOf finds a stated encoding; nil is UTF-8.
func legacyOf(stated string) (*legacy, error) {
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(stated)) {
	case "", "utf8":
		return nil, nil
	case "tcvn3", "tcvn3(abc)", "abc":
		return tcvn3(), nil
	case "vni", "vniwindows":
		return vni(), nil
	case "windows1258", "cp1258":
		return windows1258(), nil
	}
	return nil, fault.New(fault.Invalid, "ingest.unknown_encoding", stated).At("encoding")
}

// decode gives the letters in their composed form; false when a byte stands for none.
func (l *legacy) decode(s string) (string, bool) {
	if ascii(s) {
		return s, true
	}
	var b strings.Builder
	good := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if i+1 < len(s) && l.marks[s[i+1]] != nil {
			if r, marked := l.marked(c, s[i+1]); marked {
				b.WriteString(r)
				i++
				continue
			}
		}
		switch {
		case c < utf8.RuneSelf:
			b.WriteByte(c)
		case l.bytes[c-0x80] != 0:
			b.WriteRune(l.bytes[c-0x80])
		default:
			b.WriteRune(utf8.RuneError)
			good = false
		}
	}
	return norm.NFC.String(b.String()), good
}

// raised is the text as a font for capitals shows it: words whose plain letters are capitals are capitals throughout.
// TCVN3 has no other way to write a capital with a tone, and stamps are written in capitals.
func raised(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		n := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
		switch {
		case n < 0:
			n = len(text)
		case n == 0:
			_, n = utf8.DecodeRuneInString(text)
		}
		word := text[:n]
		if upper := strings.ToUpper(word); plainLetters(word) == plainLetters(upper) && plainLetters(word) != "" {
			word = upper
		}
		b.WriteString(word)
		text = text[n:]
	}
	return b.String()
}

func plainLetters(word string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && unicode.IsLetter(r) {
			return r
		}
		return -1
	}, word)
}

// marked is a letter with its mark of VNI; false when the mark does not belong to the letter.
func (l *legacy) marked(letter, mark byte) (string, bool) {
	base := string(rune(letter))
	if letter >= 0x80 {
		if l.bytes[letter-0x80] == 0 {
			return "", false
		}
		base = string(l.bytes[letter-0x80])
	}
	for _, m := range l.marks[mark] {
		if one := norm.NFC.String(base + m); utf8.RuneCountInString(one) == 1 {
			return one, true
		}
	}
	return "", false
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// tcvn3 is TCVN 5712:1993 in its form VN3 (fonts .VnTime). It has no capitals with tones: fonts made them, so they come
// out in lower case.
func tcvn3() *legacy {
	l := &legacy{name: "TCVN3 (ABC)", fix: "from_tcvn3"}
	for _, run := range []struct {
		from    byte
		letters string
	}{
		{0xA1, "ĂÂÊÔƠƯĐăâêôơưđ"}, {0xB5, "àảãáạ"}, {0xBB, "ằẳẵắ"}, {0xC6, "ặầẩẫấậè"}, {0xCE, "ẻẽéẹềểễếệìỉ"}, {0xDC, "ĩíịò"}, {0xE1, "ỏõóọồổỗốộờởỡớợù"}, {0xF1, "ủũúụừửữứựỳỷỹýỵ"},
	} {
		i := run.from
		for _, r := range run.letters {
			l.bytes[i-0x80] = r
			i++
		}
	}
	return l
}

// vni is VNI-Windows: a letter and, for most, the byte of its mark.
func vni() *legacy {
	l := &legacy{name: "VNI-Windows", fix: "from_vni", marks: map[byte][]string{}}
	for b, r := range map[byte]rune{
		0xF1: 'đ', 0xD1: 'Đ', 0xF4: 'ơ', 0xD4: 'Ơ', 0xF6: 'ư', 0xD6: 'Ư', 0xEC: 'ì', 0xCC: 'Ì', 0xED: 'í', 0xCD: 'Í', 0xE6: 'ỉ', 0xC6: 'Ỉ', 0xF3: 'ĩ', 0xD3: 'Ĩ',
		0xF2: 'ị', 0xD2: 'Ị', 0xEE: 'ỵ', 0xCE: 'Ỵ',
	} {
		l.bytes[b-0x80] = r
	}
	const grave, acute, hook, tilde, dot, roof, breve = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323", "\u0302", "\u0306"
	for small, mark := range map[byte]string{
		0xF8: grave, 0xF9: acute, 0xFB: hook, 0xF5: tilde, 0xEF: dot, 0xE2: roof, 0xE1: roof + acute, 0xE0: roof + grave, 0xE5: roof + hook, 0xE3: roof + tilde,
		0xE4: dot + roof, 0xEA: breve, 0xE9: breve + acute, 0xE8: breve + grave, 0xFA: breve + hook, 0xFC: breve + tilde, 0xEB: dot + breve,
	} {
		l.marks[small] = []string{mark}
		l.marks[small-0x20] = []string{mark} // for capitals
	}
	return l
}

// windows1258 writes some letters whole and tones behind the letter, as combining characters.
func windows1258() *legacy {
	l := &legacy{name: "Windows-1258", fix: "from_windows1258"}
	for i := range l.bytes {
		if r := charmap.Windows1258.DecodeByte(byte(i + 0x80)); r != utf8.RuneError {
			l.bytes[i] = r
		}
	}
	return l
}

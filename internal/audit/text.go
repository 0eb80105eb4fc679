package audit

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// quote appends a JSON string. Characters that end a line, move the cursor or turn the direction of writing are
// escaped, so that no reader of the log can be deceived by what a caller put into a header.
func quote(b []byte, s string) []byte {
	cut := 0
	if len(s) > maxText {
		cut = len(s)
		s = s[:maxText]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		if r, n := utf8.DecodeLastRuneInString(s); r == utf8.RuneError && n == 1 {
			s = s[:len(s)-1]
		}
	}
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < 0x7f {
			i++
			continue
		}
		r, n := rune(c), 1
		if c >= utf8.RuneSelf {
			if r, n = utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError && !hidden(r) {
				i += n
				continue
			}
		}
		b = escape(append(b, s[start:i]...), r)
		i += n
		start = i
	}
	b = append(b, s[start:]...)
	if cut > 0 {
		b = append(b, "…[cut, "...)
		b = strconv.AppendInt(b, int64(cut), 10)
		b = append(b, " bytes]"...)
	}
	return append(b, '"')
}

func escape(b []byte, r rune) []byte {
	switch {
	case r == '"' || r == '\\':
		return append(b, '\\', byte(r))
	case r == utf8.RuneError:
		return append(b, "\ufffd"...)
	}
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// hidden are the characters that show nothing but change how the rest is shown.
func hidden(r rune) bool {
	switch {
	case r >= 0x80 && r <= 0x9f, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0xfeff, r == 0x061c:
		return true
	}
	return false
}

// Scrub replaces digit runs that look like personal numbers (9 or 12 digits standing alone, or a telephone number). It is a second line
// behind the rule that callers hash identifiers: free text comes from people.
func Scrub(s string) string {
	if len(s) < 9 {
		return s
	}
	var out strings.Builder
	start := 0
	for i := 0; i < len(s); {
		if s[i] < '0' || s[i] > '9' {
			i++
			continue
		}
		end := i
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		if n := end - i; (n == 9 || n == 12 || n == 10 && s[i] == '0') && !joined(s, i-1) && !joined(s, end) {
			out.WriteString(s[start:i])
			out.WriteString("[id]")
			start = end
		}
		i = end
	}
	if start == 0 {
		return s
	}
	out.WriteString(s[start:])
	return out.String()
}

// joined reports a neighbour that makes digits part of a longer code, such as a UUID or a hash.
func joined(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_'
}

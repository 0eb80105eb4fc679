package canon

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lienthong/internal/kit/fault"
)

const wellKnown = ".well-known"

// readPath splits "/a/b" into its segments. A path that has a second spelling is refused, not repaired:
// whoever repairs must be sure that everybody behind repairs alike.
func readPath(path string) ([]string, error) {
	if path == "/" {
		return nil, nil
	}
	segments := make([]string, 0, strings.Count(path, "/"))
	rest := path[1:]
	if after, ok := strings.CutPrefix(rest, wellKnown+"/"); ok { // the one name with a dot that the web gives a meaning (RFC 8615)
		segments, rest = append(segments, wellKnown), after
	}
	for {
		raw, after, more := strings.Cut(rest, "/")
		seg, err := readSegment(raw)
		if err != nil {
			return nil, err
		}
		segments = append(segments, seg)
		if !more {
			return segments, nil
		}
		rest = after
	}
}

func readSegment(raw string) (string, error) {
	seg, err := decodeSegment(raw)
	if err != nil {
		return "", err
	}
	switch {
	case seg == "":
		return "", fault.New(fault.Malformed, "exchange.path_empty_segment")
	case seg[0] == '.' || seg[len(seg)-1] == '.':
		return "", fault.New(fault.Malformed, "exchange.path_dots")
	case seg[0] == ' ' || seg[len(seg)-1] == ' ':
		return "", fault.New(fault.Malformed, "exchange.path_space")
	}
	return seg, nil
}

func decodeSegment(raw string) (string, error) {
	plain := true
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '%' {
			plain = false
			continue
		}
		if !segmentByte(c) {
			return "", fault.New(fault.Malformed, "exchange.path_byte")
		}
	}
	if plain {
		return raw, nil
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '%' {
			b.WriteByte(raw[i])
			continue
		}
		c, ok := unhex(raw, i)
		if !ok || refusedEscape(c) {
			return "", fault.New(fault.Malformed, "exchange.path_escape")
		}
		b.WriteByte(c)
		i += 2
	}
	if !plainText(b.String()) {
		return "", fault.New(fault.Malformed, "exchange.path_text")
	}
	return b.String(), nil
}

// segmentByte lists what may stand unescaped: RFC 3986 unreserved and the sub-delimiters that no server
// gives a meaning of its own. ';' begins path parameters for some, '\' is a slash for others.
func segmentByte(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return true
	}
	return strings.IndexByte("-_.~:@!$'()*+,=&", c) >= 0
}

// refusedEscape: control bytes, and every ASCII character that is written plainly or not at all. Space alone may be escaped.
func refusedEscape(c byte) bool { return c < 0x80 && c != ' ' }

// plainText accepts Latin letters in their one composed form. Compatibility forms (full width), other scripts'
// look-alikes, joiners and direction marks are a second spelling of something and are refused.
func plainText(s string) bool {
	if !utf8.ValidString(s) || !norm.NFKC.IsNormalString(s) {
		return false
	}
	for _, r := range s {
		if r >= 0x80 && !unicode.Is(unicode.Latin, r) {
			return false
		}
	}
	return true
}

func unhex(s string, i int) (byte, bool) {
	if i+2 >= len(s) {
		return 0, false
	}
	hi, ok1 := hexDigit(s[i+1])
	lo, ok2 := hexDigit(s[i+2])
	return hi<<4 | lo, ok1 && ok2
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// EncodePath writes segments as a path: plain bytes plainly, all others as upper-case escapes.
func EncodePath(segments []string) string {
	if len(segments) == 0 {
		return "/"
	}
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		escape(&b, s, segmentByte)
	}
	return b.String()
}

func escape(b *strings.Builder, s string, plain func(byte) bool) {
	const upper = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		if c := s[i]; plain(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(upper[c>>4])
			b.WriteByte(upper[c&15])
		}
	}
}

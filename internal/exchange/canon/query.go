package canon

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lienthong/internal/kit/fault"
)

// readQuery keeps the parameters in their order. A name that comes twice, in any case, is refused: one server takes the first, another the last.
func readQuery(raw string) ([]Pair, error) {
	if raw == "" {
		return nil, nil
	}
	n := strings.Count(raw, "&") + 1
	if n > MaxQuery {
		return nil, fault.New(fault.Malformed, "exchange.query_too_many", MaxQuery)
	}
	pairs := make([]Pair, 0, n)
	for rest, more := raw, true; more; {
		var part string
		part, rest, more = strings.Cut(rest, "&")
		p, err := readPair(part)
		if err != nil {
			return nil, err
		}
		for _, q := range pairs {
			if strings.EqualFold(q.Key, p.Key) {
				return nil, fault.New(fault.Malformed, "exchange.query_duplicate")
			}
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

func readPair(part string) (Pair, error) {
	k, v, _ := strings.Cut(part, "=")
	key, ok1 := decodeQuery(k)
	value, ok2 := decodeQuery(v)
	if !ok1 || !ok2 || key == "" || strings.ContainsAny(key, " []") {
		return Pair{}, fault.New(fault.Malformed, "exchange.query_text")
	}
	return Pair{key, value}, nil
}

func decodeQuery(raw string) (string, bool) {
	plain := true
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '%' || c == '+':
			plain = false
		case c <= ' ' || c >= 0x7f || strings.IndexByte(`;\"<>^{|}#`+"`", c) >= 0:
			return "", false
		}
	}
	if plain {
		return raw, true
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '+':
			b.WriteByte(' ')
		case '%':
			c, ok := unhex(raw, i)
			if !ok {
				return "", false
			}
			b.WriteByte(c)
			i += 2
		default:
			b.WriteByte(raw[i])
		}
	}
	return b.String(), queryText(b.String())
}

// queryText: one composed form and nothing invisible. A value may be in any script.
func queryText(s string) bool {
	if !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) {
		return false
	}
	for _, r := range s {
		if unicode.Is(unicode.C, r) || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// EncodeQuery writes pairs as "?a=1&b=2", or nothing. A space is always %20, so that "+" has no second meaning.
func EncodeQuery(pairs []Pair) string {
	if len(pairs) == 0 {
		return ""
	}
	var b strings.Builder
	for i, p := range pairs {
		b.WriteByte("?&"[min(i, 1)])
		escape(&b, p.Key, queryByte)
		b.WriteByte('=')
		escape(&b, p.Value, queryByte)
	}
	return b.String()
}

func queryByte(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return true
	}
	return strings.IndexByte("-_.~:,@", c) >= 0
}

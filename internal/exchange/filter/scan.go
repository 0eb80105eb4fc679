package filter

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON tokens from a window over the answer. A token's bytes are valid until the next call.
type scanner struct {
	r      io.Reader
	buf    []byte
	pos    int // next byte
	end    int
	max    int
	unesc  []byte
	failed error
}

func (s *scanner) reset(r io.Reader, maxToken int) {
	s.r, s.pos, s.end, s.max, s.failed = r, 0, 0, maxToken, nil
}

// more reads further bytes, keeping those from `from` on. It returns by how much positions moved, and false at the end.
func (s *scanner) more(from int) (int, bool) {
	if s.failed != nil {
		return 0, false
	}
	if from > 0 {
		copy(s.buf, s.buf[from:s.end])
		s.pos -= from
		s.end -= from
	}
	if s.end == len(s.buf) {
		if s.end > s.max {
			s.failed = errors.New("token too long")
			return from, false
		}
		next := make([]byte, max(2*len(s.buf), 4096))
		copy(next, s.buf[:s.end])
		s.buf = next
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if n > 0 {
			return from, true
		}
		if err != nil {
			s.failed = err
			return from, false
		}
	}
	s.failed = io.ErrNoProgress
	return from, false
}

// peek skips white space and shows the next byte without taking it; 0 at the end.
func (s *scanner) peek() byte {
	for {
		for ; s.pos < s.end; s.pos++ {
			switch c := s.buf[s.pos]; c {
			case ' ', '\t', '\n', '\r':
			default:
				return c
			}
		}
		if _, ok := s.more(s.pos); !ok {
			return 0
		}
	}
}

// err is why reading stopped: the reader's own error, else a syntax error.
func (s *scanner) err(what string) error {
	if s.failed != nil && s.failed != io.EOF {
		return s.failed
	}
	return fmt.Errorf("answer is not JSON: %s", what)
}

// text takes a string token with its quotes and says whether it holds escapes.
func (s *scanner) text() (raw []byte, escaped bool, err error) {
	high := false
	for i := s.pos + 1; ; i++ {
		if i >= s.end {
			moved, ok := s.more(s.pos)
			if i -= moved; !ok {
				return nil, false, s.err("string not closed")
			}
		}
		switch c := s.buf[i]; {
		case c == '"':
			raw = s.buf[s.pos : i+1]
			s.pos = i + 1
			if high && !utf8.Valid(raw) {
				return nil, false, s.err("string is not UTF-8")
			}
			if escaped && !validEscapes(raw) {
				return nil, false, s.err("bad escape")
			}
			return raw, escaped, nil
		case c == '\\':
			escaped = true
			i++ // the escaped byte is judged by validEscapes
			if i >= s.end {
				moved, ok := s.more(s.pos)
				if i -= moved; !ok {
					return nil, false, s.err("string not closed")
				}
			}
		case c < ' ':
			return nil, false, s.err("control byte in string")
		case c >= utf8.RuneSelf:
			high = true
		}
	}
}

// name takes a string token and resolves its escapes.
func (s *scanner) name() ([]byte, error) {
	raw, escaped, err := s.text()
	if err != nil {
		return nil, err
	}
	raw = raw[1 : len(raw)-1]
	if !escaped {
		return raw, nil
	}
	s.unesc = unescape(s.unesc[:0], raw)
	return s.unesc, nil
}

// bare takes a number or a literal and checks its grammar.
func (s *scanner) bare() ([]byte, error) {
	i := s.pos
	for {
		if i >= s.end {
			moved, ok := s.more(s.pos)
			i -= moved
			if !ok {
				if s.failed != io.EOF {
					return nil, s.failed
				}
				break
			}
		}
		if c := s.buf[i]; c == ',' || c == ']' || c == '}' || c <= ' ' || c == ':' {
			break
		}
		i++
	}
	raw := s.buf[s.pos:i]
	s.pos = i
	if string(raw) == "null" || string(raw) == "true" || string(raw) == "false" || isNumber(raw) {
		return raw, nil
	}
	return nil, s.err("neither value nor number")
}

func isNumber(b []byte) bool {
	i := 0
	digits := func() bool {
		from := i
		for i < len(b) && b[i] >= '0' && b[i] <= '9' {
			i++
		}
		return i > from
	}
	if i < len(b) && b[i] == '-' {
		i++
	}
	if from := i; !digits() || b[from] == '0' && i > from+1 {
		return false
	}
	if i < len(b) && b[i] == '.' {
		if i++; !digits() {
			return false
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if !digits() {
			return false
		}
	}
	return i == len(b)
}

// validEscapes checks the escapes of a string token: known letters, four hex digits, surrogates in pairs.
func validEscapes(raw []byte) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++
		switch raw[i] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		case 'u':
			r := hex4(raw, i+1)
			if r < 0 {
				return false
			}
			i += 4
			if !utf16.IsSurrogate(r) {
				continue
			}
			if i+2 >= len(raw) || raw[i+1] != '\\' || raw[i+2] != 'u' {
				return false
			}
			if utf16.DecodeRune(r, hex4(raw, i+3)) == utf8.RuneError {
				return false
			}
			i += 6
		default:
			return false
		}
	}
	return true
}

func hex4(b []byte, i int) rune {
	if i+4 > len(b) {
		return -1
	}
	var r rune
	for _, c := range b[i : i+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// unescape appends the text of a string token's inside, whose escapes are valid.
func unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			dst = append(dst, raw[i])
			continue
		}
		i++
		switch c := raw[i]; c {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := hex4(raw, i+1)
			i += 4
			if utf16.IsSurrogate(r) {
				r = utf16.DecodeRune(r, hex4(raw, i+3))
				i += 6
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

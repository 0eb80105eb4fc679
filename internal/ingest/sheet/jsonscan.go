package sheet

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonScanner reads the tokens of RFC 8259 strictly. It knows its place for every refusal.
type jsonScanner struct {
	r      *bufio.Reader
	line   int64
	offset int64 // bytes taken
	bom    bool
	buf    []byte
}

// refuse names line and byte.
func (s *jsonScanner) refuse(code string, args ...any) *Refusal {
	return refuse(code, append([]any{s.line, s.offset}, args...)...)
}

// cut turns an end where none may be into a refusal.
func (s *jsonScanner) cut(err error) error {
	if err == io.EOF {
		return s.refuse(CodeJSONSyntax)
	}
	return err
}

func (s *jsonScanner) orCut(err error, code string) error {
	if err != nil && err != io.EOF {
		return err
	}
	return s.refuse(code)
}

// space passes over blanks and gives the byte behind them without taking it.
func (s *jsonScanner) space() (byte, error) {
	for {
		b, err := s.r.ReadByte()
		if err != nil {
			return 0, err
		}
		switch b {
		case '\n':
			s.line++
		case ' ', '\t', '\r':
		default:
			return b, s.r.UnreadByte()
		}
		s.offset++
	}
}

// take takes the byte that was given last.
func (s *jsonScanner) take() {
	_, _ = s.r.ReadByte() // it is buffered
	s.offset++
}

// text reads a string whose quote comes next.
func (s *jsonScanner) text(most int) (string, error) {
	s.take()
	s.buf = s.buf[:0]
	escaped := false
	for {
		piece, err := s.r.ReadSlice('"')
		if err != nil && err != bufio.ErrBufferFull {
			return "", s.cut(err)
		}
		s.buf = append(s.buf, piece...)
		s.offset += int64(len(piece))
		if len(s.buf) > 6*most {
			return "", s.refuse(CodeJSONLong, most>>10)
		}
		if err == nil && !quoteEscaped(s.buf) {
			break
		}
		escaped = true
	}
	raw := s.buf[:len(s.buf)-1]
	if err := s.letters(raw); err != nil {
		return "", err
	}
	if escaped || bytes.IndexByte(raw, '\\') >= 0 {
		var err error
		if raw, err = s.unescape(raw); err != nil {
			return "", err
		}
	}
	if len(raw) > most {
		return "", s.refuse(CodeJSONLong, most>>10)
	}
	return string(raw), nil
}

// quoteEscaped reports that the quote at the end follows an odd number of backslashes.
func quoteEscaped(b []byte) bool {
	n := 0
	for i := len(b) - 2; i >= 0 && b[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}

// letters checks that a string is UTF-8 without control characters; a fault is told by its byte.
func (s *jsonScanner) letters(raw []byte) error {
	start := s.offset - int64(len(raw)) - 1
	for i := 0; i < len(raw); {
		if raw[i] < ' ' {
			return refuse(CodeJSONSyntax, s.line, start+int64(i))
		}
		if raw[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size == 1 {
			return refuse(CodeJSONLetters, s.line, start+int64(i))
		}
		i += size
	}
	return nil
}

var plainEscapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (s *jsonScanner) unescape(raw []byte) ([]byte, error) {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++
		if b, plain := plainEscapes[raw[i]]; plain {
			out = append(out, b)
			continue
		}
		r, ok := unit(raw[i:])
		if !ok {
			return nil, s.refuse(CodeJSONSyntax)
		}
		i += 4
		if utf16.IsSurrogate(r) {
			second, ok := rune(0), false
			if i+1 < len(raw) && raw[i+1] == '\\' {
				second, ok = unit(raw[i+2:])
			}
			if r = utf16.DecodeRune(r, second); !ok || r == utf8.RuneError {
				return nil, s.refuse(CodeJSONLetters)
			}
			i += 6
		}
		if r == 0 {
			return nil, s.refuse(CodeJSONLetters)
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}

// unit reads u0041.
func unit(b []byte) (rune, bool) {
	if len(b) < 5 || b[0] != 'u' {
		return 0, false
	}
	n := rune(0)
	for _, c := range b[1:5] {
		d := strings.IndexByte("0123456789abcdef", c|0x20)
		if c >= '0' && c <= '9' {
			d = int(c - '0')
		}
		if d < 0 || c < '0' {
			return 0, false
		}
		n = n<<4 | rune(d)
	}
	return n, true
}

const maxDigits = 400

// number reads a number and gives it as it is written. One that no reader can hold is refused.
func (s *jsonScanner) number() (string, error) {
	text, err := s.word()
	if err != nil {
		return "", err
	}
	if !numberForm(text) {
		return "", s.refuse(CodeJSONSyntax)
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return "", s.refuse(CodeJSONNumber)
	}
	return text, nil
}

// numberForm is -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
func numberForm(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, rest := digitsAhead(s)
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		return false
	}
	if strings.HasPrefix(rest, ".") {
		var fraction string
		if fraction, rest = digitsAhead(rest[1:]); fraction == "" {
			return false
		}
	}
	if rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		rest = rest[1:]
		if rest != "" && (rest[0] == '+' || rest[0] == '-') {
			rest = rest[1:]
		}
		var exponent string
		if exponent, rest = digitsAhead(rest); exponent == "" {
			return false
		}
	}
	return rest == ""
}

func digitsAhead(s string) (digits, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

// word reads up to the next sign or blank.
func (s *jsonScanner) word() (string, error) {
	s.buf = s.buf[:0]
	for {
		b, err := s.r.ReadByte()
		if err == io.EOF {
			return string(s.buf), nil
		}
		if err != nil {
			return "", err
		}
		if strings.IndexByte(" \t\r\n,]}[{:\"", b) >= 0 {
			return string(s.buf), s.r.UnreadByte()
		}
		s.buf = append(s.buf, b)
		s.offset++
		if len(s.buf) > maxDigits {
			return "", s.refuse(CodeJSONNumber)
		}
	}
}

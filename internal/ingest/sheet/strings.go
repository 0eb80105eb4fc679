package sheet

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxStrings     = 8_000_000
	maxStringBytes = 160 << 20
	chunkSize      = 1 << 20
)

// sharedStrings are the texts that cells name by number, kept close together because there may be millions.
type sharedStrings struct {
	chunks []string
	ends   []uint64 // chunk in the upper half, end in it in the lower
	open   []byte   // the chunk being filled
	total  int
}

func (t *sharedStrings) read(s *scanner) error {
	for {
		k, err := s.next()
		if err == io.EOF {
			t.close()
			return nil
		}
		if err != nil {
			return err
		}
		if k != startTag || string(s.name) != "si" {
			continue
		}
		text, err := richText(s, "si")
		if err != nil {
			return err
		}
		if err := t.add(text); err != nil {
			return err
		}
	}
}

func (t *sharedStrings) add(text []byte) error {
	if t.total += len(text); t.total > maxStringBytes || len(t.ends) >= maxStrings {
		return refuse(CodeLimits)
	}
	if len(t.open)+len(text) > chunkSize && len(t.open) > 0 {
		t.close()
	}
	t.open = append(t.open, text...)
	t.ends = append(t.ends, uint64(len(t.chunks))<<32|uint64(len(t.open)))
	return nil
}

func (t *sharedStrings) close() {
	t.chunks = append(t.chunks, string(t.open))
	t.open = t.open[:0]
}

func (t *sharedStrings) at(i int) (string, bool) {
	if i < 0 || i >= len(t.ends) {
		return "", false
	}
	chunk, end := t.ends[i]>>32, t.ends[i]&0xFFFFFFFF
	start := uint64(0)
	if i > 0 && t.ends[i-1]>>32 == chunk {
		start = t.ends[i-1] & 0xFFFFFFFF
	}
	return t.chunks[chunk][start:end], true
}

// richText joins the texts of a string, behind its start tag and up to its end. Reading aids (rPh) are left out. The text
// belongs to the caller until the scanner's next string.
func richText(s *scanner, until string) ([]byte, error) {
	var text []byte
	inside, aside := 0, 0
	for depth := 1; depth > 0; {
		k, err := s.next()
		if err != nil {
			return nil, broken(err)
		}
		switch k {
		case startTag:
			depth++
			if string(s.name) == "rPh" || aside > 0 {
				aside++
			} else if string(s.name) == "t" {
				inside++
			}
		case endTag:
			depth--
			switch {
			case aside > 0:
				aside--
			case string(s.name) == "t" && depth > 0:
				inside--
			}
		case chars:
			if inside > 0 && aside == 0 {
				if len(text)+len(s.text) > maxCell {
					return nil, refuse(CodeCellLong, until, maxCell>>10)
				}
				text = append(text, s.text...)
			}
		}
	}
	if !utf8.Valid(text) {
		return nil, errXML
	}
	return unquoteHex(text), nil
}

// unquoteHex resolves _x000D_, the form in which spreadsheets write characters that XML cannot hold.
func unquoteHex(text []byte) []byte {
	s := string(text)
	if !strings.Contains(s, "_x") {
		return text
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		if len(s) >= 7 && s[6] == '_' {
			if n, err := strconv.ParseUint(s[2:6], 16, 16); err == nil && (n < 0xD800 || n > 0xDFFF) {
				b.WriteRune(rune(n))
				s = s[7:]
				continue
			}
		}
		b.WriteString("_x")
		s = s[2:]
	}
	b.WriteString(s)
	return []byte(b.String())
}

package sheet

import (
	"bytes"
	"errors"
	"io"
)

// token is what the scanner has found.
type token byte

const (
	startTag token = iota + 1
	endTag
	chars
)

const (
	maxToken = 1 << 20 // bytes of one tag or one run of text
	maxDepth = 64
	maxAttrs = 256
)

var errXML = errors.New("not well-formed XML")

// scanner reads the XML of office files: UTF-8, no document types, no entities but the five and characters by number.
// What it gives is valid until the next call. It is written for this use because the general reader of the standard
// library needs four times as long for a sheet.
type scanner struct {
	r          io.Reader
	buf        []byte
	start, end int
	done       bool // the source has ended
	offset     int64

	name    []byte // of a tag, without its prefix
	text    []byte // of chars
	attrs   []byte // rest of a start tag
	pending bool   // a tag that closes itself still has its end
	stack   []string
	rooted  bool
	scratch []byte
}

func newScanner(r io.Reader) *scanner { return &scanner{r: r, buf: make([]byte, 64<<10)} }

// fill reads more, and makes room for it. It answers false at the end.
func (s *scanner) fill() (bool, error) {
	if s.done {
		return false, nil
	}
	if s.start > 0 {
		copy(s.buf, s.buf[s.start:s.end])
		s.offset += int64(s.start)
		s.end -= s.start
		s.start = 0
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= maxToken {
			return false, errXML
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := s.r.Read(s.buf[s.end:])
	s.end += n
	if err == io.EOF {
		s.done = true
		return n > 0, nil
	}
	return true, err
}

// find looks for b at or behind place from of the window, reading more as needed. Places are relative to start.
func (s *scanner) find(b byte, from int) (int, error) {
	for {
		if i := bytes.IndexByte(s.buf[s.start+from:s.end], b); i >= 0 {
			return from + i, nil
		}
		from = s.end - s.start
		more, err := s.fill()
		if err != nil {
			return 0, err
		}
		if !more {
			return 0, io.EOF
		}
	}
}

// need makes sure that n bytes are in the window.
func (s *scanner) need(n int) (bool, error) {
	for s.end-s.start < n {
		more, err := s.fill()
		if err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

// next gives the next token; io.EOF behind the root.
func (s *scanner) next() (token, error) {
	if s.pending {
		s.pending = false
		s.stack = s.stack[:len(s.stack)-1]
		return endTag, nil
	}
	for {
		i, err := s.find('<', 0)
		if err == io.EOF {
			return 0, s.finish()
		}
		if err != nil {
			return 0, err
		}
		if i > 0 {
			raw := s.buf[s.start : s.start+i]
			s.start += i
			if len(s.stack) == 0 { // between prolog and root
				if len(bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF")))) > 0 {
					return 0, errXML
				}
				continue
			}
			s.text, err = s.unescape(raw)
			return chars, err
		}
		t, err := s.markup()
		if t != 0 || err != nil {
			return t, err
		}
	}
}

// finish is the end of the source.
func (s *scanner) finish() error {
	if len(s.stack) > 0 || !s.rooted || len(bytes.TrimSpace(s.buf[s.start:s.end])) > 0 {
		return errXML
	}
	return io.EOF
}

// markup reads what begins with <. Comments and instructions give no token.
func (s *scanner) markup() (token, error) {
	if ok, err := s.need(3); err != nil || !ok {
		return 0, errors.Join(errXML, err)
	}
	switch {
	case s.buf[s.start+1] == '?':
		return 0, s.skip("?>")
	case s.buf[s.start+1] == '!':
		return s.declaration()
	case s.buf[s.start+1] == '/':
		return s.closing()
	}
	return s.opening()
}

func (s *scanner) declaration() (token, error) {
	if _, err := s.need(9); err != nil {
		return 0, err
	}
	head := s.buf[s.start:s.end]
	switch {
	case bytes.HasPrefix(head, []byte("<!--")):
		s.start += 4
		return 0, s.skip("-->")
	case bytes.HasPrefix(head, []byte("<![CDATA[")) && len(s.stack) > 0:
		s.start += 9
		n, err := s.until("]]>")
		if err != nil {
			return 0, err
		}
		s.text = s.buf[s.start : s.start+n]
		s.start += n + 3
		return chars, nil
	}
	return 0, refuse(CodeDocType) // document types are where entities and outside files come in
}

func (s *scanner) skip(end string) error {
	n, err := s.until(end)
	if err == nil {
		s.start += n + len(end)
	}
	return err
}

func (s *scanner) until(end string) (int, error) {
	for from := 0; ; {
		i, err := s.find(end[len(end)-1], from)
		if err != nil {
			return 0, broken(err)
		}
		if at := i + 1 - len(end); at >= 0 && string(s.buf[s.start+at:s.start+i+1]) == end {
			return at, nil
		}
		from = i + 1
	}
}

// broken is what an early end means inside a token.
func broken(err error) error {
	if err == io.EOF {
		return errXML
	}
	return err
}

func (s *scanner) closing() (token, error) {
	i, err := s.find('>', 2)
	if err != nil {
		return 0, broken(err)
	}
	full := bytes.TrimRight(s.buf[s.start+2:s.start+i], " \t\r\n")
	s.start += i + 1
	last := len(s.stack) - 1
	if last < 0 || s.stack[last] != string(full) {
		return 0, errXML
	}
	s.name = local(full)
	s.stack = s.stack[:last]
	return endTag, nil
}

func (s *scanner) opening() (token, error) {
	size, err := s.tagEnd()
	if err != nil {
		return 0, err
	}
	tag := s.buf[s.start+1 : s.start+size]
	s.start += size + 1
	if s.pending = len(tag) > 0 && tag[len(tag)-1] == '/'; s.pending {
		tag = tag[:len(tag)-1]
	}
	n := bytes.IndexAny(tag, " \t\r\n")
	if n < 0 {
		n = len(tag)
	}
	full := tag[:n]
	s.attrs = tag[n:]
	switch {
	case n == 0 || !nameStart(full[0]), len(s.stack) >= maxDepth, len(s.stack) == 0 && s.rooted:
		return 0, errXML
	}
	s.rooted = true
	s.push(full)
	s.name = local(full)
	return startTag, nil
}

// push remembers an open tag; a name seen at the same depth before is not copied again.
func (s *scanner) push(full []byte) {
	n := len(s.stack)
	if n < cap(s.stack) {
		s.stack = s.stack[:n+1]
		if s.stack[n] == string(full) {
			return
		}
		s.stack[n] = string(full)
		return
	}
	s.stack = append(s.stack, string(full))
}

// tagEnd is the place of the > that ends a start tag; quoted values may hold others.
func (s *scanner) tagEnd() (int, error) {
	from := 1
	for {
		i, err := s.find('>', from)
		if err != nil {
			return 0, broken(err)
		}
		if !openQuote(s.buf[s.start : s.start+i]) {
			return i, nil
		}
		from = i + 1
	}
}

func openQuote(b []byte) bool {
	var quote byte
	for _, c := range b {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	return quote != 0
}

func nameStart(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' || b >= 0x80
}

func local(full []byte) []byte {
	if i := bytes.IndexByte(full, ':'); i >= 0 {
		return full[i+1:]
	}
	return full
}

package canon

import (
	"bytes"
	"strings"
)

// scan follows the framing of one connection byte by byte: heads, bodies of known length, chunks.
type scan struct {
	state    state
	left     int64 // body or chunk bytes to come
	checked  int   // bytes of the present head whose lines were checked
	lines    int   // header lines of the present head
	seen     uint16
	length   int64
	chunked  bool
	sized    bool
	headSize int
}

type state uint8

const (
	inHead state = iota
	inBody
	inChunkSize
	inChunk
	inChunkEnd
	inTrailer
)

const chunkRefused = "chunk"

// plain is how many bytes of a body with known length are still to come.
func (s *scan) plain() int64 {
	if s.state == inBody {
		return s.left
	}
	return 0
}

func (s *scan) skip(n int64) {
	if s.left -= n; s.left == 0 && s.state == inBody {
		s.state = inHead
	}
}

// feed says how many of the bytes may be delivered now, and why no further one ever will.
// Of a head nothing is delivered before the whole of it was checked.
func (s *scan) feed(b []byte) (n int, refused string) {
	for n < len(b) {
		var took int
		switch s.state {
		case inHead:
			took, refused = s.head(b[n:])
		case inBody:
			took = int(min(s.left, int64(len(b)-n)))
			s.skip(int64(took))
		default:
			took, refused = s.chunk(b[n:])
		}
		n += took
		if took == 0 || refused != "" {
			return n, refused
		}
	}
	return n, ""
}

func (s *scan) head(b []byte) (int, string) {
	for {
		end := bytes.IndexByte(b[s.checked:], '\n')
		if end < 0 {
			return 0, s.tooLong(len(b))
		}
		line := b[s.checked : s.checked+end]
		first := s.checked == 0
		s.checked += end + 1
		if long := s.tooLong(s.checked); long != "" {
			return 0, long
		}
		if len(line) == 0 || line[len(line)-1] != '\r' {
			return 0, "head_malformed"
		}
		line = line[:len(line)-1]
		switch {
		case first:
			if bad := requestLine(line); bad != "" {
				return 0, bad
			}
		case len(line) == 0:
			size := s.checked
			if bad := s.endHead(); bad != "" {
				return 0, bad
			}
			return size, ""
		default:
			if bad := s.headerLine(line); bad != "" {
				return 0, bad
			}
		}
	}
}

func (s *scan) tooLong(size int) string {
	switch {
	case s.checked == 0 && size > MaxTarget+64:
		return "uri_too_long"
	case size > MaxHead+MaxTarget:
		return "head_too_large"
	}
	return ""
}

// endHead settles the one framing of the message and makes ready for the next head.
func (s *scan) endHead() string {
	if s.seen&(1<<1) == 0 || s.sized && s.chunked {
		return "framing"
	}
	next := scan{}
	switch {
	case s.chunked:
		next.state = inChunkSize
	case s.sized && s.length > 0:
		next.state, next.left = inBody, s.length
	}
	*s = next
	return ""
}

// requestLine accepts METHOD SP target SP HTTP/1.1 and nothing else: no second space, no older version, no byte outside visible ASCII.
func requestLine(line []byte) string {
	method, rest, ok1 := bytes.Cut(line, []byte{' '})
	target, version, ok2 := bytes.Cut(rest, []byte{' '})
	switch {
	case !ok1 || !ok2 || len(target) == 0 || len(method) == 0 || len(method) > 32:
		return "head_malformed"
	case len(target) > MaxTarget:
		return "uri_too_long"
	case string(version) != "HTTP/1.1":
		return "version_refused"
	}
	for _, c := range method {
		if c < 'A' || c > 'Z' {
			return "head_malformed"
		}
	}
	for _, c := range target {
		if c <= ' ' || c >= 0x7f {
			return "head_malformed"
		}
	}
	return ""
}

func (s *scan) headerLine(line []byte) string {
	if s.lines++; s.lines > MaxHeaders {
		return "head_too_large"
	}
	name, value, ok := bytes.Cut(line, []byte{':'})
	if !ok || len(name) == 0 || len(name) > 256 {
		return "head_malformed"
	}
	for _, c := range name {
		if !tokenByte[c] { // a folded line begins with a space, and "Name :" ends with one
			return "head_malformed"
		}
	}
	for _, c := range value {
		if c < ' ' && c != '\t' || c == 0x7f {
			return "head_malformed"
		}
	}
	return s.singleton(name, bytes.Trim(value, " \t"))
}

// singleton counts the headers that may come once and reads the two that frame the message.
func (s *scan) singleton(name, value []byte) string {
	var lower [32]byte
	if len(name) > len(lower) {
		return ""
	}
	for i, c := range name {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	var bit uint
	switch string(lower[:len(name)]) {
	case "host":
		bit = 1
	case "content-length":
		bit = 2
		s.sized = true
		if s.length = decimal(value); s.length < 0 {
			return "framing"
		}
	case "transfer-encoding":
		bit = 3
		s.chunked = true
		if !strings.EqualFold(string(value), "chunked") {
			return "framing"
		}
	case "authorization":
		bit = 4
	case "content-type":
		bit = 5
	case "lienthong-purpose":
		bit = 6
	case "lienthong-case":
		bit = 7
	case "lienthong-officer":
		bit = 8
	case "upgrade":
		bit = 9
	default:
		return ""
	}
	if s.seen&(1<<bit) != 0 {
		return "header_duplicate"
	}
	s.seen |= 1 << bit
	return ""
}

func decimal(b []byte) int64 {
	if len(b) == 0 || len(b) > 15 {
		return -1
	}
	n := int64(0)
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int64(c-'0')
	}
	return n
}

// chunk accepts size CRLF data CRLF … 0 CRLF CRLF: no extension, no trailer, no bare line feed.
func (s *scan) chunk(b []byte) (int, string) {
	switch s.state {
	case inChunk:
		took := min(s.left, int64(len(b)))
		if s.left -= took; s.left == 0 {
			s.state = inChunkEnd
		}
		return int(took), ""
	case inChunkSize:
		return s.chunkSize(b)
	}
	if b[0] != '\r' || len(b) > 1 && b[1] != '\n' {
		return 0, chunkRefused
	}
	if len(b) < 2 {
		return 0, ""
	}
	if s.state == inTrailer {
		s.state = inHead
	} else {
		s.state = inChunkSize
	}
	return 2, ""
}

func (s *scan) chunkSize(b []byte) (int, string) {
	size := int64(0)
	for i, c := range b {
		if c == '\r' && i > 0 {
			if i+1 == len(b) {
				return 0, ""
			}
			if b[i+1] != '\n' {
				return 0, chunkRefused
			}
			s.left, s.state = size, inChunk
			if size == 0 {
				s.state = inTrailer
			}
			return i + 2, ""
		}
		d, ok := hexDigit(c)
		if !ok || i >= 8 {
			return 0, chunkRefused
		}
		size = size<<4 | int64(d)
	}
	return 0, ""
}

var tokenByte = func() (t [256]bool) {
	for c := '0'; c <= 'z'; c++ {
		t[c] = c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a'
	}
	for _, c := range "!#$%&'*+-.^_`|~" {
		t[c] = true
	}
	return t
}()

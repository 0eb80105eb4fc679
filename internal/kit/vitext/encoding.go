package vitext

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"lienthong/internal/kit/fault"
)

// Encoding names how bytes stand for text.
type Encoding string

const (
	UTF8    Encoding = "UTF-8"
	UTF8BOM Encoding = "UTF-8 BOM"
	UTF16LE Encoding = "UTF-16LE"
	UTF16BE Encoding = "UTF-16BE"
	Unknown Encoding = "" // none of those above, often an old Vietnamese code page
)

var boms = []struct {
	bytes []byte
	enc   Encoding
}{{[]byte("\xEF\xBB\xBF"), UTF8BOM}, {[]byte("\xFF\xFE"), UTF16LE}, {[]byte("\xFE\xFF"), UTF16BE}}

func bomOf(b []byte) (Encoding, int) {
	for _, bom := range boms {
		if bytes.HasPrefix(b, bom.bytes) {
			return bom.enc, len(bom.bytes)
		}
	}
	return UTF8, 0
}

// DecodeText reads a whole small text as UTF-8, with or without a byte order mark, or as UTF-16 with one. Anything else
// is refused with the place of the first byte that is not text; nothing is guessed.
func DecodeText(b []byte) (string, Encoding, error) {
	enc, skip := bomOf(b)
	if enc == UTF16LE || enc == UTF16BE {
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(b)
		if err != nil || len(b)%2 != 0 || bytes.ContainsRune(out, utf8.RuneError) {
			return "", enc, fault.New(fault.Invalid, "vitext.utf16_broken").Because(err)
		}
		return string(out), enc, nil
	}
	if at := firstInvalid(b, true); at >= 0 {
		return "", Unknown, notUTF8(int64(at), int64(1+bytes.Count(b[:at], []byte{'\n'})))
	}
	return string(b[skip:]), enc, nil
}

// firstInvalid is the offset of the first byte that is not UTF-8, or -1. Unless b is the end, a sequence cut off by the
// end of b is not yet wrong.
func firstInvalid(b []byte, end bool) int {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			if !end && !utf8.FullRune(b[i:]) {
				return -1
			}
			return i
		}
		i += size
	}
	return -1
}

func notUTF8(offset, line int64) *fault.Fault {
	return fault.New(fault.Invalid, "vitext.not_utf8", line, offset)
}

// ValidUTF8 passes r through without its byte order mark and fails at the first byte that is not UTF-8 with the fault
// vitext.not_utf8 (line, byte offset from 0 in r), or with vitext.utf16 when r begins as UTF-16. All text before the
// wrong byte is passed on first.
func ValidUTF8(r io.Reader) io.Reader { return &utf8Reader{r: r, line: 1} }

type utf8Reader struct {
	r       io.Reader
	started bool
	ready   []byte // checked, not yet passed on; a part of buf
	tail    []byte // the beginning of a sequence whose rest has not come yet
	offset  int64  // of the first byte of tail, or of the next byte read
	line    int64
	err     error
	buf     [32 << 10]byte
}

func (u *utf8Reader) Read(p []byte) (int, error) {
	for len(u.ready) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		if len(p) == 0 {
			return 0, nil
		}
		u.fill()
	}
	n := copy(p, u.ready)
	u.ready = u.ready[n:]
	return n, nil
}

func (u *utf8Reader) fill() {
	have := copy(u.buf[:], u.tail)
	want := 1
	if !u.started {
		want = len(boms[0].bytes)
	}
	n, err := io.ReadAtLeast(u.r, u.buf[have:], want)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	chunk := u.buf[:have+n]
	if !u.started {
		u.started = true
		enc, skip := bomOf(chunk)
		if enc == UTF16LE || enc == UTF16BE {
			u.err = fault.New(fault.Invalid, "vitext.utf16", string(enc))
			return
		}
		chunk, u.offset = chunk[skip:], int64(skip)
	}
	u.check(chunk, err)
}

func (u *utf8Reader) check(chunk []byte, err error) {
	good := len(chunk)
	at := firstInvalid(chunk, err != nil)
	switch {
	case at >= 0:
		good = at
	case err == nil:
		good = completeLen(chunk)
	}
	u.ready = chunk[:good]
	u.tail = chunk[good:]
	u.offset += int64(good)
	u.line += int64(bytes.Count(u.ready, []byte{'\n'}))
	u.err = err
	if at >= 0 && (err == nil || err == io.EOF) {
		u.err = notUTF8(u.offset, u.line)
	}
}

// completeLen is the length of b without a sequence that its end cuts off.
func completeLen(b []byte) int {
	for back := 1; back < utf8.UTFMax && back <= len(b); back++ {
		i := len(b) - back
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return i
			}
			break
		}
	}
	return len(b)
}

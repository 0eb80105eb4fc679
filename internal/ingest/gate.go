package ingest

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lienthong/internal/catalog"
	"lienthong/internal/kit/fault"
)

const (
	headSize    = 64 << 10 // what is searched for stamps before a byte is kept
	maxLineSize = 1 << 20
)

// gate looks at every byte of a file on its way in: stamps, encoding, NUL, lines that never end. A fault of the content
// is kept in refusal while the bytes go on, so that the file is there to be looked at; a stamp stops everything.
type gate struct {
	r       io.Reader
	head    []byte // read and searched, not yet passed on
	started bool
	err     error

	offset  int64
	line    int64 // number of the current line, from 1
	lineLen int64
	tail    []byte // of the chunk before: an unfinished letter, or the beginning of a stamp
	carry   []byte
	limit   int64
	form    gateForm
	legacy  *legacy // the encoding that the sender states, nil for UTF-8
	foreign bool    // a byte that is not UTF-8 was seen
	unicode bool    // letters beyond ASCII were seen in UTF-8
	refusal *fault.Fault
	sample  []byte
	onBytes func(n int64)
}

// gateForm is what can be said of the bytes before they are taken apart.
type gateForm byte

const (
	lineText gateForm = iota // lines of letters
	freeText                 // letters; the reader of the format looks at them itself
	packed                   // no letters yet
)

func newGate(r io.Reader, limit int64, onBytes func(int64)) *gate {
	return &gate{r: r, line: 1, limit: limit, onBytes: onBytes}
}

// written is the chunk in letters that can be searched.
func (g *gate) written(chunk []byte) []byte {
	if g.legacy == nil {
		return chunk
	}
	text, _ := g.legacy.decode(string(chunk)) // what is no letter is told for its row
	return []byte(raised(text))
}

// Read passes the bytes on that have been looked at.
func (g *gate) Read(p []byte) (int, error) {
	if !g.started {
		g.started = true
		if err := g.begin(); err != nil {
			g.err = err
		}
	}
	if g.err != nil && len(g.head) == 0 {
		return 0, g.err
	}
	if len(g.head) > 0 {
		n := copy(p, g.head)
		g.head = g.head[n:]
		return n, nil
	}
	n, err := g.r.Read(p)
	if n > 0 {
		if stop := g.look(p[:n]); stop != nil {
			g.err = stop
			return 0, stop
		}
	}
	if err != nil {
		g.finish(err)
		g.err = err
	}
	return n, err
}

// begin reads and searches the head before anything is passed on (invariant 3).
func (g *gate) begin() error {
	head, err := readHead(g.r)
	g.sample = head
	text := ""
	if g.form != packed {
		text = string(norm.NFC.Bytes(g.written(head)))
	}
	for line := range strings.Lines(text) {
		for _, cell := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",;\t|\"\r\n", r) }) {
			if stamp, found := catalog.SecretStamp(cell); found {
				return stampFault(stamp)
			}
		}
	}
	if stop := g.look(head); stop != nil {
		return stop
	}
	g.head = head
	if err != nil {
		g.finish(err)
	}
	return err
}

// readHead reads up to headSize bytes. Unlike io.ReadFull it tells a file that ends from one that breaks off.
func readHead(r io.Reader) ([]byte, error) {
	head := make([]byte, headSize)
	n := 0
	for n < len(head) {
		m, err := r.Read(head[n:])
		n += m
		if err != nil {
			return head[:n], err
		}
	}
	return head, nil
}

func stampFault(stamp string) *fault.Fault {
	return fault.New(fault.Invalid, "ingest.secret_marking", stamp)
}

func (g *gate) refuse(f *fault.Fault) {
	if g.refusal == nil {
		g.refusal = f
	}
}

// The stamps that are searched in the whole file, composed and decomposed.
var wholeFileStamps = [][]byte{
	[]byte("TỐI MẬT"), []byte("TUYỆT MẬT"), norm.NFD.Bytes([]byte("TỐI MẬT")), norm.NFD.Bytes([]byte("TUYỆT MẬT")),
}

const longestStamp = 32

// stampAnywhere finds the stamps that count wherever they stand.
func stampAnywhere(text []byte) (string, bool) {
	for _, stamp := range wholeFileStamps {
		if bytes.Contains(text, stamp) {
			return norm.NFC.String(string(stamp)), true
		}
	}
	return "", false
}

// look examines one chunk; only a stamp or too many bytes stop the file.
func (g *gate) look(chunk []byte) *fault.Fault {
	if g.form != packed {
		window := append(g.carry, chunk...)
		if stamp, found := stampAnywhere(g.written(window)); found {
			return stampFault(stamp)
		}
		g.carry = append(g.carry[:0:0], window[max(0, len(window)-longestStamp):]...)
	}
	if g.offset+int64(len(chunk)) > g.limit {
		return fault.New(fault.TooLarge, "ingest.too_large", g.limit>>20)
	}
	if g.refusal == nil && g.form == lineText {
		g.lines(chunk)
		g.letters(chunk)
	}
	g.offset += int64(len(chunk))
	if g.onBytes != nil {
		g.onBytes(g.offset)
	}
	return nil
}

// lines finds NUL bytes and lines that are too long.
func (g *gate) lines(chunk []byte) {
	if i := bytes.IndexByte(chunk, 0); i >= 0 {
		if guessEncoding(g.sample) == "UTF-16" {
			g.refuse(fault.New(fault.Invalid, "ingest.not_utf8_guess", g.offset+int64(i), "UTF-16"))
		}
		g.refuse(fault.New(fault.Invalid, "ingest.nul_byte", g.line+int64(bytes.Count(chunk[:i], []byte{'\n'})), g.offset+int64(i)))
	}
	for rest := chunk; ; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			g.lineLen += int64(len(rest))
			break
		}
		if g.lineLen+int64(i) > maxLineSize {
			g.lineLen += int64(i)
			break
		}
		g.line, g.lineLen = g.line+1, 0
		rest = rest[i+1:]
	}
	if g.lineLen > maxLineSize {
		g.refuse(fault.New(fault.Invalid, "ingest.line_too_long", g.line, maxLineSize>>10))
	}
}

// letters finds the first byte that is not UTF-8.
func (g *gate) letters(chunk []byte) {
	if g.foreign { // known already
		return
	}
	text, before := chunk, int64(len(g.tail))
	if before > 0 {
		text = append(g.tail, chunk...)
	}
	g.tail = nil
	if utf8.Valid(text) {
		g.unicode = g.unicode || utf8.RuneCount(text) < len(text)
		return
	}
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			if !utf8.FullRune(text[i:]) {
				g.tail = append([]byte(nil), text[i:]...)
				return
			}
			g.notUTF8(g.offset - before + int64(i))
			return
		}
		i += size
	}
}

func (g *gate) notUTF8(offset int64) {
	if g.foreign = true; g.legacy != nil { // as stated
		return
	}
	if guess := guessEncoding(g.sample); guess != "" {
		g.refuse(fault.New(fault.Invalid, "ingest.not_utf8_guess", offset, guess))
		return
	}
	g.refuse(fault.New(fault.Invalid, "ingest.not_utf8", offset))
}

// finish looks at what the end of the file leaves open.
func (g *gate) finish(err error) {
	if err == io.EOF && len(g.tail) > 0 && g.refusal == nil {
		g.notUTF8(g.offset - int64(len(g.tail)))
	}
	if err == io.EOF && g.legacy != nil && g.unicode && !g.foreign {
		g.refuse(fault.New(fault.Invalid, "ingest.encoding_mismatch", g.legacy.name))
	}
	if err == io.EOF && g.offset == 0 {
		g.refuse(fault.New(fault.Invalid, "ingest.empty"))
	}
}

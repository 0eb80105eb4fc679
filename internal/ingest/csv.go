package ingest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"lienthong/internal/ingest/sheet"
	"lienthong/internal/kit/fault"
)

// record is one record of a file: the line where it begins, and its fields.
type record struct {
	line   int64
	fields []string
	bad    string // code of the rule that its form breaks, else empty
	args   []any  // of bad; the line when empty
	hidden bool
	cells  []sheet.Cell // of a sheet or JSON: what kind each field is
	fixes  []cellFix
}

// csvReader reads records. Its form is RFC 4180 with a delimiter of , ; tab or |, lines ending in LF or CRLF, and a
// quote inside an unquoted field taken as it is.
type csvReader struct {
	r      *bufio.Reader
	delim  byte
	line   int64 // of the next physical line
	bytes  int64
	slab   []string
	bom    bool
	fields int // expected, to size the slab
}

func newCSVReader(r io.Reader) *csvReader {
	return &csvReader{r: bufio.NewReaderSize(r, maxLineSize+2), line: 1}
}

var bom = []byte("\xEF\xBB\xBF")

// header reads the first record and finds the delimiter in it.
func (c *csvReader) header() ([]string, error) {
	if head, err := c.r.Peek(len(bom)); err == nil && bytes.Equal(head, bom) {
		c.bom = true
		_, _ = c.r.Discard(len(bom)) // they are buffered
		c.bytes += int64(len(bom))
	}
	first, err := c.r.Peek(maxLineSize)
	if len(first) == 0 {
		if err == io.EOF {
			return nil, fault.New(fault.Invalid, "ingest.empty")
		}
		return nil, err
	}
	if i := bytes.IndexByte(first, '\n'); i >= 0 {
		first = first[:i]
	}
	c.delim = mostFrequent(first)
	rec, err := c.next()
	if err == io.EOF {
		return nil, fault.New(fault.Invalid, "ingest.empty")
	}
	if err != nil {
		return nil, err
	}
	if rec.bad != "" {
		return nil, fault.New(fault.Invalid, rec.bad, rec.line)
	}
	if len(rec.fields) > maxColumns {
		return nil, fault.New(fault.Invalid, "ingest.too_many_columns", len(rec.fields), maxColumns)
	}
	c.fields = len(rec.fields)
	return rec.fields, nil
}

const maxColumns = 1000

// mostFrequent is the delimiter that stands most often outside quotes; a comma when none does.
func mostFrequent(line []byte) byte {
	counts, quoted := map[byte]int{}, false
	for _, b := range line {
		switch {
		case b == '"':
			quoted = !quoted
		case !quoted && (b == ',' || b == ';' || b == '\t' || b == '|'):
			counts[b]++
		}
	}
	best := byte(',')
	for _, b := range []byte{';', '\t', '|'} {
		if counts[b] > counts[best] {
			best = b
		}
	}
	return best
}

// next reads one record; io.EOF at the end. Lines without a character are skipped.
func (c *csvReader) next() (record, error) {
	for {
		start := c.line
		line, err := c.readLine()
		if err != nil {
			return record{}, err
		}
		if len(line) == 0 {
			continue
		}
		if bytes.IndexByte(line, '"') < 0 {
			return record{line: start, fields: c.split(string(line))}, nil
		}
		return c.quoted(start, line)
	}
}

// readLine reads a physical line without its end. It is valid until the next call.
func (c *csvReader) readLine() ([]byte, error) {
	line, err := c.r.ReadSlice('\n')
	c.bytes += int64(len(line))
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, fault.New(fault.Invalid, "ingest.line_too_long", c.line, maxLineSize>>10)
	case err == io.EOF && len(line) == 0:
		return nil, io.EOF
	case err != nil && err != io.EOF:
		return nil, err
	}
	c.line++
	line = bytes.TrimSuffix(line, []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'}), nil
}

// take gives n strings that belong to the caller; they are cut from one piece to spare allocations.
func (c *csvReader) take(n int) []string {
	if len(c.slab) < n {
		c.slab = make([]string, max(4096, n))
	}
	s := c.slab[:0:n]
	c.slab = c.slab[n:]
	return s
}

func (c *csvReader) split(s string) []string {
	fields := c.take(max(c.fields, 1))
	for {
		i := strings.IndexByte(s, c.delim)
		if i < 0 {
			return append(fields, s)
		}
		fields = append(fields, s[:i])
		s = s[i+1:]
	}
}

// quoted reads a record with quotes, which may go on over several lines.
func (c *csvReader) quoted(start int64, line []byte) (record, error) {
	rec := record{line: start, fields: c.take(max(c.fields, 1))}
	rest := string(line)
	size := len(rest)
	for {
		if !strings.HasPrefix(rest, `"`) {
			i := strings.IndexByte(rest, c.delim)
			if i < 0 {
				rec.fields = append(rec.fields, rest)
				return rec, nil
			}
			rec.fields, rest = append(rec.fields, rest[:i]), rest[i+1:]
			continue
		}
		var field strings.Builder
		rest = rest[1:]
		for {
			i := strings.IndexByte(rest, '"')
			if i < 0 { // the field goes on in the next line
				field.WriteString(rest)
				field.WriteByte('\n')
				more, err := c.readLine()
				if err == io.EOF {
					return record{}, fault.New(fault.Invalid, "ingest.unterminated_quote", start)
				}
				if err != nil {
					return record{}, err
				}
				rest = string(more)
				if size += len(rest) + 1; size > maxLineSize {
					return record{}, fault.New(fault.Invalid, "ingest.line_too_long", start, maxLineSize>>10)
				}
				continue
			}
			field.WriteString(rest[:i])
			rest = rest[i+1:]
			if !strings.HasPrefix(rest, `"`) {
				break
			}
			field.WriteByte('"')
			rest = rest[1:]
		}
		rec.fields = append(rec.fields, field.String())
		switch {
		case rest == "":
			return rec, nil
		case rest[0] == c.delim:
			rest = rest[1:]
		default: // text behind a closing quote: the record is told, the next line is read as usual
			rec.bad = "ingest.quote"
			return rec, nil
		}
	}
}

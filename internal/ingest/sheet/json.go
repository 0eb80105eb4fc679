package sheet

import (
	"bufio"
	"bytes"
	"io"
	"slices"
)

// jsonTable reads records: a list of flat objects, an object with one member "records" that is such a list, or objects
// line after line. The members of the first object are the columns.
type jsonTable struct {
	jsonScanner
	out     *frames
	format  string
	columns map[string]int
	names   []string
	seen    []int64 // number of the record that had the column last
	rows    int64
	row     Row
	extra   map[string]bool // unknown members of the current record
}

// Names that other programs take for something else than a member.
var forbiddenNames = []string{"__proto__", "constructor", "prototype"}

func readJSON(r io.Reader, out *frames) error {
	t := &jsonTable{jsonScanner: jsonScanner{r: bufio.NewReaderSize(r, 64<<10), line: 1}, out: out, format: FormatLines}
	if head, _ := t.r.Peek(3); bytes.Equal(head, []byte("\xEF\xBB\xBF")) {
		_, _ = t.r.Discard(3) // they are buffered
		t.offset, t.bom = 3, true
	}
	b, err := t.space()
	switch {
	case err == io.EOF:
		return refuse(CodeEmpty)
	case err != nil:
		return err
	case b == '[':
		t.format = FormatJSON
		t.take()
		if err := t.list(); err != nil {
			return err
		}
		return t.nothingMore()
	case b == '{':
		return t.object()
	}
	return t.refuse(CodeJSONShape)
}

// object reads a file that begins with an object: a wrapper, or the first of many lines.
func (t *jsonTable) object() error {
	line := t.line
	t.take()
	b, err := t.space()
	if err != nil {
		return t.cut(err)
	}
	if b != '"' { // {} says nothing
		return t.refuse(CodeJSONShape)
	}
	key, err := t.key()
	if err != nil {
		return err
	}
	if b, err = t.space(); err != nil {
		return t.cut(err)
	}
	if key == "records" && b == '[' {
		t.format = FormatJSON
		t.take()
		if err := t.list(); err != nil {
			return err
		}
		if b, err = t.space(); err != nil || b != '}' {
			return t.orCut(err, CodeJSONShape)
		}
		t.take()
		return t.nothingMore()
	}
	return t.lines(line, key)
}

// lines reads objects line after line; the first key of the first one has been read.
func (t *jsonTable) lines(line int64, key string) error {
	for {
		if err := t.members(line, key, key != ""); err != nil {
			return err
		}
		ended := t.line
		b, err := t.space()
		if err == io.EOF {
			return nil
		}
		if err != nil || b != '{' || t.line == ended {
			return t.orCut(err, CodeJSONShape)
		}
		line, key = t.line, ""
		t.take()
	}
}

// list reads the objects of a list behind its bracket.
func (t *jsonTable) list() error {
	for first := true; ; first = false {
		b, err := t.space()
		if err != nil {
			return t.cut(err)
		}
		if b == ']' && first {
			t.take()
			return nil
		}
		if b != '{' {
			return t.refuse(CodeJSONShape)
		}
		t.take()
		if err := t.members(t.rows+1, "", false); err != nil {
			return err
		}
		if b, err = t.space(); err != nil {
			return t.cut(err)
		}
		t.take()
		if b == ']' {
			return nil
		}
		if b != ',' {
			return t.refuse(CodeJSONSyntax)
		}
	}
}

func (t *jsonTable) nothingMore() error {
	if _, err := t.space(); err != io.EOF {
		return t.orCut(err, CodeJSONSyntax)
	}
	if t.rows == 0 {
		return refuse(CodeEmpty)
	}
	return nil
}

// members reads one record behind its brace and sends it. With begun, a key and its colon have been read.
func (t *jsonTable) members(line int64, key string, begun bool) error {
	t.rows++
	t.row = Row{Line: line, Cells: t.row.Cells[:0]}
	for range t.names {
		t.row.Cells = append(t.row.Cells, Cell{})
	}
	clear(t.extra)
	size := 0
	for first := true; ; first = false {
		if !begun {
			b, err := t.space()
			switch {
			case err != nil:
				return t.cut(err)
			case b == '}' && first:
				t.take()
				return t.send()
			case b != '"':
				return t.refuse(CodeJSONSyntax)
			}
			if key, err = t.key(); err != nil {
				return err
			}
		}
		begun = false
		c, err := t.value(key)
		if err != nil {
			return err
		}
		if size += len(c.Text) + 8; size > maxRow {
			return refuse(CodeCellLong, line, maxRow>>10)
		}
		if err := t.put(key, c); err != nil {
			return err
		}
		b, err := t.space()
		if err != nil {
			return t.cut(err)
		}
		t.take()
		if b == '}' {
			return t.send()
		}
		if b != ',' {
			return t.refuse(CodeJSONSyntax)
		}
	}
}

// put keeps the value of a member; each may stand in a record once.
func (t *jsonTable) put(key string, c Cell) error {
	i, known := t.columns[key]
	switch {
	case known && t.seen[i] == t.rows || !known && t.extra[key]:
		return t.refuse(CodeJSONKey) // the name itself may be somebody's data
	case known:
		t.seen[i], t.row.Cells[i] = t.rows, c
		return nil
	case len(t.names)+len(t.extra) >= maxCells:
		return refuse(CodeTooManyColumns, maxCells+1, maxCells)
	case t.rows > 1:
		if t.extra == nil {
			t.extra = map[string]bool{}
		}
		t.extra[key] = true
		return nil
	}
	if t.columns == nil {
		t.columns = map[string]int{}
	}
	t.columns[key] = len(t.names)
	t.names, t.seen, t.row.Cells = append(t.names, key), append(t.seen, t.rows), append(t.row.Cells, c)
	return nil
}

func (t *jsonTable) send() error {
	if t.rows == 1 {
		if len(t.names) == 0 {
			return t.refuse(CodeJSONShape)
		}
		if err := t.out.sendJSON(frameHeader, Header{Format: t.format, Columns: t.names, Line: t.row.Line, BOM: t.bom}); err != nil {
			return err
		}
	}
	for i, name := range t.names {
		if t.seen[i] != t.rows && len(t.row.Missing) < 20 {
			t.row.Missing = append(t.row.Missing, shown(name))
		}
	}
	for name := range t.extra {
		t.row.Unknown = append(t.row.Unknown, shown(name))
	}
	slices.Sort(t.row.Unknown)
	t.row.Unknown = t.row.Unknown[:min(20, len(t.row.Unknown))]
	if t.rows%512 == 0 {
		if err := t.out.read(t.offset); err != nil {
			return err
		}
	}
	return t.out.row(&t.row)
}

// key reads the name of a member and its colon.
func (t *jsonTable) key() (string, error) {
	name, err := t.text(maxColumn)
	if err != nil {
		return "", err
	}
	if slices.Contains(forbiddenNames, name) {
		return "", t.refuse(CodeJSONName, name)
	}
	b, err := t.space()
	if err != nil || b != ':' {
		return "", t.orCut(err, CodeJSONSyntax)
	}
	t.take()
	return name, nil
}

func (t *jsonTable) value(key string) (Cell, error) {
	b, err := t.space()
	if err != nil {
		return Cell{}, t.cut(err)
	}
	switch {
	case b == '"':
		s, err := t.text(maxCell)
		return textCell(s), err
	case b == '-' || b >= '0' && b <= '9':
		s, err := t.number()
		return Cell{Kind: Number, Text: s}, err
	case b == '{' || b == '[':
		return Cell{}, t.refuse(CodeJSONNested)
	}
	word, err := t.word()
	switch {
	case err != nil:
		return Cell{}, err
	case word == "null":
		return Cell{}, nil
	case word == "true" || word == "false":
		return Cell{Kind: Boolean, Text: word}, nil
	}
	return Cell{}, t.refuse(CodeJSONSyntax)
}

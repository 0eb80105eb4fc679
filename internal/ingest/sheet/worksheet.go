package sheet

import "io"

const (
	lastRow    = 1_048_576
	lastColumn = 16_384
)

// table reads the rows of one sheet: the first row with something in it is the header, the others are records.
type table struct {
	w     *workbook
	s     *scanner
	out   *frames
	in    *part
	scan  bool // texts outside the cells are told as well
	first int  // column of the first header cell, from 1
	n     int  // columns of the header
	head  int64
	last  int64 // row read last
	rows  int64
	row   Row
	size  int // bytes of the current row
	value []byte
	shut  bool // the rows have been read
}

func (t *table) read() error {
	for {
		k, err := t.s.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if k != startTag || len(t.s.stack) != 2 {
			continue
		}
		switch string(t.s.name) {
		case "sheetData":
			if t.shut {
				return errXML
			}
			err = t.readRows()
			t.shut = true
		case "mergeCells":
			err = t.readMerges()
		case "headerFooter":
			err = t.readPageTexts()
		}
		if err != nil {
			return err
		}
	}
	if t.n == 0 {
		return refuse(CodeEmpty)
	}
	return nil
}

// leave reads up to the end of the tag that was just opened.
func (t *table) leave() error {
	for depth := len(t.s.stack); len(t.s.stack) >= depth; {
		if _, err := t.s.next(); err != nil {
			return broken(err)
		}
	}
	return nil
}

func (t *table) readRows() error {
	for {
		k, err := t.s.next()
		switch {
		case err != nil:
			return broken(err)
		case k == endTag: // of sheetData; rows end inside readRow
			return nil
		case k == startTag && string(t.s.name) == "row":
			if err := t.readRow(); err != nil {
				return err
			}
		case k == startTag:
			if err := t.leave(); err != nil {
				return err
			}
		}
	}
}

// readRow reads one row and sends it, unless nothing is in it.
func (t *table) readRow() error {
	line := t.last + 1
	t.row = Row{Cells: t.row.Cells[:0]}
	t.size = 0
	for {
		name, value, ok, err := t.s.attr()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		switch string(name) {
		case "r":
			n, good := count(value, lastRow)
			if !good {
				return refuse(CodeReference, shown("row "+string(value)))
			}
			line = int64(n)
		case "hidden":
			t.row.Hidden = truth(string(value))
		}
	}
	if line <= t.last || line > lastRow { // rows stand in their order, each once
		return refuse(CodeReference, line)
	}
	t.last, t.row.Line = line, line
	for column := 0; ; {
		k, err := t.s.next()
		switch {
		case err != nil:
			return broken(err)
		case k == endTag:
			return t.sendRow()
		case k == startTag && string(t.s.name) == "c":
			if column, err = t.readCell(column); err != nil {
				return err
			}
		case k == startTag:
			if err := t.leave(); err != nil {
				return err
			}
		}
	}
}

// count reads a number from 1 to most.
func count(b []byte, most int) (int, bool) {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n = n*10 + int(c-'0'); n > most {
			return 0, false
		}
	}
	return n, n > 0
}

// reference reads A1.
func reference(ref []byte) (column, row int, ok bool) {
	i := 0
	for ; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		if column = column*26 + int(ref[i]-'A') + 1; column > lastColumn {
			return 0, 0, false
		}
	}
	row, ok = count(ref[i:], lastRow)
	return column, row, ok && column > 0
}

// readCell reads the cell behind the given column and gives its own.
func (t *table) readCell(before int) (int, error) {
	column, style, kind := before+1, 0, byte('n')
	for {
		name, value, ok, err := t.s.attr()
		if err != nil {
			return 0, err
		}
		if !ok {
			break
		}
		switch string(name) {
		case "r":
			c, row, good := reference(value)
			if !good || int64(row) != t.row.Line {
				return 0, refuse(CodeReference, shown(string(value)))
			}
			column = c
		case "s":
			style, _ = count(value, maxStyles) // style 0 is General
		case "t":
			kind = cellType(value)
		}
	}
	if column <= before || column > lastColumn {
		return 0, refuse(CodeReference, t.row.Line)
	}
	c, err := t.content(kind, style)
	if err != nil {
		return 0, err
	}
	return column, t.place(column, c)
}

// place puts a cell where its column stands in the header.
func (t *table) place(column int, c Cell) error {
	if c.Kind == Empty && c.Flags&Uncached == 0 {
		return nil
	}
	if t.size += len(c.Text) + 8; t.size > maxRow {
		return refuse(CodeCellLong, t.row.Line, maxRow>>10)
	}
	if t.n == 0 { // the header: its first cell sets where the table begins
		if len(t.row.Cells) == 0 {
			t.first = column
		}
		return t.extend(column-t.first, c)
	}
	at := column - t.first
	if at < 0 || at >= t.n { // beside the table: the row has too many columns
		at = max(t.n, len(t.row.Cells))
	}
	if at > t.n {
		return nil // one cell too many says it
	}
	return t.extend(at, c)
}

func (t *table) extend(at int, c Cell) error {
	if at >= maxCells {
		return refuse(CodeTooManyColumns, at+1, maxCells)
	}
	for len(t.row.Cells) <= at {
		t.row.Cells = append(t.row.Cells, Cell{})
	}
	t.row.Cells[at] = c
	return nil
}

// sendRow passes the row on, the first as the header.
func (t *table) sendRow() error {
	switch {
	case len(t.row.Cells) == 0:
		return nil
	case t.n == 0:
		return t.sendHeader()
	}
	for len(t.row.Cells) < t.n {
		t.row.Cells = append(t.row.Cells, Cell{})
	}
	if t.rows++; t.rows%512 == 0 {
		if err := t.out.read(t.in.packed.n); err != nil {
			return err
		}
	}
	return t.out.row(&t.row)
}

func (t *table) sendHeader() error {
	t.n, t.head = len(t.row.Cells), t.row.Line
	h := Header{Format: FormatXLSX, Line: t.head, Sheet: shown(t.w.sheet.name), From1904: t.w.from1904}
	for _, s := range t.w.skipped {
		h.Skipped = append(h.Skipped, shown(s))
	}
	for _, c := range t.row.Cells {
		if len(c.Text) > maxColumn {
			return refuse(CodeCellLong, t.head, maxColumn>>10)
		}
		h.Columns = append(h.Columns, c.Text)
	}
	return t.out.sendJSON(frameHeader, h)
}

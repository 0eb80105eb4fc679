package sheet

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Kind is what a cell holds.
type Kind byte

const (
	Empty   Kind = iota
	Text         // as written
	Number       // as written, without an exponent when it comes from a spreadsheet
	Date         // yyyy-MM-dd, yyyy-MM-ddThh:mm:ss or hh:mm:ss
	Boolean      // true or false
	Error        // #N/A and the like
)

// Flag tells what was peculiar about a cell.
type Flag byte

const (
	Formula   Flag = 1 << iota // the value is what the spreadsheet last computed
	Uncached                   // a formula without a value
	Rounded                    // a fraction cut to the 15 digits that a spreadsheet shows
	Imprecise                  // a whole number beyond 2^53, which has lost digits
	NoDate                     // a number shown as a date that is none
)

// Cell is one value.
type Cell struct {
	Kind  Kind
	Flags Flag
	Text  string
}

// Row is one record of the table. Cells stand in the order of the header's columns.
type Row struct {
	Line    int64 // row of the sheet; line of JSON Lines; number of the record in a JSON list
	Hidden  bool
	Missing []string // members that a JSON record lacks
	Unknown []string // members that the first one did not have
	Cells   []Cell
}

// Header is what is known before the first row.
type Header struct {
	Format   string   `json:"format"` // xlsx, json, jsonl
	Columns  []string `json:"columns"`
	Line     int64    `json:"line"`
	Sheet    string   `json:"sheet,omitempty"`
	Skipped  []string `json:"skipped,omitempty"`   // other sheets
	From1904 bool     `json:"from_1904,omitempty"` // day numbers count from 1904
	BOM      bool     `json:"bom,omitempty"`
}

const (
	FormatXLSX  = "xlsx"
	FormatJSON  = "json"
	FormatLines = "jsonl"
)

// Frames are a length of four bytes, a letter and what belongs to it.
const (
	frameHello  = 'L' // says that the child is one of ours
	frameHeader = 'H'
	frameRow    = 'R'
	frameHead   = 'T' // a text that stands out: name, property, page head
	frameBody   = 'B' // any other text
	frameRead   = 'P' // bytes of the file read so far
	frameEnd    = 'E'
	frameRefuse = 'F'
)

const (
	hello     = "lienthong sheet 1"
	maxRow    = 1 << 20 // bytes of the cells of one row
	maxFrame  = maxRow + 64<<10
	maxCells  = 1000
	maxCell   = 128 << 10 // a spreadsheet has at most 32,767 characters
	maxShown  = 4 << 10   // of a text that stands out
	maxColumn = 1 << 10   // bytes of a column's name
)

// frames writes frames.
type frames struct {
	w   *bufio.Writer
	buf []byte
}

func (f *frames) send(letter byte, body []byte) error {
	var head [5]byte
	binary.BigEndian.PutUint32(head[:], uint32(len(body)+1))
	head[4] = letter
	if _, err := f.w.Write(head[:]); err != nil {
		return err
	}
	_, err := f.w.Write(body)
	return err
}

func (f *frames) sendJSON(letter byte, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return f.send(letter, body)
}

func (f *frames) row(r *Row) error {
	b := binary.AppendUvarint(f.buf[:0], uint64(r.Line))
	flags := byte(0)
	if r.Hidden {
		flags |= 1
	}
	if len(r.Missing)+len(r.Unknown) > 0 {
		flags |= 2
	}
	b = append(b, flags)
	if flags&2 != 0 {
		members, err := json.Marshal([2][]string{r.Missing, r.Unknown})
		if err != nil {
			return err
		}
		b = append(binary.AppendUvarint(b, uint64(len(members))), members...)
	}
	b = binary.AppendUvarint(b, uint64(len(r.Cells)))
	for i := range r.Cells {
		c := &r.Cells[i]
		b = append(b, byte(c.Kind), byte(c.Flags))
		b = append(binary.AppendUvarint(b, uint64(len(c.Text))), c.Text...)
	}
	f.buf = b
	if len(b) > maxFrame-1 {
		return refuse(CodeCellLong, r.Line, maxRow>>10)
	}
	return f.send(frameRow, b)
}

var errWire = errors.New("the reader of sheets speaks another language")

// readFrame reads one frame into buf, which grows as needed up to the limit.
func readFrame(r io.Reader, buf *[]byte) (byte, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := int(binary.BigEndian.Uint32(head[:])) - 1
	if n < 0 || n > maxFrame { // invariant 2
		return 0, nil, errWire
	}
	if cap(*buf) < n {
		*buf = make([]byte, max(n, 4<<10))
	}
	body := (*buf)[:n]
	if _, err := io.ReadFull(r, body); err != nil {
		return 0, nil, fmt.Errorf("%w: %w", errWire, err)
	}
	return head[4], body, nil
}

// readRow takes a row apart. Its texts are cut from one piece.
func readRow(body []byte) (Row, error) {
	d := decoder{text: string(body)}
	r := Row{Line: int64(d.number())}
	flags := d.byte()
	r.Hidden = flags&1 != 0
	if flags&2 != 0 {
		var members [2][]string
		if err := json.Unmarshal([]byte(d.piece()), &members); err != nil {
			return r, errWire
		}
		r.Missing, r.Unknown = members[0], members[1]
	}
	n := d.number()
	if n > maxCells {
		return r, errWire
	}
	r.Cells = make([]Cell, n)
	for i := range r.Cells {
		r.Cells[i] = Cell{Kind(d.byte()), Flag(d.byte()), d.piece()}
	}
	if d.bad || d.text != "" || r.Line < 0 {
		return r, errWire
	}
	return r, nil
}

type decoder struct {
	text string
	bad  bool
}

func (d *decoder) byte() byte {
	if d.text == "" {
		d.bad = true
		return 0
	}
	b := d.text[0]
	d.text = d.text[1:]
	return b
}

func (d *decoder) number() uint64 {
	var n uint64
	for shift := 0; shift < 63; shift += 7 {
		b := d.byte()
		n |= uint64(b&0x7F) << shift
		if b < 0x80 {
			return n
		}
	}
	d.bad = true
	return 0
}

func (d *decoder) piece() string {
	n := d.number()
	if n > uint64(len(d.text)) {
		d.bad, d.text = true, ""
		return ""
	}
	s := d.text[:n]
	d.text = d.text[n:]
	return s
}

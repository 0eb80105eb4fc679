package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// Entry is one record as it lies in a folder.
type Entry struct {
	Seq  int64
	Body []byte // valid until the next call
	Pos  Pos
}

// Pos is where a frame begins.
type Pos struct {
	Segment int64 // first seq of the segment file
	Offset  int64
}

// damage is what a scan found wrong: where, what, and whether it is a write that never finished.
type damage struct {
	file   string
	offset int64
	seq    int64
	what   string
	torn   bool
}

func (d *damage) Error() string {
	return fmt.Sprintf("%s at byte %d (record %d): %s", d.file, d.offset, d.seq, d.what)
}

// scanner walks one segment file frame by frame.
type scanner struct {
	name   string
	file   content
	r      *bufio.Reader
	size   int64
	header segmentHeader

	offset int64 // of the next unread byte
	seq    int64 // of the next record
	left   int   // frames left in the batch
	end    int64 // declared end of the batch
	body   []byte
}

// content is a segment's bytes: a file, or an archive unpacked in memory.
type content interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

// openSegment opens a segment and reads its header. The damage, if any, is in the error.
func openSegment(path, name string, first int64) (*scanner, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open journal segment: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("open journal segment: %w", err)
	}
	return scanSegment(f, info.Size(), name, first)
}

// scanSegment reads the header of a segment's bytes, which it closes when they are none.
func scanSegment(f content, size int64, name string, first int64) (*scanner, error) {
	s := &scanner{name: name, file: f, r: bufio.NewReaderSize(f, 1<<18), size: size, seq: first}
	head := make([]byte, segmentHeaderLen)
	if _, err := io.ReadFull(s.r, head); err != nil {
		_ = f.Close()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, &damage{file: name, seq: first, what: "the segment header is incomplete", torn: true}
		}
		return nil, fmt.Errorf("read journal segment %s: %w", name, err)
	}
	h, ok := parseSegmentHeader(head)
	if !ok {
		_ = f.Close()
		empty := len(bytes.Trim(head, "\x00")) == 0
		return nil, &damage{file: name, seq: first, what: "the segment header is damaged", torn: empty && s.restZero()}
	}
	if h.first != first {
		_ = f.Close()
		return nil, &damage{file: name, seq: first, what: fmt.Sprintf("the header says that it begins at record %d", h.first)}
	}
	s.header, s.offset = h, segmentHeaderLen
	return s, nil
}

func isEOF(err error) bool { return errors.Is(err, io.EOF) }

func (s *scanner) close() { _ = s.file.Close() }

// next reads one record; io.EOF at a clean end between batches, a *damage where the file is not as written.
func (s *scanner) next() (Entry, error) {
	if s.left == 0 {
		if err := s.nextBatch(); err != nil {
			return Entry{}, err
		}
	}
	var head [frameHeaderLen]byte
	at := s.offset
	if err := s.fill(head[:], at); err != nil {
		return Entry{}, err
	}
	length := frameLen(head[:])
	if length > MaxBody || at+frameHeaderLen+length > s.end {
		return Entry{}, s.broken(at, "the record's length is damaged")
	}
	if int64(cap(s.body)) < length {
		s.body = make([]byte, length, length*2)
	}
	s.body = s.body[:length]
	if err := s.fill(s.body, at); err != nil {
		return Entry{}, err
	}
	if frameSum(s.seq, s.body) != frameCRC(head[:]) {
		return Entry{}, s.broken(at, "the record's bytes are not those that were written")
	}
	e := Entry{Seq: s.seq, Body: s.body, Pos: Pos{Segment: s.header.first, Offset: at}}
	s.offset = at + frameHeaderLen + length
	s.seq++
	if s.left--; s.left == 0 && s.offset != s.end {
		return Entry{}, s.broken(at, "the batch holds more bytes than its records")
	}
	return e, nil
}

func (s *scanner) nextBatch() error {
	var head [batchHeaderLen]byte
	n, err := io.ReadFull(s.r, head[:])
	if n == 0 && errors.Is(err, io.EOF) {
		return io.EOF
	}
	if err != nil {
		return s.short(s.offset, err)
	}
	h, ok := parseBatchHeader(head[:])
	if !ok {
		empty := len(bytes.Trim(head[:], "\x00")) == 0
		return &damage{file: s.name, offset: s.offset, seq: s.seq, what: "the batch header is damaged", torn: empty && s.restZero()}
	}
	if h.first != s.seq {
		return &damage{file: s.name, offset: s.offset, seq: s.seq, what: fmt.Sprintf("the batch holds records from %d where %d belongs", h.first, s.seq)}
	}
	s.offset += batchHeaderLen
	s.left, s.end = h.count, s.offset+h.bytes
	return nil
}

func (s *scanner) fill(b []byte, at int64) error {
	if _, err := io.ReadFull(s.r, b); err != nil {
		return s.short(at, err)
	}
	return nil
}

func (s *scanner) short(at int64, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &damage{file: s.name, offset: at, seq: s.seq, what: "the file ends inside a record", torn: true}
	}
	return fmt.Errorf("read journal segment %s: %w", s.name, err)
}

// broken judges a frame whose bytes are wrong: torn only in the last batch, and only where blocks were never written.
func (s *scanner) broken(at int64, what string) error {
	d := &damage{file: s.name, offset: at, seq: s.seq, what: what}
	switch {
	case s.size < s.end:
		d.torn = true
	case s.size == s.end:
		d.torn = s.hole(at, s.end)
	}
	return d
}

const block = 4096

// hole reports a whole zero block between from and to: what a file system shows where data never reached the disk.
func (s *scanner) hole(from, to int64) bool {
	zero := make([]byte, block)
	buf := make([]byte, block)
	for at := (from + block - 1) / block * block; at < to; at += block {
		n, _ := s.file.ReadAt(buf[:min(block, to-at)], at)
		if n >= 512 && bytes.Equal(buf[:n], zero[:n]) && (n == block || at+int64(n) == s.size) {
			return true
		}
	}
	return false
}

// restZero reports that nothing but zeros follows.
func (s *scanner) restZero() bool {
	buf := make([]byte, block)
	for at := s.offset; at < s.size; at += block {
		n, _ := s.file.ReadAt(buf, at)
		if len(bytes.Trim(buf[:n], "\x00")) > 0 {
			return false
		}
	}
	return true
}

package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
)

// Reader follows the records of a folder in order, also while they are being written.
type Reader struct {
	dir     string
	segment *scanner
	next    int64
}

// newReader begins at record from.
func newReader(dir string, from int64) (*Reader, error) {
	r := &Reader{dir: dir, next: from}
	firsts, err := parts(dir)
	if err != nil {
		return nil, err
	}
	i := sort.Search(len(firsts), func(i int) bool { return firsts[i] > from }) - 1
	if i < 0 {
		return nil, fmt.Errorf("the journal folder %s has no record %d", dir, from)
	}
	if r.segment, err = openPart(dir, firsts[i]); err != nil {
		return nil, err
	}
	return r, nil
}

// Next reads the next record, which must be durable: the caller stays below Journal.Size.
func (r *Reader) Next() (Entry, error) {
	for {
		e, err := r.segment.next()
		switch {
		case err == nil && e.Seq < r.next:
			continue
		case err == nil:
			r.next = e.Seq + 1
			return e, nil
		case !errors.Is(err, io.EOF):
			return Entry{}, err
		}
		if err := r.nextSegment(); err != nil {
			return Entry{}, err
		}
	}
}

func (r *Reader) nextSegment() error {
	first := r.segment.seq
	s, err := openPart(r.dir, first)
	if err != nil {
		return fmt.Errorf("read record %d: %w", first, err)
	}
	r.segment.close()
	r.segment = s
	return nil
}

// Close ends reading.
func (r *Reader) Close() { r.segment.close() }

// readFolder gives records from ≤ seq < to.
func readFolder(dir string, from, to int64, each func(Entry) error) error {
	if from >= to {
		return nil
	}
	r, err := newReader(dir, from)
	if err != nil {
		return err
	}
	defer r.Close()
	for seq := from; seq < to; seq++ {
		e, err := r.Next()
		if err != nil {
			return err
		}
		if err := each(e); err != nil {
			return err
		}
	}
	return nil
}

// readAt reads the one record whose frame begins at pos.
func readAt(dir string, pos Pos, seq int64) ([]byte, error) {
	name := segmentName(pos.Segment)
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, fmt.Errorf("read record %d: %w", seq, err)
	}
	defer f.Close()
	var head [frameHeaderLen]byte
	if _, err := f.ReadAt(head[:], pos.Offset); err != nil {
		return nil, fmt.Errorf("read record %d from %s: %w", seq, name, err)
	}
	length := frameLen(head[:])
	if length > MaxBody {
		return nil, fmt.Errorf("read record %d: %w", seq, &damage{file: name, offset: pos.Offset, seq: seq, what: "the record's length is damaged"})
	}
	body := make([]byte, length)
	if _, err := f.ReadAt(body, pos.Offset+frameHeaderLen); err != nil {
		return nil, fmt.Errorf("read record %d from %s: %w", seq, name, err)
	}
	if frameSum(seq, body) != frameCRC(head[:]) {
		return nil, fmt.Errorf("read record %d: %w", seq, &damage{file: name, offset: pos.Offset, seq: seq, what: "the record's bytes are not those that were written"})
	}
	return body, nil
}

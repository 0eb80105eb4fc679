package audit

import (
	"fmt"

	"lienthong/internal/audit/journal"
)

// Forward reads the log from a place on, oldest first, for work that goes behind it: what follows from a record can wait
// for that work, and whoever keeps Place with the result does it exactly once. One goroutine may use it.
type Forward struct {
	logs   *journal.Journal
	reader *journal.Reader
	at     int64
}

// Forward begins at the record with that sequence number, or at the first that can still be read.
func (l *Log) Forward(from int64) *Forward {
	return &Forward{logs: l.journal, at: max(from, l.journal.FirstReadable(), 0)}
}

// Origin names this log; each node of a platform has one of its own.
func (l *Log) Origin() string { return l.opts.Journal.Origin }

// Place is the sequence number of the record that comes next.
func (f *Forward) Place() int64 { return f.at }

// Next gives up to `most` records that are durable by now; none when there is nothing new.
func (f *Forward) Next(most int) ([]*Record, error) {
	var out []*Record
	for end := f.logs.Size(); f.at < end && len(out) < most; {
		if f.reader == nil {
			r, err := f.logs.Reader(f.at)
			if err != nil {
				return out, fmt.Errorf("open the log at record %d: %w", f.at, err)
			}
			f.reader = r
		}
		e, err := f.reader.Next()
		if err != nil {
			f.Close()
			return out, fmt.Errorf("read record %d: %w", f.at, err)
		}
		r, err := Decode(e.Body)
		if err != nil {
			return out, fmt.Errorf("read record %d: %w", e.Seq, err)
		}
		r.Seq, f.at = e.Seq, e.Seq+1
		out = append(out, r)
	}
	return out, nil
}

// Close ends reading; the next call of Next goes on at Place.
func (f *Forward) Close() {
	if f.reader != nil {
		f.reader.Close()
		f.reader = nil
	}
}

package invariant

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
)

// Record is one record of the log and where it begins.
type Record struct {
	*audit.Record
	Segment, Offset int64
}

// Evidence is the access log as it was read from its files.
type Evidence struct {
	From     int64 // number of the first record that was kept
	Records  []Record
	Findings []string // what the verifier says was changed
	Sizes    []int64  // how many records were there at earlier readings, the oldest first
}

// Size is how many records the log has.
func (e Evidence) Size() int64 { return e.From + int64(len(e.Records)) }

// ReadEvidence verifies a whole log folder under the public key, against the checkpoints that were kept from earlier
// readings, and keeps its records from the given one on.
func ReadEvidence(dir, key string, kept [][]byte, from int64) (Evidence, error) {
	e := Evidence{From: from}
	report, err := audit.Verify(dir, key, journal.VerifyOptions{Kept: kept, Live: true, Each: func(entry journal.Entry) error {
		if entry.Seq < from {
			return nil
		}
		r, err := audit.Decode(entry.Body)
		if err != nil {
			return err
		}
		r.Seq = entry.Seq
		e.Records = append(e.Records, Record{r, entry.Pos.Segment, entry.Pos.Offset})
		return nil
	}})
	if err != nil {
		return e, fmt.Errorf("read the evidence: %w", err)
	}
	if report.Records < from {
		e.From, e.Findings = report.Records, append(e.Findings, fmt.Sprintf("the log has %d records and had %d", report.Records, from))
	}
	for _, f := range report.Findings {
		e.Findings = append(e.Findings, f.String())
	}
	return e, nil
}

// ReadMark says how far the files of a log reach now. It looks only at names and lengths, so that it can be asked at
// every call.
func ReadMark(dir string) (Mark, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return Mark{}, fmt.Errorf("read the log folder: %w", err)
	}
	m := Mark{Segment: -1}
	newest := ""
	for _, e := range entries {
		digits, isSegment := strings.CutPrefix(e.Name(), "segment-")
		if digits, isSegment = strings.CutSuffix(digits, ".log"); !isSegment {
			continue
		}
		first, err := strconv.ParseInt(digits, 10, 64)
		if err == nil && first > m.Segment {
			m.Segment, newest = first, e.Name()
		}
	}
	if newest == "" {
		return Mark{}, fmt.Errorf("the folder %s holds no log", dir)
	}
	info, err := os.Stat(filepath.Join(dir, newest))
	if err != nil {
		return Mark{}, fmt.Errorf("read the log folder: %w", err)
	}
	m.Length = info.Size()
	return m, nil
}

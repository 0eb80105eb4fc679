package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lienthong/internal/audit/merkle"
)

// VerifyOptions say against what, besides the folder's own signed checkpoint, a folder is checked.
type VerifyOptions struct {
	// Kept are signed checkpoints that somebody kept elsewhere: a roll-back to an older state shows against them.
	Kept [][]byte
	// Witnesses are keys of those who cosigned checkpoints: with them cosignatures are checked too.
	Witnesses []merkle.Cosigner
	// Elsewhere accepts that archived records lie elsewhere: their archives are verified by themselves.
	Elsewhere bool
	// Live accepts records behind the newest checkpoint, as a folder has them while it is being written or after a
	// crash. They are counted as Unsigned and only checked for damage.
	Live bool
	// Each, when set, sees every record that is whole, for further checks and exports.
	Each func(Entry) error
}

// Finding is one thing that is not as it was written.
type Finding struct {
	Seq    int64 // record concerned, -1 when the file holds none
	File   string
	Offset int64 // where in the file, -1 when it is about the whole file
	What   string
}

func (f Finding) String() string {
	switch {
	case f.Seq >= 0 && f.Offset >= 0:
		return fmt.Sprintf("record %d, %s at byte %d: %s", f.Seq, f.File, f.Offset, f.What)
	case f.Seq >= 0:
		return fmt.Sprintf("record %d, %s: %s", f.Seq, f.File, f.What)
	case f.Offset >= 0:
		return fmt.Sprintf("%s at byte %d: %s", f.File, f.Offset, f.What)
	}
	return fmt.Sprintf("%s: %s", f.File, f.What)
}

// Report is the result of a verification.
type Report struct {
	Records    int64 // that are whole and in order
	Signed     int64 // covered by the newest checkpoint of folder and kept ones
	Unsigned   int64 // behind it
	Archived   int64 // of Records, read from archives
	Purged     int64 // removed from archives at the end of their time; only their hashes are checked
	Elsewhere  int64 // in archives that the reader said lie elsewhere; only their hashes are checked
	Root       merkle.Hash
	Notes      int                  // signed checkpoints that were checked
	Findings   []Finding            // the first bad record first; empty means that nothing was changed
	Consistent bool                 // the records give the root of every signed checkpoint
	Cosigned   []merkle.Cosignature // of the given witnesses, under the newest cosigned checkpoint in the folder
}

// OK reports that nothing was changed.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// First is the first bad place.
func (r Report) First() (Finding, bool) {
	if r.OK() {
		return Finding{}, false
	}
	return r.Findings[0], true
}

// maxFindings: one changed file can make every later record wrong. The first tells where to look.
const maxFindings = 100

// Verify checks a journal folder, or an export of it, with the public key alone. The error is about what could not be
// read; what was changed is in the report.
func Verify(dir, verifierKey string, opts VerifyOptions) (Report, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return Report{}, fmt.Errorf("verify journal: %s is not a folder that can be read", dir)
	}
	v := &verifier{dir: dir, key: verifierKey, opts: opts}
	if err := v.readNotes(); err != nil {
		return Report{}, err
	}
	v.checkKeyBeside()
	if err := v.openHashes(); err != nil {
		return Report{}, err
	}
	defer v.stored.close()
	if err := v.readRecords(); err != nil {
		return Report{}, err
	}
	v.judge()
	return v.report, nil
}

// mark is a signed checkpoint to be met on the way.
type mark struct {
	merkle.Checkpoint
	file string
	kept bool // kept elsewhere: whoever has the log's key cannot have replaced it
}

type verifier struct {
	dir, key string
	opts     VerifyOptions
	report   Report

	marks  []mark // by size
	newest int64  // size of the largest

	stored  hashFileReader
	records merkle.Tree // over the records as they are
	leaves  merkle.Tree // over the leaf hashes in the hash file
	// at each mark, whether records and stored leaves give its root
	recordsOK, leavesOK []bool

	structural *Finding // first place where the files are not whole: nothing behind it can be read in order
	mismatch   *Finding // first record that is not the one whose leaf hash is stored
	wrongHash  *Finding // first stored hash that does not follow from the stored leaves
	partial    int64    // bytes behind the whole records that look like an unfinished write
}

func (v *verifier) found(f Finding) {
	if len(v.report.Findings) < maxFindings {
		v.report.Findings = append(v.report.Findings, f)
	}
}

// readRecords walks archives and segments in order, growing both trees and checking each mark on the way.
func (v *verifier) readRecords() error {
	firsts, err := segments(v.dir)
	if err != nil {
		return err
	}
	v.passMarks()
	base := int64(0)
	if len(firsts) > 0 {
		base = firsts[0]
	}
	last, err := v.readArchives(base)
	if err != nil {
		return err
	}
	previous, before := last.bytes, last.First
	for i, first := range firsts {
		if v.structural != nil {
			break
		}
		if first != v.records.Size() {
			v.stopAt(Finding{Seq: v.records.Size(), File: segmentName(v.records.Size()), Offset: -1, What: "the file is missing"})
			break
		}
		size, err := v.readSegment(segmentHeader{first: first, before: before, previous: previous}, i == len(firsts)-1)
		if err != nil {
			return err
		}
		previous, before = size, first
	}
	v.report.Records, v.report.Root = v.records.Size()-v.report.Purged-v.report.Elsewhere, v.records.Root()
	return v.drainLeaves()
}

func (v *verifier) stopAt(f Finding) {
	if v.structural == nil {
		v.structural = &f
	}
}

func (v *verifier) readSegment(want segmentHeader, last bool) (int64, error) {
	name := segmentName(want.first)
	s, err := openSegment(filepath.Join(v.dir, name), name, want.first)
	var d *damage
	if errors.As(err, &d) {
		v.stopAtDamage(d, last)
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return v.readScanned(s, want, last)
}

// readScanned reads a segment's records one after the other and gives the segment's length.
func (v *verifier) readScanned(s *scanner, want segmentHeader, last bool) (int64, error) {
	defer s.close()
	var d *damage
	name := s.name
	if s.header != want {
		v.stopAt(Finding{Seq: want.first, File: name, Offset: 0, What: fmt.Sprintf("the file before it has %d bytes and had %d when it was left", want.previous, s.header.previous)})
		return 0, nil
	}
	for {
		e, err := s.next()
		switch {
		case isEOF(err):
			return s.size, nil
		case errors.As(err, &d):
			v.stopAtDamage(d, last)
			return 0, nil
		case err != nil:
			return 0, err
		}
		if err := v.take(e, name); err != nil {
			return 0, err
		}
	}
}

// stopAtDamage: an unfinished write at the very end is no change when unsigned records are accepted.
func (v *verifier) stopAtDamage(d *damage, last bool) {
	if d.torn && last && v.opts.Live {
		v.partial++
		return
	}
	v.stopAt(Finding{Seq: d.seq, File: d.file, Offset: d.offset, What: d.what})
}

func (v *verifier) take(e Entry, name string) error {
	leaf := merkle.LeafHash(e.Body)
	seq := v.records.Size()
	v.records.Add(leaf, nil)
	want, ok, err := v.nextLeaf()
	if err != nil {
		return err
	}
	if ok && want != leaf && v.mismatch == nil {
		v.mismatch = &Finding{Seq: seq, File: name, Offset: e.Pos.Offset, What: "the record is not the one that was written"}
	}
	v.passMarks()
	if v.opts.Each != nil {
		return v.opts.Each(e)
	}
	return nil
}

// passMarks compares the roots at the checkpoints that both trees have just reached.
func (v *verifier) passMarks() {
	for i, m := range v.marks {
		if m.Size == v.records.Size() && v.records.Root() == m.Root {
			v.recordsOK[i] = true
		}
		if m.Size == v.leaves.Size() && v.leaves.Root() == m.Root {
			v.leavesOK[i] = true
		}
	}
}

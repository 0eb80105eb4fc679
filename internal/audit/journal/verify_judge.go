package journal

import (
	"fmt"

	"lienthong/internal/audit/merkle"
)

// judge turns what was seen into findings, the first bad record first.
//
// Records, stored leaf hashes and checkpoints are three accounts of the same journal, of which only the checkpoints
// cannot be forged. Where the stored leaves give the signed root they are the true ones, and the first record that
// differs from them is the changed one. Where they do not, the last checkpoint that the records still meet bounds the
// place from below.
func (v *verifier) judge() {
	other := v.report.Findings // about the checkpoint files
	v.report.Findings = nil
	v.report.Consistent = true
	bad := v.firstBrokenMark()
	v.report.Consistent = bad < 0
	trusted := v.leavesTrusted()

	if bad >= 0 {
		v.found(v.firstBadRecord(bad, trusted))
	}
	if v.structural != nil && (bad < 0 || v.report.Findings[0] != *v.structural) {
		v.found(*v.structural)
	}
	v.judgeTail()
	v.judgeHashes()
	v.report.Findings = append(v.report.Findings, other...)
	if len(v.marks) == 0 && v.report.OK() && v.report.Records > 0 && !v.opts.Live {
		v.found(Finding{Seq: -1, File: checkpointFile, Offset: -1, What: "no signed checkpoint covers these records"})
	}
}

func (v *verifier) firstBrokenMark() int {
	for i := range v.marks {
		if !v.recordsOK[i] {
			return i
		}
	}
	return -1
}

// leavesTrusted: the hash file gives the root of the largest checkpoint.
func (v *verifier) leavesTrusted() bool {
	n := len(v.marks)
	return n > 0 && v.leavesOK[n-1]
}

func (v *verifier) firstBadRecord(bad int, trusted bool) Finding {
	m := v.marks[bad]
	if v.mismatch != nil && trusted && (v.structural == nil || v.mismatch.Seq < v.structural.Seq) {
		return *v.mismatch
	}
	if v.structural != nil && (trusted || v.structural.Seq < m.Size) {
		return *v.structural
	}
	if v.records.Size() < m.Size {
		return Finding{Seq: v.records.Size(), File: "the journal", Offset: -1,
			What: fmt.Sprintf("the journal ends here, and the signed %s counts %d records", m.file, m.Size)}
	}
	from := v.agreedBefore(bad)
	if v.mismatch != nil && v.mismatch.Seq >= from && v.mismatch.Seq < m.Size {
		return *v.mismatch
	}
	what := fmt.Sprintf("records %d to %d are not those of the signed %s; the stored hashes were changed as well, so the record cannot be named more closely", from, m.Size-1, m.file)
	if v.signedAgain() {
		what = fmt.Sprintf("from a record between %d and %d on this is another history than the one of the signed %s, and it is signed with the log's key: the key was used to sign twice", from, m.Size-1, m.file)
	}
	return Finding{Seq: from, File: "the journal", Offset: -1, What: what}
}

// agreedBefore is how many records are certainly those of the marks before the broken one.
func (v *verifier) agreedBefore(bad int) int64 {
	again := v.signedAgain()
	for i := bad - 1; i >= 0; i-- {
		if v.marks[i].kept || !again {
			return v.marks[i].Size
		}
	}
	return 0
}

// signedAgain reports that the folder agrees with all its own checkpoints and not with those kept elsewhere: then its
// own ones prove nothing about where the histories part.
func (v *verifier) signedAgain() bool {
	for i, m := range v.marks {
		if !m.kept && !v.recordsOK[i] {
			return false
		}
	}
	return true
}

// judgeTail looks at what lies behind the newest checkpoint.
func (v *verifier) judgeTail() {
	v.report.Unsigned = max(0, v.records.Size()-v.newest)
	if v.opts.Live || len(v.marks) == 0 || v.structural != nil || v.report.Unsigned == 0 {
		return
	}
	v.found(Finding{Seq: v.newest, File: "the journal", Offset: -1,
		What: fmt.Sprintf("%d records from here on are behind the newest signed checkpoint", v.report.Unsigned)})
}

// judgeHashes reports a changed hash file even where the records are good: proofs would be wrong.
func (v *verifier) judgeHashes() {
	if v.wrongHash != nil {
		v.found(*v.wrongHash)
		return
	}
	if v.newest == 0 {
		return
	}
	need := merkle.StoredCount(v.newest) * merkle.HashLen
	most := max(need, merkle.StoredCount(v.records.Size())*merkle.HashLen)
	switch {
	case v.leaves.Size() < v.newest || v.stored.size < need:
		v.found(Finding{Seq: -1, File: hashFile, Offset: -1, What: "stored hashes are missing; they are made again from the records when the log starts"})
	case !v.leavesTrusted():
		v.found(Finding{Seq: -1, File: hashFile, Offset: -1, What: "the stored leaf hashes are not those of the signed checkpoint"})
	case v.stored.size > most && !v.opts.Live:
		v.found(Finding{Seq: -1, File: hashFile, Offset: most, What: "the file goes on behind the hashes of the records"})
	case v.stored.size > need && v.structural == nil && v.mismatch != nil && v.mismatch.Seq >= v.newest:
		v.found(*v.mismatch)
	}
}

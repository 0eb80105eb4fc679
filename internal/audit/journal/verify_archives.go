package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// readArchives walks what has left the journal, up to where its segments begin, and gives the last archive. Records that
// are not here stand in the tree with their stored leaf hashes, which the checkpoints judge.
func (v *verifier) readArchives(base int64) (Archive, error) {
	all, broken, err := chain(v.dir, v.key)
	if err != nil {
		return Archive{}, err
	}
	list, whole := before(all, base)
	if !whole {
		list = all
	}
	var last Archive
	for _, a := range list {
		if err := v.readArchive(a); err != nil || v.structural != nil {
			return a, err
		}
		last = a
	}
	if !whole {
		f := Finding{Seq: v.records.Size(), File: segmentName(v.records.Size()), Offset: -1, What: "the file is missing"}
		if broken != nil {
			f = Finding{Seq: v.records.Size(), File: broken.file, Offset: -1, What: broken.what}
		}
		v.stopAt(f)
	}
	return last, nil
}

func (v *verifier) readArchive(a Archive) error {
	file := filepath.Join(archiveFolder, archiveName(a.First), packedFile)
	s, err := openPacked(a.Dir, a.First)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return v.readAbsent(a, file)
	case err != nil:
		var d *damage
		if !errors.As(err, &d) {
			return err
		}
		v.stopAt(Finding{Seq: a.First, File: file, Offset: -1, What: d.what})
		return nil
	}
	want := a.header
	want.first = a.First
	if _, err := v.readScanned(s, want, false); err != nil || v.structural != nil {
		return err
	}
	if v.records.Size() != a.End {
		v.stopAt(Finding{Seq: v.records.Size(), File: file, Offset: -1, What: fmt.Sprintf("the archive ends here, and its manifest counts records to %d", a.End-1)})
		return nil
	}
	v.report.Archived += a.End - a.First
	return v.checkBeside(a)
}

// checkBeside checks an archive by itself: the files beside its records too.
func (v *verifier) checkBeside(a Archive) error {
	report, err := VerifyArchive(a.Dir, v.key)
	if err != nil {
		return err
	}
	if f, bad := report.First(); bad {
		f.File = filepath.Join(archiveFolder, archiveName(a.First), f.File)
		v.found(f)
	}
	return nil
}

// readAbsent takes the leaf hashes of records that are not here.
func (v *verifier) readAbsent(a Archive, file string) error {
	switch {
	case !a.PurgedAt.IsZero():
		v.report.Purged += a.End - a.First
		if err := v.checkBeside(a); err != nil {
			return err
		}
	case v.opts.Elsewhere:
		v.report.Elsewhere += a.End - a.First
	default:
		v.stopAt(Finding{Seq: a.First, File: file, Offset: -1, What: "the archived records are not here, and no signed note says that they were removed"})
		return nil
	}
	for v.records.Size() < a.End {
		leaf, ok, err := v.nextLeaf()
		if err != nil {
			return err
		}
		if !ok {
			v.stopAt(Finding{Seq: v.records.Size(), File: hashFile, Offset: -1, What: "the stored hashes of records that have left the journal are missing"})
			return nil
		}
		v.records.Add(leaf, nil)
		v.passMarks()
	}
	return nil
}

package journal

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"

	"lienthong/internal/audit/merkle"
)

// Archiving says which records leave and who is told before they do.
type Archiving struct {
	Before time.Time                   // records older than this leave, a whole segment at a time
	At     func(body []byte) time.Time // time of a record
	Tell   func(Archive) error         // told when an archive is on disk, before the segment goes; an error stops
}

// Archive moves old segments of every folder in service into archives. The hashes stay, so that every proof and every
// kept checkpoint still verifies. It is safe beside writing and can be repeated after a crash at any point.
func (j *Journal) Archive(ctx context.Context, o Archiving) ([]Archive, error) {
	j.archiving.Lock()
	defer j.archiving.Unlock()
	var done []Archive
	for _, w := range j.folders {
		if w.retired.Load() {
			continue
		}
		list, err := j.archiveFolder(ctx, w.dir, o)
		done = append(done, list...)
		if err != nil {
			return done, fmt.Errorf("archive old records of %s: %w", w.dir, err)
		}
	}
	j.base.Store(j.firstOnline())
	return done, nil
}

func (j *Journal) archiveFolder(ctx context.Context, dir string, o Archiving) ([]Archive, error) {
	c, signed := j.Checkpoint()
	firsts, err := segments(dir)
	if err != nil || !signed {
		return nil, err
	}
	var done []Archive
	for i := 0; i+1 < len(firsts) && firsts[i+1] <= c.Size; i++ { // the last one is being written
		if err := ctx.Err(); err != nil {
			return done, err
		}
		a, old, err := j.archiveOne(dir, firsts[i], firsts[i+1], o)
		if err != nil || !old {
			return done, err
		}
		if err := o.Tell(a); err != nil {
			return done, err
		}
		if err := os.Remove(filepath.Join(dir, segmentName(a.First))); err != nil {
			return done, err
		}
		if err := syncFolder(dir); err != nil {
			return done, err
		}
		done = append(done, a)
	}
	return done, nil
}

// archiveOne makes the archive of one segment, unless a run before this one made it. It reports whether all its records
// are old enough.
func (j *Journal) archiveOne(dir string, first, end int64, o Archiving) (Archive, bool, error) {
	to := archiveDir(dir, first)
	if a, err := openArchive(to, j.verifierKey); err == nil && a.Here {
		return a, true, nil
	}
	a := Archive{First: first, End: end, ArchivedAt: j.opts.Now()}
	var leaves []byte
	s, err := openSegment(filepath.Join(dir, segmentName(first)), segmentName(first), first)
	if err != nil {
		return a, false, err
	}
	defer s.close()
	a.header, a.bytes = s.header, s.size
	for {
		e, err := s.next()
		if isEOF(err) {
			break
		}
		if err != nil {
			return a, false, err
		}
		at := o.At(e.Body)
		if !at.Before(o.Before) {
			return a, false, nil // seen at the first record of a segment that is young
		}
		if a.From.IsZero() || at.Before(a.From) {
			a.From = at
		}
		if at.After(a.To) {
			a.To = at
		}
		h := merkle.LeafHash(e.Body)
		leaves = append(leaves, h[:]...)
	}
	if int64(len(leaves)) != (end-first)*merkle.HashLen {
		return a, false, fmt.Errorf("segment %d holds %d records, %d were expected", first, len(leaves)/merkle.HashLen, end-first)
	}
	a.leavesSum = sha256.Sum256(leaves)
	if err := j.writeArchive(dir, to, &a, leaves); err != nil {
		return a, false, err
	}
	return a, true, nil
}

// writeArchive fills a folder beside its place, reads it back as a stranger would, and only then gives it its name.
func (j *Journal) writeArchive(dir, to string, a *Archive, leaves []byte) error {
	temp := to + ".tmp"
	if err := os.RemoveAll(temp); err != nil {
		return err
	}
	if err := os.MkdirAll(temp, 0o750); err != nil {
		return err
	}
	content, err := os.ReadFile(filepath.Join(dir, segmentName(a.First)))
	if err != nil {
		return err
	}
	packed, err := pack(content)
	if err != nil {
		return err
	}
	a.sum, a.packed, a.packedSum = sha256.Sum256(content), int64(len(packed)), sha256.Sum256(packed)
	note, c, hashes, err := signedState(dir, j.verifierKey)
	if err != nil {
		return err
	}
	defer hashes.Close()
	if a.span, err = merkle.ProveSpan(c.Size, a.First, a.End, merkle.Stored(hashes)); err != nil {
		return err
	}
	a.root = c.Root
	manifest, err := sign(a.text(j.opts.Origin), j.opts.Origin, j.opts.Signer)
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{packedFile: packed, leavesFile: leaves, checkpointFile: note, manifestFile: manifest} {
		if err := writeWhole(j.opts.disk, temp, name, content); err != nil {
			return err
		}
	}
	report, err := VerifyArchive(temp, j.verifierKey)
	if first, bad := report.First(); bad {
		err = errors.New(first.String())
	}
	if err != nil {
		return fmt.Errorf("the archive does not verify, the segment stays: %w", err)
	}
	if err := os.RemoveAll(to); err != nil { // left by a run that did not finish
		return err
	}
	if err := os.Rename(temp, to); err != nil {
		return err
	}
	a.Dir, a.Here = to, true
	return errors.Join(syncFolder(filepath.Dir(to)), syncFolder(dir))
}

// Purge removes the records of archives made before the given time. Manifest and hashes stay.
func (j *Journal) Purge(before time.Time, tell func(Archive) error) ([]Archive, error) {
	j.archiving.Lock()
	defer j.archiving.Unlock()
	var done []Archive
	for _, w := range j.folders {
		if w.retired.Load() {
			continue
		}
		list, broken, err := chain(w.dir, j.verifierKey)
		if err == nil && broken != nil {
			err = broken
		}
		if err != nil {
			return done, fmt.Errorf("remove archived records of %s: %w", w.dir, err)
		}
		for _, a := range list {
			if !a.Here || !a.ArchivedAt.Before(before) {
				continue
			}
			if err := j.purgeOne(&a, tell); err != nil {
				return done, fmt.Errorf("remove archived records %d to %d: %w", a.First, a.End-1, err)
			}
			done = append(done, a)
		}
	}
	return done, nil
}

func (j *Journal) purgeOne(a *Archive, tell func(Archive) error) error {
	if a.PurgedAt.IsZero() {
		a.PurgedAt = j.opts.Now()
		if err := tell(*a); err != nil {
			return err
		}
		note, err := sign(a.purgeText(j.opts.Origin, a.PurgedAt), j.opts.Origin, j.opts.Signer)
		if err != nil {
			return err
		}
		if err := writeWhole(j.opts.disk, a.Dir, purgedFile, note); err != nil {
			return err
		}
	}
	a.Here = false
	return errors.Join(os.Remove(filepath.Join(a.Dir, packedFile)), syncFolder(a.Dir))
}

// Archives lists what has left the journal, oldest first.
func (j *Journal) Archives() ([]Archive, error) {
	list, broken, err := chain(j.Dir(), j.verifierKey)
	if err == nil && broken != nil {
		err = broken
	}
	return list, err
}

// First is the oldest record that is still online.
func (j *Journal) First() int64 { return j.base.Load() }

// FirstReadable is the oldest record that is online or in an archive here.
func (j *Journal) FirstReadable() int64 {
	first := j.First()
	list, err := j.Archives()
	if err != nil {
		return first
	}
	for i := len(list) - 1; i >= 0 && list[i].Here; i-- {
		first = min(first, list[i].First)
	}
	return first
}

// firstOnline is the largest over the folders, so that what it covers is online wherever it is read.
func (j *Journal) firstOnline() int64 {
	first := int64(0)
	for _, w := range j.folders {
		if list, err := segments(w.dir); err == nil && len(list) > 0 && !w.retired.Load() {
			first = max(first, list[0])
		}
	}
	return first
}

// maxSegment bounds what a damaged archive may unpack to: a segment and the batch that filled it.
const maxSegment = 1 << 30

func pack(content []byte) ([]byte, error) {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true))
	if err != nil {
		return nil, fmt.Errorf("compress archive: %w", err)
	}
	return e.EncodeAll(content, make([]byte, 0, len(content)/4)), e.Close()
}

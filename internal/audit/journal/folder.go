package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"

	"lienthong/internal/audit/merkle"
)

// folder is one place where the journal is kept whole: segments, hashes, checkpoints.
type folder struct {
	dir   string
	disk  disk
	lock  *os.File
	limit int64 // bytes after which a new segment begins

	segment *os.File
	first   int64 // of the open segment
	written int64 // bytes of the open segment
	size    int64 // records
	base    int64 // first record that has not left for an archive

	hashes  *os.File
	pending []byte // hashes not yet written
	history history
	newest  *merkle.Checkpoint // nil before the first
	note    []byte             // the newest checkpoint as signed
	buf     []byte
	retired atomic.Bool // a write failed: never written again by this process
}

// openFolder recovers a folder: the newest segment is read whole, an unfinished write at its end is cut away.
func openFolder(dir string, d disk, limit int64, verifierKey string) (*folder, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make journal folder: %w", err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	w := &folder{dir: dir, disk: d, lock: lock, limit: limit}
	// The checkpoint comes first: what it counts is never taken for an unfinished write.
	if err = w.recoverCheckpoint(verifierKey); err == nil {
		err = w.recover(verifierKey)
	}
	if err == nil {
		err = w.layKey(verifierKey)
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *folder) recover(verifierKey string) error {
	firsts, err := segments(w.dir)
	if err != nil {
		return err
	}
	if err := w.dropUnborn(&firsts); err != nil {
		return err
	}
	if len(firsts) == 0 && w.signed() > 0 {
		return w.refuse(&damage{file: segmentName(0), what: fmt.Sprintf("the file is missing, and the signed checkpoint counts %d records", w.signed())})
	}
	if len(firsts) == 0 {
		return w.startSegment(0)
	}
	if err := w.checkChain(firsts, verifierKey); err != nil {
		return err
	}
	return w.openLast(firsts[len(firsts)-1])
}

// dropUnborn removes a newest segment whose header was never finished: the process ended while making it, and no
// record can have been acknowledged in it.
func (w *folder) dropUnborn(firsts *[]int64) error {
	n := len(*firsts)
	if n == 0 {
		return nil
	}
	first := (*firsts)[n-1]
	s, err := openSegment(w.path(first), segmentName(first), first)
	if err == nil {
		s.close()
		return nil
	}
	var d *damage
	if !errors.As(err, &d) {
		return err
	}
	if !d.torn || first < w.signed() {
		return w.refuse(d)
	}
	if err := os.Remove(w.path(first)); err != nil {
		return fmt.Errorf("remove unfinished segment: %w", err)
	}
	*firsts = (*firsts)[:n-1]
	return syncFolder(w.dir)
}

// archivesBefore gives the last archive before the first segment, which must follow it.
func (w *folder) archivesBefore(base int64, verifierKey string) (Archive, error) {
	all, broken, err := chain(w.dir, verifierKey)
	if err != nil {
		return Archive{}, err
	}
	list, whole := before(all, base)
	switch {
	case !whole && broken != nil:
		return Archive{}, w.refuse(broken)
	case !whole:
		next := int64(0)
		if len(all) > 0 {
			next = all[len(all)-1].End
		}
		return Archive{}, w.refuse(&damage{file: segmentName(next), seq: next, what: "the file is missing"})
	case len(list) == 0:
		return Archive{}, nil
	}
	return list[len(list)-1], nil
}

// checkChain sees at start that no older segment is missing or has another length than when it was left.
func (w *folder) checkChain(firsts []int64, verifierKey string) error {
	last, err := w.archivesBefore(firsts[0], verifierKey)
	if err != nil {
		return err
	}
	w.base = firsts[0]
	before, previous := last.First, last.bytes
	for _, first := range firsts {
		s, err := openSegment(w.path(first), segmentName(first), first)
		if err != nil {
			var d *damage
			if errors.As(err, &d) {
				return w.refuse(d)
			}
			return err
		}
		s.close()
		if s.header.before != before {
			return w.refuse(&damage{file: segmentName(s.header.before), seq: s.header.before, what: "the file is missing"})
		}
		if s.header.previous != previous {
			return w.refuse(&damage{file: segmentName(before), seq: first,
				what: fmt.Sprintf("the file has %d bytes, and had %d when it was left", previous, s.header.previous)})
		}
		before, previous = first, s.size
	}
	return nil
}

func (w *folder) openLast(first int64) error {
	s, err := openSegment(w.path(first), segmentName(first), first)
	if err != nil {
		return err
	}
	defer s.close()
	good, size := s.offset, s.seq
	for {
		if _, err = s.next(); err != nil {
			break
		}
		if s.left == 0 {
			good, size = s.offset, s.seq
		}
	}
	var d *damage
	if errors.As(err, &d) && !d.torn {
		return w.refuse(d)
	} else if d == nil && !isEOF(err) {
		return err
	}
	if size < w.signed() {
		return w.refuse(&damage{file: s.name, offset: good, seq: size,
			what: fmt.Sprintf("the journal ends here, and the signed checkpoint counts %d records", w.signed())})
	}
	return w.continueAt(s, good, size)
}

// signed is how many records the newest checkpoint counts.
func (w *folder) signed() int64 {
	if w.newest == nil {
		return 0
	}
	return w.newest.Size
}

// continueAt opens the newest segment for writing behind its last whole batch. A batch that is not whole was never
// acknowledged, none of it, so all of it is cut away.
func (w *folder) continueAt(s *scanner, good, size int64) error {
	f, err := os.OpenFile(w.path(s.header.first), os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("open journal segment for writing: %w", err)
	}
	w.segment, w.first, w.size, w.written = f, s.header.first, size, good
	if good < s.size {
		if err := f.Truncate(good); err != nil {
			return fmt.Errorf("cut unfinished records: %w", err)
		}
	}
	if _, err := f.Seek(good, 0); err != nil {
		return fmt.Errorf("continue journal segment: %w", err)
	}
	// What a killed process wrote may lie in the page cache only. It counts from here on, so it goes to disk now.
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync journal segment: %w", err)
	}
	return nil
}

func (w *folder) refuse(d *damage) error {
	return fmt.Errorf("the journal folder %s does not open: %w; nothing was changed: keep the folder as it is, run \"lienthong audit verify --dir %s\" to see how far it is damaged, and bring the file back from the second folder or a backup",
		w.dir, d, w.dir)
}

func (w *folder) path(first int64) string { return filepath.Join(w.dir, segmentName(first)) }

// startSegment makes the next segment durable before a record goes into it.
func (w *folder) startSegment(first int64) error {
	f, err := w.disk.open(w.path(first), os.O_RDWR|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return fmt.Errorf("begin journal segment: %w", err)
	}
	err = w.disk.write(f, segmentHeader{first: first, before: w.first, previous: w.written}.bytes())
	if err == nil {
		err = w.disk.sync(f)
	}
	if err == nil {
		err = syncFolder(w.dir)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("begin journal segment: %w", err), f.Close())
	}
	if w.segment != nil {
		_ = w.segment.Close() // synced with its last batch
	}
	w.segment, w.first, w.written = f, first, segmentHeaderLen
	return nil
}

// appendBatch writes records as one batch and syncs it.
func (w *folder) appendBatch(bodies [][]byte) error {
	if w.written >= w.limit {
		if err := w.startSegment(w.size); err != nil {
			return err
		}
	}
	bytes := int64(0)
	for _, b := range bodies {
		bytes += frameHeaderLen + int64(len(b))
	}
	w.buf = batchHeader{count: len(bodies), first: w.size, bytes: bytes}.append(w.buf[:0])
	for i, b := range bodies {
		w.buf = appendFrame(w.buf, w.size+int64(i), b)
	}
	if err := w.disk.write(w.segment, w.buf); err != nil {
		return fmt.Errorf("write %s: %w", segmentName(w.first), err)
	}
	if err := w.disk.sync(w.segment); err != nil {
		return fmt.Errorf("sync %s: %w", segmentName(w.first), err)
	}
	w.written += int64(len(w.buf))
	w.size += int64(len(bodies))
	if cap(w.buf) > 1<<23 {
		w.buf = nil
	}
	return nil
}

func (w *folder) close() {
	for _, f := range []*os.File{w.segment, w.hashes, w.history.file, w.lock} {
		if f != nil {
			_ = f.Close()
		}
	}
}

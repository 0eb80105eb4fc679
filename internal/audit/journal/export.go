package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"lienthong/internal/audit/merkle"
)

// Export copies the journal, up to the newest checkpoint, into an empty folder: a verifiable copy for a backup, another
// agency or a court. Writing goes on meanwhile.
func (j *Journal) Export(ctx context.Context, to string) error {
	if err := j.signed(ctx, j.Size()); err != nil {
		return err
	}
	j.archiving.Lock()
	defer j.archiving.Unlock()
	if err := emptyFolder(to); err != nil {
		return err
	}
	from := j.alive()
	size, err := j.exportNotes(from, to)
	if err != nil || size == 0 {
		return err
	}
	return exportSigned(ctx, from.dir, to, size, j.verifierKey)
}

// exportSigned copies what a checkpoint of size records covers: it does not change any more, so it needs no lock.
func exportSigned(ctx context.Context, dir, to string, size int64, verifierKey string) error {
	if err := copyBytes(dir, to, hashFile, merkle.StoredCount(size)*merkle.HashLen); err != nil {
		return err
	}
	if err := writeWhole(realDisk{}, to, keyFile, []byte(verifierKey+"\n")); err != nil {
		return fmt.Errorf("export journal: %w", err)
	}
	if err := exportCosigned(dir, to, size, verifierKey); err != nil {
		return fmt.Errorf("export journal: %w", err)
	}
	firsts, err := segments(dir)
	if err != nil {
		return err
	}
	if len(firsts) == 0 {
		return fmt.Errorf("export journal: the folder %s holds no segment", dir)
	}
	if err := copyArchives(dir, to, firsts[0]); err != nil {
		return fmt.Errorf("export journal: %w", err)
	}
	for i, first := range firsts {
		if first >= size {
			break
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("export journal: %w", err)
		}
		end := int64(-1)
		if i+1 == len(firsts) || firsts[i+1] > size {
			if end, err = endOf(dir, first, size); err != nil {
				return err
			}
		}
		if err := copyBytes(dir, to, segmentName(first), end); err != nil {
			return err
		}
	}
	return syncFolder(to)
}

// exportNotes copies the checkpoint and the history that it signs, while no other is being signed.
func (j *Journal) exportNotes(from *folder, to string) (int64, error) {
	j.signing.Lock()
	defer j.signing.Unlock()
	if from.newest == nil {
		return 0, nil
	}
	if err := copyBytes(from.dir, to, historyFile, from.newest.HistoryLen); err != nil {
		return 0, err
	}
	if err := copyBytes(from.dir, to, checkpointFile, -1); err != nil {
		return 0, err
	}
	return from.newest.Size, nil
}

// endOf is where the batch ends that holds record size-1: checkpoints always fall between batches.
func endOf(dir string, first, size int64) (int64, error) {
	s, err := openSegment(filepath.Join(dir, segmentName(first)), segmentName(first), first)
	if err != nil {
		return 0, fmt.Errorf("export journal: %w", err)
	}
	defer s.close()
	for s.seq < size {
		if _, err := s.next(); err != nil {
			return 0, fmt.Errorf("export journal: %w", err)
		}
	}
	return s.offset, nil
}

// copyBytes copies the first n bytes of a file, all when n is negative.
func copyBytes(from, to, name string, n int64) error {
	src, err := os.Open(filepath.Join(from, name))
	if err != nil {
		return fmt.Errorf("export journal: %w", err)
	}
	defer src.Close()
	dst, err := os.OpenFile(filepath.Join(to, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return fmt.Errorf("export journal: %w", err)
	}
	var r io.Reader = src
	if n >= 0 {
		r = io.LimitReader(src, n)
	}
	done, err := io.Copy(dst, r)
	if err == nil && n >= 0 && done != n {
		err = fmt.Errorf("%s has %d bytes, %d were expected", name, done, n)
	}
	if err == nil {
		err = dst.Sync()
	}
	if err = errors.Join(err, dst.Close()); err != nil {
		return fmt.Errorf("export journal: %w", err)
	}
	return nil
}

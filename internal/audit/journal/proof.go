package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"lienthong/internal/audit/merkle"
)

// Proof shows that one record is in the tree of a signed checkpoint.
type Proof struct {
	Seq        int64
	Leaf       merkle.Hash
	Path       []merkle.Hash
	Checkpoint []byte // the signed note
}

// ProveRecord proves a record against the newest checkpoint, waiting for one that covers it. It needs the stored hashes
// alone, so it also proves what has left for an archive.
func (j *Journal) ProveRecord(ctx context.Context, seq int64) (Proof, error) {
	if seq < 0 || seq >= j.Size() {
		return Proof{}, fmt.Errorf("prove record %d: the journal has %d", seq, j.Size())
	}
	if err := j.signed(ctx, seq+1); err != nil {
		return Proof{}, err
	}
	return proveIn(j.Dir(), j.verifierKey, seq)
}

// proveIn gives only a proof that holds: the stored hashes may have been damaged.
func proveIn(dir, verifierKey string, seq int64) (Proof, error) {
	note, c, f, err := signedState(dir, verifierKey)
	if err != nil {
		return Proof{}, err
	}
	defer f.Close()
	if seq < 0 || seq >= c.Size {
		return Proof{}, fmt.Errorf("prove record %d: the signed checkpoint counts %d", seq, c.Size)
	}
	p := Proof{Seq: seq, Checkpoint: note}
	if p.Path, err = merkle.Inclusion(c.Size, seq, merkle.Stored(f)); err != nil {
		return Proof{}, fmt.Errorf("prove record %d: %w", seq, err)
	}
	if p.Leaf, err = merkle.StoredLeaf(seq, merkle.Stored(f)); err != nil {
		return Proof{}, fmt.Errorf("prove record %d: %w", seq, err)
	}
	if err := merkle.CheckInclusion(p.Path, c.Size, c.Root, seq, p.Leaf); err != nil {
		return Proof{}, fmt.Errorf("prove record %d: the stored hashes are not those that were signed: %w", seq, err)
	}
	return p, nil
}

// Check verifies a proof with the public key alone.
func (p Proof) Check(verifierKey string) error {
	c, err := merkle.ParseCheckpoint(p.Checkpoint, verifierKey)
	if err != nil {
		return err
	}
	return merkle.CheckInclusion(p.Path, c.Size, c.Root, p.Seq, p.Leaf)
}

// ProveGrowth proves that the newest signed tree begins with the tree of an older checkpoint of old records. It gives
// the proof and the newest checkpoint as signed.
func (j *Journal) ProveGrowth(old int64) ([]merkle.Hash, []byte, error) {
	note, c, f, err := signedState(j.Dir(), j.verifierKey)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	proof, err := merkle.Consistency(c.Size, old, merkle.Stored(f))
	if err != nil {
		return nil, nil, fmt.Errorf("prove growth from %d to %d records: %w", old, c.Size, err)
	}
	return proof, note, nil
}

// signedState reads the newest checkpoint and opens the hashes behind it: those were synced before it was signed.
func signedState(dir, verifierKey string) ([]byte, merkle.Checkpoint, *os.File, error) {
	note, err := NewestNote(dir)
	if err != nil {
		return nil, merkle.Checkpoint{}, nil, err
	}
	c, err := merkle.ParseCheckpoint(note, verifierKey)
	if err != nil {
		return nil, c, nil, err
	}
	f, err := os.Open(filepath.Join(dir, hashFile))
	if err != nil {
		return nil, c, nil, fmt.Errorf("open stored hashes: %w", err)
	}
	return note, c, f, nil
}

// signed waits until a checkpoint covers size records.
func (j *Journal) signed(ctx context.Context, size int64) error {
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for {
		if c := j.latest.Load(); c != nil && c.Size >= size {
			return nil
		}
		if err := j.Health(); err != nil {
			return err
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for a checkpoint of %d records: %w", size, context.Cause(ctx))
		}
	}
}

// Read gives the bytes of one record.
func (j *Journal) Read(seq int64) ([]byte, error) {
	var body []byte
	err := j.Each(seq, seq+1, func(e Entry) error {
		body = append([]byte(nil), e.Body...)
		return nil
	})
	return body, err
}

// ReadAt gives the bytes of the record whose place is known, also when it has left for an archive since.
func (j *Journal) ReadAt(pos Pos, seq int64) ([]byte, error) {
	body, err := readAt(j.Dir(), pos, seq)
	if errors.Is(err, fs.ErrNotExist) {
		return j.Read(seq)
	}
	return body, err
}

// Each gives the records from ≤ seq < to, which must be on disk.
func (j *Journal) Each(from, to int64, each func(Entry) error) error {
	if to > j.Size() {
		return fmt.Errorf("read records up to %d: the journal has %d", to, j.Size())
	}
	return readFolder(j.Dir(), from, to, each)
}

// Reader follows the journal from a record on; the caller stays below Size.
func (j *Journal) Reader(from int64) (*Reader, error) { return newReader(j.Dir(), from) }

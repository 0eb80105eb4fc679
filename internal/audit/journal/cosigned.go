package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lienthong/internal/audit/merkle"
)

// Witnessed is what a witness's client needs of a journal.
type Witnessed struct{ *Journal }

// Note is the newest signed checkpoint.
func (w Witnessed) Note() ([]byte, error) { return NewestNote(w.Dir()) }

// CheckOwn opens a checkpoint under the journal's own key.
func (w Witnessed) CheckOwn(raw []byte) (merkle.ForeignCheckpoint, error) {
	if _, err := merkle.ParseCheckpoint(raw, w.verifierKey); err != nil {
		return merkle.ForeignCheckpoint{}, err
	}
	return merkle.ParseForeign(raw)
}

// Growth proves that the tree of size begins with that of old records; both must be covered by a checkpoint.
func (w Witnessed) Growth(size, old int64) ([]merkle.Hash, error) {
	f, err := os.Open(filepath.Join(w.Dir(), hashFile))
	if err != nil {
		return nil, fmt.Errorf("open stored hashes: %w", err)
	}
	defer f.Close()
	proof, err := merkle.Consistency(size, old, merkle.Stored(f))
	if err != nil {
		return nil, fmt.Errorf("prove growth from %d to %d records: %w", old, size, err)
	}
	return proof, nil
}

// KeepCosigned lays a checkpoint with witnesses' cosignatures into every folder that is in service.
func (w Witnessed) KeepCosigned(note []byte) error {
	var errs []error
	for _, f := range w.folders {
		if !f.retired.Load() {
			errs = append(errs, writeWhole(f.disk, f.dir, cosignedFile, note))
		}
	}
	return errors.Join(errs...)
}

// CosignedNote is the newest checkpoint that witnesses cosigned; nil when none did.
func CosignedNote(dir string) ([]byte, error) { return readIfThere(filepath.Join(dir, cosignedFile)) }

// readCosigned adds the cosigned checkpoint as one more mark. Cosignatures are checked where the reader brought the
// witnesses' keys.
func (v *verifier) readCosigned() error {
	raw, err := CosignedNote(v.dir)
	if raw == nil && len(v.opts.Witnesses) > 0 {
		v.found(Finding{Seq: -1, File: cosignedFile, Offset: -1, What: "no checkpoint in the folder carries a cosignature of the given witnesses"})
	}
	if err != nil || raw == nil {
		return err
	}
	c, err := merkle.ParseCheckpoint(raw, v.key)
	if err != nil {
		v.found(Finding{Seq: -1, File: cosignedFile, Offset: -1, What: "the cosigned checkpoint was changed: " + err.Error()})
		return nil
	}
	v.marks = append(v.marks, mark{c, cosignedFile, false})
	if len(v.opts.Witnesses) == 0 {
		return nil
	}
	_, sigs, err := merkle.OpenCosigned(raw, v.opts.Witnesses...)
	if err == nil && len(sigs) == 0 {
		err = errors.New("none of the given witnesses cosigned it")
	}
	if err != nil {
		v.found(Finding{Seq: -1, File: cosignedFile, Offset: -1, What: err.Error()})
	}
	v.report.Cosigned = sigs
	return nil
}

// checkKept opens a checkpoint that was kept elsewhere. It must be signed by the log and, where the reader brought the
// keys of witnesses and it carries cosignatures of theirs, by them.
func (v *verifier) checkKept(name string, kept []byte) error {
	c, err := merkle.ParseCheckpoint(kept, v.key)
	if err == nil && len(v.opts.Witnesses) > 0 {
		_, _, err = merkle.OpenCosigned(kept, v.opts.Witnesses...)
	}
	if err != nil {
		return fmt.Errorf("verify journal: %s cannot be used: %w", name, err)
	}
	v.marks = append(v.marks, mark{c, name, true})
	return nil
}

// exportCosigned copies the cosigned checkpoint where what is exported covers it.
func exportCosigned(dir, to string, size int64, verifierKey string) error {
	raw, err := CosignedNote(dir)
	if err != nil || raw == nil {
		return err
	}
	if c, err := merkle.ParseCheckpoint(raw, verifierKey); err != nil || c.Size > size {
		return err
	}
	return writeWhole(realDisk{}, to, cosignedFile, raw)
}

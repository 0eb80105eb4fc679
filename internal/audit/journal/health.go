package journal

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"lienthong/internal/audit/merkle"
)

// Present tells a folder whose files were taken away or cut while the program runs. It costs one look.
func (j *Journal) Present() error {
	c, signed := j.Checkpoint()
	if !signed {
		return nil
	}
	path := filepath.Join(j.Dir(), hashFile)
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("the file %s of the log is missing: keep the folder as it is, and check it with \"lienthong audit verify --dir %s\"", hashFile, j.Dir())
	}
	if want := merkle.StoredCount(c.Size) * merkle.HashLen; info.Size() < want {
		return fmt.Errorf("the file %s of the log has %d bytes instead of %d: check the folder with \"lienthong audit verify --dir %s\"", hashFile, info.Size(), want, j.Dir())
	}
	return nil
}

// CheckHashes reads the stored hashes behind the newest checkpoint: each inner one must follow from the leaves, and all of
// them must give the signed root. Proofs are made of them, and a start trusts them without reading the records.
func (j *Journal) CheckHashes(ctx context.Context) error {
	if _, signed := j.Checkpoint(); !signed {
		return nil
	}
	dir := j.Dir()
	_, c, f, err := signedState(dir, j.verifierKey)
	if err != nil {
		return err
	}
	v := &verifier{dir: dir, stored: hashFileReader{file: f, r: bufio.NewReaderSize(f, 1<<18)}}
	defer v.stored.close()
	for v.leaves.Size() < c.Size && v.wrongHash == nil {
		if v.leaves.Size()%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		_, whole, err := v.nextLeaf()
		if err != nil {
			return err
		}
		if !whole {
			return wrongHashes(dir, fmt.Sprintf("the file ends after %d of %d records", v.leaves.Size(), c.Size))
		}
	}
	switch {
	case v.wrongHash != nil:
		return wrongHashes(dir, v.wrongHash.String())
	case v.leaves.Root() != c.Root:
		return wrongHashes(dir, "the stored leaf hashes do not give the signed root")
	}
	return nil
}

func wrongHashes(dir, what string) error {
	return fmt.Errorf("%s was changed (%s): records may be whole all the same; check with \"lienthong audit verify --dir %s\", and bring the file back from the second folder or a backup", hashFile, what, dir)
}

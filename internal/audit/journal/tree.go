package journal

import (
	"errors"
	"fmt"
	"time"

	"lienthong/internal/audit/merkle"
)

// fed is one committed batch on its way into the tree.
type fed struct {
	first  int64
	leaves []merkle.Hash
}

// treeLoop is the only one that grows the tree: in journal order, records that are on disk.
func (j *Journal) treeLoop(tree *merkle.Tree) {
	defer j.done.Done()
	tick := time.NewTicker(j.opts.CheckpointEvery)
	defer tick.Stop()
	j.sign(tree) // what came after the last checkpoint of the run before
	for {
		select {
		case f, more := <-j.feed:
			if !more {
				j.sign(tree)
				return
			}
			j.grow(tree, f)
		case <-tick.C:
			j.sign(tree)
		}
	}
}

func (j *Journal) grow(tree *merkle.Tree, f fed) {
	if f.first != tree.Size() {
		// Invariant 4.
		j.stop(fmt.Sprintf("the evidence journal and its tree disagree at record %d (the tree has %d): run \"lienthong audit verify\" and restart", f.first, tree.Size()))
		return
	}
	var hashes []merkle.Hash
	for _, leaf := range f.leaves {
		hashes = tree.Add(leaf, hashes)
	}
	for _, w := range j.folders {
		if w.retired.Load() {
			continue
		}
		w.keepHashes(hashes)
		if len(w.pending) > 1<<16 {
			if err := w.flushHashes(); err != nil {
				j.retire(w, err)
			}
		}
	}
}

// sign writes a checkpoint when the tree has grown. A folder that cannot take it is out of service: without
// checkpoints its records could be cut away unseen.
func (j *Journal) sign(tree *merkle.Tree) {
	if latest := j.latest.Load(); tree.Size() == 0 || (latest != nil && latest.Size == tree.Size()) {
		return
	}
	j.signing.Lock()
	defer j.signing.Unlock()
	c := merkle.Checkpoint{Origin: j.opts.Origin, Size: tree.Size(), Root: tree.Root()}
	for _, w := range j.folders {
		if w.retired.Load() {
			continue
		}
		if w.newest != nil && w.newest.Size > c.Size {
			j.retire(w, errors.New("its checkpoint counts more records than the tree"))
			continue
		}
		if err := w.sign(c, j.opts.Signer, j.opts.Now(), j.opts.HistoryEvery); err != nil {
			j.retire(w, err)
			continue
		}
		j.latest.Store(w.newest)
		now := time.Now()
		j.signedAt.Store(&now)
	}
}

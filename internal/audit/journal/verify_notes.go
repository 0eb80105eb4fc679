package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"lienthong/internal/audit/merkle"
)

func (v *verifier) readNotes() error {
	note, history, err := readNoteFiles(v.dir)
	if err != nil {
		return err
	}
	var newest *merkle.Checkpoint
	if note == nil {
		v.found(Finding{Seq: -1, File: checkpointFile, Offset: -1, What: "the signed checkpoint is missing"})
	} else if c, err := merkle.ParseCheckpoint(note, v.key); err != nil {
		v.found(Finding{Seq: -1, File: checkpointFile, Offset: -1, What: "the signed checkpoint was changed: " + err.Error()})
	} else {
		newest = &c
		v.marks = append(v.marks, mark{c, checkpointFile, false})
	}
	if newest != nil {
		keep, err := checkHistory(history, newest, note)
		if err != nil || (keep < len(history) && !v.opts.Live) {
			v.found(Finding{Seq: -1, File: historyFile, Offset: -1, What: "the checkpoint history is not the one that was signed"})
		}
	}
	v.readHistory(history)
	for i, kept := range v.opts.Kept {
		name := fmt.Sprintf("kept checkpoint %d", i+1)
		if err := v.checkKept(name, kept); err != nil {
			return err
		}
	}
	if err := v.readCosigned(); err != nil {
		return err
	}
	sort.SliceStable(v.marks, func(i, k int) bool { return v.marks[i].Size < v.marks[k].Size })
	if n := len(v.marks); n > 0 {
		v.newest = v.marks[n-1].Size
	}
	v.report.Notes, v.report.Signed = len(v.marks), v.newest
	v.recordsOK, v.leavesOK = make([]bool, len(v.marks)), make([]bool, len(v.marks))
	return nil
}

// readNoteFiles reads checkpoint and history as they belong together, also while a running log replaces them.
func readNoteFiles(dir string) (note, history []byte, err error) {
	for range 50 {
		if note, err = readIfThere(filepath.Join(dir, checkpointFile)); err != nil {
			return nil, nil, err
		}
		if history, err = readIfThere(filepath.Join(dir, historyFile)); err != nil {
			return nil, nil, err
		}
		again, err := readIfThere(filepath.Join(dir, checkpointFile))
		if err != nil {
			return nil, nil, err
		}
		if bytes.Equal(again, note) {
			break
		}
	}
	return note, history, nil
}

// readIfThere gives nil for a file that does not exist.
func readIfThere(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("verify journal: %w", err)
	}
	return append([]byte{}, content...), nil
}

func (v *verifier) readHistory(content []byte) {
	notes, err := parseHistory(content)
	if err != nil && !v.opts.Live {
		v.found(Finding{Seq: -1, File: historyFile, Offset: -1, What: err.Error()})
	}
	offset := int64(0)
	for _, note := range notes {
		c, err := merkle.ParseCheckpoint(note, v.key)
		if err != nil {
			v.found(Finding{Seq: -1, File: historyFile, Offset: offset, What: "an older checkpoint was changed: " + err.Error()})
		} else {
			v.marks = append(v.marks, mark{c, historyFile, false})
		}
		offset += int64(len(historyEntry(note)))
	}
}

// checkKeyBeside compares the key in the folder, where there is one, with the key that the reader brought.
func (v *verifier) checkKeyBeside() {
	if there, err := KeyBeside(v.dir); err == nil && there != strings.TrimSpace(v.key) {
		v.found(Finding{Seq: -1, File: keyFile, Offset: -1, What: "the public key beside the journal is not the one it is verified with"})
	}
}

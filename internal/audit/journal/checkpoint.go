package journal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"lienthong/internal/audit/merkle"
)

// history is the file of older checkpoints. Each checkpoint signs how long the file was and its sum, so the file can
// be neither changed nor shortened.
type history struct {
	file  *os.File
	len   int64
	sum   hash.Hash
	last  time.Time
	holds bool // the newest checkpoint is already in it: the process ended between the two writes
}

func historyEntry(note []byte) []byte {
	return append([]byte("note "+strconv.Itoa(len(note))+"\n"), note...)
}

// recoverCheckpoint reads the newest checkpoint and its history.
func (w *folder) recoverCheckpoint(verifierKey string) error {
	note, err := os.ReadFile(filepath.Join(w.dir, checkpointFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read checkpoint: %w", err)
	}
	if err == nil {
		c, err := merkle.ParseCheckpoint(note, verifierKey)
		if err != nil {
			return w.refuse(&damage{file: checkpointFile, what: err.Error()})
		}
		w.note, w.newest = note, &c
	}
	return w.recoverHistory()
}

func (w *folder) recoverHistory() error {
	path := filepath.Join(w.dir, historyFile)
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read checkpoint history: %w", err)
	}
	keep, err := checkHistory(content, w.newest, w.note)
	if err != nil {
		return w.refuse(&damage{file: historyFile, what: err.Error()})
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return fmt.Errorf("open checkpoint history: %w", err)
	}
	w.history = history{file: f, len: int64(keep), sum: sha256.New()}
	w.history.sum.Write(content[:keep])
	w.history.holds = w.newest != nil && int64(keep) > w.newest.HistoryLen
	if keep < len(content) {
		if err := f.Truncate(int64(keep)); err != nil {
			return fmt.Errorf("cut unfinished checkpoint history: %w", err)
		}
	}
	if _, err := f.Seek(int64(keep), 0); err != nil {
		return fmt.Errorf("continue checkpoint history: %w", err)
	}
	return nil
}

// checkHistory compares the history with what the newest checkpoint signed of it, and tells how much of it is whole.
// Behind that only the newest checkpoint itself may stand, written just before its successor was.
func checkHistory(content []byte, newest *merkle.Checkpoint, note []byte) (int, error) {
	if newest == nil {
		if len(content) > 0 {
			return 0, errors.New("there is a history but no newest checkpoint")
		}
		return 0, nil
	}
	if int64(len(content)) < newest.HistoryLen {
		return 0, fmt.Errorf("the file has %d bytes, the newest checkpoint signed %d", len(content), newest.HistoryLen)
	}
	if sha256.Sum256(content[:newest.HistoryLen]) != newest.HistorySum {
		return 0, errors.New("the file is not the one that the newest checkpoint signed")
	}
	rest, entry := content[newest.HistoryLen:], historyEntry(note)
	switch {
	case bytes.Equal(rest, entry):
		return len(content), nil
	case bytes.HasPrefix(entry, rest):
		return int(newest.HistoryLen), nil
	}
	return 0, errors.New("the file goes on behind what the newest checkpoint signed")
}

// sign makes a checkpoint of the tree durable in this folder.
func (w *folder) sign(c merkle.Checkpoint, key ed25519.PrivateKey, now time.Time, every time.Duration) error {
	if err := w.flushHashes(); err != nil {
		return err
	}
	if err := w.disk.sync(w.hashes); err != nil {
		return fmt.Errorf("sync %s: %w", hashFile, err)
	}
	if w.note != nil && !w.history.holds && now.Sub(w.history.last) >= every {
		if err := w.remember(now); err != nil {
			return err
		}
	}
	c.HistoryLen = w.history.len
	w.history.sum.Sum(c.HistorySum[:0])
	note, err := c.Sign(key)
	if err != nil {
		return err
	}
	if err := writeWhole(w.disk, w.dir, checkpointFile, note); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	w.note, w.newest, w.history.holds = note, &c, false
	return nil
}

func (w *folder) remember(now time.Time) error {
	entry := historyEntry(w.note)
	if err := w.disk.write(w.history.file, entry); err != nil {
		return fmt.Errorf("write %s: %w", historyFile, err)
	}
	if err := w.disk.sync(w.history.file); err != nil {
		return fmt.Errorf("sync %s: %w", historyFile, err)
	}
	w.history.sum.Write(entry)
	w.history.len += int64(len(entry))
	w.history.last, w.history.holds = now, true
	return nil
}

// parseHistory splits the history into signed notes.
func parseHistory(content []byte) ([][]byte, error) {
	var notes [][]byte
	for len(content) > 0 {
		line, rest, ok := bytes.Cut(content, []byte("\n"))
		digits, isNote := bytes.CutPrefix(line, []byte("note "))
		n, err := strconv.Atoi(string(digits))
		if !ok || !isNote || err != nil || n < 0 || n > len(rest) {
			return notes, errors.New("an entry of the checkpoint history is not whole")
		}
		notes = append(notes, rest[:n])
		content = rest[n:]
	}
	return notes, nil
}

package ingest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"unicode/utf8"

	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/fault"
)

// Entry is one value that did not pass: where it stands, as it was written, and the rule that it breaks (invariant 7).
type Entry struct {
	Line  int64  `json:"l"`
	Field string `json:"f,omitempty"` // empty when the row as a whole is wrong
	Label string `json:"b,omitempty"`
	Value string `json:"v,omitempty"`
	Rule  string `json:"r"`
	Args  []any  `json:"a,omitempty"`
}

const (
	entriesFile = "entries.jsonl"
	indexFile   = "entries.index" // where each entry begins, as 8 bytes, so that any page is read at once
)

// quarantine writes the entries of one delivery into a folder that appears whole.
type quarantine struct {
	store   *blob.Store
	name    string
	folder  string
	entries *blob.Writer
	index   *blob.Writer
	out     *bufio.Writer
	at      *bufio.Writer
	offset  int64
	count   int64
}

func newQuarantine(store *blob.Store, name string) (*quarantine, error) {
	folder, err := store.TempDir()
	if err != nil {
		return nil, err
	}
	q := &quarantine{store: store, name: name, folder: folder}
	if q.entries, err = store.CreateIn(folder, name, entriesFile, blob.StreamChunk); err == nil {
		q.index, err = store.CreateIn(folder, name, indexFile, blob.PageChunk)
	}
	if err != nil {
		q.drop()
		return nil, fmt.Errorf("open quarantine: %w", err)
	}
	q.out, q.at = bufio.NewWriterSize(q.entries, 64<<10), bufio.NewWriter(q.index)
	return q, nil
}

const maxShownValue = 500 // characters of a value that are kept here; the raw file has it whole

func (q *quarantine) add(e Entry) error {
	if len(e.Value) > maxShownValue {
		cut := maxShownValue
		for !utf8.RuneStart(e.Value[cut]) {
			cut--
		}
		e.Value = e.Value[:cut] + "…"
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write quarantine: %w", err)
	}
	var at [8]byte
	binary.BigEndian.PutUint64(at[:], uint64(q.offset))
	_, err1 := q.at.Write(at[:])
	n, err2 := q.out.Write(append(line, '\n'))
	q.offset, q.count = q.offset+int64(n), q.count+1
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("write quarantine: %w", err)
	}
	return nil
}

// keep puts the folder on disk under its name; what an earlier attempt left there is replaced.
func (q *quarantine) keep() error {
	err := errors.Join(q.out.Flush(), q.at.Flush(), q.entries.Commit(), q.index.Commit())
	if err != nil {
		return fmt.Errorf("write quarantine: %w", err)
	}
	if err := q.store.Remove(q.name); err != nil {
		return err
	}
	if q.count == 0 {
		return nil // drop takes the empty folder away
	}
	return q.store.CommitDir(q.folder, q.name)
}

// drop takes away what was not kept.
func (q *quarantine) drop() {
	for _, w := range []*blob.Writer{q.entries, q.index} {
		if w != nil {
			w.Abort()
		}
	}
	_ = q.store.DropDir(q.folder) // what stays is swept at the next start
}

// readEntries reads limit entries after the first skip ones. No file means no entries.
func readEntries(store *blob.Store, name string, skip int64, limit int, each func(Entry) error) error {
	index, err := store.OpenFile(name + "/" + indexFile)
	if fault.Is(err, "blob.not_found") || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer index.Close()
	var at [8]byte
	if _, err := index.ReadAt(at[:], 8*skip); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		return fmt.Errorf("read quarantine: %w", err)
	}
	entries, err := store.OpenFile(name + "/" + entriesFile)
	if err != nil {
		return err
	}
	defer entries.Close()
	if _, err := entries.Seek(int64(binary.BigEndian.Uint64(at[:])), io.SeekStart); err != nil {
		return fmt.Errorf("read quarantine: %w", err)
	}
	in := bufio.NewReaderSize(entries, 64<<10)
	for range limit {
		line, err := in.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read quarantine: %w", err)
		}
		var e Entry
		dec := json.NewDecoder(bytes.NewReader(line))
		dec.UseNumber()
		if err := dec.Decode(&e); err != nil {
			return fmt.Errorf("read quarantine: %w", err)
		}
		if err := each(e); err != nil {
			return err
		}
	}
	return nil
}

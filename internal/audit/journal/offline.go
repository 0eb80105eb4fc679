package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"lienthong/internal/audit/merkle"
)

// KeyBeside is the public key that lies in a folder. It shows that folder and key belong together; that it is the
// folder of the log one knows shows only a key that was kept elsewhere.
func KeyBeside(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, keyFile))
	if err != nil {
		return "", fmt.Errorf("read the public key beside the journal: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// layKey puts the public key into the folder.
func (w *folder) layKey(verifierKey string) error {
	if there, err := KeyBeside(w.dir); err == nil && there == verifierKey {
		return nil
	}
	if err := writeWhole(w.disk, w.dir, keyFile, []byte(verifierKey+"\n")); err != nil {
		return fmt.Errorf("write %s: %w", keyFile, err)
	}
	return nil
}

// NewestNote is the newest signed checkpoint of a folder, whether or not a process writes it.
func NewestNote(dir string) ([]byte, error) {
	note, err := os.ReadFile(filepath.Join(dir, checkpointFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the folder %s holds no signed checkpoint", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("read checkpoint: %w", err)
	}
	return note, nil
}

// ExportFolder copies a folder as it is signed now into an empty one, without opening it for writing: the log may be
// running or stopped.
func ExportFolder(ctx context.Context, dir, to, verifierKey string) error {
	if err := emptyFolder(to); err != nil {
		return err
	}
	note, history, err := readNoteFiles(dir)
	if err != nil {
		return err
	}
	if note == nil {
		return fmt.Errorf("export journal: the folder %s holds no signed checkpoint", dir)
	}
	c, err := merkle.ParseCheckpoint(note, verifierKey)
	if err != nil {
		return fmt.Errorf("export journal: %w", err)
	}
	if _, err := checkHistory(history, &c, note); err != nil {
		return fmt.Errorf("export journal: %s: %w", historyFile, err)
	}
	for name, content := range map[string][]byte{checkpointFile: note, historyFile: history[:c.HistoryLen]} {
		if err := writeWhole(realDisk{}, to, name, content); err != nil {
			return fmt.Errorf("export journal: %w", err)
		}
	}
	return exportSigned(ctx, dir, to, c.Size, verifierKey)
}

func emptyFolder(to string) error {
	if err := os.MkdirAll(to, 0o750); err != nil {
		return fmt.Errorf("export journal: %w", err)
	}
	if there, err := os.ReadDir(to); err != nil || len(there) > 0 {
		return fmt.Errorf("export journal: the folder %s is not empty", to)
	}
	return nil
}

// ProveIn proves one record of a folder that need not be open, against its newest checkpoint, and gives its bytes.
func ProveIn(dir, verifierKey string, seq int64) (Proof, []byte, error) {
	p, err := proveIn(dir, verifierKey, seq)
	if err != nil {
		return Proof{}, nil, err
	}
	var body []byte
	err = readFolder(dir, seq, seq+1, func(e Entry) error {
		body = append([]byte(nil), e.Body...)
		return nil
	})
	if err != nil {
		return Proof{}, nil, err
	}
	if merkle.LeafHash(body) != p.Leaf {
		return Proof{}, nil, fmt.Errorf("prove record %d: its bytes are not those that were signed", seq)
	}
	return p, body, nil
}

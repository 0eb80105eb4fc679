package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"lienthong/internal/dictionary"
)

// A data folder is new or whole. Where one of its parts is missing beside the others, the server refuses to begin: new
// keys would close what was sealed, an empty control store would take every stored file for an orphan and remove it, and
// an empty log would hide that there was another.

// startsOnly is the most that the log of a folder can hold before the first records of the platform itself: each start
// writes one of some 300 bytes.
const startsOnly = 64 << 10

// keysMatchData refuses to make new keys beside old data. It runs before anything else is made in the folder.
func keysMatchData(dir string) error {
	keys := filepath.Join(dir, "secrets", "master.key")
	if _, err := os.Stat(keys); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, part := range []string{"audit", "control", "warehouse", "raw"} {
		held, err := bytesIn(filepath.Join(dir, part), "")
		if err != nil {
			return err
		}
		if held > 0 {
			return missing(keys, dir)
		}
	}
	return nil
}

// storeMatchesData compares the control store with the log and the files, before either is opened.
func (a *App) storeMatchesData(ctx context.Context) error {
	used, err := dictionary.Filled(ctx, a.db)
	if err != nil {
		return err
	}
	dir, held := a.conf.DataDir, int64(0)
	for _, part := range []string{"warehouse", "raw"} {
		n, err := bytesIn(filepath.Join(dir, part), "")
		if err != nil {
			return err
		}
		held += n
	}
	log := filepath.Join(dir, "audit")
	logged, err := bytesIn(log, "segment-")
	signed, err2 := bytesIn(log, "checkpoint") // a log that lost its records but not this is for the journal to judge
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	switch {
	case !used && (held > 0 || logged > startsOnly):
		return missing(a.storeName(), dir)
	case used && logged+signed == 0 && (held > 0 || a.conf.DatabaseURL == ""): // a further node over a shared store begins a log of its own
		return missing(log, dir)
	}
	return nil
}

func (a *App) storeName() string {
	if a.conf.DatabaseURL != "" {
		return "the content of the control store that database_url names"
	}
	return filepath.Join(a.conf.DataDir, "control", "control.db")
}

func missing(part, dir string) error {
	return fmt.Errorf("%s is missing while %s holds data: bring it back from where its copy is kept; no data was changed", part, dir)
}

// bytesIn sums the files below a folder whose names begin with prefix; what begins with a dot is unfinished work.
func bytesIn(folder, prefix string) (int64, error) {
	total := int64(0)
	if real, err := filepath.EvalSymlinks(folder); err == nil { // a part may lie on another disk
		folder = real
	}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case path != folder && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular() || !strings.HasPrefix(d.Name(), prefix):
			return nil
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("look into %s: %w", folder, err)
	}
	return total, nil
}

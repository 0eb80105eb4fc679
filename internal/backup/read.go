package backup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lienthong/internal/audit"
	"lienthong/internal/audit/journal"
	"lienthong/internal/kit/blob"
	"lienthong/internal/kit/controldb"
	"lienthong/internal/kit/fault"
)

// UnfinishedMark lies in a folder while it is being restored; with it the platform does not start.
const UnfinishedMark = "restore.unfinished"

// tablesFolder holds the rows until they are in the control store.
const tablesFolder = "restore.tmp"

// folders are the parts that a backup may write.
var folders = []string{"secrets", "audit", "raw", "warehouse", "papers"}

// Peek reads what a backup says in clear.
func Peek(file string) (Head, error) {
	f, err := os.Open(file)
	if err != nil {
		return Head{}, fault.New(fault.NotFound, "backup.no_file", file).At("file").Because(err)
	}
	defer f.Close()
	h, _, err := readHead(bufio.NewReader(f))
	return h, err
}

// Check reads a backup from end to end and compares everything with its manifest; then it checks the log in it with the
// public key alone. It needs no platform.
func Check(ctx context.Context, file string, k RecoveryKey) (Manifest, error) {
	work, err := os.MkdirTemp("", "lienthong-check-")
	if err != nil {
		return Manifest{}, storage("check a backup", err)
	}
	defer os.RemoveAll(work)
	m, err := read(ctx, file, k, func(e Entry, content io.Reader) error {
		if !strings.HasPrefix(e.Name, "audit/") {
			return nil
		}
		return write(filepath.Join(work, filepath.FromSlash(e.Name)), e, content)
	})
	if err != nil {
		return m, err
	}
	report, err := audit.Verify(filepath.Join(work, "audit"), m.VerifierKey, journal.VerifyOptions{Elsewhere: true})
	if err != nil {
		return m, damaged("audit", err)
	}
	if !report.OK() || report.Signed != m.LogSize {
		return m, damaged("audit", fmt.Errorf("%v, %d records", report.Findings, report.Signed))
	}
	return m, nil
}

func read(ctx context.Context, file string, k RecoveryKey, f func(e Entry, content io.Reader) error) (Manifest, error) {
	in, err := os.Open(file)
	if err != nil {
		return Manifest{}, fault.New(fault.NotFound, "backup.no_file", file).At("file").Because(err)
	}
	defer in.Close()
	_, o, err := open(bufio.NewReaderSize(in, 1<<20), k)
	if err != nil {
		return Manifest{}, err
	}
	return readAll(o, func(e Entry, content io.Reader) error {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("read a backup: %w", err)
		}
		return f(e, content)
	})
}

// Unpack makes an empty folder what a checked backup holds, all but the control store, whose rows wait for FillStore. A
// folder that is cut off half way keeps UnfinishedMark.
func Unpack(ctx context.Context, file string, k RecoveryKey, dir string, steps fs.FS) (Manifest, error) {
	m, err := Check(ctx, file, k) // invariant 2
	if err != nil {
		return m, err
	}
	if newer, err := controldb.Unknown(steps, m.Migrations); err != nil || len(newer) > 0 {
		return m, errors.Join(err, fault.New(fault.Conflict, "backup.newer_schema", slices.Max(append(newer, 0))))
	}
	if err := emptyFolder(dir); err != nil {
		return m, err
	}
	if err := os.WriteFile(filepath.Join(dir, UnfinishedMark), []byte(filepath.Base(file)+"\n"), 0o600); err != nil {
		return m, storage("restore into "+dir, err)
	}
	again, err := read(ctx, file, k, func(e Entry, content io.Reader) error {
		part, rest, found := strings.Cut(e.Name, "/")
		switch {
		case found && part == "control" && !strings.Contains(rest, "/"):
			return write(filepath.Join(dir, tablesFolder, rest), e, content)
		case found && slices.Contains(folders, part):
			return write(filepath.Join(dir, filepath.FromSlash(e.Name)), e, content)
		}
		return damaged("entry", nil)
	})
	if err != nil {
		return m, err
	}
	if !slices.Equal(again.Entries, m.Entries) {
		return m, damaged(manifestName, nil)
	}
	return m, syncFolders(dir)
}

// emptyFolder makes the folder, or takes an empty one. Invariant 3.
func emptyFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return storage("make the data folder", err)
	}
	there, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look into the data folder: %w", err)
	}
	for _, e := range there {
		if e.Name() != "lost+found" {
			return fault.New(fault.Conflict, "backup.folder_not_empty", dir, e.Name()).At("data")
		}
	}
	return os.Chmod(dir, 0o700) //nolint:gosec // a folder needs x
}

func write(path string, e Entry, content io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return storage("restore "+e.Name, err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, os.FileMode(e.Mode)&0o700) //nolint:gosec // never wider than the owner's
	if err != nil {
		return storage("restore "+e.Name, err)
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{f}, struct{ io.Reader }{content}, make([]byte, pieceSize))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return storage("restore "+e.Name, err)
	}
	return nil
}

func syncFolders(dir string) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return blob.SyncDir(path)
	})
	if err != nil {
		return storage("sync the data folder", err)
	}
	return nil
}

// FillStore brings the rows that Unpack left into an empty control store.
func FillStore(ctx context.Context, db *controldb.DB, dir string, m Manifest, steps fs.FS) error {
	return db.Fill(ctx, steps, m.Migrations, m.Tables, func(table string) (io.ReadCloser, error) {
		return os.Open(filepath.Join(dir, tablesFolder, filepath.Base(table)))
	})
}

// Finish ends a restore: from here the folder starts.
func Finish(dir string) error {
	if err := os.RemoveAll(filepath.Join(dir, tablesFolder)); err != nil {
		return fmt.Errorf("end the restore: %w", err)
	}
	if err := os.Remove(filepath.Join(dir, UnfinishedMark)); err != nil {
		return fmt.Errorf("end the restore: %w", err)
	}
	return blob.SyncDir(dir)
}
